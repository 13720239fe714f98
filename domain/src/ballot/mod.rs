//! Ballots: the kinds and their rules, counting, the frozen electorate, the secret paper and its receipt.
//!
//! Everything here is integer arithmetic on values that were given: no clock, no randomness, no input or output.

pub mod electorate;
pub(crate) mod encoding;
pub mod kind;
pub mod owners;
pub mod paper;
pub mod projects;
pub mod receipt;
pub mod tally;

pub use electorate::{Electorate, ElectorateError};
pub use kind::{BallotKind, Effect, Majority, Quorum, Rule, Source, Test, UnknownKind};
pub use owners::{NotByArea, Owners, OwnersOutcome};
pub use paper::{Approvals, Choice, ChoiceError, Paper, Tracker, TrackerError};
pub use projects::{Project, ProjectError, Selection, SelectionOutcome};
pub use receipt::{Receipt, ReceiptError};
pub use tally::{
    CompositionError, Count, CountError, NotByHeads, Outcome, by_heads, check_composition,
};
