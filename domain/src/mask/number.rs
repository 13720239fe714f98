//! Telephone and ID-card numbers.

use super::signs::{Sign, signs};
use super::{Found, Span, begins_digits};

/// Digits of an ID card (GB 11643-1999), of one from before 1999, and of a mobile number.
const ID: usize = 18;
const OLD_ID: usize = 15;
const MOBILE: usize = 11;
/// The most groups in which people write a number.
const GROUPS: usize = 5;
/// The most signs between two groups.
const GAP: usize = 2;
/// What may stand before a mobile number without a gap: the country, and a habit from fixed lines.
const BEFORE: [&[u8]; 4] = [&[0, 0, 8, 6], &[0, 8, 6], &[8, 6], &[0]];
/// Provinces and the like, the first two digits of an ID card (GB/T 2260).
const PROVINCES: [u8; 34] = [
    11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45, 46, 50, 51, 52,
    53, 54, 61, 62, 63, 64, 65, 71, 81, 82,
];

/// The digits of a text.
pub(super) fn digits_of(text: &str) -> Vec<u8> {
    signs(text).iter().filter_map(|sign| sign.digit).collect()
}

/// The numbers that are to be covered, in the order of the text.
pub(super) fn numbers(signs: &[Sign], own: &[u8]) -> Vec<Span> {
    let mut spans = Vec::new();
    let mut at = 0;
    while at < signs.len() {
        let number = begins_digits(signs, at).then(|| number_at(signs, at, own)).flatten();
        at = number.map_or(at + 1, |span| span.to);
        spans.extend(number);
    }
    spans
}

fn number_at(signs: &[Sign], from: usize, own: &[u8]) -> Option<Span> {
    let row = Row::read(signs, from);
    let id = row.ends(ID).filter(|_| is_id(&row.digits[..ID]));
    let id = id.or_else(|| row.ends(OLD_ID).filter(|_| is_old_id(&row.digits[..OLD_ID])));
    if let Some(to) = id {
        return Some(Span { from, to, found: Found::IdCard });
    }
    let (len, to) = row.phone()?;
    if is_own(&row.digits[..len], own) {
        return None;
    }
    // (010)… goes with its bracket.
    let closes = signs[from..to].iter().any(|sign| matches!(sign.char, ')' | '）'));
    let opens = from.checked_sub(1).filter(|at| matches!(signs[*at].char, '(' | '（'));
    let from = opens.filter(|_| closes).unwrap_or(from);
    Some(Span { from, to, found: Found::Phone })
}

/// Whether a number is the community's own, with or without the code of its area.
fn is_own(number: &[u8], own: &[u8]) -> bool {
    let holds = |part: &[u8]| part.len() >= 7 && own.windows(part.len()).any(|it| it == part);
    holds(number) || (number.first() == Some(&0) && (holds(&number[3..]) || holds(&number[4..])))
}

/// The digits from a place on, at most those of an ID card, and where their groups end.
struct Row {
    digits: Vec<u8>,
    /// After how many digits a group ends, and at which sign.
    ends: Vec<(usize, usize)>,
    /// Whether a point stands between the groups up to there.
    points: Vec<bool>,
}

impl Row {
    fn read(signs: &[Sign], from: usize) -> Self {
        let mut row = Self { digits: Vec::new(), ends: Vec::new(), points: Vec::new() };
        let (mut at, mut point) = (from, false);
        loop {
            while let Some(digit) = signs.get(at).and_then(|sign| sign.digit) {
                if row.digits.len() == ID {
                    return row;
                }
                row.digits.push(digit);
                at += 1;
            }
            if row.digits.len() == ID - 1 && is_x(signs, at) {
                // The check digit 10.
                row.digits.push(10);
                at += 1;
            }
            row.ends.push((row.digits.len(), at));
            row.points.push(point);
            let gap = signs[at..].iter().take(GAP + 1);
            let gap = gap.take_while(|sign| sign.is_gap() || sign.is_point()).count();
            let next = signs.get(at + gap);
            let goes_on = next.is_some_and(Sign::is_digit)
                || (row.digits.len() == ID - 1 && is_x(signs, at + gap));
            if gap == 0 || gap > GAP || !goes_on || row.digits.len() >= ID {
                return row;
            }
            point |= signs[at..at + gap].iter().any(Sign::is_point);
            at += gap;
        }
    }

