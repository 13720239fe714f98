//! Signed-in devices: a random token in the browser's cookie, its hash in the database.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::ids::PersonId;
use domain::role::Actor;
use domain::time::{DAY_MS, MINUTE_MS, Timestamp};
use entities::{person, session};
use sea_orm::{
    ColumnTrait, DatabaseTransaction, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect,
    RelationDef, Set,
};
use sha2::{Digest, Sha256};

use crate::audit::{Record, append_in_txn};
use crate::error::{Error, Result};
use crate::hall::Hall;
use crate::people::{self, SignedIn};

/// A device stays signed in for so long.
pub const LASTS_MS: i64 = 60 * DAY_MS;
/// Whoever sees the desk is signed out after so long without a request.
pub const DUTY_IDLE_MS: i64 = 30 * MINUTE_MS;
/// What changes the roll, a ballot or a role asks for the second factor again after so long.
pub const STEP_UP_MS: i64 = 10 * MINUTE_MS;
/// A session's last use is known to so much.
const TOUCH_MS: i64 = MINUTE_MS;
/// Characters of a browser's name that are kept.
const AGENT_MAX: usize = 200;

/// A signed-in device, for its owner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// The browser as it named itself, shortened.
    pub agent: String,
    /// When it was signed in.
    pub created_at: Timestamp,
    /// Its last use, to the minute.
    pub seen_at: Timestamp,
    /// Whether it is the one that asks.
    pub this: bool,
}

/// Who is signed in with `token`, the cookie's value. Notes the last use, at most once a minute.
///
/// # Errors
/// [`Error::Db`] when the database fails. A token that is nobody's is `None`.
pub async fn session_find(hall: &Hall, token: &str) -> Result<Option<SignedIn>> {
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
    let Some((row, Some(person))) = found else { return Ok(None) };
    if row.expires_at <= now.0 {
        end(hall, &hash).await?;
        return Ok(None);
    }
    let mut signed_in = people::load_row(hall.db.read(), person, now).await?;
    let idle_ms = now.0 - row.seen_at;
    if signed_in.actor.sees_desk() && idle_ms > DUTY_IDLE_MS {
        end(hall, &hash).await?;
        return Ok(None);
    }
    if idle_ms >= TOUCH_MS {
        touch(hall, &hash, now).await?;
    }
    put_in_force(&mut signed_in, row.factor_at.map(Timestamp), now);
    match row.acting_for {
        Some(helped) => Ok(Some(as_helper(hall, signed_in, PersonId(helped), now).await?)),
        None => Ok(Some(signed_in)),
    }
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
    let Some(row) = found.filter(still) else { return Ok(helper) };
    let mut acting = people::load_row(hall.db.read(), row, now).await?;
    acting.actor.roles.clear();
    acting.actor.through = Some(helper.actor.person);
    acting.helper = Some(helper.nickname);
    Ok(acting)
}

async fn touch(hall: &Hall, hash: &str, now: Timestamp) -> Result<()> {
    let txn = hall.db.begin().await?;
    session::Entity::update_many()
        .set(session::ActiveModel { seen_at: Set(now.0), ..Default::default() })
        .filter(session::Column::TokenHash.eq(hash))
        .filter(session::Column::SeenAt.lt(now.0))
        .exec(&txn)
        .await?;
    txn.commit().await?;
    Ok(())
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
/// [`Error::Db`] when the database fails.
pub async fn sign_out_everywhere(hall: &Hall, actor: &Actor) -> Result<()> {
    let txn = hall.db.begin().await?;
    session::Entity::delete_many()
        .filter(session::Column::PersonId.eq(actor.person.0))
        .exec(&txn)
        .await?;
    record_in_txn(hall, &txn, "session_close_all", actor.person).await?;
    txn.commit().await?;
    Ok(())
}

/// The actor's own signed-in devices, the last used first. `token` is the asking browser's.
///
/// # Errors
/// [`Error::Db`] when the database fails.
pub async fn sessions_of(hall: &Hall, actor: &Actor, token: &str) -> Result<Vec<Device>> {
    let now = hall.now();
    let idle = if actor.sees_desk() { DUTY_IDLE_MS } else { LASTS_MS };
    let rows = session::Entity::find()
        .filter(session::Column::PersonId.eq(actor.person.0))
        .filter(session::Column::ExpiresAt.gt(now.0))
        .filter(session::Column::SeenAt.gte(now.0 - idle))
        .order_by_desc(session::Column::SeenAt)
        .order_by_desc(session::Column::CreatedAt)
        .all(hall.db.read())
        .await?;
    let this = token_hash(token);
    let devices = rows.into_iter().map(|row| Device {
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
fn token_hash(token: &str) -> String {
    hex::encode(Sha256::digest(token.as_bytes()))
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
