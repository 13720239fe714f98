//! The outbox: which mails are to be sent now, and what became of them.
//!
//! A worker leases a few mails, sends them outside any transaction, and says what came of each. If
//! it dies in between, its lease runs out and they are sent again under the same Message-ID: a
//! mail is never lost, and one that arrives twice is known as the same.

mod account;

use std::collections::HashSet;

use domain::ids::MailId;
use domain::proposal::Verdict;
use domain::role::Role;
use domain::route::Route;
use domain::time::{HOUR_MS, MINUTE_MS, Timestamp};
use entities::mail;
use sea_orm::sea_query::{Expr, LockBehavior, LockType};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, FromQueryResult, QueryFilter,
    QueryOrder, QuerySelect, Statement, Value,
};
use serde::Deserialize;

use crate::dice::Dice;
use crate::error::Result;
use crate::hall::Hall;
use crate::place_follow::FOLLOWS;

pub use account::AccountNews;
pub(crate) use account::{email_changed_in_txn, password_changed_in_txn, reset_in_txn};

/// How long to wait after the first, second, … failed try; the last one holds for those after it.
const BACK_OFF_MS: [i64; 6] =
    [MINUTE_MS, 5 * MINUTE_MS, 25 * MINUTE_MS, 2 * HOUR_MS, 6 * HOUR_MS, 24 * HOUR_MS];
/// A mail that failed so often is dead.
pub const TRIES: i64 = 8;
/// What is kept of an error, in characters.
const ERROR_CHARS: usize = 300;

/// Why somebody is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Because {
    /// They raised the matter.
    Raised,
    /// They co-signed it.
    Cosigned,
    /// They follow it.
    Follows,
    /// They follow its category, or a place where it is.
    FollowsPlace,
}

/// One mail to one person, with all that its words need.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// Its row.
    pub id: MailId,
    /// Until when it is leased, Unix ms: names the lease.
    pub lease: i64,
    /// Failed tries so far.
    pub attempts: i64,
    /// Where to.
    pub address: String,
    /// Message-ID with its angle brackets, the same at every try. One of a mail about the account has no
    /// `@` and host yet: whoever sends it adds its own.
    pub message_id: String,
    /// The reader's language: `zh` or `en`.
    pub language: String,
    /// The community's name.
    pub community: String,
    /// What its addresses begin with: empty for the first one, else `/c/{slug}`.
    pub prefix: String,
    /// What it is about.
    pub about: About,
}

/// What a mail is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum About {
    /// A step of a matter.
    Step(Box<StepNews>),
    /// The reader's own account.
    Account(AccountNews),
}

/// A step of a matter, as its followers are told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepNews {
    /// The matter's public number.
    pub number: i64,
    /// Its title.
    pub title: String,
    /// The step's stable name.
    pub kind: String,
    /// When the step was taken.
    pub at: Timestamp,
    /// In what role; none for the clock or a resident.
    pub role: Option<Role>,
    /// The public reason or note.
    pub reason: Option<String>,
    /// When the next act is due.
    pub due: Option<Timestamp>,
    /// What was decided, by a ballot's count too.
    pub verdict: Option<Verdict>,
    /// Who does it, or the right way for what is not for this hall.
    pub route: Option<Route>,
    /// Who does it, by name.
    pub receiver: Option<String>,
    /// The number of the matter that it was merged into.
    pub merged_into: Option<i64>,
    /// The ballot's public number, if the step is about one.
    pub ballot: Option<i64>,
    /// Why the reader is told.
    pub because: Because,
    /// Secret of the link that stops these mails.
    pub token: String,
}

/// Leases at most `n` mails that are due, for `lease_ms` milliseconds: no other worker gets them
/// until then, on this server or another. Mails to people who have stopped them, or have no address
/// any more, are dropped on the way, and so are links that nobody could use any more.
///
/// # Errors
/// [`Error::Db`](crate::Error::Db) when the database fails, [`Error::Broken`](crate::Error::Broken) when a step's facts can't be read.
pub async fn mail_lease(hall: &Hall, n: u64, lease_ms: i64) -> Result<Vec<Letter>> {
    let now = hall.now();
    let lease = now.plus_ms(lease_ms).0;
    let due = mail::Entity::find()
        .select_only()
        .column(mail::Column::Id)
        .filter(mail::Column::State.eq("waiting"))
        .filter(mail::Column::NextAt.lte(now.0))
        .filter(mail::Column::LeasedUntil.lte(now.0));
    // Looked for often and seldom found: the writers need not wait for it.
    if due.clone().limit(1).into_tuple::<i64>().one(hall.db.read()).await?.is_none() {
        return Ok(Vec::new());
    }
    let txn = hall.db.begin().await?;
    let ids: Vec<i64> = due
        .order_by_asc(mail::Column::NextAt)
        .order_by_asc(mail::Column::Id)
        .limit(n)
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
        .into_tuple()
        .all(&txn)
        .await?;
    if ids.is_empty() {
        txn.rollback().await?;
        return Ok(Vec::new());
    }
    mail::Entity::update_many()
        .col_expr(mail::Column::LeasedUntil, Expr::value(lease))
        .filter(mail::Column::Id.is_in(ids.iter().copied()))
        .exec(&txn)
        .await?;
    let rows = rows_in_txn(&txn, &ids).await?;
    for row in &rows {
        if row.address != row.last_address {
            mail::Entity::update_many()
                .col_expr(mail::Column::Address, Expr::value(row.address.as_str()))
                .filter(mail::Column::Id.eq(row.id))
                .exec(&txn)
                .await?;
        }
    }
    let account = account::rows_in_txn(&txn, &ids, now).await?;
    let kept: HashSet<i64> =
        rows.iter().map(|row| row.id).chain(account.iter().map(|row| row.id)).collect();
    let dropped: Vec<i64> = ids.into_iter().filter(|id| !kept.contains(id)).collect();
    if !dropped.is_empty() {
        mail::Entity::delete_many().filter(mail::Column::Id.is_in(dropped)).exec(&txn).await?;
    }
    txn.commit().await?;
    let account = account.into_iter().map(|row| row.letter(hall, lease));
    account.chain(rows.into_iter().map(|row| row.letter(lease))).collect()
}

