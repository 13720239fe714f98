//! The chair's summary of a talk: what speaks for and against, what is agreed, what is open; and whether
//! those who spoke on each side find it fair.

use domain::ids::{CommunityId, SummaryId};
use domain::permission::Action;
use domain::role::Actor;
use domain::settings::CommunitySettings;
use domain::stance::Stance;
use domain::talk::PostState;
use domain::text::{SummaryPoints, TextError};
use entities::{post, proposal, summary, summary_fair};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait,
    IntoActiveModel, QueryFilter, QueryOrder, Set,
};
use serde::Deserialize;
use serde_json::json;

use crate::audit::{Record, append_in_txn};
use crate::civil;
use crate::error::{Error, Problem, Problems, Refusal, Result};
use crate::hall::Hall;
use crate::matter::{By, Said, Shown, settings, show_in_txn, update_in_txn};
use crate::post::{open_forum, sha256};
use crate::proposal::held_in_txn;

/// A summary as it is typed, a point a line.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct SummaryForm {
    /// What speaks for it.
    pub for_points: String,
    /// What speaks against it.
    pub against_points: String,
    /// What is agreed.
    pub agreed: String,
    /// What is open.
    pub open_points: String,
    /// Row of the summary that was there when the form was filled; empty for none.
    pub seen: String,
}

struct Typed([String; 4]);

impl SummaryForm {
    /// The form that mends a summary.
    #[must_use]
    pub fn of(row: &summary::Model) -> Self {
        Self {
            for_points: row.for_points.clone(),
            against_points: row.against_points.clone(),
            agreed: row.agreed.clone(),
            open_points: row.open_points.clone(),
            seen: row.id.to_string(),
        }
    }

    fn parse(&self, settings: &CommunitySettings) -> Result<Typed> {
        let mut problems = Problems::default();
        let mut part = |field, typed: &str| {
            if typed.trim().is_empty() {
                return Some(String::new());
            }
            let points = problems.text(field, SummaryPoints::parse(typed))?;
            Some(civil::covered(settings, points.as_str()))
        };
        let parts = (
            part("for_points", &self.for_points),
            part("against_points", &self.against_points),
            part("agreed", &self.agreed),
            part("open_points", &self.open_points),
        );
        let (Some(favour), Some(against), Some(agreed), Some(open)) = parts else {
            return problems.values(None);
        };
        let parts = [favour, against, agreed, open];
        if parts.iter().all(String::is_empty) {
            problems.note("agreed", Problem::Text(TextError::Empty));
        }
        problems.values(Some(Typed(parts)))
    }
}

/// Pins a summary in the place of the one before, and shows on the timeline that it was pinned. Earlier
/// ones can still be read.
///
/// # Errors
/// [`Error::Invalid`] for the fields of [`SummaryForm`]; [`Refusal::ForumClosed`]; [`Refusal::Stale`] when
/// somebody else has pinned another meanwhile.
pub async fn summary_pin(
    hall: &Hall,
    actor: &Actor,
    number: i64,
    form: &SummaryForm,
) -> Result<SummaryId> {
    let now = hall.now();
    let txn = hall.db.begin().await?;
    let (row, _) = held_in_txn(&txn, actor, number, Action::SummaryPin).await?;
    open_forum(&row)?;
    let settings = settings(&txn, CommunityId(row.community_id)).await?;
    let Typed([for_points, against_points, agreed, open_points]) = form.parse(&settings)?;
    let before = latest(&txn, row.id).await?;
    let seen = form.seen.trim().parse::<i64>().ok();
    if before.as_ref().map(|before| before.id) != seen {
        return Err(Refusal::Stale.into());
    }
    let made = summary::ActiveModel {
        proposal_id: Set(row.id),
        for_points: Set(for_points),
        against_points: Set(against_points),
        agreed: Set(agreed),
        open_points: Set(open_points),
        by_id: Set(actor.person.0),
        by_role: Set(actor.shown_role().map(|role| role.as_str().to_owned())),
        at: Set(now.0),
        ..Default::default()
    }
    .insert(&txn)
    .await?;
    let (id, version) = (row.id, row.version);
    let mut changed = row.into_active_model();
    changed.updated_at = Set(now.0);
    changed.version = Set(version + 1);
    let row = update_in_txn(&txn, changed, version).await?;
    let said = Said { detail: Some(json!({ "summary_id": made.id })), ..Said::default() };
    show_in_txn(hall, &txn, &row, Shown::note("summary"), By::Person(actor), &said).await?;
    let record = Record {
        actor: By::Person(actor).audit_name(),
        action: "summary_pin".to_owned(),
        subject: format!("proposal:{id}"),
        before: before.as_ref().map(digest),
        after: Some(digest(&made)),
        reason: None,
    };
    append_in_txn(&txn, now, record).await?;
    txn.commit().await?;
    Ok(SummaryId(made.id))
}

