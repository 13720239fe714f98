//! How much a matter that is being written is like one that is there: what words they share, the rarer a
//! word the more it says (as in the vector space model of text search; Spärck Jones 1972 on the weight of
//! rare words), and whether they are about the same place and category. Integers only.

use std::collections::{BTreeMap, BTreeSet};

use crate::bigram::{fold, is_cjk, pairs};

/// A matter that scores less is not shown as similar.
pub const THRESHOLD: i64 = 300;
/// Weight of a word that nothing else holds.
pub const RAREST: i64 = 16;
/// Weight of a word of which nothing is known.
const UNKNOWN: i64 = 8;
/// Weight of a single character that both titles hold.
const CHARACTER: i64 = 2;
/// Characters that say nothing of what a matter is about.
const EMPTY: &str = "的了是在有和不没很太要能请把让给就都也还又这那个们我您你他它吗呢吧啊好多少上下里外大小一二三四五六七八九十";

/// A matter to be compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Compared<'a> {
    /// Title.
    pub title: &'a str,
    /// 现状 and 建议; may be empty.
    pub text: &'a str,
    /// Name of its category; may be empty.
    pub category: &'a str,
    /// Row of its courtyard.
    pub courtyard: Option<i64>,
}

/// How much a word says, by how many of all matters hold it: 1 for one in every second, up to [`RAREST`].
#[must_use]
pub fn weight(holding: i64, all: i64) -> i64 {
    let all = all.max(1);
    let share = all / holding.clamp(1, all);
    // log2, in steps of one half of a rarest word's 16 at 256 times rarer.
    let rarity = i64::from(share.unsigned_abs().ilog2()) * 2 + 1;
    // In a small community every word is rare; the count of matters that hold it still tells words apart.
    let alone = match holding {
        ..=1 => 8,
        2..=3 => 6,
        4..=8 => 4,
        _ => 1,
    };
    rarity.max(alone).min(RAREST)
}

/// How similar `old` is to `new`, 0 to about 1,300: the share of the new title's weight that the old one
/// holds, in its title before its text, with something for place and category. `weights` are those of the
/// words, by [`weight`].
#[must_use]
pub fn score(new: &Compared<'_>, old: &Compared<'_>, weights: &BTreeMap<String, i64>) -> i64 {
    let of = |word: &String| weights.get(word).copied().unwrap_or(UNKNOWN);
    let title: BTreeSet<String> = pairs(new.title).into_iter().collect();
    let old_title: BTreeSet<String> = pairs(old.title).into_iter().collect();
    let old_text: BTreeSet<String> = pairs(old.text).into_iter().collect();
    let new_text: BTreeSet<String> = pairs(new.text).into_iter().collect();

    let mut shared = 0;
    let mut whole = 0;
    for word in &title {
        let weight = of(word);
        whole += 2 * weight;
        if old_title.contains(word) {
            shared += 2 * weight;
        } else if old_text.contains(word) {
            shared += weight;
        }
    }
    // The other way round: what the old title is about, and the new text speaks of.
    for word in &old_title {
        let weight = of(word);
        whole += weight;
        if title.contains(word) || new_text.contains(word) {
            shared += weight;
        }
    }
    let (mine, theirs) = (characters(new.title), characters(old.title));
    let common = i64::try_from(mine.intersection(&theirs).count()).unwrap_or(0);
    let least = i64::try_from(mine.len().min(theirs.len())).unwrap_or(0);
    shared += CHARACTER * 2 * common;
    whole += CHARACTER * 2 * least;

    let mut score = (shared * 1_000).checked_div(whole).unwrap_or(0);
    // Two texts about the same speak in the same words, however their titles are put.
    let texts = new_text.iter().filter(|word| old_text.contains(*word)).map(of).sum::<i64>();
    let all_texts = new_text.iter().map(of).sum::<i64>();
    score += (texts * 300).checked_div(all_texts).unwrap_or(0);
    if score == 0 {
        return 0;
    }
    if !new.category.is_empty() && new.category == old.category {
        score += 80;
    }
    if new.courtyard.is_some() && new.courtyard == old.courtyard {
        score += 80;
    }
    score
}

/// The characters of a title that say something.
fn characters(title: &str) -> BTreeSet<char> {
    title.chars().map(fold).filter(|c| is_cjk(*c) && !EMPTY.contains(*c)).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn title(title: &str) -> Compared<'_> {
        Compared { title, text: "", category: "", courtyard: None }
    }

    #[test]
    fn rarer_words_weigh_more() {
        let table = [
            (50, 100, 3),
            (25, 100, 5),
            (20_000, 100_000, 5),
            (1_000, 100_000, 13),
            (10, 100_000, 16),
            (1, 1, 8),
            (2, 3, 6),
            (0, 0, 8),
        ];
        for (holding, all, expected) in table {
            assert_eq!(weight(holding, all), expected, "{holding} of {all}");
        }
    }

    #[test]
    fn the_same_put_otherwise_is_nearer_than_something_else() {
        let none = BTreeMap::new();
        let new = title("西门外头老积水");
        let same = score(&new, &title("西门坑洼积水"), &none);
        let other = score(&new, &title("西门路灯连坏三盏"), &none);
        let nothing = score(&new, &title("文明养犬写进公约"), &none);
        assert!(same >= THRESHOLD, "{same}");
        assert!(same > other && other > nothing, "{same} {other} {nothing}");
        assert_eq!(nothing, 0);
    }

    #[test]
    fn place_and_category_add_to_what_is_shared_and_to_nothing_else() {
        let none = BTreeMap::new();
        let at = |title, category, courtyard| Compared { title, text: "", category, courtyard };
        let new = at("楼道堆物没人管", "corridor", Some(1));
        let here = score(&new, &at("三号楼楼道堆物", "corridor", Some(1)), &none);
        let there = score(&new, &at("三号楼楼道堆物", "corridor", Some(2)), &none);
        let else_where = score(&new, &at("三号楼楼道堆物", "other", Some(2)), &none);
        assert!(here > there && there > else_where);
        assert_eq!(score(&new, &at("安静的晚饭", "corridor", Some(1)), &none), 0);
    }

    proptest! {
        #[test]
        fn nothing_is_nearer_than_the_same(
            a in "[\u{4E00}-\u{4E30}]{5,20}", b in "[\u{4E00}-\u{4E30}]{5,20}",
        ) {
            let none = BTreeMap::new();
            let same = score(&title(&a), &title(&a), &none);
            prop_assert!(same >= 1_000);
            prop_assert!(score(&title(&a), &title(&b), &none) <= same);
        }

        #[test]
        fn weights_never_grow_with_commonness(all in 1i64..1_000_000, few in 1i64..1000, more in 0i64..1000) {
            prop_assert!(weight(few, all) >= weight(few + more, all));
            prop_assert!((1..=RAREST).contains(&weight(few, all)));
        }
    }
}
