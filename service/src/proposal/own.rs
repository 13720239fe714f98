//! What an author does with a matter of their own: mend, take back, contest.

use domain::permission::Action;
use domain::proposal::{State, Step};
use domain::role::Actor;
use domain::text::Reason;
use entities::{cosign, proposal, step};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, Set};

use super::form::ProposalForm;
use super::{held_in_txn, publish_in_txn};
use crate::error::{Problems, Result};
use crate::hall::Hall;
use crate::matter::{self, By, Said};
use crate::rate;
use crate::views::matter::readable;

/// A returned matter, as its author gets it to mend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProposalEdit {
    /// What was typed before.
    pub form: ProposalForm,
    /// Why it was returned.
    pub reason: Option<String>,
}

/// A returned matter, for its author to mend. Three statements.
///
/// # Errors
/// [`crate::Error::NotFound`] and [`crate::Error::Denied`] for others, [`crate::Refusal::Transition`] when
/// it isn't returned.
pub async fn proposal_edit(hall: &Hall, actor: &Actor, number: i64) -> Result<ProposalEdit> {
    let row = matter::by_number(hall.db.read(), actor.community, number).await?;
    let target = matter::target(hall.db.read(), &row, Some(actor)).await?;
    readable(&row, Some(actor), &target)?;
    domain::permission::permit(Some(actor), Action::ProposalOwn, &target)?;
    let matter = matter::state_of(&row)?;
    if matter.state != State::Returned {
        matter.apply(Step::Submit)?;
    }
    let returned = step::Entity::find()
        .filter(step::Column::ProposalId.eq(row.id))
        .filter(step::Column::Kind.eq(Step::Return.as_str()))
        .order_by_desc(step::Column::Id)
        .one(hall.db.read())
        .await?;
    Ok(ProposalEdit { form: ProposalForm::of(&row), reason: returned.and_then(|step| step.reason) })
}

/// Sends a returned matter again, mended, under its old number.
///
/// Co-signs stay, unless the scope changed: then they were given by another circle and are undone.
///
/// # Errors
/// As [`super::proposal_submit`]; [`crate::Refusal::Transition`] when it isn't returned.
pub async fn proposal_resubmit(
    hall: &Hall,
    actor: &Actor,
    number: i64,
    form: &ProposalForm,
) -> Result<()> {
    // Whose it is comes before what was typed: others learn nothing from their typing.
    let before = proposal_edit(hall, actor, number).await?.form;
    let written = form.parse(hall, actor, Some(&before.category)).await?;
    rate::take(hall, rate::SUBMIT, &format!("person:{}", actor.person)).await?;

    let txn = hall.db.begin().await?;
    written.hold_place_in_txn(&txn).await?;
    let (row, _) = held_in_txn(&txn, actor, number, Action::ProposalOwn).await?;
    let other_circle = matter::scope_of(&row)? != written.scope;
    if other_circle {
        cosign::Entity::delete_many()
            .filter(cosign::Column::ProposalId.eq(row.id))
            .exec(&txn)
            .await?;
    }
    let settings = matter::settings(&txn, actor.community).await?;
    let change = |changed: &mut proposal::ActiveModel| {
        written.put(changed);
        if other_circle {
            changed.cosigns = Set(0);
        }
    };
    let by = By::Person(actor);
    let row =
        matter::advance_with_in_txn(hall, &txn, row, Step::Submit, by, written.said(), change)
            .await?;
    if !settings.first_check(super::member_days_in_txn(hall, &txn, actor).await?) {
        publish_in_txn(hall, &txn, row, By::Clock, Said::default()).await?;
    }
    txn.commit().await?;
    Ok(())
}

/// Takes a matter back; why may be left unsaid.
///
/// # Errors
/// [`crate::Error::Denied`] for others, [`crate::Refusal::Transition`] when it is too late,
/// [`crate::Error::Invalid`] on `reason`.
pub async fn proposal_withdraw(
    hall: &Hall,
    actor: &Actor,
    number: i64,
    reason: &str,
) -> Result<()> {
    let mut problems = Problems::default();
    let reason = if reason.trim().is_empty() {
        None
    } else {
        problems.text("reason", Reason::parse(reason))
    };
    let said = Said { reason: reason.map(|r| r.to_string()), ..Said::default() };
    own_step(hall, actor, number, Step::Withdraw, problems, said).await
}

/// 复议: contests a 不采纳, once; the matter goes back to the neighbours.
///
/// # Errors
/// [`crate::Error::Denied`] for others, [`crate::Refusal::Transition`] when there is nothing to contest or
/// it was contested before, [`crate::Error::Invalid`] on `reason`.
pub async fn proposal_contest(hall: &Hall, actor: &Actor, number: i64, reason: &str) -> Result<()> {
    let mut problems = Problems::default();
    let reason = problems.text("reason", Reason::parse(reason));
    let said = Said { reason: reason.map(|r| r.to_string()), ..Said::default() };
    own_step(hall, actor, number, Step::Contest, problems, said).await
}

/// Permission first, then what was typed, then the step.
async fn own_step(
    hall: &Hall,
    actor: &Actor,
    number: i64,
    step: Step,
    problems: Problems,
    said: Said,
) -> Result<()> {
    let txn = hall.db.begin().await?;
    let (row, _) = held_in_txn(&txn, actor, number, Action::ProposalOwn).await?;
    problems.done()?;
    matter::advance_in_txn(hall, &txn, row, step, By::Person(actor), said).await?;
    txn.commit().await?;
    Ok(())
}
