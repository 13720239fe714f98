//! Where photos and plans are kept: the section `[files]`.

use std::path::PathBuf;

use serde::Deserialize;

use crate::secret::Secret;
use crate::settings::SettingsError;

/// Where files are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FilesPlace {
    /// In a folder of this machine.
    Folder(PathBuf),
    /// In an S3-compatible store, which several servers can share.
    S3(S3Settings),
}

/// An S3-compatible store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct S3Settings {
    /// Its address; none for AWS itself.
    pub endpoint: Option<String>,
    /// The bucket.
    pub bucket: String,
    /// The region.
    pub region: String,
    /// The access key's id.
    pub key_id: String,
    /// The secret access key.
    pub secret: Secret,
}

/// The section `[files]` as one source gives it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GivenFiles {
    /// See [`FilesPlace::Folder`]; without it a folder beside the database's file.
    pub folder: Option<PathBuf>,
    /// See [`S3Settings::endpoint`].
    pub endpoint: Option<String>,
    /// See [`S3Settings::bucket`]; with it files go to S3.
    pub bucket: Option<String>,
    /// See [`S3Settings::region`].
    pub region: Option<String>,
    /// See [`S3Settings::key_id`].
    pub key_id: Option<String>,
    /// See [`S3Settings::secret`].
    pub secret: Option<Secret>,
}

impl GivenFiles {
    /// Takes from `weaker` what is missing here.
    #[must_use]
    pub fn or(self, weaker: Self) -> Self {
        Self {
            folder: self.folder.or(weaker.folder),
            endpoint: self.endpoint.or(weaker.endpoint),
            bucket: self.bucket.or(weaker.bucket),
            region: self.region.or(weaker.region),
            key_id: self.key_id.or(weaker.key_id),
            secret: self.secret.or(weaker.secret),
        }
    }

    /// Fills in the defaults and checks what hangs together.
    ///
    /// # Errors
    /// [`SettingsError::Files`].
    pub fn complete(self, database: &str) -> Result<FilesPlace, SettingsError> {
        let Some(bucket) = self.bucket else {
            if self.endpoint.is_some() || self.key_id.is_some() || self.secret.is_some() {
                return Err(SettingsError::Files("endpoint, key_id and secret need a bucket"));
            }
            return Ok(FilesPlace::Folder(self.folder.unwrap_or_else(|| usual_folder(database))));
        };
        let (Some(key_id), Some(secret)) = (self.key_id, self.secret) else {
            return Err(SettingsError::Files("a bucket needs key_id and secret"));
        };
        let scheme = |url: &String| url.starts_with("https://") || url.starts_with("http://");
        if !self.endpoint.as_ref().is_none_or(scheme) {
            return Err(SettingsError::Files("endpoint starts with http:// or https://"));
        }
        let region = self.region.unwrap_or_else(|| "us-east-1".to_owned());
        Ok(FilesPlace::S3(S3Settings { endpoint: self.endpoint, bucket, region, key_id, secret }))
    }
}

/// Beside the file of an SQLite database and named after it, so that no two databases share a folder: each
/// deletes what none of its own rows refers to.
fn usual_folder(database: &str) -> PathBuf {
    let file = database.strip_prefix("sqlite://").and_then(|rest| rest.split('?').next());
    match file.filter(|file| !file.is_empty() && !file.contains(":memory:")) {
        Some(file) => PathBuf::from(format!("{file}.files")),
        None => PathBuf::from("data/files"),
    }
}

/// Opens the store.
///
/// # Errors
/// [`service::Error::Broken`] in words.
pub fn open(place: &FilesPlace) -> service::Result<std::sync::Arc<dyn service::store::FileStore>> {
    match place {
        FilesPlace::Folder(folder) => service::store::folder(folder),
        FilesPlace::S3(s3) => service::store::s3(&service::store::S3 {
            endpoint: s3.endpoint.as_deref(),
            bucket: &s3.bucket,
            region: &s3.region,
            key_id: &s3.key_id,
            secret: s3.secret.reveal(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_lie_beside_the_database() {
        for (database, folder) in [
            ("sqlite://data/xiaoyuan.sqlite3?mode=rwc", "data/xiaoyuan.sqlite3.files"),
            ("sqlite:///var/lib/hall.db", "/var/lib/hall.db.files"),
            ("sqlite://hall.db", "hall.db.files"),
            ("sqlite::memory:", "data/files"),
            ("postgres://u@h/db", "data/files"),
        ] {
            let place = GivenFiles::default().complete(database).unwrap();
            assert_eq!(place, FilesPlace::Folder(folder.into()), "{database}");
        }
    }

    #[test]
    fn a_bucket_needs_its_key() {
        let given = |bucket: bool, endpoint: Option<&str>, key: bool, secret: bool| GivenFiles {
            bucket: bucket.then(|| "photos".to_owned()),
            endpoint: endpoint.map(ToOwned::to_owned),
            key_id: key.then(|| "id".to_owned()),
            secret: secret.then(|| Secret::new("s")),
            ..GivenFiles::default()
        };
        for (bucket, endpoint, key, secret, taken) in [
            (true, None, true, true, true),
            (true, Some("https://s3.example.cn"), true, true, true),
            (true, Some("s3.example.cn"), true, true, false),
            (true, None, true, false, false),
            (true, None, false, true, false),
            (false, None, true, true, false),
            (false, Some("https://s3.example.cn"), false, false, false),
            (false, None, false, false, true),
        ] {
            let complete = given(bucket, endpoint, key, secret).complete("sqlite://x");
            assert_eq!(complete.is_ok(), taken, "{bucket} {endpoint:?} {key} {secret}");
        }
    }
}
