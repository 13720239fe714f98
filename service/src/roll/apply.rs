//! Taking a checked file in: one transaction, in a task of its own, so that the page answers at once.

use domain::ids::RollImportId;
use domain::role::Actor;
use domain::time::Timestamp;
use entities::{community, roll_import, roll_import_part};
use sea_orm::sea_query::{Expr, LockType};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter,
    QuerySelect, UpdateMany,
};
use tokio::task::JoinHandle;

use super::check::{open_parts, parts, record_in_txn, said, seal_report};
use super::ground::Ground;
use super::plan::plan;
use super::progress::Running;
use super::report::Report;
use super::{ImportState, RUN_MS, kind_of, of_community, permit_import, write};
use crate::error::{Error, Refusal, Result};
use crate::hall::Hall;
use crate::seal::Column;

/// A run that was begun. Nobody needs to wait for it.
#[derive(Debug)]
pub struct RollRun(JoinHandle<Result<()>>);

impl RollRun {
    /// Waits for its end.
    ///
    /// # Errors
    /// As the run itself; it is noted on the import as well.
    pub async fn ended(self) -> Result<()> {
        self.0.await.map_err(|error| Error::Broken(error.to_string()))?
    }
}

/// Confirms a checked file and begins to take it in; `None` when it is in already, or somebody else's
/// press was quicker.
///
/// When the roll has changed since the file was checked, so that something else would be done than was
/// shown, nothing is written: the file is checked anew and waits to be confirmed once more.
///
/// # Errors
/// [`Error::Denied`]; [`Error::NotFound`] in another community; [`Refusal::Stale`] when it was dropped or
/// undone.
pub async fn roll_confirm(hall: &Hall, actor: &Actor, id: RollImportId) -> Result<Option<RollRun>> {
    permit_import(actor)?;
    let now = hall.now();
    let txn = hall.db.begin().await?;
    let row = of_community(&txn, actor, id).await?;
    let begun = roll_import::Entity::update_many()
        .col_expr(roll_import::Column::State, Expr::value("running"))
        .col_expr(roll_import::Column::RunAt, Expr::value(now.0))
        .filter(roll_import::Column::Id.eq(id.0))
        .filter(
            Condition::any()
                .add(roll_import::Column::State.is_in(["checked", "failed"]))
                .add(dead(now)),
        )
        .exec(&txn)
        .await?;
    txn.commit().await?;
    if begun.rows_affected == 0 {
        return match ImportState::of(&row, now)? {
            ImportState::Dropped | ImportState::Undone => Err(Refusal::Stale.into()),
            _ => Ok(None),
        };
    }
    let run = Run { id, actor: actor.clone(), at: now };
    let total = u64::try_from(row.total).unwrap_or_default();
    let running = hall.progress.begin(id, total);
    let hall = hall.clone();
    Ok(Some(RollRun(tokio::spawn(async move {
        let ended = run.take_in(&hall, &row, &running).await;
        if let Err(error) = &ended {
            tracing::error!(import = id.0, %error, "an import stopped; nothing was written");
            run.fail(&hall).await?;
        }
        drop(running);
        ended
    }))))
}

/// Throws a checked file away.
///
/// # Errors
/// [`Error::Denied`]; [`Error::NotFound`] in another community; [`Refusal::Stale`] when it is running or on
/// the roll.
pub async fn roll_drop(hall: &Hall, actor: &Actor, id: RollImportId) -> Result<()> {
    permit_import(actor)?;
    let now = hall.now();
    let txn = hall.db.begin().await?;
    let row = of_community(&txn, actor, id).await?;
    if row.state == "dropped" {
        return Ok(());
    }
    let dropped = roll_import::Entity::update_many()
        .col_expr(roll_import::Column::State, Expr::value("dropped"))
        .col_expr(roll_import::Column::Report, Expr::value(Option::<String>::None))
        .filter(roll_import::Column::Id.eq(id.0))
        .filter(
            Condition::any()
                .add(roll_import::Column::State.is_in(["checked", "failed"]))
                .add(dead(now)),
        )
        .exec(&txn)
        .await?;
    if dropped.rows_affected == 0 {
        return Err(Refusal::Stale.into());
    }
    parts_delete(&txn, id).await?;
    record_in_txn(hall, &txn, actor.audit_name(), "roll_drop", id.0, "dropped".into()).await?;
    txn.commit().await?;
    Ok(())
}

