//! Choosing projects for one fund by approvals.

use std::cmp::Reverse;
use std::collections::HashSet;

use super::tally::Outcome;

/// A project that asks for part of the fund.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Project {
    /// What tells it from the others; not blank.
    pub id: String,
    /// What it costs, in the fund's unit.
    pub cost: u64,
    /// How many voters approve of it.
    pub approvals: u64,
}

/// A checked project selection: `voters` took part, at least `quorum` had to, `fund` is shared out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selection {
    quorum: u64,
    voters: u64,
    fund: u64,
    projects: Vec<Project>,
}

/// Projects that can't be judged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProjectError {
    /// A project without a name.
    #[error("project number {0} has a blank id")]
    BlankId(usize),
    /// The same project twice.
    #[error("project {0:?} is listed twice")]
    Duplicate(String),
    /// More approvals than voters.
    #[error("project {id:?} has {approvals} approvals, more than the {voters} who voted")]
    MoreApprovalsThanVoters {
        /// The project.
        id: String,
        /// Its approvals.
        approvals: u64,
        /// All who voted.
        voters: u64,
    },
}

/// What a project selection comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SelectionOutcome {
    /// Participation and the quorum; passed means that at least one project was funded.
    pub outcome: Outcome,
    /// The ids of the funded projects, in the order in which they were funded; none when the vote isn't valid.
    pub funded: Vec<String>,
    /// What is left of the fund.
    pub left: u64,
}

impl Selection {
    /// Takes a selection in; `projects` in the order in which they were listed, which settles the last ties.
    ///
    /// # Errors
    /// When an id is blank or occurs twice, or a project has more approvals than there were voters.
    pub fn new(
        quorum: u64,
        voters: u64,
        fund: u64,
        projects: Vec<Project>,
    ) -> Result<Self, ProjectError> {
        let mut seen = HashSet::new();
        for (index, project) in projects.iter().enumerate() {
            if project.id.trim().is_empty() {
                return Err(ProjectError::BlankId(index + 1));
            }
            if !seen.insert(project.id.as_str()) {
                return Err(ProjectError::Duplicate(project.id.clone()));
            }
            if project.approvals > voters {
                return Err(ProjectError::MoreApprovalsThanVoters {
                    id: project.id.clone(),
                    approvals: project.approvals,
                    voters,
                });
            }
        }
        Ok(Self { quorum, voters, fund, projects })
    }

    /// Shares the fund out: most approvals first, ties by the lower cost and then by the place in the list. A
    /// project that no longer fits what is left is passed over and the next one tried.
    #[must_use]
    pub fn judge(&self) -> SelectionOutcome {
        let valid = self.voters >= self.quorum;
        let mut funded = Vec::new();
        let mut left = self.fund;
        if valid {
            let mut order: Vec<&Project> = self.projects.iter().collect();
            // The sort is stable, so what is still equal keeps its place in the list.
            order.sort_by_key(|project| (Reverse(project.approvals), project.cost));
            for project in order {
                if let Some(rest) = left.checked_sub(project.cost) {
                    left = rest;
                    funded.push(project.id.clone());
                }
            }
        }
        let passed = !funded.is_empty();
        SelectionOutcome {
            outcome: Outcome { participated: self.voters, quorum: self.quorum, valid, passed },
            funded,
            left,
        }
    }
}
