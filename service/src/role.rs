//! Giving roles and ending them.
//!
//! Every change of a community's roles holds the community's row until it commits: two heads who end
//! each other at the same instant come one after the other, and the second finds the last head.

use domain::ids::{CommunityId, CourtyardId, EntranceId, PersonId, RoleGrantId};
use domain::permission::{Action, Target, permit};
use domain::place::{Scope, ScopeKind};
use domain::role::{Actor, Role};
use domain::role_rule::{Held, RoleRefusal, head_stays, may_give};
use domain::text::Reason;
use domain::time::Timestamp;
use entities::{community, person, role_grant};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, EntityTrait,
    IntoActiveModel, JoinType, QueryFilter, QuerySelect, RelationDef, Set,
};

use crate::audit::{Record, append_in_txn};
use crate::error::{Error, Problem, Problems, Refusal, Result};
use crate::hall::Hall;
use crate::setup::community_of;

/// The form that gives a role.
#[derive(Debug, Clone, Default)]
pub struct RoleForm {
    /// [`Role`] by its name.
    pub role: String,
    /// `entrance:12`, `courtyard:3` or `community:1`.
    pub place: String,
    /// The last day, `2027-06-30`; empty when it has no end.
    pub until: String,
}

/// Gives somebody a role.
///
/// # Errors
/// [`Error::Denied`] but for the committee's head with a fresh second factor; [`Error::Invalid`] with
/// the fields `role`, `place`, `until`; [`Error::NotFound`] when person or place are another
/// community's; [`Refusal::Role`] when the rules of [`domain::role_rule`] say no.
pub async fn role_give(
    hall: &Hall,
    actor: &Actor,
    person: PersonId,
    form: &RoleForm,
) -> Result<RoleGrantId> {
    permit(Some(actor), Action::RoleGive, &Target::community(actor.community))?;
    let (role, scope, until) = read(form)?;
    let now = hall.now();
    let txn = hall.db.begin().await?;
    hold_in_txn(&txn, actor.community).await?;
    let holder = person::Entity::find_by_id(person.0)
        .filter(person::Column::CommunityId.eq(actor.community.0))
        .filter(person::Column::ClosedAt.is_null())
        .one(&txn)
        .await?
        .ok_or(Error::NotFound)?;
    if community_of(&txn, scope).await? != Some(actor.community.0) {
        return Err(Error::NotFound);
    }
    let mut has = Vec::new();
    for grant in live(now).filter(role_grant::Column::PersonId.eq(holder.id)).all(&txn).await? {
        let same = grant.scope_kind == scope.kind().as_str() && grant.scope_place == scope.place();
        has.push((role_of(&grant)?, same));
    }
    let new = Held { person, role, until };
    may_give(actor.person, &new, scope.kind(), &has, now).map_err(Refusal::Role)?;
    let row = role_grant::ActiveModel {
        person_id: Set(person.0),
        role: Set(role.as_str().to_owned()),
        scope_kind: Set(scope.kind().as_str().to_owned()),
        scope_place: Set(scope.place()),
        granted_at: Set(now.0),
        granted_by: Set(Some(actor.person.0)),
        until: Set(until.map(|until| until.0)),
        ..Default::default()
    }
    .insert(&txn)
    .await?;
    let record = Record {
        actor: actor.audit_name(),
        action: "role_give".to_owned(),
        subject: format!("person:{person}"),
        after: Some(format!("{} {}", said(role, scope), until_text(until))),
        ..Record::default()
    };
    append_in_txn(&txn, now, record).await?;
    txn.commit().await?;
    Ok(RoleGrantId(row.id))
}

/// Ends a role: the head anybody's, with a reason, and everybody their own. Why somebody gives up their own
/// is about themselves: it is neither asked nor kept.
///
/// # Errors
/// [`Error::Denied`] for others; [`Error::NotFound`] in another community; [`Error::Invalid`] with the
/// field `reason` but for one's own; [`Refusal::Role`] for the last head, or when it is over already.
pub async fn role_end(hall: &Hall, actor: &Actor, grant: RoleGrantId, reason: &str) -> Result<()> {
    let txn = hall.db.begin().await?;
    hold_in_txn(&txn, actor.community).await?;
    let found = role_grant::Entity::find_by_id(grant.0).one(&txn).await?.ok_or(Error::NotFound)?;
    person::Entity::find_by_id(found.person_id)
        .filter(person::Column::CommunityId.eq(actor.community.0))
        .one(&txn)
        .await?
        .ok_or(Error::NotFound)?;
    let own = found.person_id == actor.person.0 && actor.through.is_none();
    let action = if own { Action::AccountOwn } else { Action::RoleGive };
    permit(Some(actor), action, &Target::community(actor.community))?;
    let reason = if own {
        None
    } else {
        let reason = Reason::parse(reason);
        Some(reason.map_err(|error| Error::field("reason", Problem::Text(error)))?)
    };
    end_in_txn(hall, &txn, actor, found, reason.as_ref().map(Reason::as_str)).await?;
    txn.commit().await?;
    Ok(())
}

