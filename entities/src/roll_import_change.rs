//! What an import changed, so that it can be undone.

use sea_orm::entity::prelude::*;

/// What an import changed, so that it can be undone.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "roll_import_change")]
pub struct Model {
    /// Row.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// Import.
    pub import_id: i64,
    /// Which table.
    pub what: String,
    /// Which row.
    pub row_id: i64,
    /// How it was, sealed JSON; none for a row that was added.
    pub before: Option<String>,
}

/// Joins are written where they are read.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
