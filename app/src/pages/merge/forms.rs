//! Pages of their own: proposing a merge with what it would do, objecting, and undoing.

use axum::response::Response;
use domain::merging::MergeState;
use domain::text::Reason;
use leptos::prelude::*;
use service::merge::{MergeCheck, MergeLine, MergeTarget};
use service::search::SimilarMatter;

use crate::form::{ErrorSummary, LinesField, Problems, TextField};
use crate::link::to;
use crate::parts::Icon;
use crate::render::{cx, words};
use crate::shell::{Meta, Tab, page};
use crate::state::App;
use crate::viewer::Viewer;
use crate::words::fill;

/// Who proposes the merge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asking {
    /// The committee asks.
    Ask,
    /// Its proposer offers their own.
    Offer,
}

/// A form to propose a merge.
pub(super) struct Shown {
    pub(super) asking: Asking,
    pub(super) check: MergeCheck,
    /// Matters that look like it, while no number is given.
    pub(super) alike: Vec<SimilarMatter>,
    pub(super) into: String,
    pub(super) reason: String,
    pub(super) problems: Problems,
}

fn meta(title: &str, tab: Tab, problems: &Problems) -> Meta {
    Meta {
        title: title.to_owned(),
        tab,
        narrow: true,
        problems: problems.clone(),
        ..Meta::default()
    }
}

fn head(number: i64, back: String, title: &'static str, lead: String) -> impl IntoView + use<> {
    let w = words().merging;
    view! {
        <div class="page-head">
            <a class="crumb" href=back>
                <Icon name="chevron"/>{fill(w.back, &[("n", &number)])}
            </a>
            <h1>{title}</h1>
            <p class="page-lead">{lead}</p>
        </div>
    }
}

/// Proposing: the number first, then what the merge would do, with the reason.
pub(super) fn propose(app: &App, viewer: &Viewer, shown: Shown) -> Response {
    let w = viewer.words().merging;
    let (title, tab) = match shown.asking {
        Asking::Ask => (w.ask_title, Tab::Desk),
        Asking::Offer => (w.offer_title, Tab::Home),
    };
    let meta = meta(title, tab, &shown.problems);
    page(app, viewer, meta, move || propose_view(shown, title))
}

fn propose_view(shown: Shown, title: &'static str) -> impl IntoView + use<> {
    let cx = cx();
    let w = cx.words().merging;
    let Shown { asking, check, alike, into, reason, problems } = shown;
    let number = check.number;
    let settings = &cx.viewer.community.settings;
    let (address, back, lead, go) = match asking {
        Asking::Ask => (
            to(format!("/desk/{number}/merge")),
            to(format!("/desk/{number}")),
            fill(w.ask_lead, &[("days", &settings.merge_object_days)]),
            w.ask_go,
        ),
        Asking::Offer => (
            to(format!("/proposals/{number}/merge")),
            to(format!("/proposals/{number}")),
            fill(w.offer_lead, &[("days", &settings.merge_undo_days)]),
            w.offer_go,
        ),
    };
    // Without a number that can be one, it is asked for; what was written as a reason stays.
    let written = !reason.is_empty();
    let form = match check.into {
        Some(target) => view! {
            {look(&target)}
            <form method="post" action=address.clone() novalidate>
                <input type="hidden" name="into" value=target.number/>
                {why(reason, problems.clone())}
                <button class="btn btn-primary btn-block">{go}</button>
            </form>
            <p><a class="merge-link" href=address>{w.check_other}</a></p>
        }
        .into_any(),
        None if written => view! {
            <form method="post" action=address novalidate>
                {number_field(into, problems.clone())}
                {why(reason, problems.clone())}
                <button class="btn btn-primary btn-block">{go}</button>
            </form>
        }
        .into_any(),
        None => view! {
            {choices(&address, alike)}
            <form method="get" action=address novalidate>
                {number_field(into, problems.clone())}
                <button class="btn btn-primary btn-block">{w.check}</button>
            </form>
        }
        .into_any(),
    };
    let labels = vec![("into", w.into), ("reason", w.why)];
    view! {
        {head(number, back, title, lead)}
        <p class="merge-which">
            <span class="row-meta">{fill(w.number, &[("n", &number)])}</span>" "{check.title}
        </p>
        <ErrorSummary problems=problems labels=labels/>
        {form}
    }
}

