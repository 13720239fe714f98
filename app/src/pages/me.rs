//! `/me`: who I am, what I raised and follow, how I am told, where I am signed in.

use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Form, Router};
use leptos::prelude::*;
use serde::Deserialize;
use service::account::email_set;
use service::people::SignedIn;
use service::session::Device;
use service::views::matter_row::MatterRow;
use service::views::me::{MeView, me_view};

use crate::dates::Moment;
use crate::fail::Fail;
use crate::form::{ErrorSummary, Problems, TextField};
use crate::matter_row::Row;
use crate::parts::Icon;
use crate::redirect::see_other;
use crate::render::words;
use crate::shell::{Meta, Tab, page};
use crate::state::App;
use crate::viewer::Viewer;
use crate::words::account::AccountWords;
use crate::words::fill;
use crate::words::terms::Term;

/// The addresses.
pub(super) fn routes() -> Router<App> {
    Router::new().route("/me", get(show)).route("/me/email", post(save_email))
}

#[derive(Debug, Deserialize)]
struct Typed {
    #[serde(default)]
    email: String,
}

async fn show(State(app): State<App>, viewer: Viewer) -> Result<Response, Fail> {
    let email = viewer.require()?.email.clone().unwrap_or_default();
    me_page(&app, &viewer, email, Problems::default(), StatusCode::OK).await
}

async fn save_email(
    State(app): State<App>,
    viewer: Viewer,
    Form(typed): Form<Typed>,
) -> Result<Response, Fail> {
    let actor = &viewer.require()?.actor;
    let language = viewer.prefs.lang.pick("zh", "en");
    match email_set(&app.hall, actor, &typed.email, language).await {
        Ok(()) => Ok(see_other("/me", Some("saved"))),
        Err(error) => {
            let problems = Problems::of(error)?;
            me_page(&app, &viewer, typed.email, problems, StatusCode::UNPROCESSABLE_ENTITY).await
        }
    }
}

