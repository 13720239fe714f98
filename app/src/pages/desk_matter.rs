//! `/desk/{number}`: a matter on the committee's desk, with the acts that its state allows.

mod acts;
mod facts;
pub(super) mod fields;

use axum::Router;
use axum::extract::{Form, Path, State};
use axum::response::Response;
use axum::routing::{get, post};
use domain::permission::Action;
use leptos::prelude::*;
use serde::Deserialize;
use service::desk::{
    AcceptForm, AnswerForm, CheckForm, FollowUpForm, ProgressForm, ReferForm, SessionForm,
    SuspendForm, follow_up_record, matter_accept, matter_answer, matter_archive, matter_check,
    session_record, work_complete, work_progress, work_refer, work_resume, work_suspend,
};
use service::views::desk::{DeskMatter, desk_matter, desk_permit};

use super::desk::{acts as may_act, gate};
use crate::fail::Fail;
use crate::form::{ErrorSummary, Problems};
use crate::link::parse;
use crate::redirect::see_other;
use crate::shell::{Meta, Tab, page};
use crate::state::App;
use crate::unsent::Unsent;
use crate::viewer::Viewer;

/// The addresses.
pub(super) fn routes() -> Router<App> {
    // A form that came back with errors leaves its own address in the browser: reading it leads to
    // the matter.
    let form = |handler| get(lead_back).merge(handler);
    Router::new()
        .route("/desk/{number}", get(show))
        .route("/desk/{number}/check", form(post(check)))
        .route("/desk/{number}/accept", form(post(accept)))
        .route("/desk/{number}/answer", form(post(answer)))
        .route("/desk/{number}/session", form(post(session)))
        .route("/desk/{number}/refer", form(post(refer)))
        .route("/desk/{number}/progress", form(post(progress)))
        .route("/desk/{number}/suspend", form(post(suspend)))
        .route("/desk/{number}/resume", form(post(resume)))
        .route("/desk/{number}/complete", form(post(complete)))
        .route("/desk/{number}/archive", form(post(archive)))
        .route("/desk/follow-ups/{id}", get(lead_to_desk).post(follow_up))
}

/// A form that came back: which act, what was typed, and what is wrong with it.
#[derive(Debug, Clone, Default)]
pub(super) struct Typed {
    /// The act's name, as in [`acts`].
    pub(super) act: String,
    /// (field, what was typed).
    pub(super) values: Vec<(&'static str, String)>,
    /// Problems.
    pub(super) problems: Problems,
}

impl Typed {
    /// What was written in words, as one text.
    fn text(&self) -> String {
        const WRITTEN: [&str; 4] = ["attendees", "minutes", "note", "reason"];
        let written = self.values.iter().filter(|(field, _)| WRITTEN.contains(field));
        written.map(|(_, value)| value.as_str()).collect::<Vec<_>>().join("\n")
    }
}

/// A form with a reason alone.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct ReasonForm {
    reason: String,
}

/// A form with a note alone.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct NoteForm {
    note: String,
}

async fn show(
    State(app): State<App>,
    viewer: Viewer,
    Path(number): Path<String>,
) -> Result<Response, Fail> {
    let matter = desk_matter(&app.hall, viewer.actor(), parse(&number)?).await?;
    Ok(render(&app, &viewer, matter, Typed::default()))
}

async fn check(
    State(app): State<App>,
    viewer: Viewer,
    Path(number): Path<String>,
    Form(form): Form<CheckForm>,
) -> Result<Response, Fail> {
    let actor = gate(&viewer, Action::ProposalDecide)?;
    let number = parse(&number)?;
    let done = matter_check(&app.hall, actor, number, &form).await;
    let CheckForm { act, reason, route, .. } = form;
    let typed = vec![("reason", reason), ("route", route)];
    finish(&app, &viewer, number, done, &act, typed).await
}

