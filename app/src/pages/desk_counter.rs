//! `/desk/counter`: the committee admits somebody who stands at the counter.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use axum::{Form, Router};
use domain::permission::{Action, Denied};
use leptos::prelude::*;
use serde::Deserialize;
use service::join_request::{CounterForm, counter_admit};
use service::newcomer::NewcomerForm;
use service::places::{CourtyardPlaces, places};

use super::desk::gate;
use super::requests::{entrance_field, room_field};
use crate::desk_nav::nav;
use crate::fail::Fail;
use crate::form::{ErrorSummary, Problems, TextField, error_line};
use crate::link::to;
use crate::redirect::see_other;
use crate::render::{cx, words};
use crate::shell::{Meta, Tab, page};
use crate::state::App;
use crate::step_up_note::StepUpNote;
use crate::viewer::Viewer;

/// The addresses.
pub(super) fn routes() -> Router<App> {
    Router::new().route("/desk/counter", get(show).post(admit))
}

/// What was typed; the password is taken out before it is shown again.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Typed {
    nickname: String,
    no_phone: String,
    name: String,
    password: String,
    phone: String,
    adult: String,
    consent: String,
    entrance: String,
    room: String,
    helper: String,
}

async fn show(State(app): State<App>, viewer: Viewer) -> Result<Response, Fail> {
    // Who has to show the second factor again may fill the form in before.
    match service::views::desk::desk_permit(viewer.actor()) {
        Ok(_) => {}
        Err(error) => return Err(error.into()),
    }
    if let Err(fail) = gate(&viewer, Action::RollChange)
        && !matches!(fail.0.as_ref(), service::Error::Denied(Denied::StepUp))
    {
        return Err(fail);
    }
    counter_page(&app, &viewer, Typed::default(), Problems::default()).await
}

async fn admit(
    State(app): State<App>,
    viewer: Viewer,
    Form(typed): Form<Typed>,
) -> Result<Response, Fail> {
    let actor = gate(&viewer, Action::RollChange)?;
    let ticked = |value: &str| !value.is_empty();
    let form = CounterForm {
        account: NewcomerForm {
            name: typed.name.clone(),
            password: typed.password.clone(),
            nickname: typed.nickname.clone(),
            phone: typed.phone.clone(),
            adult: ticked(&typed.adult),
            consent: ticked(&typed.consent),
            language: "zh".to_owned(),
        },
        no_phone: ticked(&typed.no_phone),
        entrance: typed.entrance.clone(),
        room: typed.room.clone(),
        helper: typed.helper.clone(),
    };
    match counter_admit(&app.hall, actor, &form).await {
        Ok(_) => Ok(see_other("/desk/members", Some("counter_admitted"))),
        Err(error) => {
            let problems = Problems::of(error)?;
            let typed = Typed { password: String::new(), ..typed };
            counter_page(&app, &viewer, typed, problems).await
        }
    }
}

async fn counter_page(
    app: &App,
    viewer: &Viewer,
    typed: Typed,
    problems: Problems,
) -> Result<Response, Fail> {
    let places = places(&app.hall, viewer.community.id).await?;
    let meta = Meta {
        title: viewer.words().joining.counter_title.to_owned(),
        tab: Tab::Desk,
        narrow: true,
        status: (!problems.is_empty()).then_some(StatusCode::UNPROCESSABLE_ENTITY),
        ..Meta::default()
    };
    Ok(page(app, viewer, meta, move || body(typed, &problems, &places)))
}

fn body(typed: Typed, problems: &Problems, places: &[CourtyardPlaces]) -> impl IntoView + use<> {
    let cx = cx();
    let all = cx.words();
    let (w, account) = (all.joining, all.slip);
    let labels = vec![
        ("entrance", w.entrance),
        ("room", w.room),
        ("nickname", w.counter_nickname),
        ("helper", w.counter_helper),
        ("name", account.name),
        ("password", w.counter_password),
        ("phone", account.phone),
        ("adult", w.counter_adult),
        ("consent", w.counter_consent),
    ];
    let phone = cx.viewer.community.settings.ask_phone.then(|| {
        view! {
            <TextField
                name="phone"
                label=account.phone
                hint=account.phone_hint
                value=typed.phone.clone()
                kind="tel"
                optional=true
                problems=problems.clone()
            />
        }
    });
    view! {
        <ErrorSummary problems=problems.clone() labels=labels/>
        {nav("counter")}
        <div class="page-head">
            <h1>{w.counter_title}</h1>
            <p class="page-lead">{w.counter_lead}</p>
        </div>
        <form method="post" action=to("/desk/counter") novalidate>
            {entrance_field("entrance".to_owned(), &typed.entrance, w.entrance_choose, places, problems)}
            {room_field("room".to_owned(), typed.room, problems)}
            <TextField
                name="nickname"
                label=w.counter_nickname
                hint=account.nickname_hint
                value=typed.nickname
                max=12
                problems=problems.clone()
            />
            {tick("no_phone", w.counter_no_phone, Some(w.counter_no_phone_hint), &typed.no_phone, problems)}
            <TextField
                name="helper"
                label=w.counter_helper
                hint=w.counter_helper_hint
                value=typed.helper
                optional=true
                problems=problems.clone()
            />
            <TextField
                name="name"
                label=account.name
                value=typed.name
                optional=true
                problems=problems.clone()
            />
            <TextField
                name="password"
                label=w.counter_password
                hint=account.password_hint
                kind="password"
                autocomplete="new-password"
                optional=true
                problems=problems.clone()
            />
            {phone}
            {tick("adult", w.counter_adult, None, &typed.adult, problems)}
            {tick("consent", w.counter_consent, None, &typed.consent, problems)}
            <StepUpNote/>
            <button class="btn btn-primary btn-block">{w.counter_go}</button>
        </form>
    }
}

fn tick(
    name: &'static str,
    label: &'static str,
    hint: Option<&'static str>,
    typed: &str,
    problems: &Problems,
) -> impl IntoView + use<> {
    let error = problems.of_field(name, words());
    let described = match (&error, hint) {
        (Some(_), _) => Some(format!("{name}-e")),
        (None, Some(_)) => Some(format!("{name}-h")),
        (None, None) => None,
    };
    view! {
        <div class="field">
            <div class="check">
                <input
                    type="checkbox"
                    id=name
                    name=name
                    value="yes"
                    checked=!typed.is_empty()
                    aria-invalid=error.is_some().then_some("true")
                    aria-describedby=described
                />
                <label for=name>{label}</label>
            </div>
            {hint.map(|hint| view! { <p class="field-hint" id=format!("{name}-h")>{hint}</p> })}
            {error_line(name, error)}
        </div>
    }
}
