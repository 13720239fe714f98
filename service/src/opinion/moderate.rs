//! Letting statements be shown, and taking them down. A text that was taken down lies sealed in its row,
//! for the oversight board, until the time for it is over.

use domain::ids::CommunityId;
use domain::permission::Action;
use domain::role::Actor;
use domain::settings::CommunitySettings;
use domain::talk::PostState;
use domain::text::Reason;
use entities::{community, proposal, statement};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, DatabaseTransaction, EntityTrait, IntoActiveModel,
    QueryFilter, QueryOrder, QuerySelect, QueryTrait, Set,
};
use serde_json::json;

use super::find;
use crate::audit::{Record, append_in_txn};
use crate::error::{Error, Problem, Refusal, Result};
use crate::hall::Hall;
use crate::matter;
use crate::post::sha256;
use crate::proposal::held_in_txn;
use crate::seal::Column;
use crate::views::matter::readable;

/// What those who moderate say of a statement that waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatementDecision<'a> {
    /// Everyone may answer it.
    Show,
    /// It is not shown; its author reads why.
    Decline {
        /// Why.
        reason: &'a str,
    },
}

/// Decides on a statement that waits.
///
/// # Errors
/// [`Error::Invalid`] for the field `reason`; [`Refusal::Stale`] when it doesn't wait any more;
/// [`Error::NotFound`], [`Error::Denied`].
pub async fn statement_decide(
    hall: &Hall,
    actor: &Actor,
    number: i64,
    statement: i64,
    decision: StatementDecision<'_>,
) -> Result<()> {
    let txn = hall.db.begin().await?;
    let (row, _) = held_in_txn(&txn, actor, number, Action::ReportDecide).await?;
    let before = find(&txn, row.id, statement).await?;
    if before.state != PostState::Waiting.as_str() {
        return Err(Refusal::Stale.into());
    }
    match decision {
        StatementDecision::Show => {
            let mut shown = before.clone().into_active_model();
            shown.state = Set(PostState::Shown.as_str().to_owned());
            shown.update(&txn).await?;
            let record = record(actor, "statement_show", &before, None);
            append_in_txn(&txn, hall.now(), record).await?;
        }
        StatementDecision::Decline { reason } => {
            let (action, state) = ("statement_decline", PostState::Declined);
            take_down_in_txn(hall, &txn, actor, before, state, reason, action).await?;
        }
    }
    txn.commit().await?;
    Ok(())
}

/// Takes a statement down: it is answered no more, and the answers to it count no more.
///
/// # Errors
/// As [`statement_decide`].
pub async fn statement_hide(
    hall: &Hall,
    actor: &Actor,
    number: i64,
    statement: i64,
    reason: &str,
) -> Result<()> {
    let txn = hall.db.begin().await?;
    let (row, _) = held_in_txn(&txn, actor, number, Action::PostHide).await?;
    let before = find(&txn, row.id, statement).await?;
    if before.state != PostState::Shown.as_str() {
        return Err(Refusal::Stale.into());
    }
    let (action, state) = ("statement_hide", PostState::Removed);
    take_down_in_txn(hall, &txn, actor, before, state, reason, action).await?;
    txn.commit().await?;
    Ok(())
}

async fn take_down_in_txn(
    hall: &Hall,
    txn: &DatabaseTransaction,
    actor: &Actor,
    before: statement::Model,
    state: PostState,
    reason: &str,
    action: &str,
) -> Result<()> {
    let reason = Reason::parse(reason).map_err(|e| Error::field("reason", Problem::Text(e)))?;
    let mut gone = before.clone().into_active_model();
    gone.state = Set(state.as_str().to_owned());
    gone.kept = Set(Some(hall.seal.close(Column::StatementKept, &before.body)?));
    gone.body = Set(String::new());
    gone.hidden_at = Set(Some(hall.now().0));
    gone.hidden_reason = Set(Some(reason.to_string()));
    gone.update(txn).await?;
    let record = record(actor, action, &before, Some(reason.to_string()));
    append_in_txn(txn, hall.now(), record).await?;
    Ok(())
}

