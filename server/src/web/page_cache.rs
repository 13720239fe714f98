//! Pages for those who are not signed in, kept as long as nothing changes.
//!
//! Every change appends to the audit chain. So a page stays right while the chain stands where it
//! stood before the page was made, whichever server on the database made the change; and because
//! pages say how long something is left, it stays for the minute in which it was made.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use app::viewer::Prefs;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use domain::time::MINUTE_MS;
use sha2::{Digest as _, Sha256};

use super::Web;
use super::arrival::Arrival;
use super::encoding::{Effort, Encoding};

/// Pages that are kept at most.
const PAGES_MAX: usize = 512;
/// Bytes that they hold at most, uncompressed.
const BYTES_MAX: usize = 16 << 20;
/// A page that is larger than this is not kept.
const PAGE_MAX: usize = 1 << 20;

/// What a page depends on besides the database and the time.
type Key = (String, Prefs);

/// The moment for which a page is right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Moment {
    /// Minutes since 1970.
    minute: i64,
    /// The last entry of the audit chain.
    seq: i64,
}

#[derive(Debug)]
struct Page {
    moment: Moment,
    plain: Bytes,
    gzip: OnceLock<Bytes>,
    brotli: OnceLock<Bytes>,
    /// Begins every form's ETag.
    digest: String,
    /// When it was last asked for, in the cache's own counting.
    used: AtomicU64,
}

/// The pages that are kept.
#[derive(Debug, Default)]
pub(super) struct PageCache {
    pages: Mutex<HashMap<Key, Arc<Page>>>,
    asked: AtomicU64,
}

pub(super) async fn layer(
    State(web): State<Arc<Web>>,
    arrival: axum::Extension<Arrival>,
    mut request: Request,
    next: Next,
) -> Response {
    let anonymous = arrival.token.is_none() && arrival.flash.is_none() && !arrival.json;
    let keeps = anonymous && *request.method() == Method::GET && !is_no_page(request.uri().path());
    if !keeps {
        return next.run(request).await;
    }
    let Some(seq) = web.pulse.seq().await else { return next.run(request).await };
    let moment = Moment { minute: arrival.now.0.div_euclid(MINUTE_MS), seq };
    let key = (arrival.here.clone(), arrival.prefs);
    if let Some(page) = web.pages.get(&key, moment) {
        return page.answer(request.headers());
    }
    // The plain form is kept and compressed here, so the layers within leave it as it is.
    let accepted = request.headers_mut().remove(header::ACCEPT_ENCODING);
    let fresh = request.headers_mut().remove(header::IF_NONE_MATCH);
    let response = next.run(request).await;
    let mut headers = HeaderMap::new();
    for (name, value) in [(header::ACCEPT_ENCODING, accepted), (header::IF_NONE_MATCH, fresh)] {
        if let Some(value) = value {
            headers.insert(name, value);
        }
    }
    web.pages.keep(key, moment, response, &headers).await
}

/// What is no page of everybody's: the way in, and files, which browsers keep by themselves.
fn is_no_page(path: &str) -> bool {
    path == "/sign-in" || path.starts_with("/photos/")
}

impl PageCache {
    fn get(&self, key: &Key, moment: Moment) -> Option<Arc<Page>> {
        let page = {
            let pages = self.pages.lock().unwrap_or_else(PoisonError::into_inner);
            pages.get(key).filter(|page| page.moment == moment).cloned()?
        };
        page.used.store(self.asked.fetch_add(1, Ordering::Relaxed), Ordering::Relaxed);
        Some(page)
    }

    /// Keeps a page and answers with it; anything else goes by.
    async fn keep(
        &self,
        key: Key,
        moment: Moment,
        response: Response,
        asked: &HeaderMap,
    ) -> Response {
        if !may_be_kept(&response) {
            return response;
        }
        let (head, body) = response.into_parts();
        let Ok(plain) = axum::body::to_bytes(body, usize::MAX).await else {
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        };
        if plain.len() > PAGE_MAX {
            return Response::from_parts(head, Body::from(plain));
        }
        let page = Arc::new(Page {
            moment,
            digest: hex::encode(&Sha256::digest(&plain)[..16]),
            plain,
            gzip: OnceLock::new(),
            brotli: OnceLock::new(),
            used: AtomicU64::new(self.asked.fetch_add(1, Ordering::Relaxed)),
        });
        self.insert(key, Arc::clone(&page));
        page.answer(asked)
    }

