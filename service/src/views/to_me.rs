//! What others said to somebody: answers, replies to their posts, and posts that name them with @.

use domain::role::Actor;
use domain::time::Timestamp;
use sea_orm::{FromQueryResult, Statement};

use crate::error::Result;
use crate::hall::Hall;
use crate::people::{ShownName, shown_name};

/// The most that are shown.
const SHOWN: usize = 10;
/// For how many days somebody's posts, and what names them, are looked at.
const DAYS: i64 = 60;

/// What somebody said to the reader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToMe {
    /// The matter's public number.
    pub number: i64,
    /// Its title.
    pub title: String,
    /// The post.
    pub post: i64,
    /// How it is said to the reader.
    pub kind: ToMeKind,
    /// Who said it.
    pub who: ShownName,
    /// When.
    pub at: Timestamp,
}

/// How something is said to somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ToMeKind {
    /// It answers their question to the committee.
    Answer,
    /// It replies to their post.
    Reply,
    /// It names them with @.
    Mention,
}

#[derive(FromQueryResult)]
struct Row {
    number: i64,
    title: String,
    id: i64,
    at: i64,
    answers: i64,
    replies: i64,
    nickname: String,
    shown_as: String,
    entrance: Option<String>,
}

/// A walk along the reader's own mentions and posts of the last days. `$1` is the reader, `$2` since when.
const TO_ME: &str = "SELECT m.number, m.title, said.id, said.at, said.answers, said.replies, \
      author.nickname, author.shown_as, entrance.name AS entrance \
    FROM ( \
      SELECT p.id, p.proposal_id, p.author_id, p.at, CAST(0 AS BIGINT) AS answers, \
        CAST(0 AS BIGINT) AS replies \
      FROM mention JOIN post p ON p.id = mention.post_id \
      WHERE mention.person_id = $1 AND p.state = 'shown' AND p.at >= $2 \
      UNION ALL \
      SELECT r.id, r.proposal_id, r.author_id, r.at, \
        CAST(CASE WHEN question.answer_id = r.id THEN 1 ELSE 0 END AS BIGINT), CAST(1 AS BIGINT) \
      FROM post own JOIN post r ON r.parent_id = own.id \
        LEFT JOIN question ON question.post_id = own.id \
      WHERE own.author_id = $1 AND own.at >= $2 AND r.author_id <> $1 AND r.state = 'shown' \
    ) said \
    JOIN proposal m ON m.id = said.proposal_id AND m.hidden_at IS NULL \
    JOIN person author ON author.id = said.author_id \
    LEFT JOIN household ON household.id = author.household_id \
    LEFT JOIN entrance ON entrance.id = household.entrance_id \
    ORDER BY said.at DESC, said.id DESC, said.replies DESC LIMIT 20";

/// What was said to the actor lately, the newest first. One statement.
///
/// # Errors
/// [`crate::Error::Db`] when the database fails.
pub async fn to_me(hall: &Hall, actor: &Actor) -> Result<Vec<ToMe>> {
    let values = [actor.person.0.into(), hall.now().plus_days(-DAYS).0.into()];
    let statement = Statement::from_sql_and_values(hall.db.backend(), TO_ME, values);
    let rows = Row::find_by_statement(statement).all(hall.db.read()).await?;
    let mut said: Vec<ToMe> = rows
        .into_iter()
        .map(|row| ToMe {
            number: row.number,
            title: row.title,
            post: row.id,
            kind: match (row.answers, row.replies) {
                (1.., _) => ToMeKind::Answer,
                (_, 1..) => ToMeKind::Reply,
                _ => ToMeKind::Mention,
            },
            who: shown_name(row.nickname, &row.shown_as, row.entrance.as_deref()),
            at: Timestamp(row.at),
        })
        .collect();
    // A reply that names its reader too is one thing; the rows of a post stand together.
    said.dedup_by_key(|said| said.post);
    said.truncate(SHOWN);
    Ok(said)
}
