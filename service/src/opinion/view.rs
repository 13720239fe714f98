//! What the page of a matter's opinions shows, in a fixed number of statements.

use std::collections::BTreeMap;

use domain::permission::{Action, Denied, permit};
use domain::proposal::StateName;
use domain::role::Actor;
use domain::talk::PostState;
use entities::{statement, statement_vote};
use opinions::{Choice, Counts, Map};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, JoinType, QueryFilter, QuerySelect,
    RelationDef, Statement,
};

use super::{OWN_STATEMENTS_MAX, STATEMENTS_MAX, picture};
use crate::error::{Error, Result};
use crate::hall::Hall;
use crate::matter;
use crate::views::matter::readable;

/// The page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpinionsView {
    /// The matter's number.
    pub number: i64,
    /// Its title.
    pub title: String,
    /// Whether statements are still written and answered.
    pub open: bool,
    /// What who looks may do.
    pub may: OpinionsMay,
    /// Why they may not answer; none when they may.
    pub denied: Option<Denied>,
    /// The statement to be answered now.
    pub asked: Option<Asked>,
    /// Statements that are shown.
    pub shown: usize,
    /// The same, for who may take one down: (number, text).
    pub sentences: Vec<(i64, String)>,
    /// Those that who looks has answered: (number, text, answer), by number.
    pub answered: Vec<(i64, String, Choice)>,
    /// Those that who looks wrote.
    pub own: Vec<OwnStatement>,
    /// Those that wait, for who moderates.
    pub waiting: Vec<WaitingStatement>,
    /// Persons who answered at least one.
    pub voices: u32,
    /// Persons without whom there is no picture.
    pub needed: u32,
    /// The groups, where there are voices enough.
    pub picture: Option<Picture>,
}

/// What may be done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OpinionsMay {
    /// Answer.
    pub answer: bool,
    /// Write another statement.
    pub write: bool,
    /// Take statements down.
    pub hide: bool,
    /// Decide on those that wait.
    pub decide: bool,
    /// Take the answers out as a file, or read one.
    pub file: bool,
    /// Read what was taken down.
    pub removed: bool,
}

/// A statement to be answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Number.
    pub number: i64,
    /// Text.
    pub body: String,
    /// What was answered before.
    pub before: Option<Choice>,
}

/// A statement of who looks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnStatement {
    /// Number.
    pub number: i64,
    /// Text; empty when it was taken down.
    pub body: String,
    /// Whether others see it.
    pub state: PostState,
    /// Why it isn't shown, where somebody said so.
    pub reason: Option<String>,
}

/// A statement that somebody has to look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingStatement {
    /// Number.
    pub number: i64,
    /// Text.
    pub body: String,
}

/// The groups, in sentences and numbers of people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// People in each group, the largest first.
    pub groups: Vec<u32>,
    /// Voices in no group.
    pub others: u32,
    /// How well the groups keep apart, in thousandths.
    pub distinct: i64,
    /// The group of who looks, from 0; nobody else learns it.
    pub mine: Option<usize>,
    /// What all groups agree on, then what all disagree with.
    pub common: Vec<PictureLine>,
    /// What divides them.
    pub apart: Vec<PictureLine>,
    /// The others.
    pub open: Vec<PictureLine>,
}

/// A statement in the picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PictureLine {
    /// Number.
    pub number: i64,
    /// Text.
    pub body: String,
    /// Whether all groups disagree with it.
    pub against: bool,
    /// Each group's answers; none where too few of it answered.
    pub groups: Vec<Option<Counts>>,
}

/// A statement with its answers in sum.
#[derive(Debug, Clone, FromQueryResult)]
pub struct StatementRow {
    pub(super) id: i64,
    pub(super) number: i64,
    pub(super) body: String,
    pub(super) state: String,
    pub(super) author_id: i64,
    pub(super) at: i64,
    pub(super) hidden_reason: Option<String>,
    pub(super) answers: i64,
    pub(super) last: i64,
    pub(super) sum: i64,
}

