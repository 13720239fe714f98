//! A speaker says whether a summary is fair to their side.

use sea_orm::entity::prelude::*;

/// A speaker says whether a summary is fair to their side.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "summary_fair")]
pub struct Model {
    /// Summary.
    #[sea_orm(primary_key, auto_increment = false)]
    pub summary_id: i64,
    /// Who.
    #[sea_orm(primary_key, auto_increment = false)]
    pub person_id: i64,
    /// `for` or `against`.
    pub side: String,
    /// 1 when it is fair.
    pub fair: i64,
    /// The helper (代办人) by whose hand it was done.
    pub through_id: Option<i64>,
    /// Unix ms.
    pub at: i64,
}

/// Joins are written where they are read.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
