//! `/me/data`: a copy of all that is kept, correction, closing; `/me/close` closes the account.

use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Form, Router};
use leptos::prelude::*;
use serde::Deserialize;
use service::Error;
use service::close::account_close;
use service::own_data::own_data_export;

use super::error::refusal_words;
use crate::cookie;
use crate::fail::Fail;
use crate::form::{ErrorSummary, Problems, TextField};
use crate::link::to;
use crate::own_page::own_page;
use crate::parts::Icon;
use crate::redirect::see_other;
use crate::render::{cx, words};
use crate::shell::{Meta, Tab, no_store, page};
use crate::state::App;
use crate::viewer::Viewer;
use crate::words::fill;

/// The addresses.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/me/data", get(show))
        .route("/me/export", post(export))
        .route("/me/close", get(ask).post(close))
}

/// It is never printed: it holds a password.
#[derive(Deserialize)]
struct Typed {
    #[serde(default)]
    password: String,
}

fn meta(title: &str, status: StatusCode) -> Meta {
    Meta {
        title: title.to_owned(),
        tab: Tab::Me,
        narrow: true,
        status: Some(status),
        ..Meta::default()
    }
}

async fn show(State(app): State<App>, viewer: Viewer) -> Result<Response, Fail> {
    viewer.require()?;
    let meta = meta(viewer.words().own.data_title, StatusCode::OK);
    Ok(no_store(page(&app, &viewer, meta, || {
        let all = words();
        let w = all.own;
        view! {
            <div class="page-head">
                <h1>{w.data_title}</h1>
                <p class="page-lead">{w.data_lead}</p>
            </div>
            <section class="section set" aria-labelledby="consent">
                <h2 id="consent">{all.privacy.consent}</h2>
                <a class="btn btn-secondary" href=to("/privacy")>{all.privacy.title}</a>
            </section>
            <section class="section set" aria-labelledby="export">
                <h2 id="export">{w.export_title}</h2>
                <p>{w.export_lead}</p>
                <form method="post" action=to("/me/export")>
                    <button class="btn btn-secondary">{w.export_go}</button>
                </form>
            </section>
            <section class="section set" aria-labelledby="correct">
                <h2 id="correct">{w.correct_title}</h2>
                <a class="btn btn-secondary" href=to("/me/name")>{w.correct_go}</a>
            </section>
            <section class="section set" aria-labelledby="close">
                <h2 id="close">{w.close_title}</h2>
                <p>{w.close_lead}</p>
                <a class="btn btn-secondary" href=to("/me/close")>{w.close_go_on}</a>
            </section>
        }
    })))
}

async fn export(State(app): State<App>, viewer: Viewer) -> Result<Response, Fail> {
    let actor = &viewer.require()?.actor;
    let zip = own_data_export(&app.hall, actor, |data| own_page(data, &viewer)).await?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/zip")),
        (
            header::CONTENT_DISPOSITION,
            HeaderValue::from_static("attachment; filename=\"xiaoyuan-my-data.zip\""),
        ),
    ];
    Ok(no_store((headers, zip).into_response()))
}

async fn ask(State(app): State<App>, viewer: Viewer) -> Result<Response, Fail> {
    viewer.require()?;
    Ok(close_page(&app, &viewer, Problems::default(), None, StatusCode::OK))
}

async fn close(
    State(app): State<App>,
    viewer: Viewer,
    Form(typed): Form<Typed>,
) -> Result<Response, Fail> {
    match account_close(&app.hall, &viewer.require()?.actor, &typed.password).await {
        Ok(()) => {
            let mut response = see_other("/", Some("closed"));
            if let Some(cookie) = cookie::forget(&app.site) {
                response.headers_mut().append(header::SET_COOKIE, cookie);
            }
            Ok(response)
        }
        Err(Error::Refused(refusal)) => {
            let said = refusal_words(&refusal, viewer.now, viewer.words());
            let problems = Problems::default();
            Ok(close_page(&app, &viewer, problems, Some(said), StatusCode::CONFLICT))
        }
        Err(error) => {
            let problems = Problems::of(error)?;
            Ok(close_page(&app, &viewer, problems, None, StatusCode::UNPROCESSABLE_ENTITY))
        }
    }
}

fn close_page(
    app: &App,
    viewer: &Viewer,
    problems: Problems,
    said: Option<String>,
    status: StatusCode,
) -> Response {
    let meta = meta(viewer.words().own.close_title, status);
    no_store(page(app, viewer, meta, move || {
        let cx = cx();
        let w = cx.words().own;
        let days = cx.viewer.community.settings.kept_days;
        let said = said.map(|said| {
            view! {
                <p class="notice notice-warn" role="alert"><Icon name="info"/><span>{said}</span></p>
            }
        });
        view! {
            <ErrorSummary problems=problems.clone() labels=vec![("password", w.close_password)]/>
            {said}
            <div class="page-head">
                <h1>{w.close_title}</h1>
                <p class="page-lead">{w.close_lead}</p>
            </div>
            <div class="prose">
                <ul>
                    <li>{w.close_gone}</li>
                    <li>{w.close_stays}</li>
                    <li>{w.close_roles}</li>
                    <li>{fill(w.close_kept, &[("days", &days)])}</li>
                </ul>
                <p><strong>{w.close_final}</strong></p>
            </div>
            <form class="section" method="post" action=to("/me/close") novalidate>
                <TextField
                    name="password"
                    label=w.close_password
                    kind="password"
                    autocomplete="current-password"
                    problems
                />
                <div class="btn-row">
                    <a class="btn btn-secondary" href=to("/me/data")>{w.close_not}</a>
                    <button class="btn btn-danger">{w.close_go}</button>
                </div>
            </form>
        }
    }))
}
