//! Requests to be let in, as they are seen by who asked, by entrance leads and by the committee. None of
//! these shows a room: whoever decides looks at it on the record.

use std::collections::HashMap;

use domain::ids::JoinRequestId;
use domain::place::Scope;
use domain::role::{Actor, Role};
use domain::time::{DAY_MS, Timestamp};
use entities::{courtyard, entrance, household, join_request, person};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, JoinType, QueryFilter,
    QueryOrder, QuerySelect, RelationDef, Select,
};

use super::desk::desk_permit;
use crate::error::{Error, Result};
use crate::hall::Hall;
use crate::join_request::{CONTEST_DAYS, RequestState, Way, vouched_today};
use crate::joins::entrance_to_courtyard;
use crate::matter;
use crate::people::HomeNames;

/// Waiting requests shown at a time, the oldest first.
pub const WAITING: u64 = 100;
/// Admissions on a page.
pub const ADMISSIONS: u64 = 30;

/// Somebody who asks to be let in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingLine {
    /// The request.
    pub id: JoinRequestId,
    /// The name that others see.
    pub nickname: String,
    /// What they say.
    pub words: Option<String>,
    /// 小院 and 楼门 that they named.
    pub place: HomeNames,
    /// When they asked.
    pub at: Timestamp,
}

/// A request that was decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecidedLine {
    /// The request.
    pub id: JoinRequestId,
    /// Who asked: the name that others see.
    pub nickname: String,
    /// 小院 and 楼门.
    pub place: HomeNames,
    /// In which way it was decided.
    pub way: Way,
    /// By whom: the name that others see.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// The committee's reason.
    pub reason: Option<String>,
    /// The admission was taken back.
    pub contest: Option<Contest>,
    /// Whether it can be contested now.
    pub contestable: bool,
}

/// An admission that was taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contest {
    /// By whom: the name that others see.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// Why.
    pub reason: String,
}

/// One's own latest request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnRequest {
    /// Where it stands.
    pub state: RequestState,
    /// 小院 and 楼门 that were named.
    pub place: HomeNames,
    /// The room as it was typed.
    pub room: String,
    /// When it was made.
    pub at: Timestamp,
    /// When it was decided.
    pub decided_at: Option<Timestamp>,
    /// Why it was declined.
    pub reason: Option<String>,
    /// Why an admission was taken back.
    pub contest_reason: Option<String>,
}

/// An entrance lead's page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VouchesView {
    /// Who asks, in the lead's entrances, the oldest first.
    pub waiting: Vec<WaitingLine>,
    /// Whom the lead vouched for, the latest first.
    pub vouched: Vec<DecidedLine>,
    /// How many more today.
    pub left: u64,
}

/// The committee's page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MembersView {
    /// Who asks, the oldest first.
    pub waiting: Vec<WaitingLine>,
    /// Admissions, the latest first.
    pub admissions: Vec<DecidedLine>,
    /// The cursor of the next page.
    pub next: Option<i64>,
}

/// One's own latest request, if one was ever made. Its place is a second statement.
///
/// # Errors
/// [`Error::Db`] when the database fails.
pub async fn own_request(hall: &Hall, actor: &Actor) -> Result<Option<OwnRequest>> {
    let db = hall.db.read();
    let row = join_request::Entity::find()
        .filter(join_request::Column::PersonId.eq(actor.person.0))
        .order_by_desc(join_request::Column::Id)
        .one(db)
        .await?;
    let Some(row) = row else { return Ok(None) };
    let place = places(db, vec![row.entrance_id]).await?.remove(&row.entrance_id);
    let state = RequestState::from_name(&row.state);
    Ok(Some(OwnRequest {
        state: state.ok_or_else(|| Error::unknown("state of a request", &row.state))?,
        place: place.unwrap_or_else(nowhere),
        room: row.room,
        at: Timestamp(row.created_at),
        decided_at: row.decided_at.map(Timestamp),
        // A reason for admitting is the committee's own note.
        reason: row.reason.filter(|_| state == Some(RequestState::Declined)),
        contest_reason: row.contest_reason,
    }))
}

