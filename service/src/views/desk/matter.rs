//! A matter as the desk shows it: its facts, and what its acts need to know.

use domain::category::Category;
use domain::place::ScopeKind;
use domain::proposal::{State, StateName, Verdict};
use domain::review::Satisfaction;
use domain::role::Actor;
use domain::route::Route;
use domain::time::Timestamp;
use entities::work_item;
use sea_orm::{ColumnTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, Statement};

use super::{desk_permit, place, route, state_name};
use crate::error::{Error, Result};
use crate::hall::Hall;
use crate::people::{ShownName, shown_name};
use crate::views::matter::{SessionView, StepView, record};

/// A matter on the desk.
#[derive(Debug, Clone, PartialEq)]
pub struct DeskMatter {
    /// Public number.
    pub number: i64,
    /// The number of its text's version.
    pub text_version: i64,
    /// Title.
    pub title: String,
    /// 现状.
    pub situation: String,
    /// 建议.
    pub suggestion: String,
    /// What it is about.
    pub category: Category,
    /// Whom it concerns.
    pub scope: ScopeKind,
    /// 小院 and 楼门.
    pub place: String,
    /// Where, in words.
    pub spot: Option<String>,
    /// The author, as neighbours see them.
    pub author: ShownName,
    /// 小院 and 楼门 of the author's household; never the room.
    pub author_home: Option<String>,
    /// For whom it was entered.
    pub on_behalf: Option<String>,
    /// Whether the author is willing to help.
    pub willing: bool,
    /// Where it stands.
    pub state: State,
    /// Its name.
    pub state_name: StateName,
    /// When the next act is due.
    pub due: Option<Timestamp>,
    /// Whether the due day can still move.
    pub provisional: bool,
    /// Whether the work was opened again already.
    pub reopened: bool,
    /// Households that co-sign.
    pub cosigns: i64,
    /// Posts in its forum.
    pub posts: i64,
    /// The official answer.
    pub answer: Option<String>,
    /// Its verdict.
    pub answer_verdict: Option<Verdict>,
    /// The work item, the latest.
    pub work: Option<DeskWork>,
    /// Dissatisfied reviews that wait for a follow-up, the earliest due first.
    pub follow_ups: Vec<DeskFollowUp>,
    /// Held sessions.
    pub sessions: Vec<SessionView>,
    /// What happened, the latest last.
    pub steps: Vec<StepView>,
    /// The public number of the open ballot.
    pub ballot: Option<i64>,
    /// The public number of the matter into which it is asked to be merged.
    pub merge_asked: Option<i64>,
    /// Whether it was merged and that can still be undone.
    pub merge_undo: bool,
}

/// A work item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeskWork {
    /// By which route.
    pub route: Route,
    /// Who does it.
    pub receiver: String,
    /// 12345 ticket.
    pub ticket: Option<String>,
    /// Due.
    pub due: Timestamp,
    /// Whether it had its one extension.
    pub extended: bool,
}

/// A dissatisfied review that waits for a follow-up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeskFollowUp {
    /// The follow-up's row.
    pub id: i64,
    /// Due.
    pub due: Timestamp,
    /// Whether the reviewer says that it is solved.
    pub solved: bool,
    /// How satisfied.
    pub satisfaction: Satisfaction,
    /// Words.
    pub words: Option<String>,
    /// The reviewer, as neighbours see them.
    pub name: ShownName,
}

#[derive(Debug, FromQueryResult)]
struct Row {
    id: i64,
    number: i64,
    text_version: i64,
    title: String,
    situation: String,
    suggestion: String,
    category: String,
    scope_kind: String,
    spot: Option<String>,
    on_behalf: Option<String>,
    willing: i64,
    state: String,
    state_data: String,
    due_at: Option<i64>,
    due_provisional: i64,
    reopened: i64,
    cosigns: i64,
    posts: i64,
    answer: Option<String>,
    answer_verdict: Option<String>,
    courtyard: String,
    entrance: Option<String>,
    author: String,
    author_shown_as: String,
    home_courtyard: Option<String>,
    home_entrance: Option<String>,
    ballot: Option<i64>,
    merge_asked: Option<i64>,
    merge_undo_until: Option<i64>,
}

const MATTER: &str = "SELECT p.id, p.number, p.text_version, p.title, p.situation, p.suggestion, p.category, \
    p.scope_kind, p.spot, p.on_behalf, p.willing, p.state, p.state_data, p.due_at, \
    p.due_provisional, p.reopened, p.cosigns, p.posts, p.answer, p.answer_verdict, \
    c.name AS courtyard, e.name AS entrance, a.nickname AS author, a.shown_as AS author_shown_as, hc.name AS home_courtyard, \
    he.name AS home_entrance, b.number AS ballot, \
    CASE WHEN m.state = 'asked' THEN t.number END AS merge_asked, m.undo_until AS merge_undo_until \
  FROM proposal p JOIN courtyard c ON c.id = p.courtyard_id \
    LEFT JOIN entrance e ON e.id = p.entrance_id JOIN person a ON a.id = p.author_id \
    LEFT JOIN household h ON h.id = a.household_id LEFT JOIN entrance he ON he.id = h.entrance_id \
    LEFT JOIN courtyard hc ON hc.id = he.courtyard_id \
    LEFT JOIN ballot b ON b.proposal_id = p.id AND b.state = 'open' \
    LEFT JOIN proposal_merge m ON m.from_id = p.id AND m.state IN ('asked', 'done') \
    LEFT JOIN proposal t ON t.id = m.into_id \
  WHERE p.community_id = $1 AND p.number = $2 AND p.state <> 'draft'";

