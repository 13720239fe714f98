//! Setting up a community: its places, its households, its people and their roles.
//!
//! The operator does this from the command line, not a signed-in person: nothing is permitted here,
//! everything is recorded.

use domain::ids::{CommunityId, CourtyardId, EntranceId, HouseholdId, PersonId, RoleGrantId};
use domain::place::Scope;
use domain::role::Role;
use domain::settings::CommunitySettings;
use domain::slug::{derived, is_derived, is_slug};
use domain::text::{Nickname, TextError, count};
use domain::time::Timestamp;
use entities::{community, courtyard, entrance, household, person, role_grant};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait,
    QueryFilter, QuerySelect, Set,
};

use crate::account::email_checked;
use crate::audit::{Record, append_in_txn};
use crate::error::{Error, Problem, Problems, Refusal, Result};
use crate::hall::Hall;
use crate::places::{courtyard_add_in_txn, entrance_add_in_txn, household_add_in_txn};

/// Rows in one statement: far below both databases' limits of bound values.
pub(crate) const CHUNK: usize = 500;
/// Characters of a place's name.
const PLACE_MAX: usize = 30;
/// Characters of a sign-in name.
const NAME_MIN: usize = 2;
const NAME_MAX: usize = 40;

/// Founds a community. Its pages lie under `/c/{slug}`, the first one's at the root too; without a slug
/// it gets [`derived`].
///
/// # Errors
/// [`Error::Invalid`] with the fields `name`, `subdistrict`, `district` when one is empty or too long,
/// and `slug` when it is none; [`Refusal::NameTaken`] when another community has the slug.
pub async fn community_found(
    hall: &Hall,
    name: &str,
    subdistrict: &str,
    district: &str,
    slug: Option<&str>,
    settings: &CommunitySettings,
) -> Result<CommunityId> {
    let mut problems = Problems::default();
    let name = problems.text("name", place_name(name));
    let subdistrict = problems.text("subdistrict", place_name(subdistrict));
    let district = problems.text("district", place_name(district));
    if slug.is_some_and(|slug| !is_slug(slug) || is_derived(slug)) {
        problems.note("slug", Problem::Unknown);
    }
    let (name, subdistrict, district) =
        problems.values((|| Some((name?, subdistrict?, district?)))())?;
    let txn = hall.db.begin().await?;
    let mut row = community::ActiveModel {
        slug: Set(slug.map(str::to_owned)),
        name: Set(name.clone()),
        subdistrict: Set(subdistrict),
        district: Set(district),
        settings: Set(serde_json::to_string(settings)?),
        next_proposal: Set(1),
        next_ballot: Set(1),
        created_at: Set(hall.now().0),
        ..Default::default()
    }
    .insert(&txn)
    .await
    .map_err(taken)?;
    if row.slug.is_none() {
        let slug = Set(Some(derived(CommunityId(row.id))));
        row = community::ActiveModel { id: Set(row.id), slug, ..Default::default() }
            .update(&txn)
            .await?;
    }
    record_in_txn(hall, &txn, "community_found", format!("community:{}", row.id), Some(name))
        .await?;
    txn.commit().await?;
    Ok(CommunityId(row.id))
}

/// Adds a 小院.
///
/// # Errors
/// [`Error::Invalid`] with the field `name`, [`Refusal::NameTaken`] when the community has it already,
/// [`Error::NotFound`] when there is no such community.
pub async fn courtyard_add(hall: &Hall, community: CommunityId, name: &str) -> Result<CourtyardId> {
    let name = place_name(name).map_err(|error| Error::field("name", Problem::Text(error)))?;
    let txn = hall.db.begin().await?;
    community::Entity::find_by_id(community.0).one(&txn).await?.ok_or(Error::NotFound)?;
    let id = courtyard_add_in_txn(&txn, community, &name).await?;
    record_in_txn(hall, &txn, "courtyard_add", format!("courtyard:{id}"), Some(name)).await?;
    txn.commit().await?;
    Ok(CourtyardId(id))
}

