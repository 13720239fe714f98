//! `/second-factor`: the second factor after the password, or once more before what matters.
//!
//! A form that was sent and needs it again is kept: its fields travel through this page as hidden fields,
//! and are sent to where they belong by one more button. Nothing of it is stored, and it works without
//! scripts.

use axum::extract::{Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Form, Json, Router};
use domain::permission::Denied;
use islands::{PasskeyAct, PasskeyButton, PasskeyWords};
use leptos::prelude::*;
use serde::Deserialize;
use serde_json::json;
use service::factor::passkey::{Done, Party, factor_passkey_ask};
use service::factor::show::{
    CanShow, Showing, factor_can_show, factor_show_code, factor_show_demo, factor_show_passkey,
};
use service::{Error, session};

use super::error::{refusal_words, sign_in, too_often};
use crate::cookie;
use crate::fail::Fail;
use crate::form::{ErrorSummary, Problems, TextField, problem_words};
use crate::link::to;
use crate::parts::Icon;
use crate::redirect::{local, see_other};
use crate::render::cx;
use crate::shell::{Meta, no_store, page};
use crate::state::App;
use crate::viewer::Viewer;
use crate::words::Words;

/// The addresses.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/second-factor", get(show).post(prove))
        .route("/second-factor/go-on", post(prove))
        .route("/second-factor/demo", post(demo))
        .route("/second-factor/passkey", post(ask))
}

/// Begins the name of a hidden field that belongs to a kept form.
const KEPT: &str = "kept.";

/// A form that was sent and waits for the second factor.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Kept {
    /// Where it was sent: path and query on this site, the community's prefix included.
    pub address: String,
    /// Its fields, in their order. They are never printed: they may be private.
    pub fields: Vec<(String, String)>,
}

impl Kept {
    /// A form as it was sent to `address`.
    #[must_use]
    pub fn of(address: String, body: &[u8]) -> Self {
        // What can't be read as a form was refused for that before.
        Self { address, fields: serde_urlencoded::from_bytes(body).unwrap_or_default() }
    }
}

impl std::fmt::Debug for Kept {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Kept").field("address", &self.address).finish_non_exhaustive()
    }
}

#[derive(Debug, Deserialize)]
struct Asked {
    #[serde(default)]
    back: String,
}

/// What was sent from this page.
#[derive(Default)]
struct Typed {
    code: String,
    ceremony: String,
    passkey: String,
    back: String,
    kept: Kept,
}

impl Typed {
    fn of(pairs: Vec<(String, String)>) -> Self {
        let mut typed = Self::default();
        for (name, value) in pairs {
            match name.as_str() {
                "code" => typed.code = value,
                "ceremony" => typed.ceremony = value,
                "passkey" => typed.passkey = value,
                "back" => typed.back = value,
                "to" => typed.kept.address = value,
                _ => {
                    if let Some(name) = name.strip_prefix(KEPT) {
                        typed.kept.fields.push((name.to_owned(), value));
                    }
                }
            }
        }
        typed
    }
}

/// How the page stands when it is shown.
#[derive(Default)]
struct Stands {
    back: String,
    kept: Option<Kept>,
    problems: Problems,
    /// Why it can't be tried now, in words.
    said: Option<String>,
    status: StatusCode,
}

async fn show(
    State(app): State<App>,
    viewer: Viewer,
    Query(asked): Query<Asked>,
) -> Result<Response, Fail> {
    let back = home_unless(&asked.back);
    let Some(can) = factor_can_show(&app.hall, token(&viewer)).await? else {
        return Ok(see_other(&sign_in(&back), None));
    };
    if viewer.actor().is_some_and(|actor| actor.stepped_up) {
        return Ok(see_other(&back, None));
    }
    let shows = can.any || app.site.demo && can.demo;
    if !shows {
        return Ok(see_other("/me/security", None));
    }
    Ok(factor_page(&app, &viewer, can, Stands { back, ..Stands::default() }))
}

