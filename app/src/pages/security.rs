//! `/me/security`: the second factor, recovery codes, passkeys, and the devices where one is signed in.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Form, Json, Router};
use domain::permission::{Action, Target, permit};
use domain::time::Timestamp;
use islands::{PasskeyAct, PasskeyButton};
use leptos::prelude::*;
use serde::Deserialize;
use serde_json::json;
use service::factor::passkey::{
    Done, LABEL_MAX, Party, factor_passkey_begin, factor_passkey_finish, factor_passkey_remove,
};
use service::factor::recovery::factor_recovery_renew;
use service::factor::totp::{
    Begun, factor_totp_begin, factor_totp_begun, factor_totp_confirm, factor_totp_remove,
};
use service::factor::{FactorState, Passkey, factor_state};
use service::people::SignedIn;
use service::session::{self, Device};
use service::{Error, Refusal};

use super::error::refusal_words;
use super::second_factor::{on_this_device, passkey_words, token};
use crate::dates::{Moment, day};
use crate::devices::{Devices, device_name};
use crate::fail::Fail;
use crate::form::{ErrorSummary, Problems, TextField, problem_words};
use crate::link::{parse, to};
use crate::parts::Icon;
use crate::redirect::see_other;
use crate::render::cx;
use crate::shell::{Meta, Tab, no_store, page};
use crate::state::App;
use crate::viewer::Viewer;
use crate::words::fill;

/// The addresses.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/me/security", get(show))
        .route("/me/security/totp", post(totp_begin))
        .route("/me/security/totp/confirm", post(totp_confirm))
        .route("/me/security/totp/remove", post(totp_remove))
        .route("/me/security/recovery", post(recovery))
        .route("/me/security/passkeys/begin", post(passkey_begin))
        .route("/me/security/passkeys/finish", post(passkey_finish))
        .route("/me/security/passkeys/{id}/remove", post(passkey_remove))
        .route("/me/devices/{handle}/sign-out", post(device_out))
}

/// What was typed or brought back. It is never printed: it holds codes.
#[derive(Deserialize)]
struct Code {
    #[serde(default)]
    sealed: String,
    #[serde(default)]
    code: String,
}

#[derive(Deserialize)]
struct NewPasskey {
    #[serde(default)]
    label: String,
    #[serde(default)]
    ceremony: String,
    #[serde(default)]
    passkey: String,
}

/// How the page stands when a passkey could not be added.
#[derive(Default)]
struct Stands {
    label: Option<String>,
    problems: Problems,
    said: Option<String>,
    status: StatusCode,
}

async fn show(State(app): State<App>, viewer: Viewer) -> Result<Response, Fail> {
    security_page(&app, &viewer, Stands::default()).await
}

async fn totp_begin(State(app): State<App>, viewer: Viewer) -> Result<Response, Fail> {
    let me = viewer.require()?;
    let begun =
        factor_totp_begin(&app.hall, &me.actor, &hall_name(&viewer), &me.sign_in_name).await?;
    Ok(totp_page(&app, &viewer, begun, Problems::default(), StatusCode::OK))
}

async fn totp_confirm(
    State(app): State<App>,
    viewer: Viewer,
    Form(typed): Form<Code>,
) -> Result<Response, Fail> {
    let me = viewer.require()?;
    let Code { sealed, code } = typed;
    match factor_totp_confirm(&app.hall, &me.actor, token(&viewer), &sealed, &code).await {
        Ok(set_up) if set_up.recovery.is_empty() => {
            let response = see_other("/me/security", Some("factor_added"));
            Ok(on_this_device(&app, response, &set_up.token))
        }
        Ok(set_up) => {
            let response = codes_page(&app, &viewer, set_up.recovery);
            Ok(on_this_device(&app, response, &set_up.token))
        }
        Err(error) => {
            let problems = Problems::of(error)?;
            let (issuer, account) = (hall_name(&viewer), &me.sign_in_name);
            let begun = factor_totp_begun(&app.hall, &me.actor, &sealed, &issuer, account)?;
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            Ok(totp_page(&app, &viewer, begun, problems, status))
        }
    }
}

