//! Passwords: argon2id, off the async threads, a bounded number at a time.

use std::sync::Arc;

use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;

use crate::dice::Dice;
use crate::error::{Error, Result};

/// Memory in KiB, passes and lanes: OWASP's recommendation for argon2id.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// Hashes at a time: each holds its memory and a core for tens of milliseconds.
const AT_A_TIME: usize = 2;

/// A hash of nothing in particular, so that an unknown name costs the same time as a known one.
const DUMMY: &str = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$\
                     3PJ0ATTQQWPhVYQnxVuXMn7tHfLkVLPkQ8TLmUpXnDk";

/// Hashes and checks passwords.
#[derive(Debug, Clone)]
pub struct Hasher {
    permits: Arc<Semaphore>,
}

impl Default for Hasher {
    fn default() -> Self {
        Self::new()
    }
}

impl Hasher {
    /// A hasher with its own bound.
    #[must_use]
    pub fn new() -> Self {
        Self { permits: Arc::new(Semaphore::new(AT_A_TIME)) }
    }

    /// Hashes a new password into PHC form.
    ///
    /// # Errors
    /// [`Error::Broken`] when the hashing thread fails.
    pub async fn hash(&self, password: String, dice: &dyn Dice) -> Result<String> {
        let salt = SaltString::encode_b64(&dice.bytes16()).map_err(broken)?;
        self.run(move || {
            let hash = argon()?.hash_password(password.as_bytes(), &salt).map_err(broken)?;
            Ok(hash.to_string())
        })
        .await
    }

    /// Whether a password fits the stored hash; without one it is compared with a dummy, and never
    /// fits.
    ///
    /// # Errors
    /// [`Error::Broken`] when the stored hash can't be read or the hashing thread fails.
    pub async fn fits(&self, password: String, stored: Option<String>) -> Result<bool> {
        self.run(move || {
            let known = stored.is_some();
            let text = stored.unwrap_or_else(|| DUMMY.to_owned());
            let hash = PasswordHash::new(&text).map_err(broken)?;
            let fits = argon()?.verify_password(password.as_bytes(), &hash).is_ok();
            Ok(fits && known)
        })
        .await
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let permit = Arc::clone(&self.permits).acquire_owned().await.map_err(broken)?;
        let handle = tokio::task::spawn_blocking(move || {
            let result = work();
            drop(permit);
            result
        });
        handle.await.map_err(broken)?
    }
}

fn argon() -> Result<Argon2<'static>> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(broken)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn broken(error: impl std::fmt::Display) -> Error {
    Error::Broken(format!("password hashing: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dice::SystemDice;

    #[tokio::test]
    async fn a_password_fits_its_own_hash_alone() {
        let hasher = Hasher::new();
        let stored = hasher.hash("枣树下的石桌".into(), &SystemDice).await.unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(hasher.fits("枣树下的石桌".into(), Some(stored.clone())).await.unwrap());
        assert!(!hasher.fits("枣树下的石凳".into(), Some(stored)).await.unwrap());
        assert!(!hasher.fits("枣树下的石桌".into(), None).await.unwrap());
    }

    #[test]
    fn the_dummy_costs_the_same() {
        let hash = PasswordHash::new(DUMMY).unwrap();
        let params = Params::try_from(&hash).unwrap();
        assert_eq!(
            (params.m_cost(), params.t_cost(), params.p_cost()),
            (MEMORY_KIB, PASSES, LANES)
        );
    }
}
