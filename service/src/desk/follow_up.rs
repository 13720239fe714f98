//! Following up a dissatisfied review (回访), which can open the work again once.

use domain::clock::Deadline;
use domain::ids::CommunityId;
use domain::permission::{Action, permit};
use domain::proposal::{State, Step};
use domain::role::Actor;
use domain::text::Note;
use domain::time::Timestamp;
use entities::{follow_up, proposal, work_item};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::work::open_item_in_txn;
use super::{is_late, permitted_in_txn, refused, touch_in_txn};
use crate::audit::{Record, append_in_txn};
use crate::error::{Error, Problems, Refusal, Result};
use crate::hall::Hall;
use crate::matter::{self, By, Said, Shown};

/// The form of a follow-up.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FollowUpForm {
    /// What came of it, for everyone to read.
    pub note: String,
    /// Anything but empty: the work is opened again.
    pub reopen: String,
}

/// The follow-ups of a matter that nobody has recorded yet, the earliest due first.
///
/// # Errors
/// [`Error::NotFound`] when there is no such matter, [`Error::Denied`] for others than the committee.
pub async fn follow_ups_open(hall: &Hall, actor: &Actor, number: i64) -> Result<Vec<i64>> {
    let row = matter::by_number(hall.db.read(), actor.community, number).await?;
    let target = matter::target(hall.db.read(), &row, Some(actor)).await?;
    permit(Some(actor), Action::FollowUpRecord, &target)?;
    let open = follow_up::Entity::find()
        .filter(follow_up::Column::ProposalId.eq(row.id))
        .filter(follow_up::Column::DoneAt.is_null())
        .order_by_asc(follow_up::Column::DueAt)
        .all(hall.db.read())
        .await?;
    Ok(open.into_iter().map(|follow_up| follow_up.id).collect())
}

/// Records what came of a follow-up; with `reopen`, the work is opened again, once.
///
/// Gives the matter's public number.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Denied`], [`Error::Invalid`] with `note`,
/// [`Refusal::AlreadyFollowedUp`], [`Refusal::Transition`] when the work was opened again before.
pub async fn follow_up_record(
    hall: &Hall,
    actor: &Actor,
    id: i64,
    form: &FollowUpForm,
) -> Result<i64> {
    let now = hall.now();
    let txn = hall.db.begin().await?;
    let found = follow_up::Entity::find_by_id(id).one(&txn).await?.ok_or(Error::NotFound)?;
    let about = proposal::Entity::find_by_id(found.proposal_id).one(&txn).await?;
    let number = about.and_then(|about| about.number).ok_or(Error::NotFound)?;
    let row = permitted_in_txn(&txn, actor, number, Action::FollowUpRecord).await?;
    if row.id != found.proposal_id {
        // The same number in another community.
        return Err(Error::NotFound);
    }
    let mut problems = Problems::default();
    let note = problems.text("note", Note::parse(&form.note));
    let note = problems.values(note)?;

    let done = follow_up::Entity::update_many()
        .col_expr(follow_up::Column::DoneAt, Expr::value(now.0))
        .col_expr(follow_up::Column::Note, Expr::value(note.as_str()))
        .col_expr(follow_up::Column::DoneBy, Expr::value(actor.person.0))
        .filter(follow_up::Column::Id.eq(id))
        .filter(follow_up::Column::DoneAt.is_null())
        .exec(&txn)
        .await?;
    if done.rows_affected == 0 {
        return Err(Refusal::AlreadyFollowedUp.into());
    }

    let by = By::Person(actor);
    let late = is_late(Some(found.due_at), now);
    let reopen = !form.reopen.is_empty();
    let said = Said {
        reason: Some(note.as_str().to_owned()),
        detail: Some(json!({ "follow_up": id, "reopened": reopen })),
        due: None,
    };
    let row = touch_in_txn(hall, &txn, row, |_| {}).await?;
    let shown = Shown { late, ..Shown::note("follow_up") };
    matter::show_in_txn(hall, &txn, &row, shown, by, &said).await?;
    append_in_txn(
        &txn,
        now,
        Record {
            actor: by.audit_name(),
            action: "follow_up_record".to_owned(),
            subject: format!("proposal:{}", row.id),
            before: None,
            after: said.detail.map(|detail| detail.to_string()),
            reason: said.reason,
        },
    )
    .await?;
    if reopen {
        reopen_in_txn(hall, &txn, row, by, note.as_str(), now).await?;
    }
    txn.commit().await?;
    Ok(number)
}

/// The public number of the matter that a follow-up belongs to, for whoever may record it.
///
/// # Errors
/// [`Error::NotFound`] when there is none in the community.
pub async fn follow_up_matter(hall: &Hall, actor: &Actor, id: i64) -> Result<i64> {
    let db = hall.db.read();
    let found = follow_up::Entity::find_by_id(id).one(db).await?.ok_or(Error::NotFound)?;
    proposal::Entity::find_by_id(found.proposal_id)
        .filter(proposal::Column::CommunityId.eq(actor.community.0))
        .one(db)
        .await?
        .and_then(|row| row.number)
        .ok_or(Error::NotFound)
}

async fn reopen_in_txn(
    hall: &Hall,
    txn: &DatabaseTransaction,
    row: proposal::Model,
    by: By<'_>,
    note: &str,
    now: Timestamp,
) -> Result<()> {
    let (State::Completed { route } | State::Reviewed { route }) = matter::state_of(&row)?.state
    else {
        return Err(refused(&row, "reopen"));
    };
    // Refused here already when it was opened again before: no second item is written.
    matter::state_of(&row)?.apply(Step::Reopen)?;
    let last = work_item::Entity::find()
        .filter(work_item::Column::ProposalId.eq(row.id))
        .order_by_desc(work_item::Column::Id)
        .one(txn)
        .await?;
    let settings = matter::settings(txn, CommunityId(row.community_id)).await?;
    let calendar = settings.calendar(&hall.calendar);
    let due = Deadline::working_days(&calendar, now, settings.work_days)?;
    let (receiver, ticket) = last.map(|last| (last.receiver, last.ticket)).unwrap_or_default();
    open_item_in_txn(txn, &row, route, &receiver, ticket, now, due).await?;
    let said = Said {
        reason: Some(note.to_owned()),
        detail: Some(json!({ "route": route, "receiver": receiver })),
        due: Some(due),
    };
    matter::advance_in_txn(hall, txn, row, Step::Reopen, by, said).await?;
    Ok(())
}
