//! Words to find Chinese text by: there are no spaces between words, so every two characters that stand
//! together are one, and every character by itself too (bigrams, as in CJK analysers of text search).
//!
//! ```
//! assert_eq!(domain::bigram::words("停车位 GPS"), ["停车", "停", "车位", "车", "位", "gps"]);
//! ```

/// The longest Latin word or number that is kept, in characters.
const WORD_MAX: usize = 32;
/// The most of what is searched for that is looked at, in characters.
pub const QUERY_MAX: usize = 60;
/// The most words that one search asks for.
const QUERY_WORDS: usize = 24;

/// A character as it is compared: full-width forms (Unicode Halfwidth and Fullwidth Forms) as the usual
/// ones, Latin letters in lower case. One character becomes one, so that places in a text stay.
#[must_use]
pub fn fold(c: char) -> char {
    let c = match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        '\u{3000}' => ' ',
        c => c,
    };
    let mut lower = c.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(lower), None) => lower,
        _ => c,
    }
}

/// Whether words of this script are written without spaces: Han, kana and Hangul.
#[must_use]
pub fn is_cjk(c: char) -> bool {
    c.is_alphanumeric()
        && matches!(
            c,
            '\u{3005}'..='\u{3007}'
                | '\u{3040}'..='\u{30FA}'
                | '\u{30FC}'..='\u{30FF}'
                | '\u{3400}'..='\u{4DBF}'
                | '\u{4E00}'..='\u{9FFF}'
                | '\u{AC00}'..='\u{D7A3}'
                | '\u{F900}'..='\u{FAFF}'
                | '\u{20000}'..='\u{3FFFD}'
        )
}

/// A run of characters that belong together.
enum Run {
    /// Characters written without spaces.
    Cjk(Vec<char>),
    /// A Latin word or a number.
    Word(String),
}

fn runs(text: &str) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let mut open = false;
    for c in text.chars().map(fold) {
        if is_cjk(c) {
            match runs.last_mut() {
                Some(Run::Cjk(run)) if open => run.push(c),
                _ => runs.push(Run::Cjk(vec![c])),
            }
        } else if c.is_alphanumeric() {
            match runs.last_mut() {
                Some(Run::Word(word)) if open => word.push(c),
                _ => runs.push(Run::Word(c.into())),
            }
        }
        open = is_cjk(c) || c.is_alphanumeric();
    }
    runs
}

fn cut(word: &str) -> String {
    word.chars().take(WORD_MAX).collect()
}

/// All words by which a text is found, in the order in which they stand; the same word may come again.
#[must_use]
pub fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    for run in runs(text) {
        match run {
            Run::Word(word) => words.push(cut(&word)),
            Run::Cjk(run) => {
                for (i, c) in run.iter().enumerate() {
                    if let Some(next) = run.get(i + 1) {
                        words.push([*c, *next].iter().collect());
                    }
                    words.push(c.to_string());
                }
            }
        }
    }
    words
}

/// The same without the single characters of longer runs: what a text is compared by.
#[must_use]
pub fn pairs(text: &str) -> Vec<String> {
    runs(text).into_iter().flat_map(asked).collect()
}

/// What a run is asked for by: its bigrams, or its one character.
fn asked(run: Run) -> Vec<String> {
    match run {
        Run::Word(word) => vec![cut(&word)],
        Run::Cjk(run) if run.len() == 1 => vec![run.iter().collect()],
        Run::Cjk(run) => run.windows(2).map(|pair| pair.iter().collect()).collect(),
    }
}

/// One piece of a search, without a space in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Needle {
    /// The piece, folded: where it stands as a whole is a better hit.
    pub phrase: Vec<char>,
    /// Its words: each has to be there.
    pub words: Vec<String>,
}

/// The pieces of what somebody typed into a search field, at most [`QUERY_MAX`] characters of it; pieces
/// that hold nothing to look for are left out.
#[must_use]
pub fn needles(typed: &str) -> Vec<Needle> {
    let folded: String = typed.chars().take(QUERY_MAX).map(fold).collect();
    let mut left = QUERY_WORDS;
    let mut needles: Vec<Needle> = Vec::new();
    for piece in folded.split_whitespace() {
        let mut words: Vec<String> = Vec::new();
        for word in runs(piece).into_iter().flat_map(asked) {
            if left > 0 && !words.contains(&word) {
                left -= 1;
                words.push(word);
            }
        }
        let phrase: Vec<char> =
            piece.trim_matches(|c: char| !is_cjk(c) && !c.is_alphanumeric()).chars().collect();
        if !words.is_empty() && needles.iter().all(|needle| needle.phrase != phrase) {
            needles.push(Needle { phrase, words });
        }
    }
    needles
}

