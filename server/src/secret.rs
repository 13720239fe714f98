//! Text that must not be printed.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _};

/// A password or the like: printing it shows that there is one, and no more.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps a text.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself, for whoever it is meant for.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // The usual error quotes what stands there instead of a text.
        String::deserialize(deserializer)
            .map(Self)
            .map_err(|_| D::Error::custom("it must be a text in quotation marks"))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// A database's address with its password left out.
#[must_use]
pub fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    // A password may hold an `@` of its own, so the last one before the path counts.
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let authority = match authority.rsplit_once('@') {
        Some((user, host)) => match user.split_once(':') {
            Some((user, _)) => format!("{user}:…@{host}"),
            None => authority.to_owned(),
        },
        None => authority.to_owned(),
    };
    // The driver also takes a password as a parameter.
    let path = match path.split_once("password=") {
        Some((before, after)) => {
            let rest = after.find('&').map_or("", |at| &after[at..]);
            format!("{before}password=…{rest}")
        }
        None => path.to_owned(),
    };
    format!("{scheme}://{authority}{path}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_not_printed() {
        assert_eq!(format!("{:?}", Secret::new("枣树")), "Secret(…)");
        let table = [
            ("sqlite://data/x.sqlite3?mode=rwc", "sqlite://data/x.sqlite3?mode=rwc"),
            ("postgres://hall:pa@ss@db:5432/hall", "postgres://hall:…@db:5432/hall"),
            ("postgres://hall@db/hall", "postgres://hall@db/hall"),
            (
                "postgres://db/hall?user=a&password=b&x=1",
                "postgres://db/hall?user=a&password=…&x=1",
            ),
        ];
        for (url, shown) in table {
            assert_eq!(without_password(url), shown);
        }
    }
}
