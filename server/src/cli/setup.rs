//! Opening the database, `migrate` and `demo`.

use std::path::Path;
use std::process::ExitCode;

use service::Hall;
use service::db::Db;

use super::out::say;
use super::{CliError, shown};
use crate::settings::Settings;
use crate::settings_files;

/// Connects to a database that is there, or for SQLite makes its file where the address asks for it
/// (`mode=rwc`).
pub(super) async fn connect(settings: &Settings) -> Result<Db, CliError> {
    if let Some(file) = settings.database.strip_prefix("sqlite://") {
        let file = file.split('?').next().unwrap_or_default();
        if let Some(folder) = Path::new(file).parent() {
            std::fs::create_dir_all(folder)
                .map_err(CliError::io(format!("{}", folder.display())))?;
        }
    }
    Db::connect(&settings.database).await.map_err(|error| {
        // Some errors quote the address, and with it a password.
        let address = shown(settings);
        let error = error.to_string().replace(&settings.database, &address);
        CliError::Say(format!("{address}: {error}"))
    })
}

/// Connects, brings the schema up to date and opens the hall.
pub(super) async fn open(settings: &Settings) -> Result<Hall, CliError> {
    let db = connect(settings).await?;
    db.migrate().await.map_err(service::Error::from)?;
    let seal = crate::key::seal(&settings.key).map_err(CliError::Say)?;
    let mut hall = Hall::open(db, seal).await?;
    hall.files = settings_files::open(&settings.files)?;
    Ok(hall)
}

pub(super) async fn migrate(settings: &Settings) -> Result<ExitCode, CliError> {
    let hall = open(settings).await?;
    hall.db.close().await.map_err(service::Error::from)?;
    say(format_args!("{} is up to date", shown(settings)));
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn demo(settings: &Settings) -> Result<ExitCode, CliError> {
    let hall = open(settings).await?;
    demo_fill(&hall, settings).await?;
    hall.db.close().await.map_err(service::Error::from)?;
    Ok(ExitCode::SUCCESS)
}

/// Fills an empty database with the demo community; one that holds the whole demo is left as it is.
///
/// Any other is refused: in a real hall nobody may be signed in without a password, and a demo that
/// was cut short is none.
pub(super) async fn demo_fill(hall: &Hall, settings: &Settings) -> Result<(), CliError> {
    if service::demo::demo_filled(hall).await? {
        return Ok(());
    }
    if let Some(community) = service::community::community_first(hall).await? {
        return Err(CliError::Say(format!(
            "{} holds {}, which is no whole demo. If it is a real hall, serve it without --demo; \
             if making the demo was interrupted, remove this database and start again. \
             Or name another one with --database",
            shown(settings),
            community.name
        )));
    }
    say("making the demo community, once…");
    crate::demo::fill(hall).await?;
    Ok(())
}
