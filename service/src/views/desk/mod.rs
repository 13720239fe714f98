//! The committee's desk: what is due, what waits for whom, and how the year went.

mod mail;
mod matter;
mod questions;

pub use mail::{DeadMail, DeadMails, dead_mails};
pub use matter::{DeskFollowUp, DeskMatter, DeskWork, desk_matter};
pub use questions::DeskQuestion;

use domain::permission::{Action, Denied, Target, permit};
use domain::proposal::{State, StateName};
use domain::review::ReviewSum;
use domain::role::Actor;
use domain::route::Route;
use domain::time::Timestamp;
use sea_orm::{FromQueryResult, Statement, Value};
use time::{Date, Month};

use crate::error::{Error, Result};
use crate::hall::Hall;

/// Matters on a page of the desk.
pub const PAGE: usize = 30;
/// A 挂账 is shown among what is to do so many days before its next look.
const SOON_DAYS: i64 = 7;

/// A pile of the desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum Pile {
    /// Waits for the committee.
    #[default]
    Todo,
    /// Of these, overdue.
    Overdue,
    /// Of these, due today.
    Today,
    /// Waits for others: co-signers, voters, reviewers, the author.
    Others,
    /// 挂账.
    OnHold,
    /// Sent since the start of yesterday.
    New,
}

impl Pile {
    /// Every pile, in the order in which they are shown.
    pub const ALL: [Self; 6] =
        [Self::Todo, Self::Overdue, Self::Today, Self::New, Self::Others, Self::OnHold];

    /// Its name in the address.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Todo => "todo",
            Self::Overdue => "overdue",
            Self::Today => "today",
            Self::Others => "others",
            Self::OnHold => "on_hold",
            Self::New => "new",
        }
    }

    /// The pile of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|pile| pile.as_str() == name)
    }

    const fn sql(self) -> &'static str {
        match self {
            Self::Todo => "desk.ours = 1",
            Self::Overdue => "desk.ours = 1 AND desk.late = 1",
            Self::Today => "desk.ours = 1 AND desk.today = 1",
            Self::Others => "desk.ours = 0 AND desk.state <> 'suspended'",
            Self::OnHold => "desk.state = 'suspended'",
            Self::New => "desk.fresh = 1",
        }
    }
}

/// The desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeskView {
    /// Which pile is shown.
    pub pile: Pile,
    /// Its matters, the earliest due first.
    pub rows: Vec<DeskRow>,
    /// The cursor of the next page.
    pub next: Option<String>,
    /// How many matters lie on each pile, in the order of [`Pile::ALL`].
    pub counts: [i64; 6],
    /// Questions to the committee that wait for its answer, the earliest due first.
    pub questions: Vec<DeskQuestion>,
    /// Undelivered mails.
    pub dead_mails: i64,
    /// How this year went.
    pub year: YearSum,
    /// What is known of the working days of this year and the next.
    pub calendar: [CalendarYear; 2],
}

impl DeskView {
    /// How many matters lie on a pile.
    #[must_use]
    pub fn count(&self, pile: Pile) -> i64 {
        Pile::ALL.iter().zip(self.counts).find(|(p, _)| **p == pile).map_or(0, |(_, n)| n)
    }
}

/// A matter on the desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeskRow {
    /// Public number.
    pub number: i64,
    /// Title.
    pub title: String,
    /// Where it stands.
    pub state: State,
    /// When the next act is due.
    pub due: Option<Timestamp>,
    /// Whether the due day can still move.
    pub provisional: bool,
    /// Whether it is the committee's turn and late.
    pub late: bool,
    /// 小院, with the 楼门 where it is about one.
    pub place: String,
    /// Households that co-sign.
    pub cosigns: i64,
    /// Who does it, and by which route; while it is being done.
    pub receiver: Option<String>,
    /// Dissatisfied reviews that wait for a follow-up.
    pub follow_ups: i64,
}

/// How the community's own work went this year: over matters, never over people, households or
/// buildings (国办函〔2026〕12号).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct YearSum {
    /// The year.
    pub year: i32,
    /// Answers that were due.
    pub answers_due: i64,
    /// Of these, given in time: 响应.
    pub answers_in_time: i64,
    /// 解决 and 满意.
    pub reviews: ReviewSum,
}

