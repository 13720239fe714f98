//! Requests to be let in, as the household, entrance leads and the committee see and decide on them.

use domain::text::Reason;
use leptos::prelude::*;
use serde::Deserialize;
use service::join_request::Looked;
use service::people::HomeNames;
use service::places::CourtyardPlaces;
use service::views::joining::WaitingLine;

use crate::dates::Moment;
use crate::form::{Problems, error_line, summary};
use crate::link::to;
use crate::parts::{Icon, Prose, named};
use crate::render::words;
use crate::words::fill;

/// What was typed to decide on a request.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Decision {
    pub(super) reason: String,
    pub(super) entrance: String,
    pub(super) room: String,
}

/// Which form of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Act {
    /// The committee admits.
    Admit,
    /// Decline.
    Decline,
    /// Take an admission back.
    Contest,
}

impl Act {
    /// Its end in addresses, and the beginning of its fields' ids.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Admit => "admit",
            Self::Decline => "decline",
            Self::Contest => "contest",
        }
    }
}

/// A form that came back.
#[derive(Debug, Clone)]
pub(super) struct Back {
    pub(super) id: i64,
    pub(super) act: Act,
    pub(super) typed: Decision,
    pub(super) problems: Problems,
}

/// What a page of requests shows besides its lists.
#[derive(Debug, Clone, Default)]
pub(super) struct State {
    /// A form that came back.
    pub(super) back: Option<Back>,
    /// A room that was looked at just now.
    pub(super) looked: Option<Looked>,
}

impl State {
    /// What was typed into a form, and what is wrong with it.
    pub(super) fn of(&self, id: i64, act: Act) -> (Decision, Problems) {
        match &self.back {
            Some(back) if back.id == id && back.act == act => {
                (back.typed.clone(), back.problems.clone())
            }
            _ => (Decision::default(), Problems::default()),
        }
    }

    /// The summary of what is wrong; nothing while all is well.
    pub(super) fn summary(&self) -> Option<AnyView> {
        let w = words().joining;
        let back = self.back.as_ref()?;
        let label = match back.act {
            Act::Admit => w.admit_reason,
            Act::Decline => w.decline_reason,
            Act::Contest => w.contest_reason,
        };
        let at = |field: &str| format!("#{}-{field}-{}", back.act.as_str(), back.id);
        let places = vec![
            ("reason", at("reason"), label),
            ("entrance", at("entrance"), w.entrance),
            ("room", at("room"), w.room),
        ];
        Some(summary(&back.problems, places).into_any())
    }
}

/// 小院 and 楼门 in a line.
pub(super) fn place(place: &HomeNames) -> String {
    let names: [(&str, &dyn std::fmt::Display); 2] =
        [("courtyard", &place.courtyard), ("entrance", &place.entrance)];
    fill(words().joining.at_place, &names)
}

/// A request that waits. `base` is the bare address of its page; `acts` is how one decides there.
pub(super) fn waiting(
    line: &WaitingLine,
    state: &State,
    base: &'static str,
    looks: bool,
    acts: AnyView,
) -> AnyView {
    let w = words().joining;
    let id = line.id;
    let seen = state.looked.as_ref().filter(|looked| looked.id == id).map(looked);
    let look = (looks && seen.is_none()).then(|| {
        view! {
            <form method="post" action=to(format!("{base}/{id}/look#request-{id}"))>
                <button class="btn btn-quiet">{w.look}{of(line.nickname.clone())}</button>
            </form>
        }
    });
    let said = line.words.clone().map(|text| view! { <Prose text/> });
    let (before, after) = w.asked_at.split_once("{at}").unwrap_or(("", ""));
    view! {
        <li class="request" id=format!("request-{id}")>
            <h3>{named(&line.nickname)}</h3>
            <p class="row-meta">{place(&line.place)}" · "{before}<Moment at=line.at/>{after}</p>
            {said}
            {seen}
            {look}
            {acts}
        </li>
    }
    .into_any()
}

fn looked(looked: &Looked) -> AnyView {
    let w = words().joining;
    let (class, on_roll) = if looked.on_roll {
        ("notice notice-info", w.looked_on)
    } else {
        ("notice notice-warn", w.looked_off)
    };
    let phone = looked
        .phone
        .as_ref()
        .map(|phone| view! { <p>{fill(w.looked_phone, &[("phone", phone)])}</p> });
    view! {
        <div class=class role="status">
            <Icon name="info"/>
            <div>
                <strong>{fill(w.looked, &[("room", &looked.room)])}</strong>
                <p>{on_roll}</p>
                {phone}
                <p class="field-hint">{w.looked_again}</p>
            </div>
        </div>
    }
    .into_any()
}

