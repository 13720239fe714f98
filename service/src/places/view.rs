//! The places on the committee's desk. Rooms are shown by [`entrance_look`] alone, which is recorded.

use domain::ids::{CourtyardId, EntranceId, HouseholdId};
use domain::permission::{Action, Target, permit};
use domain::place::ScopeKind;
use domain::role::Actor;
use domain::time::Timestamp;
use entities::{courtyard, entrance};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, Statement, Value,
};

use crate::error::{Error, Result};
use crate::hall::Hall;
use crate::look::looked_in_txn;
use crate::views::desk::desk_permit;

/// Changes on a page of the history.
const PAGE: usize = 20;

/// A place with how many live there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceLine<Id> {
    /// Row.
    pub id: Id,
    /// Name.
    pub name: String,
    /// Households that live there.
    pub households: i64,
    /// Their adults with an account or on the roll.
    pub members: i64,
}

/// The places of a community, for its desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlacesDesk {
    /// Each 小院 with its 楼门.
    pub courtyards: Vec<CourtyardDesk>,
    /// What was changed.
    pub history: History,
}

/// A 小院 on the desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CourtyardDesk {
    /// The courtyard with the sums of its entrances.
    pub place: PlaceLine<CourtyardId>,
    /// Its entrances.
    pub entrances: Vec<PlaceLine<EntranceId>>,
}

/// A 楼门 on the desk; never its rooms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntranceDesk {
    /// The entrance.
    pub place: PlaceLine<EntranceId>,
    /// Its courtyard.
    pub courtyard: CourtyardId,
    /// The courtyard's name.
    pub courtyard_name: String,
    /// The other entrances of the courtyard, into which it could be merged.
    pub others: Vec<PlaceLine<EntranceId>>,
}

/// Who lives behind an entrance: for those whose duty it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntranceRoll {
    /// The entrance.
    pub entrance: EntranceDesk,
    /// Its households, in the order of their rooms.
    pub households: Vec<RollLine>,
}

/// A household on the roll.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RollLine {
    /// Row.
    pub id: HouseholdId,
    /// Room number.
    pub room: String,
    /// Its adults.
    pub adults: i64,
    /// The name that others see of its representative (户代表), if one is named.
    pub representative: Option<String>,
    /// Whether a slip is out by which somebody can join.
    pub slip_out: bool,
}

/// A page of the history, newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct History {
    /// Changes.
    pub rows: Vec<PlaceChange>,
    /// What to ask for to see the older ones.
    pub next: Option<i64>,
}

/// What was done to a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeKind {
    /// Added.
    Add,
    /// Given another name.
    Rename,
    /// Split.
    Split,
    /// Merged into another.
    Merge,
    /// Ended.
    End,
}

/// A change of the places.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceChange {
    /// What was done.
    pub kind: ChangeKind,
    /// To what kind of place.
    pub place: ScopeKind,
    /// The courtyard around an entrance, by its present name.
    pub courtyard: Option<String>,
    /// The name before; of a split or a merger the name of the place that it was done to.
    pub before: Option<String>,
    /// The name after; of a split the new place's, of a merger that of the place which took the other in.
    pub after: Option<String>,
    /// Households that moved.
    pub households: i64,
    /// Why.
    pub reason: Option<String>,
    /// Who did it: the name that others see, none once the account is closed.
    pub by: Option<String>,
    /// When.
    pub at: Timestamp,
}

/// The places with numbers, and a page of what was changed: the changes before `before`, or the newest.
/// Three statements.
///
/// # Errors
/// [`Error::NotFound`] for those who don't see the desk.
pub async fn places_desk(
    hall: &Hall,
    actor: Option<&Actor>,
    before: Option<i64>,
) -> Result<PlacesDesk> {
    let actor = desk_permit(actor)?;
    let mut courtyards: Vec<CourtyardDesk> = super::courtyards(hall, actor.community)
        .await?
        .into_iter()
        .map(|row| CourtyardDesk {
            place: PlaceLine { id: row.id, name: row.name, households: 0, members: 0 },
            entrances: Vec::new(),
        })
        .collect();
    for row in counted(hall, "c.community_id = $1", actor.community.0).await? {
        let around = courtyards.iter_mut().find(|around| around.place.id.0 == row.courtyard_id);
        if let Some(around) = around {
            around.push(row);
        }
    }
    Ok(PlacesDesk { courtyards, history: history(hall, actor, before).await? })
}