/// Adds a 楼门.
///
/// # Errors
/// [`Error::Invalid`] with the field `name`, [`Refusal::NameTaken`] when the courtyard has it already,
/// [`Error::NotFound`] when there is no such courtyard.
pub async fn entrance_add(hall: &Hall, courtyard: CourtyardId, name: &str) -> Result<EntranceId> {
    let name = place_name(name).map_err(|error| Error::field("name", Problem::Text(error)))?;
    let txn = hall.db.begin().await?;
    courtyard::Entity::find_by_id(courtyard.0).one(&txn).await?.ok_or(Error::NotFound)?;
    let id = entrance_add_in_txn(&txn, courtyard, &name).await?;
    record_in_txn(hall, &txn, "entrance_add", format!("entrance:{id}"), Some(name)).await?;
    txn.commit().await?;
    Ok(EntranceId(id))
}

/// Adds the 户 of an entrance, and gives their rows in the order of `rooms`.
///
/// # Errors
/// [`Error::Invalid`] with the field `rooms`, [`Refusal::NameTaken`] when a room is there already,
/// [`Error::NotFound`] when there is no such entrance.
pub async fn household_add_many(
    hall: &Hall,
    entrance: EntranceId,
    rooms: &[String],
) -> Result<Vec<HouseholdId>> {
    let rooms = rooms.iter().map(|room| place_name(room)).collect::<Result<Vec<_>, _>>();
    let rooms = rooms.map_err(|error| Error::field("rooms", Problem::Text(error)))?;
    let txn = hall.db.begin().await?;
    entrance::Entity::find_by_id(entrance.0).one(&txn).await?.ok_or(Error::NotFound)?;
    household_add_in_txn(&txn, entrance, &rooms).await?;
    let rows = household::Entity::find()
        .filter(household::Column::EntranceId.eq(entrance.0))
        .all(&txn)
        .await?;
    let by_room: std::collections::HashMap<&str, i64> =
        rows.iter().map(|row| (row.room.as_str(), row.id)).collect();
    let ids = rooms.iter().filter_map(|room| by_room.get(room.as_str())).map(|id| HouseholdId(*id));
    let ids = ids.collect();
    let after = Some(format!("{} more", rooms.len()));
    record_in_txn(hall, &txn, "household_add", format!("entrance:{}", entrance.0), after).await?;
    txn.commit().await?;
    Ok(ids)
}

/// A person to admit.
#[derive(Debug, Clone)]
pub struct NewPerson {
    /// Community.
    pub community: CommunityId,
    /// The verified household; without one a person reads and may not post.
    pub household: Option<HouseholdId>,
    /// 登录名, as typed: kept in the form of [`sign_in_name`].
    pub sign_in_name: String,
    /// What others see.
    pub nickname: String,
    /// Where notices go, if asked for.
    pub email: Option<String>,
    /// From [`Hasher::hash`](crate::password::Hasher::hash); without one nobody signs in by password.
    pub password_hash: Option<String>,
    /// Whether they consented, on paper or by word, to what is kept about them; else they are asked when
    /// they first sign in.
    pub consented: bool,
}

/// Admits a person whose household the committee has verified. The first one admitted to a household
/// becomes its representative (户代表).
///
/// # Errors
/// [`Error::Invalid`] with the fields `sign_in_name`, `nickname`, `email`; [`Refusal::NameTaken`];
/// [`Error::NotFound`] when the household isn't in the community.
pub async fn person_admit(hall: &Hall, new: NewPerson) -> Result<PersonId> {
    let txn = hall.db.begin().await?;
    let id = person_admit_in_txn(hall, &txn, new).await?;
    txn.commit().await?;
    Ok(id)
}

/// Admits all of them, or none.
///
/// # Errors
/// As [`person_admit`], for the first that can't be admitted.
pub async fn person_admit_many(hall: &Hall, new: Vec<NewPerson>) -> Result<Vec<PersonId>> {
    let txn = hall.db.begin().await?;
    let mut ids = Vec::with_capacity(new.len());
    for person in new {
        ids.push(person_admit_in_txn(hall, &txn, person).await?);
    }
    txn.commit().await?;
    Ok(ids)
}

