//! Fields of the page's forms. Several forms stand on it, so ids differ from names.

use leptos::prelude::*;

use super::Back;
use crate::form::Problems;
use crate::render::words;
use crate::words::fill;

/// Several lines of text.
pub(super) struct Lines<'a> {
    /// Id of the control.
    pub(super) id: &'static str,
    /// Name in the form.
    pub(super) name: &'static str,
    /// Label.
    pub(super) label: &'static str,
    /// Hint under the label; may be empty.
    pub(super) hint: &'static str,
    /// What was typed.
    pub(super) value: &'a str,
    /// The most characters.
    pub(super) max: usize,
    /// Whether it may stay empty.
    pub(super) optional: bool,
    /// Problems of the form.
    pub(super) problems: &'a Problems,
}

impl Lines<'_> {
    /// Label, hint, control and error.
    pub(super) fn view(self) -> impl IntoView + use<> {
        let words = words();
        let (id, hint) = (self.id, self.hint);
        let error = self.problems.of_field(self.name, words);
        let invalid = error.is_some();
        let described = match (invalid, hint.is_empty()) {
            (true, true) => format!("{id}-e"),
            (true, false) => format!("{id}-e {id}-h"),
            (false, false) => format!("{id}-h"),
            (false, true) => format!("{id}-n"),
        };
        view! {
            <div class="field">
                <label class="field-label" for=id>
                    {self.label}
                    {self
                        .optional
                        .then(|| view! { <span class="field-optional">{words.site.optional}</span> })}
                </label>
                {(!hint.is_empty())
                    .then(|| view! { <p class="field-hint" id=format!("{id}-h")>{hint}</p> })}
                <islands::TextArea
                    id=id
                    name=self.name
                    value=self.value
                    rows=4
                    required=!self.optional
                    invalid=invalid
                    described_by=described
                />
                <p class="counter" id=format!("{id}-n")>{fill(words.site.at_most, &[("max", &self.max)])}</p>
                {crate::form::error_line(id, error)}
            </div>
        }
    }
}

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
    let lines: Vec<_> = places
        .into_iter()
        .filter_map(|(field, href, label)| {
            let text = problems?.of_field(field, words)?;
            Some(view! { <li><a href=href>{format!("{label}：{text}")}</a></li> })
        })
        .collect();
    problems.map(|_| {
        view! {
            <div class="error-summary" role="alert" aria-labelledby="errors">
                <h2 id="errors">{fill(words.site.error_summary, &[("n", &lines.len())])}</h2>
                <ul>{lines}</ul>
                <p class="field-hint">{words.site.error_kept}</p>
            </div>
        }
    })
}
