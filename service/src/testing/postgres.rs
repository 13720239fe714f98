//! A PostgreSQL database for one test, copied from a template that the first test of a program makes.

use std::time::UNIX_EPOCH;

use sea_orm::{
    ConnectOptions, ConnectionTrait, Database as Connect, DatabaseConnection, DbBackend, Statement,
};
use sha2::{Digest, Sha256};
use tokio::sync::OnceCell;

use crate::db::Db;
use crate::dice::{Dice, SystemDice};

/// Advisory lock under which a template is made: programs of tests run side by side.
const LOCK: i64 = 0x7869_616f;

static TEMPLATE: OnceCell<String> = OnceCell::const_new();

/// A database of its own, dropped with this value.
#[derive(Debug)]
pub(super) struct Database {
    admin: String,
    name: String,
}

impl Database {
    /// Makes it.
    pub(super) async fn create(admin: &str) -> Self {
        let template = TEMPLATE.get_or_init(|| template(admin)).await;
        let name = format!("xiaoyuan_test_{}", hex::encode(SystemDice.bytes16()));
        let db = connect(admin).await;
        run(&db, &format!("CREATE DATABASE {name} TEMPLATE {template}")).await;
        db.close().await.expect("leave PostgreSQL");
        Self { admin: admin.to_owned(), name }
    }

    /// Its address.
    pub(super) fn url(&self) -> String {
        beside(&self.admin, &self.name)
    }
}

impl Drop for Database {
    /// On a thread of its own: the test's runtime may be the one that is waiting for this.
    fn drop(&mut self) {
        let (admin, name) = (self.admin.clone(), self.name.clone());
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            let Ok(runtime) = runtime else { return };
            runtime.block_on(async {
                // A server that is gone has taken the database with it.
                if let Ok(db) = Connect::connect(options(&admin)).await {
                    let sql = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
                    let _ = db.execute_unprepared(&sql).await;
                    let _ = db.close().await;
                }
            });
        });
        let _ = dropping.join();
    }
}

/// The name of a migrated template. It is bound to this program's file, so that a changed schema
/// never meets an old template.
async fn template(admin: &str) -> String {
    let name = format!("xiaoyuan_template_{}", program());
    let db = connect(admin).await;
    run(&db, &format!("SELECT pg_advisory_lock({LOCK})")).await;
    let asked = format!("SELECT 1 FROM pg_database WHERE datname = '{name}'");
    let there = db.query_one_raw(Statement::from_string(DbBackend::Postgres, asked)).await;
    if there.expect("ask for the template").is_none() {
        // Only a template that is complete gets the name.
        let making = format!("{name}_making");
        run(&db, &format!("DROP DATABASE IF EXISTS {making} WITH (FORCE)")).await;
        run(&db, &format!("CREATE DATABASE {making}")).await;
        let made = Db::connect(&beside(admin, &making)).await.expect("open the template");
        made.migrate().await.expect("migrate the template");
        made.close().await.expect("leave the template");
        run(&db, &format!("ALTER DATABASE {making} RENAME TO {name}")).await;
    }
    run(&db, &format!("SELECT pg_advisory_unlock({LOCK})")).await;
    db.close().await.expect("leave PostgreSQL");
    name
}

fn program() -> String {
    let path = std::env::current_exe().expect("this program's path");
    let file = std::fs::metadata(&path).expect("this program's file");
    let changed = file.modified().expect("its time").duration_since(UNIX_EPOCH).unwrap_or_default();
    let told = format!("{}:{}:{}", path.display(), file.len(), changed.as_nanos());
    hex::encode(&Sha256::digest(told.as_bytes())[..8])
}

/// The address of another database of the same server.
fn beside(admin: &str, name: &str) -> String {
    let (address, query) = match admin.split_once('?') {
        Some((address, query)) => (address, format!("?{query}")),
        None => (admin, String::new()),
    };
    let server = address.rsplit_once('/').map_or(address, |(server, _)| server);
    format!("{server}/{name}{query}")
}

fn options(url: &str) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false);
    options
}

async fn connect(url: &str) -> DatabaseConnection {
    Connect::connect(options(url)).await.expect("reach the PostgreSQL for tests")
}

async fn run(db: &DatabaseConnection, sql: &str) {
    db.execute_unprepared(sql).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
}
