//! Merging an entrance into another: whatever hangs on it goes along.

use domain::ids::{CourtyardId, EntranceId};
use domain::merging::MergeState;
use domain::place::ScopeKind;
use domain::proposal::StateName;
use domain::role::Actor;
use entities::{
    entrance, household, join_request, place_follow, proposal, proposal_merge, role_grant, unit,
};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, DatabaseTransaction, EntityTrait, IntoActiveModel,
    JoinType, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, RelationDef, Set,
};
use serde_json::json;

use super::ground::{
    Changed, OVER, PLACE_LOCK, Place, WAITING, courtyard_in_txn, held, hold_households_in_txn,
    hold_requests_in_txn, may_change, no_ballot_in_txn, note_in_txn, reason_of, record_in_txn,
};
use super::roll::rooms_clash;
use crate::error::{Error, Problem, Problems, Result};
use crate::hall::Hall;
use crate::merge::{carry_in_txn, hold_in_txn, is_target_in_txn, onward_in_txn};
use crate::proposal::accept_if_enough_in_txn;
use crate::search;

/// Merges an entrance into another of its courtyard: households, units, roles held for it, waiting requests,
/// whoever follows it and the matters that aren't over go along, and it ends; a matter that was merged is not over
/// while that can be undone. Slips stay good: they hang on the household.
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
    let matters = matters_in_txn(hall, &txn, from.id, into.id).await?;
    no_ballot_in_txn(&txn, &places).await?;
    hold_households_in_txn(&txn, from.id).await?;
    hold_requests_in_txn(&txn, from.id).await?;
    let both = rooms_of_both(&txn, from.id, into.id).await?;
    if !both.is_empty() {
        txn.rollback().await?;
        return Err(rooms_clash(hall, actor, EntranceId(from.id), both).await?);
    }

    let moved = move_all_in_txn(&txn, &matters, from.id, into.id).await?;
    follows_move_in_txn(&txn, from.id, into.id).await?;
    for id in &matters {
        matter_follows_in_txn(hall, &txn, *id).await?;
    }
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

/// Rows of the matters that lie in one of the two entrances or concern it, and aren't over for good. They are held,
/// with those that they are part of by now, the lowest first.
async fn matters_in_txn(
    hall: &Hall,
    txn: &DatabaseTransaction,
    from: i64,
    into: i64,
) -> Result<Vec<i64>> {
    let undoable = proposal_merge::Entity::find()
        .select_only()
        .column(proposal_merge::Column::FromId)
        .filter(proposal_merge::Column::State.eq(MergeState::Done.as_str()))
        .filter(proposal_merge::Column::UndoUntil.gte(hall.now().0))
        .into_query();
    let concerns = Condition::all()
        .add(proposal::Column::ScopeKind.eq(ScopeKind::Entrance.as_str()))
        .add(proposal::Column::ScopePlace.is_in([from, into]));
    let stands = Condition::any()
        .add(proposal::Column::State.is_not_in(OVER.map(|state| state.as_str())))
        .add(
            Condition::all()
                .add(proposal::Column::State.eq(StateName::Merged.as_str()))
                .add(proposal::Column::Id.in_subquery(undoable)),
        );
    let these: Vec<i64> = proposal::Entity::find()
        .select_only()
        .column(proposal::Column::Id)
        .filter(Condition::any().add(proposal::Column::EntranceId.eq(from)).add(concerns))
        .filter(stands)
        .order_by_asc(proposal::Column::Id)
        .into_tuple()
        .all(txn)
        .await?;
    let mut held = these.clone();
    for id in &these {
        held.extend(onward_in_txn(txn, *id).await?);
    }
    hold_in_txn(txn, &held).await?;
    Ok(these)
}

/// Who comes along to a matter by merges, and by which words it is found, hangs on its place too.
async fn matter_follows_in_txn(hall: &Hall, txn: &DatabaseTransaction, id: i64) -> Result<()> {
    if is_target_in_txn(txn, id).await?
        && let Some(row) = proposal::Entity::find_by_id(id).one(txn).await?
    {
        let row = carry_in_txn(txn, row).await?;
        accept_if_enough_in_txn(hall, txn, row).await?;
    }
    search::matter_in_txn(txn, id).await
}

/// Whoever follows the one follows the other from now on, once.
async fn follows_move_in_txn(txn: &DatabaseTransaction, from: i64, into: i64) -> Result<()> {
    let of = |entrance: i64| {
        Condition::all()
            .add(place_follow::Column::Kind.eq("entrance"))
            .add(place_follow::Column::Place.eq(entrance.to_string()))
    };
    let both: Vec<i64> = place_follow::Entity::find()
        .select_only()
        .column(place_follow::Column::PersonId)
        .filter(of(into))
        .into_tuple()
        .all(txn)
        .await?;
    place_follow::Entity::delete_many()
        .filter(of(from))
        .filter(place_follow::Column::PersonId.is_in(both))
        .exec(txn)
        .await?;
    place_follow::Entity::update_many()
        .col_expr(place_follow::Column::Place, Expr::value(into.to_string()))
        .filter(of(from))
        .exec(txn)
        .await?;
    Ok(())
}

async fn move_all_in_txn(
    txn: &DatabaseTransaction,
    these: &[i64],
    from: i64,
    into: i64,
) -> Result<Moved> {
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
    let next = || Expr::col(proposal::Column::Version).add(1);
    proposal::Entity::update_many()
        .col_expr(proposal::Column::EntranceId, Expr::value(into))
        .col_expr(proposal::Column::Version, next())
        .filter(proposal::Column::EntranceId.eq(from))
        .filter(proposal::Column::Id.is_in(these.iter().copied()))
        .exec(txn)
        .await?;
    let matters = proposal::Entity::update_many()
        .col_expr(proposal::Column::ScopePlace, Expr::value(into))
        .col_expr(proposal::Column::Version, next())
        .filter(proposal::Column::ScopeKind.eq(ScopeKind::Entrance.as_str()))
        .filter(proposal::Column::ScopePlace.eq(from))
        .filter(proposal::Column::Id.is_in(these.iter().copied()))
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
