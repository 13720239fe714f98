//! Consent to what is kept about a person: given to a version of the text, and taken back as easily
//! (个人信息保护法 Art 14, 15). Reading never needs it.

use domain::permission::{Action, Target, permit};
use domain::role::Actor;
use entities::{consent, person};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QuerySelect, Set};

use crate::audit::{Record, append_in_txn};
use crate::error::{Error, Refusal, Result};
use crate::hall::Hall;

/// Notes the actor's consent to `version` of the text, which must be the one in force. Giving it again
/// changes nothing. A helper may bring it; then it says so.
///
/// # Errors
/// [`Refusal::Stale`] when the text has changed since it was shown.
pub async fn consent_give(hall: &Hall, actor: &Actor, version: i64) -> Result<()> {
    permit(Some(actor), Action::ConsentOwn, &Target::community(actor.community))?;
    if version != domain::consent::VERSION {
        return Err(Refusal::Stale.into());
    }
    let txn = hall.db.begin().await?;
    let row = person_in_txn(&txn, actor).await?;
    if domain::consent::stands(row.consent_version) {
        return Ok(());
    }
    let given = consent::ActiveModel {
        person_id: Set(row.id),
        version: Set(version),
        given_at: Set(hall.now().0),
        through_id: Set(actor.through.map(|helper| helper.0)),
        ..Default::default()
    };
    consent::Entity::insert(given).exec_without_returning(&txn).await?;
    set_in_txn(&txn, actor, Some(version)).await?;
    record_in_txn(hall, &txn, actor, "consent_give", version).await?;
    txn.commit().await?;
    Ok(())
}

/// Takes the actor's consent back. What was done before stays; nothing new is done in their name, and no
/// mail is sent, until it is given again. Taking it back again changes nothing.
///
/// # Errors
/// [`Error::Db`] when the database fails.
pub async fn consent_withdraw(hall: &Hall, actor: &Actor) -> Result<()> {
    permit(Some(actor), Action::ConsentOwn, &Target::community(actor.community))?;
    let now = hall.now();
    let txn = hall.db.begin().await?;
    let row = person_in_txn(&txn, actor).await?;
    let Some(version) = row.consent_version else { return Ok(()) };
    if withdraw_in_txn(&txn, row.id, now.0).await? == 0 {
        // Given on paper, when the account was made.
        let given = consent::ActiveModel {
            person_id: Set(row.id),
            version: Set(version),
            given_at: Set(row.created_at),
            withdrawn_at: Set(Some(now.0)),
            ..Default::default()
        };
        consent::Entity::insert(given).exec_without_returning(&txn).await?;
    }
    set_in_txn(&txn, actor, None).await?;
    record_in_txn(hall, &txn, actor, "consent_withdraw", version).await?;
    txn.commit().await?;
    Ok(())
}

/// Ends every consent of a person that is open; gives their number.
pub(crate) async fn withdraw_in_txn(
    txn: &DatabaseTransaction,
    person: i64,
    now: i64,
) -> Result<u64> {
    let ended = consent::Entity::update_many()
        .col_expr(consent::Column::WithdrawnAt, Expr::value(now))
        .filter(consent::Column::PersonId.eq(person))
        .filter(consent::Column::WithdrawnAt.is_null())
        .exec(txn)
        .await?;
    Ok(ended.rows_affected)
}

/// The actor's row, held until the commit.
async fn person_in_txn(txn: &DatabaseTransaction, actor: &Actor) -> Result<person::Model> {
    let row = person::Entity::find_by_id(actor.person.0)
        .filter(person::Column::ClosedAt.is_null())
        .lock_exclusive()
        .one(txn)
        .await?;
    row.ok_or(Error::NotFound)
}

async fn set_in_txn(txn: &DatabaseTransaction, actor: &Actor, version: Option<i64>) -> Result<()> {
    person::Entity::update_many()
        .col_expr(person::Column::ConsentVersion, Expr::value(version))
        .filter(person::Column::Id.eq(actor.person.0))
        .exec(txn)
        .await?;
    Ok(())
}

async fn record_in_txn(
    hall: &Hall,
    txn: &DatabaseTransaction,
    actor: &Actor,
    action: &str,
    version: i64,
) -> Result<()> {
    let record = Record {
        actor: actor.audit_name(),
        action: action.to_owned(),
        subject: format!("person:{}", actor.person),
        after: Some(format!("version {version}")),
        ..Record::default()
    };
    append_in_txn(txn, hall.now(), record).await?;
    Ok(())
}