impl YearSum {
    /// 响应 in whole percent, rounded down; `None` when nothing was due.
    #[must_use]
    pub fn answered_percent(&self) -> Option<i64> {
        (self.answers_in_time * 100).checked_div(self.answers_due)
    }
}

/// What the calendar knows of a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CalendarYear {
    /// The year.
    pub year: i32,
    /// How well it is known.
    pub known: Known,
}

/// How well a year's working days are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known {
    /// From the year's own notice.
    Yes,
    /// From the statute alone: due days can still move.
    Provisional,
    /// Not at all: no due day of that year can be named.
    Missing,
}

/// Judges whether the actor may see the desk; for all others it isn't there.
///
/// # Errors
/// [`Error::NotFound`], and [`Denied::SecondFactor`] for those whose desk waits for it.
pub fn desk_permit(actor: Option<&Actor>) -> Result<&Actor> {
    let actor = actor.ok_or(Error::NotFound)?;
    permit(Some(actor), Action::DeskRead, &Target::community(actor.community)).map_err(
        |denied| match denied {
            Denied::SecondFactor => denied.into(),
            _ => Error::NotFound,
        },
    )?;
    Ok(actor)
}

/// The matters that can still need somebody, with what the piles ask of them. Parameters: the
/// community, now, the end of today, the last day of a near 挂账, the start of yesterday.
const DESK: &str = r#"
WITH open_follow_up AS (
  SELECT proposal_id, MIN(due_at) AS due_at, COUNT(*) AS n
  FROM follow_up WHERE done_at IS NULL GROUP BY proposal_id
), live AS (
  SELECT p.id, p.number, p.title, p.state, p.state_data, p.due_provisional, p.cosigns,
    p.courtyard_id, p.entrance_id, f.due_at AS follow_up_due, COALESCE(f.n, 0) AS follow_ups,
    CASE WHEN f.due_at IS NULL THEN p.due_at
         WHEN p.due_at IS NULL OR f.due_at < p.due_at OR p.state IN ('completed', 'reviewed')
         THEN f.due_at ELSE p.due_at END AS due_at,
    CASE WHEN f.due_at IS NOT NULL OR p.state IN ('submitted', 'accepted', 'in_progress')
           OR (p.state = 'decided' AND p.state_data NOT LIKE '%"verdict":"not_adopted"%')
           OR (p.state = 'deliberating' AND p.due_at < $2)
           OR (p.state = 'suspended' AND p.due_at <= $4)
         THEN 1 ELSE 0 END AS ours,
    CASE WHEN EXISTS (SELECT 1 FROM step s
           WHERE s.proposal_id = p.id AND s.kind = 'submit' AND s.at >= $5)
         THEN 1 ELSE 0 END AS fresh
  FROM proposal p LEFT JOIN open_follow_up f ON f.proposal_id = p.id
  WHERE p.community_id = $1 AND p.number IS NOT NULL
    AND p.state IN ('submitted', 'returned', 'cosigning', 'accepted', 'deliberating', 'balloting',
      'decided', 'in_progress', 'suspended', 'completed', 'reviewed')
), desk AS (
  SELECT live.*, COALESCE(due_at, 9223372036854775807) AS turn,
    CASE WHEN due_at < $2 THEN 1 ELSE 0 END AS late,
    CASE WHEN due_at >= $2 AND due_at <= $3 THEN 1 ELSE 0 END AS today
  FROM live
)
"#;

#[derive(Debug, FromQueryResult)]
struct Row {
    id: i64,
    number: i64,
    title: String,
    state_data: String,
    due_at: Option<i64>,
    due_provisional: i64,
    cosigns: i64,
    ours: i64,
    late: i64,
    follow_ups: i64,
    courtyard: String,
    entrance: Option<String>,
    receiver: Option<String>,
    turn: i64,
}

#[derive(Debug, FromQueryResult)]
struct Counts {
    todo: i64,
    overdue: i64,
    today: i64,
    fresh: i64,
    others: i64,
    on_hold: i64,
    dead_mails: i64,
}

#[derive(Debug, FromQueryResult)]
struct Answers {
    due: i64,
    in_time: i64,
}

