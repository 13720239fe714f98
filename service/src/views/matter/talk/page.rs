//! A post's own page: all its replies, and what it said before.

use domain::ids::CommunityId;
use domain::permission::{Action, Denied, permit};
use domain::role::Actor;
use domain::stance::Stance;
use domain::time::Timestamp;
use entities::{post, post_edit};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::source::{Source, load};
use super::{POSTS, PostSaid, PostView, Reader, put_photos, put_under, read_all, run};
use crate::error::{Error, Result};
use crate::hall::Hall;
use crate::matter::{by_number, state_of, target};
use crate::views::matter::readable;

/// Replies that stand before the one that a link leads to.
const BEFORE: u64 = 10;
/// Former texts that are shown.
const FORMER: u64 = 30;

/// A post's own page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostPage {
    /// The matter's public number.
    pub number: i64,
    /// Its title.
    pub title: String,
    /// Whether its forum is open.
    pub open: bool,
    /// The post, with a page of its replies.
    pub post: PostView,
    /// Whether there are replies before those.
    pub earlier: bool,
    /// From which reply on the next page goes.
    pub next: Option<i64>,
    /// What it said before, the newest first.
    pub former: Vec<Former>,
    /// When the reader's latest posts in a row were written, the newest first.
    pub run: Vec<Timestamp>,
    /// Why the reader may not write while the forum is open; none when they may.
    pub post_denied: Option<Denied>,
    /// Whether the reader may say kind words now.
    pub may_react: bool,
}

/// What a post said before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Former {
    /// Stance.
    pub stance: Stance,
    /// Text.
    pub body: String,
    /// Since when it said so.
    pub at: Timestamp,
}

/// A post's own page with its replies from the row `from` on. For a reply it is the page of the post above
/// it, from about that reply on.
///
/// # Errors
/// [`Error::NotFound`] when there is no such post, or not for this person.
pub async fn post_page(
    hall: &Hall,
    community: CommunityId,
    actor: Option<&Actor>,
    number: i64,
    id: i64,
    from: Option<i64>,
) -> Result<PostPage> {
    let db = hall.db.read();
    let row = by_number(db, community, number).await?;
    let target = target(db, &row, actor).await?;
    readable(&row, actor, &target)?;
    let reader = Reader::new(actor, &target, hall.now());
    let mut found = one(db, row.id, &reader, id).await?;
    let mut from = from;
    if let Some(parent) = found.parent {
        from = begin(db, parent, id).await?;
        found = one(db, row.id, &reader, parent).await?;
    }
    let mut post = found;
    let source = Source::Replies { parent: post.id, from: from.unwrap_or(0), most: POSTS };
    let mut replies = read_all(load(db, row.id, &reader, &source).await?, &reader)?;
    replies.sort_unstable_by_key(|reply| reply.id);
    let next = replies.get(POSTS).map(|reply| reply.id);
    replies.truncate(POSTS);
    put_under(std::slice::from_mut(&mut post), replies);
    put_photos(db, None, std::slice::from_mut(&mut post)).await?;
    let former = match (&post.said, post.edited) {
        (PostSaid::Shown { .. }, Some(_)) => former(db, post.id).await?,
        _ => Vec::new(),
    };
    let open = state_of(&row)?.state.name().takes_posts();
    let can = |action| permit(actor, action, &target);
    Ok(PostPage {
        number,
        open,
        post,
        earlier: from.is_some_and(|from| from > 0),
        next,
        former,
        run: run(db, row.id, reader).await?,
        post_denied: open.then(|| can(Action::PostWrite).err()).flatten(),
        may_react: open && can(Action::PostReact).is_ok(),
        title: row.title,
    })
}

async fn one(
    db: &impl ConnectionTrait,
    proposal: i64,
    reader: &Reader,
    id: i64,
) -> Result<PostView> {
    let found = load(db, proposal, reader, &Source::One(id)).await?;
    found.into_iter().next().ok_or(Error::NotFound)?.read(reader)
}

/// Where a page begins that shows a reply with some before it; none for the first.
async fn begin(db: &impl ConnectionTrait, parent: i64, reply: i64) -> Result<Option<i64>> {
    let first = post::Entity::find()
        .select_only()
        .column(post::Column::Id)
        .filter(post::Column::ParentId.eq(parent))
        .filter(post::Column::Id.lt(reply))
        .order_by_desc(post::Column::Id)
        .offset(BEFORE)
        .limit(1);
    Ok(first.into_tuple().one(db).await?)
}

async fn former(db: &impl ConnectionTrait, id: i64) -> Result<Vec<Former>> {
    let past = post_edit::Entity::find()
        .filter(post_edit::Column::PostId.eq(id))
        .filter(post_edit::Column::State.eq("past"))
        .order_by_desc(post_edit::Column::Id)
        .limit(FORMER)
        .all(db)
        .await?;
    let read = |row: post_edit::Model| {
        Ok(Former {
            stance: Stance::from_name(&row.stance)
                .ok_or_else(|| Error::unknown("stance", &row.stance))?,
            body: row.body,
            at: Timestamp(row.at),
        })
    };
    past.into_iter().map(read).collect()
}
