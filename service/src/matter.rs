//! Moving a matter: the one place where a step is taken, shown, recorded and announced.

use domain::clock::{self, Deadline};
use domain::ids::{CommunityId, CourtyardId, PersonId};
use domain::permission::Target;
use domain::place::{Scope, ScopeKind};
use domain::proposal::{Matter, State, StateName, Step};
use domain::role::{Actor, Role};
use domain::settings::CommunitySettings;
use domain::time::Timestamp;
use entities::{community, cosign, follow, notice, proposal, step};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait,
    IntoActiveModel, QueryFilter, Set,
};

use crate::audit::{Record, append_in_txn};
use crate::error::{Error, Refusal, Result};
use crate::hall::Hall;

/// Who takes a step.
#[derive(Debug, Clone, Copy)]
pub enum By<'a> {
    /// A person.
    Person(&'a Actor),
    /// The clock: a threshold, a last day, the end of a ballot.
    Clock,
}

impl By<'_> {
    /// The person, if one.
    #[must_use]
    pub fn person(self) -> Option<PersonId> {
        match self {
            Self::Person(actor) => Some(actor.person),
            Self::Clock => None,
        }
    }

    /// The helper by whose hand the person acts, if one.
    #[must_use]
    pub fn through(self) -> Option<PersonId> {
        match self {
            Self::Person(actor) => actor.through,
            Self::Clock => None,
        }
    }

    /// The role shown on the timeline.
    #[must_use]
    pub fn role(self) -> Option<Role> {
        match self {
            Self::Person(actor) => actor.shown_role(),
            Self::Clock => None,
        }
    }

    /// The name in the audit chain.
    #[must_use]
    pub fn audit_name(self) -> String {
        match self {
            Self::Person(actor) => actor.audit_name(),
            Self::Clock => "clock".to_owned(),
        }
    }
}

/// What is said along with a step.
#[derive(Debug, Clone, Default)]
pub struct Said {
    /// The public reason or note.
    pub reason: Option<String>,
    /// More facts, JSON by kind of step.
    pub detail: Option<serde_json::Value>,
    /// A due time that the state machine doesn't know: a ballot's closing, a work item's due day.
    pub due: Option<Deadline>,
}

impl Said {
    /// A reason alone.
    #[must_use]
    pub fn reason(reason: &str) -> Self {
        Self { reason: Some(reason.to_owned()), ..Self::default() }
    }
}

/// The community's settings.
///
/// # Errors
/// [`Error::NotFound`] when there is no such community, [`Error::Broken`] when they can't be read.
pub async fn settings(db: &impl ConnectionTrait, id: CommunityId) -> Result<CommunitySettings> {
    let row = community::Entity::find_by_id(id.0).one(db).await?.ok_or(Error::NotFound)?;
    Ok(serde_json::from_str(&row.settings)?)
}

/// A matter by its public number, whoever may read it.
///
/// # Errors
/// [`Error::NotFound`] when there is none.
pub async fn by_number(
    db: &impl ConnectionTrait,
    community: CommunityId,
    number: i64,
) -> Result<proposal::Model> {
    proposal::Entity::find()
        .filter(proposal::Column::CommunityId.eq(community.0))
        .filter(proposal::Column::Number.eq(number))
        .one(db)
        .await?
        .ok_or(Error::NotFound)
}

/// A matter as the state machine sees it.
///
/// # Errors
/// [`Error::Broken`] when the stored state can't be read.
pub fn state_of(row: &proposal::Model) -> Result<Matter> {
    Ok(Matter {
        state: serde_json::from_str::<State>(&row.state_data)?,
        contested: row.contested != 0,
        reopened: row.reopened != 0,
    })
}

/// A matter's scope.
///
/// # Errors
/// [`Error::Broken`] when the stored scope can't be read.
pub fn scope_of(row: &proposal::Model) -> Result<Scope> {
    let kind = ScopeKind::from_name(&row.scope_kind)
        .ok_or_else(|| Error::unknown("scope", &row.scope_kind))?;
    Ok(Scope::from_parts(kind, row.scope_place))
}

/// How an actor stands to a matter, for the permission table.
///
/// # Errors
/// [`Error::Db`] when the database fails.
pub async fn target(
    db: &impl ConnectionTrait,
    row: &proposal::Model,
    actor: Option<&Actor>,
) -> Result<Target> {
    let home = actor.and_then(|actor| actor.home);
    let cosigner = match home {
        Some(home) => {
            cosign::Entity::find_by_id((row.id, home.household.0)).one(db).await?.is_some()
        }
        None => false,
    };
    target_of(row, actor, cosigner)
}

/// The same, where it is known whether the actor's household co-signed.
///
/// # Errors
/// [`Error::Broken`] when the stored scope can't be read.
pub(crate) fn target_of(
    row: &proposal::Model,
    actor: Option<&Actor>,
    cosigner: bool,
) -> Result<Target> {
    Ok(Target {
        household: None,
        community: CommunityId(row.community_id),
        scope: Some(scope_of(row)?),
        courtyard: Some(CourtyardId(row.courtyard_id)),
        proposer: actor.is_some_and(|actor| actor.person.0 == row.author_id),
        cosigner,
        elector: false,
    })
}

/// Takes a step: the state machine decides, the row changes under its version, the timeline shows
/// it, the audit chain records it, and followers will be told.
///
/// Call it last in a transaction: it holds the audit chain's lock until the commit.
///
/// # Errors
/// [`Refusal::Transition`] when the matter can't take it, [`Refusal::Stale`] when somebody else was
/// quicker, [`Error::Calendar`] when a due day can't be known.
pub async fn advance_in_txn(
    hall: &Hall,
    txn: &DatabaseTransaction,
    row: proposal::Model,
    taken: Step,
    by: By<'_>,
    said: Said,
) -> Result<proposal::Model> {
    advance_with_in_txn(hall, txn, row, taken, by, said, |_| {}).await
}

