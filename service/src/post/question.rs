//! Questions to the committee: each has its last day, and the committee's reply answers it.

use domain::clock::Deadline;
use domain::role::Actor;
use domain::settings::CommunitySettings;
use entities::{post, question};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, Set};

use crate::error::Result;
use crate::hall::Hall;

/// Puts a post before the committee as a question.
pub(super) async fn ask_in_txn(
    hall: &Hall,
    txn: &DatabaseTransaction,
    settings: &CommunitySettings,
    post: &post::Model,
) -> Result<()> {
    let calendar = settings.calendar(&hall.calendar);
    let due = Deadline::working_days(&calendar, hall.now(), settings.question_days)?;
    let asked = question::ActiveModel {
        post_id: Set(post.id),
        proposal_id: Set(post.proposal_id),
        at: Set(hall.now().0),
        due_at: Set(due.at.0),
        due_provisional: Set(i64::from(due.provisional)),
        answer_id: Set(None),
        answered_at: Set(None),
        late: Set(0),
    };
    question::Entity::insert(asked).exec_without_returning(txn).await?;
    Ok(())
}

/// The question that a reply of the actor to `parent` would answer; only the committee answers, each with
/// their own hand, and nobody answers themselves.
pub(super) async fn answered_by_in_txn(
    txn: &DatabaseTransaction,
    actor: &Actor,
    parent: &post::Model,
) -> Result<Option<question::Model>> {
    if !actor.is_committee() || actor.through.is_some() || parent.author_id == actor.person.0 {
        return Ok(None);
    }
    let open = question::Entity::find_by_id(parent.id)
        .filter(question::Column::AnsweredAt.is_null())
        .one(txn)
        .await?;
    Ok(open)
}

/// Notes that a question is answered by a reply.
pub(super) async fn answer_in_txn(
    hall: &Hall,
    txn: &DatabaseTransaction,
    asked: &question::Model,
    answer: i64,
) -> Result<()> {
    let now = hall.now().0;
    question::Entity::update_many()
        .col_expr(question::Column::AnswerId, Expr::value(answer))
        .col_expr(question::Column::AnsweredAt, Expr::value(now))
        .col_expr(question::Column::Late, Expr::value(i64::from(now > asked.due_at)))
        .filter(question::Column::PostId.eq(asked.post_id))
        .exec(txn)
        .await?;
    Ok(())
}

/// A post is gone: a question that it answered is open again, with the day that it had.
///
/// # Errors
/// [`crate::Error::Db`] when the database fails.
pub(crate) async fn answer_gone_in_txn(
    txn: &DatabaseTransaction,
    post: &post::Model,
) -> Result<()> {
    let Some(parent) = post.parent_id else { return Ok(()) };
    question::Entity::update_many()
        .col_expr(question::Column::AnswerId, Expr::value(None::<i64>))
        .col_expr(question::Column::AnsweredAt, Expr::value(None::<i64>))
        .col_expr(question::Column::Late, Expr::value(0))
        .filter(question::Column::PostId.eq(parent))
        .filter(question::Column::AnswerId.eq(post.id))
        .exec(txn)
        .await?;
    Ok(())
}

/// Takes a question back that nobody has answered: its post is gone, or asks nothing any more.
pub(super) async fn ask_no_more_in_txn(txn: &DatabaseTransaction, post: i64) -> Result<()> {
    question::Entity::delete_many()
        .filter(question::Column::PostId.eq(post))
        .filter(question::Column::AnsweredAt.is_null())
        .exec(txn)
        .await?;
    Ok(())
}
