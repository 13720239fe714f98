//! Drafts: matters that are being written. Only their author sees them, and their helper.
//!
//! A draft is on no page that is cached or that anybody else can see, so keeping one at each pause of a
//! keyboard appends nothing to the audit chain, and neither does dropping it: what is recorded begins with
//! sending the matter.

use domain::ids::{DraftId, PhotoId, ProposalId};
use domain::permission::{Action, Target, permit};
use domain::role::Actor;
use domain::text::{TextError, clean, count};
use domain::time::Timestamp;
use entities::{draft, person, photo};
use sea_orm::sea_query::{Expr, ExprTrait, LockType, Query};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, DatabaseTransaction, EntityTrait, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect, Set,
};

use crate::error::{Error, Problem, Problems, Refusal, Result};
use crate::hall::Hall;
use crate::photo::{MATTER_MAX, photos_drop_in_txn, photos_to_matter_in_txn};
use crate::proposal::ProposalForm;
use crate::rate;

/// The most drafts that a person has at a time.
pub const DRAFTS_MAX: u64 = 5;
/// The most characters of a draft's text: more than any can be sent with, so that nothing is cut off which is
/// yet to be shortened.
pub const DRAFT_TEXT_MAX: usize = 2_000;

/// A draft as it was kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kept {
    /// Row.
    pub id: i64,
    /// Counts up with each change.
    pub version: i64,
}

/// A draft, to be written on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// Row and version.
    pub kept: Kept,
    /// What was typed so far.
    pub form: ProposalForm,
    /// When it was kept last.
    pub at: Timestamp,
}

/// A draft in the list of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftLine {
    /// Row.
    pub id: i64,
    /// Title so far; may be empty.
    pub title: String,
    /// When it was kept last.
    pub at: Timestamp,
    /// Its photos.
    pub photos: i64,
}

/// Keeps what was typed so far: as a new draft, or in the place of the one that the writer had before them.
/// Those of `photos` that are the writer's own and belong to nothing yet belong to the draft from now on.
/// Unfinished texts are welcome; nothing else is checked before the matter is sent.
///
/// # Errors
/// [`Error::Denied`] without a verified household, [`Error::NotFound`] for a draft of somebody else,
/// [`Refusal::Stale`] when it was changed elsewhere since, [`Refusal::TooManyDrafts`] for one more than
/// [`DRAFTS_MAX`], [`Error::Invalid`] on a text beyond [`DRAFT_TEXT_MAX`], [`Error::TooOften`] beyond
/// [`rate::DRAFT`].
pub async fn draft_keep(
    hall: &Hall,
    actor: &Actor,
    before: Option<Kept>,
    form: &ProposalForm,
    photos: &[PhotoId],
) -> Result<Kept> {
    permit_own(actor)?;
    limits(form)?;
    let json = serde_json::to_string(form)?;
    if let Some(kept) = before {
        let row = own(hall, actor, kept.id).await?;
        // Two tabs that agree, or a save that was answered to nobody, are no conflict.
        if row.form == json && photos.is_empty() {
            return Ok(Kept { id: row.id, version: row.version });
        }
    }
    rate::take(hall, rate::DRAFT, &format!("person:{}", actor.person)).await?;
    let txn = hall.db.begin().await?;
    let kept = match before {
        Some(kept) => change_in_txn(hall, &txn, actor, kept, form, json).await?,
        None => new_in_txn(hall, &txn, actor, form, json).await?,
    };
    adopt_in_txn(&txn, actor, kept.id, photos).await?;
    txn.commit().await?;
    Ok(kept)
}

async fn change_in_txn(
    hall: &Hall,
    txn: &DatabaseTransaction,
    actor: &Actor,
    kept: Kept,
    form: &ProposalForm,
    json: String,
) -> Result<Kept> {
    let changed = draft::Entity::update_many()
        .col_expr(draft::Column::Title, Expr::value(clean(&form.title)))
        .col_expr(draft::Column::Form, Expr::value(json))
        .col_expr(draft::Column::ThroughId, Expr::value(actor.through.map(i64::from)))
        .col_expr(draft::Column::Version, Expr::col(draft::Column::Version).add(1))
        .col_expr(draft::Column::UpdatedAt, Expr::value(hall.now().0))
        .filter(draft::Column::Id.eq(kept.id))
        .filter(draft::Column::PersonId.eq(actor.person.0))
        .filter(draft::Column::Version.eq(kept.version))
        .exec(txn)
        .await?;
    if changed.rows_affected == 0 {
        return Err(Refusal::Stale.into());
    }
    Ok(Kept { id: kept.id, version: kept.version + 1 })
}

