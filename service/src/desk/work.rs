//! The work (民办): referral, progress, one extension, 挂账, completion, archive.

use domain::clock::Deadline;
use domain::ids::CommunityId;
use domain::permission::Action;
use domain::proposal::{State, StateName, Step};
use domain::role::Actor;
use domain::route::Route;
use domain::settings::CommunitySettings;
use domain::text::{Note, Reason, Receiver, TextError};
use domain::time::Timestamp;
use entities::{follow_up, proposal, work_item};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter,
    Set,
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use time::Duration;

use super::{day_between, is_late, iso, permitted_in_txn, reason, refused, touch_in_txn};
use crate::audit::{Record, append_in_txn};
use crate::error::{Error, Problem, Problems, Result};
use crate::hall::Hall;
use crate::matter::{self, By, Said, Shown};

/// The latest day of a 挂账's next look, in days from now.
pub const SUSPEND_DAYS_MAX: i64 = 365;
/// The act of the progress form that writes a note.
pub const PROGRESS_NOTE: &str = "note";
/// The act of the progress form that asks for the one extension.
pub const PROGRESS_EXTEND: &str = "extend";

const TICKET_MAX: usize = 40;

/// The form of a referral.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ReferForm {
    /// A name of [`Route`] that is work.
    pub route: String,
    /// Who does it, as shown.
    pub receiver: String,
    /// The ticket number of the 12345 hotline; needed with that route alone.
    pub ticket: String,
    /// The public reason.
    pub reason: String,
}

/// The form of progress.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ProgressForm {
    /// [`PROGRESS_NOTE`] or [`PROGRESS_EXTEND`].
    pub act: String,
    /// With a note: what was done.
    pub note: String,
    /// With an extension: why.
    pub reason: String,
}

/// The form of 挂账.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SuspendForm {
    /// The day on which it is looked at again, ISO 8601.
    pub review_on: String,
    /// The public reason.
    pub reason: String,
}

/// Hands a decided matter to whoever does it, or passes on work that is being done.
///
/// The work is due in the community's working days for work.
///
/// # Errors
/// [`Error::Denied`], [`Error::Invalid`] with the fields of [`ReferForm`], [`Error::Refused`] when
/// it can't be referred as it stands or somebody else was quicker, [`Error::Calendar`].
pub async fn work_refer(hall: &Hall, actor: &Actor, number: i64, form: &ReferForm) -> Result<()> {
    let now = hall.now();
    let txn = hall.db.begin().await?;
    let row = permitted_in_txn(&txn, actor, number, Action::WorkManage).await?;
    let mut problems = Problems::default();
    let route = problems.choice("route", &form.route, |name| {
        Route::from_name(name).filter(|route| route.is_work())
    });
    let receiver = problems.text("receiver", Receiver::parse(&form.receiver));
    let ticket = if route == Some(Route::Hotline12345) {
        ticket(&mut problems, &form.ticket).map(Some)
    } else {
        Some(None)
    };
    let reason = problems.text("reason", Reason::parse(&form.reason));
    let all = route.zip(receiver).zip(ticket).zip(reason);
    let (((route, receiver), ticket), reason) = problems.values(all)?;

    let step = Step::Refer { route };
    // Judged before anything is written, so that the refusal names the matter's state.
    matter::state_of(&row)?.apply(step.clone())?;
    work_item::Entity::update_many()
        .col_expr(work_item::Column::State, Expr::value("passed_on"))
        .col_expr(work_item::Column::DoneAt, Expr::value(now.0))
        .filter(work_item::Column::ProposalId.eq(row.id))
        .filter(work_item::Column::State.is_in(LIVE))
        .exec(&txn)
        .await?;
    let settings = settings(&txn, &row).await?;
    let calendar = settings.calendar(&hall.calendar);
    let due = Deadline::working_days(&calendar, now, settings.work_days)?;
    open_item_in_txn(&txn, &row, route, receiver.as_str(), ticket.clone(), now, due).await?;
    let said = Said {
        reason: Some(reason.as_str().to_owned()),
        detail: Some(json!({ "route": route, "receiver": receiver.as_str(), "ticket": ticket })),
        due: Some(due),
    };
    matter::advance_in_txn(hall, &txn, row, step, By::Person(actor), said).await?;
    txn.commit().await?;
    Ok(())
}

