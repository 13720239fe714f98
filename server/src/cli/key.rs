//! `key new` and `key change`: the key that seals real names and telephone numbers.

use std::path::Path;
use std::process::ExitCode;

use super::out::say;
use super::{CliError, setup};
use crate::key::{self, KeyPlace};
use crate::settings::Settings;

/// Makes a key in a file of its own.
pub(super) fn new(file: &Path) -> Result<(), CliError> {
    if file.exists() {
        return Err(CliError::Say(format!(
            "{} is there already; a key that something was sealed under must not be lost",
            file.display()
        )));
    }
    key::make(file, &key::new_text())
        .map_err(|why| CliError::Say(format!("{}: {why}", file.display())))?;
    say(format_args!("{} holds a new key; keep a copy of it elsewhere", file.display()));
    Ok(())
}

/// Seals the whole database anew under the key in `file`.
pub(super) async fn change(settings: &Settings, file: &Path) -> Result<ExitCode, CliError> {
    if !file.exists() {
        return Err(CliError::Say(format!(
            "{} isn't there; make it with `xiaoyuan key new {}`",
            file.display(),
            file.display()
        )));
    }
    let new = key::seal(&KeyPlace::File(file.to_owned())).map_err(CliError::Say)?;
    let hall = setup::open(settings).await?;
    let changed = service::seal_change::key_change(&hall, &new).await;
    hall.db.close().await.map_err(service::Error::from)?;
    let sealed = changed?;
    say(format_args!("sealed {sealed} texts anew under the key {}", new.fingerprint()));
    say(match &settings.key {
        KeyPlace::Given(_) => {
            "Put the new key into the settings now, then start the servers.".to_owned()
        }
        KeyPlace::File(old) => format!(
            "Set key_file = \"{}\" (or put it in the place of {}), then start the servers.",
            file.display(),
            old.display()
        ),
    });
    Ok(ExitCode::SUCCESS)
}
