//! Closing one's account (个人信息保护法 Art 47): the name is gone at once, what was said and voted stays
//! without it, and what the law wants kept is kept apart, sealed, for as long as it must be.

use domain::ids::CommunityId;
use domain::permission::{Action, Target, permit};
use domain::role::Actor;
use domain::settings::CommunitySettings;
use domain::time::Timestamp;
use entities::{
    ceremony, community, follow, household, join_request, kept_record, mail, owner, passkey,
    person, place_follow, proposal, proposal_version, recovery_code, removal, report, reset,
    role_grant, session, sign_in_failure, slip, totp,
};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, DatabaseTransaction, EntityTrait, QueryFilter,
    QuerySelect, Set,
};
use sha2::{Digest, Sha256};

use crate::audit::{Record, append_in_txn};
use crate::draft;
use crate::error::{Error, Refusal, Result};
use crate::hall::Hall;
use crate::helper::helping_ends_in_txn;
use crate::post::mentions_forget_in_txn;
use crate::proposal::EDIT;
use crate::{consent, own, photo, rate, reset as links, role, setup};

/// Closes the actor's account, for good.
///
/// # Errors
/// [`Error::Invalid`] with the field `password` when it is wrong; [`Error::TooOften`];
/// [`Refusal::Role`] for the committee's last head; [`Refusal::Stale`] when they joined or left a household
/// in the meantime; [`Error::Denied`] for a helper.
pub async fn account_close(hall: &Hall, actor: &Actor, password: &str) -> Result<()> {
    permit(Some(actor), Action::AccountOwn, &Target::community(actor.community))?;
    let known = own::confirmed(hall, actor, "password", password).await?;
    let now = hall.now().0;
    let txn = hall.db.begin().await?;
    role::heads_without_in_txn(&txn, actor.community, actor.person, hall.now()).await?;
    household_in_txn(&txn, &known).await?;
    let row = person::Entity::find_by_id(actor.person.0)
        .filter(person::Column::ClosedAt.is_null())
        .lock_exclusive()
        .one(&txn)
        .await?
        .ok_or(Error::NotFound)?;
    // Another household than the one held: its representative would stay somebody who is gone.
    if row.household_id != known.household_id {
        return Err(Refusal::Stale.into());
    }
    let kept_days = kept_days_in_txn(&txn, actor.community).await?;
    if row.household_id.is_some() || row.real_name.is_some() {
        let kept = kept_record::ActiveModel {
            person_id: Set(row.id),
            household_id: Set(row.household_id),
            real_name: Set(row.real_name.clone()),
            until: Set(hall.now().plus_days(i64::from(kept_days)).0),
        };
        kept_record::Entity::insert(kept).exec_without_returning(&txn).await?;
    }
    forget_traces_in_txn(&txn, &row).await?;
    mentions_forget_in_txn(hall, &txn, &row).await?;
    ways_in_end_in_txn(&txn, row.id).await?;
    ties_end_in_txn(&txn, row.id, now).await?;
    mails_end_in_txn(&txn, row.id, now).await?;
    consent::withdraw_in_txn(&txn, row.id, now).await?;
    let gone = person::ActiveModel {
        id: Set(row.id),
        // The colon keeps it apart from every name that somebody could choose.
        sign_in_name: Set(format!("closed:{}", row.id)),
        nickname: Set(String::new()),
        shown_as: Set("nickname".to_owned()),
        household_id: Set(None),
        email: Set(None),
        phone: Set(None),
        real_name: Set(None),
        password_hash: Set(None),
        helper_id: Set(None),
        seen_at: Set(None),
        visit_at: Set(None),
        consent_version: Set(None),
        closed_at: Set(Some(now)),
        ..Default::default()
    };
    gone.update(&txn).await?;
    let record = Record {
        actor: actor.audit_name(),
        action: "account_close".to_owned(),
        subject: format!("person:{}", actor.person),
        ..Record::default()
    };
    append_in_txn(&txn, hall.now(), record).await?;
    txn.commit().await?;
    Ok(())
}

