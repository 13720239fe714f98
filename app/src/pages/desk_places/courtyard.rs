//! `/desk/places/courtyards/{id}`: a courtyard with its entrances, and what can be changed.

use axum::Router;
use axum::extract::{Form, Path, State};
use axum::response::Response;
use axum::routing::{get, post};
use domain::ids::{CourtyardId, EntranceId};
use domain::permission::Action;
use leptos::prelude::*;
use service::places::{
    CourtyardDesk, Place, PlaceLine, courtyard_desk, entrance_add, place_end, place_rename,
};
use service::views::desk::desk_permit;

use super::acts::{Act, act, name_field, reason_field, refused_note};
use super::{Back, NameForm, may_act};
use crate::desk_nav::nav;
use crate::fail::Fail;
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
    // A form that came back leaves its own address in the browser: reading it leads to the courtyard.
    let form = |handler| get(lead_back).merge(handler);
    Router::new()
        .route("/desk/places/courtyards/{id}", get(show))
        .route("/desk/places/courtyards/{id}/entrances", form(post(add)))
        .route("/desk/places/courtyards/{id}/rename", form(post(rename)))
        .route("/desk/places/courtyards/{id}/end", form(post(end)))
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

async fn add(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<String>,
    Form(form): Form<NameForm>,
) -> Result<Response, Fail> {
    let actor = gate(&viewer, Action::PlacesChange)?;
    let id = parse(&id)?;
    match entrance_add(&app.hall, actor, id, &form.name).await {
        Ok(new) => Ok(see_other(&format!("/desk/places/entrances/{new}"), Some("place_changed"))),
        Err(error) => {
            let back = Back::of(error, "add", vec![("name", form.name)])?;
            render(&app, &viewer, id, back).await
        }
    }
}

async fn rename(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<String>,
    Form(form): Form<NameForm>,
) -> Result<Response, Fail> {
    let actor = gate(&viewer, Action::PlacesChange)?;
    let id = parse(&id)?;
    let place = Place::Courtyard(id);
    match place_rename(&app.hall, actor, place, &form.name, &form.reason).await {
        Ok(()) => Ok(see_other(&address(id), Some("place_changed"))),
        Err(error) => {
            let typed = vec![("name", form.name), ("reason", form.reason)];
            render(&app, &viewer, id, Back::of(error, "rename", typed)?).await
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
    match place_end(&app.hall, actor, Place::Courtyard(id), &form.reason).await {
        Ok(()) => Ok(see_other("/desk/places", Some("place_ended"))),
        Err(error) => {
            let back = Back::of(error, "end", vec![("reason", form.reason)])?;
            render(&app, &viewer, id, back).await
        }
    }
}

fn address(id: CourtyardId) -> String {
    format!("/desk/places/courtyards/{id}")
}

async fn render(app: &App, viewer: &Viewer, id: CourtyardId, back: Back) -> Result<Response, Fail> {
    let view = courtyard_desk(&app.hall, viewer.actor(), id).await?;
    let may_act = may_act(viewer);
    let meta = back.meta(view.place.name.clone());
    Ok(page(app, viewer, meta, move || body(view, &back, may_act)))
}

fn body(view: CourtyardDesk, back: &Back, may_act: bool) -> impl IntoView + use<> {
    let w = words().places;
    let place = view.place;
    let acts = may_act.then(|| acts(&place, back));
    view! {
        {nav("places")}
        <div class="page-head">
            <a class="crumb" href=to("/desk/places")><Icon name="chevron"/>{w.title}</a>
            <h1>{place.name.clone()}</h1>
            <p class="page-lead">
                {fill(w.sums, &[("h", &place.households), ("m", &place.members)])}
            </p>
        </div>
        {refused_note(back)}
        {(!may_act).then(read_only)}
        <section class="section" aria-labelledby="doors">
            <h2 class="section-head" id="doors">{w.doors}</h2>
            {doors(view.entrances)}
        </section>
        {acts}
    }
}

/// Entrances with how many live there.
pub(super) fn doors(entrances: Vec<PlaceLine<EntranceId>>) -> impl IntoView {
    let w = words().places;
    if entrances.is_empty() {
        return view! { <p class="field-hint">{w.doors_none}</p> }.into_any();
    }
    let rows: Vec<_> = entrances
        .into_iter()
        .map(|door| {
            let href = to(format!("/desk/places/entrances/{}", door.id));
            let sums = fill(w.sums, &[("h", &door.households), ("m", &door.members)]);
            view! {
                <li class="row">
                    <h3 class="row-title"><a href=href>{door.name}</a></h3>
                    <p class="row-number">{sums}</p>
                </li>
            }
        })
        .collect();
    view! { <ul class="row-list">{rows}</ul> }.into_any()
}

fn acts(place: &PlaceLine<CourtyardId>, back: &Back) -> impl IntoView + use<> {
    let w = words().places;
    let address = |act: &str| to(format!("{}/{act}", address(place.id)));
    let (add, rename, end) = (
        Fields::of("add", &back.typed),
        Fields::of("rename", &back.typed),
        Fields::of("end", &back.typed),
    );
    view! {
        <section class="section" aria-labelledby="acts">
            <h2 class="section-head" id="acts">{w.acts}</h2>
            <div class="act-list">
                {act(Act {
                    fields: &add,
                    verb: w.door_add,
                    sees: w.door_add_sees,
                    action: address("entrances"),
                    labels: &[("name", w.door_name)],
                    inner: name_field(&add, w.door_name, w.door_name_hint, "").into_any(),
                    go: w.door_add_go,
                })}
                {act(Act {
                    fields: &rename,
                    verb: w.rename,
                    sees: w.rename_sees,
                    action: address("rename"),
                    labels: &[("name", w.rename_name), ("reason", w.reason)],
                    inner: view! {
                        {name_field(&rename, w.rename_name, w.yard_name_hint, &place.name)}
                        {reason_field(&rename)}
                    }
                    .into_any(),
                    go: w.rename_go,
                })}
                {act(Act {
                    fields: &end,
                    verb: w.end_yard,
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
