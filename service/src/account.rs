//! Signing in, and one's own account.

use domain::ids::{CommunityId, PersonId};
use domain::permission::{Action, Target, permit};
use domain::role::{Actor, Role};
use domain::text::TextError;
use domain::time::{DAY_MS, HOUR_MS, MINUTE_MS, Timestamp};
use entities::{person, sign_in_failure};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect, Set,
};
use sha2::{Digest, Sha256};

use crate::audit::{Record, append_in_txn};
use crate::error::{Error, Problem, Problems, Refusal, Result};
use crate::hall::Hall;
use crate::mail::email_changed_in_txn;
use crate::password::PASSWORD_MAX;
use crate::session::session_open_in_txn;
use crate::{own, people, rate, reset, setup};

/// So many failures in a row lock a name.
const FAILURES: i64 = 5;
/// The first lock; each further failure doubles it.
const LOCK_MS: i64 = MINUTE_MS;
/// The longest lock.
const LOCK_MAX_MS: i64 = HOUR_MS;
/// Failures are forgotten so long after the last.
const FORGOTTEN_MS: i64 = DAY_MS;
/// Bytes of an address (RFC 5321, 4.5.3.1.3 less the angle brackets).
const EMAIL_MAX: usize = 254;
/// Sign-in names of the people whom a demo offers.
pub const DEMO_PREFIX: &str = "demo-";

/// A try to sign in.
#[derive(Clone, Copy)]
pub struct SignIn<'a> {
    /// 登录名, as typed.
    pub name: &'a str,
    /// Password, as typed.
    pub password: &'a str,
    /// Where the try comes from, for the rate limit.
    pub client_address: &'a str,
    /// The browser as it names itself.
    pub agent: &'a str,
    /// The token that the browser has from before, if any; its session ends.
    pub replaces: Option<&'a str>,
}

impl std::fmt::Debug for SignIn<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignIn").finish_non_exhaustive()
    }
}

/// Signs in by name and password, and gives the token for the browser's cookie.
///
/// Names that are nobody's take the same way as names that are somebody's: a hash is compared, a
/// failure is counted, and enough of them lock the name. While it is locked even the right password
/// is refused, and nothing is counted.
///
/// # Errors
/// [`Error::TooOften`] by address; [`Error::Invalid`] with the fields `name` and `password` when one
/// is empty, and with `password` and [`Problem::Credentials`] when they don't fit;
/// [`Refusal::Locked`] after five failures in a row.
pub async fn sign_in(hall: &Hall, attempt: SignIn<'_>) -> Result<String> {
    let mut problems = Problems::default();
    let name = setup::sign_in_name(attempt.name);
    if name.is_empty() {
        problems.note("name", Problem::Text(TextError::Empty));
    }
    if attempt.password.is_empty() {
        problems.note("password", Problem::Text(TextError::Empty));
    }
    problems.done()?;
    rate::take(hall, rate::SIGN_IN, attempt.client_address).await?;

    let known = person::Entity::find()
        .filter(person::Column::SignInName.eq(&name))
        .one(hall.db.read())
        .await?;
    let fits = if attempt.password.len() > PASSWORD_MAX {
        false
    } else {
        let stored = known.as_ref().and_then(|row| row.password_hash.clone());
        hall.hasher.fits(attempt.password.to_owned(), stored).await?
    };

    let name_hash = hex::encode(Sha256::digest(name.as_bytes()));
    let now = hall.now();
    let txn = hall.db.begin().await?;
    let failed = count_in_txn(&txn, &name_hash, now).await?;
    if failed.locked_until > now.0 {
        txn.rollback().await?;
        return Err(Refusal::Locked { until_ms: failed.locked_until }.into());
    }
    let Some(row) = known.filter(|_| fits) else {
        let over = failed.failures - FAILURES;
        if over >= 0 {
            // Six doublings are past the longest lock.
            let lock_ms = (LOCK_MS << over.min(6)).min(LOCK_MAX_MS);
            let mut locked = failed.into_active_model();
            locked.locked_until = Set(now.0 + lock_ms);
            locked.update(&txn).await?;
        }
        txn.commit().await?;
        return Err(Error::field("password", Problem::Credentials));
    };
    sign_in_failure::Entity::delete_by_id(name_hash).exec(&txn).await?;
    let person = PersonId(row.id);
    let token =
        session_open_in_txn(hall, &txn, person, attempt.agent, attempt.replaces, false).await?;
    txn.commit().await?;
    Ok(token)
}

