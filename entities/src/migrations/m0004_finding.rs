//! Stored files, co-signs that a merge moves, removals of every age, and the index of the search.

use sea_orm::DbBackend;
use sea_orm_migration::prelude::*;

use super::script;

/// Stored files, co-signs that a merge moves, removals of every age, and the index of the search.
#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        script::run(manager, include_str!("m0004_finding.sql")).await?;
        // Each database has its own kind of full-text index; both hold the same words.
        let search = match manager.get_database_backend() {
            DbBackend::Postgres => include_str!("m0004_search_postgresql.sql"),
            _ => include_str!("m0004_search_sqlite.sql"),
        };
        script::run(manager, search).await
    }
}
