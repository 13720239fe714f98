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
use crate::password::Hasher;

const SIGNING_KEY: &str = "signing_key";

/// Database, clock, dice, calendar, signing key and hashing threads.
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
}

impl Hall {
    /// Opens a migrated database with the machine's clock and randomness; makes the signing key at
    /// the first start.
    ///
    /// # Errors
    /// [`Error::Db`] when the database fails, [`Error::Broken`] when the stored key can't be read.
    pub async fn open(db: Db) -> Result<Self> {
        Self::open_with(db, Arc::new(SystemClock), Arc::new(SystemDice)).await
    }

    /// The same with a given clock and dice.
    ///
    /// # Errors
    /// As [`Hall::open`].
    pub async fn open_with(db: Db, clock: Arc<dyn Clock>, dice: Arc<dyn Dice>) -> Result<Self> {
        crate::audit::ensure_head(&db).await?;
        let key = signing_key(&db, dice.as_ref()).await?;
        Ok(Self {
            db,
            clock,
            dice,
            calendar: Arc::new(Calendar::china().clone()),
            key: Arc::new(key),
            hasher: Hasher::new(),
        })
    }

    /// Now.
    #[must_use]
    pub fn now(&self) -> domain::time::Timestamp {
        self.clock.now()
    }
}

async fn signing_key(db: &Db, dice: &dyn Dice) -> Result<SigningKey> {
    if let Some(key) = stored_key(db).await? {
        return Ok(key);
    }
    let made = instance::ActiveModel {
        key: Set(SIGNING_KEY.to_owned()),
        value: Set(hex::encode(dice.bytes32())),
    };
    let txn = db.begin().await?;
    match made.insert(&txn).await {
        Ok(_) => txn.commit().await?,
        // Another server on the same database was quicker: its key counts.
        Err(error) if Error::is_duplicate(&error) => txn.rollback().await?,
        Err(error) => return Err(error.into()),
    }
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
