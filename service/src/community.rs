//! 社区: its names and settings, as the frame of every page shows them.

use domain::ids::CommunityId;
use domain::settings::CommunitySettings;
use domain::slug::derived;
use entities::community;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect, Select,
};

use crate::error::{Error, Result};
use crate::hall::Hall;

/// A community's names and settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Community {
    /// Row.
    pub id: CommunityId,
    /// Its short name in addresses.
    pub slug: String,
    /// What its addresses begin with: empty for the first community of the server, else `/c/{slug}`.
    pub prefix: String,
    /// 社区.
    pub name: String,
    /// 街道.
    pub subdistrict: String,
    /// District.
    pub district: String,
    /// Settings.
    pub settings: CommunitySettings,
    /// Whether the server holds other communities too.
    pub has_others: bool,
}

/// A community.
///
/// # Errors
/// [`Error::NotFound`] when there is none with this row, [`Error::Broken`] when its settings can't be
/// read.
pub async fn community_load(hall: &Hall, id: CommunityId) -> Result<Community> {
    let found = one(hall, select().filter(community::Column::Id.eq(id.0))).await?;
    found.ok_or(Error::NotFound)
}

/// The community whose pages lie under `/c/{slug}`.
///
/// # Errors
/// [`Error::NotFound`] when there is none, [`Error::Broken`] when its settings can't be read.
pub async fn community_by_slug(hall: &Hall, slug: &str) -> Result<Community> {
    let found = one(hall, select().filter(community::Column::Slug.eq(slug))).await?;
    found.ok_or(Error::NotFound)
}

/// The community whose pages lie at the root: the first that was founded, `None` before that.
///
/// # Errors
/// [`Error::Broken`] when its settings can't be read.
pub async fn community_first(hall: &Hall) -> Result<Option<Community>> {
    one(hall, select().order_by_asc(community::Column::Id)).await
}

/// A community's short name, and what its addresses begin with; `first` is the row of the server's first
/// community, whose pages lie at the root.
pub(crate) fn prefix(id: i64, slug: Option<String>, first: i64) -> (String, String) {
    let slug = slug.unwrap_or_else(|| derived(CommunityId(id)));
    let prefix = if id == first { String::new() } else { format!("/c/{slug}") };
    (slug, prefix)
}

#[derive(Debug, FromQueryResult)]
struct Row {
    id: i64,
    slug: Option<String>,
    name: String,
    subdistrict: String,
    district: String,
    settings: String,
    first_id: i64,
    last_id: i64,
}

fn select() -> Select<community::Entity> {
    community::Entity::find()
        .column_as(Expr::cust("(SELECT MIN(id) FROM community)"), "first_id")
        .column_as(Expr::cust("(SELECT MAX(id) FROM community)"), "last_id")
}

async fn one(hall: &Hall, select: Select<community::Entity>) -> Result<Option<Community>> {
    let row = select.into_model::<Row>().one(hall.db.read()).await?;
    row.map(read).transpose()
}

fn read(row: Row) -> Result<Community> {
    let (slug, prefix) = prefix(row.id, row.slug, row.first_id);
    Ok(Community {
        id: CommunityId(row.id),
        prefix,
        slug,
        settings: serde_json::from_str(&row.settings)?,
        name: row.name,
        subdistrict: row.subdistrict,
        district: row.district,
        has_others: row.first_id != row.last_id,
    })
}
