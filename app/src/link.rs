//! Addresses inside the hall, as they stand in a page.

use std::str::FromStr;

use service::Error;

use crate::fail::Fail;
use crate::render::cx;

/// The address of a page of the community that is being shown: `path` begins with `/`, and gets the
/// community's own prefix before it. For what is rendered; [`see_other`](crate::redirect::see_other)
/// takes the bare path.
#[must_use]
pub fn to(path: impl AsRef<str>) -> String {
    with(&cx().viewer.community.prefix, path.as_ref())
}

/// The same for a community that is at hand: `prefix` is empty for the first one.
#[must_use]
pub fn with(prefix: &str, path: &str) -> String {
    match path {
        // `/c/slug` alone reads better than `/c/slug/`.
        "/" if !prefix.is_empty() => prefix.to_owned(),
        _ => format!("{prefix}{path}"),
    }
}

/// A number in an address; anything else is a page that isn't there.
///
/// # Errors
/// [`Error::NotFound`].
pub fn parse<T: FromStr>(part: &str) -> Result<T, Fail> {
    part.parse().map_err(|_| Error::NotFound.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_prefix_comes_first() {
        for (prefix, path, address) in [
            ("", "/", "/"),
            ("", "/desk", "/desk"),
            ("/c/huaianli", "/", "/c/huaianli"),
            ("/c/huaianli", "/proposals?q=x#q", "/c/huaianli/proposals?q=x#q"),
        ] {
            assert_eq!(with(prefix, path), address);
        }
    }
}
