//! Keeping the talk civil: what a post can be wrong in, who looks first, and words that warn.

use crate::named::named_enum;
use crate::settings::{FIRST_POSTS, TalkModeration};

named_enum! {
    /// What a neighbour reports, and for what something is taken down.
    Wrong {
        /// 攻击人
        Attack = "attack",
        /// 泄露隐私
        Private = "private",
        /// 广告
        Advert = "advert",
        /// 不实
        False = "false",
        /// 跑题
        OffTopic = "off_topic",
    }
}

/// Whether a text is shown at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    /// It is.
    Shown,
    /// Somebody looks first.
    Waiting,
}

/// Whether a member's text is shown at once, who has had so many shown before. Those who moderate
/// need nobody to look first.
#[must_use]
pub const fn admission(mode: TalkModeration, shown_before: u64, moderates: bool) -> Admission {
    match mode {
        _ if moderates => Admission::Shown,
        TalkModeration::After => Admission::Shown,
        TalkModeration::FirstPosts if shown_before >= FIRST_POSTS => Admission::Shown,
        TalkModeration::FirstPosts | TalkModeration::Before => Admission::Waiting,
    }
}

/// The words of the list that stand in a text, in the list's order. Letters are compared without case.
#[must_use]
pub fn watched<'a>(text: &str, words: &'a [String]) -> Vec<&'a str> {
    let text = text.to_lowercase();
    let stands = |word: &&String| !word.is_empty() && text.contains(&word.to_lowercase());
    words.iter().filter(stands).map(String::as_str).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_looked_at_first() {
        use Admission::{Shown, Waiting};
        use TalkModeration::{After, Before, FirstPosts};
        for (mode, before, moderates, expected) in [
            (After, 0, false, Shown),
            (FirstPosts, 0, false, Waiting),
            (FirstPosts, 2, false, Waiting),
            (FirstPosts, 3, false, Shown),
            (Before, 100, false, Waiting),
            (Before, 0, true, Shown),
            (FirstPosts, 0, true, Shown),
        ] {
            assert_eq!(admission(mode, before, moderates), expected, "{mode:?} {before}");
        }
    }

    #[test]
    fn watched_words_are_found_in_any_case() {
        let words = ["滚".to_owned(), "VX".to_owned(), String::new()];
        assert_eq!(watched("加我vx，别滚远", &words), ["滚", "VX"]);
        assert!(watched("好好说话", &words).is_empty());
    }
}
