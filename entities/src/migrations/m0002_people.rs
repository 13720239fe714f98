//! Places with a history, the roll, joining, second factors, consent; mails that no matter caused.

use sea_orm::DbBackend;
use sea_orm_migration::prelude::*;

use super::script;

/// The step.
#[derive(Debug, DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        script::run(manager, include_str!("m0002_people.sql")).await?;
        // SQLite can't take NOT NULL from a column, so its table is made anew.
        let mail = match manager.get_database_backend() {
            DbBackend::Postgres => include_str!("m0002_people_mail_postgresql.sql"),
            _ => include_str!("m0002_people_mail_sqlite.sql"),
        };
        script::run(manager, mail).await
    }
}
