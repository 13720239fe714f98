//! A passkey (WebAuthn).

use sea_orm::entity::prelude::*;

/// A passkey (WebAuthn).
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "passkey")]
pub struct Model {
    /// Row.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// Whose.
    pub person_id: i64,
    /// Credential id, base64url.
    pub credential: String,
    /// Public key and counter, JSON.
    pub data: String,
    /// What its owner calls it.
    pub label: String,
    /// Unix ms.
    pub created_at: i64,
    /// Unix ms.
    pub used_at: Option<i64>,
}

/// Joins are written where they are read.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
