//! Merging one matter into another (合并): asked for, agreed to or objected to, and undone.
//!
//! Whoever co-signed the matter that goes comes along unless the household says no; who that is, is
//! derived by [`carry_in_txn`] and never counted by hand.

mod answer;
mod ask;
mod carry;
mod decline;
mod undo;
mod view;

pub use answer::{merge_agree, merge_due, merge_object};
pub use ask::{Proposed, merge_ask, merge_offer};
pub(crate) use carry::onward_in_txn;
pub use carry::{carry_in_txn, declines_note_in_txn, is_target_in_txn};
pub use decline::merge_decline;
pub use undo::merge_undo;
pub use view::{
    MergeCheck, MergeLine, MergeTarget, MergingView, merge_check, merge_undo_look, merging,
};

use domain::merging::{Before, MergeState};
use domain::permission::{Action, Target};
use domain::proposal::StateName;
use domain::role::Actor;
use entities::{proposal, proposal_merge};
use sea_orm::{
    ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::audit::{Record, append_in_txn};
use crate::error::{Error, Result};
use crate::hall::Hall;
use crate::matter::{self, By, Said, Shown};
use crate::proposal::held_in_txn;

/// What a merge keeps of the matter that goes (`proposal_merge.from_before`).
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Kept {
    /// Where it stood.
    before: Before,
    /// When it was published; none for one that never was, Unix ms.
    published_at: Option<i64>,
    /// The row of the target's timeline that says that it came.
    into_step: i64,
}

/// A merge with both matters, held until the transaction ends.
struct Pair {
    merge: proposal_merge::Model,
    from: proposal::Model,
    into: proposal::Model,
}

/// Holds matters by their rows, the lowest first: merges that cross wait for each other in the same order.
pub(crate) async fn hold_in_txn(
    txn: &DatabaseTransaction,
    ids: &[i64],
) -> Result<Vec<proposal::Model>> {
    let held = proposal::Entity::find()
        .filter(proposal::Column::Id.is_in(ids.iter().copied()))
        .order_by_asc(proposal::Column::Id)
        .lock_exclusive()
        .all(txn)
        .await?;
    Ok(held)
}

/// The merge of a matter that still does something.
async fn live_in_txn(
    txn: &DatabaseTransaction,
    from: i64,
) -> Result<Option<proposal_merge::Model>> {
    let live = proposal_merge::Entity::find()
        .filter(proposal_merge::Column::FromId.eq(from))
        .filter(
            proposal_merge::Column::State
                .is_in([MergeState::Asked.as_str(), MergeState::Done.as_str()]),
        )
        .one(txn)
        .await?;
    Ok(live)
}

/// The live merge of a matter with both rows held, when the actor may do `action` on the matter that goes.
async fn pair_in_txn(
    txn: &DatabaseTransaction,
    actor: &Actor,
    number: i64,
    action: Action,
) -> Result<(Option<Pair>, Target)> {
    let from = matter::by_number(txn, actor.community, number).await?;
    let into = live_in_txn(txn, from.id).await?.map(|merge| merge.into_id);
    let mut held = hold_in_txn(txn, &[from.id].into_iter().chain(into).collect::<Vec<_>>()).await?;
    // Read again now that nobody else can answer.
    let (from, target) = held_in_txn(txn, actor, number, action).await?;
    let Some(merge) = live_in_txn(txn, from.id).await? else { return Ok((None, target)) };
    held.retain(|row| row.id == merge.into_id);
    let into = held.pop().ok_or(crate::Refusal::Stale)?;
    Ok((Some(Pair { merge, from, into }), target))
}

/// Shows a line on the target's timeline about the matter that is to come or came. One that isn't public
/// yet isn't named there.
async fn show_there_in_txn(
    hall: &Hall,
    txn: &DatabaseTransaction,
    pair: &Pair,
    kind: &'static str,
    by: By<'_>,
    reason: Option<&str>,
) -> Result<Option<i64>> {
    if !name_of(&pair.from)?.is_public() {
        return Ok(None);
    }
    let said = Said {
        reason: reason.map(str::to_owned),
        detail: Some(json!({ "from": pair.from.number })),
        due: None,
    };
    let step = matter::show_in_txn(hall, txn, &pair.into, Shown::note(kind), by, &said).await?;
    Ok(Some(step.id))
}

/// The name of a matter's state.
fn name_of(row: &proposal::Model) -> Result<StateName> {
    StateName::from_name(&row.state).ok_or_else(|| Error::unknown("state", &row.state))
}

fn state_of(merge: &proposal_merge::Model) -> Result<MergeState> {
    MergeState::from_name(&merge.state).ok_or_else(|| Error::unknown("merge state", &merge.state))
}

/// An entry of the audit chain about a merge: both matters, never what was typed.
async fn record_in_txn(
    hall: &Hall,
    txn: &DatabaseTransaction,
    by: By<'_>,
    action: &str,
    pair: &Pair,
    more: &str,
) -> Result<()> {
    let record = Record {
        actor: by.audit_name(),
        action: action.to_owned(),
        subject: format!("proposal:{}", pair.from.id),
        after: Some(format!("merge:{} into proposal:{}{more}", pair.merge.id, pair.into.id)),
        ..Record::default()
    };
    append_in_txn(txn, hall.now(), record).await?;
    Ok(())
}
