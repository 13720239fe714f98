//! Merging one matter into another: asked, done, objected to or undone.

use sea_orm::entity::prelude::*;

/// Merging one matter into another: asked, done, objected to or undone.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "proposal_merge")]
pub struct Model {
    /// Row.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// Community.
    pub community_id: i64,
    /// The matter that becomes part of the other.
    pub from_id: i64,
    /// The other.
    pub into_id: i64,
    /// `domain::merging::MergeState`.
    pub state: String,
    /// Why; shown to everyone.
    pub reason: String,
    /// Who proposed it.
    pub asked_by: i64,
    /// Unix ms.
    pub asked_at: i64,
    /// Unix ms: the proposer's last moment to object.
    pub object_until: i64,
    /// Unix ms when the proposer agreed or objected.
    pub answered_at: Option<i64>,
    /// Why the proposer objects.
    pub answer_reason: Option<String>,
    /// Unix ms.
    pub done_at: Option<i64>,
    /// Unix ms: the last moment to undo it.
    pub undo_until: Option<i64>,
    /// The version of the other's text when it was done; none for a merge from before co-signs were derived.
    pub into_version: Option<i64>,
    /// What the merged matter was before, JSON: state, since when, due when.
    pub from_before: Option<String>,
    /// Who undid it.
    pub undone_by: Option<i64>,
    /// Unix ms.
    pub undone_at: Option<i64>,
    /// Why it was undone; shown to everyone.
    pub undo_reason: Option<String>,
}

/// Joins are written where they are read.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
