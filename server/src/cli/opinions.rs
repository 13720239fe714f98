//! `opinions`: the groups that a file of answers makes, without a database.

use std::path::Path;
use std::process::ExitCode;

use opinions::Map;

use super::out::{complain, say};

/// A file that no groups can be found in.
const CANT_READ: u8 = 2;

/// Prints the map of `participants-votes.csv` or `votes.csv` as one line of JSON.
pub(super) fn print(file: &Path, voices: u32) -> ExitCode {
    match map(file, voices) {
        Ok(map) => {
            say(map);
            ExitCode::SUCCESS
        }
        Err(message) => {
            complain(format_args!("{}: {message}", file.display()));
            ExitCode::from(CANT_READ)
        }
    }
}

fn map(file: &Path, voices: u32) -> Result<String, String> {
    let bytes = std::fs::read(file).map_err(|error| error.to_string())?;
    let answers = opinions::file::read(&bytes).map_err(|error| error.to_string())?;
    let found = opinions::find(&answers, voices).ok_or_else(|| {
        let there = answers.participants().len();
        format!("{there} people answered, and groups are found from {} on", voices.max(1))
    })?;
    let map: &Map = &found.map;
    serde_json::to_string(map).map_err(|error| error.to_string())
}
