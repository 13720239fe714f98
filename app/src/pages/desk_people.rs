//! `/desk/people`: the committee's list of people, and one person's page.

use axum::Router;
use axum::extract::{Form, Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use domain::ids::PersonId;
use domain::permission::Action;
use leptos::prelude::*;
use serde::Deserialize;
use service::Error;
use service::look::{Details, DetailsForm, look_person, person_details_set};
use service::places::{CourtyardPlaces, courtyards};
use service::views::people::{People, PeopleFilter, PersonRow, people, person};

use super::desk::gate;
use super::desk_roles::{end_form, give_form, place_word};
use crate::dates::Day;
use crate::desk_nav::nav;
use crate::fail::Fail;
use crate::form::{Problems, TextField};
use crate::link::{parse, to};
use crate::parts::{Icon, NextPage};
use crate::redirect::see_other;
use crate::render::{cx, words};
use crate::shell::{Meta, Tab, no_store, page};
use crate::state::App;
use crate::viewer::Viewer;
use crate::words::people::PeopleWords;
use crate::words::terms::Term as _;

/// The addresses.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/desk/people", get(list))
        .route("/desk/people/{id}", get(one))
        .route("/desk/people/{id}/look", post(look))
        .route("/desk/people/{id}/details", post(details))
        .route("/desk/people/{id}/factor-reset", post(factor_reset))
        .route("/desk/people/{id}/helper", post(helper))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    q: String,
    courtyard: String,
    before: Option<String>,
}

async fn list(
    State(app): State<App>,
    viewer: Viewer,
    Query(asked): Query<Asked>,
) -> Result<Response, Fail> {
    let filter = PeopleFilter {
        text: asked.q,
        courtyard: asked.courtyard.parse().ok(),
        before: asked.before.and_then(|before| before.parse().ok()),
    };
    let found = people(&app.hall, viewer.actor(), &filter).await?;
    let yards = courtyards(&app.hall, viewer.community.id).await?;
    let title = viewer.words().people.people_title.to_owned();
    let meta = Meta { title, tab: Tab::Desk, ..Meta::default() };
    Ok(page(&app, &viewer, meta, move || list_body(found, filter, yards)))
}

fn list_body(found: People, filter: PeopleFilter, yards: Vec<CourtyardPlaces>) -> impl IntoView {
    let w = words().people;
    let options: Vec<_> = yards
        .into_iter()
        .map(|yard| {
            let chosen = filter.courtyard == Some(yard.id.0);
            view! { <option value=yard.id.0 selected=chosen>{yard.name}</option> }
        })
        .collect();
    let empty = found.rows.is_empty().then(|| {
        view! {
            <div class="empty">
                <Icon name="person"/>
                <h2>{w.none_found}</h2>
                <p>{w.none_found_text}</p>
            </div>
        }
    });
    let next = found.next.map(|before| {
        let pairs = [
            ("q", filter.text.clone()),
            ("courtyard", filter.courtyard.map(|id| id.to_string()).unwrap_or_default()),
            ("before", before.to_string()),
        ];
        let query = serde_urlencoded::to_string(pairs).unwrap_or_default();
        view! {
            <NextPage href=to(format!("/desk/people?{query}")) word=w.next_page/>
        }
    });
    let table = (!found.rows.is_empty()).then(|| {
        let rows: Vec<_> = found.rows.into_iter().map(|row| line(row, w)).collect();
        view! {
            <table class="table-desk">
                <thead>
                    <tr>
                        <th scope="col">{w.col_name}</th>
                        <th scope="col">{w.col_home}</th>
                        <th scope="col">{w.col_roles}</th>
                        <th scope="col">{w.col_came}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        }
    });
    view! {
        {nav("people")}
        <div class="page-head">
            <h1>{w.people_title}</h1>
            <p class="page-lead">{w.people_lead}</p>
        </div>
        <form class="filter" method="get" action=to("/desk/people") role="search">
            <div class="field">
                <label class="field-label" for="q">{w.find}</label>
                <input class="input" id="q" name="q" type="search" value=filter.text.clone()/>
            </div>
            <div class="field">
                <label class="field-label" for="courtyard">{w.courtyard}</label>
                <select class="select" id="courtyard" name="courtyard">
                    <option value="">{w.everywhere}</option>
                    {options}
                </select>
            </div>
            <button class="btn btn-secondary">{w.find_do}</button>
        </form>
        {empty}
        {table}
        {next}
    }
}

fn line(row: PersonRow, w: &'static PeopleWords) -> impl IntoView {
    let lang = words().lang;
    let roles: Vec<_> = row.roles.iter().map(|held| held.role.word(lang)).collect();
    let roles =
        if roles.is_empty() { w.no_roles.to_owned() } else { roles.join(lang.pick("、", ", ")) };
    view! {
        <tr>
            <th scope="row"><a href=to(format!("/desk/people/{}", row.id))>{row.nickname.clone()}</a></th>
            <td data-label=w.col_home>{home(&row, w)}</td>
            <td data-label=w.col_roles>{roles}</td>
            <td data-label=w.col_came>
                {row.home.is_some().then(|| came(&row.came_by, w))}
                " "
                <Day at=row.came_at/>
            </td>
        </tr>
    }
}

