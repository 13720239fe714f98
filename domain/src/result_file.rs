//! The published result of a ballot: one JSON file that anyone can recount.
//!
//! **What is signed.** The tag `xiaoyuan/result/v1` and a zero byte, then the file as JSON without its field
//! `signature`: UTF-8, no white space between tokens, the fields in the order of [`ResultFile`], missing optional
//! fields left out, text escaped only where JSON demands it. That is what `serde_json` writes for the type, and it
//! depends on the values alone; so a file that was merely indented still verifies, and any changed value doesn't.
//!
//! Owners' votes are open by room and weighed by area, so they have no secret papers and no file of this format.

use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use serde::{Deserialize, Serialize};

use crate::ballot::kind::{BallotKind, Source};
use crate::ballot::paper::{Paper, Tracker};
use crate::ballot::receipt::{Receipt, ReceiptError};
use crate::ballot::tally::Outcome;
use crate::ids::BallotNumber;
use crate::merkle::{self, Digest, Inclusion};
use crate::time::Timestamp;

mod hex_text;
mod recount;
mod verify;

pub use hex_text::{PublicKeyText, SignatureText};
pub use recount::{Counts, ProjectApprovals, Recount, RecountError, Share};
pub use verify::{Check, CheckName, VerifyError, VerifyReport};

/// The `format` of files that this module writes and reads.
pub const FORMAT: &str = "xiaoyuan-result/1";

const SIGNED_TAG: &[u8] = b"xiaoyuan/result/v1\0";

/// A published result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResultFile {
    /// [`FORMAT`].
    pub format: String,
    /// The community's name.
    pub community: String,
    /// The ballot's number in its community.
    pub ballot: BallotNumber,
    /// The question as it was put.
    pub question: String,
    /// The kind of ballot, which says the rule.
    pub kind: BallotKind,
    /// What the kind needs to know besides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terms: Option<Terms>,
    /// When it opened, in Unix milliseconds.
    pub opened_at: Timestamp,
    /// When it closed, in Unix milliseconds.
    pub closed_at: Timestamp,
    /// Who could vote.
    pub electorate: ElectorateNote,
    /// How the votes were cast, by the roll.
    pub cast: CastCounts,
    /// Every paper, ascending by tracker.
    pub papers: Vec<Paper>,
    /// What the papers come to.
    pub counts: Counts,
    /// What the counts come to.
    pub outcome: Outcome,
    /// For a project selection, how the fund was shared out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub share: Option<Share>,
    /// Where the rule comes from.
    pub source: SourceNote,
    /// The Merkle tree hash over the papers (RFC 6962).
    pub root: Digest,
    /// The head of the audit chain when the result was made.
    pub audit_head: Digest,
    /// The server's ed25519 public key, 64 hexadecimal digits.
    pub public_key: PublicKeyText,
    /// The signature (RFC 8032), 128 hexadecimal digits; a file without it was never published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<SignatureText>,
}

/// What some kinds of ballot need to know besides their electorate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Terms {
    /// How a representatives' meeting is composed.
    Meeting {
        /// Members of the committee.
        committee: u64,
        /// Residents' representatives.
        representatives: u64,
    },
    /// The projects of a selection, in the order in which they were listed.
    Selection {
        /// How many must take part.
        quorum: u64,
        /// What is shared out.
        fund: u64,
        /// The projects.
        projects: Vec<ProjectTerms>,
    },
}

/// A project that could be approved of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProjectTerms {
    /// What tells it from the others.
    pub id: String,
    /// What it costs, in the fund's unit.
    pub cost: u64,
}

/// The frozen electorate: how many, and the digest that the audit chain holds since the ballot opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ElectorateNote {
    /// How many could vote.
    pub count: u64,
    /// [`crate::ballot::Electorate::digest`].
    pub digest: Digest,
}

/// How many votes the roll says were cast in which way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CastCounts {
    /// By the voter, on the web.
    pub web: u64,
    /// On paper, entered by one person and confirmed by a second.
    pub paper: u64,
    /// By phone or at the door, entered and confirmed likewise.
    pub assisted: u64,
}

impl CastCounts {
    /// All of them; wide enough for any three counts.
    #[must_use]
    pub fn total(&self) -> u128 {
        u128::from(self.web) + u128::from(self.paper) + u128::from(self.assisted)
    }
}

/// Where the rule comes from: a code for programs, words for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceNote {
    /// The source.
    pub code: Source,
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}

impl From<Source> for SourceNote {
    fn from(source: Source) -> Self {
        Self { code: source, zh: source.zh().to_owned(), en: source.en().to_owned() }
    }
}

/// What a result is made from.
#[derive(Debug, Clone)]
pub struct ResultParts {
    /// The community's name.
    pub community: String,
    /// The ballot's number.
    pub ballot: BallotNumber,
    /// The question as it was put.
    pub question: String,
    /// The kind of ballot.
    pub kind: BallotKind,
    /// What the kind needs besides: for a representatives' meeting and a project selection.
    pub terms: Option<Terms>,
    /// When it opened.
    pub opened_at: Timestamp,
    /// When it closed.
    pub closed_at: Timestamp,
    /// The frozen electorate.
    pub electorate: ElectorateNote,
    /// The roll's counts.
    pub cast: CastCounts,
    /// The papers from the box, in any order.
    pub papers: Vec<Paper>,
    /// The head of the audit chain.
    pub audit_head: Digest,
}