#[derive(Debug, FromQueryResult)]
struct Reviews {
    given: i64,
    solved: i64,
    satisfied: i64,
    fairly: i64,
    dissatisfied: i64,
}

/// The desk: one pile with its page after the cursor `after`. Five statements.
///
/// # Errors
/// [`Error::NotFound`] for those who may not see it.
pub async fn desk(
    hall: &Hall,
    actor: Option<&Actor>,
    pile: Pile,
    after: Option<&str>,
) -> Result<DeskView> {
    let actor = desk_permit(actor)?;
    let now = hall.now();
    let (rows, next) = rows(hall, actor, now, pile, after).await?;
    let counts = counts(hall, actor, now).await?;
    let year = now.local_date().year();
    Ok(DeskView {
        pile,
        rows,
        next,
        counts: [
            counts.todo,
            counts.overdue,
            counts.today,
            counts.fresh,
            counts.others,
            counts.on_hold,
        ],
        questions: questions::questions(hall, actor, now).await?,
        dead_mails: counts.dead_mails,
        year: year_sum(hall, actor, now).await?,
        calendar: [year, year + 1].map(|year| CalendarYear { year, known: known(hall, year) }),
    })
}

fn known(hall: &Hall, year: i32) -> Known {
    match hall.calendar.year(year) {
        None => Known::Missing,
        Some(year) if year.provisional => Known::Provisional,
        Some(_) => Known::Yes,
    }
}

fn values(actor: &Actor, now: Timestamp) -> Vec<Value> {
    let today = now.local_date();
    vec![
        actor.community.0.into(),
        now.0.into(),
        Timestamp::end_of(today).0.into(),
        Timestamp::end_of(today).plus_days(SOON_DAYS).0.into(),
        Timestamp::start_of(today).plus_days(-1).0.into(),
    ]
}

async fn rows(
    hall: &Hall,
    actor: &Actor,
    now: Timestamp,
    pile: Pile,
    after: Option<&str>,
) -> Result<(Vec<DeskRow>, Option<String>)> {
    let (turn, id) = after.and_then(parse_cursor).unwrap_or((i64::MIN, 0));
    let sql = format!(
        "{DESK} SELECT desk.id, desk.number, desk.title, desk.state_data, desk.due_at, \
           desk.due_provisional, desk.cosigns, CAST(desk.ours AS BIGINT) AS ours, \
           CAST(desk.late AS BIGINT) AS late, desk.follow_ups, desk.turn, \
           c.name AS courtyard, e.name AS entrance, w.receiver \
         FROM desk JOIN courtyard c ON c.id = desk.courtyard_id \
           LEFT JOIN entrance e ON e.id = desk.entrance_id \
           LEFT JOIN work_item w ON w.proposal_id = desk.id AND w.state IN ('open', 'suspended') \
         WHERE {} AND (desk.turn > $6 OR (desk.turn = $6 AND desk.id > $7)) \
         ORDER BY desk.turn, desk.id LIMIT {}",
        pile.sql(),
        PAGE + 1,
    );
    let mut values = values(actor, now);
    values.extend([turn.into(), id.into()]);
    let statement = Statement::from_sql_and_values(hall.db.backend(), sql, values);
    let mut found = Row::find_by_statement(statement).all(hall.db.read()).await?;
    let more = found.len() > PAGE;
    found.truncate(PAGE);
    let next = found.last().filter(|_| more).map(|row| format!("{}.{}", row.turn, row.id));
    let rows = found.into_iter().map(read).collect::<Result<_>>()?;
    Ok((rows, next))
}

fn parse_cursor(cursor: &str) -> Option<(i64, i64)> {
    let (turn, id) = cursor.split_once('.')?;
    Some((turn.parse().ok()?, id.parse().ok()?))
}

fn read(row: Row) -> Result<DeskRow> {
    Ok(DeskRow {
        number: row.number,
        title: row.title,
        state: serde_json::from_str(&row.state_data)?,
        due: row.due_at.map(Timestamp),
        provisional: row.due_provisional != 0,
        late: row.ours != 0 && row.late != 0,
        place: place(&row.courtyard, row.entrance.as_deref()),
        cosigns: row.cosigns,
        receiver: row.receiver.filter(|name| !name.is_empty()),
        follow_ups: row.follow_ups,
    })
}

