//! Sending undelivered mail again.

use domain::permission::{Action, Target, permit};
use domain::role::Actor;
use entities::{mail, notice, proposal};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use crate::audit::{Record, append_in_txn};
use crate::error::{Error, Refusal, Result};
use crate::hall::Hall;
use crate::matter::By;

/// Puts a dead mail back among those that wait to be sent, as if it were new.
///
/// # Errors
/// [`Error::NotFound`] when there is none in the community, [`Error::Denied`],
/// [`Refusal::Stale`] when it isn't dead (any more).
pub async fn mail_resend(hall: &Hall, actor: &Actor, id: i64) -> Result<()> {
    permit(Some(actor), Action::MailResend, &Target::community(actor.community))?;
    let now = hall.now();
    let txn = hall.db.begin().await?;
    let found = mail::Entity::find_by_id(id).one(&txn).await?.ok_or(Error::NotFound)?;
    let told = found.notice_id.ok_or(Error::NotFound)?;
    let told = notice::Entity::find_by_id(told).one(&txn).await?;
    let told = told.ok_or(Error::NotFound)?;
    proposal::Entity::find_by_id(told.proposal_id)
        .filter(proposal::Column::CommunityId.eq(actor.community.0))
        .one(&txn)
        .await?
        .ok_or(Error::NotFound)?;
    let revived = mail::Entity::update_many()
        .col_expr(mail::Column::State, Expr::value("waiting"))
        .col_expr(mail::Column::Attempts, Expr::value(0_i64))
        .col_expr(mail::Column::NextAt, Expr::value(now.0))
        .col_expr(mail::Column::LeasedUntil, Expr::value(0_i64))
        .filter(mail::Column::Id.eq(id))
        .filter(mail::Column::State.eq("dead"))
        .exec(&txn)
        .await?;
    if revived.rows_affected == 0 {
        return Err(Refusal::Stale.into());
    }
    append_in_txn(
        &txn,
        now,
        Record {
            actor: By::Person(actor).audit_name(),
            action: "mail_resend".to_owned(),
            subject: format!("mail:{id}"),
            before: Some("dead".to_owned()),
            after: Some("waiting".to_owned()),
            reason: None,
        },
    )
    .await?;
    txn.commit().await?;
    Ok(())
}
