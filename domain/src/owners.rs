//! 业主: areas and heads, by which owners' votes are counted.
//!
//! 民法典 278 counts both areas and heads. 最高人民法院《关于审理建筑物区分所有权纠纷案件适用法律若干问题的
//! 解释》 Art 8 takes the area from the register; Art 9 counts one unit as one head, and one buyer of
//! several units as one head. Integers alone: no rounding comes near a vote.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::ids::{OwnerId, UnitId};
use crate::roll::plain;

/// An area in 0.01 m²; more than zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Area(i64);

/// Why an area can't be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum AreaError {
    /// Nothing was written.
    #[error("no area")]
    Empty,
    /// Not a number of square metres.
    #[error("not a number of square metres")]
    NotANumber,
    /// More than two decimals: the register has two.
    #[error("more than two decimals")]
    TooFine,
    /// Zero, or more than [`Area::MAX`].
    #[error("zero, or too large")]
    OutOfRange,
}

/// Words of the unit, the longest first.
const UNITS: [&str; 9] = ["平方公尺", "平方米", "平米", "平方", "㎡", "m²", "m2", "M²", "M2"];

impl Area {
    /// The largest unit that is taken: a million square metres.
    pub const MAX: Self = Self(100_000_000);

    /// From 0.01 m².
    #[must_use]
    pub const fn from_hundredths(hundredths: i64) -> Option<Self> {
        if hundredths > 0 && hundredths <= Self::MAX.0 { Some(Self(hundredths)) } else { None }
    }

    /// In 0.01 m².
    #[must_use]
    pub const fn hundredths(self) -> i64 {
        self.0
    }

    /// Reads `89.57`, `８９．５７`, `89.57㎡`, `89.57 平方米` or `1,089.50`. Decimals beyond the second are
    /// taken only where they are zeros.
    ///
    /// # Errors
    /// [`AreaError`] for anything else: nothing is rounded.
    pub fn parse(typed: &str) -> Result<Self, AreaError> {
        let text: String = plain(typed).chars().filter(|c| !c.is_whitespace()).collect();
        let number = UNITS.iter().find_map(|unit| text.strip_suffix(unit)).unwrap_or(&text);
        if number.is_empty() {
            return Err(if text.is_empty() { AreaError::Empty } else { AreaError::NotANumber });
        }
        let (whole, decimals) = number.split_once('.').unwrap_or((number, ""));
        let whole = thousands(whole).ok_or(AreaError::NotANumber)?;
        let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
        if !digits(&whole) || whole.is_empty() || !digits(decimals) || number.ends_with('.') {
            return Err(AreaError::NotANumber);
        }
        let (near, beyond) = decimals.split_at(decimals.len().min(2));
        if beyond.bytes().any(|b| b != b'0') {
            return Err(AreaError::TooFine);
        }
        let whole: i64 = whole.parse().map_err(|_| AreaError::OutOfRange)?;
        let near: i64 = format!("{near:0<2}").parse().map_err(|_| AreaError::NotANumber)?;
        let sum = whole.checked_mul(100).and_then(|sum| sum.checked_add(near));
        sum.and_then(Self::from_hundredths).ok_or(AreaError::OutOfRange)
    }
}

/// Takes the separators of thousands out; `None` where a comma stands elsewhere.
fn thousands(whole: &str) -> Option<String> {
    let mut groups = whole.split(',');
    let first = groups.next()?;
    let rest: Vec<_> = groups.collect();
    let placed = rest.iter().all(|group| group.len() == 3);
    let begun = rest.is_empty() || (1..=3).contains(&first.len());
    (placed && begun).then(|| format!("{first}{}", rest.concat()))
}

/// Hundredths of square metres as people write them: `89.57`.
#[must_use]
pub fn square_metres(hundredths: i64) -> String {
    format!("{}.{:02}", hundredths / 100, (hundredths % 100).abs())
}

impl fmt::Display for Area {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&square_metres(self.0))
    }
}

/// A unit (专有部分) with its owners.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnedUnit {
    /// The unit.
    pub unit: UnitId,
    /// Its area.
    pub area: Area,
    /// Its owners, in any order.
    pub owners: Vec<OwnerId>,
    /// Of several owners, the one who was named to vote.
    pub representative: Option<OwnerId>,
}

/// Who casts a head's vote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Voter {
    /// This owner.
    Owner(OwnerId),
    /// Nobody: of several owners none was named.
    NotNamed,
    /// Nobody: different owners were named for units of the same owners.
    Disputed,
    /// Nobody: the roll knows no owner.
    Unknown,
}

/// One head (一人): all units of exactly the same owners.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// Its owners, by row.
    pub owners: Vec<OwnerId>,
    /// Its units, by row.
    pub units: Vec<UnitId>,
    /// The sum of the units' areas in 0.01 m².
    pub area: i64,
    /// Who votes.
    pub voter: Voter,
}

/// The heads of a roll, by their first unit. A unit without a known owner is a head by itself.
#[must_use]
pub fn heads(units: &[OwnedUnit]) -> Vec<Head> {
    // The second part of the key keeps units without owners apart.
    let mut groups: BTreeMap<(Vec<OwnerId>, Option<UnitId>), Vec<&OwnedUnit>> = BTreeMap::new();
    for unit in units {
        let mut owners = unit.owners.clone();
        owners.sort_unstable();
        owners.dedup();
        let alone = owners.is_empty().then_some(unit.unit);
        groups.entry((owners, alone)).or_default().push(unit);
    }
    let mut heads: Vec<Head> = groups
        .into_iter()
        .map(|((owners, _), mut members)| {
            members.sort_unstable_by_key(|unit| unit.unit);
            Head {
                voter: voter(&owners, &members),
                units: members.iter().map(|unit| unit.unit).collect(),
                area: members.iter().map(|unit| unit.area.hundredths()).sum(),
                owners,
            }
        })
        .collect();
    heads.sort_unstable_by(|a, b| a.units.cmp(&b.units));
    heads
}

/// A jointly owned unit has one vote (民法典 278), cast by the owner whom its owners named.
fn voter(owners: &[OwnerId], units: &[&OwnedUnit]) -> Voter {
    match owners {
        [] => return Voter::Unknown,
        [one] => return Voter::Owner(*one),
        _ => {}
    }
    let named = units.iter().filter_map(|unit| unit.representative);
    let mut named: Vec<_> = named.filter(|owner| owners.contains(owner)).collect();
    named.sort_unstable();
    named.dedup();
    match named.as_slice() {
        [] => Voter::NotNamed,
        [one] => Voter::Owner(*one),
        _ => Voter::Disputed,
    }
}
