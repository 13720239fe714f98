//! Joining without a slip: somebody asks, and their household, an entrance lead (楼门长) who vouches for
//! them, or the committee decides.
//!
//! A decision is one transaction that locks, in this order, the household, the people and the request, so
//! that of several at once exactly one is taken. Rooms are typed by whoever asks; no answer to them says
//! whether the roll has such a room.

use domain::ids::{CommunityId, CourtyardId, HouseholdId, JoinRequestId};
use domain::permission::{Action, Denied, Target, permit};
use domain::place::Scope;
use domain::role::Actor;
use domain::text::{Reason, TextError, clean, count};
use entities::{courtyard, entrance, household, join_request, person};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, QuerySelect,
};

use crate::audit::{Record, append_in_txn};
use crate::error::{Error, Problem, Refusal, Result};
use crate::hall::Hall;

mod ask;
mod contest;
mod counter;
mod decide;
mod look;

pub use ask::{JoinForm, join_ask, join_ask_again, join_withdraw};
pub use contest::{CONTEST_DAYS, join_contest};
pub use counter::{CounterForm, NO_PHONE, counter_admit};
pub(crate) use decide::vouched_today;
pub use decide::{CounterDecision, join_counter, join_decide_household, join_decline, join_vouch};
pub use look::{Looked, join_look};

/// Characters of a room that is typed.
pub const ROOM_MAX: usize = 20;
/// Characters of the words to whoever decides.
pub const WORDS_MAX: usize = 200;

/// Who decides on a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// An adult of the household.
    Household,
    /// An entrance lead who vouches.
    Vouch,
    /// The committee.
    Counter,
}

impl Way {
    /// Its name in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Household => "household",
            Self::Vouch => "vouch",
            Self::Counter => "counter",
        }
    }

    /// The way of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Household, Self::Vouch, Self::Counter].into_iter().find(|way| way.as_str() == name)
    }
}

/// Where a request stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequestState {
    /// Nobody has decided.
    Waiting,
    /// The person was admitted.
    Admitted,
    /// It was declined.
    Declined,
    /// The person took it back, or came in by another way.
    Withdrawn,
    /// The committee took an admission back.
    Contested,
}

impl RequestState {
    /// Its name in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Admitted => "admitted",
            Self::Declined => "declined",
            Self::Withdrawn => "withdrawn",
            Self::Contested => "contested",
        }
    }

    /// The state of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Waiting, Self::Admitted, Self::Declined, Self::Withdrawn, Self::Contested]
            .into_iter()
            .find(|state| state.as_str() == name)
    }
}

/// A room as it is looked up: one line, full-width signs made plain, without spaces and the words 室, 号
/// and 房 at its end.
///
/// # Errors
/// [`TextError`] when it is empty or longer than [`ROOM_MAX`].
pub fn room_checked(typed: &str) -> Result<String, TextError> {
    let plain = |c: char| match u32::from(c) {
        wide @ 0xFF01..=0xFF5E => char::from_u32(wide - 0xFEE0).unwrap_or(c),
        _ => c,
    };
    let seen = clean(typed);
    let room: String = seen.chars().map(plain).filter(|c| !c.is_whitespace()).collect();
    let room = room.trim_end_matches(['室', '号', '房']);
    match count(room) {
        0 => Err(TextError::Empty),
        len if len > ROOM_MAX => Err(TextError::TooLong { len, max: ROOM_MAX }),
        _ => Ok(room.to_owned()),
    }
}

/// A request of the actor's community, as it stood a moment ago.
async fn find(
    db: &impl ConnectionTrait,
    actor: &Actor,
    id: JoinRequestId,
) -> Result<join_request::Model> {
    join_request::Entity::find_by_id(id.0)
        .filter(join_request::Column::CommunityId.eq(actor.community.0))
        .one(db)
        .await?
        .ok_or(Error::NotFound)
}

/// A request as it stands now, held until the transaction ends: after the household and the people that
/// it is about.
async fn lock_in_txn(
    txn: &DatabaseTransaction,
    row: &join_request::Model,
) -> Result<join_request::Model> {
    let held = join_request::Entity::find_by_id(row.id).lock_exclusive().one(txn).await?;
    held.ok_or(Error::NotFound)
}

fn waits(row: &join_request::Model) -> Result<()> {
    if row.state == RequestState::Waiting.as_str() {
        Ok(())
    } else {
        Err(Refusal::NotWaiting.into())
    }
}

fn not_oneself(actor: &Actor, row: &join_request::Model) -> Result<()> {
    if row.person_id == actor.person.0 { Err(Refusal::OnOneself.into()) } else { Ok(()) }
}

/// An entrance that stands, with its courtyard.
struct Place {
    entrance: i64,
    courtyard: CourtyardId,
}

