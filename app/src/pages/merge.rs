//! `/proposals/{n}/merge…` and `/desk/{n}/merge`: merging a matter into another one, with what it would do
//! said before, and what its proposer and those who support it say to that.

mod boxes;
mod desk;
mod forms;

pub(super) use boxes::{answer, aside, gone_title, offer_link, within};
pub(super) use desk::desk_act;

use axum::Router;
use axum::extract::{Form, Path, Query, State};
use axum::response::Response;
use axum::routing::{get, post};
use domain::merging::can_take_in;
use domain::permission::Action;
use serde::Deserialize;
use service::Error;
use service::merge::{
    MergeCheck, Proposed, merge_agree, merge_ask, merge_check, merge_decline, merge_object,
    merge_offer, merge_undo, merge_undo_look,
};
use service::search::similar_to_matter;
use service::views::desk::desk_permit;

use self::forms::{Asking, Shown};
use crate::fail::Fail;
use crate::form::Problems;
use crate::link::parse;
use crate::redirect::see_other;
use crate::state::App;
use crate::unsent::unsent_page;
use crate::viewer::Viewer;

/// The addresses.
pub(super) fn routes() -> Router<App> {
    // A form that came back with errors leaves its own address in the browser: reading it leads to
    // the matter.
    let form = |handler| get(lead_back).merge(handler);
    Router::new()
        .route("/proposals/{number}/merge", get(offer_show).post(offer))
        .route("/proposals/{number}/merge/agree", post(agree))
        .route("/proposals/{number}/merge/object", form(post(object)))
        .route("/proposals/{number}/merge/decline", post(decline))
        .route("/proposals/{number}/merge/undo", get(undo_show).post(undo))
        .route("/desk/{number}/merge", get(ask_show).post(ask))
}

/// Which matter, as the address asks it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Into {
    into: String,
}

/// The form.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct MergeForm {
    into: String,
    reason: String,
}

/// A form with a reason alone.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct ReasonForm {
    reason: String,
}

async fn offer_show(
    State(app): State<App>,
    viewer: Viewer,
    Path(number): Path<String>,
    Query(asked): Query<Into>,
) -> Result<Response, Fail> {
    let form = MergeForm { into: asked.into, reason: String::new() };
    show(&app, &viewer, Asking::Offer, parse(&number)?, form, Problems::default()).await
}

async fn ask_show(
    State(app): State<App>,
    viewer: Viewer,
    Path(number): Path<String>,
    Query(asked): Query<Into>,
) -> Result<Response, Fail> {
    desk_permit(viewer.actor())?;
    let form = MergeForm { into: asked.into, reason: String::new() };
    show(&app, &viewer, Asking::Ask, parse(&number)?, form, Problems::default()).await
}

async fn offer(
    State(app): State<App>,
    viewer: Viewer,
    Path(number): Path<String>,
    Form(form): Form<MergeForm>,
) -> Result<Response, Fail> {
    let number = parse(&number)?;
    let actor = &viewer.require()?.actor;
    match merge_offer(&app.hall, actor, number, &form.into, &form.reason).await {
        Ok(()) => Ok(see_other(&format!("/proposals/{number}"), Some("merged"))),
        Err(error) => {
            let problems = Problems::kept(error)?;
            show(&app, &viewer, Asking::Offer, number, form, problems).await
        }
    }
}

async fn ask(
    State(app): State<App>,
    viewer: Viewer,
    Path(number): Path<String>,
    Form(form): Form<MergeForm>,
) -> Result<Response, Fail> {
    let actor = super::desk::gate(&viewer, Action::ProposalDecide)?;
    let number = parse(&number)?;
    match merge_ask(&app.hall, actor, number, &form.into, &form.reason).await {
        Ok(proposed) => {
            let flash = match proposed {
                Proposed::Asked { .. } => "merge_asked",
                Proposed::Done => "merged",
            };
            Ok(see_other(&format!("/desk/{number}"), Some(flash)))
        }
        Err(error) => {
            let problems = Problems::kept(error)?;
            show(&app, &viewer, Asking::Ask, number, form, problems).await
        }
    }
}

