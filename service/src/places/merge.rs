//! Merging an entrance into another: whatever hangs on it goes along.

use domain::ids::{CourtyardId, EntranceId};
use domain::place::ScopeKind;
use domain::role::Actor;
use entities::{entrance, household, join_request, proposal, role_grant, unit};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, JoinType,
    PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, RelationDef, Set,
};
use serde_json::json;

use super::ground::{
    Changed, OVER, PLACE_LOCK, Place, WAITING, courtyard_in_txn, held, hold_households_in_txn,
    hold_matters_in_txn, hold_requests_in_txn, may_change, no_ballot_in_txn, note_in_txn,
    reason_of, record_in_txn,
};
use super::roll::rooms_clash;
use crate::error::{Error, Problem, Problems, Result};
use crate::hall::Hall;

/// Merges an entrance into another of its courtyard: households, units, roles held for it, waiting requests
/// and the matters that aren't over go along, and it ends. Slips stay good: they hang on the household.
///
/// # Errors
/// [`Error::Denied`] for others than the committee; [`Error::NotFound`] when there is no such entrance or it
/// ended; [`Error::Invalid`] with the fields `into`, unless it is the row of another entrance of the
/// courtyard, and `reason`; [`Refusal::PlaceInUse`](crate::Refusal::PlaceInUse) while a ballot of one of the
/// two is open; [`Refusal::RoomsClash`](crate::Refusal::RoomsClash) with the rooms that both have, which is
/// recorded as a look.
pub async fn entrance_merge(
    hall: &Hall,
    actor: &Actor,
    from: EntranceId,
    into: &str,
    reason: &str,
) -> Result<EntranceId> {
    may_change(actor)?;
    let mut problems = Problems::default();
    let into = problems.choice("into", into.trim(), |text| text.parse::<i64>().ok());
    let reason = reason_of(&mut problems, reason);

    let txn = hall.db.begin().await?;
    let around = entrance::Entity::find_by_id(from.0).one(&txn).await?.ok_or(Error::NotFound)?;
    courtyard_in_txn(&txn, actor.community, CourtyardId(around.courtyard_id)).await?;
    let rows = entrance::Entity::find()
        .filter(entrance::Column::Id.is_in([Some(from.0), into].into_iter().flatten()))
        .filter(entrance::Column::EndedAt.is_null())
        .order_by_asc(entrance::Column::Id)
        .lock(PLACE_LOCK)
        .all(&txn)
        .await?;
    let row = |id: i64| rows.iter().find(|row| row.id == id).cloned();
    let from = row(from.0).ok_or(Error::NotFound)?;
    let (into, reason) = problems.values(into.zip(reason))?;
    let into = row(into)
        .filter(|into| into.id != from.id && into.courtyard_id == from.courtyard_id)
        .ok_or_else(|| Error::field("into", Problem::Unknown))?;
    let places = [from.id, into.id].map(|id| Place::Entrance(EntranceId(id)));
    hold_matters_in_txn(&txn, &places).await?;
    no_ballot_in_txn(&txn, &places).await?;
    hold_households_in_txn(&txn, from.id).await?;
    hold_requests_in_txn(&txn, from.id).await?;
    let both = rooms_of_both(&txn, from.id, into.id).await?;
    if !both.is_empty() {
        txn.rollback().await?;
        return Err(rooms_clash(hall, actor, EntranceId(from.id), both).await?);
    }

    let moved = move_all_in_txn(&txn, from.id, into.id).await?;
    let roles = roles_follow_in_txn(hall, &txn, actor, from.id, into.id).await?;
    let (before, after, target) = (from.name.clone(), into.name.clone(), EntranceId(into.id));
    let mut ended = from.into_active_model();
    ended.ended_at = Set(Some(hall.now().0));
    ended.update(&txn).await?;
    let change = Changed {
        other: Some(into.id),
        before: Some(before),
        after: Some(after),
        households: moved.households,
        reason,
        ..Changed::new("merge", places[0])
    };
    note_in_txn(hall, &txn, actor, change).await?;
    let facts = json!({
        "into": target,
        "households": moved.households,
        "units": moved.units,
        "requests": moved.requests,
        "matters": moved.matters,
        "roles": roles,
    });
    let facts = Some(facts.to_string());
    record_in_txn(hall, &txn, actor, "entrance_merge", places[0], None, facts).await?;
    txn.commit().await?;
    Ok(target)
}

/// Rooms that both entrances have, as households that live there or as units.
async fn rooms_of_both(txn: &DatabaseTransaction, from: i64, into: i64) -> Result<Vec<String>> {
    // The names of the second entrance's rows in the joins below.
    let other = "other";
    let same_room: RelationDef = household::Entity::belongs_to(household::Entity)
        .from(household::Column::Room)
        .to(household::Column::Room)
        .into();
    let mut rooms: Vec<String> = household::Entity::find()
        .select_only()
        .column(household::Column::Room)
        .join_as(JoinType::InnerJoin, same_room, other)
        .filter(household::Column::EntranceId.eq(from))
        .filter(Expr::col((other, household::Column::EntranceId)).eq(into))
        .into_tuple()
        .all(txn)
        .await?;
    let same_room: RelationDef = unit::Entity::belongs_to(unit::Entity)
        .from(unit::Column::Room)
        .to(unit::Column::Room)
        .into();
    let units: Vec<String> = unit::Entity::find()
        .select_only()
        .column(unit::Column::Room)
        .join_as(JoinType::InnerJoin, same_room, other)
        .filter(unit::Column::EntranceId.eq(from))
        .filter(Expr::col((other, unit::Column::EntranceId)).eq(into))
        .into_tuple()
        .all(txn)
        .await?;
    rooms.extend(units);
    super::view::sort_rooms(&mut rooms);
    rooms.dedup();
    Ok(rooms)
}

