//! A person's authenticator app (RFC 6238).

use sea_orm::entity::prelude::*;

/// A person's authenticator app (RFC 6238).
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "totp")]
pub struct Model {
    /// Whose.
    #[sea_orm(primary_key, auto_increment = false)]
    pub person_id: i64,
    /// Sealed.
    pub secret: String,
    /// Unix ms.
    pub created_at: i64,
    /// When a first code fitted, Unix ms; none until then.
    pub confirmed_at: Option<i64>,
    /// The last time step whose code was used: a code counts once.
    pub last_step: i64,
}

/// Joins are written where they are read.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
