//! The forum of a matter: what a post is to its readers, and what they can say to it in one tap.

use std::fmt;

use unicode_segmentation::UnicodeSegmentation;

use crate::named::named_enum;
use crate::stance::Stance;
use crate::text::Nickname;
use crate::time::{HOUR_MS, Timestamp};

named_enum! {
    /// Whether a post can be read.
    PostState {
        /// Everyone reads it.
        Shown = "shown",
        /// Somebody looks first: its author and those who moderate read it.
        Waiting = "waiting",
        /// Several households reported it: as with `Waiting`, until somebody has looked.
        Folded = "folded",
        /// 已移除: its text is in the record of the removal alone.
        Removed = "removed",
        /// 没有通过: never shown; its author reads why.
        Declined = "declined",
    }
}

named_enum! {
    /// The only reactions.
    Reaction {
        /// 谢谢
        Thanks = "thanks",
        /// 有道理
        Reason = "reason",
    }
}

named_enum! {
    /// In which order posts stand.
    Order {
        /// By time, the newest first.
        Time = "time",
        /// By balance: the strongest of each stance side by side.
        Balance = "balance",
    }
}

/// How long posts in a row count together.
pub const TURN_MS: i64 = HOUR_MS;

/// When somebody may speak again who has spoken so many times in a row; none when they may now.
///
/// `own` are the times of the latest posts of the matter, the newest first, up to the first that somebody
/// else wrote. With `most` of them within an hour others are given the word: until one of them is an hour
/// old, or somebody else has spoken.
#[must_use]
pub fn turn_comes_at(own: &[Timestamp], now: Timestamp, most: u32) -> Option<Timestamp> {
    let last = usize::try_from(most).ok()?.checked_sub(1)?;
    let again = own.get(last)?.plus_ms(TURN_MS);
    (again > now).then_some(again)
}

/// Where a page of posts goes on, as it stands in an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cursor {
    /// By time: the posts before this row.
    Before(i64),
    /// By balance: where each stance goes on, in the order of [`Stance::ALL`].
    Balance([Next; Stance::ALL.len()]),
}

/// Where a stance goes on, the strongest post first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Next {
    /// At its strongest post.
    #[default]
    Start,
    /// After a post with so many 有道理 in that row.
    After {
        /// 有道理 said to it.
        reasons: i64,
        /// Its row.
        id: i64,
    },
    /// It is at its end.
    End,
}

impl Cursor {
    /// The first page by balance.
    pub const BALANCE: Self = Self::Balance([Next::Start; Stance::ALL.len()]);

    /// The order that it belongs to.
    #[must_use]
    pub const fn order(self) -> Order {
        match self {
            Self::Before(_) => Order::Time,
            Self::Balance(_) => Order::Balance,
        }
    }

    /// Reads what [`Display`](fmt::Display) wrote: `120`, or `3.120_s_e_0.7`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if let Ok(row) = text.parse() {
            return Some(Self::Before(row));
        }
        let mut parts = text.split('_');
        let mut nexts = [Next::Start; Stance::ALL.len()];
        for next in &mut nexts {
            *next = match parts.next()? {
                "s" => Next::Start,
                "e" => Next::End,
                after => {
                    let (reasons, id) = after.split_once('.')?;
                    Next::After { reasons: reasons.parse().ok()?, id: id.parse().ok()? }
                }
            };
        }
        parts.next().is_none().then_some(Self::Balance(nexts))
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nexts = match self {
            Self::Before(row) => return write!(f, "{row}"),
            Self::Balance(nexts) => nexts,
        };
        for (n, next) in nexts.iter().enumerate() {
            let between = if n == 0 { "" } else { "_" };
            match next {
                Next::Start => write!(f, "{between}s")?,
                Next::End => write!(f, "{between}e")?,
                Next::After { reasons, id } => write!(f, "{between}{reasons}.{id}")?,
            }
        }
        Ok(())
    }
}

/// The most people who are named in one post.
pub const MENTIONS: usize = 5;

/// What could be a name after each @ of a text, the longest first: a name may hold spaces, and nobody writes
/// one after it in Chinese. At most [`MENTIONS`] times @.
#[must_use]
pub fn called(text: &str) -> Vec<Vec<&str>> {
    let calls = text.match_indices(['@', '＠']).take(MENTIONS);
    calls
        .map(|(at, sign)| {
            let rest = &text[at + sign.len()..];
            let line = rest.split('\n').next().unwrap_or_default();
            let ends = line.grapheme_indices(true).map(|(at, sign)| at + sign.len());
            let mut names: Vec<&str> = ends
                .take(Nickname::MAX)
                .filter_map(|end| line.get(..end))
                .filter(|name| !name.ends_with(char::is_whitespace))
                .collect();
            names.reverse();
            names
        })
        .filter(|names| !names.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::MINUTE_MS;

    #[test]
    fn after_so_many_in_a_row_others_have_the_word() {
        // Minutes ago, the newest first; how many are allowed; in how many minutes the turn comes.
        let table: [(&[i64], u32, Option<i64>); 10] = [
            (&[], 3, None),
            (&[1, 2], 3, None),
            (&[1, 2, 3], 3, Some(57)),
            (&[1, 2, 3, 50], 3, Some(57)),
            (&[0, 0, 59], 3, Some(1)),
            (&[0, 0, 60], 3, None),
            (&[0, 70, 80], 3, None),
            (&[5, 6], 2, Some(54)),
            (&[0], 1, Some(60)),
            (&[0, 0, 0], 0, None),
        ];
        let now = Timestamp(1_000 * HOUR_MS);
        for (ago, most, expected) in table {
            let own: Vec<_> = ago.iter().map(|ago| now.plus_ms(-ago * MINUTE_MS)).collect();
            let expected = expected.map(|minutes| now.plus_ms(minutes * MINUTE_MS));
            assert_eq!(turn_comes_at(&own, now, most), expected, "{ago:?} of {most}");
        }
    }

    #[test]
    fn a_cursor_is_read_as_it_was_written() {
        let mixed = Cursor::Balance([
            Next::After { reasons: 3, id: 120 },
            Next::Start,
            Next::End,
            Next::After { reasons: 0, id: 7 },
        ]);
        for (cursor, text) in
            [(Cursor::Before(41), "41"), (Cursor::BALANCE, "s_s_s_s"), (mixed, "3.120_s_e_0.7")]
        {
            assert_eq!(cursor.to_string(), text);
            assert_eq!(Cursor::parse(text), Some(cursor));
        }
        for wrong in ["", "x", "s_s_s", "s_s_s_s_s", "1.x_s_s_s", "1_s_s_s", "'; DROP"] {
            assert_eq!(Cursor::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn names_after_the_sign() {
        assert_eq!(called("@老王，好"), [["老王，好", "老王，", "老王", "老"]]);
        assert_eq!(called("问＠甲 乙\n丙"), [["甲 乙", "甲"]]);
        assert!(called("没有叫人").is_empty() && called("@").is_empty());
        assert_eq!(called(&"@甲".repeat(9)).len(), MENTIONS);
        assert_eq!(called(&format!("@{}", "长".repeat(20)))[0].len(), Nickname::MAX);
    }
}
