//! Ballots (表决): opened on a frozen electorate, cast in secret, counted by the clock.
//!
//! A vote writes two things in one transaction: the roll says that this voter has voted, and the box gets a paper
//! with a random tracker and the choice. Nothing that is stored leads from the one to the other.

mod cancel;
mod cast;
mod close;
mod electors;
mod open;

use domain::ballot::{BallotKind, Outcome};
use domain::ids::BallotNumber;
use domain::merkle::Digest;
use domain::result_file::{CastCounts, Counts};
use domain::role::Actor;
use domain::time::{HOUR_MS, Timestamp};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, Statement};
use serde::{Deserialize, Serialize};
use time::Date;

use crate::error::{Error, Result};

pub use cancel::ballot_cancel;
pub use cast::{Cast, ballot_cast};
pub use close::ballot_close_due;
pub use open::{BallotForm, ballot_open};

/// The kinds that can be opened now, in the order in which they are offered.
pub const OFFERED: [BallotKind; 5] = [
    BallotKind::ResidentsByHousehold,
    BallotKind::ResidentsByPerson,
    BallotKind::Council,
    BallotKind::Unanimous,
    BallotKind::Straw,
];

/// The least time that a ballot stays open, in days; a kind's notice can make it longer.
pub const MIN_DAYS: i64 = 1;
/// The longest time that a ballot stays open, in days.
pub const MAX_DAYS: i64 = 60;
/// A ballot's last day ends at 18:00 in China: while somebody can still be asked for help.
const CLOSING_MS: i64 = 18 * HOUR_MS;

/// `ballot.state` of one that takes votes until its closing time.
pub const OPEN: &str = "open";
/// `ballot.state` of one that was counted.
pub const CLOSED: &str = "closed";
/// `ballot.state` of one that was stopped and never counted.
pub const CANCELLED: &str = "cancelled";

/// `elector.cast_by` of one who has not voted.
pub(crate) const NOT_CAST: &str = "none";
/// `elector.cast_by` of a vote on the web.
pub(crate) const CAST_WEB: &str = "web";
/// `elector.cast_by` of a vote by the hand of a helper (代办人).
pub(crate) const CAST_ASSISTED: &str = "assisted";

/// Who has a vote in a kind of ballot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Voters {
    /// Every household of the scope; its representative casts the vote.
    Households,
    /// Every verified adult of the scope.
    People,
    /// The council members (议事员) of the scope.
    Council,
}

impl Voters {
    /// Who has a vote in `kind`; none for the kinds that can't be opened yet.
    #[must_use]
    pub const fn of(kind: BallotKind) -> Option<Self> {
        match kind {
            BallotKind::ResidentsByHousehold | BallotKind::Unanimous => Some(Self::Households),
            BallotKind::ResidentsByPerson | BallotKind::Straw => Some(Self::People),
            BallotKind::Council => Some(Self::Council),
            BallotKind::Representatives
            | BallotKind::OwnersOrdinary
            | BallotKind::OwnersSpecial
            | BallotKind::ProjectSelection => None,
        }
    }

    /// The key under which an actor would stand on the roll, such as `household:12`; none without a household where
    /// households vote.
    #[must_use]
    pub fn key(self, actor: &Actor) -> Option<String> {
        match self {
            Self::Households => actor.home.map(|home| format!("household:{}", home.household)),
            Self::People | Self::Council => Some(format!("person:{}", actor.person)),
        }
    }
}

/// When a ballot that ends on `day` closes.
#[must_use]
pub fn closing_time(day: Date) -> Timestamp {
    Timestamp::start_of(day).plus_ms(CLOSING_MS)
}

/// The first day on which a ballot of this kind can end when it opens at `now`: after at least [`MIN_DAYS`], and
/// after its notice (居民委员会组织法 Art 26: 10 days for a residents' meeting), which runs while it is open.
#[must_use]
pub fn earliest_day(kind: BallotKind, now: Timestamp) -> Date {
    first_day_after(now, i64::from(kind.rule().notice_days).max(MIN_DAYS))
}

