//! A file in the store, from before it is written until it is deleted.

use sea_orm::entity::prelude::*;

/// A file in the store, from before it is written until it is deleted.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "stored_file")]
pub struct Model {
    /// SHA-256 of its content, hex: its name in the store.
    #[sea_orm(primary_key, auto_increment = false)]
    pub hash: String,
    /// Its size.
    pub bytes: i64,
    /// Unix ms when to look whether anything refers to it.
    pub look_at: i64,
    /// Unix ms since when it is being deleted: nothing may refer to it any more.
    pub going_at: Option<i64>,
}

/// Joins are written where they are read.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
