//! Failed sign-ins in a row under one name, whether or not the name is anybody's: a name that is
//! locked must not tell that it exists.

use sea_orm::entity::prelude::*;

/// Failed sign-ins in a row under one name, whether or not the name is anybody's.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sign_in_failure")]
pub struct Model {
    /// SHA-256 of the name as it was tried, hex.
    #[sea_orm(primary_key, auto_increment = false)]
    pub name_hash: String,
    /// Failures in a row.
    pub failures: i64,
    /// The last one, Unix ms.
    pub at: i64,
    /// No try counts before, Unix ms; 0 when it isn't locked.
    pub locked_until: i64,
}

/// Joins are written where they are read.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
