//! The difference of two texts, as people read it: what was kept, what is gone, what is new.

use similar::{Algorithm, DiffOp, capture_diff_slices};
use unicode_segmentation::UnicodeSegmentation;

/// What became of a piece of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// In both.
    Kept,
    /// In the old text alone.
    Gone,
    /// In the new text alone.
    New,
}

/// A piece of the two texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    /// What became of it.
    pub fate: Fate,
    /// Its text, never empty.
    pub text: String,
}

/// Kept pieces between two changes of fewer characters than this become part of the change: a sentence
/// that is striped character by character can't be read.
const SHORTEST_KEPT: usize = 3;

/// The difference from `old` to `new`. What is kept and what is gone give `old`, what is kept and what is
/// new give `new`, in order; neighbours have different fates, and what is gone comes before what is new.
///
/// Compared are characters as people see them (UAX #29), and words and numbers in Latin letters as wholes.
/// Myers' algorithm, "An O(ND) Difference Algorithm and Its Variations", 1986.
#[must_use]
pub fn difference(old: &str, new: &str) -> Vec<Segment> {
    let (olds, news) = (pieces(old), pieces(new));
    let mut runs = Runs::default();
    for op in capture_diff_slices(Algorithm::Myers, &olds, &news) {
        match op {
            DiffOp::Equal { old_index, len, .. } => runs.keep(join(&olds, old_index, len)),
            DiffOp::Delete { old_index, old_len, .. } => {
                runs.change(&join(&olds, old_index, old_len), "");
            }
            DiffOp::Insert { new_index, new_len, .. } => {
                runs.change("", &join(&news, new_index, new_len));
            }
            DiffOp::Replace { old_index, old_len, new_index, new_len } => {
                runs.change(&join(&olds, old_index, old_len), &join(&news, new_index, new_len));
            }
        }
    }
    runs.segments()
}

/// Characters as people see them; letters and digits of ASCII that follow each other stay together.
fn pieces(text: &str) -> Vec<&str> {
    let is_word = |piece: &str| piece.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let mut pieces: Vec<&str> = Vec::new();
    let mut start = 0;
    for (at, grapheme) in text.grapheme_indices(true) {
        let end = at + grapheme.len();
        if is_word(grapheme) && pieces.last().is_some_and(|last| is_word(last)) {
            pieces.pop();
        } else {
            start = at;
        }
        pieces.extend(text.get(start..end));
    }
    pieces
}

fn join(pieces: &[&str], from: usize, len: usize) -> String {
    pieces.iter().skip(from).take(len).copied().collect()
}

/// A run of the two texts: kept, or gone and new.
#[derive(Debug)]
enum Run {
    Kept(String),
    Changed(String, String),
}

#[derive(Debug, Default)]
struct Runs(Vec<Run>);

impl Runs {
    fn keep(&mut self, text: String) {
        match self.0.last_mut() {
            Some(Run::Kept(kept)) => kept.push_str(&text),
            _ => self.0.push(Run::Kept(text)),
        }
    }

    fn change(&mut self, gone: &str, new: &str) {
        if !matches!(self.0.last(), Some(Run::Changed(..))) {
            // A short kept piece between two changes goes into them, on both sides.
            let between = match self.0.as_slice() {
                [.., Run::Changed(..), Run::Kept(kept)] if is_short(kept) => self.0.pop(),
                _ => None,
            };
            match between {
                Some(Run::Kept(kept)) => self.extend(&kept, &kept),
                _ => self.0.push(Run::Changed(String::new(), String::new())),
            }
        }
        self.extend(gone, new);
    }

    fn extend(&mut self, gone: &str, new: &str) {
        if let Some(Run::Changed(all_gone, all_new)) = self.0.last_mut() {
            all_gone.push_str(gone);
            all_new.push_str(new);
        }
    }

    fn segments(self) -> Vec<Segment> {
        let mut segments = Vec::new();
        let mut push = |fate, text: String| {
            if !text.is_empty() {
                segments.push(Segment { fate, text });
            }
        };
        for run in self.0 {
            match run {
                Run::Kept(text) => push(Fate::Kept, text),
                Run::Changed(gone, new) => {
                    push(Fate::Gone, gone);
                    push(Fate::New, new);
                }
            }
        }
        segments
    }
}

