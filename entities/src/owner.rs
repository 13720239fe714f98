//! 业主: an owner on the roll.

use sea_orm::entity::prelude::*;

/// 业主: an owner on the roll.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "owner")]
pub struct Model {
    /// Row.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// Community.
    pub community_id: i64,
    /// Sealed.
    pub name: String,
    /// Keyed hash of the name, to find it again.
    pub name_index: String,
    /// Sealed.
    pub phone: Option<String>,
    /// Keyed hash of the telephone number.
    pub phone_index: Option<String>,
    /// The account, where the owner has one.
    pub person_id: Option<i64>,
    /// The import that added it.
    pub import_id: Option<i64>,
    /// Unix ms.
    pub created_at: i64,
}

/// Joins are written where they are read.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
