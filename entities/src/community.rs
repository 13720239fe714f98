//! 社区: the top of one hall, with its settings and its running numbers.

use sea_orm::entity::prelude::*;

/// 社区: the top of one hall, with its settings and its running numbers.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "community")]
pub struct Model {
    /// Row.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// Name.
    pub name: String,
    /// 街道.
    pub subdistrict: String,
    /// District.
    pub district: String,
    /// `domain::settings::CommunitySettings` as JSON.
    pub settings: String,
    /// The next public number of a matter.
    pub next_proposal: i64,
    /// The next public number of a ballot.
    pub next_ballot: i64,
    /// Unix ms.
    pub created_at: i64,
    /// Its short name in addresses: `/c/{slug}/…`.
    pub slug: Option<String>,
}

/// Joins are written where they are read.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
