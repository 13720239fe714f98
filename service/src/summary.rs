//! The chair's pinned summary of a talk.

use domain::permission::Action;
use domain::proposal::StateName;
use domain::role::Actor;
use domain::text::Summary;
use entities::summary;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, Set,
};
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
    let before = summary::Entity::find()
        .filter(summary::Column::ProposalId.eq(row.id))
        .order_by_desc(summary::Column::Id)
        .one(&txn)
        .await?
        .map(|before| before.agreed);
    let (id, version) = (row.id, row.version);
    summary::ActiveModel {
        proposal_id: Set(id),
        for_points: Set(String::new()),
        against_points: Set(String::new()),
        agreed: Set(text.as_str().to_owned()),
        open_points: Set(String::new()),
        by_id: Set(actor.person.0),
        by_role: Set(actor.shown_role().map(|role| role.as_str().to_owned())),
        at: Set(now.0),
        ..Default::default()
    }
    .insert(&txn)
    .await?;
    let mut changed = row.into_active_model();
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
