//! Somebody who is named in a post with @.

use sea_orm::entity::prelude::*;

/// Somebody who is named in a post with @.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "mention")]
pub struct Model {
    /// Post.
    #[sea_orm(primary_key, auto_increment = false)]
    pub post_id: i64,
    /// Who.
    #[sea_orm(primary_key, auto_increment = false)]
    pub person_id: i64,
}

/// Joins are written where they are read.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
