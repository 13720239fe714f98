//! Merging one matter into another: who comes along, what undoing gives back, and when each may be done.
//!
//! The co-signs that come by merges are never counted up or down: they are derived from those who
//! co-signed the target itself and from the merges that stand, so that a merge which is undone leaves
//! nothing behind.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::ids::{HouseholdId, MergeId, PersonId};
use crate::named::named_enum;
use crate::place::{Address, Scope};
use crate::proposal::{State, StateName};
use crate::time::Timestamp;

named_enum! {
    /// How a merge stands.
    MergeState {
        /// Proposed; the proposer of the matter that would go has yet to answer.
        Asked = "asked",
        /// The one matter is part of the other.
        Done = "done",
        /// The proposer objected.
        Objected = "objected",
        /// Called off, or one of the two matters moved on before it could be done.
        Ended = "ended",
        /// Done and undone again.
        Undone = "undone",
    }
}

impl MergeState {
    /// Whether it still does something, or can: a matter has one such merge at most.
    #[must_use]
    pub const fn is_live(self) -> bool {
        matches!(self, Self::Asked | Self::Done)
    }
}

/// Whether a matter in this state can become part of another.
#[must_use]
pub const fn can_go(state: StateName) -> bool {
    matches!(
        state,
        StateName::Submitted | StateName::Cosigning | StateName::Accepted | StateName::Deliberating
    )
}

/// Whether a matter in this state can take another one in: it is public and not over.
#[must_use]
pub const fn can_take_in(state: StateName) -> bool {
    state.is_public() && !state.is_final()
}

/// Somebody who stands behind a matter for their household.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cosigner {
    /// Who of the household.
    pub person: PersonId,
    /// Where the household lives.
    pub address: Address,
}

/// A merge that stands, with those behind the matter that was merged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveMerge {
    /// Which.
    pub id: MergeId,
    /// The version of the target's text when it was done: what those who came along stand behind.
    pub version: i64,
    /// Those whose co-sign of the merged matter counts.
    pub cosigners: Vec<Cosigner>,
    /// Households that said no.
    pub declined: BTreeSet<HouseholdId>,
}

/// How a household came to stand behind a matter that it has not co-signed itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Carried {
    /// By which merge.
    pub merge: MergeId,
    /// The version of the text that it stands behind.
    pub version: i64,
    /// Who co-signed for it.
    pub person: PersonId,
}

/// Which household comes by which merge: those whom the target concerns, that said no to that merge
/// nowhere and have no co-sign of their own there. One household counts once, and so does one person.
///
/// A household that several merges bring comes by the one with the latest text, the first of those with
/// the same. `direct` are the households that co-signed the target itself with who did it, also of an
/// older text: that is theirs to keep or take back.
#[must_use]
pub fn carried(
    direct: &[(HouseholdId, PersonId)],
    scope: Scope,
    merges: &[LiveMerge],
) -> BTreeMap<HouseholdId, Carried> {
    let mut people: BTreeSet<PersonId> = direct.iter().map(|(_, person)| *person).collect();
    let households: BTreeSet<HouseholdId> = direct.iter().map(|(home, _)| *home).collect();
    let mut order: Vec<&LiveMerge> = merges.iter().collect();
    order.sort_by_key(|merge| (std::cmp::Reverse(merge.version), merge.id));
    let mut come = BTreeMap::new();
    for merge in order {
        let mut cosigners: Vec<&Cosigner> = merge.cosigners.iter().collect();
        cosigners.sort_by_key(|cosigner| cosigner.address.household);
        for Cosigner { person, address } in cosigners {
            let household = address.household;
            let stays = households.contains(&household)
                || come.contains_key(&household)
                || merge.declined.contains(&household)
                || !scope.contains(address);
            if !stays && people.insert(*person) {
                let by = Carried { merge: merge.id, version: merge.version, person: *person };
                come.insert(household, by);
            }
        }
    }
    come
}

