//! The text that people signed: edits of it, each a version, and what the households behind it are asked.
//!
//! An edit is shown at once or waits, as posts do. Shown, it is a version of its own; a change of what is asked
//! moves [`proposal::Model::asks_version`], and with it every co-sign of an older text counts no more until its
//! household keeps it. An edit that waits or was declined is a row with number 0, one a matter.

mod case;
mod change;
mod contest;
mod differ;
mod form;
mod keep;
mod line;
mod own;
mod since;
mod versions;
mod wait;

pub use case::{TextCase, WaitingLine, text_case};
pub use change::{Edited, text_change, text_drop};
pub use contest::{Contested, correction_contest, correction_contest_back, correction_raise};
pub use differ::{ScopeName, TextChange, What};
pub use form::TextForm;
pub use keep::{Kept, cosign_keep, cosign_leave};
pub use line::{Asked, DeclinedText, OpenCorrection, TextLine, WaitingText, text_line};
pub use own::{TextOwn, TextPreview, text_own, text_preview};
pub use versions::{
    Raised, TextVersion, TextVersions, VersionLine, WholeText, text_version, text_versions,
};
pub use wait::{text_decline, text_let_go};

use domain::ids::{CourtyardId, EntranceId};
use domain::place::{Scope, ScopeKind};
use domain::proposal::StateName;
use domain::version::{Text, TextRefusal, VersionKind, VersionState, takes_edits};
use entities::{cosign, proposal, proposal_version};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};

use crate::civil::matter_text_stands;
use crate::error::{Error, Result};
use crate::matter;
use crate::post::sha256;
use crate::proposal::EDIT;

/// A matter's text as it stands.
fn text_of(row: &proposal::Model) -> Result<Text> {
    Ok(Text {
        title: row.title.clone(),
        situation: row.situation.clone(),
        suggestion: row.suggestion.clone(),
        category: row.category.clone(),
        courtyard: CourtyardId(row.courtyard_id),
        entrance: row.entrance_id.map(EntranceId),
        spot: row.spot.clone(),
        scope: matter::scope_of(row)?,
    })
}

/// The text of a version.
fn text_at(row: &proposal_version::Model) -> Result<Text> {
    let kind = ScopeKind::from_name(&row.scope_kind)
        .ok_or_else(|| Error::unknown("scope", &row.scope_kind))?;
    Ok(Text {
        title: row.title.clone(),
        situation: row.situation.clone(),
        suggestion: row.suggestion.clone(),
        category: row.category.clone(),
        courtyard: CourtyardId(row.courtyard_id),
        entrance: row.entrance_id.map(EntranceId),
        spot: row.spot.clone(),
        scope: Scope::from_parts(kind, row.scope_place),
    })
}

fn kind_of(row: &proposal_version::Model) -> Result<VersionKind> {
    VersionKind::from_name(&row.kind).ok_or_else(|| Error::unknown("version kind", &row.kind))
}

fn state_of(row: &proposal_version::Model) -> Result<VersionState> {
    VersionState::from_name(&row.state).ok_or_else(|| Error::unknown("version state", &row.state))
}

fn name_of(row: &proposal::Model) -> Result<StateName> {
    StateName::from_name(&row.state).ok_or_else(|| Error::unknown("state", &row.state))
}

/// Whether the matter's text can be edited, contested and kept now.
///
/// # Errors
/// [`TextRefusal::Closed`] where the matter stands; [`crate::Refusal::TextRemoved`] when it was taken down.
fn open(row: &proposal::Model) -> Result<()> {
    matter_text_stands(row)?;
    if takes_edits(name_of(row)?) { Ok(()) } else { Err(TextRefusal::Closed.into()) }
}

/// Whether any household has co-signed a matter, whichever text.
async fn is_cosigned(db: &impl ConnectionTrait, proposal: i64) -> Result<bool> {
    let some = cosign::Entity::find()
        .select_only()
        .column(cosign::Column::HouseholdId)
        .filter(cosign::Column::ProposalId.eq(proposal))
        .limit(1)
        .into_tuple::<i64>()
        .one(db)
        .await?;
    Ok(some.is_some())
}

/// The edit of a matter that waits or was declined.
async fn edit_of(
    db: &impl ConnectionTrait,
    proposal: i64,
) -> Result<Option<proposal_version::Model>> {
    Ok(proposal_version::Entity::find()
        .filter(proposal_version::Column::ProposalId.eq(proposal))
        .filter(proposal_version::Column::Number.eq(EDIT))
        .one(db)
        .await?)
}

/// What the audit chain holds of a text: it may have to be taken down.
fn digest(text: &Text) -> Result<String> {
    Ok(sha256(&serde_json::to_string(text)?))
}
