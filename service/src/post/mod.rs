//! The courtyard's forum: a stance first, then why, and one level of replies.

mod count;
mod edit;
mod hide;
mod mention;
mod question;
mod react;
mod turn;
mod write;

pub(crate) use count::{post_show_in_txn, posts_uncount_in_txn};
pub use edit::{EditForm, post_edit, post_own, post_withdraw};
pub(crate) use edit::{edit_decline_in_txn, edit_take_in_txn};
pub use hide::post_hide;
pub(crate) use mention::mentions_forget_in_txn;
pub(crate) use question::answer_gone_in_txn;
pub use react::post_react;
pub use turn::turn_waits_until;
pub use write::{PostForm, post_write};

use domain::civil::{Admission, admission};
use domain::permission::{Action, Target, permit};
use domain::proposal::StateName;
use domain::role::Actor;
use domain::settings::{CommunitySettings, FIRST_POSTS, TalkModeration};
use domain::talk::PostState;
use entities::{post, proposal};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};
use sha2::{Digest, Sha256};

use crate::civil;
use crate::error::{Error, Refusal, Result};

/// SHA-256 of a text, hex: what the audit chain holds of texts that may have to be taken down.
pub(crate) fn sha256(text: &str) -> String {
    hex::encode(Sha256::digest(text.as_bytes()))
}

async fn find(db: &impl ConnectionTrait, proposal: i64, id: i64) -> Result<post::Model> {
    post::Entity::find_by_id(id)
        .filter(post::Column::ProposalId.eq(proposal))
        .one(db)
        .await?
        .ok_or(Error::NotFound)
}

fn state_of(row: &post::Model) -> Result<PostState> {
    PostState::from_name(&row.state).ok_or_else(|| Error::unknown("post state", &row.state))
}

/// Where a post stands after it was taken back or taken down: what was never shown stays known to its author
/// and those who moderate alone.
pub(crate) const fn gone_from(was: PostState) -> PostState {
    match was {
        PostState::Waiting | PostState::Declined => PostState::Declined,
        PostState::Shown | PostState::Folded | PostState::Removed => PostState::Removed,
    }
}

pub(crate) fn open_forum(row: &proposal::Model) -> Result<()> {
    if StateName::from_name(&row.state).is_some_and(StateName::takes_posts) {
        return Ok(());
    }
    Err(Refusal::ForumClosed.into())
}

/// Whether those who moderate look first at what the actor writes.
pub(crate) async fn admission_in_txn(
    txn: &impl ConnectionTrait,
    settings: &CommunitySettings,
    actor: &Actor,
    target: &Target,
) -> Result<Admission> {
    let mode = settings.talk_moderation;
    let before = match mode {
        TalkModeration::FirstPosts => {
            let shown = post::Entity::find()
                .select_only()
                .column(post::Column::Id)
                .filter(post::Column::AuthorId.eq(actor.person.0))
                .filter(post::Column::State.eq(PostState::Shown.as_str()))
                .limit(FIRST_POSTS);
            shown.into_tuple::<i64>().all(txn).await?.len() as u64
        }
        TalkModeration::After | TalkModeration::Before => 0,
    };
    let moderates = permit(Some(actor), Action::ReportDecide, target).is_ok();
    Ok(admission(mode, before, moderates))
}

/// Asks the writer once to put a watched word another way; `anyway` is their second press.
pub(crate) fn watch(settings: &CommunitySettings, text: &str, anyway: bool) -> Result<()> {
    civil::check_words(settings, &[("body", text)], anyway)
}

/// What is kept of a typed text: telephone, ID and room numbers are masked.
pub(crate) fn masked(settings: &CommunitySettings, text: &str) -> String {
    civil::covered(settings, text)
}