/// Requests that wait for an entrance lead, and whom they vouched for.
///
/// # Errors
/// [`Error::NotFound`] for everybody who isn't one.
pub async fn vouches(hall: &Hall, actor: &Actor) -> Result<VouchesView> {
    if actor.through.is_some() || !actor.has(Role::EntranceLead) {
        return Err(Error::NotFound);
    }
    let db = hall.db.read();
    let mut held = Condition::any();
    for grant in actor.roles.iter().filter(|grant| grant.role == Role::EntranceLead) {
        held = held.add(match grant.scope {
            Scope::Entrance(id) => entrance::Column::Id.eq(id.0),
            Scope::Courtyard(id) => courtyard::Column::Id.eq(id.0),
            Scope::Community(id) => courtyard::Column::CommunityId.eq(id.0),
        });
    }
    let waiting = waiting(actor).filter(held);
    // Their own household admits for itself, under its own page.
    let waiting = match actor.home {
        Some(home) => waiting.filter(
            Condition::any()
                .add(join_request::Column::HouseholdId.is_null())
                .add(join_request::Column::HouseholdId.ne(home.household.0)),
        ),
        None => waiting,
    };
    let vouched = join_request::Entity::find()
        .filter(join_request::Column::DecidedBy.eq(actor.person.0))
        .filter(join_request::Column::Way.eq(Way::Vouch.as_str()))
        .filter(admitted())
        .order_by_desc(join_request::Column::Id)
        .limit(ADMISSIONS)
        .all(db)
        .await?;
    let most = u64::from(matter::settings(db, actor.community).await?.vouches_a_day);
    Ok(VouchesView {
        waiting: read_waiting(waiting.into_model().all(db).await?),
        vouched: decided(db, vouched, hall.now()).await?,
        left: most.saturating_sub(vouched_today(db, actor.person, hall.now()).await?),
    })
}

/// Requests that wait, and admissions before the row `before` or the latest.
///
/// # Errors
/// [`Error::NotFound`] for everybody who doesn't see the desk.
pub async fn members(
    hall: &Hall,
    actor: Option<&Actor>,
    before: Option<i64>,
) -> Result<MembersView> {
    let actor = desk_permit(actor)?;
    let db = hall.db.read();
    let mut query = join_request::Entity::find()
        .filter(join_request::Column::CommunityId.eq(actor.community.0))
        .filter(admitted());
    if let Some(before) = before {
        query = query.filter(join_request::Column::Id.lt(before));
    }
    let mut rows =
        query.order_by_desc(join_request::Column::Id).limit(ADMISSIONS + 1).all(db).await?;
    let more = rows.len() as u64 > ADMISSIONS;
    if more {
        rows.pop();
    }
    let next = rows.last().filter(|_| more).map(|last| last.id);
    Ok(MembersView {
        waiting: read_waiting(waiting(actor).into_model().all(db).await?),
        admissions: decided(db, rows, hall.now()).await?,
        next,
    })
}

/// Requests that wait for the adults of the actor's household; none while they can't decide.
pub(super) async fn waiting_for_household(
    db: &impl ConnectionTrait,
    actor: &Actor,
    home: &household::Model,
) -> Result<Vec<WaitingLine>> {
    let named = join_request::Column::HouseholdId.eq(home.id);
    // The roll may have learnt of the room after it was asked for.
    let typed = Condition::all()
        .add(join_request::Column::HouseholdId.is_null())
        .add(join_request::Column::EntranceId.eq(home.entrance_id))
        .add(join_request::Column::Room.eq(home.room.as_str()));
    let query = waiting(actor).filter(Condition::any().add(named).add(typed));
    Ok(read_waiting(query.into_model().all(db).await?))
}

#[derive(FromQueryResult)]
struct WaitingRow {
    id: i64,
    words: Option<String>,
    created_at: i64,
    nickname: String,
    entrance: String,
    courtyard: String,
}

