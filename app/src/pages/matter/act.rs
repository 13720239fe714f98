//! The one thing that can be done now, across the whole width.

use domain::ballot::{BallotKind, Quorum, Test};
use domain::permission::Denied;
use domain::proposal::{State, Verdict};
use domain::route::Route;
use leptos::prelude::*;
use service::views::matter::{BallotLine, BallotState};

use super::Sheet;
use crate::dates::{Moment, day};
use crate::form::{LinesField, Problems};
use crate::link::to;
use crate::pages::ballot::rule::amount;
use crate::pages::denied::Closed;
use crate::pages::{merge, text};
use crate::parts::Icon;
use crate::render::{cx, words};
use crate::words::fill;

/// The one main act.
const MAIN: &str = "btn btn-primary btn-block";

pub(super) fn act(sheet: &Sheet) -> impl IntoView + use<> {
    let w = words().matter;
    let mine = &sheet.view.mine;
    let (title, inside) = main_act(sheet);
    let follow = mine.may.follow.then(|| follow(sheet));
    let desk = mine.may.desk.then(|| {
        let href = to(format!("/desk/{}", sheet.view.number));
        view! { <a class="btn btn-secondary btn-block" href=href><Icon name="desk"/>{w.desk}</a> }
    });
    view! {
        <section class="matter-act" aria-labelledby="act">
            <h2 id="act">{title}</h2>
            {inside}
            {merge::aside(&sheet.view)}
            {text::aside(&sheet.view)}
            {follow}
            {desk}
        </section>
    }
}

fn main_act(sheet: &Sheet) -> (String, AnyView) {
    let w = words().matter;
    let view = &sheet.view;
    let may = view.mine.may;
    if may.mend {
        let go =
            view! { <a class="btn btn-primary btn-block" href=sheet.at("/edit")>{w.act_mend}</a> };
        return (w.act_returned.to_owned(), go.into_any());
    }
    if let Some(answer) = merge::answer(view) {
        return answer;
    }
    if let Some((title, asks)) = text::answer(view) {
        let bar = match &view.state {
            State::Cosigning { needed, until } => Some(progress(sheet, *needed, *until)),
            _ => None,
        };
        return (title, view! { {asks}{bar} }.into_any());
    }
    if let Some(ballot) = view.ballots.iter().find(|ballot| ballot.state == BallotState::Open) {
        return (w.act_ballot.to_owned(), ballot_act(ballot));
    }
    if may.review {
        return (w.act_review.to_owned(), super::review::form(sheet));
    }
    if may.contest {
        return (w.act_declined.to_owned(), contest(sheet));
    }
    let title = match &view.state {
        State::Cosigning { needed, until } => {
            return (
                if may.take_back { w.cosigned } else { w.act_cosign }.to_owned(),
                cosign(sheet, *needed, *until),
            );
        }
        State::Merged { into } => {
            let go = view! {
                <p>{w.act_merged_text}</p>
                <a class="btn btn-primary btn-block" href=to(format!("/proposals/{into}"))>
                    {fill(w.act_merged_go, &[("n", into)])}
                </a>
            };
            let title = view.merging.out.as_ref().map_or_else(
                || fill(words().merging.gone_plain, &[("n", into)]),
                merge::gone_title,
            );
            return (title, go.into_any());
        }
        State::NotAccepted { route } => {
            return (w.act_not_accepted.to_owned(), right_way(*route));
        }
        State::Draft | State::Submitted => w.act_submitted,
        State::Returned => w.act_returned,
        State::Withdrawn => w.act_withdrawn,
        State::Accepted { .. } => w.act_accepted,
        State::Deliberating => w.act_talk,
        State::Balloting { .. } => w.act_ballot,
        State::Decided { verdict: Verdict::NotAdopted, .. } => w.act_declined,
        State::Decided { .. } => w.act_decided,
        State::InProgress { .. } => w.act_doing,
        State::Suspended { .. } => w.act_suspended,
        State::Completed { .. } => w.act_review,
        State::Reviewed { .. } => w.act_reviewed,
        State::Archived => w.act_archived,
    };
    let inside = view! {
        {due_sentence(sheet)}
        {speak(sheet)}
    };
    (title.to_owned(), inside.into_any())
}