/// A courtyard with its entrances.
///
/// # Errors
/// [`Error::NotFound`] for those who don't see the desk, and when there is no such courtyard or it ended.
pub async fn courtyard_desk(
    hall: &Hall,
    actor: Option<&Actor>,
    id: CourtyardId,
) -> Result<CourtyardDesk> {
    let actor = desk_permit(actor)?;
    let row = courtyard::Entity::find_by_id(id.0)
        .filter(courtyard::Column::CommunityId.eq(actor.community.0))
        .filter(courtyard::Column::EndedAt.is_null())
        .one(hall.db.read())
        .await?
        .ok_or(Error::NotFound)?;
    let place = PlaceLine { id, name: row.name, households: 0, members: 0 };
    let mut courtyard = CourtyardDesk { place, entrances: Vec::new() };
    for row in counted(hall, "c.id = $1", id.0).await? {
        courtyard.push(row);
    }
    Ok(courtyard)
}

/// An entrance, without its rooms.
///
/// # Errors
/// As [`courtyard_desk`].
pub async fn entrance_desk(
    hall: &Hall,
    actor: Option<&Actor>,
    id: EntranceId,
) -> Result<EntranceDesk> {
    let row = entrance::Entity::find_by_id(id.0).one(hall.db.read()).await?;
    desk_permit(actor)?;
    let row = row.ok_or(Error::NotFound)?;
    let around = courtyard_desk(hall, actor, CourtyardId(row.courtyard_id)).await?;
    let (here, others): (Vec<_>, Vec<_>) =
        around.entrances.into_iter().partition(|entrance| entrance.id == id);
    let place = here.into_iter().next().ok_or(Error::NotFound)?;
    Ok(EntranceDesk {
        place,
        courtyard: around.place.id,
        courtyard_name: around.place.name,
        others,
    })
}

/// Who lives behind an entrance. Each look is recorded.
///
/// # Errors
/// [`Error::Denied`] for those whose duty it isn't; [`Error::NotFound`] as [`courtyard_desk`].
pub async fn entrance_look(hall: &Hall, actor: &Actor, id: EntranceId) -> Result<EntranceRoll> {
    permit(Some(actor), Action::RollLook, &Target::community(actor.community))?;
    let entrance = entrance_desk(hall, Some(actor), id).await?;
    let txn = hall.db.begin().await?;
    let values: [Value; 2] = [id.0.into(), hall.now().0.into()];
    let statement = Statement::from_sql_and_values(txn.get_database_backend(), ROLL, values);
    let mut households = Vec::new();
    for row in RollRow::find_by_statement(statement).all(&txn).await? {
        households.push(RollLine {
            id: HouseholdId(row.id),
            room: row.room,
            adults: row.adults,
            representative: row.representative,
            slip_out: row.slips > 0,
        });
    }
    households.sort_by(|a, b| order(&a.room).cmp(&order(&b.room)));
    looked_in_txn(hall, &txn, actor, format!("entrance:{id}"), None).await?;
    txn.commit().await?;
    Ok(EntranceRoll { entrance, households })
}

/// Rooms in the order in which people count them: 101, 201, 1001.
pub(super) fn sort_rooms(rooms: &mut [String]) {
    rooms.sort_by(|a, b| order(a).cmp(&order(b)));
}

fn order(room: &str) -> (usize, &str) {
    (room.chars().count(), room)
}

const ROLL: &str = "SELECT h.id, h.room, \
     (SELECT COUNT(*) FROM person p WHERE p.household_id = h.id AND p.closed_at IS NULL) AS adults, \
     (SELECT p.nickname FROM person p WHERE p.id = h.representative_id AND p.closed_at IS NULL) AS representative, \
     (SELECT COUNT(*) FROM slip s WHERE s.household_id = h.id AND s.purpose = 'join' \
      AND s.used_at IS NULL AND s.ended_at IS NULL AND s.expires_at > $2) AS slips \
     FROM household h WHERE h.entrance_id = $1 AND h.ended_at IS NULL";

