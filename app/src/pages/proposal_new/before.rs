//! What is asked before one writes: an emergency, an urgent repair and a private dispute have quicker ways.
//! It keeps nobody from writing, and remembers nothing.
#![allow(unreachable_pub, reason = "what `#[component]` writes is public in a private module")]

use leptos::prelude::*;

use crate::render::{cx, words};
use crate::words::fill;

/// Three questions, each with its right way and the number to call.
#[component]
pub(super) fn Before() -> impl IntoView {
    let w = words().raise;
    let phone = cx().viewer.community.settings.phone.clone();
    let committee = if phone.is_empty() {
        view! { <p>{w.see_committee}</p> }.into_any()
    } else {
        let word = fill(w.call_committee, &[("phone", &phone)]);
        view! { <p class="calls">{call(&dialled(&phone), word)}</p> }.into_any()
    };
    view! {
        <p>{w.before_lead}</p>
        <details class="more before">
            <summary>{w.danger}</summary>
            <p>{w.danger_text}</p>
            <p class="calls">
                {call("119", w.call_fire.to_owned())}
                {call("120", w.call_doctor.to_owned())}
                {call("110", w.call_police.to_owned())}
            </p>
            {still()}
        </details>
        <details class="more before">
            <summary>{w.urgent}</summary>
            <p>{w.urgent_text}</p>
            <p class="calls">{call("12345", w.call_city.to_owned())}</p>
            {still()}
        </details>
        <details class="more before">
            <summary>{w.private}</summary>
            <p>{w.private_text}</p>
            {committee}
            {still()}
        </details>
    }
}

fn call(number: &str, word: String) -> impl IntoView + use<> {
    view! { <a class="btn btn-secondary" href=format!("tel:{number}")>{word}</a> }
}

fn still() -> impl IntoView + use<> {
    view! { <p><a class="btn btn-quiet" href="#title">{words().raise.still}</a></p> }
}

/// What a telephone dials of a number as people write it (RFC 3966 leaves visual separators out).
fn dialled(phone: &str) -> String {
    phone.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_telephone_dials_digits() {
        for (written, number) in
            [("010-8888 0000", "01088880000"), ("+86 10 88880000", "+861088880000"), ("", "")]
        {
            assert_eq!(dialled(written), number);
        }
    }
}
