//! 楼门.

use sea_orm::entity::prelude::*;

/// 楼门.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "entrance")]
pub struct Model {
    /// Row.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// Courtyard.
    pub courtyard_id: i64,
    /// Name.
    pub name: String,
    /// When it ceased to be, Unix ms.
    pub ended_at: Option<i64>,
}

/// Joins are written where they are read.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
