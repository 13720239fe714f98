//! What the matter is, what the committee answered, and what sessions and ballots came to.

use domain::ballot::Effect;
use domain::permission::Action;
use leptos::prelude::*;
use service::views::matter::{BallotLine, BallotState};

use super::Sheet;
use crate::dates::{Day, day, short_day};
use crate::link::to;
use crate::parts::{Icon, Prose};
use crate::photos::PhotoList;
use crate::plans::PinOnPlan;
use crate::render::{cx, words};
use crate::words::terms::Term;
use crate::words::{Words, fill};

pub(super) fn body(sheet: &Sheet) -> impl IntoView + use<> {
    let w = words().matter;
    let view = &sheet.view;
    let text = match &view.removed {
        Some(line) => crate::pages::me_removed::text_place(line),
        None => view! {
            <section class="section">
                <h2>{w.situation}</h2>
                <Prose text=view.situation.clone()/>
            </section>
            <section class="section">
                <h2>{w.suggestion}</h2>
                <Prose text=view.suggestion.clone()/>
            </section>
        }
        .into_any(),
    };
    view! {
        {invalid_note(sheet)}
        {text}
        {report(sheet)}
        {pictures(sheet)}
        {answer(sheet)}
        {ballots(sheet)}
        {sessions(sheet)}
        {super::review::reviews(sheet)}
    }
}

/// Where its text is reported, or decided on; for its author, where it is appealed.
fn report(sheet: &Sheet) -> Option<AnyView> {
    let cx = cx();
    let (w, mine) = (cx.words().civil, sheet.view.mine.proposer);
    let link = |href: String, word: &'static str| {
        view! { <a class="btn btn-quiet btn-small" href=href>{word}</a> }.into_any()
    };
    let mut acts = Vec::new();
    match (sheet.view.removed.is_some(), mine) {
        (true, true) => acts.push(link(to("/me/removed"), w.appeal)),
        (true, false) => {}
        (false, _) => {
            if !mine && cx.viewer.may(Action::Report) {
                acts.push(link(sheet.at("/report"), w.report));
            }
            if !mine && sheet.view.mine.may.hide {
                let case = to(format!("/desk/reports/{}", sheet.view.number));
                acts.push(link(case, w.case_remove));
            }
        }
    }
    (!acts.is_empty()).then(|| view! { <div class="post-acts">{acts}</div> }.into_any())
}

/// Its photos, and where it is on a plan.
fn pictures(sheet: &Sheet) -> impl IntoView + use<> {
    let w = words().photo;
    let photos = sheet.view.photos.clone();
    let photos = (!photos.is_empty()).then(|| {
        view! {
            <section class="section">
                <h2>{w.photos}</h2>
                <PhotoList photos=photos/>
            </section>
        }
    });
    let pin = sheet.view.pin.clone().map(|pin| {
        view! {
            <section class="section">
                <h2>{w.pin_where}</h2>
                <PinOnPlan pin=pin/>
            </section>
        }
    });
    view! { {photos}{pin} }
}

/// After a vote with too few voters the matter is talked over again: that is said first.
fn invalid_note(sheet: &Sheet) -> Option<AnyView> {
    let view = &sheet.view;
    if !matches!(view.state, domain::proposal::State::Deliberating) {
        return None;
    }
    let w = words().matter;
    let last = view.ballots.first()?;
    let BallotState::Closed(Some(tally)) = &last.state else { return None };
    if tally.outcome.valid {
        return None;
    }
    let numbers = fill(
        w.invalid_text,
        &[("quorum", &tally.outcome.quorum), ("part", &tally.outcome.participated)],
    );
    Some(
        view! {
            <p class="notice notice-warn">
                <Icon name="info"/>
                <span>
                    <strong>{w.invalid_note}</strong>
                    {numbers}
                    <a href=to(format!("/ballots/{}", last.number))>{w.ballot_see}</a>
                </span>
            </p>
        }
        .into_any(),
    )
}

