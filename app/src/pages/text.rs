//! `/proposals/{n}/text…`, `/proposals/{n}/versions…` and `/desk/texts/{n}`: editing a matter's text, its
//! versions with what changed, what the households that signed it say to that, and edits that wait.

mod boxes;
mod desk;
mod difference;
mod form;
mod raise;
mod versions;

pub(super) use boxes::{answer, aside, edit_link, line};
pub(super) use desk::waiting;

use axum::Router;
use axum::extract::{Form, Path, State};
use axum::response::Response;
use axum::routing::{get, post};
use serde::Deserialize;
use service::text::{
    correction_contest, correction_contest_back, cosign_keep, cosign_leave, text_drop,
};

use crate::fail::Fail;
use crate::link::parse;
use crate::redirect::see_other;
use crate::state::App;
use crate::viewer::Viewer;

/// The addresses.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/proposals/{number}/text", get(form::show).post(form::save))
        .route("/proposals/{number}/text/drop", post(drop))
        .route("/proposals/{number}/text/keep", post(keep))
        .route("/proposals/{number}/text/leave", post(leave))
        .route("/proposals/{number}/versions", get(versions::all))
        .route("/proposals/{number}/versions/{id}", get(versions::one))
        .route("/proposals/{number}/versions/{id}/contest", post(contest))
        .route("/proposals/{number}/versions/{id}/contest/back", post(contest_back))
        .route("/proposals/{number}/versions/{id}/raise", get(raise::show).post(raise::save))
        .route("/desk/texts/{number}", get(desk::show).post(desk::decide))
}

/// Which version a household saw.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Seen {
    seen: String,
}

async fn drop(
    State(app): State<App>,
    viewer: Viewer,
    Path(number): Path<String>,
) -> Result<Response, Fail> {
    let number = parse(&number)?;
    text_drop(&app.hall, &viewer.require()?.actor, number).await?;
    Ok(see_other(&format!("/proposals/{number}"), Some("text_dropped")))
}

async fn keep(
    State(app): State<App>,
    viewer: Viewer,
    Path(number): Path<String>,
    Form(form): Form<Seen>,
) -> Result<Response, Fail> {
    let number = parse(&number)?;
    let actor = &viewer.require()?.actor;
    // Without a number it is none that there is: the page is looked at again.
    let seen = form.seen.parse().unwrap_or(0);
    let kept = cosign_keep(&app.hall, actor, number, seen).await?;
    let flash = if kept.accepted { "cosigned_enough" } else { "text_kept" };
    Ok(see_other(&format!("/proposals/{number}"), Some(flash)))
}

async fn leave(
    State(app): State<App>,
    viewer: Viewer,
    Path(number): Path<String>,
) -> Result<Response, Fail> {
    let number = parse(&number)?;
    cosign_leave(&app.hall, &viewer.require()?.actor, number).await?;
    Ok(see_other(&format!("/proposals/{number}"), Some("cosign_taken_back")))
}

async fn contest(
    State(app): State<App>,
    viewer: Viewer,
    Path((number, version)): Path<(String, String)>,
) -> Result<Response, Fail> {
    let (number, version) = (parse(&number)?, parse(&version)?);
    let actor = &viewer.require()?.actor;
    let contested = correction_contest(&app.hall, actor, number, version).await?;
    let flash = if contested.raised { "text_contested_enough" } else { "text_contested" };
    Ok(see_other(&format!("/proposals/{number}"), Some(flash)))
}

async fn contest_back(
    State(app): State<App>,
    viewer: Viewer,
    Path((number, version)): Path<(String, String)>,
) -> Result<Response, Fail> {
    let (number, version) = (parse(&number)?, parse(&version)?);
    correction_contest_back(&app.hall, &viewer.require()?.actor, number, version).await?;
    Ok(see_other(&format!("/proposals/{number}"), Some("answered")))
}
