//! Taking a post down.

use domain::ids::PostId;
use domain::role::Actor;

use crate::civil::removal_make;
use crate::error::Result;
use crate::hall::Hall;

/// Takes a post down without saying which kind of wrong it was; see [`removal_make`].
///
/// # Errors
/// As [`removal_make`].
pub async fn post_hide(
    hall: &Hall,
    actor: &Actor,
    number: i64,
    id: PostId,
    reason: &str,
) -> Result<()> {
    removal_make(hall, actor, number, Some(id), "", reason).await.map(|_| ())
}