async fn totp_remove(State(app): State<App>, viewer: Viewer) -> Result<Response, Fail> {
    factor_totp_remove(&app.hall, &viewer.require()?.actor).await?;
    Ok(see_other("/me/security", Some("factor_removed")))
}

async fn recovery(State(app): State<App>, viewer: Viewer) -> Result<Response, Fail> {
    let codes = factor_recovery_renew(&app.hall, &viewer.require()?.actor).await?;
    Ok(codes_page(&app, &viewer, codes))
}

/// Begins to make a passkey: JSON for the island.
async fn passkey_begin(State(app): State<App>, viewer: Viewer) -> Result<Response, Fail> {
    let me = viewer.require()?;
    let party = Party::of(&app.site.base_url).ok_or(Error::NotFound)?;
    let asked =
        factor_passkey_begin(&app.hall, &me.actor, &party, &hall_name(&viewer), &me.sign_in_name)
            .await?;
    let body = json!({ "ceremony": asked.ceremony, "options": asked.options });
    Ok(no_store(Json(body).into_response()))
}

/// Takes the new passkey: the island has put the device's answer into the form.
async fn passkey_finish(
    State(app): State<App>,
    viewer: Viewer,
    Form(typed): Form<NewPasskey>,
) -> Result<Response, Fail> {
    let me = viewer.require()?;
    let party = Party::of(&app.site.base_url).ok_or(Error::NotFound)?;
    let done = Done { ceremony: &typed.ceremony, answer: &typed.passkey };
    let token = token(&viewer);
    let finished =
        factor_passkey_finish(&app.hall, &me.actor, &party, token, done, &typed.label).await;
    let error = match finished {
        Ok(set_up) => {
            let response = if set_up.recovery.is_empty() {
                see_other("/me/security", Some("factor_added"))
            } else {
                codes_page(&app, &viewer, set_up.recovery)
            };
            return Ok(on_this_device(&app, response, &set_up.token));
        }
        Err(error) => error,
    };
    let words = viewer.words();
    let fail = Fail::from(error);
    let status = fail.status();
    let mut stands = Stands { label: Some(typed.label), status, ..Stands::default() };
    match fail.0.as_ref() {
        Error::Invalid(fields) => match fields.iter().find(|it| it.field == "passkey") {
            Some(passkey) => stands.said = Some(problem_words(passkey.problem, words)),
            None => stands.problems = Problems::fields(fields.clone()),
        },
        Error::Refused(refusal @ (Refusal::PasskeyTaken | Refusal::FactorBegunOver)) => {
            stands.said = Some(refusal_words(refusal, viewer.now, words));
        }
        _ => return Err(fail),
    }
    security_page(&app, &viewer, stands).await
}

async fn passkey_remove(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<String>,
) -> Result<Response, Fail> {
    let me = viewer.require()?;
    let id = parse(&id)?;
    factor_passkey_remove(&app.hall, &me.actor, id).await?;
    Ok(see_other("/me/security", Some("factor_removed")))
}

async fn device_out(
    State(app): State<App>,
    viewer: Viewer,
    Path(handle): Path<String>,
) -> Result<Response, Fail> {
    session::session_end(&app.hall, &viewer.require()?.actor, &handle).await?;
    Ok(see_other("/me/security", Some("device_out")))
}

/// The hall as authenticator apps and browsers show it.
fn hall_name(viewer: &Viewer) -> String {
    let words = viewer.words();
    format!("{}{}{}", viewer.community.name, words.lang.pick("", " "), words.site.hall)
}

async fn security_page(app: &App, viewer: &Viewer, stands: Stands) -> Result<Response, Fail> {
    let me = viewer.require()?.clone();
    // A helper has nothing to do with the account of whom they help.
    permit(Some(&me.actor), Action::AccountOwn, &Target::community(me.actor.community))
        .map_err(Error::from)?;
    let state = factor_state(&app.hall, me.actor.person).await?;
    let devices = session::sessions_of(&app.hall, &me.actor, token(viewer)).await?;
    let named = Party::of(&app.site.base_url).is_some();
    let meta = Meta {
        title: viewer.words().security.title.to_owned(),
        tab: Tab::Me,
        narrow: true,
        alive: named,
        status: Some(stands.status),
        ..Meta::default()
    };
    let agent = viewer.agent.clone();
    let body = move || view! { <SecurityPage me state devices named agent stands/> };
    Ok(no_store(page(app, viewer, meta, body)))
}

