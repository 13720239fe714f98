//! The committee's list of people, and who holds which role: never a room, a real name or a telephone
//! number.

use std::collections::HashMap;

use domain::ids::{PersonId, RoleGrantId};
use domain::place::{Scope, ScopeKind};
use domain::role::{Actor, Role};
use domain::time::Timestamp;
use sea_orm::{FromQueryResult, Statement, Value};

use crate::error::{Error, Result};
use crate::hall::Hall;
use crate::views::desk::desk_permit;

/// People of a page.
const PAGE: usize = 30;

/// Whom the list shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PeopleFilter {
    /// Part of the nickname, or the beginning of a sign-in name that is no mail address; empty for all.
    pub text: String,
    /// People of this courtyard alone.
    pub courtyard: Option<i64>,
    /// The last row of the page before.
    pub before: Option<i64>,
}

/// A page of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct People {
    /// The people, who came last first.
    pub rows: Vec<PersonRow>,
    /// The cursor of the next page.
    pub next: Option<i64>,
}

/// A person as the committee sees them without a look at the roll.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonRow {
    /// Row.
    pub id: PersonId,
    /// What neighbours see.
    pub nickname: String,
    /// What they sign in with; none where it is a mail address, which only a look shows.
    pub sign_in_name: Option<String>,
    /// 小院 and 楼门; none without a household.
    pub home: Option<(String, String)>,
    /// How they were admitted: `slip`, `household`, `vouch`, `counter` or `operator`.
    pub came_by: String,
    /// When the account was made.
    pub came_at: Timestamp,
    /// Whether they can sign in at all: not so for those without a telephone.
    pub signs_in: bool,
    /// Whether mail reaches them.
    pub has_email: bool,
    /// Whether they have a second factor.
    pub has_factor: bool,
    /// 代办人.
    pub helper: Option<String>,
    /// Roles in force.
    pub roles: Vec<GrantRow>,
}

/// A role as lists show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GrantRow {
    /// Row.
    pub id: RoleGrantId,
    /// Holder.
    pub person: PersonId,
    /// Holder's nickname; empty when the account is closed.
    pub nickname: String,
    /// Role.
    pub role: Role,
    /// For which place.
    pub scope: Scope,
    /// Its name; none for the whole community.
    pub place: Option<String>,
    /// Since when.
    pub since: Timestamp,
    /// Until when.
    pub until: Option<Timestamp>,
}

#[derive(Debug, FromQueryResult)]
struct PersonLine {
    id: i64,
    nickname: String,
    sign_in_name: Option<String>,
    courtyard: Option<String>,
    entrance: Option<String>,
    came_by: String,
    created_at: i64,
    signs_in: i64,
    has_email: i64,
    has_factor: i64,
    helper: Option<String>,
}

#[derive(Debug, FromQueryResult)]
struct GrantLine {
    id: i64,
    person_id: i64,
    nickname: String,
    role: String,
    scope_kind: String,
    scope_place: i64,
    entrance: Option<String>,
    entrance_yard: Option<String>,
    courtyard: Option<String>,
    granted_at: i64,
    until: Option<i64>,
}

const PERSON: &str = "SELECT p.id, p.nickname, \
   CASE WHEN p.sign_in_name LIKE '%@%' THEN NULL ELSE p.sign_in_name END AS sign_in_name, \
   c.name AS courtyard, \
   e.name AS entrance, p.came_by, p.created_at, \
   CAST(CASE WHEN p.sign_in_name LIKE 'no-phone-%' THEN 0 ELSE 1 END AS BIGINT) AS signs_in, \
   CAST(CASE WHEN p.email IS NULL THEN 0 ELSE 1 END AS BIGINT) AS has_email, \
   CAST(CASE WHEN EXISTS (SELECT 1 FROM totp t WHERE t.person_id = p.id AND t.confirmed_at IS NOT NULL) \
     OR EXISTS (SELECT 1 FROM passkey k WHERE k.person_id = p.id) THEN 1 ELSE 0 END AS BIGINT) AS has_factor, \
   q.nickname AS helper \
 FROM person p LEFT JOIN household h ON h.id = p.household_id \
   LEFT JOIN entrance e ON e.id = h.entrance_id LEFT JOIN courtyard c ON c.id = e.courtyard_id \
   LEFT JOIN person q ON q.id = p.helper_id \
 WHERE p.community_id = $1 AND p.closed_at IS NULL";

const GRANT: &str = "SELECT g.id, g.person_id, p.nickname, g.role, g.scope_kind, g.scope_place, \
   e.name AS entrance, ec.name AS entrance_yard, c.name AS courtyard, g.granted_at, g.until \
 FROM role_grant g JOIN person p ON p.id = g.person_id \
   LEFT JOIN entrance e ON g.scope_kind = 'entrance' AND e.id = g.scope_place \
   LEFT JOIN courtyard ec ON ec.id = e.courtyard_id \
   LEFT JOIN courtyard c ON g.scope_kind = 'courtyard' AND c.id = g.scope_place \
 WHERE p.community_id = $1";

