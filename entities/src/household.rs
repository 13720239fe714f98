//! 户: never shown with its room to neighbours.

use sea_orm::entity::prelude::*;

/// 户: never shown with its room to neighbours.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "household")]
pub struct Model {
    /// Row.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// Entrance.
    pub entrance_id: i64,
    /// Room number; for those whose duty it is alone.
    pub room: String,
    /// 户代表: the person who casts the household's vote.
    pub representative_id: Option<i64>,
    /// When it moved out, Unix ms.
    pub ended_at: Option<i64>,
    /// The room of a household that moved out; `room` then only keeps the row apart.
    pub former_room: Option<String>,
    /// The import that added it.
    pub import_id: Option<i64>,
}

/// Joins are written where they are read.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
