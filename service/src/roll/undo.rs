//! Undoing an import within a day: what it added goes, unless something rests on it now; what it changed
//! gets its values back, unless somebody changed it since.

use std::collections::HashSet;

use domain::ids::RollImportId;
use domain::role::Actor;
use domain::roll::RollKind;
use entities::{
    community, courtyard, entrance, household, owner, place_change, roll_import,
    roll_import_change, slip, unit, unit_owner,
};
use sea_orm::sea_query::{Expr, LockType};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, DbBackend, EntityTrait, FromQueryResult,
    PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Set, Statement,
};

use super::apply::parts_delete;
use super::check::record_in_txn;
use super::write::{Change, UnitValues};
use super::{CHUNK, UNDO_MS, kind_of, of_community, permit_import};
use crate::error::{Error, Refusal, Result};
use crate::hall::Hall;
use crate::seal::Column;

/// What an undo did, in rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Undone {
    /// Rows that the import had added and that are gone.
    pub removed: u64,
    /// Rows that have their values of before.
    pub restored: u64,
    /// Rows that stayed as they are, since something rests on them.
    pub kept: u64,
}

/// Households of an import on which nothing rests: no member, co-sign, request, ballot or used slip.
const FREE_HOUSEHOLDS: &str = "SELECT h.id FROM household h WHERE h.import_id = $1 AND h.ended_at IS NULL \
    AND h.id NOT IN (SELECT household_id FROM person WHERE household_id IS NOT NULL) \
    AND h.id NOT IN (SELECT household_id FROM cosign) \
    AND h.id NOT IN (SELECT household_id FROM join_request WHERE household_id IS NOT NULL) \
    AND h.id NOT IN (SELECT household_id FROM slip WHERE used_at IS NOT NULL) \
    AND h.id NOT IN (SELECT household_id FROM elector WHERE household_id IS NOT NULL) \
    AND h.id NOT IN (SELECT household_id FROM kept_record WHERE household_id IS NOT NULL)";

/// Units of an import that no later import changed.
const FREE_UNITS: &str = "SELECT u.id FROM unit u WHERE u.import_id = $1 AND u.id NOT IN ( \
    SELECT c.row_id FROM roll_import_change c JOIN roll_import i ON i.id = c.import_id \
    WHERE c.what IN ('unit', 'unit_owner') AND c.import_id <> $1 AND i.state = 'done')";

/// Owners of an import who own nothing any more, have no account, and whom no later import changed.
const FREE_OWNERS: &str = "SELECT o.id FROM owner o WHERE o.import_id = $1 AND o.person_id IS NULL \
    AND o.id NOT IN (SELECT owner_id FROM unit_owner) \
    AND o.id NOT IN (SELECT representative_id FROM unit WHERE representative_id IS NOT NULL) \
    AND o.id NOT IN (SELECT c.row_id FROM roll_import_change c JOIN roll_import i ON i.id = c.import_id \
      WHERE c.what = 'owner' AND c.import_id <> $1 AND i.state = 'done')";

/// Entrances of an import in which nothing is.
const FREE_ENTRANCES: &str = "SELECT e.id FROM entrance e WHERE e.id IN (SELECT row_id FROM roll_import_change \
      WHERE import_id = $1 AND what = 'entrance') \
    AND e.id NOT IN (SELECT entrance_id FROM household) AND e.id NOT IN (SELECT entrance_id FROM unit) \
    AND e.id NOT IN (SELECT entrance_id FROM join_request) \
    AND e.id NOT IN (SELECT entrance_id FROM proposal WHERE entrance_id IS NOT NULL) \
    AND e.id NOT IN (SELECT scope_place FROM proposal WHERE scope_kind = 'entrance') \
    AND e.id NOT IN (SELECT scope_place FROM ballot WHERE scope_kind = 'entrance') \
    AND e.id NOT IN (SELECT scope_place FROM role_grant WHERE scope_kind = 'entrance') \
    AND e.id NOT IN (SELECT place_id FROM place_change WHERE place_kind = 'entrance' AND kind <> 'add') \
    AND e.id NOT IN (SELECT other_id FROM place_change WHERE place_kind = 'entrance' AND other_id IS NOT NULL)";

