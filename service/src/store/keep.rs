//! Writing a file, and referring to it.

use std::time::Duration;

use domain::time::{DAY_MS, Timestamp};
use entities::stored_file;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, DbBackend, EntityTrait, FromQueryResult,
    QueryFilter, Set, Statement,
};

use super::hash_of;
use crate::error::{Error, Refusal, Result};
use crate::hall::Hall;

/// How long a file stays that no row refers to, in ms.
pub const UNUSED_MS: i64 = DAY_MS;
/// How often and how long to wait for a file that is just being deleted.
const TRIES: u32 = 20;
const WAIT: Duration = Duration::from_millis(100);

/// Notes a file and writes it; gives its hash. It stays for a day at least, in which a row may come to refer
/// to it. Call it outside a transaction, before the one that refers.
///
/// # Errors
/// [`Refusal::Stale`] when the same content is being deleted and doesn't get done with it;
/// [`Error::Broken`] when the store fails.
pub async fn file_keep(hall: &Hall, bytes: Vec<u8>) -> Result<String> {
    let hash = hash_of(&bytes);
    let size = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
    for _ in 0..TRIES {
        if note(hall, &hash, size).await? {
            hall.files.put(&hash, bytes).await?;
            return Ok(hash);
        }
        tokio::time::sleep(WAIT).await;
    }
    Err(Refusal::Stale.into())
}

/// Notes that the file is wanted from now on; false when it is being deleted.
async fn note(hall: &Hall, hash: &str, bytes: i64) -> Result<bool> {
    let row = stored_file::ActiveModel {
        hash: Set(hash.to_owned()),
        bytes: Set(bytes),
        look_at: Set(hall.now().plus_ms(UNUSED_MS).0),
        going_at: Set(None),
    };
    let txn = hall.db.begin().await?;
    // It may be there from before: then it is wanted anew.
    stored_file::Entity::insert(row)
        .on_conflict(
            OnConflict::column(stored_file::Column::Hash)
                .update_column(stored_file::Column::LookAt)
                .action_and_where(
                    Expr::col((stored_file::Entity, stored_file::Column::GoingAt)).is_null(),
                )
                .to_owned(),
        )
        .exec_without_returning(&txn)
        .await?;
    let row = stored_file::Entity::find_by_id(hash).one(&txn).await?;
    txn.commit().await?;
    Ok(row.is_some_and(|row| row.going_at.is_none()))
}

/// Holds the notes of files that a row is about to refer to, until the transaction ends: the sweep waits, and
/// sees the row afterwards.
///
/// # Errors
/// [`Refusal::Stale`] when one of them is gone or going.
pub(crate) async fn refer_in_txn(
    hall: &Hall,
    txn: &DatabaseTransaction,
    hashes: &[&str],
) -> Result<()> {
    let mut names = hashes.to_vec();
    names.sort_unstable();
    names.dedup();
    // An update holds the rows on both databases.
    let held = stored_file::Entity::update_many()
        .col_expr(stored_file::Column::LookAt, Expr::value(hall.now().plus_ms(UNUSED_MS).0))
        .filter(stored_file::Column::Hash.is_in(names.clone()))
        .filter(stored_file::Column::GoingAt.is_null())
        .exec(txn)
        .await?;
    if held.rows_affected != names.len() as u64 {
        return Err(Refusal::Stale.into());
    }
    Ok(())
}

#[derive(FromQueryResult)]
struct Wanted {
    n: i64,
}

/// Rows that referred to files were deleted in this transaction: in a day it is looked whether others still do.
///
/// # Errors
/// [`Error::Db`] when the database fails.
pub(crate) async fn unrefer_in_txn(
    txn: &DatabaseTransaction,
    now: Timestamp,
    hashes: Vec<String>,
) -> Result<()> {
    stored_file::Entity::update_many()
        .col_expr(stored_file::Column::LookAt, Expr::value(now.plus_ms(UNUSED_MS).0))
        .filter(stored_file::Column::Hash.is_in(hashes))
        .exec(txn)
        .await?;
    Ok(())
}

/// Whether a row refers to a file.
///
/// # Errors
/// [`Error::Db`] when the database fails.
pub(crate) async fn wanted(db: &impl ConnectionTrait, hash: &str) -> Result<bool> {
    let refers = |table: &str| {
        format!(
            "SELECT 1 FROM {table} WHERE large_modern = $1 OR large_jpeg = $1 OR small_modern = $1 \
             OR small_jpeg = $1"
        )
    };
    let sql = format!(
        "SELECT CAST(CASE WHEN EXISTS ({}) OR EXISTS ({}) THEN 1 ELSE 0 END AS BIGINT) AS n",
        refers("photo"),
        refers("plan")
    );
    let backend: DbBackend = db.get_database_backend();
    let statement = Statement::from_sql_and_values(backend, sql, [hash.into()]);
    let row = Wanted::find_by_statement(statement).one(db).await?;
    Ok(row.ok_or_else(|| Error::Broken("no answer to a count".to_owned()))?.n != 0)
}