    /// The sign at which a group ends after so many digits, in not too many groups.
    fn ends(&self, digits: usize) -> Option<usize> {
        let groups = self.ends.iter().position(|(len, _)| *len == digits)?;
        let usual = groups < GROUPS || groups + 1 == digits;
        let (_, to) = *self.ends.get(groups)?;
        (usual && (!self.points[groups] || self.grouped_as_usual(0, groups))).then_some(to)
    }

    /// Whether a mobile number stands in the groups in which it is usually written.
    fn grouped_as_usual(&self, before: usize, groups: usize) -> bool {
        let ends: Vec<_> =
            self.ends[..=groups].iter().map(|(len, _)| len.saturating_sub(before)).collect();
        matches!(ends.as_slice(), [11] | [3, 7, 11] | [3, 11] | [7, 11])
    }

    /// How many digits a telephone number from here on has, and the sign at which it ends.
    fn phone(&self) -> Option<(usize, usize)> {
        let digits = self.digits.as_slice();
        let befores = BEFORE.iter().filter(|before| digits.starts_with(before));
        for before in std::iter::once(0).chain(befores.map(|before| before.len())) {
            let number = digits.get(before..before + MOBILE);
            let mobile =
                number.is_some_and(|it| it[0] == 1 && (3..=9).contains(&it[1]) && it[10] < 10);
            if mobile && let Some(to) = self.ends(before + MOBILE) {
                return Some((before + MOBILE, to));
            }
        }
        let area = match digits {
            [0, 1, 0, ..] | [0, 2, ..] => 3,
            [0, 3..=9, ..] => 4,
            _ => return None,
        };
        let local = digits.get(area).is_some_and(|first| (2..=8).contains(first));
        let lengths: &[usize] = if area == 3 { &[11] } else { &[12, 11] };
        let first = self.ends.first().map(|(len, _)| *len);
        let split = first.is_some_and(|first| first == area || first >= area + 7);
        let end = |len: &usize| {
            let to = self.ends.iter().zip(&self.points).find(|((ends, _), _)| ends == len);
            to.filter(|(_, point)| !**point).map(|((_, to), _)| (*len, *to))
        };
        (local && split).then(|| lengths.iter().find_map(end)).flatten()
    }
}

fn is_x(signs: &[Sign], at: usize) -> bool {
    let x = signs.get(at).is_some_and(|sign| matches!(sign.char, 'x' | 'X' | 'ｘ' | 'Ｘ'));
    x && !signs.get(at + 1).is_some_and(|next| next.char.is_ascii_alphabetic())
}

/// Place and birthday are possible, and the check digit is right (GB 11643-1999, ISO 7064 MOD 11-2).
fn is_id(digits: &[u8]) -> bool {
    const WEIGHTS: [u32; ID] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2, 1];
    let sum: u32 =
        digits.iter().zip(WEIGHTS).map(|(digit, weight)| u32::from(*digit) * weight).sum();
    let century = matches!(digits[6..8], [1, 8 | 9] | [2, 0]);
    is_province(digits) && century && is_day(&digits[10..14]) && sum % 11 == 1
}

/// Place and birthday are possible.
fn is_old_id(digits: &[u8]) -> bool {
    is_province(digits) && is_day(&digits[8..12])
}

fn is_province(digits: &[u8]) -> bool {
    PROVINCES.contains(&(digits[0] * 10 + digits[1]))
}

fn is_day(digits: &[u8]) -> bool {
    let (month, day) = (digits[0] * 10 + digits[1], digits[2] * 10 + digits[3]);
    (1..=12).contains(&month) && (1..=31).contains(&day)
}
