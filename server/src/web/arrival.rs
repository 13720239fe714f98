//! What a request says about itself, read once when it arrives.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use app::cookie::{self, Token};
use app::link;
use app::pages::error::where_it_stands;
use app::redirect::FLASH_COOKIE;
use app::viewer::{Prefs, Size, Theme};
use app::words::Lang;
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Method, Request, header};
use domain::time::Timestamp;

use super::Web;
use super::community::Slug;

/// The most of a browser's name that is read.
const AGENT_MAX: usize = 300;

/// What a request says about itself; carried along as an extension.
#[derive(Debug, Clone)]
pub(super) struct Arrival(Arc<Facts>);

/// What an [`Arrival`] holds.
#[derive(Debug)]
pub(super) struct Facts {
    /// Shown on error pages and in the log.
    pub(super) request_id: String,
    /// When it arrived.
    pub(super) now: Timestamp,
    /// Where it comes from, for rate limits.
    pub(super) address: String,
    /// How the person likes to see pages.
    pub(super) prefs: Prefs,
    /// The session's token.
    pub(super) token: Option<Token>,
    /// Key of the word of thanks to show once.
    pub(super) flash: Option<String>,
    /// Whether it asks for JSON.
    pub(super) json: bool,
    /// Whether it only reads: GET or HEAD.
    pub(super) reads: bool,
    /// The short name of the community that the address names; none for the first one.
    pub(super) slug: Option<String>,
    /// What the address began with: `/c/{slug}`, or nothing.
    pub(super) prefix: String,
    /// Where to come back to: path and query, or for a change the page that it is about; the prefix
    /// included.
    pub(super) here: String,
    /// The browser as it names itself.
    pub(super) agent: String,
}

impl std::ops::Deref for Arrival {
    type Target = Facts;

    fn deref(&self) -> &Facts {
        &self.0
    }
}

impl Arrival {
    /// Reads a request.
    pub(super) fn read<B>(web: &Web, request: &Request<B>) -> Self {
        let headers = request.headers();
        let reads = matches!(*request.method(), Method::GET | Method::HEAD);
        let uri = request.uri();
        let bare = if reads {
            uri.path_and_query().map_or("/", |it| it.as_str()).to_owned()
        } else {
            where_it_stands(uri.path())
        };
        let slug = request.extensions().get::<Slug>().map(|slug| slug.0.clone());
        let prefix = slug.as_ref().map(|slug| format!("/c/{slug}")).unwrap_or_default();
        let here = link::with(&prefix, &bare);
        let json = header_text(headers, &header::ACCEPT).contains("application/json");
        let agent = header_text(headers, &header::USER_AGENT).chars().take(AGENT_MAX).collect();
        Self(Arc::new(Facts {
            request_id: request_id(web),
            now: web.app.hall.now(),
            address: address(web.trusted_proxy, request),
            prefs: prefs(headers),
            token: cookie_value(headers, cookie::name(&web.app.site))
                .filter(|token| !token.is_empty())
                .map(|token| Token(token.to_owned())),
            flash: cookie_value(headers, FLASH_COOKIE)
                .filter(|key| !key.is_empty())
                .map(str::to_owned),
            json,
            reads,
            slug,
            prefix,
            here,
            agent,
        }))
    }
}

/// 48 random bits in three groups, short enough to read out on the telephone: `7d1f-20c8-91aa`.
fn request_id(web: &Web) -> String {
    let mut bytes = [0; 6];
    web.app.hall.dice.fill(&mut bytes);
    let [a, b, c, d, e, f] = bytes;
    format!("{a:02x}{b:02x}-{c:02x}{d:02x}-{e:02x}{f:02x}")
}

fn header_text<'a>(headers: &'a HeaderMap, name: &header::HeaderName) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// A cookie's value. The first one counts, as RFC 6265 lets servers choose.
fn cookie_value<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value)
}

fn prefs(headers: &HeaderMap) -> Prefs {
    let lang = match cookie_value(headers, "lang") {
        Some("zh") => Lang::Zh,
        Some("en") => Lang::En,
        _ => accepted_language(header_text(headers, &header::ACCEPT_LANGUAGE)),
    };
    let size = match cookie_value(headers, "size") {
        Some("large") => Size::Large,
        _ => Size::Usual,
    };
    let theme = match cookie_value(headers, "theme") {
        Some("light") => Theme::Light,
        Some("dark") => Theme::Dark,
        _ => Theme::Device,
    };
    Prefs { lang, size, theme }
}

