//! An author edits the text of their matter, and what a shown edit does.

use domain::civil::Admission;
use domain::ids::CommunityId;
use domain::permission::{Action, Target, permit};
use domain::proposal::{State, StateName, Step};
use domain::role::Actor;
use domain::settings::CommunitySettings;
use domain::version::{Part, Text, TextRefusal, VersionKind, VersionState, asks_after};
use entities::{plan, proposal, proposal_version};
use sea_orm::{
    ActiveModelTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, Set,
};
use serde_json::json;

use super::form::{TextForm, Typed};
use super::{digest, is_cosigned, open, text_of};
use crate::audit::{Record, append_in_txn};
use crate::cosign::counted_in_txn;
use crate::error::{Refusal, Result};
use crate::hall::Hall;
use crate::matter::{self, By, Said, Shown, show_in_txn, update_in_txn};
use crate::places;
use crate::post::admission_in_txn;
use crate::proposal::{EDIT, Made, edit_drop_in_txn, held_in_txn, version_in_txn};
use crate::rate;
use crate::views::matter::readable;

/// What became of an edit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edited {
    /// It is the matter's text.
    Shown {
        /// Its number.
        version: i64,
        /// What it is to the one before it.
        kind: VersionKind,
    },
    /// Somebody looks at it first.
    Waiting,
}

/// Edits the text of the actor's matter. It is shown at once, as a version of its own, or waits where the
/// community looks first at what its author writes; an edit that waited, or was declined, gives way to it.
///
/// Before the first co-sign an edit is free. After it the author says whether the same is still asked: where it
/// isn't, each household is asked, and none counts until it keeps its co-sign. Another circle of neighbours
/// needs another number of households from then on.
///
/// # Errors
/// [`Error::Invalid`](crate::Error::Invalid) with the fields of [`TextForm`]; [`Refusal::Stale`] when the text is
/// another one than the form's base; [`TextRefusal::Closed`]; [`Refusal::TextRemoved`];
/// [`Error::TooOften`](crate::Error::TooOften); [`Error::Denied`](crate::Error::Denied) for others.
pub async fn text_change(
    hall: &Hall,
    actor: &Actor,
    number: i64,
    form: &TextForm,
) -> Result<Edited> {
    // Whose it is comes before what was typed: others learn nothing from their typing.
    let db = hall.db.read();
    let (row, _) = own(db, actor, number).await?;
    if !form.is_of(row.text_version) {
        return Err(Refusal::Stale.into());
    }
    let settings = matter::settings(db, actor.community).await?;
    let cosigned = is_cosigned(db, row.id).await?;
    let typed = form.parse(hall, actor, &row, cosigned, &settings).await?;
    form.kind(&text_of(&row)?.changed(&typed.text), cosigned)?;
    rate::take_writing(hall, actor, rate::TEXT, rate::TEXT_HOUSEHOLD).await?;

    let txn = hall.db.begin().await?;
    places::hold_in_txn(&txn, typed.text.courtyard, typed.text.entrance).await?;
    let (row, target) = held_in_txn(&txn, actor, number, Action::ProposalOwn).await?;
    open(&row)?;
    if !form.is_of(row.text_version) {
        return Err(Refusal::Stale.into());
    }
    // The first neighbour may have co-signed meanwhile.
    let cosigned = is_cosigned(&txn, row.id).await?;
    let kind = form.kind(&text_of(&row)?.changed(&typed.text), cosigned)?;
    let edited = if waits(&txn, &settings, actor, &target, &row).await? {
        wait_in_txn(hall, &txn, actor, &row, typed, kind).await?;
        Edited::Waiting
    } else {
        let version = put_in_txn(hall, &txn, actor, row, typed, kind, actor).await?;
        Edited::Shown { version, kind }
    };
    txn.commit().await?;
    Ok(edited)
}

/// The actor's own matter, whose text can be edited.
pub(super) async fn own(
    db: &impl ConnectionTrait,
    actor: &Actor,
    number: i64,
) -> Result<(proposal::Model, Target)> {
    let row = matter::by_number(db, actor.community, number).await?;
    let target = matter::target(db, &row, Some(actor)).await?;
    readable(&row, Some(actor), &target)?;
    permit(Some(actor), Action::ProposalOwn, &target)?;
    open(&row)?;
    Ok((row, target))
}

