//! Counting papers.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::{ProjectTerms, Terms};
use crate::ballot::kind::{BallotKind, Test};
use crate::ballot::paper::{Choice, Paper, Tracker};
use crate::ballot::projects::{Project, ProjectError, Selection};
use crate::ballot::tally::{CompositionError, Count, CountError, Outcome, check_composition};

/// How often each choice was made.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counts {
    /// Papers for.
    pub yes: u64,
    /// Papers against.
    pub no: u64,
    /// Papers that abstain.
    pub abstain: u64,
    /// In a project selection, the approvals of each project in the order in which they were listed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub approvals: Vec<ProjectApprovals>,
}

/// How many papers approve of a project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProjectApprovals {
    /// The project.
    pub id: String,
    /// How many papers approve of it.
    pub approvals: u64,
}

/// How a fund was shared out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Share {
    /// The funded projects, in the order in which they were funded.
    pub funded: Vec<String>,
    /// What is left of the fund.
    pub left: u64,
}

/// What papers come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recount {
    /// How often each choice was made.
    pub counts: Counts,
    /// What that comes to by the kind's rule.
    pub outcome: Outcome,
    /// For a project selection, how the fund is shared out.
    pub share: Option<Share>,
}

/// Papers that can't be counted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RecountError {
    /// An owners' kind: open by room, without papers.
    #[error(
        "a ballot of the kind {0} is open by room and weighed by area: it has no secret papers"
    )]
    NoSecretPapers(BallotKind),
    /// The terms are missing, or of another kind.
    #[error("a ballot of the kind {0} needs other terms than those given")]
    WrongTerms(BallotKind),
    /// A paper says what this kind doesn't ask.
    #[error("the paper {tracker} says {choice}, which a ballot of the kind {kind} doesn't ask")]
    WrongChoice {
        /// The paper.
        tracker: Tracker,
        /// What it says.
        choice: &'static str,
        /// The kind of ballot.
        kind: BallotKind,
    },
    /// A paper approves of something that wasn't listed.
    #[error("the paper {tracker} approves of {id:?}, which isn't one of the projects")]
    UnknownProject {
        /// The paper.
        tracker: Tracker,
        /// What it approves of.
        id: String,
    },
    /// Counts that can't be.
    #[error(transparent)]
    Count(#[from] CountError),
    /// A representatives' meeting that isn't composed by the law.
    #[error(transparent)]
    Composition(#[from] CompositionError),
    /// Projects that can't be judged.
    #[error(transparent)]
    Project(#[from] ProjectError),
}

/// Counts `papers` and judges the counts by the kind's rule, for an electorate of `members`.
pub(super) fn recount(
    kind: BallotKind,
    terms: Option<&Terms>,
    members: u64,
    papers: &[Paper],
) -> Result<Recount, RecountError> {
    match (kind.rule().test, terms) {
        (Test::HeadsAndArea { .. }, _) => Err(RecountError::NoSecretPapers(kind)),
        (Test::Heads { quorum, majority }, terms) => {
            match (kind, terms) {
                (
                    BallotKind::Representatives,
                    Some(Terms::Meeting { committee, representatives }),
                ) => {
                    check_composition(members, *committee, *representatives)?;
                }
                (BallotKind::Representatives, _) | (_, Some(_)) => {
                    return Err(RecountError::WrongTerms(kind));
                }
                (_, None) => {}
            }
            let counts = count_plain(kind, papers)?;
            let outcome =
                Count::new(members, counts.yes, counts.no, counts.abstain)?.judge(quorum, majority);
            Ok(Recount { counts, outcome, share: None })
        }
        (Test::Approvals, Some(Terms::Selection { quorum, fund, projects })) => {
            let counts = count_approvals(kind, projects, papers)?;
            let voters = papers.len() as u64;
            // Nobody may vote, or more voted than may: the same refusal as for every other kind.
            Count::new(members, 0, 0, voters)?;
            let projects = projects
                .iter()
                .zip(&counts.approvals)
                .map(|(terms, counted)| Project {
                    id: terms.id.clone(),
                    cost: terms.cost,
                    approvals: counted.approvals,
                })
                .collect();
            let judged = Selection::new(*quorum, voters, *fund, projects)?.judge();
            let share = Share { funded: judged.funded, left: judged.left };
            Ok(Recount { counts, outcome: judged.outcome, share: Some(share) })
        }
        (Test::Approvals, _) => Err(RecountError::WrongTerms(kind)),
    }
}

fn wrong_choice(kind: BallotKind, paper: &Paper) -> RecountError {
    RecountError::WrongChoice { tracker: paper.tracker, choice: paper.choice.as_str(), kind }
}

fn count_plain(kind: BallotKind, papers: &[Paper]) -> Result<Counts, RecountError> {
    let mut counts = Counts::default();
    for paper in papers {
        match paper.choice {
            Choice::Yes => counts.yes += 1,
            Choice::No => counts.no += 1,
            Choice::Abstain => counts.abstain += 1,
            Choice::Approve(_) => return Err(wrong_choice(kind, paper)),
        }
    }
    Ok(counts)
}

fn count_approvals(
    kind: BallotKind,
    projects: &[ProjectTerms],
    papers: &[Paper],
) -> Result<Counts, RecountError> {
    let mut counts = Counts {
        approvals: projects
            .iter()
            .map(|project| ProjectApprovals { id: project.id.clone(), approvals: 0 })
            .collect(),
        ..Counts::default()
    };
    let mut by_id: HashMap<&str, &mut u64> = projects
        .iter()
        .zip(&mut counts.approvals)
        .map(|(project, counted)| (project.id.as_str(), &mut counted.approvals))
        .collect();
    for paper in papers {
        match &paper.choice {
            Choice::Abstain => counts.abstain += 1,
            Choice::Approve(approvals) => {
                for id in approvals.ids() {
                    match by_id.get_mut(id.as_str()) {
                        Some(approvals) => **approvals += 1,
                        None => {
                            return Err(RecountError::UnknownProject {
                                tracker: paper.tracker,
                                id: id.clone(),
                            });
                        }
                    }
                }
            }
            Choice::Yes | Choice::No => return Err(wrong_choice(kind, paper)),
        }
    }
    Ok(counts)
}
