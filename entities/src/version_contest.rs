//! A household says that a correction alters what is asked.

use sea_orm::entity::prelude::*;

/// A household says that a correction alters what is asked.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "version_contest")]
pub struct Model {
    /// Version.
    #[sea_orm(primary_key, auto_increment = false)]
    pub version_id: i64,
    /// Household.
    #[sea_orm(primary_key, auto_increment = false)]
    pub household_id: i64,
    /// Who.
    pub person_id: i64,
    /// The helper (代办人) by whose hand it was done.
    pub through_id: Option<i64>,
    /// Unix ms.
    pub at: i64,
}

/// Joins are written where they are read.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