fn record(actor: &Actor, action: &str, row: &statement::Model, reason: Option<String>) -> Record {
    Record {
        actor: actor.audit_name(),
        action: action.to_owned(),
        subject: format!("statement:{}", row.id),
        before: Some(json!({ "body_sha256": sha256(&row.body) }).to_string()),
        after: None,
        reason,
    }
}

/// The statements of a matter that were taken down, with their numbers, for those who may read them. The
/// look is recorded.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Denied`]; [`Error::Broken`] when a text can't be opened.
pub async fn removed_statements_look(
    hall: &Hall,
    actor: &Actor,
    number: i64,
) -> Result<Vec<(i64, String)>> {
    let row = matter::by_number(hall.db.read(), actor.community, number).await?;
    let target = matter::target(hall.db.read(), &row, Some(actor)).await?;
    readable(&row, Some(actor), &target)?;
    domain::permission::permit(Some(actor), Action::RemovedRead, &target)?;
    let record = Record {
        actor: actor.audit_name(),
        action: "statements_look".to_owned(),
        subject: format!("proposal:{}", row.id),
        ..Record::default()
    };
    let txn = hall.db.begin().await?;
    append_in_txn(&txn, hall.now(), record).await?;
    txn.commit().await?;
    let kept = statement::Entity::find()
        .filter(statement::Column::ProposalId.eq(row.id))
        .filter(statement::Column::Kept.is_not_null())
        .order_by_asc(statement::Column::Number)
        .all(hall.db.read())
        .await?;
    kept.into_iter()
        .filter_map(|row| Some((row.number, row.kept?)))
        .map(|(number, kept)| Ok((number, hall.seal.open(Column::StatementKept, &kept)?)))
        .collect()
}

/// Forgets the texts whose time is over; gives their number. A community whose settings can't be read keeps no
/// other from it.
///
/// # Errors
/// [`Error::Db`] when the database fails, and when settings can't be read, once the others are done.
pub async fn statements_sweep(hall: &Hall) -> Result<u64> {
    let kept = statement::Entity::find().filter(statement::Column::Kept.is_not_null());
    // The one writer is taken only where there may be something to write.
    if kept.limit(1).one(hall.db.read()).await?.is_none() {
        return Ok(0);
    }
    let (mut swept, mut broken) = (0, None);
    for row in community::Entity::find().all(hall.db.read()).await? {
        match serde_json::from_str::<CommunitySettings>(&row.settings) {
            Ok(settings) => {
                swept += sweep(hall, CommunityId(row.id), settings.removed_days).await?;
            }
            Err(error) => {
                broken.get_or_insert(error);
            }
        }
    }
    broken.map_or(Ok(swept), |error| Err(error.into()))
}

async fn sweep(hall: &Hall, community: CommunityId, days: u32) -> Result<u64> {
    let matters = proposal::Entity::find()
        .select_only()
        .column(proposal::Column::Id)
        .filter(proposal::Column::CommunityId.eq(community.0))
        .into_query();
    let over = Condition::all()
        .add(statement::Column::Kept.is_not_null())
        .add(statement::Column::HiddenAt.lt(hall.now().plus_days(-i64::from(days)).0))
        .add(statement::Column::ProposalId.in_subquery(matters));
    let any = statement::Entity::find().filter(over.clone()).limit(1).one(hall.db.read()).await?;
    if any.is_none() {
        return Ok(0);
    }
    let txn = hall.db.begin().await?;
    let swept = statement::Entity::update_many()
        .col_expr(statement::Column::Kept, Expr::value(None::<String>))
        .filter(over)
        .exec(&txn)
        .await?;
    txn.commit().await?;
    Ok(swept.rows_affected)
}
