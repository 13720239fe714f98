//! A step on a matter's public timeline.

use sea_orm::entity::prelude::*;

/// A step on a matter's public timeline.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "step")]
pub struct Model {
    /// Row.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// Matter.
    pub proposal_id: i64,
    /// Unix ms.
    pub at: i64,
    /// The step's stable name.
    pub kind: String,
    /// Who; none for the clock.
    pub actor_id: Option<i64>,
    /// In what role.
    pub actor_role: Option<String>,
    /// The public reason or note.
    pub reason: Option<String>,
    /// More facts, JSON by kind.
    pub detail: Option<String>,
    /// 1 when it came after its due day.
    pub late: i64,
    /// What is due next, Unix ms.
    pub due_at: Option<i64>,
    /// The helper by whose hand it was done.
    pub through_id: Option<i64>,
}

/// Joins are written where they are read.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
