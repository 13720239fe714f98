//! Who does the work, every step by whom in what role, and what the author may do.

use domain::proposal::{State, Verdict};
use domain::route::Route;
use domain::text::Reason;
use domain::time::Timestamp;
use leptos::prelude::*;
use service::views::matter::{Speaker, StepView};

use super::Sheet;
use crate::dates::{Day, day, iso, iso_day};
use crate::form::{LinesField, Problems};
use crate::parts::{Icon, name_of};
use crate::render::{cx, words};
use crate::words::terms::Term;
use crate::words::{Words, fill, matter};

pub(super) fn work(sheet: &Sheet) -> Option<AnyView> {
    let words = words();
    let w = words.matter;
    let work = sheet.view.work.as_ref()?;
    let left = sheet.working_days_left.map(|days| match days {
        0 => view! { " · "{w.work_today} }.into_any(),
        1.. => view! { " · "{fill(w.work_left, &[("n", &days)])} }.into_any(),
        _ => {
            let text = fill(w.work_late, &[("n", &days.unsigned_abs())]);
            view! { " "<span class="late"><Icon name="flag"/>{text}</span> }.into_any()
        }
    });
    // While it is on hold its clock stands still.
    let held = matches!(sheet.view.state, State::Suspended { .. });
    let ticket = work
        .ticket
        .clone()
        .map(|ticket| view! { <dt>{w.work_ticket}</dt><dd class="num">{ticket}</dd> });
    let when = match work.done {
        Some(done) => view! { <dt>{w.work_done}</dt><dd><Day at=done/></dd> }.into_any(),
        None if held => ().into_any(),
        None => view! { <dt>{w.work_due}</dt><dd><Day at=work.due/>{left}</dd> }.into_any(),
    };
    let note = work.note.clone().map(|note| view! { <dt>{w.work_note}</dt><dd>{note}</dd> });
    Some(
        view! {
            <section class="section">
                <h2>{w.work}</h2>
                <dl class="kv">
                    <dt>{w.work_route}</dt>
                    <dd>{work.route.word(words.lang)}</dd>
                    <dt>{w.work_receiver}</dt>
                    <dd>{work.receiver.clone()}</dd>
                    {ticket}
                    {when}
                    {note}
                </dl>
                {(work.route == Route::Hotline12345)
                    .then(|| view! { <p class="field-hint">{w.way_12345}</p> })}
            </section>
        }
        .into_any(),
    )
}

pub(super) fn timeline(sheet: &Sheet) -> impl IntoView + use<> {
    let w = words().matter;
    let answer = sheet.view.answer.as_ref().map(|answer| answer.text.as_str());
    let items: Vec<_> = sheet.view.steps.iter().map(|step| step_line(step, answer)).collect();
    view! {
        <section class="section">
            <h2>{w.timeline}</h2>
            <ol class="timeline">{items}{next(sheet)}</ol>
        </section>
    }
}

/// A step of the timeline. The answer's text is left out where it stands in full in its own place.
pub(in crate::pages) fn step_line(step: &StepView, answer: Option<&str>) -> impl IntoView + use<> {
    let words = words();
    let w = words.matter;
    let class = if step.late { "timeline-item timeline-late" } else { "timeline-item" };
    let late =
        step.late.then(|| view! { <span class="late"><Icon name="flag"/>{w.overdue}</span>" " });
    let reason = step
        .reason
        .as_deref()
        .filter(|reason| Some(*reason) != answer)
        .map(super::body::paragraphs);
    let by_itself = match step.kind.as_str() {
        "dissatisfied" => w.by_neighbour,
        _ if step.detail["threshold_met"] == true => w.by_threshold,
        _ => w.by_clock,
    };
    let who = step.who.as_ref().map_or_else(|| by_itself.to_owned(), by_whom);
    view! {
        <li class=class>
            {when(step.at)}
            {late}
            {title(step, words)}
            {reason}
            <span class="timeline-who">{who}</span>
        </li>
    }
}

/// Somebody with the standing in which they did something, and the helper by whose hand it was done.
pub(in crate::pages) fn by_whom(who: &Speaker) -> String {
    let by = format!("{} · {}", super::talk::standing(who), name_of(&who.name));
    let helper = who.through.as_ref();
    let helper = helper.map(|it| super::talk::through(words().household.by_helper, it));
    helper.map_or_else(|| by.clone(), |helper| format!("{by} · {helper}"))
}

