//! The built files: style sheet, icons, scripts and wasm, each named by a hash of its content.

use std::borrow::Cow;
use std::collections::HashMap;

use app::state::Assets;
use axum::body::{Body, Bytes};
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use rust_embed::RustEmbed;

use super::encoding::Encoding;

#[derive(RustEmbed)]
#[folder = "../dist"]
struct Dist;

/// A browser may keep a file for ever: another content has another name.
const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

/// The files with their compressed forms.
#[derive(Debug, Default)]
pub(super) struct Files(HashMap<String, Bytes>);

impl Files {
    /// Reads what was built into the program.
    pub(super) fn load() -> Self {
        let bytes = |content| match content {
            Cow::Borrowed(bytes) => Bytes::from_static(bytes),
            Cow::Owned(bytes) => Bytes::from(bytes),
        };
        let read = |name: Cow<'static, str>| {
            let file = Dist::get(&name)?;
            Some((name.into_owned(), bytes(file.data)))
        };
        Self(Dist::iter().filter_map(read).collect())
    }

    /// A file in the best form that the client takes.
    pub(super) fn answer(&self, Path(name): Path<String>, headers: &HeaderMap) -> Response {
        let hidden = name == MANIFEST || name.ends_with(".br") || name.ends_with(".gz");
        let Some(plain) = self.0.get(&name).filter(|_| !hidden) else {
            return StatusCode::NOT_FOUND.into_response();
        };
        let wanted = Encoding::of(headers);
        let suffix = match wanted {
            Encoding::Identity => None,
            Encoding::Gzip => Some(".gz"),
            Encoding::Brotli => Some(".br"),
        };
        let packed = suffix.and_then(|suffix| self.0.get(&format!("{name}{suffix}")));
        let mut response = Body::from(packed.unwrap_or(plain).clone()).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind(&name)));
        headers.insert(header::CACHE_CONTROL, FOR_EVER);
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        if let (Some(_), Some(name)) = (packed, wanted.name()) {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(name));
        }
        response
    }
}

const MANIFEST: &str = "manifest.json";

/// The addresses of the built files. Where nothing was built they are plain names, which nobody
/// answers: pages work without.
#[must_use]
pub fn addresses() -> Assets {
    let names: HashMap<String, String> = Dist::get(MANIFEST)
        .and_then(|file| serde_json::from_slice(&file.data).ok())
        .unwrap_or_default();
    let address = |name: &str| format!("/assets/{}", names.get(name).map_or(name, String::as_str));
    Assets {
        css: address("app.css"),
        icons: address("icons.svg"),
        boot: address("boot.js"),
        client: address("client.js"),
        wasm: address("client_bg.wasm"),
        forms: address("forms.js"),
        forms_wasm: address("forms_bg.wasm"),
    }
}

fn kind(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, extension)| extension) {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("svg") => "image/svg+xml",
        Some("json" | "webmanifest") => "application/json",
        Some("png") => "image/png",
        _ => "application/octet-stream",
    }
}
