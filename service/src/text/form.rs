//! What an author types when they edit their matter's text.

use domain::role::Actor;
use domain::settings::CommunitySettings;
use domain::text::{Reason, TextError};
use domain::version::{EditRefused, Part, Text, VersionKind, edit_kind};
use entities::{proposal, proposal_version};
use serde::Deserialize;

use crate::civil;
use crate::error::{Error, FieldError, Problem, Result};
use crate::hall::Hall;
use crate::proposal::ProposalForm;

/// A changed text as it is typed. Fields of [`Error::Invalid`] carry the names below; courtyard and entrance
/// together are `place`, and `text` is the text as a whole.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct TextForm {
    /// Title.
    pub title: String,
    /// 现状.
    pub situation: String,
    /// 建议.
    pub suggestion: String,
    /// A [`Category`](domain::category::Category)'s name.
    pub category: String,
    /// The courtyard's row.
    pub courtyard_id: String,
    /// The entrance's row; empty for the courtyard as a whole.
    pub entrance_id: String,
    /// Where, in words; may stay empty.
    pub spot: String,
    /// A [`ScopeKind`](domain::place::ScopeKind)'s name.
    pub scope: String,
    /// Name of [`VersionKind::Correction`] or [`VersionKind::Change`]; asked for after the first co-sign.
    pub said: String,
    /// What was changed and why; needed after the first co-sign.
    pub note: String,
    /// The number of the version that stood when the form was filled.
    pub base: String,
    /// Anything sends it although the community watches a word in it.
    pub anyway: String,
}

/// A changed text as it was checked.
#[derive(Debug)]
pub(super) struct Typed {
    /// The text.
    pub(super) text: Text,
    /// What was changed and why.
    pub(super) note: Option<String>,
}

impl TextForm {
    /// The form that edits a text.
    pub(super) fn of(row: &proposal::Model) -> Self {
        let filled = ProposalForm::of(row);
        Self {
            title: filled.title,
            situation: filled.situation,
            suggestion: filled.suggestion,
            category: filled.category,
            courtyard_id: filled.courtyard_id,
            entrance_id: filled.entrance_id,
            spot: filled.spot,
            scope: filled.scope,
            base: row.text_version.to_string(),
            ..Self::default()
        }
    }

    /// The form that goes on with an edit that waits or was declined.
    pub(super) fn of_edit(row: &proposal::Model, edit: proposal_version::Model) -> Self {
        Self {
            title: edit.title,
            situation: edit.situation,
            suggestion: edit.suggestion,
            category: edit.category,
            courtyard_id: edit.courtyard_id.to_string(),
            entrance_id: edit.entrance_id.map(|id| id.to_string()).unwrap_or_default(),
            spot: edit.spot.unwrap_or_default(),
            scope: edit.scope_kind,
            said: edit.kind,
            note: edit.note.unwrap_or_default(),
            base: row.text_version.to_string(),
            anyway: String::new(),
        }
    }

    /// Whether it was filled while version `number` stood.
    pub(super) fn is_of(&self, number: i64) -> bool {
        self.base.trim().parse() == Ok(number)
    }

    /// Checks the text alone: within the limits of the raise form, and covered as that is. A category that the
    /// community doesn't offer is taken only where it is kept.
    pub(super) async fn text(
        &self,
        hall: &Hall,
        actor: &Actor,
        row: &proposal::Model,
    ) -> Result<Text> {
        let form = ProposalForm {
            title: self.title.clone(),
            situation: self.situation.clone(),
            suggestion: self.suggestion.clone(),
            category: self.category.clone(),
            courtyard_id: self.courtyard_id.clone(),
            entrance_id: self.entrance_id.clone(),
            spot: self.spot.clone(),
            scope: self.scope.clone(),
            anyway: !self.anyway.is_empty(),
            ..ProposalForm::default()
        };
        form.parse_text(hall, actor, Some(&row.category)).await
    }

    /// Checks everything that was typed, and says all that is wrong at once.
    pub(super) async fn parse(
        &self,
        hall: &Hall,
        actor: &Actor,
        row: &proposal::Model,
        cosigned: bool,
        settings: &CommunitySettings,
    ) -> Result<Typed> {
        let text = self.text(hall, actor, row).await;
        let mut wrong = Vec::new();
        let note = self.note(cosigned, settings).map_err(|problem| {
            wrong.push(FieldError { field: "note", problem });
        });
        if cosigned && self.said().is_none() {
            wrong.push(FieldError { field: "said", problem: Problem::Choose });
        }
        match (text, note) {
            (Ok(text), Ok(note)) if wrong.is_empty() => Ok(Typed { text, note }),
            (Ok(_), _) => Err(Error::Invalid(wrong)),
            (Err(Error::Invalid(mut fields)), _) => {
                fields.append(&mut wrong);
                Err(Error::Invalid(fields))
            }
            (Err(other), _) => Err(other),
        }
    }

    fn note(&self, needed: bool, settings: &CommunitySettings) -> Result<Option<String>, Problem> {
        if self.note.trim().is_empty() {
            return if needed { Err(Problem::Text(TextError::Empty)) } else { Ok(None) };
        }
        let covered = civil::covered(settings, &self.note);
        let note = Reason::parse(&covered).map_err(Problem::Text)?;
        let watched = [("note", self.note.as_str())];
        civil::check_words(settings, &watched, !self.anyway.is_empty())
            .map_err(|_| Problem::WatchedWords)?;
        Ok(Some(note.to_string()))
    }

    fn said(&self) -> Option<VersionKind> {
        VersionKind::from_name(&self.said)
            .filter(|kind| matches!(kind, VersionKind::Correction | VersionKind::Change))
    }

    /// Which kind the edit is.
    ///
    /// # Errors
    /// [`Error::Invalid`] with `text` when nothing was changed, with `said` when that was not said.
    pub(super) fn kind(&self, changed: &[Part], cosigned: bool) -> Result<VersionKind> {
        edit_kind(changed, cosigned, self.said()).map_err(|refused| match refused {
            EditRefused::Unchanged => Error::field("text", Problem::SameText),
            EditRefused::Unsaid => Error::field("said", Problem::Choose),
        })
    }
}
