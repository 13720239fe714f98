//! What a matter's page shows of merges, and what one would do.

use domain::ids::{HouseholdId, MergeId};
use domain::merging::{LiveMerge, MergeRefusal, MergeState, Outlook, can_go, outlook};
use domain::permission::{Action, Target, permit};
use domain::proposal::StateName;
use domain::role::Actor;
use domain::time::Timestamp;
use entities::{cosign, proposal};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, Statement};

use super::ask::{may_go, target};
use super::carry::{cosigner, counted, own, standing};
use super::name_of;
use crate::error::{Error, Problem, Result};
use crate::hall::Hall;
use crate::matter;

/// The merges that a matter has to do with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MergingView {
    /// The one by which it goes, or went.
    pub out: Option<MergeLine>,
    /// Those by which others come, or came; the first first.
    pub within: Vec<MergeLine>,
    /// The number of the matter by which the household of who looks came to stand behind this one.
    pub came_from: Option<i64>,
    /// The proposer who looks can agree or object.
    pub may_answer: bool,
    /// The household of who looks can say that it doesn't come along.
    pub may_decline: bool,
    /// It has said so.
    pub declined: bool,
    /// Who looks can undo it, or call it off.
    pub may_undo: bool,
    /// The proposer who looks can merge it into another one.
    pub may_offer: bool,
}

/// A merge, as seen from one of its two matters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MergeLine {
    /// Asked or done.
    pub state: MergeState,
    /// The other matter's public number.
    pub number: i64,
    /// Its title; none where its text was taken down.
    pub title: Option<String>,
    /// Why.
    pub reason: String,
    /// While it is asked for: the proposer's last moment to object.
    pub object_until: Timestamp,
    /// When it is done: the last moment to undo it, and for a household to say no.
    pub undo_until: Option<Timestamp>,
}

#[derive(Debug, FromQueryResult)]
struct Row {
    id: i64,
    goes: i64,
    state: String,
    reason: String,
    object_until: i64,
    undo_until: Option<i64>,
    number: Option<i64>,
    title: String,
    hidden_at: Option<i64>,
    matter_state: String,
    declined: i64,
    came_by: Option<i64>,
}

/// The merges of a matter for who looks, in one statement.
///
/// # Errors
/// [`Error::Db`] when the database fails.
pub async fn merging(
    db: &impl ConnectionTrait,
    row: &proposal::Model,
    actor: Option<&Actor>,
    target: &Target,
    now: Timestamp,
) -> Result<MergingView> {
    let sql = "SELECT m.id, CASE WHEN m.from_id = $1 THEN CAST(1 AS BIGINT) ELSE CAST(0 AS BIGINT) END AS goes, \
         m.state, m.reason, m.object_until, m.undo_until, o.number, o.title, o.hidden_at, \
         o.state AS matter_state, c.merge_id AS came_by, \
         CASE WHEN n.merge_id IS NULL THEN CAST(0 AS BIGINT) ELSE CAST(1 AS BIGINT) END AS declined \
       FROM proposal_merge m \
       JOIN proposal o ON o.id = CASE WHEN m.from_id = $1 THEN m.into_id ELSE m.from_id END \
       LEFT JOIN cosign c ON c.proposal_id = $1 AND c.household_id = $2 \
       LEFT JOIN merge_no n ON n.merge_id = m.id AND n.household_id = $2 \
       WHERE (m.from_id = $1 OR m.into_id = $1) AND m.state IN ('asked', 'done') ORDER BY m.id";
    let home = actor.and_then(|actor| actor.home).map_or(0, |home| home.household.0);
    let values = [row.id.into(), home.into()];
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    let rows = Row::find_by_statement(statement).all(db).await?;

    let can = |action| permit(actor, action, target).is_ok();
    let goes = can_go(name_of(row)?);
    let mut view = MergingView {
        may_offer: target.proposer
            && may_go(name_of(row)?, Action::ProposalOwn)
            && can(Action::ProposalOwn),
        ..MergingView::default()
    };
    for found in rows {
        let state = MergeState::from_name(&found.state)
            .ok_or_else(|| Error::unknown("merge state", &found.state))?;
        let other = StateName::from_name(&found.matter_state)
            .ok_or_else(|| Error::unknown("state", &found.matter_state))?;
        if found.came_by == Some(found.id) {
            view.came_from = found.number;
        }
        let line = MergeLine {
            state,
            number: found.number.unwrap_or_default(),
            title: Some(found.title).filter(|_| found.hidden_at.is_none()),
            reason: found.reason,
            object_until: Timestamp(found.object_until),
            undo_until: found.undo_until.map(Timestamp),
        };
        if found.goes == 0 {
            // What isn't public yet isn't named.
            if other.is_public() {
                view.within.push(line);
            }
            continue;
        }
        let asked = state == MergeState::Asked && goes;
        let open = asked || line.undo_until.is_some_and(|until| now <= until);
        view.declined = found.declined != 0;
        view.may_answer = asked && target.proposer && can(Action::ProposalOwn);
        view.may_decline = open && !view.declined && can(Action::MergeDecline);
        view.may_undo = match state {
            MergeState::Asked => can(Action::ProposalDecide),
            _ => open && can(Action::MergeUndo),
        };
        view.may_offer = false;
        view.out = (asked || state == MergeState::Done).then_some(line);
    }
    Ok(view)
}

