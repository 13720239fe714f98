//! Making slips, and ending them.

use domain::ids::{CourtyardId, EntranceId, HouseholdId, PersonId, SlipId};
use domain::permission::{Action, Target, permit};
use domain::place::Scope;
use domain::role::Actor;
use domain::slip::{Code, DAYS};
use domain::time::{DAY_MS, Timestamp};
use entities::{courtyard, entrance, household, person, slip};
use sea_orm::sea_query::{Expr, ExprTrait as _, Query};
use sea_orm::{
    ColumnTrait, DatabaseTransaction, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect,
    Set,
};

use super::{Purpose, ended, live, slip_of, subject};
use crate::audit::{Record, append_in_txn};
use crate::error::{Error, Problem, Refusal, Result};
use crate::factor::holds_duty;
use crate::hall::Hall;
use crate::joins::{entrance_to_courtyard, household_to_entrance};
use crate::seal::Column;

/// Slips that are made at once, at most: they are printed on one sheet after the other.
pub const SLIPS_MAX: usize = 2_000;
/// Rows in one statement.
const CHUNK: usize = 500;

/// For whom slips are made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ForWhom {
    /// These households.
    Households(Vec<HouseholdId>),
    /// The rooms of an entrance, as they stand on the roll.
    Rooms(EntranceId, Vec<String>),
    /// Every household of a place.
    Place(Scope),
}

/// What slips are asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlipOrder {
    /// For whom.
    pub for_whom: ForWhom,
    /// Only for households of which nobody has joined yet.
    pub only_empty: bool,
    /// 换发: the households' older slips to join by, as far as they are unused, end.
    pub replace: bool,
}

/// Slips that were made together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Made {
    /// Their batch: Unix ms of their making, by itself in the community.
    pub batch: i64,
    /// How many.
    pub count: usize,
}

/// Makes one slip to join by for each household.
///
/// # Errors
/// [`Error::Denied`]; [`Refusal::NoHouseholds`] when the order fits none, [`Refusal::TooManySlips`]
/// beyond [`SLIPS_MAX`]; [`Error::Invalid`] with the field `rooms` and [`Problem::NoRoom`];
/// [`Error::NotFound`] when a place or household isn't in the community.
pub async fn slip_make(hall: &Hall, actor: &Actor, order: &SlipOrder) -> Result<Made> {
    permit(Some(actor), Action::SlipPrint, &Target::community(actor.community))?;
    let now = hall.now();
    let txn = hall.db.begin().await?;
    let found = find(&txn, actor, order).await?;
    let households = lock(&txn, found).await?;
    if households.is_empty() {
        return Err(Refusal::NoHouseholds.into());
    }
    let batch = next_batch(&txn, actor, now).await?;
    let mut older = 0;
    for chunk in households.chunks(CHUNK) {
        if order.replace {
            older += end_older_in_txn(&txn, chunk, now).await?;
        }
        let mut rows = Vec::with_capacity(chunk.len());
        for household in chunk {
            rows.push(new_slip(hall, actor, *household, Purpose::Join, batch)?);
        }
        slip::Entity::insert_many(rows).exec_without_returning(&txn).await?;
    }
    let count = households.len();
    let record = Record {
        actor: actor.audit_name(),
        action: "slip_make".to_owned(),
        subject: format!("slips:{batch}"),
        before: (older > 0).then(|| format!("{older} ended")),
        after: Some(format!("{count} to join")),
        reason: None,
    };
    append_in_txn(&txn, now, record).await?;
    txn.commit().await?;
    Ok(Made { batch, count })
}