impl StatementRow {
    pub(super) fn is_shown(&self) -> bool {
        self.state == PostState::Shown.as_str()
    }
}

/// Loads the page for who looks; `wanted` is the number of a statement that they want to answer again.
///
/// # Errors
/// [`Error::NotFound`] when there is no such matter, or not for this person.
pub async fn opinions_view(
    hall: &Hall,
    community: domain::ids::CommunityId,
    actor: Option<&Actor>,
    number: i64,
    wanted: Option<i64>,
) -> Result<OpinionsView> {
    let db = hall.db.read();
    let row = matter::by_number(db, community, number).await?;
    let target = matter::target(db, &row, actor).await?;
    readable(&row, actor, &target)?;
    let open = StateName::from_name(&row.state).is_some_and(StateName::takes_posts);
    let rows = rows(db, row.id).await?;
    let answers = match actor {
        Some(actor) => answers_of(db, row.id, actor).await?,
        None => BTreeMap::new(),
    };
    let own: Vec<OwnStatement> = match actor {
        Some(actor) => own(&rows, actor)?,
        None => Vec::new(),
    };
    let may_do = |action| permit(actor, action, &target).is_ok();
    let denied = permit(actor, Action::StatementWrite, &target).err();
    let standing = rows.iter().filter(|row| {
        [PostState::Shown.as_str(), PostState::Waiting.as_str()].contains(&row.state.as_str())
    });
    let answer = open && denied.is_none();
    let may = OpinionsMay {
        answer,
        write: answer && own.len() < OWN_STATEMENTS_MAX && standing.count() < STATEMENTS_MAX,
        hide: may_do(Action::PostHide),
        decide: may_do(Action::ReportDecide),
        file: may_do(Action::OpinionsFile),
        removed: may_do(Action::RemovedRead),
    };
    let shown: Vec<&StatementRow> = rows.iter().filter(|row| row.is_shown()).collect();
    let asked = may.answer.then(|| asked(&shown, &answers, wanted)).flatten();
    let needed = matter::settings(db, community).await?.opinion_voices;
    let (voices, found) = if shown.is_empty() {
        (0, None)
    } else {
        match picture(hall, row.id, needed, &rows).await? {
            Some(found) => (found.map.voices, Some(found)),
            None => (voices(db, row.id).await?, None),
        }
    };
    let waiting = rows.iter().filter(|row| may.decide && row.state == PostState::Waiting.as_str());
    Ok(OpinionsView {
        number,
        open,
        may,
        denied,
        asked,
        shown: shown.len(),
        sentences: shown
            .iter()
            .filter(|_| may.hide)
            .map(|row| (row.number, row.body.clone()))
            .collect(),
        waiting: waiting
            .map(|row| WaitingStatement { number: row.number, body: row.body.clone() })
            .collect(),
        answered: shown
            .iter()
            .filter_map(|row| Some((row.number, row.body.clone(), *answers.get(&row.number)?)))
            .collect(),
        own,
        voices,
        needed,
        picture: found.map(|found| {
            let given: Vec<(i64, Choice)> =
                answers.iter().map(|(number, choice)| (*number, *choice)).collect();
            drawn(&found.map, found.model.group_of(&given), |number| {
                let row = rows.iter().find(|row| row.number == number);
                row.map_or_else(String::new, |row| row.body.clone())
            })
        }),
        title: row.title,
    })
}

/// Every statement of a matter, by number.
pub(super) async fn rows(db: &impl ConnectionTrait, proposal: i64) -> Result<Vec<StatementRow>> {
    let sql = "SELECT s.id, s.number, s.body, s.state, s.author_id, s.at, s.hidden_reason, \
                 CAST(COUNT(v.person_id) AS BIGINT) AS answers, \
                 CAST(COALESCE(MAX(v.at), 0) AS BIGINT) AS last, \
                 CAST(COALESCE(SUM(v.choice), 0) AS BIGINT) AS sum \
               FROM statement s LEFT JOIN statement_vote v ON v.statement_id = s.id \
               WHERE s.proposal_id = $1 GROUP BY s.id ORDER BY s.number";
    let query = Statement::from_sql_and_values(db.get_database_backend(), sql, [proposal.into()]);
    Ok(StatementRow::find_by_statement(query).all(db).await?)
}

