//! Checking all that a result file says about itself.

use std::fmt;

use ed25519_dalek::VerifyingKey;

use super::recount::{RecountError, recount};
use super::{FORMAT, PublicKeyText, ResultFile, leaves};
use crate::ballot::paper::Tracker;
use crate::merkle::{self, Digest};
use crate::time::Timestamp;

/// What was checked, in the order in which it is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CheckName {
    /// The file's format.
    Format,
    /// It closed after it opened.
    Times,
    /// Trackers ascend, so no paper is there twice.
    Papers,
    /// No more papers than voters.
    Electorate,
    /// As many papers as the roll says were cast.
    Cast,
    /// The choices, counted again.
    Counts,
    /// The outcome, judged again.
    Outcome,
    /// The rule's source.
    Source,
    /// The Merkle root, computed again.
    Root,
    /// The key that it is signed with.
    Key,
    /// The signature.
    Signature,
}

impl CheckName {
    /// Its name, for printing and for looking up words.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Format => "format",
            Self::Times => "times",
            Self::Papers => "papers",
            Self::Electorate => "electorate",
            Self::Cast => "cast",
            Self::Counts => "counts",
            Self::Outcome => "outcome",
            Self::Source => "source",
            Self::Root => "root",
            Self::Key => "key",
            Self::Signature => "signature",
        }
    }
}

/// One thing that was checked and is as the file says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// What was checked.
    pub name: CheckName,
    /// What was found, in English.
    pub found: String,
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:<10} {}", self.name.as_str(), self.found)
    }
}

/// All that was checked, in order; one line each when printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifyReport {
    /// What was checked.
    pub checks: Vec<Check>,
    /// Whether the key was compared with one that the reader trusts; a file alone can't show whose key it is.
    pub key_trusted: bool,
}

impl fmt::Display for VerifyReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, check) in self.checks.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            check.fmt(f)?;
        }
        Ok(())
    }
}

