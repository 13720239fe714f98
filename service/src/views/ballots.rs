//! What pages show of ballots. While a ballot is open nothing here tells how many have voted, nor what: to nobody.

use std::collections::HashMap;

use domain::ballot::{BallotKind, Choice, Tracker};
use domain::ids::CommunityId;
use domain::place::ScopeKind;
use domain::time::Timestamp;
use entities::{ballot, courtyard, elector, entrance, paper, proposal};
use sea_orm::{
    ColumnTrait, EntityTrait, FromQueryResult, JoinType, QueryFilter, QueryOrder, QuerySelect,
    RelationDef, Select,
};

use crate::ballot::{CANCELLED, CLOSED, NOT_CAST, OPEN, Tally, Voters, read_kind};
use crate::error::{Error, Result};
use crate::hall::Hall;
use crate::joins::entrance_to_courtyard;
use crate::people::SignedIn;

/// Ended ballots on one page of the list.
pub const PAGE: u64 = 20;

/// How somebody stands to a ballot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Nobody is signed in.
    Anonymous,
    /// Not on the frozen electorate.
    NotOnRoll,
    /// Of a household on the roll, for which another person (or nobody yet) casts the vote.
    NotRepresentative,
    /// May vote and has not.
    MayVote,
    /// This voter's vote is in the box.
    Voted,
}

/// Where a ballot stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    /// Takes votes.
    Open,
    /// Takes no more votes and waits for its count.
    Ended,
    /// Counted.
    Closed(Tally),
    /// Stopped, never counted.
    Cancelled {
        /// Why, for everyone.
        reason: String,
    },
}

/// A ballot in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BallotRow {
    /// Public number.
    pub number: i64,
    /// Kind.
    pub kind: BallotKind,
    /// Title of its matter.
    pub title: String,
    /// Whom it asks.
    pub scope: ScopeKind,
    /// Size of the frozen electorate.
    pub electors: u64,
    /// When it closes.
    pub closes_at: Timestamp,
    /// Where it stands.
    pub stage: Stage,
    /// How the viewer stands to it; told for those that take votes, [`Standing::NotOnRoll`] for the others.
    pub standing: Standing,
}

/// The list of ballots.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BallotList {
    /// Those that are not over, the first to close first.
    pub open: Vec<BallotRow>,
    /// Those that are over, the latest number first.
    pub over: Vec<BallotRow>,
    /// Cursor of the next page of `over`: give it as `before`.
    pub next: Option<i64>,
}

/// A ballot's page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BallotPage {
    /// Public number.
    pub number: i64,
    /// Kind.
    pub kind: BallotKind,
    /// Public number of its matter.
    pub matter: i64,
    /// Title of its matter.
    pub title: String,
    /// The question.
    pub question: String,
    /// Whom it asks.
    pub scope: ScopeKind,
    /// The scope's name, such as `北柳小区 5号楼2单元`; none for the whole community.
    pub place: Option<String>,
    /// When it opened.
    pub opens_at: Timestamp,
    /// When it closes.
    pub closes_at: Timestamp,
    /// Size of the frozen electorate.
    pub electors: u64,
    /// Its digest.
    pub electorate_digest: String,
    /// Where it stands.
    pub stage: Stage,
    /// How the viewer stands to it.
    pub standing: Standing,
}

#[derive(Debug, FromQueryResult)]
struct Row {
    id: i64,
    number: i64,
    kind: String,
    question: String,
    scope_kind: String,
    scope_place: i64,
    opens_at: i64,
    closes_at: i64,
    state: String,
    electors: i64,
    electorate_digest: String,
    cancel_reason: Option<String>,
    outcome: Option<String>,
    matter: Option<i64>,
    title: String,
}

/// All columns but the result, whose papers can weigh megabytes.
fn select(community: CommunityId) -> Select<ballot::Entity> {
    let to_matter: RelationDef = ballot::Entity::belongs_to(proposal::Entity)
        .from(ballot::Column::ProposalId)
        .to(proposal::Column::Id)
        .into();
    ballot::Entity::find()
        .select_only()
        .columns([
            ballot::Column::Id,
            ballot::Column::Number,
            ballot::Column::Kind,
            ballot::Column::Question,
            ballot::Column::ScopeKind,
            ballot::Column::ScopePlace,
            ballot::Column::OpensAt,
            ballot::Column::ClosesAt,
            ballot::Column::State,
            ballot::Column::Electors,
            ballot::Column::ElectorateDigest,
            ballot::Column::CancelReason,
            ballot::Column::Outcome,
        ])
        .column_as(proposal::Column::Number, "matter")
        .column(proposal::Column::Title)
        .join(JoinType::InnerJoin, to_matter)
        .filter(ballot::Column::CommunityId.eq(community.0))
}