/// Does what the form of progress says.
///
/// # Errors
/// [`Error::Invalid`] with `act`; else as [`work_note`] and [`work_extend`].
pub async fn work_progress(
    hall: &Hall,
    actor: &Actor,
    number: i64,
    form: &ProgressForm,
) -> Result<()> {
    match form.act.as_str() {
        PROGRESS_NOTE => work_note(hall, actor, number, &form.note).await,
        PROGRESS_EXTEND => work_extend(hall, actor, number, &form.reason).await,
        "" => Err(Error::field("act", Problem::Choose)),
        _ => Err(Error::field("act", Problem::Unknown)),
    }
}

/// Notes progress; no due day moves by it.
///
/// # Errors
/// [`Error::Denied`], [`Error::Invalid`] with `note`, [`Error::Refused`] when the matter isn't
/// being done or on hold.
pub async fn work_note(hall: &Hall, actor: &Actor, number: i64, typed: &str) -> Result<()> {
    let now = hall.now();
    let txn = hall.db.begin().await?;
    let row = permitted_in_txn(&txn, actor, number, Action::WorkManage).await?;
    let note = note(typed)?;
    if live_item(&txn, &row).await?.is_none() {
        return Err(refused(&row, "progress"));
    }
    let by = By::Person(actor);
    let said = Said::reason(note.as_str());
    let row = touch_in_txn(hall, &txn, row, |_| {}).await?;
    matter::show_in_txn(hall, &txn, &row, Shown::note("progress"), by, &said).await?;
    append_in_txn(&txn, now, record(by, "work_note", &row, None, None, note.as_str())).await?;
    txn.commit().await?;
    Ok(())
}

/// Gives a work item its one extension: as many working days as the work had, from its due day, or
/// from today when that is over.
///
/// # Errors
/// [`Error::Denied`], [`Error::Invalid`] with `reason`, [`Error::Refused`] when the matter isn't
/// being done, was extended before, or somebody else was quicker, [`Error::Calendar`].
pub async fn work_extend(hall: &Hall, actor: &Actor, number: i64, typed: &str) -> Result<()> {
    let now = hall.now();
    let txn = hall.db.begin().await?;
    let row = permitted_in_txn(&txn, actor, number, Action::WorkManage).await?;
    let reason = reason(typed)?;
    let item = live_item(&txn, &row).await?;
    let item = item.filter(|item| item.state == "open" && item.extended_at.is_none());
    let Some(item) = item else { return Err(refused(&row, "extend")) };

    let settings = settings(&txn, &row).await?;
    let from = Timestamp(item.due_at.max(now.0));
    let calendar = settings.calendar(&hall.calendar);
    let due = Deadline::working_days(&calendar, from, settings.work_days)?;
    let late = is_late(Some(item.due_at), now);
    let before = item.due_at;
    let mut changed = item.into_active_model();
    changed.due_at = Set(due.at.0);
    changed.extended_at = Set(Some(now.0));
    changed.update(&txn).await?;

    let row = touch_in_txn(hall, &txn, row, |row| {
        row.due_at = Set(Some(due.at.0));
        row.due_provisional = Set(i64::from(due.provisional));
    })
    .await?;
    let by = By::Person(actor);
    let said = Said::reason(reason.as_str());
    let shown = Shown { kind: "extended", late, due_at: Some(due.at) };
    matter::show_in_txn(hall, &txn, &row, shown, by, &said).await?;
    let (before, after) = (json!({ "due_at": before }), json!({ "due_at": due.at }));
    append_in_txn(
        &txn,
        now,
        record(by, "work_extend", &row, Some(before), Some(after), reason.as_str()),
    )
    .await?;
    txn.commit().await?;
    Ok(())
}

