//! The first page: what waits for the viewer, what was done lately, what is being talked about.

use domain::ids::CommunityId;
use domain::proposal::StateName;
use domain::role::Actor;
use domain::time::Timestamp;
use entities::{ballot, community, cosign, elector, proposal, review, step};
use sea_orm::sea_query::{Expr, ExprTrait, Func, Query, SelectStatement};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, FromQueryResult, JoinType, QueryFilter, QueryOrder,
    QuerySelect, RelationDef, Select,
};
use time::{Date, Month};

use super::asked::{Asked, asked};
use super::matter_row::{self, MatterRow, of_community};
use super::news::{News, news};
use super::proposal_list::{Cursor, done_parts, in_parts, in_state, not_adopted, not_public};
use crate::error::Result;
use crate::hall::Hall;
use crate::people::SignedIn;

/// The most that wait for the viewer in one kind.
const WAITING: u64 = 5;
/// Matters shown as talked about.
const TALKING: u64 = 6;
/// Matters shown as done.
const DONE: u64 = 4;

/// The first page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HomeView {
    /// 正在等您的; `None` for a visitor.
    pub waiting: Option<Waiting>,
    /// 上次来以后.
    pub news: Vec<News>,
    /// 大家正在议, what moved last first.
    pub talking: Vec<MatterRow>,
    /// 办好了, lately.
    pub done: Vec<MatterRow>,
    /// This year in numbers.
    pub year: YearFigures,
}

/// 正在等您的.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Waiting {
    /// Open ballots in which the viewer, or the household for which the viewer votes, has not voted;
    /// the one that ends first comes first.
    pub ballots: Vec<WaitingBallot>,
    /// Matters of the viewer's places that the household has not co-signed.
    pub cosigns: Vec<MatterRow>,
    /// What the viewer is asked.
    pub asked: Asked,
    /// For the committee: what its desk holds.
    pub desk: Option<DeskCounts>,
}

impl Waiting {
    /// Whether nothing waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ballots.is_empty()
            && self.cosigns.is_empty()
            && self.asked.is_empty()
            && self.desk.is_none_or(|desk| desk.open == 0)
    }
}

/// A ballot that waits for a vote.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct WaitingBallot {
    /// The ballot's public number.
    pub number: i64,
    /// The matter's title.
    pub title: String,
    /// When it ends, Unix ms.
    pub closes_at: i64,
}

/// What the committee owes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, FromQueryResult)]
pub struct DeskCounts {
    /// Acts that are owed.
    pub open: i64,
    /// Of these, overdue.
    pub overdue: i64,
}

/// A year in numbers, over matters, never over people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct YearFigures {
    /// The year, in China.
    pub year: i32,
    /// Matters published.
    pub raised: i64,
    /// All matters that everyone can find.
    pub all: i64,
    /// Answered in time / due, in whole percent.
    pub in_time: Option<i64>,
    /// Solved / reviewed, in whole percent.
    pub solved: Option<i64>,
    /// Satisfied or fairly satisfied / reviewed, in whole percent.
    pub satisfied: Option<i64>,
}

/// The first page. Three statements for a visitor, six for a resident, seven for the committee; up to two more
/// for what is new since the visit before.
///
/// # Errors
/// [`crate::Error::Db`] when the database fails.
pub async fn home_view(
    hall: &Hall,
    community: CommunityId,
    viewer: Option<&SignedIn>,
) -> Result<HomeView> {
    let waiting = match viewer {
        Some(viewer) => Some(waiting(hall, community, viewer).await?),
        None => None,
    };
    let open = [
        StateName::Cosigning,
        StateName::Accepted,
        StateName::Deliberating,
        StateName::Balloting,
        StateName::Decided,
        StateName::InProgress,
    ];
    let talking = latest(community, open.map(|state| (state, None)).to_vec(), TALKING);
    let done = latest(community, done_parts(), DONE);
    let news = match viewer {
        Some(viewer) => news(hall, community, viewer).await?,
        None => Vec::new(),
    };
    Ok(HomeView {
        waiting,
        news,
        talking: matter_row::load(hall, talking).await?,
        done: matter_row::load(hall, done).await?,
        year: year(hall, community).await?,
    })
}

/// The matters of some states that moved last.
fn latest(
    community: CommunityId,
    parts: Vec<(StateName, Option<Expr>)>,
    limit: u64,
) -> Select<proposal::Entity> {
    in_parts(community, parts, &Condition::all(), Cursor::Front, limit)
        .order_by_desc(proposal::Column::UpdatedAt)
        .order_by_desc(proposal::Column::Id)
        .limit(limit)
}

