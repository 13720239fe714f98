//! Neighbours report a post or a matter's text; those who moderate answer within a day.

use domain::civil::{REPORT_MS, Wrong, folds};
use domain::ids::{CommunityId, HouseholdId, PostId, ReportId};
use domain::permission::Action;
use domain::role::Actor;
use domain::talk::PostState;
use domain::text::{Reason, ReviewWords};
use entities::{post, proposal, removal, report};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QuerySelect, Set,
};
use serde_json::json;

use super::remove::{find, removal_in_txn, settle_in_txn, state_of, subject, why};
use super::seen::as_seen;
use super::{covered, matter_text_stands};
use crate::audit::{Record, append_in_txn};
use crate::error::{Error, Problem, Problems, Refusal, Result};
use crate::hall::Hall;
use crate::matter;
use crate::post::posts_uncount_in_txn;
use crate::proposal::held_in_txn;
use crate::rate;

/// `report.state` of one that waits for its answer.
pub(super) const OPEN: &str = "open";
/// Of one after which something was taken down.
pub(super) const UPHELD: &str = "upheld";
/// Of one after which it stayed.
pub(super) const DISMISSED: &str = "dismissed";

/// Reports a post, or the matter's own text when `post` is none: once a person. `kind` is the name of a
/// [`Wrong`]; `words` may stay empty.
///
/// Enough households fold a post until somebody has looked ([`folds`]).
///
/// # Errors
/// [`Error::Invalid`] for the fields `kind` and `words`; [`Refusal::AlreadyReported`];
/// [`Refusal::OwnPost`]; [`Error::TooOften`]; [`Error::NotFound`] when it isn't there to be read;
/// [`Error::Denied`].
pub async fn report_file(
    hall: &Hall,
    actor: &Actor,
    number: i64,
    post: Option<PostId>,
    kind: &str,
    words: &str,
) -> Result<ReportId> {
    rate::take_writing(hall, actor, rate::REPORT, rate::REPORT_HOUSEHOLD).await?;
    let now = hall.now();
    let txn = hall.db.begin().await?;
    let (matter, _) = held_in_txn(&txn, actor, number, Action::Report).await?;
    let household = actor.home.map(|home| home.household).ok_or(Error::NotFound)?;
    let settings = matter::settings(&txn, CommunityId(matter.community_id)).await?;
    let reported = match post {
        Some(id) => {
            let row = find(&txn, matter.id, id).await?;
            if !matches!(state_of(&row)?, PostState::Shown | PostState::Folded) {
                return Err(Error::NotFound);
            }
            Some(row)
        }
        None => {
            matter_text_stands(&matter)?;
            None
        }
    };
    let author = reported.as_ref().map_or(matter.author_id, |row| row.author_id);
    if author == actor.person.0 {
        return Err(Refusal::OwnPost.into());
    }
    let (kind, words) = typed(kind, words)?;
    let row = report::ActiveModel {
        community_id: Set(matter.community_id),
        proposal_id: Set(matter.id),
        post_id: Set(post.map(i64::from)),
        by_id: Set(actor.person.0),
        household_id: Set(household.0),
        through_id: Set(actor.through.map(i64::from)),
        kind: Set(kind.as_str().to_owned()),
        words: Set(words.map(|words| covered(&settings, words.as_str()))),
        at: Set(now.0),
        due_at: Set(now.plus_ms(REPORT_MS).0),
        state: Set(OPEN.to_owned()),
        ..Default::default()
    };
    let id = match row.insert(&txn).await {
        Ok(row) => row.id,
        Err(error) if Error::is_duplicate(&error) => return Err(Refusal::AlreadyReported.into()),
        Err(error) => return Err(error.into()),
    };
    let folded = match reported {
        Some(row) => fold_in_txn(&txn, &row, settings.fold_households).await?,
        None => false,
    };
    let record = Record {
        actor: actor.audit_name(),
        action: "report_file".to_owned(),
        subject: subject(matter.id, post),
        after: Some(json!({ "report": id, "kind": kind.as_str(), "folded": folded }).to_string()),
        ..Record::default()
    };
    append_in_txn(&txn, now, record).await?;
    txn.commit().await?;
    Ok(ReportId(id))
}

fn typed(kind: &str, words: &str) -> Result<(Wrong, Option<ReviewWords>)> {
    let mut problems = Problems::default();
    let kind = problems.choice("kind", kind, Wrong::from_name);
    let words = match words.trim() {
        "" => Some(None),
        words => problems.text("words", ReviewWords::parse(words)).map(Some),
    };
    problems.values(kind.zip(words))
}

