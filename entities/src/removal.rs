//! What was taken down, by whom, when and why; and the one appeal.

use sea_orm::entity::prelude::*;

/// What was taken down, by whom, when and why; and the one appeal.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "removal")]
pub struct Model {
    /// Row.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// Community.
    pub community_id: i64,
    /// Matter.
    pub proposal_id: i64,
    /// The post; none when it is a matter's own text.
    pub post_id: Option<i64>,
    /// Who wrote it.
    pub author_id: i64,
    /// `domain::civil::Wrong`; none for what was taken down before it was asked.
    pub kind: Option<String>,
    /// Why; shown to everyone.
    pub reason: String,
    /// What it said, sealed JSON; none once the time for keeping it is over.
    pub kept: Option<String>,
    /// Unix ms.
    pub keep_until: i64,
    /// Who did it.
    pub by_id: i64,
    /// The role in which it was done.
    pub by_role: Option<String>,
    /// Unix ms.
    pub at: i64,
    /// Why its author asks for another look.
    pub appeal_words: Option<String>,
    /// Unix ms.
    pub appealed_at: Option<i64>,
    /// Unix ms: the last moment in time for the answer.
    pub appeal_due_at: Option<i64>,
    /// Who decided.
    pub decided_by: Option<i64>,
    /// Unix ms.
    pub decided_at: Option<i64>,
    /// `upheld` or `restored`.
    pub decision: Option<String>,
    /// Why; shown to everyone.
    pub decision_reason: Option<String>,
}

/// Joins are written where they are read.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
