//! A question to the committee, with its clock.

use sea_orm::entity::prelude::*;

/// A question to the committee, with its clock.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "question")]
pub struct Model {
    /// Post.
    #[sea_orm(primary_key, auto_increment = false)]
    pub post_id: i64,
    /// Matter.
    pub proposal_id: i64,
    /// Unix ms.
    pub at: i64,
    /// Unix ms: the last moment in time.
    pub due_at: i64,
    /// 1 when it leans on a year whose holidays are not known yet.
    pub due_provisional: i64,
    /// The post that answers it.
    pub answer_id: Option<i64>,
    /// Unix ms.
    pub answered_at: Option<i64>,
    /// 1 when it was answered after its due day.
    pub late: i64,
}

/// Joins are written where they are read.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