/// Courtyards of an import in which nothing is.
const FREE_COURTYARDS: &str = "SELECT c.id FROM courtyard c WHERE c.id IN (SELECT row_id FROM roll_import_change \
      WHERE import_id = $1 AND what = 'courtyard') \
    AND c.id NOT IN (SELECT courtyard_id FROM entrance) \
    AND c.id NOT IN (SELECT courtyard_id FROM proposal) \
    AND c.id NOT IN (SELECT scope_place FROM proposal WHERE scope_kind = 'courtyard') \
    AND c.id NOT IN (SELECT scope_place FROM ballot WHERE scope_kind = 'courtyard') \
    AND c.id NOT IN (SELECT scope_place FROM role_grant WHERE scope_kind = 'courtyard') \
    AND c.id NOT IN (SELECT place_id FROM place_change WHERE place_kind = 'courtyard' AND kind <> 'add')";

/// Undoes an import.
///
/// # Errors
/// [`Error::Denied`]; [`Error::NotFound`] in another community; [`Refusal::Stale`] when it isn't on the
/// roll, was undone, or a day has passed.
pub async fn roll_undo(hall: &Hall, actor: &Actor, id: RollImportId) -> Result<Undone> {
    permit_import(actor)?;
    let now = hall.now();
    let txn = hall.db.begin().await?;
    hold_in_txn(&txn, actor, id).await?;
    let row = of_community(&txn, actor, id).await?;
    let in_time = row.done_at.is_some_and(|at| now.0 < at + UNDO_MS);
    let begun = roll_import::Entity::update_many()
        .col_expr(roll_import::Column::State, Expr::value("undone"))
        .col_expr(roll_import::Column::UndoneAt, Expr::value(now.0))
        .col_expr(roll_import::Column::UndoneBy, Expr::value(actor.person.0))
        .col_expr(roll_import::Column::Report, Expr::value(Option::<String>::None))
        .filter(roll_import::Column::Id.eq(id.0))
        .filter(roll_import::Column::State.eq("done"))
        .exec(&txn)
        .await?;
    if begun.rows_affected == 0 || !in_time {
        return Err(Refusal::Stale.into());
    }
    let undo = Undo { hall, txn: &txn, id, actor };
    let mut undone = Undone::default();
    match kind_of(&row)? {
        RollKind::Households => undo.households(&mut undone).await?,
        RollKind::Owners => undo.owners(&mut undone).await?,
    }
    undo.places(&mut undone).await?;
    roll_import::Entity::update_many()
        .col_expr(roll_import::Column::Kept, Expr::value(i64::try_from(undone.kept).unwrap_or(0)))
        .filter(roll_import::Column::Id.eq(id.0))
        .exec(&txn)
        .await?;
    parts_delete(&txn, id).await?;
    roll_import_change::Entity::delete_many()
        .filter(roll_import_change::Column::ImportId.eq(id.0))
        .exec(&txn)
        .await?;
    let after =
        format!("{} removed, {} restored, {} kept", undone.removed, undone.restored, undone.kept);
    record_in_txn(hall, &txn, actor.audit_name(), "roll_undo", id.0, after).await?;
    txn.commit().await?;
    Ok(undone)
}

/// Holds what others change too, in the order of all: places, as whoever adds to one holds them, then the
/// community, then (in [`Undo`]) households, units and owners, and the chain at the end. Matters come before
/// the community in opening a ballot, and an undo holds none. The numbering of ballots takes the community's
/// row before the electorate is copied, so that the copy sees all of an undo or the undo all of the copy.
/// The lock lets mere references to these rows pass, or a slip that holds its household and an undo would
/// wait for each other.
async fn hold_in_txn(txn: &DatabaseTransaction, actor: &Actor, id: RollImportId) -> Result<()> {
    let added = |what: &str| {
        roll_import_change::Entity::find()
            .select_only()
            .column(roll_import_change::Column::RowId)
            .filter(roll_import_change::Column::ImportId.eq(id.0))
            .filter(roll_import_change::Column::What.eq(what))
            .into_query()
    };
    courtyard::Entity::find()
        .filter(courtyard::Column::CommunityId.eq(actor.community.0))
        .filter(courtyard::Column::Id.in_subquery(added("courtyard")))
        .order_by_asc(courtyard::Column::Id)
        .lock(LockType::NoKeyUpdate)
        .all(txn)
        .await?;
    entrance::Entity::find()
        .filter(entrance::Column::Id.in_subquery(added("entrance")))
        .order_by_asc(entrance::Column::Id)
        .lock(LockType::NoKeyUpdate)
        .all(txn)
        .await?;
    community::Entity::find_by_id(actor.community.0).lock(LockType::NoKeyUpdate).one(txn).await?;
    Ok(())
}

