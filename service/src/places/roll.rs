//! Households of an entrance: adding them, and recording that one moved out.

use domain::ids::{CourtyardId, EntranceId, HouseholdId};
use domain::permission::{Action, Target, permit};
use domain::role::Actor;
use domain::text::TextError;
use entities::{courtyard, entrance, household, join_request, person, slip};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect, Set,
};
use serde::Deserialize;
use serde_json::json;

use super::ground::{WAITING, entrance_in_txn};
use super::hold_in_txn;
use crate::audit::{Record, append_in_txn};
use crate::error::{Error, Problem, Problems, Refusal, Result};
use crate::hall::Hall;
use crate::helper::helping_ends_in_txn;
use crate::join_request::{RequestState, room_checked};
use crate::look::looked_in_txn;
use crate::role::leads_end_in_txn;
use crate::setup::CHUNK;

/// Why a household moved out: a word to choose, so that the audit chain keeps nothing about anybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MoveOutReason {
    /// 搬走了
    Moved,
    /// 房子卖了
    Sold,
    /// 租期到了
    LeaseOver,
    /// 登记错了
    Mistake,
    /// 其他
    Other,
}

impl MoveOutReason {
    /// In the order in which they are offered.
    pub const ALL: [Self; 5] =
        [Self::Moved, Self::Sold, Self::LeaseOver, Self::Mistake, Self::Other];

    /// Its name in forms and the audit chain.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Moved => "moved",
            Self::Sold => "sold",
            Self::LeaseOver => "lease_over",
            Self::Mistake => "mistake",
            Self::Other => "other",
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == name)
    }
}

/// What is typed when a household moved out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct MoveOut {
    /// A [`MoveOutReason`]'s name.
    pub reason: String,
    /// Anything when the room is gone too, and nobody will live there.
    pub room_gone: String,
}

/// Adds households to an entrance: a room a line. Gives how many.
///
/// # Errors
/// [`Error::Denied`] for others than the committee; [`Error::NotFound`] when there is no such entrance or it
/// ended; [`Error::Invalid`] with the field `rooms` when there is none or one can't be taken;
/// [`Refusal::RoomsClash`] with those that are there already, which is recorded as a look.
pub async fn household_add(
    hall: &Hall,
    actor: &Actor,
    entrance: EntranceId,
    rooms: &str,
) -> Result<usize> {
    permit(Some(actor), Action::RollChange, &Target::community(actor.community))?;
    let txn = hall.db.begin().await?;
    entrance_in_txn(&txn, actor.community, entrance).await?;
    let rooms = rooms_of(rooms)?;
    let there: Vec<String> = household::Entity::find()
        .select_only()
        .column(household::Column::Room)
        .filter(household::Column::EntranceId.eq(entrance.0))
        .into_tuple()
        .all(&txn)
        .await?;
    let both: Vec<String> = rooms.iter().filter(|room| there.contains(room)).cloned().collect();
    if !both.is_empty() {
        txn.rollback().await?;
        return Err(rooms_clash(hall, actor, entrance, both).await?);
    }
    household_add_in_txn(&txn, entrance, &rooms).await?;
    let record = Record {
        actor: actor.audit_name(),
        action: "household_add".to_owned(),
        subject: format!("entrance:{entrance}"),
        after: Some(format!("{} more", rooms.len())),
        ..Record::default()
    };
    append_in_txn(&txn, hall.now(), record).await?;
    txn.commit().await?;
    Ok(rooms.len())
}

/// Adds the households of rooms, none of which the entrance has.
///
/// # Errors
/// [`Refusal::NameTaken`] when it has one.
pub(crate) async fn household_add_in_txn(
    txn: &DatabaseTransaction,
    entrance: EntranceId,
    rooms: &[String],
) -> Result<()> {
    for chunk in rooms.chunks(CHUNK) {
        let rows = chunk.iter().map(|room| household::ActiveModel {
            entrance_id: Set(entrance.0),
            room: Set(room.clone()),
            ..Default::default()
        });
        let added = household::Entity::insert_many(rows).exec_without_returning(txn).await;
        added.map_err(|error| {
            if Error::is_duplicate(&error) { Refusal::NameTaken.into() } else { Error::from(error) }
        })?;
    }
    Ok(())
}

/// The rooms of some lines, each once.
fn rooms_of(typed: &str) -> Result<Vec<String>> {
    let mut problems = Problems::default();
    let mut rooms: Vec<String> = Vec::new();
    for line in typed.lines().filter(|line| !line.trim().is_empty()) {
        let Some(room) = problems.text("rooms", room_checked(line)) else { continue };
        if !rooms.contains(&room) {
            rooms.push(room);
        }
    }
    problems.done()?;
    if rooms.is_empty() {
        return Err(Error::field("rooms", Problem::Text(TextError::Empty)));
    }
    Ok(rooms)
}

