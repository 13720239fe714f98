//! A way back in by email, for who has forgotten the password.
//!
//! Whoever asks is answered the same way, by the same work, whether or not somebody has the name: the
//! rows are written either way, for nobody inside a savepoint that is taken back.

use domain::ids::PersonId;
use domain::time::{DAY_MS, MINUTE_MS};
use entities::{community, mail, person, reset, sign_in_failure};
use sea_orm::sea_query::{Expr, Func};
use sea_orm::{
    ColumnTrait, Condition, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    Set, TransactionTrait,
};
use sha2::{Digest, Sha256};

use crate::audit::{Record, append_in_txn};
use crate::error::{Error, Problem, Refusal, Result};
use crate::hall::Hall;
use crate::mail::{password_changed_in_txn, reset_in_txn};
use crate::password::new_password_checked;
use crate::setup::{person_named_in_txn, sign_in_name};
use crate::{rate, session};

/// A link holds for so long.
pub const RESET_MS: i64 = 30 * MINUTE_MS;
/// So long after that it is still told from one that never was.
const REMEMBERED_MS: i64 = DAY_MS;
/// Accounts that may share a mail address, as a couple does.
const SHARED: u64 = 5;

/// Leaves a mail with a link for the account with that sign-in name or mail address, if there is one and it
/// has an address. Links that were sent before are over then.
///
/// # Errors
/// [`Error::Invalid`] with the field `name` when nothing was typed; [`Error::TooOften`] by the network's
/// address and by what was typed.
pub async fn reset_ask(hall: &Hall, typed: &str, client_address: &str) -> Result<()> {
    let name = sign_in_name(typed);
    if name.is_empty() {
        return Err(Error::field("name", Problem::Text(domain::text::TextError::Empty)));
    }
    rate::take(hall, rate::RESET, client_address).await?;
    rate::take(hall, rate::RESET_NAME, &name_key(&name)).await?;
    let txn = hall.db.begin().await?;
    let email = Expr::expr(Func::lower(Expr::col(person::Column::Email)));
    let email = sea_orm::sea_query::ExprTrait::eq(email, name.clone());
    let found = person::Entity::find()
        .filter(Condition::any().add(person::Column::SignInName.eq(&name)).add(email))
        .filter(person::Column::Email.is_not_null())
        .filter(person::Column::ClosedAt.is_null())
        .order_by_asc(person::Column::Id)
        .limit(SHARED)
        .lock_exclusive()
        .all(&txn)
        .await?;
    let stand_in =
        person::Entity::find().order_by_asc(person::Column::Id).limit(1).one(&txn).await?;
    let known = !found.is_empty();
    let people = if known { found } else { stand_in.into_iter().collect() };
    let sub = txn.begin().await?;
    for row in people {
        link_in_txn(hall, &sub, &row).await?;
    }
    if known {
        sub.commit().await?
    } else {
        sub.rollback().await?
    }
    let record = Record {
        actor: "nobody".to_owned(),
        action: "reset_ask".to_owned(),
        subject: "account".to_owned(),
        ..Record::default()
    };
    append_in_txn(&txn, hall.now(), record).await?;
    txn.commit().await?;
    Ok(())
}

async fn link_in_txn(hall: &Hall, txn: &DatabaseTransaction, row: &person::Model) -> Result<()> {
    let now = hall.now();
    let token = hex::encode(hall.dice.bytes32());
    let person = PersonId(row.id);
    end_links_in_txn(hall, txn, person).await?;
    let link = reset::ActiveModel {
        token_hash: Set(token_hash(&token)),
        person_id: Set(row.id),
        created_at: Set(now.0),
        expires_at: Set(now.0 + RESET_MS),
        used_at: Set(None),
    };
    reset::Entity::insert(link).exec_without_returning(txn).await?;
    let address = row.email.as_deref().unwrap_or_default();
    reset_in_txn(hall, txn, person, address, &token).await
}

