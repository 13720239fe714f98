//! A name by which a text of a post calls somebody with @, also one that is shown no more.

use sea_orm::entity::prelude::*;

/// A name by which a text of a post calls somebody with @, also one that is shown no more: so that it can be
/// covered everywhere once they are gone.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "mention_name")]
pub struct Model {
    /// Post.
    #[sea_orm(primary_key, auto_increment = false)]
    pub post_id: i64,
    /// Who.
    #[sea_orm(primary_key, auto_increment = false)]
    pub person_id: i64,
    /// As they were called then, without the sign before it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub name: String,
}

/// Joins are written where they are read.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
