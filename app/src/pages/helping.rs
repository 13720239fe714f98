//! `/me/helping`: the neighbours whom one helps (代办), and acting for one of them.

use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::{get, post};
use domain::ids::PersonId;
use domain::permission::Denied;
use leptos::prelude::*;
use service::Error;
use service::helper::{Helped, act_for, act_for_stop, helped_by};

use super::requests::of;
use crate::fail::Fail;
use crate::link::{parse, to};
use crate::parts::{Icon, named};
use crate::redirect::see_other;
use crate::render::{cx, words};
use crate::shell::{Meta, Tab, page};
use crate::state::App;
use crate::viewer::Viewer;

/// The addresses.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/me/helping", get(show))
        .route("/act-for/{id}", post(act))
        .route("/act-for/stop", post(stop))
}

async fn show(State(app): State<App>, viewer: Viewer) -> Result<Response, Fail> {
    let helped = helped_by(&app.hall, &viewer.require()?.actor).await?;
    let meta = Meta {
        title: viewer.words().household.helping_title.to_owned(),
        tab: Tab::Me,
        narrow: true,
        ..Meta::default()
    };
    Ok(page(&app, &viewer, meta, move || body(helped)))
}

async fn act(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<String>,
) -> Result<Response, Fail> {
    let actor = &viewer.require()?.actor;
    let helped = parse(&id)?;
    act_for(&app.hall, actor, token(&viewer)?, PersonId(helped)).await?;
    Ok(see_other("/me/helping", Some("acting")))
}

async fn stop(State(app): State<App>, viewer: Viewer) -> Result<Response, Fail> {
    let actor = &viewer.require()?.actor;
    act_for_stop(&app.hall, actor, token(&viewer)?).await?;
    Ok(see_other("/me/helping", Some("acting_over")))
}

fn token(viewer: &Viewer) -> Result<&str, Fail> {
    let token = viewer.token.as_ref().map(|token| token.0.as_str());
    Ok(token.ok_or(Error::from(Denied::SignIn))?)
}

fn body(helped: Vec<Helped>) -> impl IntoView {
    let cx = cx();
    let all = cx.words();
    let w = all.household;
    let now = cx.viewer.actor().filter(|actor| actor.through.is_some()).map(|it| it.person);
    let empty = helped.is_empty().then(|| {
        view! {
            <div class="empty">
                <Icon name="person"/>
                <h2>{w.helping_none}</h2>
                <p>{w.helping_none_text}</p>
            </div>
        }
    });
    let rows: Vec<_> = helped.into_iter().map(|it| row(it, now)).collect();
    view! {
        <div class="page-head">
            <a class="crumb" href=to("/me")><Icon name="chevron"/>{all.account.me_title}</a>
            <h1>{w.helping_title}</h1>
            <p class="page-lead">{w.helping_lead}</p>
        </div>
        {empty}
        <ul class="request-list">{rows}</ul>
    }
}

fn row(helped: Helped, now: Option<PersonId>) -> impl IntoView {
    let w = words().household;
    let acts = if now == Some(helped.person) {
        view! {
            <p><span class="tag tag-amber">{w.acting_now}</span></p>
            <a class="btn btn-primary" href=to("/")>{w.acting_look}</a>
        }
        .into_any()
    } else if helped.housed {
        view! {
            <form method="post" action=to(format!("/act-for/{}", helped.person))>
                <button class="btn btn-secondary">{w.act_for}{of(helped.nickname.clone())}</button>
            </form>
        }
        .into_any()
    } else {
        view! { <p class="field-hint">{w.helping_not_housed}</p> }.into_any()
    };
    view! { <li class="request"><h2>{named(&helped.nickname)}</h2>{acts}</li> }
}
