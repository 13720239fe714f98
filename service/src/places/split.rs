//! Splitting an entrance: some of its households become a new one beside it.

use std::collections::BTreeSet;

use domain::ids::{CourtyardId, EntranceId};
use domain::role::Actor;
use entities::{household, join_request, unit};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, Set};
use serde_json::json;

use super::change::entrance_add_in_txn;
use super::ground::{
    Changed, Place, WAITING, entrance_in_txn, hold_households_in_txn, hold_matters_in_txn,
    hold_requests_in_txn, may_change, no_ballot_in_txn, note_in_txn, reason_of, record_in_txn,
    taken,
};
use crate::error::{Error, Problem, Problems, Result};
use crate::hall::Hall;
use crate::setup::{CHUNK, place_name};

/// Splits an entrance: the chosen households, their units and the requests that wait for them go into a new
/// one of the courtyard. Roles and matters stay with the old one.
///
/// # Errors
/// [`Error::Denied`] for others than the committee; [`Error::NotFound`] when there is no such entrance or it
/// ended; [`Error::Invalid`] with the fields `name`, also when the courtyard has it already, `households`,
/// unless each is the row of a household that lives there, and `reason`;
/// [`Refusal::PlaceInUse`](crate::Refusal::PlaceInUse) while a ballot of the entrance is open.
pub async fn entrance_split(
    hall: &Hall,
    actor: &Actor,
    entrance: EntranceId,
    name: &str,
    households: &[String],
    reason: &str,
) -> Result<EntranceId> {
    may_change(actor)?;
    let txn = hall.db.begin().await?;
    let row = entrance_in_txn(&txn, actor.community, entrance).await?;
    let place = Place::Entrance(entrance);
    hold_matters_in_txn(&txn, &[place]).await?;
    no_ballot_in_txn(&txn, &[place]).await?;
    let mut live = hold_households_in_txn(&txn, entrance.0).await?;
    live.retain(|row| row.ended_at.is_none());
    hold_requests_in_txn(&txn, entrance.0).await?;

    let mut problems = Problems::default();
    let name = problems.text("name", place_name(name));
    let chosen: Option<BTreeSet<i64>> =
        households.iter().map(|id| id.trim().parse().ok()).collect();
    let chosen = match chosen {
        Some(ids) if ids.is_empty() => {
            problems.note("households", Problem::Choose);
            None
        }
        Some(ids) if ids.iter().all(|id| live.iter().any(|row| row.id == *id)) => Some(ids),
        _ => {
            problems.note("households", Problem::Unknown);
            None
        }
    };
    let reason = reason_of(&mut problems, reason);
    let (name, chosen, reason) = problems.values((|| Some((name?, chosen?, reason?)))())?;

    let courtyard = CourtyardId(row.courtyard_id);
    let new = entrance_add_in_txn(&txn, courtyard, &name).await.map_err(taken("name"))?;
    let going: Vec<_> = live.into_iter().filter(|row| chosen.contains(&row.id)).collect();
    for chunk in going.chunks(CHUNK) {
        let ids = || chunk.iter().map(|row| row.id);
        let rooms = || chunk.iter().map(|row| row.room.as_str());
        household::Entity::update_many()
            .set(household::ActiveModel { entrance_id: Set(new), ..Default::default() })
            .filter(household::Column::Id.is_in(ids()))
            .exec(&txn)
            .await?;
        unit::Entity::update_many()
            .set(unit::ActiveModel { entrance_id: Set(new), ..Default::default() })
            .filter(unit::Column::EntranceId.eq(entrance.0))
            .filter(unit::Column::Room.is_in(rooms()))
            .exec(&txn)
            .await?;
        join_request::Entity::update_many()
            .set(join_request::ActiveModel { entrance_id: Set(new), ..Default::default() })
            .filter(join_request::Column::EntranceId.eq(entrance.0))
            .filter(join_request::Column::State.eq(WAITING))
            .filter(
                Condition::any()
                    .add(join_request::Column::HouseholdId.is_in(ids()))
                    .add(join_request::Column::Room.is_in(rooms())),
            )
            .exec(&txn)
            .await?;
    }
    let count = i64::try_from(going.len())
        .map_err(|error| Error::Broken(format!("households of an entrance: {error}")))?;
    let change = Changed {
        other: Some(new),
        before: Some(row.name),
        after: Some(name),
        households: count,
        reason,
        ..Changed::new("split", place)
    };
    note_in_txn(hall, &txn, actor, change).await?;
    let facts = Some(json!({ "new": new, "households": count }).to_string());
    record_in_txn(hall, &txn, actor, "entrance_split", place, None, facts).await?;
    txn.commit().await?;
    Ok(EntranceId(new))
}
