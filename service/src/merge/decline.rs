//! 不跟过去: a household keeps its co-sign out of a merge.

use domain::merging::{MergeRefusal, MergeState};
use domain::permission::{Action, Denied};
use domain::role::Actor;
use domain::time::Timestamp;
use entities::merge_no;
use sea_orm::{EntityTrait, Set};

use super::carry::{carry_in_txn, onward_in_txn};
use super::{hold_in_txn, live_in_txn, pair_in_txn, record_in_txn, state_of};
use crate::error::{Error, Refusal, Result};
use crate::hall::Hall;
use crate::matter::{self, By};

/// The actor's household doesn't come along: while the merge is asked for, and for as long as it can be
/// undone. Where it had come by this merge its co-sign is taken off the other matter again, and off
/// those that one was merged into.
///
/// Whoever changes their mind co-signs the other matter itself.
///
/// # Errors
/// [`Error::Denied`] for a household that hasn't co-signed, [`MergeRefusal::None`] when nothing is merged,
/// [`MergeRefusal::TooLate`], [`MergeRefusal::Declined`].
pub async fn merge_decline(hall: &Hall, actor: &Actor, number: i64) -> Result<()> {
    let household = actor.home.ok_or(Denied::NotVerified)?.household.0;
    let txn = hall.db.begin().await?;
    let from = matter::by_number(&txn, actor.community, number).await?;
    // Its co-sign may have gone on from the other matter: all on the way are held, the lowest first.
    let Some(merge) = live_in_txn(&txn, from.id).await? else {
        pair_in_txn(&txn, actor, number, Action::MergeDecline).await?;
        return Err(MergeRefusal::None.into());
    };
    let onward = onward_in_txn(&txn, merge.into_id).await?;
    let mut all = vec![from.id, merge.into_id];
    all.extend(&onward);
    hold_in_txn(&txn, &all).await?;
    let (pair, _) = pair_in_txn(&txn, actor, number, Action::MergeDecline).await?;
    let pair = pair.ok_or(MergeRefusal::None)?;
    if pair.merge.id != merge.id || onward_in_txn(&txn, merge.into_id).await? != onward {
        return Err(Refusal::Stale.into());
    }
    let done = state_of(&pair.merge)? == MergeState::Done;
    if done && pair.merge.undo_until.is_none_or(|until| hall.now() > Timestamp(until)) {
        return Err(MergeRefusal::TooLate.into());
    }
    let no = merge_no::ActiveModel {
        merge_id: Set(pair.merge.id),
        household_id: Set(household),
        person_id: Set(actor.person.0),
        through_id: Set(actor.through.map(i64::from)),
        at: Set(hall.now().0),
    };
    match merge_no::Entity::insert(no).exec_without_returning(&txn).await {
        Ok(_) => {}
        Err(error) if Error::is_duplicate(&error) => return Err(MergeRefusal::Declined.into()),
        Err(error) => return Err(error.into()),
    }
    if done {
        carry_in_txn(&txn, pair.into.clone()).await?;
    }
    let more = format!(" household:{household}");
    record_in_txn(hall, &txn, By::Person(actor), "merge_decline", &pair, &more).await?;
    txn.commit().await?;
    Ok(())
}