async fn accept(
    State(app): State<App>,
    viewer: Viewer,
    Path(number): Path<String>,
    Form(form): Form<AcceptForm>,
) -> Result<Response, Fail> {
    let actor = gate(&viewer, Action::ProposalDecide)?;
    let number = parse(&number)?;
    let done = matter_accept(&app.hall, actor, number, &form).await;
    finish(&app, &viewer, number, done, acts::ACCEPT, vec![("reason", form.reason)]).await
}

async fn answer(
    State(app): State<App>,
    viewer: Viewer,
    Path(number): Path<String>,
    Form(form): Form<AnswerForm>,
) -> Result<Response, Fail> {
    let actor = gate(&viewer, Action::ProposalDecide)?;
    let number = parse(&number)?;
    let done = matter_answer(&app.hall, actor, number, &form).await;
    let typed = vec![("verdict", form.verdict), ("reason", form.reason)];
    finish(&app, &viewer, number, done, acts::ANSWER, typed).await
}

async fn session(
    State(app): State<App>,
    viewer: Viewer,
    Path(number): Path<String>,
    Form(form): Form<SessionForm>,
) -> Result<Response, Fail> {
    let actor = gate(&viewer, Action::SessionRecord)?;
    let number = parse(&number)?;
    let done = session_record(&app.hall, actor, number, &form).await;
    let SessionForm { held_on, attendees, minutes, verdict, reason } = form;
    let typed = vec![
        ("held_on", held_on),
        ("attendees", attendees),
        ("minutes", minutes),
        ("verdict", verdict),
        ("reason", reason),
    ];
    finish(&app, &viewer, number, done, acts::SESSION, typed).await
}

async fn refer(
    State(app): State<App>,
    viewer: Viewer,
    Path(number): Path<String>,
    Form(form): Form<ReferForm>,
) -> Result<Response, Fail> {
    let actor = gate(&viewer, Action::WorkManage)?;
    let number = parse(&number)?;
    let done = work_refer(&app.hall, actor, number, &form).await;
    let ReferForm { route, receiver, ticket, reason } = form;
    let typed =
        vec![("route", route), ("receiver", receiver), ("ticket", ticket), ("reason", reason)];
    finish(&app, &viewer, number, done, acts::REFER, typed).await
}

async fn progress(
    State(app): State<App>,
    viewer: Viewer,
    Path(number): Path<String>,
    Form(form): Form<ProgressForm>,
) -> Result<Response, Fail> {
    let actor = gate(&viewer, Action::WorkManage)?;
    let number = parse(&number)?;
    let done = work_progress(&app.hall, actor, number, &form).await;
    let typed = vec![("note", form.note), ("reason", form.reason)];
    finish(&app, &viewer, number, done, &form.act, typed).await
}

async fn suspend(
    State(app): State<App>,
    viewer: Viewer,
    Path(number): Path<String>,
    Form(form): Form<SuspendForm>,
) -> Result<Response, Fail> {
    let actor = gate(&viewer, Action::WorkManage)?;
    let number = parse(&number)?;
    let done = work_suspend(&app.hall, actor, number, &form).await;
    let typed = vec![("review_on", form.review_on), ("reason", form.reason)];
    finish(&app, &viewer, number, done, acts::SUSPEND, typed).await
}

async fn resume(
    State(app): State<App>,
    viewer: Viewer,
    Path(number): Path<String>,
    Form(form): Form<ReasonForm>,
) -> Result<Response, Fail> {
    let actor = gate(&viewer, Action::WorkManage)?;
    let number = parse(&number)?;
    let done = work_resume(&app.hall, actor, number, &form.reason).await;
    finish(&app, &viewer, number, done, acts::RESUME, vec![("reason", form.reason)]).await
}

async fn complete(
    State(app): State<App>,
    viewer: Viewer,
    Path(number): Path<String>,
    Form(form): Form<NoteForm>,
) -> Result<Response, Fail> {
    let actor = gate(&viewer, Action::WorkManage)?;
    let number = parse(&number)?;
    let done = work_complete(&app.hall, actor, number, &form.note).await;
    finish(&app, &viewer, number, done, acts::COMPLETE, vec![("note", form.note)]).await
}