/// How much went along.
#[derive(Debug)]
struct Moved {
    households: i64,
    units: u64,
    requests: u64,
    matters: u64,
}

async fn move_all_in_txn(txn: &DatabaseTransaction, from: i64, into: i64) -> Result<Moved> {
    let live = household::Entity::find()
        .filter(household::Column::EntranceId.eq(from))
        .filter(household::Column::EndedAt.is_null())
        .count(txn)
        .await?;
    let households = i64::try_from(live)
        .map_err(|error| Error::Broken(format!("households of an entrance: {error}")))?;
    // Those that moved out go along: the co-signs that they gave stay within the matters' scope.
    household::Entity::update_many()
        .set(household::ActiveModel { entrance_id: Set(into), ..Default::default() })
        .filter(household::Column::EntranceId.eq(from))
        .exec(txn)
        .await?;
    let units = unit::Entity::update_many()
        .set(unit::ActiveModel { entrance_id: Set(into), ..Default::default() })
        .filter(unit::Column::EntranceId.eq(from))
        .exec(txn)
        .await?;
    let requests = join_request::Entity::update_many()
        .set(join_request::ActiveModel { entrance_id: Set(into), ..Default::default() })
        .filter(join_request::Column::EntranceId.eq(from))
        .filter(join_request::Column::State.eq(WAITING))
        .exec(txn)
        .await?;
    let over = || OVER.map(|state| state.as_str());
    let next = || Expr::col(proposal::Column::Version).add(1);
    proposal::Entity::update_many()
        .col_expr(proposal::Column::EntranceId, Expr::value(into))
        .col_expr(proposal::Column::Version, next())
        .filter(proposal::Column::EntranceId.eq(from))
        .filter(proposal::Column::State.is_not_in(over()))
        .exec(txn)
        .await?;
    let matters = proposal::Entity::update_many()
        .col_expr(proposal::Column::ScopePlace, Expr::value(into))
        .col_expr(proposal::Column::Version, next())
        .filter(proposal::Column::ScopeKind.eq(ScopeKind::Entrance.as_str()))
        .filter(proposal::Column::ScopePlace.eq(from))
        .filter(proposal::Column::State.is_not_in(over()))
        .exec(txn)
        .await?;
    Ok(Moved {
        households,
        units: units.rows_affected,
        requests: requests.rows_affected,
        matters: matters.rows_affected,
    })
}

/// Roles that are held for the one are held for the other from now on, once each and for as long as the
/// longer lasted; gives the rows of those that are new.
async fn roles_follow_in_txn(
    hall: &Hall,
    txn: &DatabaseTransaction,
    actor: &Actor,
    from: i64,
    into: i64,
) -> Result<Vec<i64>> {
    let now = hall.now().0;
    let kind = ScopeKind::Entrance.as_str();
    let held_for = |place: i64| {
        role_grant::Entity::find()
            .filter(role_grant::Column::ScopeKind.eq(kind))
            .filter(role_grant::Column::ScopePlace.eq(place))
            .filter(held(now))
            .order_by_asc(role_grant::Column::Id)
            .lock_exclusive()
            .all(txn)
    };
    let mut there = held_for(into).await?;
    let lasts = |grant: &role_grant::Model| grant.until.unwrap_or(i64::MAX);
    let mut new = Vec::new();
    for grant in held_for(from).await? {
        end_in_txn(txn, &grant, actor, now).await?;
        let same = |other: &role_grant::Model| {
            other.person_id == grant.person_id && other.role == grant.role
        };
        if there.iter().any(|other| same(other) && lasts(other) >= lasts(&grant)) {
            continue;
        }
        for shorter in there.iter().filter(|other| same(other)) {
            end_in_txn(txn, shorter, actor, now).await?;
        }
        there.retain(|other| !same(other));
        let row = role_grant::ActiveModel {
            person_id: Set(grant.person_id),
            role: Set(grant.role),
            scope_kind: Set(kind.to_owned()),
            scope_place: Set(into),
            granted_at: Set(now),
            // Whoever gave it gave it; the merger moves it on.
            granted_by: Set(grant.granted_by),
            until: Set(grant.until),
            ended_by: Set(None),
            ..Default::default()
        };
        let row = row.insert(txn).await?;
        new.push(row.id);
        there.push(row);
    }
    Ok(new)
}

async fn end_in_txn(
    txn: &DatabaseTransaction,
    grant: &role_grant::Model,
    actor: &Actor,
    now: i64,
) -> Result<()> {
    let mut ended = grant.clone().into_active_model();
    ended.until = Set(Some(now));
    ended.ended_by = Set(Some(actor.person.0));
    ended.update(txn).await?;
    Ok(())
}
