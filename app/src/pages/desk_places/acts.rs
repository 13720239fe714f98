//! The acts on a place, each a form to open.

use leptos::prelude::*;
use service::Refusal;

use super::Back;
use crate::pages::desk_matter::fields::{Fields, Line};
use crate::pages::error::refusal_words;
use crate::parts::Icon;
use crate::render::cx;
use crate::render::words;
use crate::step_up_note::StepUpNote;
use crate::words::fill;

/// Characters of a place's name.
const NAME_MAX: usize = 30;

/// An act: its verb, what comes of it, and its form.
pub(super) struct Act<'a> {
    pub(super) fields: &'a Fields,
    pub(super) verb: &'static str,
    pub(super) sees: &'static str,
    pub(super) action: String,
    /// (field, label) in the order of the form.
    pub(super) labels: &'a [(&'static str, &'static str)],
    pub(super) inner: AnyView,
    pub(super) go: &'static str,
}

pub(super) fn act(act: Act<'_>) -> impl IntoView + use<> {
    let open = act.fields.was_sent();
    view! {
        <details class="more" id=act.fields.id("act") open=open>
            <summary>{act.verb}<small>{act.sees}</small></summary>
            <div class="more-body">
                {act.fields.summary(act.labels)}
                <form method="post" action=act.action>
                    {act.inner}
                    <StepUpNote/>
                    <button class="btn btn-secondary">{act.go}</button>
                </form>
            </div>
        </details>
    }
}

/// The name of a place.
pub(super) fn name_field(
    fields: &Fields,
    label: &'static str,
    hint: &'static str,
    preset: &str,
) -> impl IntoView + use<> {
    fields.line("name", label, hint, Line::Text { max: NAME_MAX, required: true }, preset)
}

/// Why, which may be left out.
pub(super) fn reason_field(fields: &Fields) -> impl IntoView + use<> {
    let w = words().places;
    fields.lines("reason", w.reason, w.reason_hint, "", 2, false)
}

/// Why it could not be done: whoever may see rooms is told which are there twice.
pub(super) fn refused_note(back: &Back) -> impl IntoView + use<> {
    back.refused.as_ref().map(|refused| {
        let cx = cx();
        let all = cx.words();
        let text = match refused {
            Refusal::RoomsClash(rooms) => {
                let joined = rooms.join(all.lang.pick("、", ", "));
                fill(all.places.clash, &[("n", &rooms.len()), ("rooms", &joined)])
            }
            other => refusal_words(other, cx.viewer.now, all),
        };
        view! {
            <p class="notice notice-warn" role="alert"><Icon name="info"/><span>{text}</span></p>
        }
    })
}
