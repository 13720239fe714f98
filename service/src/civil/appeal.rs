//! The one appeal: somebody else of the committee looks again.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::civil::APPEAL_DAYS;
use domain::clock::Deadline;
use domain::ids::{CommunityId, PostId, RemovalId};
use domain::permission::{Action, permit};
use domain::role::Actor;
use domain::talk::PostState;
use domain::text::Reason;
use entities::{photo, post, proposal, removal};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect, Set,
};
use serde_json::json;

use super::covered;
use super::kept::{Kept, matter_back_in_txn, post_back_in_txn};
use super::remove::{find, state_of, subject};
use super::report::posts_recount_in_txn;
use super::wait::change_back_in_txn;
use crate::audit::{Record, append_in_txn};
use crate::error::{Error, Problem, Problems, Refusal, Result};
use crate::hall::Hall;
use crate::matter::{self, By, Said, Shown, show_in_txn};
use crate::photo::photo_bytes;

/// Asks once for another look at what was taken down of one's own.
///
/// # Errors
/// [`Error::Invalid`] for the field `words`; [`Refusal::AlreadyAppealed`]; [`Refusal::NotKept`] when the text
/// is kept no longer; [`Refusal::Stale`] when they took the post back since; [`Error::NotFound`] when it isn't
/// the actor's; [`Error::Calendar`].
pub async fn appeal_file(hall: &Hall, actor: &Actor, id: RemovalId, words: &str) -> Result<()> {
    let now = hall.now();
    let txn = hall.db.begin().await?;
    let (matter, row) = held_in_txn(&txn, actor, id).await?;
    let target = matter::target(&txn, &matter, Some(actor)).await?;
    permit(Some(actor), Action::Appeal, &target)?;
    if row.author_id != actor.person.0 {
        return Err(Error::NotFound);
    }
    if row.appealed_at.is_some() {
        return Err(Refusal::AlreadyAppealed.into());
    }
    if row.kept.is_none() {
        return Err(Refusal::NotKept.into());
    }
    if let Some(post) = row.post_id
        && is_taken_back(&find(&txn, matter.id, PostId(post)).await?)?
    {
        return Err(Refusal::Stale.into());
    }
    let words = Reason::parse(words).map_err(|e| Error::field("words", Problem::Text(e)))?;
    let settings = matter::settings(&txn, CommunityId(row.community_id)).await?;
    let due = Deadline::working_days(&settings.calendar(&hall.calendar), now, APPEAL_DAYS)?;
    let mut asked = row.into_active_model();
    asked.appeal_words = Set(Some(covered(&settings, words.as_str())));
    asked.appealed_at = Set(Some(now.0));
    asked.appeal_due_at = Set(Some(due.at.0));
    asked.update(&txn).await?;
    let record = Record {
        actor: actor.audit_name(),
        action: "appeal_file".to_owned(),
        subject: format!("removal:{id}"),
        ..Record::default()
    };
    append_in_txn(&txn, now, record).await?;
    txn.commit().await?;
    Ok(())
}

/// What its author took back has no reason; what was taken down has.
fn is_taken_back(row: &post::Model) -> Result<bool> {
    let gone = matches!(state_of(row)?, PostState::Removed | PostState::Declined);
    Ok(gone && row.hidden_reason.is_none())
}

/// The author takes a post back: another look at a change of it that wasn't let through is asked no more.
///
/// # Errors
/// [`Error::Db`] when the database fails.
pub(crate) async fn appeals_end_in_txn(txn: &DatabaseTransaction, post: i64) -> Result<()> {
    removal::Entity::update_many()
        .col_expr(removal::Column::AppealWords, Expr::value(None::<String>))
        .col_expr(removal::Column::AppealedAt, Expr::value(None::<i64>))
        .col_expr(removal::Column::AppealDueAt, Expr::value(None::<i64>))
        .filter(removal::Column::PostId.eq(post))
        .filter(removal::Column::AppealedAt.is_not_null())
        .filter(removal::Column::DecidedAt.is_null())
        .exec(txn)
        .await?;
    Ok(())
}

/// What comes of an appeal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AppealDecision {
    /// It stays down.
    Upheld,
    /// It is put back.
    Restored,
}

