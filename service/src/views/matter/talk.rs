//! The talk about a matter: the latest posts with their replies.

use domain::role::Role;
use domain::stance::Stance;
use domain::time::Timestamp;
use entities::{courtyard, entrance, household, person, post, proposal};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, JoinType, QueryFilter, QueryOrder,
    QuerySelect, RelationDef, Select,
};

use crate::error::{Error, Result};
use crate::joins::{entrance_to_courtyard, household_to_entrance};
use crate::people::{ShownName, shown_name};

/// Posts on a page, replies not counted.
pub const POSTS: u64 = 50;
/// The name under which the helper's row is joined.
const HELPER: &str = "helper";

/// The talk.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TalkView {
    /// All posts and replies that are shown, on every page.
    pub count: i64,
    /// Posts of this page, newest first.
    pub posts: Vec<PostView>,
    /// The cursor of earlier posts, where there are more.
    pub earlier: Option<i64>,
    /// The cursor of this page; none for the latest.
    pub before: Option<i64>,
}

/// A post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostView {
    /// Row, and the cursor.
    pub id: i64,
    /// When it was written.
    pub at: Timestamp,
    /// What it says, or why it was taken down.
    pub said: PostSaid,
    /// Replies, oldest first.
    pub replies: Vec<PostView>,
}

/// What a post shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PostSaid {
    /// Its stance and text.
    Shown {
        /// Stance.
        stance: Stance,
        /// Text.
        body: String,
        /// Who wrote it.
        who: Speaker,
    },
    /// It was taken down: neither the text nor its author leaves the database.
    Hidden {
        /// Why.
        reason: String,
        /// When.
        at: Timestamp,
    },
}

/// Who speaks or acts, as neighbours see them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Speaker {
    /// The name that neighbours see.
    pub name: ShownName,
    /// The role in which it was done.
    pub role: Option<Role>,
    /// The 小院 of the household, where there is one.
    pub courtyard: Option<String>,
    /// 代办人: by whose hand it was done, where it was not their own.
    pub through: Option<ShownName>,
}

#[derive(FromQueryResult)]
struct PostRow {
    id: i64,
    parent_id: Option<i64>,
    author_role: Option<String>,
    stance: String,
    body: String,
    at: i64,
    hidden_at: Option<i64>,
    hidden_reason: Option<String>,
    nickname: String,
    shown_as: String,
    entrance: Option<String>,
    courtyard: Option<String>,
    helper: Option<String>,
}

pub(super) async fn talk(
    db: &impl ConnectionTrait,
    row: &proposal::Model,
    before: Option<i64>,
) -> Result<TalkView> {
    let mut query = posts()
        .filter(post::Column::ProposalId.eq(row.id))
        .filter(post::Column::ParentId.is_null());
    if let Some(before) = before {
        query = query.filter(post::Column::Id.lt(before));
    }
    let mut found: Vec<PostRow> =
        query.order_by_desc(post::Column::Id).limit(POSTS + 1).into_model().all(db).await?;
    let more = found.len() as u64 > POSTS;
    if more {
        found.pop();
    }
    let earlier = found.last().filter(|_| more).map(|last| last.id);
    let ids: Vec<i64> = found.iter().map(|post| post.id).collect();
    let mut page: Vec<PostView> = found.into_iter().map(read).collect::<Result<_>>()?;
    if !ids.is_empty() {
        let replies: Vec<PostRow> = posts()
            .filter(post::Column::ProposalId.eq(row.id))
            .filter(post::Column::ParentId.is_in(ids))
            .order_by_asc(post::Column::Id)
            .into_model()
            .all(db)
            .await?;
        for reply in replies {
            // Newest first: the ids of the page go down.
            let Some(parent) = reply.parent_id else { continue };
            let place = page.binary_search_by(|post| parent.cmp(&post.id));
            if let Some(post) = place.ok().and_then(|place| page.get_mut(place)) {
                post.replies.push(read(reply)?);
            }
        }
    }
    Ok(TalkView { count: row.posts, posts: page, earlier, before })
}

fn posts() -> Select<post::Entity> {
    let to_author: RelationDef = post::Entity::belongs_to(person::Entity)
        .from(post::Column::AuthorId)
        .to(person::Column::Id)
        .into();
    let query = post::Entity::find()
        .select_only()
        .columns([
            post::Column::Id,
            post::Column::ParentId,
            post::Column::AuthorRole,
            post::Column::Stance,
            post::Column::Body,
            post::Column::At,
            post::Column::HiddenAt,
            post::Column::HiddenReason,
        ])
        .columns([person::Column::Nickname, person::Column::ShownAs])
        .column_as(entrance::Column::Name, "entrance")
        .column_as(courtyard::Column::Name, "courtyard")
        .join(JoinType::InnerJoin, to_author);
    let to_helper: RelationDef = post::Entity::belongs_to(person::Entity)
        .from(post::Column::ThroughId)
        .to(person::Column::Id)
        .into();
    with_helper(with_home(query), to_helper)
}

/// Joins the 小院 of a person that is joined already; there may be none.
pub(super) fn with_home<E: EntityTrait>(query: Select<E>) -> Select<E> {
    let to_household: RelationDef = person::Entity::belongs_to(household::Entity)
        .from(person::Column::HouseholdId)
        .to(household::Column::Id)
        .into();
    query
        .join(JoinType::LeftJoin, to_household)
        .join(JoinType::LeftJoin, household_to_entrance())
        .join(JoinType::LeftJoin, entrance_to_courtyard())
}

/// Joins the helper by whose hand something was done, as `helper`; there is mostly none.
pub(super) fn with_helper<E: EntityTrait>(query: Select<E>, to_helper: RelationDef) -> Select<E> {
    query
        .join_as(JoinType::LeftJoin, to_helper, HELPER)
        .column_as(Expr::col((HELPER, person::Column::Nickname)), HELPER)
}

/// A helper as they are shown: by their nickname alone.
pub(super) fn helper(nickname: Option<String>) -> Option<ShownName> {
    nickname.map(|nickname| shown_name(nickname, "", None))
}

fn read(row: PostRow) -> Result<PostView> {
    let said = match row.hidden_at {
        Some(at) => {
            PostSaid::Hidden { reason: row.hidden_reason.unwrap_or_default(), at: Timestamp(at) }
        }
        None => PostSaid::Shown {
            stance: Stance::from_name(&row.stance)
                .ok_or_else(|| Error::unknown("stance", &row.stance))?,
            body: row.body,
            who: Speaker {
                name: shown_name(row.nickname, &row.shown_as, row.entrance.as_deref()),
                role: row.author_role.as_deref().and_then(Role::from_name),
                courtyard: row.courtyard,
                through: helper(row.helper),
            },
        },
    };
    Ok(PostView { id: row.id, at: Timestamp(row.at), said, replies: Vec::new() })
}
