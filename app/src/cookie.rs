//! The cookie that keeps a device signed in.

use std::fmt;

use axum::http::HeaderValue;

use crate::state::Site;

/// A session's token as it travels in the cookie; printing it shows nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(pub String);

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

/// The cookie's name: over https one that browsers bind to this very host (RFC 6265bis, `__Host-`),
/// on plain http, where browsers refuse such a name, a plain one.
#[must_use]
pub fn name(site: &Site) -> &'static str {
    if secure(site) { "__Host-xiaoyuan" } else { "xiaoyuan" }
}

/// `Set-Cookie` that signs this device in for `lasts_ms`. `None` for a token that no cookie can hold.
#[must_use]
pub fn keep(site: &Site, token: &str, lasts_ms: i64) -> Option<HeaderValue> {
    set(site, token, lasts_ms / 1_000)
}

/// `Set-Cookie` that forgets the session on this device.
#[must_use]
pub fn forget(site: &Site) -> Option<HeaderValue> {
    set(site, "", 0)
}

fn secure(site: &Site) -> bool {
    site.base_url.starts_with("https://")
}

fn set(site: &Site, value: &str, seconds: i64) -> Option<HeaderValue> {
    let secure_part = if secure(site) { "; Secure" } else { "" };
    let cookie = format!(
        "{}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure_part}",
        name(site)
    );
    HeaderValue::from_str(&cookie).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::Assets;

    #[test]
    fn bound_to_the_host_over_https() {
        let site = |base_url: &str| Site {
            base_url: base_url.to_owned(),
            demo: false,
            assets: Assets::default(),
        };
        assert_eq!(
            keep(&site("https://hall.example"), "abc", 60_000).unwrap(),
            "__Host-xiaoyuan=abc; Path=/; Max-Age=60; HttpOnly; SameSite=Lax; Secure"
        );
        assert_eq!(
            forget(&site("http://127.0.0.1:3000")).unwrap(),
            "xiaoyuan=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax"
        );
    }
}