impl AppealDecision {
    /// Its name in forms and the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Upheld => "upheld",
            Self::Restored => "restored",
        }
    }

    /// The decision of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Upheld, Self::Restored].into_iter().find(|known| known.as_str() == name)
    }
}

/// Decides on an appeal: by somebody else than who took it down, and than who wrote it. Where the committee
/// has nobody else, its head first names somebody: until then it stays open, and overdue after its day.
///
/// # Errors
/// [`Error::Invalid`] for the fields `decision` and `reason`; [`Refusal::OwnRemoval`];
/// [`Refusal::OnOneself`]; [`Refusal::Stale`] when it isn't open, or what it is about has changed so that it
/// can't be put back; [`Error::NotFound`]; [`Error::Denied`].
pub async fn appeal_decide(
    hall: &Hall,
    actor: &Actor,
    id: RemovalId,
    decision: &str,
    reason: &str,
) -> Result<AppealDecision> {
    let now = hall.now();
    let txn = hall.db.begin().await?;
    let (matter, row) = held_in_txn(&txn, actor, id).await?;
    let target = matter::target(&txn, &matter, Some(actor)).await?;
    permit(Some(actor), Action::AppealDecide, &target)?;
    not_involved(&row, actor)?;
    if row.appealed_at.is_none() || row.decided_at.is_some() {
        return Err(Refusal::Stale.into());
    }
    let mut problems = Problems::default();
    let decision = problems.choice("decision", decision, AppealDecision::from_name);
    let reason = problems.text("reason", Reason::parse(reason));
    let (decision, reason) = problems.values(decision.zip(reason))?;
    let (proposal, post) = (matter.id, row.post_id.map(PostId));
    let restored = decision == AppealDecision::Restored;
    if restored {
        let kept = Kept::open(hall, &row)?;
        restore_in_txn(hall, &txn, actor, matter, post, &kept, reason.as_str()).await?;
    }
    let mut decided = row.into_active_model();
    decided.decided_by = Set(Some(actor.person.0));
    decided.decided_at = Set(Some(now.0));
    decided.decision = Set(Some(decision.as_str().to_owned()));
    decided.decision_reason = Set(Some(reason.to_string()));
    if restored {
        decided.kept = Set(None);
    }
    decided.update(&txn).await?;
    let record = Record {
        actor: actor.audit_name(),
        action: "appeal_decide".to_owned(),
        subject: subject(proposal, post),
        after: Some(json!({ "removal": id, "decision": decision.as_str() }).to_string()),
        reason: Some(reason.to_string()),
        ..Record::default()
    };
    append_in_txn(&txn, now, record).await?;
    txn.commit().await?;
    Ok(decision)
}

/// Puts back what was taken down, where it stood.
async fn restore_in_txn(
    hall: &Hall,
    txn: &DatabaseTransaction,
    actor: &Actor,
    matter: proposal::Model,
    post: Option<PostId>,
    kept: &Kept,
    reason: &str,
) -> Result<()> {
    match (kept, post) {
        (Kept::Post(kept), Some(id)) => {
            let row = find(txn, matter.id, id).await?;
            post_back_in_txn(txn, &row, kept).await?;
            posts_recount_in_txn(txn, matter.id).await?;
            // One that had waited was never counted among the replies of its post.
            if kept.state == PostState::Waiting.as_str()
                && let Some(parent) = row.parent_id
            {
                reply_count_in_txn(txn, parent).await?;
            }
        }
        (Kept::Edit(kept), Some(id)) => {
            change_back_in_txn(hall, txn, &matter, id.0, kept).await?;
        }
        (Kept::Matter(kept), None) => {
            let matter = matter_back_in_txn(txn, matter, kept).await?;
            let (shown, said) = (Shown::note("text_restored"), Said::reason(reason));
            show_in_txn(hall, txn, &matter, shown, By::Person(actor), &said).await?;
        }
        _ => return Err(Error::Broken("a removal keeps what it is not about".to_owned())),
    }
    Ok(())
}

