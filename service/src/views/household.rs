//! 我的一户: who lives in it, who casts its vote, and who asks to be let in.

use domain::ids::{HouseholdId, PersonId};
use domain::permission::{Action, Denied, Target, permit};
use domain::role::Actor;
use entities::{household, person};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use super::joining::{OwnRequest, WaitingLine, own_request, waiting_for_household};
use crate::error::{Error, Result};
use crate::hall::Hall;
use crate::household::votes;

/// One's own household.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HouseholdView {
    /// Row.
    pub household: HouseholdId,
    /// Room: its own adults see it.
    pub room: String,
    /// Its adults, in the order in which they came.
    pub adults: Vec<Adult>,
    /// Whether it has a representative.
    pub represented: bool,
    /// Whether who looks may name the next representative, now or once the ballot is over.
    pub may_name: bool,
    /// Whether the household is on the roll of an open ballot, so that its representative stays.
    pub votes: bool,
    /// Who asks to be let in.
    pub waiting: Vec<WaitingLine>,
}

/// An adult of a household.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adult {
    /// Row.
    pub person: PersonId,
    /// The name that others see.
    pub nickname: String,
    /// Whether they cast the household's vote.
    pub representative: bool,
    /// Whether it is who looks.
    pub you: bool,
}

/// What the page about one's household shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mine {
    /// The household.
    Household(HouseholdView),
    /// None, and one's latest request, if one was ever made.
    Nowhere(Option<OwnRequest>),
}

/// One's own household, or how one's request stands.
///
/// # Errors
/// [`Denied::NotThrough`] for a helper: a household is not theirs to see.
pub async fn my_household(hall: &Hall, actor: &Actor) -> Result<Mine> {
    if actor.through.is_some() {
        return Err(Denied::NotThrough.into());
    }
    let Some(home) = actor.home else {
        return Ok(Mine::Nowhere(own_request(hall, actor).await?));
    };
    let db = hall.db.read();
    let row = household::Entity::find_by_id(home.household.0).one(db).await?;
    let row = row.ok_or(Error::NotFound)?;
    let adults = person::Entity::find()
        .filter(person::Column::HouseholdId.eq(row.id))
        .filter(person::Column::ClosedAt.is_null())
        .order_by_asc(person::Column::Id)
        .all(db)
        .await?;
    let read = |it: person::Model| Adult {
        person: PersonId(it.id),
        representative: row.representative_id == Some(it.id),
        you: it.id == actor.person.0,
        nickname: it.nickname,
    };
    let target = Target::household(actor.community, home.household);
    let decides = permit(Some(actor), Action::HouseholdOwn, &target).is_ok();
    let represents = row.representative_id.is_none_or(|id| id == actor.person.0);
    Ok(Mine::Household(HouseholdView {
        household: home.household,
        adults: adults.into_iter().map(read).collect(),
        represented: row.representative_id.is_some(),
        may_name: decides && represents,
        votes: row.representative_id.is_some() && votes(db, &row, hall.now().0).await?,
        waiting: waiting_for_household(db, actor, &row).await?,
        room: row.room,
    }))
}
