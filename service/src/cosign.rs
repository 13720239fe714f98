//! 附议: neighbours of a matter's scope co-sign it, one a household; the threshold moves it on.

use domain::permission::Action;
use domain::proposal::{State, Step};
use domain::role::Actor;
use domain::time::Timestamp;
use entities::{cosign, proposal};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, Condition, DatabaseTransaction, EntityTrait, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect, Set,
};

use crate::audit::{Record, append_in_txn};
use crate::civil::matter_text_stands;
use crate::error::{Error, Refusal, Result};
use crate::hall::Hall;
use crate::matter::{self, By, Said};
use crate::merge::{carry_in_txn, declines_note_in_txn, is_target_in_txn};
use crate::proposal::{accept_if_enough_in_txn, held_in_txn};

/// How co-signing stands after an act.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cosigned {
    /// Households that co-sign.
    pub cosigns: i64,
    /// Households that are needed.
    pub needed: u32,
    /// Whether this one was the last that was needed.
    pub accepted: bool,
}

/// Co-signs for the actor's household, and follows the matter. The household that fills the
/// threshold moves the matter on, once, however many press at the same time.
///
/// A co-sign that came by a merge becomes the household's own, and one of an older text, from before
/// something else was asked, stands behind the present text from now on.
///
/// # Errors
/// [`Error::Denied`] outside the scope, [`Refusal::AlreadyCosigned`] when the household has, or
/// the actor has for another household,
/// [`Refusal::CosigningOver`] when it isn't open any more or yet, [`Refusal::TextRemoved`] while its text is.
pub async fn cosign_add(hall: &Hall, actor: &Actor, number: i64) -> Result<Cosigned> {
    let txn = hall.db.begin().await?;
    let (row, _) = held_in_txn(&txn, actor, number, Action::Cosign).await?;
    let needed = open_at(&row, hall.now())?;
    // Nobody stands behind a text that nobody can read.
    matter_text_stands(&row)?;
    let household = household(actor)?;
    let row = own_in_txn(hall, &txn, actor, row, household).await?;
    matter::follow_in_txn(hall, &txn, row.id, actor.person).await?;
    record_in_txn(hall, &txn, actor, "cosign_add", row.id, household).await?;
    let cosigns = row.cosigns;
    let row = accept_if_enough_in_txn(hall, &txn, row).await?;
    let accepted = matter::state_of(&row)?.state == State::Accepted { threshold_met: true };
    txn.commit().await?;
    Ok(Cosigned { cosigns, needed, accepted })
}

/// Takes the household's co-sign back, while co-signing goes on. Either adult of the household may.
///
/// # Errors
/// [`Error::Denied`] outside the scope, [`Refusal::NotCosigned`] when the household hasn't,
/// [`Refusal::CosigningOver`] when the matter has moved on.
pub async fn cosign_take_back(hall: &Hall, actor: &Actor, number: i64) -> Result<Cosigned> {
    let txn = hall.db.begin().await?;
    let (row, _) = held_in_txn(&txn, actor, number, Action::Cosign).await?;
    let needed = open_at(&row, hall.now())?;
    let household = household(actor)?;
    let gone = cosign::Entity::delete_by_id((row.id, household)).exec(&txn).await?;
    if gone.rows_affected == 0 {
        return Err(Refusal::NotCosigned.into());
    }
    // Nor does it come back through what was merged into this one.
    let through = actor.through;
    declines_note_in_txn(&txn, row.id, household, actor.person, through, hall.now()).await?;
    let row = counted_in_txn(&txn, row).await?;
    record_in_txn(hall, &txn, actor, "cosign_take_back", row.id, household).await?;
    txn.commit().await?;
    Ok(Cosigned { cosigns: row.cosigns, needed, accepted: false })
}

/// Moves on the matters whose time for co-signing is over: below the threshold they still get an
/// answer. Says how many it moved. Each has a transaction of its own, so that two servers may run
/// this at once, and one matter that fails doesn't hold up the others.
///
/// # Errors
/// The first failure, after the others were tried.
pub async fn cosign_expire_due(hall: &Hall) -> Result<usize> {
    let over: Vec<i64> = proposal::Entity::find()
        .select_only()
        .column(proposal::Column::Id)
        .filter(proposal::Column::State.eq(domain::proposal::StateName::Cosigning.as_str()))
        .filter(proposal::Column::DueAt.lt(hall.now().0))
        .order_by_asc(proposal::Column::DueAt)
        .into_tuple()
        .all(hall.db.read())
        .await?;
    let (mut moved, mut failed) = (0, None);
    for id in over {
        match expire(hall, id).await {
            Ok(true) => moved += 1,
            Ok(false) | Err(Error::Refused(Refusal::Stale)) => {}
            Err(error) => failed = failed.or(Some(error)),
        }
    }
    failed.map_or(Ok(moved), Err)
}