/// The mail has left.
///
/// # Errors
/// [`Error::Db`](crate::Error::Db) when the database fails.
pub async fn mail_sent(hall: &Hall, letter: &Letter) -> Result<()> {
    let txn = hall.db.begin().await?;
    // Even when the lease ran out meanwhile: it has left, and nobody need send it again.
    mail::Entity::update_many()
        .col_expr(mail::Column::State, Expr::value("sent"))
        .col_expr(mail::Column::SentAt, Expr::value(hall.now().0))
        .col_expr(mail::Column::LeasedUntil, Expr::value(0_i64))
        .col_expr(mail::Column::LastError, Expr::value(None::<String>))
        // A secret is kept only until it is told.
        .col_expr(mail::Column::Data, Expr::value(None::<String>))
        .filter(mail::Column::Id.eq(letter.id.0))
        .exec(&txn)
        .await?;
    txn.commit().await?;
    Ok(())
}

/// The mail was not taken: never will be (`permanent`: a 5xx answer, RFC 5321 4.2.1), or perhaps
/// later. After [`TRIES`] tries it is dead, and the committee sees it.
///
/// # Errors
/// [`Error::Db`](crate::Error::Db) when the database fails.
pub async fn mail_failed(hall: &Hall, letter: &Letter, permanent: bool, error: &str) -> Result<()> {
    let attempts = letter.attempts + 1;
    let state = if permanent || attempts >= TRIES { "dead" } else { "waiting" };
    let next_at = hall.now().plus_ms(back_off_ms(attempts, hall.dice.as_ref()));
    let error: String = error.chars().take(ERROR_CHARS).collect();
    let txn = hall.db.begin().await?;
    let mut marked = mail::Entity::update_many();
    if state == "dead" {
        marked = marked.col_expr(mail::Column::Data, Expr::value(None::<String>));
    }
    marked
        .col_expr(mail::Column::State, Expr::value(state))
        .col_expr(mail::Column::Attempts, Expr::value(attempts))
        .col_expr(mail::Column::NextAt, Expr::value(next_at.0))
        .col_expr(mail::Column::LeasedUntil, Expr::value(0_i64))
        .col_expr(mail::Column::LastError, Expr::value(error))
        .filter(mail::Column::Id.eq(letter.id.0))
        // Another worker has it, or has sent it, once the lease ran out.
        .filter(mail::Column::LeasedUntil.eq(letter.lease))
        .filter(mail::Column::State.eq("waiting"))
        .exec(&txn)
        .await?;
    txn.commit().await?;
    Ok(())
}

/// Gives back mails that were leased and not tried: the server stops.
///
/// # Errors
/// [`Error::Db`](crate::Error::Db) when the database fails.
pub async fn mail_give_back(hall: &Hall, letters: &[Letter]) -> Result<()> {
    let Some(lease) = letters.first().map(|letter| letter.lease) else { return Ok(()) };
    let txn = hall.db.begin().await?;
    mail::Entity::update_many()
        .col_expr(mail::Column::LeasedUntil, Expr::value(0_i64))
        .filter(mail::Column::Id.is_in(letters.iter().map(|letter| letter.id.0)))
        .filter(mail::Column::LeasedUntil.eq(lease))
        .exec(&txn)
        .await?;
    txn.commit().await?;
    Ok(())
}

/// The wait after the `attempts`-th failed try, with up to a fifth more, so that mails that failed
/// together don't all come back together.
fn back_off_ms(attempts: i64, dice: &dyn Dice) -> i64 {
    let index = usize::try_from(attempts - 1).unwrap_or(0).min(BACK_OFF_MS.len() - 1);
    let wait = BACK_OFF_MS.get(index).copied().unwrap_or(HOUR_MS);
    let mut bytes = [0; 4];
    dice.fill(&mut bytes);
    wait + i64::from(u32::from_le_bytes(bytes)) % (wait / 5)
}

