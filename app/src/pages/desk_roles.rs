//! `/desk/roles`: who holds what; giving and ending a role. `/offices`: the same for everyone to read.

use axum::Router;
use axum::extract::{Form, Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use domain::ids::{PersonId, RoleGrantId};
use domain::permission::Action;
use domain::place::ScopeKind;
use domain::role::Role;
use domain::role_rule::places_of;
use leptos::prelude::*;
use serde::Deserialize;
use service::places::CourtyardPlaces;
use service::role::{RoleForm, role_end, role_give};
use service::views::people::{GrantRow, roles_ended, roles_held};

use super::desk::gate;
use crate::dates::{day, iso_day};
use crate::desk_nav::nav;
use crate::fail::Fail;
use crate::form::Problems;
use crate::link::{parse, to};
use crate::parts::Icon;
use crate::redirect::{local, see_other};
use crate::render::{cx, words};
use crate::shell::{Meta, Tab, page};
use crate::state::App;
use crate::viewer::Viewer;
use crate::words::people::PeopleWords;
use crate::words::terms::Term as _;
use crate::words::{Words, fill};

/// Roles that everybody may know: who answers to them, and for which place.
const PUBLIC: &[Role] = &[
    Role::CommitteeHead,
    Role::CommitteeMember,
    Role::OversightBoard,
    Role::CouncilMember,
    Role::EntranceLead,
    Role::ResidentRep,
];

/// The addresses.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/desk/roles", get(list))
        .route("/desk/roles/give", post(give))
        .route("/desk/roles/{id}/end", post(end))
        .route("/offices", get(offices))
}

