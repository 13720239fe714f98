//! Changing one's own post, and taking it back. What it said before stays to be read while it is shown.

use domain::civil::Admission;
use domain::ids::{CommunityId, PostId};
use domain::permission::{Action, permit};
use domain::role::Actor;
use domain::stance::Stance;
use domain::talk::PostState;
use domain::text::PostBody;
use entities::{photo, post, post_edit, proposal, report};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, EntityTrait,
    QueryFilter, Set,
};
use serde::Deserialize;
use serde_json::json;

use super::{
    admission_in_txn, find, gone_from, mention as names, open_forum, posts_uncount_in_txn,
};
use super::{masked, question as asking, sha256, state_of, watch};
use crate::audit::{Record, append_in_txn};
use crate::civil;
use crate::error::{Error, Problems, Refusal, Result};
use crate::hall::Hall;
use crate::matter;
use crate::photo::photos_drop_in_txn;
use crate::proposal::held_in_txn;
use crate::rate;
use crate::views::matter::readable;

/// `post_edit.state` of a text that was replaced.
const PAST: &str = "past";
/// Of one that somebody looks at first.
const WAITING: &str = "waiting";
/// Of one that was not taken.
const DECLINED: &str = "declined";

/// A changed post as it is typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct EditForm {
    /// Name of a [`Stance`].
    pub stance: String,
    /// Text.
    pub body: String,
    /// Anything sends it although the community watches a word in it.
    pub anyway: String,
}

impl EditForm {
    fn parse(&self) -> Result<(Stance, PostBody)> {
        let mut problems = Problems::default();
        let stance = problems.choice("stance", &self.stance, Stance::from_name);
        let body = problems.text("body", PostBody::parse(&self.body));
        problems.values(stance.zip(body))
    }
}

/// One's own post as it can be changed now: with the change that waits, where one does.
///
/// # Errors
/// As [`post_edit`].
pub async fn post_own(hall: &Hall, actor: &Actor, number: i64, id: PostId) -> Result<EditForm> {
    let db = hall.db.read();
    let row = matter::by_number(db, actor.community, number).await?;
    let target = matter::target(db, &row, Some(actor)).await?;
    readable(&row, Some(actor), &target)?;
    permit(Some(actor), Action::PostWrite, &target)?;
    open_forum(&row)?;
    let own = own(db, &row, actor, id).await?;
    let waiting = post_edit::Entity::find()
        .filter(post_edit::Column::PostId.eq(own.id))
        .filter(post_edit::Column::State.eq(WAITING))
        .one(db)
        .await?;
    let (stance, body) = match waiting {
        Some(edit) => (edit.stance, edit.body),
        None => (own.stance, own.body),
    };
    Ok(EditForm { stance, body, anyway: String::new() })
}

/// Changes one's own post while the forum is open. Where somebody looks first at what the author writes, the
/// old text stays until then.
///
/// # Errors
/// [`Error::Invalid`] for the fields `stance` and `body`; [`Refusal::ForumClosed`]; [`Refusal::Reported`]
/// while neighbours' reports fold it; [`Error::TooOften`]; [`Error::NotFound`] when it is not the actor's, or
/// was taken down.
pub async fn post_edit(
    hall: &Hall,
    actor: &Actor,
    number: i64,
    id: PostId,
    form: &EditForm,
) -> Result<()> {
    rate::take_writing(hall, actor, rate::POST, rate::POST_HOUSEHOLD).await?;
    let txn = hall.db.begin().await?;
    let (matter, target) = held_in_txn(&txn, actor, number, Action::PostWrite).await?;
    open_forum(&matter)?;
    let row = own(&txn, &matter, actor, id).await?;
    let (stance, body) = form.parse()?;
    let settings = matter::settings(&txn, CommunityId(matter.community_id)).await?;
    watch(&settings, body.as_str(), !form.anyway.is_empty())?;
    let body = masked(&settings, body.as_str());
    if (body == row.body) && stance.as_str() == row.stance {
        // Back to what is shown: a change that waits is taken back with it.
        if waiting_drop_in_txn(&txn, row.id).await? {
            let digest = json!({ "body_sha256": sha256(&body), "waits": false }).to_string();
            let record = Record {
                actor: actor.audit_name(),
                action: "post_edit".to_owned(),
                subject: format!("post:{id}"),
                before: Some(digest.clone()),
                after: Some(digest),
                reason: None,
            };
            append_in_txn(&txn, hall.now(), record).await?;
            txn.commit().await?;
        }
        return Ok(());
    }
    let shown = state_of(&row)? == PostState::Shown;
    let admitted = admission_in_txn(&txn, &settings, actor, &target).await?;
    let waits = shown && admitted == Admission::Waiting;
    let (before, after) = (sha256(&row.body), sha256(&body));
    let written = Written {
        body,
        stance,
        by: actor.person.0,
        through: actor.through.map(i64::from),
        at: hall.now().0,
    };
    if waits {
        names::names_note_in_txn(&txn, &matter, &row, &written.body, hall.now()).await?;
        wait_in_txn(&txn, row.id, written).await?;
    } else {
        replace_in_txn(hall, &txn, &matter, row, written, shown).await?;
    }
    let record = Record {
        actor: actor.audit_name(),
        action: "post_edit".to_owned(),
        subject: format!("post:{id}"),
        before: Some(json!({ "body_sha256": before }).to_string()),
        after: Some(json!({ "body_sha256": after, "waits": waits }).to_string()),
        reason: None,
    };
    append_in_txn(&txn, hall.now(), record).await?;
    txn.commit().await?;
    Ok(())
}

