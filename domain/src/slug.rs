//! A community's short name in addresses: `/c/{slug}/…`.

/// Characters at least.
pub const SLUG_MIN: usize = 2;
/// Characters at most.
pub const SLUG_MAX: usize = 30;

/// Whether a text is a short name: 2 to 30 lower-case ASCII letters, digits and hyphens, a letter or
/// digit first and last.
#[must_use]
pub fn is_slug(text: &str) -> bool {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    let bytes = text.as_bytes();
    (SLUG_MIN..=SLUG_MAX).contains(&bytes.len())
        && bytes.iter().all(|b| plain(*b) || *b == b'-')
        && bytes.first().is_some_and(|b| plain(*b))
        && bytes.last().is_some_and(|b| plain(*b))
}

/// The short name of a community that was given none: `c` and its row. Nobody may choose such a name.
#[must_use]
pub fn derived(community: crate::ids::CommunityId) -> String {
    format!("c{community}")
}

/// Whether a text has the form of [`derived`].
#[must_use]
pub fn is_derived(text: &str) -> bool {
    text.strip_prefix('c')
        .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::CommunityId;

    #[test]
    fn short_names() {
        for (text, good) in [
            ("huaianli", true),
            ("h2", true),
            ("a-b-c", true),
            (&*"a".repeat(30), true),
            (&*"a".repeat(31), false),
            ("a", false),
            ("", false),
            ("-ab", false),
            ("ab-", false),
            ("Ab", false),
            ("a_b", false),
            ("a/b", false),
            ("槐安里", false),
        ] {
            assert_eq!(is_slug(text), good, "{text}");
        }
    }

    #[test]
    fn derived_names_are_short_names_apart() {
        for id in [1, 42, i64::MAX] {
            let name = derived(CommunityId(id));
            assert!(is_slug(&name) && is_derived(&name), "{name}");
        }
        for text in ["c", "c1a", "d1", "chang"] {
            assert!(!is_derived(text), "{text}");
        }
    }
}
