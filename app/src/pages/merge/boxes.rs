//! What a matter's page shows of merging: the proposer's answer, a household's no, and what came in.

use domain::merging::MergeState;
use domain::proposal::State;
use domain::text::Reason;
use domain::time::Timestamp;
use leptos::prelude::*;
use service::merge::MergeLine;
use service::views::matter::MatterView;

use crate::dates::day;
use crate::form::{LinesField, Problems};
use crate::link::to;
use crate::parts::{Icon, Prose};
use crate::render::{cx, words};
use crate::words::fill;

fn day_of(at: Timestamp) -> String {
    let cx = cx();
    day(at.local_date(), cx.viewer.now.local_date(), cx.viewer.prefs.lang)
}

fn at(view: &MatterView, path: &str) -> String {
    to(format!("/proposals/{}{path}", view.number))
}

/// The proposer's answer to a merge that waits for it: title and what can be done.
pub(in crate::pages) fn answer(view: &MatterView) -> Option<(String, AnyView)> {
    let w = words().merging;
    let line = view.merging.out.as_ref().filter(|_| view.merging.may_answer)?;
    let title = fill(w.asked_title, &[("n", &line.number)]);
    let last = fill(w.asked_last, &[("day", &day_of(line.object_until))]);
    let inside = view! {
        <p>{w.asked_lead}</p>
        <blockquote class="quote"><Prose text=line.reason.clone()/></blockquote>
        <p><strong>{last}</strong></p>
        <p>
            <a class="target" href=to(format!("/proposals/{}", line.number))>
                {fill(w.asked_see, &[("n", &line.number)])}
            </a>
        </p>
        <form method="post" action=at(view, "/merge/agree")>
            <button class="btn btn-primary btn-block">{w.agree}</button>
        </form>
        <details class="more">
            <summary>{w.object}</summary>
            <form class="more-body" method="post" action=at(view, "/merge/object")>
                <LinesField
                    id="object-reason"
                    name="reason"
                    label=w.object_reason
                    hint=w.object_hint
                    max=Reason::MAX
                    problems=Problems::default()
                />
                <button class="btn btn-danger">{w.object_go}</button>
            </form>
        </details>
    };
    Some((title, inside.into_any()))
}

/// What stands under the main act: where it goes or went, a household's no, and undoing.
pub(in crate::pages) fn aside(view: &MatterView) -> Option<AnyView> {
    let w = words().merging;
    let merging = &view.merging;
    let came = merging.came_from.map(|from| came(view, from));
    let Some(line) = &merging.out else { return came };
    let asked = line.state == MergeState::Asked;
    let waits = (asked && !merging.may_answer).then(|| {
        let last = day_of(line.object_until);
        let number = line.number;
        view! {
            <div class="notice notice-info">
                <Icon name="clock"/>
                <div>
                    <p>{fill(w.waits, &[("n", &number), ("day", &last)])}</p>
                    <p>{fill(w.reason, &[("reason", &line.reason)])}</p>
                    <p>
                        <a class="target" href=to(format!("/proposals/{number}"))>
                            {fill(w.asked_see, &[("n", &number)])}
                        </a>
                    </p>
                </div>
            </div>
        }
    });
    let stay = merging.may_decline.then(|| {
        let last = day_of(line.undo_until.unwrap_or(line.object_until));
        view! {
            <div class="merge-box">
                <p>{fill(w.stay_lead, &[("day", &last)])}</p>
                <form method="post" action=at(view, "/merge/decline")>
                    <button class="btn btn-secondary btn-block">{w.stay}</button>
                </form>
            </div>
        }
    });
    let stayed = merging.declined.then(|| {
        view! {
            <p class="notice notice-ok">
                <Icon name="check"/>
                <span>{fill(w.stayed, &[("n", &line.number)])}</span>
            </p>
        }
    });
    let undo = merging.may_undo.then(|| {
        let word = if asked { w.call_off_link } else { w.undo_link };
        view! { <p><a class="merge-link" href=at(view, "/merge/undo")>{word}</a></p> }
    });
    Some(view! { {waits}{stay}{stayed}{undo}{came} }.into_any())
}

/// A household that came along from another matter can make the co-sign its own.
fn came(view: &MatterView, from: i64) -> AnyView {
    let w = words().merging;
    let own = matches!(view.state, State::Cosigning { until, .. } if cx().viewer.now <= until)
        .then(|| {
            view! {
                <form method="post" action=at(view, "/cosign")>
                    <button class="btn btn-secondary btn-block">{w.came_own}</button>
                </form>
                <p class="field-hint">{fill(w.came_own_hint, &[("n", &from)])}</p>
            }
        });
    view! {
        <div class="merge-box">
            <p>{fill(w.came, &[("n", &from)])}</p>
            {own}
        </div>
    }
    .into_any()
}

/// Where a merged matter went, in the title of its main act.
pub(in crate::pages) fn gone_title(line: &MergeLine) -> String {
    let w = words().merging;
    match &line.title {
        Some(title) => fill(w.gone, &[("n", &line.number), ("title", title)]),
        None => fill(w.gone_plain, &[("n", &line.number)]),
    }
}

/// What was merged into a matter, and what is to be.
pub(in crate::pages) fn within(view: &MatterView) -> Option<AnyView> {
    let w = words().merging;
    if view.merging.within.is_empty() {
        return None;
    }
    let lines: Vec<_> = view
        .merging
        .within
        .iter()
        .map(|line| {
            let title = line.title.clone().unwrap_or_else(|| w.removed.to_owned());
            let state = match line.state {
                MergeState::Asked => fill(w.within_asked, &[("day", &day_of(line.object_until))]),
                _ => w.within_done.to_owned(),
            };
            let number = fill(w.number, &[("n", &line.number)]);
            view! {
                <li>
                    <a href=to(format!("/proposals/{}", line.number))>{title}</a>
                    <p class="row-meta">{format!("{number} · {state}")}</p>
                </li>
            }
        })
        .collect();
    Some(
        view! {
            <section class="section" aria-labelledby="merged-in">
                <h2 id="merged-in">{w.within}</h2>
                <ul class="merge-list">{lines}</ul>
            </section>
        }
        .into_any(),
    )
}

/// The way to merge one's own matter into another one.
pub(in crate::pages) fn offer_link(view: &MatterView) -> Option<AnyView> {
    let w = words().merging;
    view.merging.may_offer.then(|| {
        view! { <p><a class="merge-link" href=at(view, "/merge")>{w.offer_link}</a></p> }.into_any()
    })
}
