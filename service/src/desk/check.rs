//! The first check, and what can still send a matter back: publish, return, not accept, accept early.

use domain::permission::Action;
use domain::proposal::Step;
use domain::role::Actor;
use domain::route::Route;
use domain::text::Reason;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{permitted_in_txn, reason};
use crate::error::{Error, Problem, Problems, Refusal, Result};
use crate::hall::Hall;
use crate::matter::{self, By, Said};
use crate::proposal::publish_in_txn;

/// The form of the first check: what to do, and why.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CheckForm {
    /// `publish`, `return` or `not_accept`.
    pub act: String,
    /// The public reason.
    pub reason: String,
    /// With `not_accept`: the right way, a name of [`Route`]; may stay empty.
    pub route: String,
    /// With `publish`: the number of the text's version that was read. Its author may go on writing meanwhile.
    pub seen: String,
}

/// The form of taking a matter up early.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AcceptForm {
    /// The public reason.
    pub reason: String,
}

/// Does what the form of the first check says.
///
/// # Errors
/// [`Error::Invalid`] with `act`, `reason` or `route`; [`Refusal::Stale`] when another text would be published than
/// was read; else as the act's own function.
pub async fn matter_check(hall: &Hall, actor: &Actor, number: i64, form: &CheckForm) -> Result<()> {
    match form.act.as_str() {
        "publish" => publish(hall, actor, number, &form.reason, Some(&form.seen)).await,
        "return" => matter_return(hall, actor, number, &form.reason).await,
        "not_accept" => matter_not_accept(hall, actor, number, &form.reason, &form.route).await,
        "" => Err(Error::field("act", Problem::Choose)),
        _ => Err(Error::field("act", Problem::Unknown)),
    }
}

/// Publishes a matter: neighbours co-sign from now on.
///
/// # Errors
/// [`Error::Denied`], [`Error::Invalid`] with `reason`, [`Error::Refused`] when it isn't waiting
/// for its first check or somebody else was quicker.
pub async fn matter_publish(
    hall: &Hall,
    actor: &Actor,
    number: i64,
    typed_reason: &str,
) -> Result<()> {
    publish(hall, actor, number, typed_reason, None).await
}

async fn publish(
    hall: &Hall,
    actor: &Actor,
    number: i64,
    typed_reason: &str,
    seen: Option<&str>,
) -> Result<()> {
    let txn = hall.db.begin().await?;
    let row = permitted_in_txn(&txn, actor, number, Action::ProposalDecide).await?;
    let reason = reason(typed_reason)?;
    if seen.is_some_and(|seen| seen != row.text_version.to_string()) {
        return Err(Refusal::Stale.into());
    }
    publish_in_txn(hall, &txn, row, By::Person(actor), Said::reason(reason.as_str())).await?;
    txn.commit().await?;
    Ok(())
}

/// Sends a matter back to its author, to be mended.
///
/// # Errors
/// As [`matter_publish`]; it can be sent back until it is being talked over.
pub async fn matter_return(
    hall: &Hall,
    actor: &Actor,
    number: i64,
    typed_reason: &str,
) -> Result<()> {
    let txn = hall.db.begin().await?;
    let row = permitted_in_txn(&txn, actor, number, Action::ProposalDecide).await?;
    let reason = reason(typed_reason)?;
    let said = Said::reason(reason.as_str());
    matter::advance_in_txn(hall, &txn, row, Step::Return, By::Person(actor), said).await?;
    txn.commit().await?;
    Ok(())
}

/// Declines a matter that isn't one for this hall, and shows the right way where there is one.
///
/// # Errors
/// As [`matter_publish`], and [`Error::Invalid`] with `route` when it isn't one.
pub async fn matter_not_accept(
    hall: &Hall,
    actor: &Actor,
    number: i64,
    typed_reason: &str,
    typed_route: &str,
) -> Result<()> {
    let txn = hall.db.begin().await?;
    let row = permitted_in_txn(&txn, actor, number, Action::ProposalDecide).await?;
    let mut problems = Problems::default();
    let reason = problems.text("reason", Reason::parse(typed_reason));
    let route = if typed_route.is_empty() {
        Some(None)
    } else {
        problems.choice("route", typed_route, Route::from_name).map(Some)
    };
    let (reason, route) = problems.values(reason.zip(route))?;
    let said = Said {
        reason: Some(reason.as_str().to_owned()),
        detail: route.map(|route| json!({ "route": route })),
        due: None,
    };
    let step = Step::NotAccept { route };
    matter::advance_in_txn(hall, &txn, row, step, By::Person(actor), said).await?;
    txn.commit().await?;
    Ok(())
}

/// Takes a matter up before enough households co-signed: the committee owes an answer now.
///
/// # Errors
/// As [`matter_publish`]; only while neighbours co-sign.
pub async fn matter_accept(
    hall: &Hall,
    actor: &Actor,
    number: i64,
    form: &AcceptForm,
) -> Result<()> {
    let txn = hall.db.begin().await?;
    let row = permitted_in_txn(&txn, actor, number, Action::ProposalDecide).await?;
    let reason = reason(&form.reason)?;
    let step = Step::Accept { threshold_met: false };
    let said = Said::reason(reason.as_str());
    matter::advance_in_txn(hall, &txn, row, step, By::Person(actor), said).await?;
    txn.commit().await?;
    Ok(())
}
