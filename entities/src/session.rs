//! A signed-in device.

use sea_orm::entity::prelude::*;

/// A signed-in device.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "session")]
pub struct Model {
    /// SHA-256 of the cookie's token, hex.
    #[sea_orm(primary_key, auto_increment = false)]
    pub token_hash: String,
    /// Whose.
    pub person_id: i64,
    /// Unix ms.
    pub created_at: i64,
    /// Unix ms, to the minute.
    pub seen_at: i64,
    /// Unix ms.
    pub expires_at: i64,
    /// The browser as it named itself, shortened.
    pub agent: String,
    /// When the second factor was last shown, Unix ms.
    pub factor_at: Option<i64>,
    /// The person whom the signed-in one acts for at present.
    pub acting_for: Option<i64>,
}

/// Joins are written where they are read.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
