//! Looking at the room that somebody typed: for those who decide, and on the record.

use domain::ids::JoinRequestId;
use domain::permission::{Action, Target, permit};
use domain::role::Actor;

use super::{Way, find, household_of, permit_on, record_in_txn};
use crate::error::Result;
use crate::hall::Hall;
use crate::seal::Column;

/// What is shown of a request to whoever decides on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Looked {
    /// The request.
    pub id: JoinRequestId,
    /// The room as it was typed.
    pub room: String,
    /// Whether a household lives there on the roll.
    pub on_roll: bool,
    /// The telephone number, for the committee, where the person left one.
    pub phone: Option<String>,
}

/// Shows the room of a request, and notes on the audit chain who looked.
///
/// # Errors
/// As the ways of deciding; the committee needs no second factor for looking.
pub async fn join_look(hall: &Hall, actor: &Actor, id: JoinRequestId, way: Way) -> Result<Looked> {
    let txn = hall.db.begin().await?;
    let row = find(&txn, actor, id).await?;
    let home = household_of(&txn, &row).await?;
    if way == Way::Counter {
        permit(Some(actor), Action::RollLook, &Target::community(actor.community))?;
    } else {
        permit_on(&txn, actor, &row, home.as_ref(), way).await?;
    }
    let phone = match way {
        Way::Counter => phone(hall, &txn, row.person_id).await?,
        Way::Household | Way::Vouch => None,
    };
    let after = format!("person:{} {}", row.person_id, way.as_str());
    record_in_txn(hall, &txn, actor.audit_name(), "join_look", row.id, after).await?;
    txn.commit().await?;
    Ok(Looked { id, room: row.room, on_roll: home.is_some(), phone })
}

async fn phone(
    hall: &Hall,
    txn: &sea_orm::DatabaseTransaction,
    person: i64,
) -> Result<Option<String>> {
    use sea_orm::EntityTrait as _;
    let row = entities::person::Entity::find_by_id(person).one(txn).await?;
    let sealed = row.and_then(|row| row.phone);
    sealed.map(|phone| hall.seal.open(Column::Phone, &phone)).transpose()
}