async fn kept_days_in_txn(txn: &DatabaseTransaction, id: CommunityId) -> Result<u32> {
    let row = community::Entity::find_by_id(id.0).one(txn).await?.ok_or(Error::NotFound)?;
    let settings: CommunitySettings = serde_json::from_str(&row.settings)?;
    Ok(settings.kept_days)
}

/// The household has no representative until it names one; its co-signs and votes stay its own. Its row is
/// held, so that nobody names the one who goes.
async fn household_in_txn(txn: &DatabaseTransaction, row: &person::Model) -> Result<()> {
    let Some(home) = row.household_id else { return Ok(()) };
    household::Entity::find_by_id(home).lock_exclusive().one(txn).await?;
    household::Entity::update_many()
        .col_expr(household::Column::RepresentativeId, Expr::value(None::<i64>))
        .filter(household::Column::RepresentativeId.eq(row.id))
        .exec(txn)
        .await?;
    Ok(())
}

/// Hashes of what the person typed as their name.
async fn forget_traces_in_txn(txn: &DatabaseTransaction, row: &person::Model) -> Result<()> {
    let name = hex::encode(Sha256::digest(row.sign_in_name.as_bytes()));
    sign_in_failure::Entity::delete_by_id(name).exec(txn).await?;
    let email = row.email.as_deref().map(setup::sign_in_name);
    for name in std::iter::once(row.sign_in_name.clone()).chain(email) {
        rate::forget_in_txn(txn, rate::RESET_NAME, &links::name_key(&name)).await?;
    }
    Ok(())
}

/// Sessions, factors, links and slips: nobody signs in to a closed account.
async fn ways_in_end_in_txn(txn: &DatabaseTransaction, id: i64) -> Result<()> {
    session::Entity::delete_many().filter(session::Column::PersonId.eq(id)).exec(txn).await?;
    passkey::Entity::delete_many().filter(passkey::Column::PersonId.eq(id)).exec(txn).await?;
    totp::Entity::delete_many().filter(totp::Column::PersonId.eq(id)).exec(txn).await?;
    let codes = recovery_code::Column::PersonId.eq(id);
    recovery_code::Entity::delete_many().filter(codes).exec(txn).await?;
    ceremony::Entity::delete_many().filter(ceremony::Column::PersonId.eq(id)).exec(txn).await?;
    reset::Entity::delete_many().filter(reset::Column::PersonId.eq(id)).exec(txn).await?;
    Ok(())
}

/// What binds the person to places, offices, people and matters.
async fn ties_end_in_txn(txn: &DatabaseTransaction, id: i64, now: i64) -> Result<()> {
    role_grant::Entity::update_many()
        .col_expr(role_grant::Column::Until, Expr::value(now))
        .col_expr(role_grant::Column::EndedBy, Expr::value(id))
        .filter(role_grant::Column::PersonId.eq(id))
        .filter(
            Condition::any()
                .add(role_grant::Column::Until.is_null())
                .add(role_grant::Column::Until.gt(now)),
        )
        .exec(txn)
        .await?;
    helping_ends_in_txn(txn, &[id]).await?;
    session::Entity::update_many()
        .col_expr(session::Column::ActingFor, Expr::value(None::<i64>))
        .filter(session::Column::ActingFor.eq(id))
        .exec(txn)
        .await?;
    owner::Entity::update_many()
        .col_expr(owner::Column::PersonId, Expr::value(None::<i64>))
        .filter(owner::Column::PersonId.eq(id))
        .exec(txn)
        .await?;
    requests_end_in_txn(txn, id, now).await?;
    words_forget_in_txn(txn, id).await?;
    slip::Entity::update_many()
        .col_expr(slip::Column::EndedAt, Expr::value(now))
        .col_expr(slip::Column::Code, Expr::value(None::<String>))
        .filter(slip::Column::PersonId.eq(id))
        .filter(slip::Column::UsedAt.is_null())
        .filter(slip::Column::EndedAt.is_null())
        .exec(txn)
        .await?;
    proposal::Entity::delete_many()
        .filter(proposal::Column::AuthorId.eq(id))
        .filter(proposal::Column::State.eq("draft"))
        .exec(txn)
        .await?;
    draft::drafts_end_in_txn(txn, Timestamp(now), id).await?;
    // An edit that waits or was declined was never shown, and there is nobody any more to mend it.
    proposal_version::Entity::delete_many()
        .filter(proposal_version::Column::ById.eq(id))
        .filter(proposal_version::Column::Number.eq(EDIT))
        .exec(txn)
        .await?;
    photo::photos_end_in_txn(txn, Timestamp(now), id).await?;
    Ok(())
}

