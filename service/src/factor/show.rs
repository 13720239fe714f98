//! Showing the second factor, after the password or once more before what matters.
//!
//! It is always shown for the session that asks, and gives that session a new token. Tries are counted per
//! person and per address before they are judged, so that tries at the same instant can't pass each other; a
//! success forgets the person's failures.

use domain::ids::PersonId;
use domain::permission::Denied;
use domain::text::TextError;
use entities::person;
use sea_orm::{DatabaseTransaction, EntityTrait};

use super::passkey::{self, Done, Party};
use super::{record_in_txn, recovery, totp};
use crate::account::DEMO_PREFIX;
use crate::error::{Error, Problem, Result};
use crate::hall::Hall;
use crate::{rate, session};

/// Who shows it: the session's token and the client's address on the network.
#[derive(Clone, Copy)]
pub struct Showing<'a> {
    /// The session's token.
    pub token: &'a str,
    /// Where the try comes from, for the rate limit.
    pub address: &'a str,
}

impl std::fmt::Debug for Showing<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Showing").finish_non_exhaustive()
    }
}

/// Shows a code of the authenticator app; gives the session's new token.
///
/// # Errors
/// [`Denied::SignIn`] when the session is over; [`Error::TooOften`]; [`Error::Invalid`] with the field
/// `code` and [`Problem::FactorCode`] for a code that is wrong, too old or used.
pub async fn factor_show_totp(hall: &Hall, who: Showing<'_>, code: &str) -> Result<String> {
    let (person, txn) = open(hall, who).await?;
    let fits = totp::use_in_txn(hall, &txn, person, code).await?;
    shown(hall, txn, who, person, fits.then_some("totp"), code_wrong).await
}

/// Shows a recovery code, which is used up; gives the session's new token.
///
/// # Errors
/// As [`factor_show_totp`].
pub async fn factor_show_recovery(hall: &Hall, who: Showing<'_>, code: &str) -> Result<String> {
    let (person, txn) = open(hall, who).await?;
    let fits = recovery::use_in_txn(hall, &txn, person, code).await?;
    shown(hall, txn, who, person, fits.then_some("recovery"), code_wrong).await
}

/// Shows what was typed into the one field for both: six digits are the app's, anything else is a recovery
/// code.
///
/// # Errors
/// As [`factor_show_totp`], and [`Error::Invalid`] when nothing was typed.
pub async fn factor_show_code(hall: &Hall, who: Showing<'_>, typed: &str) -> Result<String> {
    if typed.trim().is_empty() {
        return Err(Error::field("code", Problem::Text(TextError::Empty)));
    }
    if totp::digits(typed).is_some() {
        factor_show_totp(hall, who, typed).await
    } else {
        factor_show_recovery(hall, who, typed).await
    }
}

/// Shows a passkey; gives the session's new token. `done` answers
/// [`factor_passkey_ask`](passkey::factor_passkey_ask).
///
/// # Errors
/// As [`factor_show_totp`] with the field `passkey` and [`Problem::Passkey`], and
/// [`Refusal::FactorBegunOver`](crate::Refusal::FactorBegunOver) for a ceremony that is over, used, or
/// somebody else's.
pub async fn factor_show_passkey(
    hall: &Hall,
    party: &Party,
    who: Showing<'_>,
    done: Done<'_>,
) -> Result<String> {
    let person = counted(hall, who).await?;
    let fits = passkey::judge(hall, party, person, done).await?;
    let txn = hall.db.begin().await?;
    let fits = passkey::use_in_txn(hall, &txn, fits).await?;
    let wrong = || Error::field("passkey", Problem::Passkey);
    shown(hall, txn, who, person, fits.then_some("passkey"), wrong).await
}

/// Takes it as shown for one of the people whom a demo offers. Call it on a demo site alone.
///
/// # Errors
/// [`Error::NotFound`] when the session's person isn't one of them; [`Denied::SignIn`].
pub async fn factor_show_demo(hall: &Hall, who: Showing<'_>) -> Result<String> {
    let person = session::holder(hall.db.read(), who.token, hall.now()).await?;
    let txn = hall.db.begin().await?;
    let row = person::Entity::find_by_id(person.0).one(&txn).await?.ok_or(Error::NotFound)?;
    let fits = row.sign_in_name.starts_with(DEMO_PREFIX).then_some("demo");
    shown(hall, txn, who, person, fits, || Error::NotFound).await
}

/// What the holder of a session can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CanShow {
    /// Whether there is any factor.
    pub any: bool,
    /// Whether a passkey is among them.
    pub passkey: bool,
    /// Whether the person is one of those whom a demo offers.
    pub demo: bool,
}

/// What the holder of the session of `token` can show; `None` when it is nobody's.
///
/// # Errors
/// [`Error::Db`] when the database fails.
pub async fn factor_can_show(hall: &Hall, token: &str) -> Result<Option<CanShow>> {
    let person = match session::holder(hall.db.read(), token, hall.now()).await {
        Ok(person) => person,
        Err(Error::Denied(Denied::SignIn)) => return Ok(None),
        Err(error) => return Err(error),
    };
    let state = super::factor_state(hall, person).await?;
    let row = person::Entity::find_by_id(person.0).one(hall.db.read()).await?;
    Ok(row.map(|row| CanShow {
        any: state.any(),
        passkey: !state.passkeys.is_empty(),
        demo: row.sign_in_name.starts_with(DEMO_PREFIX),
    }))
}

async fn counted(hall: &Hall, who: Showing<'_>) -> Result<PersonId> {
    let person = session::holder(hall.db.read(), who.token, hall.now()).await?;
    rate::take(hall, rate::FACTOR_ADDRESS, who.address).await?;
    rate::take(hall, rate::FACTOR, &person.to_string()).await?;
    Ok(person)
}

async fn open(hall: &Hall, who: Showing<'_>) -> Result<(PersonId, DatabaseTransaction)> {
    Ok((counted(hall, who).await?, hall.db.begin().await?))
}

/// Ends a try: with the session's new token where something of `kind` was shown.
async fn shown(
    hall: &Hall,
    txn: DatabaseTransaction,
    who: Showing<'_>,
    person: PersonId,
    kind: Option<&str>,
    wrong: impl FnOnce() -> Error,
) -> Result<String> {
    let Some(kind) = kind else {
        txn.rollback().await?;
        return Err(wrong());
    };
    rate::forget_in_txn(&txn, rate::FACTOR, &person.to_string()).await?;
    let token = session::factor_shown_in_txn(hall, &txn, who.token).await?;
    let actor = format!("person:{person}");
    record_in_txn(hall, &txn, actor, "factor_shown", person, Some(kind)).await?;
    txn.commit().await?;
    Ok(token)
}

fn code_wrong() -> Error {
    Error::field("code", Problem::FactorCode)
}