/// The one of our languages with the highest weight (RFC 9110, 12.5.4); Chinese where neither is
/// asked for.
fn accepted_language(accept: &str) -> Lang {
    let mut best = (Lang::Zh, 0);
    for range in accept.split(',') {
        let (tag, parameters) = range.split_once(';').unwrap_or((range, ""));
        let tag = tag.trim().to_ascii_lowercase();
        let lang = match tag.split('-').next() {
            Some("zh") => Lang::Zh,
            Some("en") => Lang::En,
            _ => continue,
        };
        let weight = thousandths(parameters);
        if weight > best.1 {
            best = (lang, weight);
        }
    }
    best.0
}

/// `q=0.8` as 800; 1000 where there is no weight, 0 where it can't be read.
fn thousandths(parameters: &str) -> u32 {
    let Some(q) = parameters.split(';').find_map(|p| p.trim().strip_prefix("q=")) else {
        return 1_000;
    };
    let (whole, fraction) = q.trim().split_once('.').unwrap_or((q.trim(), ""));
    match whole {
        "1" => 1_000,
        "0" => {
            let digits: String = fraction.chars().chain("000".chars()).take(3).collect();
            digits.parse().unwrap_or(0)
        }
        _ => 0,
    }
}

/// The client's address on the network. What a proxy says counts only from the proxy that is trusted;
/// its own entry is the last one, all before it could be made up.
fn address<B>(trusted_proxy: Option<IpAddr>, request: &Request<B>) -> String {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let forwarded = || {
        let last = request.headers().get_all("x-forwarded-for").iter().next_back()?;
        last.to_str().ok()?.rsplit(',').next()?.trim().parse::<IpAddr>().ok()
    };
    let trusted = peer.is_some() && peer.map(|ip| ip.to_canonical()) == trusted_proxy;
    let ip = if trusted { forwarded().or(peer) } else { peer };
    ip.map_or_else(|| "unknown".to_owned(), |ip| network(ip.to_canonical()))
}

/// An IPv6 customer holds at least a /64, so its addresses count as one.
fn network(ip: IpAddr) -> String {
    match ip {
        IpAddr::V4(ip) => ip.to_string(),
        IpAddr::V6(ip) => {
            let [a, b, c, d, ..] = ip.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_that_is_liked_best() {
        for (accept, lang) in [
            ("", Lang::Zh),
            ("en-GB,en;q=0.9", Lang::En),
            ("zh-CN,zh;q=0.9,en;q=0.8", Lang::Zh),
            ("fr, en;q=0.5, zh;q=0.4", Lang::En),
            ("en;q=0", Lang::Zh),
            ("de", Lang::Zh),
            ("en;q=0.1,zh-TW;q=0.05", Lang::En),
        ] {
            assert_eq!(accepted_language(accept), lang, "{accept}");
        }
    }

    #[test]
    fn only_the_trusted_proxy_is_believed() {
        let proxy: IpAddr = "10.0.0.1".parse().unwrap();
        let table = [
            (None, "10.0.0.1", Some("1.2.3.4"), "10.0.0.1"),
            (Some(proxy), "10.0.0.1", Some("6.6.6.6, 1.2.3.4"), "1.2.3.4"),
            (Some(proxy), "10.0.0.9", Some("1.2.3.4"), "10.0.0.9"),
            (Some(proxy), "10.0.0.1", None, "10.0.0.1"),
            (Some(proxy), "10.0.0.1", Some("nonsense"), "10.0.0.1"),
            (Some(proxy), "::ffff:10.0.0.1", Some("2001:db8:1:2:3::4"), "2001:db8:1:2::/64"),
        ];
        for (trusted, peer, forwarded, expected) in table {
            let peer: IpAddr = peer.parse().unwrap();
            let mut request = Request::new(());
            request.extensions_mut().insert(ConnectInfo(SocketAddr::new(peer, 1)));
            if let Some(text) = forwarded {
                request.headers_mut().insert("x-forwarded-for", text.parse().unwrap());
            }
            assert_eq!(address(trusted, &request), expected);
        }
    }

    #[test]
    fn cookies_are_told_apart_by_their_whole_name() {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, "xlang=zh; lang=en;size=large".parse().unwrap());
        headers.append(header::COOKIE, "theme=dark".parse().unwrap());
        assert_eq!(
            prefs(&headers),
            Prefs { lang: Lang::En, size: Size::Large, theme: Theme::Dark }
        );
        assert_eq!(cookie_value(&headers, "lan"), None);
    }
}
