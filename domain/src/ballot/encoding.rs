//! One unambiguous way to turn fields into bytes before hashing or signing.
//!
//! Every text carries its length, so no two different lists of fields give the same bytes; every use begins with its
//! own tag, so bytes made for one purpose mean nothing for another.

use sha2::{Digest as _, Sha256};

/// Bytes under construction, beginning with a domain separation tag.
pub(crate) struct Encoder(Vec<u8>);

impl Encoder {
    /// Starts with `tag`, itself length-prefixed.
    pub(crate) fn new(tag: &str) -> Self {
        Self(Vec::with_capacity(128)).text(tag)
    }

    /// Bytes of a length that the format fixes: no prefix.
    pub(crate) fn fixed(mut self, bytes: &[u8]) -> Self {
        self.0.extend_from_slice(bytes);
        self
    }

    /// A count or length, 8 bytes, big-endian.
    pub(crate) fn unsigned(self, n: u64) -> Self {
        self.fixed(&n.to_be_bytes())
    }

    /// A signed number, 8 bytes, big-endian.
    pub(crate) fn signed(self, n: i64) -> Self {
        self.fixed(&n.to_be_bytes())
    }

    /// A length as 8 bytes.
    pub(crate) fn len(self, n: usize) -> Self {
        // usize is at most 64 bits wide on every target of Rust, so nothing is lost.
        self.unsigned(n as u64)
    }

    /// A text: its length in bytes, then its UTF-8.
    pub(crate) fn text(self, text: &str) -> Self {
        self.len(text.len()).fixed(text.as_bytes())
    }

    /// A text that may be missing: 0, or 1 and the text. Missing and empty differ.
    pub(crate) fn optional(self, text: Option<&str>) -> Self {
        match text {
            None => self.fixed(&[0]),
            Some(text) => self.fixed(&[1]).text(text),
        }
    }

    /// The bytes.
    pub(crate) fn finish(self) -> Vec<u8> {
        self.0
    }

    /// SHA-256 of the bytes.
    pub(crate) fn sha256(self) -> [u8; 32] {
        Sha256::digest(self.0).into()
    }
}
