//! 满意度评价 of a completed matter; a new round when the work was opened again.

use sea_orm::entity::prelude::*;

/// 满意度评价 of a completed matter; a new round when the work was opened again.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "review")]
pub struct Model {
    /// Row.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// Matter.
    pub proposal_id: i64,
    /// Who.
    pub person_id: i64,
    /// 0, or 1 after the work was opened again.
    pub round: i64,
    /// 1 when solved.
    pub solved: i64,
    /// `domain::review::Satisfaction`.
    pub satisfaction: String,
    /// Words.
    pub words: Option<String>,
    /// Unix ms.
    pub at: i64,
}

/// Joins are written where they are read.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
