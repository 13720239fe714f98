//! The courtyard's forum: a stance first, then why, and one level of replies.

use domain::ids::PostId;
use domain::permission::Action;
use domain::proposal::StateName;
use domain::role::Actor;
use domain::stance::Stance;
use domain::talk::PostState;
use domain::text::{PostBody, Reason};
use entities::{post, proposal};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ActiveModelTrait, ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, Set};
use serde::Deserialize;
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::audit::{Record, append_in_txn};
use crate::error::{Error, Problem, Problems, Refusal, Result};
use crate::hall::Hall;
use crate::matter::By;
use crate::proposal::held_in_txn;
use crate::rate;

/// A post as it is typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct PostForm {
    /// Name of a [`Stance`].
    pub stance: String,
    /// Text.
    pub body: String,
    /// Row of the post that it replies to; empty for a new one.
    pub parent: String,
}

struct Typed {
    stance: Stance,
    body: PostBody,
    parent: Option<i64>,
}

impl PostForm {
    fn parse(&self) -> Result<Typed> {
        let mut problems = Problems::default();
        let stance = problems.choice("stance", &self.stance, Stance::from_name);
        let body = problems.text("body", PostBody::parse(&self.body));
        let parent = match self.parent.trim() {
            "" => None,
            typed => problems.choice("parent", typed, |typed| typed.parse::<i64>().ok()),
        };
        let values = stance.zip(body);
        problems.values(values).map(|(stance, body)| Typed { stance, body, parent })
    }
}

/// Writes a post, or a reply to a post.
///
/// Nobody gets mail about a single post: the chair's summary and the matter's steps are announced.
///
/// # Errors
/// [`Error::Invalid`] for the fields `stance`, `body` and `parent`; [`Refusal::ForumClosed`];
/// [`Refusal::TooDeep`] for a reply to a reply; [`Error::TooOften`]; [`Error::NotFound`] when the
/// matter isn't there for this person, or the post that is answered isn't there.
pub async fn post_write(
    hall: &Hall,
    actor: &Actor,
    number: i64,
    form: &PostForm,
) -> Result<PostId> {
    rate::take(hall, rate::POST, &format!("person:{}", actor.person)).await?;
    let txn = hall.db.begin().await?;
    let (row, _) = held_in_txn(&txn, actor, number, Action::PostWrite).await?;
    if !StateName::from_name(&row.state).is_some_and(StateName::takes_posts) {
        return Err(Refusal::ForumClosed.into());
    }
    let typed = form.parse()?;
    if let Some(parent) = typed.parent {
        let parent = find(&txn, row.id, parent).await?;
        if parent.hidden_at.is_some() {
            return Err(Error::NotFound);
        }
        if parent.parent_id.is_some() {
            return Err(Refusal::TooDeep.into());
        }
    }
    let counted = proposal::Entity::update_many()
        .col_expr(proposal::Column::Posts, Expr::col(proposal::Column::Posts).add(1))
        .col_expr(proposal::Column::UpdatedAt, Expr::value(hall.now().0));
    counted.filter(proposal::Column::Id.eq(row.id)).exec(&txn).await?;
    let made = post::ActiveModel {
        proposal_id: Set(row.id),
        parent_id: Set(typed.parent),
        author_id: Set(actor.person.0),
        author_role: Set(actor.shown_role().map(|role| role.as_str().to_owned())),
        stance: Set(typed.stance.as_str().to_owned()),
        body: Set(typed.body.as_str().to_owned()),
        at: Set(hall.now().0),
        through_id: Set(actor.through.map(i64::from)),
        state: Set(PostState::Shown.as_str().to_owned()),
        ..Default::default()
    }
    .insert(&txn)
    .await?;
    let after = json!({
        "proposal": row.id,
        "parent": typed.parent,
        "stance": typed.stance.as_str(),
        "body_sha256": sha256(typed.body.as_str()),
    });
    let record = Record {
        actor: By::Person(actor).audit_name(),
        action: "post_write".to_owned(),
        subject: format!("post:{}", made.id),
        after: Some(after.to_string()),
        ..Record::default()
    };
    append_in_txn(&txn, hall.now(), record).await?;
    txn.commit().await?;
    Ok(PostId(made.id))
}

/// Takes a post down. The text stays in its row for the record; the page says that it was taken
/// down, and why.
///
/// # Errors
/// [`Error::Invalid`] for the field `reason`; [`Refusal::Stale`] when it was taken down already;
/// [`Error::NotFound`] when it isn't there.
pub async fn post_hide(
    hall: &Hall,
    actor: &Actor,
    number: i64,
    id: PostId,
    reason: &str,
) -> Result<()> {
    let txn = hall.db.begin().await?;
    let (row, _) = held_in_txn(&txn, actor, number, Action::PostHide).await?;
    let reason = Reason::parse(reason).map_err(|e| Error::field("reason", Problem::Text(e)))?;
    let before = find(&txn, row.id, id.0).await?;
    let hidden = post::Entity::update_many()
        .col_expr(post::Column::State, Expr::value(PostState::Removed.as_str()))
        .col_expr(post::Column::HiddenAt, Expr::value(hall.now().0))
        .col_expr(post::Column::HiddenReason, Expr::value(reason.as_str()))
        .filter(post::Column::Id.eq(id.0))
        .filter(post::Column::HiddenAt.is_null())
        .exec(&txn)
        .await?;
    if hidden.rows_affected == 0 {
        return Err(Refusal::Stale.into());
    }
    proposal::Entity::update_many()
        .col_expr(proposal::Column::Posts, Expr::col(proposal::Column::Posts).sub(1))
        .filter(proposal::Column::Id.eq(row.id))
        .exec(&txn)
        .await?;
    let record = Record {
        actor: By::Person(actor).audit_name(),
        action: "post_hide".to_owned(),
        subject: format!("post:{id}"),
        before: Some(json!({ "body_sha256": sha256(&before.body) }).to_string()),
        after: None,
        reason: Some(reason.to_string()),
    };
    append_in_txn(&txn, hall.now(), record).await?;
    txn.commit().await?;
    Ok(())
}

/// SHA-256 of a text, hex: what the audit chain holds of texts that may have to be taken down.
pub(crate) fn sha256(text: &str) -> String {
    hex::encode(Sha256::digest(text.as_bytes()))
}

async fn find(txn: &DatabaseTransaction, proposal: i64, id: i64) -> Result<post::Model> {
    post::Entity::find_by_id(id)
        .filter(post::Column::ProposalId.eq(proposal))
        .one(txn)
        .await?
        .ok_or(Error::NotFound)
}
