//! The audit chain: every entry holds the hash of the one before it, so nothing in the middle can be changed, dropped,
//! moved or put in afterwards without breaking all that follows.
//!
//! Entries cut off at the end leave a chain that is whole in itself; the heads printed in published results give them
//! away.

use crate::ballot::encoding::Encoder;

/// The `prev` of the first entry.
pub const GENESIS: [u8; 32] = [0; 32];

/// The `seq` of the first entry.
pub const FIRST_SEQ: i64 = 1;

const TAG: &str = "xiaoyuan/audit/v1";

/// One change of state: who did what to what, when, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Place in the chain, from [`FIRST_SEQ`] without gaps.
    pub seq: i64,
    /// When, in Unix milliseconds.
    pub at_ms: i64,
    /// Who, as an account's key or `system`.
    pub actor: String,
    /// What was done.
    pub action: String,
    /// To what.
    pub subject: String,
    /// The state before, if there was one.
    pub before: Option<String>,
    /// The state after, if there is one.
    pub after: Option<String>,
    /// Why, where a reason was asked for.
    pub reason: Option<String>,
    /// The hash of the entry before, or [`GENESIS`].
    pub prev: [u8; 32],
}

impl Entry {
    /// SHA-256 over the tag and every field: texts with their length, numbers as 8 bytes big-endian.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        Encoder::new(TAG)
            .signed(self.seq)
            .signed(self.at_ms)
            .text(&self.actor)
            .text(&self.action)
            .text(&self.subject)
            .optional(self.before.as_deref())
            .optional(self.after.as_deref())
            .optional(self.reason.as_deref())
            .fixed(&self.prev)
            .sha256()
    }
}

/// The first entry at which a chain is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the audit chain is broken at entry {seq}: {why}")]
pub struct Broken {
    /// The entry's own number.
    pub seq: i64,
    /// How it breaks the chain.
    pub why: Why,
}

/// How an entry breaks the chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Why {
    /// An entry is missing, doubled or out of its place.
    #[error("entry {expected} was to come here")]
    Sequence {
        /// The number that was to come.
        expected: i64,
    },
    /// It doesn't follow the entry before it.
    #[error("it doesn't hold the hash of the entry before it")]
    Previous,
    /// Its hash isn't that of its fields.
    #[error("its fields don't give the hash that is kept with it")]
    Hash,
    /// What is kept isn't text or a number where one must be.
    #[error("it can't be read")]
    Unreadable,
}

/// Checks a chain entry by entry, in constant memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verifier {
    next: i64,
    head: [u8; 32],
}

impl Default for Verifier {
    fn default() -> Self {
        Self::new()
    }
}

impl Verifier {
    /// Before the first entry.
    #[must_use]
    pub const fn new() -> Self {
        Self { next: FIRST_SEQ, head: GENESIS }
    }

    /// Takes the next entry and the hash that is kept with it.
    ///
    /// # Errors
    /// When it doesn't follow; the verifier then stays where it was.
    pub fn push(&mut self, entry: &Entry, stored_hash: &[u8; 32]) -> Result<(), Broken> {
        let broken = |why| Broken { seq: entry.seq, why };
        if entry.seq != self.next {
            return Err(broken(Why::Sequence { expected: self.next }));
        }
        if entry.prev != self.head {
            return Err(broken(Why::Previous));
        }
        if entry.hash() != *stored_hash {
            return Err(broken(Why::Hash));
        }
        self.head = *stored_hash;
        self.next += 1;
        Ok(())
    }

    /// The hash of the last entry taken, or [`GENESIS`].
    #[must_use]
    pub const fn head(&self) -> [u8; 32] {
        self.head
    }

    /// How many entries were taken.
    #[must_use]
    pub const fn count(&self) -> i64 {
        self.next - FIRST_SEQ
    }
}
