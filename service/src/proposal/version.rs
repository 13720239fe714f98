//! The versions of a matter's text: what neighbours co-signed can be read for ever.

use domain::ids::PersonId;
use domain::role::Actor;
use domain::time::Timestamp;
use domain::version::VersionKind;
use entities::{proposal, proposal_version};
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, Set};

use crate::error::Result;

/// Number of the one edit of a matter that waits or was declined: it is no text of the matter.
pub(crate) const EDIT: i64 = 0;

/// What is known of a version besides the text itself.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Made<'a> {
    /// What it is to the one before it.
    pub(crate) kind: VersionKind,
    /// What was changed and why.
    pub(crate) note: Option<&'a str>,
    /// Households that stood behind the text before it.
    pub(crate) cosigns: i64,
    /// Who did it.
    pub(crate) by: PersonId,
    /// The helper by whose hand it was done.
    pub(crate) through: Option<PersonId>,
    /// When.
    pub(crate) at: Timestamp,
}

impl<'a> Made<'a> {
    /// A version of `kind` by the actor, which no household stood behind before.
    pub(crate) const fn by(actor: &Actor, kind: VersionKind, at: Timestamp) -> Self {
        Self { kind, note: None, cosigns: 0, by: actor.person, through: actor.through, at }
    }
}

/// Keeps the text of a matter, as its row now says, as version [`proposal::Model::text_version`]; the
/// matter is held by the caller. An edit that waits or was declined goes: it was an edit of the text before.
/// Gives the version's row.
///
/// # Errors
/// [`crate::Error::Db`] when the database fails.
pub(crate) async fn version_in_txn(
    txn: &DatabaseTransaction,
    row: &proposal::Model,
    made: Made<'_>,
) -> Result<i64> {
    edit_drop_in_txn(txn, row.id).await?;
    let version = proposal_version::ActiveModel {
        proposal_id: Set(row.id),
        number: Set(row.text_version),
        kind: Set(made.kind.as_str().to_owned()),
        title: Set(row.title.clone()),
        situation: Set(row.situation.clone()),
        suggestion: Set(row.suggestion.clone()),
        category: Set(row.category.clone()),
        courtyard_id: Set(row.courtyard_id),
        entrance_id: Set(row.entrance_id),
        spot: Set(row.spot.clone()),
        scope_kind: Set(row.scope_kind.clone()),
        scope_place: Set(row.scope_place),
        note: Set(made.note.map(ToOwned::to_owned)),
        cosigns: Set(made.cosigns),
        by_id: Set(made.by.0),
        through_id: Set(made.through.map(i64::from)),
        at: Set(made.at.0),
        ..Default::default()
    };
    Ok(proposal_version::Entity::insert(version).exec(txn).await?.last_insert_id)
}

/// Takes the edit of a matter that waits or was declined away; says whether there was one. The matter is held
/// by the caller.
///
/// # Errors
/// [`crate::Error::Db`] when the database fails.
pub(crate) async fn edit_drop_in_txn(txn: &DatabaseTransaction, proposal: i64) -> Result<bool> {
    let gone = proposal_version::Entity::delete_many()
        .filter(proposal_version::Column::ProposalId.eq(proposal))
        .filter(proposal_version::Column::Number.eq(EDIT))
        .exec(txn)
        .await?;
    Ok(gone.rows_affected > 0)
}
