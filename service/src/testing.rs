//! For tests alone: fresh databases of both kinds, a clock moved by hand, and a small community made
//! by the use cases of [`setup`](crate::setup).
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that can't have its ground says so and ends"
)]

mod postgres;
mod rows;
mod world;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use domain::time::Timestamp;
use tempfile::TempDir;
use time::macros::date;

use crate::clock::ManualClock;
use crate::db::Db;
use crate::dice::SeededDice;
use crate::hall::Hall;

pub use rows::{audit_since, first_rows, place_token};
pub use world::{PASSWORD, Plan, World};

/// Where tests find a PostgreSQL whose user may make databases.
const POSTGRES: &str = "XIAOYUAN_TEST_POSTGRES";
/// `sqlite` leaves PostgreSQL out.
const ONLY: &str = "XIAOYUAN_TEST_ONLY";

/// A hall on a fresh, migrated database, which goes when this does.
#[derive(Debug)]
pub struct TestDb {
    /// `sqlite` or `postgresql`: say it in a failing test's message.
    pub name: &'static str,
    /// The hall, with [`clock`](Self::clock) and seeded dice.
    pub hall: Hall,
    /// The hall's clock. It starts on Monday 2026-03-02 at 9:00 in China.
    pub clock: Arc<ManualClock>,
    /// The database's address, for whoever opens it again.
    pub url: String,
    halls: AtomicU64,
    _ground: Ground,
}

/// What holds the database while the test runs.
#[derive(Debug)]
enum Ground {
    Folder { _dir: TempDir },
    Postgres { _database: postgres::Database },
}

/// A fresh database of each kind. Without PostgreSQL a test fails: half of it would not have run.
///
/// # Panics
/// When `XIAOYUAN_TEST_POSTGRES` is not set, unless `XIAOYUAN_TEST_ONLY=sqlite` asks for SQLite alone.
pub async fn databases() -> Vec<TestDb> {
    let mut all = vec![sqlite().await];
    if std::env::var(ONLY).as_deref() != Ok("sqlite") {
        all.push(postgresql().await);
    }
    all
}

/// A fresh SQLite file.
///
/// # Panics
/// When it can't be made.
pub async fn sqlite() -> TestDb {
    let dir = TempDir::new().expect("a folder for the test's database");
    let url = format!("sqlite://{}?mode=rwc", dir.path().join("hall.db").display());
    let db = Db::connect(&url).await.expect("open a fresh SQLite file");
    db.migrate().await.expect("migrate SQLite");
    TestDb::open("sqlite", db, url, Ground::Folder { _dir: dir }).await
}

/// A fresh PostgreSQL database.
///
/// # Panics
/// As [`databases`].
pub async fn postgresql() -> TestDb {
    let admin = std::env::var(POSTGRES).unwrap_or_else(|_| {
        panic!(
            "{POSTGRES} is not set: run through `make test` or scripts/with-services.sh \
             (or set {ONLY}=sqlite to leave PostgreSQL out)"
        )
    });
    let database = postgres::Database::create(&admin).await;
    let url = database.url();
    let db = Db::connect(&url).await.expect("open a fresh PostgreSQL database");
    TestDb::open("postgresql", db, url, Ground::Postgres { _database: database }).await
}

impl TestDb {
    async fn open(name: &'static str, db: Db, url: String, ground: Ground) -> Self {
        let start = Timestamp::start_of(date!(2026 - 03 - 02)).plus_ms(9 * domain::time::HOUR_MS);
        let clock = Arc::new(ManualClock::at(start));
        let dice = Arc::new(SeededDice::new(1));
        let hall = Hall::open_with(db, seal(), clock.clone(), dice).await.expect("open the hall");
        Self { name, hall, clock, url, halls: AtomicU64::new(1), _ground: ground }
    }

    /// Another hall on the same database and clock, with dice of its own: a second server.
    ///
    /// # Panics
    /// When the database can't be opened again.
    pub async fn second_hall(&self) -> Hall {
        let seed = self.halls.fetch_add(1, Ordering::Relaxed) + 1;
        let db = Db::connect(&self.url).await.expect("open the database again");
        let dice = Arc::new(SeededDice::new(seed));
        let clock = self.clock.clone();
        let mut hall = Hall::open_with(db, seal(), clock, dice).await.expect("open a second hall");
        hall.files = self.hall.files.clone();
        hall
    }

    /// Moves the clock on.
    pub fn advance_days(&self, days: i64) {
        self.clock.advance_ms(days * domain::time::DAY_MS);
    }
}

/// What an authenticator app shows at `at` (RFC 6238) for a secret in base32; spaces don't matter.
///
/// # Panics
/// When it is no secret.
#[must_use]
pub fn totp_code(secret: &str, at: Timestamp) -> String {
    use totp_rs::{Algorithm, Secret, TOTP};
    let secret = Secret::Encoded(secret.replace(' ', "")).to_bytes().expect("base32");
    let totp = TOTP::new(Algorithm::SHA1, 6, 0, 30, secret).expect("a secret of 20 bytes");
    totp.generate(at.0.unsigned_abs() / 1_000)
}

/// The seal of every test's database.
///
/// # Panics
/// When the key can't be derived.
#[must_use]
pub fn seal() -> crate::seal::Seal {
    crate::seal::Seal::new(&[7; crate::seal::KEY_LEN], Arc::new(crate::dice::SystemDice))
        .expect("a seal")
}
