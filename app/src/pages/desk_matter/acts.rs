//! The acts that a matter's state allows, each a form to open.

use domain::proposal::{State, Verdict};
use domain::route::Route;
use domain::text::Receiver;
use leptos::prelude::*;
use service::desk::{DELIBERATE, PROGRESS_EXTEND, PROGRESS_NOTE, SUSPEND_DAYS_MAX};
use service::views::desk::{DeskFollowUp, DeskMatter};

use super::Typed;
use super::fields::{Fields, Line};
use crate::dates::{day, iso_day};
use crate::link::to;
use crate::pages::ballot_open::BallotOpenForm;
use crate::pages::desk::read_only;
use crate::parts::name_of;
use crate::render::{cx, words};
use crate::words::terms::Term;
use crate::words::{desk::DeskWords, fill};

/// The names of the acts whose forms have an address of their own; others are named by `act`.
pub(super) const ACCEPT: &str = "accept";
pub(super) const ANSWER: &str = "answer";
pub(super) const SESSION: &str = "session";
pub(super) const REFER: &str = "refer";
pub(super) const SUSPEND: &str = "suspend";
pub(super) const RESUME: &str = "resume";
pub(super) const COMPLETE: &str = "complete";
pub(super) const ARCHIVE: &str = "archive";
const PUBLISH: &str = "publish";
const RETURN: &str = "return";
const MERGE: &str = "merge";
const NOT_ACCEPT: &str = "not_accept";
const BALLOT: &str = "ballot";

/// The name of a follow-up's form.
pub(super) fn follow_up_name(id: i64) -> String {
    format!("follow-up-{id}")
}

/// The acts, or that who looks only reads, or that it is somebody else's turn.
pub(super) fn acts(matter: &DeskMatter, typed: &Typed, may_act: bool) -> impl IntoView + use<> {
    let w = words().desk;
    if !may_act {
        return read_only().into_any();
    }
    let names = names(matter);
    if names.is_empty() && matter.follow_ups.is_empty() {
        return view! {
            <section class="section" aria-labelledby="acts">
                <h2 id="acts">{w.acts}</h2>
                <p>{w.acts_none}</p>
            </section>
        }
        .into_any();
    }
    let follow_ups: Vec<_> =
        matter.follow_ups.iter().map(|open| follow_up(matter, open, typed)).collect();
    let nothing_typed = typed.problems.is_empty();
    // While neighbours gather support nothing is due from the desk: taking it up early is an exception.
    let gathering = matches!(matter.state, State::Cosigning { .. });
    let first_open = nothing_typed && matter.follow_ups.is_empty() && !gathering;
    let forms: Vec<_> = names
        .iter()
        .enumerate()
        .map(|(n, name)| act(matter, name, typed, n == 0 && first_open))
        .collect();
    view! {
        <section class="section" aria-labelledby="acts">
            <h2 id="acts">{w.acts}</h2>
            <div class="act-list">{follow_ups}{forms}</div>
        </section>
    }
    .into_any()
}

/// The acts that a state allows, the likeliest first.
fn names(matter: &DeskMatter) -> Vec<&'static str> {
    match &matter.state {
        State::Submitted => vec![PUBLISH, RETURN, MERGE, NOT_ACCEPT],
        State::Cosigning { .. } => vec![ACCEPT, RETURN, MERGE, NOT_ACCEPT],
        State::Accepted { .. } => vec![ANSWER, SESSION, RETURN, MERGE, NOT_ACCEPT],
        State::Deliberating => vec![SESSION, BALLOT, ANSWER, MERGE],
        State::Decided { verdict: Verdict::NotAdopted, .. } => {
            let over = matter.due.is_some_and(|due| cx().viewer.now > due);
            if over { vec![ARCHIVE] } else { Vec::new() }
        }
        State::Decided { .. } => vec![REFER],
        State::InProgress { .. } => {
            let extended = matter.work.as_ref().is_none_or(|work| work.extended);
            let extend = (!extended).then_some(PROGRESS_EXTEND);
            [PROGRESS_NOTE, COMPLETE].into_iter().chain(extend).chain([SUSPEND, REFER]).collect()
        }
        State::Merged { .. } if matter.merge_undo => vec![MERGE],
        State::Suspended { .. } => vec![RESUME, PROGRESS_NOTE, SUSPEND],
        State::Reviewed { .. } if matter.follow_ups.is_empty() => vec![ARCHIVE],
        _ => Vec::new(),
    }
}

