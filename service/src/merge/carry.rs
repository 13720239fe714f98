//! The co-signs that come by merges: derived anew whenever something that they rest on has changed.

use std::collections::{BTreeMap, BTreeSet};

use domain::ids::{CommunityId, CourtyardId, EntranceId, HouseholdId, MergeId, PersonId};
use domain::merging::{Cosigner, LiveMerge, MergeState, carried};
use domain::place::Address;
use domain::time::Timestamp;
use entities::{cosign, entrance, household, merge_no, proposal, proposal_merge};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, FromQueryResult, JoinType,
    PaginatorTrait, QueryFilter, QuerySelect, RelationDef, Set,
};

use crate::cosign::recount_in_txn;
use crate::error::Result;
use crate::joins::household_to_entrance;
use crate::matter;

/// A co-sign that counts, with where its household lives.
#[derive(Debug, Clone, FromQueryResult)]
pub(super) struct Counted {
    pub(super) proposal_id: i64,
    pub(super) household_id: i64,
    pub(super) person_id: i64,
    pub(super) at: i64,
    pub(super) through_id: Option<i64>,
    pub(super) entrance_id: i64,
    pub(super) courtyard_id: i64,
}

/// Puts the co-signs that come by merges into a matter as they should be: adds those that come now, drops
/// those that don't any more, and counts. Where the matter is itself part of another one, that one follows,
/// and so on.
///
/// A row that stays keeps its version, so a household that came before the matter asked something else
/// counts once it has kept its co-sign. The caller holds the matter, and those that it was merged into.
///
/// # Errors
/// [`Error::Db`](crate::Error::Db) when the database fails.
pub async fn carry_in_txn(
    txn: &DatabaseTransaction,
    row: proposal::Model,
) -> Result<proposal::Model> {
    let (row, mut changed) = carry_one_in_txn(txn, row).await?;
    let mut last = row.id;
    while changed {
        let Some(next) = next_in_txn(txn, last).await? else { break };
        last = next.id;
        (_, changed) = carry_one_in_txn(txn, next).await?;
    }
    Ok(row)
}

/// The matter that this one is part of.
async fn next_in_txn(txn: &DatabaseTransaction, from: i64) -> Result<Option<proposal::Model>> {
    let merge = proposal_merge::Entity::find()
        .filter(proposal_merge::Column::FromId.eq(from))
        .filter(proposal_merge::Column::State.eq(MergeState::Done.as_str()))
        .one(txn)
        .await?;
    match merge {
        Some(merge) => Ok(proposal::Entity::find_by_id(merge.into_id).one(txn).await?),
        None => Ok(None),
    }
}

/// Rows of the matters that a matter is part of, one after another.
pub(crate) async fn onward_in_txn(txn: &DatabaseTransaction, from: i64) -> Result<Vec<i64>> {
    let (mut ids, mut last) = (Vec::new(), from);
    while let Some(next) = next_in_txn(txn, last).await? {
        last = next.id;
        ids.push(last);
    }
    Ok(ids)
}

async fn carry_one_in_txn(
    txn: &DatabaseTransaction,
    mut row: proposal::Model,
) -> Result<(proposal::Model, bool)> {
    let rows =
        cosign::Entity::find().filter(cosign::Column::ProposalId.eq(row.id)).all(txn).await?;
    let (came, direct): (Vec<_>, Vec<_>) = rows.into_iter().partition(|one| one.merge_id.is_some());
    let (merges, counted) = standing(txn, &row).await?;
    let want = carried(&own(&direct), matter::scope_of(&row)?, &merges);
    let came: BTreeMap<i64, cosign::Model> =
        came.into_iter().map(|one| (one.household_id, one)).collect();

    let mut gone: Vec<i64> =
        came.keys().copied().filter(|home| !want.contains_key(&HouseholdId(*home))).collect();
    let mut new = Vec::new();
    for (home, by) in &want {
        match came.get(&home.0) {
            Some(stays) if stays.merge_id == Some(by.merge.0) => {}
            // It comes by another merge now, and stands behind what the text was then.
            before => {
                gone.extend(before.map(|one| one.household_id));
                let source = counted.get(&(by.merge, *home));
                new.push(cosign::ActiveModel {
                    proposal_id: Set(row.id),
                    household_id: Set(home.0),
                    person_id: Set(by.person.0),
                    at: Set(source.map_or(0, |one| one.at)),
                    through_id: Set(source.and_then(|one| one.through_id)),
                    version: Set(by.version),
                    merge_id: Set(Some(by.merge.0)),
                });
            }
        }
    }
    let changed = !gone.is_empty() || !new.is_empty();
    if !gone.is_empty() {
        cosign::Entity::delete_many()
            .filter(cosign::Column::ProposalId.eq(row.id))
            .filter(cosign::Column::HouseholdId.is_in(gone))
            .exec(txn)
            .await?;
    }
    if !new.is_empty() {
        cosign::Entity::insert_many(new).exec_without_returning(txn).await?;
    }
    row.cosigns = recount_in_txn(txn, &row).await?;
    Ok((row, changed))
}

/// The co-signs that were given to the matter itself.
pub(super) fn own(direct: &[cosign::Model]) -> Vec<(HouseholdId, PersonId)> {
    direct.iter().map(|one| (HouseholdId(one.household_id), PersonId(one.person_id))).collect()
}

/// What comes by which merge for which household.
pub(super) type Sources = BTreeMap<(MergeId, HouseholdId), Counted>;

