//! Covers what a neighbour's text should not give away: telephone, ID-card and room numbers.
//!
//! (个人信息保护法 Art 6, 25: no more is shown than is needed.) A place that may be said stays: 5号楼2单元.
//! So do the numbers that everybody may know: 110, 12345, 96…, 400-…, and the community's own telephone.
//! One walk over the text, bounded look-ahead at each sign: linear time, and the same code in the browser.

mod number;
mod room;
mod signs;

use signs::{Sign, signs};

use crate::named::named_enum;

named_enum! {
    /// What was covered.
    Found {
        /// A telephone number.
        Phone = "phone",
        /// 身份证号
        IdCard = "id_card",
        /// 门牌号: the room, never the building or the entrance.
        Room = "room",
    }
}

/// What stands in the place of each of at most [`MARKS`] covered signs.
pub const MARK: char = '●';
/// The most marks in a row: they don't tell how long the number was.
pub const MARKS: usize = 3;

/// A text of which nothing is given away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Masked {
    /// The text: never longer than before, counted in characters.
    pub text: String,
    /// What was covered.
    pub found: Vec<Found>,
}

/// Covers telephone, ID-card and room numbers. Covering twice is covering once.
#[must_use]
pub fn mask(text: &str) -> Masked {
    mask_but(text, "")
}

/// The same, but for the telephone of the community as it is written in its settings.
#[must_use]
pub fn mask_but(text: &str, own_phone: &str) -> Masked {
    let mut masked = once(text, own_phone);
    // What was covered can leave a number beside it that is one only now. Each round covers digits, so it ends.
    loop {
        let again = once(&masked.text, own_phone);
        if again.found.is_empty() {
            return masked;
        }
        masked.text = again.text;
        masked.found.extend(again.found);
    }
}

fn once(text: &str, own_phone: &str) -> Masked {
    let signs = signs(text);
    let mut spans = number::numbers(&signs, &number::digits_of(own_phone));
    let taken: Vec<_> = spans.iter().map(|span| (span.from, span.to)).collect();
    spans.extend(room::rooms(&signs, &taken));
    spans.sort_by_key(|span| span.from);
    let mut masked = Masked { text: String::with_capacity(text.len()), found: Vec::new() };
    let mut rest = 0;
    for span in spans {
        let Some(first) = signs.get(span.from).filter(|first| first.at >= rest) else { continue };
        masked.text.push_str(text.get(rest..first.at).unwrap_or_default());
        masked.text.extend(std::iter::repeat_n(MARK, MARKS.min(span.to - span.from)));
        masked.found.push(span.found);
        rest = signs.get(span.to).map_or(text.len(), |next| next.at);
    }
    masked.text.push_str(text.get(rest..).unwrap_or_default());
    masked
}

/// A part of the signs, `from` included and `to` not.
#[derive(Debug, Clone, Copy)]
struct Span {
    from: usize,
    to: usize,
    found: Found,
}

/// Where a row of digits begins.
fn begins_digits(signs: &[Sign], at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|before| signs.get(before));
    signs.get(at).is_some_and(Sign::is_digit) && !before.is_some_and(Sign::is_digit)
}
