//! The opinion groups as they were computed last.

use sea_orm::entity::prelude::*;

/// The opinion groups as they were computed last.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "opinion_map")]
pub struct Model {
    /// Matter.
    #[sea_orm(primary_key, auto_increment = false)]
    pub proposal_id: i64,
    /// Names the answers that they were computed from.
    pub basis: String,
    /// `opinions::Map` as JSON.
    pub result: String,
    /// Unix ms.
    pub at: i64,
}

/// Joins are written where they are read.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
