//! `/desk/owners`: what an owners' vote would rest on. The list of owners is the answer to a look, which is
//! recorded.

use axum::Router;
use axum::extract::{Form, Path, State};
use axum::response::Response;
use axum::routing::{get, post};
use domain::owners::{Voter, square_metres};
use domain::permission::Action;
use leptos::prelude::*;
use serde::Deserialize;
use service::owners::{
    HeadLine, OwnerLine, OwnerSums, OwnersPage, ShowHeads, UnitLine, owner_representative_set,
    owner_sums, owners_look,
};

use super::desk::gate;
use super::desk_roll::look_pager;
use crate::desk_nav::nav;
use crate::fail::Fail;
use crate::link::{parse, to};
use crate::parts::Icon;
use crate::redirect::see_other;
use crate::render::words;
use crate::shell::{Meta, Tab, page};
use crate::state::App;
use crate::viewer::Viewer;
use crate::words::fill;

/// The addresses.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/desk/owners", get(show))
        .route("/desk/owners/look", post(look))
        .route("/desk/owners/units/{id}/representative", post(representative))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct LookForm {
    show: String,
    page: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct NameForm {
    representative: String,
}

fn meta(viewer: &Viewer) -> Meta {
    Meta { title: viewer.words().roll.owners_title.to_owned(), tab: Tab::Desk, ..Meta::default() }
}

async fn show(State(app): State<App>, viewer: Viewer) -> Result<Response, Fail> {
    let actor = gate(&viewer, Action::RollLook)?;
    let sums = owner_sums(&app.hall, actor).await?;
    Ok(page(&app, &viewer, meta(&viewer), move || summary(sums)))
}

async fn look(
    State(app): State<App>,
    viewer: Viewer,
    Form(form): Form<LookForm>,
) -> Result<Response, Fail> {
    let actor = gate(&viewer, Action::RollLook)?;
    let at = form.page.parse().unwrap_or(1);
    let seen = owners_look(&app.hall, actor, ShowHeads::from_name(&form.show), at).await?;
    Ok(page(&app, &viewer, meta(&viewer), move || list(seen)))
}

async fn representative(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<String>,
    Form(form): Form<NameForm>,
) -> Result<Response, Fail> {
    let actor = gate(&viewer, Action::RollChange)?;
    let id = parse(&id)?;
    owner_representative_set(&app.hall, actor, id, &form.representative).await?;
    Ok(see_other("/desk/owners", Some("saved")))
}

fn summary(sums: OwnerSums) -> impl IntoView {
    let w = words().roll;
    let inside = if sums.units == 0 {
        view! {
            <div class="empty">
                <Icon name="home"/>
                <h2>{w.owners_none}</h2>
                <p>{w.owners_none_text}</p>
                <a class="btn btn-secondary" href=to("/desk/roll")>{w.title}</a>
            </div>
        }
        .into_any()
    } else {
        let area = square_metres(sums.silent_area);
        let silent = (sums.silent > 0).then(|| {
            let text = fill(w.owners_silent_text, &[("n", &sums.silent), ("area", &area)]);
            view! {
                <p class="notice notice-warn"><Icon name="info"/><span><strong>{w.owners_silent}</strong>" "{text}</span></p>
            }
        });
        let only = (sums.silent > 0).then(|| {
            view! { <button class="btn btn-secondary" name="show" value="silent">{w.owners_look_silent}</button> }
        });
        view! {
            <dl class="figures">
                <div><dt>{w.owners_units}</dt><dd>{sums.units}</dd></div>
                <div><dt>{w.owners_heads}</dt><dd>{sums.heads}</dd></div>
                <div><dt>{w.owners_area}</dt><dd>{square_metres(sums.area)}" "<small>"㎡"</small></dd></div>
            </dl>
            {silent}
            <form method="post" action=to("/desk/owners/look")>
                <p class="field-hint">{w.look_hint}</p>
                <div class="btn-row">
                    <button class="btn btn-primary" name="show" value="all">{w.owners_look}</button>
                    {only}
                </div>
            </form>
        }
        .into_any()
    };
    view! {
        {nav("owners")}
        <div class="page-head">
            <h1>{w.owners_title}</h1>
            <p class="page-lead">{w.owners_lead}</p>
        </div>
        {inside}
    }
}

fn list(seen: OwnersPage) -> impl IntoView {
    let w = words().roll;
    let pager =
        look_pager("/desk/owners/look".to_owned(), seen.show.as_str(), seen.page, seen.pages);
    let heads: Vec<_> = seen.heads.into_iter().map(head).collect();
    view! {
        {nav("owners")}
        <div class="page-head">
            <a class="crumb" href=to("/desk/owners")><Icon name="chevron"/>{w.owners_back}</a>
            <h1>{w.owners_title}</h1>
        </div>
        <ul class="row-list">{heads}</ul>
        {pager}
    }
}

fn head(head: HeadLine) -> impl IntoView {
    let all = words();
    let w = all.roll;
    let names: Vec<_> = head.owners.iter().map(|owner| owner.name.as_str()).collect();
    let names = names.join(all.lang.pick("、", ", "));
    let phones: Vec<_> = head.owners.iter().filter_map(|owner| owner.phone.clone()).collect();
    let phones = phones.join(all.lang.pick("、", ", "));
    let voter = match head.voter {
        Voter::Owner(id) => head
            .owners
            .iter()
            .find(|owner| owner.id == id)
            .map_or_else(String::new, |owner| owner.name.clone()),
        Voter::NotNamed => w.owners_not_named.to_owned(),
        Voter::Disputed => w.owners_disputed.to_owned(),
        Voter::Unknown => w.owners_unknown.to_owned(),
    };
    let joint = head.owners.len() > 1;
    let owners = head.owners;
    let units: Vec<_> = head
        .units
        .into_iter()
        .map(|unit| {
            let text = format!("{} · {} ㎡", unit.place, square_metres(unit.area));
            let form = joint.then(|| name_form(&unit, &owners));
            view! { <li>{text}{form}</li> }
        })
        .collect();
    view! {
        <li class="row">
            <h2 class="row-title">{names}</h2>
            <div class="row-meta">
                <p>{w.owners_voter}{all.lang.pick("：", ": ")}{voter}</p>
                {(!phones.is_empty()).then(|| view! { <p>{phones}</p> })}
                <ul>{units}</ul>
            </div>
            <p class="row-number">{square_metres(head.area)}" ㎡"</p>
        </li>
    }
}

fn name_form(unit: &UnitLine, owners: &[OwnerLine]) -> impl IntoView + use<> {
    let w = words().roll;
    let control = format!("named-{}", unit.id);
    let options: Vec<_> = owners
        .iter()
        .map(|owner| {
            let selected = unit.representative == Some(owner.id);
            view! { <option value=owner.id.to_string() selected=selected>{owner.name.clone()}</option> }
        })
        .collect();
    view! {
        <form method="post" action=to(format!("/desk/owners/units/{}/representative", unit.id))>
            <label class="field-label" for=control.clone()>{w.owners_name}</label>
            <select class="select" id=control name="representative">
                <option value="">{w.owners_name_none}</option>
                {options}
            </select>
            <button class="btn btn-secondary btn-small">
                {w.owners_name_go}
                <span class="visually-hidden">{format!(" {}", unit.place)}</span>
            </button>
        </form>
    }
}