/// A line's end parts sentences: it is never swallowed.
fn is_short(kept: &str) -> bool {
    !kept.contains('\n') && kept.graphemes(true).take(SHORTEST_KEPT).count() < SHORTEST_KEPT
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// `[-gone-]` and `{+new+}`, as `git diff --word-diff` marks them.
    fn marked(old: &str, new: &str) -> String {
        let mark = |segment: Segment| match segment.fate {
            Fate::Kept => segment.text,
            Fate::Gone => format!("[-{}-]", segment.text),
            Fate::New => format!("{{+{}+}}", segment.text),
        };
        difference(old, new).into_iter().map(mark).collect()
    }

    #[test]
    fn differences_as_people_read_them() {
        for (old, new, expected) in [
            ("", "", ""),
            ("一样的", "一样的", "一样的"),
            ("", "新的", "{+新的+}"),
            ("旧的", "", "[-旧的-]"),
            ("西门路灯坏了两盏", "西门路灯坏了三盏", "西门路灯坏了[-两-]{+三+}盏"),
            // A number is one whole.
            ("要 120 元", "要 180 元", "要 [-120-]{+180+} 元"),
            ("call the LED lamp", "call the LCD lamp", "call the [-LED-]{+LCD+} lamp"),
            // A character made of several is never torn.
            ("全家👨‍👩‍👧来", "全家👨‍👩‍👦来", "全家[-👨‍👩‍👧-]{+👨‍👩‍👦+}来"),
            ("e\u{301}", "e", "[-e\u{301}-]{+e+}"),
            // Two kept characters between changes are read with them.
            ("甲好的乙，不改", "丙好的丁，不改", "[-甲好的乙-]{+丙好的丁+}，不改"),
            ("甲这样好乙", "丙这样好丁", "[-甲-]{+丙+}这样好[-乙-]{+丁+}"),
            ("一\n二", "甲\n乙", "[-一-]{+甲+}\n[-二-]{+乙+}"),
        ] {
            assert_eq!(marked(old, new), expected);
        }
    }

    /// Texts that have much in common, of letters that make trouble.
    fn texts() -> impl Strategy<Value = (String, String)> {
        let piece = prop::sample::select(vec![
            "电梯",
            "停",
            "车",
            "。",
            "\n",
            " ",
            "a",
            "B2",
            "12",
            "e\u{301}",
            "👨‍👩‍👧",
            "👍🏽",
            "🇨🇳",
            "\u{200D}",
            "\u{301}",
            "क्ष",
        ]);
        let text = move || prop::collection::vec(piece.clone(), 0..24).prop_map(|p| p.concat());
        (text(), text())
    }

    fn side(segments: &[Segment], without: Fate) -> String {
        let kept = segments.iter().filter(|segment| segment.fate != without);
        kept.map(|segment| segment.text.as_str()).collect()
    }

    proptest! {
        #[test]
        fn both_texts_come_back((old, new) in texts()) {
            let segments = difference(&old, &new);
            prop_assert_eq!(side(&segments, Fate::New), old);
            prop_assert_eq!(side(&segments, Fate::Gone), new);
        }

        #[test]
        fn any_two_texts_come_back(old: String, new: String) {
            let segments = difference(&old, &new);
            prop_assert_eq!(side(&segments, Fate::New), old);
            prop_assert_eq!(side(&segments, Fate::Gone), new);
        }

        #[test]
        fn pieces_lie_in_order_and_are_never_empty((old, new) in texts()) {
            let segments = difference(&old, &new);
            prop_assert!(segments.iter().all(|segment| !segment.text.is_empty()));
            for pair in segments.windows(2) {
                prop_assert_ne!(pair[0].fate, pair[1].fate);
                prop_assert!(!(pair[0].fate == Fate::New && pair[1].fate == Fate::Gone));
            }
            if old == new {
                prop_assert!(segments.iter().all(|segment| segment.fate == Fate::Kept));
            }
        }

        #[test]
        fn no_character_is_torn((old, new) in texts()) {
            let segments = difference(&old, &new);
            for (text, without) in [(&old, Fate::New), (&new, Fate::Gone)] {
                let bounds: Vec<usize> = text.grapheme_indices(true).map(|(at, _)| at).collect();
                let mut at = 0;
                for segment in segments.iter().filter(|segment| segment.fate != without) {
                    prop_assert!(bounds.contains(&at), "{:?} is torn at {}", text, at);
                    at += segment.text.len();
                }
            }
        }
    }
}
