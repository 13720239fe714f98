//! Asking to merge a matter, or offering one's own.

use domain::clock::Deadline;
use domain::ids::CommunityId;
use domain::merging::{MergeRefusal, MergeState, can_go, can_take_in};
use domain::permission::Action;
use domain::proposal::{InvalidTransition, StateName};
use domain::role::Actor;
use domain::text::Reason;
use domain::time::Timestamp;
use entities::{person, proposal, proposal_merge};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter,
    Set,
};
use serde_json::json;

use super::answer::done_in_txn;
use super::{Pair, hold_in_txn, live_in_txn, name_of, record_in_txn, show_there_in_txn};
use crate::error::{Error, Problem, Problems, Result};
use crate::hall::Hall;
use crate::matter::{self, By, Said, Shown};
use crate::proposal::held_in_txn;

/// What came of proposing a merge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proposed {
    /// The proposer has until then to object.
    Asked {
        /// The last moment.
        until: Timestamp,
    },
    /// It was the proposer's own wish, and is done.
    Done,
}

/// The committee asks to merge a matter into another of the community that is public and not over, with a
/// public reason. Its proposer can agree, or object within the days that the settings give; silence is
/// taken for a yes when they are over ([`merge_due`](super::merge_due)). Until then the matter goes on as
/// it is, and households can already say that they don't come along.
///
/// Where the proposer is the one who asks, it is agreed at once. Where the proposer's account is closed the
/// days run all the same: nobody can object, but the households still can stay away.
///
/// # Errors
/// [`Error::Denied`], [`Error::Invalid`] with `into` or `reason`, [`MergeRefusal::Asked`] when another
/// merge of it waits for an answer, [`Error::Refused`] when the matter can't be merged from where it stands.
pub async fn merge_ask(
    hall: &Hall,
    actor: &Actor,
    number: i64,
    typed_into: &str,
    typed_reason: &str,
) -> Result<Proposed> {
    propose(hall, actor, number, typed_into, typed_reason, Action::ProposalDecide).await
}

/// The proposer merges their own matter into another one: agreed at once. One that the committee has yet to
/// check stays where it is: merged, it would be public without anybody having looked at it.
///
/// # Errors
/// As [`merge_ask`].
pub async fn merge_offer(
    hall: &Hall,
    actor: &Actor,
    number: i64,
    typed_into: &str,
    typed_reason: &str,
) -> Result<()> {
    propose(hall, actor, number, typed_into, typed_reason, Action::ProposalOwn).await.map(|_| ())
}

async fn propose(
    hall: &Hall,
    actor: &Actor,
    number: i64,
    typed_into: &str,
    typed_reason: &str,
    action: Action,
) -> Result<Proposed> {
    let txn = hall.db.begin().await?;
    let from = matter::by_number(&txn, actor.community, number).await?;
    let into = target(&txn, &from, typed_into).await?.map(|into| into.id);
    hold_in_txn(&txn, &[from.id].into_iter().chain(into).collect::<Vec<_>>()).await?;
    let (from, _) = held_in_txn(&txn, actor, number, action).await?;
    let state = name_of(&from)?;
    if !may_go(state, action) {
        return Err(InvalidTransition { from: state, step: "merge" }.into());
    }
    if live_in_txn(&txn, from.id).await?.is_some() {
        return Err(MergeRefusal::Asked.into());
    }
    let mut problems = Problems::default();
    let into = target(&txn, &from, typed_into).await?;
    if into.is_none() {
        let nothing = typed_into.trim().is_empty();
        problems.note("into", if nothing { Problem::Choose } else { Problem::Unknown });
    }
    let reason = problems.text("reason", Reason::parse(typed_reason));
    let (into, reason) = problems.values(into.zip(reason))?;
    let pair = insert_in_txn(hall, &txn, actor, from, into, reason.as_str()).await?;

    let by = By::Person(actor);
    // Their own wish needs nobody's yes.
    if actor.person.0 == pair.from.author_id {
        done_in_txn(hall, &txn, pair, by).await?;
        txn.commit().await?;
        return Ok(Proposed::Done);
    }
    let until = Timestamp(pair.merge.object_until);
    let author = person::Entity::find_by_id(pair.from.author_id).one(&txn).await?;
    let nobody = author.is_none_or(|author| author.closed_at.is_some());
    let said = Said {
        reason: Some(reason.as_str().to_owned()),
        detail: Some(json!({ "into": pair.into.number, "nobody": nobody })),
        due: None,
    };
    let shown = Shown { kind: "merge_asked", late: false, due_at: Some(until) };
    matter::show_in_txn(hall, &txn, &pair.from, shown, by, &said).await?;
    show_there_in_txn(hall, &txn, &pair, "merge_asked_in", by, Some(reason.as_str())).await?;
    record_in_txn(hall, &txn, by, "merge_ask", &pair, "").await?;
    txn.commit().await?;
    Ok(Proposed::Asked { until })
}

/// Whether a matter can go from where it stands, by the committee's act or by its proposer's.
pub(super) fn may_go(state: StateName, action: Action) -> bool {
    let unchecked = state == StateName::Submitted && action == Action::ProposalOwn;
    can_go(state) && !unchecked
}

async fn insert_in_txn(
    hall: &Hall,
    txn: &DatabaseTransaction,
    actor: &Actor,
    from: proposal::Model,
    into: proposal::Model,
    reason: &str,
) -> Result<Pair> {
    let now = hall.now();
    let settings = matter::settings(txn, CommunityId(from.community_id)).await?;
    let made = proposal_merge::ActiveModel {
        community_id: Set(from.community_id),
        from_id: Set(from.id),
        into_id: Set(into.id),
        state: Set(MergeState::Asked.as_str().to_owned()),
        reason: Set(reason.to_owned()),
        asked_by: Set(actor.person.0),
        asked_at: Set(now.0),
        object_until: Set(Deadline::calendar_days(now, settings.merge_object_days).at.0),
        ..Default::default()
    };
    match made.insert(txn).await {
        Ok(merge) => Ok(Pair { merge, from, into }),
        Err(error) if Error::is_duplicate(&error) => Err(MergeRefusal::Asked.into()),
        Err(error) => Err(error.into()),
    }
}

/// The matter of that number when this one can be merged into it.
pub(super) async fn target(
    db: &impl ConnectionTrait,
    from: &proposal::Model,
    typed: &str,
) -> Result<Option<proposal::Model>> {
    let Ok(number) = typed.trim().parse::<i64>() else { return Ok(None) };
    if from.number == Some(number) {
        return Ok(None);
    }
    let found = proposal::Entity::find()
        .filter(proposal::Column::CommunityId.eq(from.community_id))
        .filter(proposal::Column::Number.eq(number))
        .filter(proposal::Column::HiddenAt.is_null())
        .one(db)
        .await?;
    let Some(found) = found else { return Ok(None) };
    Ok(can_take_in(name_of(&found)?).then_some(found))
}
