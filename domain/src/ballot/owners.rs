//! Owners' votes, which count heads and area (民法典 Art 278).

use serde::{Deserialize, Serialize};

use super::kind::{BallotKind, Test};
use super::tally::{Count, Outcome};

/// The counts of an owners' vote in its two measures. One 专有部分 is one head, however many own it jointly, and
/// several units of one owner are one head; area is in whole 0.01 m².
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Owners {
    /// By heads.
    pub heads: Count,
    /// By area, in 0.01 m².
    pub area: Count,
}

/// What an owners' vote comes to: each measure by itself, and both together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OwnersOutcome {
    /// By heads alone.
    pub heads: Outcome,
    /// By area alone, in 0.01 m².
    pub area: Outcome,
}

impl OwnersOutcome {
    /// Whether enough took part in both measures.
    #[must_use]
    pub const fn valid(&self) -> bool {
        self.heads.valid && self.area.valid
    }

    /// Whether enough took part and enough agreed in both measures.
    #[must_use]
    pub const fn passed(&self) -> bool {
        self.heads.passed && self.area.passed
    }
}

impl Owners {
    /// Judges an owners' kind. The two measures are judged by themselves; nothing is concluded from one about the
    /// other.
    ///
    /// # Errors
    /// For a kind that doesn't count area.
    pub fn judge(&self, kind: BallotKind) -> Result<OwnersOutcome, NotByArea> {
        match kind.rule().test {
            Test::HeadsAndArea { quorum, majority } => Ok(OwnersOutcome {
                heads: self.heads.judge(quorum, majority),
                area: self.area.judge(quorum, majority),
            }),
            Test::Heads { .. } | Test::Approvals => Err(NotByArea(kind)),
        }
    }
}

/// A kind that isn't judged by heads and area.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a ballot of the kind {0} isn't judged by heads and area")]
pub struct NotByArea(pub BallotKind);
