//! What a search finds: matters, ranked, each with the place of the hit and with posts that hit.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use domain::bigram::{Needle, needles};
use domain::category::Category;
use domain::ids::{CommunityId, CourtyardId, EntranceId};
use domain::route::Route;
use domain::snippet::{Segment, marked, score, snippet};
use domain::stance::Stance;
use domain::talk::PostState;
use domain::time::Timestamp;
use entities::{post, proposal, summary};
use sea_orm::sea_query::{Expr, ExprTrait, SelectStatement};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait,
};

use super::ask::{Ask, newest};
use super::index::{
    Index, category_word, courtyard_word, entrance_word, route_word, state_word, summary_text,
    text_word, title_word,
};
use crate::error::{Error, Result};
use crate::hall::Hall;
use crate::views::matter_row::{self, MatterRow};
use crate::views::proposal_list::{StateGroup, public};

/// Matters on a page.
const PAGE: usize = 20;
/// The newest matters that are ranked, of those whose title hits, and of those that hit anywhere.
const RANKED: u64 = 250;
/// The newest posts that are looked at.
const POSTS: u64 = 400;
/// The same where a filter takes some of them away again.
const POSTS_FILTERED: u64 = 1_500;
/// Posts shown under a matter.
const POSTS_SHOWN: usize = 2;
/// Characters of a snippet.
const WIDTH: usize = 64;
/// What a hit in the talk alone scores; less than any hit in the matter's own words.
const IN_TALK: i64 = 50;

/// Where to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// 小院.
    Courtyard(CourtyardId),
    /// 楼门.
    Entrance(EntranceId),
}

impl Place {
    /// Its name in addresses: `courtyard-3`.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let (kind, row) = name.split_once('-')?;
        let row = row.parse().ok()?;
        match kind {
            "courtyard" => Some(Self::Courtyard(CourtyardId(row))),
            "entrance" => Some(Self::Entrance(EntranceId(row))),
            _ => None,
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Courtyard(id) => write!(f, "courtyard-{id}"),
            Self::Entrance(id) => write!(f, "entrance-{id}"),
        }
    }
}

/// When a matter was published: from the first moment to before the last; open where there is none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Period {
    /// Not before.
    pub since: Option<Timestamp>,
    /// Before.
    pub until: Option<Timestamp>,
}

/// The order of what is found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Sort {
    /// The best hit first.
    #[default]
    Best,
    /// The newest matter first.
    New,
}

/// What is looked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    /// As it was typed: every piece between spaces has to be there.
    pub text: String,
    /// Where matters stand.
    pub state: Option<StateGroup>,
    /// Category.
    pub category: Option<Category>,
    /// Where they are.
    pub place: Option<Place>,
    /// Who handles them.
    pub route: Option<Route>,
    /// When they were published.
    pub period: Period,
    /// The order.
    pub sort: Sort,
}

impl Query {
    /// Whether anything but the text is asked for.
    #[must_use]
    pub fn is_filtered(&self) -> bool {
        self.state.is_some()
            || self.category.is_some()
            || self.place.is_some()
            || self.route.is_some()
            || self.period != Period::default()
    }
}

/// Where a page begins: after the matter of that score and row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SearchCursor {
    score: i64,
    id: i64,
}

impl SearchCursor {
    /// The place of that text, `480-12`.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        let (score, id) = text.split_once('-')?;
        Some(Self { score: score.parse().ok()?, id: id.parse().ok()? })
    }
}

impl fmt::Display for SearchCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.score, self.id)
    }
}

/// A page of what was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// In the order that was asked for.
    pub matters: Vec<FoundMatter>,
    /// Matters found, on all pages.
    pub count: usize,
    /// Whether there are more than were looked at: the count is a least one.
    pub more_than: bool,
    /// Where the next page begins, when there is one.
    pub next: Option<SearchCursor>,
    /// Whether there was anything to look for.
    pub asked: bool,
}

