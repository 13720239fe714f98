//! A change of the places: history for those who read it later.

use sea_orm::entity::prelude::*;

/// A change of the places: history for those who read it later.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "place_change")]
pub struct Model {
    /// Row.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// Community.
    pub community_id: i64,
    /// `add`, `rename`, `split`, `merge` or `end`.
    pub kind: String,
    /// `courtyard` or `entrance`.
    pub place_kind: String,
    /// The place's row.
    pub place_id: i64,
    /// The other place of a split or a merger.
    pub other_id: Option<i64>,
    /// Name before.
    pub before: Option<String>,
    /// Name after.
    pub after: Option<String>,
    /// Households that moved with it.
    pub households: i64,
    /// Why.
    pub reason: Option<String>,
    /// Who did it.
    pub by_id: i64,
    /// Unix ms.
    pub at: i64,
}

/// Joins are written where they are read.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
