//! Slips as they are printed, and what the desk shows of them.

use domain::ids::{EntranceId, SlipId};
use domain::permission::{Action, Target, permit};
use domain::role::Actor;
use domain::slip::Code;
use domain::time::Timestamp;
use entities::{courtyard, entrance, household, person, slip};
use sea_orm::{
    ColumnTrait, EntityTrait, FromQueryResult, JoinType, QueryFilter, QuerySelect, RelationDef,
    Statement,
};

use super::{Purpose, live, purpose};
use crate::audit::{Record, append_in_txn};
use crate::error::{Error, Result};
use crate::hall::Hall;
use crate::joins::{entrance_to_courtyard, household_to_entrance};
use crate::seal::Column;
use crate::views::desk::desk_permit;

/// Batches that the desk lists.
const BATCHES: u64 = 30;

/// The slips of a batch that can still be used, in the order of their places.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// The batch.
    pub batch: i64,
    /// When they were made.
    pub made_at: Timestamp,
    /// The slips.
    pub slips: Vec<SheetSlip>,
    /// Slips of the batch that were used, ended or have run out: their codes are gone.
    pub gone: usize,
}

/// A slip as it is printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetSlip {
    /// Row.
    pub id: SlipId,
    /// What it is for.
    pub purpose: Purpose,
    /// 小院.
    pub courtyard: String,
    /// 楼门.
    pub entrance: String,
    /// Room.
    pub room: String,
    /// Whose password it sets: the name that others see.
    pub nickname: Option<String>,
    /// The code, which is a secret.
    pub code: Code,
    /// Until when it can be used.
    pub expires_at: Timestamp,
}

#[derive(Debug, FromQueryResult)]
struct Row {
    id: i64,
    purpose: String,
    code: String,
    expires_at: i64,
    courtyard_id: i64,
    courtyard: String,
    entrance_id: i64,
    entrance: String,
    room: String,
    nickname: Option<String>,
}

/// What is to be printed of a batch. It shows rooms and codes, so each look is recorded.
///
/// # Errors
/// [`Error::Denied`]; [`Error::NotFound`] when the community has no such batch.
pub async fn slip_print(hall: &Hall, actor: &Actor, batch: i64) -> Result<Sheet> {
    permit(Some(actor), Action::SlipPrint, &Target::community(actor.community))?;
    let now = hall.now();
    let txn = hall.db.begin().await?;
    let all: Vec<i64> = slip::Entity::find()
        .select_only()
        .column(slip::Column::CreatedAt)
        .filter(slip::Column::CommunityId.eq(actor.community.0))
        .filter(slip::Column::Batch.eq(batch))
        .into_tuple()
        .all(&txn)
        .await?;
    let made_at = Timestamp(*all.first().ok_or(Error::NotFound)?);
    let to_household: RelationDef = slip::Entity::belongs_to(household::Entity)
        .from(slip::Column::HouseholdId)
        .to(household::Column::Id)
        .into();
    let to_person: RelationDef = slip::Entity::belongs_to(person::Entity)
        .from(slip::Column::PersonId)
        .to(person::Column::Id)
        .into();
    let mut rows = slip::Entity::find()
        .select_only()
        .columns([
            slip::Column::Id,
            slip::Column::Purpose,
            slip::Column::Code,
            slip::Column::ExpiresAt,
        ])
        .column_as(courtyard::Column::Id, "courtyard_id")
        .column_as(courtyard::Column::Name, "courtyard")
        .column_as(entrance::Column::Id, "entrance_id")
        .column_as(entrance::Column::Name, "entrance")
        .column(household::Column::Room)
        .column(person::Column::Nickname)
        .join(JoinType::InnerJoin, to_household)
        .join(JoinType::InnerJoin, household_to_entrance())
        .join(JoinType::InnerJoin, entrance_to_courtyard())
        .join(JoinType::LeftJoin, to_person)
        .filter(slip::Column::CommunityId.eq(actor.community.0))
        .filter(slip::Column::Batch.eq(batch))
        .filter(slip::Column::Code.is_not_null())
        .filter(live(now))
        .filter(household::Column::EndedAt.is_null())
        .into_model::<Row>()
        .all(&txn)
        .await?;
    // 302 comes before 1001, as one walks up the stairs.
    rows.sort_by(|a, b| {
        let key = |row: &Row| (row.courtyard_id, row.entrance_id, row.room.chars().count());
        (key(a), &a.room).cmp(&(key(b), &b.room))
    });
    let gone = all.len() - rows.len();
    let slips = rows.into_iter().map(|row| read(hall, row)).collect::<Result<Vec<_>>>()?;
    let record = Record {
        actor: actor.audit_name(),
        action: "slip_print".to_owned(),
        subject: format!("slips:{batch}"),
        after: Some(format!("{} looked at", slips.len())),
        ..Record::default()
    };
    append_in_txn(&txn, now, record).await?;
    txn.commit().await?;
    Ok(Sheet { batch, made_at, slips, gone })
}

