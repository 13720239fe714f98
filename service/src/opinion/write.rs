//! Writing a statement.

use domain::civil::Admission;
use domain::ids::CommunityId;
use domain::permission::Action;
use domain::role::Actor;
use domain::talk::PostState;
use domain::text::StatementBody;
use entities::{statement, statement_vote};
use opinions::Choice;
use sea_orm::{ActiveModelTrait, ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, Set};
use serde::Deserialize;
use serde_json::json;

use super::{OWN_STATEMENTS_MAX, STATEMENT_WRITE, STATEMENTS_MAX};
use crate::audit::{Record, append_in_txn};
use crate::error::{Error, Problem, Refusal, Result};
use crate::hall::Hall;
use crate::post::{admission_in_txn, masked, open_forum, sha256, watch};
use crate::proposal::held_in_txn;
use crate::{matter, rate};

/// A statement as it is typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct StatementForm {
    /// Text.
    pub body: String,
    /// Anything sends it although the community watches a word in it.
    pub anyway: String,
}

/// Writes a statement, with which its author agrees. Where somebody looks first it is shown to its author
/// alone until then. Gives its state.
///
/// # Errors
/// [`Error::Invalid`] for the field `body`, with [`Problem::WatchedWords`] before a watched word is sent
/// anyway and [`Problem::StatementTwice`] for one that is there already; [`Refusal::ForumClosed`],
/// [`Refusal::StatementsFull`], [`Refusal::OwnStatementsFull`]; [`Error::Denied`] outside the scope;
/// [`Error::TooOften`].
pub async fn statement_write(
    hall: &Hall,
    actor: &Actor,
    number: i64,
    form: &StatementForm,
) -> Result<PostState> {
    rate::take_writing(hall, actor, rate::STATEMENT, rate::STATEMENT_HOUSEHOLD).await?;
    let txn = hall.db.begin().await?;
    let (row, target) = held_in_txn(&txn, actor, number, Action::StatementWrite).await?;
    open_forum(&row)?;
    let body = StatementBody::parse(&form.body)
        .map_err(|error| Error::field("body", Problem::Text(error)))?;
    let settings = matter::settings(&txn, CommunityId(row.community_id)).await?;
    watch(&settings, body.as_str(), !form.anyway.is_empty())?;
    let body = masked(&settings, body.as_str());
    let next = next_number_in_txn(&txn, row.id, actor, &body).await?;
    let state = match admission_in_txn(&txn, &settings, actor, &target).await? {
        Admission::Shown => PostState::Shown,
        Admission::Waiting => PostState::Waiting,
    };
    let made = statement::ActiveModel {
        proposal_id: Set(row.id),
        number: Set(next),
        author_id: Set(actor.person.0),
        through_id: Set(actor.through.map(i64::from)),
        body: Set(body),
        state: Set(state.as_str().to_owned()),
        at: Set(hall.now().0),
        ..Default::default()
    }
    .insert(&txn)
    .await?;
    let own = statement_vote::ActiveModel {
        statement_id: Set(made.id),
        person_id: Set(actor.person.0),
        choice: Set(Choice::Agree.value()),
        through_id: Set(actor.through.map(i64::from)),
        at: Set(hall.now().0),
    };
    statement_vote::Entity::insert(own).exec_without_returning(&txn).await?;
    let after = json!({
        "proposal": row.id, "state": state.as_str(), "body_sha256": sha256(&made.body),
    });
    let record = Record {
        actor: actor.audit_name(),
        action: STATEMENT_WRITE.to_owned(),
        subject: format!("statement:{}", made.id),
        after: Some(after.to_string()),
        ..Record::default()
    };
    append_in_txn(&txn, hall.now(), record).await?;
    txn.commit().await?;
    Ok(state)
}

/// The number of a new statement. The matter is held, so nobody takes the same.
async fn next_number_in_txn(
    txn: &DatabaseTransaction,
    proposal: i64,
    actor: &Actor,
    body: &str,
) -> Result<i64> {
    let there = statement::Entity::find()
        .filter(statement::Column::ProposalId.eq(proposal))
        .all(txn)
        .await?;
    let stands = |row: &&statement::Model| {
        [PostState::Shown.as_str(), PostState::Waiting.as_str()].contains(&row.state.as_str())
    };
    if there.iter().filter(stands).any(|row| row.body == body) {
        return Err(Error::field("body", Problem::StatementTwice));
    }
    if there.iter().filter(|row| row.author_id == actor.person.0).count() >= OWN_STATEMENTS_MAX {
        return Err(Refusal::OwnStatementsFull.into());
    }
    // What was taken down makes room; its number stays taken.
    if there.iter().filter(stands).count() >= STATEMENTS_MAX {
        return Err(Refusal::StatementsFull.into());
    }
    Ok(there.iter().map(|row| row.number).max().unwrap_or_default() + 1)
}
