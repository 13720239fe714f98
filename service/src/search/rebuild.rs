//! The index made anew: for a database of before there was one, or when it is doubted.

use std::collections::{BTreeMap, BTreeSet};

use domain::ids::CommunityId;
use domain::talk::PostState;
use entities::{instance, post, proposal, summary, work_item};
use sea_orm::sea_query::{LockType, OnConflict};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, FromQueryResult, JoinType, QueryFilter,
    QueryOrder, QuerySelect, RelationDef, Set,
};

use super::index::{Index, Matter, is_found, matter_document, post_document, put};
use crate::error::Result;
use crate::hall::Hall;

/// Rows read and written in one transaction.
const BATCH: u64 = 500;

/// What PostgreSQL gathers before it writes it into the index.
const GATHERED_KB: u32 = 65_536;

/// Where it is noted that the index is whole.
const WHOLE: &str = "search_index";
/// How its words are made; another one makes every index anew at the next start.
const WORDS: &str = "1";

/// Whether the index has to be made: there are matters, and it was never noted as whole.
///
/// # Errors
/// [`Error::Db`](crate::Error::Db) when the database fails.
pub async fn search_is_missing(hall: &Hall) -> Result<bool> {
    let noted = instance::Entity::find_by_id(WHOLE).one(hall.db.read()).await?;
    if noted.is_some_and(|row| row.value == WORDS) {
        return Ok(false);
    }
    let found = proposal::Entity::find().limit(1).one(hall.db.read()).await?;
    Ok(found.is_some())
}

/// Makes the index anew from what the tables hold, in batches; the hall goes on meanwhile, and a second
/// server that does the same at the same time does no harm. Gives the number of matters and posts that were
/// written.
///
/// # Errors
/// [`Error::Db`](crate::Error::Db) when the database fails.
pub async fn search_rebuild(hall: &Hall) -> Result<(u64, u64)> {
    search_rebuild_telling(hall, &mut |_, _| ()).await
}

/// The same, and tells after each batch how many matters and posts were written so far.
///
/// # Errors
/// [`Error::Db`](crate::Error::Db) when the database fails.
pub async fn search_rebuild_telling(
    hall: &Hall,
    told: &mut (dyn FnMut(u64, u64) + Send),
) -> Result<(u64, u64)> {
    clear(hall).await?;
    in_bulk(hall, true).await?;
    let matters = matters(hall, &mut |matters| told(matters, 0)).await?;
    let posts = posts(hall, &mut |posts| told(matters, posts)).await?;
    in_bulk(hall, false).await?;
    let txn = hall.db.begin().await?;
    let whole = instance::ActiveModel { key: Set(WHOLE.to_owned()), value: Set(WORDS.to_owned()) };
    let again =
        OnConflict::column(instance::Column::Key).update_column(instance::Column::Value).to_owned();
    instance::Entity::insert(whole).on_conflict(again).exec_without_returning(&txn).await?;
    txn.commit().await?;
    Ok((matters, posts))
}

/// PostgreSQL writes each word of each document into its index by itself, for a search to be quick at any time.
/// While all of it is written it gathers many documents first, which is many times faster; searches look through
/// what is gathered. Should the server end meanwhile, the next one begins again.
async fn in_bulk(hall: &Hall, on: bool) -> Result<()> {
    if hall.db.backend() != DbBackend::Postgres {
        return Ok(());
    }
    let txn = hall.db.begin().await?;
    for index in [Index::Matters, Index::Posts] {
        let table = index.table();
        let all = if on {
            vec![format!(
                "ALTER INDEX {table}_words SET (fastupdate = on, gin_pending_list_limit = {GATHERED_KB})"
            )]
        } else {
            vec![
                format!("ALTER INDEX {table}_words SET (fastupdate = off)"),
                format!("SELECT gin_clean_pending_list('{table}_words')"),
                // Without figures the planner takes every word for equally rare.
                format!("ANALYZE {table}"),
            ]
        };
        for sql in all {
            txn.execute_unprepared(&sql).await?;
        }
    }
    txn.commit().await?;
    Ok(())
}

