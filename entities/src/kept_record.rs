//! What the law demands to be kept of a closed account, and until when.

use sea_orm::entity::prelude::*;

/// What the law demands to be kept of a closed account, and until when.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "kept_record")]
pub struct Model {
    /// Who.
    #[sea_orm(primary_key, auto_increment = false)]
    pub person_id: i64,
    /// The household at the time.
    pub household_id: Option<i64>,
    /// Sealed.
    pub real_name: Option<String>,
    /// Unix ms; deleted after.
    pub until: i64,
}

/// Joins are written where they are read.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