/// Folds a post that enough households have reported; says whether it did.
async fn fold_in_txn(
    txn: &DatabaseTransaction,
    row: &post::Model,
    households: u32,
) -> Result<bool> {
    if state_of(row)? != PostState::Shown {
        return Ok(false);
    }
    let reports = report::Entity::find().filter(report::Column::PostId.eq(row.id)).all(txn).await?;
    let kind = |name: &str| Wrong::from_name(name).ok_or_else(|| Error::unknown("report", name));
    // What was decided about an earlier text says nothing of this one.
    let since = row.edited_at.unwrap_or(row.at);
    let (mut open, mut settled) = (Vec::new(), Vec::new());
    for report in &reports {
        match report.state.as_str() {
            OPEN => open.push((HouseholdId(report.household_id), kind(&report.kind)?)),
            DISMISSED if report.decided_at.is_some_and(|at| at >= since) => {
                settled.push(kind(&report.kind)?);
            }
            _ => {}
        }
    }
    let restored = removal::Entity::find()
        .filter(removal::Column::PostId.eq(row.id))
        .filter(removal::Column::Decision.eq("restored"))
        .filter(removal::Column::DecidedAt.gte(since))
        .all(txn)
        .await?;
    settled.extend(restored.iter().filter_map(|row| Wrong::from_name(row.kind.as_deref()?)));
    if !folds(&open, &settled, households) {
        return Ok(false);
    }
    set_state_in_txn(txn, row.id, PostState::Folded).await?;
    posts_uncount_in_txn(txn, row.proposal_id).await?;
    Ok(true)
}

/// What those who moderate say to the reports of something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReportDecision<'a> {
    /// It is taken down. `kind` is the name of a [`Wrong`].
    Upheld {
        /// What is wrong with it.
        kind: &'a str,
        /// Why; shown to everyone.
        reason: &'a str,
    },
    /// It stays, and is shown again where it was folded.
    Dismissed {
        /// Why; shown to those who reported.
        answer: &'a str,
    },
}

/// Answers every open report of a post, or of the matter's own text when `post` is none. `seen` names the text
/// that was read ([`CaseView::seen`](super::CaseView)): an answer about another one would shield it.
///
/// # Errors
/// [`Error::Invalid`] for the fields `kind`, `reason` and `answer`; [`Refusal::Stale`] when no report is
/// open, or the text was changed meanwhile; [`Refusal::OnOneself`] when it is one's own text; [`Error::NotFound`]; [`Error::Denied`].
pub async fn report_decide(
    hall: &Hall,
    actor: &Actor,
    number: i64,
    post: Option<PostId>,
    seen: &str,
    decision: ReportDecision<'_>,
) -> Result<()> {
    let now = hall.now();
    let txn = hall.db.begin().await?;
    let (matter, _) = held_in_txn(&txn, actor, number, Action::ReportDecide).await?;
    let row = match post {
        Some(id) => Some(find(&txn, matter.id, id).await?),
        None => None,
    };
    if row.as_ref().map_or(matter.author_id, |row| row.author_id) == actor.person.0 {
        return Err(Refusal::OnOneself.into());
    }
    if !has_open_in_txn(&txn, &matter, post).await? {
        return Err(Refusal::Stale.into());
    }
    as_seen(&txn, &matter, row.as_ref(), seen).await?;
    match decision {
        ReportDecision::Upheld { kind, reason } => {
            if kind.is_empty() {
                return Err(Error::field("kind", Problem::Choose));
            }
            removal_in_txn(hall, &txn, actor, matter, post, why(kind, reason)?).await?;
        }
        ReportDecision::Dismissed { answer } => {
            let answer =
                Reason::parse(answer).map_err(|e| Error::field("answer", Problem::Text(e)))?;
            let answer = answer.as_str();
            let settled =
                settle_in_txn(hall, &txn, actor, matter.id, post, DISMISSED, answer).await?;
            if let Some(row) = row
                && state_of(&row)? == PostState::Folded
            {
                set_state_in_txn(&txn, row.id, PostState::Shown).await?;
                posts_recount_in_txn(&txn, matter.id).await?;
            }
            let record = Record {
                actor: actor.audit_name(),
                action: "report_dismiss".to_owned(),
                subject: subject(matter.id, post),
                after: Some(json!({ "reports": settled }).to_string()),
                reason: Some(answer.to_owned()),
                ..Record::default()
            };
            append_in_txn(&txn, now, record).await?;
        }
    }
    txn.commit().await?;
    Ok(())
}

async fn has_open_in_txn(
    txn: &DatabaseTransaction,
    matter: &proposal::Model,
    post: Option<PostId>,
) -> Result<bool> {
    let of = match post {
        Some(post) => report::Column::PostId.eq(post.0),
        None => report::Column::PostId.is_null(),
    };
    let open = report::Entity::find()
        .filter(report::Column::ProposalId.eq(matter.id))
        .filter(of)
        .filter(report::Column::State.eq(OPEN))
        .limit(1)
        .one(txn)
        .await?;
    Ok(open.is_some())
}

async fn set_state_in_txn(txn: &DatabaseTransaction, id: i64, state: PostState) -> Result<()> {
    let changed = post::ActiveModel {
        id: Set(id),
        state: Set(state.as_str().to_owned()),
        ..Default::default()
    };
    changed.update(txn).await?;
    Ok(())
}

/// One more of the matter's posts is shown again; among the replies of its post it was counted all along.
pub(super) async fn posts_recount_in_txn(txn: &DatabaseTransaction, proposal: i64) -> Result<()> {
    proposal::Entity::update_many()
        .col_expr(proposal::Column::Posts, Expr::col(proposal::Column::Posts).add(1))
        .filter(proposal::Column::Id.eq(proposal))
        .exec(txn)
        .await?;
    Ok(())
}