/// A matter that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundMatter {
    /// As lists show it.
    pub row: MatterRow,
    /// Its title, marked.
    pub title: Vec<Segment>,
    /// Where its text or the chair's summary hits; empty when it doesn't.
    pub text: Vec<Segment>,
    /// The newest posts that hit.
    pub posts: Vec<FoundPost>,
    /// Further posts that hit, among those that were looked at.
    pub posts_more: usize,
}

/// A post that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundPost {
    /// Its row.
    pub id: i64,
    /// Stance.
    pub stance: Stance,
    /// Where it hits.
    pub text: Vec<Segment>,
}

/// Finds what everyone can read; the same for whoever asks.
///
/// # Errors
/// [`Error::Db`] when the database fails.
pub async fn search(
    hall: &Hall,
    community: CommunityId,
    query: &Query,
    cursor: Option<SearchCursor>,
) -> Result<Found> {
    let needles = needles(&query.text);
    if needles.is_empty() {
        return Ok(Found::default());
    }
    let matters = matters(hall, community, query, &needles).await?;
    let posts = posts(hall, community, query, &needles).await?;
    let more_than = matters.capped || posts.capped;

    let mut ranked: Vec<(i64, i64)> =
        matters.texts.values().map(|matter| (matter.score(&needles), matter.id)).collect();
    let own: BTreeSet<i64> = matters.texts.keys().copied().collect();
    ranked.extend(posts.of.keys().filter(|id| !own.contains(id)).map(|id| (IN_TALK, *id)));
    if query.sort == Sort::New {
        ranked.iter_mut().for_each(|(score, _)| *score = 0);
    }
    ranked.sort_unstable_by(|a, b| b.cmp(a));
    let count = ranked.len();
    if let Some(after) = cursor {
        ranked.retain(|place| *place < (after.score, after.id));
    }
    let next = (ranked.len() > PAGE)
        .then(|| ranked.get(PAGE - 1))
        .flatten()
        .map(|(score, id)| SearchCursor { score: *score, id: *id });
    ranked.truncate(PAGE);

    let matters = shown(hall, community, &needles, &ranked, &matters, &posts).await?;
    Ok(Found { matters, count, more_than, next, asked: true })
}

/// What both indexes are asked for: the words of all pieces.
fn words(
    community: CommunityId,
    needles: &[Needle],
    make: fn(CommunityId, &str) -> String,
) -> Vec<String> {
    let all = needles.iter().flat_map(|needle| &needle.words);
    let all: BTreeSet<String> = all.map(|word| make(community, word)).collect();
    all.into_iter().collect()
}

/// A query's filters as words of a matter's document.
fn filters(community: CommunityId, query: &Query) -> Vec<String> {
    let mut words = Vec::new();
    words.extend(query.state.map(|state| state_word(community, state)));
    words.extend(query.category.map(|category| category_word(community, category)));
    words.extend(query.route.map(|route| route_word(community, route)));
    words.extend(query.place.map(|place| match place {
        Place::Courtyard(id) => courtyard_word(community, id.0),
        Place::Entrance(id) => entrance_word(community, id.0),
    }));
    words
}

/// What is looked at of a matter.
#[derive(Debug, FromQueryResult)]
struct Text {
    id: i64,
    title: String,
    situation: String,
    suggestion: String,
    spot: Option<String>,
    #[sea_orm(skip)]
    summary: String,
}

impl Text {
    fn text(&self) -> String {
        let spot = self.spot.as_deref().unwrap_or_default();
        [self.situation.as_str(), &self.suggestion, spot].join("\n")
    }

    /// At least more than a hit in the talk: it is here that the words stand.
    fn score(&self, needles: &[Needle]) -> i64 {
        let score = score(needles, &self.title, &self.summary, &self.text());
        std::cmp::max(score, IN_TALK + 1)
    }
}

#[derive(Debug, Default)]
struct Matters {
    texts: BTreeMap<i64, Text>,
    capped: bool,
}

