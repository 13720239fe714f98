//! The fields of a matter's text, with counters that warn before anything is refused.
#![allow(unreachable_pub, reason = "what `#[component]` writes is public in a private module")]

use domain::text::{Situation, Spot, Suggestion, Title};
use leptos::prelude::*;
use serde::Deserialize;
use service::proposal::ProposalForm;

use crate::form::{Problems, error_line};
use crate::render::words;
use crate::words::{Words, fill};

/// A matter as a browser sends it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Typed {
    title: String,
    situation: String,
    suggestion: String,
    category: String,
    /// `COURTYARD` or `COURTYARD-ENTRANCE`.
    place: String,
    spot: String,
    scope: String,
    willing: Option<String>,
    on_behalf: String,
    behalf_yes: Option<String>,
    plan_id: String,
    pin_x: String,
    pin_y: String,
    anyway: String,
}

/// The courtyard and the entrance of a place as the form sends it; an empty entrance for a whole courtyard.
pub(in crate::pages) fn place_of(typed: &str) -> (String, String) {
    let (courtyard, entrance) = typed.split_once('-').unwrap_or((typed, ""));
    (courtyard.to_owned(), entrance.to_owned())
}

impl From<Typed> for ProposalForm {
    fn from(typed: Typed) -> Self {
        let (courtyard_id, entrance_id) = place_of(&typed.place);
        Self {
            courtyard_id,
            entrance_id,
            title: typed.title,
            situation: typed.situation,
            suggestion: typed.suggestion,
            category: typed.category,
            spot: typed.spot,
            scope: typed.scope,
            willing: typed.willing.is_some(),
            on_behalf: typed.on_behalf,
            behalf_yes: typed.behalf_yes.is_some(),
            plan_id: typed.plan_id,
            pin_x: typed.pin_x,
            pin_y: typed.pin_y,
            anyway: !typed.anyway.is_empty(),
        }
    }
}

/// The fields of a matter with their labels, in the order of the page: for the summary of errors.
pub(super) fn labels(words: &Words) -> Vec<(&'static str, &'static str)> {
    let w = words.proposal;
    vec![
        ("title", w.f_title),
        ("situation", w.f_situation),
        ("suggestion", w.f_suggestion),
        ("place", w.f_place),
        ("spot", w.f_spot),
        ("pin", words.photo.pin_label),
        ("photos", words.photo.label),
        ("category", w.f_category),
        ("scope", w.f_scope),
        ("on_behalf", w.f_on_behalf),
        ("behalf_yes", words.raise.behalf),
    ]
}

/// Title.
#[component]
pub(in crate::pages) fn TitleField(value: String, problems: Problems) -> impl IntoView {
    let w = words().proposal;
    view! {
        <Counted name="title" label=w.f_title hint=w.h_title value=value max=Title::MAX problems=problems/>
    }
}

/// 现状.
#[component]
pub(in crate::pages) fn SituationField(value: String, problems: Problems) -> impl IntoView {
    let w = words().proposal;
    view! {
        <Counted
            name="situation"
            label=w.f_situation
            hint=w.h_situation
            value=value
            max=Situation::MAX
            rows=5
            problems=problems
        />
    }
}

/// 建议.
#[component]
pub(in crate::pages) fn SuggestionField(value: String, problems: Problems) -> impl IntoView {
    let w = words().proposal;
    view! {
        <Counted
            name="suggestion"
            label=w.f_suggestion
            hint=w.h_suggestion
            value=value
            max=Suggestion::MAX
            rows=5
            problems=problems
        />
    }
}

/// Where, in words.
#[component]
pub(in crate::pages) fn SpotField(value: String, problems: Problems) -> impl IntoView {
    let w = words().proposal;
    view! {
        <Counted
            name="spot"
            label=w.f_spot
            hint=w.h_spot
            value=value
            max=Spot::MAX
            optional=true
            problems=problems
        />
    }
}

/// A field with a counter. It takes more than `max` and says by how much: nothing is cut off silently.
#[component]
pub(super) fn Counted(
    /// Name and id.
    name: &'static str,
    /// Label.
    label: &'static str,
    /// Hint under the label.
    hint: &'static str,
    /// What was typed.
    value: String,
    /// The most characters, as people count them.
    max: usize,
    /// Lines shown; a single line without.
    #[prop(optional)]
    rows: Option<u32>,
    /// Whether it may stay empty.
    #[prop(default = false)]
    optional: bool,
    /// Problems of the form.
    problems: Problems,
) -> impl IntoView {
    let words = words();
    let w = words.raise;
    let error = problems.of_field(name, words);
    let invalid = error.is_some();
    let described =
        if invalid { format!("{name}-e {name}-h {name}-n") } else { format!("{name}-h {name}-n") };
    let control = match rows {
        Some(rows) => view! {
            <islands::TextArea
                id=name
                name=name
                value=value
                rows=rows
                required=!optional
                invalid=invalid
                described_by=described
            />
        }
        .into_any(),
        None => view! {
            <input
                class="input"
                id=name
                name=name
                type="text"
                value=value
                autocomplete="off"
                required=!optional
                aria-invalid=invalid.then_some("true")
                aria-describedby=described
            />
        }
        .into_any(),
    };
    view! {
        <div class="field">
            <label class="field-label" for=name>
                {label}
                {optional.then(|| view! { <span class="field-optional">{words.site.optional}</span> })}
            </label>
            <p class="field-hint" id=format!("{name}-h")>{hint}</p>
            {control}
            <islands::Counter
                field=name.to_owned()
                limit=u32::try_from(max).unwrap_or(u32::MAX)
                hint=fill(words.site.at_most, &[("max", &max)])
                counter=w.c_count.to_owned()
                over=w.c_over.to_owned()
            />
            {error_line(name, error)}
        </div>
    }
}