async fn waiting(hall: &Hall, community: CommunityId, viewer: &SignedIn) -> Result<Waiting> {
    let actor = &viewer.actor;
    Ok(Waiting {
        ballots: ballots(hall, community, viewer).await?,
        cosigns: cosigns(hall, community, actor).await?,
        asked: asked(hall, community, actor).await?,
        desk: if actor.is_committee() { Some(desk(hall, community).await?) } else { None },
    })
}

/// Open ballots are few, and the roll's key is (ballot, voter): no scan of the roll.
async fn ballots(
    hall: &Hall,
    community: CommunityId,
    viewer: &SignedIn,
) -> Result<Vec<WaitingBallot>> {
    let to_matter: RelationDef = ballot::Entity::belongs_to(proposal::Entity)
        .from(ballot::Column::ProposalId)
        .to(proposal::Column::Id)
        .into();
    let mut voters = vec![format!("person:{}", viewer.actor.person)];
    if let Some(home) = viewer.actor.home.filter(|_| viewer.represents_household) {
        voters.push(format!("household:{}", home.household));
    }
    let on_roll = Query::select()
        .expr(Expr::val(1))
        .from(elector::Entity)
        .and_where(
            Expr::col((elector::Entity, elector::Column::BallotId))
                .equals((ballot::Entity, ballot::Column::Id)),
        )
        .and_where(elector::Column::Voter.is_in(voters))
        .and_where(elector::Column::CastBy.eq("none"))
        .to_owned();
    let rows = ballot::Entity::find()
        .select_only()
        .columns([ballot::Column::Number, ballot::Column::ClosesAt])
        .column(proposal::Column::Title)
        .join(JoinType::InnerJoin, to_matter)
        .filter(ballot::Column::CommunityId.eq(community.0))
        .filter(ballot::Column::State.eq("open"))
        .filter(ballot::Column::ClosesAt.gt(hall.now().0))
        .filter(Expr::exists(on_roll))
        .order_by_asc(ballot::Column::ClosesAt)
        .limit(WAITING)
        .into_model()
        .all(hall.db.read())
        .await?;
    Ok(rows)
}

async fn cosigns(hall: &Hall, community: CommunityId, actor: &Actor) -> Result<Vec<MatterRow>> {
    let Some(home) = actor.home else { return Ok(Vec::new()) };
    let scopes = domain::place::ScopeKind::ALL.into_iter().fold(Condition::any(), |any, kind| {
        let scope = kind.around(&home);
        any.add(
            proposal::Column::ScopeKind
                .eq(kind.as_str())
                .and(proposal::Column::ScopePlace.eq(scope.place())),
        )
    });
    let rows = matter_row::select(community)
        .filter(in_state(&[StateName::Cosigning]))
        .filter(proposal::Column::DueAt.gte(hall.now().0))
        .filter(proposal::Column::HiddenAt.is_null())
        .filter(scopes)
        .filter(Expr::exists(cosigned_by(home.household.0)).not())
        .order_by_asc(proposal::Column::DueAt)
        .limit(WAITING);
    matter_row::load(hall, rows).await
}

fn cosigned_by(household: i64) -> SelectStatement {
    Query::select()
        .expr(Expr::val(1))
        .from(cosign::Entity)
        .and_where(
            Expr::col((cosign::Entity, cosign::Column::ProposalId))
                .equals((proposal::Entity, proposal::Column::Id)),
        )
        .and_where(cosign::Column::HouseholdId.eq(household))
        .to_owned()
}

async fn desk(hall: &Hall, community: CommunityId) -> Result<DeskCounts> {
    let owed = in_state(&[
        StateName::Submitted,
        StateName::Accepted,
        StateName::Deliberating,
        StateName::InProgress,
        StateName::Suspended,
    ])
    .or(in_state(&[StateName::Decided]).and(not_adopted().not()));
    let counts = proposal::Entity::find()
        .select_only()
        .column_as(proposal::Column::Id.count(), "open")
        .column_as(count_if(proposal::Column::DueAt.lt(hall.now().0)), "overdue")
        .filter(proposal::Column::CommunityId.eq(community.0))
        .filter(owed)
        .into_model::<DeskCounts>()
        .one(hall.db.read())
        .await?;
    Ok(counts.unwrap_or_default())
}