#[derive(Debug, FromQueryResult)]
struct FollowUpRow {
    id: i64,
    due_at: i64,
    solved: i64,
    satisfaction: String,
    words: Option<String>,
    nickname: String,
    shown_as: String,
    entrance: Option<String>,
}

const FOLLOW_UPS: &str = "SELECT f.id, f.due_at, r.solved, r.satisfaction, r.words, q.nickname, \
    q.shown_as, e.name AS entrance \
  FROM follow_up f JOIN review r ON r.id = f.review_id JOIN person q ON q.id = r.person_id \
    LEFT JOIN household h ON h.id = q.household_id LEFT JOIN entrance e ON e.id = h.entrance_id \
  WHERE f.proposal_id = $1 AND f.done_at IS NULL ORDER BY f.due_at, f.id";

/// A matter for the desk. Five statements.
///
/// # Errors
/// [`Error::NotFound`] when there is none, or for those who may not see the desk.
pub async fn desk_matter(hall: &Hall, actor: Option<&Actor>, number: i64) -> Result<DeskMatter> {
    let actor = desk_permit(actor)?;
    let db = hall.db.read();
    let backend = hall.db.backend();
    let values = vec![actor.community.0.into(), number.into()];
    let row = Row::find_by_statement(Statement::from_sql_and_values(backend, MATTER, values))
        .one(db)
        .await?
        .ok_or(Error::NotFound)?;
    let work = work_item::Entity::find()
        .filter(work_item::Column::ProposalId.eq(row.id))
        .order_by_desc(work_item::Column::Id)
        .one(db)
        .await?;
    let values = vec![row.id.into()];
    let follow_ups =
        FollowUpRow::find_by_statement(Statement::from_sql_and_values(backend, FOLLOW_UPS, values))
            .all(db)
            .await?;
    let sessions = record::sessions(db, row.id).await?;
    let steps = record::steps(db, row.id).await?;
    let mut matter = read(row, hall.now())?;
    matter.work = work.map(read_work).transpose()?;
    matter.follow_ups = follow_ups.into_iter().map(read_follow_up).collect::<Result<_>>()?;
    matter.sessions = sessions;
    matter.steps = steps;
    Ok(matter)
}

fn read(row: Row, now: Timestamp) -> Result<DeskMatter> {
    let home = row.home_courtyard.map(|yard| place(&yard, row.home_entrance.as_deref()));
    let verdict = row
        .answer_verdict
        .as_deref()
        .map(|name| Verdict::from_name(name).ok_or_else(|| Error::unknown("verdict", name)));
    Ok(DeskMatter {
        number: row.number,
        text_version: row.text_version,
        title: row.title,
        situation: row.situation,
        suggestion: row.suggestion,
        category: Category::from_name(&row.category)
            .ok_or_else(|| Error::unknown("category", &row.category))?,
        scope: ScopeKind::from_name(&row.scope_kind)
            .ok_or_else(|| Error::unknown("scope", &row.scope_kind))?,
        place: place(&row.courtyard, row.entrance.as_deref()),
        spot: row.spot,
        author: shown_name(row.author, &row.author_shown_as, row.home_entrance.as_deref()),
        author_home: home,
        on_behalf: row.on_behalf,
        willing: row.willing != 0,
        state: serde_json::from_str(&row.state_data)?,
        state_name: state_name(&row.state)?,
        due: row.due_at.map(Timestamp),
        provisional: row.due_provisional != 0,
        reopened: row.reopened != 0,
        cosigns: row.cosigns,
        posts: row.posts,
        answer: row.answer,
        answer_verdict: verdict.transpose()?,
        work: None,
        follow_ups: Vec::new(),
        sessions: Vec::new(),
        steps: Vec::new(),
        ballot: row.ballot,
        merge_asked: row.merge_asked,
        merge_undo: row.merge_undo_until.is_some_and(|until| now.0 <= until),
    })
}

fn read_work(item: work_item::Model) -> Result<DeskWork> {
    Ok(DeskWork {
        route: route(&item.route)?,
        receiver: item.receiver,
        ticket: item.ticket,
        due: Timestamp(item.due_at),
        extended: item.extended_at.is_some(),
    })
}

fn read_follow_up(row: FollowUpRow) -> Result<DeskFollowUp> {
    Ok(DeskFollowUp {
        id: row.id,
        due: Timestamp(row.due_at),
        solved: row.solved != 0,
        satisfaction: Satisfaction::from_name(&row.satisfaction)
            .ok_or_else(|| Error::unknown("satisfaction", &row.satisfaction))?,
        words: row.words,
        name: shown_name(row.nickname, &row.shown_as, row.entrance.as_deref()),
    })
}
