//! The log, on standard error.

use std::io::IsTerminal as _;

use tracing_subscriber::EnvFilter;

use crate::settings::{LogFormat, Settings};

/// Begins to write the log.
///
/// # Errors
/// When the level can't be read, or something else writes the log already.
pub fn begin(settings: &Settings) -> Result<(), String> {
    let level = &settings.log_level;
    let filter = EnvFilter::builder()
        .parse(level)
        .map_err(|error| format!("log level {level:?}: {error}"))?;
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    let begun = match settings.log_format {
        LogFormat::Text => lines.compact().try_init(),
        LogFormat::Json => lines.json().flatten_event(true).try_init(),
    };
    begun.map_err(|error| error.to_string())?;
    std::panic::set_hook(Box::new(|panic| tracing::error!(%panic, "a part of the program failed")));
    Ok(())
}
