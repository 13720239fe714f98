//! Signed-in devices: a random token in the browser's cookie, its hash in the database.
//!
//! A session is in one of three ways. Somebody **without** a second factor is signed in by their password;
//! duties that they hold wait ([`Actor::duty_waits`]) until a factor is set up. Somebody **with** one is
//! nobody to every page until it was shown ([`Seen::FactorWaits`]): the session can then do nothing but
//! show it, for some minutes. Once it **was shown** the session is whole, and counts as stepped up for ten
//! minutes. Showing a factor gives the session another token, so that one which was known before is dead.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::ids::PersonId;
use domain::permission::{Action, Denied, Target, permit};
use domain::role::Actor;
use domain::time::{DAY_MS, MINUTE_MS, Timestamp};
use entities::{person, session};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, JoinType, QueryFilter,
    QueryOrder, QuerySelect, RelationDef, Set,
};
use sha2::{Digest, Sha256};

use crate::audit::{Record, append_in_txn};
use crate::error::{Error, Result};
use crate::factor;
use crate::hall::Hall;
use crate::people::{self, SignedIn};

/// A device stays signed in for so long.
pub const LASTS_MS: i64 = 60 * DAY_MS;
/// Whoever sees the desk is signed out after so long without a request.
pub const DUTY_IDLE_MS: i64 = 30 * MINUTE_MS;
/// What changes the roll, a ballot or a role asks for the second factor again after so long.
pub const STEP_UP_MS: i64 = 10 * MINUTE_MS;
/// So long after the password the second factor can be shown.
pub const FACTOR_WAITS_MS: i64 = 15 * MINUTE_MS;
/// Who comes back after so long begins a new visit.
pub const VISIT_GAP_MS: i64 = 30 * MINUTE_MS;
/// A session's last use is known to so much.
const TOUCH_MS: i64 = MINUTE_MS;
/// Characters of a browser's name that are kept.
const AGENT_MAX: usize = 200;

/// A signed-in device, for its owner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// Names it in an address: derived from the session, and worth nothing as a token.
    pub handle: String,
    /// The browser as it named itself, shortened.
    pub agent: String,
    /// When it was signed in.
    pub created_at: Timestamp,
    /// Its last use, to the minute.
    pub seen_at: Timestamp,
    /// Whether it is the one that asks.
    pub this: bool,
}

/// Whom a token makes of its browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen {
    /// Nobody: there is no such session, or it has run out.
    Nobody,
    /// Nobody yet: the password was right, and the person's second factor is still to be shown.
    FactorWaits,
    /// Signed in.
    SignedIn(Box<SignedIn>),
}

/// Who is signed in with `token`, the cookie's value. Notes the last use, at most once a minute.
///
/// # Errors
/// [`Error::Db`] when the database fails. A token that is nobody's is `None`, and so is one whose second
/// factor is still to be shown.
pub async fn session_find(hall: &Hall, token: &str) -> Result<Option<SignedIn>> {
    Ok(match session_look(hall, token).await? {
        Seen::SignedIn(person) => Some(*person),
        Seen::Nobody | Seen::FactorWaits => None,
    })
}

/// The same, and whether a second factor is waited for.
///
/// # Errors
/// [`Error::Db`] when the database fails.
pub async fn session_look(hall: &Hall, token: &str) -> Result<Seen> {
    let now = hall.now();
    let hash = token_hash(token);
    let to_person: RelationDef = session::Entity::belongs_to(person::Entity)
        .from(session::Column::PersonId)
        .to(person::Column::Id)
        .into();
    let found = session::Entity::find_by_id(&hash)
        .join(JoinType::InnerJoin, to_person)
        .select_also(person::Entity)
        .one(hall.db.read())
        .await?;
    let Some((row, Some(person))) = found else { return Ok(Seen::Nobody) };
    if person.closed_at.is_some() {
        return Ok(Seen::Nobody);
    }
    let waits = row.factor_at.is_none()
        && factor::has_factor(hall.db.read(), PersonId(row.person_id)).await?;
    if !lasts(&row, waits, now) {
        end(hall, &hash).await?;
        return Ok(Seen::Nobody);
    }
    if waits {
        return Ok(Seen::FactorWaits);
    }
    let seen_at = person.seen_at.map(Timestamp);
    let mut signed_in = people::load_row(hall.db.read(), person, now).await?;
    let idle_ms = now.0 - row.seen_at;
    if signed_in.actor.sees_desk() && idle_ms > DUTY_IDLE_MS {
        end(hall, &hash).await?;
        return Ok(Seen::Nobody);
    }
    // A device that was signed in just now counts as well: its owner may not stay for a minute.
    let unseen = seen_at.is_none_or(|seen_at| now.0 - seen_at.0 >= TOUCH_MS);
    if idle_ms >= TOUCH_MS || unseen {
        touch(hall, &hash, row.person_id, now).await?;
    }
    signed_in.visit_at = visit(seen_at, signed_in.visit_at, now);
    put_in_force(&mut signed_in, row.factor_at.map(Timestamp), now);
    let signed_in = match row.acting_for {
        Some(helped) => as_helper(hall, signed_in, PersonId(helped), now).await?,
        None => signed_in,
    };
    Ok(Seen::SignedIn(Box::new(signed_in)))
}

