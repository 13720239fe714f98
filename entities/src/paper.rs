//! A secret paper: no voter, no time, no order; its key is the tracker.

use sea_orm::entity::prelude::*;

/// A secret paper: no voter, no time, no order; its key is the tracker.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "paper")]
pub struct Model {
    /// Random, known to the voter alone.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tracker: String,
    /// Ballot.
    pub ballot_id: i64,
    /// `domain::ballot::Choice` as JSON.
    pub choice: String,
}

/// Joins are written where they are read.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
