//! A held session (议事会): its minutes, and the consensus that it may have come to.

use domain::permission::{Action, permit};
use domain::proposal::{DecidedBy, StateName, Step, Verdict};
use domain::role::Actor;
use domain::text::{Minutes, Reason};
use domain::time::Timestamp;
use entities::council_session;
use sea_orm::{ActiveModelTrait, Set};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::decide::{answered, decided};
use super::{day_between, iso, name_of, permitted_in_txn, refused, touch_in_txn};
use crate::audit::{Record, append_in_txn};
use crate::error::{Problem, Problems, Result};
use crate::hall::Hall;
use crate::matter::{self, By, Said, Shown};

/// The most people that a session is taken to hold.
pub const ATTENDEES_MAX: i64 = 1_000;

/// The form of a session's record.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SessionForm {
    /// The day, ISO 8601.
    pub held_on: String,
    /// People present.
    pub attendees: String,
    /// 纪要.
    pub minutes: String,
    /// What consensus it came to, a name of [`Verdict`]; empty when the talk goes on.
    pub verdict: String,
    /// The consensus in words; needed with a verdict.
    pub reason: String,
}

/// Records a session; with a verdict, the matter is decided by the consensus that its minutes record.
///
/// The minutes are for whoever holds sessions, the decision for those who may decide.
///
/// # Errors
/// [`crate::Error::Denied`], [`crate::Error::Invalid`] with the fields of [`SessionForm`],
/// [`crate::Error::Refused`] when the matter isn't being talked over or somebody else was quicker.
pub async fn session_record(
    hall: &Hall,
    actor: &Actor,
    number: i64,
    form: &SessionForm,
) -> Result<()> {
    let now = hall.now();
    let txn = hall.db.begin().await?;
    let row = permitted_in_txn(&txn, actor, number, Action::SessionRecord).await?;
    if !form.verdict.is_empty() {
        let target = matter::target(&txn, &row, Some(actor)).await?;
        permit(Some(actor), Action::ProposalDecide, &target)?;
    }
    if !matches!(name_of(&row)?, StateName::Accepted | StateName::Deliberating) {
        return Err(refused(&row, "session"));
    }

    let mut problems = Problems::default();
    let first = Timestamp(row.created_at).local_date();
    let held_on =
        day_between(&mut problems, "held_on", &form.held_on, Some(first), Some(now.local_date()));
    let attendees = form.attendees.trim().parse().ok().filter(|n| (1..=ATTENDEES_MAX).contains(n));
    if attendees.is_none() {
        problems.note("attendees", Problem::Number { min: 1, max: ATTENDEES_MAX });
    }
    let minutes = problems.text("minutes", Minutes::parse(&form.minutes));
    let conclusion = if form.verdict.is_empty() {
        Some(None)
    } else {
        let verdict = problems.choice("verdict", &form.verdict, Verdict::from_name);
        let reason = problems.text("reason", Reason::parse(&form.reason));
        verdict.zip(reason).map(Some)
    };
    let all = held_on.zip(attendees).zip(minutes).zip(conclusion);
    let (((held_on, attendees), minutes), conclusion) = problems.values(all)?;

    let held = council_session::ActiveModel {
        proposal_id: Set(row.id),
        held_on: Set(iso(held_on)),
        attendees: Set(attendees),
        minutes: Set(minutes.as_str().to_owned()),
        recorded_by: Set(actor.person.0),
        at: Set(now.0),
        ..Default::default()
    }
    .insert(&txn)
    .await?;

    let by = By::Person(actor);
    let said = Said {
        detail: Some(json!({
            "session": held.id,
            "held_on": held.held_on,
            "attendees": attendees,
        })),
        ..Said::default()
    };
    let row = touch_in_txn(hall, &txn, row, |_| {}).await?;
    matter::show_in_txn(hall, &txn, &row, Shown::note("session"), by, &said).await?;
    append_in_txn(
        &txn,
        now,
        Record {
            actor: by.audit_name(),
            action: "session_record".to_owned(),
            subject: format!("proposal:{}", row.id),
            before: None,
            after: said.detail.map(|detail| detail.to_string()),
            reason: Some(held.minutes),
        },
    )
    .await?;
    if let Some((verdict, reason)) = conclusion {
        let step = Step::Decide { verdict, by: DecidedBy::Consensus };
        let said = decided(verdict, DecidedBy::Consensus, reason.as_str());
        let answer = answered(hall, by, verdict, reason.as_str());
        matter::advance_with_in_txn(hall, &txn, row, step, by, said, answer).await?;
    }
    txn.commit().await?;
    Ok(())
}
