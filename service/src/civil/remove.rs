//! Taking something down: its text leaves its row, its place says who did it, when and why.

use domain::civil::Wrong;
use domain::ids::{CommunityId, PostId, RemovalId};
use domain::permission::Action;
use domain::role::Actor;
use domain::talk::PostState;
use domain::text::Reason;
use entities::{post, proposal, removal, report};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QuerySelect, Set,
};
use serde_json::json;

use super::kept::{Kept, matter_out_in_txn, post_out_in_txn};
use super::report::{DISMISSED, OPEN, UPHELD};
use crate::audit::{Record, append_in_txn};
use crate::error::{Error, Problems, Refusal, Result};
use crate::hall::Hall;
use crate::matter::{self, By, Said, Shown, show_in_txn};
use crate::post::{gone_from, posts_uncount_in_txn, sha256};
use crate::proposal::held_in_txn;

/// Takes a post, or a matter's own text when `post` is none, down, and answers the open reports of it.
/// `kind` is the name of a [`Wrong`], or empty where that is not asked.
///
/// # Errors
/// [`Error::Invalid`] for the fields `kind` and `reason`; [`Refusal::Stale`] when it was taken down already;
/// [`Error::NotFound`] when it isn't there; [`Error::Denied`].
pub async fn removal_make(
    hall: &Hall,
    actor: &Actor,
    number: i64,
    post: Option<PostId>,
    kind: &str,
    reason: &str,
) -> Result<RemovalId> {
    let txn = hall.db.begin().await?;
    let (matter, _) = held_in_txn(&txn, actor, number, Action::PostHide).await?;
    let why = why(kind, reason)?;
    let id = removal_in_txn(hall, &txn, actor, matter, post, why).await?;
    txn.commit().await?;
    Ok(id)
}

/// Why something is taken down.
#[derive(Debug, Clone)]
pub(super) struct Why {
    pub(super) kind: Option<Wrong>,
    pub(super) reason: Reason,
}

/// Reads what was typed.
///
/// # Errors
/// [`Error::Invalid`] for the fields `kind` and `reason`.
pub(super) fn why(kind: &str, reason: &str) -> Result<Why> {
    let mut problems = Problems::default();
    let kind = match kind {
        "" => Some(None),
        kind => problems.choice("kind", kind, Wrong::from_name).map(Some),
    };
    let reason = problems.text("reason", Reason::parse(reason));
    problems.values(kind.zip(reason)).map(|(kind, reason)| Why { kind, reason })
}

/// Takes it down within a transaction in which the matter is held. The last thing in it.
///
/// # Errors
/// As [`removal_make`].
pub(super) async fn removal_in_txn(
    hall: &Hall,
    txn: &DatabaseTransaction,
    actor: &Actor,
    matter: proposal::Model,
    post: Option<PostId>,
    why: Why,
) -> Result<RemovalId> {
    let now = hall.now();
    let settings = matter::settings(txn, CommunityId(matter.community_id)).await?;
    let (proposal, community) = (matter.id, matter.community_id);
    let (author, digest, kept) = match post {
        Some(id) => {
            let row = find(txn, proposal, id).await?;
            let state = state_of(&row)?;
            if matches!(state, PostState::Removed | PostState::Declined) {
                return Err(Refusal::Stale.into());
            }
            if state == PostState::Shown {
                posts_uncount_in_txn(txn, proposal).await?;
            }
            let kept =
                post_out_in_txn(txn, &row, gone_from(state), now.0, why.reason.as_str()).await?;
            (row.author_id, sha256(&row.body), kept)
        }
        None => {
            if matter.hidden_at.is_some() {
                return Err(Refusal::Stale.into());
            }
            let digest =
                sha256(&[&*matter.title, &matter.situation, &matter.suggestion].join("\n"));
            let author = matter.author_id;
            let (matter, kept) = matter_out_in_txn(txn, matter, now.0, why.reason.as_str()).await?;
            let said = Said::reason(why.reason.as_str());
            let shown = Shown::note("text_removed");
            show_in_txn(hall, txn, &matter, shown, By::Person(actor), &said).await?;
            (author, digest, kept)
        }
    };
    settle_in_txn(hall, txn, actor, proposal, post, UPHELD, why.reason.as_str()).await?;
    let taken = Taken {
        community,
        proposal,
        post: post.map(i64::from),
        author,
        why: (why.kind, why.reason.to_string()),
        by: actor.person.0,
        role: actor.shown_role().map(|role| role.as_str().to_owned()),
        at: now.0,
        keep_until: now.plus_days(i64::from(settings.removed_days)).0,
    };
    let id = keep_in_txn(hall, txn, taken, &kept).await?;
    let record = Record {
        actor: actor.audit_name(),
        action: "removal_make".to_owned(),
        subject: subject(proposal, post),
        before: Some(json!({ "body_sha256": digest }).to_string()),
        after: Some(json!({ "removal": id, "kind": why.kind.map(Wrong::as_str) }).to_string()),
        reason: Some(why.reason.to_string()),
    };
    append_in_txn(txn, now, record).await?;
    Ok(RemovalId(id))
}

