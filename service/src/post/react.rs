//! 谢谢 and 有道理: kind words to a post, and no other reactions.

use domain::ids::PostId;
use domain::permission::Action;
use domain::role::Actor;
use domain::talk::{PostState, Reaction};
use entities::{post, reaction};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Set};
use serde_json::json;

use super::{find, open_forum, state_of};
use crate::audit::{Record, append_in_txn};
use crate::error::{Error, Refusal, Result};
use crate::hall::Hall;
use crate::proposal::held_in_txn;
use crate::rate;

/// Says a kind word to a post, or takes it back when the actor has said it; gives whether it is said now.
///
/// # Errors
/// [`Refusal::OwnPost`]; [`Refusal::ForumClosed`]; [`Error::TooOften`]; [`Error::NotFound`] when the post
/// isn't shown.
pub async fn post_react(
    hall: &Hall,
    actor: &Actor,
    number: i64,
    id: PostId,
    kind: Reaction,
) -> Result<bool> {
    rate::take(hall, rate::REACT, &format!("person:{}", actor.person)).await?;
    let txn = hall.db.begin().await?;
    let (matter, _) = held_in_txn(&txn, actor, number, Action::PostReact).await?;
    open_forum(&matter)?;
    let row = find(&txn, matter.id, id.0).await?;
    if state_of(&row)? != PostState::Shown {
        return Err(Error::NotFound);
    }
    if row.author_id == actor.person.0 {
        return Err(Refusal::OwnPost.into());
    }
    let key = (row.id, actor.person.0, kind.as_str().to_owned());
    let taken_back = reaction::Entity::delete_by_id(key).exec(&txn).await?.rows_affected > 0;
    if !taken_back {
        let said = reaction::ActiveModel {
            post_id: Set(row.id),
            person_id: Set(actor.person.0),
            kind: Set(kind.as_str().to_owned()),
            through_id: Set(actor.through.map(i64::from)),
            at: Set(hall.now().0),
        };
        reaction::Entity::insert(said).exec_without_returning(&txn).await?;
    }
    let column = match kind {
        Reaction::Thanks => post::Column::Thanks,
        Reaction::Reason => post::Column::Reasons,
    };
    let change = if taken_back { -1 } else { 1 };
    post::Entity::update_many()
        .col_expr(column, Expr::col(column).add(change))
        .filter(post::Column::Id.eq(row.id))
        .exec(&txn)
        .await?;
    let record = Record {
        actor: actor.audit_name(),
        action: "post_react".to_owned(),
        subject: format!("post:{id}"),
        after: Some(json!({ "kind": kind, "said": !taken_back }).to_string()),
        ..Record::default()
    };
    append_in_txn(&txn, hall.now(), record).await?;
    txn.commit().await?;
    Ok(!taken_back)
}