fn when(at: Timestamp) -> impl IntoView + use<> {
    let cx = cx();
    let text = day(at.local_date(), cx.viewer.now.local_date(), cx.viewer.prefs.lang);
    view! { <time class="timeline-when" datetime=iso(at) title=at.to_string()>{text}</time> }
}

/// A step in words, with its facts filled in.
fn title(step: &StepView, words: &Words) -> String {
    let fact = |name: &str| match &step.detail[name] {
        serde_json::Value::String(text) => text.clone(),
        serde_json::Value::Number(number) => number.to_string(),
        _ => String::new(),
    };
    let kind = match step.kind.as_str() {
        "merge_asked" if step.detail["nobody"] == true => "merge_asked_alone",
        "ballot_failed" if step.detail["cancelled"] == true => "ballot_cancelled",
        "ballot_failed" if step.detail["effect"].as_str().is_some_and(|e| e != "binding") => {
            "ballot_advisory"
        }
        "ballot_failed" if step.detail["valid"] == false => "ballot_invalid",
        other => other,
    };
    let template = matter::step(kind, words.lang).unwrap_or(kind);
    let verdict = Verdict::from_name(&fact("verdict")).or(match step.detail["passed"].as_bool() {
        Some(true) => Some(Verdict::Adopted),
        Some(false) => Some(Verdict::NotAdopted),
        None => None,
    });
    fill(
        template,
        &[
            ("into", &fact("into")),
            ("from", &fact("from")),
            ("attendees", &fact("attendees")),
            ("version", &fact("version")),
            ("needed", &fact("needed")),
            ("verdict", &verdict.map_or("", |verdict| verdict.word(words.lang))),
            ("receiver", &fact("receiver")),
        ],
    )
}

/// What comes next, and whether it is overdue.
fn next(sheet: &Sheet) -> Option<AnyView> {
    let cx = cx();
    let words = cx.words();
    let w = words.matter;
    let due = sheet.view.due?;
    let word = match &sheet.view.state {
        State::Submitted => w.next_submitted,
        State::Cosigning { .. } => w.next_cosigning,
        State::Accepted { .. } => w.next_accepted,
        State::Deliberating => w.next_deliberating,
        State::Balloting { .. } => w.next_balloting,
        State::Decided { verdict: Verdict::NotAdopted, .. } | State::Reviewed { .. } => {
            w.next_public
        }
        State::Decided { .. } => w.next_decided,
        State::InProgress { .. } => w.next_doing,
        State::Suspended { .. } => w.next_suspended,
        State::Completed { .. } => w.next_completed,
        _ => return None,
    };
    let class = if due.overdue {
        "timeline-item timeline-next timeline-late"
    } else {
        "timeline-item timeline-next"
    };
    let late =
        due.overdue.then(|| view! { <span class="late"><Icon name="flag"/>{w.overdue}</span>" " });
    let date = due.at.local_date();
    let text = day(date, cx.viewer.now.local_date(), words.lang);
    let provisional =
        due.provisional.then(|| view! { <span class="timeline-who">{w.provisional}</span> });
    Some(
        view! {
            <li class=class>
                <time class="timeline-when" datetime=iso_day(date)>{text}</time>
                {late}
                {word}
                {provisional}
            </li>
        }
        .into_any(),
    )
}

/// What the author may do besides: edit the text, merge it, take the matter back.
pub(super) fn own(sheet: &Sheet) -> Option<AnyView> {
    let w = words().matter;
    let edit = crate::pages::text::edit_link(&sheet.view);
    if !sheet.view.mine.may.withdraw && edit.is_none() {
        return None;
    }
    let withdraw = sheet.view.mine.may.withdraw.then(|| {
        view! {
            <details class="more">
                <summary>{w.withdraw}</summary>
                <form class="more-body" method="post" action=sheet.at("/withdraw")>
                    <LinesField
                        id="withdraw-reason"
                        name="reason"
                        label=w.withdraw_reason
                        max=Reason::MAX
                        optional=true
                        problems=Problems::default()
                    />
                    <button class="btn btn-danger">{w.withdraw_go}</button>
                </form>
            </details>
        }
    });
    Some(
        view! {
            <section class="section">
                <h2>{w.own_title}</h2>
                {edit}
                {crate::pages::merge::offer_link(&sheet.view)}
                {withdraw}
            </section>
        }
        .into_any(),
    )
}
