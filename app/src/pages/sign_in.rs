//! `/sign-in` and `/sign-out`.

use axum::extract::{Query, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Form, Router};
use domain::ids::PersonId;
use domain::role::Role;
use domain::time::Timestamp;
use leptos::prelude::*;
use serde::Deserialize;
use service::account::{self, DemoPerson, SignIn};
use service::community::community_load;
use service::session::Seen;
use service::{Error, Refusal, session};

use super::error::second_factor;
use crate::cookie;
use crate::dates::moment;
use crate::fail::Fail;
use crate::form::{ErrorSummary, Problems, TextField};
use crate::link::to;
use crate::parts::Icon;
use crate::redirect::{local, placed, see_other};
use crate::render::{cx, words};
use crate::shell::{Meta, no_store, page};
use crate::state::App;
use crate::viewer::Viewer;
use crate::words::account::AccountWords;
use crate::words::fill;
use crate::words::terms::Term;

/// The addresses.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/sign-in", get(show).post(sign_in))
        .route("/sign-in/demo", post(demo))
        .route("/sign-out", post(sign_out))
        .route("/sign-out/everywhere", post(sign_out_everywhere))
}

#[derive(Debug, Deserialize)]
struct Asked {
    #[serde(default)]
    back: String,
}

/// What was typed. It is never printed: it holds a password.
#[derive(Deserialize)]
struct Typed {
    #[serde(default)]
    name: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    back: String,
}

#[derive(Debug, Deserialize)]
struct Chosen {
    person: PersonId,
    #[serde(default)]
    back: String,
}

/// How the form stands when it is shown.
#[derive(Debug, Default)]
struct FormState {
    name: String,
    back: String,
    problems: Problems,
    locked_until: Option<Timestamp>,
}

async fn show(
    State(app): State<App>,
    viewer: Viewer,
    Query(asked): Query<Asked>,
) -> Result<Response, Fail> {
    let form = FormState { back: asked.back, ..FormState::default() };
    sign_in_page(&app, &viewer, form, StatusCode::OK).await
}

async fn sign_in(
    State(app): State<App>,
    viewer: Viewer,
    Form(typed): Form<Typed>,
) -> Result<Response, Fail> {
    let attempt = SignIn {
        name: &typed.name,
        password: &typed.password,
        client_address: &viewer.address,
        agent: &viewer.agent,
        replaces: replaces(&viewer),
    };
    let error = match account::sign_in(&app.hall, attempt).await {
        Ok(token) => return signed_in(&app, &viewer, &token, &typed.back).await,
        Err(error) => error,
    };
    let form = FormState { name: typed.name, back: typed.back, ..FormState::default() };
    if let Error::Refused(Refusal::Locked { until_ms }) = error {
        let form = FormState { locked_until: Some(Timestamp(until_ms)), ..form };
        return sign_in_page(&app, &viewer, form, StatusCode::CONFLICT).await;
    }
    let form = FormState { problems: Problems::of(error)?, ..form };
    sign_in_page(&app, &viewer, form, StatusCode::UNPROCESSABLE_ENTITY).await
}

async fn demo(
    State(app): State<App>,
    viewer: Viewer,
    Form(chosen): Form<Chosen>,
) -> Result<Response, Fail> {
    if !app.site.demo {
        return Err(Error::NotFound.into());
    }
    let (community, person) = (viewer.community.id, chosen.person);
    let token =
        account::demo_sign_in(&app.hall, community, person, &viewer.agent, replaces(&viewer))
            .await?;
    signed_in(&app, &viewer, &token, &chosen.back).await
}

async fn sign_out(State(app): State<App>, viewer: Viewer) -> Result<Response, Fail> {
    if let Some(token) = &viewer.token {
        session::sign_out(&app.hall, &token.0).await?;
    }
    Ok(signed_out(&app))
}

async fn sign_out_everywhere(State(app): State<App>, viewer: Viewer) -> Result<Response, Fail> {
    session::sign_out_everywhere(&app.hall, &viewer.require()?.actor).await?;
    Ok(signed_out(&app))
}

/// The token that the browser has from before: its session ends when another begins.
fn replaces(viewer: &Viewer) -> Option<&str> {
    viewer.token.as_ref().map(|token| token.0.as_str())
}

/// Keeps the session on this device and leads back; a person of another community is led to their own, one
/// whose second factor is to be shown or set up to where that is done.
pub(super) async fn signed_in(
    app: &App,
    viewer: &Viewer,
    token: &str,
    back: &str,
) -> Result<Response, Fail> {
    let (waits, person) = match session::session_look(&app.hall, token).await? {
        Seen::FactorWaits => (true, None),
        Seen::SignedIn(person) => (false, Some(person)),
        Seen::Nobody => (false, None),
    };
    let sets_up = person.as_ref().is_some_and(|person| person.actor.duty_waits);
    let own = person.map(|person| person.actor.community).filter(|id| *id != viewer.community.id);
    let response = match own {
        Some(own) => {
            let own = community_load(&app.hall, own).await?;
            let to = if sets_up { "/me/security" } else { "/" };
            placed(StatusCode::SEE_OTHER, &own.prefix, to, Some("signed_in"))
        }
        None if waits => see_other(&second_factor(&local(back)), None),
        None if sets_up => see_other("/me/security", Some("signed_in")),
        None => {
            let back = local(back);
            let bare = back.strip_prefix(&viewer.community.prefix).unwrap_or(&back);
            let to = if bare.starts_with("/sign-") { "/" } else { back.as_str() };
            see_other(to, Some("signed_in"))
        }
    };
    Ok(with_cookie(response, cookie::keep(&app.site, token, session::LASTS_MS)))
}

