//! What the clock does with what was taken down.

use domain::ids::{CommunityId, PostId};
use domain::role::Role;
use domain::talk::PostState;
use entities::{audit, instance, photo, post, proposal, removal};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect, Set,
};
use serde_json::json;

use super::kept::{Kept, post_out_in_txn};
use super::remove::{Taken, keep_in_txn};
use crate::audit::{Record, append_in_txn};
use crate::error::{Error, Result};
use crate::hall::Hall;
use crate::matter;
use crate::photo::photos_drop_in_txn;
use crate::post::sha256;

/// Rows looked at in a transaction.
const AT_ONCE: u64 = 50;

/// Forgets what was taken down once the time for keeping it is over, with its photos; gives how many. What
/// an appeal is open about is kept until that is decided. What can't be opened stays, and keeps nothing else from
/// going.
///
/// # Errors
/// [`Error::Db`] when the database fails, [`Error::Broken`] when something kept can't be opened, once all the rest
/// is done.
pub async fn removals_purge(hall: &Hall) -> Result<u64> {
    let now = hall.now();
    let decided = Condition::any()
        .add(removal::Column::AppealedAt.is_null())
        .add(removal::Column::DecidedAt.is_not_null());
    let (mut purged, mut after, mut broken) = (0, 0, None);
    let due = |after: i64| {
        removal::Entity::find()
            .filter(removal::Column::Kept.is_not_null())
            .filter(removal::Column::KeepUntil.lt(now.0))
            .filter(removal::Column::Id.gt(after))
            .filter(decided.clone())
    };
    loop {
        // The one writer is taken only where there is something to write.
        if due(after).limit(1).one(hall.db.read()).await?.is_none() {
            return broken.map_or(Ok(purged), Err);
        }
        let txn = hall.db.begin().await?;
        let due = due(after)
            .order_by_asc(removal::Column::Id)
            .limit(AT_ONCE)
            .lock_exclusive()
            .all(&txn)
            .await?;
        let Some(last) = due.last() else { continue };
        after = last.id;
        let mut gone = 0;
        for row in &due {
            let photos = match Kept::open(hall, row) {
                Ok(kept) => kept.photos(),
                Err(error) => {
                    broken.get_or_insert(error);
                    continue;
                }
            };
            gone += 1;
            let hidden = Condition::all()
                .add(photo::Column::Id.is_in(photos))
                .add(photo::Column::HiddenAt.is_not_null());
            photos_drop_in_txn(&txn, hall.now(), hidden).await?;
            let mut empty = row.clone().into_active_model();
            empty.kept = Set(None);
            empty.update(&txn).await?;
        }
        if gone == 0 {
            txn.rollback().await?;
            continue;
        }
        let record = Record {
            actor: "clock".to_owned(),
            action: "removals_purge".to_owned(),
            subject: "removal".to_owned(),
            before: Some(format!("{gone} more")),
            ..Record::default()
        };
        append_in_txn(&txn, now, record).await?;
        txn.commit().await?;
        purged += gone;
    }
}

/// Where it is noted that no text of a removed post lies in its row any more.
const CAUGHT_UP: &str = "removals_kept_apart";

/// Moves the texts of posts that were taken down before removals were kept apart out of their rows; gives how
/// many there were. Once there are none it is done for good, since none is left there any more.
///
/// # Errors
/// [`Error::Db`] when the database fails.
pub async fn removals_catch_up(hall: &Hall) -> Result<u64> {
    if instance::Entity::find_by_id(CAUGHT_UP).one(hall.db.read()).await?.is_some() {
        return Ok(0);
    }
    let mut moved = 0;
    loop {
        let left = post::Entity::find()
            .filter(post::Column::State.eq(PostState::Removed.as_str()))
            .filter(post::Column::Body.ne(""))
            .order_by_asc(post::Column::Id)
            .limit(AT_ONCE)
            .all(hall.db.read())
            .await?;
        if left.is_empty() {
            let txn = hall.db.begin().await?;
            let done = instance::ActiveModel {
                key: Set(CAUGHT_UP.to_owned()),
                value: Set(hall.now().0.to_string()),
            };
            instance::Entity::insert(done)
                .on_conflict_do_nothing()
                .exec_without_returning(&txn)
                .await?;
            txn.commit().await?;
            return Ok(moved);
        }
        for row in left {
            moved += u64::from(catch_up(hall, row.id, row.proposal_id).await?);
        }
    }
}

async fn catch_up(hall: &Hall, id: i64, proposal: i64) -> Result<bool> {
    let now = hall.now();
    let txn = hall.db.begin().await?;
    let matter = proposal::Entity::find_by_id(proposal)
        .lock_exclusive()
        .one(&txn)
        .await?
        .ok_or(Error::NotFound)?;
    let row = super::remove::find(&txn, matter.id, PostId(id)).await?;
    if row.body.is_empty() || row.state != PostState::Removed.as_str() {
        txn.rollback().await?;
        return Ok(false);
    }
    let hidden = audit::Entity::find()
        .filter(audit::Column::Subject.eq(format!("post:{id}")))
        .filter(audit::Column::Action.eq("post_hide"))
        .order_by_desc(audit::Column::Seq)
        .one(&txn)
        .await?;
    let by = hidden.and_then(|entry| {
        entry.actor.strip_prefix("person:")?.split(' ').next()?.parse::<i64>().ok()
    });
    let settings = matter::settings(&txn, CommunityId(matter.community_id)).await?;
    let at = row.hidden_at.unwrap_or(now.0);
    let reason = row.hidden_reason.clone().unwrap_or_default();
    let kept = post_out_in_txn(&txn, &row, PostState::Removed, at, &reason).await?;
    let taken = Taken {
        community: matter.community_id,
        proposal: matter.id,
        post: Some(id),
        author: row.author_id,
        why: (None, reason),
        // Posts were taken down by the committee alone, and by nobody without an entry.
        by: by.unwrap_or(row.author_id),
        role: Some(Role::CommitteeMember.as_str().to_owned()),
        at,
        keep_until: now.plus_days(i64::from(settings.removed_days)).0,
    };
    let removal = keep_in_txn(hall, &txn, taken, &kept).await?;
    let record = Record {
        actor: "clock".to_owned(),
        action: "removal_catch_up".to_owned(),
        subject: format!("post:{id}"),
        before: Some(json!({ "body_sha256": sha256(&row.body) }).to_string()),
        after: Some(json!({ "removal": removal }).to_string()),
        reason: None,
    };
    append_in_txn(&txn, now, record).await?;
    txn.commit().await?;
    Ok(true)
}
