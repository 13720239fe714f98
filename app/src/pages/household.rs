//! `/me/household`: who lives in one's household, who casts its vote, and who asks to be let in. For those
//! without a household: how their request stands.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Form, Router};
use domain::ids::PersonId;
use leptos::prelude::*;
use serde::Deserialize;
use service::household::{household_leave, representative_set};
use service::join_request::{
    RequestState, Way, join_decide_household, join_decline, join_withdraw,
};
use service::views::household::{Adult, HouseholdView, Mine, my_household};
use service::views::joining::{OwnRequest, WaitingLine};
use service::{Error, Problem};

use super::requests::{self, Act, Back, Decision, of, place};
use crate::dates::Moment;
use crate::fail::Fail;
use crate::form::{Problems, error_line};
use crate::link::{parse, to};
use crate::parts::{Icon, Prose, named};
use crate::redirect::see_other;
use crate::render::{cx, words};
use crate::shell::{Meta, Tab, page};
use crate::state::App;
use crate::viewer::Viewer;
use crate::words::fill;

const BASE: &str = "/me/household/requests";

/// The addresses.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/me/household", get(show))
        .route("/me/household/requests/{id}/admit", post(admit))
        .route("/me/household/requests/{id}/decline", post(decline))
        .route("/me/household/withdraw", post(withdraw))
        .route("/me/household/representative", post(represent))
        .route("/me/household/leave", post(leave))
}

async fn show(State(app): State<App>, viewer: Viewer) -> Result<Response, Fail> {
    household_page(&app, &viewer, requests::State::default(), Problems::default()).await
}

async fn admit(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<String>,
) -> Result<Response, Fail> {
    let actor = &viewer.require()?.actor;
    join_decide_household(&app.hall, actor, parse(&id)?).await?;
    Ok(see_other("/me/household", Some("admitted")))
}

async fn decline(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<String>,
    Form(typed): Form<Decision>,
) -> Result<Response, Fail> {
    let actor = &viewer.require()?.actor;
    let id = parse(&id)?;
    match join_decline(&app.hall, actor, id, Way::Household, &typed.reason).await {
        Ok(()) => Ok(see_other("/me/household", Some("declined"))),
        Err(error) => {
            let problems = Problems::of(error)?;
            let back = Some(Back { id: id.0, act: Act::Decline, typed, problems });
            let state = requests::State { back, looked: None };
            household_page(&app, &viewer, state, Problems::default()).await
        }
    }
}

