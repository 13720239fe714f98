//! Asking to be let in, and taking the request back.

use domain::ids::{CommunityId, JoinRequestId, PersonId};
use domain::permission::{Action, Target, permit};
use domain::role::Actor;
use domain::text::{TextError, clean, count};
use entities::{household, join_request, person};
use sea_orm::sea_query::LockType;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter,
    QuerySelect, Set,
};

use super::{
    RequestState, WORDS_MAX, Way, live_household, lock_person_in_txn, place_of, record_in_txn,
    room_checked,
};
use crate::community::{Community, community_load};
use crate::error::{Error, Problem, Problems, Refusal, Result};
use crate::hall::Hall;
use crate::newcomer::{Draft, NewcomerForm, consent_in_txn, newcomer_add_in_txn, ticks};
use crate::rate;
use crate::session::session_open_in_txn;

/// What somebody types who asks to be let in.
#[derive(Debug, Clone, Default)]
pub struct JoinForm {
    /// The account to be made. Of somebody who has one, only the ticks are looked at, and those only
    /// where they are still owed.
    pub account: NewcomerForm,
    /// Row of the 楼门.
    pub entrance: String,
    /// Room.
    pub room: String,
    /// Words to whoever decides; may be empty.
    pub words: String,
}

/// Where they say that they live, and what they say.
struct Asked {
    entrance: i64,
    room: String,
    words: Option<String>,
}

/// Makes an account without a household and leaves a request with it; gives the token of its session.
/// The answer is the same whether the room is on the roll or not.
///
/// # Errors
/// [`Error::NotFound`] where the community takes no such requests; [`Error::Invalid`] with the fields
/// `nickname`, `name`, `password`, `phone`, `adult`, `consent`, `entrance`, `room`, `words`;
/// [`Error::TooOften`] from the sixth complete form of an address in a day.
pub async fn join_ask(
    hall: &Hall,
    community: CommunityId,
    form: &JoinForm,
    address: &str,
    agent: &str,
    replaces: Option<&str>,
) -> Result<String> {
    let community = open(hall, community).await?;
    let asked = asked(hall, &community, form).await?;
    let known = [community.name.as_str(), community.subdistrict.as_str()];
    let draft = Draft::of(&form.account, &community.settings, &known);
    let (draft, asked) = match (draft, asked) {
        (Err(Error::Invalid(mut fields)), Err(more)) => {
            fields.extend(more);
            return Err(Error::Invalid(fields));
        }
        (Err(error), _) => return Err(error),
        (Ok(_), Err(fields)) => return Err(Error::Invalid(fields)),
        (Ok(draft), Ok(asked)) => (draft, asked),
    };
    // Whatever comes now says whether the name is taken.
    rate::take(hall, rate::JOIN, address).await?;
    let new = draft.hashed(hall).await?;

    let txn = hall.db.begin().await?;
    // Overwritten by whoever admits them.
    let came_by = Way::Household.as_str();
    let person = newcomer_add_in_txn(hall, &txn, community.id, new, came_by).await?;
    let request = request_in_txn(hall, &txn, community.id, person, asked).await?;
    let token = session_open_in_txn(hall, &txn, person, agent, replaces, false).await?;
    recorded(hall, &txn, format!("person:{person}"), request).await?;
    txn.commit().await?;
    Ok(token)
}

/// The same for somebody who has an account and no household.
///
/// # Errors
/// As [`join_ask`], with the fields of the place, and the ticks that are still owed;
/// [`Refusal::HasHousehold`]; [`Refusal::AlreadyAsked`]; [`Error::TooOften`] from the sixth in a day.
pub async fn join_ask_again(hall: &Hall, actor: &Actor, form: &JoinForm) -> Result<JoinRequestId> {
    permit(Some(actor), Action::AccountOwn, &Target::community(actor.community))?;
    let community = open(hall, actor.community).await?;
    let row = person::Entity::find_by_id(actor.person.0).one(hall.db.read()).await?;
    let row = row.ok_or(Error::NotFound)?;
    let mut problems = Problems::default();
    // A tick that was given once is not asked for again.
    let (adult, consented) = (row.adult_at.is_some(), actor.consented);
    ticks(&mut problems, adult || form.account.adult, consented || form.account.consent);
    let ticked = problems.done();
    let asked = match (asked(hall, &community, form).await?, ticked) {
        (Ok(asked), Ok(())) => asked,
        (Ok(_), Err(error)) => return Err(error),
        (Err(mut fields), Err(Error::Invalid(more))) => {
            fields.extend(more);
            return Err(Error::Invalid(fields));
        }
        (Err(fields), _) => return Err(Error::Invalid(fields)),
    };
    rate::take(hall, rate::JOIN, &format!("person:{}", actor.person)).await?;

    let txn = hall.db.begin().await?;
    if let Some(home) = live_household(&txn, asked.entrance, &asked.room).await? {
        // Before the person, since the request will refer to it.
        let held = household::Entity::find_by_id(home.id).lock(LockType::KeyShare);
        held.one(&txn).await?;
    }
    let row = lock_person_in_txn(&txn, actor.person.0).await?;
    if row.household_id.is_some() {
        return Err(Refusal::HasHousehold.into());
    }
    if !adult {
        let mut changed = row.into_active_model();
        changed.adult_at = Set(Some(hall.now().0));
        changed.update(&txn).await?;
    }
    if !consented {
        consent_in_txn(hall, &txn, actor.person).await?;
    }
    let request = request_in_txn(hall, &txn, actor.community, actor.person, asked).await?;
    recorded(hall, &txn, actor.audit_name(), request.clone()).await?;
    txn.commit().await?;
    Ok(JoinRequestId(request.id))
}

