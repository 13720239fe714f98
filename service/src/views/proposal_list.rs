//! The list of matters, filtered, by cursor.

use domain::category::Category;
use domain::ids::{CommunityId, CourtyardId, PersonId};
use domain::proposal::StateName;
use entities::proposal;
use sea_orm::sea_query::{Expr, ExprTrait, Func, LikeExpr, Query, UnionType};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select,
};

use super::matter_row::{self, MatterRow};
use crate::error::Result;
use crate::hall::Hall;

/// Matters on a page.
pub const PAGE: u64 = 20;
/// The most of a search that is looked at, in characters.
const SEARCH_MAX: usize = 60;

/// Where matters stand, in the words of a neighbour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StateGroup {
    /// 征集附议
    Cosigning,
    /// 在议: accepted, and talked over.
    Talking,
    /// 投票中
    Balloting,
    /// 在办: decided to be done, being done, on hold.
    Doing,
    /// 办好了
    Done,
    /// Came to nothing, each with its reason: not accepted, not adopted, merged.
    Closed,
}

impl StateGroup {
    /// In the order of a matter's life.
    pub const ALL: [Self; 6] =
        [Self::Cosigning, Self::Talking, Self::Balloting, Self::Doing, Self::Done, Self::Closed];

    /// Its name in addresses.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Cosigning => "cosigning",
            Self::Talking => "talking",
            Self::Balloting => "balloting",
            Self::Doing => "doing",
            Self::Done => "done",
            Self::Closed => "closed",
        }
    }

    /// The group of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|group| group.as_str() == name)
    }

    /// The states that stand there, each with what tells those matters from others in it.
    fn parts(self) -> Vec<(StateName, Option<Expr>)> {
        let all = |states: &[StateName]| states.iter().map(|state| (*state, None)).collect();
        match self {
            Self::Cosigning => all(&[StateName::Cosigning]),
            Self::Talking => all(&[StateName::Accepted, StateName::Deliberating]),
            Self::Balloting => all(&[StateName::Balloting]),
            Self::Doing => vec![
                (StateName::InProgress, None),
                (StateName::Suspended, None),
                (StateName::Decided, Some(not_adopted().not())),
            ],
            Self::Done => done_parts(),
            Self::Closed => vec![
                (StateName::NotAccepted, None),
                (StateName::Merged, None),
                (StateName::Decided, Some(not_adopted())),
                (StateName::Archived, Some(matter_row::work_was_done().not())),
            ],
        }
    }

    /// The rows of matters that stand there.
    pub(crate) fn condition(self) -> Condition {
        self.parts().into_iter().fold(Condition::any(), |any, (state, only)| {
            any.add(Condition::all().add(in_state(&[state])).add_option(only))
        })
    }
}

/// Came to a good end.
pub(crate) fn done_parts() -> Vec<(StateName, Option<Expr>)> {
    vec![
        (StateName::Completed, None),
        (StateName::Reviewed, None),
        (StateName::Archived, Some(matter_row::work_was_done())),
    ]
}

/// What is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListFilter {
    /// Words that title, situation or suggestion hold, each of them.
    pub q: String,
    /// Where it stands.
    pub group: Option<StateGroup>,
    /// Category.
    pub category: Option<Category>,
    /// Courtyard.
    pub courtyard: Option<CourtyardId>,
    /// Only those that the viewer raised, the hidden ones too.
    pub mine: bool,
    /// Where the page begins.
    pub cursor: Cursor,
}

/// Where a page of the list begins; what changes while one reads on moves to the front, and never
/// makes a page skip or repeat the others.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Cursor {
    /// At the front: what moved last.
    #[default]
    Front,
    /// After this place.
    After(Place),
    /// Before this place.
    Before(Place),
}

/// A place in the list: `1795500000000-12`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Latest step or post, Unix ms.
    pub updated_at: i64,
    /// Row.
    pub id: i64,
}

impl Place {
    /// The place of that text.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        let (updated_at, id) = text.split_once('-')?;
        Some(Self { updated_at: updated_at.parse().ok()?, id: id.parse().ok()? })
    }

    const fn of(row: &MatterRow) -> Self {
        Self { updated_at: row.updated_at.0, id: row.id }
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}-{}", self.updated_at, self.id)
    }
}

/// A page of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProposalList {
    /// What moved last comes first.
    pub rows: Vec<MatterRow>,
    /// The place that the page before ends at, where there is one.
    pub before: Option<Place>,
    /// The place that the next page begins after, where there is one.
    pub after: Option<Place>,
}

/// A page of the list: what is public, and what the viewer raised. One statement.
///
/// # Errors
/// [`crate::Error::Db`] when the database fails.
pub async fn proposal_list(
    hall: &Hall,
    community: CommunityId,
    viewer: Option<PersonId>,
    filter: &ListFilter,
) -> Result<ProposalList> {
    let mut rows = matter_row::load(hall, page_of(community, viewer, filter)).await?;
    let more = rows.len() > usize::try_from(PAGE).unwrap_or(usize::MAX);
    if more {
        rows.pop();
    }
    let backwards = matches!(filter.cursor, Cursor::Before(_));
    if backwards {
        rows.reverse();
    }
    let (first, last) = (rows.first().map(Place::of), rows.last().map(Place::of));
    let has_before = if backwards { more } else { filter.cursor != Cursor::Front };
    let has_after = backwards || more;
    Ok(ProposalList {
        before: first.filter(|_| has_before),
        after: last.filter(|_| has_after),
        rows,
    })
}

