//! What every change of a place stands on: permission, the rows that it holds, history and audit entry.

use domain::ids::{CommunityId, CourtyardId, EntranceId};
use domain::permission::{Action, Target, permit};
use domain::place::ScopeKind;
use domain::proposal::StateName;
use domain::role::Actor;
use domain::text::Reason;
use entities::{
    ballot, courtyard, entrance, household, join_request, place_change, proposal, role_grant,
};
use sea_orm::sea_query::LockType;
use sea_orm::{
    ColumnTrait, Condition, DatabaseTransaction, EntityTrait, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect, Set,
};

use crate::audit::{Record, append_in_txn};
use crate::ballot::OPEN;
use crate::error::{Error, PlaceUse, Problem, Problems, Refusal, Result};
use crate::hall::Hall;
use crate::join_request::RequestState;
use crate::setup::place_name;

/// `join_request.state` of one that nobody has decided on.
pub(super) const WAITING: &str = RequestState::Waiting.as_str();

/// How a place is held that changes: whoever adds to it waits, a mere reference to its row doesn't.
pub(super) const PLACE_LOCK: LockType = LockType::NoKeyUpdate;

/// Matters in these states are over: they keep the place that they had.
pub(super) const OVER: [StateName; 4] =
    [StateName::NotAccepted, StateName::Merged, StateName::Withdrawn, StateName::Archived];

/// A place that the committee changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// 小院
    Courtyard(CourtyardId),
    /// 楼门
    Entrance(EntranceId),
}

impl Place {
    pub(super) const fn kind(self) -> ScopeKind {
        match self {
            Self::Courtyard(_) => ScopeKind::Courtyard,
            Self::Entrance(_) => ScopeKind::Entrance,
        }
    }

    pub(super) const fn id(self) -> i64 {
        match self {
            Self::Courtyard(id) => id.0,
            Self::Entrance(id) => id.0,
        }
    }

    /// The audit chain's name of it.
    pub(super) fn subject(self) -> String {
        format!("{}:{}", self.kind().as_str(), self.id())
    }
}

/// What the history says of a change.
#[derive(Debug)]
pub(super) struct Changed {
    pub(super) kind: &'static str,
    pub(super) place: Place,
    pub(super) other: Option<i64>,
    pub(super) before: Option<String>,
    pub(super) after: Option<String>,
    pub(super) households: i64,
    pub(super) reason: Option<Reason>,
}

impl Changed {
    pub(super) const fn new(kind: &'static str, place: Place) -> Self {
        Self { kind, place, other: None, before: None, after: None, households: 0, reason: None }
    }
}

/// Permission for every change of a place.
pub(super) fn may_change(actor: &Actor) -> Result<()> {
    permit(Some(actor), Action::PlacesChange, &Target::community(actor.community))?;
    Ok(())
}

/// A live courtyard of the community, held until the transaction ends.
pub(super) async fn courtyard_in_txn(
    txn: &DatabaseTransaction,
    community: CommunityId,
    id: CourtyardId,
) -> Result<courtyard::Model> {
    let row = courtyard::Entity::find_by_id(id.0)
        .filter(courtyard::Column::CommunityId.eq(community.0))
        .filter(courtyard::Column::EndedAt.is_null())
        .lock(PLACE_LOCK)
        .one(txn)
        .await?;
    row.ok_or(Error::NotFound)
}

/// A live entrance of the community, held until the transaction ends.
pub(super) async fn entrance_in_txn(
    txn: &DatabaseTransaction,
    community: CommunityId,
    id: EntranceId,
) -> Result<entrance::Model> {
    let row = entrance::Entity::find_by_id(id.0)
        .filter(entrance::Column::EndedAt.is_null())
        .lock(PLACE_LOCK)
        .one(txn)
        .await?
        .ok_or(Error::NotFound)?;
    let around = courtyard::Entity::find_by_id(row.courtyard_id).one(txn).await?;
    match around {
        Some(around) if around.community_id == community.0 => Ok(row),
        _ => Err(Error::NotFound),
    }
}

/// Holds the matters of places that aren't over: no ballot opens on one of them meanwhile.
pub(super) async fn hold_matters_in_txn(txn: &DatabaseTransaction, places: &[Place]) -> Result<()> {
    proposal::Entity::find()
        .select_only()
        .column(proposal::Column::Id)
        .filter(of_places(places, proposal::Column::ScopeKind, proposal::Column::ScopePlace))
        .filter(proposal::Column::State.is_not_in(OVER.map(|state| state.as_str())))
        .order_by_asc(proposal::Column::Id)
        .lock_exclusive()
        .into_tuple::<i64>()
        .all(txn)
        .await?;
    Ok(())
}

