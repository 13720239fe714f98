//! Equal turns: who has spoken some times in a row lets others speak.

use domain::role::Actor;
use domain::talk::turn_comes_at;
use domain::time::Timestamp;
use entities::post;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::error::Result;

/// When the actor may speak again in a matter where they have spoken `most` times in a row; none when
/// they may now. One statement, which reads `most` rows.
///
/// # Errors
/// [`crate::Error::Db`] when the database fails.
pub async fn turn_waits_until(
    db: &impl ConnectionTrait,
    proposal: i64,
    actor: &Actor,
    now: Timestamp,
    most: u32,
) -> Result<Option<Timestamp>> {
    let latest: Vec<(i64, i64)> = post::Entity::find()
        .select_only()
        .columns([post::Column::AuthorId, post::Column::At])
        .filter(post::Column::ProposalId.eq(proposal))
        .order_by_desc(post::Column::Id)
        .limit(u64::from(most))
        .into_tuple()
        .all(db)
        .await?;
    let own: Vec<_> = latest
        .into_iter()
        .take_while(|(author, _)| *author == actor.person.0)
        .map(|(_, at)| Timestamp(at))
        .collect();
    Ok(turn_comes_at(&own, now, most))
}
