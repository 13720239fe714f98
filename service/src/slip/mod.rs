//! Slips: printed by the committee for a household, and what whoever holds one can do with its code.
//!
//! A code is kept sealed for printing and found by its keyed hash. It is worth an account in the
//! household, so nothing tells a code that was used, ended or has run out from one that never was:
//! neither the answer nor the statements that lead to it.

mod join;
mod make;
mod open;
mod reset;
mod sheet;

pub use domain::slip::Purpose;
pub use join::{slip_join, slip_join_as};
pub use make::{ForWhom, Made, SLIPS_MAX, SlipOrder, slip_end, slip_make, slip_make_reset};
pub use open::{SlipSeen, slip_read};
pub use reset::slip_reset;
pub use sheet::{Batch, PlaceSlips, Sheet, SheetSlip, SlipsDesk, slip_print, slips_desk};

use domain::ids::{PersonId, SlipId};
use domain::time::Timestamp;
use entities::{household, slip};
use open::Opened;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, EntityTrait,
    QueryFilter, QuerySelect, Set,
};

use crate::error::{Error, Problem, Result};
use crate::hall::Hall;

/// The browser from which a slip is used.
#[derive(Clone, Copy)]
pub struct Browser<'a> {
    /// Where it comes from, for the rate limits.
    pub address: &'a str,
    /// As it names itself.
    pub agent: &'a str,
    /// The token that it has from before, if any; its session ends.
    pub token: Option<&'a str>,
}

impl std::fmt::Debug for Browser<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Browser").finish_non_exhaustive()
    }
}

/// Who got in by a slip.
#[derive(Clone, PartialEq, Eq)]
pub struct Joined {
    /// For the browser's cookie; none where the session goes on.
    pub token: Option<String>,
    /// What the addresses of the slip's community begin with.
    pub prefix: String,
}

impl std::fmt::Debug for Joined {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Joined").field("prefix", &self.prefix).finish_non_exhaustive()
    }
}

/// Slips that can still be used at `now`, as far as their own rows say.
fn live(now: Timestamp) -> Condition {
    Condition::all()
        .add(slip::Column::UsedAt.is_null())
        .add(slip::Column::EndedAt.is_null())
        .add(slip::Column::ExpiresAt.gt(now.0))
}

/// The one answer to every code that opens nothing.
fn unknown_code() -> Error {
    Error::field("code", Problem::CodeUnknown)
}

/// Holds the slip's household, before the person and the slip: whoever moves it out ends its slips under
/// its lock.
async fn home_in_txn(txn: &DatabaseTransaction, opened: &Opened) -> Result<()> {
    let home = household::Entity::find_by_id(opened.household.0).lock_exclusive().one(txn).await?;
    home.filter(|home| home.ended_at.is_none()).map(|_| ()).ok_or_else(unknown_code)
}

/// Uses the slip up: of all who try at the same time its row lets through one.
async fn take_in_txn(txn: &DatabaseTransaction, opened: &Opened, now: Timestamp) -> Result<()> {
    let used = slip::Entity::update_many()
        .set(slip::ActiveModel { used_at: Set(Some(now.0)), code: Set(None), ..Default::default() })
        .filter(slip::Column::Id.eq(opened.id.0))
        .filter(live(now))
        .exec(txn)
        .await?;
    if used.rows_affected == 1 { Ok(()) } else { Err(unknown_code()) }
}

/// Notes who used the slip.
async fn used_by_in_txn(txn: &DatabaseTransaction, id: SlipId, person: PersonId) -> Result<()> {
    slip::ActiveModel { id: Set(id.0), used_by: Set(Some(person.0)), ..Default::default() }
        .update(txn)
        .await?;
    Ok(())
}

/// What ends a slip: it can't be used, and its code is gone.
fn ended(now: Timestamp) -> slip::ActiveModel {
    slip::ActiveModel { ended_at: Set(Some(now.0)), code: Set(None), ..Default::default() }
}

/// Forgets the codes of slips that have run out; gives their number.
///
/// # Errors
/// [`Error::Db`] when the database fails.
pub async fn slips_sweep(hall: &Hall) -> Result<u64> {
    let txn = hall.db.begin().await?;
    let swept = slip::Entity::update_many()
        .set(slip::ActiveModel { code: Set(None), ..Default::default() })
        .filter(slip::Column::Code.is_not_null())
        .filter(slip::Column::ExpiresAt.lte(hall.now().0))
        .exec(&txn)
        .await?;
    txn.commit().await?;
    Ok(swept.rows_affected)
}

/// The name of the slip on the audit chain.
fn subject(id: SlipId) -> String {
    format!("slip:{id}")
}

/// A stored purpose.
fn purpose(stored: &str) -> Result<Purpose> {
    Purpose::from_name(stored).ok_or_else(|| Error::unknown("purpose of a slip", stored))
}

/// One slip of a community.
async fn slip_of(db: &impl ConnectionTrait, community: i64, id: SlipId) -> Result<slip::Model> {
    let row = slip::Entity::find_by_id(id.0).one(db).await?;
    row.filter(|row| row.community_id == community).ok_or(Error::NotFound)
}
