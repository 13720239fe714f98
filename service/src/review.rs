//! 民评: those who asked say whether it was solved, and what follows when they are dissatisfied.

use domain::clock::Deadline;
use domain::ids::CommunityId;
use domain::permission::Action;
use domain::proposal::{InvalidTransition, State, StateName, Step, Verdict};
use domain::review::Satisfaction;
use domain::role::Actor;
use domain::text::ReviewWords;
use entities::{follow_up, proposal, review};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, DatabaseTransaction, EntityTrait, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect, Set,
};
use serde::Deserialize;
use serde_json::json;

use crate::audit::{Record, append_in_txn};
use crate::error::{Error, Problems, Refusal, Result};
use crate::hall::Hall;
use crate::matter::{By, Said, Shown, advance_in_txn, settings, show_in_txn, state_of};
use crate::proposal::held_in_txn;

/// A review as it is typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct ReviewForm {
    /// `yes` or `no`.
    pub solved: String,
    /// Name of a [`Satisfaction`].
    pub satisfaction: String,
    /// Words; may be empty.
    pub words: String,
}

struct Typed {
    solved: bool,
    satisfaction: Satisfaction,
    words: Option<ReviewWords>,
}

impl ReviewForm {
    fn parse(&self) -> Result<Typed> {
        let mut problems = Problems::default();
        let solved = problems.choice("solved", &self.solved, |typed| match typed {
            "yes" => Some(true),
            "no" => Some(false),
            _ => None,
        });
        let satisfaction =
            problems.choice("satisfaction", &self.satisfaction, Satisfaction::from_name);
        let words = match self.words.trim() {
            "" => None,
            typed => problems.text("words", ReviewWords::parse(typed)),
        };
        let values = solved.zip(satisfaction);
        problems.values(values).map(|(solved, satisfaction)| Typed { solved, satisfaction, words })
    }
}

/// Reviews a completed matter, once a person and round; the work opened again is a new round.
///
/// 不满意 brings a follow-up, due in working days, and a line on the timeline that names nobody.
///
/// # Errors
/// [`Error::Invalid`] for the fields `solved`, `satisfaction` and `words`;
/// [`Refusal::AlreadyReviewed`]; [`Refusal::Transition`] when the matter isn't to be reviewed now;
/// [`Error::Calendar`] when the follow-up's due day can't be known.
pub async fn review_give(hall: &Hall, actor: &Actor, number: i64, form: &ReviewForm) -> Result<()> {
    let now = hall.now();
    let txn = hall.db.begin().await?;
    let (row, _) = held_in_txn(&txn, actor, number, Action::Review).await?;
    let state = state_of(&row)?.state;
    if !matches!(state, State::Completed { .. }) {
        return Err(InvalidTransition { from: state.name(), step: "review" }.into());
    }
    let typed = form.parse()?;
    let made = review::ActiveModel {
        proposal_id: Set(row.id),
        person_id: Set(actor.person.0),
        round: Set(row.reopened),
        solved: Set(i64::from(typed.solved)),
        satisfaction: Set(typed.satisfaction.as_str().to_owned()),
        words: Set(typed.words.as_ref().map(ToString::to_string)),
        at: Set(now.0),
        ..Default::default()
    }
    .insert(&txn)
    .await;
    let made = match made {
        Ok(made) => made,
        Err(error) if Error::is_duplicate(&error) => return Err(Refusal::AlreadyReviewed.into()),
        Err(error) => return Err(error.into()),
    };
    if typed.satisfaction == Satisfaction::Dissatisfied {
        follow_up_in_txn(hall, &txn, &row, made.id).await?;
    }
    let after = json!({
        "proposal": row.id,
        "round": row.reopened,
        "solved": typed.solved,
        "satisfaction": typed.satisfaction.as_str(),
    });
    let record = Record {
        actor: By::Person(actor).audit_name(),
        action: "review_give".to_owned(),
        subject: format!("review:{}", made.id),
        after: Some(after.to_string()),
        ..Record::default()
    };
    append_in_txn(&txn, now, record).await?;
    txn.commit().await?;
    Ok(())
}

async fn follow_up_in_txn(
    hall: &Hall,
    txn: &DatabaseTransaction,
    row: &proposal::Model,
    review: i64,
) -> Result<()> {
    let settings = settings(txn, CommunityId(row.community_id)).await?;
    let calendar = settings.calendar(&hall.calendar);
    let due = Deadline::working_days(&calendar, hall.now(), settings.follow_up_days)?;
    follow_up::ActiveModel {
        proposal_id: Set(row.id),
        review_id: Set(review),
        due_at: Set(due.at.0),
        ..Default::default()
    }
    .insert(txn)
    .await?;
    let shown = Shown { kind: "dissatisfied", late: false, due_at: Some(due.at) };
    show_in_txn(hall, txn, row, shown, By::Clock, &Said::default()).await?;
    Ok(())
}

/// Moves on what nobody has to act on any more: reviews whose days are over are closed, reviewed
/// and declined matters whose public notice is over are archived. Gives the number of matters
/// moved; safe to call again, and from two servers at once.
///
/// A reviewed matter waits for its open follow-ups: they could still open the work again.
///
/// # Errors
/// [`Error::Db`] when the database fails.
pub async fn review_close_due(hall: &Hall) -> Result<usize> {
    let ids: Vec<i64> = proposal::Entity::find()
        .select_only()
        .column(proposal::Column::Id)
        .filter(proposal::Column::State.is_in([
            StateName::Completed.as_str(),
            StateName::Reviewed.as_str(),
            StateName::Decided.as_str(),
        ]))
        .filter(proposal::Column::DueAt.lt(hall.now().0))
        .order_by_asc(proposal::Column::DueAt)
        .into_tuple()
        .all(hall.db.read())
        .await?;
    let mut moved = 0;
    for id in ids {
        match close_due(hall, id).await {
            Ok(true) => moved += 1,
            Ok(false) | Err(Error::Refused(_)) => {}
            Err(Error::Broken(what)) => {
                // One row that can't be read must not hold up the others.
                tracing::error!(proposal = id, what, "a matter could not be closed");
            }
            Err(error) => return Err(error),
        }
    }
    Ok(moved)
}

async fn close_due(hall: &Hall, id: i64) -> Result<bool> {
    let txn = hall.db.begin().await?;
    let row = proposal::Entity::find_by_id(id).one(&txn).await?.ok_or(Error::NotFound)?;
    if row.due_at.is_none_or(|due| due >= hall.now().0) {
        return Ok(false);
    }
    let step = match state_of(&row)?.state {
        State::Completed { .. } => Step::CloseReview,
        State::Reviewed { .. } if !has_open_follow_up(&txn, id).await? => Step::Archive,
        State::Decided { verdict: Verdict::NotAdopted, .. } => Step::Archive,
        _ => return Ok(false),
    };
    advance_in_txn(hall, &txn, row, step, By::Clock, Said::default()).await?;
    txn.commit().await?;
    Ok(true)
}

async fn has_open_follow_up(txn: &DatabaseTransaction, proposal: i64) -> Result<bool> {
    let open = follow_up::Entity::find()
        .filter(follow_up::Column::ProposalId.eq(proposal))
        .filter(follow_up::Column::DoneAt.is_null())
        .count(txn)
        .await?;
    Ok(open > 0)
}