/// The ballots that are not over, the first to close first, each with how the viewer stands to it. At most two
/// statements.
///
/// # Errors
/// [`Error::Db`] when the database fails.
pub async fn open(
    hall: &Hall,
    community: CommunityId,
    viewer: Option<&SignedIn>,
) -> Result<Vec<BallotRow>> {
    let rows = select(community)
        .filter(ballot::Column::State.eq(OPEN))
        .order_by_asc(ballot::Column::ClosesAt)
        .order_by_asc(ballot::Column::Number)
        .into_model::<Row>()
        .all(hall.db.read())
        .await?;
    let roll = roll(hall, &rows, viewer).await?;
    let now = hall.now();
    rows.into_iter()
        .map(|row| {
            let standing = row.standing(viewer, &roll)?;
            row.listed(now, standing)
        })
        .collect()
}

/// One page of the list: the open ones on the first, and [`PAGE`] of those that are over with numbers below `before`.
/// At most three statements.
///
/// # Errors
/// [`Error::Db`] when the database fails.
pub async fn list(
    hall: &Hall,
    community: CommunityId,
    viewer: Option<&SignedIn>,
    before: Option<i64>,
) -> Result<BallotList> {
    let open = match before {
        None => open(hall, community, viewer).await?,
        Some(_) => Vec::new(),
    };
    let mut over = select(community).filter(ballot::Column::State.ne(OPEN));
    if let Some(before) = before {
        over = over.filter(ballot::Column::Number.lt(before));
    }
    let now = hall.now();
    let mut over: Vec<BallotRow> = over
        .order_by_desc(ballot::Column::Number)
        .limit(PAGE + 1)
        .into_model::<Row>()
        .all(hall.db.read())
        .await?
        .into_iter()
        .map(|row| row.listed(now, Standing::NotOnRoll))
        .collect::<Result<_>>()?;
    let more = over.len() as u64 > PAGE;
    if more {
        over.pop();
    }
    let next = over.last().filter(|_| more).map(|row| row.number);
    Ok(BallotList { open, over, next })
}

/// A ballot's page. At most three statements.
///
/// # Errors
/// [`Error::NotFound`] when there is no such ballot.
pub async fn page(
    hall: &Hall,
    community: CommunityId,
    viewer: Option<&SignedIn>,
    number: i64,
) -> Result<BallotPage> {
    let row = select(community)
        .filter(ballot::Column::Number.eq(number))
        .into_model::<Row>()
        .one(hall.db.read())
        .await?
        .ok_or(Error::NotFound)?;
    let rows = [row];
    let roll = roll(hall, &rows, viewer).await?;
    let [row] = rows;
    let standing = row.standing(viewer, &roll)?;
    let scope = row.scope()?;
    let place = place_name(hall, scope, row.scope_place).await?;
    let stage = row.stage(hall.now())?;
    Ok(BallotPage {
        number: row.number,
        kind: read_kind(&row.kind)?,
        matter: row.matter.ok_or(Error::NotFound)?,
        title: row.title,
        question: row.question,
        scope,
        place,
        opens_at: Timestamp(row.opens_at),
        closes_at: Timestamp(row.closes_at),
        electors: u64::try_from(row.electors).unwrap_or_default(),
        electorate_digest: row.electorate_digest,
        stage,
        standing,
    })
}

/// The published result file, byte for byte as it was signed; one statement.
///
/// # Errors
/// [`Error::NotFound`] when there is no such ballot, or it isn't counted.
pub async fn result_json(hall: &Hall, community: CommunityId, number: i64) -> Result<String> {
    ballot::Entity::find()
        .select_only()
        .column(ballot::Column::Result)
        .filter(ballot::Column::CommunityId.eq(community.0))
        .filter(ballot::Column::Number.eq(number))
        .filter(ballot::Column::State.eq(CLOSED))
        .into_tuple::<Option<String>>()
        .one(hall.db.read())
        .await?
        .flatten()
        .ok_or(Error::NotFound)
}