async fn list(State(app): State<App>, viewer: Viewer) -> Result<Response, Fail> {
    let actor = gate(&viewer, Action::DeskRead)?;
    let held = roles_held(&app.hall, actor.community).await?;
    let ended = roles_ended(&app.hall, viewer.actor()).await?;
    let gives = viewer.may(Action::RoleGive);
    let title = viewer.words().people.roles_title.to_owned();
    let meta = Meta { title, tab: Tab::Desk, ..Meta::default() };
    Ok(page(&app, &viewer, meta, move || list_body(held, ended, gives)))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct GiveForm {
    person: String,
    role: String,
    place: String,
    until: String,
    back: String,
}

async fn give(
    State(app): State<App>,
    viewer: Viewer,
    Form(form): Form<GiveForm>,
) -> Result<Response, Fail> {
    let actor = gate(&viewer, Action::RoleGive)?;
    let person: PersonId = parse(&form.person)?;
    let typed =
        RoleForm { role: form.role.clone(), place: form.place.clone(), until: form.until.clone() };
    match role_give(&app.hall, actor, person, &typed).await {
        Ok(_) => Ok(see_other(&back(&viewer, &form.back), Some("saved"))),
        Err(error) => {
            let problems = Problems::of(error)?;
            let row = service::views::people::person(&app.hall, viewer.actor(), person).await?;
            let places = service::places::places(&app.hall, viewer.community.id).await?;
            let meta = Meta {
                title: viewer.words().people.give_title.to_owned(),
                tab: Tab::Desk,
                narrow: true,
                status: Some(StatusCode::UNPROCESSABLE_ENTITY),
                ..Meta::default()
            };
            Ok(page(&app, &viewer, meta, move || {
                view! {
                    {nav("roles")}
                    <div class="page-head"><h1>{row.nickname}</h1></div>
                    {give_form_with(person, places, form, &problems)}
                }
            }))
        }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct EndForm {
    reason: String,
    back: String,
}

async fn end(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<String>,
    Form(form): Form<EndForm>,
) -> Result<Response, Fail> {
    let actor = &viewer.require()?.actor;
    let grant: RoleGrantId = parse(&id)?;
    role_end(&app.hall, actor, grant, &form.reason).await?;
    Ok(see_other(&back(&viewer, &form.back), Some("saved")))
}

/// Where the form stood: an address of ours without the community's prefix, which is put before it later.
fn back(viewer: &Viewer, typed: &str) -> String {
    let to = if typed.is_empty() { "/desk/roles".to_owned() } else { local(typed) };
    to.strip_prefix(&viewer.community.prefix).map_or(to.clone(), str::to_owned)
}

async fn offices(State(app): State<App>, viewer: Viewer) -> Result<Response, Fail> {
    let mut held = roles_held(&app.hall, viewer.community.id).await?;
    held.retain(|row| PUBLIC.contains(&row.role) && !row.nickname.is_empty());
    let title = viewer.words().people.offices_title.to_owned();
    let meta = Meta { title, narrow: true, ..Meta::default() };
    Ok(page(&app, &viewer, meta, move || {
        let words = words();
        let w = words.people;
        let empty = held.is_empty().then(|| view! { <p class="empty">{w.offices_none}</p> });
        let groups: Vec<_> = PUBLIC
            .iter()
            .filter_map(|role| {
                let rows: Vec<_> = held
                    .iter()
                    .filter(|row| row.role == *role)
                    .map(|row| view! { <li>{row.nickname.clone()}" · "{place_word(row, w)}</li> })
                    .collect();
                (!rows.is_empty()).then(|| {
                    view! {
                        <section class="section">
                            <h2>{role.word(words.lang)}</h2>
                            <ul class="plain">{rows}</ul>
                        </section>
                    }
                })
            })
            .collect();
        view! {
            <div class="page-head">
                <h1>{w.offices_title}</h1>
                <p class="page-lead">{w.offices_lead}</p>
            </div>
            {empty}
            {groups}
        }
    }))
}

fn list_body(held: Vec<GrantRow>, ended: Vec<GrantRow>, gives: bool) -> impl IntoView {
    let w = words().people;
    let none = held.is_empty().then(|| view! { <p class="empty">{w.roles_none}</p> });
    let groups: Vec<_> = Role::ALL
        .iter()
        .filter_map(|role| {
            let rows: Vec<_> =
                held.iter().filter(|row| row.role == *role).map(|row| line(row, gives)).collect();
            (!rows.is_empty()).then(|| {
                let word = role.word(words().lang);
                view! {
                    <section class="section">
                        <h2>{word}</h2>
                        <ul class="plain">{rows}</ul>
                    </section>
                }
            })
        })
        .collect();
    let ended = (!ended.is_empty()).then(|| {
        let rows: Vec<_> = ended
            .iter()
            .map(|row| {
                view! {
                    <li class="role-held">
                        <p>
                            {row.role.word(words().lang)}
                            " · "
                            {person_link(row)}
                            " · "
                            {place_word(row, w)}
                            " · "
                            {time_word(row, words())}
                        </p>
                    </li>
                }
            })
            .collect();
        view! {
            <section class="section">
                <h2>{w.roles_ended}</h2>
                <ul class="plain">{rows}</ul>
            </section>
        }
    });
    view! {
        {nav("roles")}
        <div class="page-head">
            <h1>{w.roles_title}</h1>
            <p class="page-lead">{w.roles_lead}</p>
            <p class="field-hint">
                {if gives { w.give_from_people } else { w.head_only }}
                " "
                {gives.then(|| view! { <a href=to("/desk/people")>{w.nav_people}</a> })}
            </p>
        </div>
        {none}
        {groups}
        {ended}
    }
}

fn line(row: &GrantRow, gives: bool) -> impl IntoView + use<> {
    let w = words().people;
    view! {
        <li class="role-held">
            <p>
                {person_link(row)}
                " · "
                {place_word(row, w)}
                " · "
                {time_word(row, words())}
            </p>
            {gives.then(|| end_form(row, "/desk/roles".to_owned()))}
        </li>
    }
}

fn person_link(row: &GrantRow) -> AnyView {
    if row.nickname.is_empty() {
        return view! { <span>{words().people.audit_gone}</span> }.into_any();
    }
    view! { <a href=to(format!("/desk/people/{}", row.person))>{row.nickname.clone()}</a> }
        .into_any()
}

/// The place of a role in words.
pub(super) fn place_word(row: &GrantRow, w: &PeopleWords) -> String {
    row.place.clone().unwrap_or_else(|| w.whole.to_owned())
}

/// Since when and until when.
pub(super) fn time_word(row: &GrantRow, words: &Words) -> String {
    let w = words.people;
    let today = cx().viewer.now.local_date();
    let word = |at: domain::time::Timestamp| day(at.local_date(), today, words.lang);
    let since = fill(w.role_since, &[("day", &word(row.since))]);
    let until = match row.until {
        Some(until) => fill(w.role_until, &[("day", &word(until))]),
        None => w.role_open.to_owned(),
    };
    format!("{since}{}{until}", words.lang.pick("，", ", "))
}

/// The form that ends a role, folded away.
pub(super) fn end_form(row: &GrantRow, back: String) -> impl IntoView + use<> {
    let w = words().people;
    let id = format!("reason-{}", row.id);
    let own = cx().viewer.actor().is_some_and(|actor| actor.person == row.person);
    let reason = (!own).then(|| {
        view! {
            <div class="field">
                <label class="field-label" for=id.clone()>{w.end_reason}</label>
                <input class="input" id=id name="reason" required minlength="5" maxlength="500"/>
            </div>
        }
    });
    view! {
        <details class="fold">
            <summary>{w.end_do}</summary>
            <form method="post" action=to(format!("/desk/roles/{}/end", row.id))>
                <input type="hidden" name="back" value=back/>
                {reason}
                <button class="btn btn-danger">{w.end_do}</button>
            </form>
        </details>
    }
}

/// The form that gives a role to a person.
pub(super) fn give_form(
    person: PersonId,
    places: Vec<CourtyardPlaces>,
    back: String,
) -> impl IntoView {
    let form = GiveForm { back, ..GiveForm::default() };
    give_form_with(person, places, form, &Problems::default())
}

fn give_form_with(
    person: PersonId,
    places: Vec<CourtyardPlaces>,
    form: GiveForm,
    problems: &Problems,
) -> impl IntoView + use<> {
    let cx = cx();
    let words = cx.words();
    let w = words.people;
    let roles: Vec<_> = Role::ALL
        .iter()
        .filter(|role| !places_of(**role).is_empty())
        .map(|role| {
            let chosen = form.role == role.as_str();
            view! { <option value=role.as_str() selected=chosen>{role.word(words.lang)}</option> }
        })
        .collect();
    let option = |kind: ScopeKind, id: i64, name: String| {
        let value = format!("{}:{id}", kind.as_str());
        let chosen = form.place == value;
        view! { <option value=value selected=chosen>{name}</option> }
    };
    let whole = option(ScopeKind::Community, cx.viewer.community.id.0, w.whole.to_owned());
    let yards: Vec<_> = places
        .into_iter()
        .map(|yard| {
            let name = yard.name.clone();
            let doors: Vec<_> = yard
                .entrances
                .into_iter()
                .map(|door| option(ScopeKind::Entrance, door.id.0, format!("{name} {}", door.name)))
                .collect();
            let name = yard.name.clone();
            view! {
                <optgroup label=name>
                    {option(ScopeKind::Courtyard, yard.id.0, yard.name)}
                    {doors}
                </optgroup>
            }
        })
        .collect();
    let role_error = problems.of_field("role", words);
    let place_error = problems.of_field("place", words);
    let tomorrow = cx.viewer.now.plus_days(1).local_date();
    let until_error = problems.of_field("until", words);
    view! {
        <section class="set">
            <h3>{w.give_title}</h3>
            <form method="post" action=to("/desk/roles/give")>
                <input type="hidden" name="person" value=person.0/>
                <input type="hidden" name="back" value=form.back.clone()/>
                <div class="field">
                    <label class="field-label" for="role">{w.give_role}</label>
                    <select class="select" id="role" name="role" aria-invalid=role_error.is_some().then_some("true")>
                        <option value="">{w.choose}</option>
                        {roles}
                    </select>
                    {crate::form::error_line("role", role_error)}
                </div>
                <div class="field">
                    <label class="field-label" for="place">{w.give_place}</label>
                    <select class="select" id="place" name="place" aria-invalid=place_error.is_some().then_some("true")>
                        <option value="">{w.choose}</option>
                        {whole}
                        {yards}
                    </select>
                    {crate::form::error_line("place", place_error)}
                </div>
                <div class="field">
                    <label class="field-label" for="until">{w.give_until}</label>
                    <p class="field-hint" id="until-h">{w.give_until_hint}</p>
                    <input class="input" type="date" id="until" name="until" min=iso_day(tomorrow) value=form.until.clone() aria-describedby="until-h"/>
                    {crate::form::error_line("until", until_error)}
                </div>
                <button class="btn btn-secondary"><Icon name="check"/>{w.give_do}</button>
            </form>
        </section>
    }
}
