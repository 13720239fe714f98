//! Somebody without a slip asks to be let in.

use sea_orm::entity::prelude::*;

/// Somebody without a slip asks to be let in.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "join_request")]
pub struct Model {
    /// Row.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// Community.
    pub community_id: i64,
    /// Who asks.
    pub person_id: i64,
    /// The entrance that they say they live in.
    pub entrance_id: i64,
    /// The household, where the room is on the roll.
    pub household_id: Option<i64>,
    /// The room that they typed; for those whose duty it is alone.
    pub room: String,
    /// What they say to whoever decides.
    pub words: Option<String>,
    /// `waiting`, `admitted`, `declined`, `withdrawn` or `contested`.
    pub state: String,
    /// Who decided: `household`, `vouch` or `counter`.
    pub way: Option<String>,
    /// Unix ms.
    pub created_at: i64,
    /// Who decided.
    pub decided_by: Option<i64>,
    /// Unix ms.
    pub decided_at: Option<i64>,
    /// Why it was declined.
    pub reason: Option<String>,
    /// Who contested an admission.
    pub contested_by: Option<i64>,
    /// Unix ms.
    pub contested_at: Option<i64>,
    /// Why.
    pub contest_reason: Option<String>,
}

/// Joins are written where they are read.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
