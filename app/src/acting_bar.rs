//! The bar on every page while a helper (代办人) acts for somebody.

use leptos::prelude::*;

use crate::link::to;
use crate::render::cx;
use crate::words::fill;

/// Says for whom the helper acts, with the button that stops it; nothing for everybody else.
#[component]
pub fn ActingBar() -> impl IntoView {
    let cx = cx();
    let w = cx.words().household;
    let acting = cx.viewer.signed_in.as_ref().filter(|me| me.actor.through.is_some());
    acting.map(|me| {
        view! {
            <div class="acting-bar" role="status">
                <span>{fill(w.acting, &[("name", &me.nickname)])}</span>
                <form method="post" action=to("/act-for/stop")>
                    <button class="btn btn-secondary btn-small">{w.acting_stop}</button>
                </form>
            </div>
        }
    })
}
