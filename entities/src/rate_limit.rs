//! How often something was done in a window.

use sea_orm::entity::prelude::*;

/// How often something was done in a window.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "rate_limit")]
pub struct Model {
    /// Operation and subject.
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: String,
    /// Unix ms.
    pub window_start: i64,
    /// Times in the window.
    pub count: i64,
}

/// Joins are written where they are read.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
