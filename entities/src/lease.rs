//! A job that one server at a time may do.

use sea_orm::entity::prelude::*;

/// A job that one server at a time may do.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "lease")]
pub struct Model {
    /// Job.
    #[sea_orm(primary_key, auto_increment = false)]
    pub name: String,
    /// Server.
    pub holder: String,
    /// Unix ms.
    pub until: i64,
}

/// Joins are written where they are read.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