/// Refuses while a ballot of one of these very places is open: its electorate is frozen as it was.
pub(super) async fn no_ballot_in_txn(txn: &DatabaseTransaction, places: &[Place]) -> Result<()> {
    let open = ballot::Entity::find()
        .filter(ballot::Column::State.eq(OPEN))
        .filter(of_places(places, ballot::Column::ScopeKind, ballot::Column::ScopePlace))
        .count(txn)
        .await?;
    if open > 0 { Err(Refusal::PlaceInUse(PlaceUse::Ballot).into()) } else { Ok(()) }
}

/// Rows whose scope is one of the places.
fn of_places(places: &[Place], kind: impl ColumnTrait, place: impl ColumnTrait) -> Condition {
    places.iter().fold(Condition::any(), |any, one| {
        let this = Condition::all().add(kind.eq(one.kind().as_str())).add(place.eq(one.id()));
        any.add(this)
    })
}

/// Grants in force at `now`.
pub(super) fn held(now: i64) -> Condition {
    Condition::any().add(role_grant::Column::Until.is_null()).add(role_grant::Column::Until.gt(now))
}

/// A place's name, or what is wrong with it.
pub(super) fn checked(field: &'static str, typed: &str) -> Result<String> {
    place_name(typed).map_err(|error| Error::field(field, Problem::Text(error)))
}

/// The reason of a change, which may be left out; `None` when it can't be taken.
pub(super) fn reason_of(problems: &mut Problems, typed: &str) -> Option<Option<Reason>> {
    if typed.trim().is_empty() {
        return Some(None);
    }
    problems.text("reason", Reason::parse(typed)).map(Some)
}

/// A name that is taken, beside the field in which it was typed.
pub(super) fn taken(field: &'static str) -> impl Fn(Error) -> Error {
    move |error| match error {
        Error::Refused(Refusal::NameTaken) => Error::field(field, Problem::PlaceTaken),
        other => other,
    }
}

/// Writes the history.
pub(super) async fn note_in_txn(
    hall: &Hall,
    txn: &DatabaseTransaction,
    actor: &Actor,
    change: Changed,
) -> Result<()> {
    let row = place_change::ActiveModel {
        community_id: Set(actor.community.0),
        kind: Set(change.kind.to_owned()),
        place_kind: Set(change.place.kind().as_str().to_owned()),
        place_id: Set(change.place.id()),
        other_id: Set(change.other),
        before: Set(change.before),
        after: Set(change.after),
        households: Set(change.households),
        reason: Set(change.reason.map(|reason| reason.to_string())),
        by_id: Set(actor.person.0),
        at: Set(hall.now().0),
        ..Default::default()
    };
    place_change::Entity::insert(row).exec_without_returning(txn).await?;
    Ok(())
}

/// Appends to the audit chain; what was typed as the reason stays in the history, since a room may stand in it.
pub(super) async fn record_in_txn(
    hall: &Hall,
    txn: &DatabaseTransaction,
    actor: &Actor,
    action: &str,
    place: Place,
    before: Option<String>,
    after: Option<String>,
) -> Result<()> {
    let record = Record {
        actor: actor.audit_name(),
        action: action.to_owned(),
        subject: place.subject(),
        before,
        after,
        reason: None,
    };
    append_in_txn(txn, hall.now(), record).await?;
    Ok(())
}

/// Holds the households of an entrance, those that moved out too, in the order of their rows.
pub(super) async fn hold_households_in_txn(
    txn: &DatabaseTransaction,
    entrance: i64,
) -> Result<Vec<household::Model>> {
    let rows = household::Entity::find()
        .filter(household::Column::EntranceId.eq(entrance))
        .order_by_asc(household::Column::Id)
        .lock_exclusive()
        .all(txn)
        .await?;
    Ok(rows)
}

/// Holds the requests that wait at an entrance, after its households: as whoever decides on one.
pub(super) async fn hold_requests_in_txn(txn: &DatabaseTransaction, entrance: i64) -> Result<()> {
    join_request::Entity::find()
        .select_only()
        .column(join_request::Column::Id)
        .filter(join_request::Column::EntranceId.eq(entrance))
        .filter(join_request::Column::State.eq(WAITING))
        .order_by_asc(join_request::Column::Id)
        .lock_exclusive()
        .into_tuple::<i64>()
        .all(txn)
        .await?;
    Ok(())
}
