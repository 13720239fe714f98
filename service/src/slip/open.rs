//! What a code opens, before anybody has joined by it.

use domain::ids::{CommunityId, HouseholdId, PersonId, SlipId};
use domain::slip::Code;
use entities::{courtyard, entrance, household, person, slip};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, FromQueryResult, JoinType, QueryFilter, QuerySelect,
    RelationDef,
};

use super::{Purpose, live, purpose, unknown_code};
use crate::community::{Community, community_load};
use crate::error::{Error, Problem, Result};
use crate::hall::Hall;
use crate::joins::{entrance_to_courtyard, household_to_entrance};
use crate::rate;
use crate::seal::Column;

/// What is shown to whoever holds a slip: never the room, nor who lives there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlipSeen {
    /// The code, which is a secret.
    pub code: Code,
    /// To join, or to set a new password.
    pub purpose: Purpose,
    /// The community, which the code decides.
    pub community: Community,
    /// 小院.
    pub courtyard: String,
    /// 楼门.
    pub entrance: String,
    /// Whose password it sets, for a slip that is for that: name as others see it, and sign-in name.
    pub person: Option<(String, String)>,
}

/// A slip that can be used.
#[derive(Debug)]
pub(super) struct Opened {
    pub(super) id: SlipId,
    pub(super) code: Code,
    pub(super) purpose: Purpose,
    pub(super) household: HouseholdId,
    pub(super) person: Option<PersonId>,
    pub(super) community: Community,
    courtyard: String,
    entrance: String,
    names: Option<(String, String)>,
}

#[derive(Debug, FromQueryResult)]
struct Row {
    id: i64,
    purpose: String,
    community_id: i64,
    household_id: i64,
    person_id: Option<i64>,
    courtyard: String,
    entrance: String,
    nickname: Option<String>,
    sign_in_name: Option<String>,
}

/// Reads a typed or scanned code.
///
/// # Errors
/// [`Error::Invalid`] with the field `code`: [`Problem::Code`] for one that can't be a code, which is
/// neither looked up nor counted, and [`Problem::CodeUnknown`] for one that opens nothing;
/// [`Error::TooOften`] after ten of these in ten minutes from an address, and for one that opens nothing
/// after 2,000 in an hour in sum.
pub async fn slip_read(hall: &Hall, typed: &str, address: &str) -> Result<SlipSeen> {
    let opened = open(hall, typed, address).await?;
    Ok(SlipSeen {
        code: opened.code,
        purpose: opened.purpose,
        community: opened.community,
        courtyard: opened.courtyard,
        entrance: opened.entrance,
        person: opened.names,
    })
}

/// Looks a code up. A try is counted before it is looked up, and taken back when it opens something:
/// so tries at the same time can't pass each other. Once all addresses together have used up their sum, a
/// right code still opens: nobody can keep the others out by guessing.
pub(super) async fn open(hall: &Hall, typed: &str, address: &str) -> Result<Opened> {
    let code = Code::parse(typed).map_err(|error| Error::field("code", Problem::Code(error)))?;
    rate::take(hall, rate::SLIP_WRONG, address).await?;
    let wrong = match rate::take(hall, rate::SLIP_WRONG_IN_SUM, "all").await {
        Ok(()) => unknown_code(),
        Err(error @ Error::TooOften { .. }) => error,
        Err(error) => return Err(error),
    };
    let index = hall.seal.index(Column::SlipCode, &code.printed())?;
    let Some(row) = find(hall, &index).await? else {
        if matches!(wrong, Error::TooOften { .. }) {
            tracing::warn!(error = %wrong, "so many slips' codes were wrong that wrong ones wait");
        }
        return Err(wrong);
    };
    rate::give_back(hall, rate::SLIP_WRONG, address).await?;
    rate::give_back(hall, rate::SLIP_WRONG_IN_SUM, "all").await?;
    Ok(Opened {
        id: SlipId(row.id),
        code,
        purpose: purpose(&row.purpose)?,
        household: HouseholdId(row.household_id),
        person: row.person_id.map(PersonId),
        community: community_load(hall, CommunityId(row.community_id)).await?,
        courtyard: row.courtyard,
        entrance: row.entrance,
        names: row.nickname.zip(row.sign_in_name),
    })
}

/// One statement, which leaves out what can't be used: no answer depends on why.
async fn find(hall: &Hall, index: &str) -> Result<Option<Row>> {
    let to_household: RelationDef = slip::Entity::belongs_to(household::Entity)
        .from(slip::Column::HouseholdId)
        .to(household::Column::Id)
        .into();
    let to_person: RelationDef = slip::Entity::belongs_to(person::Entity)
        .from(slip::Column::PersonId)
        .to(person::Column::Id)
        .into();
    let row = slip::Entity::find()
        .select_only()
        .columns([
            slip::Column::Id,
            slip::Column::Purpose,
            slip::Column::CommunityId,
            slip::Column::HouseholdId,
            slip::Column::PersonId,
        ])
        .column_as(courtyard::Column::Name, "courtyard")
        .column_as(entrance::Column::Name, "entrance")
        .column(person::Column::Nickname)
        .column(person::Column::SignInName)
        .join(JoinType::InnerJoin, to_household)
        .join(JoinType::InnerJoin, household_to_entrance())
        .join(JoinType::InnerJoin, entrance_to_courtyard())
        .join(JoinType::LeftJoin, to_person)
        .filter(slip::Column::CodeIndex.eq(index))
        .filter(live(hall.now()))
        .filter(household::Column::EndedAt.is_null())
        .filter(
            Condition::any()
                .add(slip::Column::PersonId.is_null())
                .add(person::Column::ClosedAt.is_null()),
        )
        .into_model::<Row>()
        .one(hall.db.read())
        .await?;
    Ok(row)
}
