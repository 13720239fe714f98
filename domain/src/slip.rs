//! Codes on printed slips: read aloud, typed by old hands, and worth guessing.
//!
//! A code has fifteen signs of an alphabet of 23, none of which is easily taken for another: 14 random
//! ones (63.3 bits) and a check sign. 23 is prime, so the weighted sum finds every single wrong sign
//! and every pair of signs in the wrong order.

use std::fmt;

use thiserror::Error;

use crate::named::named_enum;

/// The signs: no 0 O, 1 I L, 2 Z, 5 S, 8 B, 6 G or U V side by side.
pub const ALPHABET: &[u8; 23] = b"34679ACDEFHJKMNPQRTUWXY";
/// Random signs.
pub const RANDOM: usize = 14;
/// All signs, with the check sign at the end.
pub const LENGTH: usize = RANDOM + 1;
/// Signs in a printed group.
const GROUP: usize = 5;
/// How long a slip can be used, in days.
pub const DAYS: i64 = 60;

named_enum! {
    /// What a slip is for.
    Purpose {
        /// Somebody of the household joins.
        Join = "join",
        /// Somebody without a mail address sets a new password.
        Reset = "reset",
    }
}

/// A code that fits its check sign. It is a secret: it is shown only by [`Code::printed`].
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Code([u8; LENGTH]);

/// Why a typed code can't be one. The message never repeats it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum CodeError {
    /// Nothing was typed.
    #[error("nothing was typed")]
    Empty,
    /// Too few or too many signs.
    #[error("{0} signs, {LENGTH} are needed")]
    Length(usize),
    /// A sign that no code has.
    #[error("no code has the sign {0}")]
    Sign(char),
    /// One sign is wrong, or two have changed places.
    #[error("a sign is wrong")]
    Check,
}

impl Code {
    /// A code from random bytes; `None` when too few of them can be used without favouring a sign
    /// (ask again with others: of 32 bytes enough can practically always be used).
    #[must_use]
    pub fn from_random(bytes: &[u8]) -> Option<Self> {
        // 11 × 23 = 253: larger bytes would favour the first signs.
        let mut values = bytes.iter().filter(|byte| **byte < 253).map(|byte| byte % 23);
        let mut code = [0; LENGTH];
        for sign in &mut code[..RANDOM] {
            *sign = values.next()?;
        }
        code[RANDOM] = check(&code[..RANDOM]);
        Some(Self(code))
    }

    /// Reads a typed code: small or full-width letters, spaces and hyphens don't matter.
    ///
    /// # Errors
    /// [`CodeError`], which says what to look at.
    pub fn parse(typed: &str) -> Result<Self, CodeError> {
        let mut signs = Vec::with_capacity(LENGTH);
        for c in typed.chars().map(plain) {
            if c.is_whitespace() || c.is_control() || "-–—_.·".contains(c) {
                continue;
            }
            let value = ALPHABET.iter().position(|sign| char::from(*sign) == c);
            signs.push(value.and_then(|at| u8::try_from(at).ok()).ok_or(CodeError::Sign(c))?);
            if signs.len() > LENGTH * 2 {
                break;
            }
        }
        let len = signs.len();
        if len == 0 {
            return Err(CodeError::Empty);
        }
        let code: [u8; LENGTH] = signs.try_into().map_err(|_| CodeError::Length(len))?;
        if check(&code[..RANDOM]) == code[RANDOM] { Ok(Self(code)) } else { Err(CodeError::Check) }
    }

    /// As it is printed and put into an address: `ACDEF-HJKMN-PQRTU`.
    #[must_use]
    pub fn printed(&self) -> String {
        let signs: Vec<_> = self.0.iter().map(|value| sign(*value)).collect();
        let groups: Vec<String> = signs.chunks(GROUP).map(|group| group.iter().collect()).collect();
        groups.join("-")
    }

    /// Enough of it to tell one's slip by, the last group hidden: `ACDEF-HJKMN-·····`.
    #[must_use]
    pub fn masked(&self) -> String {
        let shown: String = self.printed().chars().take(LENGTH + 2 - GROUP).collect();
        format!("{shown}{}", "·".repeat(GROUP))
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Code(…)")
    }
}

