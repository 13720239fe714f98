//! 谢谢 or 有道理 to a post.

use sea_orm::entity::prelude::*;

/// 谢谢 or 有道理 to a post.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "reaction")]
pub struct Model {
    /// Post.
    #[sea_orm(primary_key, auto_increment = false)]
    pub post_id: i64,
    /// Who.
    #[sea_orm(primary_key, auto_increment = false)]
    pub person_id: i64,
    /// `domain::talk::Reaction`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub kind: String,
    /// The helper (代办人) by whose hand it was done.
    pub through_id: Option<i64>,
    /// Unix ms.
    pub at: i64,
}

/// Joins are written where they are read.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