async fn person_admit_in_txn(
    hall: &Hall,
    txn: &DatabaseTransaction,
    new: NewPerson,
) -> Result<PersonId> {
    let mut problems = Problems::default();
    let name = match sign_in_name_checked(&new.sign_in_name) {
        Ok(name) => Some(name),
        Err(problem) => {
            problems.note("sign_in_name", problem);
            None
        }
    };
    let nickname = problems.text("nickname", Nickname::parse(&new.nickname));
    let email = match email_checked(new.email.as_deref().unwrap_or_default()) {
        Ok(email) => Some(email),
        Err(problem) => {
            problems.note("email", problem);
            None
        }
    };
    let (name, nickname, email) = problems.values((|| Some((name?, nickname?, email?)))())?;

    let home = match new.household {
        Some(id) => Some(household_of(txn, new.community, id).await?),
        None => None,
    };
    let row = person::ActiveModel {
        community_id: Set(new.community.0),
        household_id: Set(new.household.map(i64::from)),
        sign_in_name: Set(name),
        email: Set(email),
        nickname: Set(nickname.to_string()),
        password_hash: Set(new.password_hash),
        language: Set("zh".to_owned()),
        created_at: Set(hall.now().0),
        consent_version: Set(new.consented.then_some(domain::consent::VERSION)),
        ..Default::default()
    }
    .insert(txn)
    .await
    .map_err(taken)?;
    if let Some(home) = home {
        household::Entity::update_many()
            .set(household::ActiveModel {
                representative_id: Set(Some(row.id)),
                ..Default::default()
            })
            .filter(household::Column::Id.eq(home.id))
            .filter(household::Column::RepresentativeId.is_null())
            .exec(txn)
            .await?;
    }
    let after = new.household.map(|household| format!("household:{household}"));
    record_in_txn(hall, txn, "person_admit", format!("person:{}", row.id), after).await?;
    Ok(PersonId(row.id))
}

/// Gives a person a role for a place, until a point in time or open-ended.
///
/// # Errors
/// [`Error::NotFound`] when there is no such person, or the place isn't in their community.
pub async fn role_grant(
    hall: &Hall,
    person: PersonId,
    role: Role,
    scope: Scope,
    until: Option<Timestamp>,
) -> Result<RoleGrantId> {
    let txn = hall.db.begin().await?;
    let holder = person::Entity::find_by_id(person.0).one(&txn).await?.ok_or(Error::NotFound)?;
    if community_of(&txn, scope).await? != Some(holder.community_id) {
        return Err(Error::NotFound);
    }
    let row = role_grant::ActiveModel {
        person_id: Set(person.0),
        role: Set(role.as_str().to_owned()),
        scope_kind: Set(scope.kind().as_str().to_owned()),
        scope_place: Set(scope.place()),
        granted_at: Set(hall.now().0),
        granted_by: Set(None),
        until: Set(until.map(|until| until.0)),
        ..Default::default()
    }
    .insert(&txn)
    .await?;
    let after = format!("{} {}:{}", role.as_str(), scope.kind().as_str(), scope.place());
    record_in_txn(hall, &txn, "role_grant", format!("person:{person}"), Some(after)).await?;
    txn.commit().await?;
    Ok(RoleGrantId(row.id))
}

/// A sign-in name as it is kept and looked up: trimmed, lower case, and with the full-width letters
/// and digits of a Chinese keyboard made plain.
#[must_use]
pub fn sign_in_name(typed: &str) -> String {
    let plain = |c: char| match u32::from(c) {
        wide @ 0xFF01..=0xFF5E => char::from_u32(wide - 0xFEE0).unwrap_or(c),
        _ => c,
    };
    let seen = typed.trim().chars().filter(|c| !c.is_control());
    seen.map(plain).collect::<String>().to_lowercase()
}

