//! Counting the ballots whose time is over.

use domain::ballot::{BallotKind, Choice, Effect, Paper};
use domain::ids::BallotNumber;
use domain::merkle::{self, Digest};
use domain::proposal::{DecidedBy, Step, Verdict};
use domain::result_file::{CastCounts, ElectorateNote, ResultFile, ResultParts};
use domain::time::Timestamp;
use entities::{ballot, community, elector, paper, proposal};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};
use serde_json::json;

use super::{CLOSED, OPEN, Tally, read_kind, shuffle_papers_in_txn, subject};
use crate::audit::{Record, append_in_txn};
use crate::error::{Error, Result};
use crate::hall::Hall;
use crate::matter::{self, By, Said};

/// Counts every open ballot whose closing time has come, each in its own transaction: box and roll are compared, the
/// result is signed and published, and the matter moves on. Safe with several servers at once, and to be called again.
///
/// Returns how many this call has closed.
///
/// # Errors
/// The last error when a ballot could not be counted; the others were counted all the same.
pub async fn ballot_close_due(hall: &Hall) -> Result<usize> {
    let due: Vec<i64> = ballot::Entity::find()
        .select_only()
        .column(ballot::Column::Id)
        .filter(ballot::Column::State.eq(OPEN))
        .filter(ballot::Column::ClosesAt.lte(hall.now().0))
        .order_by_asc(ballot::Column::ClosesAt)
        .order_by_asc(ballot::Column::Id)
        .into_tuple()
        .all(hall.db.read())
        .await?;
    let (mut closed, mut failed) = (0, None);
    for id in due {
        match close(hall, id).await {
            Ok(true) => closed += 1,
            Ok(false) => {}
            Err(error) => {
                tracing::error!(ballot = id, %error, "a ballot could not be counted");
                failed = Some(error);
            }
        }
    }
    failed.map_or(Ok(closed), Err)
}

/// Counts one ballot; false when another server was quicker.
async fn close(hall: &Hall, id: i64) -> Result<bool> {
    let txn = hall.db.begin().await?;
    // The matter before its ballot and the chain, as everywhere: whoever holds one waits for the next.
    let row = ballot::Entity::find_by_id(id).one(&txn).await?.ok_or(Error::NotFound)?;
    let matter = proposal::Entity::find_by_id(row.proposal_id).lock_exclusive().one(&txn).await?;
    let matter = matter.ok_or(Error::NotFound)?;
    // Waits for votes under way; votes that come after it find the ballot closed.
    let taken = ballot::Entity::update_many()
        .col_expr(ballot::Column::State, Expr::value(CLOSED))
        .col_expr(ballot::Column::Version, Expr::col(ballot::Column::Version).add(1))
        .filter(ballot::Column::Id.eq(id))
        .filter(ballot::Column::State.eq(OPEN))
        .exec(&txn)
        .await?;
    if taken.rows_affected == 0 {
        txn.rollback().await?;
        return Ok(false);
    }
    shuffle_papers_in_txn(&txn, id).await?;
    let tally = count_in_txn(hall, &txn, &row).await?;

    let kind = read_kind(&row.kind)?;
    let step = step_for(kind, &tally);
    let said = Said { detail: Some(detail(&row, kind, &tally)), ..Said::default() };
    matter::advance_in_txn(hall, &txn, matter, step, By::Clock, said).await?;
    txn.commit().await?;
    Ok(true)
}