/// Makes every link of a person worthless that still holds.
pub(crate) async fn end_links_in_txn(
    hall: &Hall,
    txn: &DatabaseTransaction,
    person: PersonId,
) -> Result<()> {
    let now = hall.now().0;
    reset::Entity::update_many()
        .col_expr(reset::Column::ExpiresAt, Expr::value(now))
        .filter(reset::Column::PersonId.eq(person.0))
        .filter(reset::Column::UsedAt.is_null())
        .filter(reset::Column::ExpiresAt.gt(now))
        .exec(txn)
        .await?;
    Ok(())
}

/// How a link stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkState {
    /// It sets a password.
    Holds,
    /// A password was set by it already.
    Used,
    /// It has run out, a newer one ended it, or it never was.
    Over,
}

/// How the link with that secret stands. Changes nothing: mail scanners open links.
///
/// # Errors
/// [`Error::Db`] when the database fails.
pub async fn reset_look(hall: &Hall, token: &str) -> Result<LinkState> {
    let row = reset::Entity::find_by_id(token_hash(token)).one(hall.db.read()).await?;
    Ok(state(hall, row.as_ref()))
}

fn state(hall: &Hall, row: Option<&reset::Model>) -> LinkState {
    match row {
        Some(row) if row.used_at.is_some() => LinkState::Used,
        Some(row) if row.expires_at > hall.now().0 => LinkState::Holds,
        _ => LinkState::Over,
    }
}

/// Sets a new password by a link, once. All sessions end, and the next step is to sign in: a second factor
/// is asked for there as ever. A lock after wrong passwords is lifted.
///
/// # Errors
/// [`Refusal::LinkUsed`] or [`Refusal::LinkOver`]; [`Error::Invalid`] with the field `password`;
/// [`Error::TooOften`] by the network's address.
pub async fn reset_do(
    hall: &Hall,
    token: &str,
    password: &str,
    client_address: &str,
) -> Result<()> {
    rate::take(hall, rate::RESET_LINK, client_address).await?;
    let hash = token_hash(token);
    let link = reset::Entity::find_by_id(&hash).one(hall.db.read()).await?;
    holds(state(hall, link.as_ref()))?;
    let link = link.ok_or(Refusal::LinkOver)?;
    let row = person::Entity::find_by_id(link.person_id).one(hall.db.read()).await?;
    let row = row.ok_or(Refusal::LinkOver)?;
    let known = known_of(hall, &row).await?;
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    new_password_checked(password, &known).map_err(|problem| Error::field("password", problem))?;
    let password_hash = hall.hasher.hash(password.to_owned(), hall.dice.as_ref()).await?;

    let now = hall.now();
    let txn = hall.db.begin().await?;
    let used = reset::Entity::update_many()
        .col_expr(reset::Column::UsedAt, Expr::value(now.0))
        .filter(reset::Column::TokenHash.eq(&hash))
        .filter(reset::Column::UsedAt.is_null())
        .filter(reset::Column::ExpiresAt.gt(now.0))
        .exec(&txn)
        .await?;
    if used.rows_affected == 0 {
        let link = reset::Entity::find_by_id(&hash).one(&txn).await?;
        txn.rollback().await?;
        holds(state(hall, link.as_ref()))?;
        return Err(Refusal::LinkOver.into());
    }
    let person = PersonId(link.person_id);
    password_replaced_in_txn(hall, &txn, person, password_hash).await?;
    let name = format!("person:{person}");
    let record = Record {
        actor: name.clone(),
        action: "password_reset".to_owned(),
        subject: name,
        ..Record::default()
    };
    append_in_txn(&txn, now, record).await?;
    txn.commit().await?;
    Ok(())
}

fn holds(state: LinkState) -> Result<(), Refusal> {
    match state {
        LinkState::Holds => Ok(()),
        LinkState::Used => Err(Refusal::LinkUsed),
        LinkState::Over => Err(Refusal::LinkOver),
    }
}

