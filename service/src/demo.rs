//! The mark of a whole demo: it alone tells a made-up community from a real one.

use entities::instance;
use sea_orm::{ActiveModelTrait, EntityTrait, Set};

use crate::audit::{Record, append_in_txn};
use crate::error::Result;
use crate::hall::Hall;
use crate::matter::By;

const MARK: &str = "demo";
const FILLED: &str = "filled";

/// Notes that the demo community is whole: the last thing that filling an empty database does.
///
/// # Errors
/// [`Error::Db`](crate::Error::Db) when the database fails, or the mark is there already.
pub async fn demo_mark(hall: &Hall) -> Result<()> {
    let txn = hall.db.begin().await?;
    let mark = instance::ActiveModel { key: Set(MARK.to_owned()), value: Set(FILLED.to_owned()) };
    mark.insert(&txn).await?;
    let record = Record {
        actor: By::Clock.audit_name(),
        action: "demo_mark".to_owned(),
        subject: "instance".to_owned(),
        after: Some(FILLED.to_owned()),
        ..Record::default()
    };
    append_in_txn(&txn, hall.now(), record).await?;
    txn.commit().await?;
    Ok(())
}

/// Whether this database holds a whole demo. Where it doesn't, the people in it are real, or the
/// demo was left half-made: one-tap sign-in is for neither.
///
/// # Errors
/// [`Error::Db`](crate::Error::Db) when the database fails.
pub async fn demo_filled(hall: &Hall) -> Result<bool> {
    let row = instance::Entity::find_by_id(MARK).one(hall.db.read()).await?;
    Ok(row.is_some_and(|row| row.value == FILLED))
}
