//! Writing a plan: some hundred rows a statement.

use std::collections::HashMap;

use domain::ids::RollImportId;
use domain::role::Actor;
use entities::{
    courtyard, entrance, household, owner, place_change, roll_import_change, unit, unit_owner,
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QuerySelect, Set,
};
use serde::{Deserialize, Serialize};

use super::CHUNK;
use super::plan::{OwnerAdd, Plan, UnitChange};
use super::progress::Running;
use super::site::At;
use crate::error::{Error, Result};
use crate::hall::Hall;
use crate::seal::Column;

/// How something was and became: what an undo puts back, where nobody changed it since.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Change<T> {
    pub(super) was: T,
    pub(super) became: T,
}

/// A unit's own values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct UnitValues {
    pub(super) area: i64,
    pub(super) representative: Option<i64>,
}

/// Rows that the plan's new places and owners got.
struct Ids {
    entrances: Vec<i64>,
    owners: Vec<i64>,
}

fn resolve(at: At, added: &[i64]) -> Result<i64> {
    match at {
        At::Known(id) => Ok(id),
        At::New(place) => added.get(place).copied().ok_or_else(lost),
    }
}

fn lost() -> Error {
    Error::Broken("a row that was just written is missing".into())
}

/// Writes everything.
pub(super) async fn plan(
    hall: &Hall,
    txn: &DatabaseTransaction,
    id: RollImportId,
    actor: &Actor,
    plan: &Plan,
    running: &Running,
) -> Result<()> {
    let writer = Writer { hall, txn, id, actor };
    let courtyards = writer.courtyards(&plan.courtyards).await?;
    let entrances = writer.entrances(&plan.entrances, &courtyards).await?;
    let owners = writer.owners(&plan.owners).await?;
    let ids = Ids { entrances, owners };
    writer.households(plan, &ids, running).await?;
    writer.units(plan, &ids, running).await?;
    for change in &plan.changes {
        writer.unit_change(change, &ids.owners).await?;
        running.add(1);
    }
    writer.phones(plan).await
}

struct Writer<'a> {
    hall: &'a Hall,
    txn: &'a DatabaseTransaction,
    id: RollImportId,
    actor: &'a Actor,
}

