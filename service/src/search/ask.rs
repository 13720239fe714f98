//! How the index is asked: the newest documents that hold all of some words, at most so many.
//!
//! SQLite walks the lists of an FTS5 index from the newest row and stops when it has enough. PostgreSQL's
//! GIN would gather all that matches before the first is seen: so rows lie in buckets, each a word of its
//! documents, and the index is asked for the newest bucket first, then for more and more, then for the rest; one
//! statement, whose later parts run only when the ones before did not give enough.

use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, Statement, Value};

use super::index::{Index, row_name};
use crate::error::Result;

/// Buckets of the first part, and of the ones after it; the last part has no bound. Each part goes as far as all
/// before it, so that never many more rows are looked at than twice those that are wanted.
const PARTS: &[i64] = &[1, 1, 2, 4, 8, 16];
/// The same where many words are asked for in one statement, which is planned as a whole each time.
pub(super) const FEW_PARTS: &[i64] = &[2, 6, 24];

/// What a document has to hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Ask {
    /// Each of these words.
    pub(super) all: Vec<String>,
    /// And one of these, unless there are none.
    pub(super) any: Vec<String>,
}

impl Ask {
    /// Words hold letters and digits alone (a property of `domain::bigram`), so no quote ends too early.
    fn fts5(&self) -> String {
        let mut parts: Vec<String> = self.all.iter().map(|word| format!("\"{word}\"")).collect();
        if !self.any.is_empty() {
            let any: Vec<String> = self.any.iter().map(|word| format!("\"{word}\"")).collect();
            parts.push(format!("({})", any.join(" OR ")));
        }
        parts.join(" AND ")
    }

    fn tsquery(&self) -> String {
        let mut parts: Vec<String> = self.all.iter().map(|word| format!("'{word}'")).collect();
        if !self.any.is_empty() {
            parts.push(format!("({})", one_of(&self.any)));
        }
        parts.join(" & ")
    }

    fn is_empty(&self) -> bool {
        self.all.is_empty() && self.any.is_empty()
    }
}

/// One of these words, for PostgreSQL.
fn one_of(words: &[String]) -> String {
    let words: Vec<String> = words.iter().map(|word| format!("'{word}'")).collect();
    words.join(" | ")
}

#[derive(Debug, FromQueryResult)]
struct Row {
    id: i64,
}

/// The rows of the newest documents that hold what is asked, the newest first, at most `limit`.
///
/// # Errors
/// [`Error::Db`](crate::Error::Db) when the database fails.
pub(super) async fn newest(
    db: &impl ConnectionTrait,
    index: Index,
    ask: &Ask,
    limit: u64,
) -> Result<Vec<i64>> {
    if ask.is_empty() {
        return Ok(Vec::new());
    }
    let backend = db.get_database_backend();
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let (sql, values) = if backend == DbBackend::Postgres {
        let Some(last) = last_row(db, index).await? else { return Ok(Vec::new()) };
        let mut values = Vec::new();
        (in_buckets(index, ask, last, limit, PARTS, &mut values), values)
    } else {
        let table = index.table();
        let sql = format!(
            "SELECT rowid AS id FROM {table} WHERE {table} MATCH $1 ORDER BY rowid DESC LIMIT $2"
        );
        (sql, vec![ask.fts5().into(), limit.into()])
    };
    let statement = Statement::from_sql_and_values(backend, sql, values);
    let mut rows: Vec<i64> =
        Row::find_by_statement(statement).all(db).await?.into_iter().map(|row| row.id).collect();
    rows.sort_unstable_by(|a, b| b.cmp(a));
    Ok(rows)
}