/// Whether somebody looks first at the actor's edit. What isn't published yet is looked at as a whole.
pub(super) async fn waits(
    db: &impl ConnectionTrait,
    settings: &CommunitySettings,
    actor: &Actor,
    target: &Target,
    row: &proposal::Model,
) -> Result<bool> {
    if row.state == StateName::Submitted.as_str() {
        return Ok(false);
    }
    Ok(admission_in_txn(db, settings, actor, target).await? == Admission::Waiting)
}

/// The author takes an edit away that waits, or that was declined.
///
/// # Errors
/// [`TextRefusal::NothingWaits`]; [`Error::Denied`](crate::Error::Denied) for others.
pub async fn text_drop(hall: &Hall, actor: &Actor, number: i64) -> Result<()> {
    let txn = hall.db.begin().await?;
    let (row, _) = held_in_txn(&txn, actor, number, Action::ProposalOwn).await?;
    if !edit_drop_in_txn(&txn, row.id).await? {
        return Err(TextRefusal::NothingWaits.into());
    }
    let record = Record {
        actor: actor.audit_name(),
        action: "text_drop".to_owned(),
        subject: format!("proposal:{}", row.id),
        ..Record::default()
    };
    append_in_txn(&txn, hall.now(), record).await?;
    txn.commit().await?;
    Ok(())
}

/// Puts an edit before those who look first, in place of one that waits already.
async fn wait_in_txn(
    hall: &Hall,
    txn: &DatabaseTransaction,
    actor: &Actor,
    row: &proposal::Model,
    typed: Typed,
    kind: VersionKind,
) -> Result<()> {
    edit_drop_in_txn(txn, row.id).await?;
    let Typed { text, note } = typed;
    let digest = digest(&text)?;
    let waiting = proposal_version::ActiveModel {
        proposal_id: Set(row.id),
        number: Set(EDIT),
        kind: Set(kind.as_str().to_owned()),
        title: Set(text.title),
        situation: Set(text.situation),
        suggestion: Set(text.suggestion),
        category: Set(text.category),
        courtyard_id: Set(text.courtyard.0),
        entrance_id: Set(text.entrance.map(i64::from)),
        spot: Set(text.spot),
        scope_kind: Set(text.scope.kind().as_str().to_owned()),
        scope_place: Set(text.scope.place()),
        note: Set(note),
        cosigns: Set(row.cosigns),
        by_id: Set(actor.person.0),
        through_id: Set(actor.through.map(i64::from)),
        at: Set(hall.now().0),
        state: Set(VersionState::Waiting.as_str().to_owned()),
        ..Default::default()
    };
    let made = waiting.insert(txn).await?;
    let after = json!({ "edit": made.id, "kind": kind.as_str(), "text_sha256": digest });
    let record = Record {
        actor: actor.audit_name(),
        action: "text_wait".to_owned(),
        subject: format!("proposal:{}", row.id),
        after: Some(after.to_string()),
        ..Record::default()
    };
    append_in_txn(txn, hall.now(), record).await?;
    Ok(())
}

