//! The proposer's answer to a merge that was asked for, or the clock's.

use domain::clock::Deadline;
use domain::ids::{CommunityId, PersonId, ProposalNumber};
use domain::merging::{Before, MergeRefusal, MergeState, can_go, can_take_in};
use domain::permission::Action;
use domain::proposal::Step;
use domain::role::Actor;
use domain::text::Reason;
use domain::time::Timestamp;
use entities::{follow, proposal, proposal_merge, proposal_version};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect, Set,
};
use serde_json::json;

use super::carry::carry_in_txn;
use super::{
    Kept, Pair, hold_in_txn, live_in_txn, name_of, pair_in_txn, record_in_txn, show_there_in_txn,
    state_of,
};
use crate::error::{Error, Problems, Refusal, Result};
use crate::hall::Hall;
use crate::matter::{self, By, Said, Shown};
use crate::proposal::accept_if_enough_in_txn;

/// The proposer agrees: the matter is part of the other from now on. Says whether it is: where one of the
/// two has moved on meanwhile, the asking has ended instead, and both timelines say so.
///
/// # Errors
/// [`Error::Denied`] for anybody else, [`MergeRefusal::NotAsked`] when nothing waits for an answer.
pub async fn merge_agree(hall: &Hall, actor: &Actor, number: i64) -> Result<bool> {
    let txn = hall.db.begin().await?;
    let (pair, _) = pair_in_txn(&txn, actor, number, Action::ProposalOwn).await?;
    let pair = asked(pair)?;
    let done = settle_in_txn(hall, &txn, pair, By::Person(actor)).await?;
    txn.commit().await?;
    Ok(done)
}

/// The proposer objects, with a public reason, while there is time: the matter stays what it is.
///
/// # Errors
/// As [`merge_agree`]; [`Error::Invalid`] with `reason`, [`MergeRefusal::TooLate`] after the last day.
pub async fn merge_object(
    hall: &Hall,
    actor: &Actor,
    number: i64,
    typed_reason: &str,
) -> Result<()> {
    let txn = hall.db.begin().await?;
    let (pair, _) = pair_in_txn(&txn, actor, number, Action::ProposalOwn).await?;
    let mut pair = asked(pair)?;
    let now = hall.now();
    if now > Timestamp(pair.merge.object_until) {
        return Err(MergeRefusal::TooLate.into());
    }
    let mut problems = Problems::default();
    let reason = problems.text("reason", Reason::parse(typed_reason));
    let reason = problems.values(reason)?;
    let mut changed = pair.merge.into_active_model();
    changed.state = Set(MergeState::Objected.as_str().to_owned());
    changed.answered_at = Set(Some(now.0));
    changed.answer_reason = Set(Some(reason.as_str().to_owned()));
    pair.merge = changed.update(&txn).await?;
    let by = By::Person(actor);
    show_both_in_txn(hall, &txn, &pair, ["merge_objected", "merge_objected_in"], by, &reason)
        .await?;
    record_in_txn(hall, &txn, by, "merge_object", &pair, "").await?;
    txn.commit().await?;
    Ok(())
}

/// Does the merges to which nobody objected in time; gives their number. Each has a transaction of its
/// own, so that two servers may run this at once, and one that fails doesn't hold up the others.
///
/// # Errors
/// The first failure, after the others were tried.
pub async fn merge_due(hall: &Hall) -> Result<usize> {
    let over: Vec<i64> = proposal_merge::Entity::find()
        .select_only()
        .column(proposal_merge::Column::FromId)
        .filter(proposal_merge::Column::State.eq(MergeState::Asked.as_str()))
        .filter(proposal_merge::Column::ObjectUntil.lt(hall.now().0))
        .order_by_asc(proposal_merge::Column::ObjectUntil)
        .order_by_asc(proposal_merge::Column::Id)
        .into_tuple()
        .all(hall.db.read())
        .await?;
    let (mut moved, mut failed) = (0, None);
    for from in over {
        match due(hall, from).await {
            Ok(true) => moved += 1,
            Ok(false) | Err(Error::Refused(Refusal::Stale)) => {}
            Err(error) => failed = failed.or(Some(error)),
        }
    }
    failed.map_or(Ok(moved), Err)
}