/// Whether a session's time is not over: one that waits for a second factor has only some minutes.
const fn lasts(row: &session::Model, waits: bool, now: Timestamp) -> bool {
    row.expires_at > now.0 && (!waits || now.0 - row.created_at <= FACTOR_WAITS_MS)
}

/// Who holds a session, before or after the second factor: for showing it.
///
/// # Errors
/// [`Denied::SignIn`] when it is nobody's, or its time is over.
pub(crate) async fn holder(
    db: &impl ConnectionTrait,
    token: &str,
    now: Timestamp,
) -> Result<PersonId> {
    let row = session::Entity::find_by_id(token_hash(token)).one(db).await?;
    let row = row.ok_or(Denied::SignIn)?;
    let person = PersonId(row.person_id);
    let waits = row.factor_at.is_none() && factor::has_factor(db, person).await?;
    if lasts(&row, waits, now) { Ok(person) } else { Err(Denied::SignIn.into()) }
}

/// Notes that the second factor was shown, and gives the session another token: whoever knew the one
/// before it holds nothing.
///
/// # Errors
/// [`Denied::SignIn`] when the session ended in the meantime, or was given another token already.
pub(crate) async fn factor_shown_in_txn(
    hall: &Hall,
    txn: &DatabaseTransaction,
    old: &str,
) -> Result<String> {
    let now = hall.now();
    let token = URL_SAFE_NO_PAD.encode(hall.dice.bytes32());
    let changed = session::Entity::update_many()
        .col_expr(session::Column::TokenHash, Expr::value(token_hash(&token)))
        .col_expr(session::Column::FactorAt, Expr::value(now.0))
        .col_expr(session::Column::SeenAt, Expr::value(now.0))
        .filter(session::Column::TokenHash.eq(token_hash(old)))
        .filter(session::Column::ExpiresAt.gt(now.0))
        .exec(txn)
        .await?;
    if changed.rows_affected == 1 { Ok(token) } else { Err(Denied::SignIn.into()) }
}

/// After the last factor is gone nothing was shown on any device: a duty that is given later waits.
pub(crate) async fn factor_forgotten_in_txn(
    txn: &DatabaseTransaction,
    person: PersonId,
) -> Result<()> {
    session::Entity::update_many()
        .col_expr(session::Column::FactorAt, Expr::value(None::<i64>))
        .filter(session::Column::PersonId.eq(person.0))
        .exec(txn)
        .await?;
    Ok(())
}

/// Ends all sessions of a person, without an entry of its own.
pub(crate) async fn end_all_in_txn(txn: &DatabaseTransaction, person: PersonId) -> Result<()> {
    session::Entity::delete_many().filter(session::Column::PersonId.eq(person.0)).exec(txn).await?;
    Ok(())
}

/// Ends all sessions of a person but that of `token`, without an entry of its own.
pub(crate) async fn end_others_in_txn(
    txn: &DatabaseTransaction,
    person: PersonId,
    token: &str,
) -> Result<()> {
    session::Entity::delete_many()
        .filter(session::Column::PersonId.eq(person.0))
        .filter(session::Column::TokenHash.ne(token_hash(token)))
        .exec(txn)
        .await?;
    Ok(())
}

/// Duties are in force only once the second factor was shown on this device.
fn put_in_force(signed_in: &mut SignedIn, factor_at: Option<Timestamp>, now: Timestamp) {
    let actor = &mut signed_in.actor;
    match factor_at {
        Some(at) => actor.stepped_up = now.0 - at.0 < STEP_UP_MS,
        None => {
            let held = actor.roles.len();
            actor.roles.retain(|grant| !grant.role.is_duty());
            actor.duty_waits = actor.roles.len() < held;
        }
    }
}