/// The statement for PostgreSQL whose newest row is `last`, in parts of so many buckets; its values go after those
/// that are there.
pub(super) fn in_buckets(
    index: Index,
    ask: &Ask,
    last: i64,
    limit: i64,
    counts: &[i64],
    values: &mut Vec<Value>,
) -> String {
    let table = index.table();
    // A part with an end of its own is never given to a worker beside the others, who would look through the
    // oldest where the newest are enough. And no part is in the order of the key, or begins by it: the planner,
    // which takes a rare word for one that comes now and then, would rather read the whole table backwards.
    // Words and buckets are asked for apart: GIN leaps with each to where the other stands, while of one question
    // it looks at all rows of all buckets, or at all that hold the rarest word.
    values.push(limit.into());
    let most = values.len();
    values.push(ask.tsquery().into());
    let asked = format!("words @@ CAST(${} AS tsquery)", values.len());
    let mut parts = Vec::new();
    let mut newest = index.bucket(last);
    for count in counts {
        if newest < 0 {
            break;
        }
        let oldest = (newest - count + 1).max(0);
        let buckets: Vec<String> = (oldest..=newest).map(|bucket| format!("b{bucket}")).collect();
        values.push(one_of(&buckets).into());
        parts.push(format!(
            "SELECT id FROM {table} WHERE {asked} AND words @@ CAST(${} AS tsquery) \
             ORDER BY id + 0 DESC LIMIT ${most}",
            values.len()
        ));
        newest = oldest - 1;
    }
    if newest >= 0 {
        values.push(first_of(index, newest + 1).into());
        parts.push(format!(
            "SELECT id FROM {table} WHERE {asked} AND id + 0 < ${} \
             ORDER BY id + 0 DESC LIMIT ${most}",
            values.len()
        ));
    }
    // One part has its limit already, and PostgreSQL takes no second one.
    if let [only] = &parts[..] {
        return only.clone();
    }
    let parts: Vec<String> = parts.iter().map(|part| format!("({part})")).collect();
    format!("{} LIMIT ${most}", parts.join(" UNION ALL "))
}

/// The first row of a bucket.
fn first_of(index: Index, bucket: i64) -> i64 {
    match index {
        Index::Matters => bucket << 12,
        Index::Posts => bucket << 14,
    }
}

/// The newest row of an index, as its key has it.
pub(super) async fn last_row(db: &impl ConnectionTrait, index: Index) -> Result<Option<i64>> {
    let backend = db.get_database_backend();
    let row = row_name(backend);
    let sql = format!("SELECT {row} AS id FROM {} ORDER BY {row} DESC LIMIT 1", index.table());
    let found = Row::find_by_statement(Statement::from_string(backend, sql)).one(db).await?;
    Ok(found.map(|row| row.id))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask() -> Ask {
        Ask {
            all: vec!["1x停车".into(), "1x车位".into()], any: vec!["1ma".into(), "1mb".into()]
        }
    }

    #[test]
    fn both_ways_of_asking() {
        assert_eq!(ask().fts5(), "\"1x停车\" AND \"1x车位\" AND (\"1ma\" OR \"1mb\")");
        assert_eq!(ask().tsquery(), "'1x停车' & '1x车位' & ('1ma' | '1mb')");
    }

    #[test]
    fn buckets_cover_every_row_once() {
        for last in [0, 1, 16_383, 16_384, 100_000, 1_000_000, 10_000_000] {
            let mut values = Vec::new();
            let sql = in_buckets(Index::Posts, &ask(), last, 5, PARTS, &mut values);
            let text = |value: &Value| format!("{value:?}");
            let mut buckets = Vec::new();
            for value in &values {
                for part in text(value).split('\'').filter(|p| p.starts_with('b')) {
                    buckets.push(part[1..].parse::<i64>().unwrap_or(-1));
                }
            }
            let newest = Index::Posts.bucket(last);
            let oldest = newest + 1 - i64::try_from(buckets.len()).unwrap_or(0);
            buckets.sort_unstable();
            assert_eq!(buckets, (oldest..=newest).collect::<Vec<_>>(), "{last}");
            // What no bucket names is asked for by its row; each part ends by itself, below the one before, and
            // asks for all words.
            assert_eq!(sql.matches("id + 0 < $").count(), usize::from(oldest > 0), "{last}");
            let parts = sql.matches("SELECT").count();
            assert_eq!(sql.matches("WHERE words @@ CAST($2 AS tsquery) AND").count(), parts);
            assert_eq!(sql.matches("ORDER BY id + 0 DESC LIMIT $1").count(), parts, "{last}");
            assert_eq!(
                sql.matches("LIMIT").count(),
                if parts == 1 { 1 } else { parts + 1 },
                "{last}"
            );
            assert!(sql.ends_with(" LIMIT $1"), "{last}: {sql}");
            assert!(oldest >= 0);
        }
    }
}
