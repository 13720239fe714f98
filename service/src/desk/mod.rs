//! The committee's desk: first check, answer, session, work, follow-up and undelivered mail.
//!
//! Every act has a public reason or note, and happens in one transaction with its line on the
//! timeline, its notice to followers and its entry in the audit chain.

mod check;
mod decide;
mod follow_up;
mod mail;
mod session;
mod work;

pub use check::{
    AcceptForm, CheckForm, matter_accept, matter_check, matter_not_accept, matter_publish,
    matter_return,
};
pub use decide::{AnswerForm, DELIBERATE, matter_answer};
pub use follow_up::{FollowUpForm, follow_up_matter, follow_up_record, follow_ups_open};
pub use mail::mail_resend;
pub use session::{ATTENDEES_MAX, SessionForm, session_record};
pub use work::matter_archive;
pub use work::{
    PROGRESS_EXTEND, PROGRESS_NOTE, ProgressForm, ReferForm, SUSPEND_DAYS_MAX, SuspendForm,
    work_complete, work_extend, work_note, work_progress, work_refer, work_resume, work_suspend,
};

use domain::permission::Action;
use domain::proposal::{InvalidTransition, StateName};
use domain::role::Actor;
use domain::text::Reason;
use domain::time::Timestamp;
use entities::proposal;
use sea_orm::{DatabaseTransaction, IntoActiveModel, Set};
use time::{Date, Month};

use crate::error::{Error, Problem, Problems, Refusal, Result};
use crate::hall::Hall;
use crate::matter;
use crate::proposal::held_in_txn;

/// Holds a matter for an act until the transaction ends, and judges whether the actor may do it.
///
/// # Errors
/// [`Error::NotFound`] when there is none, or none that this person may know of;
/// [`Error::Denied`] when the act is for others.
async fn permitted_in_txn(
    txn: &DatabaseTransaction,
    actor: &Actor,
    number: i64,
    action: Action,
) -> Result<proposal::Model> {
    held_in_txn(txn, actor, number, action).await.map(|(row, _)| row)
}

/// The name of a matter's state.
fn name_of(row: &proposal::Model) -> Result<StateName> {
    StateName::from_name(&row.state).ok_or_else(|| Error::unknown("state", &row.state))
}

/// Refuses an act that the state machine doesn't know as a step of its own.
fn refused(row: &proposal::Model, step: &'static str) -> Error {
    match name_of(row) {
        Ok(from) => InvalidTransition { from, step }.into(),
        Err(error) => error,
    }
}

/// Changes columns of a matter whose state stays, under its version.
async fn touch_in_txn(
    hall: &Hall,
    txn: &DatabaseTransaction,
    row: proposal::Model,
    change: impl FnOnce(&mut proposal::ActiveModel),
) -> Result<proposal::Model> {
    let version = row.version;
    let mut changed = row.into_active_model();
    changed.updated_at = Set(hall.now().0);
    changed.version = Set(version + 1);
    change(&mut changed);
    matter::update_in_txn(txn, changed, version).await
}

fn reason(typed: &str) -> Result<Reason> {
    let mut problems = Problems::default();
    let reason = problems.text("reason", Reason::parse(typed));
    problems.values(reason)
}

/// A day as date inputs send it: `2026-11-24`.
pub(crate) fn parse_day(typed: &str) -> Option<Date> {
    let mut parts = typed.trim().splitn(3, '-');
    let year = parts.next()?.parse().ok()?;
    let month = parts.next()?.parse::<u8>().ok()?;
    let day = parts.next()?.parse().ok()?;
    Date::from_calendar_date(year, Month::try_from(month).ok()?, day).ok()
}

/// A day as it is stored: ISO 8601.
fn iso(day: Date) -> String {
    format!("{:04}-{:02}-{:02}", day.year(), u8::from(day.month()), day.day())
}

/// Notes a day outside its range; both ends are allowed.
fn day_between(
    problems: &mut Problems,
    field: &'static str,
    typed: &str,
    first: Option<Date>,
    last: Option<Date>,
) -> Option<Date> {
    let Some(day) = parse_day(typed) else {
        problems.note(field, Problem::Date);
        return None;
    };
    if first.is_some_and(|first| day < first) {
        problems.note(field, Problem::TooEarly);
        return None;
    }
    if last.is_some_and(|last| day > last) {
        problems.note(field, Problem::TooLate);
        return None;
    }
    Some(day)
}

/// Whether something that was due at `due_at` comes late now.
fn is_late(due_at: Option<i64>, now: Timestamp) -> bool {
    due_at.is_some_and(|due_at| now.0 > due_at)
}

/// What a unique key refused: somebody else was quicker.
fn stale_if_duplicate(error: sea_orm::DbErr) -> Error {
    if Error::is_duplicate(&error) { Refusal::Stale.into() } else { error.into() }
}