/// The merges into a matter that stand. Those from before co-signs were derived bring nobody: their
/// co-signs became the target's own.
pub(super) async fn standing(
    db: &impl ConnectionTrait,
    into: &proposal::Model,
) -> Result<(Vec<LiveMerge>, Sources)> {
    let merges = proposal_merge::Entity::find()
        .filter(proposal_merge::Column::IntoId.eq(into.id))
        .filter(proposal_merge::Column::State.eq(MergeState::Done.as_str()))
        .filter(proposal_merge::Column::IntoVersion.is_not_null())
        .all(db)
        .await?;
    if merges.is_empty() {
        return Ok((Vec::new(), Sources::new()));
    }
    let counted = counted(db, merges.iter().map(|merge| merge.from_id)).await?;
    let declined = merge_no::Entity::find()
        .filter(merge_no::Column::MergeId.is_in(merges.iter().map(|merge| merge.id)))
        .all(db)
        .await?;
    let mut sources = Sources::new();
    let mut live = Vec::with_capacity(merges.len());
    for merge in merges {
        let of_merge = counted.iter().filter(|one| one.proposal_id == merge.from_id);
        let cosigners = of_merge
            .map(|one| {
                let key = (MergeId(merge.id), HouseholdId(one.household_id));
                sources.insert(key, one.clone());
                cosigner(one, into.community_id)
            })
            .collect();
        let no = declined.iter().filter(|no| no.merge_id == merge.id);
        live.push(LiveMerge {
            id: MergeId(merge.id),
            version: merge.into_version.unwrap_or_default(),
            cosigners,
            declined: no.map(|no| HouseholdId(no.household_id)).collect::<BTreeSet<_>>(),
        });
    }
    Ok((live, sources))
}

/// As the rules see a co-sign.
pub(super) fn cosigner(one: &Counted, community: i64) -> Cosigner {
    Cosigner {
        person: PersonId(one.person_id),
        address: Address {
            household: HouseholdId(one.household_id),
            entrance: EntranceId(one.entrance_id),
            courtyard: CourtyardId(one.courtyard_id),
            community: CommunityId(community),
        },
    }
}

/// The co-signs of matters that count.
pub(super) async fn counted(
    db: &impl ConnectionTrait,
    matters: impl IntoIterator<Item = i64>,
) -> Result<Vec<Counted>> {
    let to_household: RelationDef = cosign::Entity::belongs_to(household::Entity)
        .from(cosign::Column::HouseholdId)
        .to(household::Column::Id)
        .into();
    let to_matter: RelationDef = cosign::Entity::belongs_to(proposal::Entity)
        .from(cosign::Column::ProposalId)
        .to(proposal::Column::Id)
        .into();
    let version = sea_orm::sea_query::Expr::col((cosign::Entity, cosign::Column::Version));
    let asks = sea_orm::sea_query::Expr::col((proposal::Entity, proposal::Column::AsksVersion));
    let counted = cosign::Entity::find()
        .select_only()
        .column(cosign::Column::ProposalId)
        .column(cosign::Column::HouseholdId)
        .column(cosign::Column::PersonId)
        .column(cosign::Column::At)
        .column(cosign::Column::ThroughId)
        .column_as(entrance::Column::Id, "entrance_id")
        .column_as(entrance::Column::CourtyardId, "courtyard_id")
        .join(JoinType::InnerJoin, to_household)
        .join(JoinType::InnerJoin, household_to_entrance())
        .join(JoinType::InnerJoin, to_matter)
        .filter(cosign::Column::ProposalId.is_in(matters))
        .filter(sea_orm::sea_query::ExprTrait::gte(version, asks))
        .into_model::<Counted>()
        .all(db)
        .await?;
    Ok(counted)
}

/// Whether anything was merged into a matter, or is to be.
///
/// # Errors
/// [`Error::Db`](crate::Error::Db) when the database fails.
pub async fn is_target_in_txn(txn: &DatabaseTransaction, into: i64) -> Result<bool> {
    let live = proposal_merge::Entity::find()
        .filter(proposal_merge::Column::IntoId.eq(into))
        .filter(is_live())
        .count(txn)
        .await?;
    Ok(live > 0)
}

/// Notes that a household which took its co-sign back from a matter comes to it by none of the merges
/// that stand or are asked for.
///
/// # Errors
/// [`Error::Db`](crate::Error::Db) when the database fails.
pub async fn declines_note_in_txn(
    txn: &DatabaseTransaction,
    into: i64,
    household: i64,
    person: PersonId,
    through: Option<PersonId>,
    at: Timestamp,
) -> Result<()> {
    let live: Vec<i64> = proposal_merge::Entity::find()
        .select_only()
        .column(proposal_merge::Column::Id)
        .filter(proposal_merge::Column::IntoId.eq(into))
        .filter(is_live())
        .into_tuple()
        .all(txn)
        .await?;
    if live.is_empty() {
        return Ok(());
    }
    let noted = live.into_iter().map(|merge| merge_no::ActiveModel {
        merge_id: Set(merge),
        household_id: Set(household),
        person_id: Set(person.0),
        through_id: Set(through.map(i64::from)),
        at: Set(at.0),
    });
    merge_no::Entity::insert_many(noted)
        .on_conflict_do_nothing()
        .exec_without_returning(txn)
        .await?;
    Ok(())
}

fn is_live() -> sea_orm::sea_query::SimpleExpr {
    proposal_merge::Column::State.is_in([MergeState::Asked.as_str(), MergeState::Done.as_str()])
}
