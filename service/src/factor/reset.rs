//! Everything lost: somebody else who answers for it takes a person's factors away, and they set up new ones.

use domain::ids::PersonId;
use domain::permission::{Action, Target, permit};
use domain::role::Actor;
use entities::person;
use sea_orm::{DatabaseTransaction, EntityTrait, QuerySelect};

use super::{forget_all_in_txn, record_in_txn};
use crate::error::{Error, Refusal, Result};
use crate::hall::Hall;
use crate::{session, setup};

/// Takes away the factors of another person of the actor's community, and ends their sessions: they come
/// back by their password alone, and set up new ones before their duties are in force.
///
/// # Errors
/// [`Error::Denied`] for others than the head of the committee; [`Refusal::OwnFactor`] for oneself;
/// [`Error::NotFound`] when there is no such person in the community.
pub async fn factor_reset(hall: &Hall, actor: &Actor, person: PersonId) -> Result<()> {
    permit(Some(actor), Action::RoleGive, &Target::community(actor.community))?;
    if actor.person == person {
        return Err(Refusal::OwnFactor.into());
    }
    let txn = hall.db.begin().await?;
    let row = person::Entity::find_by_id(person.0).lock_exclusive().one(&txn).await?;
    row.filter(|row| row.community_id == actor.community.0).ok_or(Error::NotFound)?;
    reset_in_txn(hall, &txn, person, actor.audit_name()).await?;
    txn.commit().await?;
    Ok(())
}

/// The same by the operator, on the command line, for the person of that sign-in name: the way back for a
/// head of the committee.
///
/// # Errors
/// [`Error::NotFound`] when there is no such person.
pub async fn factor_reset_by_operator(hall: &Hall, sign_in_name: &str) -> Result<PersonId> {
    let txn = hall.db.begin().await?;
    let person = PersonId(setup::person_named_in_txn(&txn, sign_in_name).await?.id);
    reset_in_txn(hall, &txn, person, "operator".to_owned()).await?;
    txn.commit().await?;
    Ok(person)
}

async fn reset_in_txn(
    hall: &Hall,
    txn: &DatabaseTransaction,
    person: PersonId,
    by: String,
) -> Result<()> {
    forget_all_in_txn(txn, person).await?;
    session::end_all_in_txn(txn, person).await?;
    record_in_txn(hall, txn, by, "factor_reset", person, None).await
}
