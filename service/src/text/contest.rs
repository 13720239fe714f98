//! A correction that alters what is asked: households say so, or the committee does.

use domain::ids::CommunityId;
use domain::permission::Action;
use domain::role::Actor;
use domain::text::Reason;
use domain::version::{TextRefusal, contest_decides, is_open_correction, may_contest};
use entities::{cosign, proposal, proposal_version, version_contest};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait,
    FromQueryResult, IntoActiveModel, QueryFilter, Set, Statement,
};
use serde_json::json;

use super::{kind_of, open, state_of};
use crate::audit::{Record, append_in_txn};
use crate::cosign::{counted_in_txn, household};
use crate::error::{Problems, Result};
use crate::hall::Hall;
use crate::matter::{self, By, Said, Shown, show_in_txn, update_in_txn};
use crate::proposal::held_in_txn;

/// What contesting came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Contested {
    /// Households behind the text from before the correction that say so.
    pub households: u64,
    /// Households that decide it.
    pub needed: u32,
    /// Whether it is a change of what is asked now.
    pub raised: bool,
}

/// The actor's household says that the correction `version` alters what is asked. With so many as the settings say
/// it counts as a change from now on, and each household is asked.
///
/// # Errors
/// [`TextRefusal::NotOpen`] when it is no correction that can be contested; [`TextRefusal::NotBehind`] when the
/// household doesn't stand behind the text from before it; [`TextRefusal::Contested`]; [`TextRefusal::Closed`];
/// [`Error::Denied`](crate::Error::Denied) for who hasn't co-signed.
pub async fn correction_contest(
    hall: &Hall,
    actor: &Actor,
    number: i64,
    version: i64,
) -> Result<Contested> {
    let txn = hall.db.begin().await?;
    let (row, correction, household) = contesting_in_txn(&txn, actor, number, version).await?;
    let own = cosign::Entity::find_by_id((row.id, household)).one(&txn).await?;
    if !own.is_some_and(|own| may_contest(own.version, version, row.asks_version)) {
        return Err(TextRefusal::NotBehind.into());
    }
    let key = (correction.id, household);
    if version_contest::Entity::find_by_id(key).one(&txn).await?.is_some() {
        return Err(TextRefusal::Contested.into());
    }
    let said = version_contest::ActiveModel {
        version_id: Set(correction.id),
        household_id: Set(household),
        person_id: Set(actor.person.0),
        through_id: Set(actor.through.map(i64::from)),
        at: Set(hall.now().0),
    };
    version_contest::Entity::insert(said).exec_without_returning(&txn).await?;
    record_in_txn(hall, &txn, actor, "correction_contest", &row, version, household).await?;
    let settings = matter::settings(&txn, CommunityId(row.community_id)).await?;
    let needed = settings.contest_households;
    let households = contests_in_txn(&txn, &row, &correction).await?;
    let raised = contest_decides(households, needed);
    if raised {
        let said = Said {
            detail: Some(json!({ "version": version, "households": households })),
            ..Said::default()
        };
        raise_in_txn(hall, &txn, row, correction, By::Clock, said).await?;
    }
    txn.commit().await?;
    Ok(Contested { households, needed, raised })
}

/// The household takes back what it said of the correction `version`, until that is decided.
///
/// # Errors
/// [`TextRefusal::NotContested`] when it has said nothing; else as [`correction_contest`].
pub async fn correction_contest_back(
    hall: &Hall,
    actor: &Actor,
    number: i64,
    version: i64,
) -> Result<Contested> {
    let txn = hall.db.begin().await?;
    let (row, correction, household) = contesting_in_txn(&txn, actor, number, version).await?;
    let key = (correction.id, household);
    if version_contest::Entity::delete_by_id(key).exec(&txn).await?.rows_affected == 0 {
        return Err(TextRefusal::NotContested.into());
    }
    record_in_txn(hall, &txn, actor, "correction_contest_back", &row, version, household).await?;
    let settings = matter::settings(&txn, CommunityId(row.community_id)).await?;
    let households = contests_in_txn(&txn, &row, &correction).await?;
    txn.commit().await?;
    Ok(Contested { households, needed: settings.contest_households, raised: false })
}

/// The matter, held, with the correction that the actor's household speaks of.
async fn contesting_in_txn(
    txn: &DatabaseTransaction,
    actor: &Actor,
    number: i64,
    version: i64,
) -> Result<(proposal::Model, proposal_version::Model, i64)> {
    let (row, _) = held_in_txn(txn, actor, number, Action::TextContest).await?;
    let correction = correction_in_txn(txn, &row, version).await?;
    let household = household(actor)?;
    Ok((row, correction, household))
}

