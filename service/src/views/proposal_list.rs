//! The list of matters, filtered, by cursor.

use domain::category::Category;
use domain::ids::{CommunityId, CourtyardId, PersonId};
use domain::proposal::StateName;
use entities::proposal;
use sea_orm::sea_query::{Expr, ExprTrait, Func, LikeExpr};
use sea_orm::{ColumnTrait, Condition, QueryFilter, QueryOrder, QuerySelect, Select};

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

    fn condition(self) -> Expr {
        match self {
            Self::Cosigning => in_state(&[StateName::Cosigning]),
            Self::Talking => in_state(&[StateName::Accepted, StateName::Deliberating]),
            Self::Balloting => in_state(&[StateName::Balloting]),
            Self::Doing => in_state(&[StateName::InProgress, StateName::Suspended])
                .or(in_state(&[StateName::Decided]).and(not_adopted().not())),
            Self::Done => done(),
            Self::Closed => in_state(&[StateName::NotAccepted, StateName::Merged])
                .or(in_state(&[StateName::Decided]).and(not_adopted()))
                .or(in_state(&[StateName::Archived]).and(matter_row::work_was_done().not())),
        }
    }
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
    let rows = paged(filtered(community, viewer, filter), filter.cursor);
    let mut rows = matter_row::load(hall, rows).await?;
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

fn filtered(
    community: CommunityId,
    viewer: Option<PersonId>,
    filter: &ListFilter,
) -> Select<proposal::Entity> {
    let mut rows = matter_row::select(community).filter(visible(viewer, filter.mine));
    if let Some(group) = filter.group {
        rows = rows.filter(group.condition());
    }
    if let Some(category) = filter.category {
        rows = rows.filter(proposal::Column::Category.eq(category.as_str()));
    }
    if let Some(courtyard) = filter.courtyard {
        rows = rows.filter(proposal::Column::CourtyardId.eq(courtyard.0));
    }
    let q: String = filter.q.chars().take(SEARCH_MAX).collect();
    for word in q.split_whitespace() {
        rows = rows.filter(holds(word));
    }
    rows
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
    let hidden =
        StateName::ALL.iter().filter(|state| !state.is_public() || **state == StateName::Withdrawn);
    proposal::Column::State.is_not_in(hidden.map(|state| state.as_str()))
}

/// Came to a good end.
pub(crate) fn done() -> Expr {
    in_state(&[StateName::Completed, StateName::Reviewed])
        .or(in_state(&[StateName::Archived]).and(matter_row::work_was_done()))
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

fn paged(rows: Select<proposal::Entity>, cursor: Cursor) -> Select<proposal::Entity> {
    let at = |place: Place| {
        (proposal::Column::UpdatedAt.eq(place.updated_at), place.updated_at, place.id)
    };
    let rows = match cursor {
        Cursor::Front => rows,
        Cursor::After(place) => {
            let (same, updated_at, id) = at(place);
            rows.filter(
                proposal::Column::UpdatedAt
                    .lt(updated_at)
                    .or(same.and(proposal::Column::Id.lt(id))),
            )
        }
        Cursor::Before(place) => {
            let (same, updated_at, id) = at(place);
            rows.filter(
                proposal::Column::UpdatedAt
                    .gt(updated_at)
                    .or(same.and(proposal::Column::Id.gt(id))),
            )
        }
    };
    let rows = if matches!(cursor, Cursor::Before(_)) {
        rows.order_by_asc(proposal::Column::UpdatedAt).order_by_asc(proposal::Column::Id)
    } else {
        rows.order_by_desc(proposal::Column::UpdatedAt).order_by_desc(proposal::Column::Id)
    };
    rows.limit(PAGE + 1)
}
