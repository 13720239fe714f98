//! The way up from a household to its courtyard, for reads that join it.

use entities::{courtyard, entrance, household};
use sea_orm::{EntityTrait, RelationDef};

/// From a household to its entrance.
pub(crate) fn household_to_entrance() -> RelationDef {
    household::Entity::belongs_to(entrance::Entity)
        .from(household::Column::EntranceId)
        .to(entrance::Column::Id)
        .into()
}

/// From an entrance to its courtyard.
pub(crate) fn entrance_to_courtyard() -> RelationDef {
    entrance::Entity::belongs_to(courtyard::Entity)
        .from(entrance::Column::CourtyardId)
        .to(courtyard::Column::Id)
        .into()
}