fn read(hall: &Hall, row: Row) -> Result<SheetSlip> {
    let code = hall.seal.open(Column::SlipCode, &row.code)?;
    Ok(SheetSlip {
        id: SlipId(row.id),
        purpose: purpose(&row.purpose)?,
        courtyard: row.courtyard,
        entrance: row.entrance,
        room: row.room,
        nickname: row.nickname,
        code: Code::parse(&code)
            .map_err(|error| Error::Broken(format!("a slip's code: {error}")))?,
        expires_at: Timestamp(row.expires_at),
    })
}

/// What the desk shows of slips: numbers, never a room or a code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlipsDesk {
    /// Each entrance, in the order of places.
    pub places: Vec<PlaceSlips>,
    /// What was made lately, the last first.
    pub batches: Vec<Batch>,
}

/// How an entrance stands.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct PlaceSlips {
    /// 小院, its row.
    pub courtyard_id: i64,
    /// 小院.
    pub courtyard: String,
    /// 楼门, its row.
    pub entrance_id: i64,
    /// 楼门.
    pub entrance: String,
    /// Households.
    pub households: i64,
    /// Households of which somebody has joined.
    pub joined: i64,
    /// Slips to join by that can be used.
    pub live: i64,
    /// Slips to join by that were used.
    pub used: i64,
    /// Slips to join by that nobody used in time.
    pub expired: i64,
}

impl PlaceSlips {
    /// Its entrance.
    #[must_use]
    pub const fn entrance(&self) -> EntranceId {
        EntranceId(self.entrance_id)
    }
}

/// Slips that were made together.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct Batch {
    /// Its number.
    pub batch: i64,
    /// When they were made, Unix ms.
    pub made_at: i64,
    /// Who made them: the name that others see.
    pub made_by: Option<String>,
    /// How many.
    pub slips: i64,
    /// How many of them set a password.
    pub resets: i64,
    /// How many can be used.
    pub live: i64,
    /// How many were used.
    pub used: i64,
}

/// How slips stand in the actor's community. Two statements.
///
/// # Errors
/// [`Error::NotFound`] for those who may not see the desk.
pub async fn slips_desk(hall: &Hall, actor: Option<&Actor>) -> Result<SlipsDesk> {
    let actor = desk_permit(actor)?;
    let backend = hall.db.backend();
    let values = || vec![actor.community.0.into(), hall.now().0.into()];
    let places = "SELECT c.id AS courtyard_id, c.name AS courtyard, e.id AS entrance_id, \
           e.name AS entrance, COUNT(DISTINCT h.id) AS households, \
           COUNT(DISTINCT p.household_id) AS joined, \
           COUNT(DISTINCT CASE WHEN s.used_at IS NULL AND s.ended_at IS NULL AND s.expires_at > $2 \
             THEN s.id END) AS live, \
           COUNT(DISTINCT CASE WHEN s.used_at IS NOT NULL THEN s.id END) AS used, \
           COUNT(DISTINCT CASE WHEN s.used_at IS NULL AND s.ended_at IS NULL AND s.expires_at <= $2 \
             THEN s.id END) AS expired \
         FROM courtyard c JOIN entrance e ON e.courtyard_id = c.id \
           JOIN household h ON h.entrance_id = e.id AND h.ended_at IS NULL \
           LEFT JOIN person p ON p.household_id = h.id AND p.closed_at IS NULL \
           LEFT JOIN slip s ON s.household_id = h.id AND s.purpose = 'join' \
         WHERE c.community_id = $1 GROUP BY c.id, c.name, e.id, e.name ORDER BY c.id, e.id";
    let places = Statement::from_sql_and_values(backend, places, values());
    let places = PlaceSlips::find_by_statement(places).all(hall.db.read()).await?;
    let batches = format!(
        "SELECT s.batch, MIN(s.created_at) AS made_at, MIN(p.nickname) AS made_by, \
           COUNT(*) AS slips, COUNT(CASE WHEN s.purpose = 'reset' THEN 1 END) AS resets, \
           COUNT(CASE WHEN s.used_at IS NULL AND s.ended_at IS NULL AND s.expires_at > $2 \
             THEN 1 END) AS live, \
           COUNT(CASE WHEN s.used_at IS NOT NULL THEN 1 END) AS used \
         FROM slip s LEFT JOIN person p ON p.id = s.created_by \
         WHERE s.community_id = $1 GROUP BY s.batch ORDER BY s.batch DESC LIMIT {BATCHES}",
    );
    let batches = Statement::from_sql_and_values(backend, batches, values());
    let batches = Batch::find_by_statement(batches).all(hall.db.read()).await?;
    Ok(SlipsDesk { places, batches })
}
