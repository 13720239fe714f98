//! The life of a micro-proposal (微提案): its states, and the steps that lead from one to another.
//!
//! A step consumes the matter and gives the next one or refuses, so that no other code can put a
//! matter where it may not be.

use serde::{Deserialize, Serialize};
use thiserror::Error;
use time::Date;

use crate::ids::{BallotId, ProposalNumber};
use crate::merging::can_go;
use crate::named::named_enum;
use crate::route::Route;
use crate::time::Timestamp;

named_enum! {
    /// The name of a state, without its data: what lists filter by.
    StateName {
        /// 草稿
        Draft = "draft",
        /// 已提交, waits for the first check
        Submitted = "submitted",
        /// 退回修改
        Returned = "returned",
        /// 不予受理
        NotAccepted = "not_accepted",
        /// 已并入
        Merged = "merged",
        /// 已撤回
        Withdrawn = "withdrawn",
        /// 附议中
        Cosigning = "cosigning",
        /// 已受理, waits for the committee's answer
        Accepted = "accepted",
        /// 商议中
        Deliberating = "deliberating",
        /// 表决中
        Balloting = "balloting",
        /// 已决定
        Decided = "decided",
        /// 办理中
        InProgress = "in_progress",
        /// 挂账
        Suspended = "suspended",
        /// 已办结, waits for reviews
        Completed = "completed",
        /// 已评价
        Reviewed = "reviewed",
        /// 已归档
        Archived = "archived",
    }
}

named_enum! {
    /// The five steps of the courtyard (五民工作法).
    Stage {
        /// 民提
        Raise = "raise",
        /// 民议
        Deliberate = "deliberate",
        /// 民决
        Decide = "decide",
        /// 民办
        Do = "do",
        /// 民评
        Review = "review",
    }
}

named_enum! {
    /// What a decision came to.
    Verdict {
        /// 采纳
        Adopted = "adopted",
        /// 部分采纳
        PartlyAdopted = "partly_adopted",
        /// 不采纳
        NotAdopted = "not_adopted",
        /// 转办
        Referred = "referred",
    }
}

named_enum! {
    /// How a decision was made.
    DecidedBy {
        /// A valid ballot.
        Ballot = "ballot",
        /// Consensus, recorded in the minutes of a session.
        Consensus = "consensus",
        /// The committee's answer.
        Committee = "committee",
    }
}

/// Where a matter stands, with what belongs to that state alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum State {
    /// Being written; only its author sees it.
    Draft,
    /// Sent; waits for the committee's first check.
    Submitted,
    /// Sent back to its author to be mended.
    Returned,
    /// Not a matter for this hall; the reason and the right way are on the timeline.
    NotAccepted {
        /// The right way, where there is one.
        route: Option<Route>,
    },
    /// Part of another matter now.
    Merged {
        /// The matter that it was merged into.
        into: ProposalNumber,
    },
    /// Taken back by its author.
    Withdrawn,
    /// Neighbours co-sign.
    Cosigning {
        /// Households needed.
        needed: u32,
        /// The last moment.
        until: Timestamp,
    },
    /// The committee owes an answer.
    Accepted {
        /// Whether enough households co-signed; below the threshold it still gets an answer.
        threshold_met: bool,
    },
    /// Neighbours talk it over.
    Deliberating,
    /// A ballot is open.
    Balloting {
        /// The ballot.
        ballot: BallotId,
    },
    /// Decided; an adopted one waits for its referral.
    Decided {
        /// What was decided.
        verdict: Verdict,
        /// How.
        by: DecidedBy,
    },
    /// Being done.
    InProgress {
        /// By whom.
        route: Route,
    },
    /// 挂账: can't be done now.
    Suspended {
        /// By whom it was being done.
        route: Route,
        /// The day on which it is looked at again.
        review_on: Date,
    },
    /// Done; neighbours review.
    Completed {
        /// By whom it was done.
        route: Route,
    },
    /// The reviews are in.
    Reviewed {
        /// By whom it was done.
        route: Route,
    },
    /// Closed for good; everyone can still read it.
    Archived,
}

impl State {
    /// Its name.
    #[must_use]
    pub const fn name(&self) -> StateName {
        match self {
            Self::Draft => StateName::Draft,
            Self::Submitted => StateName::Submitted,
            Self::Returned => StateName::Returned,
            Self::NotAccepted { .. } => StateName::NotAccepted,
            Self::Merged { .. } => StateName::Merged,
            Self::Withdrawn => StateName::Withdrawn,
            Self::Cosigning { .. } => StateName::Cosigning,
            Self::Accepted { .. } => StateName::Accepted,
            Self::Deliberating => StateName::Deliberating,
            Self::Balloting { .. } => StateName::Balloting,
            Self::Decided { .. } => StateName::Decided,
            Self::InProgress { .. } => StateName::InProgress,
            Self::Suspended { .. } => StateName::Suspended,
            Self::Completed { .. } => StateName::Completed,
            Self::Reviewed { .. } => StateName::Reviewed,
            Self::Archived => StateName::Archived,
        }
    }
}

