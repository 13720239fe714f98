//! `/desk/removed`: all that was taken down; `/desk/appeals/{id}`: one removal, its appeal and the recorded
//! look at its text.

use axum::extract::{Path, Query, State};
use axum::response::Response;
use axum::routing::get;
use axum::{Form, Router};
use domain::ids::RemovalId;
use domain::permission::Action;
use domain::text::Reason;
use leptos::prelude::*;
use serde::Deserialize;
use service::civil::{
    AppealDecision, Kept, Looked, RemovedLine, appeal_decide, appeal_view, desk_removed,
    removed_look,
};
use service::views::desk::desk_permit;

use super::desk::gate;
use super::me_removed::{appeal_told, told};
use crate::fail::Fail;
use crate::form::{ErrorSummary, LinesField, Problems, error_line};
use crate::link::{parse, to};
use crate::parts::{Icon, NextPage, Prose};
use crate::redirect::see_other;
use crate::render::words;
use crate::shell::{Meta, Tab, no_store, page};
use crate::state::App;
use crate::unsent::Unsent;
use crate::viewer::Viewer;
use crate::words::fill;

/// The addresses.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/desk/removed", get(show))
        .route("/desk/removed/{id}/look", get(lead_back).post(look))
        .route("/desk/appeals/{id}", get(show_one).post(decide))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    before: Option<String>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Typed {
    decision: String,
    reason: String,
}

/// What a page of one removal shows besides it.
#[derive(Debug, Clone, Default)]
struct Shown {
    typed: Typed,
    problems: Problems,
    /// The text, after a look.
    text: Option<Looked>,
}

async fn show(
    State(app): State<App>,
    viewer: Viewer,
    Query(asked): Query<Asked>,
) -> Result<Response, Fail> {
    let before = asked.before.and_then(|before| before.parse().ok());
    let (found, next) = desk_removed(&app.hall, desk_permit(viewer.actor())?, before).await?;
    let title = viewer.words().civil.log_title.to_owned();
    let meta = Meta { title, tab: Tab::Desk, ..Meta::default() };
    Ok(no_store(page(&app, &viewer, meta, move || {
        let all = words();
        let w = all.civil;
        let none = found.is_empty().then(|| view! { <p class="soft">{w.log_none}</p> });
        let rows: Vec<_> = found.iter().map(row).collect();
        view! {
            {crate::desk_nav::nav("removed")}
            <div class="page-head">
                <a class="crumb" href=to("/desk")><Icon name="chevron"/>{all.desk.title}</a>
                <h1>{w.log_title}</h1>
                <p class="page-lead">{w.log_lead}</p>
            </div>
            {none}
            <ul class="plain-list case-list">{rows}</ul>
            {next.map(|before| view! {
                <NextPage href=to(format!("/desk/removed?before={before}")) word=w.log_next/>
            })}
        }
    })))
}

fn row(line: &RemovedLine) -> impl IntoView + use<> {
    let href = to(format!("/desk/appeals/{}", line.id));
    view! {
        <li>
            {told(line)}
            {line.appeal.as_ref().map(appeal_told)}
            <p>
                <a class="btn btn-secondary btn-small" href=href>
                    {words().civil.desk_look}
                    <span class="visually-hidden">{format!(" {}", line.title)}</span>
                </a>
            </p>
        </li>
    }
}

async fn show_one(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<String>,
) -> Result<Response, Fail> {
    one_page(&app, &viewer, parse(&id)?, Shown::default()).await
}

/// The page after a look leaves its own address in the browser: reading it leads to the removal, without a
/// look.
async fn lead_back(viewer: Viewer, Path(id): Path<String>) -> Result<Response, Fail> {
    desk_permit(viewer.actor())?;
    let id: RemovalId = parse(&id)?;
    Ok(see_other(&format!("/desk/appeals/{id}"), None))
}

async fn look(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<String>,
) -> Result<Response, Fail> {
    let id = parse(&id)?;
    let text = Some(removed_look(&app.hall, desk_permit(viewer.actor())?, id).await?);
    one_page(&app, &viewer, id, Shown { text, ..Shown::default() }).await
}

async fn decide(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<String>,
    Form(typed): Form<Typed>,
) -> Result<Response, Fail> {
    let actor = gate(&viewer, Action::AppealDecide)?;
    let id = parse(&id)?;
    match appeal_decide(&app.hall, actor, id, &typed.decision, &typed.reason).await {
        Ok(_) => Ok(see_other("/desk/reports", Some("appeal_decided"))),
        Err(error) => {
            let problems = Problems::kept(error)?;
            one_page(&app, &viewer, id, Shown { typed, problems, text: None }).await
        }
    }
}

