//! Leases: a job that one server at a time may do, by a row in the database.

use entities::lease;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Set};

use crate::error::Result;
use crate::hall::Hall;

/// Takes the lease `name` for `ms` milliseconds, or keeps it when `holder` has it already. `false`
/// while another holder has it. A holder that died loses it when its time is over.
///
/// # Errors
/// [`Error::Db`](crate::Error::Db) when the database fails.
pub async fn lease_take(hall: &Hall, name: &str, holder: &str, ms: i64) -> Result<bool> {
    let now = hall.now();
    let row = lease::ActiveModel {
        name: Set(name.to_owned()),
        holder: Set(holder.to_owned()),
        until: Set(now.plus_ms(ms).0),
    };
    let over = Expr::col((lease::Entity, lease::Column::Until)).lte(now.0);
    let mine = Expr::col((lease::Entity, lease::Column::Holder)).eq(holder);
    let txn = hall.db.begin().await?;
    let written = lease::Entity::insert_many([row])
        .on_conflict(
            OnConflict::column(lease::Column::Name)
                .update_columns([lease::Column::Holder, lease::Column::Until])
                .action_and_where(over.or(mine))
                .to_owned(),
        )
        .exec_without_returning(&txn)
        .await?;
    txn.commit().await?;
    Ok(written > 0)
}

/// Gives the lease back before its time is over.
///
/// # Errors
/// [`Error::Db`](crate::Error::Db) when the database fails.
pub async fn lease_give_back(hall: &Hall, name: &str, holder: &str) -> Result<()> {
    let txn = hall.db.begin().await?;
    lease::Entity::delete_many()
        .filter(lease::Column::Name.eq(name))
        .filter(lease::Column::Holder.eq(holder))
        .exec(&txn)
        .await?;
    txn.commit().await?;
    Ok(())
}
