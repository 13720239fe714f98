//! The database: SQLite with one writer and several readers, or PostgreSQL.

use std::time::Duration;

use entities::migrations::Migrator;
use sea_orm::{
    ConnectOptions, Database, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr,
    SqliteTransactionMode, TransactionOptions, TransactionTrait,
};
use sea_orm_migration::MigratorTrait;

/// Readers beside SQLite's one writer.
const SQLITE_READERS: u32 = 4;
/// Connections to PostgreSQL.
const POSTGRES_CONNECTIONS: u32 = 16;

/// A connected database. Reads go to [`Db::read`], everything that writes to [`Db::begin`].
#[derive(Debug, Clone)]
pub struct Db {
    read: DatabaseConnection,
    write: DatabaseConnection,
}

impl Db {
    /// Connects to `sqlite://FILE?mode=rwc` or `postgres://…`.
    ///
    /// # Errors
    /// [`DbErr`] when the address is not understood or nobody answers.
    pub async fn connect(url: &str) -> Result<Self, DbErr> {
        if url.starts_with("sqlite:") {
            let write = Database::connect(sqlite(url, 1)).await?;
            let read = Database::connect(sqlite(url, SQLITE_READERS)).await?;
            Ok(Self { read, write })
        } else {
            let mut options = ConnectOptions::new(url);
            options
                .max_connections(POSTGRES_CONNECTIONS)
                .acquire_timeout(Duration::from_secs(10))
                .sqlx_logging(false);
            let both = Database::connect(options).await?;
            Ok(Self { read: both.clone(), write: both })
        }
    }

    /// Brings the schema up to date.
    ///
    /// # Errors
    /// [`DbErr`] when a step fails.
    pub async fn migrate(&self) -> Result<(), DbErr> {
        Migrator::up(&self.write, None).await
    }

    /// For reads outside a transaction.
    #[must_use]
    pub const fn read(&self) -> &DatabaseConnection {
        &self.read
    }

    /// Which database it is.
    #[must_use]
    pub fn backend(&self) -> DbBackend {
        self.write.get_database_backend()
    }

    /// Begins a transaction that will write. On SQLite it takes the write lock at once: a read that
    /// turns into a write later would fail without waiting.
    ///
    /// # Errors
    /// [`DbErr`] when the database doesn't answer in time.
    pub async fn begin(&self) -> Result<DatabaseTransaction, DbErr> {
        self.write
            .begin_with_options(TransactionOptions {
                sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
                ..TransactionOptions::default()
            })
            .await
    }

    /// The same database, which calls `told` for each statement: for tests and measures that hold
    /// the number of statements of a page.
    #[must_use]
    pub fn watched(mut self, told: impl Fn() + Clone + Send + Sync + 'static) -> Self {
        let both = told.clone();
        self.read.set_metric_callback(move |_| told());
        self.write.set_metric_callback(move |_| both());
        self
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// [`DbErr`] when it doesn't.
    pub async fn ping(&self) -> Result<(), DbErr> {
        self.read.ping().await
    }

    /// Closes both sides.
    ///
    /// # Errors
    /// [`DbErr`] when closing fails.
    pub async fn close(self) -> Result<(), DbErr> {
        self.read.close().await?;
        self.write.close().await
    }
}

fn sqlite(url: &str, connections: u32) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .min_connections(1)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        .acquire_timeout(Duration::from_secs(30))
        .sqlx_logging(false)
        .map_sqlx_sqlite_opts(|options| {
            options
                .foreign_keys(true)
                .busy_timeout(Duration::from_secs(30))
                .pragma("journal_mode", "WAL")
                .pragma("synchronous", "FULL")
                .pragma("mmap_size", "67108864")
                .statement_cache_capacity(256)
        });
    options
}
