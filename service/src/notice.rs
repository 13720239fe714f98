//! Notices: what was announced in a deciding transaction becomes one mail a follower.
//!
//! [`matter::show_in_txn`](crate::matter::show_in_txn) writes a notice with each step. The mails
//! come later, in batches, so that a matter with 50,000 followers holds no lock for long.

use domain::ids::{CommunityId, PersonId};
use domain::time::Timestamp;
use entities::{follow, mail, notice, proposal};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, FromQueryResult, QueryFilter,
    QueryOrder, QuerySelect, Set, Statement,
};

use crate::error::{Error, Result};
use crate::hall::Hall;
use crate::place_follow::FOLLOWS;

/// Notices looked at together.
const NOTICES_AT_ONCE: u64 = 50;

/// Whom a step is told to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// Everyone who follows the matter.
    Followers,
    /// The same, and everyone who follows its category or a place where it is.
    PlaceFollowers,
    /// Its author alone: the matter is not public in that state.
    Author,
    /// Nobody: nothing changes for those who follow, or they are told by another step.
    Nobody,
}

/// Whom a step is told to, by its stable name. A name that isn't known is told to nobody: mail is
/// only for what changes something for its reader.
#[must_use]
pub fn audience(kind: &str) -> Audience {
    match kind {
        "return" | "text_removed" | "text_restored" | "text_declined" => Audience::Author,
        "publish" => Audience::PlaceFollowers,
        "not_accept" | "merge" | "merge_asked" | "merge_objected" | "merge_ended" | "unmerge"
        | "withdraw" | "accept" | "deliberate" | "open_ballot" | "ballot_failed" | "decide"
        | "contest" | "refer" | "suspend" | "resume" | "progress" | "extended" | "complete"
        | "reopen" | "session" | "summary" | "text_changed" | "text_raised" => Audience::Followers,
        _ => Audience::Nobody,
    }
}

/// Writes the mails of every notice that has none yet, at most `batch` in a transaction; gives
/// their number. `host` ends the Message-IDs (RFC 5322, 3.6.4).
///
/// Killed in the middle it goes on where it was: a notice counts as expanded with its last batch,
/// and a person gets one mail of a notice, however many servers expand it.
///
/// # Errors
/// [`Error::Db`] when the database fails.
pub async fn notices_expand(hall: &Hall, host: &str, batch: u64) -> Result<usize> {
    let mut written = 0;
    loop {
        let waiting = notice::Entity::find()
            .filter(notice::Column::ExpandedAt.is_null())
            .order_by_asc(notice::Column::Id)
            .limit(NOTICES_AT_ONCE)
            .all(hall.db.read())
            .await?;
        if waiting.is_empty() {
            return Ok(written);
        }
        for notice in waiting {
            written += notice_expand(hall, host, &notice, batch.max(1)).await?;
        }
    }
}

/// Marks every notice as told without writing a mail: after months were made up for a demo.
///
/// # Errors
/// [`Error::Db`] when the database fails.
pub async fn notices_skip(hall: &Hall) -> Result<()> {
    let txn = hall.db.begin().await?;
    notice::Entity::update_many()
        .col_expr(notice::Column::ExpandedAt, Expr::value(hall.now().0))
        .filter(notice::Column::ExpandedAt.is_null())
        .exec(&txn)
        .await?;
    txn.commit().await?;
    Ok(())
}

async fn notice_expand(
    hall: &Hall,
    host: &str,
    notice: &notice::Model,
    batch: u64,
) -> Result<usize> {
    let mut written = 0;
    let mut after = 0;
    loop {
        let txn = hall.db.begin().await?;
        let readers = readers_in_txn(&txn, notice, after, batch).await?;
        let last = (readers.len() as u64) < batch;
        after = readers.last().map_or(after, |reader| reader.person_id);
        written += readers.len();
        write_in_txn(hall, &txn, host, notice, readers).await?;
        if last {
            notice::Entity::update_many()
                .col_expr(notice::Column::ExpandedAt, Expr::value(hall.now().0))
                .filter(notice::Column::Id.eq(notice.id))
                .filter(notice::Column::ExpandedAt.is_null())
                .exec(&txn)
                .await?;
        }
        txn.commit().await?;
        if last {
            return Ok(written);
        }
    }
}

