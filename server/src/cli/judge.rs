//! `tally` and `verify`: judging from a file alone, without a database.

use std::path::Path;
use std::process::ExitCode;

use domain::result_file::ResultFile;
use ed25519_dalek::VerifyingKey;

use super::out::{complain, say};

/// A file that can't be judged at all.
const CANT_JUDGE: u8 = 2;
/// A result in which something isn't so.
const NOT_SO: u8 = 1;

pub(super) fn tally(file: &Path) -> ExitCode {
    let judged =
        read(file).and_then(|text| domain::tally_file::tally(&text).map_err(|it| it.to_string()));
    match judged {
        Ok(line) => {
            say(line.trim_end());
            ExitCode::SUCCESS
        }
        Err(message) => cant_judge(file, &message),
    }
}

pub(super) fn verify(file: &Path, key: Option<&str>) -> ExitCode {
    let key = match key.map(read_key).transpose() {
        Ok(key) => key,
        Err(message) => {
            complain(format_args!("--key: {message}"));
            return ExitCode::from(CANT_JUDGE);
        }
    };
    let result =
        read(file).and_then(|text| ResultFile::read(&text).map_err(|error| error.to_string()));
    let result = match result {
        Ok(result) => result,
        Err(message) => return cant_judge(file, &message),
    };
    match result.verify(key.as_ref()) {
        Ok(report) => {
            say(&report);
            if !report.key_trusted {
                say(
                    "note       a file can't show whose key it is: compare the key with the one that \
                     the committee gives out, by --key HEX",
                );
            }
            ExitCode::SUCCESS
        }
        Err(error) => {
            complain(format_args!("{}: {error}", file.display()));
            ExitCode::from(NOT_SO)
        }
    }
}

fn read(file: &Path) -> Result<String, String> {
    std::fs::read_to_string(file).map_err(|error| error.to_string())
}

fn read_key(text: &str) -> Result<VerifyingKey, String> {
    let mut bytes = [0; 32];
    hex::decode_to_slice(text.trim(), &mut bytes)
        .map_err(|_| "expected 64 hexadecimal digits".to_owned())?;
    VerifyingKey::from_bytes(&bytes).map_err(|_| "this is no ed25519 public key".to_owned())
}

fn cant_judge(file: &Path, message: &str) -> ExitCode {
    complain(format_args!("{}: {message}", file.display()));
    ExitCode::from(CANT_JUDGE)
}