/// Whom a button is about, for those who hear it alone.
pub(super) fn of(name: String) -> impl IntoView {
    view! { <span class="visually-hidden">{format!(" {}", named(&name))}</span> }
}

/// A form that opens in place: declining with a reason.
pub(super) fn decline(line: &WaitingLine, state: &State, base: &'static str) -> AnyView {
    let w = words().joining;
    let id = line.id.0;
    let (typed, problems) = state.of(id, Act::Decline);
    view! {
        <details class="more" open=!problems.is_empty()>
            <summary>{w.decline}{of(line.nickname.clone())}</summary>
            <form class="more-body" method="post" action=to(format!("{base}/{id}/decline")) novalidate>
                {reason(id, Act::Decline, typed.reason, &problems)}
                <button class="btn btn-danger">{w.decline_go}</button>
            </form>
        </details>
    }
    .into_any()
}

/// The reason of an act on one of several requests.
pub(super) fn reason(
    id: i64,
    act: Act,
    typed: String,
    problems: &Problems,
) -> impl IntoView + use<> {
    let all = words();
    let w = all.joining;
    let (label, hint) = match act {
        Act::Admit => (w.admit_reason, w.admit_reason_hint),
        Act::Decline => (w.decline_reason, w.decline_hint),
        Act::Contest => (w.contest_reason, w.contest_hint),
    };
    let field = format!("{}-reason-{id}", act.as_str());
    let error = problems.of_field("reason", all);
    let described = match error {
        Some(_) => format!("{field}-e {field}-h"),
        None => format!("{field}-h"),
    };
    view! {
        <div class="field">
            <label class="field-label" for=field.clone()>{label}</label>
            <p class="field-hint" id=format!("{field}-h")>{hint}</p>
            <islands::TextArea
                id=field.clone()
                name="reason"
                value=typed
                rows=2
                required=true
                invalid=error.is_some()
                described_by=described
            />
            <p class="counter">{fill(all.site.at_most, &[("max", &Reason::MAX)])}</p>
            {error_line(&field, error)}
        </div>
    }
}

/// One list of courtyards, each with its entrances; `none` is the word of the first, empty choice.
pub(super) fn entrance_field(
    field: String,
    chosen: &str,
    none: &'static str,
    places: &[CourtyardPlaces],
    problems: &Problems,
) -> impl IntoView + use<> {
    let all = words();
    let w = all.joining;
    let error = problems.of_field("entrance", all);
    let described = match error {
        Some(_) => format!("{field}-e {field}-h"),
        None => format!("{field}-h"),
    };
    let groups: Vec<_> = places
        .iter()
        .filter(|place| !place.entrances.is_empty())
        .map(|place| {
            let options: Vec<_> = place
                .entrances
                .iter()
                .map(|entrance| {
                    let value = entrance.id.to_string();
                    let selected = value == chosen;
                    view! { <option value=value selected=selected>{entrance.name.clone()}</option> }
                })
                .collect();
            view! { <optgroup label=place.name.clone()>{options}</optgroup> }
        })
        .collect();
    view! {
        <div class="field">
            <label class="field-label" for=field.clone()>{w.entrance}</label>
            <p class="field-hint" id=format!("{field}-h")>{w.entrance_hint}</p>
            <select
                class="select"
                id=field.clone()
                name="entrance"
                aria-invalid=error.is_some().then_some("true")
                aria-describedby=described
            >
                <option value="">{none}</option>
                {groups}
            </select>
            {error_line(&field, error)}
        </div>
    }
}

/// The room, with an id of its own where a page has several.
pub(super) fn room_field(
    field: String,
    typed: String,
    problems: &Problems,
) -> impl IntoView + use<> {
    let all = words();
    let w = all.joining;
    let error = problems.of_field("room", all);
    let described = match error {
        Some(_) => format!("{field}-e {field}-h"),
        None => format!("{field}-h"),
    };
    view! {
        <div class="field">
            <label class="field-label" for=field.clone()>{w.room}</label>
            <p class="field-hint" id=format!("{field}-h")>{w.room_hint}</p>
            <input
                class="input input-short"
                id=field.clone()
                name="room"
                value=typed
                autocomplete="off"
                maxlength=service::join_request::ROOM_MAX
                aria-invalid=error.is_some().then_some("true")
                aria-describedby=described
            />
            {error_line(&field, error)}
        </div>
    }
}