/// What waits in the actor's community, the oldest first.
fn waiting(actor: &Actor) -> Select<join_request::Entity> {
    let to_person: RelationDef = join_request::Entity::belongs_to(person::Entity)
        .from(join_request::Column::PersonId)
        .to(person::Column::Id)
        .into();
    let to_entrance: RelationDef = join_request::Entity::belongs_to(entrance::Entity)
        .from(join_request::Column::EntranceId)
        .to(entrance::Column::Id)
        .into();
    join_request::Entity::find()
        .select_only()
        .columns([
            join_request::Column::Id,
            join_request::Column::Words,
            join_request::Column::CreatedAt,
        ])
        .column_as(person::Column::Nickname, "nickname")
        .column_as(entrance::Column::Name, "entrance")
        .column_as(courtyard::Column::Name, "courtyard")
        .join(JoinType::InnerJoin, to_person)
        .join(JoinType::InnerJoin, to_entrance)
        .join(JoinType::InnerJoin, entrance_to_courtyard())
        .filter(join_request::Column::CommunityId.eq(actor.community.0))
        .filter(join_request::Column::State.eq(RequestState::Waiting.as_str()))
        .filter(join_request::Column::PersonId.ne(actor.person.0))
        .filter(person::Column::HouseholdId.is_null())
        .filter(person::Column::ClosedAt.is_null())
        .order_by_asc(join_request::Column::Id)
        .limit(WAITING)
}

fn read_waiting(rows: Vec<WaitingRow>) -> Vec<WaitingLine> {
    let read = |row: WaitingRow| WaitingLine {
        id: JoinRequestId(row.id),
        nickname: row.nickname,
        words: row.words,
        place: HomeNames { courtyard: row.courtyard, entrance: row.entrance },
        at: Timestamp(row.created_at),
    };
    rows.into_iter().map(read).collect()
}

fn admitted() -> Condition {
    Condition::any()
        .add(join_request::Column::State.eq(RequestState::Admitted.as_str()))
        .add(join_request::Column::State.eq(RequestState::Contested.as_str()))
}

/// The lines of decided requests: two more statements, for the names and for the places.
async fn decided(
    db: &impl ConnectionTrait,
    rows: Vec<join_request::Model>,
    now: Timestamp,
) -> Result<Vec<DecidedLine>> {
    let people = rows
        .iter()
        .flat_map(|row| [Some(row.person_id), row.decided_by, row.contested_by])
        .flatten()
        .collect();
    let names = nicknames(db, people).await?;
    let places = places(db, rows.iter().map(|row| row.entrance_id).collect()).await?;
    let name = |id: Option<i64>| id.and_then(|id| names.get(&id).cloned()).unwrap_or_default();
    let mut lines = Vec::with_capacity(rows.len());
    for row in rows {
        let way = row.way.as_deref().and_then(Way::from_name);
        let at = row.decided_at.unwrap_or(row.created_at);
        let live = row.state == RequestState::Admitted.as_str();
        lines.push(DecidedLine {
            id: JoinRequestId(row.id),
            nickname: name(Some(row.person_id)),
            place: places.get(&row.entrance_id).cloned().unwrap_or_else(nowhere),
            way: way.ok_or_else(|| Error::Broken(format!("request {} has no way", row.id)))?,
            by: name(row.decided_by),
            at: Timestamp(at),
            reason: row.reason,
            contest: row.contested_at.map(|at| Contest {
                by: name(row.contested_by),
                at: Timestamp(at),
                reason: row.contest_reason.unwrap_or_default(),
            }),
            contestable: live && now.0 < at + CONTEST_DAYS * DAY_MS,
        });
    }
    Ok(lines)
}

async fn nicknames(db: &impl ConnectionTrait, ids: Vec<i64>) -> Result<HashMap<i64, String>> {
    let rows: Vec<(i64, String)> = person::Entity::find()
        .select_only()
        .columns([person::Column::Id, person::Column::Nickname])
        .filter(person::Column::Id.is_in(ids))
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().collect())
}

async fn places(db: &impl ConnectionTrait, entrances: Vec<i64>) -> Result<HashMap<i64, HomeNames>> {
    let rows: Vec<(i64, String, String)> = entrance::Entity::find()
        .select_only()
        .columns([entrance::Column::Id, entrance::Column::Name])
        .column_as(courtyard::Column::Name, "courtyard")
        .join(JoinType::InnerJoin, entrance_to_courtyard())
        .filter(entrance::Column::Id.is_in(entrances))
        .into_tuple()
        .all(db)
        .await?;
    let names = |(id, entrance, courtyard)| (id, HomeNames { courtyard, entrance });
    Ok(rows.into_iter().map(names).collect())
}

const fn nowhere() -> HomeNames {
    HomeNames { courtyard: String::new(), entrance: String::new() }
}
