//! Deleting files that no row refers to.

use domain::time::{DAY_MS, HOUR_MS};
use entities::stored_file;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::wanted;
use crate::error::Result;
use crate::hall::Hall;

/// Files looked at in one run: each is a question to the database.
const CHUNK: u64 = 500;
/// How long a file that is referred to is left alone, in ms; deleting the row that does asks sooner.
const LATER_MS: i64 = 30 * DAY_MS;
/// After so many ms nobody is deleting it any more.
const LEFT_MS: i64 = HOUR_MS;

/// Looks at the files that are due for it, and deletes those that no row refers to; gives the number of these.
/// One that an earlier run left half deleted goes too.
///
/// A note that says it is going can't be referred to, and whoever wants to write the same content again waits
/// until it is gone. So no row ever refers to a file that is deleted.
///
/// # Errors
/// [`Error::Db`](crate::Error::Db) when the database fails, [`Error::Broken`](crate::Error::Broken) when the
/// store does.
pub async fn files_sweep(hall: &Hall) -> Result<usize> {
    let due: Vec<String> = stored_file::Entity::find()
        .select_only()
        .column(stored_file::Column::Hash)
        .filter(due(hall))
        .order_by_asc(stored_file::Column::LookAt)
        .limit(CHUNK)
        .into_tuple()
        .all(hall.db.read())
        .await?;
    let mut deleted = 0;
    for hash in &due {
        if claim(hall, hash).await? {
            hall.files.delete(hash).await?;
            forget(hall, hash).await?;
            deleted += 1;
        }
    }
    Ok(deleted)
}

/// Not looked at for a while, or left by a server that stopped while it deleted it.
fn due(hall: &Hall) -> Condition {
    let going = stored_file::Column::GoingAt;
    let there =
        Condition::all().add(stored_file::Column::LookAt.lte(hall.now().0)).add(going.is_null());
    Condition::any().add(there).add(going.lt(hall.now().plus_ms(-LEFT_MS).0))
}

/// Marks a file as going, by this server alone, where nothing refers to it: whoever does so holds its note until
/// they are done.
async fn claim(hall: &Hall, hash: &str) -> Result<bool> {
    let now = hall.now();
    let txn = hall.db.begin().await?;
    let set = |column, at: Option<i64>| {
        stored_file::Entity::update_many()
            .col_expr(column, Expr::value(at))
            .filter(stored_file::Column::Hash.eq(hash))
    };
    let marked =
        set(stored_file::Column::GoingAt, Some(now.0)).filter(due(hall)).exec(&txn).await?;
    if marked.rows_affected == 0 {
        txn.rollback().await?;
        return Ok(false);
    }
    // A row that came while this waited for the note is seen now.
    let kept = wanted(&txn, hash).await?;
    if kept {
        set(stored_file::Column::GoingAt, None).exec(&txn).await?;
        let later = Some(now.plus_ms(LATER_MS).0);
        set(stored_file::Column::LookAt, later).exec(&txn).await?;
    }
    txn.commit().await?;
    Ok(!kept)
}

async fn forget(hall: &Hall, hash: &str) -> Result<()> {
    let txn = hall.db.begin().await?;
    stored_file::Entity::delete_many()
        .filter(stored_file::Column::Hash.eq(hash))
        .filter(Expr::col(stored_file::Column::GoingAt).is_not_null())
        .exec(&txn)
        .await?;
    txn.commit().await?;
    Ok(())
}