/// What a merge would do with the households behind the matter that goes, in numbers of households.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Outlook {
    /// Would be added to the target.
    pub along: usize,
    /// Stand behind the target already, or are counted there by another merge.
    pub there: usize,
    /// Lie outside the target's scope.
    pub outside: usize,
    /// Said no.
    pub declined: usize,
}

/// What `merge` would do beside those that stand already.
#[must_use]
pub fn outlook(
    direct: &[(HouseholdId, PersonId)],
    scope: Scope,
    standing: &[LiveMerge],
    merge: &LiveMerge,
) -> Outlook {
    let before = carried(direct, scope, standing).len();
    let mut all = standing.to_vec();
    all.push(merge.clone());
    let along = carried(direct, scope, &all).len().saturating_sub(before);
    let no = |one: &&Cosigner| merge.declined.contains(&one.address.household);
    let declined = merge.cosigners.iter().filter(no).count();
    let outside =
        merge.cosigners.iter().filter(|one| !no(one) && !scope.contains(&one.address)).count();
    let there = merge.cosigners.len().saturating_sub(along + declined + outside);
    Outlook { along, there, outside, declined }
}

/// Where a matter stood before it was merged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Before {
    /// Its state.
    pub state: State,
    /// Since when.
    pub since: Timestamp,
    /// When the next act was due.
    pub due_at: Option<Timestamp>,
    /// Whether that day leaned on a provisional calendar year.
    pub due_provisional: bool,
}

impl Before {
    /// The same when a merge done at `merged` is undone at `undone`: the clocks stood still meanwhile, so
    /// what was due comes later by that time, and still at the end of a day where it did before.
    #[must_use]
    pub fn again(mut self, merged: Timestamp, undone: Timestamp) -> Self {
        let later = |at: Timestamp| {
            let moved = at.plus_ms(undone.0.saturating_sub(merged.0).max(0));
            let whole_days = at == Timestamp::end_of(at.local_date());
            if whole_days { Timestamp::end_of(moved.local_date()) } else { moved }
        };
        self.due_at = self.due_at.map(later);
        if let State::Cosigning { until, .. } = &mut self.state {
            *until = later(*until);
        }
        self
    }
}

/// How things stand when somebody wants to undo a merge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UndoFacts {
    /// The target's state.
    pub into: StateName,
    /// Whether the target was decided since the merge.
    pub decided_since: bool,
    /// The last moment to undo it; none for a merge from before merges could be undone.
    pub until: Option<Timestamp>,
    /// Now.
    pub now: Timestamp,
}

/// Judges whether a merge can be undone.
///
/// # Errors
/// Why not, as a [`MergeRefusal`].
pub fn undoable(facts: UndoFacts) -> Result<(), MergeRefusal> {
    if facts.until.is_none_or(|until| facts.now > until) {
        return Err(MergeRefusal::TooLate);
    }
    match facts.into {
        StateName::Merged => Err(MergeRefusal::MergedOn),
        StateName::Balloting => Err(MergeRefusal::BallotOpen),
        _ if facts.decided_since => Err(MergeRefusal::Decided),
        _ => Ok(()),
    }
}

/// Why something about a merge can't be done as things stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum MergeRefusal {
    /// Merging this matter is asked already.
    #[error("merging this matter is asked already")]
    Asked,
    /// There is no merge that waits for an answer.
    #[error("no merge waits for an answer")]
    NotAsked,
    /// There is no merge that a household could say no to, or that could be undone.
    #[error("there is no such merge")]
    None,
    /// The last moment is past.
    #[error("the time for this is over")]
    TooLate,
    /// The household said no already.
    #[error("your household said no already")]
    Declined,
    /// The target itself is part of another one now: that is undone first.
    #[error("the other matter was merged on; undo that first")]
    MergedOn,
    /// A ballot on the target is open.
    #[error("a ballot on the other matter is open")]
    BallotOpen,
    /// The target was decided since.
    #[error("the other matter was decided since")]
    Decided,
}
