//! `/desk/members`: who asks to be let in, who came in, how and by whom, and taking an admission back.

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Form, Router};
use domain::ids::JoinRequestId;
use domain::permission::Action;
use leptos::prelude::*;
use serde::Deserialize;
use service::Error;
use service::join_request::{
    CONTEST_DAYS, CounterDecision, Way, join_contest, join_counter, join_decline, join_look,
};
use service::places::{CourtyardPlaces, places};
use service::views::joining::{DecidedLine, MembersView, WaitingLine, members};

use super::desk::{gate, read_only};
use super::requests::{self, Act, Back, Decision, of, place};
use super::vouches::contest;
use crate::dates::Moment;
use crate::desk_nav::nav;
use crate::fail::Fail;
use crate::form::Problems;
use crate::link::{parse, to};
use crate::parts::{NextPage, named};
use crate::redirect::see_other;
use crate::render::words;
use crate::shell::{Meta, Tab, page};
use crate::state::App;
use crate::step_up_note::StepUpNote;
use crate::viewer::Viewer;
use crate::words::fill;

const BASE: &str = "/desk/members";

/// The addresses.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/desk/members", get(show))
        .route("/desk/members/{id}/look", post(look))
        .route("/desk/members/{id}/admit", post(admit))
        .route("/desk/members/{id}/decline", post(decline))
        .route("/desk/members/{id}/contest", post(take_back))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    before: Option<String>,
}

async fn show(
    State(app): State<App>,
    viewer: Viewer,
    Query(asked): Query<Asked>,
) -> Result<Response, Fail> {
    let before = asked.before.and_then(|before| before.parse().ok());
    members_page(&app, &viewer, before, requests::State::default()).await
}

async fn look(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<String>,
) -> Result<Response, Fail> {
    let actor = gate(&viewer, Action::RollLook)?;
    let looked = join_look(&app.hall, actor, parse(&id)?, Way::Counter).await?;
    let state = requests::State { back: None, looked: Some(looked) };
    members_page(&app, &viewer, None, state).await
}

async fn admit(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<String>,
    Form(typed): Form<Decision>,
) -> Result<Response, Fail> {
    let actor = gate(&viewer, Action::RollChange)?;
    let id = parse(&id)?;
    let decision = CounterDecision {
        entrance: typed.entrance.clone(),
        room: typed.room.clone(),
        reason: typed.reason.clone(),
    };
    match join_counter(&app.hall, actor, id, &decision).await {
        Ok(()) => Ok(see_other(BASE, Some("admitted"))),
        Err(error) => back(&app, &viewer, id, Act::Admit, typed, error).await,
    }
}

async fn decline(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<String>,
    Form(typed): Form<Decision>,
) -> Result<Response, Fail> {
    let actor = gate(&viewer, Action::RollChange)?;
    let id = parse(&id)?;
    match join_decline(&app.hall, actor, id, Way::Counter, &typed.reason).await {
        Ok(()) => Ok(see_other(BASE, Some("declined"))),
        Err(error) => back(&app, &viewer, id, Act::Decline, typed, error).await,
    }
}

async fn take_back(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<String>,
    Form(typed): Form<Decision>,
) -> Result<Response, Fail> {
    let actor = gate(&viewer, Action::RollChange)?;
    let id = parse(&id)?;
    match join_contest(&app.hall, actor, id, &typed.reason).await {
        Ok(()) => Ok(see_other(BASE, Some("admission_ended"))),
        Err(error) => back(&app, &viewer, id, Act::Contest, typed, error).await,
    }
}

async fn back(
    app: &App,
    viewer: &Viewer,
    id: JoinRequestId,
    act: Act,
    typed: Decision,
    error: Error,
) -> Result<Response, Fail> {
    let problems = Problems::of(error)?;
    let back = Some(Back { id: id.0, act, typed, problems });
    // The form that came back is on the page on which its request stands: at the latest page's end.
    let before = (act == Act::Contest).then_some(id.0 + 1);
    members_page(app, viewer, before, requests::State { back, looked: None }).await
}

async fn members_page(
    app: &App,
    viewer: &Viewer,
    before: Option<i64>,
    state: requests::State,
) -> Result<Response, Fail> {
    let view = members(&app.hall, viewer.actor(), before).await?;
    let acts = viewer.may(Action::RollChange);
    let places = if acts && !view.waiting.is_empty() {
        places(&app.hall, viewer.community.id).await?
    } else {
        Vec::new()
    };
    let meta = Meta {
        title: viewer.words().joining.members_title.to_owned(),
        tab: Tab::Desk,
        status: state.back.is_some().then_some(StatusCode::UNPROCESSABLE_ENTITY),
        ..Meta::default()
    };
    Ok(page(app, viewer, meta, move || body(&view, &state, &places, acts)))
}