/// What the paper with this tracker says in a counted ballot; `None` when it has no such paper. One statement.
///
/// # Errors
/// [`Error::Broken`] when the stored paper can't be read.
pub async fn find_paper(
    hall: &Hall,
    community: CommunityId,
    number: i64,
    tracker: Tracker,
) -> Result<Option<Choice>> {
    let to_ballot: RelationDef = paper::Entity::belongs_to(ballot::Entity)
        .from(paper::Column::BallotId)
        .to(ballot::Column::Id)
        .into();
    let choice: Option<String> = paper::Entity::find_by_id(tracker.to_string())
        .select_only()
        .column(paper::Column::Choice)
        .join(JoinType::InnerJoin, to_ballot)
        .filter(ballot::Column::CommunityId.eq(community.0))
        .filter(ballot::Column::Number.eq(number))
        .filter(ballot::Column::State.eq(CLOSED))
        .into_tuple()
        .one(hall.db.read())
        .await?;
    Ok(choice.map(|choice| serde_json::from_str(&choice)).transpose()?)
}

/// The lines of the roll that could be the viewer's: (ballot, key) → whether the vote is cast.
type Roll = HashMap<(i64, String), bool>;

async fn roll(hall: &Hall, rows: &[Row], viewer: Option<&SignedIn>) -> Result<Roll> {
    let Some(viewer) = viewer else { return Ok(Roll::new()) };
    let open: Vec<i64> = rows.iter().filter(|row| row.state == OPEN).map(|row| row.id).collect();
    if open.is_empty() {
        return Ok(Roll::new());
    }
    let keys = [Voters::Households, Voters::People]
        .into_iter()
        .filter_map(|voters| voters.key(&viewer.actor));
    let lines = elector::Entity::find()
        .filter(elector::Column::BallotId.is_in(open))
        .filter(elector::Column::Voter.is_in(keys))
        .all(hall.db.read())
        .await?;
    Ok(lines
        .into_iter()
        .map(|line| ((line.ballot_id, line.voter), line.cast_by != NOT_CAST))
        .collect())
}

/// 小院, or 小院 and 楼门.
async fn place_name(hall: &Hall, scope: ScopeKind, place: i64) -> Result<Option<String>> {
    let db = hall.db.read();
    Ok(match scope {
        ScopeKind::Community => None,
        ScopeKind::Courtyard => {
            courtyard::Entity::find_by_id(place).one(db).await?.map(|row| row.name)
        }
        ScopeKind::Entrance => entrance::Entity::find_by_id(place)
            .select_only()
            .column_as(courtyard::Column::Name, "courtyard")
            .column_as(entrance::Column::Name, "entrance")
            .join(JoinType::InnerJoin, entrance_to_courtyard())
            .into_tuple::<(String, String)>()
            .one(db)
            .await?
            .map(|(courtyard, entrance)| format!("{courtyard} {entrance}")),
    })
}

impl Row {
    fn standing(&self, viewer: Option<&SignedIn>, roll: &Roll) -> Result<Standing> {
        let Some(viewer) = viewer else { return Ok(Standing::Anonymous) };
        let voters = Voters::of(read_kind(&self.kind)?);
        let line = voters
            .and_then(|voters| voters.key(&viewer.actor))
            .and_then(|key| roll.get(&(self.id, key)));
        Ok(match line {
            None => Standing::NotOnRoll,
            Some(true) => Standing::Voted,
            Some(false) if voters == Some(Voters::Households) && !viewer.represents_household => {
                Standing::NotRepresentative
            }
            Some(false) => Standing::MayVote,
        })
    }

    fn stage(&self, now: Timestamp) -> Result<Stage> {
        match self.state.as_str() {
            OPEN if now.0 < self.closes_at => Ok(Stage::Open),
            OPEN => Ok(Stage::Ended),
            CLOSED => {
                let outcome = self.outcome.as_deref().unwrap_or_default();
                Ok(Stage::Closed(serde_json::from_str(outcome)?))
            }
            CANCELLED => {
                Ok(Stage::Cancelled { reason: self.cancel_reason.clone().unwrap_or_default() })
            }
            other => Err(Error::unknown("state of a ballot", other)),
        }
    }

    fn scope(&self) -> Result<ScopeKind> {
        ScopeKind::from_name(&self.scope_kind)
            .ok_or_else(|| Error::unknown("scope", &self.scope_kind))
    }

    fn listed(self, now: Timestamp, standing: Standing) -> Result<BallotRow> {
        let stage = self.stage(now)?;
        let scope = self.scope()?;
        Ok(BallotRow {
            number: self.number,
            kind: read_kind(&self.kind)?,
            title: self.title,
            scope,
            electors: u64::try_from(self.electors).unwrap_or_default(),
            closes_at: Timestamp(self.closes_at),
            stage,
            standing,
        })
    }
}
