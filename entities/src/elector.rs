//! A line of a ballot's frozen roll: who may vote, and whether and how they did; never what.

use sea_orm::entity::prelude::*;

/// A line of a ballot's frozen roll: who may vote, and whether and how they did; never what.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "elector")]
pub struct Model {
    /// Ballot.
    #[sea_orm(primary_key, auto_increment = false)]
    pub ballot_id: i64,
    /// Voter key, such as `household:12`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub voter: String,
    /// Household that votes.
    pub household_id: Option<i64>,
    /// Person who votes.
    pub person_id: Option<i64>,
    /// `none`, `web`, `paper` or `assisted`.
    pub cast_by: String,
    /// Person whose vote it is, once it is cast: one a ballot.
    pub caster_id: Option<i64>,
}

/// Joins are written where they are read.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
