//! Keeping the talk civil: what a post can be wrong in, who looks first, and words that warn.

use std::collections::BTreeSet;

use crate::ids::HouseholdId;
use crate::named::named_enum;
use crate::settings::{FIRST_POSTS, TalkModeration};
use crate::time::HOUR_MS;

/// How long those who moderate have to answer a report, in ms.
pub const REPORT_MS: i64 = 24 * HOUR_MS;
/// Working days for the decision on an appeal.
pub const APPEAL_DAYS: u32 = 3;
/// How many times as many households fold a post again that somebody has looked at and let stand.
const AGAIN: usize = 2;

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

/// Whether open reports fold a post until somebody has looked. `reports` are those that are open, each with
/// its household; `settled` the kinds for which the post as it now reads was let stand before.
///
/// A kind that was settled folds nothing again, and after any decision it takes twice as many households: so
/// neighbours who don't like a post can't bury it by reporting it again and again.
#[must_use]
pub fn folds(reports: &[(HouseholdId, Wrong)], settled: &[Wrong], households: u32) -> bool {
    let new = reports.iter().filter(|(_, kind)| !settled.contains(kind));
    let homes: BTreeSet<_> = new.map(|(home, _)| home).collect();
    let needed = usize::try_from(households).unwrap_or(usize::MAX);
    let needed = if settled.is_empty() { needed } else { needed.saturating_mul(AGAIN) };
    homes.len() >= needed.max(1)
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
    fn reports_fold_by_household_and_reason() {
        use Wrong::{Advert, Attack, False};
        let reports = |found: &[(i64, Wrong)]| -> Vec<_> {
            found.iter().map(|(home, kind)| (HouseholdId(*home), *kind)).collect()
        };
        for (found, settled, needed, expected) in [
            (&[(1, Attack), (2, Attack)][..], &[][..], 3, false),
            (&[(1, Attack), (2, Advert), (3, False)], &[], 3, true),
            // One home is one voice, however many of it report.
            (&[(1, Attack), (1, Advert), (2, False)], &[], 3, false),
            // What was looked at folds nothing again by the same reason.
            (&[(1, Attack), (2, Attack), (3, Attack), (4, Attack)], &[Attack], 2, false),
            // Another reason does, with twice as many.
            (&[(1, Advert), (2, Advert), (3, Advert)], &[Attack], 2, false),
            (&[(1, Advert), (2, Advert), (3, Advert), (4, Advert)], &[Attack], 2, true),
            (&[(1, Advert), (2, Attack), (3, Advert), (4, Advert)], &[Attack], 2, false),
            (&[], &[], 0, false),
        ] {
            assert_eq!(folds(&reports(found), settled, needed), expected, "{found:?} {settled:?}");
        }
    }

    #[test]
    fn watched_words_are_found_in_any_case() {
        let words = ["滚".to_owned(), "VX".to_owned(), String::new()];
        assert_eq!(watched("加我vx，别滚远", &words), ["滚", "VX"]);
        assert!(watched("好好说话", &words).is_empty());
    }
}
