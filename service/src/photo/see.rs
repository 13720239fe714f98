//! Which photos a page shows, and who may have a file.

use std::collections::HashMap;

use domain::ids::{CommunityId, CourtyardId, DraftId, PhotoId};
use domain::permission::{Action, Target, permit};
use domain::place::{Scope, ScopeKind};
use domain::proposal::StateName;
use domain::role::Actor;
use domain::talk::PostState;
use entities::photo;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder,
    Statement,
};

use super::PhotoView;
use super::add::loose_of;
use crate::error::{Error, Result};
use crate::hall::Hall;
use crate::store::is_hash;

/// The photos of a matter, in their order.
///
/// # Errors
/// [`Error::Db`] when the database fails.
pub async fn photos_of(db: &impl ConnectionTrait, proposal: i64) -> Result<Vec<PhotoView>> {
    let rows = photo::Entity::find()
        .filter(photo::Column::ProposalId.eq(proposal))
        .filter(photo::Column::HiddenAt.is_null())
        .order_by_asc(photo::Column::Place)
        .order_by_asc(photo::Column::Id)
        .all(db)
        .await?;
    Ok(rows.into_iter().map(PhotoView::from).collect())
}

/// The photos of posts, by the post's row, in their order: for posts that the reader may read.
///
/// # Errors
/// [`Error::Db`] when the database fails.
pub async fn photos_of_posts(
    db: &impl ConnectionTrait,
    posts: &[i64],
) -> Result<HashMap<i64, Vec<PhotoView>>> {
    photos_of_talk(db, None, posts).await.map(|(_, of_posts)| of_posts)
}

/// The photos of a matter, where one is named, and those of posts in its talk. One statement.
///
/// # Errors
/// [`Error::Db`] when the database fails.
pub(crate) async fn photos_of_talk(
    db: &impl ConnectionTrait,
    proposal: Option<i64>,
    posts: &[i64],
) -> Result<(Vec<PhotoView>, HashMap<i64, Vec<PhotoView>>)> {
    let mut of_matter = Vec::new();
    let mut of_posts: HashMap<i64, Vec<PhotoView>> = HashMap::new();
    if proposal.is_none() && posts.is_empty() {
        return Ok((of_matter, of_posts));
    }
    let mut any = Condition::any().add_option(proposal.map(|id| photo::Column::ProposalId.eq(id)));
    if !posts.is_empty() {
        any = any.add(photo::Column::PostId.is_in(posts.iter().copied()));
    }
    let rows = photo::Entity::find()
        .filter(any)
        .filter(photo::Column::HiddenAt.is_null())
        .order_by_asc(photo::Column::Place)
        .order_by_asc(photo::Column::Id)
        .all(db)
        .await?;
    for row in rows {
        match row.post_id {
            Some(post) => of_posts.entry(post).or_default().push(row.into()),
            None => of_matter.push(row.into()),
        }
    }
    Ok((of_matter, of_posts))
}

/// The photos of one's own draft; of somebody else's there are none.
///
/// # Errors
/// [`Error::Db`] when the database fails.
pub async fn photos_of_draft(hall: &Hall, actor: &Actor, draft: DraftId) -> Result<Vec<PhotoView>> {
    let rows = photo::Entity::find()
        .filter(photo::Column::DraftId.eq(draft.0))
        .filter(photo::Column::ById.eq(actor.person.0))
        .order_by_asc(photo::Column::Place)
        .order_by_asc(photo::Column::Id)
        .all(hall.db.read())
        .await?;
    Ok(rows.into_iter().map(PhotoView::from).collect())
}

/// Those of `ids` that are one's own and belong to nothing yet, in the order of `ids`: for a form that came
/// back.
///
/// # Errors
/// [`Error::Db`] when the database fails.
pub async fn photos_loose(hall: &Hall, actor: &Actor, ids: &[PhotoId]) -> Result<Vec<PhotoView>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut rows = photo::Entity::find()
        .filter(photo::Column::Id.is_in(ids.iter().map(|id| id.0)))
        .filter(loose_of(actor))
        .all(hall.db.read())
        .await?;
    rows.sort_by_key(|row| ids.iter().position(|id| id.0 == row.id));
    Ok(rows.into_iter().map(PhotoView::from).collect())
}

/// A file that somebody may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PhotoFile {
    /// Its media type.
    pub kind: &'static str,
    /// Whether everybody may have it, so that others on the way may keep it too.
    pub public: bool,
    /// Whether it is there for good: a plan's. A photo can be taken down.
    pub lasting: bool,
}

#[derive(FromQueryResult)]
struct Row {
    modern: i64,
    plan: i64,
    by_id: i64,
    post_id: Option<i64>,
    proposal_id: Option<i64>,
    post_state: Option<String>,
    author_id: Option<i64>,
    state: Option<String>,
    published_at: Option<i64>,
    scope_kind: Option<String>,
    scope_place: Option<i64>,
    courtyard_id: Option<i64>,
}

