//! POST `/proposals/{n}/cosign` and `/cosign/take-back`: 附议, for an ordinary form and for the island.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use serde::Serialize;
use service::cosign::{Cosigned, cosign_add, cosign_take_back};

use crate::fail::Fail;
use crate::redirect::see_other;
use crate::state::App;
use crate::viewer::Viewer;

/// The addresses.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/proposals/{number}/cosign", post(add))
        .route("/proposals/{number}/cosign/take-back", post(take_back))
}

/// What the island is answered.
#[derive(Debug, Serialize)]
struct Answer {
    cosigns: i64,
    needed: u32,
    message: &'static str,
}

async fn add(
    State(app): State<App>,
    viewer: Viewer,
    Path(number): Path<i64>,
    headers: HeaderMap,
) -> Result<Response, Fail> {
    let done = cosign_add(&app.hall, &viewer.require()?.actor, number).await?;
    let w = viewer.words().proposal;
    let (message, flash) = if done.accepted {
        (w.cosigned_enough, "cosigned_enough")
    } else {
        (w.cosigned, "cosigned")
    };
    Ok(answer(&headers, number, done, message, flash))
}

async fn take_back(
    State(app): State<App>,
    viewer: Viewer,
    Path(number): Path<i64>,
    headers: HeaderMap,
) -> Result<Response, Fail> {
    let done = cosign_take_back(&app.hall, &viewer.require()?.actor, number).await?;
    let message = viewer.words().proposal.cosign_taken_back;
    Ok(answer(&headers, number, done, message, "cosign_taken_back"))
}

fn answer(
    headers: &HeaderMap,
    number: i64,
    done: Cosigned,
    message: &'static str,
    flash: &'static str,
) -> Response {
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
    if accept.is_some_and(|accept| accept.contains("application/json")) {
        return Json(Answer { cosigns: done.cosigns, needed: done.needed, message })
            .into_response();
    }
    see_other(&format!("/proposals/{number}"), Some(flash))
}