/// Takes one's own post back: its text and its photos are gone, and its place says so. One that nobody has
/// looked at yet leaves no place behind for others: they never knew of it.
///
/// # Errors
/// [`Refusal::Reported`] while a report on it is open; [`Error::NotFound`] when it is not the actor's, or was
/// taken down.
pub async fn post_withdraw(hall: &Hall, actor: &Actor, number: i64, id: PostId) -> Result<()> {
    let txn = hall.db.begin().await?;
    let (matter, _) = held_in_txn(&txn, actor, number, Action::PostWrite).await?;
    let row = own(&txn, &matter, actor, id).await?;
    let reported = report::Entity::find()
        .filter(report::Column::PostId.eq(row.id))
        .filter(report::Column::State.eq("open"))
        .one(&txn)
        .await?;
    if reported.is_some() {
        return Err(Refusal::Reported.into());
    }
    let was = state_of(&row)?;
    if was == PostState::Shown {
        posts_uncount_in_txn(&txn, matter.id).await?;
    }
    let before = json!({ "body_sha256": sha256(&row.body) }).to_string();
    post_edit::Entity::delete_many()
        .filter(post_edit::Column::PostId.eq(row.id))
        .exec(&txn)
        .await?;
    names::mentions_end_in_txn(&txn, row.id).await?;
    civil::appeals_end_in_txn(&txn, row.id).await?;
    asking::ask_no_more_in_txn(&txn, row.id).await?;
    asking::answer_gone_in_txn(&txn, &row).await?;
    // Those that a removal keeps, for the time that it is kept, stay with it.
    let its = Condition::all()
        .add(photo::Column::PostId.eq(row.id))
        .add(photo::Column::HiddenAt.is_null());
    photos_drop_in_txn(&txn, hall.now(), its).await?;
    let gone = post::ActiveModel {
        id: Set(row.id),
        body: Set(String::new()),
        state: Set(gone_from(was).as_str().to_owned()),
        hidden_at: Set(Some(hall.now().0)),
        ..Default::default()
    };
    gone.update(&txn).await?;
    let record = Record {
        actor: actor.audit_name(),
        action: "post_withdraw".to_owned(),
        subject: format!("post:{id}"),
        before: Some(before),
        ..Record::default()
    };
    append_in_txn(&txn, hall.now(), record).await?;
    txn.commit().await?;
    Ok(())
}

/// The actor's own post, as long as it can be changed.
async fn own(
    txn: &impl ConnectionTrait,
    matter: &proposal::Model,
    actor: &Actor,
    id: PostId,
) -> Result<post::Model> {
    let row = find(txn, matter.id, id.0).await?;
    if row.author_id != actor.person.0 {
        return Err(Error::NotFound);
    }
    match state_of(&row)? {
        PostState::Shown | PostState::Waiting => Ok(row),
        PostState::Folded => Err(Refusal::Reported.into()),
        PostState::Removed | PostState::Declined => Err(Error::NotFound),
    }
}

