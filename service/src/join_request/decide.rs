//! Deciding on a request: the household, an entrance lead, or the committee.

use domain::ids::{HouseholdId, JoinRequestId, PersonId};
use domain::role::Actor;
use domain::time::Timestamp;
use entities::{household, join_request, person};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, DatabaseTransaction, EntityTrait, IntoActiveModel,
    PaginatorTrait, QueryFilter, Set,
};

use super::{
    RequestState, Way, find, household_of, live_household, lock_household_in_txn, lock_in_txn,
    lock_person_in_txn, not_oneself, permit_on, place_of, reason_checked, record_in_txn,
    room_checked, waits,
};
use crate::error::{Error, Problem, Problems, Refusal, Result};
use crate::hall::Hall;
use crate::matter;
use crate::newcomer::house_in_txn;

/// An adult of the household admits somebody to it.
///
/// # Errors
/// [`Error::NotFound`] when the request isn't about the actor's household; [`Refusal::NotWaiting`] when
/// it was decided or withdrawn; [`Refusal::HasHousehold`] when the person came in by another way.
pub async fn join_decide_household(hall: &Hall, actor: &Actor, id: JoinRequestId) -> Result<()> {
    let txn = hall.db.begin().await?;
    let row = find(&txn, actor, id).await?;
    let home = household_of(&txn, &row).await?;
    permit_on(&txn, actor, &row, home.as_ref(), Way::Household).await?;
    not_oneself(actor, &row)?;
    waits(&row)?;
    let home = home.ok_or(Refusal::NotOnRoll)?;
    let home = lock_household_in_txn(&txn, home.id).await?;
    // Whoever was sent out of the household a moment ago admits nobody any more.
    let me = person::Entity::find_by_id(actor.person.0).one(&txn).await?.ok_or(Error::NotFound)?;
    if me.household_id != Some(home.id) {
        return Err(Error::NotFound);
    }
    lock_person_in_txn(&txn, row.person_id).await?;
    admit_in_txn(hall, &txn, actor, row, &home, Way::Household, None).await?;
    txn.commit().await?;
    Ok(())
}

/// 担保: an entrance lead says that somebody lives in a household of their entrance.
///
/// # Errors
/// [`Error::NotFound`] outside the entrance; [`Refusal::NotOnRoll`] when the roll has no such room;
/// [`Refusal::OwnHousehold`] for the lead's own household, whose adults admit;
/// [`Refusal::VouchesUsed`] beyond the settings' number in a day of China's clock; as
/// [`join_decide_household`].
pub async fn join_vouch(hall: &Hall, actor: &Actor, id: JoinRequestId) -> Result<()> {
    let txn = hall.db.begin().await?;
    let row = find(&txn, actor, id).await?;
    let home = household_of(&txn, &row).await?;
    permit_on(&txn, actor, &row, home.as_ref(), Way::Vouch).await?;
    not_oneself(actor, &row)?;
    waits(&row)?;
    let home = home.ok_or(Refusal::NotOnRoll)?;
    if actor.home.is_some_and(|own| own.household.0 == home.id) {
        return Err(Refusal::OwnHousehold.into());
    }
    let home = lock_household_in_txn(&txn, home.id).await?;
    // The lead's row puts their vouches in a line, so that the count holds; the lower row first, so that
    // two who wait for each other can't be.
    let (first, second) = (actor.person.0.min(row.person_id), actor.person.0.max(row.person_id));
    lock_person_in_txn(&txn, first).await?;
    lock_person_in_txn(&txn, second).await?;
    let most = matter::settings(&txn, actor.community).await?.vouches_a_day;
    if vouched_today(&txn, actor.person, hall.now()).await? >= u64::from(most) {
        return Err(Refusal::VouchesUsed.into());
    }
    admit_in_txn(hall, &txn, actor, row, &home, Way::Vouch, None).await?;
    txn.commit().await?;
    Ok(())
}

/// How many a lead has vouched for since midnight in China, those contested since included.
pub(crate) async fn vouched_today(
    db: &impl sea_orm::ConnectionTrait,
    lead: PersonId,
    now: Timestamp,
) -> Result<u64> {
    let midnight = Timestamp::start_of(now.local_date());
    let count = join_request::Entity::find()
        .filter(join_request::Column::DecidedBy.eq(lead.0))
        .filter(join_request::Column::Way.eq(Way::Vouch.as_str()))
        .filter(join_request::Column::State.ne(RequestState::Declined.as_str()))
        .filter(join_request::Column::DecidedAt.gte(midnight.0))
        .count(db)
        .await?;
    Ok(count)
}

/// What the committee types to admit somebody who asked.
#[derive(Debug, Clone, Default)]
pub struct CounterDecision {
    /// Row of the 楼门, where the household is another than was typed; else empty.
    pub entrance: String,
    /// Its room.
    pub room: String,
    /// Why: how it was found out that they live there.
    pub reason: String,
}

