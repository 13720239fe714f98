//! Undoing a merge, or calling off one that was asked for.

use domain::clock::Deadline;
use domain::merging::{MergeRefusal, MergeState, UndoFacts, undoable};
use domain::permission::{Action, permit};
use domain::proposal::Step;
use domain::role::Actor;
use domain::text::Reason;
use domain::time::Timestamp;
use entities::step;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, DatabaseTransaction, EntityTrait, IntoActiveModel,
    PaginatorTrait, QueryFilter, Set,
};
use serde_json::json;

use super::answer::end_in_txn;
use super::carry::carry_in_txn;
use super::{Kept, Pair, name_of, pair_in_txn, show_there_in_txn, state_of};
use crate::error::{Problems, Result};
use crate::hall::Hall;
use crate::matter::{self, By, Said};
use crate::proposal::accept_if_enough_in_txn;

/// Undoes a merge, with a public reason: the matter is again exactly where it was, its clocks go on from
/// where they stood still, and the other matter's co-signs are what they would be without it. Who follows
/// stays a follower of both. One that is only asked for is called off by the committee.
///
/// # Errors
/// [`Error::Denied`](crate::Error::Denied), [`Error::Invalid`](crate::Error::Invalid) with `reason`,
/// [`MergeRefusal::None`] when there is nothing to undo, and as [`undoable`].
pub async fn merge_undo(hall: &Hall, actor: &Actor, number: i64, typed_reason: &str) -> Result<()> {
    let txn = hall.db.begin().await?;
    let (pair, target) = pair_in_txn(&txn, actor, number, Action::MergeUndo).await?;
    let pair = pair.ok_or(MergeRefusal::None)?;
    let by = By::Person(actor);
    let asked = state_of(&pair.merge)? == MergeState::Asked;
    // Its proposer objects instead.
    if asked && permit(Some(actor), Action::ProposalDecide, &target).is_err() {
        return Err(MergeRefusal::None.into());
    }
    if !asked {
        judge_in_txn(hall, &txn, &pair).await?;
    }
    let mut problems = Problems::default();
    let reason = problems.text("reason", Reason::parse(typed_reason));
    let reason = problems.values(reason)?;
    if asked {
        end_in_txn(hall, &txn, pair, by, Some(&reason)).await?;
    } else {
        undo_in_txn(hall, &txn, pair, by, &reason).await?;
    }
    txn.commit().await?;
    Ok(())
}

fn kept(pair: &Pair) -> Result<Kept> {
    let kept = pair.merge.from_before.as_deref().ok_or(MergeRefusal::TooLate)?;
    Ok(serde_json::from_str(kept)?)
}

async fn judge_in_txn(hall: &Hall, txn: &DatabaseTransaction, pair: &Pair) -> Result<()> {
    let decided = step::Entity::find()
        .filter(step::Column::ProposalId.eq(pair.into.id))
        .filter(step::Column::Id.gt(kept(pair)?.into_step))
        .filter(step::Column::Kind.eq("decide"))
        .count(txn)
        .await?;
    undoable(UndoFacts {
        into: name_of(&pair.into)?,
        decided_since: decided > 0,
        until: pair.merge.undo_until.map(Timestamp),
        now: hall.now(),
    })?;
    Ok(())
}

async fn undo_in_txn(
    hall: &Hall,
    txn: &DatabaseTransaction,
    mut pair: Pair,
    by: By<'_>,
    reason: &Reason,
) -> Result<()> {
    let now = hall.now();
    let kept = kept(&pair)?;
    let merged = Timestamp(pair.merge.done_at.unwrap_or(now.0));
    let back = kept.before.again(merged, now);
    let mut changed = pair.merge.into_active_model();
    changed.state = Set(MergeState::Undone.as_str().to_owned());
    changed.undone_by = Set(by.person().map(i64::from));
    changed.undone_at = Set(Some(now.0));
    changed.undo_reason = Set(Some(reason.as_str().to_owned()));
    pair.merge = changed.update(txn).await?;
    pair.into = carry_in_txn(txn, pair.into).await?;
    show_there_in_txn(hall, txn, &pair, "unmerged", by, Some(reason.as_str())).await?;

    let said = Said {
        reason: Some(reason.as_str().to_owned()),
        detail: Some(json!({ "into": pair.into.number })),
        due: back.due_at.map(|at| Deadline { at, provisional: back.due_provisional }),
    };
    let step = Step::Unmerge { back: Box::new(back.state) };
    let (since, due_at) = (back.since, back.due_at);
    matter::advance_with_in_txn(hall, txn, pair.from, step, by, said, |row| {
        row.since = Set(since.0);
        row.due_at = Set(due_at.map(|at| at.0));
        row.published_at = Set(kept.published_at);
    })
    .await?;
    // A household of somebody who came by this merge for another one may count now.
    accept_if_enough_in_txn(hall, txn, pair.into).await?;
    Ok(())
}