impl StateName {
    /// The courtyard's step that a state belongs to.
    #[must_use]
    pub const fn stage(self) -> Stage {
        match self {
            Self::Draft
            | Self::Submitted
            | Self::Returned
            | Self::NotAccepted
            | Self::Merged
            | Self::Withdrawn
            | Self::Cosigning => Stage::Raise,
            Self::Accepted | Self::Deliberating => Stage::Deliberate,
            Self::Balloting | Self::Decided => Stage::Decide,
            Self::InProgress | Self::Suspended => Stage::Do,
            Self::Completed | Self::Reviewed | Self::Archived => Stage::Review,
        }
    }

    /// Whether everyone may read a matter in this state; the others are for its author and the
    /// committee.
    #[must_use]
    pub const fn is_public(self) -> bool {
        !matches!(self, Self::Draft | Self::Submitted | Self::Returned)
    }

    /// Whether neighbours may still write in its forum.
    #[must_use]
    pub const fn takes_posts(self) -> bool {
        matches!(
            self,
            Self::Cosigning
                | Self::Accepted
                | Self::Deliberating
                | Self::Balloting
                | Self::Decided
                | Self::InProgress
                | Self::Suspended
                | Self::Completed
        )
    }

    /// Whether nothing more will happen by itself.
    #[must_use]
    pub const fn is_final(self) -> bool {
        matches!(self, Self::NotAccepted | Self::Merged | Self::Withdrawn | Self::Archived)
    }
}

/// What happens to a matter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// The author sends it.
    Submit,
    /// It is published and neighbours co-sign.
    Publish {
        /// Households needed.
        needed: u32,
        /// The last moment.
        until: Timestamp,
    },
    /// Its text concerns another circle of neighbours: another number of households is needed.
    Rescope {
        /// Households needed.
        needed: u32,
    },
    /// Back to its author, to be mended.
    Return,
    /// Not for this hall.
    NotAccept {
        /// The right way, where there is one.
        route: Option<Route>,
    },
    /// Merged into another.
    Merge {
        /// The matter that it becomes part of.
        into: ProposalNumber,
    },
    /// The merging is undone: it is where it was before.
    Unmerge {
        /// Where that was.
        back: Box<State>,
    },
    /// Its author takes it back.
    Withdraw,
    /// Taken up: enough households co-signed, the time ran out, or the committee took it up early.
    Accept {
        /// Whether enough households co-signed.
        threshold_met: bool,
    },
    /// The committee puts it to the neighbours.
    Deliberate,
    /// A ballot opens.
    OpenBallot {
        /// The ballot.
        ballot: BallotId,
    },
    /// The ballot was invalid or cancelled: back to the neighbours.
    BallotFailed,
    /// Decided.
    Decide {
        /// What was decided.
        verdict: Verdict,
        /// How.
        by: DecidedBy,
    },
    /// 复议: its author contests a 不采纳, once.
    Contest,
    /// Handed to whoever does it.
    Refer {
        /// By whom it will be done.
        route: Route,
    },
    /// It can't be done now.
    Suspend {
        /// The day on which it is looked at again.
        review_on: Date,
    },
    /// It can be done again.
    Resume,
    /// Done.
    Complete,
    /// The reviews are in.
    CloseReview,
    /// A dissatisfied review's follow-up opens the work again, once.
    Reopen,
    /// Closed for good.
    Archive,
}

impl Step {
    /// Its stable name, on timelines and in the audit chain.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Submit => "submit",
            Self::Publish { .. } => "publish",
            Self::Rescope { .. } => "text_scope",
            Self::Return => "return",
            Self::NotAccept { .. } => "not_accept",
            Self::Merge { .. } => "merge",
            Self::Unmerge { .. } => "unmerge",
            Self::Withdraw => "withdraw",
            Self::Accept { .. } => "accept",
            Self::Deliberate => "deliberate",
            Self::OpenBallot { .. } => "open_ballot",
            Self::BallotFailed => "ballot_failed",
            Self::Decide { .. } => "decide",
            Self::Contest => "contest",
            Self::Refer { .. } => "refer",
            Self::Suspend { .. } => "suspend",
            Self::Resume => "resume",
            Self::Complete => "complete",
            Self::CloseReview => "close_review",
            Self::Reopen => "reopen",
            Self::Archive => "archive",
        }
    }
}

