//! An author's own text, to be edited, and what an edit would do.

use domain::proposal::State;
use domain::role::Actor;
use domain::time::Timestamp;
use domain::version::{Part, VersionState};

use super::change::{own, waits};
use super::differ::{Places, TextChange, changes};
use super::form::TextForm;
use super::line::{DeclinedText, WaitingText};
use super::{edit_of, is_cosigned, kind_of, state_of, text_of};
use crate::error::{Error, Problem, Result};
use crate::hall::Hall;
use crate::matter;

/// A matter's text, as its author gets it to edit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextOwn {
    /// The text as it stands, or the edit that waits or was declined.
    pub form: TextForm,
    /// The matter's title as it stands.
    pub title: String,
    /// Whether somebody has co-signed: what the edit is, and why, has to be said.
    pub cosigned: bool,
    /// Households behind the text now, whom a change would ask.
    pub households: i64,
    /// An edit that waits.
    pub waiting: Option<WaitingText>,
    /// One that was declined.
    pub declined: Option<DeclinedText>,
}

/// What an edit would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextPreview {
    /// What differs; never empty.
    pub changes: Vec<TextChange>,
    /// Whether somebody has co-signed.
    pub cosigned: bool,
    /// Households behind the text now, whom a change would ask.
    pub households: i64,
    /// Whom it concerns was altered: after the first co-sign it is a change, whatever its author says.
    pub asks_anyway: bool,
    /// While neighbours co-sign: households needed before and after, where the edit alters their number.
    pub needed: Option<(u32, u32)>,
    /// Whether somebody looks at it first.
    pub waits: bool,
}

/// The text of the actor's matter, to be edited. Five statements at most.
///
/// # Errors
/// [`domain::version::TextRefusal::Closed`] where the matter stands; [`crate::Refusal::TextRemoved`];
/// [`Error::Denied`] for others.
pub async fn text_own(hall: &Hall, actor: &Actor, number: i64) -> Result<TextOwn> {
    let db = hall.db.read();
    let (row, _) = own(db, actor, number).await?;
    let cosigned = is_cosigned(db, row.id).await?;
    let mut text = TextOwn {
        form: TextForm::of(&row),
        title: row.title.clone(),
        cosigned,
        households: row.cosigns,
        waiting: None,
        declined: None,
    };
    if let Some(edit) = edit_of(db, row.id).await? {
        match state_of(&edit)? {
            VersionState::Declined => {
                text.declined = Some(DeclinedText {
                    reason: edit.decision_reason.clone().unwrap_or_default(),
                    at: Timestamp(edit.decided_at.unwrap_or_default()),
                });
            }
            VersionState::Waiting | VersionState::Shown => {
                let (id, kind) = (edit.id, kind_of(&edit)?);
                text.waiting = Some(WaitingText { id, kind, at: Timestamp(edit.at) });
            }
        }
        text.form = TextForm::of_edit(&row, edit);
    }
    Ok(text)
}

/// What an edit would do; writes nothing. What it is and why need not be said yet.
///
/// # Errors
/// As [`text_own`]; [`Error::Invalid`] with the fields of [`TextForm`].
pub async fn text_preview(
    hall: &Hall,
    actor: &Actor,
    number: i64,
    form: &TextForm,
) -> Result<TextPreview> {
    let db = hall.db.read();
    let (row, target) = own(db, actor, number).await?;
    let text = form.text(hall, actor, &row).await?;
    let before = text_of(&row)?;
    let changed = before.changed(&text);
    if changed.is_empty() {
        return Err(Error::field("text", Problem::SameText));
    }
    let settings = matter::settings(db, actor.community).await?;
    let cosigned = is_cosigned(db, row.id).await?;
    let needed = match matter::state_of(&row)?.state {
        State::Cosigning { needed, .. } if before.scope.kind() != text.scope.kind() => {
            Some((needed, settings.threshold(text.scope.kind())))
        }
        _ => None,
    };
    let places = Places::of(db, &[&before, &text]).await?;
    Ok(TextPreview {
        changes: changes(&before, &text, &places)?,
        cosigned,
        households: row.cosigns,
        asks_anyway: cosigned && changed.contains(&Part::Scope),
        needed: needed.filter(|(before, after)| before != after),
        waits: waits(db, &settings, actor, &target, &row).await?,
    })
}
