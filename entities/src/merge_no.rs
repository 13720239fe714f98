//! A household doesn't want its co-sign to go along with a merge.

use sea_orm::entity::prelude::*;

/// A household doesn't want its co-sign to go along with a merge.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "merge_no")]
pub struct Model {
    /// Merge.
    #[sea_orm(primary_key, auto_increment = false)]
    pub merge_id: i64,
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
