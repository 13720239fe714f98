//! Fields of an act's form. Several forms stand on the page, so that each field's id begins with its
//! form's name.

use leptos::prelude::*;

use super::Typed;
use crate::form::{Problems, error_line};
use crate::render::words;
use crate::words::{desk, fill};

/// The fields of one form: what was typed in it, if it is the one that came back.
#[derive(Debug, Clone)]
pub(in crate::pages) struct Fields {
    act: String,
    values: Vec<(&'static str, String)>,
    problems: Problems,
}

impl Fields {
    pub(in crate::pages) fn of(act: &str, typed: &Typed) -> Self {
        let came_back = typed.act == act;
        Self {
            act: act.to_owned(),
            values: if came_back { typed.values.clone() } else { Vec::new() },
            problems: if came_back { typed.problems.clone() } else { Problems::default() },
        }
    }

    /// Whether this form came back with errors.
    pub(in crate::pages) fn came_back(&self) -> bool {
        !self.problems.is_empty()
    }

    /// Whether this form was sent and came back, with errors or as things stand.
    pub(in crate::pages) fn was_sent(&self) -> bool {
        self.came_back() || !self.values.is_empty()
    }

    pub(in crate::pages) fn id(&self, name: &str) -> String {
        format!("{}-{name}", self.act)
    }

    /// What was typed, or the preset.
    pub(in crate::pages) fn value(&self, name: &str, preset: &str) -> String {
        let typed = self.values.iter().find(|(field, _)| *field == name);
        typed.map_or_else(|| preset.to_owned(), |(_, value)| value.clone())
    }

    pub(in crate::pages) fn error(&self, name: &str) -> Option<String> {
        self.problems.of_field(name, words())
    }

    pub(in crate::pages) fn described(
        &self,
        name: &str,
        hint: bool,
        error: bool,
    ) -> Option<String> {
        let id = self.id(name);
        match (error, hint) {
            (true, true) => Some(format!("{id}-e {id}-h")),
            (true, false) => Some(format!("{id}-e")),
            (false, true) => Some(format!("{id}-h")),
            (false, false) => None,
        }
    }

    fn hint(&self, name: &str, hint: &'static str) -> impl IntoView + use<> {
        let id = format!("{}-h", self.id(name));
        (!hint.is_empty()).then(|| view! { <p class="field-hint" id=id>{hint}</p> })
    }

    /// The summary above the form, with links to its fields.
    pub(in crate::pages) fn summary(
        &self,
        labels: &[(&'static str, &'static str)],
    ) -> impl IntoView + use<> {
        self.came_back().then(|| {
            let w = words().site;
            let lines: Vec<_> = labels
                .iter()
                .filter_map(|(name, label)| {
                    let text = self.error(name)?;
                    let href = format!("#{}", self.id(name));
                    Some(view! { <li><a href=href>{format!("{label}：{text}")}</a></li> })
                })
                .collect();
            view! {
                <div class="error-summary" role="alert">
                    <h3>{fill(w.error_summary, &[("n", &lines.len())])}</h3>
                    <ul>{lines}</ul>
                    <p class="field-hint">{w.error_kept}</p>
                </div>
            }
        })
    }

    /// Several lines of text, with phrases to write by.
    pub(in crate::pages) fn lines(
        &self,
        name: &'static str,
        label: &'static str,
        hint: &'static str,
        preset: &str,
        rows: u32,
        required: bool,
    ) -> impl IntoView + use<> {
        let all = words();
        let error = self.error(name);
        let described = self.described(name, true, error.is_some()).unwrap_or_default();
        let phrases: Vec<_> = desk::phrases(&self.act, all.lang)
            .iter()
            .map(|phrase| view! { <li>{*phrase}</li> })
            .collect();
        let phrases = (!phrases.is_empty()).then(|| {
            view! {
                <div class="field-hint prose">
                    <p>{all.desk.phrases}</p>
                    <ul>{phrases}</ul>
                </div>
            }
        });
        let id = self.id(name);
        view! {
            <div class="field">
                <label class="field-label" for=id.clone()>
                    {label}
                    {(!required).then(|| view! { <span class="field-optional">{all.site.optional}</span> })}
                </label>
                {self.hint(name, hint)}
                <islands::TextArea
                    id=id.clone()
                    name=name
                    value=self.value(name, preset)
                    rows=rows
                    required=required
                    invalid=error.is_some()
                    described_by=described
                />
                {phrases}
                {error_line(&id, error)}
            </div>
        }
    }

    /// A line of text, a number or a day.
    pub(in crate::pages) fn line(
        &self,
        name: &'static str,
        label: &'static str,
        hint: &'static str,
        kind: Line,
        preset: &str,
    ) -> impl IntoView + use<> {
        let all = words();
        let error = self.error(name);
        let described = self.described(name, !hint.is_empty(), error.is_some());
        let invalid = error.is_some().then_some("true");
        let id = self.id(name);
        let class = if matches!(kind, Line::Text { .. }) { "input" } else { "input input-short" };
        let optional = matches!(kind, Line::Text { required: false, .. });
        let (max_length, numeric) = match &kind {
            Line::Text { max, .. } => (Some(*max), None),
            Line::Number => (None, Some("numeric")),
            Line::Day { .. } => (None, None),
        };
        let (min, max) = match kind {
            Line::Day { first, last } => (Some(first), Some(last)),
            _ => (None, None),
        };
        let input_type = if min.is_some() { "date" } else { "text" };
        view! {
            <div class="field">
                <label class="field-label" for=id.clone()>
                    {label}
                    {optional.then(|| view! { <span class="field-optional">{all.site.optional}</span> })}
                </label>
                {self.hint(name, hint)}
                <input
                    class=class
                    id=id.clone()
                    name=name
                    type=input_type
                    value=self.value(name, preset)
                    inputmode=numeric
                    autocomplete="off"
                    maxlength=max_length
                    min=min
                    max=max
                    required=!optional
                    aria-invalid=invalid
                    aria-describedby=described
                />
                {error_line(&id, error)}
            </div>
        }
    }

    /// One of several choices, as a list to open; `none` is the choice of nothing, where there is one.
    pub(in crate::pages) fn select(
        &self,
        name: &'static str,
        label: &'static str,
        none: Option<&'static str>,
        choices: &[(&'static str, &'static str)],
        preset: &str,
    ) -> impl IntoView + use<> {
        let all = words();
        let error = self.error(name);
        let described = self.described(name, false, error.is_some());
        let invalid = error.is_some().then_some("true");
        let chosen = self.value(name, preset);
        let first = none.unwrap_or(all.site.choose);
        let options: Vec<_> = choices
            .iter()
            .map(|(value, word)| {
                view! { <option value=*value selected=chosen == *value>{*word}</option> }
            })
            .collect();
        let id = self.id(name);
        view! {
            <div class="field">
                <label class="field-label" for=id.clone()>{label}</label>
                <select
                    class="select"
                    id=id.clone()
                    name=name
                    required=none.is_none()
                    aria-invalid=invalid
                    aria-describedby=described
                >
                    <option value="">{first}</option>
                    {options}
                </select>
                {error_line(&id, error)}
            </div>
        }
    }
}

/// What a line takes.
#[derive(Debug, Clone)]
pub(in crate::pages) enum Line {
    /// Text of at most so many characters.
    Text {
        /// The most.
        max: usize,
        /// Whether it may not stay empty.
        required: bool,
    },
    /// A whole number.
    Number,
    /// A day between two, ISO 8601.
    Day {
        /// The earliest.
        first: String,
        /// The latest.
        last: String,
    },
}
