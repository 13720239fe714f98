//! The button that Enter presses.

use leptos::prelude::*;

/// The button that a browser presses when Enter is pressed in a field: unseen, and it only shows the form again.
/// It stands first in each form with a [`crate::PhotoPick`], or Enter would press the first of its side buttons.
#[component]
pub fn FirstButton() -> impl IntoView {
    view! {
        <button
            class="visually-hidden"
            name="photo_add"
            value="1"
            tabindex="-1"
            aria-hidden="true"
            formnovalidate=true
        ></button>
    }
}
