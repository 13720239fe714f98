//! 办理事项: a matter with whoever does it.

use sea_orm::entity::prelude::*;

/// 办理事项: a matter with whoever does it.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "work_item")]
pub struct Model {
    /// Row.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// Matter.
    pub proposal_id: i64,
    /// `domain::route::Route`.
    pub route: String,
    /// Who does it, as shown.
    pub receiver: String,
    /// 12345 ticket number.
    pub ticket: Option<String>,
    /// `open`, `suspended`, `done` or `passed_on`.
    pub state: String,
    /// Unix ms.
    pub opened_at: i64,
    /// Unix ms.
    pub due_at: i64,
    /// When its one extension was given, Unix ms.
    pub extended_at: Option<i64>,
    /// Unix ms.
    pub done_at: Option<i64>,
    /// Completion note.
    pub note: Option<String>,
}

/// Joins are written where they are read.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