async fn reply_count_in_txn(txn: &DatabaseTransaction, parent: i64) -> Result<()> {
    post::Entity::update_many()
        .col_expr(post::Column::Replies, Expr::col(post::Column::Replies).add(1))
        .filter(post::Column::Id.eq(parent))
        .exec(txn)
        .await?;
    Ok(())
}

/// What was taken down, as it is read after a recorded look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Looked {
    /// The texts.
    pub kept: Kept,
    /// The photos, in their order.
    pub photos: Vec<KeptPhoto>,
}

/// A photo that was taken down: it has no address any more.
#[derive(Clone, PartialEq, Eq)]
pub struct KeptPhoto {
    /// What is seen on it, in words; may be empty.
    pub alt: String,
    /// Its bytes, as JPEG.
    pub jpeg: Vec<u8>,
}

impl std::fmt::Debug for KeptPhoto {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KeptPhoto").field("alt", &self.alt).finish_non_exhaustive()
    }
}

impl KeptPhoto {
    /// The whole photo as an address (RFC 2397), for a page that nothing keeps.
    #[must_use]
    pub fn data_url(&self) -> String {
        format!("data:image/jpeg;base64,{}", STANDARD.encode(&self.jpeg))
    }
}

/// What was taken down, to be read and seen: by oversight, and by who decides on its appeal. The look is recorded
/// before anything is shown.
///
/// # Errors
/// [`Refusal::NotKept`] when it is kept no longer; [`Refusal::OwnRemoval`] and [`Refusal::OnOneself`] for
/// those of the committee who may not decide; [`Refusal::Stale`] for the committee without an open appeal;
/// [`Error::NotFound`]; [`Error::Denied`].
pub async fn removed_look(hall: &Hall, actor: &Actor, id: RemovalId) -> Result<Looked> {
    let txn = hall.db.begin().await?;
    let (matter, row) = held_in_txn(&txn, actor, id).await?;
    let target = matter::target(&txn, &matter, Some(actor)).await?;
    if permit(Some(actor), Action::RemovedRead, &target).is_err() {
        permit(Some(actor), Action::AppealDecide, &target)?;
        not_involved(&row, actor)?;
        if row.appealed_at.is_none() || row.decided_at.is_some() {
            return Err(Refusal::Stale.into());
        }
    }
    let kept = Kept::open(hall, &row)?;
    let rows = photo::Entity::find()
        .filter(photo::Column::Id.is_in(kept.photos()))
        .order_by_asc(photo::Column::Place)
        .order_by_asc(photo::Column::Id)
        .all(&txn)
        .await?;
    let record = Record {
        actor: actor.audit_name(),
        action: "removed_look".to_owned(),
        subject: format!("removal:{id}"),
        ..Record::default()
    };
    append_in_txn(&txn, hall.now(), record).await?;
    txn.commit().await?;
    let mut photos = Vec::with_capacity(rows.len());
    for row in rows {
        let alt = kept.alt_of(row.id).unwrap_or_default().to_owned();
        photos.push(KeptPhoto { alt, jpeg: photo_bytes(hall, &row.large_jpeg).await? });
    }
    Ok(Looked { kept, photos })
}

fn not_involved(row: &removal::Model, actor: &Actor) -> Result<()> {
    if row.by_id == actor.person.0 {
        return Err(Refusal::OwnRemoval.into());
    }
    if row.author_id == actor.person.0 {
        return Err(Refusal::OnOneself.into());
    }
    Ok(())
}

/// A removal of the actor's community with its matter, both held.
async fn held_in_txn(
    txn: &DatabaseTransaction,
    actor: &Actor,
    id: RemovalId,
) -> Result<(proposal::Model, removal::Model)> {
    let found = || {
        removal::Entity::find_by_id(id.0).filter(removal::Column::CommunityId.eq(actor.community.0))
    };
    let row = found().one(txn).await?.ok_or(Error::NotFound)?;
    let matter = proposal::Entity::find_by_id(row.proposal_id)
        .lock_exclusive()
        .one(txn)
        .await?
        .ok_or(Error::NotFound)?;
    // Again, now that nobody else decides on it.
    let row = found().lock_exclusive().one(txn).await?.ok_or(Error::NotFound)?;
    Ok((matter, row))
}
