//! Merging a matter into another: each household's co-sign is kept and counted once.

use domain::ids::{CommunityId, CourtyardId, EntranceId, HouseholdId, PersonId};
use domain::permission::Action;
use domain::place::{Address, Scope};
use domain::proposal::Step;
use domain::role::Actor;
use domain::text::Reason;
use entities::{cosign, entrance, follow, household, proposal};
use sea_orm::{
    ColumnTrait, DatabaseTransaction, EntityTrait, FromQueryResult, JoinType, QueryFilter,
    QueryOrder, QuerySelect, RelationDef, Set,
};
use serde_json::json;

use super::{name_of, permitted_in_txn, touch_in_txn};
use crate::error::{Error, Problem, Problems, Result};
use crate::hall::Hall;
use crate::joins::household_to_entrance;
use crate::matter::{self, By, Said, Shown};
use crate::proposal::accept_if_enough_in_txn;

/// Merges a matter into another of the community that is public and not over.
///
/// Co-signs of households that the other matter concerns and that have not co-signed it are added
/// there; those who follow this matter follow the other one from now on. Both timelines show it.
/// When the added households reach the other's threshold, it is taken up.
///
/// # Errors
/// [`Error::Denied`], [`Error::Invalid`] with `into` or `reason`, [`Error::Refused`] when the
/// matter can't be merged any more or somebody else was quicker.
pub async fn matter_merge(
    hall: &Hall,
    actor: &Actor,
    number: i64,
    typed_into: &str,
    typed_reason: &str,
) -> Result<()> {
    let txn = hall.db.begin().await?;
    hold_both_in_txn(&txn, actor, [typed_number(typed_into), Some(number)]).await?;
    let row = permitted_in_txn(&txn, actor, number, Action::ProposalDecide).await?;
    let mut problems = Problems::default();
    let into = find_target(&txn, &row, typed_into).await?;
    if into.is_none() {
        let nothing = typed_into.trim().is_empty();
        problems.note("into", if nothing { Problem::Choose } else { Problem::Unknown });
    }
    let reason = problems.text("reason", Reason::parse(typed_reason));
    let (into, reason) = problems.values(into.zip(reason))?;
    let (Some(from_number), Some(into_number)) = (row.number, into.number) else {
        return Err(Error::NotFound);
    };

    let moved = copy_cosigns_in_txn(&txn, &row, &into).await?;
    copy_followers_in_txn(hall, &txn, &row, &into).await?;

    let by = By::Person(actor);
    let cosigns = into.cosigns + moved;
    let into = touch_in_txn(hall, &txn, into, |into| into.cosigns = Set(cosigns)).await?;
    let said = Said {
        reason: Some(reason.as_str().to_owned()),
        detail: Some(json!({ "from": from_number, "title": row.title, "households": moved })),
        due: None,
    };
    matter::show_in_txn(hall, &txn, &into, Shown::note("merged_in"), by, &said).await?;

    let step = Step::Merge { into: domain::ids::ProposalNumber(into_number) };
    let said = Said {
        reason: Some(reason.as_str().to_owned()),
        detail: Some(json!({ "into": into_number, "title": into.title, "households": moved })),
        due: None,
    };
    matter::advance_in_txn(hall, &txn, row, step, by, said).await?;

    accept_if_enough_in_txn(hall, &txn, into).await?;
    txn.commit().await?;
    Ok(())
}

fn typed_number(typed: &str) -> Option<i64> {
    typed.trim().parse().ok()
}

/// Holds both matters, the one with the lower row first: two merges that cross wait for each other
/// in the same order.
async fn hold_both_in_txn(
    txn: &DatabaseTransaction,
    actor: &Actor,
    numbers: [Option<i64>; 2],
) -> Result<()> {
    proposal::Entity::find()
        .select_only()
        .column(proposal::Column::Id)
        .filter(proposal::Column::CommunityId.eq(actor.community.0))
        .filter(proposal::Column::Number.is_in(numbers.into_iter().flatten()))
        .order_by_asc(proposal::Column::Id)
        .lock_exclusive()
        .into_tuple::<i64>()
        .all(txn)
        .await?;
    Ok(())
}

