//! `/me/vouches`: an entrance lead vouches for neighbours, at their door, on a phone.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Form, Router};
use leptos::prelude::*;
use service::join_request::{Way, join_decline, join_look, join_vouch};
use service::views::joining::{DecidedLine, VouchesView, WaitingLine, vouches};

use super::requests::{self, Act, Back, Decision, of, place};
use crate::dates::Moment;
use crate::fail::Fail;
use crate::form::Problems;
use crate::link::{parse, to};
use crate::parts::{Icon, named};
use crate::redirect::see_other;
use crate::render::words;
use crate::shell::{Meta, Tab, page};
use crate::state::App;
use crate::viewer::Viewer;
use crate::words::fill;

const BASE: &str = "/me/vouches";

/// The addresses.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/me/vouches", get(show))
        .route("/me/vouches/{id}/look", post(look))
        .route("/me/vouches/{id}/admit", post(admit))
        .route("/me/vouches/{id}/decline", post(decline))
}

async fn show(State(app): State<App>, viewer: Viewer) -> Result<Response, Fail> {
    vouches_page(&app, &viewer, requests::State::default()).await
}

async fn look(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<String>,
) -> Result<Response, Fail> {
    let looked = join_look(&app.hall, &viewer.require()?.actor, parse(&id)?, Way::Vouch).await?;
    let state = requests::State { back: None, looked: Some(looked) };
    vouches_page(&app, &viewer, state).await
}

async fn admit(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<String>,
) -> Result<Response, Fail> {
    join_vouch(&app.hall, &viewer.require()?.actor, parse(&id)?).await?;
    Ok(see_other(BASE, Some("admitted")))
}

async fn decline(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<String>,
    Form(typed): Form<Decision>,
) -> Result<Response, Fail> {
    let id = parse(&id)?;
    let actor = &viewer.require()?.actor;
    match join_decline(&app.hall, actor, id, Way::Vouch, &typed.reason).await {
        Ok(()) => Ok(see_other(BASE, Some("declined"))),
        Err(error) => {
            let problems = Problems::of(error)?;
            let back = Some(Back { id: id.0, act: Act::Decline, typed, problems });
            vouches_page(&app, &viewer, requests::State { back, looked: None }).await
        }
    }
}

async fn vouches_page(
    app: &App,
    viewer: &Viewer,
    state: requests::State,
) -> Result<Response, Fail> {
    let view = vouches(&app.hall, &viewer.require()?.actor).await?;
    let meta = Meta {
        title: viewer.words().joining.vouches_title.to_owned(),
        tab: Tab::Me,
        narrow: true,
        status: state.back.is_some().then_some(StatusCode::UNPROCESSABLE_ENTITY),
        ..Meta::default()
    };
    Ok(page(app, viewer, meta, move || body(&view, &state)))
}

fn body(view: &VouchesView, state: &requests::State) -> impl IntoView + use<> {
    let all = words();
    let w = all.joining;
    let left = match view.left {
        0 => w.vouches_over.to_owned(),
        n => fill(w.vouches_left, &[("n", &n)]),
    };
    let rows: Vec<_> = view.waiting.iter().map(|line| row(line, state, view.left > 0)).collect();
    let empty = rows.is_empty().then(|| {
        view! {
            <div class="empty">
                <Icon name="person"/>
                <h2>{w.vouches_none}</h2>
                <p>{w.vouches_none_text}</p>
            </div>
        }
    });
    let vouched: Vec<_> = view.vouched.iter().map(vouched).collect();
    let none = vouched.is_empty().then(|| view! { <p class="field-hint">{w.vouched_none}</p> });
    view! {
        {state.summary()}
        <div class="page-head">
            <a class="crumb" href=to("/me")><Icon name="chevron"/>{all.account.me_title}</a>
            <h1>{w.vouches_title}</h1>
            <p class="page-lead">{w.vouches_lead}</p>
            <p class="page-lead">{left}</p>
        </div>
        {empty}
        <ul class="request-list">{rows}</ul>
        <section class="section" aria-labelledby="vouched">
            <h2 id="vouched">{w.vouched_title}</h2>
            {none}
            <ul class="plain-list">{vouched}</ul>
        </section>
    }
}

fn row(line: &WaitingLine, state: &requests::State, may: bool) -> AnyView {
    let w = words().joining;
    let vouch = may.then(|| {
        view! {
            <form method="post" action=to(format!("{BASE}/{}/admit", line.id))>
                <button class="btn btn-primary btn-block">{w.vouch}{of(line.nickname.clone())}</button>
            </form>
        }
    });
    let acts = view! { {vouch}{requests::decline(line, state, BASE)} };
    requests::waiting(line, state, BASE, true, acts.into_any())
}

fn vouched(line: &DecidedLine) -> impl IntoView + use<> {
    view! {
        <li>
            <b>{named(&line.nickname)}</b>
            <p class="row-meta">{place(&line.place)}" · "<Moment at=line.at/></p>
            {contest(line)}
        </li>
    }
}

/// Why an admission was taken back.
pub(super) fn contest(line: &DecidedLine) -> Option<AnyView> {
    let w = words().joining;
    let it = line.contest.as_ref()?;
    let text = fill(w.contested_by, &[("by", &named(&it.by)), ("reason", &it.reason)]);
    let (before, after) = text.split_once("{at}").unwrap_or(("", &text));
    let (before, after) = (before.to_owned(), after.to_owned());
    Some(
        view! {
            <p>
                <span class="tag tag-amber">{w.contested}</span>" "
                {before}<Moment at=it.at/>{after}
            </p>
        }
        .into_any(),
    )
}