/// One statement: the photo or plan with that file, and all that decides who may see it. What was taken down,
/// the photo itself or the text that it went along with, isn't there for anybody.
const FIND: &str = "SELECT \
      CAST(CASE WHEN f.large_modern = $1 OR f.small_modern = $1 THEN 1 ELSE 0 END AS BIGINT) AS modern, \
      CAST(0 AS BIGINT) AS plan, f.by_id, f.post_id, m.id AS proposal_id, t.state AS post_state, \
      m.author_id, m.state, m.published_at, m.scope_kind, m.scope_place, \
      m.courtyard_id \
    FROM photo f LEFT JOIN post t ON t.id = f.post_id \
      LEFT JOIN proposal m ON m.id = COALESCE(f.proposal_id, t.proposal_id) \
    WHERE (f.large_modern = $1 OR f.large_jpeg = $1 OR f.small_modern = $1 OR f.small_jpeg = $1) \
      AND f.community_id = $2 AND f.hidden_at IS NULL AND (f.post_id IS NOT NULL OR m.hidden_at IS NULL) \
    UNION ALL SELECT \
      CAST(CASE WHEN p.large_modern = $1 OR p.small_modern = $1 THEN 1 ELSE 0 END AS BIGINT), \
      CAST(1 AS BIGINT), p.by_id, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL \
    FROM plan p \
    WHERE (p.large_modern = $1 OR p.large_jpeg = $1 OR p.small_modern = $1 OR p.small_jpeg = $1) \
      AND p.community_id = $2";

/// A file by its name, for whoever may see a photo or a plan that it belongs to. One statement; its bytes are
/// [`photo_bytes`].
///
/// # Errors
/// [`Error::NotFound`] when there is none, or not for this person.
pub async fn photo_file(
    hall: &Hall,
    community: CommunityId,
    actor: Option<&Actor>,
    hash: &str,
) -> Result<PhotoFile> {
    if !is_hash(hash) {
        return Err(Error::NotFound);
    }
    let db = hall.db.read();
    let statement = Statement::from_sql_and_values(
        db.get_database_backend(),
        FIND,
        [hash.into(), community.0.into()],
    );
    let rows = Row::find_by_statement(statement).all(db).await?;
    let mut kind = None;
    let (mut public, mut lasting) = (false, false);
    for row in &rows {
        let seen = row.seen(community, actor)?;
        if seen != Seen::Never {
            kind = Some(if row.modern != 0 { "image/webp" } else { "image/jpeg" });
            public |= seen == Seen::ByAll;
            lasting |= row.plan != 0;
        }
    }
    let kind = kind.ok_or(Error::NotFound)?;
    Ok(PhotoFile { kind, public, lasting })
}

/// The bytes of a file that [`photo_file`] has given.
///
/// # Errors
/// [`Error::Broken`] when the store has lost it or fails.
pub async fn photo_bytes(hall: &Hall, hash: &str) -> Result<Vec<u8>> {
    // A row is never without its files; a store that lost them is the operator's to mend.
    let bytes = hall.files.get(hash).await?;
    bytes.ok_or_else(|| Error::Broken(format!("the store has lost {hash}")))
}

#[derive(Debug, PartialEq, Eq)]
enum Seen {
    Never,
    ByThis,
    ByAll,
}

impl Row {
    fn seen(&self, community: CommunityId, actor: Option<&Actor>) -> Result<Seen> {
        if self.plan != 0 {
            return Ok(Seen::ByAll);
        }
        let owner = actor.is_some_and(|actor| actor.person.0 == self.by_id);
        let only = |may: bool| if may { Seen::ByThis } else { Seen::Never };
        let Some(target) = self.target(community, actor)? else {
            return Ok(only(owner));
        };
        let may = |action| permit(actor, action, &target).is_ok();
        let matter = match self.matter_is_public()? {
            true => Seen::ByAll,
            false => only(may(Action::ProposalReadHidden)),
        };
        if self.post_id.is_none() || matter == Seen::Never {
            return Ok(matter);
        }
        Ok(match self.post_state.as_deref().and_then(PostState::from_name) {
            Some(PostState::Shown) => matter,
            Some(PostState::Waiting | PostState::Folded) => {
                only(owner || may(Action::ReportDecide))
            }
            Some(PostState::Removed | PostState::Declined) | None => Seen::Never,
        })
    }

    /// The matter, as the table of permissions asks about it; none for a photo that belongs to nothing yet.
    fn target(&self, community: CommunityId, actor: Option<&Actor>) -> Result<Option<Target>> {
        let (Some(_), Some(kind), Some(place)) =
            (self.proposal_id, &self.scope_kind, self.scope_place)
        else {
            return Ok(None);
        };
        let kind = ScopeKind::from_name(kind).ok_or_else(|| Error::unknown("scope", kind))?;
        Ok(Some(Target {
            courtyard: self.courtyard_id.map(CourtyardId),
            proposer: actor.is_some_and(|actor| Some(actor.person.0) == self.author_id),
            ..Target::place(community, Scope::from_parts(kind, place))
        }))
    }

    /// As [`readable`](crate::views::matter::readable) has it.
    fn matter_is_public(&self) -> Result<bool> {
        let name = self.state.as_deref().unwrap_or_default();
        let state = StateName::from_name(name).ok_or_else(|| Error::unknown("state", name))?;
        let never_public = state == StateName::Withdrawn && self.published_at.is_none();
        Ok(state.is_public() && !never_public)
    }
}
