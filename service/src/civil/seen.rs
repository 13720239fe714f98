//! What those who moderate had before them when they decided: the author can go on writing meanwhile.

use entities::{photo, post, post_edit, proposal};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::json;

use crate::error::{Refusal, Result};
use crate::post::sha256;

/// Names, as a hash in hex, what is to be read of a post, or of a matter's own text when `post` is none: the
/// text, the change of it that waits, and what is said about its photos.
///
/// # Errors
/// [`crate::Error::Db`] when the database fails.
pub(super) async fn seen_of(
    db: &impl ConnectionTrait,
    matter: &proposal::Model,
    post: Option<&post::Model>,
) -> Result<String> {
    let (text, change, of) = match post {
        Some(row) => {
            let waiting = post_edit::Entity::find()
                .filter(post_edit::Column::PostId.eq(row.id))
                .filter(post_edit::Column::State.eq("waiting"))
                .one(db)
                .await?;
            let change = waiting.map(|edit| json!([edit.id, edit.stance, edit.body]));
            (json!([row.stance, row.body]), change, photo::Column::PostId.eq(row.id))
        }
        None => {
            let row = matter;
            let text = json!([row.title, row.situation, row.suggestion, row.spot, row.on_behalf]);
            (text, None, photo::Column::ProposalId.eq(row.id))
        }
    };
    let photos: Vec<_> = photo::Entity::find()
        .filter(of)
        .filter(photo::Column::HiddenAt.is_null())
        .order_by_asc(photo::Column::Id)
        .all(db)
        .await?
        .into_iter()
        .map(|photo| json!([photo.id, photo.alt]))
        .collect();
    Ok(sha256(&json!([text, change, photos]).to_string()))
}

/// Refuses to decide on another text than the one that was `seen`.
///
/// # Errors
/// [`Refusal::Stale`] when it has changed since.
pub(super) async fn as_seen(
    db: &impl ConnectionTrait,
    matter: &proposal::Model,
    post: Option<&post::Model>,
    seen: &str,
) -> Result<()> {
    if seen_of(db, matter, post).await? == seen { Ok(()) } else { Err(Refusal::Stale.into()) }
}