/// One row more than a page holds.
fn page_of(
    community: CommunityId,
    viewer: Option<PersonId>,
    filter: &ListFilter,
) -> Select<proposal::Entity> {
    let narrowed = narrowed(viewer, filter);
    let rows = match filter.group {
        // One's own are few, whatever state they are in.
        group if filter.mine => matter_row::select_few(community)
            .filter(narrowed)
            .filter(group.map_or_else(Condition::all, StateGroup::condition)),
        Some(group) => in_parts(community, group.parts(), &narrowed, filter.cursor, PAGE + 1),
        None => matter_row::select(community).filter(narrowed),
    };
    paged(rows, filter.cursor, PAGE + 1)
}

/// The statement of a page, for a test that asks the database how it walks.
#[cfg(feature = "testing")]
#[must_use]
pub fn list_statement(
    backend: sea_orm::DbBackend,
    community: CommunityId,
    viewer: Option<PersonId>,
    filter: &ListFilter,
) -> sea_orm::Statement {
    page_of(community, viewer, filter).build(backend)
}

/// All that is asked for but where matters stand.
fn narrowed(viewer: Option<PersonId>, filter: &ListFilter) -> Condition {
    let mut all = Condition::all()
        .add(visible(viewer, filter.mine))
        .add_option(filter.category.map(|it| proposal::Column::Category.eq(it.as_str())))
        .add_option(filter.courtyard.map(|it| proposal::Column::CourtyardId.eq(it.0)));
    let q: String = filter.q.chars().take(SEARCH_MAX).collect();
    if !q.trim().is_empty() && !filter.mine {
        // What went into another matter is found by the other one's words.
        all = all.add(proposal::Column::State.ne(StateName::Merged.as_str()));
    }
    for word in q.split_whitespace() {
        all = all.add(holds(word));
    }
    all
}

/// The first matters of some states, at most so many of each. An index holds the matters of a state in the order
/// of the list, and none those of several: so each state is walked by itself, and no walk is longer than a page
/// and what the page leaves out.
pub(crate) fn in_parts(
    community: CommunityId,
    parts: Vec<(StateName, Option<Expr>)>,
    narrowed: &Condition,
    cursor: Cursor,
    limit: u64,
) -> Select<proposal::Entity> {
    let part = |(state, only): (StateName, Option<Expr>)| {
        let rows = proposal::Entity::find()
            .select_only()
            .column(proposal::Column::Id)
            .filter(proposal::Column::CommunityId.eq(community.0))
            .filter(proposal::Column::State.eq(state.as_str()))
            .filter(narrowed.clone().add_option(only));
        let rows = paged(rows, cursor, limit).into_query();
        Query::select().column("id").from_subquery(rows, "part").to_owned()
    };
    let mut parts = parts.into_iter().map(part);
    let mut all = parts.next().unwrap_or_default();
    for part in parts {
        all.union(UnionType::All, part);
    }
    matter_row::select_few(community).filter(proposal::Column::Id.in_subquery(all))
}

/// Hidden and withdrawn matters are shown to their author alone.
fn visible(viewer: Option<PersonId>, mine: bool) -> Condition {
    let own = viewer.map(|viewer| proposal::Column::AuthorId.eq(viewer.0));
    if mine {
        // Nobody raised anything as nobody.
        return Condition::all().add(own.unwrap_or_else(|| Expr::val(1).eq(0)));
    }
    Condition::any().add(public()).add_option(own)
}

/// What everyone finds in lists.
pub(crate) fn public() -> Expr {
    proposal::Column::State.is_not_in(not_public_states())
}

/// What nobody but its author finds there.
pub(crate) fn not_public() -> Expr {
    proposal::Column::State.is_in(not_public_states())
}

fn not_public_states() -> impl Iterator<Item = &'static str> {
    let states = StateName::ALL.iter();
    states
        .filter(|state| !state.is_public() || **state == StateName::Withdrawn)
        .map(|state| state.as_str())
}

/// In one of these states.
pub(crate) fn in_state(states: &[StateName]) -> Expr {
    proposal::Column::State.is_in(states.iter().map(|state| state.as_str()))
}

/// Of decided matters: the verdict is 不采纳. Verdicts live in the state's data; its text is written
/// by the code alone.
pub(crate) fn not_adopted() -> Expr {
    proposal::Column::StateData.like("%\"not_adopted\"%")
}

/// One of the texts holds the word, whatever the case of Latin letters.
fn holds(word: &str) -> Condition {
    let mut pattern = String::from("%");
    for c in domain::text::clean(word).to_lowercase().chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    [proposal::Column::Title, proposal::Column::Situation, proposal::Column::Suggestion]
        .into_iter()
        .fold(Condition::any(), |any, column| {
            let text = Func::lower(Expr::col((proposal::Entity, column)));
            any.add(Expr::from(text).like(LikeExpr::new(pattern.clone()).escape('\\')))
        })
}

/// A page in the list's order. That its end is named twice lets an index begin there.
fn paged(rows: Select<proposal::Entity>, cursor: Cursor, limit: u64) -> Select<proposal::Entity> {
    let (at, id) = (proposal::Column::UpdatedAt, proposal::Column::Id);
    let rows = match cursor {
        Cursor::Front => rows,
        Cursor::After(place) => rows
            .filter(at.lte(place.updated_at))
            .filter(at.lt(place.updated_at).or(id.lt(place.id))),
        Cursor::Before(place) => rows
            .filter(at.gte(place.updated_at))
            .filter(at.gt(place.updated_at).or(id.gt(place.id))),
    };
    let rows = if matches!(cursor, Cursor::Before(_)) {
        rows.order_by_asc(at).order_by_asc(id)
    } else {
        rows.order_by_desc(at).order_by_desc(id)
    };
    rows.limit(limit)
}
