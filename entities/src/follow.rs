//! Who follows a matter by email.

use sea_orm::entity::prelude::*;

/// Who follows a matter by email.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "follow")]
pub struct Model {
    /// Matter.
    #[sea_orm(primary_key, auto_increment = false)]
    pub proposal_id: i64,
    /// Who.
    #[sea_orm(primary_key, auto_increment = false)]
    pub person_id: i64,
    /// Secret of the link that stops it.
    pub token: String,
    /// Unix ms.
    pub created_at: i64,
    /// Unix ms.
    pub stopped_at: Option<i64>,
}

/// Joins are written where they are read.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
