//! Photos that go along with a matter or a post, and those that went along with nothing.

use domain::ids::{DraftId, PhotoId, PostId, ProposalId};
use domain::role::Actor;
use domain::time::{DAY_MS, Timestamp};
use entities::photo;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, Condition, DatabaseTransaction, EntityTrait, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect,
};

use super::add::loose_of;
use super::{MATTER_MAX, POST_MAX, too_many};
use crate::error::Result;
use crate::hall::Hall;
use crate::store::unrefer_in_txn;

/// How long a photo waits for a matter or a post, in ms.
const LOOSE_MS: i64 = DAY_MS;

/// A draft became a matter: its photos are the matter's, in their order.
///
/// # Errors
/// [`Error::Invalid`](crate::Error::Invalid) for the field `photos` beyond [`MATTER_MAX`].
pub async fn photos_to_matter_in_txn(
    txn: &DatabaseTransaction,
    draft: DraftId,
    proposal: ProposalId,
) -> Result<()> {
    let moved = photo::Entity::update_many()
        .col_expr(photo::Column::DraftId, Expr::value(None::<i64>))
        .col_expr(photo::Column::ProposalId, Expr::value(proposal.0))
        .filter(photo::Column::DraftId.eq(draft.0))
        .exec(txn)
        .await?;
    if moved.rows_affected > MATTER_MAX { Err(too_many(MATTER_MAX)) } else { Ok(()) }
}

/// A matter was sent without a draft: the photos that its author sent for it are its own, in the order of
/// `ids`, after those that are there. Those that aren't the author's, or belong to something already, are left
/// where they are. Gives how many went along.
///
/// # Errors
/// [`Error::Invalid`](crate::Error::Invalid) for the field `photos` beyond [`MATTER_MAX`].
pub async fn photos_loose_to_matter_in_txn(
    txn: &DatabaseTransaction,
    actor: &Actor,
    ids: &[PhotoId],
    proposal: ProposalId,
) -> Result<usize> {
    let there =
        photo::Entity::find().filter(photo::Column::ProposalId.eq(proposal.0)).count(txn).await?;
    let home = photo::Column::ProposalId;
    loose_to(txn, actor, ids, (home, proposal.0), (there, MATTER_MAX)).await
}

/// A post was written: the photos that its author sent for it are its own, in the order of `ids`. Those that
/// aren't the author's, or belong to something already, are left where they are. Gives how many went along.
///
/// # Errors
/// [`Error::Invalid`](crate::Error::Invalid) for the field `photos` beyond [`POST_MAX`].
pub async fn photos_to_post_in_txn(
    txn: &DatabaseTransaction,
    actor: &Actor,
    ids: &[PhotoId],
    post: PostId,
) -> Result<usize> {
    let home = photo::Column::PostId;
    loose_to(txn, actor, ids, (home, post.0), (0, POST_MAX)).await
}

/// Puts the actor's loose photos among `ids` into their `home`, where so many are `there` of at most `max`.
async fn loose_to(
    txn: &DatabaseTransaction,
    actor: &Actor,
    ids: &[PhotoId],
    (home, row): (photo::Column, i64),
    (there, max): (u64, u64),
) -> Result<usize> {
    if ids.is_empty() {
        return Ok(0);
    }
    let own: Vec<i64> = photo::Entity::find()
        .select_only()
        .column(photo::Column::Id)
        .filter(photo::Column::Id.is_in(ids.iter().map(|id| id.0)))
        .filter(loose_of(actor))
        .order_by_asc(photo::Column::Id)
        .lock_exclusive()
        .into_tuple()
        .all(txn)
        .await?;
    if there + own.len() as u64 > max {
        return Err(too_many(max));
    }
    let mut left = own.clone();
    let mut place = i64::try_from(there).unwrap_or(i64::MAX);
    for id in ids {
        let Some(at) = left.iter().position(|own| *own == id.0) else { continue };
        left.swap_remove(at);
        photo::Entity::update_many()
            .col_expr(home, Expr::value(row))
            .col_expr(photo::Column::Place, Expr::value(place))
            .filter(photo::Column::Id.eq(id.0))
            .exec(txn)
            .await?;
        place += 1;
    }
    Ok(own.len())
}

/// Deletes photos' rows, and has it looked in a day whether anything still refers to their files; gives their
/// number. Rows are deleted by this alone. They are held before: one that went along with something meanwhile is
/// none of these any more.
///
/// # Errors
/// [`Error::Db`](crate::Error::Db) when the database fails.
pub(crate) async fn photos_drop_in_txn(
    txn: &DatabaseTransaction,
    now: Timestamp,
    which: Condition,
) -> Result<usize> {
    let rows = photo::Entity::find()
        .filter(which)
        .order_by_asc(photo::Column::Id)
        .lock_exclusive()
        .all(txn)
        .await?;
    // Few enough at a time for a statement's values.
    for rows in rows.chunks(500) {
        photo::Entity::delete_many()
            .filter(photo::Column::Id.is_in(rows.iter().map(|row| row.id)))
            .exec(txn)
            .await?;
        let files = |row: &photo::Model| {
            [&row.large_modern, &row.large_jpeg, &row.small_modern, &row.small_jpeg]
                .map(String::clone)
        };
        unrefer_in_txn(txn, now, rows.iter().flat_map(files).collect()).await?;
    }
    Ok(rows.len())
}

/// Belonging to nothing yet.
fn loose() -> Condition {
    Condition::all()
        .add(photo::Column::DraftId.is_null())
        .add(photo::Column::ProposalId.is_null())
        .add(photo::Column::PostId.is_null())
}

/// Drops the photos of somebody who goes that belong to nothing: nobody waits for them any more.
///
/// # Errors
/// [`Error::Db`](crate::Error::Db) when the database fails.
pub(crate) async fn photos_end_in_txn(
    txn: &DatabaseTransaction,
    now: Timestamp,
    person: i64,
) -> Result<()> {
    photos_drop_in_txn(txn, now, loose().add(photo::Column::ById.eq(person))).await?;
    Ok(())
}

/// Drops the photos that belong to nothing a day after they were sent; gives their number. Their files go a
/// day later ([`files_sweep`](crate::store::files_sweep)).
///
/// # Errors
/// [`Error::Db`](crate::Error::Db) when the database fails.
pub async fn photos_sweep(hall: &Hall) -> Result<usize> {
    let old = loose().add(photo::Column::At.lt(hall.now().plus_ms(-LOOSE_MS).0));
    // The one writer is taken only where there is something to write.
    let any = photo::Entity::find().filter(old.clone()).limit(1).one(hall.db.read()).await?;
    if any.is_none() {
        return Ok(0);
    }
    let txn = hall.db.begin().await?;
    let gone = photos_drop_in_txn(&txn, hall.now(), old).await?;
    txn.commit().await?;
    Ok(gone)
}