/// Makes a slip by which a person sets a new password; their older ones end.
///
/// # Errors
/// [`Error::Denied`]; [`Error::NotFound`] when there is no such person in the community or the account
/// is closed; [`Refusal::DutyPassword`] for whoever holds a duty; [`Refusal::NoHouseholds`] when the person
/// has no household; [`Refusal::Stale`] when that has changed a moment ago.
pub async fn slip_make_reset(hall: &Hall, actor: &Actor, person: PersonId) -> Result<Made> {
    permit(Some(actor), Action::SlipPrint, &Target::community(actor.community))?;
    let now = hall.now();
    let txn = hall.db.begin().await?;
    let row = person::Entity::find_by_id(person.0).one(&txn).await?;
    let row = row
        .filter(|row| row.community_id == actor.community.0 && row.closed_at.is_none())
        .ok_or(Error::NotFound)?;
    // Whoever prints the slip knows its code, and would sign in with the other's duty.
    if holds_duty(hall, &txn, person).await? {
        return Err(Refusal::DutyPassword.into());
    }
    let household = HouseholdId(row.household_id.ok_or(Refusal::NoHouseholds)?);
    if lock(&txn, vec![household]).await?.is_empty() {
        return Err(Refusal::NoHouseholds.into());
    }
    let held = person::Entity::find_by_id(person.0).lock_exclusive().one(&txn).await?;
    held.filter(|row| row.closed_at.is_none() && row.household_id == Some(household.0))
        .ok_or(Refusal::Stale)?;
    slip::Entity::update_many()
        .set(ended(now))
        .filter(slip::Column::PersonId.eq(person.0))
        .filter(live(now))
        .exec(&txn)
        .await?;
    let batch = next_batch(&txn, actor, now).await?;
    let mut new = new_slip(hall, actor, household, Purpose::Reset, batch)?;
    new.person_id = Set(Some(person.0));
    slip::Entity::insert(new).exec_without_returning(&txn).await?;
    let record = Record {
        actor: actor.audit_name(),
        action: "slip_make".to_owned(),
        subject: format!("slips:{batch}"),
        after: Some(format!("1 to reset person:{person}")),
        ..Record::default()
    };
    append_in_txn(&txn, now, record).await?;
    txn.commit().await?;
    Ok(Made { batch, count: 1 })
}

/// Ends a slip that was lost, or that nobody wants: its code opens nothing any more.
///
/// # Errors
/// [`Error::Denied`], [`Error::NotFound`]; [`Refusal::SlipOver`] when it was used or ended before.
pub async fn slip_end(hall: &Hall, actor: &Actor, id: SlipId) -> Result<()> {
    permit(Some(actor), Action::SlipPrint, &Target::community(actor.community))?;
    let now = hall.now();
    let txn = hall.db.begin().await?;
    slip_of(&txn, actor.community.0, id).await?;
    let over = slip::Entity::update_many()
        .set(ended(now))
        .filter(slip::Column::Id.eq(id.0))
        .filter(live(now))
        .exec(&txn)
        .await?;
    if over.rows_affected == 0 {
        return Err(Refusal::SlipOver.into());
    }
    let record = Record {
        actor: actor.audit_name(),
        action: "slip_end".to_owned(),
        subject: subject(id),
        ..Record::default()
    };
    append_in_txn(&txn, now, record).await?;
    txn.commit().await?;
    Ok(())
}

/// Ends the unused slips to join by of households; gives their number.
async fn end_older_in_txn(
    txn: &DatabaseTransaction,
    households: &[HouseholdId],
    now: Timestamp,
) -> Result<u64> {
    let over = slip::Entity::update_many()
        .set(ended(now))
        .filter(slip::Column::HouseholdId.is_in(households.iter().map(|id| id.0)))
        .filter(slip::Column::Purpose.eq(Purpose::Join.as_str()))
        .filter(live(now))
        .exec(txn)
        .await?;
    Ok(over.rows_affected)
}

