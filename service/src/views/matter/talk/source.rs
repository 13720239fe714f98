//! Which posts a page shows: each kind of page is a short walk along an index, however long the thread is.
//! What belongs to a post is joined to the few that were found.

use domain::stance::Stance;
use domain::talk::Next;
use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, Statement, Value};

use super::row::PostRow;
use super::{OF_STANCE, POSTS, Reader};
use crate::error::Result;

/// Which posts.
#[derive(Debug, Clone)]
pub(super) enum Source {
    /// Posts by time, the newest first.
    Latest {
        /// Before this row.
        before: i64,
    },
    /// The strongest posts of each stance.
    Balance {
        /// Where each stance goes on.
        nexts: [Next; Stance::ALL.len()],
    },
    /// The first replies to each of some posts.
    FirstReplies {
        /// The posts.
        parents: Vec<i64>,
        /// Replies to each.
        most: usize,
    },
    /// Replies to one post, the oldest first.
    Replies {
        /// The post.
        parent: i64,
        /// From this row on.
        from: i64,
        /// The most.
        most: usize,
    },
    /// One post.
    One(i64),
}

/// Loads posts in no order that can be relied on; one more than a page holds, where it goes on.
pub(super) async fn load(
    db: &impl ConnectionTrait,
    proposal: i64,
    reader: &Reader,
    source: &Source,
) -> Result<Vec<PostRow>> {
    let statement = statement(db.get_database_backend(), proposal, reader, source);
    Ok(PostRow::find_by_statement(statement).all(db).await?)
}

/// Parameters: `$1` the matter, `$2` who reads, `$3` now, and those of the source.
fn statement(backend: DbBackend, proposal: i64, reader: &Reader, source: &Source) -> Statement {
    let visible = |alias: &str| {
        let states = format!("{alias}.state IN ('shown', 'folded', 'removed')");
        if reader.moderates {
            "1 = 1".to_owned()
        } else {
            format!("({states} OR {alias}.author_id = $2)")
        }
    };
    let mut values: Vec<Value> = vec![proposal.into(), reader.me.into(), reader.now.0.into()];
    let found = match source {
        Source::Latest { before } => {
            values.push((*before).into());
            format!(
                "SELECT p.* FROM post p WHERE p.proposal_id = $1 AND p.parent_id IS NULL \
                 AND p.id < $4 AND {} ORDER BY p.id DESC LIMIT {}",
                visible("p"),
                POSTS + 1
            )
        }
        Source::Balance { nexts } => {
            let parts = Stance::ALL.iter().zip(nexts).map(|(stance, next)| {
                // Before all, or beyond the last: the text of the statement stays the same.
                let (reasons, id) = match next {
                    Next::Start => (i64::MAX, 0),
                    Next::After { reasons, id } => (*reasons, *id),
                    Next::End => (-1, 0),
                };
                values.extend([Value::from(reasons), id.into()]);
                let n = values.len();
                format!(
                    "SELECT * FROM (SELECT p.* FROM post p WHERE p.proposal_id = $1 \
                       AND p.stance = '{}' AND p.parent_id IS NULL AND p.state IN ('shown', 'folded') \
                       AND p.reasons <= ${} AND (p.reasons < ${} OR p.id > ${n}) \
                     ORDER BY p.reasons DESC, p.id LIMIT {}) part",
                    stance.as_str(),
                    n - 1,
                    n - 1,
                    OF_STANCE + 1
                )
            });
            parts.collect::<Vec<_>>().join(" UNION ALL ")
        }
        Source::FirstReplies { parents, most } => {
            let ids: Vec<_> = parents.iter().map(i64::to_string).collect();
            let replies = format!("FROM post p WHERE p.parent_id = asked.id AND {}", visible("p"));
            if backend == DbBackend::Postgres {
                values.push(ids.join(",").into());
                format!(
                    "SELECT part.* FROM unnest(CAST(string_to_array($4, ',') AS BIGINT[])) asked(id) \
                     CROSS JOIN LATERAL (SELECT p.* {replies} ORDER BY p.id LIMIT {most}) part"
                )
            } else {
                values.push(format!("[{}]", ids.join(",")).into());
                let last = most.saturating_sub(1);
                format!(
                    "SELECT r.* FROM (SELECT value AS id FROM json_each($4)) asked \
                     CROSS JOIN post r WHERE r.parent_id = asked.id AND {} \
                       AND r.id <= COALESCE((SELECT p.id {replies} ORDER BY p.id LIMIT 1 OFFSET {last}), \
                         9223372036854775807)",
                    visible("r")
                )
            }
        }
        Source::Replies { parent, from, most } => {
            values.extend([Value::from(*parent), (*from).into()]);
            format!(
                "SELECT p.* FROM post p WHERE p.parent_id = $4 AND p.id >= $5 AND {} \
                 ORDER BY p.id LIMIT {}",
                visible("p"),
                most + 1
            )
        }
        Source::One(id) => {
            values.push((*id).into());
            format!(
                "SELECT p.* FROM post p WHERE p.id = $4 AND p.proposal_id = $1 AND {}",
                visible("p")
            )
        }
    };
    let names = if backend == DbBackend::Postgres {
        "string_agg(named.nickname, chr(10) ORDER BY named.id)"
    } else {
        "group_concat(named.nickname, char(10))"
    };
    let sql = format!(
        "SELECT {COLUMNS}, (SELECT {names} {MENTIONS}) AS mentions FROM ({found}) post {JOINS}"
    );
    Statement::from_sql_and_values(backend, sql, values)
}

