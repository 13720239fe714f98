//! Many communities in one server: `/c/{slug}/…` is the page `/…`, of that community.
//!
//! The first community's pages lie at the root. The prefix is taken off before the router looks for a
//! page, and put before the address that an answer leads on to, so that a handler knows nothing of it.

use app::link;
use app::redirect::{Placed, placed};
use axum::extract::Request;
use axum::http::uri::PathAndQuery;
use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::Response;

use super::arrival::Arrival;

/// The short name that a request's address began with.
#[derive(Debug, Clone)]
pub(super) struct Slug(pub(super) String);

/// Takes `/c/{slug}` off the address and carries it along as [`Slug`].
pub(super) fn strip<B>(mut request: Request<B>) -> Request<B> {
    if let Some((slug, bare)) = split(request.uri()) {
        *request.uri_mut() = bare;
        request.extensions_mut().insert(Slug(slug));
    }
    request
}

fn split(uri: &Uri) -> Option<(String, Uri)> {
    let rest = uri.path().strip_prefix("/c/")?;
    let (slug, path) = rest.find('/').map_or((rest, "/"), |at| rest.split_at(at));
    if !domain::slug::is_slug(slug) {
        return None;
    }
    let bare = match uri.query() {
        Some(query) => format!("{path}?{query}"),
        None => path.to_owned(),
    };
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(PathAndQuery::try_from(bare).ok()?);
    Some((slug.to_owned(), Uri::from_parts(parts).ok()?))
}

/// Puts the prefix before the address that an answer leads on to.
pub(super) async fn layer(
    arrival: axum::Extension<Arrival>,
    request: Request,
    next: Next,
) -> Response {
    let mut response = next.run(request).await;
    if arrival.prefix.is_empty() || response.extensions().get::<Placed>().is_some() {
        return response;
    }
    let location = response.headers().get(header::LOCATION).and_then(|value| value.to_str().ok());
    let bare = location.filter(|to| to.starts_with('/') && !to.starts_with("/c/"));
    let led = bare.and_then(|to| HeaderValue::from_str(&link::with(&arrival.prefix, to)).ok());
    if let Some(led) = led {
        response.headers_mut().insert(header::LOCATION, led);
    }
    response
}

/// Leads to the root what was asked for under the first community's own short name.
pub(super) fn to_root(uri: &Uri) -> Response {
    let path = uri.path_and_query().map_or("/", PathAndQuery::as_str);
    placed(StatusCode::PERMANENT_REDIRECT, "", path, None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_prefix_is_taken_off() {
        for (asked, expected) in [
            ("/c/huaianli", Some(("huaianli", "/"))),
            ("/c/huaianli?x=1", Some(("huaianli", "/?x=1"))),
            ("/c/huaianli/", Some(("huaianli", "/"))),
            ("/c/b2/proposals/3?before=7", Some(("b2", "/proposals/3?before=7"))),
            ("/c/b2//evil.example", Some(("b2", "//evil.example"))),
            ("/c/a/c/bb", None),
            ("/c/", None),
            ("/c", None),
            ("/c/Huaianli/desk", None),
            ("/c/%68uaianli/desk", None),
            ("/proposals", None),
        ] {
            let split = split(&asked.parse().unwrap());
            let split = split.as_ref().map(|(slug, uri)| (slug.as_str(), uri.to_string()));
            let expected = expected.map(|(slug, uri)| (slug, uri.to_owned()));
            assert_eq!(split, expected, "{asked}");
        }
    }
}
