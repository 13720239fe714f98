//! Joining by a slip: with a new account, or with the one that is signed in.

use domain::permission::{Action, Target, permit};
use domain::role::Actor;
use entities::{join_request, person};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter,
    QuerySelect, Set,
};

use super::open::{Opened, open};
use super::{
    Browser, Joined, Purpose, home_in_txn, subject, take_in_txn, unknown_code, used_by_in_txn,
};
use crate::audit::{Record, append_in_txn};
use crate::error::{Error, Problems, Refusal, Result};
use crate::hall::Hall;
use crate::newcomer::{
    Draft, NewcomerForm, consent_in_txn, house_in_txn, newcomer_add_in_txn, ticks,
};
use crate::rate;
use crate::session::session_open_in_txn;

/// Makes an account in the slip's household, uses the slip up, and signs the new person in: all of it or
/// nothing. The household's first adult becomes its representative.
///
/// # Errors
/// As [`slip_read`](super::slip_read); [`Error::Invalid`] with the fields `nickname`, `name`,
/// `password`, `phone`, `adult`, `consent`; [`Error::TooOften`] after ten tries in an hour with one slip.
pub async fn slip_join(
    hall: &Hall,
    code: &str,
    form: &NewcomerForm,
    from: Browser<'_>,
) -> Result<Joined> {
    let opened = opened_to_join(hall, code, from).await?;
    let community = &opened.community;
    let known = [community.name.as_str(), community.subdistrict.as_str()];
    let draft = Draft::of(form, &community.settings, &known)?;
    // Whatever comes now says whether the name is taken.
    rate::take(hall, rate::SLIP_TRY, &opened.id.to_string()).await?;
    let newcomer = draft.hashed(hall).await?;
    let txn = hall.db.begin().await?;
    home_in_txn(&txn, &opened).await?;
    take_in_txn(&txn, &opened, hall.now()).await?;
    let person = newcomer_add_in_txn(hall, &txn, community.id, newcomer, "slip").await?;
    house_in_txn(&txn, person, opened.household).await?;
    used_by_in_txn(&txn, opened.id, person).await?;
    let token = session_open_in_txn(hall, &txn, person, from.agent, from.token, false).await?;
    record_in_txn(hall, &txn, &opened, format!("person:{person}")).await?;
    txn.commit().await?;
    Ok(Joined { token: Some(token), prefix: opened.community.prefix })
}

/// Puts the signed-in person, who has no household yet, into the slip's. A request to be let in that
/// still waits is withdrawn by it.
///
/// # Errors
/// As [`slip_read`](super::slip_read); [`Error::Denied`] for a helper; [`Refusal::OtherCommunity`];
/// [`Refusal::HasHousehold`]; [`Error::Invalid`] with the fields `adult` and `consent`, each as long as
/// it was not declared before.
pub async fn slip_join_as(
    hall: &Hall,
    actor: &Actor,
    code: &str,
    adult: bool,
    consent: bool,
    from: Browser<'_>,
) -> Result<Joined> {
    permit(Some(actor), Action::AccountOwn, &Target::community(actor.community))?;
    let opened = opened_to_join(hall, code, from).await?;
    if opened.community.id != actor.community {
        return Err(Refusal::OtherCommunity.into());
    }
    let now = hall.now();
    let txn = hall.db.begin().await?;
    home_in_txn(&txn, &opened).await?;
    let row = person::Entity::find_by_id(actor.person.0).lock_exclusive().one(&txn).await?;
    let row = row.filter(|row| row.closed_at.is_none()).ok_or(Error::NotFound)?;
    // After household and person, as whoever decides on the request.
    join_request::Entity::update_many()
        .set(join_request::ActiveModel {
            state: Set("withdrawn".to_owned()),
            decided_at: Set(Some(now.0)),
            ..Default::default()
        })
        .filter(join_request::Column::PersonId.eq(actor.person.0))
        .filter(join_request::Column::State.eq("waiting"))
        .exec(&txn)
        .await?;
    take_in_txn(&txn, &opened, hall.now()).await?;
    if row.household_id.is_some() {
        return Err(Refusal::HasHousehold.into());
    }
    let consented = domain::consent::stands(row.consent_version);
    let mut problems = Problems::default();
    ticks(&mut problems, adult || row.adult_at.is_some(), consent || consented);
    problems.done()?;
    if !consented {
        consent_in_txn(hall, &txn, actor.person).await?;
    }
    let declared = row.adult_at.or(Some(now.0));
    let mut changed = row.into_active_model();
    changed.adult_at = Set(declared);
    changed.came_by = Set("slip".to_owned());
    changed.update(&txn).await?;
    house_in_txn(&txn, actor.person, opened.household).await?;
    used_by_in_txn(&txn, opened.id, actor.person).await?;
    record_in_txn(hall, &txn, &opened, actor.audit_name()).await?;
    txn.commit().await?;
    Ok(Joined { token: None, prefix: opened.community.prefix })
}

/// A code of a slip to join by; a slip to reset a password by is none.
async fn opened_to_join(hall: &Hall, code: &str, from: Browser<'_>) -> Result<Opened> {
    let opened = open(hall, code, from.address).await?;
    if opened.purpose == Purpose::Join { Ok(opened) } else { Err(unknown_code()) }
}

async fn record_in_txn(
    hall: &Hall,
    txn: &DatabaseTransaction,
    opened: &Opened,
    actor: String,
) -> Result<()> {
    let record = Record {
        actor,
        action: "slip_join".to_owned(),
        subject: subject(opened.id),
        after: Some(format!("household:{}", opened.household)),
        ..Record::default()
    };
    append_in_txn(txn, hall.now(), record).await?;
    Ok(())
}
