//! The outermost layer: the request's id, headers for safety, and a line in the log that names nobody.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::Response;
use tokio::time::Instant;

use super::Web;
use super::arrival::Arrival;

/// Scripts, styles and forms of our own alone; WebAssembly for the islands.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
    img-src 'self' data:; connect-src 'self'; font-src 'self'; manifest-src 'self'; \
    form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

const PERMISSIONS: &str = "accelerometer=(), camera=(), geolocation=(), gyroscope=(), \
    magnetometer=(), microphone=(), payment=(), usb=()";

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

pub(super) async fn layer(
    State(web): State<Arc<Web>>,
    mut request: Request,
    next: Next,
) -> Response {
    let started = Instant::now();
    let arrival = Arrival::read(&web, &request);
    let method = request.method().clone();
    let path = request.extensions().get::<MatchedPath>().cloned();
    request.extensions_mut().insert(arrival.clone());
    let mut response = next.run(request).await;
    protect(&web, &arrival, &mut response);
    log(&method, path.as_ref(), &response, started.elapsed(), &arrival);
    response
}

fn protect(web: &Web, arrival: &Arrival, response: &mut Response) {
    let headers = response.headers_mut();
    let always = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (HeaderName::from_static("permissions-policy"), PERMISSIONS),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ];
    for (name, value) in always {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if web.https {
        headers.insert(
            header::STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static("max-age=31536000; includeSubDomains"),
        );
    }
    // A page whose address is a secret has set a stricter one.
    if !headers.contains_key(header::REFERRER_POLICY) {
        headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    }
    if !headers.contains_key(header::CACHE_CONTROL) {
        let cache = if arrival.reads { "private, no-cache" } else { "no-store" };
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    }
    if let Ok(id) = HeaderValue::from_str(&arrival.request_id) {
        headers.insert(REQUEST_ID, id);
    }
}

/// The route's pattern instead of its address, no query, no body, no client: nothing personal.
fn log(
    method: &Method,
    path: Option<&MatchedPath>,
    response: &Response,
    took: Duration,
    arrival: &Arrival,
) {
    let path = path.map_or("-", MatchedPath::as_str);
    let (status, id) = (response.status(), arrival.request_id.as_str());
    let ms = took.as_millis();
    // Levels are fixed where an event is written, so there is one for each.
    if status.is_server_error() {
        tracing::error!(target: "xiaoyuan::request", %method, path, status = status.as_u16(), ms, id);
    } else if status.is_client_error() || !arrival.reads {
        tracing::info!(target: "xiaoyuan::request", %method, path, status = status.as_u16(), ms, id);
    } else {
        tracing::debug!(target: "xiaoyuan::request", %method, path, status = status.as_u16(), ms, id);
    }
}
