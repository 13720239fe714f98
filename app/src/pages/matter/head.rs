//! A matter's head: title, where and what, and how far along 提·议·决·办·评 it has come.

use domain::proposal::{Stage, State, Verdict};
use domain::time::{DAY_MS, Timestamp};
use leptos::prelude::*;
use service::views::matter::MatterView;

use super::Sheet;
use crate::dates::{left, short_day};
use crate::link::to;
use crate::matter_row::Tag;
use crate::parts::{Icon, Title};
use crate::render::{cx, words};
use crate::words::terms::Term;
use crate::words::{Lang, fill};

/// Within so many days an end is said by the time left.
const NEAR_MS: i64 = 7 * DAY_MS;

pub(super) fn head(sheet: &Sheet) -> impl IntoView + use<> {
    let words = words();
    let w = words.matter;
    let view = &sheet.view;
    let place = &view.place;
    let mut facts = vec![fill(w.number, &[("n", &view.number)]), place.courtyard.clone()];
    facts.extend(place.entrance.clone());
    facts.extend(place.spot.clone());
    let scope = view.scope_name.clone().unwrap_or_else(|| w.community.to_owned());
    if scope != place.courtyard {
        facts.push(fill(w.for_scope, &[("place", &scope)]));
    }
    facts.push(view.category.word(words.lang).to_owned());
    if let Some(whom) = &view.on_behalf {
        facts.push(fill(w.on_behalf, &[("whom", whom)]));
        if view.behalf_yes {
            facts.push(words.raise.behalf_shown.to_owned());
        }
    }
    // Whose hand sent it in stands with that step.
    let sent = view.steps.iter().find(|step| step.kind == "submit");
    if let Some(helper) = sent.and_then(|step| step.who.as_ref()?.through.as_ref()) {
        facts.push(super::talk::through(words.household.raised_by_helper, helper));
    }
    if view.willing {
        facts.push(w.willing.to_owned());
    }
    let overdue = view.due.is_some_and(|due| due.overdue);
    view! {
        <div class="matter-head">
            <a class="crumb" href=to("/proposals")><Icon name="chevron"/>{w.crumb}</a>
            <h1><Title text=view.title.clone()/></h1>
            <p class="row-meta">
                <Tag state=view.state.clone()/>
                {overdue.then(|| view! { <span class="tag tag-alert"><Icon name="flag"/>{w.overdue}</span> })}
                {facts.join(" · ")}
            </p>
            {crate::pages::text::line(view)}
            <ol class="steps" aria-label=w.steps>{strip_view(view)}</ol>
        </div>
    }
}

fn strip_view(view: &MatterView) -> Vec<impl IntoView + use<>> {
    let cx = cx();
    let words = cx.words();
    let w = words.matter;
    let now = cx.viewer.now;
    let short = |at: Timestamp| short_day(at.local_date(), words.lang);
    let word = |(stage, mark): (Stage, Mark)| {
        let (class, said, when) = match mark {
            Mark::Done(at) => ("step step-done", w.step_done, at.map(short).unwrap_or_default()),
            Mark::Now => {
                let when = view.due.map(|due| match left(due.at, now, words.lang) {
                    Some(left) if due.at.0 - now.0 < NEAR_MS => left,
                    _ => fill(w.until_day, &[("day", &short(due.at))]),
                });
                ("step step-now", w.step_now, when.unwrap_or_default())
            }
            Mark::NoVote => ("step step-skip", w.step_skip, w.no_vote.to_owned()),
            Mark::Skipped => ("step step-skip", w.step_skip, String::new()),
            Mark::ToCome => ("step step-todo", w.step_todo, String::new()),
        };
        view! {
            <li class=class aria-current=(mark == Mark::Now).then_some("step")>
                {name(stage, words.lang)}
                <span class="step-when">{when}</span>
                <span class="visually-hidden">{said}</span>
            </li>
        }
    };
    strip(view).into_iter().map(word).collect()
}

/// A step's name: one character in its ring, or its number with the word below.
fn name(stage: Stage, lang: Lang) -> AnyView {
    match lang {
        Lang::Zh => view! { <span class="step-name">{stage.word(lang)}</span> }.into_any(),
        Lang::En => {
            let place = Stage::ALL.iter().position(|other| *other == stage).unwrap_or_default() + 1;
            view! {
                <span class="step-name" aria-hidden="true">{place}</span>
                <span class="step-when">{stage.word(lang)}</span>
            }
            .into_any()
        }
    }
}

/// How one of the five steps stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    /// Done, and when.
    Done(Option<Timestamp>),
    /// Where it stands.
    Now,
    /// Decided without a vote.
    NoVote,
    /// Not reached, and never will be.
    Skipped,
    /// To come.
    ToCome,
}

/// The five steps of a matter. What it reached is read from its timeline, so that a matter which
/// ended early shows how far it came.
fn strip(view: &MatterView) -> Vec<(Stage, Mark)> {
    let last = |kinds: &[&str]| {
        view.steps.iter().rev().find(|step| kinds.contains(&step.kind.as_str())).map(|s| s.at)
    };
    let reached = |stage: Stage| match stage {
        Stage::Raise => last(&["publish", "submit"]),
        Stage::Deliberate => {
            last(&["session"]).or_else(|| last(&["deliberate"])).or_else(|| last(&["accept"]))
        }
        Stage::Decide => last(&["decide"]),
        Stage::Do => last(&["complete"]).or_else(|| last(&["refer"])),
        Stage::Review => last(&["close_review"]),
    };
    let voted = !view.ballots.is_empty();
    let over = view.state.name().is_final();
    let now = view.state.name().stage();
    let waits = match &view.state {
        // What was decided without being adopted goes no further.
        State::Decided { verdict: Verdict::NotAdopted, .. } => Mark::Skipped,
        _ if over => Mark::Skipped,
        _ => Mark::ToCome,
    };
    Stage::ALL
        .iter()
        .map(|stage| {
            let at = reached(*stage);
            let done = if *stage == Stage::Decide && !voted && at.is_some() {
                Mark::NoVote
            } else {
                Mark::Done(at)
            };
            let mark = if over {
                if at.is_some() { done } else { Mark::Skipped }
            } else if *stage == now {
                Mark::Now
            } else if *stage < now {
                if at.is_some() { done } else { Mark::Skipped }
            } else {
                waits
            };
            (*stage, mark)
        })
        .collect()
}