/// The person whom a helper acts for, without any role; the helper themselves once they help no more.
async fn as_helper(
    hall: &Hall,
    helper: SignedIn,
    helped: PersonId,
    now: Timestamp,
) -> Result<SignedIn> {
    let found = person::Entity::find_by_id(helped.0).one(hall.db.read()).await?;
    let still = |row: &person::Model| {
        row.helper_id == Some(helper.actor.person.0)
            && row.community_id == helper.actor.community.0
            && row.closed_at.is_none()
    };
    // Only a neighbour helps: whoever was sent out of their household does not.
    let Some(row) = found.filter(still).filter(|_| helper.actor.home.is_some()) else {
        return Ok(helper);
    };
    let mut acting = people::load_row(hall.db.read(), row, now).await?;
    acting.actor.roles.clear();
    acting.actor.through = Some(helper.actor.person);
    acting.helper = Some(helper.nickname);
    Ok(acting)
}

/// Notes the last use of a session, and of the hall by its person: who comes back after
/// [`VISIT_GAP_MS`] begins a new visit, and what they saw last is where the one before ended.
async fn touch(hall: &Hall, hash: &str, person: i64, now: Timestamp) -> Result<()> {
    let txn = hall.db.begin().await?;
    // The person first, as whoever ends all their sessions does: or two could wait for each other.
    let comes_back = person::Column::SeenAt.lt(now.0 - VISIT_GAP_MS);
    let visit = Expr::case(comes_back, Expr::col(person::Column::SeenAt))
        .finally(Expr::col(person::Column::VisitAt));
    person::Entity::update_many()
        .col_expr(person::Column::VisitAt, visit.into())
        .col_expr(person::Column::SeenAt, Expr::value(now.0))
        .filter(person::Column::Id.eq(person))
        .filter(person::Column::SeenAt.is_null().or(person::Column::SeenAt.lt(now.0)))
        .exec(&txn)
        .await?;
    session::Entity::update_many()
        .set(session::ActiveModel { seen_at: Set(now.0), ..Default::default() })
        .filter(session::Column::TokenHash.eq(hash))
        .filter(session::Column::SeenAt.lt(now.0))
        .exec(&txn)
        .await?;
    txn.commit().await?;
    Ok(())
}

/// Since when things are new to somebody who asks now: the same that [`touch`] writes.
fn visit(seen: Option<Timestamp>, visit: Option<Timestamp>, now: Timestamp) -> Option<Timestamp> {
    seen.filter(|seen| seen.0 < now.0 - VISIT_GAP_MS).or(visit)
}

async fn end(hall: &Hall, hash: &str) -> Result<()> {
    let txn = hall.db.begin().await?;
    session::Entity::delete_by_id(hash).exec(&txn).await?;
    txn.commit().await?;
    Ok(())
}

/// Opens a session and gives its token. The session that the browser had before ends, whosever it
/// was: a token that somebody else planted in the browser is worth nothing afterwards. `factor_shown`
/// says whether the second factor was shown along with it.
pub(crate) async fn session_open_in_txn(
    hall: &Hall,
    txn: &DatabaseTransaction,
    person: PersonId,
    agent: &str,
    replaces: Option<&str>,
    factor_shown: bool,
) -> Result<String> {
    let now = hall.now();
    if let Some(old) = replaces {
        session::Entity::delete_by_id(token_hash(old)).exec(txn).await?;
    }
    session::Entity::delete_many()
        .filter(session::Column::PersonId.eq(person.0))
        .filter(session::Column::ExpiresAt.lte(now.0))
        .exec(txn)
        .await?;
    let token = URL_SAFE_NO_PAD.encode(hall.dice.bytes32());
    let row = session::ActiveModel {
        token_hash: Set(token_hash(&token)),
        person_id: Set(person.0),
        created_at: Set(now.0),
        seen_at: Set(now.0),
        expires_at: Set(now.0 + LASTS_MS),
        agent: Set(domain::text::clean(agent).chars().take(AGENT_MAX).collect()),
        factor_at: Set(factor_shown.then_some(now.0)),
        acting_for: Set(None),
    };
    session::Entity::insert(row).exec_without_returning(txn).await?;
    record_in_txn(hall, txn, "session_open", person).await?;
    Ok(token)
}

/// Opens a session for a person, by whatever means they have shown who they are, and gives its
/// token. `replaces` is the token that the browser had before; `factor_shown` whether the second factor
/// was among those means.
///
/// # Errors
/// [`Error::NotFound`] when there is no such person.
pub async fn session_open(
    hall: &Hall,
    person: PersonId,
    agent: &str,
    replaces: Option<&str>,
    factor_shown: bool,
) -> Result<String> {
    let txn = hall.db.begin().await?;
    person::Entity::find_by_id(person.0).one(&txn).await?.ok_or(Error::NotFound)?;
    let token = session_open_in_txn(hall, &txn, person, agent, replaces, factor_shown).await?;
    txn.commit().await?;
    Ok(token)
}

