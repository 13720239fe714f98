//! What happened to a matter: its timeline, ballots, work, sessions and reviews.

use domain::ballot::BallotKind;
use domain::review::{ReviewSum, Satisfaction};
use domain::role::Role;
use domain::route::Route;
use domain::time::Timestamp;
use entities::{
    ballot, council_session, courtyard, entrance, person, proposal, review, step, work_item,
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, JoinType, QueryFilter, QueryOrder,
    QuerySelect, RelationDef,
};

use time::Date;
use time::macros::format_description;

use super::talk::{Speaker, helper, with_helper, with_home};
use crate::ballot::Tally;
use crate::error::{Error, Result};
use crate::people::shown_name;

/// Words of reviews on a page.
const REVIEW_WORDS: u64 = 30;

/// A step on the timeline.
#[derive(Debug, Clone, PartialEq)]
pub struct StepView {
    /// The step's stable name.
    pub kind: String,
    /// When.
    pub at: Timestamp,
    /// Who; none for the clock.
    pub who: Option<Speaker>,
    /// The public reason or note.
    pub reason: Option<String>,
    /// More facts by kind; `null` where there are none.
    pub detail: serde_json::Value,
    /// Whether somebody did it after its due day.
    pub late: bool,
    /// What was due next.
    pub due: Option<Timestamp>,
}

#[derive(FromQueryResult)]
struct StepRow {
    kind: String,
    at: i64,
    actor_role: Option<String>,
    reason: Option<String>,
    detail: Option<String>,
    late: i64,
    due_at: Option<i64>,
    nickname: Option<String>,
    shown_as: Option<String>,
    entrance: Option<String>,
    courtyard: Option<String>,
    helper: Option<String>,
}

pub(crate) async fn steps(db: &impl ConnectionTrait, proposal: i64) -> Result<Vec<StepView>> {
    let to_actor: RelationDef = step::Entity::belongs_to(person::Entity)
        .from(step::Column::ActorId)
        .to(person::Column::Id)
        .into();
    let query = step::Entity::find()
        .select_only()
        .columns([
            step::Column::Kind,
            step::Column::At,
            step::Column::ActorRole,
            step::Column::Reason,
            step::Column::Detail,
            step::Column::Late,
            step::Column::DueAt,
        ])
        .columns([person::Column::Nickname, person::Column::ShownAs])
        .column_as(entrance::Column::Name, "entrance")
        .column_as(courtyard::Column::Name, "courtyard")
        .join(JoinType::LeftJoin, to_actor);
    let to_helper: RelationDef = step::Entity::belongs_to(person::Entity)
        .from(step::Column::ThroughId)
        .to(person::Column::Id)
        .into();
    let rows: Vec<StepRow> = with_helper(with_home(query), to_helper)
        .filter(step::Column::ProposalId.eq(proposal))
        .order_by_asc(step::Column::Id)
        .into_model()
        .all(db)
        .await?;
    rows.into_iter()
        .map(|row| {
            let shown_as = row.shown_as.unwrap_or_default();
            let who = row.nickname.map(|nickname| Speaker {
                name: shown_name(nickname, &shown_as, row.entrance.as_deref()),
                role: row.actor_role.as_deref().and_then(Role::from_name),
                courtyard: row.courtyard,
                through: helper(row.helper),
            });
            Ok(StepView {
                kind: row.kind,
                at: Timestamp(row.at),
                // The clock acts when a period is over: that is never late.
                late: row.late != 0 && who.is_some(),
                who,
                reason: row.reason,
                detail: row
                    .detail
                    .as_deref()
                    .map(serde_json::from_str)
                    .transpose()?
                    .unwrap_or_default(),
                due: row.due_at.map(Timestamp),
            })
        })
        .collect()
}

/// A ballot of the matter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BallotLine {
    /// Public number.
    pub number: i64,
    /// Kind.
    pub kind: BallotKind,
    /// Question.
    pub question: String,
    /// How many may vote.
    pub electors: u64,
    /// When it closes or closed.
    pub closes_at: Timestamp,
    /// Where it stands.
    pub state: BallotState,
}

/// Where a ballot stands, as the matter's page shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BallotState {
    /// Open: no tally is shown.
    Open,
    /// Counted.
    Closed(Option<Tally>),
    /// Cancelled.
    Cancelled {
        /// Why.
        reason: Option<String>,
    },
}

#[derive(FromQueryResult)]
struct BallotRow {
    number: i64,
    kind: String,
    question: String,
    electors: i64,
    closes_at: i64,
    state: String,
    cancel_reason: Option<String>,
    outcome: Option<String>,
}

pub(super) async fn ballots(db: &impl ConnectionTrait, proposal: i64) -> Result<Vec<BallotLine>> {
    // Without the published files: each has all its papers.
    let rows = ballot::Entity::find()
        .select_only()
        .columns([
            ballot::Column::Number,
            ballot::Column::Kind,
            ballot::Column::Question,
            ballot::Column::Electors,
            ballot::Column::ClosesAt,
            ballot::Column::State,
            ballot::Column::CancelReason,
            ballot::Column::Outcome,
        ])
        .filter(ballot::Column::ProposalId.eq(proposal))
        .order_by_desc(ballot::Column::Id)
        .into_model()
        .all(db)
        .await?;
    rows.into_iter().map(read_ballot).collect()
}