/// The committee admits somebody who asked, to the household that they asked for or to another.
///
/// # Errors
/// [`Error::Denied`] for others than the committee; [`Refusal::OnOneself`]; [`Error::Invalid`] with the
/// fields `reason`, `entrance` and `room`; as [`join_decide_household`].
pub async fn join_counter(
    hall: &Hall,
    actor: &Actor,
    id: JoinRequestId,
    form: &CounterDecision,
) -> Result<()> {
    let txn = hall.db.begin().await?;
    let row = find(&txn, actor, id).await?;
    permit_on(&txn, actor, &row, None, Way::Counter).await?;
    not_oneself(actor, &row)?;
    waits(&row)?;
    let reason = reason_checked(&form.reason)?;
    let home = if form.entrance.trim().is_empty() && form.room.trim().is_empty() {
        household_of(&txn, &row).await?.ok_or(Error::field("room", Problem::NoRoom))?
    } else {
        typed_household(&txn, actor, &form.entrance, &form.room).await?
    };
    let home = lock_household_in_txn(&txn, home.id).await?;
    lock_person_in_txn(&txn, row.person_id).await?;
    let reason = Some(reason.to_string());
    admit_in_txn(hall, &txn, actor, row, &home, Way::Counter, reason).await?;
    txn.commit().await?;
    Ok(())
}

/// A household by the entrance and the room that the committee typed.
pub(super) async fn typed_household(
    txn: &DatabaseTransaction,
    actor: &Actor,
    entrance: &str,
    room: &str,
) -> Result<household::Model> {
    let mut problems = Problems::default();
    let entrance = problems.choice("entrance", entrance.trim(), |id| id.parse::<i64>().ok());
    let room = problems.text("room", room_checked(room));
    let (entrance, room) = problems.values(entrance.zip(room))?;
    let place = place_of(txn, actor.community, entrance).await?;
    let place = place.ok_or(Error::field("entrance", Problem::Unknown))?;
    let home = live_household(txn, place.entrance, &room).await?;
    home.ok_or_else(|| Error::field("room", Problem::NoRoom))
}

/// Declines a request in one of the three ways; the person reads why.
///
/// # Errors
/// As the three ways of deciding; [`Error::Invalid`] with the field `reason`.
pub async fn join_decline(
    hall: &Hall,
    actor: &Actor,
    id: JoinRequestId,
    way: Way,
    reason: &str,
) -> Result<()> {
    let txn = hall.db.begin().await?;
    let row = find(&txn, actor, id).await?;
    let home = household_of(&txn, &row).await?;
    permit_on(&txn, actor, &row, home.as_ref(), way).await?;
    not_oneself(actor, &row)?;
    waits(&row)?;
    let reason = reason_checked(reason)?;
    let row = lock_in_txn(&txn, &row).await?;
    waits(&row)?;
    let (request, person) = (row.id, row.person_id);
    let mut changed = row.into_active_model();
    changed.state = Set(RequestState::Declined.as_str().to_owned());
    changed.way = Set(Some(way.as_str().to_owned()));
    changed.decided_by = Set(Some(actor.person.0));
    changed.decided_at = Set(Some(hall.now().0));
    changed.reason = Set(Some(reason.to_string()));
    changed.update(&txn).await?;
    let after = format!("person:{person} {}", way.as_str());
    record_in_txn(hall, &txn, actor.audit_name(), "join_decline", request, after).await?;
    txn.commit().await?;
    Ok(())
}

/// Puts the person into the household, both of which are held, and notes who decided.
async fn admit_in_txn(
    hall: &Hall,
    txn: &DatabaseTransaction,
    actor: &Actor,
    row: join_request::Model,
    home: &household::Model,
    way: Way,
    reason: Option<String>,
) -> Result<()> {
    let row = lock_in_txn(txn, &row).await?;
    waits(&row)?;
    let (request, joiner) = (row.id, PersonId(row.person_id));
    house_in_txn(txn, joiner, HouseholdId(home.id)).await?;
    let came = person::ActiveModel {
        id: Set(joiner.0),
        came_by: Set(way.as_str().to_owned()),
        ..Default::default()
    };
    came.update(txn).await?;
    let mut changed = row.into_active_model();
    changed.state = Set(RequestState::Admitted.as_str().to_owned());
    changed.household_id = Set(Some(home.id));
    changed.way = Set(Some(way.as_str().to_owned()));
    changed.decided_by = Set(Some(actor.person.0));
    changed.decided_at = Set(Some(hall.now().0));
    changed.reason = Set(reason);
    changed.update(txn).await?;
    let after = format!("person:{joiner} household:{} {}", home.id, way.as_str());
    record_in_txn(hall, txn, actor.audit_name(), "join_admit", request, after).await
}
