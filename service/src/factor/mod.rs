//! The second factor: an authenticator app ([`totp`]), passkeys ([`passkey`]), and recovery codes for when
//! they are not at hand ([`recovery`]).
//!
//! Whoever has none sets up the first one by the password alone. From then on it is asked for after every
//! password, and adding or removing one asks for it again. Whoever holds a duty keeps at least one.

mod party;
pub mod passkey;
pub mod recovery;
mod reset;
pub mod show;
pub mod totp;

use domain::ids::{PasskeyId, PersonId};
use domain::permission::{Action, Denied, Target, permit};
use domain::role::{Actor, Role};
use domain::time::Timestamp;
use entities::{
    ceremony, passkey as passkey_row, person, recovery_code, role_grant, totp as totp_row,
};
use sea_orm::sea_query::{Expr, ExprTrait as _, Query};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, EntityTrait, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect,
};

use crate::audit::{Record, append_in_txn};
use crate::error::{Error, Refusal, Result};
use crate::hall::Hall;
use crate::session;

pub use reset::{factor_reset, factor_reset_by_operator};

/// What a person has set up.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FactorState {
    /// When the authenticator app was set up, if it is.
    pub totp_since: Option<Timestamp>,
    /// Passkeys, the oldest first.
    pub passkeys: Vec<Passkey>,
    /// Recovery codes that were not used yet.
    pub recovery_left: u64,
}

/// A passkey, for its owner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passkey {
    /// Row.
    pub id: PasskeyId,
    /// What its owner calls it.
    pub label: String,
    /// When it was added.
    pub created_at: Timestamp,
    /// Its last use.
    pub used_at: Option<Timestamp>,
}

impl FactorState {
    /// Whether there is a second factor. Recovery codes alone are none.
    #[must_use]
    pub const fn any(&self) -> bool {
        self.totp_since.is_some() || !self.passkeys.is_empty()
    }
}

/// What a person has set up.
///
/// # Errors
/// [`Error::Db`] when the database fails.
pub async fn factor_state(hall: &Hall, person: PersonId) -> Result<FactorState> {
    let db = hall.db.read();
    let totp = totp_row::Entity::find_by_id(person.0).one(db).await?;
    let passkeys = passkey_row::Entity::find()
        .filter(passkey_row::Column::PersonId.eq(person.0))
        .order_by_asc(passkey_row::Column::Id)
        .all(db)
        .await?;
    let passkeys = passkeys.into_iter().map(|row| Passkey {
        id: PasskeyId(row.id),
        label: row.label,
        created_at: Timestamp(row.created_at),
        used_at: row.used_at.map(Timestamp),
    });
    Ok(FactorState {
        totp_since: totp.and_then(|row| row.confirmed_at).map(Timestamp),
        passkeys: passkeys.collect(),
        recovery_left: recovery::left(db, person).await?,
    })
}

/// What somebody who has just signed in, or who asks for what needs a second factor, has to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// Nothing.
    Nothing,
    /// Show the second factor.
    Show,
    /// Set one up: duties wait for it.
    SetUp,
}

/// What is due on the session of `token`.
///
/// # Errors
/// [`Error::Db`] when the database fails.
pub async fn factor_due(hall: &Hall, token: &str) -> Result<Due> {
    Ok(match session::session_look(hall, token).await? {
        session::Seen::FactorWaits => Due::Show,
        session::Seen::SignedIn(person) if person.actor.duty_waits => Due::SetUp,
        session::Seen::SignedIn(_) | session::Seen::Nobody => Due::Nothing,
    })
}

/// Whether a person has a second factor.
pub(crate) async fn has_factor(db: &impl ConnectionTrait, person: PersonId) -> Result<bool> {
    let totp = Query::select()
        .expr(Expr::val(1))
        .from(totp_row::Entity)
        .and_where(totp_row::Column::PersonId.eq(person.0))
        .and_where(totp_row::Column::ConfirmedAt.is_not_null())
        .to_owned();
    let passkey = Query::select()
        .expr(Expr::val(1))
        .from(passkey_row::Entity)
        .and_where(passkey_row::Column::PersonId.eq(person.0))
        .to_owned();
    let either =
        Query::select().expr_as(Expr::exists(totp).or(Expr::exists(passkey)), "found").to_owned();
    let row = db.query_one(&either).await?;
    row.map_or(Ok(false), |row| row.try_get("", "found").map_err(Error::from))
}

