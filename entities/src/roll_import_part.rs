//! Rows of an import, some hundreds each.

use sea_orm::entity::prelude::*;

/// Rows of an import, some hundreds each.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "roll_import_part")]
pub struct Model {
    /// Import.
    #[sea_orm(primary_key, auto_increment = false)]
    pub import_id: i64,
    /// Its place in the file.
    #[sea_orm(primary_key, auto_increment = false)]
    pub part: i64,
    /// Sealed JSON.
    pub data: String,
}

/// Joins are written where they are read.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
