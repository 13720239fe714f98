//! Removals as they are listed. No text that was taken down is among it: see
//! [`removed_look`](crate::civil::removed_look).

use domain::civil::Wrong;
use domain::ids::RemovalId;
use domain::permission::{Action, Target, permit};
use domain::role::{Actor, Role};
use domain::time::Timestamp;
use sea_orm::{ConnectionTrait, FromQueryResult, Statement, Value};

use crate::civil::AppealDecision;
use crate::error::{Error, Result};
use crate::hall::Hall;
use crate::people::{ShownName, shown_name};

/// Removals on a page.
const PAGE: usize = 50;

/// A removal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemovedLine {
    /// Row.
    pub id: i64,
    /// The matter's public number.
    pub number: i64,
    /// The matter's title as it stands now.
    pub title: String,
    /// The post; none for the matter's own text.
    pub post: Option<i64>,
    /// What was wrong; none where that was not asked.
    pub kind: Option<Wrong>,
    /// Why; shown to everyone.
    pub reason: String,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: ShownName,
    /// In what role.
    pub role: Option<Role>,
    /// Whether it is who looks.
    pub by_me: bool,
    /// Until when the text is kept; none when it is kept no longer, or was put back.
    pub kept_until: Option<Timestamp>,
    /// The appeal.
    pub appeal: Option<AppealView>,
}

/// The appeal of a removal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppealView {
    /// Why its author asks for another look: for the author and the desk.
    pub words: String,
    /// When.
    pub at: Timestamp,
    /// The last moment in time for the decision.
    pub due: Timestamp,
    /// Whether it is open and its day is past.
    pub overdue: bool,
    /// What came of it, why, when, and by whom.
    pub decided: Option<(AppealDecision, String, Timestamp, ShownName)>,
}

impl RemovedLine {
    /// Whether its author can still ask for another look.
    #[must_use]
    pub const fn can_appeal(&self) -> bool {
        self.appeal.is_none() && self.kept_until.is_some()
    }

    /// Whether it was put back.
    #[must_use]
    pub fn is_restored(&self) -> bool {
        let decided = self.appeal.as_ref().and_then(|appeal| appeal.decided.as_ref());
        decided.is_some_and(|(decision, ..)| *decision == AppealDecision::Restored)
    }

    /// Whether an appeal waits for its decision.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.appeal.as_ref().is_some_and(|appeal| appeal.decided.is_none())
    }
}

#[derive(FromQueryResult)]
struct Row {
    id: i64,
    number: i64,
    title: String,
    post_id: Option<i64>,
    kind: Option<String>,
    reason: String,
    at: i64,
    by_id: i64,
    by_name: String,
    by_role: Option<String>,
    is_kept: i64,
    keep_until: i64,
    appeal_words: Option<String>,
    appealed_at: Option<i64>,
    appeal_due_at: Option<i64>,
    decided_by: Option<String>,
    decided_at: Option<i64>,
    decision: Option<String>,
    decision_reason: Option<String>,
}

impl Row {
    fn read(self, me: i64, now: Timestamp) -> RemovedLine {
        let decided = self
            .decision
            .as_deref()
            .and_then(AppealDecision::from_name)
            .zip(self.decided_at.map(Timestamp));
        let decided = decided.map(|(decision, at)| {
            let by = shown_name(self.decided_by.unwrap_or_default(), "", None);
            (decision, self.decision_reason.unwrap_or_default(), at, by)
        });
        let appeal = self.appealed_at.zip(self.appeal_due_at).map(|(at, due)| AppealView {
            words: self.appeal_words.unwrap_or_default(),
            at: Timestamp(at),
            due: Timestamp(due),
            overdue: decided.is_none() && now.0 > due,
            decided,
        });
        RemovedLine {
            id: self.id,
            number: self.number,
            title: self.title,
            post: self.post_id,
            kind: self.kind.as_deref().and_then(Wrong::from_name),
            reason: self.reason,
            at: Timestamp(self.at),
            by: shown_name(self.by_name, "", None),
            role: self.by_role.as_deref().and_then(Role::from_name),
            by_me: self.by_id == me,
            kept_until: (self.is_kept != 0).then_some(Timestamp(self.keep_until)),
            appeal,
        }
    }
}