/// A step that a matter can't take from where it stands.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("a matter that is {from:?} can't {step}")]
pub struct InvalidTransition {
    /// Where the matter stands.
    pub from: StateName,
    /// The step's name.
    pub step: &'static str,
}

/// A matter as the state machine sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matter {
    /// Where it stands.
    pub state: State,
    /// Whether its 不采纳 was contested already.
    pub contested: bool,
    /// Whether its work was opened again already.
    pub reopened: bool,
}

impl Matter {
    /// A new matter, being written.
    #[must_use]
    pub const fn draft() -> Self {
        Self { state: State::Draft, contested: false, reopened: false }
    }

    /// Takes a step.
    ///
    /// # Errors
    /// [`InvalidTransition`] when the matter can't take it from where it stands.
    pub fn apply(mut self, step: Step) -> Result<Self, InvalidTransition> {
        let refused = InvalidTransition { from: self.state.name(), step: step.as_str() };
        let next = match (self.state, step) {
            (State::Draft | State::Returned, Step::Submit) => State::Submitted,
            (State::Submitted, Step::Publish { needed, until }) => {
                State::Cosigning { needed, until }
            }
            (State::Cosigning { until, .. }, Step::Rescope { needed }) => {
                State::Cosigning { needed, until }
            }
            (State::Submitted | State::Cosigning { .. } | State::Accepted { .. }, Step::Return) => {
                State::Returned
            }
            (
                State::Submitted | State::Cosigning { .. } | State::Accepted { .. },
                Step::NotAccept { route },
            ) => State::NotAccepted { route },
            (
                State::Submitted
                | State::Cosigning { .. }
                | State::Accepted { .. }
                | State::Deliberating,
                Step::Merge { into },
            ) => State::Merged { into },
            (State::Merged { .. }, Step::Unmerge { back }) if can_go(back.name()) => *back,
            (
                State::Draft
                | State::Submitted
                | State::Returned
                | State::Cosigning { .. }
                | State::Accepted { .. }
                | State::Deliberating,
                Step::Withdraw,
            ) => State::Withdrawn,
            (State::Cosigning { .. }, Step::Accept { threshold_met }) => {
                State::Accepted { threshold_met }
            }
            (State::Accepted { .. }, Step::Deliberate) => State::Deliberating,
            (State::Deliberating, Step::OpenBallot { ballot }) => State::Balloting { ballot },
            (State::Balloting { .. }, Step::BallotFailed) => State::Deliberating,
            (State::Balloting { .. }, Step::Decide { verdict, by: DecidedBy::Ballot }) => {
                State::Decided { verdict, by: DecidedBy::Ballot }
            }
            (
                State::Accepted { .. } | State::Deliberating,
                Step::Decide { verdict, by: DecidedBy::Committee },
            ) => State::Decided { verdict, by: DecidedBy::Committee },
            (State::Deliberating, Step::Decide { verdict, by: DecidedBy::Consensus }) => {
                State::Decided { verdict, by: DecidedBy::Consensus }
            }
            (State::Decided { verdict: Verdict::NotAdopted, .. }, Step::Contest)
                if !self.contested =>
            {
                self.contested = true;
                State::Deliberating
            }
            (State::Decided { verdict, .. }, Step::Refer { route })
                if verdict != Verdict::NotAdopted && route.is_work() =>
            {
                State::InProgress { route }
            }
            (State::InProgress { route }, Step::Suspend { review_on }) => {
                State::Suspended { route, review_on }
            }
            (State::Suspended { route, .. }, Step::Suspend { review_on }) => {
                State::Suspended { route, review_on }
            }
            (State::Suspended { route, .. }, Step::Resume) => State::InProgress { route },
            (State::InProgress { .. }, Step::Refer { route }) if route.is_work() => {
                State::InProgress { route }
            }
            (State::InProgress { route }, Step::Complete) => State::Completed { route },
            (State::Completed { route }, Step::CloseReview) => State::Reviewed { route },
            (State::Completed { route } | State::Reviewed { route }, Step::Reopen)
                if !self.reopened =>
            {
                self.reopened = true;
                State::InProgress { route }
            }
            (
                State::Reviewed { .. } | State::Decided { verdict: Verdict::NotAdopted, .. },
                Step::Archive,
            ) => State::Archived,
            _ => return Err(refused),
        };
        self.state = next;
        Ok(self)
    }
}
