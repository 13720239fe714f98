//! Matters that are like one: shown while a title is typed, and beside a matter on the committee's desk.
//!
//! The index gives, for each word of the title, the newest matters that hold it, with those of the same
//! courtyard besides; how many there are tells how rare the word is. Those that share most are then
//! compared in full by [`domain::similarity`].

use std::collections::{BTreeMap, BTreeSet};

use domain::bigram::pairs;
use domain::category::Category;
use domain::ids::{CommunityId, CourtyardId};
use domain::proposal::StateName;
use domain::similarity::{Compared, THRESHOLD, score, weight};
use entities::{community, courtyard, entrance, proposal};
use sea_orm::{
    ColumnTrait, DbBackend, EntityTrait, FromQueryResult, JoinType, QueryFilter, QuerySelect,
    RelationDef, Statement, Value,
};

use super::ask::{Ask, FEW_PARTS, in_buckets, last_row};
use super::index::{Index, courtyard_word, text_word};
use crate::error::{Error, Result};
use crate::hall::Hall;
use crate::views::matter_row::{PlaceNames, of_community};
use crate::views::proposal_list::public;

/// The most that are shown.
const SHOWN: usize = 5;
/// Words of the title, and of the text, that are asked for.
const TITLE_WORDS: usize = 20;
const TEXT_WORDS: usize = 20;
/// The most matters taken of one word.
const OF_WORD: i64 = 150;
/// Matters that are compared in full.
const COMPARED: usize = 60;

/// A matter as it is being written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SimilarTo {
    /// Title.
    pub title: String,
    /// 现状 and 建议, as far as they are written.
    pub text: String,
    /// Category, where one is chosen.
    pub category: Option<Category>,
    /// Courtyard, where one is chosen.
    pub courtyard: Option<CourtyardId>,
}

/// A matter that is like it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SimilarMatter {
    /// Its row.
    pub id: i64,
    /// Public number.
    pub number: i64,
    /// Title.
    pub title: String,
    /// Where it stands.
    pub state: StateName,
    /// Where it is.
    pub place: PlaceNames,
    /// How similar, at least [`THRESHOLD`].
    pub score: i64,
}

/// Matters like this one that everyone can find, the most similar first, at most five.
///
/// # Errors
/// [`Error::Db`] when the database fails.
pub async fn similar(
    hall: &Hall,
    community: CommunityId,
    to: &SimilarTo,
) -> Result<Vec<SimilarMatter>> {
    like(hall, community, to, None).await
}

/// Matters like one that is there.
///
/// # Errors
/// [`Error::NotFound`] when there is no such matter; [`Error::Db`] when the database fails.
pub async fn similar_to_matter(
    hall: &Hall,
    community: CommunityId,
    number: i64,
) -> Result<Vec<SimilarMatter>> {
    let row = crate::matter::by_number(hall.db.read(), community, number).await?;
    let to = SimilarTo {
        title: row.title,
        text: [row.situation.as_str(), &row.suggestion].join("\n"),
        category: Category::from_name(&row.category),
        courtyard: Some(CourtyardId(row.courtyard_id)),
    };
    like(hall, community, &to, Some(row.id)).await
}

async fn like(
    hall: &Hall,
    community: CommunityId,
    to: &SimilarTo,
    but: Option<i64>,
) -> Result<Vec<SimilarMatter>> {
    let words = asked(to);
    if words.is_empty() {
        return Ok(Vec::new());
    }
    let all = matters_of(hall, community).await?;
    let holding = holding(hall, community, &words, to.courtyard).await?;
    let weights: BTreeMap<String, i64> =
        words.iter().map(|word| (word.clone(), rarity(&holding, word, all))).collect();
    let candidates = candidates(&holding, &weights, but);
    let rows = load(hall, community, candidates).await?;
    let category = to.category.map_or("", Category::as_str);
    let courtyard = to.courtyard.map(|id| id.0);
    let new = Compared { title: &to.title, text: &to.text, category, courtyard };
    let mut found = Vec::new();
    for row in rows {
        let text = [row.situation.as_str(), &row.suggestion].join("\n");
        let old = Compared {
            title: &row.title,
            text: &text,
            category: &row.category,
            courtyard: Some(row.courtyard_id),
        };
        let score = score(&new, &old, &weights);
        if score >= THRESHOLD {
            found.push(row.read(score)?);
        }
    }
    found.sort_unstable_by_key(|matter| (-matter.score, -matter.id));
    found.truncate(SHOWN);
    Ok(found)
}

