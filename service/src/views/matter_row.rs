//! A matter in a list: home, the list of matters, 我的.

use domain::calendar::Calendar;
use domain::category::Category;
use domain::ids::CommunityId;
use domain::place::ScopeKind;
use domain::proposal::{State, Verdict};
use domain::settings::CommunitySettings;
use domain::time::Timestamp;
use entities::{community, courtyard, entrance, proposal, review, work_item};
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, FromQueryResult, JoinType, QueryFilter, QuerySelect,
    RelationDef, Select,
};
use time::Date;

use crate::error::{Error, Result};
use crate::hall::Hall;

/// A matter as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MatterRow {
    /// Public number.
    pub number: i64,
    /// Title.
    pub title: String,
    /// Where it stands.
    pub state: State,
    /// Category.
    pub category: Category,
    /// Where it is.
    pub place: PlaceNames,
    /// The one number that matters in this state.
    pub figure: Figure,
    /// Days since the due day, when the committee owes an act that is overdue.
    pub overdue_days: Option<i64>,
    /// Latest step or post.
    pub updated_at: Timestamp,
    /// The row, for a list's cursor.
    pub id: i64,
}

/// Where a matter is, in names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceNames {
    /// 小院.
    pub courtyard: String,
    /// 楼门, where one was chosen.
    pub entrance: Option<String>,
    /// Whom it concerns.
    pub scope: ScopeKind,
}

/// The one number that matters in a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Figure {
    /// Households that co-sign, of those needed, until when.
    Cosigns {
        /// Households so far.
        have: i64,
        /// Households needed.
        needed: u32,
        /// The last moment.
        until: Timestamp,
    },
    /// Posts in its forum.
    Posts(i64),
    /// The open ballot's end.
    Closes(Timestamp),
    /// The how manieth working day of the work; 0 on the day on which it began.
    WorkingDay(i64),
    /// 挂账: when it is looked at again.
    LooksAgain(Date),
    /// Satisfied or fairly satisfied, in whole percent.
    Satisfied(u32),
    /// Households that co-signed.
    Households(i64),
    /// 不采纳 or 不予受理: the reasons are on its page.
    Reasons,
    /// Nothing to count yet.
    None,
}

/// A row as it is read.
#[derive(Debug, FromQueryResult)]
pub(crate) struct Raw {
    id: i64,
    number: Option<i64>,
    title: String,
    state_data: String,
    category: String,
    scope_kind: String,
    courtyard_name: String,
    entrance_name: Option<String>,
    since: i64,
    due_at: Option<i64>,
    cosigns: i64,
    posts: i64,
    updated_at: i64,
    settings: String,
    reviews: i64,
    content: i64,
}

/// The matters of a community, with all that a row shows, in one statement; callers filter, order
/// and limit it. Only those that were sent have a number, and so a place in a list.
pub(crate) fn select(community: CommunityId) -> Select<proposal::Entity> {
    all().filter(proposal::Column::CommunityId.eq(community.0))
}

/// The same where a filter on rows or people finds a few of all matters.
pub(crate) fn select_few(community: CommunityId) -> Select<proposal::Entity> {
    all().filter(of_community(community))
}

/// The same of these rows alone.
pub(crate) fn select_rows(
    community: CommunityId,
    rows: impl IntoIterator<Item = i64>,
) -> Select<proposal::Entity> {
    select_few(community).filter(proposal::Column::Id.is_in(rows))
}

/// That a matter is of this community, where it is looked up by its row. SQLite, which keeps no figures of
/// tables, takes an index that begins with the community for a short one, and would rather walk all of it than
/// look up some rows: the sign keeps it from there.
pub(crate) fn of_community(community: CommunityId) -> Expr {
    Expr::cust(format!("+\"proposal\".\"community_id\" = {community}"))
}

fn all() -> Select<proposal::Entity> {
    let to_courtyard: RelationDef = proposal::Entity::belongs_to(courtyard::Entity)
        .from(proposal::Column::CourtyardId)
        .to(courtyard::Column::Id)
        .into();
    let to_community: RelationDef = proposal::Entity::belongs_to(community::Entity)
        .from(proposal::Column::CommunityId)
        .to(community::Column::Id)
        .into();
    let to_entrance: RelationDef = proposal::Entity::belongs_to(entrance::Entity)
        .from(proposal::Column::EntranceId)
        .to(entrance::Column::Id)
        .into();
    let content =
        reviews_of().and_where(review::Column::Satisfaction.ne("dissatisfied")).to_owned();
    proposal::Entity::find()
        .select_only()
        .columns([
            proposal::Column::Id,
            proposal::Column::Number,
            proposal::Column::Title,
            proposal::Column::StateData,
            proposal::Column::Category,
            proposal::Column::ScopeKind,
            proposal::Column::Since,
            proposal::Column::DueAt,
            proposal::Column::Cosigns,
            proposal::Column::Posts,
            proposal::Column::UpdatedAt,
        ])
        .column_as(courtyard::Column::Name, "courtyard_name")
        .column_as(entrance::Column::Name, "entrance_name")
        .column(community::Column::Settings)
        .column_as(subquery(reviews_of()), "reviews")
        .column_as(subquery(content), "content")
        .join(JoinType::InnerJoin, to_courtyard)
        .join(JoinType::InnerJoin, to_community)
        .join(JoinType::LeftJoin, to_entrance)
        .filter(proposal::Column::Number.is_not_null())
}