#[derive(FromQueryResult)]
struct IdRow {
    id: i64,
}

struct Undo<'a> {
    hall: &'a Hall,
    txn: &'a DatabaseTransaction,
    id: RollImportId,
    actor: &'a Actor,
}

impl Undo<'_> {
    async fn ids(&self, sql: &str) -> Result<Vec<i64>> {
        let backend = self.txn.get_database_backend();
        let statement = Statement::from_sql_and_values(backend, sql, [self.id.0.into()]);
        let rows = IdRow::find_by_statement(statement).all(self.txn).await?;
        Ok(rows.into_iter().map(|row| row.id).collect())
    }

    /// Holds rows of the import until the commit, so that nobody joins what is about to go.
    async fn hold(&self, table: &str) -> Result<()> {
        if self.txn.get_database_backend() == DbBackend::Postgres {
            let sql = format!("SELECT id FROM {table} WHERE import_id = $1 ORDER BY id FOR UPDATE");
            self.ids(&sql).await?;
        }
        Ok(())
    }

    async fn households(&self, undone: &mut Undone) -> Result<()> {
        self.hold("household").await?;
        let all = household::Entity::find()
            .filter(household::Column::ImportId.eq(self.id.0))
            .count(self.txn)
            .await?;
        let free = self.ids(FREE_HOUSEHOLDS).await?;
        for chunk in free.chunks(CHUNK) {
            // Slips that nobody used lead nowhere now.
            slip::Entity::delete_many()
                .filter(slip::Column::HouseholdId.is_in(chunk.iter().copied()))
                .exec(self.txn)
                .await?;
            household::Entity::delete_many()
                .filter(household::Column::Id.is_in(chunk.iter().copied()))
                .exec(self.txn)
                .await?;
        }
        undone.removed += free.len() as u64;
        undone.kept += all.saturating_sub(free.len() as u64);
        Ok(())
    }

    async fn owners(&self, undone: &mut Undone) -> Result<()> {
        self.hold("unit").await?;
        self.hold("owner").await?;
        let changes = roll_import_change::Entity::find()
            .filter(roll_import_change::Column::ImportId.eq(self.id.0))
            .filter(roll_import_change::Column::Before.is_not_null())
            .order_by_asc(roll_import_change::Column::Id)
            .all(self.txn)
            .await?;
        for change in changes {
            let before = change.before.unwrap_or_default();
            let json = self.hall.seal.open(Column::RollImport, &before)?;
            let restored = match change.what.as_str() {
                "unit" => self.unit(change.row_id, &serde_json::from_str(&json)?).await?,
                "unit_owner" => {
                    self.unit_owners(change.row_id, &serde_json::from_str(&json)?).await?
                }
                "owner" => self.phone(change.row_id, &serde_json::from_str(&json)?).await?,
                other => return Err(Error::unknown("change of an import", other)),
            };
            *if restored { &mut undone.restored } else { &mut undone.kept } += 1;
        }
        let all = unit::Entity::find()
            .filter(unit::Column::ImportId.eq(self.id.0))
            .count(self.txn)
            .await?;
        let free = self.ids(FREE_UNITS).await?;
        for chunk in free.chunks(CHUNK) {
            unit_owner::Entity::delete_many()
                .filter(unit_owner::Column::UnitId.is_in(chunk.iter().copied()))
                .exec(self.txn)
                .await?;
            unit::Entity::delete_many()
                .filter(unit::Column::Id.is_in(chunk.iter().copied()))
                .exec(self.txn)
                .await?;
        }
        undone.removed += free.len() as u64;
        undone.kept += all.saturating_sub(free.len() as u64);
        let owners = self.ids(FREE_OWNERS).await?;
        for chunk in owners.chunks(CHUNK) {
            owner::Entity::delete_many()
                .filter(owner::Column::Id.is_in(chunk.iter().copied()))
                .exec(self.txn)
                .await?;
        }
        Ok(())
    }

    async fn unit(&self, id: i64, change: &Change<UnitValues>) -> Result<bool> {
        let Some(row) = unit::Entity::find_by_id(id).one(self.txn).await? else { return Ok(false) };
        let now = UnitValues { area: row.area, representative: row.representative_id };
        if now != change.became {
            return Ok(false);
        }
        let row = unit::ActiveModel {
            id: Set(id),
            area: Set(change.was.area),
            representative_id: Set(change.was.representative),
            ..Default::default()
        };
        unit::Entity::update(row).exec(self.txn).await?;
        Ok(true)
    }

    async fn unit_owners(&self, id: i64, change: &Change<Vec<i64>>) -> Result<bool> {
        let now: Vec<i64> = unit_owner::Entity::find()
            .select_only()
            .column(unit_owner::Column::OwnerId)
            .filter(unit_owner::Column::UnitId.eq(id))
            .order_by_asc(unit_owner::Column::OwnerId)
            .into_tuple()
            .all(self.txn)
            .await?;
        let still: HashSet<i64> = owner::Entity::find()
            .select_only()
            .column(owner::Column::Id)
            .filter(owner::Column::Id.is_in(change.was.iter().copied()))
            .into_tuple::<i64>()
            .all(self.txn)
            .await?
            .into_iter()
            .collect();
        if now != change.became || still.len() != change.was.len() {
            return Ok(false);
        }
        unit_owner::Entity::delete_many()
            .filter(unit_owner::Column::UnitId.eq(id))
            .exec(self.txn)
            .await?;
        if !change.was.is_empty() {
            let rows = change
                .was
                .iter()
                .map(|owner| unit_owner::ActiveModel { unit_id: Set(id), owner_id: Set(*owner) });
            unit_owner::Entity::insert_many(rows).exec_without_returning(self.txn).await?;
        }
        Ok(true)
    }

    async fn phone(&self, id: i64, change: &Change<Option<String>>) -> Result<bool> {
        let seal = &self.hall.seal;
        let Some(row) = owner::Entity::find_by_id(id).one(self.txn).await? else {
            return Ok(false);
        };
        let open = |sealed: &String| seal.open(Column::OwnerPhone, sealed);
        if row.phone.as_ref().map(open).transpose()? != change.became {
            return Ok(false);
        }
        let was = change.was.as_ref();
        let close = |phone: &String| seal.close(Column::OwnerPhone, phone);
        let index = |phone: &String| seal.index(Column::OwnerPhone, phone);
        let changed = owner::ActiveModel {
            id: Set(id),
            phone: Set(was.map(close).transpose()?),
            phone_index: Set(was.map(index).transpose()?),
            ..Default::default()
        };
        owner::Entity::update(changed).exec(self.txn).await?;
        Ok(true)
    }

    /// Places that the import added, the inner ones first.
    async fn places(&self, undone: &mut Undone) -> Result<()> {
        for (what, free) in [("entrance", FREE_ENTRANCES), ("courtyard", FREE_COURTYARDS)] {
            let all = roll_import_change::Entity::find()
                .filter(roll_import_change::Column::ImportId.eq(self.id.0))
                .filter(roll_import_change::Column::What.eq(what))
                .count(self.txn)
                .await?;
            let free = self.ids(free).await?;
            for chunk in free.chunks(CHUNK) {
                self.end_places(what, chunk).await?;
            }
            undone.removed += free.len() as u64;
            undone.kept += all.saturating_sub(free.len() as u64);
        }
        Ok(())
    }

    async fn end_places(&self, what: &str, ids: &[i64]) -> Result<()> {
        let ids = || ids.iter().copied();
        let names: Vec<(i64, String)> = if what == "entrance" {
            let rows = entrance::Entity::find().filter(entrance::Column::Id.is_in(ids()));
            rows.all(self.txn).await?.into_iter().map(|row| (row.id, row.name)).collect()
        } else {
            let rows = courtyard::Entity::find().filter(courtyard::Column::Id.is_in(ids()));
            rows.all(self.txn).await?.into_iter().map(|row| (row.id, row.name)).collect()
        };
        let history = names.into_iter().map(|(id, name)| place_change::ActiveModel {
            community_id: Set(self.actor.community.0),
            kind: Set("end".to_owned()),
            place_kind: Set(what.to_owned()),
            place_id: Set(id),
            before: Set(Some(name)),
            households: Set(0),
            by_id: Set(self.actor.person.0),
            at: Set(self.hall.now().0),
            ..Default::default()
        });
        place_change::Entity::insert_many(history).exec_without_returning(self.txn).await?;
        if what == "entrance" {
            let gone = entrance::Entity::delete_many().filter(entrance::Column::Id.is_in(ids()));
            gone.exec(self.txn).await?;
        } else {
            let gone = courtyard::Entity::delete_many().filter(courtyard::Column::Id.is_in(ids()));
            gone.exec(self.txn).await?;
        }
        Ok(())
    }
}
