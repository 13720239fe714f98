//! What a person sees when something can't be done: what happened, that nothing is lost, and what to
//! do next. For an island the same as JSON.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::merging::MergeRefusal;
use domain::permission::Denied;
use domain::role_rule::RoleRefusal;
use domain::time::Timestamp;
use domain::version::TextRefusal;
use leptos::prelude::*;
use serde_json::json;
use service::{Error, PlaceUse, Refusal};

use crate::dates::moment;
use crate::fail::Fail;
use crate::form::problem_words;
use crate::link;
use crate::redirect::see_other;
use crate::render::cx;
use crate::shell::{Meta, page};
use crate::state::App;
use crate::viewer::Viewer;
use crate::words::{Words, fill};

/// Where an error comes from.
#[derive(Debug, Clone)]
pub enum Cause {
    /// A handler said what went wrong.
    Fail(Fail),
    /// The request was sent by a page of another site.
    OtherSite,
    /// The router, an extractor or a limit answered with a status alone.
    Status(StatusCode),
}

impl Cause {
    /// The status that says it.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Fail(fail) => fail.status(),
            Self::OtherSite => StatusCode::FORBIDDEN,
            Self::Status(status) => *status,
        }
    }
}

/// The address of a page that shows how things stand now, for a request to `path`: the matter for a
/// step on it, the page itself where it can be opened.
#[must_use]
pub fn where_it_stands(path: &str) -> String {
    let parts: Vec<&str> = path.split('/').skip(1).collect();
    match parts.as_slice() {
        ["desk", "places", kind @ ("courtyards" | "entrances"), id, ..] => {
            format!("/desk/places/{kind}/{id}")
        }
        ["desk", "places", ..] => "/desk/places".to_owned(),
        ["desk", "roll", "imports", id, _] => format!("/desk/roll/imports/{id}"),
        ["desk", list @ ("roll" | "owners"), ..] => format!("/desk/{list}"),
        ["desk", "mail", ..] => "/desk/mail".to_owned(),
        ["desk", "slips", ..] => "/desk/slips".to_owned(),
        ["desk", "settings"] => "/desk/settings".to_owned(),
        ["desk", "texts", ..] => "/desk/reports".to_owned(),
        ["join", ..] => path.to_owned(),
        ["desk", "members", ..] => "/desk/members".to_owned(),
        ["desk", "counter"] => path.to_owned(),
        ["me", page @ ("household" | "vouches" | "helping"), ..] => format!("/me/{page}"),
        ["act-for", ..] => "/me/helping".to_owned(),
        ["me", "security" | "devices", ..] => "/me/security".to_owned(),
        ["me", "consent", ..] => PRIVACY.to_owned(),
        ["me", "name" | "password"] => "/me/name".to_owned(),
        ["me", "export" | "data"] => "/me/data".to_owned(),
        ["me", "close"] | ["reset", ..] => path.to_owned(),
        [_, _, "edit"] => path.to_owned(),
        [list @ ("proposals" | "ballots" | "desk"), one, ..]
            if *one == "new" || one.bytes().all(|b| b.is_ascii_digit()) && !one.is_empty() =>
        {
            format!("/{list}/{one}")
        }
        [list @ ("proposals" | "ballots" | "desk" | "me" | "sign-in"), ..] => format!("/{list}"),
        _ => "/".to_owned(),
    }
}

/// Answers with a page, or with JSON where the request asked for it. `reads` says whether the request
/// was a GET: then a person who must sign in first is led there.
#[must_use]
pub fn answer(app: &App, viewer: &Viewer, cause: &Cause, json: bool, reads: bool) -> Response {
    let status = cause.status();
    if let Some(way) = way_in(viewer, cause)
        && reads
        && !json
    {
        return see_other(&way, None);
    }
    let told = tell(viewer, cause);
    let mut response = if json {
        let body = json!({
            "error": told.text,
            "title": told.title,
            "request_id": viewer.request_id,
        });
        (status, Json(body)).into_response()
    } else {
        error_page(app, viewer, status, told, way_in(viewer, cause))
    };
    if let Some(seconds) = retry_after(cause)
        && let Ok(value) = HeaderValue::from_str(&seconds.to_string())
    {
        response.headers_mut().insert(header::RETRY_AFTER, value);
    }
    response
}

