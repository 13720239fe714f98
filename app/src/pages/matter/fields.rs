//! What is wrong with the page's forms. Several stand on it, so their controls' ids differ from names.

use leptos::prelude::*;

use super::{Back, Sheet};
use crate::render::words;
use crate::unsent::Unsent;

/// What is wrong with the form that came back, each line leading to its field.
pub(super) fn summary(back: &Back) -> impl IntoView + use<> {
    let words = words();
    let w = words.matter;
    let reply = |form: &service::post::PostForm| {
        if form.parent.is_empty() { "new".to_owned() } else { form.parent.clone() }
    };
    let own = |id: &str, name: &'static str, label: &'static str| (name, format!("#{id}"), label);
    let places = match back {
        Back::None => Vec::new(),
        Back::Post(form, _, _) => vec![
            ("stance", format!("#say-{}-0", reply(form)), w.say_stance),
            ("body", format!("#say-{}", reply(form)), w.say_body),
            ("parent", "#talk".to_owned(), w.reply_title),
            ("photos", "#photos".to_owned(), words.photo.label),
        ],
        Back::Hide(..) => vec![own("hide-reason", "reason", w.hide_label)],
        Back::Pin(..) => {
            let s = words.summing;
            vec![
                own("agreed", "agreed", s.agreed),
                own("for_points", "for_points", s.for_points),
                own("against_points", "against_points", s.against_points),
                own("open_points", "open_points", s.open_points),
            ]
        }
        Back::Review(..) => vec![
            own("solved-yes", "solved", w.review_solved),
            own("satisfaction-satisfied", "satisfaction", w.review_satisfied),
            own("words", "words", w.review_words),
        ],
    };
    back.problems().map(|problems| crate::form::summary(problems, places))
}

/// What was typed into a form that isn't on the page any more, since the matter went on.
pub(super) fn unsent(sheet: &Sheet) -> Option<AnyView> {
    let may = sheet.view.mine.may;
    let there = match &sheet.back {
        Back::None => true,
        Back::Post(..) => may.post,
        Back::Hide(..) => {
            let shown = |id| sheet.view.talk.posts.iter().any(|post| post.id == id);
            may.hide && sheet.look.hide.is_some_and(shown)
        }
        Back::Pin(..) => may.pin,
        Back::Review(..) => may.review,
    };
    let text = sheet.back.typed().filter(|_| !there)?;
    Some(view! { <Unsent text/> }.into_any())
}
