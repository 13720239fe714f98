//! A chair's summary of the talk; the latest of a matter is the one in force.

use sea_orm::entity::prelude::*;

/// A chair's summary of the talk; the latest of a matter is the one in force.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "summary")]
pub struct Model {
    /// Row.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// Matter.
    pub proposal_id: i64,
    /// What speaks for it, a point a line.
    pub for_points: String,
    /// What speaks against it.
    pub against_points: String,
    /// What is agreed.
    pub agreed: String,
    /// What is open.
    pub open_points: String,
    /// Who did it.
    pub by_id: i64,
    /// The role in which it was done.
    pub by_role: Option<String>,
    /// Unix ms.
    pub at: i64,
}

/// Joins are written where they are read.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