/// A text as it is searched: folded, its characters one by one.
#[must_use]
pub fn folded(text: &str) -> Vec<char> {
    text.chars().map(fold).collect()
}

/// Where `piece` begins in `text`, in characters; overlapping ones count once.
#[must_use]
pub fn places(text: &[char], piece: &[char]) -> Vec<usize> {
    let mut found = Vec::new();
    let Some(first) = piece.first() else { return found };
    let mut at = 0;
    while at + piece.len() <= text.len() {
        if text.get(at) == Some(first) && text.get(at..at + piece.len()) == Some(piece) {
            found.push(at);
            at += piece.len();
        } else {
            at += 1;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn words_of_texts() {
        let table: &[(&str, &[&str])] = &[
            ("", &[]),
            ("，。！ ", &[]),
            ("停", &["停"]),
            ("停车", &["停车", "停", "车"]),
            ("停车位", &["停车", "停", "车位", "车", "位"]),
            ("停车，位", &["停车", "停", "车", "位"]),
            ("5号楼", &["5", "号楼", "号", "楼"]),
            ("15号", &["15", "号"]),
            ("ＧＰＳ定位", &["gps", "定位", "定", "位"]),
            ("Wi-Fi", &["wi", "fi"]),
            ("１２３４５热线", &["12345", "热线", "热", "线"]),
            ("ÉCOLE", &["école"]),
            ("カード", &["カー", "カ", "ード", "ー", "ド"]),
            ("𠮷野家", &["𠮷野", "𠮷", "野家", "野", "家"]),
            ("路灯\u{3000}坏", &["路灯", "路", "灯", "坏"]),
        ];
        for (text, expected) in table {
            assert_eq!(words(text), *expected, "{text}");
        }
    }

    #[test]
    fn pieces_of_a_search() {
        let asked = |typed: &str| -> Vec<(String, Vec<String>)> {
            needles(typed).into_iter().map(|n| (n.phrase.iter().collect(), n.words)).collect()
        };
        let piece = |phrase: &str, words: &[&str]| {
            (phrase.to_owned(), words.iter().map(|w| (*w).to_owned()).collect())
        };
        assert_eq!(asked("  "), vec![]);
        assert_eq!(asked("？！"), vec![]);
        assert_eq!(asked("停"), vec![piece("停", &["停"])]);
        assert_eq!(asked("停车位"), vec![piece("停车位", &["停车", "车位"])]);
        assert_eq!(
            asked("“停车”　GPS 停车"),
            vec![piece("停车", &["停车"]), piece("gps", &["gps"])]
        );
        assert_eq!(asked("3号楼"), vec![piece("3号楼", &["3", "号楼"])]);
        assert_eq!(asked("哈哈哈"), vec![piece("哈哈哈", &["哈哈"])]);
    }

    #[test]
    fn a_long_search_is_cut() {
        let long: String = ('\u{4E00}'..='\u{4EFF}').collect();
        let cut = needles(&long);
        assert_eq!(cut.iter().map(|n| n.words.len()).sum::<usize>(), QUERY_WORDS);
    }

    #[test]
    fn places_do_not_overlap() {
        assert_eq!(places(&folded("哈哈哈哈哈"), &folded("哈哈")), [0, 2]);
        assert_eq!(places(&folded("abc"), &folded("")), [0_usize; 0]);
        assert_eq!(places(&folded("ab"), &folded("abc")), [0_usize; 0]);
    }

    proptest! {
        #[test]
        fn what_a_text_holds_is_found_by_its_words(
            before in "[\u{4E00}-\u{4E20}a-z0-9 ，]{0,12}",
            piece in "[\u{4E00}-\u{4E20}]{1,8}",
            after in "[\u{4E00}-\u{4E20}a-z0-9 ，]{0,12}",
        ) {
            let all = words(&format!("{before}{piece}{after}"));
            for needle in needles(&piece) {
                for word in needle.words {
                    prop_assert!(all.contains(&word), "{word} in {all:?}");
                }
            }
        }

        #[test]
        fn folding_keeps_places_and_words(text in "\\PC{0,40}") {
            let again: String = folded(&text).iter().collect();
            prop_assert_eq!(text.chars().count(), again.chars().count());
            prop_assert_eq!(words(&text), words(&again));
        }

        #[test]
        fn words_have_nothing_that_parts_words(text in "\\PC{0,60}") {
            for word in words(&text) {
                prop_assert!(!word.is_empty());
                prop_assert!(word.chars().all(char::is_alphanumeric), "{word}");
            }
        }

        #[test]
        fn pairs_are_among_the_words(text in "\\PC{0,40}") {
            let all = words(&text);
            prop_assert!(pairs(&text).iter().all(|pair| all.contains(pair)));
        }
    }
}