fn signed_out(app: &App) -> Response {
    with_cookie(see_other("/", Some("signed_out")), cookie::forget(&app.site))
}

pub(super) fn with_cookie(mut response: Response, cookie: Option<HeaderValue>) -> Response {
    if let Some(cookie) = cookie {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

async fn sign_in_page(
    app: &App,
    viewer: &Viewer,
    form: FormState,
    status: StatusCode,
) -> Result<Response, Fail> {
    let people = if app.site.demo {
        account::demo_people(&app.hall, viewer.community.id).await?
    } else {
        Vec::new()
    };
    let meta = Meta {
        title: viewer.words().account.sign_in_title.to_owned(),
        narrow: true,
        status: Some(status),
        ..Meta::default()
    };
    Ok(no_store(page(app, viewer, meta, move || view! { <SignInPage people form/> })))
}

#[component]
fn SignInPage(people: Vec<DemoPerson>, form: FormState) -> impl IntoView {
    let cx = cx();
    let words = cx.words();
    let w = words.account;
    let FormState { name, back, problems, locked_until } = form;
    let now_as = cx.viewer.signed_in.as_ref().map(|signed_in| {
        let text = fill(w.signed_in_as, &[("name", &signed_in.nickname)]);
        view! { <p class="notice notice-info"><Icon name="info"/><span>{text}</span></p> }
    });
    let locked = locked_until.map(|until| {
        let until = moment(until, cx.viewer.now, words.lang);
        let text = fill(words.site.r_locked, &[("until", &until)]);
        view! {
            <p class="notice notice-warn" role="alert"><Icon name="lock"/><span>{text}</span></p>
        }
    });
    let demo = (!people.is_empty()).then(|| view! { <DemoPeople people back=back.clone()/> });
    view! {
        <ErrorSummary
            problems=problems.clone()
            labels=vec![("name", w.name), ("password", w.password)]
        />
        {locked}
        <div class="page-head">
            <h1>{w.sign_in_title}</h1>
            <p class="page-lead">{w.sign_in_lead}</p>
        </div>
        {now_as}
        {demo}
        <section class="section" aria-labelledby="own">
            <h2 class="section-head" id="own">{w.own_title}</h2>
            <form method="post" action=to("/sign-in") novalidate>
                <input type="hidden" name="back" value=back/>
                <TextField
                    name="name"
                    label=w.name
                    hint=w.name_hint
                    value=name
                    autocomplete="username"
                    problems=problems.clone()
                />
                <TextField
                    name="password"
                    label=w.password
                    kind="password"
                    autocomplete="current-password"
                    problems=problems
                />
                <button class="btn btn-primary btn-block">{w.sign_in}</button>
            </form>
        </section>
        <section class="section set" aria-labelledby="none">
            <h2 id="none">{w.no_account}</h2>
            <p>{w.no_account_text}</p>
            <p class="btn-row">
                <a class="btn btn-secondary" href=to("/join")>{w.go_join}</a>
                <a class="btn btn-secondary" href=to("/reset")>{w.go_reset}</a>
            </p>
        </section>
    }
}

/// One tap each.
#[component]
fn DemoPeople(people: Vec<DemoPerson>, back: String) -> impl IntoView {
    let w = words().account;
    let people: Vec<_> = people
        .into_iter()
        .map(|person| {
            let (who, hint) = introduce(&person, w);
            view! {
                <li>
                    <form method="post" action=to("/sign-in/demo")>
                        <input type="hidden" name="back" value=back.clone()/>
                        <button class="choice-button" name="person" value=person.person.to_string()>
                            <span>
                                <span class="choice-name">{format!("{} · {who}", person.nickname)}</span>
                                <span class="choice-hint">{hint}</span>
                            </span>
                            <Icon name="chevron"/>
                        </button>
                    </form>
                </li>
            }
        })
        .collect();
    view! {
        <section class="section" aria-labelledby="demo">
            <h2 id="demo">{w.demo_title}</h2>
            <ul class="choice-list">{people}</ul>
        </section>
    }
}

/// Who somebody is, and what they can try.
fn introduce(person: &DemoPerson, w: &AccountWords) -> (String, &'static str) {
    let resident = || match &person.courtyard {
        Some(place) => (fill(w.demo_resident, &[("place", place)]), w.demo_hint_resident),
        None => (w.demo_nowhere.to_owned(), w.demo_hint_nowhere),
    };
    let Some(role) = person.role else { return resident() };
    let hint = match role {
        Role::CommitteeHead | Role::CommitteeMember => w.demo_hint_committee,
        Role::OversightBoard => w.demo_hint_oversight,
        Role::CouncilMember => w.demo_hint_council,
        Role::EntranceLead => w.demo_hint_lead,
        _ => w.demo_hint_resident,
    };
    (role.word(words().lang).to_owned(), hint)
}