#[component]
fn SecurityPage(
    me: SignedIn,
    state: FactorState,
    devices: Vec<Device>,
    named: bool,
    agent: String,
    stands: Stands,
) -> impl IntoView {
    let words = cx().words();
    let w = words.security;
    let Stands { label, problems, said, .. } = stands;
    let any = state.any();
    let duty = me.actor.duty_waits || me.actor.roles.iter().any(|held| held.role.is_duty());
    // Adding one asks for the one that is there.
    let open = !any || me.actor.stepped_up;
    let why = match (any, me.actor.duty_waits, duty) {
        (_, true, _) => {
            view! { <p class="notice notice-warn"><Icon name="lock"/><span>{w.duty_waits}</span></p> }
                .into_any()
        }
        (false, false, false) => view! { <p class="field-hint">{w.resident_may}</p> }.into_any(),
        _ => ().into_any(),
    };
    let said = said.map(|said| {
        view! { <p class="notice notice-warn" role="alert"><Icon name="info"/><span>{said}</span></p> }
    });
    let label = label.unwrap_or_else(|| device_name(&agent, words.account, w));
    let totp_since = state.totp_since;
    let recovery = any.then(|| view! { <Recovery left=state.recovery_left/> });
    view! {
        <ErrorSummary problems=problems.clone() labels=vec![("label", w.passkey_label)]/>
        {said}
        <div class="page-head">
            <h1>{w.title}</h1>
            <p class="page-lead">{w.lead}</p>
        </div>
        {why}
        <section class="section" aria-labelledby="totp">
            <h2 id="totp">{w.totp}</h2>
            <p class="field-hint">{w.totp_about}</p>
            {match totp_since {
                None => view! {
                    <form method="post" action=to("/me/security/totp")>
                        <button class="btn btn-primary">{w.totp_begin}</button>
                    </form>
                }
                .into_any(),
                Some(since) => view! {
                    <p>{fill(w.totp_since, &[("day", &day_of(since))])}</p>
                    <form method="post" action=to("/me/security/totp")>
                        <div class="btn-row">
                            <button class="btn btn-secondary">{w.totp_replace}</button>
                            <button class="btn btn-quiet" formaction=to("/me/security/totp/remove")>
                                {w.totp_remove}
                            </button>
                        </div>
                    </form>
                }
                .into_any(),
            }}
        </section>
        {recovery}
        <section class="section set" aria-labelledby="passkeys">
            <h2 id="passkeys">{w.passkeys}</h2>
            <p class="field-hint">{w.passkeys_about}</p>
            <Passkeys passkeys=state.passkeys/>
            {match (named, open) {
                (false, _) => view! { <p class="field-hint">{w.passkeys_no_name}</p> }.into_any(),
                (true, false) => view! {
                    <a class="btn btn-secondary" href=to("/second-factor?back=/me/security")>{w.passkey_verify}</a>
                }
                .into_any(),
                (true, true) => view! {
                    <form method="post" action=to("/me/security/passkeys/finish") novalidate>
                        <TextField
                            name="label"
                            label=w.passkey_label
                            hint=w.passkey_label_hint
                            value=label
                            max=LABEL_MAX
                            problems
                        />
                        <PasskeyButton
                            begin=to("/me/security/passkeys/begin")
                            act=PasskeyAct::Make
                            class="btn btn-secondary".to_owned()
                            words=passkey_words(words, w.passkey_add, w.passkeys_no_script)
                        />
                    </form>
                }
                .into_any(),
            }}
        </section>
        <section class="section set" aria-labelledby="devices">
            <h2 id="devices">{w.devices}</h2>
            <p class="field-hint">{w.devices_about}</p>
            <Devices devices/>
            <form method="post" action=to("/sign-out/everywhere")>
                <div class="btn-row">
                    <button class="btn btn-secondary">{words.account.everywhere}</button>
                    <button class="btn btn-quiet" formaction=to("/sign-out")>{words.account.sign_out}</button>
                </div>
            </form>
        </section>
    }
}