/// One act: its verb, what residents will see, and its form.
fn act(matter: &DeskMatter, name: &'static str, typed: &Typed, open: bool) -> AnyView {
    let w = words().desk;
    let fields = Fields::of(name, typed);
    let number = matter.number;
    let address = |path: &str| to(format!("/desk/{number}/{path}"));
    let days = cx().viewer.community.settings.work_days;
    let reason =
        |preset: &'static str| fields.lines("reason", w.reason, w.public_hint, preset, 4, true);
    let (verb, sees, action, labels, inner, go, button) = match name {
        PUBLISH => (
            w.publish,
            w.publish_sees.to_owned(),
            address("check"),
            vec![("reason", w.reason)],
            view! {
                // What is published is the text on this page.
                <input type="hidden" name="seen" value=matter.text_version/>
                {reason(w.publish_preset)}
            }
            .into_any(),
            w.publish_go,
            "btn btn-primary",
        ),
        RETURN => (
            w.back,
            w.back_sees.to_owned(),
            address("check"),
            vec![("reason", w.reason)],
            reason("").into_any(),
            w.back_go,
            "btn btn-secondary",
        ),
        MERGE => return crate::pages::merge::desk_act(matter, open),
        NOT_ACCEPT => (
            w.decline,
            w.decline_sees.to_owned(),
            address("check"),
            vec![("route", w.decline_route), ("reason", w.reason)],
            view! {
                {fields.select("route", w.decline_route, Some(w.decline_route_none), &ways(), "")}
                {reason("")}
            }
            .into_any(),
            w.decline_go,
            "btn btn-danger",
        ),
        ACCEPT => (
            w.accept,
            w.accept_sees.to_owned(),
            address("accept"),
            vec![("reason", w.reason)],
            reason(w.accept_preset).into_any(),
            w.accept_go,
            "btn btn-primary",
        ),
        ANSWER => (
            w.answer,
            w.answer_sees.to_owned(),
            address("answer"),
            vec![("verdict", w.answer_verdict), ("reason", w.reason)],
            view! {
                {fields.select("verdict", w.answer_verdict, None, &answers(&matter.state, w), "")}
                {reason("")}
            }
            .into_any(),
            w.answer_go,
            if matter.state == State::Deliberating {
                "btn btn-secondary"
            } else {
                "btn btn-primary"
            },
        ),
        SESSION => (
            w.session,
            w.session_sees.to_owned(),
            address("session"),
            vec![
                ("held_on", w.session_day),
                ("attendees", w.session_attendees),
                ("minutes", w.session_minutes),
                ("verdict", w.session_verdict),
                ("reason", w.session_reason),
            ],
            session(matter, &fields).into_any(),
            w.session_go,
            "btn btn-secondary",
        ),
        BALLOT => {
            let head = words().ballot;
            return view! {
                <details class="more" id=BALLOT open=open>
                    <summary>{head.form_head}</summary>
                    <div class="more-body"><BallotOpenForm number=number/></div>
                </details>
            }
            .into_any();
        }
        REFER => {
            let again = matches!(matter.state, State::InProgress { .. });
            (
                if again { w.refer_again } else { w.refer },
                fill(w.refer_sees, &[("n", &days)]),
                address("refer"),
                vec![
                    ("route", w.refer_route),
                    ("receiver", w.refer_receiver),
                    ("ticket", w.refer_ticket),
                    ("reason", w.reason),
                ],
                view! {
                    {fields.select("route", w.refer_route, None, &work_routes(), "")}
                    {fields.line(
                        "receiver",
                        w.refer_receiver,
                        w.refer_receiver_hint,
                        Line::Text { max: Receiver::MAX, required: true },
                        "",
                    )}
                    {fields.line(
                        "ticket",
                        w.refer_ticket,
                        w.refer_ticket_hint,
                        Line::Text { max: Receiver::MAX, required: false },
                        "",
                    )}
                    {reason("")}
                }
                .into_any(),
                w.refer_go,
                if again { "btn btn-secondary" } else { "btn btn-primary" },
            )
        }
        PROGRESS_NOTE => (
            w.note,
            w.note_sees.to_owned(),
            address("progress"),
            vec![("note", w.note_text)],
            fields.lines("note", w.note_text, w.note_hint, "", 4, true).into_any(),
            w.note_go,
            if matches!(matter.state, State::InProgress { .. }) {
                "btn btn-primary"
            } else {
                "btn btn-secondary"
            },
        ),
        PROGRESS_EXTEND => (
            w.extend,
            fill(w.extend_sees, &[("n", &days)]),
            address("progress"),
            vec![("reason", w.reason)],
            reason("").into_any(),
            w.extend_go,
            "btn btn-secondary",
        ),
        COMPLETE => (
            w.complete,
            w.complete_sees.to_owned(),
            address("complete"),
            vec![("note", w.complete_note)],
            fields.lines("note", w.complete_note, w.note_hint, "", 4, true).into_any(),
            w.complete_go,
            "btn btn-secondary",
        ),
        SUSPEND => (
            if matches!(matter.state, State::Suspended { .. }) {
                w.suspend_again
            } else {
                w.suspend
            },
            w.suspend_sees.to_owned(),
            address("suspend"),
            vec![("review_on", w.suspend_day), ("reason", w.reason)],
            view! {
                {suspend_day(&fields)}
                {reason("")}
            }
            .into_any(),
            w.suspend_go,
            "btn btn-secondary",
        ),
        RESUME => (
            w.resume,
            fill(w.resume_sees, &[("n", &days)]),
            address("resume"),
            vec![("reason", w.reason)],
            reason(w.resume_preset).into_any(),
            w.resume_go,
            "btn btn-primary",
        ),
        _ => (
            w.archive,
            w.archive_sees.to_owned(),
            address("archive"),
            vec![("reason", w.reason)],
            reason(w.archive_preset).into_any(),
            w.archive_go,
            "btn btn-secondary",
        ),
    };
    let open = open || fields.came_back();
    view! {
        <details class="more" id=name open=open>
            <summary>{verb}<small>{sees}</small></summary>
            <div class="more-body">
                {fields.summary(&labels)}
                <form method="post" action=action>
                    <input type="hidden" name="act" value=name/>
                    {inner}
                    <button class=button>{go}</button>
                </form>
            </div>
        </details>
    }
    .into_any()
}

