//! A photo, re-made by the server in two sizes and two formats.

use sea_orm::entity::prelude::*;

/// A photo, re-made by the server in two sizes and two formats.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "photo")]
pub struct Model {
    /// Row.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// Community.
    pub community_id: i64,
    /// Who did it.
    pub by_id: i64,
    /// The helper (代办人) by whose hand it was done.
    pub through_id: Option<i64>,
    /// The draft that it belongs to.
    pub draft_id: Option<i64>,
    /// Matter.
    pub proposal_id: Option<i64>,
    /// Post.
    pub post_id: Option<i64>,
    /// Its place among the others, from 0.
    pub place: i64,
    /// What is seen on it, in words.
    pub alt: String,
    /// Pixels of the large size.
    pub width: i64,
    /// Pixels of the large size.
    pub height: i64,
    /// Bytes of all files together.
    pub bytes: i64,
    /// SHA-256 of the large file in the modern format, hex: its name in the store.
    pub large_modern: String,
    /// The same as JPEG.
    pub large_jpeg: String,
    /// The small one.
    pub small_modern: String,
    /// The same as JPEG.
    pub small_jpeg: String,
    /// Unix ms.
    pub at: i64,
    /// Unix ms when it was taken down.
    pub hidden_at: Option<i64>,
}

/// Joins are written where they are read.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
