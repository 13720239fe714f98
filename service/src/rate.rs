//! Rate limits: their truth is in the database, so that a second server counts on.

use domain::time::{HOUR_MS, MINUTE_MS};
use entities::rate_limit;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{EntityTrait, Set};

use crate::error::{Error, Result};
use crate::hall::Hall;

/// How often an operation may be done by one key in a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// The operation's name.
    pub operation: &'static str,
    /// Times in a window.
    pub times: i64,
    /// The window, in ms.
    pub window_ms: i64,
}

/// Tries to sign in, per address of the network.
pub const SIGN_IN: Limit = Limit { operation: "sign_in", times: 20, window_ms: 10 * MINUTE_MS };
/// Matters sent, per person.
pub const SUBMIT: Limit = Limit { operation: "submit", times: 10, window_ms: 24 * HOUR_MS };
/// Posts, per person.
pub const POST: Limit = Limit { operation: "post", times: 30, window_ms: HOUR_MS };
/// Changes of every kind, per person, or per address of the network for nobody: the server counts each
/// request that is not a mere reading.
pub const CHANGE: Limit = Limit { operation: "change", times: 240, window_ms: HOUR_MS };

/// Counts one use of `limit` by `key`.
///
/// # Errors
/// [`Error::TooOften`] when the window is used up, with the time until the next one.
pub async fn take(hall: &Hall, limit: Limit, key: &str) -> Result<()> {
    let now = hall.now().0;
    let start = now - now.rem_euclid(limit.window_ms);
    let full_key = format!("{}:{key}", limit.operation);
    let row = rate_limit::ActiveModel {
        key: Set(full_key.clone()),
        window_start: Set(start),
        count: Set(1),
    };
    let same = Expr::col((rate_limit::Entity, rate_limit::Column::WindowStart)).eq(start);
    let counted =
        Expr::case(same, Expr::col((rate_limit::Entity, rate_limit::Column::Count)).add(1))
            .finally(1);
    let txn = hall.db.begin().await?;
    rate_limit::Entity::insert(row)
        .on_conflict(
            OnConflict::column(rate_limit::Column::Key)
                .value(rate_limit::Column::Count, counted)
                .value(rate_limit::Column::WindowStart, start)
                .to_owned(),
        )
        .exec_without_returning(&txn)
        .await?;
    let row = rate_limit::Entity::find_by_id(full_key).one(&txn).await?;
    txn.commit().await?;
    if row.is_some_and(|row| row.count > limit.times) {
        let left_ms = start + limit.window_ms - now;
        return Err(Error::TooOften {
            operation: limit.operation,
            retry_after_s: u64::try_from(left_ms / 1_000 + 1).unwrap_or(1),
        });
    }
    Ok(())
}