fn read_ballot(row: BallotRow) -> Result<BallotLine> {
    let state = match row.state.as_str() {
        "open" => BallotState::Open,
        "closed" => {
            BallotState::Closed(row.outcome.as_deref().map(serde_json::from_str).transpose()?)
        }
        "cancelled" => BallotState::Cancelled { reason: row.cancel_reason },
        other => return Err(Error::unknown("ballot state", other)),
    };
    Ok(BallotLine {
        number: row.number,
        kind: row.kind.parse().map_err(|_| Error::unknown("kind of ballot", &row.kind))?,
        question: row.question,
        electors: u64::try_from(row.electors).unwrap_or(0),
        closes_at: Timestamp(row.closes_at),
        state,
    })
}

/// A work item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkView {
    /// By which route.
    pub route: Route,
    /// Who does it, as shown.
    pub receiver: String,
    /// 12345 ticket number.
    pub ticket: Option<String>,
    /// When it was handed over.
    pub opened: Timestamp,
    /// When it is due.
    pub due: Timestamp,
    /// When it was done.
    pub done: Option<Timestamp>,
    /// Completion note.
    pub note: Option<String>,
}

pub(super) async fn work(db: &impl ConnectionTrait, proposal: i64) -> Result<Option<WorkView>> {
    let row = work_item::Entity::find()
        .filter(work_item::Column::ProposalId.eq(proposal))
        .order_by_desc(work_item::Column::Id)
        .one(db)
        .await?;
    row.map(|row| {
        Ok(WorkView {
            route: Route::from_name(&row.route)
                .ok_or_else(|| Error::unknown("route", &row.route))?,
            receiver: row.receiver,
            ticket: row.ticket,
            opened: Timestamp(row.opened_at),
            due: Timestamp(row.due_at),
            done: row.done_at.map(Timestamp),
            note: row.note,
        })
    })
    .transpose()
}

/// A held session (议事会).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionView {
    /// Day.
    pub held_on: Date,
    /// People present.
    pub attendees: i64,
    /// Minutes (纪要).
    pub minutes: String,
}

pub(crate) async fn sessions(db: &impl ConnectionTrait, proposal: i64) -> Result<Vec<SessionView>> {
    let rows = council_session::Entity::find()
        .filter(council_session::Column::ProposalId.eq(proposal))
        .order_by_desc(council_session::Column::Id)
        .all(db)
        .await?;
    let read = |row: council_session::Model| {
        let held_on = Date::parse(&row.held_on, format_description!("[year]-[month]-[day]"))
            .map_err(|_| Error::unknown("day", &row.held_on))?;
        Ok(SessionView { held_on, attendees: row.attendees, minutes: row.minutes })
    };
    rows.into_iter().map(read).collect()
}

/// Reviews of the present round.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reviews {
    /// Their sum.
    pub sum: ReviewSum,
    /// The latest with words, without names.
    pub words: Vec<ReviewLine>,
}

/// A review with words; who gave it is not told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewLine {
    /// Whether it was solved.
    pub solved: bool,
    /// How satisfied.
    pub satisfaction: Satisfaction,
    /// Words.
    pub words: String,
    /// When.
    pub at: Timestamp,
}

#[derive(FromQueryResult)]
struct SumRow {
    solved: i64,
    satisfaction: String,
    count: i64,
}

pub(super) async fn reviews(db: &impl ConnectionTrait, row: &proposal::Model) -> Result<Reviews> {
    let of_round = || {
        review::Entity::find()
            .filter(review::Column::ProposalId.eq(row.id))
            .filter(review::Column::Round.eq(row.reopened))
    };
    let counts: Vec<SumRow> = of_round()
        .select_only()
        .columns([review::Column::Solved, review::Column::Satisfaction])
        .column_as(review::Column::Id.count(), "count")
        .group_by(review::Column::Solved)
        .group_by(review::Column::Satisfaction)
        .into_model()
        .all(db)
        .await?;
    let mut sum = ReviewSum::default();
    for line in counts {
        let satisfaction = satisfaction(&line.satisfaction)?;
        for _ in 0..line.count {
            sum.add(line.solved != 0, satisfaction);
        }
    }
    if sum.given == 0 {
        return Ok(Reviews::default());
    }
    let rows = of_round()
        .filter(review::Column::Words.is_not_null())
        .order_by_desc(review::Column::Id)
        .limit(REVIEW_WORDS)
        .all(db)
        .await?;
    let read = |row: review::Model| {
        Ok(ReviewLine {
            solved: row.solved != 0,
            satisfaction: satisfaction(&row.satisfaction)?,
            words: row.words.unwrap_or_default(),
            at: Timestamp(row.at),
        })
    };
    Ok(Reviews { sum, words: rows.into_iter().map(read).collect::<Result<_>>()? })
}

fn satisfaction(name: &str) -> Result<Satisfaction> {
    Satisfaction::from_name(name).ok_or_else(|| Error::unknown("satisfaction", name))
}
