//! `/me/drafts`: matters that are being written, to go on with or to drop.

use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::{get, post};
use leptos::prelude::*;
use service::draft::{DRAFTS_MAX, DraftLine, draft_drop, draft_list};

use crate::dates::Moment;
use crate::fail::Fail;
use crate::link::to;
use crate::parts::Icon;
use crate::redirect::see_other;
use crate::render::words;
use crate::shell::{Meta, Tab, page};
use crate::state::App;
use crate::viewer::Viewer;
use crate::words::fill;

/// The addresses.
pub(super) fn routes() -> Router<App> {
    Router::new().route("/me/drafts", get(show)).route("/me/drafts/{id}/drop", post(throw_away))
}

async fn show(State(app): State<App>, viewer: Viewer) -> Result<Response, Fail> {
    let drafts = draft_list(&app.hall, &viewer.require()?.actor).await?;
    let meta = Meta {
        title: viewer.words().raise.drafts.to_owned(),
        tab: Tab::Me,
        narrow: true,
        ..Meta::default()
    };
    Ok(page(&app, &viewer, meta, move || view! { <Drafts drafts/> }))
}

async fn throw_away(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<String>,
) -> Result<Response, Fail> {
    draft_drop(&app.hall, &viewer.require()?.actor, crate::link::parse(&id)?).await?;
    Ok(see_other("/me/drafts", Some("draft_dropped")))
}

#[component]
fn Drafts(drafts: Vec<DraftLine>) -> impl IntoView {
    let w = words().raise;
    let none = drafts.is_empty().then(|| {
        view! {
            <p class="soft">{w.drafts_none}</p>
            <p><a class="btn btn-primary" href=to("/proposals/new")>{words().home.raise}</a></p>
        }
    });
    let rows: Vec<_> = drafts.into_iter().map(|draft| view! { <Line draft/> }).collect();
    let rows = (!rows.is_empty()).then(|| view! { <ul class="row-list draft-list">{rows}</ul> });
    view! {
        <div class="page-head">
            <a class="crumb" href=to("/me")><Icon name="chevron"/>{words().account.me_title}</a>
            <h1>{w.drafts}</h1>
            <p class="page-lead">{fill(w.drafts_lead, &[("max", &DRAFTS_MAX)])}</p>
        </div>
        {none}
        {rows}
    }
}

#[component]
fn Line(draft: DraftLine) -> impl IntoView {
    let w = words().raise;
    let title =
        if draft.title.is_empty() { w.drafts_untitled.to_owned() } else { draft.title.clone() };
    let on = to(format!("/proposals/new?draft={}", draft.id));
    let photos = (draft.photos > 0)
        .then(|| format!(" · {}", fill(w.drafts_photos, &[("n", &draft.photos)])));
    let drop = fill(w.drafts_drop_named, &[("title", &title)]);
    view! {
        <li class="row">
            <h2 class="row-title"><a href=on>{title}</a></h2>
            <p class="row-meta">{w.drafts_at}" "<Moment at=draft.at/>{photos}</p>
            <details class="more">
                <summary aria-label=drop.clone()>{w.drafts_drop}</summary>
                <form class="more-body" method="post" action=to(format!("/me/drafts/{}/drop", draft.id))>
                    <p>{w.drafts_drop_hint}</p>
                    <button class="btn btn-danger btn-small" aria-label=drop>{w.drafts_drop}</button>
                </form>
            </details>
        </li>
    }
}
