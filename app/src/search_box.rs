//! The field of a search, and the choices that narrow one.

use leptos::prelude::*;

use crate::parts::Icon;

/// The field `q` with its button.
#[component]
pub fn SearchBox(
    /// Read out in the place of a label.
    label: &'static str,
    /// Shown while nothing is typed.
    hint: &'static str,
    /// What was looked for.
    value: String,
    /// The button's word.
    go: &'static str,
    /// The button's class.
    class: &'static str,
) -> impl IntoView {
    view! {
        <div class="search">
            <label class="visually-hidden" for="q">{label}</label>
            <input
                class="input"
                id="q"
                name="q"
                type="search"
                placeholder=hint
                value=value
                maxlength="60"
                autocomplete="off"
            />
            <button class=class><Icon name="search"/>{go}</button>
        </div>
    }
}

/// One of several, or all of them.
#[component]
pub fn Pick(
    /// The field's name, and its id.
    name: &'static str,
    /// Above it.
    label: &'static str,
    /// The word for all.
    all: &'static str,
    /// Value, word, and whether it is picked.
    options: Vec<(String, String, bool)>,
) -> impl IntoView {
    let option =
        |(value, word, picked)| view! { <option value=value selected=picked>{word}</option> };
    let options: Vec<_> = options.into_iter().map(option).collect();
    view! {
        <div class="field">
            <label class="field-label" for=name>{label}</label>
            <select class="select" id=name name=name>
                <option value="">{all}</option>
                {options}
            </select>
        </div>
    }
}
