//! 上次来以后: what happened in one's courtyard, and to what one follows, since the visit before this one.

use domain::ids::CommunityId;
use domain::talk::PostState;
use domain::time::Timestamp;
use entities::{follow, post, proposal};
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect,
};

use super::matter_row::{self, MatterRow};
use super::proposal_list::public;
use crate::error::Result;
use crate::hall::Hall;
use crate::people::SignedIn;
use crate::place_follow::FOLLOWS;

/// The most that are shown.
const SHOWN: usize = 8;
/// More new posts than this are not counted.
pub const POSTS_MAX: i64 = 99;

/// A matter with something new.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct News {
    /// As lists show it.
    pub row: MatterRow,
    /// What is new.
    pub what: NewsKind,
}

/// What is new, the weightiest alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NewsKind {
    /// It was published.
    Published,
    /// It took a step.
    Moved,
    /// Others wrote so many posts, at most [`POSTS_MAX`] + 1.
    Posts(i64),
}

#[derive(Debug, FromQueryResult)]
struct Since {
    id: i64,
    published_at: Option<i64>,
    since: i64,
    posts: i64,
}

/// What is new to somebody, what moved last first; nothing at their first visit. Two statements, one when
/// nothing is.
///
/// # Errors
/// [`crate::Error::Db`] when the database fails.
pub async fn news(hall: &Hall, community: CommunityId, viewer: &SignedIn) -> Result<Vec<News>> {
    let Some(visit) = viewer.visit_at else { return Ok(Vec::new()) };
    let person = viewer.actor.person.0;
    let mut near =
        Condition::any().add(Expr::exists(followed_by(person))).add(in_followed_place(person));
    if let Some(home) = viewer.actor.home {
        near = near.add(proposal::Column::CourtyardId.eq(home.courtyard.0));
    }
    let posts = posts_since(visit, person);
    let rows = proposal::Entity::find()
        .select_only()
        .columns([proposal::Column::Id, proposal::Column::PublishedAt, proposal::Column::Since])
        .column_as(Expr::SubQuery(None, Box::new(posts.into())), "posts")
        .filter(proposal::Column::CommunityId.eq(community.0))
        .filter(proposal::Column::Number.is_not_null())
        .filter(public())
        .filter(proposal::Column::UpdatedAt.gt(visit.0))
        .filter(near)
        .order_by_desc(proposal::Column::UpdatedAt)
        .order_by_desc(proposal::Column::Id)
        // Some have nothing but what the person did themselves.
        .limit(2 * SHOWN as u64)
        .into_model::<Since>()
        .all(hall.db.read())
        .await?;
    let new: Vec<(i64, NewsKind)> =
        rows.iter().filter_map(|row| Some((row.id, kind(row, visit)?))).take(SHOWN).collect();
    if new.is_empty() {
        return Ok(Vec::new());
    }
    let ids = new.iter().map(|(id, _)| *id);
    let mut rows = matter_row::load(hall, matter_row::select_rows(community, ids)).await?;
    rows.sort_unstable_by_key(|row| (-row.updated_at.0, -row.id));
    let of = |id: i64| new.iter().find(|(new, _)| *new == id).map(|(_, what)| *what);
    Ok(rows.into_iter().filter_map(|row| Some(News { what: of(row.id)?, row })).collect())
}

fn kind(row: &Since, visit: Timestamp) -> Option<NewsKind> {
    if row.published_at.is_some_and(|at| at > visit.0) {
        Some(NewsKind::Published)
    } else if row.since > visit.0 {
        Some(NewsKind::Moved)
    } else if row.posts > 0 {
        Some(NewsKind::Posts(row.posts))
    } else {
        None
    }
}

fn followed_by(person: i64) -> SelectStatement {
    Query::select()
        .expr(Expr::val(1))
        .from(follow::Entity)
        .and_where(
            Expr::col((follow::Entity, follow::Column::ProposalId))
                .equals((proposal::Entity, proposal::Column::Id)),
        )
        .and_where(follow::Column::PersonId.eq(person))
        .and_where(follow::Column::StoppedAt.is_null())
        .to_owned()
}

/// In a category, an entrance or a courtyard that the person follows.
fn in_followed_place(person: i64) -> Expr {
    Expr::cust(format!(
        "EXISTS (SELECT 1 FROM place_follow pf JOIN proposal p ON p.id = \"proposal\".\"id\" \
         WHERE pf.person_id = {person} AND {FOLLOWS})"
    ))
}

/// How many posts others wrote since; the index by time ends the count early.
fn posts_since(visit: Timestamp, person: i64) -> SelectStatement {
    let some = Query::select()
        .column(post::Column::Id)
        .from(post::Entity)
        .and_where(
            Expr::col((post::Entity, post::Column::ProposalId))
                .equals((proposal::Entity, proposal::Column::Id)),
        )
        .and_where(post::Column::At.gt(visit.0))
        .and_where(post::Column::State.eq(PostState::Shown.as_str()))
        .and_where(post::Column::AuthorId.ne(person))
        .limit(POSTS_MAX.unsigned_abs() + 1)
        .to_owned();
    Query::select().expr(Expr::col("id").count()).from_subquery(some, "some_posts").to_owned()
}