/// An entrance of the community that stands.
async fn place_of(
    db: &impl ConnectionTrait,
    community: CommunityId,
    entrance: i64,
) -> Result<Option<Place>> {
    let to_courtyard = crate::joins::entrance_to_courtyard();
    let found = entrance::Entity::find_by_id(entrance)
        .join(sea_orm::JoinType::InnerJoin, to_courtyard)
        .filter(courtyard::Column::CommunityId.eq(community.0))
        .filter(courtyard::Column::EndedAt.is_null())
        .filter(entrance::Column::EndedAt.is_null())
        .one(db)
        .await?;
    Ok(found.map(|row| Place { entrance: row.id, courtyard: CourtyardId(row.courtyard_id) }))
}

/// The household of a room that lives there now.
async fn live_household(
    db: &impl ConnectionTrait,
    entrance: i64,
    room: &str,
) -> Result<Option<household::Model>> {
    let found = household::Entity::find()
        .filter(household::Column::EntranceId.eq(entrance))
        .filter(household::Column::Room.eq(room))
        .filter(household::Column::EndedAt.is_null())
        .one(db)
        .await?;
    Ok(found)
}

/// The household that a request is about: the one noted when it was made while it lives there, else the
/// one that the room has now.
async fn household_of(
    db: &impl ConnectionTrait,
    row: &join_request::Model,
) -> Result<Option<household::Model>> {
    if let Some(id) = row.household_id {
        let noted = household::Entity::find_by_id(id)
            .filter(household::Column::EndedAt.is_null())
            .one(db)
            .await?;
        if noted.is_some() {
            return Ok(noted);
        }
    }
    live_household(db, row.entrance_id, &row.room).await
}

/// Holds a household that lives there still.
async fn lock_household_in_txn(txn: &DatabaseTransaction, id: i64) -> Result<household::Model> {
    household::Entity::find_by_id(id)
        .filter(household::Column::EndedAt.is_null())
        .lock_exclusive()
        .one(txn)
        .await?
        .ok_or_else(|| Refusal::NotOnRoll.into())
}

async fn lock_person_in_txn(txn: &DatabaseTransaction, id: i64) -> Result<person::Model> {
    let row = person::Entity::find_by_id(id).lock_exclusive().one(txn).await?;
    row.ok_or(Error::NotFound)
}

/// Whether the actor may decide on a request in a way. A request that is none of theirs isn't there for
/// them.
async fn permit_on(
    db: &impl ConnectionTrait,
    actor: &Actor,
    row: &join_request::Model,
    home: Option<&household::Model>,
    way: Way,
) -> Result<()> {
    let here = actor.community;
    let (action, target) = match way {
        Way::Counter => (Action::RollChange, Target::community(here)),
        Way::Household => {
            let home = home.ok_or(Error::NotFound)?;
            (Action::HouseholdOwn, Target::household(here, HouseholdId(home.id)))
        }
        Way::Vouch => (Action::Vouch, entrance_target(db, actor, row, home).await?),
    };
    permit(Some(actor), action, &target).map_err(|denied| match denied {
        Denied::NeedsRole | Denied::NotYours if way != Way::Counter => Error::NotFound,
        denied => denied.into(),
    })
}

async fn entrance_target(
    db: &impl ConnectionTrait,
    actor: &Actor,
    row: &join_request::Model,
    home: Option<&household::Model>,
) -> Result<Target> {
    let entrance = home.map_or(row.entrance_id, |home| home.entrance_id);
    let place = place_of(db, actor.community, entrance).await?.ok_or(Error::NotFound)?;
    let scope = Scope::Entrance(domain::ids::EntranceId(place.entrance));
    Ok(Target { courtyard: Some(place.courtyard), ..Target::place(actor.community, scope) })
}

fn reason_checked(typed: &str) -> Result<Reason> {
    Reason::parse(typed).map_err(|error| Error::field("reason", Problem::Text(error)))
}

/// The audit chain names who, which request and which household; never a room, a name or a word typed.
async fn record_in_txn(
    hall: &Hall,
    txn: &DatabaseTransaction,
    actor: String,
    action: &str,
    request: i64,
    after: String,
) -> Result<()> {
    let record = Record {
        actor,
        action: action.to_owned(),
        subject: format!("join_request:{request}"),
        after: Some(after),
        ..Record::default()
    };
    append_in_txn(txn, hall.now(), record).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rooms_are_looked_up_as_they_are_kept() {
        for (typed, kept) in [
            ("301", Ok("301")),
            (" ３０１ 室", Ok("301")),
            ("3 - 301", Ok("3-301")),
            ("东房", Ok("东")),
            ("", Err(TextError::Empty)),
            ("室", Err(TextError::Empty)),
        ] {
            assert_eq!(room_checked(typed), kept.map(str::to_owned), "{typed}");
        }
        assert!(room_checked(&"3".repeat(21)).is_err());
    }
}
