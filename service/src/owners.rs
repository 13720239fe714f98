//! 业主 on the roll: sums for everyone who keeps it, the list only as an answer that is recorded.

use std::collections::HashMap;

use domain::ids::{CommunityId, OwnerId, UnitId};
use domain::owners::{Area, Head, OwnedUnit, Voter, heads};
use domain::permission::{Action, Target, permit};
use domain::role::Actor;
use entities::{courtyard, entrance, owner, unit, unit_owner};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, IntoActiveModel,
    QueryFilter, QuerySelect, Set, Statement,
};

use crate::audit::{Record, append_in_txn};
use crate::error::{Error, Problem, Result};
use crate::hall::Hall;
use crate::look::looked_in_txn;
use crate::seal::Column;

/// Heads on a page.
const PAGE: usize = 50;

/// What an owners' vote would rest on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct OwnerSums {
    /// Units.
    pub units: usize,
    /// Heads.
    pub heads: usize,
    /// Area of all units in 0.01 m².
    pub area: i64,
    /// Heads whose vote nobody can cast yet.
    pub silent: usize,
    /// Their area in 0.01 m².
    pub silent_area: i64,
}

/// Which heads are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ShowHeads {
    /// Every head.
    #[default]
    All,
    /// Those whose vote nobody can cast yet.
    Silent,
}

impl ShowHeads {
    /// The choice of a form's name.
    #[must_use]
    pub fn from_name(name: &str) -> Self {
        if name == "silent" { Self::Silent } else { Self::All }
    }

    /// Its name in forms.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Silent => "silent",
        }
    }
}

/// An owner as the list shows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnerLine {
    /// Row.
    pub id: OwnerId,
    /// Name.
    pub name: String,
    /// Telephone number.
    pub phone: Option<String>,
}

/// A unit as the list shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitLine {
    /// Row.
    pub id: UnitId,
    /// 小院, 楼门 and room.
    pub place: String,
    /// Area in 0.01 m².
    pub area: i64,
    /// Who was named to vote for it.
    pub representative: Option<OwnerId>,
}

/// A head as the list shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeadLine {
    /// Owners.
    pub owners: Vec<OwnerLine>,
    /// Units.
    pub units: Vec<UnitLine>,
    /// Area in 0.01 m².
    pub area: i64,
    /// Who votes.
    pub voter: Voter,
}

/// A page of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnersPage {
    /// What is shown.
    pub show: ShowHeads,
    /// The page, from 1.
    pub page: usize,
    /// Pages.
    pub pages: usize,
    /// The heads of this page.
    pub heads: Vec<HeadLine>,
}

#[derive(FromQueryResult)]
struct UnitRow {
    id: i64,
    area: i64,
    representative_id: Option<i64>,
}

#[derive(FromQueryResult)]
struct PairRow {
    unit_id: i64,
    owner_id: i64,
}

#[derive(FromQueryResult)]
struct PlaceRow {
    id: i64,
    room: String,
    area: i64,
    representative_id: Option<i64>,
    entrance: String,
    courtyard: String,
}

/// The heads of a community. Two statements.
///
/// # Errors
/// [`Error::Db`] when the database fails, [`Error::Broken`] for an area that can't be one.
pub async fn owner_heads(db: &impl ConnectionTrait, community: CommunityId) -> Result<Vec<Head>> {
    let backend = db.get_database_backend();
    let ask = |sql: &str| Statement::from_sql_and_values(backend, sql, [community.0.into()]);
    let units = "SELECT u.id, u.area, u.representative_id FROM unit u \
        JOIN entrance e ON e.id = u.entrance_id JOIN courtyard c ON c.id = e.courtyard_id \
        WHERE c.community_id = $1 ORDER BY u.id";
    let units = UnitRow::find_by_statement(ask(units)).all(db).await?;
    let pairs = "SELECT p.unit_id, p.owner_id FROM unit_owner p JOIN owner o ON o.id = p.owner_id \
        WHERE o.community_id = $1 ORDER BY p.unit_id, p.owner_id";
    let mut owners: HashMap<i64, Vec<OwnerId>> = HashMap::new();
    for pair in PairRow::find_by_statement(ask(pairs)).all(db).await? {
        owners.entry(pair.unit_id).or_default().push(OwnerId(pair.owner_id));
    }
    let mut owned = Vec::with_capacity(units.len());
    for row in units {
        let area = Area::from_hundredths(row.area);
        let area = area.ok_or_else(|| Error::Broken(format!("area of unit {}", row.id)))?;
        owned.push(OwnedUnit {
            unit: UnitId(row.id),
            area,
            owners: owners.remove(&row.id).unwrap_or_default(),
            representative: row.representative_id.map(OwnerId),
        });
    }
    Ok(heads(&owned))
}

fn is_silent(head: &Head) -> bool {
    !matches!(head.voter, Voter::Owner(_))
}

fn may_look(actor: &Actor) -> Result<()> {
    permit(Some(actor), Action::RollLook, &Target::community(actor.community))?;
    Ok(())
}

/// The sums of the actor's community: no names.
///
/// # Errors
/// [`Error::Denied`].
pub async fn owner_sums(hall: &Hall, actor: &Actor) -> Result<OwnerSums> {
    may_look(actor)?;
    let mut sums = OwnerSums::default();
    for head in owner_heads(hall.db.read(), actor.community).await? {
        sums.units += head.units.len();
        sums.heads += 1;
        sums.area += head.area;
        if is_silent(&head) {
            sums.silent += 1;
            sums.silent_area += head.area;
        }
    }
    Ok(sums)
}

