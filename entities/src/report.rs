//! A neighbour's report of a post, or of a matter's text.

use sea_orm::entity::prelude::*;

/// A neighbour's report of a post, or of a matter's text.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "report")]
pub struct Model {
    /// Row.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// Community.
    pub community_id: i64,
    /// Matter.
    pub proposal_id: i64,
    /// The post; none when it is about the matter's own text.
    pub post_id: Option<i64>,
    /// Who did it.
    pub by_id: i64,
    /// Household.
    pub household_id: i64,
    /// The helper (代办人) by whose hand it was done.
    pub through_id: Option<i64>,
    /// `domain::civil::Wrong`.
    pub kind: String,
    /// What the neighbour adds.
    pub words: Option<String>,
    /// Unix ms.
    pub at: i64,
    /// Unix ms: the last moment in time.
    pub due_at: i64,
    /// `open`, `upheld` or `dismissed`.
    pub state: String,
    /// Who decided.
    pub decided_by: Option<i64>,
    /// Unix ms.
    pub decided_at: Option<i64>,
    /// The committee's answer to the one who reported.
    pub answer: Option<String>,
}

/// Joins are written where they are read.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