impl Writer<'_> {
    async fn courtyards(&self, names: &[String]) -> Result<Vec<i64>> {
        let mut ids = Vec::with_capacity(names.len());
        for name in names {
            let row = courtyard::ActiveModel {
                community_id: Set(self.actor.community.0),
                name: Set(name.clone()),
                ..Default::default()
            };
            ids.push(row.insert(self.txn).await?.id);
        }
        self.places("courtyard", &ids, names).await?;
        Ok(ids)
    }

    async fn entrances(&self, new: &[(At, String)], courtyards: &[i64]) -> Result<Vec<i64>> {
        let mut rows = Vec::with_capacity(new.len());
        for (courtyard, name) in new {
            rows.push((resolve(*courtyard, courtyards)?, name.clone()));
        }
        let mut known = HashMap::new();
        for chunk in rows.chunks(CHUNK) {
            let models = chunk.iter().map(|(courtyard, name)| entrance::ActiveModel {
                courtyard_id: Set(*courtyard),
                name: Set(name.clone()),
                ..Default::default()
            });
            entrance::Entity::insert_many(models).exec_without_returning(self.txn).await?;
            let mut of: Vec<i64> = chunk.iter().map(|(courtyard, _)| *courtyard).collect();
            of.dedup();
            let found = entrance::Entity::find()
                .filter(entrance::Column::CourtyardId.is_in(of))
                .all(self.txn)
                .await?;
            known.extend(found.into_iter().map(|row| ((row.courtyard_id, row.name), row.id)));
        }
        let ids = rows.iter().map(|key| known.get(key).copied().ok_or_else(lost));
        let ids = ids.collect::<Result<Vec<_>>>()?;
        let names: Vec<_> = rows.into_iter().map(|(_, name)| name).collect();
        self.places("entrance", &ids, &names).await?;
        Ok(ids)
    }

    /// Notes places that were added: for the places' history, and for an undo.
    async fn places(&self, what: &str, ids: &[i64], names: &[String]) -> Result<()> {
        let pairs: Vec<_> = ids.iter().zip(names).collect();
        for chunk in pairs.chunks(CHUNK) {
            let history = chunk.iter().map(|(id, name)| place_change::ActiveModel {
                community_id: Set(self.actor.community.0),
                kind: Set("add".to_owned()),
                place_kind: Set(what.to_owned()),
                place_id: Set(**id),
                after: Set(Some((*name).clone())),
                households: Set(0),
                by_id: Set(self.actor.person.0),
                at: Set(self.hall.now().0),
                ..Default::default()
            });
            place_change::Entity::insert_many(history).exec_without_returning(self.txn).await?;
            let changes = chunk.iter().map(|(id, _)| self.change(what, **id, None));
            roll_import_change::Entity::insert_many(changes)
                .exec_without_returning(self.txn)
                .await?;
        }
        Ok(())
    }

    fn change(
        &self,
        what: &str,
        row_id: i64,
        before: Option<String>,
    ) -> roll_import_change::ActiveModel {
        roll_import_change::ActiveModel {
            import_id: Set(self.id.0),
            what: Set(what.to_owned()),
            row_id: Set(row_id),
            before: Set(before),
            ..Default::default()
        }
    }

    async fn note<T: Serialize + Sync>(
        &self,
        what: &str,
        row_id: i64,
        change: &Change<T>,
    ) -> Result<()> {
        let before = self.hall.seal.close(Column::RollImport, &serde_json::to_string(change)?)?;
        let change = self.change(what, row_id, Some(before));
        roll_import_change::Entity::insert(change).exec_without_returning(self.txn).await?;
        Ok(())
    }

    async fn households(&self, plan: &Plan, ids: &Ids, running: &Running) -> Result<()> {
        for chunk in plan.households.chunks(CHUNK) {
            let mut rows = Vec::with_capacity(chunk.len());
            for home in chunk {
                rows.push(household::ActiveModel {
                    entrance_id: Set(resolve(home.entrance, &ids.entrances)?),
                    room: Set(home.room.clone()),
                    import_id: Set(Some(self.id.0)),
                    ..Default::default()
                });
            }
            household::Entity::insert_many(rows).exec_without_returning(self.txn).await?;
            running.add(chunk.len());
        }
        Ok(())
    }

    async fn owners(&self, owners: &[OwnerAdd]) -> Result<Vec<i64>> {
        let now = self.hall.now().0;
        for chunk in owners.chunks(CHUNK) {
            let mut rows = Vec::with_capacity(chunk.len());
            for new in chunk {
                let phone = new.phone.as_ref();
                let phone = phone
                    .map(|phone| self.hall.seal.close(Column::OwnerPhone, phone))
                    .transpose()?;
                rows.push(owner::ActiveModel {
                    community_id: Set(self.actor.community.0),
                    name: Set(self.hall.seal.close(Column::OwnerName, &new.name)?),
                    name_index: Set(new.name_index.clone()),
                    phone: Set(phone),
                    phone_index: Set(new.phone_index.clone()),
                    import_id: Set(Some(self.id.0)),
                    created_at: Set(now),
                    ..Default::default()
                });
            }
            owner::Entity::insert_many(rows).exec_without_returning(self.txn).await?;
        }
        if owners.is_empty() {
            return Ok(Vec::new());
        }
        // Name and number are an owner's identity, so that they lead back to the row.
        let rows: Vec<(i64, String, Option<String>)> = owner::Entity::find()
            .select_only()
            .columns([owner::Column::Id, owner::Column::NameIndex, owner::Column::PhoneIndex])
            .filter(owner::Column::ImportId.eq(self.id.0))
            .into_tuple()
            .all(self.txn)
            .await?;
        let known: HashMap<_, _> =
            rows.into_iter().map(|(id, name, phone)| ((name, phone), id)).collect();
        let id = |new: &OwnerAdd| {
            let key = (new.name_index.clone(), new.phone_index.clone());
            known.get(&key).copied().ok_or_else(lost)
        };
        owners.iter().map(id).collect()
    }

    async fn units(&self, plan: &Plan, ids: &Ids, running: &Running) -> Result<()> {
        let mut owners: HashMap<(i64, &str), &[At]> = HashMap::with_capacity(plan.units.len());
        for chunk in plan.units.chunks(CHUNK) {
            let mut rows = Vec::with_capacity(chunk.len());
            for new in chunk {
                let entrance = resolve(new.entrance, &ids.entrances)?;
                let named = new.representative.map(|at| resolve(at, &ids.owners)).transpose()?;
                owners.insert((entrance, &new.room), &new.owners);
                rows.push(unit::ActiveModel {
                    entrance_id: Set(entrance),
                    room: Set(new.room.clone()),
                    area: Set(new.area),
                    representative_id: Set(named),
                    import_id: Set(Some(self.id.0)),
                    ..Default::default()
                });
            }
            unit::Entity::insert_many(rows).exec_without_returning(self.txn).await?;
            running.add(chunk.len());
        }
        if owners.is_empty() {
            return Ok(());
        }
        let rows: Vec<(i64, i64, String)> = unit::Entity::find()
            .select_only()
            .columns([unit::Column::Id, unit::Column::EntranceId, unit::Column::Room])
            .filter(unit::Column::ImportId.eq(self.id.0))
            .into_tuple()
            .all(self.txn)
            .await?;
        let mut pairs = Vec::with_capacity(rows.len());
        for (id, entrance, room) in &rows {
            for at in owners.get(&(*entrance, room.as_str())).copied().unwrap_or_default() {
                pairs.push((*id, resolve(*at, &ids.owners)?));
            }
        }
        self.pairs(&pairs).await
    }

    async fn pairs(&self, pairs: &[(i64, i64)]) -> Result<()> {
        for chunk in pairs.chunks(CHUNK) {
            let rows = chunk.iter().map(|(unit, owner)| unit_owner::ActiveModel {
                unit_id: Set(*unit),
                owner_id: Set(*owner),
            });
            unit_owner::Entity::insert_many(rows).exec_without_returning(self.txn).await?;
        }
        Ok(())
    }

    async fn unit_change(&self, change: &UnitChange, added: &[i64]) -> Result<()> {
        let was = &change.was;
        let named = change.representative.map(|at| resolve(at, added)).transpose()?;
        let values = Change {
            was: UnitValues { area: was.area, representative: was.representative },
            became: UnitValues { area: change.area, representative: named },
        };
        if values.was != values.became {
            let row = unit::ActiveModel {
                id: Set(was.id),
                area: Set(change.area),
                representative_id: Set(named),
                ..Default::default()
            };
            unit::Entity::update(row).exec(self.txn).await?;
            self.note("unit", was.id, &values).await?;
        }
        let owners = change.owners.iter().map(|at| resolve(*at, added));
        let mut owners = owners.collect::<Result<Vec<_>>>()?;
        owners.sort_unstable();
        owners.dedup();
        if owners != was.owners {
            unit_owner::Entity::delete_many()
                .filter(unit_owner::Column::UnitId.eq(was.id))
                .exec(self.txn)
                .await?;
            let pairs: Vec<_> = owners.iter().map(|owner| (was.id, *owner)).collect();
            self.pairs(&pairs).await?;
            let pair = Change { was: was.owners.clone(), became: owners };
            self.note("unit_owner", was.id, &pair).await?;
        }
        Ok(())
    }

    async fn phones(&self, plan: &Plan) -> Result<()> {
        for change in &plan.phones {
            let row = owner::Entity::find_by_id(change.owner).one(self.txn).await?;
            let row = row.ok_or_else(lost)?;
            let phone = self.hall.seal.close(Column::OwnerPhone, &change.phone)?;
            let was = row.phone.as_ref();
            let was = was.map(|was| self.hall.seal.open(Column::OwnerPhone, was)).transpose()?;
            let values = Change { was, became: Some(change.phone.clone()) };
            let changed = owner::ActiveModel {
                id: Set(row.id),
                phone: Set(Some(phone)),
                phone_index: Set(Some(change.phone_index.clone())),
                ..Default::default()
            };
            owner::Entity::update(changed).exec(self.txn).await?;
            self.note("owner", row.id, &values).await?;
        }
        Ok(())
    }
}
