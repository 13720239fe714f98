//! Reports as those see them who made them, and as they wait on the desk.

use domain::civil::Wrong;
use domain::ids::{CommunityId, PostId};
use domain::permission::{Action, Target, permit};
use domain::role::Actor;
use domain::talk::PostState;
use domain::time::Timestamp;
use entities::{person, post, post_edit, proposal, report};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, Statement,
};

use super::removed::{RemovedLine, open_appeals};
use crate::civil::seen::seen_of;
use crate::error::{Error, Result};
use crate::hall::Hall;
use crate::matter;
use crate::people::{ShownName, shown_name};
use crate::photo::{PhotoView, photos_of, photos_of_posts};
use crate::text::WaitingLine;
use crate::views::matter::readable;

/// A report of one's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnReport {
    /// The matter's public number.
    pub number: i64,
    /// The matter's title as it stands now.
    pub title: String,
    /// The post; none for the matter's own text.
    pub post: Option<i64>,
    /// What is wrong with it.
    pub kind: Wrong,
    /// What was added.
    pub words: Option<String>,
    /// When.
    pub at: Timestamp,
    /// The last moment in time for the answer.
    pub due: Timestamp,
    /// The answer: whether it was taken down, what was said, and when.
    pub answer: Option<(bool, String, Timestamp)>,
}

#[derive(FromQueryResult)]
struct OwnRow {
    number: i64,
    title: String,
    post_id: Option<i64>,
    kind: String,
    words: Option<String>,
    at: i64,
    due_at: i64,
    state: String,
    decided_at: Option<i64>,
    answer: Option<String>,
}

/// The actor's reports with their answers, the newest first.
///
/// # Errors
/// [`Error::Denied`] for nobody; [`Error::Db`].
pub async fn own_reports(hall: &Hall, actor: &Actor) -> Result<Vec<OwnReport>> {
    permit(Some(actor), Action::Appeal, &Target::community(actor.community))?;
    let db = hall.db.read();
    let sql = "SELECT p.number, p.title, r.post_id, r.kind, r.words, r.at, r.due_at, r.state, \
          r.decided_at, r.answer \
        FROM report r JOIN proposal p ON p.id = r.proposal_id \
        WHERE r.by_id = $1 ORDER BY r.id DESC LIMIT 200";
    let values = [actor.person.0.into()];
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    let rows = OwnRow::find_by_statement(statement).all(db).await?;
    let read = |row: OwnRow| {
        let answer = row
            .decided_at
            .map(|at| (row.state == "upheld", row.answer.unwrap_or_default(), Timestamp(at)));
        Ok(OwnReport {
            number: row.number,
            title: row.title,
            post: row.post_id,
            kind: wrong(&row.kind)?,
            words: row.words,
            at: Timestamp(row.at),
            due: Timestamp(row.due_at),
            answer,
        })
    };
    rows.into_iter().map(read).collect()
}

/// What waits on the desk to keep the talk civil.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeskReports {
    /// What is reported, the first due first.
    pub reported: Vec<ReportedLine>,
    /// Posts, and changes of posts, at which somebody looks first, the oldest first.
    pub waiting: Vec<WaitingPost>,
    /// Edits of matters' own texts at which somebody looks first, the oldest first.
    pub texts: Vec<WaitingLine>,
    /// Appeals, the first due first.
    pub appeals: Vec<RemovedLine>,
}

/// Something with open reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportedLine {
    /// The matter's public number.
    pub number: i64,
    /// The matter's title.
    pub title: String,
    /// The post; none for the matter's own text.
    pub post: Option<i64>,
    /// What is said to be wrong, each once.
    pub kinds: Vec<Wrong>,
    /// Households that reported it.
    pub households: usize,
    /// When the first report is due.
    pub due: Timestamp,
    /// Whether that is past.
    pub overdue: bool,
    /// Whether it is folded.
    pub folded: bool,
}

/// Something that waits to be let through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingPost {
    /// The matter's public number.
    pub number: i64,
    /// The matter's title.
    pub title: String,
    /// The post.
    pub post: i64,
    /// Whether it is a change of a post that is shown.
    pub change: bool,
    /// Since when.
    pub at: Timestamp,
}

#[derive(FromQueryResult)]
struct ReportRow {
    number: i64,
    title: String,
    post_id: Option<i64>,
    kind: String,
    household_id: i64,
    due_at: i64,
    folded: i64,
}

#[derive(FromQueryResult)]
struct WaitingRow {
    number: i64,
    title: String,
    post_id: Option<i64>,
    is_change: i64,
    at: i64,
}

const REPORTS: &str = "SELECT p.number, p.title, r.post_id, r.kind, r.household_id, r.due_at, \
      CAST(CASE WHEN t.state = 'folded' THEN 1 ELSE 0 END AS BIGINT) AS folded \
    FROM report r JOIN proposal p ON p.id = r.proposal_id LEFT JOIN post t ON t.id = r.post_id \
    WHERE r.community_id = $1 AND r.state = 'open' ORDER BY r.due_at, r.id LIMIT 500";

