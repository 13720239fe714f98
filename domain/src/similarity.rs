//! How much a matter that is being written is like one that is there: what words they share, the rarer a
//! word the more it says (as in the vector space model of text search; Spärck Jones 1972 on the weight of
//! rare words), and whether they are about the same place and category. Integers only.
//!
//! What counts is how much is shared, not which part of the title it is: a neighbour who writes the same
//! wish with more words means the same.

use std::collections::{BTreeMap, BTreeSet};

use crate::bigram::{fold, is_cjk, pairs};

/// A matter that scores less is not shown as similar: about two words that few other matters hold.
pub const THRESHOLD: i64 = 70;
/// Weight of a word that nothing else holds.
pub const RAREST: i64 = 16;
/// Weight of a word of which nothing is known.
const UNKNOWN: i64 = 8;
/// What a shared word counts for by its weight: in both titles, in one title and the other's text, in both
/// texts.
const IN_TITLES: i64 = 4;
const ACROSS: i64 = 3;
const IN_TEXTS: i64 = 1;
/// What a character counts for that both titles hold, and one that only the old text holds.
const CHARACTER: i64 = 14;
const CHARACTER_ACROSS: i64 = 5;
/// What the same category and the same courtyard add, where anything is shared.
const SAME_CATEGORY: i64 = 30;
const SAME_COURTYARD: i64 = 20;
/// Characters that say little of what a matter is about: particles, pronouns, numerals, and verbs that go with
/// everything.
const EMPTY: &str = "的了是在有和不没很太要能请把让给就都也还又这那个们我您你他它吗呢吧啊好多少上下里外大小一二三四五六\
    七八九十出来去到过进想说看做用得着再每各等只会可以为从向对当被叫什么怎样几谁哪";

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

/// How similar `old` is to `new`, from 0: some hundreds where a neighbour would call them the same.
/// `weights` are those of the words, by [`weight`].
#[must_use]
pub fn score(new: &Compared<'_>, old: &Compared<'_>, weights: &BTreeMap<String, i64>) -> i64 {
    let of = |word: &String| weights.get(word).copied().unwrap_or(UNKNOWN) * sense(word);
    let words = |text: &str| -> BTreeSet<String> { pairs(text).into_iter().collect() };
    let (title, old_title) = (words(new.title), words(old.title));
    let (text, old_text) = (words(new.text), words(old.text));
    let mut shared = 0;
    for word in &title {
        if old_title.contains(word) {
            shared += IN_TITLES * of(word);
        } else if old_text.contains(word) {
            shared += ACROSS * of(word);
        }
    }
    // The other way round: what the old title is about, and the new text speaks of.
    shared += old_title
        .intersection(&text)
        .filter(|w| !title.contains(*w))
        .map(|w| ACROSS * of(w))
        .sum::<i64>();
    let in_texts = text.intersection(&old_text);
    shared += in_texts
        .filter(|word| !title.contains(*word) && !old_title.contains(*word))
        .map(|word| IN_TEXTS * of(word))
        .sum::<i64>();
    // Words that are cut otherwise still hold the same characters.
    let old_characters = characters(old.title);
    let in_text = characters(old.text);
    for character in characters(new.title) {
        if old_characters.contains(&character) {
            shared += CHARACTER;
        } else if in_text.contains(&character) {
            shared += CHARACTER_ACROSS;
        }
    }
    if shared == 0 {
        return 0;
    }
    if !new.category.is_empty() && new.category == old.category {
        shared += SAME_CATEGORY;
    }
    if new.courtyard.is_some() && new.courtyard == old.courtyard {
        shared += SAME_COURTYARD;
    }
    shared
}

/// How much of a word says something: 0 to 2.
fn sense(word: &str) -> i64 {
    let mut characters = word.chars();
    // A single character is counted by itself.
    if word.chars().count() == 1 && characters.clone().all(is_cjk) {
        return 0;
    }
    let empty = |c: char| EMPTY.contains(c);
    if characters.clone().all(empty) {
        0
    } else if characters.any(empty) {
        1
    } else {
        2
    }
}

/// The characters of a text that say something.
fn characters(text: &str) -> BTreeSet<char> {
    text.chars().map(fold).filter(|c| is_cjk(*c) && !EMPTY.contains(*c)).collect()
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
            prop_assert!(same >= THRESHOLD);
            prop_assert!(score(&title(&a), &title(&b), &none) <= same);
        }

        #[test]
        fn weights_never_grow_with_commonness(all in 1i64..1_000_000, few in 1i64..1000, more in 0i64..1000) {
            prop_assert!(weight(few, all) >= weight(few + more, all));
            prop_assert!((1..=RAREST).contains(&weight(few, all)));
        }
    }
}
