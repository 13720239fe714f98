//! One calm bar for whoever is signed in and has not agreed to the version in force.

use leptos::prelude::*;

use crate::link::to;
use crate::render::cx;

/// The page that says what is kept: there the bar would say it twice.
const PAGE: &str = "/privacy";

/// The bar; nothing for nobody, for whoever has agreed, and on the page to which it leads.
#[component]
pub fn ConsentBar() -> impl IntoView {
    let cx = cx();
    let w = cx.words().privacy;
    let asked = cx.viewer.actor().is_some_and(|actor| !actor.consented);
    let there = cx.viewer.here.split('?').next() == Some(to(PAGE).as_str());
    (asked && !there).then(|| {
        view! {
            <p class="visitor-bar">
                <span>{w.bar}</span>
                " "
                <a href=to(PAGE)>{w.bar_go}</a>
            </p>
        }
    })
}
