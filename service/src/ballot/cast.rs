//! Casting a vote.

use domain::ballot::{Choice, Paper, Receipt, Tracker};
use domain::ids::{BallotNumber, CommunityId};
use domain::permission::{Action, Target, permit};
use domain::role::Actor;
use entities::{ballot, elector, household, paper};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QuerySelect, Set};

use super::{CAST_ASSISTED, CAST_WEB, NOT_CAST, OPEN, Voters, read_kind, subject};
use crate::audit::{Record, append_in_txn};
use crate::error::{Error, Problem, Refusal, Result};
use crate::hall::Hall;
use crate::matter::By;

/// What a voter takes home. It is told once and kept nowhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cast {
    /// Finds the paper in the published result.
    pub tracker: Tracker,
    /// Proves that a paper with this tracker was taken.
    pub receipt: Receipt,
}

/// Puts a vote in the box, once: the roll is marked and the paper goes in, in one transaction. What is kept of the
/// voter (roll, audit entry) holds neither choice nor tracker, and the paper holds neither voter nor time.
///
/// `choice` is `yes`, `no` or `abstain`.
///
/// # Errors
/// [`Error::NotFound`] when there is no such ballot; [`Error::Denied`] for those who aren't on its roll, and for
/// members of a household who aren't its representative; [`Refusal::BallotOver`] from its closing time on, counted
/// or not; [`Refusal::AlreadyVoted`] the second time, also for another household; [`Error::Invalid`] with the field `choice`.
pub async fn ballot_cast(hall: &Hall, actor: &Actor, number: i64, choice: &str) -> Result<Cast> {
    let tracker = Tracker::from_random(hall.dice.bytes16());
    let txn = hall.db.begin().await?;
    let row = ballot::Entity::find()
        .filter(ballot::Column::CommunityId.eq(actor.community.0))
        .filter(ballot::Column::Number.eq(number))
        // Whoever counts the papers waits for this vote, and this vote for whoever counts.
        .lock_shared()
        .one(&txn)
        .await?
        .ok_or(Error::NotFound)?;
    let voter = roll_line(&txn, &row, actor).await?;
    let target =
        Target { elector: voter.is_some(), ..Target::community(CommunityId(row.community_id)) };
    permit(Some(actor), Action::BallotCast, &target)?;
    let voter = voter.ok_or(Error::NotFound)?;
    let now = hall.now();
    if row.state != OPEN || now.0 >= row.closes_at {
        return Err(Refusal::BallotOver.into());
    }
    let choice = parse(choice)?;

    let cast_by = if actor.through.is_some() { CAST_ASSISTED } else { CAST_WEB };
    let marked = elector::Entity::update_many()
        .col_expr(elector::Column::CastBy, Expr::value(cast_by))
        // Of whom the vote is, also by a helper's hand: nobody votes for two households in turn.
        .col_expr(elector::Column::CasterId, Expr::value(actor.person.0))
        .filter(elector::Column::BallotId.eq(row.id))
        .filter(elector::Column::Voter.eq(voter.as_str()))
        .filter(elector::Column::CastBy.eq(NOT_CAST))
        .exec(&txn)
        .await
        .map_err(|error| {
            let twice = Error::is_duplicate(&error);
            if twice { Refusal::AlreadyVoted.into() } else { Error::from(error) }
        })?;
    if marked.rows_affected == 0 {
        return Err(Refusal::AlreadyVoted.into());
    }
    put_in_box_in_txn(&txn, row.id, &Paper { tracker, choice }).await?;
    append_in_txn(
        &txn,
        now,
        Record {
            actor: By::Person(actor).audit_name(),
            action: "ballot_cast".to_owned(),
            subject: subject(number),
            before: None,
            after: Some(format!("{voter} {cast_by}")),
            reason: None,
        },
    )
    .await?;
    txn.commit().await?;
    let receipt = Receipt::issue(&hall.key, BallotNumber(number), tracker);
    Ok(Cast { tracker, receipt })
}

fn parse(choice: &str) -> Result<Choice> {
    if choice.is_empty() {
        return Err(Error::field("choice", Problem::Choose));
    }
    choice.parse().map_err(|_| Error::field("choice", Problem::Unknown))
}

/// The key of the line on the roll that the actor may vote for: their own, or that of the household which they
/// represent now.
async fn roll_line(
    txn: &DatabaseTransaction,
    ballot: &ballot::Model,
    actor: &Actor,
) -> Result<Option<String>> {
    let Some(voters) = Voters::of(read_kind(&ballot.kind)?) else { return Ok(None) };
    let Some(key) = voters.key(actor) else { return Ok(None) };
    let Some(line) = elector::Entity::find_by_id((ballot.id, key)).one(txn).await? else {
        return Ok(None);
    };
    if let Some(household) = line.household_id {
        let home = household::Entity::find_by_id(household).one(txn).await?;
        if home.is_none_or(|home| home.representative_id != Some(actor.person.0)) {
            return Ok(None);
        }
    }
    Ok(Some(line.voter))
}

async fn put_in_box_in_txn(txn: &DatabaseTransaction, ballot: i64, vote: &Paper) -> Result<()> {
    let row = paper::ActiveModel {
        tracker: Set(vote.tracker.to_string()),
        ballot_id: Set(ballot),
        choice: Set(serde_json::to_string(&vote.choice)?),
    };
    paper::Entity::insert(row).exec_without_returning(txn).await?;
    Ok(())
}