/// The matter of that number when this one can be merged into it. Its row is locked, so that a
/// household that co-signs meanwhile is counted as well.
async fn find_target(
    txn: &DatabaseTransaction,
    row: &proposal::Model,
    typed: &str,
) -> Result<Option<proposal::Model>> {
    let Some(number) = typed_number(typed) else { return Ok(None) };
    if row.number == Some(number) {
        return Ok(None);
    }
    let found = proposal::Entity::find()
        .filter(proposal::Column::CommunityId.eq(row.community_id))
        .filter(proposal::Column::Number.eq(number))
        .lock_exclusive()
        .one(txn)
        .await?;
    let Some(found) = found else { return Ok(None) };
    let name = name_of(&found)?;
    Ok((name.is_public() && !name.is_final()).then_some(found))
}

#[derive(Debug, FromQueryResult)]
struct Cosigner {
    household_id: i64,
    person_id: i64,
    at: i64,
    through_id: Option<i64>,
    entrance_id: i64,
    courtyard_id: i64,
}

/// Adds the co-signs of one matter to another, each household and each person once; gives how many were added.
async fn copy_cosigns_in_txn(
    txn: &DatabaseTransaction,
    from: &proposal::Model,
    into: &proposal::Model,
) -> Result<i64> {
    let to_household: RelationDef = cosign::Entity::belongs_to(household::Entity)
        .from(cosign::Column::HouseholdId)
        .to(household::Column::Id)
        .into();
    let cosigners = cosign::Entity::find()
        .select_only()
        .column(cosign::Column::HouseholdId)
        .column(cosign::Column::PersonId)
        .column(cosign::Column::At)
        .column(cosign::Column::ThroughId)
        .column_as(entrance::Column::Id, "entrance_id")
        .column_as(entrance::Column::CourtyardId, "courtyard_id")
        .join(JoinType::InnerJoin, to_household)
        .join(JoinType::InnerJoin, household_to_entrance())
        .filter(cosign::Column::ProposalId.eq(from.id))
        .into_model::<Cosigner>()
        .all(txn)
        .await?;
    let there: Vec<(i64, i64)> = cosign::Entity::find()
        .select_only()
        .column(cosign::Column::HouseholdId)
        .column(cosign::Column::PersonId)
        .filter(cosign::Column::ProposalId.eq(into.id))
        .into_tuple()
        .all(txn)
        .await?;
    let scope = matter::scope_of(into)?;
    let new: Vec<_> = cosigners
        .into_iter()
        .filter(|one| !there.iter().any(|it| it.0 == one.household_id || it.1 == one.person_id))
        .filter(|one| concerns(scope, one, into.community_id))
        .map(|one| cosign::ActiveModel {
            proposal_id: Set(into.id),
            household_id: Set(one.household_id),
            person_id: Set(one.person_id),
            at: Set(one.at),
            through_id: Set(one.through_id),
            version: Set(into.text_version),
            merge_id: Set(None),
        })
        .collect();
    let added = i64::try_from(new.len()).unwrap_or(0);
    if added > 0 {
        cosign::Entity::insert_many(new)
            .exec_without_returning(txn)
            .await
            .map_err(super::stale_if_duplicate)?;
    }
    Ok(added)
}

fn concerns(scope: Scope, one: &Cosigner, community: i64) -> bool {
    scope.contains(&Address {
        household: HouseholdId(one.household_id),
        entrance: EntranceId(one.entrance_id),
        courtyard: CourtyardId(one.courtyard_id),
        community: CommunityId(community),
    })
}

/// Those who follow one matter follow the other too, unless they stopped it before.
async fn copy_followers_in_txn(
    hall: &Hall,
    txn: &DatabaseTransaction,
    from: &proposal::Model,
    into: &proposal::Model,
) -> Result<()> {
    let people: Vec<i64> = follow::Entity::find()
        .select_only()
        .column(follow::Column::PersonId)
        .filter(follow::Column::ProposalId.eq(from.id))
        .filter(follow::Column::StoppedAt.is_null())
        .into_tuple()
        .all(txn)
        .await?;
    for person in people {
        matter::follow_in_txn(hall, txn, into.id, PersonId(person)).await?;
    }
    Ok(())
}
