//! What is deleted when nobody needs it any more: files that were taken in, undone, or forgotten.

use domain::ids::RollImportId;
use entities::{roll_import, roll_import_change};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter};

use super::apply::{dead, parts_delete};
use super::check::record_in_txn;
use super::{CHECKED_MS, UNDO_MS};
use crate::error::Result;
use crate::hall::Hall;

/// Ends runs that died, forgets files that nobody confirmed, and deletes reports and rows of files that
/// can't be undone any more; gives the number of imports that it touched.
///
/// # Errors
/// [`Error::Db`](crate::Error::Db) when the database fails.
pub async fn roll_sweep(hall: &Hall) -> Result<u64> {
    let now = hall.now();
    let txn = hall.db.begin().await?;
    let failed = roll_import::Entity::update_many()
        .col_expr(roll_import::Column::State, Expr::value("failed"))
        .filter(dead(now))
        .exec(&txn)
        .await?;
    let forgotten = Condition::all()
        .add(roll_import::Column::State.is_in(["checking", "checked", "failed"]))
        .add(roll_import::Column::CreatedAt.lt(now.0 - CHECKED_MS));
    let settled = Condition::all()
        .add(roll_import::Column::State.eq("done"))
        .add(roll_import::Column::DoneAt.lt(now.0 - UNDO_MS));
    let due = roll_import::Entity::find()
        .filter(roll_import::Column::Report.is_not_null())
        .filter(Condition::any().add(forgotten).add(settled))
        .all(&txn)
        .await?;
    for row in &due {
        let state = if row.state == "done" { "done" } else { "dropped" };
        roll_import::Entity::update_many()
            .col_expr(roll_import::Column::State, Expr::value(state))
            .col_expr(roll_import::Column::Report, Expr::value(Option::<String>::None))
            .filter(roll_import::Column::Id.eq(row.id))
            .exec(&txn)
            .await?;
        parts_delete(&txn, RollImportId(row.id)).await?;
        roll_import_change::Entity::delete_many()
            .filter(roll_import_change::Column::ImportId.eq(row.id))
            .exec(&txn)
            .await?;
        let after = state.to_owned();
        record_in_txn(hall, &txn, "clock".to_owned(), "roll_sweep", row.id, after).await?;
    }
    txn.commit().await?;
    Ok(failed.rows_affected + due.len() as u64)
}
