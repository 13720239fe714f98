//! Counting one vote each: the counts, the outcome, and the composition of a representatives' meeting.

use serde::{Deserialize, Serialize};

use super::kind::{BallotKind, Majority, Quorum, Test};

/// How many may vote and what those who voted chose; can't hold more votes than members.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Count {
    members: u64,
    yes: u64,
    no: u64,
    abstain: u64,
}

/// Counts that can't be judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CountError {
    /// Nobody may vote.
    #[error("the electorate is empty: there is nobody who may vote, so nothing can be judged")]
    EmptyElectorate,
    /// The votes don't fit 64 bits.
    #[error("the votes add up to more than {max}: a number must be wrong", max = u64::MAX)]
    Overflow,
    /// More votes than there are members.
    #[error("{participated} votes are more than the {members} who may vote")]
    MoreVotesThanMembers {
        /// All votes, abstentions included.
        participated: u64,
        /// All who may vote.
        members: u64,
    },
}

impl Count {
    /// Takes counts in.
    ///
    /// # Errors
    /// When the electorate is empty, or there are more votes than members.
    pub fn new(members: u64, yes: u64, no: u64, abstain: u64) -> Result<Self, CountError> {
        let participated = yes
            .checked_add(no)
            .and_then(|sum| sum.checked_add(abstain))
            .ok_or(CountError::Overflow)?;
        if members == 0 {
            return Err(CountError::EmptyElectorate);
        }
        if participated > members {
            return Err(CountError::MoreVotesThanMembers { participated, members });
        }
        Ok(Self { members, yes, no, abstain })
    }

    /// All who may vote.
    #[must_use]
    pub const fn members(&self) -> u64 {
        self.members
    }

    /// Votes for.
    #[must_use]
    pub const fn yes(&self) -> u64 {
        self.yes
    }

    /// Votes against.
    #[must_use]
    pub const fn no(&self) -> u64 {
        self.no
    }

    /// Abstentions (弃权): they take part and do not agree.
    #[must_use]
    pub const fn abstain(&self) -> u64 {
        self.abstain
    }

    /// All who took part; at most `members`, so it can't overflow.
    #[must_use]
    pub const fn participated(&self) -> u64 {
        self.yes + self.no + self.abstain
    }

    /// Judges the counts by a quorum and a majority.
    #[must_use]
    pub fn judge(&self, quorum: Quorum, majority: Majority) -> Outcome {
        let participated = self.participated();
        let quorum = quorum.smallest(self.members);
        let valid = participated >= quorum;
        Outcome {
            participated,
            quorum,
            valid,
            passed: valid && majority.reached(self.yes, self.no, participated),
        }
    }
}

/// What a count comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outcome {
    /// How many (or how much area) took part.
    pub participated: u64,
    /// The smallest number that makes the vote valid.
    pub quorum: u64,
    /// Whether enough took part.
    pub valid: bool,
    /// Whether it is valid and enough agreed.
    pub passed: bool,
}

/// A kind that isn't judged by one vote each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a ballot of the kind {0} isn't judged by counting one vote each")]
pub struct NotByHeads(pub BallotKind);

/// Judges a kind in which everyone has one vote.
///
/// # Errors
/// For the owners' kinds ([`super::Owners`] judges them) and project selection ([`super::Selection`]).
pub fn by_heads(kind: BallotKind, count: &Count) -> Result<Outcome, NotByHeads> {
    match kind.rule().test {
        Test::Heads { quorum, majority } => Ok(count.judge(quorum, majority)),
        Test::HeadsAndArea { .. } | Test::Approvals => Err(NotByHeads(kind)),
    }
}

/// A representatives' meeting that isn't composed as the law wants it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CompositionError {
    /// The parts don't add up to the members.
    #[error(
        "members is {members}, but {committee} of the committee and {representatives} representatives are {sum}"
    )]
    SumDiffers {
        /// All members, as given.
        members: u64,
        /// Members of the committee.
        committee: u64,
        /// Residents' representatives.
        representatives: u64,
        /// What the two come to.
        sum: u128,
    },
    /// Too few representatives.
    #[error(
        "{representatives} representatives among {members} members are fewer than four fifths (Article 28)"
    )]
    TooFewRepresentatives {
        /// All members.
        members: u64,
        /// Residents' representatives.
        representatives: u64,
    },
}

/// Checks the composition of a representatives' meeting: `committee` and `representatives` are all its `members`,
/// and the representatives at least four fifths of them (居民委员会组织法 Art 28).
///
/// # Errors
/// When either isn't so.
pub fn check_composition(
    members: u64,
    committee: u64,
    representatives: u64,
) -> Result<(), CompositionError> {
    let sum = u128::from(committee) + u128::from(representatives);
    if sum != u128::from(members) {
        return Err(CompositionError::SumDiffers { members, committee, representatives, sum });
    }
    if 5 * u128::from(representatives) < 4 * u128::from(members) {
        return Err(CompositionError::TooFewRepresentatives { members, representatives });
    }
    Ok(())
}
