//! `/desk/places/entrances/{id}`: an entrance and what can be changed; never its rooms.

use axum::Router;
use axum::extract::{Form, Path, State};
use axum::response::Response;
use axum::routing::{get, post};
use domain::ids::EntranceId;
use domain::permission::Action;
use leptos::prelude::*;
use serde::Deserialize;
use service::places::{
    EntranceDesk, Place, entrance_desk, entrance_merge, household_add, place_end, place_rename,
};
use service::views::desk::desk_permit;

use super::acts::{Act, act, name_field, reason_field, refused_note};
use super::{Back, NameForm, may_act, roll};
use crate::desk_nav::nav;
use crate::fail::Fail;
use crate::form::error_line;
use crate::link::{parse, to};
use crate::pages::desk::{gate, read_only};
use crate::pages::desk_matter::fields::Fields;
use crate::parts::Icon;
use crate::redirect::see_other;
use crate::render::words;
use crate::shell::page;
use crate::state::App;
use crate::viewer::Viewer;
use crate::words::fill;

/// The addresses.
pub(super) fn routes() -> Router<App> {
    // A form that came back leaves its own address in the browser: reading it leads to the entrance.
    let form = |handler| get(lead_back).merge(handler);
    Router::new()
        .route("/desk/places/entrances/{id}", get(show))
        .route("/desk/places/entrances/{id}/rename", form(post(rename)))
        .route("/desk/places/entrances/{id}/merge", form(post(merge)))
        .route("/desk/places/entrances/{id}/households", form(post(add)))
        .route("/desk/places/entrances/{id}/end", form(post(end)))
        .route("/desk/places/entrances/{id}/look", form(post(roll::look)))
        .route("/desk/places/entrances/{id}/split", form(post(roll::split)))
        .route("/desk/places/entrances/{id}/move-out", form(post(roll::move_out)))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct MergeForm {
    into: String,
    reason: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct RoomsForm {
    rooms: String,
}

async fn show(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<String>,
) -> Result<Response, Fail> {
    render(&app, &viewer, parse(&id)?, Back::default()).await
}

async fn lead_back(viewer: Viewer, Path(id): Path<String>) -> Result<Response, Fail> {
    desk_permit(viewer.actor())?;
    Ok(see_other(&address(parse(&id)?), None))
}

async fn rename(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<String>,
    Form(form): Form<NameForm>,
) -> Result<Response, Fail> {
    let actor = gate(&viewer, Action::PlacesChange)?;
    let id = parse(&id)?;
    let place = Place::Entrance(id);
    match place_rename(&app.hall, actor, place, &form.name, &form.reason).await {
        Ok(()) => Ok(see_other(&address(id), Some("place_changed"))),
        Err(error) => {
            let typed = vec![("name", form.name), ("reason", form.reason)];
            render(&app, &viewer, id, Back::of(error, "rename", typed)?).await
        }
    }
}

async fn merge(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<String>,
    Form(form): Form<MergeForm>,
) -> Result<Response, Fail> {
    let actor = gate(&viewer, Action::PlacesChange)?;
    let id = parse(&id)?;
    match entrance_merge(&app.hall, actor, id, &form.into, &form.reason).await {
        Ok(into) => Ok(see_other(&address(into), Some("place_changed"))),
        Err(error) => {
            let typed = vec![("into", form.into), ("reason", form.reason)];
            render(&app, &viewer, id, Back::of(error, "merge", typed)?).await
        }
    }
}

async fn add(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<String>,
    Form(form): Form<RoomsForm>,
) -> Result<Response, Fail> {
    let actor = gate(&viewer, Action::RollChange)?;
    let id = parse(&id)?;
    match household_add(&app.hall, actor, id, &form.rooms).await {
        Ok(_) => Ok(see_other(&address(id), Some("homes_added"))),
        Err(error) => {
            let back = Back::of(error, "homes", vec![("rooms", form.rooms)])?;
            render(&app, &viewer, id, back).await
        }
    }
}

async fn end(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<String>,
    Form(form): Form<NameForm>,
) -> Result<Response, Fail> {
    let actor = gate(&viewer, Action::PlacesChange)?;
    let id = parse(&id)?;
    match place_end(&app.hall, actor, Place::Entrance(id), &form.reason).await {
        Ok(()) => Ok(see_other("/desk/places", Some("place_ended"))),
        Err(error) => {
            let back = Back::of(error, "end", vec![("reason", form.reason)])?;
            render(&app, &viewer, id, back).await
        }
    }
}

pub(super) fn address(id: EntranceId) -> String {
    format!("/desk/places/entrances/{id}")
}

/// An entrance's name with its courtyard's.
pub(super) fn full_name(entrance: &EntranceDesk) -> String {
    format!("{} {}", entrance.courtyard_name, entrance.place.name)
}

pub(super) async fn render(
    app: &App,
    viewer: &Viewer,
    id: EntranceId,
    back: Back,
) -> Result<Response, Fail> {
    let view = entrance_desk(&app.hall, viewer.actor(), id).await?;
    let may_act = may_act(viewer);
    let meta = back.meta(full_name(&view));
    Ok(page(app, viewer, meta, move || body(&view, &back, may_act)))
}

fn body(view: &EntranceDesk, back: &Back, may_act: bool) -> impl IntoView + use<> {
    let w = words().places;
    let place = &view.place;
    let crumb = to(format!("/desk/places/courtyards/{}", view.courtyard));
    let look = may_act.then(|| {
        view! {
            <section class="section" aria-labelledby="look">
                <h2 class="section-head" id="look">{w.look_title}</h2>
                <p>{w.look_lead}</p>
                <p class="field-hint">{w.split_where}</p>
                <form method="post" action=to(format!("{}/look", address(place.id)))>
                    <button class="btn btn-primary">{w.look_go}</button>
                </form>
            </section>
        }
    });
    let acts = may_act.then(|| acts(view, back));
    view! {
        {nav("places")}
        <div class="page-head">
            <a class="crumb" href=crumb><Icon name="chevron"/>{view.courtyard_name.clone()}</a>
            <h1>{full_name(view)}</h1>
            <p class="page-lead">
                {fill(w.sums, &[("h", &place.households), ("m", &place.members)])}
            </p>
        </div>
        {refused_note(back)}
        {(!may_act).then(read_only)}
        {look}
        {acts}
    }
}

fn acts(view: &EntranceDesk, back: &Back) -> impl IntoView + use<> {
    let w = words().places;
    let place = &view.place;
    let address = |act: &str| to(format!("{}/{act}", address(place.id)));
    let (homes, rename, merge, end) = (
        Fields::of("homes", &back.typed),
        Fields::of("rename", &back.typed),
        Fields::of("merge", &back.typed),
        Fields::of("end", &back.typed),
    );
    let merge = (!view.others.is_empty()).then(|| {
        act(Act {
            fields: &merge,
            verb: w.merge,
            sees: w.merge_sees,
            action: address("merge"),
            labels: &[("into", w.merge_into), ("reason", w.reason)],
            inner: view! { {into_field(view, &merge)}{reason_field(&merge)} }.into_any(),
            go: w.merge_go,
        })
    });
    view! {
        <section class="section" aria-labelledby="acts">
            <h2 class="section-head" id="acts">{w.acts}</h2>
            <div class="act-list">
                {act(Act {
                    fields: &homes,
                    verb: w.homes_add,
                    sees: w.homes_add_sees,
                    action: address("households"),
                    labels: &[("rooms", w.rooms)],
                    inner: homes.lines("rooms", w.rooms, w.rooms_hint, "", 6, true).into_any(),
                    go: w.homes_add_go,
                })}
                {act(Act {
                    fields: &rename,
                    verb: w.rename,
                    sees: w.rename_sees,
                    action: address("rename"),
                    labels: &[("name", w.rename_name), ("reason", w.reason)],
                    inner: view! {
                        {name_field(&rename, w.rename_name, w.door_name_hint, &place.name)}
                        {reason_field(&rename)}
                    }
                    .into_any(),
                    go: w.rename_go,
                })}
                {merge}
                {act(Act {
                    fields: &end,
                    verb: w.end_door,
                    sees: w.end_sees,
                    action: address("end"),
                    labels: &[("reason", w.reason)],
                    inner: reason_field(&end).into_any(),
                    go: w.end_go,
                })}
            </div>
        </section>
    }
}

/// The other entrances of the courtyard, one to choose.
fn into_field(view: &EntranceDesk, fields: &Fields) -> impl IntoView + use<> {
    let all = words();
    let id = fields.id("into");
    let error = fields.error("into");
    let described = error.is_some().then(|| format!("{id}-e"));
    let chosen = fields.value("into", "");
    let options: Vec<_> = view
        .others
        .iter()
        .map(|other| {
            let value = other.id.to_string();
            let selected = chosen == value;
            view! { <option value=value selected=selected>{other.name.clone()}</option> }
        })
        .collect();
    view! {
        <div class="field">
            <label class="field-label" for=id.clone()>{all.places.merge_into}</label>
            <select
                class="select"
                id=id.clone()
                name="into"
                required=true
                aria-invalid=error.is_some().then_some("true")
                aria-describedby=described
            >
                <option value="">{all.site.choose}</option>
                {options}
            </select>
            {error_line(&id, error)}
        </div>
    }
}
