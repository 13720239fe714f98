//! The router: the pages of the app, and around them what every request passes.
//!
//! From the outside in: the community's prefix is taken off the address ([`community`]), then [`frame`]
//! (request id, headers, log), [`page_cache`], [`encoding`], the prefix of redirects, [`errors`], [`guard`] (panics, time), the limit of a body's size, [`csrf`], [`viewer`] (who looks,
//! how often they change things and read), then the pages.

use std::net::IpAddr;
use std::sync::Arc;

use app::{App, Fail};
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::IntoResponse;
use axum::routing::get;
use axum::{Json, Router};
use serde_json::json;
use tower::util::MapRequest;

mod arrival;
mod assets;
mod body_limit;
mod community;
mod csrf;
mod encoding;
mod errors;
mod frame;
mod guard;
mod limits;
mod page_cache;
mod pulse;
mod reading;
mod step_up;
mod viewer;

pub use assets::addresses;

/// The largest body of a request, in bytes: the longest form has some thousand characters.
const BODY_MAX: usize = 64 << 10;

/// What the layers share.
#[derive(Debug)]
struct Web {
    app: App,
    trusted_proxy: Option<IpAddr>,
    https: bool,
    limits: limits::Limits,
    reading: reading::Reading,
    pulse: Arc<pulse::Pulse>,
    pages: page_cache::PageCache,
    files: assets::Files,
}

/// Everything that the server answers. `trusted_proxy` is the one whose `X-Forwarded-For` is believed.
pub fn router(app: App, trusted_proxy: Option<IpAddr>) -> Router {
    router_with(app::pages::routes(), app, trusted_proxy)
}

/// The same around other pages: for tests of the layers.
pub fn router_with(pages: Router<App>, app: App, trusted_proxy: Option<IpAddr>) -> Router {
    let web = Arc::new(Web {
        trusted_proxy,
        https: app.site.base_url.starts_with("https://"),
        limits: limits::Limits::default(),
        reading: reading::Reading::default(),
        pulse: pulse::Pulse::new(app.hall.db.clone()),
        pages: page_cache::PageCache::default(),
        files: assets::Files::load(),
        app: app.clone(),
    });
    let pages = pages
        .fallback(async || Fail::from(service::Error::NotFound))
        .layer(from_fn_with_state(web.clone(), step_up::layer))
        .layer(from_fn_with_state(web.clone(), viewer::layer))
        .layer(from_fn_with_state(web.clone(), csrf::layer))
        .layer(from_fn(body_limit::layer))
        .layer(from_fn(guard::layer))
        .layer(from_fn_with_state(web.clone(), errors::layer))
        .layer(from_fn(community::layer))
        .layer(from_fn(encoding::layer))
        .layer(from_fn_with_state(web.clone(), page_cache::layer))
        .layer(from_fn_with_state(web.clone(), frame::layer))
        .with_state(app);
    let plain = Router::new()
        .route("/assets/{file}", get(file))
        .route("/favicon.ico", get(no_icon))
        .route("/healthz", get(health))
        .route("/version", get(version))
        .layer(from_fn_with_state(web.clone(), frame::layer))
        .with_state(web);
    let strip: fn(Request) -> Request = community::strip;
    plain.fallback_service(MapRequest::new(pages, strip))
}

async fn file(
    State(web): State<Arc<Web>>,
    name: Path<String>,
    headers: HeaderMap,
) -> impl IntoResponse {
    web.files.answer(name, &headers)
}

/// Browsers ask for it by themselves.
async fn no_icon() -> impl IntoResponse {
    (StatusCode::NO_CONTENT, [(header::CACHE_CONTROL, "public, max-age=86400")])
}

/// Whether the server can do its work: the database is asked.
async fn health(State(web): State<Arc<Web>>) -> impl IntoResponse {
    let answer = match service::audit::head(web.app.hall.db.read()).await {
        Ok(_) => (StatusCode::OK, "ok"),
        Err(error) => {
            tracing::error!(%error, "the database does not answer");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer")
        }
    };
    (answer.0, [(header::CACHE_CONTROL, "no-store")], answer.1)
}

async fn version() -> impl IntoResponse {
    Json(json!({
        "name": "xiaoyuan",
        "version": env!("CARGO_PKG_VERSION"),
        "commit": option_env!("GIT_COMMIT"),
    }))
}