/// A removal as it is written.
pub(super) struct Taken {
    pub(super) community: i64,
    pub(super) proposal: i64,
    pub(super) post: Option<i64>,
    pub(super) author: i64,
    pub(super) why: (Option<Wrong>, String),
    pub(super) by: i64,
    pub(super) role: Option<String>,
    pub(super) at: i64,
    pub(super) keep_until: i64,
}

/// Writes a removal with what it keeps; gives its row.
pub(super) async fn keep_in_txn(
    hall: &Hall,
    txn: &DatabaseTransaction,
    taken: Taken,
    kept: &Kept,
) -> Result<i64> {
    let (kind, reason) = taken.why;
    let row = removal::ActiveModel {
        community_id: Set(taken.community),
        proposal_id: Set(taken.proposal),
        post_id: Set(taken.post),
        author_id: Set(taken.author),
        kind: Set(kind.map(|kind| kind.as_str().to_owned())),
        reason: Set(reason),
        kept: Set(Some(kept.close(hall)?)),
        keep_until: Set(taken.keep_until),
        by_id: Set(taken.by),
        by_role: Set(taken.role),
        at: Set(taken.at),
        ..Default::default()
    };
    Ok(row.insert(txn).await?.id)
}

/// Answers every open report of a post, or of the matter's own text; gives how many there were.
pub(super) async fn settle_in_txn(
    hall: &Hall,
    txn: &DatabaseTransaction,
    actor: &Actor,
    proposal: i64,
    post: Option<PostId>,
    state: &str,
    answer: &str,
) -> Result<u64> {
    debug_assert!([UPHELD, DISMISSED].contains(&state));
    let of = match post {
        Some(post) => report::Column::PostId.eq(post.0),
        None => report::Column::PostId.is_null(),
    };
    let settled = report::Entity::update_many()
        .col_expr(report::Column::State, Expr::value(state))
        .col_expr(report::Column::DecidedBy, Expr::value(actor.person.0))
        .col_expr(report::Column::DecidedAt, Expr::value(hall.now().0))
        .col_expr(report::Column::Answer, Expr::value(answer))
        .filter(report::Column::ProposalId.eq(proposal))
        .filter(of)
        .filter(report::Column::State.eq(OPEN))
        .exec(txn)
        .await?;
    Ok(settled.rows_affected)
}

/// The audit chain's name of what is taken down or reported.
pub(super) fn subject(proposal: i64, post: Option<PostId>) -> String {
    post.map_or_else(|| format!("proposal:{proposal}"), |post| format!("post:{post}"))
}

pub(super) async fn find(
    txn: &DatabaseTransaction,
    proposal: i64,
    id: PostId,
) -> Result<post::Model> {
    post::Entity::find_by_id(id.0)
        .filter(post::Column::ProposalId.eq(proposal))
        .lock_exclusive()
        .one(txn)
        .await?
        .ok_or(Error::NotFound)
}

pub(super) fn state_of(row: &post::Model) -> Result<PostState> {
    PostState::from_name(&row.state).ok_or_else(|| Error::unknown("post state", &row.state))
}

/// Whether the matter's own text stands, so that it can be changed.
///
/// # Errors
/// [`Refusal::TextRemoved`] when it was taken down.
pub fn matter_text_stands(row: &proposal::Model) -> Result<()> {
    match row.hidden_at {
        None => Ok(()),
        Some(_) => Err(Refusal::TextRemoved.into()),
    }
}
