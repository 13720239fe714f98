//! A short statement that neighbours agree with, disagree with or pass.

use sea_orm::entity::prelude::*;

/// A short statement that neighbours agree with, disagree with or pass.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "statement")]
pub struct Model {
    /// Row.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// Matter.
    pub proposal_id: i64,
    /// 1, 2, 3 … within the matter.
    pub number: i64,
    /// Who wrote it.
    pub author_id: i64,
    /// The helper (代办人) by whose hand it was done.
    pub through_id: Option<i64>,
    /// Text; empty once it was taken down.
    pub body: String,
    /// `shown`, `waiting`, `removed` or `declined`.
    pub state: String,
    /// Unix ms.
    pub at: i64,
    /// Unix ms when it was taken down.
    pub hidden_at: Option<i64>,
    /// Why; shown to everyone.
    pub hidden_reason: Option<String>,
    /// Sealed: the text that was taken down, until the time for it is over.
    pub kept: Option<String>,
}

/// Joins are written where they are read.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
