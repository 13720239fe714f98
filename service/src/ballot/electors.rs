//! The frozen electorate: copied by the database itself when a ballot opens, so that 50,000 lines take no longer than
//! they must.

use domain::ballot::{Electorate, ElectorateError};
use domain::place::Scope;
use domain::time::Timestamp;
use entities::elector;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, QuerySelect,
    Statement, Value,
};

use super::Voters;
use crate::error::{Error, Refusal, Result};

/// Households that live there: one that moved out has no seat in a ballot that opens afterwards.
const HOMES: &str = "FROM household h \
     JOIN entrance e ON e.id = h.entrance_id AND h.ended_at IS NULL \
     JOIN courtyard c ON c.id = e.courtyard_id";

/// Copies the electors of `scope` onto the roll of a ballot, and freezes them.
///
/// # Errors
/// [`Refusal::NoElectors`] when there is nobody.
pub(super) async fn freeze_in_txn(
    txn: &DatabaseTransaction,
    ballot: i64,
    voters: Voters,
    scope: Scope,
    now: Timestamp,
) -> Result<Electorate> {
    let backend = txn.get_database_backend();
    let (sql, values) = copy(voters, ballot, scope, now);
    txn.execute_raw(Statement::from_sql_and_values(backend, sql, values)).await?;
    let keys: Vec<String> = elector::Entity::find()
        .select_only()
        .column(elector::Column::Voter)
        .filter(elector::Column::BallotId.eq(ballot))
        .into_tuple()
        .all(txn)
        .await?;
    Electorate::freeze(keys).map_err(|error| match error {
        ElectorateError::Empty => Refusal::NoElectors.into(),
        other => Error::Broken(other.to_string()),
    })
}

/// One `INSERT … SELECT`. The placeholders are numbered, which both databases read.
fn copy(voters: Voters, ballot: i64, scope: Scope, now: Timestamp) -> (String, Vec<Value>) {
    let lives = lives_in(scope);
    let place = scope.place();
    match voters {
        Voters::Households => (
            format!(
                "INSERT INTO elector (ballot_id, voter, household_id, cast_by) \
                 SELECT $1, 'household:' || h.id, h.id, 'none' {HOMES} WHERE {lives} = $2"
            ),
            vec![ballot.into(), place.into()],
        ),
        Voters::People => (
            format!(
                "INSERT INTO elector (ballot_id, voter, person_id, cast_by) \
                 SELECT $1, 'person:' || p.id, p.id, 'none' {HOMES} \
                 JOIN person p ON p.household_id = h.id AND p.closed_at IS NULL \
                 WHERE {lives} = $2"
            ),
            vec![ballot.into(), place.into()],
        ),
        // A council member of a place sits for the matters in it; one who lives in the scope sits for it too.
        Voters::Council => (
            format!(
                "INSERT INTO elector (ballot_id, voter, person_id, cast_by) \
                 SELECT DISTINCT $1, 'person:' || g.person_id, g.person_id, 'none' FROM role_grant g \
                 JOIN person q ON q.id = g.person_id AND q.closed_at IS NULL \
                 WHERE g.role = 'council_member' AND g.granted_at <= $3 AND (g.until IS NULL OR g.until > $3) \
                 AND ({} OR EXISTS (SELECT 1 {HOMES} JOIN person p ON p.household_id = h.id \
                 WHERE p.id = g.person_id AND {lives} = $2))",
                held_for(scope)
            ),
            vec![ballot.into(), place.into(), now.0.into()],
        ),
    }
}

const fn lives_in(scope: Scope) -> &'static str {
    match scope {
        Scope::Entrance(_) => "e.id",
        Scope::Courtyard(_) => "c.id",
        Scope::Community(_) => "c.community_id",
    }
}

/// Whether a grant `g` is held for the scope ($2) or for a place around it.
const fn held_for(scope: Scope) -> &'static str {
    match scope {
        Scope::Community(_) => "(g.scope_kind = 'community' AND g.scope_place = $2)",
        Scope::Courtyard(_) => {
            "(g.scope_kind = 'courtyard' AND g.scope_place = $2) OR (g.scope_kind = 'community' AND \
             g.scope_place = (SELECT community_id FROM courtyard WHERE id = $2))"
        }
        Scope::Entrance(_) => {
            "(g.scope_kind = 'entrance' AND g.scope_place = $2) OR (g.scope_kind = 'courtyard' AND \
             g.scope_place = (SELECT courtyard_id FROM entrance WHERE id = $2)) OR \
             (g.scope_kind = 'community' AND g.scope_place = (SELECT c.community_id FROM entrance e \
             JOIN courtyard c ON c.id = e.courtyard_id WHERE e.id = $2))"
        }
    }
}