/// The merge that the actor can undo or call off now.
///
/// # Errors
/// [`Error::NotFound`] when there is no such matter or not for this person, [`Error::Denied`],
/// [`MergeRefusal::None`] when there is nothing to undo, [`MergeRefusal::TooLate`].
pub async fn merge_undo_look(hall: &Hall, actor: &Actor, number: i64) -> Result<MergeLine> {
    let db = hall.db.read();
    let row = matter::by_number(db, actor.community, number).await?;
    let target = matter::target(db, &row, Some(actor)).await?;
    crate::views::matter::readable(&row, Some(actor), &target)?;
    permit(Some(actor), Action::MergeUndo, &target)?;
    let view = merging(db, &row, Some(actor), &target, hall.now()).await?;
    match view.out {
        Some(line) if view.may_undo => Ok(line),
        Some(line) if line.state == MergeState::Done => Err(MergeRefusal::TooLate.into()),
        _ => Err(MergeRefusal::None.into()),
    }
}

/// What merging a matter into another one would do, said before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MergeCheck {
    /// The matter that would go: its public number.
    pub number: i64,
    /// Its title.
    pub title: String,
    /// The other one, when its number was given.
    pub into: Option<MergeTarget>,
}

/// The matter into which another one would be merged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MergeTarget {
    /// Public number.
    pub number: i64,
    /// Title.
    pub title: String,
    /// Households behind it now.
    pub cosigns: i64,
    /// What would become of the households behind the one that goes.
    pub outlook: Outlook,
}

/// Looks at a merge before it is proposed: by the committee (`Action::ProposalDecide`) or by the proposer
/// (`Action::ProposalOwn`).
///
/// # Errors
/// [`Error::NotFound`] when there is no such matter or not for this person, [`Error::Denied`],
/// [`Error::Invalid`] with `into` when the other can't be one, [`Error::Refused`] when this one can't go.
pub async fn merge_check(
    hall: &Hall,
    actor: &Actor,
    number: i64,
    typed_into: &str,
    action: Action,
) -> Result<MergeCheck> {
    let db = hall.db.read();
    let from = matter::by_number(db, actor.community, number).await?;
    let asked = matter::target(db, &from, Some(actor)).await?;
    crate::views::matter::readable(&from, Some(actor), &asked)?;
    permit(Some(actor), action, &asked)?;
    let state = name_of(&from)?;
    if !may_go(state, action) {
        return Err(domain::proposal::InvalidTransition { from: state, step: "merge" }.into());
    }
    let into = if typed_into.trim().is_empty() {
        None
    } else {
        let into = target(db, &from, typed_into).await?;
        let into = into.ok_or_else(|| Error::field("into", Problem::Unknown))?;
        let outlook = look(db, &from, &into).await?;
        Some(MergeTarget {
            number: into.number.unwrap_or_default(),
            title: into.title,
            cosigns: into.cosigns,
            outlook,
        })
    };
    Ok(MergeCheck { number, title: from.title, into })
}

async fn look(
    db: &impl ConnectionTrait,
    from: &proposal::Model,
    into: &proposal::Model,
) -> Result<Outlook> {
    let direct = cosign::Entity::find()
        .filter(cosign::Column::ProposalId.eq(into.id))
        .filter(cosign::Column::MergeId.is_null())
        .all(db)
        .await?;
    let (merges, _) = standing(db, into).await?;
    let cosigners = counted(db, [from.id]).await?;
    let merge = LiveMerge {
        id: MergeId(i64::MAX),
        version: into.text_version,
        cosigners: cosigners.iter().map(|one| cosigner(one, into.community_id)).collect(),
        declined: std::iter::empty::<HouseholdId>().collect(),
    };
    Ok(outlook(&own(&direct), matter::scope_of(into)?, &merges, &merge))
}