/// Counts papers and roll, records the closing, and publishes the signed result.
async fn count_in_txn(
    hall: &Hall,
    txn: &DatabaseTransaction,
    row: &ballot::Model,
) -> Result<Tally> {
    let kind = read_kind(&row.kind)?;
    let number = BallotNumber(row.number);
    let papers = papers_in_txn(txn, row.id).await?;
    let cast = cast_in_txn(txn, row.id).await?;
    let community =
        community::Entity::find_by_id(row.community_id).one(txn).await?.ok_or(Error::NotFound)?;
    // The chain commits to the root, and the result to the chain: neither can be changed without the other.
    let leaves: Vec<Digest> = papers.iter().map(|paper| paper.leaf(number)).collect();
    let facts = json!({ "papers": papers.len(), "cast": cast, "root": merkle::root(&leaves) });
    let head = append_in_txn(
        txn,
        hall.now(),
        Record {
            actor: By::Clock.audit_name(),
            action: "ballot_close".to_owned(),
            subject: subject(row.number),
            before: Some(OPEN.to_owned()),
            after: Some(facts.to_string()),
            reason: None,
        },
    )
    .await?;
    let file = ResultFile::build(
        ResultParts {
            community: community.name,
            ballot: number,
            question: row.question.clone(),
            kind,
            terms: None,
            opened_at: Timestamp(row.opens_at),
            closed_at: Timestamp(row.closes_at),
            electorate: ElectorateNote {
                count: u64::try_from(row.electors).map_err(broken)?,
                digest: row.electorate_digest.parse().map_err(broken)?,
            },
            cast,
            papers,
            audit_head: head.hash.parse().map_err(broken)?,
        },
        &hall.key,
    )
    .map_err(broken)?;
    let tally = Tally {
        counts: file.counts.clone(),
        outcome: file.outcome,
        cast,
        root: file.root,
        audit_head: file.audit_head,
    };
    ballot::Entity::update_many()
        .col_expr(ballot::Column::Result, Expr::value(file.to_json()?))
        .col_expr(ballot::Column::Outcome, Expr::value(serde_json::to_string(&tally)?))
        .filter(ballot::Column::Id.eq(row.id))
        .exec(txn)
        .await?;
    Ok(tally)
}

/// The box's papers, ascending by tracker.
async fn papers_in_txn(txn: &DatabaseTransaction, ballot: i64) -> Result<Vec<Paper>> {
    let rows = paper::Entity::find().filter(paper::Column::BallotId.eq(ballot)).all(txn).await?;
    let mut papers = rows
        .iter()
        .map(|row| {
            Ok(Paper {
                tracker: row.tracker.parse().map_err(broken)?,
                choice: serde_json::from_str::<Choice>(&row.choice)?,
            })
        })
        .collect::<Result<Vec<_>>>()?;
    papers.sort_unstable_by_key(|paper| paper.tracker);
    Ok(papers)
}

/// How the roll says that votes were cast.
async fn cast_in_txn(txn: &DatabaseTransaction, ballot: i64) -> Result<CastCounts> {
    let rows: Vec<(String, i64)> = elector::Entity::find()
        .select_only()
        .column(elector::Column::CastBy)
        .column_as(elector::Column::Voter.count(), "lines")
        .filter(elector::Column::BallotId.eq(ballot))
        .group_by(elector::Column::CastBy)
        .into_tuple()
        .all(txn)
        .await?;
    let mut counts = CastCounts::default();
    for (how, lines) in rows {
        let lines = u64::try_from(lines).map_err(broken)?;
        match how.as_str() {
            "web" => counts.web = lines,
            "paper" => counts.paper = lines,
            "assisted" => counts.assisted = lines,
            _ => {}
        }
    }
    Ok(counts)
}

/// Where the matter goes: a valid ballot of a binding kind decides it; an invalid one, or one that only informs,
/// leads back to the neighbours.
fn step_for(kind: BallotKind, tally: &Tally) -> Step {
    let binding = kind.rule().effect == Effect::Binding;
    match (binding && tally.outcome.valid, tally.outcome.passed) {
        (false, _) => Step::BallotFailed,
        (true, true) => Step::Decide { verdict: Verdict::Adopted, by: DecidedBy::Ballot },
        (true, false) => Step::Decide { verdict: Verdict::NotAdopted, by: DecidedBy::Ballot },
    }
}

/// The numbers on the timeline.
fn detail(row: &ballot::Model, kind: BallotKind, tally: &Tally) -> serde_json::Value {
    json!({
        "ballot": row.number,
        "kind": kind,
        "effect": kind.rule().effect,
        "members": row.electors,
        "participated": tally.outcome.participated,
        "quorum": tally.outcome.quorum,
        "yes": tally.counts.yes,
        "no": tally.counts.no,
        "abstain": tally.counts.abstain,
        "valid": tally.outcome.valid,
        "passed": tally.outcome.passed,
    })
}

fn broken(error: impl std::fmt::Display) -> Error {
    Error::Broken(format!("counting a ballot: {error}"))
}
