//! A file of households or owners, checked and then taken in.

use sea_orm::entity::prelude::*;

/// A file of households or owners, checked and then taken in.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "roll_import")]
pub struct Model {
    /// Row.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// Community.
    pub community_id: i64,
    /// `households` or `owners`.
    pub kind: String,
    /// As it was uploaded.
    pub file_name: String,
    /// `checking`, `checked`, `running`, `done`, `failed`, `dropped` or `undone`.
    pub state: String,
    /// Rows in the file.
    pub total: i64,
    /// Rows that add something.
    pub added: i64,
    /// Rows that change something.
    pub changed: i64,
    /// Rows that are left out.
    pub left_out: i64,
    /// What would be done, row by row: sealed JSON.
    pub report: Option<String>,
    /// Who uploaded it.
    pub created_by: i64,
    /// Unix ms.
    pub created_at: i64,
    /// When the last run began, Unix ms; on a `checked` one: it was checked anew by a run that found the
    /// roll changed.
    pub run_at: Option<i64>,
    /// Unix ms.
    pub done_at: Option<i64>,
    /// Unix ms.
    pub undone_at: Option<i64>,
    /// Who undid it.
    pub undone_by: Option<i64>,
    /// Of an undone one: rows that stayed, since something depends on them.
    pub kept: Option<i64>,
}

/// Joins are written where they are read.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
