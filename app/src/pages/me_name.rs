//! `/me/name`: how neighbours see me, what is kept of my name, and my password.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Form, Router};
use leptos::prelude::*;
use serde::Deserialize;
use service::own::{OwnNames, REAL_NAME_MAX, names_set, own_names, password_change};
use service::people::SHOWN_WITH_ENTRANCE;

use super::second_factor::token;
use crate::fail::Fail;
use crate::form::{ErrorSummary, Problems, TextField};
use crate::link::to;
use crate::redirect::see_other;
use crate::render::{cx, words};
use crate::shell::{Meta, Tab, no_store, page};
use crate::state::App;
use crate::viewer::Viewer;
use crate::words::fill;
use crate::words::own::OwnWords;

/// The addresses.
pub(super) fn routes() -> Router<App> {
    Router::new().route("/me/name", get(show).post(save)).route("/me/password", post(change))
}

/// What was typed of the names. It is never printed.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Names {
    nickname: String,
    shown_as: String,
    // A page without the field leaves what is kept.
    real_name: Option<String>,
    phone: Option<String>,
}

/// It is never printed: it holds passwords.
#[derive(Deserialize)]
struct Passwords {
    #[serde(default)]
    old: String,
    #[serde(default)]
    password: String,
}

async fn show(State(app): State<App>, viewer: Viewer) -> Result<Response, Fail> {
    let names = own_names(&app.hall, &viewer.require()?.actor).await?;
    let keeps = keeps(&viewer, &names);
    name_page(&app, &viewer, names, keeps, Problems::default())
}

async fn save(
    State(app): State<App>,
    viewer: Viewer,
    Form(typed): Form<Names>,
) -> Result<Response, Fail> {
    let kept = own_names(&app.hall, &viewer.require()?.actor).await?;
    let keeps = keeps(&viewer, &kept);
    let Names { nickname, shown_as, real_name, phone } = typed;
    let names = OwnNames {
        nickname,
        shown_as,
        real_name: real_name.unwrap_or(kept.real_name),
        phone: phone.unwrap_or(kept.phone),
    };
    match names_set(&app.hall, &viewer.require()?.actor, &names).await {
        Ok(()) => Ok(see_other("/me/name", Some("saved"))),
        Err(error) => name_page(&app, &viewer, names, keeps, Problems::of(error)?),
    }
}

async fn change(
    State(app): State<App>,
    viewer: Viewer,
    Form(typed): Form<Passwords>,
) -> Result<Response, Fail> {
    let actor = &viewer.require()?.actor;
    let here = token(&viewer);
    match password_change(&app.hall, actor, &typed.old, &typed.password, here).await {
        Ok(()) => Ok(see_other("/me/name", Some("password_changed"))),
        Err(error) => {
            let problems = Problems::of(error)?;
            let names = own_names(&app.hall, actor).await?;
            let keeps = keeps(&viewer, &names);
            name_page(&app, &viewer, names, keeps, problems)
        }
    }
}

/// Which of real name and telephone the page has a field for: what the community asks for, and what is kept.
#[derive(Clone, Copy)]
struct Keeps {
    real_name: bool,
    phone: bool,
}

fn keeps(viewer: &Viewer, kept: &OwnNames) -> Keeps {
    let asked = viewer.community.settings.ask_phone;
    Keeps { real_name: asked || !kept.real_name.is_empty(), phone: asked || !kept.phone.is_empty() }
}