    fn insert(&self, key: Key, page: Arc<Page>) {
        let mut pages = self.pages.lock().unwrap_or_else(PoisonError::into_inner);
        let moment = page.moment;
        pages.insert(key, page);
        let bytes = |pages: &HashMap<Key, Arc<Page>>| -> usize {
            pages.values().map(|page| page.plain.len()).sum()
        };
        if pages.len() <= PAGES_MAX && bytes(&pages) <= BYTES_MAX {
            return;
        }
        // First those that are right no more, then those that nobody asked for the longest.
        pages.retain(|_, page| page.moment == moment);
        while pages.len() > PAGES_MAX || bytes(&pages) > BYTES_MAX {
            let oldest = pages.iter().min_by_key(|(_, page)| page.used.load(Ordering::Relaxed));
            let Some(oldest) = oldest.map(|(key, _)| key.clone()) else { return };
            pages.remove(&oldest);
        }
    }
}

impl Page {
    fn answer(&self, asked: &HeaderMap) -> Response {
        let encoding = Encoding::of(asked);
        let (body, encoding) = self.form(encoding);
        let suffix = encoding.name().map(|name| format!("-{name}")).unwrap_or_default();
        let etag = format!("\"{}{suffix}\"", self.digest);
        let status = if is_fresh(asked, &etag) { StatusCode::NOT_MODIFIED } else { StatusCode::OK };
        let mut response = if status == StatusCode::OK {
            Body::from(body).into_response()
        } else {
            status.into_response()
        };
        let headers = response.headers_mut();
        if status == StatusCode::OK {
            headers
                .insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
            if let Some(name) = encoding.name() {
                headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(name));
            }
        }
        if let Ok(etag) = HeaderValue::from_str(&etag) {
            headers.insert(header::ETAG, etag);
        }
        headers.insert(
            header::VARY,
            HeaderValue::from_static("cookie, accept-language, accept-encoding, accept"),
        );
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
        response
    }

    /// The bytes in the form that is asked for; as they are, should compressing them fail.
    fn form(&self, encoding: Encoding) -> (Bytes, Encoding) {
        let place = match encoding {
            Encoding::Identity => return (self.plain.clone(), encoding),
            Encoding::Gzip => &self.gzip,
            Encoding::Brotli => &self.brotli,
        };
        if let Some(bytes) = place.get() {
            return (bytes.clone(), encoding);
        }
        match encoding.encode(&self.plain, Effort::Kept) {
            Ok(bytes) => (place.get_or_init(|| bytes).clone(), encoding),
            Err(error) => {
                tracing::error!(%error, "a page can't be compressed");
                (self.plain.clone(), Encoding::Identity)
            }
        }
    }
}

/// A whole page for everyone: nothing that sets a cookie.
fn may_be_kept(response: &Response) -> bool {
    let headers = response.headers();
    let kind = headers.get(header::CONTENT_TYPE);
    response.status() == StatusCode::OK
        && kind.is_some_and(|kind| kind == "text/html; charset=utf-8")
        && !headers.contains_key(header::SET_COOKIE)
        && headers.get(header::CACHE_CONTROL).is_none_or(|kept| kept != "no-store")
        && !headers.contains_key(header::CONTENT_ENCODING)
        && headers.get(header::CACHE_CONTROL).is_none_or(|cache| cache != "no-store")
}

/// Whether the browser has these very bytes (RFC 9110, 13.1.2).
fn is_fresh(asked: &HeaderMap, etag: &str) -> bool {
    let lines = asked.get_all(header::IF_NONE_MATCH);
    lines.iter().filter_map(|value| value.to_str().ok()).flat_map(|line| line.split(',')).any(
        |one| {
            let one = one.trim();
            one == "*" || one.strip_prefix("W/").unwrap_or(one) == etag
        },
    )
}
