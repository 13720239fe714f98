//! What a search shows of a text: the place of the hit, its words marked; and how good a hit it is.

use crate::bigram::{Needle, folded, places};

/// A part of a snippet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    /// The text as it was written; it is escaped where it is shown.
    pub text: String,
    /// Whether it is what was looked for.
    pub hit: bool,
}

/// What stands for text that is left out.
const CUT: char = '…';
/// Characters shown before the first hit.
const LEAD: usize = 12;

/// The characters of a text that are hits: whole pieces where they stand, else each of their words.
fn hits(text: &[char], needles: &[Needle]) -> Vec<bool> {
    let mut marked = vec![false; text.len()];
    let mut mark = |from: usize, len: usize| {
        for hit in marked.iter_mut().skip(from).take(len) {
            *hit = true;
        }
    };
    for needle in needles {
        let whole = whole_places(text, &needle.phrase);
        if whole.is_empty() {
            for word in &needle.words {
                let word: Vec<char> = word.chars().collect();
                for at in whole_places(text, &word) {
                    mark(at, word.len());
                }
            }
        } else {
            whole.into_iter().for_each(|at| mark(at, needle.phrase.len()));
        }
    }
    marked
}

/// Where a piece stands; where it begins or ends with a Latin letter or a number, that word is whole there.
fn whole_places(text: &[char], piece: &[char]) -> Vec<usize> {
    let in_word =
        |c: Option<&char>| c.is_some_and(|c| c.is_alphanumeric() && !crate::bigram::is_cjk(*c));
    let (first, last) = (in_word(piece.first()), in_word(piece.last()));
    let mut found = places(text, piece);
    found.retain(|at| {
        let before = at.checked_sub(1).and_then(|at| text.get(at));
        !(first && in_word(before) || last && in_word(text.get(at + piece.len())))
    });
    found
}

/// A text on one line with what was looked for marked, at most `width` characters around the first hit;
/// empty when nothing of it is there.
#[must_use]
pub fn snippet(text: &str, needles: &[Needle], width: usize) -> Vec<Segment> {
    let chars: Vec<char> = text.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).collect();
    let marked = hits(&folded(text), needles);
    let Some(first) = marked.iter().position(|hit| *hit) else { return Vec::new() };
    let from = if chars.len() <= width { 0 } else { first.saturating_sub(LEAD.min(width / 4)) };
    let from = from.min(chars.len().saturating_sub(width));
    let to = chars.len().min(from + width);
    let mut segments = Vec::new();
    if from > 0 {
        push(&mut segments, CUT, false);
    }
    for (c, hit) in chars.iter().zip(&marked).take(to).skip(from) {
        push(&mut segments, *c, *hit);
    }
    if to < chars.len() {
        push(&mut segments, CUT, false);
    }
    segments
}

/// The whole text with what was looked for marked.
#[must_use]
pub fn marked(text: &str, needles: &[Needle]) -> Vec<Segment> {
    let mut segments = Vec::new();
    for (c, hit) in text.chars().zip(hits(&folded(text), needles)) {
        push(&mut segments, c, hit);
    }
    segments
}

fn push(segments: &mut Vec<Segment>, c: char, hit: bool) {
    match segments.last_mut() {
        Some(last) if last.hit == hit => last.text.push(c),
        _ => segments.push(Segment { text: c.into(), hit }),
    }
}

/// How good a hit a matter is, 0 and up: each piece where it stands best (as a whole before its words
/// alone, the title before the chair's summary, the summary before the text), a little more for each time
/// that it comes again in the text; on average over the pieces.
#[must_use]
pub fn score(needles: &[Needle], title: &str, summary: &str, text: &str) -> i64 {
    let fields = [(folded(title), 100, 60), (folded(summary), 44, 24), (folded(text), 36, 16)];
    let mut sum = 0;
    for needle in needles {
        let mut best = 0;
        let mut again = 0;
        for (field, whole, words) in &fields {
            let found = whole_places(field, &needle.phrase).len();
            again += found;
            let all_words = || {
                needle
                    .words
                    .iter()
                    .all(|word| !whole_places(field, &word.chars().collect::<Vec<_>>()).is_empty())
            };
            let here = if found > 0 {
                *whole
            } else if all_words() {
                *words
            } else {
                0
            };
            best = best.max(here);
        }
        // The first place is counted by `best`.
        let again = again.saturating_sub(1).min(5);
        sum += best + 2 * i64::try_from(again).unwrap_or(5);
    }
    sum * 10 / i64::try_from(needles.len().max(1)).unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::bigram::needles;

    fn shown(segments: &[Segment]) -> String {
        segments
            .iter()
            .map(|s| if s.hit { format!("[{}]", s.text) } else { s.text.clone() })
            .collect()
    }

    #[test]
    fn the_place_of_the_hit_is_shown_and_marked() {
        let table = [
            ("夜里停车太乱", "停车", 40, "夜里[停车]太乱"),
            ("夜里停车太乱", "停", 40, "夜里[停]车太乱"),
            ("停车停车", "停车", 40, "[停车停车]"),
            ("西门\n路灯", "路灯 西门", 40, "[西门] [路灯]"),
            ("车位不够，停车难", "停车位", 40, "[车位]不够，[停车]难"),
            ("说的是ＧＰＳ", "gps", 40, "说的是[ＧＰＳ]"),
            ("15号楼和5号楼", "5 楼", 40, "15号[楼]和[5]号[楼]"),
            ("没有", "停车", 40, ""),
            ("一二三四五六七八九十一二三四五六停车七八九十", "停车", 8, "…五六[停车]七八九十"),
            ("停车一二三四五六七八九十", "停车", 6, "[停车]一二三四…"),
        ];
        for (text, typed, width, expected) in table {
            let found = shown(&snippet(text, &needles(typed), width));
            assert_eq!(found, expected, "{text} / {typed}");
        }
    }

    #[test]
    fn titles_count_most_and_whole_pieces_more() {
        let needles = needles("停车位");
        let order = [
            score(&needles, "停车位不够", "", ""),
            score(&needles, "停车没有车位", "", ""),
            score(&needles, "晚上没处停", "停车位划线", ""),
            score(&needles, "晚上没处停", "", "停车位太少，停车位要划线"),
            score(&needles, "晚上没处停", "", "停车位太少"),
            score(&needles, "晚上没处停", "", "停车难，车位少"),
            score(&needles, "晚上没处停", "", "别的"),
        ];
        assert!(order.windows(2).all(|pair| pair[0] > pair[1]), "{order:?}");
        assert_eq!(order[6], 0);
    }

    proptest! {
        #[test]
        fn marking_changes_no_character(text in "\\PC{0,60}", typed in "\\PC{0,12}") {
            let all: String = marked(&text, &needles(&typed)).into_iter().map(|s| s.text).collect();
            prop_assert_eq!(all, text);
        }

        #[test]
        fn a_snippet_is_as_wide_as_asked_and_holds_a_hit(
            text in "[\u{4E00}-\u{4E10}a-c ]{0,80}", typed in "[\u{4E00}-\u{4E10}]{1,3}",
        ) {
            let found = snippet(&text, &needles(&typed), 20);
            let len: usize = found.iter().map(|s| s.text.chars().count()).sum();
            prop_assert!(len <= 22);
            prop_assert!(found.is_empty() || found.iter().any(|s| s.hit));
        }
    }
}