/// Drops the change of a post that waits; says whether there was one.
async fn waiting_drop_in_txn(txn: &DatabaseTransaction, post: i64) -> Result<bool> {
    let dropped = post_edit::Entity::delete_many()
        .filter(post_edit::Column::PostId.eq(post))
        .filter(post_edit::Column::State.eq(WAITING))
        .exec(txn)
        .await?;
    Ok(dropped.rows_affected > 0)
}

struct Written {
    body: String,
    stance: Stance,
    by: i64,
    through: Option<i64>,
    at: i64,
}

/// Puts a changed text before those who look first, in place of one that waits already.
async fn wait_in_txn(txn: &DatabaseTransaction, post: i64, written: Written) -> Result<()> {
    waiting_drop_in_txn(txn, post).await?;
    let waiting = post_edit::ActiveModel {
        post_id: Set(post),
        body: Set(written.body),
        stance: Set(written.stance.as_str().to_owned()),
        state: Set(WAITING.to_owned()),
        by_id: Set(written.by),
        through_id: Set(written.through),
        at: Set(written.at),
        ..Default::default()
    };
    waiting.insert(txn).await?;
    Ok(())
}

/// Puts a text in the place of the one before, which is kept where it was shown.
async fn replace_in_txn(
    hall: &Hall,
    txn: &DatabaseTransaction,
    matter: &proposal::Model,
    row: post::Model,
    written: Written,
    keep: bool,
) -> Result<()> {
    if keep {
        let past = post_edit::ActiveModel {
            post_id: Set(row.id),
            body: Set(row.body.clone()),
            stance: Set(row.stance.clone()),
            state: Set(PAST.to_owned()),
            by_id: Set(row.author_id),
            through_id: Set(row.through_id),
            // Since when it said so.
            at: Set(row.edited_at.unwrap_or(row.at)),
            ..Default::default()
        };
        past.insert(txn).await?;
        waiting_drop_in_txn(txn, row.id).await?;
    }
    if written.stance != Stance::Question {
        asking::ask_no_more_in_txn(txn, row.id).await?;
    }
    let changed = post::ActiveModel {
        id: Set(row.id),
        body: Set(written.body),
        stance: Set(written.stance.as_str().to_owned()),
        edited_at: Set(if keep { Some(written.at) } else { row.edited_at }),
        ..Default::default()
    };
    let row = changed.update(txn).await?;
    names::mentions_in_txn(txn, matter, &row, hall.now()).await
}

async fn waiting_in_txn(txn: &DatabaseTransaction, id: i64) -> Result<post_edit::Model> {
    post_edit::Entity::find()
        .filter(post_edit::Column::PostId.eq(id))
        .filter(post_edit::Column::State.eq(WAITING))
        .one(txn)
        .await?
        .ok_or_else(|| Refusal::Stale.into())
}

/// Takes the change of a post that waits: somebody has looked at it. The matter's row is held, and the audit
/// entry is the caller's.
///
/// # Errors
/// [`Refusal::Stale`] when no change of it waits, or the post isn't shown any more.
pub(crate) async fn edit_take_in_txn(
    hall: &Hall,
    txn: &DatabaseTransaction,
    matter: &proposal::Model,
    id: i64,
) -> Result<()> {
    let edit = waiting_in_txn(txn, id).await?;
    let row = find(txn, matter.id, id).await?;
    if state_of(&row)? != PostState::Shown {
        return Err(Refusal::Stale.into());
    }
    let written = Written {
        stance: Stance::from_name(&edit.stance)
            .ok_or_else(|| Error::unknown("stance", &edit.stance))?,
        body: edit.body,
        by: edit.by_id,
        through: edit.through_id,
        at: hall.now().0,
    };
    replace_in_txn(hall, txn, matter, row, written, true).await
}

/// Doesn't take the change of a post that waits: the post stays as it was, and the text of the change goes.
/// The audit entry is the caller's.
///
/// # Errors
/// [`Refusal::Stale`] when no change of it waits.
pub(crate) async fn edit_decline_in_txn(txn: &DatabaseTransaction, id: i64) -> Result<()> {
    let edit = waiting_in_txn(txn, id).await?;
    let declined = post_edit::ActiveModel {
        id: Set(edit.id),
        state: Set(DECLINED.to_owned()),
        body: Set(String::new()),
        ..Default::default()
    };
    declined.update(txn).await?;
    Ok(())
}
