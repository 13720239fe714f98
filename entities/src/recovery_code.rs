//! A code to get in by when the second factor is lost.

use sea_orm::entity::prelude::*;

/// A code to get in by when the second factor is lost.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "recovery_code")]
pub struct Model {
    /// Whose.
    #[sea_orm(primary_key, auto_increment = false)]
    pub person_id: i64,
    /// SHA-256, hex.
    #[sea_orm(primary_key, auto_increment = false)]
    pub code_hash: String,
    /// Unix ms.
    pub used_at: Option<i64>,
}

/// Joins are written where they are read.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