/// Counts one failure of a name, unless it is locked, and gives how it stands. A success takes it
/// back: counting first keeps the row locked, so that tries at the same time can't pass each other.
async fn count_in_txn(
    txn: &DatabaseTransaction,
    name_hash: &str,
    now: Timestamp,
) -> Result<sign_in_failure::Model> {
    use sea_orm::sea_query::ExprTrait as _;
    use sign_in_failure::Column::{At, Failures};
    let column = |column| Expr::col((sign_in_failure::Entity, column));
    let first = sign_in_failure::ActiveModel {
        name_hash: Set(name_hash.to_owned()),
        failures: Set(1),
        at: Set(now.0),
        locked_until: Set(0),
    };
    let counted =
        Expr::case(column(At).lt(now.0 - FORGOTTEN_MS), 1).finally(column(Failures).add(1));
    sign_in_failure::Entity::insert(first)
        .on_conflict(
            OnConflict::column(sign_in_failure::Column::NameHash)
                .value(Failures, counted)
                .value(At, now.0)
                .to_owned(),
        )
        .exec_without_returning(txn)
        .await?;
    let row = sign_in_failure::Entity::find_by_id(name_hash).one(txn).await?;
    row.ok_or_else(|| Error::Broken("a failed sign-in was not counted".into()))
}

/// Forgets failures that count no more; gives their number.
///
/// # Errors
/// [`Error::Db`] when the database fails.
pub async fn failures_sweep(hall: &Hall) -> Result<u64> {
    let now = hall.now();
    let txn = hall.db.begin().await?;
    let swept = sign_in_failure::Entity::delete_many()
        .filter(sign_in_failure::Column::At.lt(now.0 - FORGOTTEN_MS))
        .filter(sign_in_failure::Column::LockedUntil.lte(now.0))
        .exec(&txn)
        .await?;
    txn.commit().await?;
    Ok(swept.rows_affected)
}

/// Signs in as one of the people whom a demo offers. Call it on a demo site alone: it asks for no
/// password.
///
/// # Errors
/// [`Error::NotFound`] when the person isn't one of them.
pub async fn demo_sign_in(
    hall: &Hall,
    community: CommunityId,
    person: PersonId,
    agent: &str,
    replaces: Option<&str>,
) -> Result<String> {
    let txn = hall.db.begin().await?;
    let row = person::Entity::find_by_id(person.0).one(&txn).await?.ok_or(Error::NotFound)?;
    if row.community_id != community.0 || !row.sign_in_name.starts_with(DEMO_PREFIX) {
        return Err(Error::NotFound);
    }
    let token = session_open_in_txn(hall, &txn, person, agent, replaces, true).await?;
    txn.commit().await?;
    Ok(token)
}

/// One of the people whom a demo offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoPerson {
    /// Row.
    pub person: PersonId,
    /// The name that others see.
    pub nickname: String,
    /// 小院, for those with a household.
    pub courtyard: Option<String>,
    /// The role that tells most; none for a resident.
    pub role: Option<Role>,
}