/// Ends a role inside a transaction that holds the community.
async fn end_in_txn(
    hall: &Hall,
    txn: &DatabaseTransaction,
    actor: &Actor,
    grant: role_grant::Model,
    reason: Option<&str>,
) -> Result<()> {
    let now = hall.now();
    if grant.until.is_some_and(|until| until <= now.0) {
        return Err(Refusal::Role(RoleRefusal::Over).into());
    }
    let ends = held(&grant)?;
    head_stays(&heads_in_txn(txn, actor.community, now).await?, &ends).map_err(Refusal::Role)?;
    let role = ends.role;
    let scope = scope_of(&grant)?;
    let subject = format!("person:{}", grant.person_id);
    let before = format!("{} {}", said(role, scope), until_text(ends.until));
    let mut changed = grant.into_active_model();
    changed.until = Set(Some(now.0));
    changed.ended_by = Set(Some(actor.person.0));
    changed.update(txn).await?;
    let record = Record {
        actor: actor.audit_name(),
        action: "role_end".to_owned(),
        subject,
        before: Some(before),
        after: None,
        reason: reason.map(str::to_owned),
    };
    append_in_txn(txn, now, record).await?;
    Ok(())
}

/// Ends whatever 楼门长 roles people hold: they live there no more. Gives how many.
pub(crate) async fn leads_end_in_txn(
    hall: &Hall,
    txn: &DatabaseTransaction,
    actor: &Actor,
    people: &[i64],
) -> Result<u64> {
    let now = hall.now().0;
    let open = role_grant::Column::Until.is_null();
    let ended = role_grant::Entity::update_many()
        .set(role_grant::ActiveModel {
            until: Set(Some(now)),
            ended_by: Set(Some(actor.person.0)),
            ..Default::default()
        })
        .filter(role_grant::Column::PersonId.is_in(people.iter().copied()))
        .filter(role_grant::Column::Role.eq(Role::EntranceLead.as_str()))
        .filter(Condition::any().add(open).add(role_grant::Column::Until.gt(now)))
        .exec(txn)
        .await?;
    Ok(ended.rows_affected)
}

/// Whether the community has a lasting head without `person`: asked before an account is closed.
/// Holds the community's row.
///
/// # Errors
/// [`Refusal::Role`] with [`RoleRefusal::LastHead`].
pub(crate) async fn heads_without_in_txn(
    txn: &DatabaseTransaction,
    community: CommunityId,
    person: PersonId,
    now: Timestamp,
) -> Result<()> {
    hold_in_txn(txn, community).await?;
    let heads = heads_in_txn(txn, community, now).await?;
    for ends in heads.iter().filter(|held| held.person == person) {
        head_stays(&heads, ends).map_err(Refusal::Role)?;
    }
    Ok(())
}

async fn hold_in_txn(txn: &DatabaseTransaction, community: CommunityId) -> Result<()> {
    let row = community::Entity::find_by_id(community.0).lock_exclusive().one(txn).await?;
    row.map(|_| ()).ok_or(Error::NotFound)
}

async fn heads_in_txn(
    txn: &impl ConnectionTrait,
    community: CommunityId,
    now: Timestamp,
) -> Result<Vec<Held>> {
    let to_person: RelationDef = role_grant::Entity::belongs_to(person::Entity)
        .from(role_grant::Column::PersonId)
        .to(person::Column::Id)
        .into();
    let rows = live(now)
        .join(JoinType::InnerJoin, to_person)
        .filter(person::Column::CommunityId.eq(community.0))
        .filter(role_grant::Column::Role.eq(Role::CommitteeHead.as_str()))
        .all(txn)
        .await?;
    rows.iter().map(held).collect()
}

/// Roles in force at `now`.
pub(crate) fn live(now: Timestamp) -> sea_orm::Select<role_grant::Entity> {
    let open = role_grant::Column::Until.is_null();
    role_grant::Entity::find()
        .filter(Condition::any().add(open).add(role_grant::Column::Until.gt(now.0)))
}

fn held(grant: &role_grant::Model) -> Result<Held> {
    Ok(Held {
        person: PersonId(grant.person_id),
        role: role_of(grant)?,
        until: grant.until.map(Timestamp),
    })
}

fn role_of(grant: &role_grant::Model) -> Result<Role> {
    Role::from_name(&grant.role).ok_or_else(|| Error::unknown("role", &grant.role))
}

fn scope_of(grant: &role_grant::Model) -> Result<Scope> {
    let kind = ScopeKind::from_name(&grant.scope_kind)
        .ok_or_else(|| Error::unknown("scope", &grant.scope_kind))?;
    Ok(Scope::from_parts(kind, grant.scope_place))
}

fn read(form: &RoleForm) -> Result<(Role, Scope, Option<Timestamp>)> {
    let mut problems = Problems::default();
    let role = problems.choice("role", &form.role, Role::from_name);
    let scope = problems.choice("place", &form.place, read_place);
    let until = match form.until.trim() {
        "" => Some(None),
        day => match crate::desk::parse_day(day) {
            Some(date) => Some(Some(Timestamp::end_of(date))),
            None => {
                problems.note("until", Problem::Date);
                None
            }
        },
    };
    problems.values((|| Some((role?, scope?, until?)))())
}

fn read_place(text: &str) -> Option<Scope> {
    let (kind, id) = text.split_once(':')?;
    let id = id.parse().ok()?;
    Some(match ScopeKind::from_name(kind)? {
        ScopeKind::Entrance => Scope::Entrance(EntranceId(id)),
        ScopeKind::Courtyard => Scope::Courtyard(CourtyardId(id)),
        ScopeKind::Community => Scope::Community(CommunityId(id)),
    })
}

fn said(role: Role, scope: Scope) -> String {
    format!("{} {}:{}", role.as_str(), scope.kind().as_str(), scope.place())
}

fn until_text(until: Option<Timestamp>) -> String {
    until.map_or_else(|| "open-ended".to_owned(), |until| format!("until {}", until.local_date()))
}