/// What comes by when, in a sentence.
fn due_sentence(sheet: &Sheet) -> Option<AnyView> {
    let cx = cx();
    let words = cx.words();
    let w = words.matter;
    let view = &sheet.view;
    let template = match &view.state {
        State::Submitted => w.act_submitted_text,
        State::Accepted { .. } => w.act_accepted_text,
        State::Deliberating => w.act_talk_text,
        State::Decided { verdict: Verdict::NotAdopted, .. } => w.act_declined_text,
        State::Decided { .. } => w.act_decided_text,
        State::InProgress { .. } => w.act_doing_text,
        State::Suspended { .. } => w.act_suspended_text,
        State::Completed { .. } if view.mine.reviewed => w.review_thanks,
        State::Completed { .. } => w.review_wait,
        State::Reviewed { .. } => w.act_reviewed_text,
        State::Withdrawn => w.act_withdrawn_text,
        _ => return None,
    };
    let due = view.due;
    let date =
        |at: domain::time::Timestamp| day(at.local_date(), cx.viewer.now.local_date(), words.lang);
    if let Some(due) = due.filter(|due| due.overdue) {
        let text = fill(w.act_late_text, &[("day", &date(due.at))]);
        return Some(
            view! {
                <p><span class="late"><Icon name="flag"/>{w.overdue}</span>" "{text}</p>
            }
            .into_any(),
        );
    }
    // Without a due day there is nothing to promise.
    if template.contains("{day}") && due.is_none() {
        return None;
    }
    let text = fill(template, &[("day", &due.map(|due| date(due.at)).unwrap_or_default())]);
    let provisional = due
        .filter(|due| due.provisional)
        .map(|_| view! { <p class="field-hint">{w.provisional}</p> });
    Some(view! { <p>{text}</p>{provisional} }.into_any())
}

/// The way into the talk, or why it isn't open to who looks.
fn speak(sheet: &Sheet) -> Option<AnyView> {
    let w = words().matter;
    let mine = &sheet.view.mine;
    if mine.may.post {
        let href =
            if sheet.look.reply.is_some() { sheet.at("#say-new") } else { "#say-new".into() };
        return Some(
            view! { <a class="btn btn-primary btn-block" href=href>{w.act_say}</a> }.into_any(),
        );
    }
    // The talk says the other reasons.
    mine.post_denied
        .filter(|denied| *denied == Denied::SignIn)
        .map(|denied| denied_view(sheet, denied, w.sign_in_say, MAIN))
}

/// Why something isn't open to who looks, and what they can do about it.
pub(super) fn denied_view(
    sheet: &Sheet,
    denied: Denied,
    sign_in: &'static str,
    class: &'static str,
) -> AnyView {
    let w = words().matter;
    let place = sheet.view.scope_name.as_deref().unwrap_or(w.community);
    Closed {
        here: &sheet.at(""),
        sign_in,
        class,
        verify: w.denied_verify,
        scope: &fill(w.denied_scope, &[("place", &place)]),
    }
    .view(denied)
}

fn cosign(sheet: &Sheet, needed: u32, until: domain::time::Timestamp) -> AnyView {
    let cx = cx();
    let words = cx.words();
    let w = words.matter;
    let view = &sheet.view;
    let mine = &view.mine;
    let count = view.cosigns;
    let last_day = day(until.local_date(), cx.viewer.now.local_date(), words.lang);
    let hint = fill(w.cosign_hint, &[("day", &last_day)]);
    if mine.may.cosign {
        let counting = islands::CountdownWords {
            ended: w.count_ended.into(),
            days_hours: w.count_days.into(),
            hours_minutes: w.count_hours.into(),
            minutes: w.count_minutes.into(),
        };
        return view! {
            <islands::CosignButton
                action=sheet.at("/cosign")
                label=w.cosign.to_owned()
                busy=w.cosign_busy.to_owned()
                done=w.cosign_done.to_owned()
                failed=w.cosign_failed.to_owned()
                count=count
                needed=needed
                counter=w.cosign_counter.to_owned()
            />
            <p><islands::Countdown until_ms=until.0 now_ms=cx.viewer.now.0 words=counting/></p>
            <p class="field-hint">{hint}</p>
        }
        .into_any();
    }
    let bar = progress(sheet, needed, until);
    let below = if mine.may.take_back {
        view! {
            <p class="notice notice-ok"><Icon name="check"/><span>{w.cosign_share}</span></p>
            <form method="post" action=sheet.at("/cosign/take-back")>
                <button class="btn btn-secondary btn-block">{w.cosign_back}</button>
            </form>
        }
        .into_any()
    } else {
        mine.cosign_denied
            .map(|denied| denied_view(sheet, denied, w.sign_in_cosign, MAIN))
            .into_any()
    };
    view! {
        {bar}
        {below}
        <p class="field-hint">{hint}</p>
    }
    .into_any()
}

