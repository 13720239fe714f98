//! What the desk shows of a matter besides its acts.

use domain::proposal::State;
use leptos::prelude::*;
use service::views::desk::DeskMatter;

use crate::dates::{Day, day};
use crate::link::to;
use crate::pages::ballot_open::BallotCancelForm;
use crate::pages::desk::{acts as may_act, due_cell};
use crate::pages::matter::step_line;
use crate::parts::{Icon, Prose, StateTag, Title, name_of};
use crate::render::{cx, words};
use crate::words::fill;
use crate::words::terms::Term;

pub(super) fn head(shown: &DeskMatter) -> impl IntoView + use<> {
    let cx = cx();
    let all = cx.words();
    let w = all.desk;
    let late = shown.due.is_some_and(|due| cx.viewer.now > due) && owed(&shown.state);
    let due = shown.due.map(|due| {
        let cell = due_cell(Some(due), late, shown.provisional);
        view! { " · "{w.due}" "{cell} }
    });
    let number = fill(all.matter.number, &[("n", &shown.number)]);
    view! {
        <div class="matter-head page-head">
            <a class="crumb" href=to("/desk")><Icon name="chevron"/>{w.title}</a>
            <h1><Title text=shown.title.clone()/></h1>
            <p class="row-meta">
                <StateTag state=shown.state_name/>
                {format!("{number} · {} · {}", shown.place, shown.category.word(all.lang))}
                {due}
            </p>
        </div>
    }
}

/// Whether the committee owes the act that is due.
fn owed(state: &State) -> bool {
    matches!(
        state,
        State::Submitted
            | State::Accepted { .. }
            | State::Deliberating
            | State::Decided { .. }
            | State::InProgress { .. }
            | State::Suspended { .. }
    )
}

pub(super) fn facts(shown: &DeskMatter) -> impl IntoView + use<> {
    let cx = cx();
    let all = cx.words();
    let w = all.desk;
    let line = |label: &'static str, text: Option<String>| {
        text.map(|text| view! { <dt>{label}</dt><dd>{text}</dd> })
    };
    let cosigns = match shown.state {
        State::Cosigning { needed, .. } => {
            fill(w.households_of, &[("n", &shown.cosigns), ("needed", &needed)])
        }
        _ => fill(w.households, &[("n", &shown.cosigns)]),
    };
    // On hold its clock stands still.
    let on_hold = matches!(shown.state, State::Suspended { .. });
    let at_work = on_hold || matches!(shown.state, State::InProgress { .. });
    let work = shown.work.as_ref().filter(|_| at_work).map(|work| {
        let who = if work.receiver.is_empty() {
            work.route.word(all.lang).to_owned()
        } else {
            format!("{} · {}", work.receiver, work.route.word(all.lang))
        };
        let extended = work.extended.then_some(w.extended);
        view! {
            <dt>{w.work_with}</dt>
            <dd>{who}</dd>
            {line(w.ticket, work.ticket.clone())}
            {(!on_hold).then(|| view! {
                <dt>{w.due}</dt>
                <dd><Day at=work.due/>{extended.map(|text| format!(" · {text}"))}</dd>
            })}
        }
    });
    let talk = to(format!("/proposals/{}#talk", shown.number));
    let posts = fill(w.posts, &[("n", &shown.posts)]);
    let ballot = shown.ballot.map(|ballot| {
        let cancel = may_act(&cx.viewer).then(|| {
            view! {
                <details class="more">
                    <summary>{all.ballot.cancel_head}</summary>
                    <div class="more-body"><BallotCancelForm number=shown.number/></div>
                </details>
            }
        });
        view! {
            <a class="btn btn-secondary btn-block" href=to(format!("/ballots/{ballot}"))>{w.ballot_page}</a>
            {cancel}
        }
    });
    view! {
        <section class="matter-act" aria-labelledby="facts">
            <h2 id="facts">{w.facts}</h2>
            <dl class="kv">
                <dt>{w.author}</dt>
                <dd>{name_of(&shown.author)}</dd>
                {line(w.author_home, shown.author_home.clone())}
                {line(w.on_behalf, shown.on_behalf.clone())}
                {line(w.willing, shown.willing.then(|| w.yes.to_owned()))}
                <dt>{w.cosigns}</dt>
                <dd>{cosigns}</dd>
                <dt>{w.talk}</dt>
                <dd><a href=talk>{posts}</a></dd>
                {work}
            </dl>
            <a class="btn btn-secondary btn-block" href=to(format!("/proposals/{}", shown.number))>
                {w.public_page}
            </a>
            {ballot}
        </section>
    }
}

pub(super) fn texts(shown: &DeskMatter) -> impl IntoView + use<> {
    let all = words();
    let answer = shown.answer.clone().map(|text| {
        let verdict = shown.answer_verdict.map(|verdict| view! { <b>{verdict.word(all.lang)}</b> });
        view! {
            <section class="section">
                <h2>{all.matter.answer}</h2>
                <blockquote class="quote">{verdict}<p>{text}</p></blockquote>
            </section>
        }
    });
    view! {
        <section class="section">
            <h2>{all.matter.situation}</h2>
            <Prose text=shown.situation.clone()/>
        </section>
        <section class="section">
            <h2>{all.matter.suggestion}</h2>
            <Prose text=shown.suggestion.clone()/>
        </section>
        {answer}
    }
}

pub(super) fn sessions(shown: &DeskMatter) -> impl IntoView + use<> {
    let cx = cx();
    let w = cx.words().desk;
    let today = cx.viewer.now.local_date();
    let held: Vec<_> = shown
        .sessions
        .iter()
        .map(|held| {
            let meta = fill(w.attended, &[("n", &held.attendees)]);
            view! {
                <details class="more">
                    <summary>{format!("{} · {meta}", day(held.held_on, today, cx.viewer.prefs.lang))}</summary>
                    <div class="more-body"><Prose text=held.minutes.clone()/></div>
                </details>
            }
        })
        .collect();
    (!held.is_empty())
        .then(|| view! { <section class="section"><h2>{w.sessions}</h2>{held}</section> })
}

pub(super) fn timeline(shown: &DeskMatter) -> impl IntoView + use<> {
    let all = words();
    let answer = shown.answer.as_deref();
    let steps: Vec<_> = shown.steps.iter().map(|step| step_line(step, answer)).collect();
    view! {
        <h2>{all.matter.timeline}</h2>
        <ol class="timeline">{steps}</ol>
    }
}
