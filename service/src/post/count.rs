//! How many posts are shown, and how many replies a post has.

use domain::talk::PostState;
use entities::{post, proposal};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter};

use super::state_of;
use crate::error::{Error, Refusal, Result};
use crate::hall::Hall;

/// One more is shown: of the matter, and of the post that it replies to.
pub(super) async fn count_in_txn(
    hall: &Hall,
    txn: &DatabaseTransaction,
    proposal: i64,
    parent: Option<i64>,
) -> Result<()> {
    proposal::Entity::update_many()
        .col_expr(proposal::Column::Posts, Expr::col(proposal::Column::Posts).add(1))
        .col_expr(proposal::Column::UpdatedAt, Expr::value(hall.now().0))
        .filter(proposal::Column::Id.eq(proposal))
        .exec(txn)
        .await?;
    if let Some(parent) = parent {
        post::Entity::update_many()
            .col_expr(post::Column::Replies, Expr::col(post::Column::Replies).add(1))
            .filter(post::Column::Id.eq(parent))
            .exec(txn)
            .await?;
    }
    Ok(())
}

/// One that was shown, or folded, is not to be counted among the matter's posts any more; it stays among the
/// replies of its post, for its place is still seen there. The matter's row is held.
///
/// # Errors
/// [`Error::Db`] when the database fails.
pub(crate) async fn posts_uncount_in_txn(txn: &DatabaseTransaction, proposal: i64) -> Result<()> {
    proposal::Entity::update_many()
        .col_expr(proposal::Column::Posts, Expr::col(proposal::Column::Posts).sub(1))
        .filter(proposal::Column::Id.eq(proposal))
        .exec(txn)
        .await?;
    Ok(())
}

/// Lets a post be shown that waits: somebody has looked at it. The matter's row is held, and the audit entry
/// is the caller's.
///
/// # Errors
/// [`Refusal::Stale`] when it doesn't wait, [`Error::NotFound`] when it isn't there.
pub(crate) async fn post_show_in_txn(
    hall: &Hall,
    txn: &DatabaseTransaction,
    id: i64,
) -> Result<()> {
    let row = post::Entity::find_by_id(id).one(txn).await?.ok_or(Error::NotFound)?;
    if state_of(&row)? != PostState::Waiting {
        return Err(Refusal::Stale.into());
    }
    post::Entity::update_many()
        .col_expr(post::Column::State, Expr::value(PostState::Shown.as_str()))
        .filter(post::Column::Id.eq(id))
        .exec(txn)
        .await?;
    count_in_txn(hall, txn, row.proposal_id, row.parent_id).await
}
