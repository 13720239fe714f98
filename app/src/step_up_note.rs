//! A quiet line above the button of a form that needs the second factor again.

use leptos::prelude::*;

use crate::render::cx;

/// Says that the second factor will be asked for, unless it was shown within the last ten minutes. For the
/// forms of actions with [`Needs::StepUp`](domain::permission::Needs::StepUp); what was typed stays.
#[component]
pub fn StepUpNote() -> impl IntoView {
    let cx = cx();
    let due = cx.viewer.actor().is_some_and(|actor| !actor.stepped_up);
    due.then(|| view! { <p class="field-hint">{cx.words().security.note}</p> })
}
