//! A ballot (表决).

use sea_orm::entity::prelude::*;

/// A ballot (表决).
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "ballot")]
pub struct Model {
    /// Row.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// Community.
    pub community_id: i64,
    /// Public number.
    pub number: i64,
    /// Matter.
    pub proposal_id: i64,
    /// `domain::ballot::BallotKind`.
    pub kind: String,
    /// Question.
    pub question: String,
    /// Electorate's scope.
    pub scope_kind: String,
    /// The scope's place.
    pub scope_place: i64,
    /// Unix ms.
    pub opens_at: i64,
    /// Unix ms.
    pub closes_at: i64,
    /// `open`, `closed` or `cancelled`.
    pub state: String,
    /// Size of the frozen electorate.
    pub electors: i64,
    /// Its digest, hex.
    pub electorate_digest: String,
    /// Why it was cancelled.
    pub cancel_reason: Option<String>,
    /// The published result file, JSON.
    pub result: Option<String>,
    /// What the result comes to, JSON without the papers: what pages and lists show.
    pub outcome: Option<String>,
    /// Who opened it.
    pub opened_by: i64,
    /// Counted up by each change.
    pub version: i64,
}

/// Joins are written where they are read.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
