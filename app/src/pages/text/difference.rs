//! What changed from one text to another, readable without colour and by ear.

use domain::difference::{Fate, Segment};
use leptos::prelude::*;
use service::text::{ScopeName, TextChange, What};

use crate::render::words;
use crate::words::terms::Term;
use crate::words::text::part;

/// The parts that differ, each with its name; what is gone and what is new is said by more than its look.
pub(super) fn difference(changes: &[TextChange]) -> AnyView {
    let words = words();
    let lines: Vec<_> = changes
        .iter()
        .map(|change| {
            view! {
                <dt>{part(change.part, words)}</dt>
                <dd class="difference">{what(&change.what)}</dd>
            }
        })
        .collect();
    view! {
        <p class="difference-legend">{words.text.legend}</p>
        <dl class="difference-list">{lines}</dl>
    }
    .into_any()
}

fn what(what: &What) -> AnyView {
    let words = words();
    let lang = words.lang;
    match what {
        What::Words(segments) => segments.iter().map(segment).collect_view().into_any(),
        What::Category { from, to } => both(from.word(lang), to.word(lang)),
        What::Place { from, to } => both(from, to),
        What::Scope { from, to } => both(&scope_words(from), &scope_words(to)),
    }
}

/// The place that a scope means, in words.
pub(super) fn scope_words(scope: &ScopeName) -> String {
    scope.name.clone().unwrap_or_else(|| scope.kind.word(words().lang).to_owned())
}

fn both(from: &str, to: &str) -> AnyView {
    view! { {gone(from.to_owned())}" "{new(to.to_owned())} }.into_any()
}

fn segment(segment: &Segment) -> AnyView {
    let text = segment.text.clone();
    match segment.fate {
        Fate::Kept => view! { {text} }.into_any(),
        Fate::Gone => gone(text),
        Fate::New => new(text),
    }
}

fn gone(text: String) -> AnyView {
    let w = words().text;
    view! {
        <del><span class="visually-hidden">{w.gone}</span>{text}<span class="visually-hidden">{w.ends}</span></del>
    }
    .into_any()
}

fn new(text: String) -> AnyView {
    let w = words().text;
    view! {
        <ins><span class="visually-hidden">{w.new}</span>{text}<span class="visually-hidden">{w.ends}</span></ins>
    }
    .into_any()
}
