//! 社区: its names and settings, as the frame of every page shows them.

use domain::ids::CommunityId;
use domain::settings::CommunitySettings;
use entities::community;
use sea_orm::{EntityTrait, QueryOrder};

use crate::error::{Error, Result};
use crate::hall::Hall;

/// A community's names and settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Community {
    /// Row.
    pub id: CommunityId,
    /// 社区.
    pub name: String,
    /// 街道.
    pub subdistrict: String,
    /// District.
    pub district: String,
    /// Settings.
    pub settings: CommunitySettings,
}

/// A community.
///
/// # Errors
/// [`Error::NotFound`] when there is none with this row, [`Error::Broken`] when its settings can't be
/// read.
pub async fn community_load(hall: &Hall, id: CommunityId) -> Result<Community> {
    let row = community::Entity::find_by_id(id.0).one(hall.db.read()).await?;
    read(row.ok_or(Error::NotFound)?)
}

/// The community whose hall this installation is: the first that was founded, `None` before that.
///
/// # Errors
/// [`Error::Broken`] when its settings can't be read.
pub async fn community_first(hall: &Hall) -> Result<Option<Community>> {
    let row =
        community::Entity::find().order_by_asc(community::Column::Id).one(hall.db.read()).await?;
    row.map(read).transpose()
}

fn read(row: community::Model) -> Result<Community> {
    Ok(Community {
        id: CommunityId(row.id),
        settings: serde_json::from_str(&row.settings)?,
        name: row.name,
        subdistrict: row.subdistrict,
        district: row.district,
    })
}
