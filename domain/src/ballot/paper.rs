//! The secret paper: a random tracker and a choice, and nothing that leads to the voter.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::encoding::Encoder;
use crate::ids::BallotNumber;
use crate::merkle::{self, Digest, lower_hex};

const PAPER_TAG: &str = "xiaoyuan/paper/v1";

/// What tells a paper from the others and lets its voter find it in the published result: 16 random bytes, given from
/// outside. Its one text is 32 lower-case hexadecimal digits in eight groups, `3f2a-91bc-…`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Tracker([u8; 16]);

/// Text that is no tracker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a tracker is eight groups of four digits 0-9 or letters a-f with a dash between them")]
pub struct TrackerError;

impl Tracker {
    /// Makes a tracker of 16 bytes from a cryptographically secure random generator.
    #[must_use]
    pub const fn from_random(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// Its 16 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// Reads what a person typed off a slip: capitals, spaces and missing dashes don't matter. Files hold the one
    /// text that [`FromStr`] takes.
    ///
    /// # Errors
    /// When 32 hexadecimal digits aren't left.
    pub fn read(typed: &str) -> Result<Self, TrackerError> {
        let digits: String = typed
            .chars()
            .filter(|c| *c != '-' && !c.is_whitespace())
            .map(|c| c.to_ascii_lowercase())
            .collect();
        lower_hex(&digits).map(Self).ok_or(TrackerError)
    }
}

impl fmt::Display for Tracker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, pair) in self.0.chunks(2).enumerate() {
            if index > 0 {
                f.write_str("-")?;
            }
            f.write_str(&hex::encode(pair))?;
        }
        Ok(())
    }
}

impl fmt::Debug for Tracker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Tracker({self})")
    }
}

impl FromStr for Tracker {
    type Err = TrackerError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let tracker = Self::read(text)?;
        if tracker.to_string() == text { Ok(tracker) } else { Err(TrackerError) }
    }
}

impl Serialize for Tracker {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Tracker {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// What a voter chose. In JSON `"yes"`, `"no"`, `"abstain"` or `{"approve":["p1","p2"]}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Choice {
    /// 赞成.
    Yes,
    /// 反对.
    No,
    /// 弃权: takes part and does not agree.
    Abstain,
    /// The projects approved of, in a project selection.
    Approve(Approvals),
}

/// Projects approved of on one paper: their ids, sorted, each once. None at all is a paper that approves of nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<String>", into = "Vec<String>")]
pub struct Approvals(Vec<String>);

/// A choice that no paper may hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChoiceError {
    /// The same project twice.
    #[error("the project {0:?} is approved of twice")]
    Twice(String),
    /// A paper's approvals in a file, out of order.
    #[error("the projects approved of aren't sorted")]
    NotSorted,
    /// No such choice.
    #[error("a choice is yes, no or abstain, not {0:?}")]
    Unknown(String),
}

impl Approvals {
    /// Takes the ids of the projects approved of, in any order.
    ///
    /// # Errors
    /// When one comes twice.
    pub fn new(ids: impl IntoIterator<Item = String>) -> Result<Self, ChoiceError> {
        let mut ids: Vec<String> = ids.into_iter().collect();
        ids.sort_unstable();
        Self::try_from(ids)
    }

    /// The ids, ascending.
    #[must_use]
    pub fn ids(&self) -> &[String] {
        &self.0
    }
}

impl TryFrom<Vec<String>> for Approvals {
    type Error = ChoiceError;

    fn try_from(ids: Vec<String>) -> Result<Self, ChoiceError> {
        for (one, next) in ids.iter().zip(ids.iter().skip(1)) {
            match one.cmp(next) {
                std::cmp::Ordering::Less => {}
                std::cmp::Ordering::Equal => return Err(ChoiceError::Twice(one.clone())),
                std::cmp::Ordering::Greater => return Err(ChoiceError::NotSorted),
            }
        }
        Ok(Self(ids))
    }
}

impl From<Approvals> for Vec<String> {
    fn from(approvals: Approvals) -> Self {
        approvals.0
    }
}

impl Choice {
    /// The choices of every kind of ballot but project selection, in the order in which they are offered.
    pub const PLAIN: [Self; 3] = [Self::Yes, Self::No, Self::Abstain];

    /// The choice's name; `approve` says nothing of the projects.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::Abstain => "abstain",
            Self::Approve(_) => "approve",
        }
    }
}

impl FromStr for Choice {
    type Err = ChoiceError;

    /// Reads `yes`, `no` or `abstain`, as a form sends them.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::PLAIN
            .into_iter()
            .find(|choice| choice.as_str() == text)
            .ok_or_else(|| ChoiceError::Unknown(text.to_owned()))
    }
}

/// A paper in the box.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Paper {
    /// What tells it from the others.
    pub tracker: Tracker,
    /// What it says.
    pub choice: Choice,
}

impl Paper {
    /// The paper's bytes, bound to its ballot: the tag, the ballot's number (8 bytes, big-endian), the tracker's 16
    /// bytes, one byte for the choice (0 yes, 1 no, 2 abstain, 3 approve) and, for approvals, their number and each
    /// id. Tag and ids are preceded by their length; lengths and numbers are 8 bytes, big-endian.
    #[must_use]
    pub fn to_bytes(&self, ballot: BallotNumber) -> Vec<u8> {
        let bytes = Encoder::new(PAPER_TAG).signed(ballot.0).fixed(&self.tracker.0);
        match &self.choice {
            Choice::Yes => bytes.fixed(&[0]),
            Choice::No => bytes.fixed(&[1]),
            Choice::Abstain => bytes.fixed(&[2]),
            Choice::Approve(Approvals(ids)) => {
                ids.iter().fold(bytes.fixed(&[3]).len(ids.len()), |bytes, id| bytes.text(id))
            }
        }
        .finish()
    }

    /// The hash of its leaf in the ballot's Merkle tree.
    #[must_use]
    pub fn leaf(&self, ballot: BallotNumber) -> Digest {
        merkle::leaf(&self.to_bytes(ballot))
    }
}