/// The words that are asked for: the title's, then the text's, each once.
fn asked(to: &SimilarTo) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for (text, most) in [(&to.title, TITLE_WORDS), (&to.text, TEXT_WORDS)] {
        let mut left = most;
        for word in pairs(text) {
            // A single character is in too many to tell anything.
            if left > 0 && word.chars().count() > 1 && !words.contains(&word) {
                left -= 1;
                words.push(word);
            }
        }
    }
    words
}

#[derive(Debug, FromQueryResult)]
struct Next {
    next_proposal: i64,
}

/// How many matters a community has numbered.
async fn matters_of(hall: &Hall, community: CommunityId) -> Result<i64> {
    let row = community::Entity::find_by_id(community.0)
        .select_only()
        .column(community::Column::NextProposal)
        .into_model::<Next>()
        .one(hall.db.read())
        .await?;
    Ok(row.map_or(1, |row| row.next_proposal.max(1)))
}

/// A word, by its place in the list, and a matter that holds it.
#[derive(Debug, FromQueryResult)]
struct Holds {
    word: i64,
    here: i64,
    id: i64,
}

/// Who holds which word: the newest of each, and those of the courtyard.
#[derive(Debug, Default)]
struct Holding {
    of: BTreeMap<String, BTreeSet<i64>>,
    /// Words that more hold than were taken.
    common: BTreeSet<String>,
}

async fn holding(
    hall: &Hall,
    community: CommunityId,
    words: &[String],
    courtyard: Option<CourtyardId>,
) -> Result<Holding> {
    let db = hall.db.read();
    let backend = hall.db.backend();
    let last = match backend {
        DbBackend::Postgres => last_row(db, Index::Matters).await?.unwrap_or_default(),
        _ => 0,
    };
    let mut values: Vec<Value> = Vec::new();
    let mut parts = Vec::new();
    for (n, word) in words.iter().enumerate() {
        let word = text_word(community, word);
        let place = courtyard.map(|courtyard| courtyard_word(community, courtyard.0));
        for (here, place) in [(0, None), (1, place)] {
            if here == 1 && place.is_none() {
                continue;
            }
            let place = place.as_deref();
            let rows = if backend == DbBackend::Postgres {
                let all = std::iter::once(word.clone()).chain(place.map(str::to_owned)).collect();
                let ask = Ask { all, any: Vec::new() };
                in_buckets(Index::Matters, &ask, last, OF_WORD, FEW_PARTS, &mut values)
            } else {
                let and = place.map(|place| format!(" AND \"{place}\"")).unwrap_or_default();
                values.push(format!("\"{word}\"{and}").into());
                let asked = format!("search_matter MATCH ${}", values.len());
                format!(
                    "SELECT rowid AS id FROM search_matter WHERE {asked} \
                     ORDER BY rowid DESC LIMIT {OF_WORD}"
                )
            };
            parts.push(format!(
                "SELECT CAST({n} AS BIGINT) AS word, CAST({here} AS BIGINT) AS here, h.id FROM ({rows}) h"
            ));
        }
    }
    let sql = parts.join(" UNION ALL ");
    let statement = Statement::from_sql_and_values(backend, sql, values);
    let mut holding = Holding::default();
    let mut counts: BTreeMap<i64, i64> = BTreeMap::new();
    for row in Holds::find_by_statement(statement).all(db).await? {
        let Some(word) = usize::try_from(row.word).ok().and_then(|n| words.get(n)) else {
            continue;
        };
        holding.of.entry(word.clone()).or_default().insert(row.id);
        if row.here == 0 {
            let count = counts.entry(row.word).or_default();
            *count += 1;
            if *count == OF_WORD {
                holding.common.insert(word.clone());
            }
        }
    }
    Ok(holding)
}