/// A run whose server died.
pub(super) fn dead(now: Timestamp) -> Condition {
    Condition::all()
        .add(roll_import::Column::State.eq("running"))
        .add(roll_import::Column::RunAt.lt(now.0 - RUN_MS))
}

/// Deletes the rows that a file had.
pub(super) async fn parts_delete(txn: &DatabaseTransaction, id: RollImportId) -> Result<()> {
    roll_import_part::Entity::delete_many()
        .filter(roll_import_part::Column::ImportId.eq(id.0))
        .exec(txn)
        .await?;
    Ok(())
}

/// One run.
#[derive(Debug)]
struct Run {
    id: RollImportId,
    actor: Actor,
    at: Timestamp,
}

impl Run {
    async fn take_in(
        &self,
        hall: &Hall,
        row: &roll_import::Model,
        running: &Running,
    ) -> Result<()> {
        let kind = kind_of(row)?;
        let sealed = parts(hall.db.read(), self.id).await?;
        let report = row.report.clone().ok_or(Error::NotFound)?;
        let seal = hall.seal.clone();
        let (taken, shown) = off_thread(move || {
            let shown: Report = serde_json::from_str(&seal.open(Column::RollImport, &report)?)?;
            Ok((open_parts(&seal, &sealed)?, shown))
        })
        .await?;
        let txn = hall.db.begin().await?;
        // Two imports of a community go one after the other; mere references to its row don't wait.
        community::Entity::find_by_id(self.actor.community.0)
            .lock(LockType::NoKeyUpdate)
            .one(&txn)
            .await?;
        let ground = Ground::load(&txn, self.actor.community, kind).await?;
        let seal = hall.seal.clone();
        let plan = off_thread(move || plan(&seal, kind, ground, taken)).await?;
        if plan.report != shown {
            let (sums, report) = seal_report(&hall.seal, &plan)?;
            let again = roll_import::Entity::update_many()
                .col_expr(roll_import::Column::Total, Expr::value(sums.total))
                .col_expr(roll_import::Column::Added, Expr::value(sums.added))
                .col_expr(roll_import::Column::Changed, Expr::value(sums.changed))
                .col_expr(roll_import::Column::LeftOut, Expr::value(sums.left_out))
                .col_expr(roll_import::Column::Report, Expr::value(report));
            self.end(&txn, again, "checked").await?;
            let actor = self.actor.audit_name();
            record_in_txn(hall, &txn, actor, "roll_check", self.id.0, said(kind, sums)).await?;
            txn.commit().await?;
            return Ok(());
        }
        write::plan(hall, &txn, self.id, &self.actor, &plan, running).await?;
        let done = roll_import::Entity::update_many()
            .col_expr(roll_import::Column::DoneAt, Expr::value(hall.now().0));
        self.end(&txn, done, "done").await?;
        let after = said(kind, plan.report.sums());
        let places = (plan.courtyards.len(), plan.entrances.len());
        let after = format!("{after}; {} courtyards, {} entrances added", places.0, places.1);
        let actor = self.actor.audit_name();
        record_in_txn(hall, &txn, actor, "roll_import", self.id.0, after).await?;
        txn.commit().await?;
        Ok(())
    }

    /// Ends the run, unless another took its place: then nothing of this one is kept.
    async fn end(
        &self,
        db: &impl ConnectionTrait,
        update: UpdateMany<roll_import::Entity>,
        state: &str,
    ) -> Result<()> {
        let ended = update
            .col_expr(roll_import::Column::State, Expr::value(state))
            .filter(roll_import::Column::Id.eq(self.id.0))
            .filter(roll_import::Column::State.eq("running"))
            .filter(roll_import::Column::RunAt.eq(self.at.0))
            .exec(db)
            .await?;
        if ended.rows_affected == 1 { Ok(()) } else { Err(Refusal::Stale.into()) }
    }

    async fn fail(&self, hall: &Hall) -> Result<()> {
        let txn = hall.db.begin().await?;
        match self.end(&txn, roll_import::Entity::update_many(), "failed").await {
            Ok(()) | Err(Error::Refused(Refusal::Stale)) => txn.commit().await?,
            Err(error) => return Err(error),
        }
        Ok(())
    }
}

/// Work of some hundred milliseconds, off the async threads.
async fn off_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(|error| Error::Broken(error.to_string()))?
}