fn body(
    view: &MembersView,
    state: &requests::State,
    places: &[CourtyardPlaces],
    acts: bool,
) -> impl IntoView + use<> {
    let all = words();
    let w = all.joining;
    let waiting: Vec<_> =
        view.waiting.iter().map(|line| waiting(line, state, places, acts)).collect();
    let admitted: Vec<_> = view.admissions.iter().map(|line| admitted(line, state, acts)).collect();
    let none = |empty: bool, word| empty.then(|| view! { <p class="field-hint">{word}</p> });
    let counter = acts.then(|| {
        view! { <a class="btn btn-secondary" href=to("/desk/counter")>{w.members_counter}</a> }
    });
    view! {
        {state.summary()}
        {nav("members")}
        <div class="page-head">
            <h1>{w.members_title}</h1>
            <p class="page-lead">{fill(w.members_lead, &[("days", &CONTEST_DAYS)])}</p>
            {counter}
        </div>
        {(!acts).then(read_only)}
        <section class="section" aria-labelledby="waiting">
            <h2 id="waiting">{w.members_waiting}</h2>
            {none(waiting.is_empty(), w.members_waiting_none)}
            <ul class="request-list">{waiting}</ul>
        </section>
        <section class="section" aria-labelledby="admitted">
            <h2 id="admitted">{w.members_admitted}</h2>
            {none(admitted.is_empty(), w.members_admitted_none)}
            <ul class="request-list">{admitted}</ul>
            {view.next.map(|before| view! {
                <NextPage href=to(format!("{BASE}?before={before}#admitted")) word=all.desk.next_page/>
            })}
        </section>
    }
}

fn waiting(
    line: &WaitingLine,
    state: &requests::State,
    places: &[CourtyardPlaces],
    acts: bool,
) -> AnyView {
    let w = words().joining;
    let id = line.id.0;
    let (typed, problems) = state.of(id, Act::Admit);
    let forms = acts.then(|| {
        let entrance = format!("admit-entrance-{id}");
        view! {
            <details class="more" open=!problems.is_empty()>
                <summary>{w.admit_title}{of(line.nickname.clone())}</summary>
                <form class="more-body" method="post" action=to(format!("{BASE}/{id}/admit")) novalidate>
                    {requests::reason(id, Act::Admit, typed.reason, &problems)}
                    <h4>{w.admit_other}</h4>
                    {requests::entrance_field(entrance, &typed.entrance, w.entrance_same, places, &problems)}
                    {requests::room_field(format!("admit-room-{id}"), typed.room, &problems)}
                    <StepUpNote/>
                    <button class="btn btn-primary">{w.admit_go}</button>
                </form>
            </details>
            {requests::decline(line, state, BASE)}
        }
    });
    requests::waiting(line, state, BASE, acts, forms.into_any())
}

fn admitted(line: &DecidedLine, state: &requests::State, acts: bool) -> impl IntoView + use<> {
    let w = words().joining;
    let id = line.id.0;
    let by = match line.way {
        Way::Household => w.way_household,
        Way::Vouch => w.way_vouch,
        Way::Counter => w.way_counter,
    };
    let by = fill(by, &[("by", &named(&line.by))]);
    let reason = line.reason.as_ref();
    let reason = reason.map(|it| view! { <p>{fill(w.reason_is, &[("reason", it)])}</p> });
    let (typed, problems) = state.of(id, Act::Contest);
    let form = (acts && line.contestable).then(|| {
        view! {
            <details class="more" open=!problems.is_empty()>
                <summary>{w.contest}{of(line.nickname.clone())}</summary>
                <form class="more-body" method="post" action=to(format!("{BASE}/{id}/contest")) novalidate>
                    {requests::reason(id, Act::Contest, typed.reason, &problems)}
                    <StepUpNote/>
                    <button class="btn btn-danger">{w.contest_go}</button>
                </form>
            </details>
        }
    });
    view! {
        <li class="request">
            <h3>{named(&line.nickname)}</h3>
            <p class="row-meta">{place(&line.place)}" · "{by}" · "<Moment at=line.at/></p>
            {reason}
            {contest(line)}
            {form}
        </li>
    }
}
