//! Changes are taken from our own pages alone.
//!
//! Browsers say where a request comes from, in `Sec-Fetch-Site` (W3C Fetch Metadata) or at least in
//! `Origin` (RFC 6454); pages of other sites can't set either. A program that is no browser sends
//! `Origin` with our address.

use std::sync::Arc;

use app::pages::error::Cause;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::Web;

pub(super) async fn layer(State(web): State<Arc<Web>>, request: Request, next: Next) -> Response {
    let safe = request.method().is_safe() || one_click(request.uri().path());
    if safe || from_us(request.headers(), &web.app.site.base_url) {
        return next.run(request).await;
    }
    let mut response = StatusCode::FORBIDDEN.into_response();
    response.extensions_mut().insert(Cause::OtherSite);
    response
}

/// The address in `List-Unsubscribe` (RFC 8058): mail providers post there without saying where
/// from. Its token is the permission, and all that it can do is stop mails.
fn one_click(path: &str) -> bool {
    path.strip_prefix("/follow/").is_some_and(|token| !token.is_empty() && !token.contains('/'))
}

fn from_us(headers: &HeaderMap, base_url: &str) -> bool {
    if let Some(site) = headers.get("sec-fetch-site") {
        return site == "same-origin" || site == "none";
    }
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let Some(origin) = text(header::ORIGIN) else { return false };
    if origin == base_url {
        return true;
    }
    let host = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
    host.is_some() && host == text(header::HOST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_sites_are_told_apart() {
        const OURS: &str = "https://hall.example";
        let table: &[(&[(&str, &str)], bool)] = &[
            (&[("sec-fetch-site", "same-origin")], true),
            (&[("sec-fetch-site", "none")], true),
            (&[("sec-fetch-site", "same-site")], false),
            (&[("sec-fetch-site", "cross-site")], false),
            (&[("sec-fetch-site", "cross-site"), ("origin", OURS)], false),
            (&[("sec-fetch-site", "same-origin"), ("origin", "https://evil.example")], true),
            (&[("origin", OURS)], true),
            (&[("origin", "http://127.0.0.1:3000"), ("host", "127.0.0.1:3000")], true),
            (&[("origin", "http://127.0.0.1:3000"), ("host", "127.0.0.1:3001")], false),
            (&[("origin", "https://evil.example"), ("host", "hall.example")], false),
            (&[("origin", "null"), ("host", "hall.example")], false),
            (&[("origin", "null"), ("host", "null")], false),
            (&[("host", "hall.example")], false),
            (&[], false),
        ];
        for (pairs, expected) in table {
            let mut headers = HeaderMap::new();
            for (name, value) in *pairs {
                headers.insert(header::HeaderName::from_static(name), value.parse().unwrap());
            }
            assert_eq!(from_us(&headers, OURS), *expected, "{pairs:?}");
        }
    }

    #[test]
    fn one_click_is_one_address() {
        for (path, expected) in [
            ("/follow/abc", true),
            ("/follow/", false),
            ("/follow/abc/x", false),
            ("/proposals/1/follow", false),
        ] {
            assert_eq!(one_click(path), expected, "{path}");
        }
    }
}
