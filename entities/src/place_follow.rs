//! Somebody follows a category or a place by email.

use sea_orm::entity::prelude::*;

/// Somebody follows a category or a place by email.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "place_follow")]
pub struct Model {
    /// Who.
    #[sea_orm(primary_key, auto_increment = false)]
    pub person_id: i64,
    /// `category`, `entrance`, `courtyard` or `community`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub kind: String,
    /// The category's name, or the place's row.
    #[sea_orm(primary_key, auto_increment = false)]
    pub place: String,
    /// Ends it without signing in.
    pub token: String,
    /// Unix ms.
    pub created_at: i64,
}

/// Joins are written where they are read.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
