//! Texts that people type, checked once: a value of these types is clean and within its limits.
//!
//! Lengths are counted as people count characters: extended grapheme clusters (Unicode UAX #29).

use serde::{Deserialize, Serialize};
use thiserror::Error;
use unicode_segmentation::UnicodeSegmentation;

/// Why a text was refused. `len`, `min` and `max` are characters as people count them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum TextError {
    /// Nothing was written.
    #[error("nothing was written")]
    Empty,
    /// Shorter than the limit.
    #[error("{len} characters, at least {min} are needed")]
    TooShort {
        /// Characters found.
        len: usize,
        /// The least that is taken.
        min: usize,
    },
    /// Longer than the limit.
    #[error("{len} characters, at most {max} are taken")]
    TooLong {
        /// Characters found.
        len: usize,
        /// The most that is taken.
        max: usize,
    },
}

/// Characters as people count them.
#[must_use]
pub fn count(text: &str) -> usize {
    text.graphemes(true).count()
}

/// Trims, unifies line ends, and drops what can't be seen: control characters, and the marks that
/// turn the direction of what follows, by which a text can be made to read as another.
#[must_use]
pub fn clean(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let kept: String = text
        .chars()
        .filter(|c| {
            let steers =
                matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}');
            !steers && (*c == '\n' || *c == '\t' || !c.is_control())
        })
        .collect();
    kept.trim().to_owned()
}

fn check(text: String, min: usize, max: usize) -> Result<String, TextError> {
    let len = count(&text);
    match len {
        0 => Err(TextError::Empty),
        _ if len < min => Err(TextError::TooShort { len, min }),
        _ if len > max => Err(TextError::TooLong { len, max }),
        _ => Ok(text),
    }
}

macro_rules! text_types {
    ($(#[doc = $doc:literal] $name:ident($min:literal, $max:literal, $lines:ident)),+ $(,)?) => {$(
        #[doc = $doc]
        #[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// The least that is taken, in characters.
            pub const MIN: usize = $min;
            /// The most that is taken, in characters.
            pub const MAX: usize = $max;

            /// Cleans and checks a typed text.
            ///
            /// # Errors
            /// [`TextError`] when it is empty, too short or too long.
            pub fn parse(text: &str) -> Result<Self, TextError> {
                check($lines(text), $min, $max).map(Self)
            }

            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    )+};
}

fn one_line(text: &str) -> String {
    clean(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

fn lines(text: &str) -> String {
    clean(text)
}

text_types! {
    #[doc = "A matter's title."]
    Title(5, 30, one_line),
    #[doc = "现状: what is wrong now."]
    Situation(10, 300, lines),
    #[doc = "建议: what to do."]
    Suggestion(10, 300, lines),
    #[doc = "Where, in words a neighbour knows: never a room number."]
    Spot(1, 40, one_line),
    #[doc = "代提: for whom a matter is entered, in the words shown."]
    OnBehalf(1, 40, one_line),
    #[doc = "A post in the courtyard's forum."]
    PostBody(1, 500, lines),
    #[doc = "The chair's pinned summary."]
    Summary(10, 1000, lines),
    #[doc = "One part of the chair's summary: a point a line."]
    SummaryPoints(1, 500, lines),
    #[doc = "The reason of an act, which everyone can read."]
    Reason(5, 500, lines),
    #[doc = "A progress or completion note."]
    Note(5, 500, lines),
    #[doc = "Words of a satisfaction review."]
    ReviewWords(1, 300, lines),
    #[doc = "Minutes of a session (纪要)."]
    Minutes(10, 3000, lines),
    #[doc = "A ballot's question."]
    Question(5, 100, one_line),
    #[doc = "Who receives a referral."]
    Receiver(2, 40, one_line),
    #[doc = "A statement that neighbours agree or disagree with."]
    StatementBody(4, 140, one_line),
    #[doc = "The name that others see."]
    Nickname(1, 12, one_line),
    #[doc = "What is seen on a photo, for those who can't see it."]
    Alt(1, 100, one_line),
    #[doc = "What a plan shows."]
    PlanName(2, 30, one_line),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counted_as_people_count() {
        assert_eq!(count("电梯"), 2);
        assert_eq!(count("👨‍👩‍👧"), 1);
        assert_eq!(count("e\u{301}"), 1);
    }

    #[test]
    fn limits_are_inclusive() {
        assert_eq!(Title::parse("四个字啊"), Err(TextError::TooShort { len: 4, min: 5 }));
        assert!(Title::parse("五个字正好").is_ok());
        assert!(Title::parse(&"长".repeat(30)).is_ok());
        assert_eq!(Title::parse(&"长".repeat(31)), Err(TextError::TooLong { len: 31, max: 30 }));
        assert_eq!(Title::parse(" \n "), Err(TextError::Empty));
    }

    #[test]
    fn cleaned_of_what_cannot_be_seen() {
        let title = Title::parse("  西门\u{202E}路灯\r\n连坏\u{0}三盏 ").map(|t| t.to_string());
        assert_eq!(title.as_deref(), Ok("西门路灯 连坏三盏"));
        let body = PostBody::parse("一行\r\n二行\r三行").map(|t| t.to_string());
        assert_eq!(body.as_deref(), Ok("一行\n二行\n三行"));
    }
}
