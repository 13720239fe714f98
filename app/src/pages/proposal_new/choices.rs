//! The choices of a matter's form: where it is, of what kind, and whom it concerns.
#![allow(unreachable_pub, reason = "what `#[component]` writes is public in a private module")]

use domain::category::Category;
use domain::place::ScopeKind;
use leptos::prelude::*;
use service::places::CourtyardPlaces;

use crate::form::{Problems, error_line};
use crate::render::{cx, words};
use crate::words::fill;
use crate::words::terms::Term;

/// One list of courtyards, each with its entrances: it can't name an entrance of another courtyard.
#[component]
pub(in crate::pages) fn PlaceField(
    courtyard: String,
    entrance: String,
    places: Vec<CourtyardPlaces>,
    problems: Problems,
) -> impl IntoView {
    let words = words();
    let w = words.proposal;
    let error = problems.of_field("place", words);
    let described = if error.is_some() { "place-e place-h" } else { "place-h" };
    let chosen = if entrance.is_empty() { courtyard } else { format!("{courtyard}-{entrance}") };
    let option = |value: String, name: String| {
        let selected = value == chosen;
        view! { <option value=value selected=selected>{name}</option> }
    };
    let groups: Vec<_> = places
        .into_iter()
        .map(|place| {
            let id = place.id;
            let whole = option(id.to_string(), fill(w.place_whole, &[("name", &place.name)]));
            let entrances: Vec<_> = place
                .entrances
                .into_iter()
                .map(|entrance| option(format!("{id}-{}", entrance.id), entrance.name))
                .collect();
            view! { <optgroup label=place.name>{whole}{entrances}</optgroup> }
        })
        .collect();
    view! {
        <div class="field">
            <label class="field-label" for="place">{w.f_place}</label>
            <p class="field-hint" id="place-h">{w.h_place}</p>
            <select
                class="select"
                id="place"
                name="place"
                required
                aria-invalid=error.is_some().then_some("true")
                aria-describedby=described
            >
                <option value="">{w.place_choose}</option>
                {groups}
            </select>
            {error_line("place", error)}
        </div>
    }
}

/// The categories that the community offers.
#[component]
pub(in crate::pages) fn CategoryField(chosen: String, problems: Problems) -> impl IntoView {
    let cx = cx();
    let words = cx.words();
    let w = words.proposal;
    let error = problems.of_field("category", words);
    // One that was chosen before it was hidden stays.
    let settings = cx.viewer.community.settings.clone();
    let options: Vec<_> = Category::ALL
        .iter()
        .filter(|category| settings.offers(**category) || category.as_str() == chosen)
        .map(|category| {
            let selected = category.as_str() == chosen;
            view! {
                <option value=category.as_str() selected=selected>{category.word(words.lang)}</option>
            }
        })
        .collect();
    view! {
        <div class="field">
            <label class="field-label" for="category">{w.f_category}</label>
            <select
                class="select"
                id="category"
                name="category"
                required
                aria-invalid=error.is_some().then_some("true")
                aria-describedby=error.is_some().then_some("category-e")
            >
                <option value="">{w.place_choose}</option>
                {options}
            </select>
            {error_line("category", error)}
        </div>
    }
}

/// Whom it concerns, with how many households are needed.
#[component]
pub(in crate::pages) fn ScopeField(chosen: String, problems: Problems) -> impl IntoView {
    let cx = cx();
    let words = cx.words();
    let w = words.proposal;
    let error = problems.of_field("scope", words);
    let described = if error.is_some() { "scope-e scope-h" } else { "scope-h" };
    let choices: Vec<_> = ScopeKind::ALL
        .into_iter()
        .map(|kind| {
            // The first has the field's own id: the summary of errors leads to it.
            let id = match kind {
                ScopeKind::Entrance => "scope".to_owned(),
                kind => format!("scope-{}", kind.as_str()),
            };
            let needed = cx.viewer.community.settings.threshold(kind);
            view! {
                <div class="choice">
                    <input
                        type="radio"
                        id=id.clone()
                        name="scope"
                        value=kind.as_str()
                        checked=kind.as_str() == chosen
                    />
                    <label for=id>
                        <span class="choice-name">{kind.word(words.lang)}</span>
                        <span class="choice-hint">{fill(w.scope_needed, &[("n", &needed)])}</span>
                    </label>
                </div>
            }
        })
        .collect();
    view! {
        <fieldset class="field" aria-describedby=described>
            <legend class="field-label">{w.f_scope}</legend>
            <p class="field-hint" id="scope-h">{w.h_scope}</p>
            <div class="choice-list choice-list-row">{choices}</div>
            {error_line("scope", error)}
        </fieldset>
    }
}