/// Makes ready to change the actor's own factors: they are the account's owner, have shown the factor
/// that they have, and nobody else changes them at the same time.
async fn open_in_txn(txn: &DatabaseTransaction, actor: &Actor) -> Result<()> {
    may_change(txn, actor).await?;
    person::Entity::find_by_id(actor.person.0)
        .lock_exclusive()
        .one(txn)
        .await?
        .ok_or(Error::NotFound)?;
    // Once more under the lock: the first factor is set up by the password alone, the second is not.
    may_change(txn, actor).await
}

async fn may_change(db: &impl ConnectionTrait, actor: &Actor) -> Result<()> {
    permit(Some(actor), Action::AccountOwn, &Target::community(actor.community))?;
    if !actor.stepped_up && has_factor(db, actor.person).await? {
        return Err(Denied::StepUp.into());
    }
    Ok(())
}

/// After one was removed: refuses where a duty would be left without any, and forgets what belongs to
/// factors when there is none.
async fn removed_in_txn(hall: &Hall, txn: &DatabaseTransaction, person: PersonId) -> Result<()> {
    if has_factor(txn, person).await? {
        return Ok(());
    }
    if holds_duty(hall, txn, person).await? {
        return Err(Refusal::LastFactor.into());
    }
    recovery::forget_in_txn(txn, person).await?;
    session::factor_forgotten_in_txn(txn, person).await
}

/// Whether a person holds a duty now.
pub(crate) async fn holds_duty(
    hall: &Hall,
    txn: &DatabaseTransaction,
    person: PersonId,
) -> Result<bool> {
    let duties = Role::ALL.iter().filter(|role| role.is_duty()).map(|role| role.as_str());
    let until = Condition::any()
        .add(role_grant::Column::Until.is_null())
        .add(role_grant::Column::Until.gt(hall.now().0));
    let held = role_grant::Entity::find()
        .filter(role_grant::Column::PersonId.eq(person.0))
        .filter(role_grant::Column::Role.is_in(duties))
        .filter(until)
        .count(txn)
        .await?;
    Ok(held > 0)
}

/// Forgets all that a person has set up.
async fn forget_all_in_txn(txn: &DatabaseTransaction, person: PersonId) -> Result<()> {
    totp_row::Entity::delete_by_id(person.0).exec(txn).await?;
    passkey_row::Entity::delete_many()
        .filter(passkey_row::Column::PersonId.eq(person.0))
        .exec(txn)
        .await?;
    ceremony::Entity::delete_many()
        .filter(ceremony::Column::PersonId.eq(person.0))
        .exec(txn)
        .await?;
    recovery_code::Entity::delete_many()
        .filter(recovery_code::Column::PersonId.eq(person.0))
        .exec(txn)
        .await?;
    Ok(())
}

/// Records what was done to somebody's factors: the kind, never a code or a name.
async fn record_in_txn(
    hall: &Hall,
    txn: &DatabaseTransaction,
    actor: String,
    action: &str,
    person: PersonId,
    kind: Option<&str>,
) -> Result<()> {
    let record = Record {
        actor,
        action: action.to_owned(),
        subject: format!("person:{person}"),
        after: kind.map(str::to_owned),
        ..Record::default()
    };
    append_in_txn(txn, hall.now(), record).await?;
    Ok(())
}

/// A factor that was set up; it counts as shown.
#[derive(Clone, PartialEq, Eq)]
pub struct SetUp {
    /// The session's new token, for the browser's cookie.
    pub token: String,
    /// Recovery codes, to be shown this once; none where unused ones are left.
    pub recovery: Vec<String>,
}

impl std::fmt::Debug for SetUp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SetUp").finish_non_exhaustive()
    }
}
