//! The committee's answer: put to the neighbours, or decided with a verdict.

use domain::permission::Action;
use domain::proposal::{DecidedBy, Step, Verdict};
use domain::role::Actor;
use domain::text::Reason;
use entities::proposal;
use sea_orm::Set;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::permitted_in_txn;
use crate::error::{Problems, Result};
use crate::hall::Hall;
use crate::matter::{self, By, Said};

/// The answer that puts a matter to the neighbours.
pub const DELIBERATE: &str = "deliberate";

/// The form of the answer.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AnswerForm {
    /// [`DELIBERATE`], or a name of [`Verdict`].
    pub verdict: String,
    /// The answer that everyone reads.
    pub reason: String,
}

/// Answers a matter: put to the neighbours (only right after it was accepted), or decided by the
/// committee.
///
/// # Errors
/// [`crate::Error::Denied`], [`crate::Error::Invalid`] with `verdict` or `reason`,
/// [`crate::Error::Refused`] when no answer is owed or somebody else was quicker.
pub async fn matter_answer(
    hall: &Hall,
    actor: &Actor,
    number: i64,
    form: &AnswerForm,
) -> Result<()> {
    let txn = hall.db.begin().await?;
    let row = permitted_in_txn(&txn, actor, number, Action::ProposalDecide).await?;
    let mut problems = Problems::default();
    let verdict = problems.choice("verdict", &form.verdict, |name| match name {
        DELIBERATE => Some(None),
        name => Verdict::from_name(name).map(Some),
    });
    let reason = problems.text("reason", Reason::parse(&form.reason));
    let (verdict, reason) = problems.values(verdict.zip(reason))?;
    let by = By::Person(actor);
    match verdict {
        None => {
            let said = Said::reason(reason.as_str());
            matter::advance_in_txn(hall, &txn, row, Step::Deliberate, by, said).await?;
        }
        Some(verdict) => {
            let step = Step::Decide { verdict, by: DecidedBy::Committee };
            let said = decided(verdict, DecidedBy::Committee, reason.as_str());
            let answer = answered(hall, by, verdict, reason.as_str());
            matter::advance_with_in_txn(hall, &txn, row, step, by, said, answer).await?;
        }
    }
    txn.commit().await?;
    Ok(())
}

/// What a decision says on the timeline.
pub(super) fn decided(verdict: Verdict, by: DecidedBy, reason: &str) -> Said {
    Said {
        reason: Some(reason.to_owned()),
        detail: Some(json!({ "verdict": verdict, "by": by })),
        due: None,
    }
}

/// Sets the official answer.
pub(super) fn answered(
    hall: &Hall,
    by: By<'_>,
    verdict: Verdict,
    text: &str,
) -> impl FnOnce(&mut proposal::ActiveModel) + use<> {
    let now = hall.now().0;
    let role = by.role().map(|role| role.as_str().to_owned());
    let text = text.to_owned();
    move |row| {
        row.answer = Set(Some(text));
        row.answer_verdict = Set(Some(verdict.as_str().to_owned()));
        row.answer_role = Set(role);
        row.answer_at = Set(Some(now));
    }
}
