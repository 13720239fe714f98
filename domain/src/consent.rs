//! The version of the text that people consent to (个人信息保护法 Art 14: a change asks again).

use time::Date;
use time::macros::date;

/// The version in force. Raise it when what is kept, why, or how long changes; everyone is asked again.
pub const VERSION: i64 = 1;

/// Since when that version is in force.
pub const SINCE: Date = date!(2026 - 11 - 25);

/// Whether a consent given to `version` still stands.
#[must_use]
pub fn stands(version: Option<i64>) -> bool {
    version == Some(VERSION)
}