fn first_day_after(now: Timestamp, days: i64) -> Date {
    let at = now.plus_days(days);
    let day = at.local_date();
    if closing_time(day) >= at { day } else { day.next_day().unwrap_or(day) }
}

/// The last day on which a ballot can end when it opens at `now`.
#[must_use]
pub fn latest_day(now: Timestamp) -> Date {
    now.plus_days(MAX_DAYS).local_date()
}

/// What a closed ballot came to, without its papers (`ballot.outcome`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// How often each choice was made.
    pub counts: Counts,
    /// Participation, quorum, valid, passed.
    pub outcome: Outcome,
    /// How the votes were cast, by the roll.
    pub cast: CastCounts,
    /// Merkle root over the papers.
    pub root: Digest,
    /// Head of the audit chain, whose entry is this ballot's closing.
    pub audit_head: Digest,
}

/// The audit chain's name of a ballot.
fn subject(number: i64) -> String {
    format!("ballot:{}", BallotNumber(number))
}

/// A stored kind.
///
/// # Errors
/// [`Error::Broken`] when it is none.
pub(crate) fn read_kind(name: &str) -> Result<BallotKind> {
    name.parse().map_err(|_| Error::unknown("kind of ballot", name))
}

/// Writes a ballot's papers anew, in the order of their trackers. PostgreSQL keeps rows in the order in which they
/// came, each with the transaction that wrote it, which is also the one that marked the roll; once voting has ended,
/// that trace is wiped. SQLite keeps papers by their tracker alone (`WITHOUT ROWID`).
async fn shuffle_papers_in_txn(txn: &DatabaseTransaction, ballot: i64) -> Result<()> {
    if txn.get_database_backend() == DbBackend::Postgres {
        txn.execute_raw(Statement::from_sql_and_values(
            DbBackend::Postgres,
            "WITH taken AS (DELETE FROM paper WHERE ballot_id = $1 RETURNING tracker, ballot_id, choice) \
             INSERT INTO paper (tracker, ballot_id, choice) \
             SELECT tracker, ballot_id, choice FROM taken ORDER BY tracker",
            [ballot.into()],
        ))
        .await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use time::macros::{date, datetime};

    use super::*;

    #[test]
    fn the_notice_runs_out_before_a_ballot_closes() {
        let at = |time: time::OffsetDateTime| Timestamp(time.unix_timestamp() * 1_000);
        // 17:59, 18:00 and 18:01 in China.
        let table = [
            (BallotKind::Straw, at(datetime!(2026-11-16 09:59 UTC)), date!(2026 - 11 - 17)),
            (BallotKind::Straw, at(datetime!(2026-11-16 10:00 UTC)), date!(2026 - 11 - 17)),
            (BallotKind::Straw, at(datetime!(2026-11-16 10:01 UTC)), date!(2026 - 11 - 18)),
            (BallotKind::Council, at(datetime!(2026-11-16 10:00 UTC)), date!(2026 - 11 - 19)),
            (
                BallotKind::ResidentsByHousehold,
                at(datetime!(2026-11-16 10:00 UTC)),
                date!(2026 - 11 - 26),
            ),
            (
                BallotKind::ResidentsByPerson,
                at(datetime!(2026-11-16 10:01 UTC)),
                date!(2026 - 11 - 27),
            ),
            (BallotKind::Unanimous, at(datetime!(2026-12-31 10:00 UTC)), date!(2027 - 01 - 01)),
        ];
        for (kind, now, day) in table {
            assert_eq!(earliest_day(kind, now), day, "{kind} at {now}");
        }
        assert_eq!(latest_day(at(datetime!(2026-11-16 15:00 UTC))), date!(2027 - 01 - 15));
    }

    #[test]
    fn what_is_offered_has_voters() {
        for kind in BallotKind::ALL {
            assert_eq!(OFFERED.contains(&kind), Voters::of(kind).is_some(), "{kind}");
        }
    }
}