async fn new_in_txn(
    hall: &Hall,
    txn: &DatabaseTransaction,
    actor: &Actor,
    form: &ProposalForm,
    json: String,
) -> Result<Kept> {
    // The person's row is held, so that two devices at once make no sixth.
    person::Entity::find_by_id(actor.person.0)
        .lock(LockType::NoKeyUpdate)
        .one(txn)
        .await?
        .ok_or(Error::NotFound)?;
    let there =
        draft::Entity::find().filter(draft::Column::PersonId.eq(actor.person.0)).count(txn).await?;
    if there >= DRAFTS_MAX {
        return Err(Refusal::TooManyDrafts.into());
    }
    let now = hall.now().0;
    let row = draft::ActiveModel {
        community_id: Set(actor.community.0),
        person_id: Set(actor.person.0),
        title: Set(clean(&form.title)),
        form: Set(json),
        through_id: Set(actor.through.map(i64::from)),
        version: Set(1),
        created_at: Set(now),
        updated_at: Set(now),
        ..Default::default()
    };
    let row = row.insert(txn).await?;
    Ok(Kept { id: row.id, version: row.version })
}

/// Takes photos along that were sent before there was a draft.
async fn adopt_in_txn(
    txn: &DatabaseTransaction,
    actor: &Actor,
    draft: i64,
    photos: &[PhotoId],
) -> Result<()> {
    let there = photo::Entity::find().filter(photo::Column::DraftId.eq(draft)).count(txn).await?;
    let room = usize::try_from(MATTER_MAX.saturating_sub(there)).unwrap_or(0);
    if photos.is_empty() || room == 0 {
        return Ok(());
    }
    let ids = photos.iter().take(room).map(|id| id.0);
    photo::Entity::update_many()
        .col_expr(photo::Column::DraftId, Expr::value(draft))
        .filter(photo::Column::Id.is_in(ids))
        .filter(photo::Column::ById.eq(actor.person.0))
        .filter(photo::Column::DraftId.is_null())
        .filter(photo::Column::ProposalId.is_null())
        .filter(photo::Column::PostId.is_null())
        .exec(txn)
        .await?;
    Ok(())
}

/// A draft of one's own, to go on with. One statement.
///
/// # Errors
/// [`Error::NotFound`] for one that isn't there or is somebody else's.
pub async fn draft_open(hall: &Hall, actor: &Actor, id: i64) -> Result<Draft> {
    permit_own(actor)?;
    let row = own(hall, actor, id).await?;
    Ok(Draft {
        kept: Kept { id: row.id, version: row.version },
        form: serde_json::from_str(&row.form)?,
        at: Timestamp(row.updated_at),
    })
}

/// One's drafts, the latest first, with how many photos each has. One statement.
///
/// # Errors
/// [`Error::Denied`] without a verified household.
pub async fn draft_list(hall: &Hall, actor: &Actor) -> Result<Vec<DraftLine>> {
    permit_own(actor)?;
    let photos = Query::select()
        .expr(Expr::col(photo::Column::Id).count())
        .from(photo::Entity)
        .and_where(
            Expr::col((photo::Entity, photo::Column::DraftId))
                .equals((draft::Entity, draft::Column::Id)),
        )
        .to_owned();
    let rows: Vec<(i64, String, i64, i64)> = draft::Entity::find()
        .select_only()
        .columns([draft::Column::Id, draft::Column::Title, draft::Column::UpdatedAt])
        .expr_as(Expr::SubQuery(None, Box::new(photos.into())), "photos")
        .filter(draft::Column::PersonId.eq(actor.person.0))
        .order_by_desc(draft::Column::UpdatedAt)
        .order_by_desc(draft::Column::Id)
        .into_tuple()
        .all(hall.db.read())
        .await?;
    let line = |(id, title, at, photos)| DraftLine { id, title, at: Timestamp(at), photos };
    Ok(rows.into_iter().map(line).collect())
}

