//! Every error becomes a page in the viewer's language, or JSON, with the request's id.

use std::sync::Arc;

use app::Fail;
use app::pages::error::{Cause, answer};
use app::viewer::Viewer;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::Response;

use super::arrival::Arrival;
use super::{Web, viewer};

pub(super) async fn layer(
    State(web): State<Arc<Web>>,
    arrival: axum::Extension<Arrival>,
    request: Request,
    next: Next,
) -> Response {
    let response = next.run(request).await;
    let status = response.status();
    if !(status.is_client_error() || status.is_server_error()) || is_told(response.headers()) {
        return response;
    }
    let cause = cause(&response);
    if status.is_server_error() {
        match &cause {
            Cause::Fail(fail) => tracing::error!(id = arrival.request_id, error = %fail.0),
            _ => tracing::error!(id = arrival.request_id, "no answer from the handler"),
        }
    }
    let viewer = match response.extensions().get::<Viewer>() {
        Some(viewer) => viewer.clone(),
        // Refused before anybody looked who it is.
        None => viewer::nobody(&web, &arrival).await,
    };
    let mut told = answer(&web.app, &viewer, &cause, arrival.json, arrival.reads);
    for name in [header::ALLOW, header::CONNECTION, header::RETRY_AFTER, header::SET_COOKIE] {
        for value in response.headers().get_all(&name) {
            told.headers_mut().append(&name, value.clone());
        }
    }
    told
}

fn cause(response: &Response) -> Cause {
    let extensions = response.extensions();
    if let Some(cause) = extensions.get::<Cause>() {
        return cause.clone();
    }
    match extensions.get::<Fail>() {
        Some(fail) => Cause::Fail(fail.clone()),
        None => Cause::Status(response.status()),
    }
}

/// Whether the handler wrote a page or JSON of its own.
fn is_told(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with("text/html") || kind.starts_with("application/json"))
}
