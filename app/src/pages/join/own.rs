//! The same page for those who are signed in already.

use leptos::prelude::*;
use service::people::SignedIn;
use service::slip::SlipSeen;

use super::FormState;
use super::newcomer::{action, head, ticks};
use crate::form::ErrorSummary;
use crate::link::to;
use crate::parts::Icon;
use crate::render::words;
use crate::viewer::Elsewhere;
use crate::words::fill;

/// For an account without a household: it takes the slip's.
pub(super) fn form(me: &SignedIn, seen: &SlipSeen, state: FormState) -> impl IntoView + use<> {
    let w = words().slip;
    let text = fill(w.as_text, &[("name", &me.nickname)]);
    let labels = vec![("adult", w.adult), ("consent", w.consent)];
    let ticks = ticks(state.adult, state.consent, &state.problems);
    view! {
        <ErrorSummary problems=state.problems labels=labels/>
        {head(seen)}
        <p class="notice notice-info"><Icon name="info"/><span>{text}</span></p>
        <form method="post" action=action(seen) novalidate>
            {ticks}
            <button class="btn btn-primary btn-block">{w.as_join}</button>
        </form>
        {sign_out()}
    }
}

/// For an account that has a household.
pub(super) fn housed(me: &SignedIn) -> impl IntoView + use<> {
    let w = words().slip;
    let text = fill(w.housed_text, &[("name", &me.nickname)]);
    view! {
        <div class="page-head"><h1>{w.housed_title}</h1><p class="page-lead">{text}</p></div>
        {sign_out()}
    }
}

/// For an account of another community.
pub(super) fn elsewhere(it: &Elsewhere) -> impl IntoView + use<> {
    let w = words().slip;
    let text = fill(w.elsewhere_text, &[("name", &it.nickname), ("community", &it.community)]);
    view! {
        <div class="page-head"><h1>{w.elsewhere_title}</h1><p class="page-lead">{text}</p></div>
        {sign_out()}
    }
}

fn sign_out() -> impl IntoView {
    view! {
        <form method="post" action=to("/sign-out")>
            <button class="btn btn-secondary">{words().slip.sign_out}</button>
        </form>
    }
}
