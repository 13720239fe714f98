//! The site as passkeys know it.

use passkey_auth::{Attachment, Webauthn};

/// What passkeys are bound to: this site, by the name of its host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Party {
    id: String,
    origin: String,
}

impl Party {
    /// The party of a site, from its address (`https://hall.example.org`). `None` where browsers offer no
    /// passkeys: when the host is a number instead of a name, or the address is plain http of anything but
    /// `localhost`.
    #[must_use]
    pub fn of(base_url: &str) -> Option<Self> {
        let base_url = base_url.trim_end_matches('/').to_ascii_lowercase();
        let (scheme, rest) = base_url.split_once("://")?;
        let (host, port) = rest.split_once(':').map_or((rest, None), |(h, p)| (h, Some(p)));
        let is_name = host.split('.').all(|label| {
            let good = |c: char| c.is_ascii_alphanumeric() || c == '-';
            !label.is_empty() && label.chars().all(good)
        });
        let is_number = host.rsplit('.').next().is_some_and(|last| {
            last.starts_with(|c: char| c.is_ascii_digit()) && last.parse::<u32>().is_ok()
        });
        let local = host == "localhost" || host.ends_with(".localhost");
        let secure = scheme == "https" || scheme == "http" && local;
        if !is_name || is_number || !secure || !(local || host.contains('.')) {
            return None;
        }
        let usual = if scheme == "https" { "443" } else { "80" };
        let port = port.filter(|port| *port != usual);
        let port = port.map(|port| format!(":{port}")).unwrap_or_default();
        Some(Self { id: host.to_owned(), origin: format!("{scheme}://{host}{port}") })
    }

    pub(super) fn webauthn(&self, name: &str) -> Webauthn {
        Webauthn::new(&self.id, name, &self.origin)
            .require_user_verification(true)
            .authenticator_attachment(Attachment::Any)
            .strict_base64(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offered_where_the_host_has_a_name() {
        for (base_url, expected) in [
            ("https://hall.example.org", Some(("hall.example.org", "https://hall.example.org"))),
            (
                "https://Hall.example.org:443/",
                Some(("hall.example.org", "https://hall.example.org")),
            ),
            (
                "https://hall.example.org:8443",
                Some(("hall.example.org", "https://hall.example.org:8443")),
            ),
            ("http://localhost:3000", Some(("localhost", "http://localhost:3000"))),
            ("http://hall.localhost", Some(("hall.localhost", "http://hall.localhost"))),
            ("http://hall.example.org", None),
            ("http://127.0.0.1:3000", None),
            ("https://10.1.2.3", None),
            ("https://[::1]:3000", None),
            ("https://intranet", None),
            ("", None),
        ] {
            let party = Party::of(base_url);
            let found = party.as_ref().map(|it| (it.id.as_str(), it.origin.as_str()));
            assert_eq!(found, expected, "{base_url}");
        }
    }
}