#[derive(Debug, FromQueryResult)]
struct Reader {
    person_id: i64,
    address: String,
}

/// Who is told of a notice and has no mail of it yet, by their row, after the one at `after`.
async fn readers_in_txn(
    txn: &DatabaseTransaction,
    notice: &notice::Model,
    after: i64,
    batch: u64,
) -> Result<Vec<Reader>> {
    // Who stopped the mails about a matter gets none about it as a place's follower either.
    let places = format!(
        "SELECT person_id FROM follow WHERE proposal_id = $1 AND created_at <= $4 AND stopped_at IS NULL \
         UNION SELECT pf.person_id FROM proposal p JOIN place_follow pf ON {FOLLOWS} \
         WHERE p.id = $1 AND pf.created_at <= $4 AND NOT EXISTS \
         (SELECT 1 FROM follow o WHERE o.proposal_id = $1 AND o.person_id = pf.person_id)"
    );
    let followers = "SELECT person_id FROM follow \
         WHERE proposal_id = $1 AND created_at <= $4 AND stopped_at IS NULL";
    let (who, only) = match audience(&notice.kind) {
        Audience::Nobody => return Ok(Vec::new()),
        Audience::Followers => (followers, ""),
        Audience::PlaceFollowers => (places.as_str(), ""),
        Audience::Author => (followers, "AND f.person_id = p.author_id"),
    };
    let sql = format!(
        "SELECT f.person_id, person.email AS address FROM ({who}) f \
         JOIN proposal p ON p.id = $1 JOIN person ON person.id = f.person_id \
         WHERE person.community_id = p.community_id AND f.person_id > $2 AND f.person_id <> $3 \
         AND person.email IS NOT NULL AND person.consent_version IS NOT NULL {only} \
         AND NOT EXISTS (SELECT 1 FROM mail m WHERE m.notice_id = $5 AND m.person_id = f.person_id) \
         ORDER BY f.person_id LIMIT $6"
    );
    let values = [
        notice.proposal_id.into(),
        after.into(),
        notice.actor_id.unwrap_or(0).into(),
        notice.at.into(),
        notice.id.into(),
        i64::try_from(batch).unwrap_or(i64::MAX).into(),
    ];
    let statement = Statement::from_sql_and_values(txn.get_database_backend(), sql, values);
    Ok(Reader::find_by_statement(statement).all(txn).await?)
}

async fn write_in_txn(
    hall: &Hall,
    txn: &DatabaseTransaction,
    host: &str,
    notice: &notice::Model,
    readers: Vec<Reader>,
) -> Result<()> {
    if readers.is_empty() {
        return Ok(());
    }
    let now = hall.now().0;
    let rows = readers.into_iter().map(|reader| {
        let random = hex::encode(hall.dice.bytes16());
        mail::ActiveModel {
            notice_id: Set(Some(notice.id)),
            person_id: Set(reader.person_id),
            address: Set(reader.address),
            message_id: Set(format!("<{}.{}.{random}@{host}>", notice.id, reader.person_id)),
            state: Set("waiting".to_owned()),
            attempts: Set(0),
            next_at: Set(now),
            leased_until: Set(0),
            last_error: Set(None),
            created_at: Set(now),
            sent_at: Set(None),
            ..Default::default()
        }
    });
    // Another server may expand the same notice at the same time: one mail a person stays.
    let once = OnConflict::columns([mail::Column::NoticeId, mail::Column::PersonId])
        .do_nothing()
        .to_owned();
    mail::Entity::insert_many(rows).on_conflict(once).exec_without_returning(txn).await?;
    Ok(())
}

