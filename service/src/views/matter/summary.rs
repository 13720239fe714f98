//! The chair's summary as the matter's page shows it, and the earlier ones.

use domain::ids::CommunityId;
use domain::role::{Actor, Role};
use domain::stance::Stance;
use domain::time::Timestamp;
use entities::summary;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, Statement,
};

use super::readable;
use crate::error::Result;
use crate::hall::Hall;
use crate::matter::{by_number, target};

/// A summary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SummaryView {
    /// Row.
    pub id: i64,
    /// What speaks for it, a point a line; empty where nothing was said.
    pub for_points: String,
    /// What speaks against it.
    pub against_points: String,
    /// What is agreed.
    pub agreed: String,
    /// What is open.
    pub open_points: String,
    /// In what role it was written.
    pub role: Option<Role>,
    /// When it was pinned.
    pub at: Timestamp,
    /// What each side says to it: for, then against. Of an earlier one: what they said while it was in force.
    pub sides: [SideView; 2],
    /// The side on which the viewer spoke, who may then say whether it is fair.
    pub my_side: Option<Stance>,
    /// Whether the viewer finds it fair; none when they haven't said so.
    pub mine: Option<bool>,
}

/// What one side's speakers say to a summary.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SideView {
    /// Who finds it fair.
    pub fair: i64,
    /// Who doesn't.
    pub unfair: i64,
    /// Who spoke on that side; of an earlier summary, who said something to it.
    pub speakers: i64,
}

impl SummaryView {
    fn of(row: summary::Model) -> Self {
        Self {
            id: row.id,
            for_points: row.for_points,
            against_points: row.against_points,
            agreed: row.agreed,
            open_points: row.open_points,
            role: row.by_role.as_deref().and_then(Role::from_name),
            at: Timestamp(row.at),
            sides: [SideView::default(); 2],
            my_side: None,
            mine: None,
        }
    }
}

/// The summary in force, once for each side that has spoken, or once without a side.
#[derive(FromQueryResult)]
struct Voice {
    #[sea_orm(nested)]
    summary: summary::Model,
    stance: Option<String>,
    speakers: Option<i64>,
    fair: Option<i64>,
    unfair: Option<i64>,
    own: Option<i64>,
    own_fair: Option<i64>,
}

/// `$1` the matter, `$2` who looks. Everybody counts on the side on which they spoke last; without a summary
/// no post is looked at.
const IN_FORCE: &str = "SELECT summary.*, side.stance, side.speakers, side.fair, side.unfair, side.own, \
      side.own_fair \
    FROM summary \
    LEFT JOIN (SELECT spoke.stance AS stance, COUNT(*) AS speakers, \
        COUNT(CASE WHEN f.fair = 1 THEN 1 END) AS fair, \
        COUNT(CASE WHEN f.fair = 0 THEN 1 END) AS unfair, \
        COUNT(CASE WHEN spoke.author_id = $2 THEN 1 END) AS own, \
        MAX(CASE WHEN spoke.author_id = $2 THEN f.fair END) AS own_fair \
      FROM post spoke \
      LEFT JOIN summary_fair f ON f.person_id = spoke.author_id \
        AND f.summary_id = (SELECT MAX(x.id) FROM summary x WHERE x.proposal_id = $1) \
      WHERE spoke.id IN (SELECT MAX(p.id) FROM post p \
        WHERE p.proposal_id = (SELECT MAX(x.proposal_id) FROM summary x WHERE x.proposal_id = $1) \
          AND p.state = 'shown' AND p.stance IN ('for', 'against') GROUP BY p.author_id) \
      GROUP BY spoke.stance) side ON 1 = 1 \
    WHERE summary.id = (SELECT MAX(x.id) FROM summary x WHERE x.proposal_id = $1)";

/// The summary in force. One statement.
pub(super) async fn summary(
    db: &impl ConnectionTrait,
    proposal: i64,
    actor: Option<&Actor>,
) -> Result<Option<SummaryView>> {
    let person = actor.map_or(0, |actor| actor.person.0);
    let values = [proposal.into(), person.into()];
    let statement = Statement::from_sql_and_values(db.get_database_backend(), IN_FORCE, values);
    let mut shown: Option<SummaryView> = None;
    for voice in Voice::find_by_statement(statement).all(db).await? {
        let view = shown.get_or_insert_with(|| SummaryView::of(voice.summary));
        let Some(stance) = voice.stance.as_deref().and_then(Stance::from_name) else { continue };
        let [favour, against] = &mut view.sides;
        let side = if stance == Stance::For { favour } else { against };
        let count = |n: Option<i64>| n.unwrap_or_default();
        *side = SideView {
            fair: count(voice.fair),
            unfair: count(voice.unfair),
            speakers: count(voice.speakers),
        };
        if count(voice.own) > 0 {
            view.my_side = Some(stance);
            view.mine = voice.own_fair.map(|fair| fair != 0);
        }
    }
    Ok(shown)
}

#[derive(FromQueryResult)]
struct Said {
    summary_id: i64,
    side: String,
    fair: i64,
    unfair: i64,
}

/// Every summary of a matter, the newest first.
///
/// # Errors
/// [`crate::Error::NotFound`] when there is no such matter, or not for this person.
pub async fn summaries(
    hall: &Hall,
    community: CommunityId,
    actor: Option<&Actor>,
    number: i64,
) -> Result<(String, Vec<SummaryView>)> {
    let db = hall.db.read();
    let row = by_number(db, community, number).await?;
    let target = target(db, &row, actor).await?;
    readable(&row, actor, &target)?;
    let rows = summary::Entity::find()
        .filter(summary::Column::ProposalId.eq(row.id))
        .order_by_desc(summary::Column::Id)
        .all(db)
        .await?;
    let mut all: Vec<SummaryView> = rows.into_iter().map(SummaryView::of).collect();
    let sql = "SELECT f.summary_id, f.side, COUNT(CASE WHEN f.fair = 1 THEN 1 END) AS fair, \
          COUNT(CASE WHEN f.fair = 0 THEN 1 END) AS unfair \
        FROM summary s JOIN summary_fair f ON f.summary_id = s.id WHERE s.proposal_id = $1 \
        GROUP BY f.summary_id, f.side";
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, [row.id.into()]);
    for said in Said::find_by_statement(statement).all(db).await? {
        let Some(view) = all.iter_mut().find(|view| view.id == said.summary_id) else { continue };
        let [favour, against] = &mut view.sides;
        let favours = Stance::from_name(&said.side) == Some(Stance::For);
        let side = if favours { favour } else { against };
        let (fair, unfair) = (said.fair, said.unfair);
        *side = SideView { fair, unfair, speakers: fair + unfair };
    }
    Ok((row.title, all))
}