/// The committee finds that the correction `version` alters what is asked, with a public reason.
///
/// # Errors
/// [`Error::Invalid`](crate::Error::Invalid) with `reason`; [`TextRefusal::NotOpen`]; [`TextRefusal::Closed`];
/// [`Error::Denied`](crate::Error::Denied).
pub async fn correction_raise(
    hall: &Hall,
    actor: &Actor,
    number: i64,
    version: i64,
    reason: &str,
) -> Result<()> {
    let txn = hall.db.begin().await?;
    let (row, _) = held_in_txn(&txn, actor, number, Action::TextRaise).await?;
    let mut problems = Problems::default();
    let reason = problems.text("reason", Reason::parse(reason));
    let reason = problems.values(reason)?;
    let correction = correction_in_txn(&txn, &row, version).await?;
    let said = Said {
        reason: Some(reason.to_string()),
        detail: Some(json!({ "version": version })),
        ..Said::default()
    };
    raise_in_txn(hall, &txn, row, correction, By::Person(actor), said).await?;
    txn.commit().await?;
    Ok(())
}

/// The correction with that number, as long as it can be found to be none.
async fn correction_in_txn(
    txn: &DatabaseTransaction,
    row: &proposal::Model,
    version: i64,
) -> Result<proposal_version::Model> {
    open(row)?;
    let found = proposal_version::Entity::find()
        .filter(proposal_version::Column::ProposalId.eq(row.id))
        .filter(proposal_version::Column::Number.eq(version))
        .one(txn)
        .await?
        .ok_or(TextRefusal::NotOpen)?;
    let asks = row.asks_version;
    if is_open_correction(kind_of(&found)?, state_of(&found)?, version, asks) {
        Ok(found)
    } else {
        Err(TextRefusal::NotOpen.into())
    }
}

#[derive(FromQueryResult)]
struct Count {
    households: i64,
}

/// Households that say so and still stand behind the text from before it.
async fn contests_in_txn(
    txn: &DatabaseTransaction,
    row: &proposal::Model,
    correction: &proposal_version::Model,
) -> Result<u64> {
    let sql = "SELECT COUNT(*) AS households FROM version_contest x \
       JOIN cosign c ON c.proposal_id = $1 AND c.household_id = x.household_id \
       WHERE x.version_id = $2 AND c.version >= $3 AND c.version < $4";
    let values =
        [row.id.into(), correction.id.into(), row.asks_version.into(), correction.number.into()];
    let statement = Statement::from_sql_and_values(txn.get_database_backend(), sql, values);
    let count = Count::find_by_statement(statement).one(txn).await?;
    Ok(count.map_or(0, |count| count.households.unsigned_abs()))
}

/// From now on the matter asks what the correction says: who stood behind the text from before it is asked.
async fn raise_in_txn(
    hall: &Hall,
    txn: &DatabaseTransaction,
    row: proposal::Model,
    correction: proposal_version::Model,
    by: By<'_>,
    said: Said,
) -> Result<()> {
    let now = hall.now();
    let number = correction.number;
    let mut raised = correction.into_active_model();
    raised.raised_at = Set(Some(now.0));
    raised.raised_by = Set(by.person().map(i64::from));
    raised.raised_reason = Set(said.reason.clone());
    raised.update(txn).await?;
    let (version, asked) = (row.version, row.asks_version);
    let mut changed = row.into_active_model();
    changed.asks_version = Set(number);
    changed.updated_at = Set(now.0);
    changed.version = Set(version + 1);
    let row = update_in_txn(txn, changed, version).await?;
    let row = counted_in_txn(txn, row).await?;
    show_in_txn(hall, txn, &row, Shown::note("text_raised"), by, &said).await?;
    let record = Record {
        actor: by.audit_name(),
        action: "correction_raise".to_owned(),
        subject: format!("proposal:{}", row.id),
        before: Some(json!({ "asks": asked }).to_string()),
        after: Some(json!({ "asks": number }).to_string()),
        reason: said.reason,
    };
    append_in_txn(txn, now, record).await?;
    Ok(())
}

async fn record_in_txn(
    hall: &Hall,
    txn: &DatabaseTransaction,
    actor: &Actor,
    action: &str,
    row: &proposal::Model,
    version: i64,
    household: i64,
) -> Result<()> {
    let record = Record {
        actor: actor.audit_name(),
        action: action.to_owned(),
        subject: format!("proposal:{}", row.id),
        after: Some(json!({ "version": version, "household": household }).to_string()),
        ..Record::default()
    };
    append_in_txn(txn, hall.now(), record).await?;
    Ok(())
}