/// A page of the community's people. Two statements.
///
/// # Errors
/// [`Error::NotFound`] for those who may not see the desk.
pub async fn people(hall: &Hall, actor: Option<&Actor>, filter: &PeopleFilter) -> Result<People> {
    let actor = desk_permit(actor)?;
    let mut sql = format!("{PERSON} AND p.id < $2");
    let mut values: Vec<Value> =
        vec![actor.community.0.into(), filter.before.unwrap_or(i64::MAX).into()];
    let text = filter.text.trim();
    if !text.is_empty() {
        values.push(format!("%{}%", escaped(text)).into());
        values.push(format!("{}%", escaped(&crate::setup::sign_in_name(text))).into());
        sql.push_str(
            " AND (p.nickname LIKE $3 ESCAPE '!' \
               OR (p.sign_in_name LIKE $4 ESCAPE '!' AND p.sign_in_name NOT LIKE '%@%'))",
        );
    }
    if let Some(courtyard) = filter.courtyard {
        values.push(courtyard.into());
        sql.push_str(&format!(" AND c.id = ${}", values.len()));
    }
    sql.push_str(&format!(" ORDER BY p.id DESC LIMIT {}", PAGE + 1));
    let mut lines = person_lines(hall, sql, values).await?;
    let more = lines.len() > PAGE;
    lines.truncate(PAGE);
    let next = lines.last().filter(|_| more).map(|line| line.id);
    let rows = with_roles(hall, actor, lines).await?;
    Ok(People { rows, next })
}

/// One person of the community. Two statements.
///
/// # Errors
/// [`Error::NotFound`] when there is none, or for those who may not see the desk.
pub async fn person(hall: &Hall, actor: Option<&Actor>, id: PersonId) -> Result<PersonRow> {
    let actor = desk_permit(actor)?;
    let values = vec![actor.community.0.into(), id.0.into()];
    let lines = person_lines(hall, format!("{PERSON} AND p.id = $2"), values).await?;
    with_roles(hall, actor, lines).await?.pop().ok_or(Error::NotFound)
}

/// Roles in force in a community, by role and place. One statement.
///
/// # Errors
/// [`Error::Db`] when the database fails.
pub async fn roles_held(hall: &Hall, community: domain::ids::CommunityId) -> Result<Vec<GrantRow>> {
    let sql = format!(
        "{GRANT} AND (g.until IS NULL OR g.until > $2) ORDER BY g.role, g.scope_kind, g.scope_place, g.id"
    );
    grants(hall, sql, vec![community.0.into(), hall.now().0.into()]).await
}

/// The roles that ended last, the newest first: at most a page. One statement.
///
/// # Errors
/// [`Error::NotFound`] for those who may not see the desk.
pub async fn roles_ended(hall: &Hall, actor: Option<&Actor>) -> Result<Vec<GrantRow>> {
    let actor = desk_permit(actor)?;
    let sql = format!("{GRANT} AND g.until <= $2 ORDER BY g.until DESC, g.id DESC LIMIT {PAGE}");
    grants(hall, sql, vec![actor.community.0.into(), hall.now().0.into()]).await
}

async fn person_lines(hall: &Hall, sql: String, values: Vec<Value>) -> Result<Vec<PersonLine>> {
    let statement = Statement::from_sql_and_values(hall.db.backend(), sql, values);
    Ok(PersonLine::find_by_statement(statement).all(hall.db.read()).await?)
}

async fn with_roles(hall: &Hall, actor: &Actor, lines: Vec<PersonLine>) -> Result<Vec<PersonRow>> {
    if lines.is_empty() {
        return Ok(Vec::new());
    }
    // Numbers from our own rows: nothing typed gets into the text of the statement.
    let ids: Vec<_> = lines.iter().map(|line| line.id.to_string()).collect();
    let sql = format!(
        "{GRANT} AND (g.until IS NULL OR g.until > $2) AND g.person_id IN ({}) ORDER BY g.id",
        ids.join(",")
    );
    let mut held: HashMap<i64, Vec<GrantRow>> = HashMap::new();
    for grant in grants(hall, sql, vec![actor.community.0.into(), hall.now().0.into()]).await? {
        held.entry(grant.person.0).or_default().push(grant);
    }
    let row = |line: PersonLine| PersonRow {
        roles: held.remove(&line.id).unwrap_or_default(),
        id: PersonId(line.id),
        nickname: line.nickname,
        sign_in_name: line.sign_in_name,
        home: line.courtyard.zip(line.entrance),
        came_by: line.came_by,
        came_at: Timestamp(line.created_at),
        signs_in: line.signs_in == 1,
        has_email: line.has_email == 1,
        has_factor: line.has_factor == 1,
        helper: line.helper,
    };
    Ok(lines.into_iter().map(row).collect())
}

async fn grants(hall: &Hall, sql: String, values: Vec<Value>) -> Result<Vec<GrantRow>> {
    let statement = Statement::from_sql_and_values(hall.db.backend(), sql, values);
    let lines = GrantLine::find_by_statement(statement).all(hall.db.read()).await?;
    lines.into_iter().map(grant).collect()
}

fn grant(line: GrantLine) -> Result<GrantRow> {
    let role = Role::from_name(&line.role).ok_or_else(|| Error::unknown("role", &line.role))?;
    let kind = ScopeKind::from_name(&line.scope_kind)
        .ok_or_else(|| Error::unknown("scope", &line.scope_kind))?;
    let entrance = line.entrance_yard.zip(line.entrance);
    let place = line.courtyard.or_else(|| entrance.map(|(yard, door)| format!("{yard}{door}")));
    Ok(GrantRow {
        id: RoleGrantId(line.id),
        person: PersonId(line.person_id),
        nickname: line.nickname,
        role,
        scope: Scope::from_parts(kind, line.scope_place),
        place,
        since: Timestamp(line.granted_at),
        until: line.until.map(Timestamp),
    })
}

/// What a person typed, without the signs that LIKE reads as its own.
fn escaped(text: &str) -> String {
    text.replace('!', "!!").replace('%', "!%").replace('_', "!_")
}