/// Why no result can be made.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// The papers can't be counted.
    #[error(transparent)]
    Recount(#[from] RecountError),
    /// What was built doesn't verify: box and roll disagree, or the like.
    #[error(transparent)]
    Verify(#[from] VerifyError),
    /// It can't be written as JSON.
    #[error("the result can't be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
}

/// Why a receipt and a result don't agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptCheckError {
    /// The receipt isn't by the key that signed the result.
    #[error(transparent)]
    Receipt(#[from] ReceiptError),
    /// The receipt is for another ballot.
    #[error("the receipt is for ballot {0}")]
    OtherBallot(BallotNumber),
    /// The receipt is good and the paper isn't there: the receipt proves that it was lost.
    #[error("the paper {0} was taken, as the receipt proves, but isn't in this result")]
    PaperLost(Tracker),
}

impl ResultFile {
    /// Counts the papers, judges the counts, signs the result with `key`, and verifies what it made.
    ///
    /// # Errors
    /// When the papers can't be counted, or don't agree with the roll or the electorate.
    pub fn build(parts: ResultParts, key: &SigningKey) -> Result<Self, BuildError> {
        let ResultParts { mut papers, terms, kind, electorate, ballot, .. } = parts;
        papers.sort_unstable_by_key(|paper| paper.tracker);
        let recount = recount::recount(kind, terms.as_ref(), electorate.count, &papers)?;
        let mut file = Self {
            format: FORMAT.to_owned(),
            community: parts.community,
            ballot,
            question: parts.question,
            kind,
            terms,
            opened_at: parts.opened_at,
            closed_at: parts.closed_at,
            electorate,
            cast: parts.cast,
            root: merkle::root(&leaves(ballot, &papers)),
            papers,
            counts: recount.counts,
            outcome: recount.outcome,
            share: recount.share,
            source: kind.rule().source.into(),
            audit_head: parts.audit_head,
            public_key: PublicKeyText::from(key.verifying_key()),
            signature: None,
        };
        let signature = key.sign(&file.signed_bytes()?);
        file.signature = Some(SignatureText(signature.to_bytes()));
        file.verify(Some(&key.verifying_key()))?;
        Ok(file)
    }

    /// Reads a result file.
    ///
    /// # Errors
    /// When it isn't JSON of this format, with unknown or repeated fields refused; the message holds the line and
    /// column.
    pub fn read(text: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text.strip_prefix('\u{feff}').unwrap_or(text))
    }

    /// The file's text: JSON in one line.
    ///
    /// # Errors
    /// Never in practice: JSON can hold every value of the type.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(self)
    }

    /// Recounts the papers and checks everything that the file says about itself; with `trusted_key`, also that it
    /// was signed by that key.
    ///
    /// # Errors
    /// At the first thing that isn't so.
    pub fn verify(&self, trusted_key: Option<&VerifyingKey>) -> Result<VerifyReport, VerifyError> {
        verify::verify(self, trusted_key)
    }

    /// The paper with this tracker.
    #[must_use]
    pub fn find(&self, tracker: &Tracker) -> Option<&Paper> {
        self.papers.iter().find(|paper| paper.tracker == *tracker)
    }

    /// The proof that the paper with this tracker is under [`Self::root`].
    #[must_use]
    pub fn prove(&self, tracker: &Tracker) -> Option<Inclusion> {
        let index = self.papers.iter().position(|paper| paper.tracker == *tracker)?;
        merkle::prove(&leaves(self.ballot, &self.papers), index)
    }

    /// Checks a receipt against this result (which [`Self::verify`] checks) and finds its paper.
    ///
    /// # Errors
    /// When the receipt isn't good for this ballot, or is and its paper was lost.
    pub fn check_receipt(&self, receipt: &Receipt) -> Result<&Paper, ReceiptCheckError> {
        let key = self.public_key.key().map_err(|_| ReceiptError::BadSignature)?;
        receipt.verify(&key)?;
        if receipt.ballot != self.ballot {
            return Err(ReceiptCheckError::OtherBallot(receipt.ballot));
        }
        self.find(&receipt.tracker).ok_or(ReceiptCheckError::PaperLost(receipt.tracker))
    }

    /// The bytes that are signed: see the module's description.
    fn signed_bytes(&self) -> Result<Vec<u8>, serde_json::Error> {
        let mut bytes = SIGNED_TAG.to_vec();
        serde_json::to_writer(&mut bytes, &Self { signature: None, ..self.clone() })?;
        Ok(bytes)
    }

    fn signature_is_by(
        &self,
        key: &VerifyingKey,
        signature: &SignatureText,
    ) -> Result<bool, serde_json::Error> {
        let signature = Signature::from_bytes(&signature.0);
        Ok(key.verify_strict(&self.signed_bytes()?, &signature).is_ok())
    }
}

fn leaves(ballot: BallotNumber, papers: &[Paper]) -> Vec<Digest> {
    papers.iter().map(|paper| paper.leaf(ballot)).collect()
}
