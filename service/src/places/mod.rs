//! The places of a community: choosing one, and changing them.
//!
//! A place that ended keeps its row, so that what happened there can still name it; it is offered
//! nowhere, and comes back when a place of its name is added again.

mod change;
mod ground;
mod merge;
mod roll;
mod split;
mod view;

use domain::ids::{CommunityId, CourtyardId, EntranceId, HouseholdId};
use entities::{courtyard, entrance, household};
use sea_orm::{
    ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};

use crate::error::{Refusal, Result};
use crate::hall::Hall;

pub use change::{courtyard_add, entrance_add, place_end, place_rename};
pub(crate) use change::{courtyard_add_in_txn, entrance_add_in_txn};
pub use ground::Place;
pub use merge::entrance_merge;
pub(crate) use roll::household_add_in_txn;
pub use roll::{MoveOut, MoveOutReason, household_add, household_move_out};
pub use split::entrance_split;
pub use view::{
    ChangeKind, CourtyardDesk, EntranceDesk, EntranceRoll, History, PlaceChange, PlaceLine,
    PlacesDesk, RollLine, courtyard_desk, entrance_desk, entrance_look, places_desk,
};

/// 小院 with its 楼门.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CourtyardPlaces {
    /// Row.
    pub id: CourtyardId,
    /// Name.
    pub name: String,
    /// Its entrances.
    pub entrances: Vec<EntrancePlace>,
}

/// 楼门.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntrancePlace {
    /// Row.
    pub id: EntranceId,
    /// Name within its courtyard.
    pub name: String,
}

/// Every courtyard of a community with its entrances, in the order in which they were entered, less those
/// that ended. Two statements.
///
/// # Errors
/// [`crate::Error::Db`] when the database fails.
pub async fn places(hall: &Hall, community: CommunityId) -> Result<Vec<CourtyardPlaces>> {
    let mut places = courtyards(hall, community).await?;
    let entrances = entrance::Entity::find()
        .filter(entrance::Column::CourtyardId.is_in(places.iter().map(|place| place.id.0)))
        .filter(entrance::Column::EndedAt.is_null())
        .order_by_asc(entrance::Column::Id)
        .all(hall.db.read())
        .await?;
    for row in entrances {
        if let Some(place) = places.iter_mut().find(|place| place.id.0 == row.courtyard_id) {
            place.entrances.push(EntrancePlace { id: EntranceId(row.id), name: row.name });
        }
    }
    Ok(places)
}

/// The courtyards alone. One statement.
///
/// # Errors
/// [`crate::Error::Db`] when the database fails.
pub async fn courtyards(hall: &Hall, community: CommunityId) -> Result<Vec<CourtyardPlaces>> {
    let rows = courtyard::Entity::find()
        .filter(courtyard::Column::CommunityId.eq(community.0))
        .filter(courtyard::Column::EndedAt.is_null())
        .order_by_asc(courtyard::Column::Id)
        .all(hall.db.read())
        .await?;
    let place = |row: courtyard::Model| CourtyardPlaces {
        id: CourtyardId(row.id),
        name: row.name,
        entrances: Vec::new(),
    };
    Ok(rows.into_iter().map(place).collect())
}

/// The 户 that lives in a room; `None` while nobody has entered it.
///
/// # Errors
/// [`crate::Error::Db`] when the database fails.
pub async fn household_of_room(
    hall: &Hall,
    entrance: EntranceId,
    room: &str,
) -> Result<Option<HouseholdId>> {
    let row = household::Entity::find()
        .filter(household::Column::EntranceId.eq(entrance.0))
        .filter(household::Column::Room.eq(room))
        .filter(household::Column::EndedAt.is_null())
        .one(hall.db.read())
        .await?;
    Ok(row.map(|row| HouseholdId(row.id)))
}

/// Holds a place until the transaction ends, so that it isn't merged, split or ended meanwhile. For whatever
/// adds something that hangs on a place; take it before any other row.
///
/// # Errors
/// [`Refusal::Stale`] when it ended before.
pub(crate) async fn hold_in_txn(
    txn: &DatabaseTransaction,
    courtyard: CourtyardId,
    entrance: Option<EntranceId>,
) -> Result<()> {
    let held = courtyard::Entity::find_by_id(courtyard.0)
        .filter(courtyard::Column::EndedAt.is_null())
        .lock_shared()
        .one(txn)
        .await?;
    held.ok_or(Refusal::Stale)?;
    if let Some(entrance) = entrance {
        let held = entrance::Entity::find_by_id(entrance.0)
            .filter(entrance::Column::EndedAt.is_null())
            .lock_shared()
            .one(txn)
            .await?;
        held.ok_or(Refusal::Stale)?;
    }
    Ok(())
}
