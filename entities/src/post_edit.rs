//! What a post said before, or will say once somebody has looked at it.

use sea_orm::entity::prelude::*;

/// What a post said before, or will say once somebody has looked at it.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "post_edit")]
pub struct Model {
    /// Row.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// Post.
    pub post_id: i64,
    /// Text.
    pub body: String,
    /// `domain::stance::Stance`.
    pub stance: String,
    /// `past`: replaced; `waiting`: to be looked at; `declined`: not taken.
    pub state: String,
    /// Who did it.
    pub by_id: i64,
    /// The helper (代办人) by whose hand it was done.
    pub through_id: Option<i64>,
    /// Unix ms.
    pub at: i64,
}

/// Joins are written where they are read.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
