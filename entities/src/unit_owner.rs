//! Who owns which unit.

use sea_orm::entity::prelude::*;

/// Who owns which unit.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "unit_owner")]
pub struct Model {
    /// Unit.
    #[sea_orm(primary_key, auto_increment = false)]
    pub unit_id: i64,
    /// Owner.
    #[sea_orm(primary_key, auto_increment = false)]
    pub owner_id: i64,
}

/// Joins are written where they are read.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