/// Records that a household moved out. Its people keep their accounts without a household, and are nobody's
/// 楼门长 or 代办人 any more; its slips are
/// worth nothing any more, requests to join it are declined, and unless the room is gone too a new
/// household is there for whoever moves in. Co-signs and votes that it gave stay counted, and its seat in
/// an open ballot stays frozen: nobody can cast it.
///
/// # Errors
/// [`Error::Denied`] for others than the committee; [`Error::NotFound`] when there is no such household;
/// [`Error::Invalid`] with the field `reason`; [`Refusal::Stale`] when it moved out before.
pub async fn household_move_out(
    hall: &Hall,
    actor: &Actor,
    household: HouseholdId,
    form: &MoveOut,
) -> Result<()> {
    permit(Some(actor), Action::RollChange, &Target::community(actor.community))?;
    let txn = hall.db.begin().await?;
    let row = household_held_in_txn(&txn, actor, household).await?;
    if row.ended_at.is_some() {
        return Err(Refusal::Stale.into());
    }
    let mut problems = Problems::default();
    let reason = problems.choice("reason", form.reason.trim(), MoveOutReason::from_name);
    let reason = problems.values(reason)?;
    let now = hall.now().0;
    let people = leave_in_txn(&txn, household).await?;
    let helped = helping_ends_in_txn(&txn, &people).await?;
    let leads = leads_end_in_txn(hall, &txn, actor, &people).await?;
    let (entrance, room) = (row.entrance_id, row.room.clone());
    let mut ended = row.into_active_model();
    ended.ended_at = Set(Some(now));
    ended.room = Set(format!("{room}#{household}"));
    ended.former_room = Set(Some(room.clone()));
    ended.representative_id = Set(None);
    ended.update(&txn).await?;
    // After household and people, and before slips, as whoever decides on a request.
    join_request::Entity::find()
        .select_only()
        .column(join_request::Column::Id)
        .filter(join_request::Column::HouseholdId.eq(household.0))
        .filter(join_request::Column::State.eq(WAITING))
        .order_by_asc(join_request::Column::Id)
        .lock_exclusive()
        .into_tuple::<i64>()
        .all(&txn)
        .await?;
    let requests = join_request::Entity::update_many()
        .set(join_request::ActiveModel {
            state: Set(RequestState::Declined.as_str().to_owned()),
            decided_by: Set(Some(actor.person.0)),
            decided_at: Set(Some(now)),
            ..Default::default()
        })
        .filter(join_request::Column::HouseholdId.eq(household.0))
        .filter(join_request::Column::State.eq(WAITING))
        .exec(&txn)
        .await?;
    let slips = slip::Entity::update_many()
        .set(slip::ActiveModel { ended_at: Set(Some(now)), code: Set(None), ..Default::default() })
        .filter(slip::Column::HouseholdId.eq(household.0))
        .filter(slip::Column::UsedAt.is_null())
        .filter(slip::Column::EndedAt.is_null())
        .exec(&txn)
        .await?;
    let next = if form.room_gone.is_empty() {
        let next = household::ActiveModel {
            entrance_id: Set(entrance),
            room: Set(room),
            ..Default::default()
        };
        Some(next.insert(&txn).await?.id)
    } else {
        None
    };
    let facts = json!({
        "people": people,
        "helped": helped,
        "leads": leads,
        "slips": slips.rows_affected,
        "requests": requests.rows_affected,
        "next": next,
    });
    let record = Record {
        actor: actor.audit_name(),
        action: "household_move_out".to_owned(),
        subject: format!("household:{household}"),
        before: None,
        after: Some(facts.to_string()),
        reason: Some(reason.as_str().to_owned()),
    };
    append_in_txn(&txn, hall.now(), record).await?;
    txn.commit().await?;
    Ok(())
}

/// A household of the actor's community, held until the transaction ends: whoever joins it waits. Its
/// entrance is held before it, as in every change of places.
async fn household_held_in_txn(
    txn: &DatabaseTransaction,
    actor: &Actor,
    id: HouseholdId,
) -> Result<household::Model> {
    let row = household::Entity::find_by_id(id.0).one(txn).await?.ok_or(Error::NotFound)?;
    let entrance = entrance::Entity::find_by_id(row.entrance_id).one(txn).await?;
    let entrance = entrance.ok_or(Error::NotFound)?;
    let around = courtyard::Entity::find_by_id(entrance.courtyard_id).one(txn).await?;
    let around = around.filter(|around| around.community_id == actor.community.0);
    let around = around.ok_or(Error::NotFound)?;
    hold_in_txn(txn, CourtyardId(around.id), Some(EntranceId(entrance.id))).await?;
    let held = household::Entity::find_by_id(id.0).lock_exclusive().one(txn).await?;
    let held = held.filter(|held| held.entrance_id == entrance.id);
    Ok(held.ok_or(Refusal::Stale)?)
}

/// Its people live there no more; gives their rows.
async fn leave_in_txn(txn: &DatabaseTransaction, household: HouseholdId) -> Result<Vec<i64>> {
    let people: Vec<i64> = person::Entity::find()
        .select_only()
        .column(person::Column::Id)
        .filter(person::Column::HouseholdId.eq(household.0))
        .order_by_asc(person::Column::Id)
        .lock_exclusive()
        .into_tuple()
        .all(txn)
        .await?;
    person::Entity::update_many()
        .set(person::ActiveModel {
            household_id: Set(None),
            former_household_id: Set(Some(household.0)),
            ..Default::default()
        })
        .filter(person::Column::HouseholdId.eq(household.0))
        .exec(txn)
        .await?;
    Ok(people)
}

/// The refusal that names rooms, after the look at them was recorded.
pub(super) async fn rooms_clash(
    hall: &Hall,
    actor: &Actor,
    entrance: EntranceId,
    rooms: Vec<String>,
) -> Result<Error> {
    let txn = hall.db.begin().await?;
    looked_in_txn(hall, &txn, actor, format!("entrance:{entrance}"), None).await?;
    txn.commit().await?;
    Ok(Refusal::RoomsClash(rooms).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_room_a_line_each_once() {
        assert_eq!(rooms_of("101\r\n １０２ \n\n101\n").unwrap_or_default(), ["101", "102"]);
        assert_eq!(rooms_of("101\n101室").unwrap_or_default(), ["101"]);
        assert!(rooms_of(" \n ").is_err());
        assert!(rooms_of(&"1".repeat(31)).is_err());
    }
}
