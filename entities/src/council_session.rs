//! A held session (议事会) with its minutes (纪要).

use sea_orm::entity::prelude::*;

/// A held session (议事会) with its minutes (纪要).
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "council_session")]
pub struct Model {
    /// Row.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// Matter.
    pub proposal_id: i64,
    /// Day, ISO 8601.
    pub held_on: String,
    /// People present.
    pub attendees: i64,
    /// Text.
    pub minutes: String,
    /// By whom.
    pub recorded_by: i64,
    /// Unix ms.
    pub at: i64,
}

/// Joins are written where they are read.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