const MENTIONS: &str = "FROM mention JOIN person named ON named.id = mention.person_id \
    WHERE mention.post_id = post.id AND named.nickname <> ''";

/// Of each post that was found; `$1` … `$3` as in [`statement`].
pub(super) const COLUMNS: &str = "post.id, post.parent_id, post.author_id, post.author_role, post.stance, \
    post.body, post.at, post.state, post.edited_at, post.thanks, post.reasons, post.replies, \
    post.hidden_at, post.hidden_reason, post.quote_id, author.nickname, author.shown_as, \
    entrance.name AS entrance, courtyard.name AS courtyard, helper.nickname AS helper, \
    quoted.state AS quoted_state, quoted.body AS quoted_body, quoted_by.nickname AS quoted_by, \
    question.due_at AS question_due, question.due_provisional AS question_provisional, \
    question.answer_id AS question_answer, question.answered_at AS question_answered, \
    question.late AS question_late, answered.post_id AS answers, \
    removal.kind AS removal_kind, removal.reason AS removal_reason, removal.at AS removal_at, \
    removal.by_role AS removal_role, waiting.body AS change, \
    (SELECT COUNT(DISTINCT report.household_id) FROM report WHERE report.post_id = post.id \
       AND report.state = 'open' AND post.state = 'folded') AS households, \
    (SELECT COUNT(*) FROM reaction r WHERE r.post_id = post.id AND r.person_id = $2 \
       AND r.kind = 'thanks') AS i_thanked, \
    (SELECT COUNT(*) FROM reaction r WHERE r.post_id = post.id AND r.person_id = $2 \
       AND r.kind = 'reason') AS i_agreed, \
    (SELECT COUNT(*) FROM question q JOIN post a ON a.id = q.post_id AND a.state = 'shown' \
       WHERE q.proposal_id = $1 AND q.answered_at IS NULL) AS questions_open, \
    (SELECT COUNT(*) FROM question q JOIN post a ON a.id = q.post_id AND a.state = 'shown' \
       WHERE q.proposal_id = $1 AND q.answered_at IS NULL AND q.due_at < $3) AS questions_late";

/// What belongs to a post.
const JOINS: &str = "LEFT JOIN person author ON author.id = post.author_id \
    LEFT JOIN household ON household.id = author.household_id \
    LEFT JOIN entrance ON entrance.id = household.entrance_id \
    LEFT JOIN courtyard ON courtyard.id = entrance.courtyard_id \
    LEFT JOIN person helper ON helper.id = post.through_id \
    LEFT JOIN post quoted ON quoted.id = post.quote_id \
    LEFT JOIN person quoted_by ON quoted_by.id = quoted.author_id \
    LEFT JOIN question ON question.post_id = post.id \
    LEFT JOIN question answered ON answered.post_id = post.parent_id AND answered.answer_id = post.id \
    LEFT JOIN removal ON removal.id = (SELECT MAX(x.id) FROM removal x WHERE x.post_id = post.id \
        AND (x.decision IS NULL OR x.decision <> 'restored')) \
      AND post.state IN ('removed', 'declined') \
    LEFT JOIN post_edit waiting ON waiting.post_id = post.id AND waiting.state = 'waiting'";

/// The statements by which a thread is read, for a test that asks the database how it walks: by time and by
/// balance, from the start and later on, with replies.
#[cfg(feature = "testing")]
#[must_use]
pub fn thread_statements(backend: DbBackend, proposal: i64, person: i64) -> Vec<Statement> {
    let reader =
        |me, moderates| Reader { me, moderates, writes: true, now: domain::time::Timestamp(0) };
    let later = Next::After { reasons: 3, id: 7 };
    let sources = [
        Source::Latest { before: i64::MAX },
        Source::Latest { before: 7 },
        Source::Balance { nexts: [Next::Start; Stance::ALL.len()] },
        Source::Balance { nexts: [later, Next::End, later, Next::Start] },
        Source::FirstReplies { parents: vec![1, 2, 3], most: super::REPLIES },
        Source::Replies { parent: 1, from: 7, most: POSTS },
        Source::One(7),
    ];
    let readers = [reader(0, false), reader(person, false), reader(person, true)];
    let each = |source| readers.iter().map(move |who| statement(backend, proposal, who, source));
    sources.iter().flat_map(each).collect()
}