/// Runs a [`select`] that was filtered, ordered and limited.
///
/// # Errors
/// [`Error::Broken`] when a stored name can't be read.
pub(crate) async fn load(hall: &Hall, rows: Select<proposal::Entity>) -> Result<Vec<MatterRow>> {
    let now = hall.now();
    let rows = rows.into_model::<Raw>().all(hall.db.read()).await?;
    // All are of one community.
    let settings: CommunitySettings = match rows.first() {
        Some(raw) => serde_json::from_str(&raw.settings)?,
        None => return Ok(Vec::new()),
    };
    let calendar = settings.calendar(&hall.calendar);
    rows.into_iter().map(|raw| read(raw, now, &calendar)).collect()
}

/// That a review is of the matter's present round.
fn of_present_round() -> Condition {
    let same = |of_review, of_matter| {
        Expr::col((review::Entity, of_review)).equals((proposal::Entity, of_matter))
    };
    Condition::all()
        .add(same(review::Column::ProposalId, proposal::Column::Id))
        .add(same(review::Column::Round, proposal::Column::Reopened))
}

/// Reviews of the matter's present round.
fn reviews_of() -> SelectStatement {
    Query::select()
        .expr(Expr::col((review::Entity, review::Column::Id)).count())
        .from(review::Entity)
        .cond_where(of_present_round())
        .to_owned()
}

/// Whether work on the matter was finished: what tells an archived one that was done from one that
/// was not adopted.
pub(crate) fn work_was_done() -> Expr {
    Expr::exists(
        Query::select()
            .expr(Expr::val(1))
            .from(work_item::Entity)
            .and_where(
                Expr::col((work_item::Entity, work_item::Column::ProposalId))
                    .equals((proposal::Entity, proposal::Column::Id)),
            )
            .and_where(work_item::Column::State.eq("done"))
            .to_owned(),
    )
}

fn subquery(select: SelectStatement) -> Expr {
    Expr::SubQuery(None, Box::new(select.into()))
}

fn read(raw: Raw, now: Timestamp, calendar: &Calendar) -> Result<MatterRow> {
    let state: State = serde_json::from_str(&raw.state_data)?;
    let category = Category::from_name(&raw.category)
        .ok_or_else(|| Error::unknown("category", &raw.category))?;
    let scope = ScopeKind::from_name(&raw.scope_kind)
        .ok_or_else(|| Error::unknown("scope", &raw.scope_kind))?;
    Ok(MatterRow {
        number: raw.number.unwrap_or_default(),
        figure: figure(&state, &raw, now, calendar),
        overdue_days: overdue_days(&state, raw.due_at, now),
        title: raw.title,
        state,
        category,
        place: PlaceNames { courtyard: raw.courtyard_name, entrance: raw.entrance_name, scope },
        updated_at: Timestamp(raw.updated_at),
        id: raw.id,
    })
}

fn figure(state: &State, raw: &Raw, now: Timestamp, calendar: &Calendar) -> Figure {
    let posts = if raw.posts > 0 { Figure::Posts(raw.posts) } else { Figure::None };
    match state {
        State::Cosigning { needed, until } => {
            Figure::Cosigns { have: raw.cosigns, needed: *needed, until: *until }
        }
        State::Balloting { .. } => {
            raw.due_at.map_or(posts, |closes| Figure::Closes(Timestamp(closes)))
        }
        State::NotAccepted { .. } | State::Decided { verdict: Verdict::NotAdopted, .. } => {
            Figure::Reasons
        }
        State::Merged { .. } => Figure::Households(raw.cosigns),
        // Where the calendar doesn't know the year, the row does without.
        State::InProgress { .. } => calendar
            .working_days_between(Timestamp(raw.since).local_date(), now.local_date())
            .map_or(posts, Figure::WorkingDay),
        State::Suspended { review_on, .. } => Figure::LooksAgain(*review_on),
        State::Completed { .. } | State::Reviewed { .. } | State::Archived => (raw.content * 100)
            .checked_div(raw.reviews)
            .map_or(posts, |percent| Figure::Satisfied(u32::try_from(percent).unwrap_or_default())),
        State::Accepted { .. }
        | State::Deliberating
        | State::Decided { .. }
        | State::Draft
        | State::Submitted
        | State::Returned
        | State::Withdrawn => posts,
    }
}

/// Whether the committee owes the next act.
const fn is_owed(state: &State) -> bool {
    match state {
        State::Decided { verdict, .. } => !matches!(verdict, Verdict::NotAdopted),
        State::Submitted
        | State::Accepted { .. }
        | State::Deliberating
        | State::InProgress { .. }
        | State::Suspended { .. } => true,
        _ => false,
    }
}

fn overdue_days(state: &State, due_at: Option<i64>, now: Timestamp) -> Option<i64> {
    let due = Timestamp(due_at.filter(|_| is_owed(state))?);
    let days = (now.local_date() - due.local_date()).whole_days();
    (now > due).then(|| std::cmp::max(days, 1))
}
