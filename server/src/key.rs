//! The key that seals names and telephone numbers: from the settings, or from a file that is made at the
//! first start.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use service::dice::{Dice as _, SystemDice};
use service::seal::{KEY_LEN, Seal};

/// Where the key comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyPlace {
    /// The settings: 32 bytes in base64.
    Given(crate::secret::Secret),
    /// A file that holds the same; made when it isn't there.
    File(PathBuf),
}

/// Where the key's file is when the settings name none: beside an SQLite file, else in `data/`.
#[must_use]
pub fn usual_file(database: &str) -> PathBuf {
    match database.strip_prefix("sqlite://").and_then(|rest| rest.split('?').next()) {
        Some(file) if !file.is_empty() && !file.contains(":memory:") => {
            PathBuf::from(format!("{file}.key"))
        }
        _ => PathBuf::from("data/xiaoyuan.key"),
    }
}

/// The seal under the key of `place`.
///
/// # Errors
/// In words: the key is no 32 bytes in base64, or its file can't be read or made.
pub fn seal(place: &KeyPlace) -> Result<Seal, String> {
    let key = match place {
        KeyPlace::Given(secret) => read(secret.reveal()).map_err(|why| format!("key: {why}"))?,
        KeyPlace::File(path) => {
            of_file(path).map_err(|why| format!("{}: {why}", path.display()))?
        }
    };
    Seal::new(&key, Arc::new(SystemDice)).map_err(|error| error.to_string())
}

/// A new key, as a file or the settings hold it.
#[must_use]
pub fn new_text() -> String {
    STANDARD.encode(SystemDice.bytes32())
}

fn read(text: &str) -> Result<[u8; KEY_LEN], String> {
    let bytes = STANDARD.decode(text.trim()).map_err(|_| "it is not base64".to_owned())?;
    let len = bytes.len();
    bytes.try_into().map_err(|_| format!("it has {len} bytes, {KEY_LEN} are needed"))
}

fn of_file(path: &Path) -> Result<[u8; KEY_LEN], String> {
    match std::fs::read_to_string(path) {
        Ok(text) => read(&text),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            make(path, &new_text())?;
            // Whichever start was quicker made it.
            read(&std::fs::read_to_string(path).map_err(|error| error.to_string())?)
        }
        Err(error) => Err(error.to_string()),
    }
}

/// Makes a file that its owner alone may read; one that is there is left as it is.
///
/// # Errors
/// In words, when the folder or the file can't be made.
pub fn make(path: &Path, text: &str) -> Result<(), String> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(|error| error.to_string())?;
    }
    // Written whole before it has its name, so that nobody reads half a key.
    let draft = path.with_extension(format!("{}.new", std::process::id()));
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&draft).map_err(|error| error.to_string())?;
    let written = writeln!(file, "{text}").and_then(|()| file.sync_all());
    let made = written.and_then(|()| match std::fs::hard_link(&draft, path) {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        linked => linked,
    });
    let removed = std::fs::remove_file(&draft);
    made.and(removed).map_err(|error| error.to_string())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use crate::secret::Secret;

    #[test]
    fn a_key_file_is_made_once_and_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let place = KeyPlace::File(folder.path().join("in/hall.key"));
        let first = seal(&place).unwrap();
        assert_eq!(first.fingerprint(), seal(&place).unwrap().fingerprint());
        let KeyPlace::File(path) = &place else { unreachable!() };
        let text = std::fs::read_to_string(path).unwrap();
        let given = KeyPlace::Given(Secret::new(text));
        assert_eq!(first.fingerprint(), seal(&given).unwrap().fingerprint());
        assert_eq!(std::fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(std::fs::metadata(path).unwrap().permissions().mode() & 0o077, 0);
        }
    }

    #[test]
    fn a_wrong_key_is_told_without_repeating_it() {
        for (text, why) in
            [("枣树", "key: it is not base64"), ("YWJj", "key: it has 3 bytes, 32 are needed")]
        {
            assert_eq!(seal(&KeyPlace::Given(Secret::new(text))).unwrap_err(), why);
        }
    }

    #[test]
    fn the_file_lies_beside_the_database() {
        for (database, file) in [
            ("sqlite://data/hall.sqlite3?mode=rwc", "data/hall.sqlite3.key"),
            ("postgres://u:p@host/hall", "data/xiaoyuan.key"),
        ] {
            assert_eq!(usual_file(database), PathBuf::from(file));
        }
    }
}
