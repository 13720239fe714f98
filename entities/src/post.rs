//! A post in a matter's forum.

use sea_orm::entity::prelude::*;

/// A post in a matter's forum.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "post")]
pub struct Model {
    /// Row.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// Matter.
    pub proposal_id: i64,
    /// The post that it replies to; one level.
    pub parent_id: Option<i64>,
    /// Author.
    pub author_id: i64,
    /// The role in which it was written, if any.
    pub author_role: Option<String>,
    /// `domain::stance::Stance`.
    pub stance: String,
    /// Text.
    pub body: String,
    /// Unix ms.
    pub at: i64,
    /// Unix ms when it was taken down.
    pub hidden_at: Option<i64>,
    /// Why; shown to everyone.
    pub hidden_reason: Option<String>,
    /// The helper (代办人) by whose hand it was done.
    pub through_id: Option<i64>,
    /// The post that it quotes.
    pub quote_id: Option<i64>,
    /// `domain::talk::PostState`.
    pub state: String,
    /// Unix ms when it was changed last.
    pub edited_at: Option<i64>,
    /// 谢谢 said to it.
    pub thanks: i64,
    /// 有道理 said to it.
    pub reasons: i64,
    /// Replies, those taken down included.
    pub replies: i64,
}

/// Joins are written where they are read.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
