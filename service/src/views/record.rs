//! The audit chain as the committee and oversight read it: entries of their own community.

use std::collections::{HashMap, HashSet};

use domain::role::Actor;
use domain::time::Timestamp;
use entities::{audit, person, proposal};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::audit::{Head, head};
use crate::error::Result;
use crate::hall::Hall;
use crate::opinion::{NEIGHBOUR, STATEMENT_WRITE};
use crate::views::desk::desk_permit;

/// Entries read at a time.
const CHUNK: u64 = 200;
/// Entries of a page.
const PAGE: usize = 50;
/// Chunks that are looked through at most for one page, so that a page costs the same however much
/// other communities do.
const CHUNKS: usize = 10;

/// Who acted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hand {
    /// A person, by nickname (empty when the account is closed), and the helper by whose hand.
    Person(String, Option<String>),
    /// The clock.
    Clock,
    /// The operator, on the command line.
    Operator,
    /// A neighbour who isn't named: who wrote or answered a statement.
    Neighbour,
}

/// An entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its place in the chain.
    pub seq: i64,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub hand: Hand,
    /// What was done.
    pub action: String,
    /// On what: `proposal:3`.
    pub subject: String,
    /// Why, where it was said.
    pub reason: Option<String>,
}

/// A page of entries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lines {
    /// The newest first.
    pub lines: Vec<Line>,
    /// Where the next page begins.
    pub next: Option<i64>,
    /// The whole chain's head.
    pub head: Head,
}

/// Entries before `before` of what people of the community did and what was done to them; of one action
/// alone where one is named. Signing in and out is left out: it is nobody's business. Who wrote a statement
/// isn't named: with the numbers of statements, names would say whose row of the exported answers is whose.
///
/// # Errors
/// [`crate::Error::NotFound`] for those who may not see the desk.
pub async fn record(
    hall: &Hall,
    actor: Option<&Actor>,
    action: Option<&str>,
    before: Option<i64>,
) -> Result<Lines> {
    let actor = desk_permit(actor)?;
    let db = hall.db.read();
    let mut lines = Vec::new();
    let mut cursor = before.unwrap_or(i64::MAX);
    let mut next = None;
    'chunks: for chunk in 0..CHUNKS {
        let mut query = audit::Entity::find()
            .filter(audit::Column::Seq.lt(cursor))
            .filter(audit::Column::Action.not_like("session_%"));
        if let Some(action) = action {
            query = query.filter(audit::Column::Action.eq(action));
        }
        let rows = query.order_by_desc(audit::Column::Seq).limit(CHUNK).all(db).await?;
        let Some(last) = rows.last().map(|row| row.seq) else { break };
        let known = Known::of(hall, &rows).await?;
        for row in rows {
            if !known.belongs(&row, actor.community.0) {
                continue;
            }
            if lines.len() == PAGE {
                next = lines.last().map(|line: &Line| line.seq);
                break 'chunks;
            }
            lines.push(known.line(row));
        }
        cursor = last;
        if chunk + 1 == CHUNKS {
            next = Some(cursor);
        }
    }
    Ok(Lines { lines, next, head: head(db).await? })
}

/// The people and matters that some entries name.
struct Known {
    /// Community and nickname.
    people: HashMap<i64, (i64, String)>,
    /// Community.
    matters: HashMap<i64, i64>,
}

impl Known {
    async fn of(hall: &Hall, rows: &[audit::Model]) -> Result<Self> {
        let db = hall.db.read();
        let mut people = HashSet::new();
        let mut matters = HashSet::new();
        for row in rows {
            let (who, helper) = hands(&row.actor);
            people.extend([who, helper].into_iter().flatten());
            people.extend(number(&row.subject, "person"));
            matters.extend(number(&row.subject, "proposal"));
        }
        let people = person::Entity::find()
            .select_only()
            .column(person::Column::Id)
            .column(person::Column::CommunityId)
            .column(person::Column::Nickname)
            .filter(person::Column::Id.is_in(people))
            .into_tuple::<(i64, i64, String)>()
            .all(db)
            .await?;
        let matters = proposal::Entity::find()
            .select_only()
            .column(proposal::Column::Id)
            .column(proposal::Column::CommunityId)
            .filter(proposal::Column::Id.is_in(matters))
            .into_tuple::<(i64, i64)>()
            .all(db)
            .await?;
        Ok(Self {
            people: people.into_iter().map(|(id, place, name)| (id, (place, name))).collect(),
            matters: matters.into_iter().collect(),
        })
    }

    /// By who acted; what the clock and the operator did, by what it was done to.
    fn belongs(&self, row: &audit::Model, community: i64) -> bool {
        let of_person = |id| self.people.get(&id).is_some_and(|person| person.0 == community);
        if let (Some(who), _) = hands(&row.actor) {
            return of_person(who);
        }
        number(&row.subject, "person").is_some_and(of_person)
            || number(&row.subject, "proposal")
                .is_some_and(|id| self.matters.get(&id) == Some(&community))
            || number(&row.subject, "community") == Some(community)
    }

    fn line(&self, row: audit::Model) -> Line {
        let name =
            |id: i64| self.people.get(&id).map(|person| person.1.clone()).unwrap_or_default();
        let hand = match hands(&row.actor) {
            _ if row.action == STATEMENT_WRITE => Hand::Neighbour,
            (Some(who), helper) => Hand::Person(name(who), helper.map(name)),
            _ if row.actor == "clock" => Hand::Clock,
            _ if row.actor == NEIGHBOUR => Hand::Neighbour,
            _ => Hand::Operator,
        };
        Line {
            seq: row.seq,
            at: Timestamp(row.at),
            hand,
            action: row.action,
            subject: row.subject,
            reason: row.reason,
        }
    }
}

/// Who acted and by whose hand: `person:3`, `person:3 through person:9`.
fn hands(actor: &str) -> (Option<i64>, Option<i64>) {
    let (who, helper) = actor.split_once(" through ").unwrap_or((actor, ""));
    (number(who, "person"), number(helper, "person"))
}

fn number(subject: &str, kind: &str) -> Option<i64> {
    subject.strip_prefix(kind)?.strip_prefix(':')?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hands_are_read_as_they_are_written() {
        for (actor, read) in [
            ("person:3", (Some(3), None)),
            ("person:3 through person:9", (Some(3), Some(9))),
            ("clock", (None, None)),
            ("operator", (None, None)),
        ] {
            assert_eq!(hands(actor), read, "{actor}");
        }
        assert_eq!(number("personal:3", "person"), None);
    }
}
