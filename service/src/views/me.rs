//! 我的: what a person raised, and what they follow.

use domain::role::Actor;
use domain::time::Timestamp;
use entities::{cosign, follow, household, person, proposal};
use sea_orm::sea_query::Query;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::matter_row::{self, MatterRow};
use super::proposal_list::public;
use crate::error::Result;
use crate::hall::Hall;

/// Matters shown of a kind.
const SHOWN: u64 = 20;

/// 我的.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MeView {
    /// What the person raised, what moved last first.
    pub raised: Vec<MatterRow>,
    /// What else their household co-signed or they follow, what moved last first.
    pub followed: Vec<MatterRow>,
    /// When the household that they belonged to moved out, for those who have none since.
    pub moved_out: Option<Timestamp>,
    /// Whether they act for somebody (代办人).
    pub helps: bool,
}

/// A person's own page.
///
/// # Errors
/// [`Error::Db`](crate::Error::Db) when the database fails.
pub async fn me_view(hall: &Hall, actor: &Actor) -> Result<MeView> {
    let matters = || {
        matter_row::select_few(actor.community)
            .order_by_desc(proposal::Column::UpdatedAt)
            .order_by_desc(proposal::Column::Id)
            .limit(SHOWN)
    };
    let mine = proposal::Column::AuthorId.eq(actor.person.0);
    let follows = Query::select()
        .column(follow::Column::ProposalId)
        .from(follow::Entity)
        .and_where(follow::Column::PersonId.eq(actor.person.0))
        .and_where(follow::Column::StoppedAt.is_null())
        .to_owned();
    let mut concerned = Condition::any().add(proposal::Column::Id.in_subquery(follows));
    if let Some(home) = actor.home {
        let cosigned = Query::select()
            .column(cosign::Column::ProposalId)
            .from(cosign::Entity)
            .and_where(cosign::Column::HouseholdId.eq(home.household.0))
            .to_owned();
        concerned = concerned.add(proposal::Column::Id.in_subquery(cosigned));
    }
    let others = proposal::Column::AuthorId.ne(actor.person.0);
    let followed = matters().filter(others).filter(public()).filter(concerned);
    let helped = person::Entity::find()
        .select_only()
        .column(person::Column::Id)
        .filter(person::Column::HelperId.eq(actor.person.0))
        .limit(1)
        .into_tuple::<i64>()
        .one(hall.db.read())
        .await?;
    let moved_out = match actor.home {
        Some(_) => None,
        None => moved_out(hall, actor).await?,
    };
    Ok(MeView {
        moved_out,
        helps: helped.is_some(),
        raised: matter_row::load(hall, matters().filter(mine)).await?,
        followed: matter_row::load(hall, followed).await?,
    })
}

async fn moved_out(hall: &Hall, actor: &Actor) -> Result<Option<Timestamp>> {
    let former = Query::select()
        .column(person::Column::FormerHouseholdId)
        .from(person::Entity)
        .and_where(person::Column::Id.eq(actor.person.0))
        .to_owned();
    let row = household::Entity::find()
        .filter(household::Column::Id.in_subquery(former))
        .one(hall.db.read())
        .await?;
    Ok(row.and_then(|row| row.ended_at).map(Timestamp))
}