/// 挂账: puts work on hold, or names a later day for what is on hold already.
///
/// # Errors
/// [`Error::Denied`], [`Error::Invalid`] with the fields of [`SuspendForm`] (the day lies after
/// today and at most [`SUSPEND_DAYS_MAX`] days away), [`Error::Refused`] when the matter isn't
/// being done or on hold, or somebody else was quicker.
pub async fn work_suspend(
    hall: &Hall,
    actor: &Actor,
    number: i64,
    form: &SuspendForm,
) -> Result<()> {
    let txn = hall.db.begin().await?;
    let row = permitted_in_txn(&txn, actor, number, Action::WorkManage).await?;
    let today = hall.now().local_date();
    let mut problems = Problems::default();
    let review_on = day_between(
        &mut problems,
        "review_on",
        &form.review_on,
        today.next_day(),
        today.checked_add(Duration::days(SUSPEND_DAYS_MAX)),
    );
    let reason = problems.text("reason", Reason::parse(&form.reason));
    let (review_on, reason) = problems.values(review_on.zip(reason))?;

    let step = Step::Suspend { review_on };
    matter::state_of(&row)?.apply(step.clone())?;
    if let Some(item) = live_item(&txn, &row).await? {
        let mut changed = item.into_active_model();
        changed.state = Set("suspended".to_owned());
        changed.update(&txn).await?;
    }
    let said = Said {
        reason: Some(reason.as_str().to_owned()),
        detail: Some(json!({ "review_on": iso(review_on) })),
        due: None,
    };
    matter::advance_in_txn(hall, &txn, row, step, By::Person(actor), said).await?;
    txn.commit().await?;
    Ok(())
}

/// Takes work up again that was on hold; its working days begin anew.
///
/// # Errors
/// [`Error::Denied`], [`Error::Invalid`] with `reason`, [`Error::Refused`] when the matter isn't on
/// hold or somebody else was quicker, [`Error::Calendar`].
pub async fn work_resume(hall: &Hall, actor: &Actor, number: i64, typed: &str) -> Result<()> {
    let txn = hall.db.begin().await?;
    let row = permitted_in_txn(&txn, actor, number, Action::WorkManage).await?;
    let reason = reason(typed)?;
    matter::state_of(&row)?.apply(Step::Resume)?;
    let settings = settings(&txn, &row).await?;
    let calendar = settings.calendar(&hall.calendar);
    let due = Deadline::working_days(&calendar, hall.now(), settings.work_days)?;
    if let Some(item) = live_item(&txn, &row).await? {
        let mut changed = item.into_active_model();
        changed.state = Set("open".to_owned());
        changed.due_at = Set(due.at.0);
        changed.update(&txn).await?;
    }
    let said = Said { reason: Some(reason.as_str().to_owned()), detail: None, due: Some(due) };
    matter::advance_in_txn(hall, &txn, row, Step::Resume, By::Person(actor), said).await?;
    txn.commit().await?;
    Ok(())
}

/// Completes the work, with a note that everyone can read; neighbours review it now.
///
/// # Errors
/// [`Error::Denied`], [`Error::Invalid`] with `note`, [`Error::Refused`] when the matter isn't
/// being done or somebody else was quicker.
pub async fn work_complete(hall: &Hall, actor: &Actor, number: i64, typed: &str) -> Result<()> {
    let txn = hall.db.begin().await?;
    let row = permitted_in_txn(&txn, actor, number, Action::WorkManage).await?;
    let note = note(typed)?;
    matter::state_of(&row)?.apply(Step::Complete)?;
    if let Some(item) = live_item(&txn, &row).await? {
        let mut changed = item.into_active_model();
        changed.state = Set("done".to_owned());
        changed.done_at = Set(Some(hall.now().0));
        changed.note = Set(Some(note.as_str().to_owned()));
        changed.update(&txn).await?;
    }
    let said = Said::reason(note.as_str());
    matter::advance_in_txn(hall, &txn, row, Step::Complete, By::Person(actor), said).await?;
    txn.commit().await?;
    Ok(())
}