async fn me_page(
    app: &App,
    viewer: &Viewer,
    email: String,
    problems: Problems,
    status: StatusCode,
) -> Result<Response, Fail> {
    let me = viewer.require()?.clone();
    let token = viewer.token.as_ref().map_or("", |token| token.0.as_str());
    let view = me_view(&app.hall, &me.actor, token).await?;
    let meta = Meta {
        title: viewer.words().account.me_title.to_owned(),
        tab: Tab::Me,
        narrow: true,
        status: Some(status),
        ..Meta::default()
    };
    let body = move || view! { <MePage me view email problems/> };
    let mut response = page(app, viewer, meta, body);
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

#[component]
fn MePage(me: SignedIn, view: MeView, email: String, problems: Problems) -> impl IntoView {
    let w = words().account;
    let desk = me.actor.sees_desk().then(|| {
        view! {
            <div class="btn-row">
                <a class="btn btn-secondary" href="/desk"><Icon name="desk"/>{w.desk}</a>
            </div>
        }
    });
    let lead = lead(&me, w);
    view! {
        <ErrorSummary problems=problems.clone() labels=vec![("email", w.email)]/>
        <div class="page-head">
            <h1>{me.nickname}</h1>
            <p class="page-lead">{lead}</p>
            {desk}
        </div>
        <section class="section" aria-labelledby="raised">
            <div class="section-head"><h2 id="raised">{w.raised}</h2></div>
            <Matters rows=view.raised none=w.raised_none href="/proposals/new" word=w.raise/>
        </section>
        <section class="section" aria-labelledby="followed">
            <div class="section-head"><h2 id="followed">{w.followed}</h2></div>
            <Matters rows=view.followed none=w.followed_none href="/proposals" word=w.look/>
        </section>
        <section class="section set" aria-labelledby="notices">
            <h2 id="notices">{w.mail_title}</h2>
            <form method="post" action="/me/email" novalidate>
                <TextField
                    name="email"
                    label=w.email
                    hint=w.email_hint
                    value=email
                    kind="email"
                    autocomplete="email"
                    optional=true
                    problems
                />
                <button class="btn btn-primary">{w.save}</button>
            </form>
        </section>
        <Devices devices=view.devices/>
    }
}

/// Home, vote and roles in a few sentences.
fn lead(me: &SignedIn, w: &AccountWords) -> String {
    let lang = words().lang;
    let mut said = Vec::new();
    match &me.home {
        Some(home) => {
            let places: [(&str, &dyn std::fmt::Display); 2] =
                [("courtyard", &home.courtyard), ("entrance", &home.entrance)];
            said.push(fill(w.home_is, &places));
            let vote = if me.represents_household { w.represents } else { w.represents_not };
            said.push(vote.to_owned());
        }
        None => said.push(w.home_none.to_owned()),
    }
    let roles: Vec<_> = me.actor.roles.iter().map(|grant| grant.role.word(lang)).collect();
    if !roles.is_empty() {
        said.push(fill(w.roles_are, &[("roles", &roles.join(lang.pick("、", ", ")))]));
    }
    said.push(w.nickname_shown.to_owned());
    said.join(lang.pick("", " "))
}

/// A list of matters, or what to do while there are none.
#[component]
fn Matters(
    rows: Vec<MatterRow>,
    none: &'static str,
    href: &'static str,
    word: &'static str,
) -> impl IntoView {
    if rows.is_empty() {
        return view! {
            <p class="field-hint">{none}" "<a href=href>{word}</a></p>
        }
        .into_any();
    }
    let rows: Vec<_> = rows.into_iter().map(|row| view! { <Row row level=3/> }).collect();
    view! { <ul class="row-list">{rows}</ul> }.into_any()
}

#[component]
fn Devices(devices: Vec<Device>) -> impl IntoView {
    let w = words().account;
    let devices: Vec<_> = devices
        .into_iter()
        .map(|device| {
            let name = device_name(&device.agent, w);
            let name = if device.this { fill(w.device_this, &[("device", &name)]) } else { name };
            view! {
                <li class="device">
                    <div>
                        <p>{name}</p>
                        <p>{w.device_seen}" "<Moment at=device.seen_at/></p>
                    </div>
                </li>
            }
        })
        .collect();
    view! {
        <section class="section set" aria-labelledby="devices">
            <h2 id="devices">{w.devices}</h2>
            <ul>{devices}</ul>
            <form method="post" action="/sign-out/everywhere">
                <div class="btn-row">
                    <button class="btn btn-secondary">{w.everywhere}</button>
                    <button class="btn btn-quiet" formaction="/sign-out">{w.sign_out}</button>
                </div>
            </form>
        </section>
    }
}

/// A device as its owner would call it. Browsers name themselves by many words of others, so the
/// order matters: 微信 and Edge say Chrome, and Chrome says Safari.
fn device_name(agent: &str, w: &AccountWords) -> String {
    let has = |marks: &[&str]| marks.iter().any(|mark| agent.contains(mark));
    let kind = if has(&["iPad", "Tablet"]) {
        w.device_tablet
    } else if has(&["Mobile", "iPhone", "Android"]) {
        w.device_phone
    } else if has(&["Windows", "Macintosh", "Linux", "CrOS"]) {
        w.device_computer
    } else {
        return w.device_other.to_owned();
    };
    let browsers = [
        ("MicroMessenger", w.wechat),
        ("Edg", "Edge"),
        ("Firefox", "Firefox"),
        ("FxiOS", "Firefox"),
        ("Chrome", "Chrome"),
        ("CriOS", "Chrome"),
        ("Safari", "Safari"),
    ];
    let browser = browsers.into_iter().find(|(mark, _)| agent.contains(mark));
    browser.map_or_else(|| kind.to_owned(), |(_, name)| format!("{kind} · {name}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn devices_are_called_as_their_owners_call_them() {
        let table = [
            ("", "别的设备"),
            ("curl/8.5", "别的设备"),
            (
                "Mozilla/5.0 (Linux; Android 14; V2307A) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/116.0 Mobile Safari/537.36 MicroMessenger/8.0.44",
                "手机 · 微信",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
                "手机 · Safari",
            ),
            (
                "Mozilla/5.0 (iPad; CPU OS 12_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/12.1 Mobile/15E148 Safari/604.1",
                "平板 · Safari",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36 Edg/126.0",
                "电脑 · Edge",
            ),
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0",
                "电脑 · Firefox",
            ),
            ("Mozilla/5.0 (Linux x86_64)", "电脑"),
        ];
        for (agent, name) in table {
            assert_eq!(device_name(agent, &AccountWords::ZH), name, "{agent}");
        }
    }
}
