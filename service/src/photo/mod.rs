//! Photos of a matter or a post.
//!
//! A photo is sent while its matter or post is being written, and belongs to a draft or to nothing yet; only
//! its owner sees it then. With the matter or the post it goes along ([`photos_to_matter_in_txn`],
//! [`photos_to_post_in_txn`]), and is seen by whoever may see that. One that went along with nothing is
//! dropped after a day.

mod add;
mod attach;
mod change;
mod prepare;
mod see;

use domain::ids::PhotoId;
use domain::permission::{Action, Target, permit};
use domain::role::Actor;
use domain::settings::CommunitySettings;
use domain::text::Alt;
use entities::photo;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};

use crate::civil;
use crate::error::{Error, Problem, Result};
use crate::hall::Hall;
use crate::matter;

pub(crate) use add::Written;
pub use add::{PhotoHome, photo_add};
pub(crate) use attach::{photos_drop_in_txn, photos_end_in_txn};
pub use attach::{
    photos_loose_to_matter_in_txn, photos_sweep, photos_to_matter_in_txn, photos_to_post_in_txn,
};
pub use change::{photo_alt_change, photo_first, photo_remove};
pub use prepare::{BYTES_MAX, LARGE, Painter, PhotoProblem, Prepared, SIDE_MAX, SMALL, prepare};
pub(crate) use see::photos_of_talk;
pub use see::{
    PhotoFile, photo_bytes, photo_file, photos_loose, photos_of, photos_of_draft, photos_of_posts,
};

/// The most photos of a matter, or of a draft.
pub const MATTER_MAX: u64 = 6;
/// The most photos of a post.
pub const POST_MAX: u64 = 2;
/// The most photos that wait for a post or a matter, of one person.
pub const LOOSE_MAX: u64 = 12;
/// The field of a form that photos are sent in.
pub const FIELD: &str = "photos";

/// A photo as a page shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhotoView {
    /// Row.
    pub id: i64,
    /// What is seen on it, in words; may be empty.
    pub alt: String,
    /// Pixels of the large size.
    pub width: u32,
    /// Pixels of the large size.
    pub height: u32,
    /// Name of the large file as WebP; its address is `/photos/{name}`.
    pub large_modern: String,
    /// The same as JPEG.
    pub large_jpeg: String,
    /// Name of the small file as WebP.
    pub small_modern: String,
    /// The same as JPEG.
    pub small_jpeg: String,
}

impl From<photo::Model> for PhotoView {
    fn from(row: photo::Model) -> Self {
        let side = |pixels: i64| u32::try_from(pixels).unwrap_or(0);
        Self {
            id: row.id,
            alt: row.alt,
            width: side(row.width),
            height: side(row.height),
            large_modern: row.large_modern,
            large_jpeg: row.large_jpeg,
            small_modern: row.small_modern,
            small_jpeg: row.small_jpeg,
        }
    }
}

impl PhotoView {
    /// Pixels of the small size: width and height.
    #[must_use]
    pub fn small(&self) -> (u32, u32) {
        let longest = self.width.max(self.height);
        if longest <= SMALL {
            return (self.width, self.height);
        }
        let scaled = |side: u32| (side * SMALL + longest / 2) / longest.max(1);
        (scaled(self.width).max(1), scaled(self.height).max(1))
    }
}

/// What is seen on it may stay unsaid; numbers are covered in it.
async fn alt(hall: &Hall, actor: &Actor, typed: &str) -> Result<String> {
    if domain::text::clean(typed).is_empty() {
        return Ok(String::new());
    }
    let settings = matter::settings(hall.db.read(), actor.community).await?;
    let alt = Alt::parse(&civil::covered(&settings, typed))
        .map_err(|error| Error::field("alt", Problem::Text(error)))?;
    Ok(alt.to_string())
}

/// Asks the writer once to put watched words beside the photos another way; `anyway` is their second press. They are
/// those of `ids` that are the actor's own and belong to nothing yet, and those of their `draft`.
///
/// # Errors
/// [`Error::Invalid`] for the field `alt` with [`Problem::WatchedWords`].
pub(crate) async fn words_asked(
    db: &impl ConnectionTrait,
    settings: &CommunitySettings,
    actor: &Actor,
    draft: Option<i64>,
    ids: &[PhotoId],
    anyway: bool,
) -> Result<()> {
    if anyway || (draft.is_none() && ids.is_empty()) {
        return Ok(());
    }
    let loose = add::loose_of(actor).add(photo::Column::Id.is_in(ids.iter().map(|id| id.0)));
    let of_draft = draft.map(|id| {
        Condition::all()
            .add(photo::Column::DraftId.eq(id))
            .add(photo::Column::ById.eq(actor.person.0))
    });
    let alts: Vec<String> = photo::Entity::find()
        .select_only()
        .column(photo::Column::Alt)
        .filter(Condition::any().add(loose).add_option(of_draft))
        .into_tuple()
        .all(db)
        .await?;
    let texts: Vec<_> = alts.iter().map(|alt| ("alt", alt.as_str())).collect();
    civil::check_words(settings, &texts, anyway)
}

/// Photos go with what one writes: whoever may write a matter, or speak for the committee.
fn permit_photos(actor: &Actor) -> Result<()> {
    let target = Target::community(actor.community);
    permit(Some(actor), Action::DraftOwn, &target)
        .or_else(|denied| permit(Some(actor), Action::PostWrite, &target).map_err(|_| denied))?;
    Ok(())
}

fn too_many(max: u64) -> Error {
    Error::field(FIELD, Problem::Photo(PhotoProblem::TooMany { max }))
}
