//! A version of a matter's text: what neighbours co-signed can be read for ever.

use sea_orm::entity::prelude::*;

/// A version of a matter's text: what neighbours co-signed can be read for ever.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "proposal_version")]
pub struct Model {
    /// Row.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// Matter.
    pub proposal_id: i64,
    /// 1, 2, 3 … within the matter; 0 for the one edit that waits or was declined, and is no text of the matter.
    pub number: i64,
    /// `domain::version::VersionKind`.
    pub kind: String,
    /// Title.
    pub title: String,
    /// 现状.
    pub situation: String,
    /// 建议.
    pub suggestion: String,
    /// `domain::category::Category`.
    pub category: String,
    /// Courtyard.
    pub courtyard_id: i64,
    /// Entrance.
    pub entrance_id: Option<i64>,
    /// Where, in words.
    pub spot: Option<String>,
    /// Whom it concerns.
    pub scope_kind: String,
    /// The scope's place.
    pub scope_place: i64,
    /// What was changed and why, by whoever changed it.
    pub note: Option<String>,
    /// Households that stood behind the text before it, when this one came.
    pub cosigns: i64,
    /// Who did it.
    pub by_id: i64,
    /// The helper (代办人) by whose hand it was done.
    pub through_id: Option<i64>,
    /// Unix ms.
    pub at: i64,
    /// Unix ms when a correction was found to alter what is asked.
    pub raised_at: Option<i64>,
    /// Who of the committee found it; none where households did.
    pub raised_by: Option<i64>,
    /// Why; shown to everyone.
    pub raised_reason: Option<String>,
    /// `domain::version::VersionState`.
    pub state: String,
    /// Who let an edit through that waited, or declined it.
    pub decided_by: Option<i64>,
    /// Unix ms.
    pub decided_at: Option<i64>,
    /// Why it was declined; shown to everyone.
    pub decision_reason: Option<String>,
}

/// Joins are written where they are read.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
