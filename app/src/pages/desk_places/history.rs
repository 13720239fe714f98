//! What was changed about the places, newest first.

use domain::place::ScopeKind;
use leptos::prelude::*;
use service::places::{ChangeKind, History, PlaceChange};

use crate::dates::Moment;
use crate::link::to;
use crate::parts::NextPage;
use crate::render::words;
use crate::words::fill;

pub(super) fn history(history: History) -> impl IntoView {
    let w = words().places;
    let none =
        history.rows.is_empty().then(|| view! { <p class="field-hint">{w.history_none}</p> });
    let rows: Vec<_> = history.rows.into_iter().map(line).collect();
    let older = history.next.map(|before| {
        let href = to(format!("/desk/places?before={before}#history"));
        view! {
            <NextPage href=href word=w.older/>
        }
    });
    view! {
        <section class="section" aria-labelledby="history">
            <h2 class="section-head" id="history">{w.history}</h2>
            {none}
            <ol class="timeline">{rows}</ol>
            {older}
        </section>
    }
}

fn line(change: PlaceChange) -> impl IntoView {
    let w = words().places;
    let template = match (change.kind, change.place) {
        (ChangeKind::Add, ScopeKind::Courtyard) => w.h_add_yard,
        (ChangeKind::Add, _) => w.h_add_door,
        (ChangeKind::Rename, _) => w.h_rename,
        (ChangeKind::Split, _) => w.h_split,
        (ChangeKind::Merge, _) => w.h_merge,
        (ChangeKind::End, _) => w.h_end,
    };
    let text = fill(
        template,
        &[
            ("before", &change.before.unwrap_or_default()),
            ("after", &change.after.unwrap_or_default()),
            ("n", &change.households),
        ],
    );
    let by = change.by.unwrap_or_else(|| w.closed.to_owned());
    let who = match change.courtyard {
        Some(courtyard) => format!("{courtyard} · {by}"),
        None => by,
    };
    let reason = change.reason.map(|reason| view! { <p>{reason}</p> });
    view! {
        <li class="timeline-item">
            <span class="timeline-when"><Moment at=change.at/></span>
            {text}
            {reason}
            <span class="timeline-who">{who}</span>
        </li>
    }
}
