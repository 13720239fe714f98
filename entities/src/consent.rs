//! A consent that a person gave, and took back.

use sea_orm::entity::prelude::*;

/// A consent that a person gave, and took back.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "consent")]
pub struct Model {
    /// Row.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// Who.
    pub person_id: i64,
    /// Version of the text.
    pub version: i64,
    /// Unix ms.
    pub given_at: i64,
    /// Unix ms.
    pub withdrawn_at: Option<i64>,
    /// The helper who gave it for them.
    pub through_id: Option<i64>,
}

/// Joins are written where they are read.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