async fn matters(
    hall: &Hall,
    community: CommunityId,
    query: &Query,
    needles: &[Needle],
) -> Result<Matters> {
    let filters = filters(community, query);
    let with_filters = |mut all: Vec<String>| {
        all.extend(filters.iter().cloned());
        Ask { all, any: Vec::new() }
    };
    let read = hall.db.read();
    let anywhere = with_filters(words(community, needles, text_word));
    let anywhere = newest(read, Index::Matters, &anywhere, RANKED).await?;
    let mut ids: BTreeSet<i64> = anywhere.iter().copied().collect();
    let capped = anywhere.len() as u64 == RANKED;
    if capped {
        // There are more than are ranked: then the titles that hit are not to be missed.
        let titles = with_filters(words(community, needles, title_word));
        ids.extend(newest(read, Index::Matters, &titles, RANKED).await?);
    }
    Ok(Matters { texts: texts(hall, community, ids, query.period).await?, capped })
}

async fn texts(
    hall: &Hall,
    community: CommunityId,
    ids: BTreeSet<i64>,
    period: Period,
) -> Result<BTreeMap<i64, Text>> {
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let rows = proposal::Entity::find()
        .select_only()
        .columns([
            proposal::Column::Id,
            proposal::Column::Title,
            proposal::Column::Situation,
            proposal::Column::Suggestion,
            proposal::Column::Spot,
        ])
        .filter(proposal::Column::Id.is_in(ids.iter().copied()))
        .filter(can_be_found(community, period))
        .into_model::<Text>()
        .all(hall.db.read())
        .await?;
    let mut texts: BTreeMap<i64, Text> = rows.into_iter().map(|row| (row.id, row)).collect();
    // The last one of a matter is the one that is pinned.
    let pinned = summary::Entity::find()
        .select_only()
        .expr(summary::Column::Id.max())
        .filter(summary::Column::ProposalId.is_in(texts.keys().copied()))
        .group_by(summary::Column::ProposalId)
        .into_query();
    let summaries = summary::Entity::find()
        .filter(summary::Column::Id.in_subquery(pinned))
        .all(hall.db.read())
        .await?;
    for row in summaries {
        if let Some(text) = texts.get_mut(&row.proposal_id) {
            text.summary = summary_text(&row);
        }
    }
    Ok(texts)
}

/// What the index holds is public; what the tables say counts, should the two ever differ.
fn can_be_found(community: CommunityId, period: Period) -> Condition {
    Condition::all()
        .add(matter_row::of_community(community))
        .add(public())
        .add(proposal::Column::State.ne("merged"))
        .add(proposal::Column::HiddenAt.is_null())
        .add_option(period.since.map(|since| proposal::Column::PublishedAt.gte(since.0)))
        .add_option(period.until.map(|until| proposal::Column::PublishedAt.lt(until.0)))
}

#[derive(Debug, FromQueryResult)]
struct Hit {
    id: i64,
    proposal_id: i64,
}

#[derive(Debug, Default)]
struct Posts {
    /// By matter, the newest first.
    of: BTreeMap<i64, Vec<i64>>,
    capped: bool,
}

async fn posts(
    hall: &Hall,
    community: CommunityId,
    query: &Query,
    needles: &[Needle],
) -> Result<Posts> {
    let limit = if query.is_filtered() { POSTS_FILTERED } else { POSTS };
    let ask = Ask { all: words(community, needles, text_word), any: Vec::new() };
    let ids = newest(hall.db.read(), Index::Posts, &ask, limit).await?;
    let capped = ids.len() as u64 == limit;
    if ids.is_empty() {
        return Ok(Posts::default());
    }
    let rows = post::Entity::find()
        .select_only()
        .columns([post::Column::Id, post::Column::ProposalId])
        .filter(post::Column::Id.is_in(ids))
        .filter(post::Column::State.eq(PostState::Shown.as_str()))
        .filter(Expr::SubQuery(None, Box::new(of_post(community, query).into())).is_not_null())
        .order_by_desc(post::Column::Id)
        .into_model::<Hit>()
        .all(hall.db.read())
        .await?;
    let mut of: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
    for hit in rows {
        of.entry(hit.proposal_id).or_default().push(hit.id);
    }
    Ok(Posts { of, capped })
}

