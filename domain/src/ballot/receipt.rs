//! The receipt that a voter keeps: proof that a paper was taken, without saying what it says.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};

use super::encoding::Encoder;
use super::paper::Tracker;
use crate::ids::BallotNumber;

const TAG: &str = "xiaoyuan/receipt/v1";
const WORD: &str = "xiaoyuan-receipt/1";

/// The server's signature (ed25519, RFC 8032) on "a paper with this tracker lies in this ballot's box".
///
/// It holds no choice: until the result is published it shows nobody what was voted. If the tracker is then missing
/// from the result, the receipt proves the loss. As text, `xiaoyuan-receipt/1 BALLOT TRACKER SIGNATURE`, the
/// signature in base64url (RFC 4648 section 5, without padding).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Receipt {
    /// The ballot's number.
    pub ballot: BallotNumber,
    /// The paper's tracker.
    pub tracker: Tracker,
    signature: [u8; 64],
}

/// A receipt that proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptError {
    /// Not the text of a receipt.
    #[error("a receipt reads: {WORD} BALLOT TRACKER SIGNATURE")]
    Malformed,
    /// Not signed by the key that was asked about.
    #[error("the receipt isn't signed by this server's key")]
    BadSignature,
}

impl Receipt {
    /// Signs the receipt for a paper that has been put in the box.
    #[must_use]
    pub fn issue(key: &SigningKey, ballot: BallotNumber, tracker: Tracker) -> Self {
        let signature = key.sign(&message(ballot, &tracker)).to_bytes();
        Self { ballot, tracker, signature }
    }

    /// Checks the signature.
    ///
    /// # Errors
    /// When it isn't by `key` on this ballot and tracker.
    pub fn verify(&self, key: &VerifyingKey) -> Result<(), ReceiptError> {
        key.verify_strict(
            &message(self.ballot, &self.tracker),
            &Signature::from_bytes(&self.signature),
        )
        .map_err(|_| ReceiptError::BadSignature)
    }
}

fn message(ballot: BallotNumber, tracker: &Tracker) -> Vec<u8> {
    Encoder::new(TAG).signed(ballot.0).fixed(tracker.as_bytes()).finish()
}

impl fmt::Display for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{WORD} {} {} {}",
            self.ballot,
            self.tracker,
            URL_SAFE_NO_PAD.encode(self.signature)
        )
    }
}

impl FromStr for Receipt {
    type Err = ReceiptError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parts: Vec<&str> = text.split_whitespace().collect();
        let [WORD, ballot, tracker, signature] = parts[..] else {
            return Err(ReceiptError::Malformed);
        };
        let signature = URL_SAFE_NO_PAD
            .decode(signature)
            .ok()
            .and_then(|bytes| bytes.try_into().ok())
            .ok_or(ReceiptError::Malformed)?;
        Ok(Self {
            ballot: ballot.parse().map_err(|_| ReceiptError::Malformed)?,
            tracker: tracker.parse().map_err(|_| ReceiptError::Malformed)?,
            signature,
        })
    }
}