/// The households that an order means.
async fn find(
    txn: &DatabaseTransaction,
    actor: &Actor,
    order: &SlipOrder,
) -> Result<Vec<HouseholdId>> {
    let mut select = household::Entity::find()
        .select_only()
        .column(household::Column::Id)
        .column(household::Column::Room)
        .join(JoinType::InnerJoin, household_to_entrance())
        .join(JoinType::InnerJoin, entrance_to_courtyard())
        .filter(courtyard::Column::CommunityId.eq(actor.community.0))
        .filter(household::Column::EndedAt.is_null())
        .order_by_asc(household::Column::Id)
        .limit(u64::try_from(SLIPS_MAX * 50).ok());
    select = match &order.for_whom {
        ForWhom::Households(ids) => {
            select.filter(household::Column::Id.is_in(ids.iter().map(|id| id.0)))
        }
        ForWhom::Rooms(entrance, rooms) => select
            .filter(household::Column::EntranceId.eq(entrance.0))
            .filter(household::Column::Room.is_in(rooms.iter().map(String::as_str))),
        ForWhom::Place(Scope::Entrance(EntranceId(id))) => {
            select.filter(entrance::Column::Id.eq(*id))
        }
        ForWhom::Place(Scope::Courtyard(CourtyardId(id))) => {
            select.filter(courtyard::Column::Id.eq(*id))
        }
        ForWhom::Place(Scope::Community(id)) if *id == actor.community => select,
        ForWhom::Place(Scope::Community(_)) => return Err(Error::NotFound),
    };
    if order.only_empty {
        let lived_in = Query::select()
            .column(person::Column::HouseholdId)
            .from(person::Entity)
            .and_where(Expr::col(person::Column::HouseholdId).is_not_null())
            .and_where(Expr::col(person::Column::ClosedAt).is_null())
            .to_owned();
        select = select.filter(household::Column::Id.not_in_subquery(lived_in));
    }
    let found: Vec<(i64, String)> = select.into_tuple().all(txn).await?;
    match &order.for_whom {
        ForWhom::Households(ids)
            if !order.only_empty && ids.iter().any(|id| !found.iter().any(|it| it.0 == id.0)) =>
        {
            return Err(Error::NotFound);
        }
        ForWhom::Rooms(_, rooms)
            if !order.only_empty
                && rooms.iter().any(|room| !found.iter().any(|it| it.1 == *room)) =>
        {
            return Err(Error::field("rooms", Problem::NoRoom));
        }
        _ => {}
    }
    if found.len() > SLIPS_MAX {
        return Err(Refusal::TooManySlips { count: found.len(), max: SLIPS_MAX }.into());
    }
    Ok(found.into_iter().map(|(id, _)| HouseholdId(id)).collect())
}

/// Locks households in the order of their rows; those that have moved out meanwhile fall away.
async fn lock(txn: &DatabaseTransaction, ids: Vec<HouseholdId>) -> Result<Vec<HouseholdId>> {
    let rows = household::Entity::find()
        .filter(household::Column::Id.is_in(ids.iter().map(|id| id.0)))
        .order_by_asc(household::Column::Id)
        .lock_exclusive()
        .all(txn)
        .await?;
    let live = rows.into_iter().filter(|row| row.ended_at.is_none());
    Ok(live.map(|row| HouseholdId(row.id)).collect())
}

/// The time, or the moment after the community's last batch should that have been made just now.
async fn next_batch(txn: &DatabaseTransaction, actor: &Actor, now: Timestamp) -> Result<i64> {
    let last: Option<i64> = slip::Entity::find()
        .select_only()
        .column(slip::Column::Batch)
        .filter(slip::Column::CommunityId.eq(actor.community.0))
        .order_by_desc(slip::Column::Batch)
        .into_tuple()
        .one(txn)
        .await?;
    Ok(last.map_or(now.0, |last| Ord::max(now.0, last + 1)))
}

fn new_slip(
    hall: &Hall,
    actor: &Actor,
    household: HouseholdId,
    purpose: Purpose,
    batch: i64,
) -> Result<slip::ActiveModel> {
    let now = hall.now();
    let code = new_code(hall)?.printed();
    Ok(slip::ActiveModel {
        community_id: Set(actor.community.0),
        household_id: Set(household.0),
        purpose: Set(purpose.as_str().to_owned()),
        person_id: Set(None),
        code: Set(Some(hall.seal.close(Column::SlipCode, &code)?)),
        code_index: Set(hall.seal.index(Column::SlipCode, &code)?),
        batch: Set(batch),
        created_at: Set(now.0),
        created_by: Set(actor.person.0),
        expires_at: Set(now.0 + DAYS * DAY_MS),
        ..Default::default()
    })
}

fn new_code(hall: &Hall) -> Result<Code> {
    // Of 32 bytes practically always enough can be used; dice that never give them are broken.
    let mut tries = (0..8).filter_map(|_| Code::from_random(&hall.dice.bytes32()));
    tries.next().ok_or_else(|| Error::Broken("the dice give no code".into()))
}
