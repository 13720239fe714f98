//! `/me`: who I am, what I raised and follow, how I am told, where I am signed in.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Form, Router};
use domain::role::Role;
use domain::time::Timestamp;
use leptos::prelude::*;
use serde::Deserialize;
use service::account::email_set;
use service::people::SignedIn;
use service::views::joining::{OwnRequest, own_request};
use service::views::matter_row::MatterRow;
use service::views::me::{MeView, me_view};
use service::views::to_me::{ToMe, ToMeKind, to_me};

use crate::dates::{Moment, day};
use crate::fail::Fail;
use crate::form::{Problems, TextField, summary};
use crate::link::to;
use crate::matter_row::Row;
use crate::parts::Icon;
use crate::redirect::see_other;
use crate::render::{cx, words};
use crate::shell::{Meta, Tab, no_store, page};
use crate::state::App;
use crate::viewer::Viewer;
use crate::words::account::AccountWords;
use crate::words::fill;
use crate::words::terms::Term;

/// The addresses.
pub(super) fn routes() -> Router<App> {
    Router::new().route("/me", get(show)).route("/me/email", post(save_email))
}

/// It is never printed: it holds a password.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Typed {
    email: String,
    password: String,
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
    match email_set(&app.hall, actor, &typed.email, language, &typed.password).await {
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
    let view = me_view(&app.hall, &me.actor).await?;
    let said = to_me(&app.hall, &me.actor).await?;
    let asked = match me.actor.home {
        Some(_) => None,
        None => own_request(&app.hall, &me.actor).await?,
    };
    let meta = Meta {
        title: viewer.words().account.me_title.to_owned(),
        tab: Tab::Me,
        narrow: true,
        status: Some(status),
        ..Meta::default()
    };
    let body = move || view! { <MePage me view said asked email problems/> };
    Ok(no_store(page(app, viewer, meta, body)))
}

#[component]
fn MePage(
    me: SignedIn,
    view: MeView,
    said: Vec<ToMe>,
    asked: Option<OwnRequest>,
    email: String,
    problems: Problems,
) -> impl IntoView {
    let w = words().account;
    let desk = me.actor.sees_desk().then(|| {
        view! {
            <div class="btn-row">
                <a class="btn btn-secondary" href=to("/desk")><Icon name="desk"/>{w.desk}</a>
            </div>
        }
    });
    let lead = lead(&me, view.moved_out, w);
    let (kept, helps) = (me.clone(), view.helps);
    // Where mail goes is the account owner's alone to see.
    let through = me.actor.through.is_some();
    let present = words().own.old;
    let places = vec![
        ("email", "#email".to_owned(), w.email),
        ("password", "#email-password".to_owned(), present),
    ];
    let password = me.has_password.then(|| {
        let hint = words().own.email_password_hint;
        view! {
            <TextField
                name="password"
                id="email-password"
                label=present
                hint
                kind="password"
                autocomplete="current-password"
                optional=true
                problems=problems.clone()
            />
        }
    });
    view! {
        {(!problems.is_empty()).then(|| summary(&problems, places))}
        <div class="page-head">
            <h1>{me.nickname}</h1>
            <p class="page-lead">{lead}</p>
            {desk}
        </div>
        {asked.as_ref().and_then(super::household::told)}
        <SaidToMe said/>
        <section class="section" aria-labelledby="raised">
            <div class="section-head"><h2 id="raised">{w.raised}</h2></div>
            <Matters rows=view.raised none=w.raised_none href="/proposals/new" word=w.raise/>
        </section>
        <section class="section" aria-labelledby="followed">
            <div class="section-head"><h2 id="followed">{w.followed}</h2></div>
            <Matters rows=view.followed none=w.followed_none href="/proposals" word=w.look/>
            <p><a class="target" href=to("/follow")>{words().finding.follow_link}</a></p>
        </section>
        {(!through).then(|| view! { <section class="section set" aria-labelledby="notices">
            <h2 id="notices">{w.mail_title}</h2>
            <form method="post" action=to("/me/email") novalidate>
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
                {password}
                <button class="btn btn-primary">{w.save}</button>
            </form>
        </section> })}
        <Mine me=kept helps/>
        <SignOut/>
    }
}

