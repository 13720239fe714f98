//! Adding, renaming and ending places.

use domain::ids::{CommunityId, CourtyardId, EntranceId};
use domain::role::Actor;
use entities::{courtyard, entrance, household, join_request, role_grant, unit};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, IntoActiveModel,
    PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Set,
};

use super::ground::{
    Changed, PLACE_LOCK, Place, WAITING, checked, courtyard_in_txn, entrance_in_txn, held,
    hold_matters_in_txn, may_change, no_ballot_in_txn, note_in_txn, reason_of, record_in_txn,
    taken,
};
use crate::error::{Error, PlaceUse, Problems, Refusal, Result};
use crate::hall::Hall;
use crate::setup::place_name;

/// Adds a 小院.
///
/// # Errors
/// [`Error::Denied`] for others than the committee; [`Error::Invalid`] with the field `name`, also when the
/// community has it already.
pub async fn courtyard_add(hall: &Hall, actor: &Actor, name: &str) -> Result<CourtyardId> {
    may_change(actor)?;
    let name = checked("name", name)?;
    let txn = hall.db.begin().await?;
    let id = courtyard_add_in_txn(&txn, actor.community, &name).await.map_err(taken("name"))?;
    let place = Place::Courtyard(CourtyardId(id));
    let change = Changed { after: Some(name.clone()), ..Changed::new("add", place) };
    note_in_txn(hall, &txn, actor, change).await?;
    record_in_txn(hall, &txn, actor, "courtyard_add", place, None, Some(name)).await?;
    txn.commit().await?;
    Ok(CourtyardId(id))
}

/// Adds a 楼门.
///
/// # Errors
/// [`Error::Denied`] for others than the committee; [`Error::Invalid`] with the field `name`, also when the
/// courtyard has it already; [`Error::NotFound`] when there is no such courtyard.
pub async fn entrance_add(
    hall: &Hall,
    actor: &Actor,
    courtyard: CourtyardId,
    name: &str,
) -> Result<EntranceId> {
    may_change(actor)?;
    let txn = hall.db.begin().await?;
    courtyard_in_txn(&txn, actor.community, courtyard).await?;
    let name = checked("name", name)?;
    let id = entrance_add_in_txn(&txn, courtyard, &name).await.map_err(taken("name"))?;
    let place = Place::Entrance(EntranceId(id));
    let change = Changed { after: Some(name.clone()), ..Changed::new("add", place) };
    note_in_txn(hall, &txn, actor, change).await?;
    record_in_txn(hall, &txn, actor, "entrance_add", place, None, Some(name)).await?;
    txn.commit().await?;
    Ok(EntranceId(id))
}

/// Gives a place another name. What happened there shows under the new one; the history keeps the old.
///
/// # Errors
/// [`Error::Denied`] for others than the committee; [`Error::Invalid`] with the fields `name`, also when
/// another place has it, and `reason`; [`Error::NotFound`] when there is no such place or it ended.
pub async fn place_rename(
    hall: &Hall,
    actor: &Actor,
    place: Place,
    name: &str,
    reason: &str,
) -> Result<()> {
    may_change(actor)?;
    let txn = hall.db.begin().await?;
    let before = match place {
        Place::Courtyard(id) => courtyard_in_txn(&txn, actor.community, id).await?.name,
        Place::Entrance(id) => entrance_in_txn(&txn, actor.community, id).await?.name,
    };
    let mut problems = Problems::default();
    let name = problems.text("name", place_name(name));
    let reason = reason_of(&mut problems, reason);
    let (name, reason) = problems.values(name.zip(reason))?;
    if name == before {
        return Ok(());
    }
    let renamed = match place {
        Place::Courtyard(id) => {
            let row = courtyard::ActiveModel {
                id: Set(id.0),
                name: Set(name.clone()),
                ..Default::default()
            };
            row.update(&txn).await.map(|_| ())
        }
        Place::Entrance(id) => {
            let row = entrance::ActiveModel {
                id: Set(id.0),
                name: Set(name.clone()),
                ..Default::default()
            };
            row.update(&txn).await.map(|_| ())
        }
    };
    renamed.map_err(|error| taken("name")(name_taken(error)))?;
    let change = Changed {
        before: Some(before.clone()),
        after: Some(name.clone()),
        reason,
        ..Changed::new("rename", place)
    };
    note_in_txn(hall, &txn, actor, change).await?;
    record_in_txn(hall, &txn, actor, "place_rename", place, Some(before), Some(name)).await?;
    txn.commit().await?;
    Ok(())
}