fn rarity(holding: &Holding, word: &str, all: i64) -> i64 {
    if holding.common.contains(word) {
        // At least so many; how many more is not worth a walk through all of them.
        return weight(all / 16, all).min(weight(OF_WORD, all));
    }
    let count = holding.of.get(word).map_or(0, BTreeSet::len);
    weight(i64::try_from(count).unwrap_or(i64::MAX), all)
}

/// The matters that share most.
fn candidates(holding: &Holding, weights: &BTreeMap<String, i64>, but: Option<i64>) -> Vec<i64> {
    let mut shared: BTreeMap<i64, i64> = BTreeMap::new();
    for (word, ids) in &holding.of {
        for id in ids {
            *shared.entry(*id).or_default() += weights.get(word).copied().unwrap_or(1);
        }
    }
    let mut ranked: Vec<(i64, i64)> = shared
        .into_iter()
        .filter(|(id, _)| Some(*id) != but)
        .map(|(id, weight)| (weight, id))
        .collect();
    ranked.sort_unstable_by(|a, b| b.cmp(a));
    ranked.truncate(COMPARED);
    ranked.into_iter().map(|(_, id)| id).collect()
}

#[derive(Debug, FromQueryResult)]
struct Raw {
    id: i64,
    number: Option<i64>,
    title: String,
    situation: String,
    suggestion: String,
    category: String,
    courtyard_id: i64,
    state: String,
    scope_kind: String,
    courtyard_name: String,
    entrance_name: Option<String>,
}

impl Raw {
    fn read(self, score: i64) -> Result<SimilarMatter> {
        let state = StateName::from_name(&self.state)
            .ok_or_else(|| Error::unknown("state", &self.state))?;
        let scope = domain::place::ScopeKind::from_name(&self.scope_kind)
            .ok_or_else(|| Error::unknown("scope", &self.scope_kind))?;
        Ok(SimilarMatter {
            id: self.id,
            number: self.number.unwrap_or_default(),
            title: self.title,
            state,
            place: PlaceNames {
                courtyard: self.courtyard_name,
                entrance: self.entrance_name,
                scope,
            },
            score,
        })
    }
}

async fn load(hall: &Hall, community: CommunityId, ids: Vec<i64>) -> Result<Vec<Raw>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let to_courtyard: RelationDef = proposal::Entity::belongs_to(courtyard::Entity)
        .from(proposal::Column::CourtyardId)
        .to(courtyard::Column::Id)
        .into();
    let to_entrance: RelationDef = proposal::Entity::belongs_to(entrance::Entity)
        .from(proposal::Column::EntranceId)
        .to(entrance::Column::Id)
        .into();
    let rows = proposal::Entity::find()
        .select_only()
        .columns([
            proposal::Column::Id,
            proposal::Column::Number,
            proposal::Column::Title,
            proposal::Column::Situation,
            proposal::Column::Suggestion,
            proposal::Column::Category,
            proposal::Column::CourtyardId,
            proposal::Column::State,
            proposal::Column::ScopeKind,
        ])
        .column_as(courtyard::Column::Name, "courtyard_name")
        .column_as(entrance::Column::Name, "entrance_name")
        .join(JoinType::InnerJoin, to_courtyard)
        .join(JoinType::LeftJoin, to_entrance)
        .filter(proposal::Column::Id.is_in(ids))
        .filter(of_community(community))
        .filter(public())
        .filter(proposal::Column::State.ne("merged"))
        .filter(proposal::Column::HiddenAt.is_null())
        .into_model::<Raw>()
        .all(hall.db.read())
        .await?;
    Ok(rows)
}