async fn due(hall: &Hall, from: i64) -> Result<bool> {
    let txn = hall.db.begin().await?;
    let Some(merge) = live_in_txn(&txn, from).await? else { return Ok(false) };
    let mut held = hold_in_txn(&txn, &[from, merge.into_id]).await?;
    // Another server, or the proposer, may have been quicker.
    let merge = live_in_txn(&txn, from).await?.filter(|now| now.id == merge.id);
    let Some(merge) = merge.filter(|merge| merge.state == MergeState::Asked.as_str()) else {
        return Ok(false);
    };
    let at = held.iter().position(|row| row.id == from).ok_or(Error::NotFound)?;
    let from = held.swap_remove(at);
    let into = held.pop().ok_or(Error::NotFound)?;
    settle_in_txn(hall, &txn, Pair { merge, from, into }, By::Clock).await?;
    txn.commit().await?;
    Ok(true)
}

/// The merge that waits for its answer.
fn asked(pair: Option<Pair>) -> Result<Pair> {
    let pair = pair.ok_or(MergeRefusal::NotAsked)?;
    match state_of(&pair.merge)? {
        MergeState::Asked => Ok(pair),
        _ => Err(MergeRefusal::NotAsked.into()),
    }
}

/// Does a merge to which nobody objected, or ends the asking where one of the two has moved on, or reads otherwise.
async fn settle_in_txn(
    hall: &Hall,
    txn: &DatabaseTransaction,
    pair: Pair,
    by: By<'_>,
) -> Result<bool> {
    let can = can_go(name_of(&pair.from)?)
        && can_take_in(name_of(&pair.into)?)
        && pair.into.hidden_at.is_none()
        && was_read(txn, &pair).await?;
    if can {
        done_in_txn(hall, txn, pair, by).await?;
    } else {
        end_in_txn(hall, txn, pair, By::Clock, None).await?;
    }
    Ok(can)
}

/// Whether the committee has read the text that merging would show to everyone: of a matter that isn't public yet, the
/// one that stood when it asked.
async fn was_read(txn: &DatabaseTransaction, pair: &Pair) -> Result<bool> {
    if pair.from.published_at.is_some() {
        return Ok(true);
    }
    let later = proposal_version::Entity::find()
        .select_only()
        .column(proposal_version::Column::Id)
        .filter(proposal_version::Column::ProposalId.eq(pair.from.id))
        .filter(proposal_version::Column::Number.eq(pair.from.text_version))
        .filter(proposal_version::Column::At.gt(pair.merge.asked_at))
        .into_tuple::<i64>()
        .one(txn)
        .await?;
    Ok(later.is_none())
}

/// Ends the asking: called off with a reason, or because one of the two has moved on.
pub(super) async fn end_in_txn(
    hall: &Hall,
    txn: &DatabaseTransaction,
    mut pair: Pair,
    by: By<'_>,
    reason: Option<&Reason>,
) -> Result<()> {
    let mut changed = pair.merge.into_active_model();
    changed.state = Set(MergeState::Ended.as_str().to_owned());
    if let (Some(person), Some(reason)) = (by.person(), reason) {
        changed.undone_by = Set(Some(person.0));
        changed.undone_at = Set(Some(hall.now().0));
        changed.undo_reason = Set(Some(reason.as_str().to_owned()));
    }
    pair.merge = changed.update(txn).await?;
    let said = Said {
        reason: reason.map(|reason| reason.as_str().to_owned()),
        detail: Some(json!({ "into": pair.into.number })),
        due: None,
    };
    matter::show_in_txn(hall, txn, &pair.from, Shown::note("merge_ended"), by, &said).await?;
    let reason = reason.map(Reason::as_str);
    show_there_in_txn(hall, txn, &pair, "merge_ended_in", by, reason).await?;
    record_in_txn(hall, txn, by, "merge_end", &pair, "").await
}