/// Where consent is given.
const PRIVACY: &str = "/privacy";

/// Where a person shows who they are, or agrees, when that is what is missing: the bare path.
fn way_in(viewer: &Viewer, cause: &Cause) -> Option<String> {
    if cause.status() == StatusCode::UNAUTHORIZED {
        return Some(sign_in_again(viewer));
    }
    let Cause::Fail(fail) = cause else { return None };
    match fail.0.as_ref() {
        Error::Denied(Denied::SecondFactor | Denied::StepUp) => Some(second_factor(&viewer.here)),
        Error::Denied(Denied::Consent) => Some(PRIVACY.to_owned()),
        _ => None,
    }
}

/// To the sign-in page, or to its second half where the first is done.
fn sign_in_again(viewer: &Viewer) -> String {
    if viewer.factor_waits { second_factor(&viewer.here) } else { sign_in(&viewer.here) }
}

/// The sign-in page, which leads back to `back`.
pub(super) fn sign_in(back: &str) -> String {
    format!("/sign-in?back={}", encoded(back))
}

/// The page where the second factor is shown, which leads back to `back`.
pub(super) fn second_factor(back: &str) -> String {
    format!("/second-factor?back={}", encoded(back))
}

fn encoded(back: &str) -> percent_encoding::PercentEncode<'_> {
    percent_encoding::utf8_percent_encode(back, percent_encoding::NON_ALPHANUMERIC)
}

/// Why it can't be tried now, with the time to wait.
pub(crate) fn too_often(seconds: u64, words: &Words) -> String {
    fill(words.site.e429_text, &[("wait", &wait(seconds, words))])
}

fn retry_after(cause: &Cause) -> Option<u64> {
    match cause {
        Cause::Fail(fail) => match fail.0.as_ref() {
            Error::TooOften { retry_after_s, .. } => Some(*retry_after_s),
            _ => None,
        },
        Cause::Status(StatusCode::SERVICE_UNAVAILABLE) => Some(30),
        _ => None,
    }
}

/// What is said.
#[derive(Debug)]
struct Told {
    title: &'static str,
    text: String,
}

fn tell(viewer: &Viewer, cause: &Cause) -> Told {
    let words = viewer.words();
    let w = words.site;
    let (title, text) = match cause.status() {
        StatusCode::UNAUTHORIZED => (w.e401_title, w.e401_text),
        StatusCode::FORBIDDEN => (w.e403_title, w.e403_role),
        // What isn't public is there for some who sign in: a letter's link may lead to it.
        StatusCode::NOT_FOUND if viewer.is_nobody() => (w.e404_title, w.e404_sign_in),
        StatusCode::NOT_FOUND => (w.e404_title, w.e404_text),
        StatusCode::METHOD_NOT_ALLOWED => (w.e405_title, w.e405_text),
        StatusCode::CONFLICT => (w.e409_title, w.e409_text),
        StatusCode::PAYLOAD_TOO_LARGE => (w.e413_title, w.e413_text),
        StatusCode::UNPROCESSABLE_ENTITY => (w.e422_title, w.e400_text),
        StatusCode::SERVICE_UNAVAILABLE => (w.e503_title, w.e503_text),
        status if status.is_client_error() => (w.e400_title, w.e400_text),
        _ => (w.e500_title, w.e500_text),
    };
    let told = Told { title, text: text.to_owned() };
    match cause {
        Cause::Fail(fail) => tell_fail(fail.0.as_ref(), viewer, words, told),
        Cause::OtherSite => Told { text: w.e403_site.to_owned(), ..told },
        Cause::Status(_) => told,
    }
}