/// As [`advance_in_txn`], with further columns changed in the same statement.
///
/// # Errors
/// As [`advance_in_txn`].
pub async fn advance_with_in_txn(
    hall: &Hall,
    txn: &DatabaseTransaction,
    row: proposal::Model,
    taken: Step,
    by: By<'_>,
    said: Said,
    change: impl FnOnce(&mut proposal::ActiveModel),
) -> Result<proposal::Model> {
    let now = hall.now();
    let kind = taken.as_str();
    let before = row.state_data.clone();
    let next = state_of(&row)?.apply(taken)?;
    let settings = settings(txn, CommunityId(row.community_id)).await?;
    let due = match said.due {
        Some(due) => Some(due),
        None => clock::due(&next.state, now, &settings, &hall.calendar)?,
    };
    // The clock itself is never late: it comes when the last moment is past.
    let late = by.person().is_some() && row.due_at.is_some_and(|due_at| now.0 > due_at);
    let state_data = serde_json::to_string(&next.state)?;
    let name = next.state.name();
    let (id, version) = (row.id, row.version);
    // What its author takes back before it was published was never public.
    let first_published =
        row.published_at.is_none() && name.is_public() && name != StateName::Withdrawn;

    let mut changed = row.into_active_model();
    changed.state = Set(name.as_str().to_owned());
    changed.state_data = Set(state_data.clone());
    changed.contested = Set(i64::from(next.contested));
    changed.reopened = Set(i64::from(next.reopened));
    changed.since = Set(now.0);
    changed.due_at = Set(due.map(|due| due.at.0));
    changed.due_provisional = Set(i64::from(due.is_some_and(|due| due.provisional)));
    changed.updated_at = Set(now.0);
    changed.version = Set(version + 1);
    if first_published {
        changed.published_at = Set(Some(now.0));
    }
    change(&mut changed);
    let row = update_in_txn(txn, changed, version).await?;

    let shown = Shown { kind, late, due_at: due.map(|due| due.at) };
    show_in_txn(hall, txn, &row, shown, by, &said).await?;
    append_in_txn(
        txn,
        now,
        Record {
            actor: by.audit_name(),
            action: format!("proposal_{kind}"),
            subject: format!("proposal:{id}"),
            before: Some(before),
            after: Some(state_data),
            reason: said.reason,
        },
    )
    .await?;
    Ok(row)
}

/// A line on the timeline.
#[derive(Debug, Clone, Copy)]
pub struct Shown {
    /// The step's stable name.
    pub kind: &'static str,
    /// Whether it came after its due day.
    pub late: bool,
    /// What is due next.
    pub due_at: Option<Timestamp>,
}

impl Shown {
    /// A line that moves no clock.
    #[must_use]
    pub const fn note(kind: &'static str) -> Self {
        Self { kind, late: false, due_at: None }
    }
}

/// Shows a step on the timeline and announces it to followers; the state doesn't change by it.
///
/// # Errors
/// [`Error::Db`] when the database fails.
pub async fn show_in_txn(
    hall: &Hall,
    txn: &DatabaseTransaction,
    row: &proposal::Model,
    shown: Shown,
    by: By<'_>,
    said: &Said,
) -> Result<step::Model> {
    let now = hall.now();
    let shown = step::ActiveModel {
        proposal_id: Set(row.id),
        at: Set(now.0),
        kind: Set(shown.kind.to_owned()),
        actor_id: Set(by.person().map(i64::from)),
        actor_role: Set(by.role().map(|role| role.as_str().to_owned())),
        reason: Set(said.reason.clone()),
        detail: Set(said.detail.as_ref().map(ToString::to_string)),
        late: Set(i64::from(shown.late)),
        due_at: Set(shown.due_at.map(|at| at.0)),
        through_id: Set(by.through().map(i64::from)),
        ..Default::default()
    }
    .insert(txn)
    .await?;
    let told = notice::ActiveModel {
        proposal_id: Set(row.id),
        step_id: Set(shown.id),
        kind: Set(shown.kind.clone()),
        actor_id: Set(shown.actor_id),
        at: Set(now.0),
        ..Default::default()
    };
    notice::Entity::insert(told).exec_without_returning(txn).await?;
    Ok(shown)
}

/// Writes a changed matter if nobody else has since it was read at `version`.
///
/// # Errors
/// [`Refusal::Stale`] when somebody else was quicker.
pub async fn update_in_txn(
    txn: &DatabaseTransaction,
    changed: proposal::ActiveModel,
    version: i64,
) -> Result<proposal::Model> {
    let updated = proposal::Entity::update(changed)
        .validate()?
        .filter(proposal::Column::Version.eq(version))
        .exec(txn)
        .await;
    match updated {
        Ok(row) => Ok(row),
        Err(sea_orm::DbErr::RecordNotUpdated) => Err(Refusal::Stale.into()),
        Err(error) => Err(error.into()),
    }
}

/// Makes a person a follower of a matter, unless they stopped it before.
///
/// # Errors
/// [`Error::Db`] when the database fails.
pub async fn follow_in_txn(
    hall: &Hall,
    txn: &DatabaseTransaction,
    proposal: i64,
    person: PersonId,
) -> Result<()> {
    let row = follow::ActiveModel {
        proposal_id: Set(proposal),
        person_id: Set(person.0),
        token: Set(hex::encode(hall.dice.bytes16())),
        created_at: Set(hall.now().0),
        stopped_at: Set(None),
    };
    follow::Entity::insert(row).on_conflict_do_nothing().exec_without_returning(txn).await?;
    Ok(())
}
