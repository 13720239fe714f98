//! Stopping a ballot before its end.

use domain::permission::Action;
use domain::proposal::Step;
use domain::role::Actor;
use domain::text::Reason;
use entities::ballot;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::json;

use super::{CANCELLED, OPEN, shuffle_papers_in_txn, subject};
use crate::audit::{Record, append_in_txn};
use crate::error::{Problems, Refusal, Result};
use crate::hall::Hall;
use crate::matter::{self, By, Said};
use crate::proposal::held_in_txn;

/// Cancels the open ballot of a matter, with a reason that everyone can read: it is never counted nor opened again,
/// and the matter goes back to the neighbours. Past its closing time it can't be cancelled any more.
///
/// # Errors
/// [`Error::Denied`](crate::Error::Denied) for others than the committee; [`Error::Invalid`](crate::Error::Invalid)
/// with the field `reason`; [`Refusal::BallotOver`] when none is open.
pub async fn ballot_cancel(hall: &Hall, actor: &Actor, number: i64, reason: &str) -> Result<()> {
    let now = hall.now();
    let txn = hall.db.begin().await?;
    let (matter, _) = held_in_txn(&txn, actor, number, Action::BallotManage).await?;
    let mut problems = Problems::default();
    let reason = problems.text("reason", Reason::parse(reason));
    let reason = problems.values(reason)?;
    let open = ballot::Entity::find()
        .filter(ballot::Column::ProposalId.eq(matter.id))
        .filter(ballot::Column::State.eq(OPEN))
        .filter(ballot::Column::ClosesAt.gt(now.0))
        .one(&txn)
        .await?
        .ok_or(Refusal::BallotOver)?;
    let cancelled = ballot::Entity::update_many()
        .col_expr(ballot::Column::State, Expr::value(CANCELLED))
        .col_expr(ballot::Column::CancelReason, Expr::value(reason.as_str()))
        .col_expr(ballot::Column::Version, Expr::col(ballot::Column::Version).add(1))
        .filter(ballot::Column::Id.eq(open.id))
        .filter(ballot::Column::State.eq(OPEN))
        .exec(&txn)
        .await?;
    if cancelled.rows_affected == 0 {
        return Err(Refusal::BallotOver.into());
    }
    shuffle_papers_in_txn(&txn, open.id).await?;
    append_in_txn(
        &txn,
        now,
        Record {
            actor: By::Person(actor).audit_name(),
            action: "ballot_cancel".to_owned(),
            subject: subject(open.number),
            before: Some(OPEN.to_owned()),
            after: Some(CANCELLED.to_owned()),
            reason: Some(reason.to_string()),
        },
    )
    .await?;
    let said = Said {
        detail: Some(json!({ "ballot": open.number, "kind": open.kind, "cancelled": true })),
        ..Said::reason(reason.as_str())
    };
    matter::advance_in_txn(hall, &txn, matter, Step::BallotFailed, By::Person(actor), said).await?;
    txn.commit().await?;
    Ok(())
}
