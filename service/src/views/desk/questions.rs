//! Questions to the committee that wait for its answer.

use domain::proposal::StateName;
use domain::role::Actor;
use domain::time::Timestamp;
use sea_orm::{FromQueryResult, Statement};

use crate::error::Result;
use crate::hall::Hall;

/// The most that are shown.
const SHOWN: usize = 20;

/// A question that waits for an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeskQuestion {
    /// The matter's public number.
    pub number: i64,
    /// Its title.
    pub title: String,
    /// The post.
    pub post: i64,
    /// The last moment in time.
    pub due: Timestamp,
    /// Whether it is past.
    pub late: bool,
    /// Whether the day can still move.
    pub provisional: bool,
}

#[derive(FromQueryResult)]
struct Row {
    number: i64,
    title: String,
    post_id: i64,
    due_at: i64,
    due_provisional: i64,
}

/// Questions of the community's open forums that nobody has answered, the earliest due first. One statement.
pub(super) async fn questions(
    hall: &Hall,
    actor: &Actor,
    now: Timestamp,
) -> Result<Vec<DeskQuestion>> {
    let open = StateName::ALL.iter().filter(|state| state.takes_posts());
    let open: Vec<_> = open.map(|state| format!("'{}'", state.as_str())).collect();
    let sql = format!(
        "SELECT m.number, m.title, q.post_id, q.due_at, q.due_provisional FROM question q \
         JOIN post p ON p.id = q.post_id AND p.state = 'shown' \
         JOIN proposal m ON m.id = q.proposal_id AND m.community_id = $1 AND m.hidden_at IS NULL \
           AND m.state IN ({}) \
         WHERE q.answered_at IS NULL ORDER BY q.due_at, q.post_id LIMIT {SHOWN}",
        open.join(", ")
    );
    let statement =
        Statement::from_sql_and_values(hall.db.backend(), sql, [actor.community.0.into()]);
    let rows = Row::find_by_statement(statement).all(hall.db.read()).await?;
    let read = |row: Row| DeskQuestion {
        number: row.number,
        title: row.title,
        post: row.post_id,
        due: Timestamp(row.due_at),
        late: now.0 > row.due_at,
        provisional: row.due_provisional != 0,
    };
    Ok(rows.into_iter().map(read).collect())
}
