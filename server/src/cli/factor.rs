//! `factor reset`: the way back for somebody who has lost their second factor and all recovery codes.

use std::process::ExitCode;

use clap::Subcommand;
use service::Error;
use service::factor::factor_reset_by_operator;

use super::out::say;
use super::{CliError, Database, Named, examples, not_named, setup};
use crate::settings::Settings;

#[derive(Debug, Subcommand)]
pub(super) enum Factor {
    /// Take away all second factors of a person, and end their sessions; make sure first that it is them
    #[command(after_help = examples::FACTOR_RESET)]
    Reset(Named),
}

impl Factor {
    /// The database's flags.
    pub(super) const fn database(&self) -> &Database {
        let Self::Reset(person) = self;
        &person.database
    }
}

pub(super) async fn run(settings: &Settings, command: Factor) -> Result<ExitCode, CliError> {
    let Factor::Reset(Named { name, .. }) = command;
    let hall = setup::open(settings).await?;
    let reset = factor_reset_by_operator(&hall, &name).await;
    hall.db.close().await.map_err(Error::from)?;
    match reset {
        Ok(_) => {
            say(format_args!(
                "{name} has no second factor and no session any more; they sign in by password and set one up"
            ));
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => Err(not_named(error, &name)),
    }
}