/// How many households support it, of how many, and how long there is.
fn progress(sheet: &Sheet, needed: u32, until: domain::time::Timestamp) -> AnyView {
    let cx = cx();
    let words = cx.words();
    let w = words.matter;
    let count = sheet.view.cosigns;
    let counter = fill(w.cosign_counter, &[("count", &count), ("needed", &needed)]);
    let left = crate::dates::left(until, cx.viewer.now, words.lang)
        .unwrap_or_else(|| w.count_ended.to_owned());
    view! {
        <div class="progress">
            <p class="progress-text"><span>{counter.clone()}</span><span>{left}</span></p>
            <progress
                class="progress-bar"
                value=count.to_string()
                max=needed.max(1).to_string()
                aria-label=counter
            ></progress>
        </div>
    }
    .into_any()
}

fn ballot_act(ballot: &BallotLine) -> AnyView {
    let w = words().matter;
    let unit = match ballot.kind {
        BallotKind::ResidentsByHousehold | BallotKind::Unanimous => w.unit_household,
        _ => w.unit_person,
    };
    let rule = ballot.kind.rule();
    let quorum = match rule.test {
        Test::Heads { quorum: Quorum::None, .. } => Some(w.vote_no_quorum.to_owned()),
        Test::Heads { quorum, .. } => {
            let n = quorum.smallest(ballot.electors);
            Some(fill(w.vote_quorum_text, &[("n", &amount(n)), ("unit", &unit)]))
        }
        // By area too, or by the ballot's own number: its page says it in full.
        Test::HeadsAndArea { .. } | Test::Approvals => None,
    };
    let quorum = quorum.map(|text| view! { <dt>{w.vote_quorum}</dt><dd>{text}</dd> });
    view! {
        <dl class="kv">
            <dt>{w.vote_question}</dt>
            <dd>{ballot.question.clone()}</dd>
            <dt>{w.vote_closes}</dt>
            <dd><Moment at=ballot.closes_at/></dd>
            <dt>{w.vote_who}</dt>
            <dd>{format!("{} {unit}", amount(ballot.electors))}</dd>
            {quorum}
        </dl>
        <a class="btn btn-primary btn-block" href=to(format!("/ballots/{}", ballot.number))>{w.vote_go}</a>
    }
    .into_any()
}

fn contest(sheet: &Sheet) -> AnyView {
    let w = words().matter;
    view! {
        {due_sentence(sheet)}
        <details class="more">
            <summary>{w.contest}</summary>
            <form class="more-body" method="post" action=sheet.at("/contest")>
                <LinesField
                    id="contest-reason"
                    name="reason"
                    label=w.contest_reason
                    hint=w.contest_hint
                    max=domain::text::Reason::MAX
                    problems=Problems::default()
                />
                <button class="btn btn-primary btn-block">{w.contest_go}</button>
            </form>
        </details>
    }
    .into_any()
}

/// Who is the right one for what isn't for this hall
/// (北京市接诉即办工作条例 Art 17: what isn't a community's duty can't be pushed onto it).
fn right_way(route: Option<Route>) -> AnyView {
    let w = words().matter;
    let call = |number: &'static str, word: &'static str| {
        view! {
            <a class="btn btn-secondary btn-block" href=format!("tel:{number}")>
                <Icon name="phone"/>
                {word}
            </a>
        }
    };
    let (text, calls) = match route {
        Some(Route::Hotline12345) => (w.way_12345, vec![call("12345", w.way_call_12345)]),
        Some(Route::Emergency) => (
            w.way_emergency,
            vec![
                call("110", w.way_call_110),
                call("119", w.way_call_119),
                call("120", w.way_call_120),
            ],
        ),
        Some(Route::StatutoryChannel) => (w.way_statutory, Vec::new()),
        Some(Route::OutOfScope) => (w.way_out_of_scope, vec![call("12345", w.way_call_12345)]),
        _ => (w.way_none, Vec::new()),
    };
    view! {
        <p><strong>{w.way_title}</strong></p>
        <p>{text}</p>
        {calls}
    }
    .into_any()
}

fn follow(sheet: &Sheet) -> AnyView {
    let cx = cx();
    let w = cx.words().matter;
    let mail = cx.viewer.signed_in.as_ref().is_some_and(|person| person.email.is_some());
    let no_mail = (!mail).then(|| {
        view! { <p class="field-hint">{w.follow_no_mail}<a href=to("/me")>{w.follow_add_mail}</a></p> }
    });
    if sheet.view.mine.follows {
        let said = mail.then(|| view! { <p class="field-hint">{w.following}</p> });
        return view! {
            {said}
            {no_mail}
            <form method="post" action=sheet.at("/unfollow")>
                <button class="btn btn-secondary btn-block">{w.unfollow}</button>
            </form>
        }
        .into_any();
    }
    view! {
        <form method="post" action=sheet.at("/follow")>
            <button class="btn btn-secondary btn-block"><Icon name="bell"/>{w.follow}</button>
        </form>
    }
    .into_any()
}
