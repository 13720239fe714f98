//! A new password by a slip, for people without a mail address.

use domain::ids::PersonId;
use entities::person;
use sea_orm::{EntityTrait, QuerySelect};

use super::open::open;
use super::{
    Browser, Joined, Purpose, home_in_txn, subject, take_in_txn, unknown_code, used_by_in_txn,
};
use crate::audit::{Record, append_in_txn};
use crate::error::{Error, Refusal, Result};
use crate::factor::holds_duty;
use crate::hall::Hall;
use crate::password::new_password_checked;
use crate::rate;
use crate::reset::password_replaced_in_txn;
use crate::session::session_open_in_txn;

/// Sets a new password for the slip's person, ends all of their sessions and links in earlier mails, leaves
/// word of it at their mail address where there is one, and signs them in. A second factor stays as it is:
/// it is asked for again.
///
/// # Errors
/// As [`slip_read`](super::slip_read); [`Error::Invalid`] with the field `password`;
/// [`Refusal::DutyPassword`] for whoever holds a duty by now;
/// [`Error::TooOften`] after ten tries in an hour with one slip.
pub async fn slip_reset(
    hall: &Hall,
    code: &str,
    password: &str,
    from: Browser<'_>,
) -> Result<Joined> {
    let opened = open(hall, code, from.address).await?;
    let (Purpose::Reset, Some(person)) = (opened.purpose, opened.person) else {
        return Err(unknown_code());
    };
    let row = person::Entity::find_by_id(person.0).one(hall.db.read()).await?;
    let row = row.ok_or_else(unknown_code)?;
    let known = [row.sign_in_name.as_str(), row.nickname.as_str(), opened.community.name.as_str()];
    new_password_checked(password, &known).map_err(|problem| Error::field("password", problem))?;
    rate::take(hall, rate::SLIP_TRY, &opened.id.to_string()).await?;
    let hash = hall.hasher.hash(password.to_owned(), hall.dice.as_ref()).await?;

    let txn = hall.db.begin().await?;
    home_in_txn(&txn, &opened).await?;
    let row = person::Entity::find_by_id(person.0).lock_exclusive().one(&txn).await?;
    row.filter(|row| row.closed_at.is_none()).ok_or_else(unknown_code)?;
    take_in_txn(&txn, &opened, hall.now()).await?;
    // The slip may be older than the duty.
    if holds_duty(hall, &txn, person).await? {
        return Err(Refusal::DutyPassword.into());
    }
    password_replaced_in_txn(hall, &txn, person, hash).await?;
    used_by_in_txn(&txn, opened.id, person).await?;
    let token = session_open_in_txn(hall, &txn, person, from.agent, from.token, false).await?;
    let record = record(opened.id, person);
    append_in_txn(&txn, hall.now(), record).await?;
    txn.commit().await?;
    Ok(Joined { token: Some(token), prefix: opened.community.prefix })
}

fn record(slip: domain::ids::SlipId, person: PersonId) -> Record {
    Record {
        actor: format!("person:{person}"),
        action: "slip_reset".to_owned(),
        subject: subject(slip),
        after: Some(format!("person:{person}")),
        ..Record::default()
    }
}
