//! Edits at which somebody looks first.

use domain::ids::{CourtyardId, EntranceId, PersonId};
use domain::permission::Action;
use domain::role::Actor;
use domain::text::Reason;
use domain::version::{TextRefusal, VersionState, shown_kind};
use entities::{proposal, proposal_version};
use sea_orm::{ActiveModelTrait, DatabaseTransaction, IntoActiveModel, Set};
use serde_json::json;

use super::change::{Edited, put_in_txn};
use super::form::Typed;
use super::{edit_of, is_cosigned, kind_of, open, state_of, text_at, text_of};
use crate::audit::{Record, append_in_txn};
use crate::error::{Problems, Refusal, Result};
use crate::hall::Hall;
use crate::matter::{self, By, Said, Shown, show_in_txn};
use crate::places;
use crate::proposal::held_in_txn;

/// Lets the waiting edit `edit` be the matter's text. Where a neighbour has co-signed since a free one was sent, it
/// is a change: each household is asked.
///
/// # Errors
/// [`TextRefusal::NothingWaits`]; [`Refusal::Stale`] when another edit waits by now, or its place is no more;
/// [`TextRefusal::Closed`]; [`Refusal::TextRemoved`]; [`Error::Denied`](crate::Error::Denied).
pub async fn text_let_go(hall: &Hall, actor: &Actor, number: i64, edit: i64) -> Result<Edited> {
    let txn = hall.db.begin().await?;
    // Places are held before matters: which ones, is read before it is sure.
    let row = matter::by_number(&txn, actor.community, number).await?;
    if let Some(seen) = edit_of(&txn, row.id).await?.filter(|seen| seen.id == edit) {
        let entrance = seen.entrance_id.map(EntranceId);
        places::hold_in_txn(&txn, CourtyardId(seen.courtyard_id), entrance).await?;
    }
    let (row, _) = held_in_txn(&txn, actor, number, Action::ReportDecide).await?;
    open(&row)?;
    let waiting = waiting_in_txn(&txn, &row, edit).await?;
    let text = text_at(&waiting)?;
    let kind = shown_kind(kind_of(&waiting)?, is_cosigned(&txn, row.id).await?);
    if text_of(&row)?.changed(&text).is_empty() {
        return Err(Refusal::Stale.into());
    }
    let author = Actor {
        person: PersonId(waiting.by_id),
        community: actor.community,
        home: None,
        roles: Vec::new(),
        duty_waits: false,
        stepped_up: false,
        consented: false,
        through: waiting.through_id.map(PersonId),
    };
    let typed = Typed { text, note: waiting.note };
    let version = put_in_txn(hall, &txn, actor, row, typed, kind, &author).await?;
    txn.commit().await?;
    Ok(Edited::Shown { version, kind })
}

/// Doesn't let the waiting edit `edit` through: the text stays as it is. The timeline says so and why, and the
/// author gets the edit back to mend it.
///
/// # Errors
/// [`Error::Invalid`](crate::Error::Invalid) with `reason`; else as [`text_let_go`].
pub async fn text_decline(
    hall: &Hall,
    actor: &Actor,
    number: i64,
    edit: i64,
    reason: &str,
) -> Result<()> {
    let now = hall.now();
    let txn = hall.db.begin().await?;
    let (row, _) = held_in_txn(&txn, actor, number, Action::ReportDecide).await?;
    let mut problems = Problems::default();
    let reason = problems.text("reason", Reason::parse(reason));
    let reason = problems.values(reason)?;
    open(&row)?;
    let waiting = waiting_in_txn(&txn, &row, edit).await?;
    let mut declined = waiting.into_active_model();
    declined.state = Set(VersionState::Declined.as_str().to_owned());
    declined.decided_by = Set(Some(actor.person.0));
    declined.decided_at = Set(Some(now.0));
    declined.decision_reason = Set(Some(reason.to_string()));
    declined.update(&txn).await?;
    let by = By::Person(actor);
    let said = Said::reason(reason.as_str());
    show_in_txn(hall, &txn, &row, Shown::note("text_declined"), by, &said).await?;
    let record = Record {
        actor: actor.audit_name(),
        action: "text_decline".to_owned(),
        subject: format!("proposal:{}", row.id),
        after: Some(json!({ "edit": edit }).to_string()),
        reason: Some(reason.to_string()),
        ..Record::default()
    };
    append_in_txn(&txn, now, record).await?;
    txn.commit().await?;
    Ok(())
}

/// The edit that waits, when it is the one that was read.
async fn waiting_in_txn(
    txn: &DatabaseTransaction,
    row: &proposal::Model,
    edit: i64,
) -> Result<proposal_version::Model> {
    let found = edit_of(txn, row.id).await?.ok_or(TextRefusal::NothingWaits)?;
    if state_of(&found)? != VersionState::Waiting {
        return Err(TextRefusal::NothingWaits.into());
    }
    if found.id == edit { Ok(found) } else { Err(Refusal::Stale.into()) }
}
