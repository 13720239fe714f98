//! The electorate, frozen when a ballot opens.

use super::encoding::Encoder;
use crate::merkle::Digest;

const TAG: &str = "xiaoyuan/electorate/v1";

/// Who may vote, fixed once and for all: the voters' keys, sorted, each once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Electorate(Vec<String>);

/// Keys that make no electorate.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ElectorateError {
    /// No keys at all.
    #[error("the electorate is empty")]
    Empty,
    /// A key without a character that shows.
    #[error("a voter's key is blank")]
    BlankKey,
    /// The same voter twice.
    #[error("the voter {0:?} is listed twice")]
    Twice(String),
}

impl Electorate {
    /// Freezes the voters' keys (a household's or a person's; opaque here), in whatever order they come.
    ///
    /// # Errors
    /// When there are none, or a key is blank or comes twice.
    pub fn freeze(keys: impl IntoIterator<Item = String>) -> Result<Self, ElectorateError> {
        let mut keys: Vec<String> = keys.into_iter().collect();
        keys.sort_unstable();
        if keys.is_empty() {
            return Err(ElectorateError::Empty);
        }
        if keys.iter().any(|key| key.trim().is_empty()) {
            return Err(ElectorateError::BlankKey);
        }
        match keys.windows(2).find(|pair| pair.first() == pair.last()).and_then(<[String]>::first) {
            Some(key) => Err(ElectorateError::Twice(key.clone())),
            None => Ok(Self(keys)),
        }
    }

    /// How many may vote; at least one.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.0.len() as u64
    }

    /// Whether the voter of this key may vote.
    #[must_use]
    pub fn contains(&self, key: &str) -> bool {
        self.0.binary_search_by(|known| known.as_str().cmp(key)).is_ok()
    }

    /// The keys in ascending order of their bytes.
    #[must_use]
    pub fn keys(&self) -> &[String] {
        &self.0
    }

    /// SHA-256 over their number and the sorted keys, each with its length: what the audit chain and the result file
    /// hold, so that the electorate can't be changed afterwards.
    #[must_use]
    pub fn digest(&self) -> Digest {
        let start = Encoder::new(TAG).len(self.0.len());
        Digest(self.0.iter().fold(start, |bytes, key| bytes.text(key)).sha256())
    }
}
