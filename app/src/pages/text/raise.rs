//! The committee finds that a correction alters what is asked: what it changed, and the reason.

use axum::extract::{Form, Path, State};
use axum::response::Response;
use domain::permission::Action;
use domain::text::Reason;
use leptos::prelude::*;
use serde::Deserialize;
use service::text::{TextVersion, correction_raise, text_version};

use super::difference::difference;
use crate::fail::Fail;
use crate::form::{ErrorSummary, LinesField, Problems};
use crate::link::{parse, to};
use crate::pages::desk::gate;
use crate::parts::{Icon, Prose};
use crate::redirect::see_other;
use crate::render::words;
use crate::shell::{Meta, Tab, page};
use crate::state::App;
use crate::viewer::Viewer;
use crate::words::fill;

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Typed {
    reason: String,
}

pub(super) async fn show(
    State(app): State<App>,
    viewer: Viewer,
    Path((number, version)): Path<(String, String)>,
) -> Result<Response, Fail> {
    let (number, version) = (parse(&number)?, parse(&version)?);
    raise_page(&app, &viewer, number, version, String::new(), Problems::default()).await
}

pub(super) async fn save(
    State(app): State<App>,
    viewer: Viewer,
    Path((number, version)): Path<(String, String)>,
    Form(typed): Form<Typed>,
) -> Result<Response, Fail> {
    let actor = gate(&viewer, Action::TextRaise)?;
    let (number, version) = (parse(&number)?, parse(&version)?);
    match correction_raise(&app.hall, actor, number, version, &typed.reason).await {
        Ok(()) => Ok(see_other(&format!("/proposals/{number}"), Some("text_raised"))),
        Err(error) => {
            let problems = Problems::kept(error)?;
            raise_page(&app, &viewer, number, version, typed.reason, problems).await
        }
    }
}

async fn raise_page(
    app: &App,
    viewer: &Viewer,
    number: i64,
    version: i64,
    reason: String,
    problems: Problems,
) -> Result<Response, Fail> {
    let actor = gate(viewer, Action::TextRaise)?;
    let community = viewer.community.id;
    let found = text_version(&app.hall, community, Some(actor), number, version, None).await?;
    let title = fill(viewer.words().text.raise_title, &[("n", &version)]);
    let meta = Meta {
        title: title.clone(),
        tab: Tab::Home,
        narrow: true,
        problems: problems.clone(),
        ..Meta::default()
    };
    Ok(page(app, viewer, meta, move || body(&found, title, reason, problems)))
}

fn body(
    found: &TextVersion,
    title: String,
    reason: String,
    problems: Problems,
) -> impl IntoView + use<> {
    let w = words().text;
    let (number, version) = (found.matter, found.line.number);
    let action = to(format!("/proposals/{number}/versions/{version}/raise"));
    let note = found
        .line
        .note
        .clone()
        .map(|note| view! { <blockquote class="quote"><Prose text=note/></blockquote> });
    view! {
        <div class="page-head">
            <a class="crumb" href=to(format!("/proposals/{number}"))>
                <Icon name="chevron"/>{fill(w.back_to_matter, &[("n", &number)])}
            </a>
            <h1>{title}</h1>
            <p class="page-lead">{w.raise_lead}</p>
        </div>
        <ErrorSummary problems=problems.clone() labels=vec![("reason", w.reason)]/>
        <section class="section" aria-labelledby="changes">
            <h2 id="changes">{w.look_title}</h2>
            {note}
            {difference(&found.changes)}
        </section>
        <form method="post" action=action novalidate>
            <LinesField
                name="reason"
                label=w.reason
                hint=w.reason_hint
                value=reason
                max=Reason::MAX
                problems=problems
            />
            <button class="btn btn-danger btn-block">{w.raise_go}</button>
        </form>
    }
}
