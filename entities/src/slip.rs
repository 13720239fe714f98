//! A printed slip by which somebody of a household joins, or gets back in.

use sea_orm::entity::prelude::*;

/// A printed slip by which somebody of a household joins, or gets back in.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "slip")]
pub struct Model {
    /// Row.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// Community.
    pub community_id: i64,
    /// Household.
    pub household_id: i64,
    /// `join` or `reset`.
    pub purpose: String,
    /// Whose password a `reset` slip sets.
    pub person_id: Option<i64>,
    /// Sealed, for printing; gone once it is used or over.
    pub code: Option<String>,
    /// Keyed hash of the code.
    pub code_index: String,
    /// Slips printed together: the Unix ms of their making.
    pub batch: i64,
    /// Unix ms.
    pub created_at: i64,
    /// Who printed it.
    pub created_by: i64,
    /// Unix ms.
    pub expires_at: i64,
    /// Unix ms.
    pub used_at: Option<i64>,
    /// Who joined by it.
    pub used_by: Option<i64>,
    /// When it was made worthless, Unix ms.
    pub ended_at: Option<i64>,
}

/// Joins are written where they are read.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
