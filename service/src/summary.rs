//! The chair's pinned summary of a talk.

use domain::permission::Action;
use domain::proposal::StateName;
use domain::role::Actor;
use domain::text::Summary;
use sea_orm::{IntoActiveModel, Set};
use serde_json::json;

use crate::audit::{Record, append_in_txn};
use crate::error::{Error, Problem, Refusal, Result};
use crate::hall::Hall;
use crate::matter::{By, Said, Shown, show_in_txn, update_in_txn};
use crate::post::sha256;
use crate::proposal::held_in_txn;

/// Pins a summary in the place of the one before, and shows on the timeline that it was pinned.
/// Earlier summaries stay in their steps.
///
/// # Errors
/// [`Error::Invalid`] for the field `text`; [`Refusal::ForumClosed`]; [`Refusal::Stale`] when
/// somebody else changed the matter meanwhile.
pub async fn summary_pin(hall: &Hall, actor: &Actor, number: i64, text: &str) -> Result<()> {
    let now = hall.now();
    let txn = hall.db.begin().await?;
    let (row, _) = held_in_txn(&txn, actor, number, Action::SummaryPin).await?;
    if !StateName::from_name(&row.state).is_some_and(StateName::takes_posts) {
        return Err(Refusal::ForumClosed.into());
    }
    let text = Summary::parse(text).map_err(|e| Error::field("text", Problem::Text(e)))?;
    let (id, version, before) = (row.id, row.version, row.summary.clone());
    let mut changed = row.into_active_model();
    changed.summary = Set(Some(text.as_str().to_owned()));
    changed.summary_by = Set(Some(actor.person.0));
    changed.summary_at = Set(Some(now.0));
    changed.updated_at = Set(now.0);
    changed.version = Set(version + 1);
    let row = update_in_txn(&txn, changed, version).await?;
    let said = Said { detail: Some(json!({ "summary": text.as_str() })), ..Said::default() };
    show_in_txn(hall, &txn, &row, Shown::note("summary"), By::Person(actor), &said).await?;
    let digest = |text: &str| json!({ "summary_sha256": sha256(text) }).to_string();
    let record = Record {
        actor: By::Person(actor).audit_name(),
        action: "summary_pin".to_owned(),
        subject: format!("proposal:{id}"),
        before: before.as_deref().map(digest),
        after: Some(digest(text.as_str())),
        reason: None,
    };
    append_in_txn(&txn, now, record).await?;
    txn.commit().await?;
    Ok(())
}