/// The list of heads, after noting who looked.
///
/// # Errors
/// [`Error::Denied`].
pub async fn owners_look(
    hall: &Hall,
    actor: &Actor,
    show: ShowHeads,
    page: usize,
) -> Result<OwnersPage> {
    may_look(actor)?;
    let mut all = owner_heads(hall.db.read(), actor.community).await?;
    if show == ShowHeads::Silent {
        all.retain(is_silent);
    }
    let pages = all.len().div_ceil(PAGE).max(1);
    let page = page.clamp(1, pages);
    let all: Vec<Head> = all.into_iter().skip((page - 1) * PAGE).take(PAGE).collect();
    let units = places(hall.db.read(), &all).await?;
    let owners = names(hall, &all).await?;
    let txn = hall.db.begin().await?;
    looked_in_txn(hall, &txn, actor, format!("owners:{}", actor.community), None).await?;
    txn.commit().await?;
    let heads = all.into_iter().map(|head| HeadLine {
        owners: head.owners.iter().filter_map(|id| owners.get(&id.0)).cloned().collect(),
        units: head.units.iter().filter_map(|id| units.get(&id.0)).cloned().collect(),
        area: head.area,
        voter: head.voter,
    });
    Ok(OwnersPage { show, page, pages, heads: heads.collect() })
}

async fn places(db: &impl ConnectionTrait, heads: &[Head]) -> Result<HashMap<i64, UnitLine>> {
    let ids: Vec<_> = heads.iter().flat_map(|head| &head.units).map(|id| id.0).collect();
    let mut lines = HashMap::with_capacity(ids.len());
    for chunk in ids.chunks(500) {
        let rows = unit::Entity::find()
            .select_only()
            .columns([
                unit::Column::Id,
                unit::Column::Room,
                unit::Column::Area,
                unit::Column::RepresentativeId,
            ])
            .column_as(entrance::Column::Name, "entrance")
            .column_as(courtyard::Column::Name, "courtyard")
            .join(
                sea_orm::JoinType::InnerJoin,
                unit::Entity::belongs_to(entrance::Entity)
                    .from(unit::Column::EntranceId)
                    .to(entrance::Column::Id)
                    .into(),
            )
            .join(sea_orm::JoinType::InnerJoin, crate::joins::entrance_to_courtyard())
            .filter(unit::Column::Id.is_in(chunk.iter().copied()))
            .into_model::<PlaceRow>()
            .all(db)
            .await?;
        lines.extend(rows.into_iter().map(|row| {
            let place = format!("{} {} {}", row.courtyard, row.entrance, row.room);
            let representative = row.representative_id.map(OwnerId);
            (row.id, UnitLine { id: UnitId(row.id), place, area: row.area, representative })
        }));
    }
    Ok(lines)
}

async fn names(hall: &Hall, heads: &[Head]) -> Result<HashMap<i64, OwnerLine>> {
    let ids: Vec<_> = heads.iter().flat_map(|head| &head.owners).map(|id| id.0).collect();
    let mut lines = HashMap::with_capacity(ids.len());
    for chunk in ids.chunks(500) {
        let rows = owner::Entity::find()
            .filter(owner::Column::Id.is_in(chunk.iter().copied()))
            .all(hall.db.read())
            .await?;
        for row in rows {
            let phone = row.phone.map(|phone| hall.seal.open(Column::OwnerPhone, &phone));
            let line = OwnerLine {
                id: OwnerId(row.id),
                name: hall.seal.open(Column::OwnerName, &row.name)?,
                phone: phone.transpose()?,
            };
            lines.insert(row.id, line);
        }
    }
    Ok(lines)
}

/// Names who casts the vote of a jointly owned unit; empty for nobody.
///
/// # Errors
/// [`Error::Denied`]; [`Error::NotFound`] in another community; [`Error::Invalid`] with the field
/// `representative` when they don't own the unit.
pub async fn owner_representative_set(
    hall: &Hall,
    actor: &Actor,
    id: UnitId,
    typed: &str,
) -> Result<()> {
    permit(Some(actor), Action::RollChange, &Target::community(actor.community))?;
    let unknown = || Error::field("representative", Problem::Unknown);
    let named: Option<OwnerId> = match typed {
        "" => None,
        typed => Some(typed.parse().map_err(|_| unknown())?),
    };
    let txn = hall.db.begin().await?;
    let row = unit::Entity::find_by_id(id.0).lock_exclusive().one(&txn).await?;
    let row = row.ok_or(Error::NotFound)?;
    let ours = entrance::Entity::find_by_id(row.entrance_id)
        .join(sea_orm::JoinType::InnerJoin, crate::joins::entrance_to_courtyard())
        .filter(courtyard::Column::CommunityId.eq(actor.community.0))
        .one(&txn)
        .await?;
    ours.ok_or(Error::NotFound)?;
    if let Some(named) = named {
        let owns = unit_owner::Entity::find_by_id((id.0, named.0)).one(&txn).await?;
        owns.ok_or_else(unknown)?;
    }
    let before = row.representative_id.map(|id| format!("owner:{id}"));
    let mut changed = row.into_active_model();
    changed.representative_id = Set(named.map(|id| id.0));
    changed.update(&txn).await?;
    let record = Record {
        actor: actor.audit_name(),
        action: "owner_representative_set".to_owned(),
        subject: format!("unit:{id}"),
        before,
        after: named.map(|id| format!("owner:{id}")),
        reason: None,
    };
    append_in_txn(&txn, hall.now(), record).await?;
    txn.commit().await?;
    Ok(())
}
