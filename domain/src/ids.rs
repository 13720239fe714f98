//! Typed identifiers: one type a table, so that a household's number can't be passed as a person's.

use std::fmt;
use std::num::ParseIntError;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

macro_rules! id {
    ($(#[$doc:meta] $name:ident),+ $(,)?) => {$(
        #[$doc]
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = ParseIntError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }

        impl From<$name> for i64 {
            fn from(id: $name) -> i64 {
                id.0
            }
        }
    )+};
}

id! {
    /// 社区 Community.
    CommunityId,
    /// 小院 Courtyard.
    CourtyardId,
    /// 楼门 Entrance.
    EntranceId,
    /// 户 Household.
    HouseholdId,
    /// A person with an account or on the roll.
    PersonId,
    /// A role held by a person for a place and a time.
    RoleGrantId,
    /// A micro-proposal's row.
    ProposalId,
    /// A micro-proposal's public number, counted up within its community.
    ProposalNumber,
    /// A post in the courtyard's forum.
    PostId,
    /// A step on a matter's public timeline.
    StepId,
    /// A ballot's row.
    BallotId,
    /// A ballot's public number, counted up within its community.
    BallotNumber,
    /// One event that followers are told about.
    NoticeId,
    /// One mail to one address.
    MailId,
    /// A printed slip.
    SlipId,
    /// Somebody's request to be let in.
    JoinRequestId,
    /// 专有部分: a unit that is owned.
    UnitId,
    /// 业主 on the roll.
    OwnerId,
    /// A file taken into the roll.
    RollImportId,
    /// A passkey.
    PasskeyId,
    /// A matter that is being written.
    DraftId,
    /// A version of a matter's text.
    VersionId,
    /// The merging of one matter into another.
    MergeId,
    /// A photo.
    PhotoId,
    /// A drawing of a place.
    PlanId,
    /// A neighbour's report of a post or a matter.
    ReportId,
    /// Something that was taken down.
    RemovalId,
    /// A chair's summary.
    SummaryId,
    /// A statement that neighbours agree or disagree with.
    StatementId,
}
