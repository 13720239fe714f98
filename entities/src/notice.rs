//! An event that followers are told about: written in the deciding transaction, expanded into mails later.

use sea_orm::entity::prelude::*;

/// An event that followers are told about: written in the deciding transaction, expanded into mails later.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "notice")]
pub struct Model {
    /// Row.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// Matter.
    pub proposal_id: i64,
    /// The step on the timeline.
    pub step_id: i64,
    /// The step's stable name.
    pub kind: String,
    /// Who caused it, and so is not told.
    pub actor_id: Option<i64>,
    /// Unix ms.
    pub at: i64,
    /// Unix ms.
    pub expanded_at: Option<i64>,
}

/// Joins are written where they are read.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