/// How many rows fulfil the condition; 0 without rows.
fn count_if(condition: Expr) -> Expr {
    let one = Expr::case(condition, Expr::val(1)).finally(Expr::val(0));
    Func::coalesce([Func::sum(Expr::Case(Box::new(one))).into(), Expr::val(0)]).into()
}

#[derive(Debug, FromQueryResult)]
struct YearCounts {
    raised: i64,
    numbered: Option<i64>,
    not_found: i64,
    owing: i64,
    answered: i64,
    late: i64,
    reviewed: i64,
    solved: i64,
    content: i64,
}

/// One statement of counts.
async fn year(hall: &Hall, community: CommunityId) -> Result<YearFigures> {
    let now = hall.now();
    let year = now.local_date().year();
    let start = start_of(year, now);
    let matters = || {
        Query::select()
            .expr(Expr::col((proposal::Entity, proposal::Column::Id)).count())
            .from(proposal::Entity)
            .and_where(proposal::Column::CommunityId.eq(community.0))
            .to_owned()
    };
    // Each matter that was ever sent has a number of its own, and keeps it: so those that can't be found are
    // counted, who are few, and never those that can.
    let numbered = Query::select()
        .expr(Expr::col(community::Column::NextProposal).sub(1))
        .from(community::Entity)
        .and_where(community::Column::Id.eq(community.0))
        .to_owned();
    let not_found = matters()
        .and_where(not_public())
        .and_where(proposal::Column::Number.is_not_null())
        .to_owned();
    // Of what happened this year, each by its matter: never all matters of the community. Each kind is walked once.
    let of_happened =
        || Query::select().from(proposal::Entity).and_where(of_community(community)).to_owned();
    // What a committee's member answered from 已受理, and whether the step came late.
    let answers = of_happened()
        .expr_as(Expr::col((proposal::Entity, proposal::Column::Id)).count(), "answered")
        .expr_as(count_if(step::Column::Late.eq(1)), "late")
        .inner_join(
            step::Entity,
            Expr::col((step::Entity, step::Column::ProposalId))
                .equals((proposal::Entity, proposal::Column::Id)),
        )
        .and_where(step::Column::Kind.is_in(["deliberate", "decide"]))
        .and_where(step::Column::ActorId.is_not_null())
        .and_where(step::Column::At.gte(start.0))
        .to_owned();
    let reviews = of_happened()
        .expr_as(Expr::col((proposal::Entity, proposal::Column::Id)).count(), "reviewed")
        .expr_as(count_if(review::Column::Solved.eq(1)), "solved")
        .expr_as(count_if(review::Column::Satisfaction.ne("dissatisfied")), "content")
        .inner_join(
            review::Entity,
            Expr::col((review::Entity, review::Column::ProposalId))
                .equals((proposal::Entity, proposal::Column::Id)),
        )
        .and_where(review::Column::At.gte(start.0))
        .to_owned();
    let counts: [(&str, SelectStatement); 4] = [
        ("raised", matters().and_where(proposal::Column::PublishedAt.gte(start.0)).to_owned()),
        ("numbered", numbered),
        ("not_found", not_found),
        (
            "owing",
            matters()
                .and_where(in_state(&[StateName::Accepted]))
                .and_where(proposal::Column::DueAt.lt(now.0))
                .to_owned(),
        ),
    ];
    let mut select = Query::select();
    for (name, count) in counts {
        select.expr_as(Expr::SubQuery(None, Box::new(count.into())), name);
    }
    select
        .columns(["answered", "late", "reviewed", "solved", "content"])
        .from_subquery(answers, "answers")
        .from_subquery(reviews, "of_reviews");
    let read = hall.db.read();
    let statement = read.get_database_backend().build(&select);
    let counts = YearCounts::find_by_statement(statement).one(read).await?;
    let percent = |part: i64, whole: i64| (part * 100).checked_div(whole);
    Ok(counts.map_or(
        YearFigures { year, raised: 0, all: 0, in_time: None, solved: None, satisfied: None },
        |c| YearFigures {
            year,
            raised: c.raised,
            all: c.numbered.unwrap_or_default() - c.not_found,
            in_time: percent(c.answered - c.late, c.answered + c.owing),
            solved: percent(c.solved, c.reviewed),
            satisfied: percent(c.content, c.reviewed),
        },
    ))
}

/// The first moment of a year in China.
fn start_of(year: i32, now: Timestamp) -> Timestamp {
    Date::from_calendar_date(year, Month::January, 1).map_or(now, Timestamp::start_of)
}