async fn expire(hall: &Hall, id: i64) -> Result<bool> {
    let txn = hall.db.begin().await?;
    let row = proposal::Entity::find_by_id(id).lock_exclusive().one(&txn).await?;
    let Some(row) = row else { return Ok(false) };
    // Another server may have been quicker.
    match matter::state_of(&row)?.state {
        State::Cosigning { until, needed } if hall.now() > until => {
            let step = Step::Accept { threshold_met: row.cosigns >= i64::from(needed) };
            matter::advance_in_txn(hall, &txn, row, step, By::Clock, Said::default()).await?;
            txn.commit().await?;
            Ok(true)
        }
        _ => Ok(false),
    }
}

/// Households needed, while co-signing is open.
fn open_at(row: &proposal::Model, now: Timestamp) -> Result<u32> {
    match matter::state_of(row)?.state {
        State::Cosigning { needed, until } if now <= until => Ok(needed),
        _ => Err(Refusal::CosigningOver.into()),
    }
}

/// The permission says that there is one.
pub(crate) fn household(actor: &Actor) -> Result<i64> {
    let home = actor.home.ok_or(domain::permission::Denied::NotVerified)?;
    Ok(home.household.0)
}

/// Counts again the households that stand behind the matter's text as it is now, and keeps the number in its
/// row: a co-sign of an older text, from before something else was asked, doesn't count until the household
/// keeps it. The matter is held by the caller.
///
/// # Errors
/// [`Error::Db`] when the database fails.
pub async fn recount_in_txn(txn: &DatabaseTransaction, row: &proposal::Model) -> Result<i64> {
    let counted = cosign::Entity::find()
        .filter(cosign::Column::ProposalId.eq(row.id))
        .filter(cosign::Column::Version.gte(row.asks_version))
        .count(txn)
        .await?;
    let counted = i64::try_from(counted).unwrap_or(i64::MAX);
    proposal::Entity::update_many()
        .col_expr(proposal::Column::Cosigns, Expr::value(counted))
        .filter(proposal::Column::Id.eq(row.id))
        .exec(txn)
        .await?;
    Ok(counted)
}

/// The matter with its count after a co-sign was given or taken back. It is no step: the version stays, so
/// that nobody's act fails because a neighbour co-signs in the meantime.
pub(crate) async fn counted_in_txn(
    txn: &DatabaseTransaction,
    mut row: proposal::Model,
) -> Result<proposal::Model> {
    if is_target_in_txn(txn, row.id).await? {
        return carry_in_txn(txn, row).await;
    }
    row.cosigns = recount_in_txn(txn, &row).await?;
    Ok(row)
}

/// Gives the matter the household's own co-sign of its present text.
pub(crate) async fn own_in_txn(
    hall: &Hall,
    txn: &DatabaseTransaction,
    actor: &Actor,
    row: proposal::Model,
    household: i64,
) -> Result<proposal::Model> {
    // Whoever moved from one household to another co-signs for one of them. What came by a merge gives way
    // to a co-sign of one's own. The matter is held.
    let theirs = cosign::Entity::find()
        .filter(cosign::Column::ProposalId.eq(row.id))
        .filter(
            Condition::any()
                .add(cosign::Column::HouseholdId.eq(household))
                .add(cosign::Column::PersonId.eq(actor.person.0)),
        )
        .all(txn)
        .await?;
    let stands = |one: &cosign::Model| {
        let renewed = one.household_id == household && one.version < row.asks_version;
        one.merge_id.is_none() && !renewed
    };
    if theirs.iter().any(stands) {
        return Err(Refusal::AlreadyCosigned.into());
    }
    if theirs.iter().any(|one| one.household_id == household) {
        cosign::Entity::delete_by_id((row.id, household)).exec(txn).await?;
    }
    let made = cosign::ActiveModel {
        proposal_id: Set(row.id),
        household_id: Set(household),
        person_id: Set(actor.person.0),
        at: Set(hall.now().0),
        through_id: Set(actor.through.map(i64::from)),
        version: Set(row.text_version),
        merge_id: Set(None),
    };
    match cosign::Entity::insert(made).exec_without_returning(txn).await {
        Ok(_) => counted_in_txn(txn, row).await,
        Err(error) if Error::is_duplicate(&error) => Err(Refusal::AlreadyCosigned.into()),
        Err(error) => Err(error.into()),
    }
}

pub(crate) async fn record_in_txn(
    hall: &Hall,
    txn: &DatabaseTransaction,
    actor: &Actor,
    action: &str,
    proposal: i64,
    household: i64,
) -> Result<()> {
    let record = Record {
        actor: By::Person(actor).audit_name(),
        action: action.to_owned(),
        subject: format!("proposal:{proposal}"),
        after: Some(format!("household:{household}")),
        ..Record::default()
    };
    append_in_txn(txn, hall.now(), record).await?;
    Ok(())
}