/// The form, with what the merge would do once its number is one.
async fn show(
    app: &App,
    viewer: &Viewer,
    asking: Asking,
    number: i64,
    form: MergeForm,
    mut problems: Problems,
) -> Result<Response, Fail> {
    let actor = &viewer.require()?.actor;
    let action = match asking {
        Asking::Ask => Action::ProposalDecide,
        Asking::Offer => Action::ProposalOwn,
    };
    let check: MergeCheck = match merge_check(&app.hall, actor, number, &form.into, action).await {
        Ok(check) => check,
        // It went on meanwhile: there is nothing to be merged.
        Err(Error::Refused(_)) if problems.is_refused() => {
            let w = viewer.words().merging;
            let (title, back) = match asking {
                Asking::Ask => (w.ask_title, format!("/desk/{number}")),
                Asking::Offer => (w.offer_title, format!("/proposals/{number}")),
            };
            return Ok(unsent_page(app, viewer, title, back, form.reason, problems));
        }
        Err(error) => {
            let wrong = Problems::of(error)?;
            if problems.is_empty() {
                problems = wrong;
            }
            merge_check(&app.hall, actor, number, "", action).await?
        }
    };
    let alike = match check.into {
        Some(_) => Vec::new(),
        None => {
            let found = similar_to_matter(&app.hall, viewer.community.id, number).await?;
            found.into_iter().filter(|other| can_take_in(other.state)).collect()
        }
    };
    let shown = Shown { asking, check, alike, into: form.into, reason: form.reason, problems };
    Ok(forms::propose(app, viewer, shown))
}

async fn agree(
    State(app): State<App>,
    viewer: Viewer,
    Path(number): Path<String>,
) -> Result<Response, Fail> {
    let number = parse(&number)?;
    let done = merge_agree(&app.hall, &viewer.require()?.actor, number).await?;
    let flash = if done { "merged" } else { "merge_ended" };
    Ok(see_other(&format!("/proposals/{number}"), Some(flash)))
}

async fn object(
    State(app): State<App>,
    viewer: Viewer,
    Path(number): Path<String>,
    Form(form): Form<ReasonForm>,
) -> Result<Response, Fail> {
    let number = parse(&number)?;
    match merge_object(&app.hall, &viewer.require()?.actor, number, &form.reason).await {
        Ok(()) => Ok(see_other(&format!("/proposals/{number}"), Some("merge_objected"))),
        Err(error @ Error::NotFound) => Err(error.into()),
        Err(error) => {
            let problems = Problems::kept(error)?;
            Ok(forms::object(&app, &viewer, number, form.reason, problems))
        }
    }
}

async fn decline(
    State(app): State<App>,
    viewer: Viewer,
    Path(number): Path<String>,
) -> Result<Response, Fail> {
    let number = parse(&number)?;
    merge_decline(&app.hall, &viewer.require()?.actor, number).await?;
    Ok(see_other(&format!("/proposals/{number}"), Some("merge_declined")))
}

async fn undo_show(
    State(app): State<App>,
    viewer: Viewer,
    Path(number): Path<String>,
) -> Result<Response, Fail> {
    let number = parse(&number)?;
    let line = merge_undo_look(&app.hall, &viewer.require()?.actor, number).await?;
    Ok(forms::undo(&app, &viewer, number, &line, String::new(), Problems::default()))
}

async fn undo(
    State(app): State<App>,
    viewer: Viewer,
    Path(number): Path<String>,
    Form(form): Form<ReasonForm>,
) -> Result<Response, Fail> {
    let number = parse(&number)?;
    let actor = &viewer.require()?.actor;
    match merge_undo(&app.hall, actor, number, &form.reason).await {
        Ok(()) => Ok(see_other(&format!("/proposals/{number}"), Some("unmerged"))),
        Err(error) => {
            let problems = Problems::kept(error)?;
            Ok(match merge_undo_look(&app.hall, actor, number).await {
                Ok(line) => forms::undo(&app, &viewer, number, &line, form.reason, problems),
                Err(_) => {
                    let title = viewer.words().merging.undo_title;
                    let back = format!("/proposals/{number}");
                    unsent_page(&app, &viewer, title, back, form.reason, problems)
                }
            })
        }
    }
}

async fn lead_back(Path(number): Path<String>) -> Result<Response, Fail> {
    Ok(see_other(&format!("/proposals/{}", parse::<i64>(&number)?), None))
}
