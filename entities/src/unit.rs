//! 专有部分: a unit that is owned.

use sea_orm::entity::prelude::*;

/// 专有部分: a unit that is owned.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "unit")]
pub struct Model {
    /// Row.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// Entrance.
    pub entrance_id: i64,
    /// Room number; for those whose duty it is alone.
    pub room: String,
    /// In 0.01 m².
    pub area: i64,
    /// Of several owners, the one who votes: the owner's row.
    pub representative_id: Option<i64>,
    /// The import that added it.
    pub import_id: Option<i64>,
}

/// Joins are written where they are read.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