fn to_statement() -> RelationDef {
    statement_vote::Entity::belongs_to(statement::Entity)
        .from(statement_vote::Column::StatementId)
        .to(statement::Column::Id)
        .into()
}

/// What somebody answered, by the statements' numbers.
async fn answers_of(
    db: &impl ConnectionTrait,
    proposal: i64,
    actor: &Actor,
) -> Result<BTreeMap<i64, Choice>> {
    let rows: Vec<(i64, i64)> = statement_vote::Entity::find()
        .select_only()
        .column(statement::Column::Number)
        .column(statement_vote::Column::Choice)
        .join(JoinType::InnerJoin, to_statement())
        .filter(statement::Column::ProposalId.eq(proposal))
        .filter(statement_vote::Column::PersonId.eq(actor.person.0))
        .into_tuple()
        .all(db)
        .await?;
    rows.into_iter()
        .map(|(number, choice)| {
            let choice = Choice::from_value(choice)
                .ok_or_else(|| Error::unknown("choice", &choice.to_string()))?;
            Ok((number, choice))
        })
        .collect()
}

/// Persons who answered a shown statement.
pub(super) async fn voices(db: &impl ConnectionTrait, proposal: i64) -> Result<u32> {
    let sql = "SELECT CAST(COUNT(DISTINCT v.person_id) AS BIGINT) AS voices FROM statement_vote v \
               JOIN statement s ON s.id = v.statement_id WHERE s.proposal_id = $1 AND s.state = 'shown'";
    let query = Statement::from_sql_and_values(db.get_database_backend(), sql, [proposal.into()]);
    let row = db.query_one_raw(query).await?;
    let count: i64 = row.map_or(Ok(0), |row| row.try_get("", "voices"))?;
    Ok(u32::try_from(count).unwrap_or(u32::MAX))
}

fn own(rows: &[StatementRow], actor: &Actor) -> Result<Vec<OwnStatement>> {
    rows.iter()
        .filter(|row| row.author_id == actor.person.0)
        .map(|row| {
            Ok(OwnStatement {
                number: row.number,
                body: row.body.clone(),
                state: PostState::from_name(&row.state)
                    .ok_or_else(|| Error::unknown("statement state", &row.state))?,
                reason: row.hidden_reason.clone(),
            })
        })
        .collect()
}

/// The statement that is wanted, else one that wasn't answered yet: the one with the fewest answers first,
/// so that answers spread, then by number.
fn asked(
    shown: &[&StatementRow],
    answers: &BTreeMap<i64, Choice>,
    wanted: Option<i64>,
) -> Option<Asked> {
    let row = shown.iter().find(|row| Some(row.number) == wanted).or_else(|| {
        let unseen = shown.iter().filter(|row| !answers.contains_key(&row.number));
        unseen.min_by_key(|row| (row.answers, row.number))
    })?;
    let before = answers.get(&row.number).copied();
    Some(Asked { number: row.number, body: row.body.clone(), before })
}

/// A map in sentences; `body` gives a statement's text by its number.
pub(super) fn drawn(map: &Map, mine: Option<usize>, body: impl Fn(i64) -> String) -> Picture {
    let line = |number: i64, against: bool| PictureLine {
        number,
        against,
        body: body(number),
        groups: map
            .statements
            .iter()
            .find(|tally| tally.statement == number)
            .map_or_else(Vec::new, |tally| tally.groups.clone()),
    };
    Picture {
        groups: map.groups.clone(),
        others: map.others,
        distinct: map.distinct,
        mine,
        common: map.common.iter().map(|it| line(it.statement, !it.agree)).collect(),
        apart: map.apart.iter().map(|it| line(it.statement, false)).collect(),
        open: map.open.iter().map(|number| line(*number, false)).collect(),
    }
}
