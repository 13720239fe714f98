//! Following a matter by email: for those who asked, until they stop it.
//!
//! It is a private wish, not a public act: nothing of it goes into the audit chain.

use domain::permission::Action;
use domain::role::Actor;
use domain::time::Timestamp;
use entities::follow;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, Set};

use crate::error::Result;
use crate::hall::Hall;
use crate::proposal::held_in_txn;

/// Starts to follow a matter, or starts again after having stopped. The link in mails changes with
/// it, so that one from before can't stop it.
///
/// # Errors
/// [`NotFound`](crate::Error::NotFound) when the matter isn't there for this person.
pub async fn follow_start(hall: &Hall, actor: &Actor, number: i64) -> Result<()> {
    let txn = hall.db.begin().await?;
    let (row, _) = held_in_txn(&txn, actor, number, Action::Follow).await?;
    let wish = follow::ActiveModel {
        proposal_id: Set(row.id),
        person_id: Set(actor.person.0),
        token: Set(hex::encode(hall.dice.bytes16())),
        created_at: Set(hall.now().0),
        stopped_at: Set(None),
    };
    follow::Entity::insert(wish)
        .on_conflict(
            OnConflict::columns([follow::Column::ProposalId, follow::Column::PersonId])
                .update_columns([
                    follow::Column::Token,
                    follow::Column::CreatedAt,
                    follow::Column::StoppedAt,
                ])
                .to_owned(),
        )
        .exec_without_returning(&txn)
        .await?;
    txn.commit().await?;
    Ok(())
}

/// Stops following a matter; later acts on it don't start it again by themselves.
///
/// # Errors
/// [`NotFound`](crate::Error::NotFound) when the matter isn't there for this person.
pub async fn follow_stop(hall: &Hall, actor: &Actor, number: i64) -> Result<()> {
    let txn = hall.db.begin().await?;
    let (row, _) = held_in_txn(&txn, actor, number, Action::Follow).await?;
    stop_in_txn(&txn, row.id, actor.person.0, hall.now()).await?;
    txn.commit().await?;
    Ok(())
}

/// Stops a person's mails about a matter, unless they are stopped already.
///
/// # Errors
/// [`Error::Db`](crate::Error::Db) when the database fails.
pub(crate) async fn stop_in_txn(
    txn: &DatabaseTransaction,
    proposal: i64,
    person: i64,
    at: Timestamp,
) -> Result<()> {
    follow::Entity::update_many()
        .col_expr(follow::Column::StoppedAt, Expr::value(at.0))
        .filter(follow::Column::ProposalId.eq(proposal))
        .filter(follow::Column::PersonId.eq(person))
        .filter(follow::Column::StoppedAt.is_null())
        .exec(txn)
        .await?;
    Ok(())
}
