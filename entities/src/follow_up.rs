//! 回访 after a dissatisfied review.

use sea_orm::entity::prelude::*;

/// 回访 after a dissatisfied review.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "follow_up")]
pub struct Model {
    /// Row.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// Matter.
    pub proposal_id: i64,
    /// The review.
    pub review_id: i64,
    /// Unix ms.
    pub due_at: i64,
    /// Unix ms.
    pub done_at: Option<i64>,
    /// What came of it.
    pub note: Option<String>,
    /// By whom.
    pub done_by: Option<i64>,
}

/// Joins are written where they are read.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
