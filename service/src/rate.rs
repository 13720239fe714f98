//! Rate limits: their truth is in the database, so that a second server counts on.

use domain::role::Actor;
use domain::time::{HOUR_MS, MINUTE_MS};
use entities::rate_limit;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, Set};

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
/// Slips' codes that opened nothing, per address of the network.
pub const SLIP_WRONG: Limit =
    Limit { operation: "slip_wrong", times: 10, window_ms: 10 * MINUTE_MS };
/// The same in sum: beyond it a wrong code waits, for so many mean a search that many addresses share. A
/// right one still opens, or whoever has some addresses could keep everybody out.
pub const SLIP_WRONG_IN_SUM: Limit =
    Limit { operation: "slip_wrong_in_sum", times: 2_000, window_ms: HOUR_MS };
/// Tries to join by one slip, per slip: each says whether a sign-in name is taken.
pub const SLIP_TRY: Limit = Limit { operation: "slip_try", times: 10, window_ms: HOUR_MS };
/// Accounts made by asking to be let in, per address of the network, and such requests per person.
pub const JOIN: Limit = Limit { operation: "join", times: 5, window_ms: 24 * HOUR_MS };
/// Ways back in asked for by mail, per address of the network.
pub const RESET: Limit = Limit { operation: "reset", times: 10, window_ms: HOUR_MS };
/// The same, per name or mail address that was typed, whether somebody has it or not.
pub const RESET_NAME: Limit = Limit { operation: "reset_name", times: 3, window_ms: HOUR_MS };
/// Tries to open a link of such a mail, per address of the network.
pub const RESET_LINK: Limit =
    Limit { operation: "reset_link", times: 30, window_ms: 10 * MINUTE_MS };
/// Wrong passwords typed by whoever is signed in already, per person.
pub const PASSWORD_AGAIN: Limit =
    Limit { operation: "password_again", times: 10, window_ms: HOUR_MS };
/// Exports of one's own data, per person.
pub const EXPORT: Limit = Limit { operation: "export", times: 5, window_ms: 24 * HOUR_MS };
/// Matters sent, per person.
pub const SUBMIT: Limit = Limit { operation: "submit", times: 10, window_ms: 24 * HOUR_MS };
/// The same, per household.
pub const SUBMIT_HOUSEHOLD: Limit =
    Limit { operation: "submit_household", times: 15, window_ms: 24 * HOUR_MS };
/// Edits of matters' texts, per person.
pub const TEXT: Limit = Limit { operation: "text", times: 20, window_ms: 24 * HOUR_MS };
/// The same, per household.
pub const TEXT_HOUSEHOLD: Limit =
    Limit { operation: "text_household", times: 30, window_ms: 24 * HOUR_MS };
/// Drafts kept, per person: one at each pause of a keyboard, which [`CHANGE`] doesn't count.
pub const DRAFT: Limit = Limit { operation: "draft", times: 1_200, window_ms: HOUR_MS };
/// Similar matters asked for while somebody types, per person.
pub const SIMILAR: Limit = Limit { operation: "similar", times: 600, window_ms: HOUR_MS };
/// Posts, per person.
pub const POST: Limit = Limit { operation: "post", times: 30, window_ms: HOUR_MS };
/// Posts, per household.
pub const POST_HOUSEHOLD: Limit =
    Limit { operation: "post_household", times: 60, window_ms: HOUR_MS };
/// Reports of posts and matters, per person.
pub const REPORT: Limit = Limit { operation: "report", times: 20, window_ms: 24 * HOUR_MS };
/// The same, per household.
pub const REPORT_HOUSEHOLD: Limit =
    Limit { operation: "report_household", times: 30, window_ms: 24 * HOUR_MS };
/// Kind words said and taken back, per person: easier than writing.
pub const REACT: Limit = Limit { operation: "react", times: 120, window_ms: HOUR_MS };
/// Photos sent, per person: each costs a second of a core and half a megabyte.
pub const PHOTO: Limit = Limit { operation: "photo", times: 60, window_ms: HOUR_MS };
/// The same, per household.
pub const PHOTO_HOUSEHOLD: Limit =
    Limit { operation: "photo_household", times: 120, window_ms: HOUR_MS };
/// Statements for the opinion groups, per person.
pub const STATEMENT: Limit = Limit { operation: "statement", times: 10, window_ms: 24 * HOUR_MS };
/// The same, per household.
pub const STATEMENT_HOUSEHOLD: Limit =
    Limit { operation: "statement_household", times: 15, window_ms: 24 * HOUR_MS };
/// Answers to statements, per person.
pub const ANSWER: Limit = Limit { operation: "answer", times: 200, window_ms: HOUR_MS };
/// Files of answers taken out or read, per person.
pub const OPINIONS_FILE: Limit =
    Limit { operation: "opinions_file", times: 20, window_ms: HOUR_MS };
