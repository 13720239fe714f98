//! Posts, and changes of posts, at which somebody looks first.

use domain::ids::{CommunityId, PostId, RemovalId};
use domain::permission::Action;
use domain::role::Actor;
use domain::talk::PostState;
use entities::{post_edit, proposal};
use sea_orm::{ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter};
use serde_json::json;

use super::kept::{Kept, KeptEdit, post_out_in_txn};
use super::remove::{Taken, find, keep_in_txn, state_of, why};
use super::seen::as_seen;
use crate::audit::{Record, append_in_txn};
use crate::error::{Error, Problem, Refusal, Result};
use crate::hall::Hall;
use crate::matter;
use crate::post::{edit_decline_in_txn, edit_take_in_txn, post_show_in_txn, sha256};
use crate::proposal::held_in_txn;

/// Lets a waiting post, or the waiting change of one, be shown. `seen` names the text that was read
/// ([`CaseView::seen`](super::CaseView)).
///
/// # Errors
/// [`Refusal::Stale`] when nothing of it waits, or it was changed meanwhile; [`Error::NotFound`];
/// [`Error::Denied`].
pub async fn post_release(
    hall: &Hall,
    actor: &Actor,
    number: i64,
    id: PostId,
    seen: &str,
) -> Result<()> {
    let txn = hall.db.begin().await?;
    let (matter, _) = held_in_txn(&txn, actor, number, Action::ReportDecide).await?;
    let row = find(&txn, matter.id, id).await?;
    as_seen(&txn, &matter, Some(&row), seen).await?;
    let of = match state_of(&row)? {
        PostState::Waiting => {
            post_show_in_txn(hall, &txn, row.id).await?;
            "post"
        }
        _ => {
            edit_take_in_txn(hall, &txn, &matter, row.id).await?;
            "change"
        }
    };
    let record = Record {
        actor: actor.audit_name(),
        action: "post_release".to_owned(),
        subject: format!("post:{id}"),
        after: Some(json!({ "of": of }).to_string()),
        ..Record::default()
    };
    append_in_txn(&txn, hall.now(), record).await?;
    txn.commit().await?;
    Ok(())
}

/// Doesn't let a waiting post, or the waiting change of one, be shown. Its author reads why, and can ask for
/// another look. `seen` as in [`post_release`].
///
/// # Errors
/// [`Error::Invalid`] for the fields `kind` and `reason`; [`Refusal::Stale`] when nothing of it waits, or it
/// was changed meanwhile; [`Error::NotFound`]; [`Error::Denied`].
pub async fn post_decline(
    hall: &Hall,
    actor: &Actor,
    number: i64,
    id: PostId,
    seen: &str,
    kind: &str,
    reason: &str,
) -> Result<RemovalId> {
    let now = hall.now();
    let txn = hall.db.begin().await?;
    let (matter, _) = held_in_txn(&txn, actor, number, Action::ReportDecide).await?;
    if kind.is_empty() {
        return Err(Error::field("kind", Problem::Choose));
    }
    let why = why(kind, reason)?;
    let settings = matter::settings(&txn, CommunityId(matter.community_id)).await?;
    let row = find(&txn, matter.id, id).await?;
    as_seen(&txn, &matter, Some(&row), seen).await?;
    let (digest, kept) = match state_of(&row)? {
        PostState::Waiting => {
            let to = PostState::Declined;
            let kept = post_out_in_txn(&txn, &row, to, now.0, why.reason.as_str()).await?;
            (sha256(&row.body), kept)
        }
        _ => change_out_in_txn(&txn, row.id).await?,
    };
    let taken = Taken {
        community: matter.community_id,
        proposal: matter.id,
        post: Some(row.id),
        author: row.author_id,
        why: (why.kind, why.reason.to_string()),
        by: actor.person.0,
        role: actor.shown_role().map(|role| role.as_str().to_owned()),
        at: now.0,
        keep_until: now.plus_days(i64::from(settings.removed_days)).0,
    };
    let removal = keep_in_txn(hall, &txn, taken, &kept).await?;
    let record = Record {
        actor: actor.audit_name(),
        action: "post_decline".to_owned(),
        subject: format!("post:{id}"),
        before: Some(json!({ "body_sha256": digest }).to_string()),
        after: Some(json!({ "removal": removal }).to_string()),
        reason: Some(why.reason.to_string()),
    };
    append_in_txn(&txn, now, record).await?;
    txn.commit().await?;
    Ok(RemovalId(removal))
}

async fn change_out_in_txn(txn: &DatabaseTransaction, post: i64) -> Result<(String, Kept)> {
    let edit = post_edit::Entity::find()
        .filter(post_edit::Column::PostId.eq(post))
        .filter(post_edit::Column::State.eq("waiting"))
        .one(txn)
        .await?
        .ok_or(Refusal::Stale)?;
    edit_decline_in_txn(txn, post).await?;
    let digest = sha256(&edit.body);
    Ok((digest, Kept::Edit(KeptEdit { id: edit.id, body: edit.body })))
}

/// Takes a declined change after all: an appeal was right. It waits for a moment and is taken at once, so
/// that a change that waits meanwhile is not lost without being seen.
///
/// # Errors
/// [`Refusal::Stale`] when another change of the post waits, or the post isn't shown any more.
pub(super) async fn change_back_in_txn(
    hall: &Hall,
    txn: &DatabaseTransaction,
    matter: &proposal::Model,
    post: i64,
    kept: &KeptEdit,
) -> Result<()> {
    if state_of(&find(txn, matter.id, PostId(post)).await?)? != PostState::Shown {
        return Err(Refusal::Stale.into());
    }
    let back = post_edit::ActiveModel {
        id: sea_orm::Set(kept.id),
        body: sea_orm::Set(kept.body.clone()),
        state: sea_orm::Set("waiting".to_owned()),
        ..Default::default()
    };
    match post_edit::Entity::update(back).exec(txn).await {
        Ok(_) => edit_take_in_txn(hall, txn, matter, post).await,
        Err(DbErr::RecordNotUpdated) => Err(Refusal::Stale.into()),
        Err(error) if Error::is_duplicate(&error) => Err(Refusal::Stale.into()),
        Err(error) => Err(error.into()),
    }
}