/// The matter of a post, if it is asked for. As a value of the post's row it is looked up by its own row: joined,
/// PostgreSQL would rather walk all matters that the filters leave, and the posts of each.
fn of_post(community: CommunityId, query: &Query) -> SelectStatement {
    let mut all = can_be_found(community, query.period)
        .add_option(query.state.map(StateGroup::condition))
        .add_option(query.category.map(|it| proposal::Column::Category.eq(it.as_str())));
    if let Some(route) = query.route {
        let route = format!("%\"route\":\"{}\"%", route.as_str());
        all = all.add(proposal::Column::StateData.like(route));
    }
    let place = query.place.map(|place| match place {
        Place::Courtyard(id) => proposal::Column::CourtyardId.eq(id.0),
        Place::Entrance(id) => proposal::Column::EntranceId.eq(id.0),
    });
    sea_orm::sea_query::Query::select()
        .column((proposal::Entity, proposal::Column::Id))
        .from(proposal::Entity)
        .and_where(
            Expr::col((proposal::Entity, proposal::Column::Id))
                .equals((post::Entity, post::Column::ProposalId)),
        )
        .cond_where(all.add_option(place))
        .to_owned()
}

/// The matters of one page, in their order.
async fn shown(
    hall: &Hall,
    community: CommunityId,
    needles: &[Needle],
    ranked: &[(i64, i64)],
    matters: &Matters,
    posts: &Posts,
) -> Result<Vec<FoundMatter>> {
    if ranked.is_empty() {
        return Ok(Vec::new());
    }
    let ids = ranked.iter().map(|(_, id)| *id);
    let rows = matter_row::load(hall, matter_row::select_rows(community, ids.clone())).await?;
    let mut rows: BTreeMap<i64, MatterRow> = rows.into_iter().map(|row| (row.id, row)).collect();
    let of = |id: i64| posts.of.get(&id).map(Vec::as_slice).unwrap_or_default();
    let wanted: Vec<i64> = ids.flat_map(|id| of(id).iter().take(POSTS_SHOWN).copied()).collect();
    let bodies = bodies(hall, wanted).await?;
    let mut shown = Vec::new();
    for (_, id) in ranked {
        let Some(row) = rows.remove(id) else { continue };
        let mut found = Vec::new();
        for row in of(*id).iter().filter_map(|id| bodies.get(id)) {
            let stance = Stance::from_name(&row.stance)
                .ok_or_else(|| Error::unknown("stance", &row.stance))?;
            // The row is read as it is: what was taken down in this moment is empty and shows nothing.
            let text = snippet(&row.body, needles, WIDTH);
            if !text.is_empty() {
                found.push(FoundPost { id: row.id, stance, text });
            }
        }
        let text = matters.texts.get(id).map_or_else(Vec::new, |matter| {
            let own = snippet(&matter.text(), needles, WIDTH);
            if own.is_empty() { snippet(&matter.summary, needles, WIDTH) } else { own }
        });
        shown.push(FoundMatter {
            title: marked(&row.title, needles),
            row,
            text,
            posts_more: of(*id).len().saturating_sub(POSTS_SHOWN),
            posts: found,
        });
    }
    Ok(shown)
}

#[derive(Debug, FromQueryResult)]
struct Body {
    id: i64,
    stance: String,
    body: String,
}

async fn bodies(hall: &Hall, ids: Vec<i64>) -> Result<BTreeMap<i64, Body>> {
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let rows = post::Entity::find()
        .select_only()
        .columns([post::Column::Id, post::Column::Stance, post::Column::Body])
        .filter(post::Column::Id.is_in(ids))
        .filter(post::Column::State.eq(PostState::Shown.as_str()))
        .into_model::<Body>()
        .all(hall.db.read())
        .await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}