const LINES: &str = "SELECT r.id, p.number, p.title, r.post_id, r.kind, r.reason, r.at, r.by_id, \
      b.nickname AS by_name, r.by_role, \
      CAST(CASE WHEN r.kept IS NULL THEN 0 ELSE 1 END AS BIGINT) AS is_kept, r.keep_until, \
      r.appeal_words, r.appealed_at, r.appeal_due_at, d.nickname AS decided_by, r.decided_at, \
      r.decision, r.decision_reason \
    FROM removal r JOIN proposal p ON p.id = r.proposal_id JOIN person b ON b.id = r.by_id \
      LEFT JOIN person d ON d.id = r.decided_by WHERE ";

async fn lines(
    db: &impl ConnectionTrait,
    found: &str,
    values: Vec<Value>,
    me: i64,
    now: Timestamp,
) -> Result<Vec<RemovedLine>> {
    let sql = format!("{LINES}{found}");
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    let rows = Row::find_by_statement(statement).all(db).await?;
    Ok(rows.into_iter().map(|row| row.read(me, now)).collect())
}

/// What was taken down of the actor's own, the newest first.
///
/// # Errors
/// [`Error::Denied`] for nobody; [`Error::Db`].
pub async fn own_removed(hall: &Hall, actor: &Actor) -> Result<Vec<RemovedLine>> {
    permit(Some(actor), Action::Appeal, &Target::community(actor.community))?;
    let me = actor.person.0;
    let found = "r.author_id = $1 ORDER BY r.id DESC LIMIT 200";
    lines(hall.db.read(), found, vec![me.into()], me, hall.now()).await
}

/// All that was taken down in the community, the newest first, before the row `before`; and the row before
/// which the next page begins.
///
/// # Errors
/// [`Error::Denied`] for everyone but the committee and oversight.
pub async fn desk_removed(
    hall: &Hall,
    actor: &Actor,
    before: Option<i64>,
) -> Result<(Vec<RemovedLine>, Option<i64>)> {
    permit(Some(actor), Action::DeskRead, &Target::community(actor.community))?;
    let found = format!("r.community_id = $1 AND r.id < $2 ORDER BY r.id DESC LIMIT {}", PAGE + 1);
    let values = vec![actor.community.0.into(), before.unwrap_or(i64::MAX).into()];
    let mut found = lines(hall.db.read(), &found, values, actor.person.0, hall.now()).await?;
    let more = found.len() > PAGE;
    found.truncate(PAGE);
    let next = found.last().filter(|_| more).map(|last| last.id);
    Ok((found, next))
}

/// Open appeals of a community, the first due first.
pub(super) async fn open_appeals(hall: &Hall, actor: &Actor) -> Result<Vec<RemovedLine>> {
    let found = "r.community_id = $1 AND r.appealed_at IS NOT NULL AND r.decided_at IS NULL \
        ORDER BY r.appeal_due_at, r.id LIMIT 200";
    let values = vec![actor.community.0.into()];
    lines(hall.db.read(), found, values, actor.person.0, hall.now()).await
}

/// A removal, to decide on its appeal.
///
/// # Errors
/// [`Error::Denied`] for everyone but the committee and oversight; [`Error::NotFound`] when there is none.
pub async fn appeal_view(hall: &Hall, actor: &Actor, id: RemovalId) -> Result<RemovedLine> {
    permit(Some(actor), Action::DeskRead, &Target::community(actor.community))?;
    let values = vec![actor.community.0.into(), id.0.into()];
    let found = "r.community_id = $1 AND r.id = $2";
    let found = lines(hall.db.read(), found, values, actor.person.0, hall.now()).await?;
    found.into_iter().next().ok_or(Error::NotFound)
}

/// The latest removal of a matter's own text that stands, for its page: everybody may read who, when and why.
///
/// # Errors
/// [`Error::Db`].
pub async fn text_removal(
    db: &impl ConnectionTrait,
    proposal: i64,
    now: Timestamp,
) -> Result<Option<RemovedLine>> {
    let found = "r.proposal_id = $1 AND r.post_id IS NULL ORDER BY r.id DESC LIMIT 1";
    Ok(lines(db, found, vec![proposal.into()], 0, now).await?.into_iter().next())
}
