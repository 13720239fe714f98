//! The committee takes an admission back.

use domain::ids::JoinRequestId;
use domain::permission::{Action, Target, permit};
use domain::role::Actor;
use domain::time::DAY_MS;
use entities::{household, person};
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel, QuerySelect, Set};

use super::{
    RequestState, find, lock_in_txn, lock_person_in_txn, not_oneself, reason_checked, record_in_txn,
};
use crate::error::{Refusal, Result};
use crate::hall::Hall;
use crate::helper::helping_ends_in_txn;
use crate::role::leads_end_in_txn;

/// Days after an admission in which it can be contested.
pub const CONTEST_DAYS: i64 = 90;

/// Contests an admission: it ends, and with it what the person did for others as 楼门长 or 代办人; they and
/// whoever admitted them read why. What the household
/// co-signed or voted stays the household's.
///
/// # Errors
/// [`Error::Denied`](crate::Error::Denied) for others than the committee; [`Refusal::OnOneself`];
/// [`Refusal::ContestOver`] when it is no admission, or [`CONTEST_DAYS`] have passed;
/// [`Error::Invalid`](crate::Error::Invalid) with the field `reason`.
pub async fn join_contest(
    hall: &Hall,
    actor: &Actor,
    id: JoinRequestId,
    reason: &str,
) -> Result<()> {
    permit(Some(actor), Action::RollChange, &Target::community(actor.community))?;
    let now = hall.now();
    let txn = hall.db.begin().await?;
    let row = find(&txn, actor, id).await?;
    not_oneself(actor, &row)?;
    let in_time = row.decided_at.is_some_and(|at| now.0 < at + CONTEST_DAYS * DAY_MS);
    if row.state != RequestState::Admitted.as_str() || !in_time {
        return Err(Refusal::ContestOver.into());
    }
    let reason = reason_checked(reason)?;
    let home = match row.household_id {
        Some(id) => household::Entity::find_by_id(id).lock_exclusive().one(&txn).await?,
        None => None,
    };
    let joiner = lock_person_in_txn(&txn, row.person_id).await?;
    let row = lock_in_txn(&txn, &row).await?;
    if row.state != RequestState::Admitted.as_str() {
        return Err(Refusal::ContestOver.into());
    }
    // Whoever moved on to another household keeps that one.
    if let Some(home) = home.filter(|home| joiner.household_id == Some(home.id)) {
        let out = person::ActiveModel {
            id: Set(joiner.id),
            household_id: Set(None),
            ..Default::default()
        };
        out.update(&txn).await?;
        helping_ends_in_txn(&txn, &[joiner.id]).await?;
        leads_end_in_txn(hall, &txn, actor, &[joiner.id]).await?;
        if home.representative_id == Some(joiner.id) {
            let mut changed = home.into_active_model();
            changed.representative_id = Set(None);
            changed.update(&txn).await?;
        }
    }
    let (request, household) = (row.id, row.household_id.unwrap_or_default());
    let mut changed = row.into_active_model();
    changed.state = Set(RequestState::Contested.as_str().to_owned());
    changed.contested_by = Set(Some(actor.person.0));
    changed.contested_at = Set(Some(now.0));
    changed.contest_reason = Set(Some(reason.to_string()));
    changed.update(&txn).await?;
    let after = format!("person:{} household:{household}", joiner.id);
    record_in_txn(hall, &txn, actor.audit_name(), "join_contest", request, after).await?;
    txn.commit().await?;
    Ok(())
}
