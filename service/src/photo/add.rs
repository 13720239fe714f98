//! Sending a photo.

use domain::ids::{DraftId, PhotoId};
use domain::role::Actor;
use entities::{draft, person, photo};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, DatabaseTransaction, EntityTrait, QueryFilter,
    QuerySelect, Set,
};

use super::{FIELD, LOOSE_MAX, MATTER_MAX, Prepared, alt, permit_photos, too_many};
use crate::error::{Error, Problem, Result};
use crate::hall::Hall;
use crate::rate;
use crate::store::{file_keep, refer_in_txn};

/// Where a photo belongs while its matter or post is being written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PhotoHome {
    /// To a draft of one's own.
    Draft(DraftId),
    /// To nothing yet: a post takes it when it is sent.
    Loose,
}

/// The files of a picture, written and named.
#[derive(Debug)]
pub(crate) struct Written {
    pub(crate) width: i64,
    pub(crate) height: i64,
    pub(crate) bytes: i64,
    pub(crate) large_modern: String,
    pub(crate) large_jpeg: String,
    pub(crate) small_modern: String,
    pub(crate) small_jpeg: String,
}

impl Written {
    /// Makes a picture anew and writes its files, before any row refers to them.
    ///
    /// # Errors
    /// [`Error::Invalid`] with `field` for what can't be taken; otherwise when the store fails.
    pub(crate) async fn write(hall: &Hall, field: &'static str, bytes: Vec<u8>) -> Result<Self> {
        let made = hall.painter.prepare(bytes).await?;
        let made = made.map_err(|problem| Error::field(field, Problem::Photo(problem)))?;
        let Prepared { width, height, large_modern, large_jpeg, small_modern, small_jpeg } = made;
        let all = [&large_modern, &large_jpeg, &small_modern, &small_jpeg];
        let bytes = all.into_iter().map(Vec::len).sum::<usize>();
        Ok(Self {
            width: i64::from(width),
            height: i64::from(height),
            bytes: i64::try_from(bytes).unwrap_or(i64::MAX),
            large_modern: file_keep(hall, large_modern).await?,
            large_jpeg: file_keep(hall, large_jpeg).await?,
            small_modern: file_keep(hall, small_modern).await?,
            small_jpeg: file_keep(hall, small_jpeg).await?,
        })
    }

    /// Holds the files for the row that is about to refer to them.
    ///
    /// # Errors
    /// [`Refusal::Stale`](crate::Refusal::Stale) when one of them went meanwhile.
    pub(crate) async fn refer_in_txn(&self, hall: &Hall, txn: &DatabaseTransaction) -> Result<()> {
        let hashes = [&self.large_modern, &self.large_jpeg, &self.small_modern, &self.small_jpeg];
        refer_in_txn(hall, txn, &hashes.map(String::as_str)).await
    }
}

/// Takes a photo in: makes it anew, writes its files, and notes it for the draft or for the next post.
///
/// Only its owner sees it yet, so nothing of it is recorded: what is recorded is the matter or the post that
/// it goes along with.
///
/// # Errors
/// [`Error::Invalid`] for the fields `photos` and `alt`; [`Error::NotFound`] for a draft that isn't one's own;
/// [`Error::Denied`]; [`Error::TooOften`] beyond [`rate::PHOTO`].
pub async fn photo_add(
    hall: &Hall,
    actor: &Actor,
    bytes: Vec<u8>,
    alt_typed: &str,
    home: PhotoHome,
) -> Result<PhotoId> {
    permit_photos(actor)?;
    let alt = alt(hall, actor, alt_typed).await?;
    rate::take_writing(hall, actor, rate::PHOTO, rate::PHOTO_HOUSEHOLD).await?;
    let written = Written::write(hall, FIELD, bytes).await?;
    let txn = hall.db.begin().await?;
    let place = place_in_txn(&txn, actor, home).await?;
    written.refer_in_txn(hall, &txn).await?;
    let row = photo::ActiveModel {
        community_id: Set(actor.community.0),
        by_id: Set(actor.person.0),
        through_id: Set(actor.through.map(i64::from)),
        draft_id: Set(match home {
            PhotoHome::Draft(id) => Some(id.0),
            PhotoHome::Loose => None,
        }),
        place: Set(place),
        alt: Set(alt),
        width: Set(written.width),
        height: Set(written.height),
        bytes: Set(written.bytes),
        large_modern: Set(written.large_modern),
        large_jpeg: Set(written.large_jpeg),
        small_modern: Set(written.small_modern),
        small_jpeg: Set(written.small_jpeg),
        at: Set(hall.now().0),
        ..Default::default()
    };
    let row = row.insert(&txn).await?;
    txn.commit().await?;
    Ok(PhotoId(row.id))
}

/// The place after the last of those that are there; whoever counts holds the row that they belong to.
async fn place_in_txn(txn: &DatabaseTransaction, actor: &Actor, home: PhotoHome) -> Result<i64> {
    let (there, max) = match home {
        PhotoHome::Draft(id) => {
            draft::Entity::find_by_id(id.0)
                .filter(draft::Column::PersonId.eq(actor.person.0))
                .lock_exclusive()
                .one(txn)
                .await?
                .ok_or(Error::NotFound)?;
            (Condition::all().add(photo::Column::DraftId.eq(id.0)), MATTER_MAX)
        }
        PhotoHome::Loose => {
            person::Entity::find_by_id(actor.person.0).lock_exclusive().one(txn).await?;
            (loose_of(actor), LOOSE_MAX)
        }
    };
    let places: Vec<i64> = photo::Entity::find()
        .select_only()
        .column(photo::Column::Place)
        .filter(there)
        .into_tuple()
        .all(txn)
        .await?;
    if places.len() as u64 >= max {
        return Err(too_many(max));
    }
    Ok(places.into_iter().max().map_or(0, |last| last + 1))
}

/// Photos of the actor that belong to nothing yet.
pub(super) fn loose_of(actor: &Actor) -> Condition {
    Condition::all()
        .add(photo::Column::ById.eq(actor.person.0))
        .add(photo::Column::DraftId.is_null())
        .add(photo::Column::ProposalId.is_null())
        .add(photo::Column::PostId.is_null())
}
