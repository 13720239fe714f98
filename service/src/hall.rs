//! The hall: what every use case is given.

use std::sync::Arc;

use domain::calendar::Calendar;
use ed25519_dalek::SigningKey;
use entities::instance;
use sea_orm::{ActiveModelTrait, EntityTrait, Set};

use crate::clock::{Clock, SystemClock};
use crate::db::Db;
use crate::dice::{Dice, SystemDice};
use crate::error::{Error, Result};
use crate::live::Live;
use crate::opinion::Mapping;
use crate::password::Hasher;
use crate::photo::Painter;
use crate::roll::Progress;
use crate::seal::Seal;
use crate::store::{self, FileStore};

const SIGNING_KEY: &str = "signing_key";
/// Which key sealed what is in the database.
pub(crate) const SEAL_KEY: &str = "seal_key";

/// Database, clock, dice, calendar, keys and hashing threads.
#[derive(Debug, Clone)]
pub struct Hall {
    /// The database.
    pub db: Db,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub dice: Arc<dyn Dice>,
    /// Working days.
    pub calendar: Arc<Calendar>,
    /// Signs receipts and published results.
    pub key: Arc<SigningKey>,
    /// Hashes passwords off the async threads, a bounded number at a time.
    pub hasher: Hasher,
    /// Seals names, telephone numbers and codes.
    pub seal: Seal,
    /// Photos and plans, under their content's hash.
    pub files: Arc<dyn FileStore>,
    /// Makes pictures anew off the async threads, a bounded number at a time.
    pub painter: Painter,
    /// Computes opinion groups one at a time.
    pub mapping: Mapping,
    /// How far imports of the roll are, in this process.
    pub progress: Progress,
    /// The matters that somebody looks at, on this server.
    pub live: Live,
}

impl Hall {
    /// Opens a migrated database with the machine's clock and randomness; makes the signing key at
    /// the first start. Its files are in memory until [`Hall::files`] is set.
    ///
    /// # Errors
    /// [`Error::Db`] when the database fails, [`Error::Broken`] when the stored signing key can't be
    /// read, or the database was sealed under another key than `seal`'s.
    pub async fn open(db: Db, seal: Seal) -> Result<Self> {
        Self::open_with(db, seal, Arc::new(SystemClock), Arc::new(SystemDice)).await
    }

    /// The same with a given clock and dice.
    ///
    /// # Errors
    /// As [`Hall::open`].
    pub async fn open_with(
        db: Db,
        seal: Seal,
        clock: Arc<dyn Clock>,
        dice: Arc<dyn Dice>,
    ) -> Result<Self> {
        crate::audit::ensure_head(&db).await?;
        check_seal(&db, &seal).await?;
        let key = signing_key(&db, dice.as_ref()).await?;
        Ok(Self {
            db,
            clock,
            dice,
            calendar: Arc::new(Calendar::china().clone()),
            key: Arc::new(key),
            hasher: Hasher::new(),
            seal,
            files: store::memory(),
            painter: Painter::default(),
            mapping: Mapping::default(),
            progress: Progress::default(),
            live: Live::default(),
        })
    }

    /// Now.
    #[must_use]
    pub fn now(&self) -> domain::time::Timestamp {
        self.clock.now()
    }
}

/// The first key that opens a database is noted; any other would find everything unreadable later.
async fn check_seal(db: &Db, seal: &Seal) -> Result<()> {
    let noted = match instance::Entity::find_by_id(SEAL_KEY).one(db.read()).await? {
        Some(row) => row.value,
        None => note(db, SEAL_KEY, seal.fingerprint().to_owned()).await?,
    };
    if noted == seal.fingerprint() {
        return Ok(());
    }
    Err(Error::Broken(format!(
        "this database was sealed under the key {noted}, and the settings hold the key {}: give the key \
         that it was made with, or change keys with `xiaoyuan key change`",
        seal.fingerprint()
    )))
}

/// Notes a value once; another server on the same database may be quicker, and its value counts.
async fn note(db: &Db, key: &str, value: String) -> Result<String> {
    let made = instance::ActiveModel { key: Set(key.to_owned()), value: Set(value) };
    let txn = db.begin().await?;
    match made.insert(&txn).await {
        Ok(_) => txn.commit().await?,
        Err(error) if Error::is_duplicate(&error) => txn.rollback().await?,
        Err(error) => return Err(error.into()),
    }
    let row = instance::Entity::find_by_id(key).one(db.read()).await?;
    row.map(|row| row.value).ok_or_else(|| Error::Broken(format!("{key} was not kept")))
}

async fn signing_key(db: &Db, dice: &dyn Dice) -> Result<SigningKey> {
    if let Some(key) = stored_key(db).await? {
        return Ok(key);
    }
    note(db, SIGNING_KEY, hex::encode(dice.bytes32())).await?;
    stored_key(db).await?.ok_or_else(|| Error::Broken("the signing key was not kept".into()))
}

async fn stored_key(db: &Db) -> Result<Option<SigningKey>> {
    let Some(row) = instance::Entity::find_by_id(SIGNING_KEY).one(db.read()).await? else {
        return Ok(None);
    };
    let mut seed = [0; 32];
    hex::decode_to_slice(&row.value, &mut seed)
        .map_err(|error| Error::Broken(format!("stored signing key: {error}")))?;
    Ok(Some(SigningKey::from_bytes(&seed)))
}
