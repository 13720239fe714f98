//! The schema, step by step. A step that has run anywhere is never changed.

use sea_orm_migration::prelude::*;

mod m0001_start;
mod m0002_people;
mod m0003_forum;
mod m0004_finding;
mod m0005_lists;
mod script;

/// Runs the steps in order.
#[derive(Debug)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_start::Migration),
            Box::new(m0002_people::Migration),
            Box::new(m0003_forum::Migration),
            Box::new(m0004_finding::Migration),
            Box::new(m0005_lists::Migration),
        ]
    }
}
