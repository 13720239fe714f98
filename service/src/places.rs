//! The places of a community, for choosing one.

use domain::ids::{CommunityId, CourtyardId, EntranceId, HouseholdId};
use entities::{courtyard, entrance, household};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::error::Result;
use crate::hall::Hall;

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

/// Every courtyard of a community with its entrances, in the order in which they were entered. Two
/// statements.
///
/// # Errors
/// [`crate::Error::Db`] when the database fails.
pub async fn places(hall: &Hall, community: CommunityId) -> Result<Vec<CourtyardPlaces>> {
    let mut places = courtyards(hall, community).await?;
    let entrances = entrance::Entity::find()
        .filter(entrance::Column::CourtyardId.is_in(places.iter().map(|place| place.id.0)))
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

/// The 户 of a room; `None` while nobody has entered it.
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
        .one(hall.db.read())
        .await?;
    Ok(row.map(|row| HouseholdId(row.id)))
}