fn tell_fail(error: &Error, viewer: &Viewer, words: &Words, told: Told) -> Told {
    let w = words.site;
    let text = match error {
        Error::Denied(denied) => match denied {
            Denied::SignIn | Denied::NotHere => return told,
            Denied::NotVerified => w.e403_verified.to_owned(),
            Denied::OutOfScope => w.e403_scope.to_owned(),
            Denied::NotYours => w.e403_yours.to_owned(),
            Denied::NotElector => w.e403_elector.to_owned(),
            Denied::NeedsRole => w.e403_role.to_owned(),
            Denied::SecondFactor => w.e403_factor.to_owned(),
            Denied::StepUp => w.e403_step_up.to_owned(),
            Denied::Consent => w.e403_consent.to_owned(),
            Denied::NotThrough => w.e403_through.to_owned(),
        },
        Error::Invalid(fields) => match fields.first() {
            Some(field) => problem_words(field.problem, words),
            None => return told,
        },
        Error::Refused(refusal) => refusal_words(refusal, viewer.now, words),
        Error::TooOften { retry_after_s, .. } => {
            return Told { title: w.e429_title, text: too_often(*retry_after_s, words) };
        }
        Error::Calendar(_) => w.e503_calendar.to_owned(),
        Error::NotFound | Error::Db(_) | Error::Broken(_) => return told,
    };
    Told { text, ..told }
}

fn wait(seconds: u64, words: &Words) -> String {
    if seconds < 90 {
        fill(words.site.seconds, &[("n", &seconds)])
    } else {
        fill(words.site.minutes, &[("n", &seconds.div_ceil(60))])
    }
}

fn role_words(refused: RoleRefusal, words: &Words) -> &'static str {
    let w = words.people;
    match refused {
        RoleRefusal::Oneself => w.r_oneself,
        RoleRefusal::NotGiven => w.r_not_given,
        RoleRefusal::Place => w.r_place,
        RoleRefusal::Until => w.r_until,
        RoleRefusal::Held => w.r_held,
        RoleRefusal::Excludes => w.r_excludes,
        RoleRefusal::LastHead => w.r_last_head,
        RoleRefusal::Over => w.r_over,
    }
}

fn text_words(refused: TextRefusal, words: &Words) -> &'static str {
    let w = words.text;
    match refused {
        TextRefusal::Closed => w.r_closed,
        TextRefusal::NotAsked => w.r_not_asked,
        TextRefusal::NotOpen => w.r_not_open,
        TextRefusal::NotBehind => w.r_not_behind,
        TextRefusal::Contested => w.r_contested,
        TextRefusal::NotContested => w.r_not_contested,
        TextRefusal::NothingWaits => w.r_nothing_waits,
    }
}

fn merge_words(refused: MergeRefusal, words: &Words) -> &'static str {
    let w = words.merging;
    match refused {
        MergeRefusal::Asked => w.r_asked,
        MergeRefusal::NotAsked => w.r_not_asked,
        MergeRefusal::None => w.r_none,
        MergeRefusal::TooLate => w.r_too_late,
        MergeRefusal::Declined => w.r_declined,
        MergeRefusal::MergedOn => w.r_merged_on,
        MergeRefusal::BallotOpen => w.r_ballot_open,
        MergeRefusal::Decided => w.r_decided,
    }
}

