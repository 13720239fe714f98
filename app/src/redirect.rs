//! Where a person is led after an act, with a word of thanks to show once.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// The cookie that carries the key of the words; the server's middleware reads and clears it.
pub const FLASH_COOKIE: &str = "flash";

/// 303 to a page of ours, where the words of `flash` (see `words::flash`) are shown once.
#[must_use]
pub fn see_other(to: &str, flash: Option<&'static str>) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    let headers = response.headers_mut();
    if let Ok(location) = HeaderValue::from_str(&local(to)) {
        headers.insert(header::LOCATION, location);
    }
    if let Some(key) = flash {
        let cookie = format!("{FLASH_COOKIE}={key}; Path=/; Max-Age=60; HttpOnly; SameSite=Lax");
        if let Ok(cookie) = HeaderValue::from_str(&cookie) {
            headers.append(header::SET_COOKIE, cookie);
        }
    }
    response
}

/// A path on this site, or `/` for anything that would lead away from it.
#[must_use]
pub fn local(to: &str) -> String {
    // Browsers drop tabs and line ends from an address, so that `/<tab>/host` would be another host.
    let off = |c: char| c == '\\' || c.is_control();
    let ours = to.starts_with('/') && !to.starts_with("//") && !to.contains(off);
    if ours { to.to_owned() } else { "/".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn never_leads_away() {
        for (to, expected) in [
            ("/proposals/3#say", "/proposals/3#say"),
            ("//evil.example", "/"),
            ("https://evil.example", "/"),
            ("/\\evil.example", "/"),
            ("/a\r\nSet-Cookie: x=1", "/"),
            ("/\t/evil.example", "/"),
            ("/a\u{0}", "/"),
            ("", "/"),
        ] {
            assert_eq!(local(to), expected, "{to}");
        }
    }
}