async fn show_both_in_txn(
    hall: &Hall,
    txn: &DatabaseTransaction,
    pair: &Pair,
    [here, there]: [&'static str; 2],
    by: By<'_>,
    reason: &Reason,
) -> Result<()> {
    let said = Said {
        reason: Some(reason.as_str().to_owned()),
        detail: Some(json!({ "into": pair.into.number })),
        due: None,
    };
    matter::show_in_txn(hall, txn, &pair.from, Shown::note(here), by, &said).await?;
    show_there_in_txn(hall, txn, pair, there, by, Some(reason.as_str())).await?;
    Ok(())
}

/// Merges: co-signs come along, followers follow the other matter too, both timelines show it, and the
/// other is taken up when that fills its threshold.
pub(super) async fn done_in_txn(
    hall: &Hall,
    txn: &DatabaseTransaction,
    mut pair: Pair,
    by: By<'_>,
) -> Result<()> {
    let now = hall.now();
    let settings = matter::settings(txn, CommunityId(pair.from.community_id)).await?;
    let (Some(from_number), Some(into_number)) = (pair.from.number, pair.into.number) else {
        return Err(Error::NotFound);
    };
    let mut changed = pair.merge.into_active_model();
    changed.state = Set(MergeState::Done.as_str().to_owned());
    changed.answered_at = Set(by.person().map(|_| now.0));
    changed.done_at = Set(Some(now.0));
    changed.undo_until = Set(Some(Deadline::calendar_days(now, settings.merge_undo_days).at.0));
    changed.into_version = Set(Some(pair.into.text_version));
    pair.merge = changed.update(txn).await?;
    let counted = pair.into.cosigns;
    pair.into = carry_in_txn(txn, pair.into).await?;
    let moved = pair.into.cosigns - counted;
    copy_followers_in_txn(hall, txn, &pair.from, &pair.into).await?;

    let reason = Some(pair.merge.reason.clone());
    let said = Said {
        reason: reason.clone(),
        detail: Some(json!({ "from": from_number, "households": moved })),
        due: None,
    };
    let there =
        matter::show_in_txn(hall, txn, &pair.into, Shown::note("merged_in"), by, &said).await?;
    let kept = Kept {
        before: Before {
            state: matter::state_of(&pair.from)?.state,
            since: Timestamp(pair.from.since),
            due_at: pair.from.due_at.map(Timestamp),
            due_provisional: pair.from.due_provisional != 0,
        },
        published_at: pair.from.published_at,
        into_step: there.id,
    };
    let mut changed = pair.merge.into_active_model();
    changed.from_before = Set(Some(serde_json::to_string(&kept)?));
    changed.update(txn).await?;

    let step = Step::Merge { into: ProposalNumber(into_number) };
    let said = Said {
        reason,
        detail: Some(json!({ "into": into_number, "households": moved })),
        due: None,
    };
    matter::advance_in_txn(hall, txn, pair.from, step, by, said).await?;
    accept_if_enough_in_txn(hall, txn, pair.into).await?;
    Ok(())
}

/// Those who follow one matter follow the other too, unless they stopped it before.
async fn copy_followers_in_txn(
    hall: &Hall,
    txn: &DatabaseTransaction,
    from: &proposal::Model,
    into: &proposal::Model,
) -> Result<()> {
    let people: Vec<i64> = follow::Entity::find()
        .select_only()
        .column(follow::Column::PersonId)
        .filter(follow::Column::ProposalId.eq(from.id))
        .filter(follow::Column::StoppedAt.is_null())
        .into_tuple()
        .all(txn)
        .await?;
    for person in people {
        matter::follow_in_txn(hall, txn, into.id, PersonId(person)).await?;
    }
    Ok(())
}