fn digest(row: &summary::Model) -> String {
    let text = [&row.for_points, &row.against_points, &row.agreed, &row.open_points];
    let text = text.map(String::as_str).join("\u{1F}");
    json!({ "summary": row.id, "summary_sha256": sha256(&text) }).to_string()
}

/// The summary of a matter that is in force.
///
/// # Errors
/// [`Error::Db`] when the database fails.
pub(crate) async fn latest(
    db: &impl ConnectionTrait,
    proposal: i64,
) -> Result<Option<summary::Model>> {
    Ok(summary::Entity::find()
        .filter(summary::Column::ProposalId.eq(proposal))
        .order_by_desc(summary::Column::Id)
        .one(db)
        .await?)
}

/// Somebody who spoke for or against says whether the summary is fair to their side, or takes back what they
/// said (`None`). It can be said again another way; a new summary asks anew.
///
/// # Errors
/// [`Refusal::ForumClosed`]; [`Refusal::NotSpeaker`] for who hasn't spoken on a side; [`Refusal::Stale`] when
/// another summary was pinned meanwhile; [`Error::NotFound`] when there is none.
pub async fn summary_judge(
    hall: &Hall,
    actor: &Actor,
    number: i64,
    id: SummaryId,
    fair: Option<bool>,
) -> Result<()> {
    let txn = hall.db.begin().await?;
    let (row, _) = held_in_txn(&txn, actor, number, Action::SummaryJudge).await?;
    open_forum(&row)?;
    let now_pinned = latest(&txn, row.id).await?.ok_or(Error::NotFound)?;
    if now_pinned.id != id.0 {
        return Err(Refusal::Stale.into());
    }
    let before = summary_fair::Entity::find_by_id((id.0, actor.person.0)).one(&txn).await?;
    let after = match fair {
        Some(fair) => {
            let side = side_of(&txn, &row, actor).await?.ok_or(Refusal::NotSpeaker)?;
            Some(say_in_txn(hall, &txn, actor, id, side, fair).await?)
        }
        None if before.is_none() => return Ok(()),
        None => {
            let key = (id.0, actor.person.0);
            summary_fair::Entity::delete_by_id(key).exec(&txn).await?;
            None
        }
    };
    let said = |row: &summary_fair::Model| {
        json!({ "summary": row.summary_id, "side": row.side, "fair": row.fair != 0 }).to_string()
    };
    let record = Record {
        actor: actor.audit_name(),
        action: "summary_judge".to_owned(),
        subject: format!("proposal:{}", row.id),
        before: before.as_ref().map(said),
        after: after.as_ref().map(said),
        ..Record::default()
    };
    append_in_txn(&txn, hall.now(), record).await?;
    txn.commit().await?;
    Ok(())
}

/// Writes what somebody says to a summary, in the place of what they said before.
async fn say_in_txn(
    hall: &Hall,
    txn: &DatabaseTransaction,
    actor: &Actor,
    id: SummaryId,
    side: Stance,
    fair: bool,
) -> Result<summary_fair::Model> {
    let said = summary_fair::Model {
        summary_id: id.0,
        person_id: actor.person.0,
        side: side.as_str().to_owned(),
        fair: i64::from(fair),
        through_id: actor.through.map(i64::from),
        at: hall.now().0,
    };
    let key = [summary_fair::Column::SummaryId, summary_fair::Column::PersonId];
    let again = OnConflict::columns(key)
        .update_columns([
            summary_fair::Column::Side,
            summary_fair::Column::Fair,
            summary_fair::Column::ThroughId,
            summary_fair::Column::At,
        ])
        .to_owned();
    let row = said.clone().into_active_model().reset_all();
    summary_fair::Entity::insert(row).on_conflict(again).exec_without_returning(txn).await?;
    Ok(said)
}

/// On which side somebody spoke last in a matter's talk: for or against.
async fn side_of(
    txn: &DatabaseTransaction,
    row: &proposal::Model,
    actor: &Actor,
) -> Result<Option<Stance>> {
    let last = post::Entity::find()
        .filter(post::Column::ProposalId.eq(row.id))
        .filter(post::Column::AuthorId.eq(actor.person.0))
        .filter(post::Column::State.eq(PostState::Shown.as_str()))
        .filter(post::Column::Stance.is_in([Stance::For.as_str(), Stance::Against.as_str()]))
        .order_by_desc(post::Column::Id)
        .one(txn)
        .await?;
    Ok(last.and_then(|last| Stance::from_name(&last.stance)))
}