#[component]
fn Recovery(left: u64) -> impl IntoView {
    let w = cx().words().security;
    let (how, button) = match left {
        0 => (w.recovery_none.to_owned(), w.recovery_make),
        n => (fill(w.recovery_left, &[("n", &n)]), w.recovery_renew),
    };
    view! {
        <section class="section set" aria-labelledby="recovery">
            <h2 id="recovery">{w.recovery}</h2>
            <p class="field-hint">{w.recovery_about}</p>
            <p>{how}</p>
            <form class="btn-row" method="post" action=to("/me/security/recovery")>
                <button class="btn btn-secondary">{button}</button>
            </form>
        </section>
    }
}

#[component]
fn Passkeys(passkeys: Vec<Passkey>) -> impl IntoView {
    let words = cx().words();
    let w = words.security;
    let rows: Vec<_> = passkeys
        .into_iter()
        .map(|passkey| {
            let action = to(format!("/me/security/passkeys/{}/remove", passkey.id));
            let since = fill(w.passkey_since, &[("day", &day_of(passkey.created_at))]);
            let used = passkey.used_at.map(
                |at| view! { {words.lang.pick("，", ", ")}{w.passkey_used}" "<Moment at=at/> },
            );
            view! {
                <li class="device">
                    <div>
                        <p>{passkey.label.clone()}</p>
                        <p>{since}{used}</p>
                    </div>
                    <form method="post" action=action>
                        <button class="btn btn-secondary btn-small">
                            {fill(w.passkey_remove, &[("label", &passkey.label)])}
                        </button>
                    </form>
                </li>
            }
        })
        .collect();
    (!rows.is_empty()).then(|| view! { <ul>{rows}</ul> })
}

/// A day in words.
fn day_of(at: Timestamp) -> String {
    let viewer = cx().viewer;
    day(at.local_date(), viewer.now.local_date(), viewer.prefs.lang)
}

fn totp_page(
    app: &App,
    viewer: &Viewer,
    begun: Begun,
    problems: Problems,
    status: StatusCode,
) -> Response {
    let meta = Meta {
        title: viewer.words().security.totp_step_title.to_owned(),
        tab: Tab::Me,
        narrow: true,
        status: Some(status),
        ..Meta::default()
    };
    no_store(page(app, viewer, meta, move || view! { <TotpPage begun problems/> }))
}

#[component]
fn TotpPage(begun: Begun, problems: Problems) -> impl IntoView {
    let w = cx().words().security;
    view! {
        <ErrorSummary problems=problems.clone() labels=vec![("code", w.totp_code)]/>
        <div class="page-head">
            <h1>{w.totp_step_title}</h1>
        </div>
        <p>{w.totp_scan}</p>
        <div class="qr" role="img" aria-label=w.totp_qr inner_html=begun.qr></div>
        <p>{w.totp_type}</p>
        <p class="receipt-code">{begun.secret}</p>
        <form class="section" method="post" action=to("/me/security/totp/confirm") novalidate>
            <input type="hidden" name="sealed" value=begun.sealed/>
            <TextField
                name="code"
                label=w.totp_code
                autocomplete="one-time-code"
                problems
            />
            <div class="btn-row">
                <button class="btn btn-primary">{w.totp_confirm}</button>
                <a class="btn btn-quiet" href=to("/me/security")>{w.totp_back}</a>
            </div>
        </form>
    }
}

fn codes_page(app: &App, viewer: &Viewer, codes: Vec<String>) -> Response {
    let title = viewer.words().security.recovery_title.to_owned();
    let meta = Meta { title, tab: Tab::Me, narrow: true, ..Meta::default() };
    let body = move || {
        let w = cx().words().security;
        let codes: Vec<_> =
            codes.into_iter().map(|code| view! { <li class="receipt-code">{code}</li> }).collect();
        view! {
            <div class="page-head">
                <h1>{w.recovery_title}</h1>
                <p class="page-lead">{w.recovery_once}</p>
            </div>
            <ol class="receipt">{codes}</ol>
            <div class="btn-row">
                <a class="btn btn-primary" href=to("/me/security")>{w.recovery_kept}</a>
            </div>
        }
    };
    no_store(page(app, viewer, meta, body))
}
