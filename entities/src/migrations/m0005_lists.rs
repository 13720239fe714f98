//! Indexes that hold all that a list is narrowed by.

use sea_orm_migration::prelude::*;

use super::script;

/// The step.
#[derive(Debug, DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        script::run(manager, include_str!("m0005_lists.sql")).await
    }
}