const WAITING: &str = "SELECT p.number, p.title, t.id AS post_id, CAST(0 AS BIGINT) AS is_change, t.at \
    FROM post t JOIN proposal p ON p.id = t.proposal_id \
    WHERE t.state = 'waiting' AND p.community_id = $1 \
  UNION ALL SELECT p.number, p.title, e.post_id, CAST(1 AS BIGINT), e.at \
    FROM post_edit e JOIN post t ON t.id = e.post_id JOIN proposal p ON p.id = t.proposal_id \
    WHERE e.state = 'waiting' AND t.state = 'shown' AND p.community_id = $1 \
  UNION ALL SELECT p.number, p.title, NULL, CAST(1 AS BIGINT), v.at \
    FROM proposal_version v JOIN proposal p ON p.id = v.proposal_id \
    WHERE v.state = 'waiting' AND p.community_id = $1 AND p.hidden_at IS NULL \
      AND p.state IN ('submitted','cosigning','accepted','deliberating') \
  ORDER BY 5 LIMIT 200";

/// What waits on the desk: for the committee, and for oversight, which decides nothing.
///
/// # Errors
/// [`Error::Denied`] for everyone else.
pub async fn desk_reports(hall: &Hall, actor: &Actor) -> Result<DeskReports> {
    permit(Some(actor), Action::DeskRead, &Target::community(actor.community))?;
    let db = hall.db.read();
    let now = hall.now();
    let of = |sql| {
        let values = [actor.community.0.into()];
        Statement::from_sql_and_values(db.get_database_backend(), sql, values)
    };
    let mut reported: Vec<(ReportedLine, Vec<i64>)> = Vec::new();
    for row in ReportRow::find_by_statement(of(REPORTS)).all(db).await? {
        let kind = wrong(&row.kind)?;
        let same = |(line, _): &&mut (ReportedLine, Vec<i64>)| {
            line.number == row.number && line.post == row.post_id
        };
        let Some((line, homes)) = reported.iter_mut().find(same) else {
            let due = Timestamp(row.due_at);
            let line = ReportedLine {
                number: row.number,
                title: row.title,
                post: row.post_id,
                kinds: vec![kind],
                households: 1,
                due,
                overdue: now > due,
                folded: row.folded != 0,
            };
            reported.push((line, vec![row.household_id]));
            continue;
        };
        if !line.kinds.contains(&kind) {
            line.kinds.push(kind);
        }
        if !homes.contains(&row.household_id) {
            homes.push(row.household_id);
            line.households = homes.len();
        }
    }
    let (mut waiting, mut texts) = (Vec::new(), Vec::new());
    for row in WaitingRow::find_by_statement(of(WAITING)).all(db).await? {
        let (number, title, at) = (row.number, row.title, Timestamp(row.at));
        match row.post_id {
            Some(post) => {
                waiting.push(WaitingPost { number, title, post, change: row.is_change != 0, at });
            }
            None => texts.push(WaitingLine { number, title, at }),
        }
    }
    Ok(DeskReports {
        reported: reported.into_iter().map(|(line, _)| line).collect(),
        waiting,
        texts,
        appeals: open_appeals(hall, actor).await?,
    })
}

/// A post or a matter's text before those who decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseView {
    /// The matter's public number.
    pub number: i64,
    /// The matter's title.
    pub title: String,
    /// The post; none for the matter's own text.
    pub post: Option<i64>,
    /// Who wrote it.
    pub author: ShownName,
    /// Whether it is who looks.
    pub mine: bool,
    /// When.
    pub at: Timestamp,
    /// The text, part by part; empty when it was taken down.
    pub text: Vec<String>,
    /// [`PostState`] of the post; none for a matter's text.
    pub state: Option<PostState>,
    /// Whether it was taken down.
    pub gone: bool,
    /// The photos that go with it; none when it was taken down.
    pub photos: Vec<PhotoView>,
    /// A change of the post that waits.
    pub change: Option<String>,
    /// Names all of this text, so that nobody decides on another one than they have read.
    pub seen: String,
    /// Open reports, oldest first; never by whom.
    pub open: Vec<OpenReport>,
    /// Reports that were answered, oldest first.
    pub settled: Vec<Settled>,
}

/// An open report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenReport {
    /// What is wrong.
    pub kind: Wrong,
    /// What the neighbour adds.
    pub words: Option<String>,
    /// When.
    pub at: Timestamp,
    /// The last moment in time for the answer.
    pub due: Timestamp,
    /// Whether that is past.
    pub overdue: bool,
}

/// A report that was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    /// What was said to be wrong.
    pub kind: Wrong,
    /// Whether it was taken down.
    pub upheld: bool,
    /// The answer.
    pub answer: String,
    /// When.
    pub at: Timestamp,
}

