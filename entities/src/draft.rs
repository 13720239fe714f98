//! A matter that is being written: only its author sees it.

use sea_orm::entity::prelude::*;

/// A matter that is being written: only its author sees it.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "draft")]
pub struct Model {
    /// Row.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// Community.
    pub community_id: i64,
    /// Who.
    pub person_id: i64,
    /// Title so far, for the list of drafts.
    pub title: String,
    /// `service::proposal::ProposalForm` as JSON.
    pub form: String,
    /// The helper (代办人) by whose hand it was done.
    pub through_id: Option<i64>,
    /// Counts up with each change.
    pub version: i64,
    /// Unix ms.
    pub created_at: i64,
    /// Unix ms.
    pub updated_at: i64,
}

/// Joins are written where they are read.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