async fn withdraw(State(app): State<App>, viewer: Viewer) -> Result<Response, Fail> {
    join_withdraw(&app.hall, &viewer.require()?.actor).await?;
    Ok(see_other("/me/household", Some("ask_withdrawn")))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Named {
    person: String,
}

async fn represent(
    State(app): State<App>,
    viewer: Viewer,
    Form(typed): Form<Named>,
) -> Result<Response, Fail> {
    let actor = &viewer.require()?.actor;
    let home = actor.home.ok_or(Error::from(domain::permission::Denied::NotVerified))?.household;
    let done = match typed.person.parse() {
        Ok(person) => representative_set(&app.hall, actor, home, PersonId(person)).await,
        Err(_) => Err(Error::field("person", Problem::Choose)),
    };
    match done {
        Ok(()) => Ok(see_other("/me/household", Some("representative"))),
        Err(error) => {
            let problems = Problems::of(error)?;
            household_page(&app, &viewer, requests::State::default(), problems).await
        }
    }
}

async fn leave(State(app): State<App>, viewer: Viewer) -> Result<Response, Fail> {
    household_leave(&app.hall, &viewer.require()?.actor).await?;
    Ok(see_other("/me/household", Some("left_household")))
}

async fn household_page(
    app: &App,
    viewer: &Viewer,
    state: requests::State,
    problems: Problems,
) -> Result<Response, Fail> {
    let mine = my_household(&app.hall, &viewer.require()?.actor).await?;
    let came_back = state.back.is_some() || !problems.is_empty();
    let title = match &mine {
        Mine::Household(_) => viewer.words().household.title,
        Mine::Nowhere(_) => viewer.words().joining.own_title,
    };
    let meta = Meta {
        title: title.to_owned(),
        tab: Tab::Me,
        narrow: true,
        status: came_back.then_some(StatusCode::UNPROCESSABLE_ENTITY),
        ..Meta::default()
    };
    Ok(page(app, viewer, meta, move || match mine {
        Mine::Household(home) => household(home, state, problems).into_any(),
        Mine::Nowhere(request) => nowhere(request).into_any(),
    }))
}

fn household(view: HouseholdView, state: requests::State, problems: Problems) -> impl IntoView {
    let cx = cx();
    let w = cx.words().household;
    let home = cx.viewer.signed_in.as_ref().and_then(|me| me.home.as_ref()).map(place);
    let lives: [(&str, &dyn std::fmt::Display); 2] =
        [("place", &home.unwrap_or_default()), ("room", &view.room)];
    let adults: Vec<_> = view.adults.iter().map(adult).collect();
    view! {
        {state.summary()}
        <div class="page-head">
            <a class="crumb" href=to("/me")><Icon name="chevron"/>{cx.words().account.me_title}</a>
            <h1>{w.title}</h1>
            <p class="page-lead">{fill(w.lives, &lives)}</p>
            <p class="field-hint">{w.lives_hint}</p>
        </div>
        {waiting_list(&view.waiting, &state)}
        <section class="section" aria-labelledby="adults">
            <h2 id="adults">{w.adults}</h2>
            <ul class="plain-list">{adults}</ul>
            {representative(&view, &problems)}
        </section>
        <section class="section">
            <details class="more">
                <summary>{w.leave}</summary>
                <form class="more-body" method="post" action=to("/me/household/leave")>
                    <p>{w.leave_text}</p>
                    <button class="btn btn-danger">{w.leave_go}</button>
                </form>
            </details>
        </section>
    }
}

fn adult(adult: &Adult) -> impl IntoView + use<> {
    let all = words();
    let w = all.household;
    let you = adult.you.then(|| all.lang.pick("（您）", " (you)"));
    let tag = adult
        .representative
        .then(|| view! { " "<span class="tag tag-pine">{w.representative}</span> });
    view! { <li><b>{named(&adult.nickname)}</b>{you}{tag}</li> }
}

fn waiting_list(waiting: &[WaitingLine], state: &requests::State) -> Option<AnyView> {
    let w = words().household;
    let rows: Vec<_> = waiting
        .iter()
        .map(|line| {
            let id = line.id;
            let acts = view! {
                <form method="post" action=to(format!("{BASE}/{id}/admit"))>
                    <button class="btn btn-primary">
                        {words().joining.admit}{of(line.nickname.clone())}
                    </button>
                </form>
                {requests::decline(line, state, BASE)}
            };
            requests::waiting(line, state, BASE, false, acts.into_any())
        })
        .collect();
    (!rows.is_empty()).then(|| {
        view! {
            <section class="section" aria-labelledby="waiting">
                <h2 id="waiting">{w.waiting}</h2>
                <p class="field-hint">{w.waiting_text}</p>
                <ul class="request-list">{rows}</ul>
            </section>
        }
        .into_any()
    })
}

/// Who casts the vote, and the form that names the next one.
fn representative(view: &HouseholdView, problems: &Problems) -> impl IntoView + use<> {
    let all = words();
    let w = all.household;
    let text = if view.represented { w.representative_text } else { w.none_yet };
    let others = view.adults.len() > 1 || !view.represented;
    let error = problems.of_field("person", all);
    let form = (view.may_name && others && !view.votes).then(|| {
        let choices: Vec<_> = view
            .adults
            .iter()
            .enumerate()
            .map(|(n, adult)| {
                let id = if n == 0 { "person".to_owned() } else { format!("person-{n}") };
                view! {
                    <div class="choice">
                        <input
                            type="radio"
                            id=id.clone()
                            name="person"
                            value=adult.person.to_string()
                            checked=adult.representative
                        />
                        <label for=id>
                            <span class="choice-name">{named(&adult.nickname)}</span>
                        </label>
                    </div>
                }
            })
            .collect();
        view! {
            <form method="post" action=to("/me/household/representative")>
                <fieldset class="field">
                    <legend class="field-label">{w.name_next}</legend>
                    <div class="choice-list">{choices}</div>
                    {error_line("person", error)}
                </fieldset>
                <button class="btn btn-secondary">{w.name_go}</button>
            </form>
        }
    });
    let votes =
        (view.may_name && view.votes).then(|| view! { <p class="field-hint">{w.voting_now}</p> });
    view! { <p>{text}</p>{votes}{form} }
}

/// Where one's request stands, or the ways in.
fn nowhere(request: Option<OwnRequest>) -> impl IntoView {
    let cx = cx();
    let w = cx.words().joining;
    let stands = request.map(stands);
    let ask = cx.viewer.community.settings.join_requests;
    let waits = stands.as_ref().is_some_and(|(waits, _)| *waits);
    let again = stands.as_ref().is_some_and(|(_, view)| view.is_some());
    let ways = (!waits).then(|| {
        let go = if again { w.own_go_again } else { w.own_go };
        view! {
            <div class="btn-row">
                <a class="btn btn-primary" href=to("/join")>{w.ask_slip_go}</a>
                {ask.then(|| view! { <a class="btn btn-secondary" href=to("/join/ask")>{go}</a> })}
            </div>
        }
    });
    let shown = stands.and_then(|(_, view)| view).unwrap_or_else(|| {
        view! { <div class="page-head"><h1>{w.own_none}</h1><p class="page-lead">{w.own_none_text}</p></div> }
            .into_any()
    });
    view! { {shown}{ways} }
}

/// A line for one's own page; nothing about a request of which there is nothing to say.
pub(super) fn told(request: &OwnRequest) -> Option<AnyView> {
    let w = words().joining;
    let (class, text) = match request.state {
        RequestState::Waiting => ("notice notice-info", w.own_waiting),
        RequestState::Declined => ("notice notice-warn", w.own_declined),
        RequestState::Contested => ("notice notice-warn", w.own_contested),
        RequestState::Withdrawn | RequestState::Admitted => return None,
    };
    Some(
        view! {
            <p class=class>
                <Icon name="info"/>
                <span>{text}" "<a href=to("/me/household")>{w.own_see}</a></span>
            </p>
        }
        .into_any(),
    )
}

/// Whether it waits, and what is said about it; nothing about one that was withdrawn, or of a household
/// that was left since.
fn stands(request: OwnRequest) -> (bool, Option<AnyView>) {
    let w = words().joining;
    let (title, reason) = match request.state {
        RequestState::Waiting => return (true, Some(waits(&request).into_any())),
        RequestState::Withdrawn | RequestState::Admitted => return (false, None),
        RequestState::Declined => (w.own_declined, request.reason),
        RequestState::Contested => (w.own_contested, request.contest_reason),
    };
    let view = view! {
        <div class="page-head"><h1>{title}</h1></div>
        <div class="notice notice-warn">
            <Icon name="info"/>
            <div>
                <Prose text=fill(w.own_why, &[("reason", &reason.unwrap_or_default())])/>
                <p>{w.own_again}</p>
            </div>
        </div>
    };
    (false, Some(view.into_any()))
}

fn waits(request: &OwnRequest) -> impl IntoView + use<> {
    let w = words().joining;
    let names: [(&str, &dyn std::fmt::Display); 2] =
        [("place", &place(&request.place)), ("room", &request.room)];
    let text = fill(w.own_waiting_text, &names);
    let (before, after) = text.split_once("{at}").unwrap_or(("", &text));
    view! {
        <div class="page-head">
            <h1>{w.own_waiting}</h1>
            <p class="page-lead">{before.to_owned()}<Moment at=request.at/>{after.to_owned()}</p>
        </div>
        <form method="post" action=to("/me/household/withdraw")>
            <button class="btn btn-secondary">{w.own_withdraw}</button>
        </form>
    }
}
