//! A person's answer to a statement.

use sea_orm::entity::prelude::*;

/// A person's answer to a statement.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "statement_vote")]
pub struct Model {
    /// Statement.
    #[sea_orm(primary_key, auto_increment = false)]
    pub statement_id: i64,
    /// Who.
    #[sea_orm(primary_key, auto_increment = false)]
    pub person_id: i64,
    /// 1 agrees, -1 disagrees, 0 passes.
    pub choice: i64,
    /// The helper (代办人) by whose hand it was done.
    pub through_id: Option<i64>,
    /// Unix ms.
    pub at: i64,
}

/// Joins are written where they are read.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
