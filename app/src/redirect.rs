//! Where a person is led after an act, with a word of thanks to show once.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// The cookie that carries the key of the words; the server's middleware reads and clears it.
pub const FLASH_COOKIE: &str = "flash";

/// 303 to a page of ours, where the words of `flash` (see `words::flash`) are shown once. `to` is the
/// bare path: a layer of the server puts the community's prefix before it.
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

/// The cookie by which a page's script learns that what a form sent has arrived, under the key by which the
/// device keeps it; the script clears it. A page that says anything else leaves the device's copy alone.
pub const ARRIVED_COOKIE: &str = "arrived";

/// Puts on an answer that what is kept on the device under `key` has arrived. A key that no cookie can hold is
/// left out: then the copy stays.
#[must_use]
pub fn arrived(mut response: Response, key: &str) -> Response {
    // Long enough for a device that opens no page with a script for days; the key names no text.
    const WEEK_S: u32 = 7 * 24 * 60 * 60;
    let plain = key
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && !matches!(byte, b';' | b',' | b'"' | b'\\'));
    let cookie = format!("{ARRIVED_COOKIE}={key}; Path=/; Max-Age={WEEK_S}; SameSite=Lax");
    if plain && let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// On an answer whose `Location` is whole: no community's prefix is put before it.
#[derive(Debug, Clone, Copy)]
pub struct Placed;

/// As [`see_other`] with another status, to a page of the community whose addresses begin with
/// `prefix`, whichever community's page was asked for.
#[must_use]
pub fn placed(status: StatusCode, prefix: &str, to: &str, flash: Option<&'static str>) -> Response {
    let mut response = see_other(&crate::link::with(prefix, &local(to)), flash);
    *response.status_mut() = status;
    response.extensions_mut().insert(Placed);
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
    fn only_a_plain_key_arrives() {
        for (key, holds) in [
            ("raise:7:", true),
            ("draft:/proposals/3/posts?before=9&order=x#new", true),
            ("a; Path=/x", false),
            ("a\r\nSet-Cookie: b=1", false),
            ("字", false),
        ] {
            let response = arrived(see_other("/", None), key);
            let cookie = response.headers().get(header::SET_COOKIE);
            assert_eq!(cookie.is_some(), holds, "{key}");
            if let Some(cookie) = cookie {
                let cookie = cookie.to_str().unwrap();
                assert!(cookie.starts_with(&format!("arrived={key};")), "{cookie}");
                assert!(!cookie.contains("HttpOnly"), "a script reads it: {cookie}");
            }
        }
    }

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
