//! `/reset`: a way back in by email. `/reset/{token}` is the link in the mail: opening it changes nothing, for
//! mail scanners open links; its address is a secret.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use axum::{Form, Router};
use leptos::prelude::*;
use serde::Deserialize;
use service::reset::{LinkState, reset_ask, reset_do, reset_look};
use service::{Error, Refusal};

use crate::fail::Fail;
use crate::form::{ErrorSummary, Problems, TextField};
use crate::link::to;
use crate::redirect::see_other;
use crate::render::words;
use crate::shell::{Meta, no_store, page};
use crate::state::App;
use crate::viewer::Viewer;

/// The addresses.
pub(super) fn routes() -> Router<App> {
    Router::new().route("/reset", get(show).post(ask)).route("/reset/{token}", get(open).post(set))
}

#[derive(Debug, Default, Deserialize)]
struct Asked {
    #[serde(default)]
    name: String,
}

/// It is never printed: it holds a password.
#[derive(Deserialize)]
struct Typed {
    #[serde(default)]
    password: String,
}

async fn show(State(app): State<App>, viewer: Viewer) -> Response {
    ask_page(&app, &viewer, String::new(), Problems::default(), StatusCode::OK)
}

/// Answers the same whether or not somebody has the name.
async fn ask(
    State(app): State<App>,
    viewer: Viewer,
    Form(asked): Form<Asked>,
) -> Result<Response, Fail> {
    if let Err(error) = reset_ask(&app.hall, &asked.name, &viewer.address).await {
        let problems = Problems::of(error)?;
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return Ok(ask_page(&app, &viewer, asked.name, problems, status));
    }
    let meta =
        Meta { title: viewer.words().own.reset_sent.to_owned(), narrow: true, ..Meta::default() };
    Ok(no_store(page(&app, &viewer, meta, || {
        let w = words().own;
        view! {
            <div class="page-head">
                <h1>{w.reset_sent}</h1>
                <p class="page-lead">{w.reset_sent_lead}</p>
            </div>
            <p>{w.reset_sent_spam}</p>
            <NoAddress/>
        }
    })))
}

fn ask_page(
    app: &App,
    viewer: &Viewer,
    name: String,
    problems: Problems,
    status: StatusCode,
) -> Response {
    let meta = Meta {
        title: viewer.words().own.reset_title.to_owned(),
        narrow: true,
        status: Some(status),
        ..Meta::default()
    };
    no_store(page(app, viewer, meta, move || {
        let w = words().own;
        view! {
            <ErrorSummary problems=problems.clone() labels=vec![("name", w.reset_name)]/>
            <div class="page-head">
                <h1>{w.reset_title}</h1>
                <p class="page-lead">{w.reset_lead}</p>
            </div>
            <form method="post" action=to("/reset") novalidate>
                <TextField
                    name="name"
                    label=w.reset_name
                    value=name
                    autocomplete="username"
                    problems
                />
                <button class="btn btn-primary btn-block">{w.reset_go}</button>
            </form>
            <NoAddress/>
        }
    }))
}

/// What to do without a mail address.
#[component]
fn NoAddress() -> impl IntoView {
    let w = words().own;
    view! {
        <section class="section set" aria-labelledby="none">
            <h2 id="none">{w.reset_none}</h2>
            <p>{w.reset_none_text}</p>
        </section>
    }
}

async fn open(
    State(app): State<App>,
    viewer: Viewer,
    Path(token): Path<String>,
) -> Result<Response, Fail> {
    Ok(match reset_look(&app.hall, &token).await? {
        LinkState::Holds => set_page(&app, &viewer, token, Problems::default(), StatusCode::OK),
        LinkState::Used => over_page(&app, &viewer, true, StatusCode::OK),
        LinkState::Over => over_page(&app, &viewer, false, StatusCode::NOT_FOUND),
    })
}

async fn set(
    State(app): State<App>,
    viewer: Viewer,
    Path(token): Path<String>,
    Form(typed): Form<Typed>,
) -> Result<Response, Fail> {
    match reset_do(&app.hall, &token, &typed.password, &viewer.address).await {
        Ok(()) => Ok(see_other("/sign-in", Some("password_set"))),
        Err(Error::Refused(Refusal::LinkUsed)) => {
            Ok(over_page(&app, &viewer, true, StatusCode::CONFLICT))
        }
        Err(Error::Refused(Refusal::LinkOver)) => {
            Ok(over_page(&app, &viewer, false, StatusCode::NOT_FOUND))
        }
        Err(error) => {
            let problems = Problems::of(error)?;
            Ok(set_page(&app, &viewer, token, problems, StatusCode::UNPROCESSABLE_ENTITY))
        }
    }
}

fn secret(title: &str, status: StatusCode) -> Meta {
    Meta {
        title: title.to_owned(),
        narrow: true,
        secret: true,
        status: Some(status),
        ..Meta::default()
    }
}

fn set_page(
    app: &App,
    viewer: &Viewer,
    token: String,
    problems: Problems,
    status: StatusCode,
) -> Response {
    let meta = secret(viewer.words().own.reset_new, status);
    page(app, viewer, meta, move || {
        let w = words().own;
        view! {
            <ErrorSummary problems=problems.clone() labels=vec![("password", w.password)]/>
            <div class="page-head">
                <h1>{w.reset_new}</h1>
                <p class="page-lead">{w.reset_new_lead}</p>
            </div>
            <form method="post" action=to(format!("/reset/{token}")) novalidate>
                <TextField
                    name="password"
                    label=w.password
                    hint=w.password_hint
                    kind="password"
                    autocomplete="new-password"
                    problems
                />
                <button class="btn btn-primary btn-block">{w.reset_new_go}</button>
            </form>
        }
    })
}

fn over_page(app: &App, viewer: &Viewer, used: bool, status: StatusCode) -> Response {
    let meta = secret(viewer.words().own.reset_over_title, status);
    page(app, viewer, meta, move || {
        let w = words().own;
        let text = if used { w.r_link_used } else { w.r_link_over };
        view! {
            <div class="error-page">
                <h1>{w.reset_over_title}</h1>
                <p>{text}</p>
                <div class="btn-row">
                    <a class="btn btn-primary" href=to("/sign-in")>{w.reset_in}</a>
                    <a class="btn btn-secondary" href=to("/reset")>{w.reset_again}</a>
                </div>
            </div>
        }
    })
}
