//! What is wrong with the page's forms. Several stand on it, so their controls' ids differ from names.

use leptos::prelude::*;

use super::Back;
use crate::render::words;

/// What is wrong with the form that came back, each line leading to its field.
pub(super) fn summary(back: &Back) -> impl IntoView + use<> {
    let words = words();
    let w = words.matter;
    let reply = |form: &service::post::PostForm| {
        if form.parent.is_empty() { "new".to_owned() } else { form.parent.clone() }
    };
    let own = |id: &str, name: &'static str, label: &'static str| (name, format!("#{id}"), label);
    let (problems, places) = match back {
        Back::None => (None, Vec::new()),
        Back::Post(form, problems) => (
            Some(problems),
            vec![
                ("stance", format!("#say-{}-0", reply(form)), w.say_stance),
                ("body", format!("#say-{}", reply(form)), w.say_body),
                ("parent", "#talk".to_owned(), w.reply_title),
            ],
        ),
        Back::Hide(_, problems) => {
            (Some(problems), vec![own("hide-reason", "reason", w.hide_label)])
        }
        Back::Pin(_, problems) => (Some(problems), vec![own("text", "text", w.pin_label)]),
        Back::Review(_, problems) => (
            Some(problems),
            vec![
                own("solved-yes", "solved", w.review_solved),
                own("satisfaction-satisfied", "satisfaction", w.review_satisfied),
                own("words", "words", w.review_words),
            ],
        ),
    };
    problems.map(|problems| crate::form::summary(problems, places))
}