fn answer(sheet: &Sheet) -> Option<AnyView> {
    let words = words();
    let w = words.matter;
    let answer = sheet.view.answer.as_ref()?;
    let role = answer.role.map_or(w.committee, |role| role.word(words.lang));
    let verdict =
        answer.verdict.map(|verdict| view! { <p><strong>{verdict.word(words.lang)}</strong></p> });
    Some(
        view! {
            <section class="section">
                <h2>{w.answer}</h2>
                <blockquote class="quote">
                    {verdict}
                    {paragraphs(&answer.text)}
                    <footer class="quote-role"><b>{role}</b><br/><Day at=answer.at/></footer>
                </blockquote>
            </section>
        }
        .into_any(),
    )
}

pub(super) fn paragraphs(text: &str) -> Vec<impl IntoView + use<>> {
    text.split('\n')
        .filter(|line| !line.trim().is_empty())
        .map(|line| view! { <p>{line.to_owned()}</p> })
        .collect()
}

fn ballots(sheet: &Sheet) -> Option<AnyView> {
    let words = words();
    let w = words.matter;
    if sheet.view.ballots.is_empty() {
        return None;
    }
    let rows: Vec<_> = sheet
        .view
        .ballots
        .iter()
        .map(|ballot| {
            view! {
                <li class="row">
                    <h3 class="row-title">
                        <a href=to(format!("/ballots/{}", ballot.number))>{ballot.question.clone()}</a>
                    </h3>
                    <p class="row-meta">
                        {format!("{} · {}", ballot.kind.word(words.lang), ballot_sentence(ballot, words))}
                    </p>
                </li>
            }
        })
        .collect();
    Some(
        view! {
            <section class="section">
                <h2>{w.ballots}</h2>
                <ul class="row-list">{rows}</ul>
            </section>
        }
        .into_any(),
    )
}

fn ballot_sentence(ballot: &BallotLine, words: &Words) -> String {
    let w = words.matter;
    match &ballot.state {
        BallotState::Open => {
            let day = short_day(ballot.closes_at.local_date(), words.lang);
            fill(w.ballot_open, &[("day", &day)])
        }
        BallotState::Closed(None) => w.ballot_counting.to_owned(),
        BallotState::Closed(Some(tally)) if !tally.outcome.valid => fill(
            w.ballot_invalid,
            &[("quorum", &tally.outcome.quorum), ("part", &tally.outcome.participated)],
        ),
        BallotState::Closed(Some(tally)) => {
            // What binds nobody is neither passed nor failed.
            let template = match (ballot.kind.rule().effect, tally.outcome.passed) {
                (Effect::Binding, true) => w.ballot_passed,
                (Effect::Binding, false) => w.ballot_failed,
                (Effect::Intent | Effect::Advisory, _) => w.ballot_counts,
            };
            let counts = &tally.counts;
            fill(
                template,
                &[("yes", &counts.yes), ("no", &counts.no), ("abstain", &counts.abstain)],
            )
        }
        BallotState::Cancelled { reason } => {
            fill(w.ballot_cancelled, &[("reason", &reason.as_deref().unwrap_or_default())])
        }
    }
}

fn sessions(sheet: &Sheet) -> Option<AnyView> {
    let cx = cx();
    let w = cx.words().matter;
    if sheet.view.sessions.is_empty() {
        return None;
    }
    let lines: Vec<_> = sheet
        .view
        .sessions
        .iter()
        .map(|session| {
            let held = day(session.held_on, cx.viewer.now.local_date(), cx.viewer.prefs.lang);
            let line = fill(w.session_line, &[("day", &held), ("n", &session.attendees)]);
            view! {
                <details class="more">
                    <summary>{line}</summary>
                    <div class="more-body"><Prose text=session.minutes.clone()/></div>
                </details>
            }
        })
        .collect();
    Some(view! { <section class="section"><h2>{w.sessions}</h2>{lines}</section> }.into_any())
}
