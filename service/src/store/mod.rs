//! Files under their content's SHA-256: on this machine's disk, or in an S3-compatible store.
//!
//! A file is noted in `stored_file` and written before the transaction that refers to it. One that no row
//! refers to is deleted after a day, in two steps that leave no gap: its note says that it is going, which
//! nobody can refer to any more; then the file goes, then the note. See [`sweep`].

mod keep;
mod open;
mod sweep;

use std::fmt::Debug;

use async_trait::async_trait;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt as _};
use sha2::{Digest, Sha256};

use crate::error::{Error, Result};

use keep::wanted;
pub use keep::{UNUSED_MS, file_keep};
pub(crate) use keep::{refer_in_txn, unrefer_in_txn};
pub use open::{S3, folder, memory, s3};
pub use sweep::files_sweep;

/// Where files are kept, each under the SHA-256 of its content as 64 hex digits.
#[async_trait]
pub trait FileStore: Debug + Send + Sync {
    /// Writes a file; one that is there already is written again.
    ///
    /// # Errors
    /// [`Error::Broken`] when the store fails.
    async fn put(&self, hash: &str, bytes: Vec<u8>) -> Result<()>;

    /// A file's bytes; none when it isn't there.
    ///
    /// # Errors
    /// [`Error::Broken`] when the store fails.
    async fn get(&self, hash: &str) -> Result<Option<Vec<u8>>>;

    /// Deletes a file; one that isn't there is no error.
    ///
    /// # Errors
    /// [`Error::Broken`] when the store fails.
    async fn delete(&self, hash: &str) -> Result<()>;
}

/// The name of a file: SHA-256 of its content, hex.
#[must_use]
pub fn hash_of(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// Whether a text can be the name of a file.
#[must_use]
pub fn is_hash(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// Any store that `object_store` knows.
#[derive(Debug)]
struct Objects<S>(S);

/// 256 folders, so that none grows too long to be listed.
fn place(hash: &str) -> Result<Path> {
    if !is_hash(hash) {
        return Err(Error::Broken("a file's name that is no SHA-256".to_owned()));
    }
    Ok(Path::from_iter([&hash[..2], hash]))
}

fn broken(error: impl std::fmt::Display) -> Error {
    Error::Broken(format!("the store of files: {error}"))
}

#[async_trait]
impl<S: ObjectStore> FileStore for Objects<S> {
    async fn put(&self, hash: &str, bytes: Vec<u8>) -> Result<()> {
        self.0.put(&place(hash)?, bytes.into()).await.map_err(broken)?;
        Ok(())
    }

    async fn get(&self, hash: &str) -> Result<Option<Vec<u8>>> {
        match self.0.get(&place(hash)?).await {
            Ok(found) => Ok(Some(found.bytes().await.map_err(broken)?.into())),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(broken(error)),
        }
    }

    async fn delete(&self, hash: &str) -> Result<()> {
        match self.0.delete(&place(hash)?).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(broken(error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_hashes_alone() {
        let hash = hash_of(b"x");
        assert!(is_hash(&hash));
        for wrong in ["", "../../etc/passwd", &hash[1..], &hash.to_uppercase(), &format!("{hash}0")]
        {
            assert!(!is_hash(wrong), "{wrong}");
            assert!(place(wrong).is_err(), "{wrong}");
        }
        assert_eq!(place(&hash).unwrap().as_ref(), format!("{}/{hash}", &hash[..2]));
    }
}
