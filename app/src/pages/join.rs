//! `/join` and `/join/{token}`: joining by a slip's code, or setting a new password by one.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use axum::{Form, Router};
use domain::role::Actor;
use serde::Deserialize;
use service::newcomer::NewcomerForm;
use service::slip::{
    Browser, Joined, Purpose, SlipSeen, slip_join, slip_join_as, slip_read, slip_reset,
};
use service::{Error, session};

use super::sign_in::{signed_in, with_cookie};
use crate::cookie;
use crate::fail::Fail;
use crate::form::Problems;
use crate::redirect::placed;
use crate::shell::{Meta, page};
use crate::state::App;
use crate::viewer::Viewer;

mod code;
pub(super) mod newcomer;
mod own;

/// The addresses.
pub(super) fn routes() -> Router<App> {
    Router::new().route("/join", get(ask).post(typed)).route("/join/{token}", get(show).post(join))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct TypedCode {
    code: String,
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
}

/// How the form stands when it is shown; never with the password.
#[derive(Debug, Clone, Default)]
pub(super) struct FormState {
    pub(super) nickname: String,
    pub(super) name: String,
    pub(super) phone: String,
    pub(super) adult: bool,
    pub(super) consent: bool,
    pub(super) problems: Problems,
}

async fn ask(State(app): State<App>, viewer: Viewer) -> Response {
    code_page(&app, &viewer, String::new(), Problems::default(), StatusCode::OK)
}

async fn typed(
    State(app): State<App>,
    viewer: Viewer,
    Form(typed): Form<TypedCode>,
) -> Result<Response, Fail> {
    match slip_read(&app.hall, &typed.code, &viewer.address).await {
        Ok(seen) => Ok(to_its_page(&seen)),
        Err(error) => {
            let problems = Problems::of(error)?;
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            Ok(code_page(&app, &viewer, typed.code, problems, status))
        }
    }
}

async fn show(
    State(app): State<App>,
    viewer: Viewer,
    Path(code): Path<String>,
) -> Result<Response, Fail> {
    let seen = match slip_read(&app.hall, &code, &viewer.address).await {
        Ok(seen) => seen,
        Err(error) => {
            let problems = Problems::of(error)?;
            return Ok(code_page(&app, &viewer, code, problems, StatusCode::NOT_FOUND));
        }
    };
    // The code decides the community, whichever one's page it was typed on.
    if seen.community.id != viewer.community.id {
        return Ok(to_its_page(&seen));
    }
    Ok(slip_page(&app, &viewer, seen, FormState::default(), StatusCode::OK))
}

async fn join(
    State(app): State<App>,
    viewer: Viewer,
    Path(code): Path<String>,
    Form(typed): Form<Typed>,
) -> Result<Response, Fail> {
    let seen = match slip_read(&app.hall, &code, &viewer.address).await {
        Ok(seen) => seen,
        Err(error) => return lost_page(&app, &viewer, code, error),
    };
    if seen.community.id != viewer.community.id {
        return Ok(to_its_page(&seen));
    }
    let ticked = |value: &str| !value.is_empty();
    let (adult, consent) = (ticked(&typed.adult), ticked(&typed.consent));
    let form = NewcomerForm {
        name: typed.name.clone(),
        password: typed.password,
        nickname: typed.nickname.clone(),
        phone: typed.phone.clone(),
        adult,
        consent,
        language: viewer.words().lang.pick("zh", "en").to_owned(),
    };
    let from = browser(&viewer);
    let done = match (seen.purpose, viewer.actor()) {
        (Purpose::Reset, _) => slip_reset(&app.hall, &code, &form.password, from).await,
        // Whose session it is may be unknown here, and must not end unseen.
        (Purpose::Join, None) if viewer.elsewhere.is_some() => {
            Err(service::Refusal::OtherCommunity.into())
        }
        (Purpose::Join, None) => slip_join(&app.hall, &code, &form, from).await,
        (Purpose::Join, Some(actor)) => join_as(&app, actor, &code, &form, from).await,
    };
    match done {
        Ok(joined) => welcome(&app, &viewer, seen.purpose, &joined).await,
        Err(Error::Invalid(fields)) if fields.iter().any(|it| it.field == "code") => {
            lost_page(&app, &viewer, code, Error::Invalid(fields))
        }
        Err(error) => {
            let problems = Problems::of(error)?;
            let Typed { nickname, name, phone, .. } = typed;
            let state = FormState { nickname, name, phone, adult, consent, problems };
            Ok(slip_page(&app, &viewer, seen, state, StatusCode::UNPROCESSABLE_ENTITY))
        }
    }
}

async fn join_as(
    app: &App,
    actor: &Actor,
    code: &str,
    form: &NewcomerForm,
    from: Browser<'_>,
) -> service::Result<Joined> {
    slip_join_as(&app.hall, actor, code, form.adult, form.consent, from).await
}

fn browser(viewer: &Viewer) -> Browser<'_> {
    Browser {
        address: &viewer.address,
        agent: &viewer.agent,
        token: viewer.token.as_ref().map(|token| token.0.as_str()),
    }
}

fn to_its_page(seen: &SlipSeen) -> Response {
    let path = format!("/join/{}", seen.code.printed());
    placed(StatusCode::SEE_OTHER, &seen.community.prefix, &path, None)
}

async fn welcome(
    app: &App,
    viewer: &Viewer,
    purpose: Purpose,
    joined: &Joined,
) -> Result<Response, Fail> {
    match (purpose, &joined.token) {
        // A second factor may still be asked for.
        (Purpose::Reset, Some(token)) => signed_in(app, viewer, token, "/").await,
        (_, token) => {
            let response = placed(StatusCode::SEE_OTHER, &joined.prefix, "/", Some("joined"));
            let token = token.as_deref();
            let cookie = token.and_then(|it| cookie::keep(&app.site, it, session::LASTS_MS));
            Ok(with_cookie(response, cookie))
        }
    }
}

/// The page of a code that opens nothing, or nothing any more.
fn lost_page(app: &App, viewer: &Viewer, code: String, error: Error) -> Result<Response, Fail> {
    let problems = Problems::of(error)?;
    Ok(code_page(app, viewer, code, problems, StatusCode::UNPROCESSABLE_ENTITY))
}

fn code_page(
    app: &App,
    viewer: &Viewer,
    typed: String,
    problems: Problems,
    status: StatusCode,
) -> Response {
    let title = viewer.words().slip.ask_title.to_owned();
    let meta = Meta { title, narrow: true, secret: true, status: Some(status), ..Meta::default() };
    page(app, viewer, meta, move || code::body(typed, problems))
}

fn slip_page(
    app: &App,
    viewer: &Viewer,
    seen: SlipSeen,
    state: FormState,
    status: StatusCode,
) -> Response {
    let w = viewer.words().slip;
    let title = match seen.purpose {
        Purpose::Join => w.ask_title,
        Purpose::Reset => w.reset_title,
    };
    let meta = Meta {
        title: title.to_owned(),
        narrow: true,
        secret: true,
        status: Some(status),
        ..Meta::default()
    };
    page(app, viewer, meta, move || newcomer::body(seen, state))
}
