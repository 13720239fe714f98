//! `/proposals/{number}/report` and `/proposals/{number}/posts/{id}/report`: a neighbour reports a text.

use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use axum::{Form, Router};
use domain::civil::Wrong;
use domain::text::ReviewWords;
use leptos::prelude::*;
use serde::Deserialize;
use service::civil::{report_file, report_view};

use super::about::About;
use crate::fail::Fail;
use crate::form::{ErrorSummary, LinesField, Problems, error_line};
use crate::link::to;
use crate::parts::{Icon, Prose};
use crate::redirect::see_other;
use crate::render::words;
use crate::shell::{Meta, Tab, no_store, page};
use crate::state::App;
use crate::unsent::unsent_page;
use crate::viewer::Viewer;
use crate::words::civil::plain;

/// The addresses.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/proposals/{number}/report", get(show).post(send))
        .route("/proposals/{number}/posts/{id}/report", get(show).post(send))
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Typed {
    kind: String,
    words: String,
}

async fn show(State(app): State<App>, viewer: Viewer, about: About) -> Result<Response, Fail> {
    report_page(&app, &viewer, about, Typed::default(), Problems::default()).await
}

async fn send(
    State(app): State<App>,
    viewer: Viewer,
    about: About,
    Form(typed): Form<Typed>,
) -> Result<Response, Fail> {
    let actor = &viewer.require()?.actor;
    let About { number, post } = about;
    match report_file(&app.hall, actor, number, post, &typed.kind, &typed.words).await {
        Ok(_) => Ok(see_other(&format!("/proposals/{number}"), Some("reported"))),
        Err(error) => {
            let problems = Problems::kept(error)?;
            // One that went meanwhile has no form any more.
            if report_view(&app.hall, actor, number, post).await.is_err() {
                let title = viewer.words().civil.report_post_title;
                let back = format!("/proposals/{number}");
                return Ok(unsent_page(&app, &viewer, title, back, typed.words, problems));
            }
            report_page(&app, &viewer, about, typed, problems).await
        }
    }
}

async fn report_page(
    app: &App,
    viewer: &Viewer,
    About { number, post }: About,
    typed: Typed,
    problems: Problems,
) -> Result<Response, Fail> {
    let (title, text) = report_view(&app.hall, &viewer.require()?.actor, number, post).await?;
    let w = viewer.words().civil;
    let head = if post.is_some() { w.report_post_title } else { w.report_matter_title };
    let meta = Meta {
        title: head.to_owned(),
        tab: Tab::Home,
        narrow: true,
        problems: problems.clone(),
        ..Meta::default()
    };
    let address = match post {
        Some(post) => format!("/proposals/{number}/posts/{post}/report"),
        None => format!("/proposals/{number}/report"),
    };
    Ok(no_store(page(app, viewer, meta, move || {
        let w = words().civil;
        let about = match (post, text) {
            (None, _) => None,
            (Some(_), Some(text)) => Some(view! { <Prose text/> }.into_any()),
            (Some(_), None) => Some(view! { <p class="soft">{w.report_folded}</p> }.into_any()),
        };
        view! {
            <ErrorSummary
                problems=problems.clone()
                labels=vec![("kind", w.report_kind), ("words", w.report_words)]
            />
            <div class="page-head">
                <a class="crumb" href=to(format!("/proposals/{number}"))><Icon name="chevron"/>{title}</a>
                <h1>{head}</h1>
                <p class="page-lead">{w.report_lead}</p>
            </div>
            {about.map(|about| view! {
                <blockquote class="quote" aria-label=w.report_about>{about}</blockquote>
            })}
            <form class="section" method="post" action=to(address) novalidate>
                {kinds(w.report_kind, &typed.kind, &problems)}
                <LinesField
                    name="words"
                    label=w.report_words
                    hint=w.report_words_hint
                    value=typed.words.clone()
                    max=ReviewWords::MAX
                    rows=3
                    optional=true
                    problems=problems.clone()
                />
                <button class="btn btn-primary btn-block">{w.report_go}</button>
            </form>
        }
    })))
}

/// The five reasons, in plain words, as one choice named `kind`.
pub(super) fn kinds(
    label: &'static str,
    chosen: &str,
    problems: &Problems,
) -> impl IntoView + use<> {
    let all = words();
    let error = problems.of_field("kind", all);
    let described = error.is_some().then_some("kind-e");
    let choices: Vec<_> = Wrong::ALL
        .iter()
        .enumerate()
        .map(|(n, kind)| {
            // The first has the field's own id: the summary of errors leads to it.
            let id = if n == 0 { "kind".to_owned() } else { format!("kind-{}", kind.as_str()) };
            view! {
                <div class="choice">
                    <input
                        type="radio"
                        id=id.clone()
                        name="kind"
                        value=kind.as_str()
                        checked=kind.as_str() == chosen
                    />
                    <label for=id><span class="choice-name">{plain(*kind, all.lang)}</span></label>
                </div>
            }
        })
        .collect();
    view! {
        <fieldset class="field" aria-describedby=described>
            <legend class="field-label">{label}</legend>
            <div class="choice-list">{choices}</div>
            {error_line("kind", error)}
        </fieldset>
    }
}
