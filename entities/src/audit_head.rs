//! The chain's last entry: one row, and the lock that puts writers in order.

use sea_orm::entity::prelude::*;

/// The chain's last entry: one row, and the lock that puts writers in order.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_head")]
pub struct Model {
    /// Always 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    /// Last sequence number.
    pub seq: i64,
    /// Its hash, hex.
    pub hash: String,
}

/// Joins are written where they are read.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