/// That something was reported, and that somebody asked for another look, stays on record; their words to the
/// committee do not.
async fn words_forget_in_txn(txn: &DatabaseTransaction, id: i64) -> Result<()> {
    report::Entity::update_many()
        .col_expr(report::Column::Words, Expr::value(None::<String>))
        .filter(report::Column::ById.eq(id))
        .exec(txn)
        .await?;
    removal::Entity::update_many()
        .col_expr(removal::Column::AppealWords, Expr::value(None::<String>))
        .filter(removal::Column::AuthorId.eq(id))
        .exec(txn)
        .await?;
    Ok(())
}

/// How somebody came in stays on record; what was written about them then does not.
async fn requests_end_in_txn(txn: &DatabaseTransaction, id: i64, now: i64) -> Result<()> {
    join_request::Entity::update_many()
        .col_expr(join_request::Column::State, Expr::value("withdrawn"))
        .col_expr(join_request::Column::DecidedAt, Expr::value(now))
        .filter(join_request::Column::PersonId.eq(id))
        .filter(join_request::Column::State.eq("waiting"))
        .exec(txn)
        .await?;
    join_request::Entity::update_many()
        .col_expr(join_request::Column::Room, Expr::value(""))
        .col_expr(join_request::Column::Words, Expr::value(None::<String>))
        .col_expr(join_request::Column::Reason, Expr::value(None::<String>))
        .col_expr(join_request::Column::ContestReason, Expr::value(None::<String>))
        .filter(join_request::Column::PersonId.eq(id))
        .exec(txn)
        .await?;
    Ok(())
}

/// No mail goes out any more, and none says where earlier ones went: an SMTP server's answer may name
/// the address too.
async fn mails_end_in_txn(txn: &DatabaseTransaction, id: i64, now: i64) -> Result<()> {
    follow::Entity::update_many()
        .col_expr(follow::Column::StoppedAt, Expr::value(now))
        .filter(follow::Column::PersonId.eq(id))
        .filter(follow::Column::StoppedAt.is_null())
        .exec(txn)
        .await?;
    place_follow::Entity::delete_many()
        .filter(place_follow::Column::PersonId.eq(id))
        .exec(txn)
        .await?;
    mail::Entity::delete_many()
        .filter(mail::Column::PersonId.eq(id))
        .filter(mail::Column::State.eq("waiting"))
        .exec(txn)
        .await?;
    mail::Entity::update_many()
        .col_expr(mail::Column::Address, Expr::value(""))
        .col_expr(mail::Column::LastError, Expr::value(None::<String>))
        .col_expr(mail::Column::Data, Expr::value(None::<String>))
        .filter(mail::Column::PersonId.eq(id))
        .exec(txn)
        .await?;
    Ok(())
}

/// Deletes what was kept of closed accounts for as long as it had to be; gives their number.
///
/// # Errors
/// [`Error::Db`] when the database fails.
pub async fn kept_sweep(hall: &Hall) -> Result<u64> {
    let now = hall.now();
    let txn = hall.db.begin().await?;
    let swept = kept_record::Entity::delete_many()
        .filter(kept_record::Column::Until.lte(now.0))
        .exec(&txn)
        .await?;
    if swept.rows_affected == 0 {
        txn.rollback().await?;
        return Ok(0);
    }
    let record = Record {
        actor: "clock".to_owned(),
        action: "kept_sweep".to_owned(),
        subject: "kept_record".to_owned(),
        before: Some(format!("{} more", swept.rows_affected)),
        ..Record::default()
    };
    append_in_txn(&txn, now, record).await?;
    txn.commit().await?;
    Ok(swept.rows_affected)
}