struct Reported {
    matter: proposal::Model,
    post: Option<post::Model>,
}

async fn reported(
    hall: &Hall,
    community: CommunityId,
    actor: &Actor,
    action: Action,
    number: i64,
    id: Option<PostId>,
) -> Result<Reported> {
    let db = hall.db.read();
    let matter = matter::by_number(db, community, number).await?;
    let target = matter::target(db, &matter, Some(actor)).await?;
    readable(&matter, Some(actor), &target)?;
    permit(Some(actor), action, &target)?;
    let post = match id {
        Some(id) => {
            let row = post::Entity::find_by_id(id.0)
                .filter(post::Column::ProposalId.eq(matter.id))
                .one(db)
                .await?;
            Some(row.ok_or(Error::NotFound)?)
        }
        None => None,
    };
    Ok(Reported { matter, post })
}

/// Number and title of what somebody wants to report, and the beginning of the text; nothing of a post that
/// they can't read.
///
/// # Errors
/// [`Error::Denied`]; [`Error::NotFound`] when it isn't there to be read.
pub async fn report_view(
    hall: &Hall,
    actor: &Actor,
    number: i64,
    post: Option<PostId>,
) -> Result<(String, Option<String>)> {
    let found = reported(hall, actor.community, actor, Action::Report, number, post).await?;
    let text = match &found.post {
        None => None,
        Some(row) if row.state == PostState::Shown.as_str() => Some(row.body.clone()),
        Some(row) if row.state == PostState::Folded.as_str() => None,
        Some(_) => return Err(Error::NotFound),
    };
    Ok((found.matter.title, text))
}

/// A post, or a matter's own text when `post` is none, with what is said of it.
///
/// # Errors
/// [`Error::Denied`] for those who don't moderate; [`Error::NotFound`].
pub async fn case_view(
    hall: &Hall,
    actor: &Actor,
    number: i64,
    post: Option<PostId>,
) -> Result<CaseView> {
    let db = hall.db.read();
    let now = hall.now();
    let found = reported(hall, actor.community, actor, Action::ReportDecide, number, post).await?;
    let of = match post {
        Some(post) => report::Column::PostId.eq(post.0),
        None => report::Column::PostId.is_null(),
    };
    let reports = report::Entity::find()
        .filter(report::Column::ProposalId.eq(found.matter.id))
        .filter(of)
        .order_by_asc(report::Column::Id)
        .all(db)
        .await?;
    let (mut open, mut settled) = (Vec::new(), Vec::new());
    for row in reports {
        let kind = wrong(&row.kind)?;
        match row.decided_at {
            None => open.push(OpenReport {
                kind,
                words: row.words,
                at: Timestamp(row.at),
                due: Timestamp(row.due_at),
                overdue: now.0 > row.due_at,
            }),
            Some(at) => settled.push(Settled {
                kind,
                upheld: row.state == "upheld",
                answer: row.answer.unwrap_or_default(),
                at: Timestamp(at),
            }),
        }
    }
    let (author, at, text, state, gone) = match &found.post {
        Some(row) => {
            let state = PostState::from_name(&row.state)
                .ok_or_else(|| Error::unknown("post state", &row.state))?;
            let gone = matches!(state, PostState::Removed | PostState::Declined);
            (row.author_id, row.at, vec![row.body.clone()], Some(state), gone)
        }
        None => {
            let row = &found.matter;
            let parts = [&row.title, &row.situation, &row.suggestion].map(Clone::clone);
            (row.author_id, row.created_at, parts.to_vec(), None, row.hidden_at.is_some())
        }
    };
    let change = match post {
        Some(post) => change(db, post.0).await?,
        None => None,
    };
    let photos = match post {
        _ if gone => Vec::new(),
        Some(post) => photos_of_posts(db, &[post.0]).await?.remove(&post.0).unwrap_or_default(),
        None => photos_of(db, found.matter.id).await?,
    };
    let nickname = person::Entity::find_by_id(author).one(db).await?.map(|row| row.nickname);
    let seen = seen_of(db, &found.matter, found.post.as_ref()).await?;
    Ok(CaseView {
        number,
        title: found.matter.title,
        post: post.map(i64::from),
        author: shown_name(nickname.unwrap_or_default(), "", None),
        mine: author == actor.person.0,
        at: Timestamp(at),
        text: if gone { Vec::new() } else { text },
        state,
        gone,
        photos,
        change,
        seen,
        open,
        settled,
    })
}

async fn change(db: &impl ConnectionTrait, post: i64) -> Result<Option<String>> {
    let waiting = post_edit::Entity::find()
        .filter(post_edit::Column::PostId.eq(post))
        .filter(post_edit::Column::State.eq("waiting"))
        .one(db)
        .await?;
    Ok(waiting.map(|row| row.body))
}

fn wrong(name: &str) -> Result<Wrong> {
    Wrong::from_name(name).ok_or_else(|| Error::unknown("report", name))
}
