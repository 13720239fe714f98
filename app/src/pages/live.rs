//! `/proposals/{number}/live`: a stream (text/event-stream) that says when something was said.

use std::convert::Infallible;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use futures::StreamExt as _;
use service::live::talk_live;

use crate::fail::Fail;
use crate::link::parse;
use crate::state::App;
use crate::viewer::Viewer;

/// The addresses.
pub(super) fn routes() -> Router<App> {
    Router::new().route("/proposals/{number}/live", get(live))
}

/// Each event's data is how many posts are shown under the matter: whoever looks asks for the page again
/// when they like.
async fn live(
    State(app): State<App>,
    viewer: Viewer,
    Path(number): Path<String>,
) -> Result<Response, Fail> {
    let posts = talk_live(&app.hall, viewer.community.id, viewer.actor(), parse(&number)?).await?;
    let events = posts.map(|posts| Ok::<_, Infallible>(Event::default().data(posts.to_string())));
    let mut response = Sse::new(events).keep_alive(KeepAlive::default()).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // A proxy in between would hold it back until the end.
    headers.insert(HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
    Ok(response)
}
