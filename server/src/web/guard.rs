//! A request that panics or takes too long is answered, and the server goes on.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures::FutureExt as _;

use super::body_limit::takes_file;

/// Longer than any page may take; a database that waits this long is in trouble.
const AT_MOST: Duration = Duration::from_secs(30);
/// A file takes its time on a slow line.
const FILE_AT_MOST: Duration = Duration::from_secs(300);

pub(super) async fn layer(request: Request, next: Next) -> Response {
    let at_most = if takes_file(request.uri().path()) { FILE_AT_MOST } else { AT_MOST };
    // What a panic leaves behind is dropped with the request: transactions roll back.
    let work = AssertUnwindSafe(next.run(request)).catch_unwind();
    match tokio::time::timeout(at_most, work).await {
        Ok(Ok(response)) => response,
        // The message and place of the panic stand in the log already.
        Ok(Err(_panic)) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        Err(_late) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}