#[derive(Debug, FromQueryResult)]
struct RollRow {
    id: i64,
    room: String,
    adults: i64,
    representative: Option<String>,
    slips: i64,
}

#[derive(Debug, FromQueryResult)]
struct Counted {
    id: i64,
    courtyard_id: i64,
    name: String,
    households: i64,
    members: i64,
}

impl CourtyardDesk {
    fn push(&mut self, row: Counted) {
        self.place.households += row.households;
        self.place.members += row.members;
        self.entrances.push(PlaceLine {
            id: EntranceId(row.id),
            name: row.name,
            households: row.households,
            members: row.members,
        });
    }
}

/// Live entrances with their numbers, of the courtyards for which `around` holds.
async fn counted(hall: &Hall, around: &str, id: i64) -> Result<Vec<Counted>> {
    let read = hall.db.read();
    let sql = format!(
        "SELECT e.id, e.courtyard_id, e.name, COUNT(DISTINCT h.id) AS households, COUNT(p.id) AS members \
         FROM entrance e JOIN courtyard c ON c.id = e.courtyard_id \
         LEFT JOIN household h ON h.entrance_id = e.id AND h.ended_at IS NULL \
         LEFT JOIN person p ON p.household_id = h.id AND p.closed_at IS NULL \
         WHERE {around} AND e.ended_at IS NULL GROUP BY e.id, e.courtyard_id, e.name ORDER BY e.id"
    );
    let statement = Statement::from_sql_and_values(read.get_database_backend(), sql, [id.into()]);
    Ok(Counted::find_by_statement(statement).all(read).await?)
}

const HISTORY: &str = "SELECT k.id, k.kind, k.place_kind, c.name AS courtyard, k.before, k.after, \
     k.households, k.reason, CASE WHEN p.closed_at IS NULL THEN p.nickname END AS nickname, k.at \
     FROM place_change k JOIN person p ON p.id = k.by_id \
     LEFT JOIN entrance e ON k.place_kind = 'entrance' AND e.id = k.place_id \
     LEFT JOIN courtyard c ON c.id = e.courtyard_id \
     WHERE k.community_id = $1 AND k.id < $2 ORDER BY k.id DESC LIMIT $3";

#[derive(Debug, FromQueryResult)]
struct Change {
    id: i64,
    kind: String,
    place_kind: String,
    courtyard: Option<String>,
    before: Option<String>,
    after: Option<String>,
    households: i64,
    reason: Option<String>,
    nickname: Option<String>,
    at: i64,
}

async fn history(hall: &Hall, actor: &Actor, before: Option<i64>) -> Result<History> {
    let read = hall.db.read();
    let one_more = i64::try_from(PAGE + 1).unwrap_or(i64::MAX);
    let values: [Value; 3] =
        [actor.community.0.into(), before.unwrap_or(i64::MAX).into(), one_more.into()];
    let statement = Statement::from_sql_and_values(read.get_database_backend(), HISTORY, values);
    let mut rows = Change::find_by_statement(statement).all(read).await?;
    let more = rows.len() > PAGE;
    rows.truncate(PAGE);
    let next = rows.last().filter(|_| more).map(|row| row.id);
    Ok(History { rows: rows.into_iter().map(read_change).collect::<Result<_>>()?, next })
}

fn read_change(row: Change) -> Result<PlaceChange> {
    let kind = match row.kind.as_str() {
        "add" => ChangeKind::Add,
        "rename" => ChangeKind::Rename,
        "split" => ChangeKind::Split,
        "merge" => ChangeKind::Merge,
        "end" => ChangeKind::End,
        other => return Err(Error::unknown("change of a place", other)),
    };
    Ok(PlaceChange {
        kind,
        place: ScopeKind::from_name(&row.place_kind)
            .ok_or_else(|| Error::unknown("place", &row.place_kind))?,
        courtyard: row.courtyard,
        before: row.before,
        after: row.after,
        households: row.households,
        reason: row.reason,
        by: row.nickname,
        at: Timestamp(row.at),
    })
}