/// Home, vote and roles in a few sentences.
fn lead(me: &SignedIn, moved_out: Option<Timestamp>, w: &AccountWords) -> String {
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
        None => said.push(match moved_out {
            Some(at) => {
                let today = cx().viewer.now.local_date();
                fill(words().places.moved_out, &[("day", &day(at.local_date(), today, lang))])
            }
            None => w.home_none.to_owned(),
        }),
    }
    let roles: Vec<_> = me.actor.roles.iter().map(|grant| grant.role.word(lang)).collect();
    if !roles.is_empty() {
        said.push(fill(w.roles_are, &[("roles", &roles.join(lang.pick("、", ", ")))]));
    }
    said.push(w.nickname_shown.to_owned());
    said.join(lang.pick("", " "))
}

/// What others said to me lately.
#[component]
fn SaidToMe(said: Vec<ToMe>) -> impl IntoView {
    let w = words().talk;
    let each = |it: ToMe| {
        let name = crate::parts::name_of(&it.who);
        let line = match it.kind {
            ToMeKind::Answer => w.to_me_answer.to_owned(),
            ToMeKind::Reply => fill(w.to_me_reply, &[("name", &name)]),
            ToMeKind::Mention => fill(w.to_me_mention, &[("name", &name)]),
        };
        let href = format!("/proposals/{}/posts/{}#post-{}", it.number, it.post, it.post);
        view! {
            <li class="row">
                <h3 class="row-title"><a href=to(href)>{line}</a></h3>
                <p class="row-meta">{it.title}" · "<Moment at=it.at/></p>
            </li>
        }
    };
    let empty = said.is_empty().then(|| view! { <p class="soft">{w.to_me_none}</p> });
    let rows: Vec<_> = said.into_iter().map(each).collect();
    view! {
        <section class="section" aria-labelledby="to-me">
            <div class="section-head"><h2 id="to-me">{w.to_me}</h2></div>
            {empty}
            <ul class="row-list">{rows}</ul>
        </section>
    }
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
            <p class="field-hint">{none}" "<a href=to(href)>{word}</a></p>
        }
        .into_any();
    }
    let rows: Vec<_> = rows.into_iter().map(|row| view! { <Row row level=3/> }).collect();
    view! { <ul class="row-list">{rows}</ul> }.into_any()
}

/// Ways to what is one's own, a card each. A helper has none of them: an account is its owner's.
#[component]
fn Mine(me: SignedIn, helps: bool) -> impl IntoView {
    if me.actor.through.is_some() {
        return ().into_any();
    }
    let w = words().own;
    let home = match me.home {
        Some(_) => ("/me/household", w.hub_household, w.hub_household_hint),
        None => ("/me/household", w.join, w.join_hint),
    };
    let vouches = me.actor.has(Role::EntranceLead);
    let vouches = vouches.then_some(("/me/vouches", w.hub_vouches, w.hub_vouches_hint));
    let helping = helps.then_some(("/me/helping", w.hub_helping, w.hub_helping_hint));
    let drafts = (me.home.is_some()).then_some((
        "/me/drafts",
        words().raise.drafts,
        words().raise.drafts_hint,
    ));
    let civil = words().civil;
    let rest = [
        ("/me/reports", civil.reports_title, civil.reports_lead),
        ("/me/removed", civil.removed_title, civil.removed_hint),
        ("/me/name", w.hub_name, w.hub_name_hint),
        ("/me/security", w.hub_security, w.hub_security_hint),
        ("/me/data", w.hub_data, w.hub_data_hint),
    ];
    let cards = std::iter::once(home).chain(drafts).chain(vouches).chain(helping).chain(rest);
    let cards: Vec<_> = cards
        .map(|(path, word, hint)| {
            view! {
                <li>
                    <a class="choice-button" href=to(path)>
                        <span>
                            <span class="choice-name">{word}</span>
                            <span class="choice-hint">{hint}</span>
                        </span>
                        <Icon name="chevron"/>
                    </a>
                </li>
            }
        })
        .collect();
    view! {
        <nav class="section set" aria-labelledby="mine">
            <h2 id="mine">{w.hub_nav}</h2>
            <ul class="choice-list">{cards}</ul>
        </nav>
    }
    .into_any()
}

#[component]
fn SignOut() -> impl IntoView {
    let w = words().account;
    view! {
        <form class="section" method="post" action=to("/sign-out")>
            <button class="btn btn-quiet">{w.sign_out}</button>
        </form>
    }
}
