//! POST `/proposals/{n}/withdraw` and `/contest`: what an author does with a matter of their own. A
//! reason that can't be taken comes back on a page of its own.

use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::post;
use axum::{Form, Router};
use domain::text::Reason;
use leptos::prelude::*;
use serde::Deserialize;
use service::proposal::{proposal_contest, proposal_withdraw};

use crate::fail::Fail;
use crate::form::{ErrorSummary, LinesField, Problems};
use crate::link::to;
use crate::parts::Icon;
use crate::redirect::see_other;
use crate::render::words;
use crate::shell::{Meta, page};
use crate::state::App;
use crate::viewer::Viewer;
use crate::words::fill;
use crate::words::proposal::ProposalWords;

/// The addresses.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/proposals/{number}/withdraw", post(withdraw))
        .route("/proposals/{number}/contest", post(contest))
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Typed {
    reason: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Act {
    Withdraw,
    Contest,
}

impl Act {
    const fn name(self) -> &'static str {
        match self {
            Self::Withdraw => "withdraw",
            Self::Contest => "contest",
        }
    }

    /// Title, lead, label of the reason, and the button's verb.
    const fn said(self, w: &ProposalWords) -> [&'static str; 4] {
        match self {
            Self::Withdraw => [w.withdraw_title, w.withdraw_lead, w.withdraw_reason, w.withdraw],
            Self::Contest => [w.contest_title, w.contest_lead, w.contest_reason, w.contest],
        }
    }
}

async fn withdraw(
    State(app): State<App>,
    viewer: Viewer,
    Path(number): Path<i64>,
    Form(typed): Form<Typed>,
) -> Result<Response, Fail> {
    let actor = &viewer.require()?.actor;
    match proposal_withdraw(&app.hall, actor, number, &typed.reason).await {
        Ok(()) => Ok(see_other(&format!("/proposals/{number}"), Some("withdrawn"))),
        Err(error) => again(&app, &viewer, Act::Withdraw, number, typed, error),
    }
}

async fn contest(
    State(app): State<App>,
    viewer: Viewer,
    Path(number): Path<i64>,
    Form(typed): Form<Typed>,
) -> Result<Response, Fail> {
    let actor = &viewer.require()?.actor;
    match proposal_contest(&app.hall, actor, number, &typed.reason).await {
        Ok(()) => Ok(see_other(&format!("/proposals/{number}"), Some("contested"))),
        Err(error) => again(&app, &viewer, Act::Contest, number, typed, error),
    }
}

fn again(
    app: &App,
    viewer: &Viewer,
    act: Act,
    number: i64,
    typed: Typed,
    error: service::Error,
) -> Result<Response, Fail> {
    if matches!(error, service::Error::NotFound) {
        return Err(error.into());
    }
    let problems = Problems::kept(error)?;
    let [title, lead, label, button] = act.said(viewer.words().proposal);
    let meta = Meta {
        title: title.to_owned(),
        narrow: true,
        problems: problems.clone(),
        ..Meta::default()
    };
    Ok(page(app, viewer, meta, move || {
        let w = words().proposal;
        view! {
            <div class="page-head">
                <a class="crumb" href=to(format!("/proposals/{number}"))>
                    <Icon name="chevron"/>{fill(w.to_matter, &[("n", &number)])}
                </a>
                <h1>{title}</h1>
                <p class="page-lead">{lead}</p>
            </div>
            <ErrorSummary problems=problems.clone() labels=vec![("reason", label)]/>
            <form method="post" action=to(format!("/proposals/{number}/{}", act.name())) novalidate>
                <LinesField
                    name="reason"
                    label=label
                    hint=w.reason_hint
                    value=typed.reason
                    max=Reason::MAX
                    optional=act == Act::Withdraw
                    problems=problems
                />
                <button class="btn btn-primary btn-block">{button}</button>
            </form>
        }
    }))
}