/// The right ways of what isn't a matter for this hall.
fn ways() -> Vec<(&'static str, &'static str)> {
    let lang = words().lang;
    [
        Route::Hotline12345,
        Route::Emergency,
        Route::StatutoryChannel,
        Route::OutOfScope,
        Route::PropertyParty,
        Route::ResidentSelf,
    ]
    .into_iter()
    .map(|route| (route.as_str(), route.word(lang)))
    .collect()
}

fn work_routes() -> Vec<(&'static str, &'static str)> {
    let lang = words().lang;
    let work = Route::ALL.iter().filter(|route| route.is_work());
    work.map(|route| (route.as_str(), route.word(lang))).collect()
}

fn verdicts() -> Vec<(&'static str, &'static str)> {
    let lang = words().lang;
    Verdict::ALL.iter().map(|verdict| (verdict.as_str(), verdict.word(lang))).collect()
}

fn answers(state: &State, w: &'static DeskWords) -> Vec<(&'static str, &'static str)> {
    let to_neighbours = matches!(state, State::Accepted { .. });
    let first = to_neighbours.then_some((DELIBERATE, w.answer_deliberate));
    first.into_iter().chain(verdicts()).collect()
}

fn session(matter: &DeskMatter, fields: &Fields) -> impl IntoView + use<> {
    let w = words().desk;
    let today = iso_day(cx().viewer.now.local_date());
    let first = matter.steps.first().map_or_else(|| today.clone(), |s| iso_day(s.at.local_date()));
    let held = Line::Day { first, last: today.clone() };
    let conclusion = (matter.state == State::Deliberating).then(|| {
        view! {
            {fields.select("verdict", w.session_verdict, Some(w.session_open), &verdicts(), "")}
            {fields.lines("reason", w.session_reason, w.public_hint, "", 3, false)}
        }
    });
    view! {
        {fields.line("held_on", w.session_day, "", held, &today)}
        {fields.line("attendees", w.session_attendees, "", Line::Number, "")}
        {fields.lines("minutes", w.session_minutes, w.session_minutes_hint, "", 8, true)}
        {conclusion}
    }
}

fn suspend_day(fields: &Fields) -> impl IntoView + use<> {
    let w = words().desk;
    let now = cx().viewer.now;
    let line = Line::Day {
        first: iso_day(now.plus_days(1).local_date()),
        last: iso_day(now.plus_days(SUSPEND_DAYS_MAX).local_date()),
    };
    fields.line("review_on", w.suspend_day, w.suspend_day_hint, line, "")
}

fn follow_up(matter: &DeskMatter, open: &DeskFollowUp, typed: &Typed) -> impl IntoView + use<> {
    let cx = cx();
    let w = cx.words().desk;
    let name = follow_up_name(open.id);
    let fields = Fields::of(&name, typed);
    let due = day(open.due.local_date(), cx.viewer.now.local_date(), cx.viewer.prefs.lang);
    let head = fill(w.follow_up_due, &[("day", &due), ("who", &name_of(&open.name))]);
    let says = if open.solved { w.follow_up_solved } else { w.follow_up_unsolved };
    let can_reopen = !matter.reopened
        && matches!(matter.state, State::Completed { .. } | State::Reviewed { .. });
    let checked = !fields.value("reopen", "").is_empty();
    let reopen = can_reopen.then(|| {
        let id = fields.id("reopen");
        view! {
            <div class="check">
                <input type="checkbox" id=id.clone() name="reopen" value="yes" checked=checked/>
                <label for=id>{w.follow_up_reopen}</label>
            </div>
        }
    });
    let words_said = open
        .words
        .clone()
        .map(|text| view! { <blockquote class="quote"><p>{text}</p></blockquote> });
    let at = open.id;
    view! {
        <details class="more" id=name open=true>
            <summary>{w.follow_up}<small>{head}</small></summary>
            <div class="more-body">
                <p>{says}</p>
                {words_said}
                {fields.summary(&[("note", w.follow_up_note)])}
                <form method="post" action=to(format!("/desk/follow-ups/{at}"))>
                    {fields.lines("note", w.follow_up_note, w.follow_up_hint, "", 4, true)}
                    {reopen}
                    <button class="btn btn-primary">{w.follow_up_go}</button>
                </form>
            </div>
        </details>
    }
}