async fn clear(hall: &Hall) -> Result<()> {
    let txn = hall.db.begin().await?;
    instance::Entity::delete_by_id(WHOLE).exec(&txn).await?;
    for index in [Index::Matters, Index::Posts] {
        let table = index.table();
        let sql = match hall.db.backend() {
            DbBackend::Postgres => format!("DELETE FROM {table}"),
            _ => format!("INSERT INTO {table} ({table}) VALUES ('delete-all')"),
        };
        txn.execute_unprepared(&sql).await?;
    }
    txn.commit().await?;
    Ok(())
}

async fn matters(hall: &Hall, told: &mut (dyn FnMut(u64) + Send)) -> Result<u64> {
    let mut written = 0;
    let mut after = 0;
    loop {
        // Read inside the transaction that writes: what changes meanwhile writes its own entry after it.
        let txn = hall.db.begin().await?;
        let rows = proposal::Entity::find()
            .filter(proposal::Column::Id.gt(after))
            .order_by_asc(proposal::Column::Id)
            .limit(BATCH)
            .lock_shared()
            .all(&txn)
            .await?;
        let Some(last) = rows.last() else { return Ok(written) };
        after = last.id;
        let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
        let summaries: BTreeMap<i64, summary::Model> = summary::Entity::find()
            .filter(summary::Column::ProposalId.is_in(ids.iter().copied()))
            .order_by_asc(summary::Column::Id)
            .all(&txn)
            .await?
            .into_iter()
            .map(|row| (row.proposal_id, row))
            .collect();
        let done: BTreeSet<i64> = work_item::Entity::find()
            .filter(work_item::Column::ProposalId.is_in(ids))
            .filter(work_item::Column::State.eq("done"))
            .all(&txn)
            .await?
            .into_iter()
            .map(|row| row.proposal_id)
            .collect();
        let mut documents = Vec::new();
        for row in rows.iter().filter(|row| is_found(row)) {
            documents.push(matter_document(&Matter {
                row,
                summary: summaries.get(&row.id),
                work_done: done.contains(&row.id),
            })?);
        }
        put(&txn, Index::Matters, &documents).await?;
        txn.commit().await?;
        written += documents.len() as u64;
        told(written);
    }
}

#[derive(Debug, FromQueryResult)]
struct Post {
    id: i64,
    community_id: i64,
    body: String,
}

async fn posts(hall: &Hall, told: &mut (dyn FnMut(u64) + Send)) -> Result<u64> {
    let to_matter: RelationDef = post::Entity::belongs_to(proposal::Entity)
        .from(post::Column::ProposalId)
        .to(proposal::Column::Id)
        .into();
    let mut written = 0;
    let mut after = 0;
    loop {
        let txn = hall.db.begin().await?;
        let mut rows = post::Entity::find()
            .select_only()
            .columns([post::Column::Id, post::Column::Body])
            .column(proposal::Column::CommunityId)
            .join(JoinType::InnerJoin, to_matter.clone())
            .filter(post::Column::Id.gt(after))
            .filter(post::Column::State.eq(PostState::Shown.as_str()))
            .filter(crate::views::proposal_list::public())
            .filter(proposal::Column::State.ne("merged"))
            .filter(proposal::Column::HiddenAt.is_null())
            .order_by_asc(post::Column::Id)
            .limit(BATCH);
        QuerySelect::query(&mut rows).lock_with_tables(LockType::Share, [post::Entity]);
        let rows = rows.into_model::<Post>().all(&txn).await?;
        let Some(last) = rows.last() else { return Ok(written) };
        after = last.id;
        let documents: Vec<_> = rows
            .iter()
            .map(|row| post_document(CommunityId(row.community_id), row.id, &row.body))
            .collect();
        put(&txn, Index::Posts, &documents).await?;
        txn.commit().await?;
        written += documents.len() as u64;
        told(written);
    }
}
