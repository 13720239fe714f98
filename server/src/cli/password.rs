//! `password reset`: a new password for whoever has no other way back in.

use std::process::ExitCode;

use clap::Subcommand;
use service::Error;
use service::reset::password_set_by_operator;

use super::out::say;
use super::person::made_up;
use super::{CliError, Database, Named, examples, not_named, setup};
use crate::settings::Settings;

#[derive(Debug, Subcommand)]
pub(super) enum Password {
    /// Give a person a new password, shown this once, and end their sessions; make sure first that it is them
    #[command(after_help = examples::PASSWORD_RESET)]
    Reset(Named),
}

impl Password {
    /// The database's flags.
    pub(super) const fn database(&self) -> &Database {
        let Self::Reset(person) = self;
        &person.database
    }
}

pub(super) async fn run(settings: &Settings, command: Password) -> Result<ExitCode, CliError> {
    let Password::Reset(Named { name, .. }) = command;
    let hall = setup::open(settings).await?;
    let password = made_up(hall.dice.as_ref());
    let hash = hall.hasher.hash(password.clone(), hall.dice.as_ref()).await?;
    let set = password_set_by_operator(&hall, &name, hash).await;
    hall.db.close().await.map_err(Error::from)?;
    match set {
        Ok(_) => {
            say(format_args!("password of {name}, shown this once: {password}"));
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => Err(not_named(error, &name)),
    }
}
