//! Compression: of pages as they leave, and of those that are kept.

use std::io::Write as _;

use axum::body::{Body, Bytes, HttpBody as _};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use flate2::Compression;
use flate2::write::GzEncoder;

/// Below this size the headers weigh more than what is saved.
const WORTH_IT: u64 = 1_024;
/// Nothing that we write is larger.
const AT_MOST: usize = 64 << 20;

/// A form in which bytes travel (RFC 9110, 8.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    /// As they are.
    Identity,
    /// gzip.
    Gzip,
    /// Brotli.
    Brotli,
}

/// How much time is spent on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Effort {
    /// For one reader.
    Once,
    /// For many.
    Kept,
}

impl Encoding {
    /// The smallest of those that the client takes.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let mut best = Self::Identity;
        let lines = headers.get_all(header::ACCEPT_ENCODING);
        for line in lines.iter().filter_map(|value| value.to_str().ok()) {
            for coding in line.split(',') {
                let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
                let refused = weight
                    .trim()
                    .strip_prefix("q=")
                    .is_some_and(|q| q.trim().bytes().all(|byte| byte == b'0' || byte == b'.'));
                match name.trim() {
                    _ if refused => {}
                    "br" => best = Self::Brotli,
                    "gzip" if best == Self::Identity => best = Self::Gzip,
                    _ => {}
                }
            }
        }
        best
    }

    /// The name in `Content-Encoding`; none for bytes as they are.
    pub(super) const fn name(self) -> Option<&'static str> {
        match self {
            Self::Identity => None,
            Self::Gzip => Some("gzip"),
            Self::Brotli => Some("br"),
        }
    }

    /// Encodes bytes.
    pub(super) fn encode(self, bytes: &Bytes, effort: Effort) -> std::io::Result<Bytes> {
        const WINDOW: u32 = 20;
        let kept = effort == Effort::Kept;
        let encoded = match self {
            Self::Identity => return Ok(bytes.clone()),
            Self::Gzip => {
                let level = Compression::new(if kept { 6 } else { 1 });
                let mut writer = GzEncoder::new(Vec::new(), level);
                writer.write_all(bytes)?;
                writer.finish()?
            }
            Self::Brotli => {
                let quality = if kept { 5 } else { 1 };
                let mut writer =
                    brotli::CompressorWriter::new(Vec::new(), 1 << 14, quality, WINDOW);
                writer.write_all(bytes)?;
                writer.flush()?;
                writer.into_inner()
            }
        };
        Ok(encoded.into())
    }
}

/// Compresses pages and JSON that are whole already.
pub(super) async fn layer(request: Request, next: Next) -> Response {
    let encoding = Encoding::of(request.headers());
    let mut response = next.run(request).await;
    if is_text(response.headers()) {
        response.headers_mut().append(header::VARY, HeaderValue::from_static("accept-encoding"));
    }
    if encoding == Encoding::Identity || !is_worth_it(&response) {
        return response;
    }
    let (mut head, body) = response.into_parts();
    let Ok(plain) = axum::body::to_bytes(body, AT_MOST).await else {
        tracing::error!("an answer broke off while it was compressed");
        head.status = axum::http::StatusCode::INTERNAL_SERVER_ERROR;
        return Response::from_parts(head, Body::empty());
    };
    match (encoding.encode(&plain, Effort::Once), encoding.name()) {
        (Ok(encoded), Some(name)) => {
            head.headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(name));
            head.headers.remove(header::CONTENT_LENGTH);
            Response::from_parts(head, Body::from(encoded))
        }
        _ => Response::from_parts(head, Body::from(plain)),
    }
}

/// An `ETag` names the bytes of one form, so what carries one stays as it is.
fn is_worth_it(response: &Response) -> bool {
    let headers = response.headers();
    let size = response.body().size_hint().exact();
    size.is_some_and(|size| size >= WORTH_IT)
        && is_text(headers)
        && !headers.contains_key(header::CONTENT_ENCODING)
        && !headers.contains_key(header::ETAG)
}

fn is_text(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with("text/html") || kind.starts_with("application/json"))
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    #[test]
    fn takes_the_smallest_that_is_accepted() {
        for (accept, encoding) in [
            ("gzip, deflate, br, zstd", Encoding::Brotli),
            ("br;q=0, gzip", Encoding::Gzip),
            ("br;q=0.0, gzip;q=0", Encoding::Identity),
            ("br;q=0.1", Encoding::Brotli),
            ("deflate", Encoding::Identity),
            ("brotli", Encoding::Identity),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_ENCODING, accept.parse().unwrap());
            assert_eq!(Encoding::of(&headers), encoding, "{accept}");
        }
        assert_eq!(Encoding::of(&HeaderMap::new()), Encoding::Identity);
    }

    #[test]
    fn every_form_holds_the_same_bytes() {
        let plain = Bytes::from("院子里的枣树\n".repeat(500));
        for effort in [Effort::Once, Effort::Kept] {
            let mut back = Vec::new();
            let gzip = Encoding::Gzip.encode(&plain, effort).unwrap();
            flate2::read::GzDecoder::new(&gzip[..]).read_to_end(&mut back).unwrap();
            assert_eq!(back, plain);
            back.clear();
            let br = Encoding::Brotli.encode(&plain, effort).unwrap();
            brotli::Decompressor::new(&br[..], 4_096).read_to_end(&mut back).unwrap();
            assert_eq!(back, plain);
            assert!(br.len() < plain.len() / 10);
        }
    }
}