/// Closes a reviewed matter for good, or a declined one when its author can contest it no longer.
///
/// # Errors
/// [`Error::Denied`], [`Error::Invalid`] with `reason`, [`Error::Refused`] when it can't be
/// archived yet, waits for a follow-up, or somebody else was quicker.
pub async fn matter_archive(hall: &Hall, actor: &Actor, number: i64, typed: &str) -> Result<()> {
    let txn = hall.db.begin().await?;
    let row = permitted_in_txn(&txn, actor, number, Action::ProposalDecide).await?;
    let reason = reason(typed)?;
    let early = match matter::state_of(&row)?.state {
        State::Decided { .. } => !is_late(row.due_at, hall.now()),
        // A follow-up could still open the work again.
        State::Reviewed { .. } => {
            let open = follow_up::Entity::find()
                .filter(follow_up::Column::ProposalId.eq(row.id))
                .filter(follow_up::Column::DoneAt.is_null());
            open.one(&txn).await?.is_some()
        }
        _ => false,
    };
    if early {
        return Err(refused(&row, "archive"));
    }
    let said = Said::reason(reason.as_str());
    matter::advance_in_txn(hall, &txn, row, Step::Archive, By::Person(actor), said).await?;
    txn.commit().await?;
    Ok(())
}

const LIVE: [&str; 2] = ["open", "suspended"];

/// The work item that is open or on hold.
async fn live_item(
    txn: &DatabaseTransaction,
    row: &proposal::Model,
) -> Result<Option<work_item::Model>> {
    if !matches!(super::name_of(row)?, StateName::InProgress | StateName::Suspended) {
        return Ok(None);
    }
    let item = work_item::Entity::find()
        .filter(work_item::Column::ProposalId.eq(row.id))
        .filter(work_item::Column::State.is_in(LIVE))
        .one(txn)
        .await?;
    Ok(item)
}

/// Opens a work item. A second live one of the same matter is refused by its unique key.
pub(super) async fn open_item_in_txn(
    txn: &DatabaseTransaction,
    row: &proposal::Model,
    route: Route,
    receiver: &str,
    ticket: Option<String>,
    now: Timestamp,
    due: Deadline,
) -> Result<()> {
    let item = work_item::ActiveModel {
        proposal_id: Set(row.id),
        route: Set(route.as_str().to_owned()),
        receiver: Set(receiver.to_owned()),
        ticket: Set(ticket),
        state: Set("open".to_owned()),
        opened_at: Set(now.0),
        due_at: Set(due.at.0),
        ..Default::default()
    };
    work_item::Entity::insert(item)
        .exec_without_returning(txn)
        .await
        .map_err(super::stale_if_duplicate)?;
    Ok(())
}

async fn settings(txn: &DatabaseTransaction, row: &proposal::Model) -> Result<CommunitySettings> {
    matter::settings(txn, CommunityId(row.community_id)).await
}

fn note(typed: &str) -> Result<Note> {
    let mut problems = Problems::default();
    let note = problems.text("note", Note::parse(typed));
    problems.values(note)
}

/// A ticket number: letters, digits and hyphens.
fn ticket(problems: &mut Problems, typed: &str) -> Option<String> {
    let typed = typed.trim();
    let len = typed.chars().count();
    let problem = if len == 0 {
        Problem::Text(TextError::Empty)
    } else if len > TICKET_MAX {
        Problem::Text(TextError::TooLong { len, max: TICKET_MAX })
    } else if !typed.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') {
        Problem::Unknown
    } else {
        return Some(typed.to_owned());
    };
    problems.note("ticket", problem);
    None
}

fn record(
    by: By<'_>,
    action: &str,
    row: &proposal::Model,
    before: Option<serde_json::Value>,
    after: Option<serde_json::Value>,
    reason: &str,
) -> Record {
    Record {
        actor: by.audit_name(),
        action: action.to_owned(),
        subject: format!("proposal:{}", row.id),
        before: before.map(|value| value.to_string()),
        after: after.map(|value| value.to_string()),
        reason: Some(reason.to_owned()),
    }
}
