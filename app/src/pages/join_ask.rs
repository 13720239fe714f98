//! `/join/ask`: asking to be let in without a slip.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use axum::{Form, Router};
use leptos::prelude::*;
use serde::Deserialize;
use service::join_request::{JoinForm, WORDS_MAX, join_ask, join_ask_again};
use service::newcomer::NewcomerForm;
use service::places::{CourtyardPlaces, places};
use service::{Error, session};

use super::join::FormState;
use super::join::newcomer::{account_fields, account_labels, ticks};
use super::requests::{entrance_field, room_field};
use super::sign_in::with_cookie;
use crate::cookie;
use crate::fail::Fail;
use crate::form::{ErrorSummary, LinesField, Problems};
use crate::link::to;
use crate::parts::Icon;
use crate::redirect::see_other;
use crate::render::{cx, words};
use crate::shell::{Meta, page};
use crate::state::App;
use crate::viewer::Viewer;
use crate::words::fill;

/// The addresses.
pub(super) fn routes() -> Router<App> {
    Router::new().route("/join/ask", get(show).post(ask))
}

/// What was typed. It is never printed: it holds a password.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Typed {
    nickname: String,
    name: String,
    password: String,
    phone: String,
    adult: String,
    consent: String,
    entrance: String,
    room: String,
    words: String,
}

/// How the form stands when it is shown; never with the password.
#[derive(Debug, Clone, Default)]
struct Asked {
    account: FormState,
    entrance: String,
    room: String,
    words: String,
}

/// The page is there only where the community takes requests, and not for those who have a household.
fn gate(viewer: &Viewer) -> Result<(), Fail> {
    if !viewer.community.settings.join_requests || viewer.elsewhere.is_some() {
        return Err(Error::NotFound.into());
    }
    match viewer.actor() {
        Some(actor) if actor.home.is_some() => Err(service::Refusal::HasHousehold.into()),
        Some(actor) if actor.through.is_some() => {
            Err(Error::from(domain::permission::Denied::NotThrough).into())
        }
        _ => Ok(()),
    }
}

async fn show(State(app): State<App>, viewer: Viewer) -> Result<Response, Fail> {
    gate(&viewer)?;
    ask_page(&app, &viewer, Asked::default()).await
}

async fn ask(
    State(app): State<App>,
    viewer: Viewer,
    Form(typed): Form<Typed>,
) -> Result<Response, Fail> {
    gate(&viewer)?;
    let ticked = |value: &str| !value.is_empty();
    let (adult, consent) = (ticked(&typed.adult), ticked(&typed.consent));
    let form = JoinForm {
        account: NewcomerForm {
            name: typed.name.clone(),
            password: typed.password,
            nickname: typed.nickname.clone(),
            phone: typed.phone.clone(),
            adult,
            consent,
            language: viewer.words().lang.pick("zh", "en").to_owned(),
        },
        entrance: typed.entrance.clone(),
        room: typed.room.clone(),
        words: typed.words.clone(),
    };
    let done = match viewer.actor() {
        Some(actor) => join_ask_again(&app.hall, actor, &form).await.map(|_| None),
        None => {
            let token = viewer.token.as_ref().map(|token| token.0.as_str());
            let (id, address) = (viewer.community.id, &viewer.address);
            join_ask(&app.hall, id, &form, address, &viewer.agent, token).await.map(Some)
        }
    };
    match done {
        Ok(token) => {
            let response = see_other("/me/household", Some("asked"));
            let kept = token.and_then(|it| cookie::keep(&app.site, &it, session::LASTS_MS));
            Ok(with_cookie(response, kept))
        }
        Err(error) => {
            let problems = Problems::of(error)?;
            let Typed { nickname, name, phone, entrance, room, words, .. } = typed;
            let account = FormState { nickname, name, phone, adult, consent, problems };
            ask_page(&app, &viewer, Asked { account, entrance, room, words }).await
        }
    }
}

async fn ask_page(app: &App, viewer: &Viewer, asked: Asked) -> Result<Response, Fail> {
    let places = places(&app.hall, viewer.community.id).await?;
    let came_back = !asked.account.problems.is_empty();
    let meta = Meta {
        title: viewer.words().joining.ask_title.to_owned(),
        narrow: true,
        status: came_back.then_some(StatusCode::UNPROCESSABLE_ENTITY),
        ..Meta::default()
    };
    Ok(page(app, viewer, meta, move || body(asked, &places)))
}

fn body(asked: Asked, places: &[CourtyardPlaces]) -> impl IntoView + use<> {
    let cx = cx();
    let w = cx.words().joining;
    let Asked { account, entrance, room, words: said } = asked;
    let problems = account.problems.clone();
    let mut labels = account_labels().to_vec();
    labels.extend([("entrance", w.entrance), ("room", w.room), ("words", w.words)]);
    view! {
        <ErrorSummary problems=problems.clone() labels=labels/>
        <div class="page-head">
            <h1>{w.ask_title}</h1>
            <p class="page-lead">{w.ask_lead}</p>
            <p class="page-lead">
                {w.ask_slip}" "<a href=to("/join")>{w.ask_slip_go}<Icon name="chevron"/></a>
            </p>
        </div>
        <form method="post" action=to("/join/ask") novalidate>
            <h2>{w.ask_home}</h2>
            {entrance_field("entrance".to_owned(), &entrance, w.entrance_choose, places, &problems)}
            {room_field("room".to_owned(), room, &problems)}
            <LinesField
                name="words"
                label=w.words
                hint=w.words_hint
                value=said
                max=WORDS_MAX
                rows=3
                optional=true
                problems=problems
            />
            <h2>{w.ask_about_you}</h2>
            {you(account)}
            <button class="btn btn-primary btn-block">{w.ask_go}</button>
        </form>
    }
}

/// The account to be made, or what an account that is there still owes.
fn you(account: FormState) -> AnyView {
    let cx = cx();
    let w = words().joining;
    match &cx.viewer.signed_in {
        Some(me) => {
            let text = fill(w.ask_as, &[("name", &me.nickname)]);
            view! {
                <p class="notice notice-info"><Icon name="info"/><span>{text}</span></p>
                {ticks(account.adult, account.consent, &account.problems)}
            }
            .into_any()
        }
        None => view! {
            <p class="field-hint">{w.ask_sign_in}</p>
            {account_fields(account, cx.viewer.community.settings.ask_phone)}
        }
        .into_any(),
    }
}
