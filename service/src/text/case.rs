//! Edits that wait, before those who look first.

use domain::permission::{Action, permit};
use domain::role::Actor;
use domain::time::Timestamp;
use domain::version::{TextRefusal, VersionKind, VersionState, shown_kind};

use super::differ::{Places, TextChange, changes};
use super::versions::speakers;
use super::{edit_of, is_cosigned, kind_of, open, state_of, text_at, text_of};
use crate::error::{Error, Result};
use crate::hall::Hall;
use crate::matter;
use crate::views::matter::{Speaker, readable};

/// A waiting edit on the desk's list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingLine {
    /// The matter's public number.
    pub number: i64,
    /// Its title as it stands.
    pub title: String,
    /// Since when it waits.
    pub at: Timestamp,
}

/// A waiting edit, against the text that stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextCase {
    /// Its row.
    pub id: i64,
    /// The matter's public number.
    pub number: i64,
    /// Its title as it stands.
    pub title: String,
    /// Who wrote it.
    pub who: Speaker,
    /// Since when it waits.
    pub at: Timestamp,
    /// What it would be, were it let through now.
    pub kind: VersionKind,
    /// What was changed and why.
    pub note: Option<String>,
    /// Households behind the text now, whom a change would ask.
    pub households: i64,
    /// What differs.
    pub changes: Vec<TextChange>,
}

/// The edit of a matter that waits, for those who look first.
///
/// # Errors
/// [`TextRefusal::NothingWaits`]; [`TextRefusal::Closed`]; [`crate::Refusal::TextRemoved`]; [`Error::Denied`].
pub async fn text_case(hall: &Hall, actor: &Actor, number: i64) -> Result<TextCase> {
    let db = hall.db.read();
    let row = matter::by_number(db, actor.community, number).await?;
    let target = matter::target(db, &row, Some(actor)).await?;
    readable(&row, Some(actor), &target)?;
    permit(Some(actor), Action::ReportDecide, &target)?;
    open(&row)?;
    let edit = edit_of(db, row.id).await?.ok_or(TextRefusal::NothingWaits)?;
    if state_of(&edit)? != VersionState::Waiting {
        return Err(TextRefusal::NothingWaits.into());
    }
    let (before, after) = (text_of(&row)?, text_at(&edit)?);
    let places = Places::of(db, &[&before, &after]).await?;
    let kind = shown_kind(kind_of(&edit)?, is_cosigned(db, row.id).await?);
    let who = speakers(db, &row).await?.remove(&edit.id).ok_or(Error::NotFound)?;
    Ok(TextCase {
        id: edit.id,
        number,
        who: who.0,
        at: Timestamp(edit.at),
        kind,
        note: edit.note,
        households: row.cosigns,
        changes: changes(&before, &after, &places)?,
        title: row.title,
    })
}