/// Takes one's own waiting request back.
///
/// # Errors
/// [`Refusal::NotWaiting`] when there is none.
pub async fn join_withdraw(hall: &Hall, actor: &Actor) -> Result<()> {
    permit(Some(actor), Action::AccountOwn, &Target::community(actor.community))?;
    let txn = hall.db.begin().await?;
    let row = join_request::Entity::find()
        .filter(join_request::Column::PersonId.eq(actor.person.0))
        .filter(join_request::Column::State.eq(RequestState::Waiting.as_str()))
        .lock_exclusive()
        .one(&txn)
        .await?
        .ok_or(Refusal::NotWaiting)?;
    let id = row.id;
    let mut changed = row.into_active_model();
    changed.state = Set(RequestState::Withdrawn.as_str().to_owned());
    changed.decided_at = Set(Some(hall.now().0));
    changed.update(&txn).await?;
    let after = RequestState::Withdrawn.as_str().to_owned();
    record_in_txn(hall, &txn, actor.audit_name(), "join_withdraw", id, after).await?;
    txn.commit().await?;
    Ok(())
}

async fn open(hall: &Hall, community: CommunityId) -> Result<Community> {
    let community = community_load(hall, community).await?;
    if community.settings.join_requests { Ok(community) } else { Err(Error::NotFound) }
}

/// What was typed about the place; the inner error holds the fields that can't be taken.
async fn asked(
    hall: &Hall,
    community: &Community,
    form: &JoinForm,
) -> Result<Result<Asked, Vec<crate::FieldError>>> {
    let mut problems = Problems::default();
    let id = problems.choice("entrance", form.entrance.trim(), |typed| typed.parse::<i64>().ok());
    let place = match id {
        Some(id) => {
            let place = place_of(hall.db.read(), community.id, id).await?;
            if place.is_none() {
                problems.note("entrance", Problem::Unknown);
            }
            place
        }
        None => None,
    };
    let room = problems.text("room", room_checked(&form.room));
    let words = problems.text("words", words_checked(&form.words));
    let values = (|| Some(Asked { entrance: place?.entrance, room: room?, words: words? }))();
    match problems.values(values) {
        Ok(asked) => Ok(Ok(asked)),
        Err(Error::Invalid(fields)) => Ok(Err(fields)),
        Err(other) => Err(other),
    }
}

fn words_checked(typed: &str) -> Result<Option<String>, TextError> {
    let words = clean(typed);
    match count(&words) {
        0 => Ok(None),
        len if len > WORDS_MAX => Err(TextError::TooLong { len, max: WORDS_MAX }),
        _ => Ok(Some(words)),
    }
}

async fn request_in_txn(
    hall: &Hall,
    txn: &DatabaseTransaction,
    community: CommunityId,
    person: PersonId,
    asked: Asked,
) -> Result<join_request::Model> {
    let home = live_household(txn, asked.entrance, &asked.room).await?;
    let row = join_request::ActiveModel {
        community_id: Set(community.0),
        person_id: Set(person.0),
        entrance_id: Set(asked.entrance),
        household_id: Set(home.map(|home| home.id)),
        room: Set(asked.room),
        words: Set(asked.words),
        state: Set(RequestState::Waiting.as_str().to_owned()),
        created_at: Set(hall.now().0),
        ..Default::default()
    };
    row.insert(txn).await.map_err(|error| {
        if Error::is_duplicate(&error) { Refusal::AlreadyAsked.into() } else { error.into() }
    })
}

async fn recorded(
    hall: &Hall,
    txn: &DatabaseTransaction,
    actor: String,
    row: join_request::Model,
) -> Result<()> {
    let after = format!("entrance:{}", row.entrance_id);
    record_in_txn(hall, txn, actor, "join_ask", row.id, after).await
}