/// The first thing in a result file that isn't so.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// Written by a version of the program that this one doesn't know.
    #[error("the format is {0:?}, but this program knows {FORMAT:?}")]
    Format(String),
    /// Closed before it opened.
    #[error("it says that it closed ({closed_at}) before it opened ({opened_at})")]
    Times {
        /// When it opened.
        opened_at: Timestamp,
        /// When it closed.
        closed_at: Timestamp,
    },
    /// Two papers with one tracker.
    #[error("the paper {0} is there twice")]
    PaperTwice(Tracker),
    /// Papers aren't sorted, so their order could tell something.
    #[error("the papers aren't sorted: {0} comes too late")]
    PaperOrder(Tracker),
    /// More papers than voters.
    #[error("{papers} papers are more than the {members} who could vote")]
    MorePapersThanVoters {
        /// How many papers there are.
        papers: u64,
        /// How many could vote.
        members: u64,
    },
    /// Box and roll disagree.
    #[error("the roll says that {cast} votes were cast, but there are {papers} papers")]
    Cast {
        /// The roll's sum.
        cast: u128,
        /// How many papers there are.
        papers: u64,
    },
    /// The papers can't be counted.
    #[error(transparent)]
    Recount(#[from] RecountError),
    /// The counts aren't those of the papers.
    #[error("the papers give other counts: {0}")]
    Counts(String),
    /// The outcome isn't that of the counts.
    #[error("the counts give another outcome: {0}")]
    Outcome(String),
    /// The source isn't that of the kind's rule.
    #[error("the rule of this kind of ballot comes from {0}")]
    Source(&'static str),
    /// The root isn't that of the papers.
    #[error("the papers give another root: {0}")]
    Root(Digest),
    /// The key isn't the one that the reader trusts.
    #[error("it is signed with the key {found}, not with the trusted key {trusted}")]
    OtherKey {
        /// The file's key.
        found: PublicKeyText,
        /// The reader's key.
        trusted: PublicKeyText,
    },
    /// The key's bytes are no key.
    #[error("the public key isn't an ed25519 key")]
    BadKey,
    /// No signature.
    #[error("it isn't signed")]
    Unsigned,
    /// The signature isn't by the key on these values.
    #[error("the signature doesn't fit: something in the file was changed after it was signed")]
    Signature,
    /// It can't be written as JSON.
    #[error("the result can't be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
}

/// The report under construction.
struct Checks(Vec<Check>);

impl Checks {
    fn passed(&mut self, name: CheckName, found: impl Into<String>) {
        self.0.push(Check { name, found: found.into() });
    }
}

pub(super) fn verify(
    file: &ResultFile,
    trusted: Option<&VerifyingKey>,
) -> Result<VerifyReport, VerifyError> {
    let mut checks = Checks(Vec::new());
    if file.format != FORMAT {
        return Err(VerifyError::Format(file.format.clone()));
    }
    checks.passed(CheckName::Format, FORMAT);
    box_and_roll(file, &mut checks)?;
    count(file, &mut checks)?;
    seal(file, trusted, &mut checks)?;
    Ok(VerifyReport { checks: checks.0, key_trusted: trusted.is_some() })
}

/// The papers by themselves, and against the electorate and the roll.
fn box_and_roll(file: &ResultFile, checks: &mut Checks) -> Result<(), VerifyError> {
    let (opened_at, closed_at) = (file.opened_at, file.closed_at);
    if closed_at < opened_at {
        return Err(VerifyError::Times { opened_at, closed_at });
    }
    checks.passed(CheckName::Times, format!("open from {opened_at} to {closed_at}, China time"));

    for (one, next) in file.papers.iter().zip(file.papers.iter().skip(1)) {
        if one.tracker == next.tracker {
            return Err(VerifyError::PaperTwice(next.tracker));
        }
        if one.tracker > next.tracker {
            return Err(VerifyError::PaperOrder(next.tracker));
        }
    }
    let (papers, members) = (file.papers.len() as u64, file.electorate.count);
    checks.passed(CheckName::Papers, format!("{papers} papers, each tracker once, in order"));

    if papers > members {
        return Err(VerifyError::MorePapersThanVoters { papers, members });
    }
    let digest = file.electorate.digest;
    checks.passed(CheckName::Electorate, format!("{members} could vote; electorate {digest}"));

    let cast = file.cast.total();
    if cast != u128::from(papers) {
        return Err(VerifyError::Cast { cast, papers });
    }
    let by = &file.cast;
    checks.passed(
        CheckName::Cast,
        format!(
            "{cast} cast: {} on the web, {} on paper, {} assisted",
            by.web, by.paper, by.assisted
        ),
    );
    Ok(())
}

/// Counts and outcome, worked out again from the papers.
fn count(file: &ResultFile, checks: &mut Checks) -> Result<(), VerifyError> {
    let recount = recount(file.kind, file.terms.as_ref(), file.electorate.count, &file.papers)?;
    let counts = &recount.counts;
    let mut found = format!("yes {}, no {}, abstain {}", counts.yes, counts.no, counts.abstain);
    for project in &counts.approvals {
        found.push_str(&format!("; {} {}", project.id, project.approvals));
    }
    if *counts != file.counts {
        return Err(VerifyError::Counts(found));
    }
    checks.passed(CheckName::Counts, found);

    let outcome = &recount.outcome;
    let mut found = format!(
        "{} took part, quorum {}: {}, {}",
        outcome.participated,
        outcome.quorum,
        if outcome.valid { "valid" } else { "not valid" },
        if outcome.passed { "passed" } else { "not passed" },
    );
    if let Some(share) = &recount.share {
        found.push_str(&format!("; funded {:?}, left {}", share.funded, share.left));
    }
    if *outcome != file.outcome || recount.share != file.share {
        return Err(VerifyError::Outcome(found));
    }
    checks.passed(CheckName::Outcome, found);

    let source = file.kind.rule().source;
    // The words may be put differently by a later version; the code may not.
    if file.source.code != source {
        return Err(VerifyError::Source(source.en()));
    }
    checks.passed(CheckName::Source, source.en());
    Ok(())
}

/// Root, key and signature.
fn seal(
    file: &ResultFile,
    trusted: Option<&VerifyingKey>,
    checks: &mut Checks,
) -> Result<(), VerifyError> {
    let root = merkle::root(&leaves(file.ballot, &file.papers));
    if root != file.root {
        return Err(VerifyError::Root(root));
    }
    checks.passed(CheckName::Root, root.to_string());

    let key = file.public_key.key().map_err(|_| VerifyError::BadKey)?;
    match trusted {
        Some(trusted) if *trusted != key => {
            return Err(VerifyError::OtherKey {
                found: file.public_key,
                trusted: PublicKeyText::from(*trusted),
            });
        }
        Some(_) => checks.passed(CheckName::Key, format!("{}, the trusted key", file.public_key)),
        None => checks.passed(
            CheckName::Key,
            format!(
                "{}, the file's own: compare it with the one that the community has published",
                file.public_key
            ),
        ),
    }

    let signature = file.signature.as_ref().ok_or(VerifyError::Unsigned)?;
    if !file.signature_is_by(&key, signature)? {
        return Err(VerifyError::Signature);
    }
    checks.passed(CheckName::Signature, "good, over every value in the file");
    Ok(())
}