/// What others know of a person: none of it makes a password.
pub(crate) async fn known_of(hall: &Hall, row: &person::Model) -> Result<Vec<String>> {
    let community = community::Entity::find_by_id(row.community_id).one(hall.db.read()).await?;
    let known = [Some(row.sign_in_name.clone()), Some(row.nickname.clone()), row.email.clone()];
    Ok(known.into_iter().flatten().chain(community.map(|community| community.name)).collect())
}

/// Writes a new password's hash, makes links in earlier mails worthless, and leaves word of it at the
/// person's mail address, if there is one.
///
/// # Errors
/// [`Refusal::LinkOver`] when the account was closed in the meantime.
pub(crate) async fn password_set_in_txn(
    hall: &Hall,
    txn: &DatabaseTransaction,
    person: PersonId,
    password_hash: String,
) -> Result<person::Model> {
    let row = person::Entity::find_by_id(person.0)
        .filter(person::Column::ClosedAt.is_null())
        .lock_exclusive()
        .one(txn)
        .await?
        .ok_or(Refusal::LinkOver)?;
    person::Entity::update_many()
        .col_expr(person::Column::PasswordHash, Expr::value(password_hash))
        .filter(person::Column::Id.eq(person.0))
        .exec(txn)
        .await?;
    end_links_in_txn(hall, txn, person).await?;
    mail::Entity::delete_many()
        .filter(mail::Column::PersonId.eq(person.0))
        .filter(mail::Column::Kind.eq("reset"))
        .filter(mail::Column::State.eq("waiting"))
        .exec(txn)
        .await?;
    if let Some(address) = &row.email {
        password_changed_in_txn(hall, txn, person, address).await?;
    }
    Ok(row)
}

/// Forgets links that ran out a day ago; gives their number.
///
/// # Errors
/// [`Error::Db`] when the database fails.
pub async fn resets_sweep(hall: &Hall) -> Result<u64> {
    let txn = hall.db.begin().await?;
    let swept = reset::Entity::delete_many()
        .filter(reset::Column::ExpiresAt.lt(hall.now().0 - REMEMBERED_MS))
        .exec(&txn)
        .await?;
    txn.commit().await?;
    Ok(swept.rows_affected)
}

/// What is counted of a typed name: it is kept nowhere itself.
pub(crate) fn name_key(name: &str) -> String {
    hex::encode(Sha256::digest(format!("reset:{name}").as_bytes()))
}

/// What the database keeps of a token of 256 random bits: its SHA-256, hex.
fn token_hash(token: &str) -> String {
    hex::encode(Sha256::digest(token.as_bytes()))
}

/// Sets the password of somebody who has lost theirs, and ends all their sessions. Tries with the
/// forgotten one must not lock out the new one.
pub(crate) async fn password_replaced_in_txn(
    hall: &Hall,
    txn: &DatabaseTransaction,
    person: PersonId,
    password_hash: String,
) -> Result<()> {
    let row = password_set_in_txn(hall, txn, person, password_hash).await?;
    session::end_all_in_txn(txn, person).await?;
    let name = hex::encode(Sha256::digest(row.sign_in_name.as_bytes()));
    sign_in_failure::Entity::delete_by_id(name).exec(txn).await?;
    Ok(())
}

/// Sets the password of the person with that sign-in name: by the operator, on the command line, for
/// whoever has no other way back in. Their sessions end; a second factor stays.
///
/// # Errors
/// [`Error::NotFound`] when there is no such person.
pub async fn password_set_by_operator(
    hall: &Hall,
    name: &str,
    password_hash: String,
) -> Result<PersonId> {
    let txn = hall.db.begin().await?;
    let person = PersonId(person_named_in_txn(&txn, name).await?.id);
    password_replaced_in_txn(hall, &txn, person, password_hash).await?;
    let record = Record {
        actor: "operator".to_owned(),
        action: "password_reset".to_owned(),
        subject: format!("person:{person}"),
        ..Record::default()
    };
    append_in_txn(&txn, hall.now(), record).await?;
    txn.commit().await?;
    Ok(person)
}