fn name_page(
    app: &App,
    viewer: &Viewer,
    names: OwnNames,
    keeps: Keeps,
    problems: Problems,
) -> Result<Response, Fail> {
    let me = viewer.require()?;
    let sign_in_name = me.sign_in_name.clone();
    let entrance = me.home.as_ref().map(|home| home.entrance.clone());
    let status =
        if problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let meta = Meta {
        title: viewer.words().own.name_title.to_owned(),
        tab: Tab::Me,
        narrow: true,
        status: Some(status),
        ..Meta::default()
    };
    Ok(no_store(page(app, viewer, meta, move || {
        let w = words().own;
        let labels = vec![
            ("nickname", w.nickname),
            ("shown_as", w.shown_as),
            ("real_name", w.real_name),
            ("phone", w.phone),
            ("old", w.old),
            ("password", w.password),
        ];
        view! {
            <ErrorSummary problems=problems.clone() labels/>
            <div class="page-head">
                <h1>{w.name_title}</h1>
                <p class="page-lead">{w.name_lead}</p>
            </div>
            <NameForm names keeps entrance problems=problems.clone()/>
            <section class="section set" aria-labelledby="change">
                <h2 id="change">{w.password_title}</h2>
                <p>{fill(w.sign_in_name_is, &[("name", &sign_in_name)])}</p>
                <p class="field-hint">{w.password_lead}</p>
                <PasswordForm sign_in_name problems/>
            </section>
        }
    })))
}

#[component]
fn NameForm(
    names: OwnNames,
    keeps: Keeps,
    entrance: Option<String>,
    problems: Problems,
) -> impl IntoView {
    let cx = cx();
    let w = cx.words().own;
    let shown = shown_as(&names, entrance, w);
    let real_name = keeps.real_name.then(|| {
        view! {
            <TextField
                name="real_name"
                label=w.real_name
                hint=w.real_name_hint
                value=names.real_name.clone()
                autocomplete="name"
                max=REAL_NAME_MAX
                optional=true
                problems=problems.clone()
            />
        }
    });
    let phone = keeps.phone.then(|| {
        view! {
            <TextField
                name="phone"
                label=w.phone
                hint=w.phone_hint
                value=names.phone.clone()
                kind="tel"
                autocomplete="tel"
                optional=true
                problems=problems.clone()
            />
        }
    });
    view! {
        <form method="post" action=to("/me/name") novalidate>
            <TextField
                name="nickname"
                label=w.nickname
                hint=w.nickname_hint
                value=names.nickname
                autocomplete="nickname"
                problems=problems.clone()
            />
            {shown}
            {real_name}
            {phone}
            <button class="btn btn-primary">{w.save}</button>
        </form>
    }
}

/// The choice of how to be seen; without a household there is none.
fn shown_as(names: &OwnNames, entrance: Option<String>, w: &'static OwnWords) -> AnyView {
    let Some(entrance) = entrance else {
        return view! { <input type="hidden" name="shown_as" value="nickname"/> }.into_any();
    };
    let with: [(&str, &dyn std::fmt::Display); 2] =
        [("entrance", &entrance), ("name", &names.nickname)];
    let ways = [
        ("nickname", fill(w.shown_nickname, &[("name", &names.nickname)])),
        (SHOWN_WITH_ENTRANCE, fill(w.shown_entrance, &with)),
    ];
    let chosen = names.shown_as == SHOWN_WITH_ENTRANCE;
    let ways: Vec<_> = ways
        .into_iter()
        .map(|(value, word)| {
            let id = format!("shown_as-{value}");
            let checked = (value == SHOWN_WITH_ENTRANCE) == chosen;
            view! {
                <div class="choice">
                    <input type="radio" name="shown_as" id=id.clone() value=value checked=checked/>
                    <label for=id><span class="choice-name">{word}</span></label>
                </div>
            }
        })
        .collect();
    view! {
        <fieldset class="field" id="shown_as">
            <legend class="field-label">{w.shown_as}</legend>
            {ways}
        </fieldset>
    }
    .into_any()
}

#[component]
fn PasswordForm(sign_in_name: String, problems: Problems) -> impl IntoView {
    let w = words().own;
    view! {
        <form method="post" action=to("/me/password") novalidate>
            // Password managers look for the name that the password belongs to.
            <input type="hidden" name="username" value=sign_in_name autocomplete="username"/>
            <TextField
                name="old"
                label=w.old
                kind="password"
                autocomplete="current-password"
                problems=problems.clone()
            />
            <TextField
                name="password"
                label=w.password
                hint=w.password_hint
                kind="password"
                autocomplete="new-password"
                problems
            />
            <button class="btn btn-primary">{w.password_go}</button>
        </form>
    }
}
