//! 附议: one a household.

use sea_orm::entity::prelude::*;

/// 附议: one a household.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "cosign")]
pub struct Model {
    /// Matter.
    #[sea_orm(primary_key, auto_increment = false)]
    pub proposal_id: i64,
    /// Household.
    #[sea_orm(primary_key, auto_increment = false)]
    pub household_id: i64,
    /// Who of the household.
    pub person_id: i64,
    /// Unix ms.
    pub at: i64,
    /// The helper (代办人) by whose hand it was done.
    pub through_id: Option<i64>,
    /// The version of the text that the household stands behind.
    pub version: i64,
    /// The merge by which it came; none for one that was given here.
    pub merge_id: Option<i64>,
}

/// Joins are written where they are read.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