/// Shows a code or a passkey, and goes on: to the page that was asked for, or with the form that was kept.
async fn prove(
    State(app): State<App>,
    viewer: Viewer,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, Fail> {
    let typed = Typed::of(pairs);
    let who = Showing { token: token(&viewer), address: &viewer.address };
    let shown = match (typed.passkey.is_empty(), Party::of(&app.site.base_url)) {
        (false, Some(party)) => {
            let done = Done { ceremony: &typed.ceremony, answer: &typed.passkey };
            factor_show_passkey(&app.hall, &party, who, done).await
        }
        _ => factor_show_code(&app.hall, who, &typed.code).await,
    };
    match shown {
        Ok(token) => Ok(proven(&app, &viewer, &token, typed)),
        Err(error) => again(&app, &viewer, typed, error).await,
    }
}

async fn demo(
    State(app): State<App>,
    viewer: Viewer,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, Fail> {
    if !app.site.demo {
        return Err(Error::NotFound.into());
    }
    let who = Showing { token: token(&viewer), address: &viewer.address };
    let token = factor_show_demo(&app.hall, who).await?;
    Ok(proven(&app, &viewer, &token, Typed::of(pairs)))
}

/// Begins to show a passkey: JSON for the island.
async fn ask(State(app): State<App>, viewer: Viewer) -> Result<Response, Fail> {
    let party = Party::of(&app.site.base_url).ok_or(Error::NotFound)?;
    let asked = factor_passkey_ask(&app.hall, &party, token(&viewer)).await?;
    let body = json!({ "ceremony": asked.ceremony, "options": asked.options });
    Ok(no_store(Json(body).into_response()))
}

/// What a layer of the server answers with when a form that was sent needs the second factor again: the page
/// that keeps it, with status 403.
///
/// # Errors
/// [`Fail`] when the database fails.
pub async fn keep(app: &App, viewer: &Viewer, kept: Kept) -> Result<Response, Fail> {
    let can =
        factor_can_show(&app.hall, token(viewer)).await?.ok_or(Error::from(Denied::SignIn))?;
    let stands = Stands { kept: Some(kept), status: StatusCode::FORBIDDEN, ..Stands::default() };
    Ok(factor_page(app, viewer, can, stands))
}

/// The page again after a try that didn't do: what was kept stays kept.
async fn again(app: &App, viewer: &Viewer, typed: Typed, error: Error) -> Result<Response, Fail> {
    let words = viewer.words();
    let fail = Fail::from(error);
    let mut stands = Stands {
        back: home_unless(&typed.back),
        kept: (!typed.kept.address.is_empty()).then_some(typed.kept),
        status: fail.status(),
        ..Stands::default()
    };
    match fail.0.as_ref() {
        Error::Invalid(fields) => match fields.iter().find(|it| it.field == "passkey") {
            // It has no field that could be mended.
            Some(passkey) => stands.said = Some(problem_words(passkey.problem, words)),
            None => stands.problems = Problems::fields(fields.clone()),
        },
        Error::Refused(refusal) => stands.said = Some(refusal_words(refusal, viewer.now, words)),
        Error::TooOften { retry_after_s, .. } => {
            stands.said = Some(too_often(*retry_after_s, words));
        }
        _ => return Err(fail),
    }
    let can =
        factor_can_show(&app.hall, token(viewer)).await?.ok_or(Error::from(Denied::SignIn))?;
    Ok(factor_page(app, viewer, can, stands))
}

/// Where it goes on once the factor was shown.
fn proven(app: &App, viewer: &Viewer, token: &str, typed: Typed) -> Response {
    let response = if typed.kept.address.is_empty() {
        // Whoever was waiting is signed in only now.
        let flash = viewer.signed_in.is_none().then_some("signed_in");
        see_other(&home_unless(&typed.back), flash)
    } else {
        go_on_page(app, viewer, typed.kept)
    };
    on_this_device(app, response, token)
}

/// Keeps the session's new token on this device.
pub(super) fn on_this_device(app: &App, mut response: Response, token: &str) -> Response {
    if let Some(cookie) = cookie::keep(&app.site, token, session::LASTS_MS) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// The session's token, empty where the browser has none.
pub(super) fn token(viewer: &Viewer) -> &str {
    viewer.token.as_ref().map_or("", |token| token.0.as_str())
}

/// A page of ours to go on to, never one of those that ask who somebody is.
fn home_unless(back: &str) -> String {
    let back = local(back);
    let asks = ["/sign-", "/second-factor"].iter().any(|start| back.contains(start));
    if asks { "/".to_owned() } else { back }
}

fn factor_page(app: &App, viewer: &Viewer, can: CanShow, stands: Stands) -> Response {
    let w = viewer.words().security;
    let passkey = can.passkey && Party::of(&app.site.base_url).is_some();
    let demo = app.site.demo && can.demo;
    let title = if stands.kept.is_some() { w.kept_title } else { w.show_title };
    let meta = Meta {
        title: title.to_owned(),
        narrow: true,
        alive: passkey,
        status: Some(stands.status),
        ..Meta::default()
    };
    let code = can.any || !demo;
    let body = move || view! { <FactorPage stands passkey demo code/> };
    no_store(page(app, viewer, meta, body))
}

#[component]
fn FactorPage(stands: Stands, passkey: bool, demo: bool, code: bool) -> impl IntoView {
    let words = cx().words();
    let w = words.security;
    let Stands { back, kept, problems, said, .. } = stands;
    let (title, lead, action) = match &kept {
        Some(_) => (w.kept_title, w.kept_lead, "/second-factor/go-on"),
        None => (w.show_title, w.show_lead, "/second-factor"),
    };
    let said = said.map(|said| {
        view! { <p class="notice notice-warn" role="alert"><Icon name="lock"/><span>{said}</span></p> }
    });
    let passkey = passkey.then(|| {
        view! {
            <PasskeyButton
                begin=to("/second-factor/passkey")
                act=PasskeyAct::Show
                class="btn btn-secondary btn-block".to_owned()
                words=passkey_words(words, w.passkey_use, "")
            />
        }
    });
    let demo_class = if code { "btn btn-secondary btn-block" } else { "btn btn-primary btn-block" };
    let demo = demo.then(|| {
        view! {
            <form class="section" method="post" action=to("/second-factor/demo")>
                <Carried back=back.clone() kept=kept.clone()/>
                <p class="field-hint">{w.demo_note}</p>
                <button class=demo_class>{w.demo_show}</button>
            </form>
        }
    });
    let summary = problems.clone();
    let code = code.then(|| {
        view! {
            <form class="section" method="post" action=to(action) novalidate>
                <Carried back=back kept=kept/>
                <TextField
                    name="code"
                    label=w.code
                    hint=w.code_hint
                    autocomplete="one-time-code"
                    problems
                />
                <button class="btn btn-primary btn-block">{w.show}</button>
                {passkey}
            </form>
        }
    });
    view! {
        <ErrorSummary problems=summary labels=vec![("code", w.code)]/>
        {said}
        <div class="page-head">
            <h1>{title}</h1>
            <p class="page-lead">{lead}</p>
        </div>
        {demo}
        {code}
        <section class="section set">
            <p class="field-hint">{w.lost}</p>
            <form method="post" action=to("/sign-out")>
                <button class="btn btn-quiet">{w.not_me}</button>
            </form>
        </section>
    }
}

/// The hidden fields that carry on where to go, or a kept form.
#[component]
fn Carried(back: String, kept: Option<Kept>) -> impl IntoView {
    let Some(kept) = kept else {
        return view! { <input type="hidden" name="back" value=back/> }.into_any();
    };
    let fields: Vec<_> = kept
        .fields
        .into_iter()
        .map(|(name, value)| {
            view! { <input type="hidden" name=format!("{KEPT}{name}") value=value/> }
        })
        .collect();
    view! {
        <input type="hidden" name="to" value=kept.address/>
        {fields}
    }
    .into_any()
}

/// The page whose one button sends the kept form to where it belongs.
fn go_on_page(app: &App, viewer: &Viewer, kept: Kept) -> Response {
    let title = viewer.words().security.go_on_title.to_owned();
    let meta = Meta { title, narrow: true, ..Meta::default() };
    let body = move || {
        let w = cx().words().security;
        let fields: Vec<_> = kept
            .fields
            .into_iter()
            .map(|(name, value)| view! { <input type="hidden" name=name value=value/> })
            .collect();
        view! {
            <div class="page-head">
                <h1>{w.go_on_title}</h1>
                <p class="page-lead">{w.go_on_lead}</p>
            </div>
            // Whatever the fields say, they go to this site alone.
            <form class="section" method="post" action=local(&kept.address)>
                {fields}
                <button class="btn btn-primary btn-block">{w.go_on}</button>
            </form>
        }
    };
    no_store(page(app, viewer, meta, body))
}

/// The words of a passkey's button.
pub(super) fn passkey_words(words: &Words, label: &str, lacking: &str) -> PasskeyWords {
    let w = words.security;
    PasskeyWords {
        label: label.to_owned(),
        busy: w.passkey_busy.to_owned(),
        failed: w.passkey_failed.to_owned(),
        lacking: lacking.to_owned(),
    }
}
