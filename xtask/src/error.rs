//! What can go wrong in a task.

use std::path::{Path, PathBuf};

/// A task's result.
pub(crate) type Result<T> = std::result::Result<T, Error>;

/// Why a task failed, worded for the terminal.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// A file could not be read or written.
    #[error("{path}: {source}", path = .path.display())]
    File {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Another program could not be started, or failed.
    #[error("{0} failed")]
    Program(String),
    /// A file is not what it should be.
    #[error("{0}")]
    Content(String),
    /// The bindings could not be made.
    #[error("bindings for the browser: {0}")]
    Bindings(String),
    /// A check found something; it has been printed.
    #[error("{0}")]
    Check(String),
}

/// Names the file in an I/O error.
pub(crate) trait At<T> {
    /// The same result, with the file's name in its error.
    fn at(self, path: &Path) -> Result<T>;
}

impl<T> At<T> for std::io::Result<T> {
    fn at(self, path: &Path) -> Result<T> {
        self.map_err(|source| Error::File { path: path.to_owned(), source })
    }
}
