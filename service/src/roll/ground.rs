//! The roll as it stands: what an import is compared with. A few statements, whatever its size.

use std::collections::HashMap;

use domain::ids::CommunityId;
use domain::roll::{EntranceKey, RollKind, UnitWord, name_key, room_key};
use entities::community;
use sea_orm::{ConnectionTrait, EntityTrait, FromQueryResult, Statement, Value};

use crate::error::Result;

/// A courtyard.
#[derive(Debug)]
pub(super) struct CourtyardNow {
    pub(super) id: i64,
    pub(super) name: String,
    pub(super) key: String,
    pub(super) ended: bool,
}

/// An entrance.
#[derive(Debug)]
pub(super) struct EntranceNow {
    pub(super) id: i64,
    pub(super) courtyard: i64,
    pub(super) name: String,
    pub(super) key: EntranceKey,
    pub(super) word: Option<UnitWord>,
    pub(super) ended: bool,
}

/// A unit with its owners.
#[derive(Debug, Clone)]
pub(super) struct UnitNow {
    pub(super) id: i64,
    pub(super) area: i64,
    pub(super) representative: Option<i64>,
    pub(super) owners: Vec<i64>,
}

/// An owner, by the keyed hashes of name and telephone number.
#[derive(Debug, Clone)]
pub(super) struct OwnerNow {
    pub(super) name_index: String,
    pub(super) phone_index: Option<String>,
    pub(super) units: usize,
}

/// Everything.
#[derive(Debug)]
pub(super) struct Ground {
    /// The community's own name: in a column of courtyards it says nothing.
    pub(super) community: String,
    pub(super) courtyards: Vec<CourtyardNow>,
    pub(super) entrances: Vec<EntranceNow>,
    /// By entrance and room.
    pub(super) households: HashMap<(i64, String), i64>,
    /// By entrance and room.
    pub(super) units: HashMap<(i64, String), UnitNow>,
    pub(super) owners: HashMap<i64, OwnerNow>,
}

#[derive(FromQueryResult)]
struct CourtyardRow {
    id: i64,
    name: String,
    ended_at: Option<i64>,
}

#[derive(FromQueryResult)]
struct EntranceRow {
    id: i64,
    courtyard_id: i64,
    name: String,
    ended_at: Option<i64>,
}

#[derive(FromQueryResult)]
struct RoomRow {
    id: i64,
    entrance_id: i64,
    room: String,
}

#[derive(FromQueryResult)]
struct UnitRow {
    id: i64,
    entrance_id: i64,
    room: String,
    area: i64,
    representative_id: Option<i64>,
}

#[derive(FromQueryResult)]
struct PairRow {
    unit_id: i64,
    owner_id: i64,
}

#[derive(FromQueryResult)]
struct OwnerRow {
    id: i64,
    name_index: String,
    phone_index: Option<String>,
}

/// Entrances of the community.
const ENTRANCES: &str = "SELECT e.id FROM entrance e JOIN courtyard c ON c.id = e.courtyard_id \
    WHERE c.community_id = $1";

async fn all<T: FromQueryResult>(
    db: &impl ConnectionTrait,
    sql: impl Into<String>,
    community: CommunityId,
) -> Result<Vec<T>> {
    let values: Vec<Value> = vec![community.0.into()];
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    Ok(T::find_by_statement(statement).all(db).await?)
}

impl Ground {
    /// The roll of a community, as far as a file of that kind needs it.
    pub(super) async fn load(
        db: &impl ConnectionTrait,
        community: CommunityId,
        kind: RollKind,
    ) -> Result<Self> {
        let courtyards =
            "SELECT id, name, ended_at FROM courtyard WHERE community_id = $1 ORDER BY id";
        let entrances = "SELECT e.id, e.courtyard_id, e.name, e.ended_at FROM entrance e \
            JOIN courtyard c ON c.id = e.courtyard_id WHERE c.community_id = $1 ORDER BY e.id";
        let own = community::Entity::find_by_id(community.0).one(db).await?;
        let courtyards: Vec<CourtyardRow> = all(db, courtyards, community).await?;
        let entrances: Vec<EntranceRow> = all(db, entrances, community).await?;
        let mut ground = Self {
            community: own.map(|row| name_key(&row.name)).unwrap_or_default(),
            courtyards: courtyards.into_iter().map(courtyard).collect(),
            entrances: entrances.into_iter().map(entrance).collect(),
            households: HashMap::new(),
            units: HashMap::new(),
            owners: HashMap::new(),
        };
        match kind {
            RollKind::Households => ground.load_households(db, community).await?,
            RollKind::Owners => ground.load_units(db, community).await?,
        }
        Ok(ground)
    }

    async fn load_households(
        &mut self,
        db: &impl ConnectionTrait,
        community: CommunityId,
    ) -> Result<()> {
        let sql = format!(
            "SELECT id, entrance_id, room FROM household WHERE ended_at IS NULL AND entrance_id IN ({ENTRANCES})"
        );
        let rows: Vec<RoomRow> = all(db, sql, community).await?;
        self.households =
            rows.into_iter().map(|row| ((row.entrance_id, room_key(&row.room)), row.id)).collect();
        Ok(())
    }

    async fn load_units(
        &mut self,
        db: &impl ConnectionTrait,
        community: CommunityId,
    ) -> Result<()> {
        let units = format!(
            "SELECT id, entrance_id, room, area, representative_id FROM unit WHERE entrance_id IN ({ENTRANCES})"
        );
        let units: Vec<UnitRow> = all(db, units, community).await?;
        let pairs = "SELECT p.unit_id, p.owner_id FROM unit_owner p JOIN owner o ON o.id = p.owner_id \
            WHERE o.community_id = $1 ORDER BY p.unit_id, p.owner_id";
        let pairs: Vec<PairRow> = all(db, pairs, community).await?;
        let owners =
            "SELECT id, name_index, phone_index FROM owner WHERE community_id = $1 ORDER BY id";
        let owners: Vec<OwnerRow> = all(db, owners, community).await?;
        for row in owners {
            let owner =
                OwnerNow { name_index: row.name_index, phone_index: row.phone_index, units: 0 };
            self.owners.insert(row.id, owner);
        }
        let mut of_unit: HashMap<i64, Vec<i64>> = HashMap::new();
        for pair in pairs {
            of_unit.entry(pair.unit_id).or_default().push(pair.owner_id);
            if let Some(owner) = self.owners.get_mut(&pair.owner_id) {
                owner.units += 1;
            }
        }
        for row in units {
            let owners = of_unit.remove(&row.id).unwrap_or_default();
            let unit = UnitNow {
                id: row.id,
                area: row.area,
                representative: row.representative_id,
                owners,
            };
            self.units.insert((row.entrance_id, room_key(&row.room)), unit);
        }
        Ok(())
    }
}

fn courtyard(row: CourtyardRow) -> CourtyardNow {
    CourtyardNow {
        id: row.id,
        key: name_key(&row.name),
        name: row.name,
        ended: row.ended_at.is_some(),
    }
}

fn entrance(row: EntranceRow) -> EntranceNow {
    let (key, word) = EntranceKey::of_name(&row.name);
    EntranceNow {
        id: row.id,
        courtyard: row.courtyard_id,
        key,
        word,
        name: row.name,
        ended: row.ended_at.is_some(),
    }
}
