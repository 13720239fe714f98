//! `/prefs/…`: language, size of the text, light or dark. Kept in cookies, so that it works without an
//! account.

use axum::http::{HeaderValue, header};
use axum::response::Response;
use axum::routing::post;
use axum::{Form, Router};
use serde::Deserialize;
use service::Error;

use crate::fail::Fail;
use crate::redirect::see_other;
use crate::state::App;

/// A year, in seconds.
const LASTS_S: u32 = 365 * 24 * 60 * 60;

/// The addresses.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/prefs/size", post(size))
        .route("/prefs/lang", post(lang))
        .route("/prefs/theme", post(theme))
}

#[derive(Debug, Deserialize)]
struct Size {
    size: String,
    #[serde(default)]
    back: String,
}

#[derive(Debug, Deserialize)]
struct Lang {
    lang: String,
    #[serde(default)]
    back: String,
}

#[derive(Debug, Deserialize)]
struct Theme {
    theme: String,
    #[serde(default)]
    back: String,
}

async fn size(Form(form): Form<Size>) -> Result<Response, Fail> {
    keep("size", &form.size, &["usual", "large"], &form.back)
}

async fn lang(Form(form): Form<Lang>) -> Result<Response, Fail> {
    keep("lang", &form.lang, &["zh", "en"], &form.back)
}

async fn theme(Form(form): Form<Theme>) -> Result<Response, Fail> {
    keep("theme", &form.theme, &["device", "light", "dark"], &form.back)
}

/// Keeps one of the `choices` for a year and leads back to where the person was.
fn keep(
    name: &'static str,
    value: &str,
    choices: &[&'static str],
    back: &str,
) -> Result<Response, Fail> {
    let chosen = choices.iter().find(|choice| **choice == value).ok_or(Error::NotFound)?;
    let mut response = see_other(back, None);
    let cookie = format!("{name}={chosen}; Path=/; Max-Age={LASTS_S}; HttpOnly; SameSite=Lax");
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}
