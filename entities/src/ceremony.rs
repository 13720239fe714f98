//! A passkey ceremony under way.

use sea_orm::entity::prelude::*;

/// A passkey ceremony under way.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "ceremony")]
pub struct Model {
    /// SHA-256 of the browser's token, hex.
    #[sea_orm(primary_key, auto_increment = false)]
    pub token_hash: String,
    /// Whose.
    pub person_id: i64,
    /// `register` or `authenticate`.
    pub kind: String,
    /// The library's state, JSON.
    pub state: String,
    /// Unix ms.
    pub expires_at: i64,
}

/// Joins are written where they are read.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