/// Wrong tries at a second factor, per person: of 10⁶ codes three fit at a time, so a guesser needs years.
pub const FACTOR: Limit = Limit { operation: "factor", times: 5, window_ms: 10 * MINUTE_MS };
/// Tries at second factors, per address of the network.
pub const FACTOR_ADDRESS: Limit =
    Limit { operation: "factor_address", times: 30, window_ms: 10 * MINUTE_MS };
/// Changes of every kind, per person, or per address of the network for nobody: the server counts each
/// request that is not a mere reading.
pub const CHANGE: Limit = Limit { operation: "change", times: 240, window_ms: HOUR_MS };
/// The same, per household.
pub const CHANGE_HOUSEHOLD: Limit =
    Limit { operation: "change_household", times: 480, window_ms: HOUR_MS };
/// Reads of every kind, per person: as softly as a machine that reads everything lets it be. Each server counts
/// for itself.
pub const READ: Limit = Limit { operation: "read", times: 6_000, window_ms: 10 * MINUTE_MS };
/// The same, per household.
pub const READ_HOUSEHOLD: Limit =
    Limit { operation: "read_household", times: 12_000, window_ms: 10 * MINUTE_MS };
/// The same, per address of the network for nobody: many homes share one.
pub const READ_ADDRESS: Limit =
    Limit { operation: "read_address", times: 30_000, window_ms: 10 * MINUTE_MS };
/// Searches, per person, of which each costs more than a page.
pub const SEARCH: Limit = Limit { operation: "search", times: 300, window_ms: 10 * MINUTE_MS };
/// The same, per household.
pub const SEARCH_HOUSEHOLD: Limit =
    Limit { operation: "search_household", times: 600, window_ms: 10 * MINUTE_MS };
/// The same, per address of the network for nobody.
pub const SEARCH_ADDRESS: Limit =
    Limit { operation: "search_address", times: 3_000, window_ms: 10 * MINUTE_MS };

/// Forgets what `key` has used of `limit`: after a success, failures before it count no more.
pub(crate) async fn forget_in_txn(
    txn: &DatabaseTransaction,
    limit: Limit,
    key: &str,
) -> Result<()> {
    rate_limit::Entity::delete_by_id(format!("{}:{key}", limit.operation)).exec(txn).await?;
    Ok(())
}

/// Counts one use of `limit` by `key`.
///
/// # Errors
/// [`Error::TooOften`] when the window is used up, with the time until the next one.
pub async fn take(hall: &Hall, limit: Limit, key: &str) -> Result<()> {
    let txn = hall.db.begin().await?;
    let taken = take_in_txn(hall, &txn, limit, key).await;
    // What is used up stays counted.
    txn.commit().await?;
    taken
}

async fn take_in_txn(
    hall: &Hall,
    txn: &DatabaseTransaction,
    limit: Limit,
    key: &str,
) -> Result<()> {
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
    rate_limit::Entity::insert(row)
        .on_conflict(
            OnConflict::column(rate_limit::Column::Key)
                .value(rate_limit::Column::Count, counted)
                .value(rate_limit::Column::WindowStart, start)
                .to_owned(),
        )
        .exec_without_returning(txn)
        .await?;
    let row = rate_limit::Entity::find_by_id(full_key).one(txn).await?;
    if row.is_some_and(|row| row.count > limit.times) {
        let left_ms = start + limit.window_ms - now;
        return Err(Error::TooOften {
            operation: limit.operation,
            retry_after_s: u64::try_from(left_ms / 1_000 + 1).unwrap_or(1),
        });
    }
    Ok(())
}

/// Counts something that is written, by the person and by their household: neighbours who share a flat have
/// more together than one alone, and less than each for themselves.
///
/// # Errors
/// As [`take`], when either is used up.
pub async fn take_writing(
    hall: &Hall,
    actor: &Actor,
    person: Limit,
    household: Limit,
) -> Result<()> {
    let txn = hall.db.begin().await?;
    let mut taken = take_in_txn(hall, &txn, person, &format!("person:{}", actor.person)).await;
    // Whoever has used up their own takes nothing away from the others at home.
    if let (Ok(()), Some(home)) = (&taken, actor.home) {
        let key = format!("household:{}", home.household);
        taken = take_in_txn(hall, &txn, household, &key).await;
    }
    txn.commit().await?;
    taken
}

/// Takes one use back: for limits of failures, which are counted before it is known whether it is one,
/// so that tries at the same time can't pass each other.
///
/// # Errors
/// [`Error::Db`] when the database fails.
pub async fn give_back(hall: &Hall, limit: Limit, key: &str) -> Result<()> {
    let now = hall.now().0;
    let count = Expr::col(rate_limit::Column::Count);
    let txn = hall.db.begin().await?;
    rate_limit::Entity::update_many()
        .col_expr(rate_limit::Column::Count, count.sub(1))
        .filter(rate_limit::Column::Key.eq(format!("{}:{key}", limit.operation)))
        .filter(rate_limit::Column::WindowStart.eq(now - now.rem_euclid(limit.window_ms)))
        .filter(rate_limit::Column::Count.gt(0))
        .exec(&txn)
        .await?;
    txn.commit().await?;
    Ok(())
}
