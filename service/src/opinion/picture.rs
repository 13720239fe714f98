//! The groups of a matter, computed once for the answers as they stand and kept until they change.

use std::sync::Arc;

use entities::{opinion_map, statement_vote};
use opinions::{Choice, Found, Matrix, find};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, Set};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::view::StatementRow;
use crate::error::{Error, Result};
use crate::hall::Hall;

/// Changes with the way of computing: what was kept before is computed anew.
const WAY: &str = "1";

/// The groups that the answers to the shown statements make; none under `needed` voices. Nothing is
/// computed while the answers stay as they were.
///
/// # Errors
/// [`Error::Db`] when the database fails, [`Error::Broken`] when the work was broken off.
pub async fn picture(
    hall: &Hall,
    proposal: i64,
    needed: u32,
    rows: &[StatementRow],
) -> Result<Option<Found>> {
    let basis = basis(rows, needed);
    if let Some(found) = kept(hall, proposal, &basis).await? {
        return Ok(found);
    }
    // One at a time: whoever waited finds what the one before has kept.
    let _turn = hall.mapping.turn().await?;
    if let Some(found) = kept(hall, proposal, &basis).await? {
        return Ok(found);
    }
    let matrix = matrix(hall.db.read(), rows).await?;
    let work = tokio::task::spawn_blocking(move || find(&matrix, needed));
    let found = work.await.map_err(|error| Error::Broken(format!("the groups: {error}")))?;
    let row = opinion_map::ActiveModel {
        proposal_id: Set(proposal),
        basis: Set(basis),
        result: Set(serde_json::to_string(&found)?),
        at: Set(hall.now().0),
    };
    let txn = hall.db.begin().await?;
    let columns =
        [opinion_map::Column::Basis, opinion_map::Column::Result, opinion_map::Column::At];
    opinion_map::Entity::insert(row)
        .on_conflict(
            OnConflict::column(opinion_map::Column::ProposalId).update_columns(columns).to_owned(),
        )
        .exec_without_returning(&txn)
        .await?;
    txn.commit().await?;
    Ok(found)
}

/// The groups that were kept for these very answers; `Some(None)` where there were too few voices for any.
async fn kept(hall: &Hall, proposal: i64, basis: &str) -> Result<Option<Option<Found>>> {
    let kept = opinion_map::Entity::find_by_id(proposal).one(hall.db.read()).await?;
    let kept = kept.filter(|kept| kept.basis == basis);
    Ok(kept.and_then(|kept| serde_json::from_str(&kept.result).ok()))
}

/// The turn of computing groups, on this server: answers come fast and the work is long, and readers who all did
/// it at once would have the machine to themselves.
#[derive(Debug, Clone)]
pub struct Mapping(Arc<Semaphore>);

impl Default for Mapping {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(1)))
    }
}

impl Mapping {
    async fn turn(&self) -> Result<OwnedSemaphorePermit> {
        let turn = Arc::clone(&self.0).acquire_owned().await;
        turn.map_err(|error| Error::Broken(format!("the groups' turn: {error}")))
    }
}

/// Names the answers: of each shown statement how many there are, when the last was given, and their sum.
/// An answer that is changed changes the time, and mostly the sum.
fn basis(rows: &[StatementRow], needed: u32) -> String {
    let mut basis = format!("{WAY} {needed}");
    for row in rows.iter().filter(|row| row.is_shown()) {
        basis.push_str(&format!(" {}:{}:{}:{}", row.number, row.answers, row.last, row.sum));
    }
    basis
}

/// The answers to the shown statements: persons by their rows.
pub(super) async fn matrix(db: &impl ConnectionTrait, rows: &[StatementRow]) -> Result<Matrix> {
    let shown: Vec<(i64, i64)> =
        rows.iter().filter(|row| row.is_shown()).map(|row| (row.id, row.number)).collect();
    let votes = statement_vote::Entity::find()
        .filter(statement_vote::Column::StatementId.is_in(shown.iter().map(|(id, _)| *id)))
        .order_by_asc(statement_vote::Column::StatementId)
        .all(db)
        .await?;
    let mut answers = Vec::with_capacity(votes.len());
    for vote in votes {
        let number = shown.iter().find(|(id, _)| *id == vote.statement_id).map(|(_, n)| *n);
        let choice = Choice::from_value(vote.choice)
            .ok_or_else(|| Error::unknown("choice", &vote.choice.to_string()))?;
        answers.extend(number.map(|number| (vote.person_id, number, choice)));
    }
    Ok(Matrix::new(shown.into_iter().map(|(_, number)| number), answers))
}
