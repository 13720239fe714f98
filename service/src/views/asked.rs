//! What somebody is asked for by a word of their own: to review what was done, to say whether a summary is fair to
//! their side, and whether their household keeps its co-sign of a text that was changed.

use domain::ids::CommunityId;
use domain::proposal::StateName;
use domain::role::Actor;
use domain::version::takes_edits;
use sea_orm::{FromQueryResult, Statement};

use crate::error::Result;
use crate::hall::Hall;

/// The most of one kind.
const EACH: usize = 5;

/// A matter in which somebody is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskedMatter {
    /// Public number.
    pub number: i64,
    /// Title.
    pub title: String,
}

/// What somebody is asked, what moved last first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked {
    /// Completed matters that they raised or their household co-signed, not reviewed yet.
    pub reviews: Vec<AskedMatter>,
    /// Matters in whose talk they spoke for or against, and whose summary they haven't judged.
    pub summaries: Vec<AskedMatter>,
    /// Matters that ask something else than the text that their household co-signed: keep it or take it back.
    pub keeps: Vec<AskedMatter>,
}

impl Asked {
    /// Whether nothing is.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.reviews.is_empty() && self.summaries.is_empty() && self.keeps.is_empty()
    }
}

#[derive(Debug, FromQueryResult)]
struct Row {
    kind: String,
    number: i64,
    title: String,
}

/// `$1` the community, `$2` who is asked, `$3` their household or 0, `$4` to `$6` their 楼门, 小院 and community
/// as far as they live there.
fn sql() -> String {
    let open = states(StateName::takes_posts);
    let edited = states(takes_edits);
    let inside = "((m.scope_kind = 'entrance' AND m.scope_place = $4) \
        OR (m.scope_kind = 'courtyard' AND m.scope_place = $5) \
        OR (m.scope_kind = 'community' AND m.scope_place = $6))";
    // Whoever wrote the summary knows what they think of it.
    format!(
        "SELECT * FROM (SELECT 'review' AS kind, m.number, m.title FROM proposal m \
           WHERE m.community_id = $1 AND m.state = 'completed' AND m.hidden_at IS NULL \
             AND (m.author_id = $2 OR EXISTS (SELECT 1 FROM cosign c \
               WHERE c.proposal_id = m.id AND c.household_id = $3)) \
             AND NOT EXISTS (SELECT 1 FROM review r \
               WHERE r.proposal_id = m.id AND r.round = m.reopened AND r.person_id = $2) \
           ORDER BY m.updated_at DESC LIMIT {EACH}) reviews \
         UNION ALL \
         SELECT * FROM (SELECT 'summary' AS kind, m.number, m.title FROM proposal m \
           JOIN summary s ON s.id = (SELECT MAX(x.id) FROM summary x WHERE x.proposal_id = m.id) \
           WHERE m.id IN (SELECT p.proposal_id FROM post p \
               WHERE p.author_id = $2 AND p.state = 'shown' AND p.stance IN ('for', 'against')) \
             AND m.community_id = $1 AND m.state IN ({open}) AND m.hidden_at IS NULL \
             AND s.by_id <> $2 AND (m.author_id = $2 OR {inside}) \
             AND NOT EXISTS (SELECT 1 FROM summary_fair f \
               WHERE f.summary_id = s.id AND f.person_id = $2) \
           ORDER BY s.id DESC LIMIT {EACH}) summaries \
         UNION ALL \
         SELECT * FROM (SELECT 'keep' AS kind, m.number, m.title FROM cosign c \
           JOIN proposal m ON m.id = c.proposal_id \
           WHERE c.household_id = $3 AND c.version < m.asks_version AND m.community_id = $1 \
             AND m.state IN ({edited}) AND m.hidden_at IS NULL AND {inside} \
           ORDER BY m.updated_at DESC LIMIT {EACH}) keeps"
    )
}

/// The names of some states, for a list in a statement.
fn states(some: fn(StateName) -> bool) -> String {
    let names = StateName::ALL.iter().filter(|state| some(**state));
    let names: Vec<String> = names.map(|state| format!("'{}'", state.as_str())).collect();
    names.join(",")
}

/// What the actor is asked. One statement.
///
/// # Errors
/// [`crate::Error::Db`] when the database fails.
pub async fn asked(hall: &Hall, community: CommunityId, actor: &Actor) -> Result<Asked> {
    let home = actor.home;
    let values = [
        community.0.into(),
        actor.person.0.into(),
        home.map_or(0, |home| home.household.0).into(),
        home.map_or(0, |home| home.entrance.0).into(),
        home.map_or(0, |home| home.courtyard.0).into(),
        home.map_or(0, |home| home.community.0).into(),
    ];
    let statement = Statement::from_sql_and_values(hall.db.backend(), sql(), values);
    let mut asked = Asked::default();
    for row in Row::find_by_statement(statement).all(hall.db.read()).await? {
        let matter = AskedMatter { number: row.number, title: row.title };
        let list = match row.kind.as_str() {
            "review" => &mut asked.reviews,
            "summary" => &mut asked.summaries,
            _ => &mut asked.keeps,
        };
        list.push(matter);
    }
    Ok(asked)
}