/// The people whom a demo offers, in the order in which they were admitted.
///
/// # Errors
/// [`Error::Db`] when the database fails.
pub async fn demo_people(hall: &Hall, community: CommunityId) -> Result<Vec<DemoPerson>> {
    let db = hall.db.read();
    let people = person::Entity::find()
        .filter(person::Column::CommunityId.eq(community.0))
        .filter(person::Column::SignInName.starts_with(DEMO_PREFIX))
        .order_by_asc(person::Column::Id)
        .all(db)
        .await?;
    let mut found = Vec::with_capacity(people.len());
    for row in people {
        let signed_in = people::load_row(db, row, hall.now()).await?;
        found.push(DemoPerson {
            person: signed_in.actor.person,
            nickname: signed_in.nickname,
            courtyard: signed_in.home.map(|home| home.courtyard),
            role: signed_in.actor.shown_role(),
        });
    }
    // Whoever tries the hall for the first time is most likely a resident.
    found.sort_by_key(|person| person.role.is_some());
    Ok(found)
}

/// Sets where notices go, empty for nowhere, and in which language: `zh` or `en`. A new address can set a new
/// password: whoever has a password types it again, and the address before is told.
///
/// # Errors
/// [`Error::Invalid`] with the field `email` when it can't be an address, `language`, or `password` when the
/// present one is needed and wrong; [`Error::TooOften`]; [`Refusal::Stale`] when the account changed in the
/// meantime; [`Error::Denied`] for a helper.
pub async fn email_set(
    hall: &Hall,
    actor: &Actor,
    email: &str,
    language: &str,
    password: &str,
) -> Result<()> {
    permit(Some(actor), Action::AccountOwn, &Target::community(actor.community))?;
    let email = email_checked(email).map_err(|problem| Error::field("email", problem))?;
    if !["zh", "en"].contains(&language) {
        return Err(Error::field("language", Problem::Unknown));
    }
    let guarded = |row: &person::Model| row.password_hash.is_some() && row.email != email;
    let known = person::Entity::find_by_id(actor.person.0).one(hall.db.read()).await?;
    let asks = guarded(&known.ok_or(Error::NotFound)?);
    if asks {
        own::confirmed(hall, actor, "password", password).await?;
    }
    let txn = hall.db.begin().await?;
    let row = person::Entity::find_by_id(actor.person.0)
        .filter(person::Column::ClosedAt.is_null())
        .lock_exclusive()
        .one(&txn)
        .await?
        .ok_or(Error::NotFound)?;
    if guarded(&row) && !asks {
        return Err(Refusal::Stale.into());
    }
    if let Some(old) = row.email.as_deref().filter(|old| Some(*old) != email.as_deref()) {
        // A link that waits in the mailbox before is worth nothing any more.
        reset::end_links_in_txn(hall, &txn, actor.person).await?;
        email_changed_in_txn(hall, &txn, actor.person, old).await?;
    }
    // The chain is kept for ever and read by many: whether there is an address, never which.
    let word =
        |email: &Option<String>| Some(if email.is_some() { "given" } else { "none" }.to_owned());
    let (before, after) = (word(&row.email), word(&email));
    let mut changed = row.into_active_model();
    changed.email = Set(email);
    changed.language = Set(language.to_owned());
    changed.update(&txn).await?;
    let record = Record {
        actor: actor.audit_name(),
        action: "email_set".to_owned(),
        subject: format!("person:{}", actor.person),
        before,
        after,
        reason: None,
    };
    append_in_txn(&txn, hall.now(), record).await?;
    txn.commit().await?;
    Ok(())
}

/// An address as far as it can be judged without writing to it: `local@domain`, ASCII, no spaces, a
/// dot in the domain, within the lengths of RFC 5321. Empty is none.
pub(crate) fn email_checked(typed: &str) -> Result<Option<String>, Problem> {
    let email = typed.trim();
    if email.is_empty() {
        return Ok(None);
    }
    let local_char = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c);
    let label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    };
    let good = email.len() <= EMAIL_MAX
        && email.split_once('@').is_some_and(|(local, domain)| {
            (1..=64).contains(&local.len())
                && local.chars().all(local_char)
                && local.split('.').all(|part| !part.is_empty())
                && domain.contains('.')
                && domain.split('.').all(label)
        });
    if good { Ok(Some(email.to_owned())) } else { Err(Problem::Email) }
}