/// Matters that look like it, each a way to see what merging into it would do.
fn choices(address: &str, alike: Vec<SimilarMatter>) -> Option<AnyView> {
    let w = words().merging;
    if alike.is_empty() {
        return None;
    }
    let lines: Vec<_> = alike
        .into_iter()
        .map(|other| {
            let href = format!("{address}?into={}", other.number);
            let number = fill(w.number, &[("n", &other.number)]);
            view! { <li><a href=href>{format!("{number} {}", other.title)}</a></li> }
        })
        .collect();
    Some(
        view! {
            <div class="merge-box">
                <p>{w.like_it}</p>
                <ul class="merge-list">{lines}</ul>
            </div>
        }
        .into_any(),
    )
}

fn number_field(into: String, problems: Problems) -> impl IntoView + use<> {
    let w = words().merging;
    view! {
        <TextField name="into" label=w.into hint=w.into_hint value=into problems=problems/>
        <p><a class="merge-link" href=to("/proposals")>{w.into_list}</a></p>
    }
}

fn why(reason: String, problems: Problems) -> impl IntoView + use<> {
    let w = words().merging;
    view! {
        <LinesField
            name="reason"
            label=w.why
            hint=w.why_hint
            value=reason
            max=Reason::MAX
            problems=problems
        />
    }
}

/// What would become of the households.
fn look(target: &MergeTarget) -> impl IntoView + use<> {
    let w = words().merging;
    let outlook = target.outlook;
    let line = |template: &'static str, n: usize| {
        (n > 0).then(|| view! { <li>{fill(template, &[("n", &n)])}</li> })
    };
    let title = fill(w.look_title, &[("n", &target.number), ("title", &target.title)]);
    view! {
        <section class="merge-box" aria-labelledby="look">
            <h2 id="look">
                <a href=to(format!("/proposals/{}", target.number))>{title}</a>
            </h2>
            <ul class="merge-list">
                <li>{fill(w.look_now, &[("n", &target.cosigns)])}</li>
                <li>{fill(w.look_along, &[("n", &outlook.along)])}</li>
                {line(w.look_there, outlook.there)}
                {line(w.look_outside, outlook.outside)}
            </ul>
            <p class="field-hint">{w.look_no}</p>
        </section>
    }
}

/// An objection that came back.
pub(super) fn object(
    app: &App,
    viewer: &Viewer,
    number: i64,
    reason: String,
    problems: Problems,
) -> Response {
    let w = viewer.words().merging;
    let meta = meta(w.object_title, Tab::Home, &problems);
    page(app, viewer, meta, move || {
        let w = words().merging;
        let back = to(format!("/proposals/{number}"));
        view! {
            {head(number, back, w.object_title, String::new())}
            <ErrorSummary problems=problems.clone() labels=vec![("reason", w.object_reason)]/>
            <form method="post" action=to(format!("/proposals/{number}/merge/object")) novalidate>
                <LinesField
                    name="reason"
                    label=w.object_reason
                    hint=w.object_hint
                    value=reason
                    max=Reason::MAX
                    problems=problems
                />
                <button class="btn btn-danger btn-block">{w.object_go}</button>
            </form>
        }
    })
}

/// Undoing a merge, or calling off one that is only asked for.
pub(super) fn undo(
    app: &App,
    viewer: &Viewer,
    number: i64,
    line: &MergeLine,
    reason: String,
    problems: Problems,
) -> Response {
    let w = viewer.words().merging;
    let (title, lead, go) = match line.state {
        MergeState::Asked => (w.call_off_title, w.call_off_lead, w.call_off_go),
        _ => (w.undo_title, w.undo_lead, w.undo_go),
    };
    let lead = fill(lead, &[("n", &line.number)]);
    let meta = meta(title, Tab::Home, &problems);
    page(app, viewer, meta, move || {
        let w = words().merging;
        let back = to(format!("/proposals/{number}"));
        view! {
            {head(number, back, title, lead)}
            <ErrorSummary problems=problems.clone() labels=vec![("reason", w.why)]/>
            <form method="post" action=to(format!("/proposals/{number}/merge/undo")) novalidate>
                {why(reason, problems)}
                <button class="btn btn-danger btn-block">{go}</button>
            </form>
        }
    })
}
