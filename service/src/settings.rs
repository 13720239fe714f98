//! The community's settings, changed by its committee's head.

use domain::permission::{Action, Denied, Target, permit};
use domain::role::Actor;
use domain::settings::CommunitySettings;
use domain::settings_form::{Changeable, SettingsForm, SettingsProblem};
use entities::community;
use sea_orm::{ActiveModelTrait, ConnectionTrait, EntityTrait, QuerySelect, Set};
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

use crate::audit::{Record, append_in_txn};
use crate::error::{Error, Problem, Problems, Refusal, Result};
use crate::hall::Hall;

/// What is in force, to be shown in the form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InForce {
    /// Name and settings.
    pub now: Changeable,
    /// Names this very state: [`settings_change`] refuses when it has changed in the meantime.
    pub seen: String,
}

/// What is in force.
///
/// # Errors
/// [`Error::Denied`] for everyone but the committee's head. The second factor is asked for by the change
/// alone.
pub async fn settings_in_force(hall: &Hall, actor: &Actor) -> Result<InForce> {
    match permit(Some(actor), Action::SettingsChange, &Target::community(actor.community)) {
        Ok(()) | Err(Denied::StepUp) => {}
        Err(denied) => return Err(denied.into()),
    }
    load(hall.db.read(), actor).await
}

/// Changes name and settings. What is due already stays due when it was.
///
/// # Errors
/// [`Error::Denied`] as [`settings_in_force`], and until the second factor was shown again; [`Error::Invalid`] with every field that can't be taken;
/// [`Refusal::Stale`] when somebody else changed them since `seen`.
pub async fn settings_change(
    hall: &Hall,
    actor: &Actor,
    form: &SettingsForm,
    seen: &str,
) -> Result<()> {
    permit(Some(actor), Action::SettingsChange, &Target::community(actor.community))?;
    let new = form.parse().map_err(refused)?;
    let txn = hall.db.begin().await?;
    // Held until the commit: two heads' changes come one after the other.
    community::Entity::find_by_id(actor.community.0)
        .lock_exclusive()
        .one(&txn)
        .await?
        .ok_or(Error::NotFound)?;
    let before = load(&txn, actor).await?;
    if before.seen != seen {
        return Err(Refusal::Stale.into());
    }
    let changes = changes(&before.now, &new)?;
    let Some((was, is)) = changes else { return Ok(()) };
    community::ActiveModel {
        id: Set(actor.community.0),
        name: Set(new.name),
        settings: Set(serde_json::to_string(&new.settings)?),
        ..Default::default()
    }
    .update(&txn)
    .await?;
    let record = Record {
        actor: actor.audit_name(),
        action: "settings_change".to_owned(),
        subject: format!("community:{}", actor.community),
        before: Some(was),
        after: Some(is),
        reason: None,
    };
    append_in_txn(&txn, hall.now(), record).await?;
    txn.commit().await?;
    Ok(())
}

async fn load(db: &impl ConnectionTrait, actor: &Actor) -> Result<InForce> {
    let row = community::Entity::find_by_id(actor.community.0).one(db).await?;
    let row = row.ok_or(Error::NotFound)?;
    let digest = Sha256::digest(format!("{}\n{}", row.name, row.settings));
    let settings: CommunitySettings = serde_json::from_str(&row.settings)?;
    let seen = hex::encode(digest.get(..8).unwrap_or_default());
    Ok(InForce { now: Changeable { name: row.name, settings }, seen })
}

/// What changed, before and after, each a JSON object of the fields that did; `None` when nothing did.
fn changes(before: &Changeable, after: &Changeable) -> Result<Option<(String, String)>> {
    let (was, is) = (fields(before)?, fields(after)?);
    let changed = |from: &Map<String, Value>, other: &Map<String, Value>| -> Map<String, Value> {
        let differs = from.iter().filter(|(name, value)| other.get(*name) != Some(*value));
        differs.map(|(name, value)| (name.clone(), value.clone())).collect()
    };
    let (was, is) = (changed(&was, &is), changed(&is, &was));
    if is.is_empty() {
        return Ok(None);
    }
    Ok(Some((Value::Object(was).to_string(), Value::Object(is).to_string())))
}

fn fields(changeable: &Changeable) -> Result<Map<String, Value>> {
    let Value::Object(mut fields) = serde_json::to_value(&changeable.settings)? else {
        return Err(Error::Broken("settings are an object".to_owned()));
    };
    fields.insert("name".to_owned(), Value::String(changeable.name.clone()));
    Ok(fields)
}

fn refused(found: Vec<(&'static str, SettingsProblem)>) -> Error {
    let mut problems = Problems::default();
    for (field, problem) in found {
        problems.note(field, in_general(problem));
    }
    match problems.done() {
        Err(error) => error,
        Ok(()) => Error::Broken("settings were refused without a problem".to_owned()),
    }
}

const fn in_general(problem: SettingsProblem) -> Problem {
    match problem {
        SettingsProblem::Text(error) => Problem::Text(error),
        SettingsProblem::Number { min, max } => {
            Problem::Number { min: min as i64, max: max as i64 }
        }
        SettingsProblem::Unknown => Problem::Unknown,
        SettingsProblem::Choose => Problem::Choose,
        SettingsProblem::NotADay { line } => Problem::DayLine { line },
        SettingsProblem::DayTwice { line } => Problem::DayTwice { line },
        SettingsProblem::Lines { max } => Problem::Lines { max },
    }
}