#[derive(Debug, FromQueryResult)]
struct Row {
    id: i64,
    attempts: i64,
    address: String,
    last_address: String,
    message_id: String,
    language: String,
    community: String,
    community_id: i64,
    slug: Option<String>,
    first_id: i64,
    number: i64,
    title: String,
    kind: String,
    at: i64,
    actor_role: Option<String>,
    reason: Option<String>,
    due_at: Option<i64>,
    detail: Option<String>,
    raised: i64,
    cosigned: i64,
    placed: i64,
    token: String,
}

/// What the mails need, in one statement; those that nobody is to get any more are missing.
async fn rows_in_txn(txn: &DatabaseTransaction, ids: &[i64]) -> Result<Vec<Row>> {
    let places: Vec<String> = (1..=ids.len()).map(|n| format!("${n}")).collect();
    let sql = format!(
        "SELECT m.id, m.attempts, person.email AS address, m.address AS last_address, \
           m.message_id, person.language, c.name AS community, \
           c.id AS community_id, c.slug, (SELECT MIN(id) FROM community) AS first_id, p.number, p.title, \
           s.kind, s.at, s.actor_role, s.reason, s.detail, s.due_at, \
           COALESCE(f.token, pf.token) AS token, \
           CASE WHEN f.token IS NULL THEN CAST(1 AS BIGINT) ELSE 0 END AS placed, \
           CASE WHEN p.author_id = m.person_id THEN CAST(1 AS BIGINT) ELSE 0 END AS raised, \
           (SELECT count(*) FROM cosign WHERE cosign.proposal_id = p.id \
              AND cosign.person_id = m.person_id) AS cosigned \
         FROM mail m JOIN notice n ON n.id = m.notice_id JOIN step s ON s.id = n.step_id \
         JOIN proposal p ON p.id = n.proposal_id JOIN community c ON c.id = p.community_id \
         JOIN person ON person.id = m.person_id \
         LEFT JOIN follow f ON f.proposal_id = n.proposal_id AND f.person_id = m.person_id \
         LEFT JOIN place_follow pf ON f.token IS NULL AND s.kind = 'publish' AND pf.token = ( \
           SELECT MIN(pf.token) FROM place_follow pf WHERE pf.person_id = m.person_id AND {FOLLOWS}) \
         WHERE m.id IN ({}) AND f.stopped_at IS NULL AND (f.token IS NOT NULL OR pf.token IS NOT NULL) \
           AND person.email IS NOT NULL \
           AND person.consent_version IS NOT NULL AND p.number IS NOT NULL \
         ORDER BY m.next_at, m.id",
        places.join(", ")
    );
    let values = ids.iter().map(|id| Value::from(*id));
    let statement = Statement::from_sql_and_values(txn.get_database_backend(), sql, values);
    Ok(Row::find_by_statement(statement).all(txn).await?)
}

/// The facts that steps carry and mails tell (`step.detail`).
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Facts {
    verdict: Option<Verdict>,
    passed: Option<bool>,
    route: Option<Route>,
    receiver: Option<String>,
    into: Option<i64>,
    ballot: Option<i64>,
    summary: Option<String>,
}

impl Row {
    fn letter(self, lease: i64) -> Result<Letter> {
        let facts: Facts = match &self.detail {
            Some(detail) => serde_json::from_str(detail)?,
            None => Facts::default(),
        };
        // A ballot decides by its count.
        let counted = |passed| if passed { Verdict::Adopted } else { Verdict::NotAdopted };
        let verdict = match self.kind.as_str() {
            "decide" => facts.verdict.or(facts.passed.map(counted)),
            _ => None,
        };
        let because = if self.raised != 0 {
            Because::Raised
        } else if self.cosigned != 0 {
            Because::Cosigned
        } else if self.placed != 0 {
            Because::FollowsPlace
        } else {
            Because::Follows
        };
        let news = StepNews {
            number: self.number,
            title: self.title,
            kind: self.kind,
            at: Timestamp(self.at),
            role: self.actor_role.as_deref().and_then(Role::from_name),
            reason: self.reason.or(facts.summary),
            due: self.due_at.map(Timestamp),
            verdict,
            route: facts.route,
            receiver: facts.receiver.filter(|receiver| !receiver.is_empty()),
            merged_into: facts.into,
            ballot: facts.ballot,
            because,
            token: self.token,
        };
        Ok(Letter {
            id: MailId(self.id),
            lease,
            attempts: self.attempts,
            address: self.address,
            message_id: self.message_id,
            language: self.language,
            prefix: crate::community::prefix(self.community_id, self.slug, self.first_id).1,
            community: self.community,
            about: About::Step(Box::new(news)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dice::SeededDice;

    #[test]
    fn waits_longer_each_time() {
        let dice = SeededDice::new(7);
        let minutes = [1, 5, 25, 120, 360, 1_440, 1_440, 1_440];
        for (attempts, minutes) in (1..).zip(minutes) {
            let least = minutes * MINUTE_MS;
            for _ in 0..100 {
                let wait = back_off_ms(attempts, &dice);
                assert!((least..least + least / 5).contains(&wait), "try {attempts}: {wait}");
            }
        }
    }
}