fn place(courtyard: &str, entrance: Option<&str>) -> String {
    format!("{courtyard}{}", entrance.unwrap_or_default())
}

async fn counts(hall: &Hall, actor: &Actor, now: Timestamp) -> Result<Counts> {
    let count =
        |pile: Pile, name: &str| format!("COUNT(*) FILTER (WHERE {}) AS {name}", pile.sql());
    let sql = format!(
        "{DESK} SELECT {}, {}, {}, {}, {}, {}, \
           (SELECT COUNT(*) FROM mail m JOIN notice n ON n.id = m.notice_id \
              JOIN proposal p ON p.id = n.proposal_id \
              WHERE m.state = 'dead' AND p.community_id = $1) AS dead_mails \
         FROM desk",
        count(Pile::Todo, "todo"),
        count(Pile::Overdue, "overdue"),
        count(Pile::Today, "today"),
        count(Pile::New, "fresh"),
        count(Pile::Others, "others"),
        count(Pile::OnHold, "on_hold"),
    );
    let statement = Statement::from_sql_and_values(hall.db.backend(), sql, values(actor, now));
    let counts = Counts::find_by_statement(statement).one(hall.db.read()).await?;
    counts.ok_or_else(|| Error::Broken("a count gave no row".into()))
}

/// The first answer after each time that a matter was taken up, and the reviews, of this year.
async fn year_sum(hall: &Hall, actor: &Actor, now: Timestamp) -> Result<YearSum> {
    let year = now.local_date().year();
    let start = Date::from_calendar_date(year, Month::January, 1)
        .map_err(|error| Error::Broken(error.to_string()))?;
    let start = Timestamp::start_of(start).0;
    let answers = "SELECT COUNT(*) AS due, COUNT(*) FILTER (WHERE a.at <= a.due_at) AS in_time \
         FROM (SELECT s.due_at, (SELECT MIN(n.at) FROM step n WHERE n.proposal_id = s.proposal_id \
             AND n.id > s.id AND n.kind IN ('deliberate', 'decide', 'return', 'not_accept', 'merge') \
           ) AS at \
           FROM step s JOIN proposal p ON p.id = s.proposal_id \
           WHERE p.community_id = $1 AND s.kind = 'accept' AND s.due_at >= $2 \
             AND p.state <> 'withdrawn') a \
         WHERE a.at IS NOT NULL OR a.due_at < $3";
    let values = vec![actor.community.0.into(), start.into(), now.0.into()];
    let statement = Statement::from_sql_and_values(hall.db.backend(), answers, values);
    let answers = Answers::find_by_statement(statement).one(hall.db.read()).await?;
    let reviews = "SELECT COUNT(*) AS given, COUNT(*) FILTER (WHERE r.solved = 1) AS solved, \
           COUNT(*) FILTER (WHERE r.satisfaction = 'satisfied') AS satisfied, \
           COUNT(*) FILTER (WHERE r.satisfaction = 'fairly_satisfied') AS fairly, \
           COUNT(*) FILTER (WHERE r.satisfaction = 'dissatisfied') AS dissatisfied \
         FROM review r JOIN proposal p ON p.id = r.proposal_id \
         WHERE p.community_id = $1 AND r.at >= $2";
    let values = vec![actor.community.0.into(), start.into()];
    let statement = Statement::from_sql_and_values(hall.db.backend(), reviews, values);
    let reviews = Reviews::find_by_statement(statement).one(hall.db.read()).await?;
    let (answers_due, answers_in_time) = answers.map_or((0, 0), |a| (a.due, a.in_time));
    let small = |n: i64| u32::try_from(n).unwrap_or(u32::MAX);
    let reviews = reviews.map_or_else(ReviewSum::default, |r| ReviewSum {
        given: small(r.given),
        solved: small(r.solved),
        satisfied: small(r.satisfied),
        fairly: small(r.fairly),
        dissatisfied: small(r.dissatisfied),
    });
    Ok(YearSum { year, answers_due, answers_in_time, reviews })
}

fn state_name(name: &str) -> Result<StateName> {
    StateName::from_name(name).ok_or_else(|| Error::unknown("state", name))
}

fn route(name: &str) -> Result<Route> {
    Route::from_name(name).ok_or_else(|| Error::unknown("route", name))
}