/// A refusal in words.
#[must_use]
pub fn refusal_words(refusal: &Refusal, now: Timestamp, words: &Words) -> String {
    let w = words.site;
    let text = match refusal {
        Refusal::Transition(_) => w.r_transition,
        Refusal::Stale => w.r_stale,
        Refusal::AlreadyCosigned => w.r_cosigned,
        Refusal::NotCosigned => w.r_not_cosigned,
        Refusal::CosigningOver => w.r_cosign_over,
        Refusal::Text(refused) => text_words(*refused, words),
        Refusal::Merge(refused) => merge_words(*refused, words),
        Refusal::ForumClosed => w.r_forum_closed,
        Refusal::TooManyDrafts => words.raise.r_too_many_drafts,
        Refusal::NotSpeaker => words.talk.r_not_speaker,
        Refusal::OwnPost => words.talk.r_own_post,
        Refusal::Reported => words.talk.r_reported,
        Refusal::AlreadyReported => words.civil.r_reported,
        Refusal::AlreadyAppealed => words.civil.r_appealed,
        Refusal::OwnRemoval => words.civil.r_own_removal,
        Refusal::NotKept => words.civil.r_not_kept,
        Refusal::TextRemoved => words.civil.r_text_removed,
        Refusal::StatementsFull => words.opinions.r_full,
        Refusal::OwnStatementsFull => words.opinions.r_own_full,
        Refusal::TooFewVoices => words.opinions.r_few_voices,
        Refusal::TooDeep => w.r_too_deep,
        Refusal::AlreadyVoted => w.r_voted,
        Refusal::BallotOver => w.r_ballot_over,
        Refusal::NoElectors => w.r_no_electors,
        Refusal::AlreadyReviewed => w.r_reviewed,
        Refusal::AlreadyFollowedUp => w.r_followed_up,
        Refusal::Locked { until_ms } => {
            // The minute after: at the minute itself the lock may still hold for some seconds.
            let until = Timestamp(*until_ms).plus_ms(domain::time::MINUTE_MS - 1);
            return fill(w.r_locked, &[("until", &moment(until, now, words.lang))]);
        }
        Refusal::NameTaken => w.r_name_taken,
        Refusal::Role(refused) => role_words(*refused, words),
        Refusal::RoomsClash(rooms) => {
            return fill(words.places.clash_plain, &[("n", &rooms.len())]);
        }
        Refusal::PlaceInUse(used) => return used_words(*used, words),
        Refusal::LastFactor => words.security.r_last,
        Refusal::FactorBegunOver => words.security.r_begun_over,
        Refusal::PasskeyTaken => words.security.r_passkey_taken,
        Refusal::OwnFactor => words.security.r_own,
        Refusal::OtherCommunity => words.slip.r_other_community,
        Refusal::NoHouseholds => words.slip.r_none,
        Refusal::TooManySlips { count, max } => {
            return fill(words.slip.r_too_many, &[("count", count), ("max", max)]);
        }
        Refusal::SlipOver => words.slip.r_over,
        Refusal::DutyPassword => words.slip.r_duty,
        Refusal::LinkUsed => words.own.r_link_used,
        Refusal::LinkOver => words.own.r_link_over,
        Refusal::HasHousehold => words.joining.r_has_household,
        Refusal::AlreadyAsked => words.joining.r_asked,
        Refusal::NotWaiting => words.joining.r_not_waiting,
        Refusal::OnOneself => words.joining.r_oneself,
        Refusal::NotOnRoll => words.joining.r_not_on_roll,
        Refusal::VouchesUsed => words.joining.r_vouches_used,
        Refusal::OwnHousehold => words.joining.r_own_household,
        Refusal::NotRepresentative => words.household.r_not_representative,
        Refusal::HouseholdVotes => words.household.r_votes,
        Refusal::ContestOver => words.joining.r_contest_over,
    };
    text.to_owned()
}

/// What hangs on a place, in words.
fn used_words(used: PlaceUse, words: &Words) -> String {
    let w = words.places;
    match used {
        PlaceUse::Households(n) => fill(w.used_households, &[("n", &n)]),
        PlaceUse::Units(n) => fill(w.used_units, &[("n", &n)]),
        PlaceUse::Requests(n) => fill(w.used_requests, &[("n", &n)]),
        PlaceUse::Ballot => w.used_ballot.to_owned(),
    }
}