/// Ends a place where nobody lives any more; a courtyard's entrances end with it, and so do the roles that
/// were held for them.
///
/// # Errors
/// [`Error::Denied`] for others than the committee; [`Error::Invalid`] with the field `reason`;
/// [`Error::NotFound`] when there is no such place or it ended; [`Refusal::PlaceInUse`] while households,
/// units, waiting requests or an open ballot hang on it.
pub async fn place_end(hall: &Hall, actor: &Actor, place: Place, reason: &str) -> Result<()> {
    may_change(actor)?;
    let txn = hall.db.begin().await?;
    let (name, entrances) = match place {
        Place::Courtyard(id) => {
            let row = courtyard_in_txn(&txn, actor.community, id).await?;
            let within = entrance::Entity::find()
                .filter(entrance::Column::CourtyardId.eq(id.0))
                .filter(entrance::Column::EndedAt.is_null())
                .order_by_asc(entrance::Column::Id)
                .lock(PLACE_LOCK)
                .all(&txn)
                .await?;
            (row.name, within)
        }
        Place::Entrance(id) => {
            let row = entrance_in_txn(&txn, actor.community, id).await?;
            (row.name.clone(), vec![row])
        }
    };
    let mut problems = Problems::default();
    let reason = reason_of(&mut problems, reason);
    let reason = problems.values(reason)?;
    let ids: Vec<i64> = entrances.iter().map(|row| row.id).collect();
    let mut places: Vec<Place> = ids.iter().map(|id| Place::Entrance(EntranceId(*id))).collect();
    if let Place::Courtyard(_) = place {
        places.push(place);
    }
    hold_matters_in_txn(&txn, &places).await?;
    unused_in_txn(&txn, &ids).await?;
    no_ballot_in_txn(&txn, &places).await?;

    let now = hall.now().0;
    entrance::Entity::update_many()
        .set(entrance::ActiveModel { ended_at: Set(Some(now)), ..Default::default() })
        .filter(entrance::Column::Id.is_in(ids))
        .exec(&txn)
        .await?;
    for row in entrances.iter().filter(|_| matches!(place, Place::Courtyard(_))) {
        let ended = Place::Entrance(EntranceId(row.id));
        let change = Changed { before: Some(row.name.clone()), ..Changed::new("end", ended) };
        note_in_txn(hall, &txn, actor, change).await?;
    }
    if let Place::Courtyard(id) = place {
        let row = courtyard::ActiveModel {
            id: Set(id.0),
            ended_at: Set(Some(now)),
            ..Default::default()
        };
        row.update(&txn).await?;
    }
    for place in &places {
        end_roles_in_txn(&txn, *place, actor, now).await?;
    }
    let change = Changed { before: Some(name.clone()), reason, ..Changed::new("end", place) };
    note_in_txn(hall, &txn, actor, change).await?;
    record_in_txn(hall, &txn, actor, "place_end", place, Some(name), None).await?;
    txn.commit().await?;
    Ok(())
}

/// Adds a courtyard, or takes one of that name up again that ended; gives its row.
///
/// # Errors
/// [`Refusal::NameTaken`] when the community has it already.
pub(crate) async fn courtyard_add_in_txn(
    txn: &DatabaseTransaction,
    community: CommunityId,
    name: &str,
) -> Result<i64> {
    let former = courtyard::Entity::find()
        .filter(courtyard::Column::CommunityId.eq(community.0))
        .filter(courtyard::Column::Name.eq(name))
        .filter(courtyard::Column::EndedAt.is_not_null())
        .lock(PLACE_LOCK)
        .one(txn)
        .await?;
    if let Some(row) = former {
        let id = row.id;
        let mut again = row.into_active_model();
        again.ended_at = Set(None);
        again.update(txn).await?;
        return Ok(id);
    }
    let row = courtyard::ActiveModel {
        community_id: Set(community.0),
        name: Set(name.to_owned()),
        ..Default::default()
    };
    Ok(row.insert(txn).await.map_err(name_taken)?.id)
}

/// Adds an entrance, or takes one of that name up again that ended; gives its row.
///
/// # Errors
/// [`Refusal::NameTaken`] when the courtyard has it already.
pub(crate) async fn entrance_add_in_txn(
    txn: &DatabaseTransaction,
    courtyard: CourtyardId,
    name: &str,
) -> Result<i64> {
    let former = entrance::Entity::find()
        .filter(entrance::Column::CourtyardId.eq(courtyard.0))
        .filter(entrance::Column::Name.eq(name))
        .filter(entrance::Column::EndedAt.is_not_null())
        .lock(PLACE_LOCK)
        .one(txn)
        .await?;
    if let Some(row) = former {
        let id = row.id;
        let mut again = row.into_active_model();
        again.ended_at = Set(None);
        again.update(txn).await?;
        return Ok(id);
    }
    let row = entrance::ActiveModel {
        courtyard_id: Set(courtyard.0),
        name: Set(name.to_owned()),
        ..Default::default()
    };
    Ok(row.insert(txn).await.map_err(name_taken)?.id)
}

/// Refuses while something lives in one of the entrances.
async fn unused_in_txn(txn: &DatabaseTransaction, entrances: &[i64]) -> Result<()> {
    let ids = || entrances.iter().copied();
    let households = household::Entity::find()
        .filter(household::Column::EntranceId.is_in(ids()))
        .filter(household::Column::EndedAt.is_null())
        .count(txn)
        .await?;
    let units =
        unit::Entity::find().filter(unit::Column::EntranceId.is_in(ids())).count(txn).await?;
    let requests = join_request::Entity::find()
        .filter(join_request::Column::EntranceId.is_in(ids()))
        .filter(join_request::Column::State.eq(WAITING))
        .count(txn)
        .await?;
    let used = match (households, units, requests) {
        (0, 0, 0) => return Ok(()),
        (0, 0, n) => PlaceUse::Requests(n),
        (0, n, _) => PlaceUse::Units(n),
        (n, _, _) => PlaceUse::Households(n),
    };
    Err(Refusal::PlaceInUse(used).into())
}

async fn end_roles_in_txn(
    txn: &DatabaseTransaction,
    place: Place,
    actor: &Actor,
    now: i64,
) -> Result<()> {
    role_grant::Entity::update_many()
        .set(role_grant::ActiveModel {
            until: Set(Some(now)),
            ended_by: Set(Some(actor.person.0)),
            ..Default::default()
        })
        .filter(role_grant::Column::ScopeKind.eq(place.kind().as_str()))
        .filter(role_grant::Column::ScopePlace.eq(place.id()))
        .filter(held(now))
        .exec(txn)
        .await?;
    Ok(())
}

fn name_taken(error: DbErr) -> Error {
    if Error::is_duplicate(&error) { Refusal::NameTaken.into() } else { error.into() }
}