fn home(row: &PersonRow, w: &PeopleWords) -> String {
    row.home.as_ref().map_or_else(|| w.no_home.to_owned(), |(yard, door)| format!("{yard} {door}"))
}

fn came(by: &str, w: &PeopleWords) -> &'static str {
    match by {
        "slip" => w.came_slip,
        "household" => w.came_household,
        "vouch" => w.came_vouch,
        "counter" => w.came_counter,
        _ => w.came_operator,
    }
}

/// What the page of one person shows besides the person.
#[derive(Debug, Default)]
struct Shown {
    /// What a look showed.
    details: Option<Details>,
    /// Problems of one of the forms.
    problems: Problems,
    /// What was typed into it.
    helper: String,
    typed: DetailsForm,
    status: Option<StatusCode>,
}

async fn one(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<String>,
) -> Result<Response, Fail> {
    person_page(&app, &viewer, parse(&id)?, Shown::default()).await
}

async fn person_page(
    app: &App,
    viewer: &Viewer,
    id: PersonId,
    shown: Shown,
) -> Result<Response, Fail> {
    let row = person(&app.hall, viewer.actor(), id).await?;
    let places = service::places::places(&app.hall, viewer.community.id).await?;
    let meta = Meta {
        title: row.nickname.clone(),
        tab: Tab::Desk,
        narrow: true,
        status: shown.status,
        ..Meta::default()
    };
    Ok(page(app, viewer, meta, move || person_body(row, places, shown)))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct LookForm {
    reason: String,
}

async fn look(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<String>,
    Form(form): Form<LookForm>,
) -> Result<Response, Fail> {
    let actor = gate(&viewer, Action::RollLook)?;
    let id = parse(&id)?;
    let shown = match look_person(&app.hall, actor, id, &form.reason).await {
        Ok(details) => Shown { details: Some(details), ..Shown::default() },
        Err(error) => invalid(error)?,
    };
    Ok(no_store(person_page(&app, &viewer, id, shown).await?))
}

async fn details(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<String>,
    Form(form): Form<DetailsForm>,
) -> Result<Response, Fail> {
    let actor = gate(&viewer, Action::RollChange)?;
    let id = parse(&id)?;
    match person_details_set(&app.hall, actor, id, &form).await {
        Ok(()) => Ok(see_other(&format!("/desk/people/{id}"), Some("saved"))),
        Err(error) => {
            let shown = Shown { typed: form, ..invalid(error)? };
            person_page(&app, &viewer, id, shown).await
        }
    }
}

async fn factor_reset(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<String>,
) -> Result<Response, Fail> {
    let actor = gate(&viewer, Action::RoleGive)?;
    let id = parse(&id)?;
    service::factor::factor_reset(&app.hall, actor, id).await?;
    Ok(see_other(&format!("/desk/people/{id}"), Some("saved")))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct HelperForm {
    helper: String,
}

async fn helper(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<String>,
    Form(form): Form<HelperForm>,
) -> Result<Response, Fail> {
    let actor = gate(&viewer, Action::RollChange)?;
    let id = parse(&id)?;
    let named = Some(form.helper.trim()).filter(|name| !name.is_empty());
    match service::helper::helper_set(&app.hall, actor, id, named).await {
        Ok(()) => Ok(see_other(&format!("/desk/people/{id}"), Some("saved"))),
        Err(error) => {
            let shown = Shown { helper: form.helper, ..invalid(error)? };
            person_page(&app, &viewer, id, shown).await
        }
    }
}

fn invalid(error: Error) -> Result<Shown, Fail> {
    let status = Some(StatusCode::UNPROCESSABLE_ENTITY);
    Ok(Shown { problems: Problems::of(error)?, status, ..Shown::default() })
}

fn person_body(row: PersonRow, places: Vec<CourtyardPlaces>, shown: Shown) -> impl IntoView {
    let cx = cx();
    let w = cx.words().people;
    let lang = cx.words().lang;
    let (looks, changes, gives) = (
        cx.viewer.may(Action::RollLook),
        cx.viewer.may(Action::RollChange),
        cx.viewer.may(Action::RoleGive),
    );
    let own = cx.viewer.actor().is_some_and(|actor| actor.person == row.id);
    let at = format!("/desk/people/{}", row.id);
    let roles: Vec<_> = row
        .roles
        .iter()
        .map(|held| {
            view! {
                <li class="role-held">
                    <p>
                        <b>{held.role.word(lang)}</b>
                        " · "
                        {place_word(held, w)}
                        " · "
                        {super::desk_roles::time_word(held, cx.words())}
                    </p>
                    {gives.then(|| end_form(held, at.clone()))}
                </li>
            }
        })
        .collect();
    let signs = match (&row.sign_in_name, row.signs_in) {
        (_, false) => w.no_phone.to_owned(),
        (None, true) => w.signs_by_email.to_owned(),
        (Some(name), true) => name.clone(),
    };
    let pick = |yes: bool, a: &'static str, b: &'static str| if yes { a } else { b };
    view! {
        {nav("people")}
        <div class="page-head">
            <a class="crumb" href=to("/desk/people")><Icon name="chevron"/>{w.people_title}</a>
            <h1>{row.nickname.clone()}</h1>
        </div>
        <dl class="kv">
            <dt>{w.col_home}</dt><dd>{home(&row, w)}</dd>
            <dt>{w.sign_in_name}</dt><dd>{signs}</dd>
            <dt>{w.col_came}</dt><dd>{came(&row.came_by, w)}" "<Day at=row.came_at/></dd>
            <dt>{w.email}</dt><dd>{pick(row.has_email, w.email_yes, w.email_no)}</dd>
            <dt>{w.factor}</dt><dd>{pick(row.has_factor, w.factor_yes, w.factor_no)}</dd>
            <dt>{w.helper}</dt><dd>{row.helper.clone().unwrap_or_else(|| w.helper_none.to_owned())}</dd>
        </dl>
        {shown.details.map(|details| details_card(details, w))}
        {looks.then(|| look_form(&at, &shown.problems, w))}
        <section class="section">
            <h2>{w.roles_title}</h2>
            {roles.is_empty().then(|| view! { <p class="field-hint">{w.no_roles}</p> })}
            <ul class="plain">{roles}</ul>
            {(gives && !own).then(|| give_form(row.id, places, at.clone()))}
        </section>
        {changes.then(|| view! {
            <section class="section">
                <h2>{w.helper_title}</h2>
                <p class="field-hint">{w.helper_lead}</p>
                <form method="post" action=to(format!("{at}/helper"))>
                    <TextField name="helper" label=w.helper_name optional=true value=shown.helper problems=shown.problems.clone()/>
                    <button class="btn btn-secondary">{w.helper_do}</button>
                </form>
            </section>
            <section class="section">
                <h2>{w.details_title}</h2>
                <p class="field-hint">{w.details_lead}</p>
                <form method="post" action=to(format!("{at}/details"))>
                    <TextField name="real_name" label=w.real_name value=shown.typed.real_name optional=true problems=shown.problems.clone()/>
                    {tick("real_name_gone", w.real_name_gone, &shown.typed.real_name_gone)}
                    <TextField name="phone" label=w.phone value=shown.typed.phone kind="tel" optional=true problems=shown.problems.clone()/>
                    {tick("phone_gone", w.phone_gone, &shown.typed.phone_gone)}
                    <button class="btn btn-secondary">{w.details_do}</button>
                </form>
            </section>
            <section class="section">
                <h2>{w.access_title}</h2>
                <form method="post" action=to(format!("{at}/reset-slip"))>
                    <button class="btn btn-secondary">{w.reset_slip}</button>
                </form>
                {(gives && !own && row.has_factor).then(|| view! {
                    <form method="post" action=to(format!("{at}/factor-reset"))>
                        <p class="field-hint">{w.factor_reset_hint}</p>
                        <button class="btn btn-danger">{w.factor_reset}</button>
                    </form>
                })}
            </section>
        })}
    }
}

/// A box to tick.
fn tick(name: &'static str, label: &'static str, typed: &str) -> impl IntoView + use<> {
    let checked = !typed.is_empty();
    view! {
        <div class="choice">
            <input type="checkbox" id=name name=name value="1" checked=checked/>
            <label for=name>{label}</label>
        </div>
    }
}

fn details_card(details: Details, w: &'static PeopleWords) -> impl IntoView {
    let or = |text: Option<String>| text.unwrap_or_else(|| w.not_kept.to_owned());
    view! {
        <section class="card" role="status">
            <dl class="kv">
                <dt>{w.sign_in_name}</dt><dd>{details.sign_in_name.unwrap_or_else(|| w.no_phone.to_owned())}</dd>
                <dt>{w.room}</dt><dd>{or(details.room)}</dd>
                <dt>{w.real_name}</dt><dd>{or(details.real_name)}</dd>
                <dt>{w.phone}</dt><dd>{or(details.phone)}</dd>
            </dl>
            <p class="field-hint">{w.looked}</p>
        </section>
    }
}

fn look_form(at: &str, problems: &Problems, w: &'static PeopleWords) -> impl IntoView + use<> {
    let error = problems.of_field("reason", words());
    let reasons: Vec<_> =
        [("contact", w.look_contact), ("check", w.look_check), ("emergency", w.look_emergency)]
            .into_iter()
            .map(|(value, word)| {
                let id = format!("reason-{value}");
                view! {
                    <div class="choice">
                        <input type="radio" id=id.clone() name="reason" value=value/>
                        <label for=id>{word}</label>
                    </div>
                }
            })
            .collect();
    view! {
        <section class="section">
            <h2>{w.look_title}</h2>
            <p class="field-hint">{w.look_lead}</p>
            <form method="post" action=to(format!("{at}/look"))>
                <fieldset class="field">
                    <legend class="field-label">{w.look_why}</legend>
                    {reasons}
                    {crate::form::error_line("reason", error)}
                </fieldset>
                <button class="btn btn-secondary">{w.look_do}</button>
            </form>
        </section>
    }
}