/// Throws a draft away, with its photos.
///
/// # Errors
/// As [`draft_open`].
pub async fn draft_drop(hall: &Hall, actor: &Actor, id: i64) -> Result<()> {
    permit_own(actor)?;
    let txn = hall.db.begin().await?;
    let row = draft::Entity::find_by_id(id)
        .filter(draft::Column::PersonId.eq(actor.person.0))
        .lock(LockType::NoKeyUpdate)
        .one(&txn)
        .await?
        .ok_or(Error::NotFound)?;
    let its = Condition::all().add(photo::Column::DraftId.eq(row.id));
    photos_drop_in_txn(&txn, hall.now(), its).await?;
    gone_in_txn(&txn, actor, id).await?;
    txn.commit().await?;
    Ok(())
}

/// Holds a draft that is sent: whoever adds photos to it, drops it or sends it again waits. One that went
/// meanwhile, in another tab, is no reason not to send.
///
/// # Errors
/// [`Error::Db`] when the database fails.
pub(crate) async fn held_in_txn(
    txn: &DatabaseTransaction,
    actor: &Actor,
    kept: Kept,
) -> Result<Option<draft::Model>> {
    Ok(draft::Entity::find_by_id(kept.id)
        .filter(draft::Column::PersonId.eq(actor.person.0))
        .lock_exclusive()
        .one(txn)
        .await?)
}

/// The draft, which is held, became a matter: its photos go along, and the draft itself is over. One that was
/// changed elsewhere since holds another text, and stays.
///
/// # Errors
/// [`Error::Db`] when the database fails.
pub(crate) async fn sent_in_txn(
    txn: &DatabaseTransaction,
    actor: &Actor,
    own: draft::Model,
    kept: Kept,
    proposal: ProposalId,
) -> Result<()> {
    photos_to_matter_in_txn(txn, DraftId(own.id), proposal).await?;
    if own.version == kept.version {
        gone_in_txn(txn, actor, own.id).await?;
    }
    Ok(())
}

async fn gone_in_txn(txn: &DatabaseTransaction, actor: &Actor, id: i64) -> Result<()> {
    draft::Entity::delete_many()
        .filter(draft::Column::Id.eq(id))
        .filter(draft::Column::PersonId.eq(actor.person.0))
        .exec(txn)
        .await?;
    Ok(())
}

/// Drops every draft of a person, with the photos: with a closed account nobody can send them any more.
///
/// # Errors
/// [`Error::Db`] when the database fails.
pub(crate) async fn drafts_end_in_txn(
    txn: &DatabaseTransaction,
    now: Timestamp,
    person: i64,
) -> Result<()> {
    let drafts = Query::select()
        .column(draft::Column::Id)
        .from(draft::Entity)
        .and_where(draft::Column::PersonId.eq(person))
        .to_owned();
    // Held before their photos, as whoever sends one does.
    let own = draft::Entity::find().filter(draft::Column::PersonId.eq(person));
    own.order_by_asc(draft::Column::Id).lock_exclusive().all(txn).await?;
    let theirs = Condition::all().add(photo::Column::DraftId.in_subquery(drafts));
    photos_drop_in_txn(txn, now, theirs).await?;
    draft::Entity::delete_many().filter(draft::Column::PersonId.eq(person)).exec(txn).await?;
    Ok(())
}

fn permit_own(actor: &Actor) -> Result<()> {
    Ok(permit(Some(actor), Action::DraftOwn, &Target::community(actor.community))?)
}

async fn own(hall: &Hall, actor: &Actor, id: i64) -> Result<draft::Model> {
    draft::Entity::find_by_id(id)
        .filter(draft::Column::PersonId.eq(actor.person.0))
        .one(hall.db.read())
        .await?
        .ok_or(Error::NotFound)
}

/// So much, and no more: a draft is no place to store things in.
fn limits(form: &ProposalForm) -> Result<()> {
    let mut problems = Problems::default();
    for (field, text) in [
        ("title", &form.title),
        ("situation", &form.situation),
        ("suggestion", &form.suggestion),
        ("category", &form.category),
        ("place", &form.courtyard_id),
        ("place", &form.entrance_id),
        ("spot", &form.spot),
        ("scope", &form.scope),
        ("on_behalf", &form.on_behalf),
        ("pin", &form.plan_id),
        ("pin", &form.pin_x),
        ("pin", &form.pin_y),
    ] {
        let len = count(text);
        // One character, as people count, can be long.
        if len > DRAFT_TEXT_MAX || text.len() > DRAFT_TEXT_MAX * 16 {
            let max = DRAFT_TEXT_MAX;
            problems.note(field, Problem::Text(TextError::TooLong { len: len.max(max + 1), max }));
        }
    }
    problems.done()
}
