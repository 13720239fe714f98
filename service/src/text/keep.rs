//! A household answers whether it keeps its co-sign of an older text.

use domain::permission::{Action, permit};
use domain::proposal::{State, StateName};
use domain::role::Actor;
use domain::version::{TextRefusal, stands};
use entities::{cosign, proposal};
use sea_orm::{DatabaseTransaction, EntityTrait};

use super::open;
use crate::cosign::{counted_in_txn, household, own_in_txn, record_in_txn};
use crate::error::{Refusal, Result};
use crate::hall::Hall;
use crate::matter;
use crate::merge::declines_note_in_txn;
use crate::proposal::{accept_if_enough_in_txn, held_in_txn};

/// What keeping a co-sign came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kept {
    /// Households that stand behind the text now.
    pub cosigns: i64,
    /// Whether this one was the last that was needed.
    pub accepted: bool,
}

/// The household keeps its co-sign, behind the text as it is now, which is version `seen`. Its own from now on, where
/// it had come by a merge. While neighbours co-sign, it can be the last one that is needed; later on the matter stays
/// where it is.
///
/// # Errors
/// [`TextRefusal::NotAsked`] when it stands behind what is asked already; [`Refusal::Stale`] when the text is another
/// one by now; [`TextRefusal::Closed`]; [`Error::Denied`](crate::Error::Denied) for who hasn't co-signed, and outside
/// the scope; [`Refusal::AlreadyCosigned`] for who co-signed for another household.
pub async fn cosign_keep(hall: &Hall, actor: &Actor, number: i64, seen: i64) -> Result<Kept> {
    let txn = hall.db.begin().await?;
    let (row, target) = held_in_txn(&txn, actor, number, Action::TextContest).await?;
    let household = asked_in_txn(&txn, actor, &row).await?;
    permit(Some(actor), Action::Cosign, &target)?;
    if seen != row.text_version {
        return Err(Refusal::Stale.into());
    }
    let row = own_in_txn(hall, &txn, actor, row, household).await?;
    matter::follow_in_txn(hall, &txn, row.id, actor.person).await?;
    record_in_txn(hall, &txn, actor, "cosign_keep", row.id, household).await?;
    let (cosigns, before) = (row.cosigns, row.state.clone());
    let row = accept_if_enough_in_txn(hall, &txn, row).await?;
    let accepted = before == StateName::Cosigning.as_str()
        && matter::state_of(&row)?.state == State::Accepted { threshold_met: true };
    txn.commit().await?;
    Ok(Kept { cosigns, accepted })
}

/// The household takes back its co-sign of an older text, wherever it lives: the matter stays where it is.
///
/// # Errors
/// [`TextRefusal::NotAsked`]; [`TextRefusal::Closed`]; [`Error::Denied`](crate::Error::Denied) for who hasn't
/// co-signed.
pub async fn cosign_leave(hall: &Hall, actor: &Actor, number: i64) -> Result<()> {
    let txn = hall.db.begin().await?;
    let (row, _) = held_in_txn(&txn, actor, number, Action::TextContest).await?;
    let household = asked_in_txn(&txn, actor, &row).await?;
    cosign::Entity::delete_by_id((row.id, household)).exec(&txn).await?;
    // Nor does it come back through what was merged into this one.
    let through = actor.through;
    declines_note_in_txn(&txn, row.id, household, actor.person, through, hall.now()).await?;
    let row = counted_in_txn(&txn, row).await?;
    record_in_txn(hall, &txn, actor, "cosign_leave", row.id, household).await?;
    txn.commit().await?;
    Ok(())
}

/// The actor's household, when its co-sign stands behind an older text.
async fn asked_in_txn(
    txn: &DatabaseTransaction,
    actor: &Actor,
    row: &proposal::Model,
) -> Result<i64> {
    open(row)?;
    let household = household(actor)?;
    let own = cosign::Entity::find_by_id((row.id, household)).one(txn).await?;
    match own {
        Some(own) if !stands(own.version, row.asks_version) => Ok(household),
        _ => Err(TextRefusal::NotAsked.into()),
    }
}