/// What the link at the end of a mail is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FollowLink {
    /// The matter's community.
    pub community: CommunityId,
    /// The matter's public number.
    pub number: i64,
    /// Its title.
    pub title: String,
    /// Who follows.
    pub person: PersonId,
    /// Since when no mail is sent; `None` while it is.
    pub stopped_at: Option<Timestamp>,
}

/// What the link with that secret is about. Changes nothing.
///
/// # Errors
/// [`Error::NotFound`] when there is no such link.
pub async fn follow_link(hall: &Hall, token: &str) -> Result<FollowLink> {
    let (row, matter) = by_token(hall.db.read(), token).await?;
    Ok(link(&row, matter))
}

/// Stops the mails about a matter to whoever holds the link (RFC 8058: no sign-in, no question);
/// those that wait are never sent. Stopping again changes nothing.
///
/// # Errors
/// [`Error::NotFound`] when there is no such link.
pub async fn follow_stop(hall: &Hall, token: &str) -> Result<FollowLink> {
    let txn = hall.db.begin().await?;
    let (mut row, matter) = by_token(&txn, token).await?;
    if row.stopped_at.is_none() {
        let now = hall.now();
        crate::follow::stop_in_txn(&txn, row.proposal_id, row.person_id, now).await?;
        row.stopped_at = Some(now.0);
    }
    txn.commit().await?;
    Ok(link(&row, matter))
}

fn link(row: &follow::Model, matter: proposal::Model) -> FollowLink {
    FollowLink {
        community: CommunityId(matter.community_id),
        number: matter.number.unwrap_or_default(),
        title: matter.title,
        person: PersonId(row.person_id),
        stopped_at: row.stopped_at.map(Timestamp),
    }
}

async fn by_token(
    db: &impl ConnectionTrait,
    token: &str,
) -> Result<(follow::Model, proposal::Model)> {
    // Whatever stands in an address comes here, and PostgreSQL takes no NUL in a text.
    if !token.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(Error::NotFound);
    }
    let row = follow::Entity::find()
        .filter(follow::Column::Token.eq(token))
        .one(db)
        .await?
        .ok_or(Error::NotFound)?;
    let matter =
        proposal::Entity::find_by_id(row.proposal_id).one(db).await?.ok_or(Error::NotFound)?;
    Ok((row, matter))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn told_is_what_changes_something() {
        let table = [
            ("submit", Audience::Nobody),
            ("publish", Audience::PlaceFollowers),
            ("return", Audience::Author),
            ("not_accept", Audience::Followers),
            ("merge", Audience::Followers),
            ("merged_in", Audience::Nobody),
            ("merge_asked", Audience::Followers),
            ("merge_asked_in", Audience::Nobody),
            ("merge_objected", Audience::Followers),
            ("merge_ended", Audience::Followers),
            ("unmerge", Audience::Followers),
            ("unmerged", Audience::Nobody),
            ("withdraw", Audience::Followers),
            ("accept", Audience::Followers),
            ("deliberate", Audience::Followers),
            ("open_ballot", Audience::Followers),
            ("ballot_failed", Audience::Followers),
            ("decide", Audience::Followers),
            ("contest", Audience::Followers),
            ("refer", Audience::Followers),
            ("suspend", Audience::Followers),
            ("resume", Audience::Followers),
            ("complete", Audience::Followers),
            ("close_review", Audience::Nobody),
            ("reopen", Audience::Followers),
            ("archive", Audience::Nobody),
            ("progress", Audience::Followers),
            ("extended", Audience::Followers),
            ("session", Audience::Followers),
            ("summary", Audience::Followers),
            ("text_edited", Audience::Nobody),
            ("text_corrected", Audience::Nobody),
            ("text_changed", Audience::Followers),
            ("text_scope", Audience::Nobody),
            ("text_raised", Audience::Followers),
            ("text_declined", Audience::Author),
            ("dissatisfied", Audience::Nobody),
            ("something new", Audience::Nobody),
        ];
        for (kind, expected) in table {
            assert_eq!(audience(kind), expected, "{kind}");
        }
    }
}