fn error_page(
    app: &App,
    viewer: &Viewer,
    status: StatusCode,
    told: Told,
    way: Option<String>,
) -> Response {
    let w = viewer.words().site;
    let here = viewer.here.clone();
    let at = |path: &str| link::with(&viewer.community.prefix, path);
    let home = at("/");
    let (href, action) = match status {
        StatusCode::UNAUTHORIZED => (at(&sign_in_again(viewer)), w.sign_in),
        StatusCode::FORBIDDEN if way.is_some() => {
            let way = way.as_deref().unwrap_or("/");
            let agree = way == PRIVACY;
            let words = viewer.words();
            (at(way), if agree { words.privacy.bar_go } else { words.security.show })
        }
        StatusCode::CONFLICT | StatusCode::UNPROCESSABLE_ENTITY => (here, w.look_again),
        StatusCode::TOO_MANY_REQUESTS
        | StatusCode::SERVICE_UNAVAILABLE
        | StatusCode::PAYLOAD_TOO_LARGE
            if here != home =>
        {
            (here, w.back)
        }
        _ => (home.clone(), w.go_home),
    };
    let second = match status {
        StatusCode::NOT_FOUND if viewer.is_nobody() => {
            Some((at(&sign_in_again(viewer)), w.sign_in))
        }
        StatusCode::NOT_FOUND => Some((at("/proposals"), w.foot_all)),
        _ if href != home => Some((home, w.go_home)),
        _ => None,
    };
    let code = format!("{} · {}", status.as_u16(), viewer.request_id);
    let meta = Meta {
        title: told.title.to_owned(),
        narrow: true,
        status: Some(status),
        ..Meta::default()
    };
    page(app, viewer, meta, move || {
        let w = cx().words().site;
        view! {
            <div class="error-page">
                <h1>{told.title}</h1>
                <p>{told.text}</p>
                <div class="btn-row">
                    <a class="btn btn-primary" href=href>{action}</a>
                    {second.map(|(href, word)| view! { <a class="btn btn-secondary" href=href>{word}</a> })}
                </div>
                <p class="error-code">
                    {w.request_id}" "<span class="code num">{code}</span>
                </p>
            </div>
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leads_to_a_page_that_can_be_opened() {
        for (path, page) in [
            ("/proposals/3/cosign", "/proposals/3"),
            ("/proposals/3/posts/7/hide", "/proposals/3"),
            ("/proposals/3/edit", "/proposals/3/edit"),
            ("/proposals/new", "/proposals/new"),
            ("/proposals", "/proposals"),
            ("/ballots/2/votes", "/ballots/2"),
            ("/desk/9/accept", "/desk/9"),
            ("/desk/follow-ups/4", "/desk"),
            ("/desk/mail/4/resend", "/desk/mail"),
            ("/desk/texts/4", "/desk/reports"),
            ("/proposals/3/versions/2/contest", "/proposals/3"),
            ("/desk/places/entrances/4/merge", "/desk/places/entrances/4"),
            ("/desk/places", "/desk/places"),
            ("/desk/roll", "/desk/roll"),
            ("/desk/roll/imports/5/confirm", "/desk/roll/imports/5"),
            ("/desk/owners/units/5/representative", "/desk/owners"),
            ("/me/email", "/me"),
            ("/me/consent/give", "/privacy"),
            ("/me/password", "/me/name"),
            ("/me/export", "/me/data"),
            ("/me/close", "/me/close"),
            ("/reset/0f6c", "/reset/0f6c"),
            ("/me/security/totp/confirm", "/me/security"),
            ("/me/devices/0a1b2c3d4e5f6071/sign-out", "/me/security"),
            ("/sign-in/demo", "/sign-in"),
            ("/sign-out", "/"),
            ("/prefs/size", "/"),
            ("/", "/"),
        ] {
            assert_eq!(where_it_stands(path), page, "{path}");
        }
    }
}
