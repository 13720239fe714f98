//! What changed since a household signed, for its answer whether it keeps its co-sign.

use domain::version::Part;
use entities::{proposal, proposal_version};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use super::differ::{Places, TextChange, changes};
use super::{text_at, text_of};
use crate::error::Result;

/// What was said to the change that asks something else, and what differs from the text `signed` to the text that
/// stands. One statement; the names of places are read where these differ.
///
/// # Errors
/// [`crate::Error::Db`] when the database fails.
pub(super) async fn since(
    db: &impl ConnectionTrait,
    row: &proposal::Model,
    signed: i64,
) -> Result<(Option<String>, Vec<TextChange>)> {
    let versions = proposal_version::Entity::find()
        .filter(proposal_version::Column::ProposalId.eq(row.id))
        .filter(proposal_version::Column::Number.is_in([signed, row.asks_version]))
        .all(db)
        .await?;
    let of = |number: i64| versions.iter().find(|version| version.number == number);
    let note = of(row.asks_version).and_then(|version| version.note.clone());
    let Some(before) = of(signed) else { return Ok((note, Vec::new())) };
    let (before, now) = (text_at(before)?, text_of(row)?);
    let elsewhere = [Part::Place, Part::Scope];
    let places = if before.changed(&now).iter().any(|part| elsewhere.contains(part)) {
        Places::of(db, &[&before, &now]).await?
    } else {
        Places::default()
    };
    Ok((note, changes(&before, &now, &places)?))
}