/// Full-width letters and digits of a Chinese keyboard, and small letters, as capitals.
fn plain(c: char) -> char {
    let c = match u32::from(c) {
        wide @ 0xFF01..=0xFF5E => char::from_u32(wide - 0xFEE0).unwrap_or(c),
        _ => c,
    };
    c.to_ascii_uppercase()
}

fn sign(value: u8) -> char {
    ALPHABET.get(usize::from(value)).map_or('?', |sign| char::from(*sign))
}

/// The sign that makes the sum of sign × place (1, 2, … 15) a multiple of 23, as ISBN-10 does with 11.
fn check(random: &[u8]) -> u8 {
    let sum: u32 =
        random.iter().zip(1..).map(|(value, place): (&u8, u32)| u32::from(*value) * place).sum();
    // 15 × 20 = 300 = 13 × 23 + 1: 20 undoes the weight of the check sign's place.
    let check = (23 - sum % 23) * 20 % 23;
    u8::try_from(check).unwrap_or(0)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn code() -> impl Strategy<Value = Code> {
        prop::collection::vec(0..253_u8, RANDOM..40)
            .prop_map(|bytes| Code::from_random(&bytes).unwrap())
    }

    proptest! {
        #[test]
        fn a_code_reads_as_it_is_printed(code in code()) {
            prop_assert_eq!(Code::parse(&code.printed()), Ok(code.clone()));
            let spaced = code.printed().to_lowercase().replace('-', " ");
            prop_assert_eq!(Code::parse(&spaced), Ok(code));
        }

        #[test]
        fn one_wrong_sign_is_found(code in code(), at in 0..LENGTH, by in 1..23_u8) {
            let mut wrong = code.0;
            wrong[at] = (wrong[at] + by) % 23;
            prop_assert_eq!(Code::parse(&Code(wrong).printed()), Err(CodeError::Check));
        }

        #[test]
        fn two_signs_in_the_wrong_order_are_found(code in code(), a in 0..LENGTH, b in 0..LENGTH) {
            let mut wrong = code.0;
            wrong.swap(a, b);
            let read = Code::parse(&Code(wrong).printed());
            if wrong == code.0 { prop_assert!(read.is_ok()) } else { prop_assert_eq!(read, Err(CodeError::Check)) }
        }
    }

    #[test]
    fn there_are_too_many_codes_to_guess_one() {
        let signs = u128::try_from(ALPHABET.len()).unwrap();
        let codes = signs.pow(u32::try_from(RANDOM).unwrap());
        assert!(codes >= 1 << 60, "{codes}");
        // Each of the random signs is random: none is given by the others.
        let (a, b) = ([1; RANDOM], [2; RANDOM]);
        for at in 0..RANDOM {
            let mut bytes = a;
            bytes[at] = b[at];
            let (one, other) = (Code::from_random(&a).unwrap(), Code::from_random(&bytes).unwrap());
            assert_ne!(one.0[..RANDOM], other.0[..RANDOM], "sign {at}");
        }
    }

    #[test]
    fn what_is_typed_wrongly_is_told() {
        let code = Code::from_random(&[7; 14]).unwrap().printed();
        let wide: String = code
            .chars()
            .map(|c| match u32::from(c) {
                plain @ 0x21..=0x7E => char::from_u32(plain + 0xFEE0).unwrap(),
                _ => c,
            })
            .collect();
        assert!(Code::parse(&wide).is_ok());
        assert_eq!(Code::parse("  "), Err(CodeError::Empty));
        assert_eq!(Code::parse("ACDEF"), Err(CodeError::Length(5)));
        assert_eq!(Code::parse(&code.replace(|c: char| c != '-', "O")), Err(CodeError::Sign('O')));
        assert!(Code::parse(&"A".repeat(10_000)).is_err());
        assert!(Code::from_random(&[255; 32]).is_none());
        assert!(!format!("{:?}", Code::from_random(&[7; 14])).contains(&code));
    }
}