/// Makes an edit by `author` the matter's text: the version, the counts and what is needed, the timeline and the
/// audit entry of `actor`'s act. Gives its number. The matter and the places of the text are held by the caller.
pub(super) async fn put_in_txn(
    hall: &Hall,
    txn: &DatabaseTransaction,
    actor: &Actor,
    row: proposal::Model,
    typed: Typed,
    kind: VersionKind,
    author: &Actor,
) -> Result<i64> {
    let now = hall.now();
    let Typed { text, note } = typed;
    let before = text_of(&row)?;
    let changed = before.changed(&text);
    let (id, stood_behind, until_now) = (row.id, row.cosigns, row.text_version);
    let next = until_now + 1;
    let (was, is) = (digest(&before)?, digest(&text)?);
    let row = write_in_txn(hall, txn, row, &text, next, kind).await?;
    let made = Made {
        note: note.as_deref(),
        cosigns: stood_behind,
        by: author.person,
        through: author.through,
        ..Made::by(author, kind, now)
    };
    version_in_txn(txn, &row, made).await?;
    let said = Said { reason: note, detail: Some(json!({ "version": next })), ..Said::default() };
    show_in_txn(hall, txn, &row, Shown::note(step(kind)), By::Person(author), &said).await?;
    let circle = changed.contains(&Part::Scope);
    let row =
        if kind == VersionKind::Change || circle { counted_in_txn(txn, row).await? } else { row };
    if circle {
        rescope_in_txn(hall, txn, row, before.scope.kind() == text.scope.kind()).await?;
    }
    let record = Record {
        actor: actor.audit_name(),
        action: if actor.person == author.person { "text_change" } else { "text_let_go" }
            .to_owned(),
        subject: format!("proposal:{id}"),
        before: Some(json!({ "version": until_now, "text_sha256": was }).to_string()),
        after: Some(
            json!({ "version": next, "kind": kind.as_str(), "text_sha256": is }).to_string(),
        ),
        reason: None,
    };
    append_in_txn(txn, now, record).await?;
    Ok(next)
}

/// The timeline's name of a shown edit.
const fn step(kind: VersionKind) -> &'static str {
    match kind {
        VersionKind::First | VersionKind::Free => "text_edited",
        VersionKind::Correction => "text_corrected",
        VersionKind::Change => "text_changed",
    }
}

/// Writes the text into the matter's row.
async fn write_in_txn(
    hall: &Hall,
    txn: &DatabaseTransaction,
    row: proposal::Model,
    text: &Text,
    next: i64,
    kind: VersionKind,
) -> Result<proposal::Model> {
    let (version, asks) = (row.version, row.asks_version);
    let moved = row.courtyard_id != text.courtyard.0;
    let pin = match row.plan_id.filter(|_| moved) {
        Some(plan) => plan::Entity::find_by_id(plan).one(txn).await?,
        None => None,
    };
    // A point on another courtyard's plan goes with that courtyard.
    let elsewhere =
        pin.is_some_and(|plan| plan.courtyard_id.is_some_and(|id| id != text.courtyard.0));
    let mut changed = row.into_active_model();
    changed.title = Set(text.title.clone());
    changed.situation = Set(text.situation.clone());
    changed.suggestion = Set(text.suggestion.clone());
    changed.category = Set(text.category.clone());
    changed.courtyard_id = Set(text.courtyard.0);
    changed.entrance_id = Set(text.entrance.map(i64::from));
    changed.spot = Set(text.spot.clone());
    changed.scope_kind = Set(text.scope.kind().as_str().to_owned());
    changed.scope_place = Set(text.scope.place());
    if elsewhere {
        changed.plan_id = Set(None);
        changed.pin_x = Set(None);
        changed.pin_y = Set(None);
    }
    changed.text_version = Set(next);
    changed.asks_version = Set(asks_after(asks, next, kind));
    changed.updated_at = Set(hall.now().0);
    changed.version = Set(version + 1);
    update_in_txn(txn, changed, version).await
}

/// While neighbours co-sign: another kind of circle needs the households that the settings say, by the same day.
async fn rescope_in_txn(
    hall: &Hall,
    txn: &DatabaseTransaction,
    row: proposal::Model,
    same_kind: bool,
) -> Result<()> {
    let State::Cosigning { needed: before, .. } = matter::state_of(&row)?.state else {
        return Ok(());
    };
    let settings = matter::settings(txn, CommunityId(row.community_id)).await?;
    let needed = settings.threshold(matter::scope_of(&row)?.kind());
    if same_kind || needed == before {
        return Ok(());
    }
    let since = row.since;
    let said = Said { detail: Some(json!({ "needed": needed })), ..Said::default() };
    let step = Step::Rescope { needed };
    matter::advance_with_in_txn(hall, txn, row, step, By::Clock, said, |changed| {
        changed.since = Set(since);
    })
    .await?;
    Ok(())
}
