//! Who is signed in: a person as the rules and the pages see them.

use domain::ids::{CommunityId, CourtyardId, EntranceId, HouseholdId, PersonId};
use domain::place::{Address, Scope, ScopeKind};
use domain::role::{Actor, Role, RoleGrant};
use domain::time::Timestamp;
use entities::{courtyard, entrance, household, person, role_grant};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, JoinType, QueryFilter,
    QuerySelect,
};

use crate::error::{Error, Result};
use crate::joins::{entrance_to_courtyard, household_to_entrance};

/// A signed-in person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedIn {
    /// As the rules see them.
    pub actor: Actor,
    /// The name that others see.
    pub nickname: String,
    /// The sign-in name.
    pub sign_in_name: String,
    /// Where notices go.
    pub email: Option<String>,
    /// Whether they have a password.
    pub has_password: bool,
    /// 小院 and 楼门 of the household, as shown; never the room.
    pub home: Option<HomeNames>,
    /// Whether this person casts the household's vote.
    pub represents_household: bool,
    /// The helper (代办人) who acts as this person at present: the name that others see.
    pub helper: Option<String>,
    /// When their visit before this one ended: what came after it is new to them.
    pub visit_at: Option<Timestamp>,
}

/// How neighbours see somebody: 昵称, or 楼门 and 昵称, never the room; nothing but that they are gone once
/// the account was closed. The one place where a name to be shown is put together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ShownName {
    /// As they want to be seen.
    Name(String),
    /// 已注销居民
    Closed,
}

impl ShownName {
    /// The name; nothing for a closed account.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Name(name) => Some(name),
            Self::Closed => None,
        }
    }
}

/// The name to be shown, from `person.nickname`, `person.shown_as` and the name of the entrance, if any.
#[must_use]
pub fn shown_name(nickname: String, shown_as: &str, entrance: Option<&str>) -> ShownName {
    if nickname.is_empty() {
        return ShownName::Closed;
    }
    ShownName::Name(match entrance {
        Some(entrance) if shown_as == SHOWN_WITH_ENTRANCE => format!("{entrance} {nickname}"),
        _ => nickname,
    })
}

/// `person.shown_as` of those who are seen with their entrance.
pub const SHOWN_WITH_ENTRANCE: &str = "entrance";

/// Names of the places around a household.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HomeNames {
    /// 小院.
    pub courtyard: String,
    /// 楼门.
    pub entrance: String,
}

#[derive(Debug, FromQueryResult)]
struct Home {
    household_id: i64,
    representative_id: Option<i64>,
    entrance_id: i64,
    entrance_name: String,
    courtyard_id: i64,
    courtyard_name: String,
    community_id: i64,
}

/// Loads a person with home and the roles held at `now`.
///
/// # Errors
/// [`Error::NotFound`] when there is no such person.
pub async fn load(db: &impl ConnectionTrait, id: PersonId, now: Timestamp) -> Result<SignedIn> {
    let row = person::Entity::find_by_id(id.0).one(db).await?.ok_or(Error::NotFound)?;
    load_row(db, row, now).await
}

/// The same from a row at hand.
///
/// # Errors
/// [`Error::Broken`] when a stored role can't be read.
pub async fn load_row(
    db: &impl ConnectionTrait,
    row: person::Model,
    now: Timestamp,
) -> Result<SignedIn> {
    let home = match row.household_id {
        Some(household) => find_home(db, household).await?,
        None => None,
    };
    let grants = role_grant::Entity::find()
        .filter(role_grant::Column::PersonId.eq(row.id))
        .filter(
            Condition::any()
                .add(role_grant::Column::Until.is_null())
                .add(role_grant::Column::Until.gt(now.0)),
        )
        .all(db)
        .await?;
    let roles = grants.iter().map(read_grant).collect::<Result<Vec<_>>>()?;
    let address = home.as_ref().map(|home| Address {
        household: HouseholdId(home.household_id),
        entrance: EntranceId(home.entrance_id),
        courtyard: CourtyardId(home.courtyard_id),
        community: CommunityId(home.community_id),
    });
    let represents = home.as_ref().is_some_and(|home| home.representative_id == Some(row.id));
    Ok(SignedIn {
        has_password: row.password_hash.is_some(),
        actor: Actor {
            person: PersonId(row.id),
            community: CommunityId(row.community_id),
            home: address,
            roles,
            duty_waits: false,
            stepped_up: false,
            consented: domain::consent::stands(row.consent_version),
            through: None,
        },
        nickname: row.nickname,
        sign_in_name: row.sign_in_name,
        email: row.email,
        home: home
            .map(|home| HomeNames { courtyard: home.courtyard_name, entrance: home.entrance_name }),
        represents_household: represents,
        helper: None,
        visit_at: row.visit_at.map(Timestamp),
    })
}

fn read_grant(grant: &role_grant::Model) -> Result<RoleGrant> {
    let role = Role::from_name(&grant.role).ok_or_else(|| Error::unknown("role", &grant.role))?;
    let kind = ScopeKind::from_name(&grant.scope_kind)
        .ok_or_else(|| Error::unknown("scope", &grant.scope_kind))?;
    Ok(RoleGrant { role, scope: Scope::from_parts(kind, grant.scope_place) })
}

async fn find_home(db: &impl ConnectionTrait, household_id: i64) -> Result<Option<Home>> {
    let home = household::Entity::find_by_id(household_id)
        .filter(household::Column::EndedAt.is_null())
        .select_only()
        .column_as(household::Column::Id, "household_id")
        .column(household::Column::RepresentativeId)
        .column_as(entrance::Column::Id, "entrance_id")
        .column_as(entrance::Column::Name, "entrance_name")
        .column_as(courtyard::Column::Id, "courtyard_id")
        .column_as(courtyard::Column::Name, "courtyard_name")
        .column(courtyard::Column::CommunityId)
        .join(JoinType::InnerJoin, household_to_entrance())
        .join(JoinType::InnerJoin, entrance_to_courtyard())
        .into_model::<Home>()
        .one(db)
        .await?;
    Ok(home)
}
