//! Writing the audit chain: in the same transaction as what it records.

use domain::audit::{Broken, Entry, GENESIS, Verifier, Why};
use domain::time::Timestamp;
use entities::{audit, audit_head};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseTransaction, DbBackend, EntityTrait,
    QueryFilter, QueryOrder, QuerySelect, Set, Statement,
};

use crate::db::Db;
use crate::error::{Error, Result};
use crate::search;

/// The chain's only head.
const HEAD: i64 = 1;
/// Entries read at a time when the chain is checked.
const CHUNK: u64 = 1_000;

/// What is recorded, besides its place in the chain.
#[derive(Debug, Clone, Default)]
pub struct Record {
    /// Who: `person:12`, `clock`, or `operator`.
    pub actor: String,
    /// What was done.
    pub action: String,
    /// On what: `proposal:3`.
    pub subject: String,
    /// How it was before.
    pub before: Option<String>,
    /// How it is now.
    pub after: Option<String>,
    /// Why.
    pub reason: Option<String>,
}

/// The chain's head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// Sequence number of the last entry; 0 before the first.
    pub seq: i64,
    /// Its hash, hex.
    pub hash: String,
}

/// Makes sure that the head's row is there.
///
/// # Errors
/// [`Error::Db`] when the database fails.
pub async fn ensure_head(db: &Db) -> Result<()> {
    if audit_head::Entity::find_by_id(HEAD).one(db.read()).await?.is_some() {
        return Ok(());
    }
    let head =
        audit_head::ActiveModel { id: Set(HEAD), seq: Set(0), hash: Set(hex::encode(GENESIS)) };
    let txn = db.begin().await?;
    audit_head::Entity::insert(head)
        .on_conflict(OnConflict::column(audit_head::Column::Id).do_nothing().to_owned())
        .exec_without_returning(&txn)
        .await?;
    txn.commit().await?;
    Ok(())
}

/// The head as it stands.
///
/// # Errors
/// [`Error::Db`] when the database fails.
pub async fn head(db: &impl ConnectionTrait) -> Result<Head> {
    let row = audit_head::Entity::find_by_id(HEAD).one(db).await?;
    let row = row.ok_or_else(|| Error::Broken("the audit chain has no head".into()))?;
    Ok(Head { seq: row.seq, hash: row.hash })
}

/// Appends an entry. Call it last in a transaction: it holds the chain's lock until the commit, and what the
/// entry is about is found by the words that it holds now.
///
/// # Errors
/// [`Error::Db`] when the database fails.
pub async fn append_in_txn(
    txn: &DatabaseTransaction,
    at: Timestamp,
    record: Record,
) -> Result<Head> {
    search::changed_in_txn(txn, &record.subject, &record.action).await?;
    if txn.get_database_backend() == DbBackend::Postgres {
        txn.execute_raw(Statement::from_string(
            DbBackend::Postgres,
            "SELECT seq FROM audit_head WHERE id = 1 FOR UPDATE",
        ))
        .await?;
    }
    let last = head(txn).await?;
    let mut prev = [0; 32];
    hex::decode_to_slice(&last.hash, &mut prev)
        .map_err(|error| Error::Broken(format!("the audit chain's head: {error}")))?;
    let entry = Entry {
        seq: last.seq + 1,
        at_ms: at.0,
        actor: record.actor,
        action: record.action,
        subject: record.subject,
        before: record.before,
        after: record.after,
        reason: record.reason,
        prev,
    };
    let hash = hex::encode(entry.hash());
    let head = Head { seq: entry.seq, hash: hash.clone() };
    let row = audit::ActiveModel {
        seq: Set(entry.seq),
        at: Set(entry.at_ms),
        actor: Set(entry.actor),
        action: Set(entry.action),
        subject: Set(entry.subject),
        before: Set(entry.before),
        after: Set(entry.after),
        reason: Set(entry.reason),
        prev: Set(last.hash),
        hash: Set(hash.clone()),
    };
    audit::Entity::insert(row).exec_without_returning(txn).await?;
    audit_head::ActiveModel { id: Set(HEAD), seq: Set(head.seq), hash: Set(hash) }
        .update(txn)
        .await?;
    Ok(head)
}

