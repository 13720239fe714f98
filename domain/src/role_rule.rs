//! Which roles are given for which places, which exclude each other, and who may lose one.

use thiserror::Error;

use crate::ids::PersonId;
use crate::place::ScopeKind;
use crate::role::Role;
use crate::time::Timestamp;

/// The longest time for which a role is given, in years: a committee's term
/// (居民委员会组织法: five years).
pub const YEARS_MAX: i16 = 5;

/// Why a role can't be given or ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum RoleRefusal {
    /// To oneself.
    #[error("nobody gives themselves a role")]
    Oneself,
    /// It isn't given at the desk: 户代表 is named by the household.
    #[error("this role isn't given by the committee")]
    NotGiven,
    /// For a place of the wrong kind.
    #[error("this role isn't held for such a place")]
    Place,
    /// The day lies in the past or too far ahead.
    #[error("the last day is past or more than {YEARS_MAX} years ahead")]
    Until,
    /// Held already for that place.
    #[error("this role is held already")]
    Held,
    /// Oversight and committee in one person.
    #[error("oversight may not sit on the committee")]
    Excludes,
    /// Nobody would be left who may give roles.
    #[error("the last head can't be removed")]
    LastHead,
    /// It is over already.
    #[error("this role is over")]
    Over,
}

/// The kinds of place for which the desk gives a role; none for a role that it doesn't give.
#[must_use]
pub const fn places_of(role: Role) -> &'static [ScopeKind] {
    use ScopeKind::{Community, Courtyard, Entrance};
    match role {
        Role::HouseholdRep => &[],
        Role::EntranceLead => &[Entrance],
        Role::LaneSteward => &[Courtyard],
        Role::CouncilMember
        | Role::GridWorker
        | Role::PropertyManager
        | Role::TitleUnit
        | Role::Owner => &[Courtyard, Community],
        Role::ResidentRep
        | Role::CommitteeHead
        | Role::CommitteeMember
        | Role::OversightBoard
        | Role::NeighbourhoodPlanner => &[Community],
    }
}

/// Whether nobody may hold both: who oversees the committee's work doesn't sit on it.
#[must_use]
pub const fn exclude_each_other(one: Role, other: Role) -> bool {
    const fn committee(role: Role) -> bool {
        matches!(role, Role::CommitteeHead | Role::CommitteeMember)
    }
    matches!(one, Role::OversightBoard) && committee(other)
        || matches!(other, Role::OversightBoard) && committee(one)
}

/// A live role of the community: who holds it, and until when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// Holder.
    pub person: PersonId,
    /// Role.
    pub role: Role,
    /// Its end; none when it is open-ended.
    pub until: Option<Timestamp>,
}

/// Whether somebody who may give roles is left for good once `ends` is over: a head whose role has no
/// end, other than the one that ends. `heads` are all live heads, the ending one among them.
///
/// # Errors
/// [`RoleRefusal::LastHead`].
pub fn head_stays(heads: &[Held], ends: &Held) -> Result<(), RoleRefusal> {
    if ends.role != Role::CommitteeHead {
        return Ok(());
    }
    let others = heads.iter().filter(|held| {
        held.role == Role::CommitteeHead && held.person != ends.person && held.until.is_none()
    });
    if others.count() > 0 { Ok(()) } else { Err(RoleRefusal::LastHead) }
}

/// Whether a role may be given: to somebody else, for a fitting place, until a day that fits, and
/// beside what the person holds (`held`, each with whether it is for that very place).
///
/// # Errors
/// [`RoleRefusal`], the first that applies.
pub fn may_give(
    giver: PersonId,
    new: &Held,
    place: ScopeKind,
    held: &[(Role, bool)],
    now: Timestamp,
) -> Result<(), RoleRefusal> {
    if giver == new.person {
        return Err(RoleRefusal::Oneself);
    }
    let places = places_of(new.role);
    if places.is_empty() {
        return Err(RoleRefusal::NotGiven);
    }
    if !places.contains(&place) {
        return Err(RoleRefusal::Place);
    }
    let longest = now.plus_days(i64::from(YEARS_MAX) * 366);
    if new.until.is_some_and(|until| until <= now || until > longest) {
        return Err(RoleRefusal::Until);
    }
    if held.iter().any(|(role, same_place)| *role == new.role && *same_place) {
        return Err(RoleRefusal::Held);
    }
    if held.iter().any(|(role, _)| exclude_each_other(*role, new.role)) {
        return Err(RoleRefusal::Excludes);
    }
    Ok(())
}