async fn one_page(
    app: &App,
    viewer: &Viewer,
    id: RemovalId,
    shown: Shown,
) -> Result<Response, Fail> {
    let line = appeal_view(&app.hall, desk_permit(viewer.actor())?, id).await?;
    let meta = Meta {
        title: viewer.words().civil.decide_title.to_owned(),
        tab: Tab::Desk,
        narrow: true,
        problems: shown.problems.clone(),
        ..Meta::default()
    };
    let decides = viewer.may(Action::AppealDecide);
    let reads = viewer.may(Action::RemovedRead);
    Ok(no_store(page(app, viewer, meta, move || {
        let w = words().civil;
        let may_look = line.kept_until.is_some()
            && shown.text.is_none()
            && (reads || (decides && line.is_open() && !line.by_me));
        let look = may_look.then(|| {
            view! {
                <form method="post" action=to(format!("/desk/removed/{}/look", line.id))>
                    <button class="btn btn-secondary">{w.look_go}</button>
                </form>
            }
        });
        view! {
            <ErrorSummary
                problems=shown.problems.clone()
                labels=vec![("decision", w.decide), ("reason", w.reason)]
            />
            <div class="page-head">
                <a class="crumb" href=to("/desk/removed")><Icon name="chevron"/>{w.log_title}</a>
                <h1>{w.decide_title}</h1>
            </div>
            {(!shown.problems.is_empty() && !line.is_open())
                .then(|| view! { <Unsent text=shown.typed.reason.clone()/> })}
            {told(&line)}
            {shown.text.as_ref().map(text)}
            {look}
            {appeal(&line, decides, &shown)}
        }
    })))
}

fn text(looked: &Looked) -> AnyView {
    let w = words().civil;
    let parts = match &looked.kept {
        Kept::Post(post) => vec![post.body.clone()],
        Kept::Edit(edit) => vec![edit.body.clone()],
        Kept::Matter(matter) => {
            let parts = [&matter.title, &matter.situation, &matter.suggestion].map(Clone::clone);
            let more = matter.spot.iter().chain(&matter.on_behalf).cloned();
            parts.into_iter().chain(more).collect()
        }
    };
    let parts: Vec<_> = parts.into_iter().map(|text| view! { <Prose text/> }).collect();
    let count = looked.photos.len();
    let photos = (count > 0).then(|| {
        let all: Vec<_> = (1..)
            .zip(&looked.photos)
            .map(|(n, photo)| {
                let nth = || fill(words().photo.nth, &[("n", &n)]);
                let alt = if photo.alt.is_empty() { nth() } else { photo.alt.clone() };
                view! { <li><img src=photo.data_url() alt=alt/></li> }
            })
            .collect();
        view! {
            <p class="soft">{fill(w.looked_photos, &[("n", &count)])}</p>
            <ul class="photo-list">{all}</ul>
        }
    });
    view! {
        <section class="section" role="status">
            <h2>{w.looked}</h2>
            <blockquote class="quote">{parts}</blockquote>
            {photos}
        </section>
    }
    .into_any()
}

fn appeal(line: &RemovedLine, decides: bool, shown: &Shown) -> AnyView {
    let all = words();
    let w = all.civil;
    let Some(appeal) = &line.appeal else {
        return view! { <p class="soft">{w.decide_not}</p> }.into_any();
    };
    let words_of_author = appeal.words.clone();
    let form = if !line.is_open() || !decides {
        None
    } else if line.by_me {
        Some(
            view! { <p class="notice notice-info"><Icon name="info"/><span>{w.decide_other}</span></p> }
                .into_any(),
        )
    } else {
        Some(form(line.id, shown))
    };
    view! {
        <section class="section" aria-labelledby="appeal">
            <h2 id="appeal">{w.decide_words}</h2>
            <blockquote class="quote"><Prose text=words_of_author/></blockquote>
            {appeal_told(appeal)}
            {form}
        </section>
    }
    .into_any()
}

fn form(id: i64, shown: &Shown) -> AnyView {
    let all = words();
    let w = all.civil;
    let error = shown.problems.of_field("decision", all);
    let described = error.is_some().then_some("decision-e");
    let choice = |decision: AppealDecision, id: &'static str, word: &'static str| {
        let checked = shown.typed.decision == decision.as_str();
        view! {
            <div class="choice">
                <input type="radio" id=id name="decision" value=decision.as_str() checked=checked/>
                <label for=id><span class="choice-name">{word}</span></label>
            </div>
        }
    };
    view! {
        <form method="post" action=to(format!("/desk/appeals/{id}")) novalidate>
            <fieldset class="field" aria-describedby=described>
                <legend class="field-label">{w.decide}</legend>
                <div class="choice-list">
                    {choice(AppealDecision::Restored, "decision", w.decide_restored)}
                    {choice(AppealDecision::Upheld, "decision-upheld", w.decide_upheld)}
                </div>
                {error_line("decision", error)}
            </fieldset>
            <LinesField
                name="reason"
                label=w.reason
                hint=w.reason_hint
                value=shown.typed.reason.clone()
                max=Reason::MAX
                rows=3
                problems=shown.problems.clone()
            />
            <button class="btn btn-primary">{w.decide_go}</button>
        </form>
    }
    .into_any()
}