/// What a check of the whole chain found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Every entry fits, and the head is the last one.
    Whole(Head),
    /// The first entry that doesn't fit.
    Broken(Broken),
    /// The entries fit each other, but the head says another end: entries were cut off, or it was set
    /// back.
    HeadDiffers {
        /// What the entries give.
        found: Head,
        /// What the head says.
        stored: Head,
    },
}

/// Checks the whole chain.
///
/// # Errors
/// [`Error::Db`] when the database fails.
pub async fn verify(db: &Db) -> Result<Verdict> {
    // In this order: while a server goes on appending, the head read second is never behind.
    let newest: Option<i64> = audit::Entity::find()
        .select_only()
        .column(audit::Column::Seq)
        .order_by_desc(audit::Column::Seq)
        .into_tuple()
        .one(db.read())
        .await?;
    let stored = head(db.read()).await?;
    let end = newest.unwrap_or(0).max(stored.seq);
    let mut verifier = Verifier::new();
    let mut last = 0;
    loop {
        let rows = audit::Entity::find()
            .filter(audit::Column::Seq.gt(last))
            .filter(audit::Column::Seq.lte(end))
            .order_by_asc(audit::Column::Seq)
            .limit(CHUNK)
            .all(db.read())
            .await;
        let rows = match rows {
            Ok(rows) => rows,
            Err(error) => match unreadable(db, last, end).await? {
                Some(seq) => return Ok(Verdict::Broken(Broken { seq, why: Why::Unreadable })),
                None => return Err(error.into()),
            },
        };
        if rows.is_empty() {
            break;
        }
        for row in rows {
            last = row.seq;
            let (entry, hash) = read(row);
            if let Err(broken) = verifier.push(&entry, &hash) {
                return Ok(Verdict::Broken(broken));
            }
        }
    }
    let found = Head { seq: verifier.count(), hash: hex::encode(verifier.head()) };
    Ok(if found == stored {
        Verdict::Whole(stored)
    } else {
        Verdict::HeadDiffers { found, stored }
    })
}

/// The first entry after `last` whose number is there but whose fields can't be read: broken bytes, where
/// a database that doesn't answer at all would have failed with its number too.
async fn unreadable(db: &Db, last: i64, end: i64) -> Result<Option<i64>> {
    let numbers: Vec<i64> = audit::Entity::find()
        .select_only()
        .column(audit::Column::Seq)
        .filter(audit::Column::Seq.gt(last))
        .filter(audit::Column::Seq.lte(end))
        .order_by_asc(audit::Column::Seq)
        .limit(CHUNK)
        .into_tuple()
        .all(db.read())
        .await?;
    for seq in numbers {
        if audit::Entity::find_by_id(seq).one(db.read()).await.is_err() {
            return Ok(Some(seq));
        }
    }
    Ok(None)
}

/// A stored entry. Hashes that are not hex as [`append_in_txn`] writes it become ones, which neither
/// an entry nor the chain's beginning hashes to.
fn read(row: audit::Model) -> (Entry, [u8; 32]) {
    let bytes = |text: &str| {
        let mut bytes = [0; 32];
        let read = hex::decode_to_slice(text, &mut bytes);
        // Large letters would read as the same bytes, yet somebody has written them.
        if read.is_ok() && hex::encode(bytes) == text { bytes } else { [u8::MAX; 32] }
    };
    let hash = bytes(&row.hash);
    let entry = Entry {
        seq: row.seq,
        at_ms: row.at,
        actor: row.actor,
        action: row.action,
        subject: row.subject,
        before: row.before,
        after: row.after,
        reason: row.reason,
        prev: bytes(&row.prev),
    };
    (entry, hash)
}
