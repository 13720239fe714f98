//! The kinds of stores.

use std::path::Path;
use std::sync::Arc;

use object_store::ClientOptions;
use object_store::aws::AmazonS3Builder;
use object_store::local::LocalFileSystem;
use object_store::memory::InMemory;

use super::{FileStore, Objects, broken};
use crate::error::{Error, Result};

/// An S3-compatible store (AWS, MinIO, OSS, COS, …).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct S3<'a> {
    /// Its address; none for AWS itself.
    pub endpoint: Option<&'a str>,
    /// The bucket.
    pub bucket: &'a str,
    /// The region.
    pub region: &'a str,
    /// The access key's id.
    pub key_id: &'a str,
    /// The secret access key.
    pub secret: &'a str,
}

/// Files in a folder of this machine, which is made where it isn't there. What was written has reached the
/// disk.
///
/// # Errors
/// [`Error::Broken`] when the folder can't be made or read.
pub fn folder(path: &Path) -> Result<Arc<dyn FileStore>> {
    std::fs::create_dir_all(path)
        .map_err(|error| Error::Broken(format!("{}: {error}", path.display())))?;
    let store = LocalFileSystem::new_with_prefix(path).map_err(broken)?;
    Ok(Arc::new(Objects(store.with_fsync(true))))
}

/// Files in memory, for tests and for commands that touch no files.
#[must_use]
pub fn memory() -> Arc<dyn FileStore> {
    Arc::new(Objects(InMemory::new()))
}

/// Files in an S3-compatible store. Nothing is asked of it yet.
///
/// # Errors
/// [`Error::Broken`] when the settings can't be taken.
pub fn s3(settings: &S3<'_>) -> Result<Arc<dyn FileStore>> {
    // The client takes the process's maker of TLS. One that is set already is the same.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let http = settings.endpoint.is_some_and(|endpoint| endpoint.starts_with("http://"));
    let mut builder = AmazonS3Builder::new()
        .with_bucket_name(settings.bucket)
        .with_region(settings.region)
        .with_access_key_id(settings.key_id)
        .with_secret_access_key(settings.secret)
        .with_client_options(ClientOptions::new().with_allow_http(http))
        // Not every compatible store knows how to delete in bulk.
        .with_disable_bulk_delete(true);
    if let Some(endpoint) = settings.endpoint {
        builder = builder.with_endpoint(endpoint);
    }
    Ok(Arc::new(Objects(builder.build().map_err(broken)?)))
}
