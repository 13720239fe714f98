//! A role held for a place and a time.

use sea_orm::entity::prelude::*;

/// A role held for a place and a time.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "role_grant")]
pub struct Model {
    /// Row.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// Holder.
    pub person_id: i64,
    /// `domain::role::Role`.
    pub role: String,
    /// `domain::place::ScopeKind`.
    pub scope_kind: String,
    /// The place's row.
    pub scope_place: i64,
    /// Unix ms.
    pub granted_at: i64,
    /// Who gave it.
    pub granted_by: Option<i64>,
    /// Unix ms; open-ended when none.
    pub until: Option<i64>,
    /// Who ended it.
    pub ended_by: Option<i64>,
}

/// Joins are written where they are read.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