/// Holds the person who signs in by the name that was typed.
///
/// # Errors
/// [`Error::NotFound`] when nobody does.
pub(crate) async fn person_named_in_txn(
    txn: &DatabaseTransaction,
    typed: &str,
) -> Result<person::Model> {
    person::Entity::find()
        .filter(person::Column::SignInName.eq(sign_in_name(typed)))
        .lock_exclusive()
        .one(txn)
        .await?
        .ok_or(Error::NotFound)
}

/// A new sign-in name: letters of any script, digits, and `- _ . @ +`.
pub(crate) fn sign_in_name_checked(typed: &str) -> Result<String, Problem> {
    let name = sign_in_name(typed);
    let len = count(&name);
    match len {
        0 => Err(Problem::Text(TextError::Empty)),
        _ if len < NAME_MIN => Err(Problem::Text(TextError::TooShort { len, min: NAME_MIN })),
        _ if len > NAME_MAX => Err(Problem::Text(TextError::TooLong { len, max: NAME_MAX })),
        _ if name.chars().all(|c| c.is_alphanumeric() || "-_.@+".contains(c)) => Ok(name),
        _ => Err(Problem::Unknown),
    }
}

/// A place's name or a room as it is kept: on one line, at most 30 characters.
pub(crate) fn place_name(typed: &str) -> Result<String, TextError> {
    let name = domain::text::clean(typed).split_whitespace().collect::<Vec<_>>().join(" ");
    match count(&name) {
        0 => Err(TextError::Empty),
        len if len > PLACE_MAX => Err(TextError::TooLong { len, max: PLACE_MAX }),
        _ => Ok(name),
    }
}

async fn household_of(
    txn: &DatabaseTransaction,
    community: CommunityId,
    id: HouseholdId,
) -> Result<household::Model> {
    let row = household::Entity::find_by_id(id.0).one(txn).await?.ok_or(Error::NotFound)?;
    let scope = Scope::Entrance(EntranceId(row.entrance_id));
    if community_of(txn, scope).await? == Some(community.0) {
        Ok(row)
    } else {
        Err(Error::NotFound)
    }
}

pub(crate) async fn community_of(db: &impl ConnectionTrait, scope: Scope) -> Result<Option<i64>> {
    let courtyard = match scope {
        Scope::Community(id) => {
            return Ok(community::Entity::find_by_id(id.0).one(db).await?.map(|row| row.id));
        }
        Scope::Courtyard(id) => id.0,
        Scope::Entrance(id) => match entrance::Entity::find_by_id(id.0).one(db).await? {
            Some(row) => row.courtyard_id,
            None => return Ok(None),
        },
    };
    let row = courtyard::Entity::find_by_id(courtyard).one(db).await?;
    Ok(row.map(|row| row.community_id))
}

fn taken(error: DbErr) -> Error {
    if Error::is_duplicate(&error) { Refusal::NameTaken.into() } else { error.into() }
}

async fn record_in_txn(
    hall: &Hall,
    txn: &DatabaseTransaction,
    action: &str,
    subject: String,
    after: Option<String>,
) -> Result<()> {
    let record = Record {
        actor: "operator".to_owned(),
        action: action.to_owned(),
        subject,
        after,
        ..Record::default()
    };
    append_in_txn(txn, hall.now(), record).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_kept_as_they_are_looked_up() {
        for (typed, kept) in [
            ("  LiuGuilan ", Ok("liuguilan")),
            ("ｌｉｕ１３８", Ok("liu138")),
            ("刘桂兰", Ok("刘桂兰")),
            ("guilan@example.org", Ok("guilan@example.org")),
            ("", Err(Problem::Text(TextError::Empty))),
            ("兰", Err(Problem::Text(TextError::TooShort { len: 1, min: 2 }))),
            ("liu guilan", Err(Problem::Unknown)),
            ("liu<b>", Err(Problem::Unknown)),
        ] {
            assert_eq!(sign_in_name_checked(typed), kept.map(str::to_owned), "{typed}");
        }
        assert!(sign_in_name_checked(&"a".repeat(41)).is_err());
    }
}
