//! A community's own drawing of a place, on which a matter's pin is set.

use sea_orm::entity::prelude::*;

/// A community's own drawing of a place, on which a matter's pin is set.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "plan")]
pub struct Model {
    /// Row.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// Community.
    pub community_id: i64,
    /// The courtyard that it shows; none for the community as a whole.
    pub courtyard_id: Option<i64>,
    /// What it shows, in words.
    pub name: String,
    /// Pixels of the large size.
    pub width: i64,
    /// Pixels of the large size.
    pub height: i64,
    /// Bytes of all files together.
    pub bytes: i64,
    /// SHA-256 of the large file in the modern format, hex.
    pub large_modern: String,
    /// The same as JPEG.
    pub large_jpeg: String,
    /// The small one.
    pub small_modern: String,
    /// The same as JPEG.
    pub small_jpeg: String,
    /// Who did it.
    pub by_id: i64,
    /// Unix ms.
    pub at: i64,
    /// Unix ms when another took its place: pins that were set on it still show it.
    pub ended_at: Option<i64>,
}

/// Joins are written where they are read.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
