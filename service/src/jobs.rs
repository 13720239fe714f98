//! What becomes due by time alone: last days of objecting to a merge, of co-signing and of reviews, ends of ballots, and rows
//! that nobody needs any more.

use domain::time::HOUR_MS;
use entities::rate_limit;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use crate::account::failures_sweep;
use crate::ballot::ballot_close_due;
use crate::civil::{removals_catch_up, removals_purge};
use crate::close::kept_sweep;
use crate::cosign::cosign_expire_due;
use crate::error::Result;
use crate::factor::passkey::ceremonies_sweep;
use crate::hall::Hall;
use crate::merge::merge_due;
use crate::opinion::statements_sweep;
use crate::photo::photos_sweep;
use crate::reset::resets_sweep;
use crate::review::review_close_due;
use crate::roll::roll_sweep;
use crate::session::sessions_sweep;
use crate::slip::slips_sweep;
use crate::store::files_sweep;

/// No limit has a longer window: older rows count for nothing.
const RATE_LIMIT_MS: i64 = 25 * HOUR_MS;

/// Does once all that is due, in the order in which a matter goes its way; gives the number of
/// matters and ballots that it moved. After days without a server everything is caught up.
///
/// A job that fails doesn't keep the others from their work.
///
/// # Errors
/// The first error of a job, when all were tried.
pub async fn run_due(hall: &Hall) -> Result<usize> {
    let moved = [
        merge_due(hall).await,
        cosign_expire_due(hall).await,
        ballot_close_due(hall).await,
        review_close_due(hall).await,
    ];
    let swept = [
        sessions_sweep(hall).await,
        failures_sweep(hall).await,
        rate_limits_sweep(hall).await,
        roll_sweep(hall).await,
        ceremonies_sweep(hall).await,
        slips_sweep(hall).await,
        resets_sweep(hall).await,
        kept_sweep(hall).await,
        removals_catch_up(hall).await,
        removals_purge(hall).await,
        photos_sweep(hall).await.map(|n| n as u64),
        statements_sweep(hall).await,
        files_sweep(hall).await.map(|n| n as u64),
    ];
    let moved = moved.into_iter().sum::<Result<usize>>()?;
    swept.into_iter().collect::<Result<Vec<_>>>()?;
    Ok(moved)
}

/// Deletes the rate-limit rows of windows long past; gives their number.
///
/// # Errors
/// [`Error::Db`](crate::Error::Db) when the database fails.
pub async fn rate_limits_sweep(hall: &Hall) -> Result<u64> {
    let txn = hall.db.begin().await?;
    let deleted = rate_limit::Entity::delete_many()
        .filter(rate_limit::Column::WindowStart.lt(hall.now().plus_ms(-RATE_LIMIT_MS).0))
        .exec(&txn)
        .await?;
    txn.commit().await?;
    Ok(deleted.rows_affected)
}