async fn archive(
    State(app): State<App>,
    viewer: Viewer,
    Path(number): Path<String>,
    Form(form): Form<ReasonForm>,
) -> Result<Response, Fail> {
    let actor = gate(&viewer, Action::ProposalDecide)?;
    let number = parse(&number)?;
    let done = matter_archive(&app.hall, actor, number, &form.reason).await;
    finish(&app, &viewer, number, done, acts::ARCHIVE, vec![("reason", form.reason)]).await
}

async fn follow_up(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<String>,
    Form(form): Form<FollowUpForm>,
) -> Result<Response, Fail> {
    let actor = gate(&viewer, Action::FollowUpRecord)?;
    let id = parse(&id)?;
    match follow_up_record(&app.hall, actor, id, &form).await {
        Ok(number) => Ok(see_other(&format!("/desk/{number}"), Some("done"))),
        Err(error) => {
            let problems = Problems::kept(error)?;
            let number = service::desk::follow_up_matter(&app.hall, actor, id).await?;
            let matter = desk_matter(&app.hall, Some(actor), number).await?;
            let values = vec![("note", form.note), ("reopen", form.reopen)];
            let typed = Typed { act: acts::follow_up_name(id), values, problems };
            Ok(render(&app, &viewer, matter, typed))
        }
    }
}

/// Back to the matter, or the form again with what was typed.
async fn finish(
    app: &App,
    viewer: &Viewer,
    number: i64,
    done: service::Result<()>,
    act: &str,
    values: Vec<(&'static str, String)>,
) -> Result<Response, Fail> {
    match done {
        Ok(()) => Ok(see_other(&format!("/desk/{number}"), Some("done"))),
        Err(error) => {
            let problems = Problems::kept(error)?;
            let matter = desk_matter(&app.hall, viewer.actor(), number).await?;
            Ok(render(app, viewer, matter, Typed { act: act.to_owned(), values, problems }))
        }
    }
}

async fn lead_back(viewer: Viewer, Path(number): Path<String>) -> Result<Response, Fail> {
    desk_permit(viewer.actor())?;
    Ok(see_other(&format!("/desk/{}", parse::<i64>(&number)?), None))
}

async fn lead_to_desk(viewer: Viewer) -> Result<Response, Fail> {
    desk_permit(viewer.actor())?;
    Ok(see_other("/desk", None))
}

fn render(app: &App, viewer: &Viewer, matter: DeskMatter, typed: Typed) -> Response {
    let meta = Meta {
        title: format!("{} · {}", viewer.words().desk.title, matter.title),
        tab: Tab::Desk,
        problems: typed.problems.clone(),
        ..Meta::default()
    };
    let may_act = may_act(viewer);
    // What the act is about is read first; a form that came back stands on top, with its problems.
    let came_back = !typed.problems.is_empty();
    page(app, viewer, meta, move || {
        // Things have changed: the act may be there no more, but what was typed is.
        let (typed, refused) = if typed.problems.is_refused() {
            (Typed::default(), Some((typed.text(), typed.problems)))
        } else {
            (typed, None)
        };
        let refused = refused.map(|(text, problems)| {
            view! { <ErrorSummary problems labels=Vec::new()/> <Unsent text/> }
        });
        view! {
            {refused}
            <article class="matter">
                {facts::head(&matter)}
                {(!came_back).then(|| facts::facts(&matter))}
                <div class="matter-body">
                    {came_back.then(|| acts::acts(&matter, &typed, may_act))}
                    {facts::texts(&matter)}
                    {facts::sessions(&matter)}
                    {(!came_back).then(|| acts::acts(&matter, &typed, may_act))}
                </div>
                {came_back.then(|| facts::facts(&matter))}
                <div class="matter-side">{facts::timeline(&matter)}</div>
            </article>
        }
    })
}