/// Ends the session of `token`; nothing happens when there is none.
///
/// # Errors
/// [`Error::Db`] when the database fails.
pub async fn sign_out(hall: &Hall, token: &str) -> Result<()> {
    let txn = hall.db.begin().await?;
    let Some(row) = session::Entity::find_by_id(token_hash(token)).one(&txn).await? else {
        return Ok(());
    };
    let person = PersonId(row.person_id);
    session::Entity::delete_by_id(row.token_hash).exec(&txn).await?;
    record_in_txn(hall, &txn, "session_close", person).await?;
    txn.commit().await?;
    Ok(())
}

/// Ends all of the actor's sessions, on every device.
///
/// # Errors
/// [`Error::Db`] when the database fails, [`Error::Denied`] for a helper.
pub async fn sign_out_everywhere(hall: &Hall, actor: &Actor) -> Result<()> {
    permit(Some(actor), Action::AccountOwn, &Target::community(actor.community))?;
    let txn = hall.db.begin().await?;
    end_all_in_txn(&txn, actor.person).await?;
    record_in_txn(hall, &txn, "session_close_all", actor.person).await?;
    txn.commit().await?;
    Ok(())
}

/// Ends one of the actor's own sessions, named by its [`Device::handle`].
///
/// # Errors
/// [`Denied::NotThrough`] for a helper; [`Error::NotFound`] when the actor has none of that name.
pub async fn session_end(hall: &Hall, actor: &Actor, handle: &str) -> Result<()> {
    permit(Some(actor), Action::AccountOwn, &Target::community(actor.community))?;
    let txn = hall.db.begin().await?;
    let rows = session::Entity::find()
        .filter(session::Column::PersonId.eq(actor.person.0))
        .all(&txn)
        .await?;
    let row = rows.into_iter().find(|row| handle_of(&row.token_hash) == handle);
    let row = row.ok_or(Error::NotFound)?;
    session::Entity::delete_by_id(row.token_hash).exec(&txn).await?;
    record_in_txn(hall, &txn, "session_close", actor.person).await?;
    txn.commit().await?;
    Ok(())
}

/// The actor's own signed-in devices, the last used first. `token` is the asking browser's.
///
/// # Errors
/// [`Error::Db`] when the database fails.
pub async fn sessions_of(hall: &Hall, actor: &Actor, token: &str) -> Result<Vec<Device>> {
    let now = hall.now();
    let idle = if actor.sees_desk() || actor.duty_waits { DUTY_IDLE_MS } else { LASTS_MS };
    let mut asked = session::Entity::find().filter(session::Column::PersonId.eq(actor.person.0));
    if factor::has_factor(hall.db.read(), actor.person).await? {
        // Without it nobody is signed in there.
        asked = asked.filter(session::Column::FactorAt.is_not_null());
    }
    let rows = asked
        .filter(session::Column::ExpiresAt.gt(now.0))
        .filter(session::Column::SeenAt.gte(now.0 - idle))
        .order_by_desc(session::Column::SeenAt)
        .order_by_desc(session::Column::CreatedAt)
        .all(hall.db.read())
        .await?;
    let this = token_hash(token);
    let devices = rows.into_iter().map(|row| Device {
        handle: handle_of(&row.token_hash),
        agent: row.agent,
        created_at: Timestamp(row.created_at),
        seen_at: Timestamp(row.seen_at),
        this: row.token_hash == this,
    });
    Ok(devices.collect())
}

/// Forgets the sessions that have run out; gives their number.
///
/// # Errors
/// [`Error::Db`] when the database fails.
pub async fn sessions_sweep(hall: &Hall) -> Result<u64> {
    let txn = hall.db.begin().await?;
    let swept = session::Entity::delete_many()
        .filter(session::Column::ExpiresAt.lte(hall.now().0))
        .exec(&txn)
        .await?;
    txn.commit().await?;
    Ok(swept.rows_affected)
}

/// What the database keeps of a token: its SHA-256, hex. The token has 256 random bits, so nothing
/// slower is needed.
pub(crate) fn token_hash(token: &str) -> String {
    hex::encode(Sha256::digest(token.as_bytes()))
}

/// What a session is called in an address: the first 64 bits of a hash of what is stored of its token.
fn handle_of(token_hash: &str) -> String {
    let hash = Sha256::digest(format!("device:{token_hash}").as_bytes());
    hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

async fn record_in_txn(
    hall: &Hall,
    txn: &DatabaseTransaction,
    action: &str,
    person: PersonId,
) -> Result<()> {
    let name = format!("person:{person}");
    let record = Record {
        actor: name.clone(),
        action: action.to_owned(),
        subject: name,
        ..Record::default()
    };
    append_in_txn(txn, hall.now(), record).await?;
    Ok(())
}
