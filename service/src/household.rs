//! One's own household: who names its representative (户代表), and leaving it.

use domain::ids::{HouseholdId, PersonId};
use domain::permission::{Action, Denied, Target, permit};
use domain::role::Actor;
use entities::{ballot, courtyard, elector, entrance, household, person};
use sea_orm::sea_query::Query;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait,
    IntoActiveModel, JoinType, QueryFilter, QuerySelect, Set,
};

use crate::audit::{Record, append_in_txn};
use crate::error::{Error, Problem, Refusal, Result};
use crate::hall::Hall;
use crate::helper::helping_ends_in_txn;
use crate::joins::entrance_to_courtyard;

/// Names who casts a household's vote: the present representative does, any of its adults where there is
/// none, or the committee. Between ballots alone: while the household is on the frozen roll of an open one
/// its representative stays; where it has none, one can be named even then, for the household has one vote
/// whoever casts it.
///
/// # Errors
/// [`Error::NotFound`] when the household isn't in the community; [`Error::Denied`];
/// [`Refusal::NotRepresentative`]; [`Refusal::HouseholdVotes`]; [`Error::Invalid`] with the field
/// `person` when they don't live in the household.
pub async fn representative_set(
    hall: &Hall,
    actor: &Actor,
    household: HouseholdId,
    person: PersonId,
) -> Result<()> {
    let txn = hall.db.begin().await?;
    let row = held_in_txn(&txn, actor, household).await?;
    let own = actor.home.is_some_and(|home| home.household == household);
    let committee = permit(Some(actor), Action::RollChange, &Target::community(actor.community));
    if own {
        permit(Some(actor), Action::HouseholdOwn, &Target::household(actor.community, household))?;
        lives_in_txn(&txn, actor.person, row.id).await?.ok_or(Error::NotFound)?;
        let names = row.representative_id.is_none_or(|now| now == actor.person.0);
        if !names && committee.is_err() {
            return Err(Refusal::NotRepresentative.into());
        }
    } else {
        committee?;
    }
    if row.representative_id == Some(person.0) {
        return Ok(());
    }
    if row.representative_id.is_some() && votes(&txn, &row, hall.now().0).await? {
        return Err(Refusal::HouseholdVotes.into());
    }
    let next = lives_in_txn(&txn, person, row.id).await?;
    next.ok_or_else(|| Error::field("person", Problem::Unknown))?;
    let before = row.representative_id.map(|id| format!("representative:{id}"));
    let mut changed = row.into_active_model();
    changed.representative_id = Set(Some(person.0));
    changed.update(&txn).await?;
    let record = Record {
        actor: actor.audit_name(),
        action: "representative_set".to_owned(),
        subject: format!("household:{household}"),
        before,
        after: Some(format!("representative:{person}")),
        reason: None,
    };
    append_in_txn(&txn, hall.now(), record).await?;
    txn.commit().await?;
    Ok(())
}

/// Leaves one's household. Where its representative leaves, it has none until one of its adults is named.
///
/// # Errors
/// [`Error::Denied`] without a household.
pub async fn household_leave(hall: &Hall, actor: &Actor) -> Result<()> {
    // Going is as free as coming: it is about oneself, and needs no consent.
    permit(Some(actor), Action::AccountOwn, &Target::community(actor.community))?;
    let home = actor.home.map(|home| home.household).ok_or(Denied::NotVerified)?;
    let txn = hall.db.begin().await?;
    let row = held_in_txn(&txn, actor, home).await?;
    let me = lives_in_txn(&txn, actor.person, row.id).await?.ok_or(Error::NotFound)?;
    let mut left = me.into_active_model();
    left.household_id = Set(None);
    left.update(&txn).await?;
    helping_ends_in_txn(&txn, &[actor.person.0]).await?;
    if row.representative_id == Some(actor.person.0) {
        let mut changed = row.into_active_model();
        changed.representative_id = Set(None);
        changed.update(&txn).await?;
    }
    let record = Record {
        actor: actor.audit_name(),
        action: "household_leave".to_owned(),
        subject: format!("household:{home}"),
        after: Some(format!("person:{}", actor.person)),
        ..Record::default()
    };
    append_in_txn(&txn, hall.now(), record).await?;
    txn.commit().await?;
    Ok(())
}

/// A household of the actor's community, held until the transaction ends.
async fn held_in_txn(
    txn: &DatabaseTransaction,
    actor: &Actor,
    id: HouseholdId,
) -> Result<household::Model> {
    let row = household::Entity::find_by_id(id.0).lock_exclusive().one(txn).await?;
    let row = row.ok_or(Error::NotFound)?;
    let here = entrance::Entity::find_by_id(row.entrance_id)
        .join(JoinType::InnerJoin, entrance_to_courtyard())
        .filter(courtyard::Column::CommunityId.eq(actor.community.0))
        .one(txn)
        .await?;
    here.map(|_| row).ok_or(Error::NotFound)
}

/// A person who lives in the household, held until the transaction ends.
async fn lives_in_txn(
    txn: &DatabaseTransaction,
    person: PersonId,
    household: i64,
) -> Result<Option<person::Model>> {
    let found = person::Entity::find_by_id(person.0)
        .filter(person::Column::HouseholdId.eq(household))
        .filter(person::Column::ClosedAt.is_null())
        .lock_exclusive()
        .one(txn)
        .await?;
    Ok(found)
}

/// Whether the household is on the frozen roll of a ballot that takes votes at `now`.
pub(crate) async fn votes(
    db: &impl ConnectionTrait,
    row: &household::Model,
    now: i64,
) -> Result<bool> {
    let open = Query::select()
        .column(ballot::Column::Id)
        .from(ballot::Entity)
        .and_where(ballot::Column::State.eq("open"))
        .and_where(ballot::Column::ClosesAt.gt(now))
        .to_owned();
    let line = elector::Entity::find()
        .filter(elector::Column::BallotId.in_subquery(open))
        .filter(elector::Column::Voter.eq(format!("household:{}", row.id)))
        .one(db)
        .await?;
    Ok(line.is_some())
}
