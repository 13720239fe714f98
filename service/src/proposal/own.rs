//! What an author does with a matter of their own: mend, take back, contest.

use domain::ids::{PhotoId, ProposalId};
use domain::permission::Action;
use domain::proposal::{State, Step};
use domain::role::Actor;
use domain::text::Reason;
use domain::version::VersionKind;
use entities::{cosign, proposal, step};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, Set};

use super::form::ProposalForm;
use super::{Made, held_in_txn, publish_in_txn, version_in_txn};
use crate::civil;
use crate::error::{Problems, Result};
use crate::hall::Hall;
use crate::matter::{self, By, Said};
use crate::merge::carry_in_txn;
use crate::photo::{PhotoView, photos_loose_to_matter_in_txn, photos_of, words_asked};
use crate::rate;
use crate::views::matter::readable;

/// A returned matter, as its author gets it to mend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProposalEdit {
    /// What was typed before.
    pub form: ProposalForm,
    /// Why it was returned.
    pub reason: Option<String>,
    /// Its photos.
    pub photos: Vec<PhotoView>,
}

/// A returned matter, for its author to mend. Four statements.
///
/// # Errors
/// [`crate::Error::NotFound`] and [`crate::Error::Denied`] for others, [`crate::Refusal::Transition`] when
/// it isn't returned.
pub async fn proposal_edit(hall: &Hall, actor: &Actor, number: i64) -> Result<ProposalEdit> {
    let row = matter::by_number(hall.db.read(), actor.community, number).await?;
    let target = matter::target(hall.db.read(), &row, Some(actor)).await?;
    readable(&row, Some(actor), &target)?;
    domain::permission::permit(Some(actor), Action::ProposalOwn, &target)?;
    civil::matter_text_stands(&row)?;
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
    Ok(ProposalEdit {
        form: ProposalForm::of(&row),
        reason: returned.and_then(|step| step.reason),
        photos: photos_of(hall.db.read(), row.id).await?,
    })
}

/// Sends a returned matter again, mended, under its old number. Those of `photos` that are the author's own and
/// belong to nothing yet are the matter's from now on.
///
/// A text that reads otherwise is a new version. Co-signs stand behind the text that was signed: where it
/// reads otherwise, each household is asked whether it keeps its co-sign, and none counts until then; where
/// the scope changed, they were given by another circle and are undone.
///
/// # Errors
/// As [`super::proposal_submit`]; [`crate::Refusal::Transition`] when it isn't returned.
pub async fn proposal_resubmit(
    hall: &Hall,
    actor: &Actor,
    number: i64,
    form: &ProposalForm,
    photos: &[PhotoId],
) -> Result<()> {
    // Whose it is comes before what was typed: others learn nothing from their typing.
    let before = proposal_edit(hall, actor, number).await?.form;
    let written = form.parse(hall, actor, Some(&before.category)).await?;
    let settings = matter::settings(hall.db.read(), actor.community).await?;
    words_asked(hall.db.read(), &settings, actor, None, photos, form.anyway).await?;
    rate::take_writing(hall, actor, rate::SUBMIT, rate::SUBMIT_HOUSEHOLD).await?;

    let txn = hall.db.begin().await?;
    written.hold_place_in_txn(&txn).await?;
    let (row, _) = held_in_txn(&txn, actor, number, Action::ProposalOwn).await?;
    civil::matter_text_stands(&row)?;
    let other_circle = matter::scope_of(&row)? != written.scope;
    if other_circle {
        cosign::Entity::delete_many()
            .filter(cosign::Column::ProposalId.eq(row.id))
            .exec(&txn)
            .await?;
    }
    photos_loose_to_matter_in_txn(&txn, actor, photos, ProposalId(row.id)).await?;
    let settings = matter::settings(&txn, actor.community).await?;
    let (same, next, stood_behind) = (written.reads_as(&row), row.text_version + 1, row.cosigns);
    let change = |changed: &mut proposal::ActiveModel| {
        written.put(changed);
        if !same {
            changed.text_version = Set(next);
            changed.asks_version = Set(next);
            changed.cosigns = Set(0);
        }
    };
    let by = By::Person(actor);
    let row =
        matter::advance_with_in_txn(hall, &txn, row, Step::Submit, by, written.said(), change)
            .await?;
    if !same {
        // Without households behind the old text nobody has to be asked.
        let asked_again = stood_behind > 0 && !other_circle;
        let kind = if asked_again { VersionKind::Change } else { VersionKind::Free };
        let made = Made { cosigns: stood_behind, ..Made::by(actor, kind, hall.now()) };
        version_in_txn(&txn, &row, made).await?;
    }
    // Whoever came by a merge stands behind it again as far as its new circle reaches.
    let row = if other_circle { carry_in_txn(&txn, row).await? } else { row };
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
