//! How large a body may be: a form everywhere, and files at the addresses that take them.
//!
//! What says that it is larger is refused before a byte of it is read; what doesn't say is read to the
//! limit and no further. The connection is closed then, since the rest of the body still lies in it.

use app::pages::desk_roll::{UPLOAD, UPLOAD_MAX};
use app::upload;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http_body_util::Limited;

use super::BODY_MAX;

pub(super) async fn layer(request: Request, next: Next) -> Response {
    let max = most(request.uri().path());
    if declared(request.headers()).is_some_and(|len| len > max as u64) {
        return closing(StatusCode::PAYLOAD_TOO_LARGE.into_response());
    }
    let response = next.run(request.map(|body| Body::new(Limited::new(body, max)))).await;
    if response.status() == StatusCode::PAYLOAD_TOO_LARGE { closing(response) } else { response }
}

/// Whether an address takes a file.
pub(super) fn takes_file(path: &str) -> bool {
    most(path) > BODY_MAX
}

fn most(path: &str) -> usize {
    if path == UPLOAD { UPLOAD_MAX } else { upload::most(path).unwrap_or(BODY_MAX) }
}

fn declared(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

fn closing(mut response: Response) -> Response {
    response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    response
}
