//! `/desk/plans`: the committee's plans of the community and its courtyards.

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use domain::permission::Action;
use domain::text::PlanName;
use leptos::prelude::*;
use service::places::{CourtyardPlaces, courtyards};
use service::plans::{PlanForm, PlanView, plan_draw, plan_end, plans};

use super::desk::gate;
use crate::desk_nav::nav;
use crate::fail::Fail;
use crate::form::{ErrorSummary, Problems, TextField, error_line};
use crate::link::{parse, to};
use crate::photos::address;
use crate::redirect::see_other;
use crate::render::words;
use crate::shell::{Meta, Tab, page};
use crate::state::App;
use crate::upload::{Upload, UploadFail};
use crate::viewer::Viewer;

/// The addresses.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/desk/plans", get(show).post(draw))
        .route("/desk/plans/{id}/end", post(end))
}

async fn show(State(app): State<App>, viewer: Viewer) -> Result<Response, Fail> {
    render(&app, &viewer, PlanForm::default(), Problems::default()).await
}

async fn draw(
    State(app): State<App>,
    viewer: Viewer,
    mut upload: Upload,
) -> Result<Response, UploadFail> {
    // Before a byte of the file is read.
    let actor = gate(&viewer, Action::PlanDraw)?;
    let mut bytes = Vec::new();
    while let Some(file) = upload.next_file().await? {
        if file.field == "file" {
            bytes = file.bytes;
        }
    }
    let typed = PlanForm {
        name: upload.fields.get("name").to_owned(),
        courtyard_id: upload.fields.get("courtyard_id").to_owned(),
        bytes: Vec::new(),
    };
    match plan_draw(&app.hall, actor, PlanForm { bytes, ..typed.clone() }).await {
        Ok(_) => Ok(see_other("/desk/plans", Some("saved"))),
        Err(error) => Ok(render(&app, &viewer, typed, Problems::of(error)?).await?),
    }
}

async fn end(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<String>,
) -> Result<Response, Fail> {
    let actor = gate(&viewer, Action::PlanDraw)?;
    plan_end(&app.hall, actor, parse(&id)?).await?;
    Ok(see_other("/desk/plans", Some("saved")))
}

async fn render(
    app: &App,
    viewer: &Viewer,
    typed: PlanForm,
    problems: Problems,
) -> Result<Response, Fail> {
    let actor = gate(viewer, Action::PlanDraw)?;
    let plans = plans(&app.hall, actor.community).await?;
    let places = courtyards(&app.hall, actor.community).await?;
    let meta = Meta {
        title: viewer.words().photo.plans_title.to_owned(),
        tab: Tab::Desk,
        status: (!problems.is_empty()).then_some(StatusCode::UNPROCESSABLE_ENTITY),
        ..Meta::default()
    };
    Ok(page(app, viewer, meta, move || body(plans, places, typed, problems)))
}

fn body(
    plans: Vec<PlanView>,
    places: Vec<CourtyardPlaces>,
    typed: PlanForm,
    problems: Problems,
) -> impl IntoView {
    let w = words().photo;
    let labels = vec![("name", w.plan_name), ("courtyard_id", w.plan_place), ("file", w.plan_file)];
    let list = list(&plans, &places);
    view! {
        {nav("plans")}
        <div class="page-head">
            <h1>{w.plans_title}</h1>
            <p class="page-lead">{w.plans_lead}</p>
        </div>
        <ErrorSummary problems=problems.clone() labels=labels/>
        <section class="section" aria-labelledby="add">
            <h2 class="section-head" id="add">{w.plan_add}</h2>
            {form(places, typed, problems)}
        </section>
        <section class="section" aria-labelledby="now">
            <h2 class="section-head" id="now">{w.plans_now}</h2>
            {list}
        </section>
    }
}

fn form(places: Vec<CourtyardPlaces>, typed: PlanForm, problems: Problems) -> impl IntoView {
    let all = words();
    let w = all.photo;
    let options: Vec<_> = places
        .into_iter()
        .map(|place| {
            let selected = typed.courtyard_id == place.id.to_string();
            view! { <option value=place.id.to_string() selected=selected>{place.name}</option> }
        })
        .collect();
    let place_error = problems.of_field("courtyard_id", all);
    let file_error = problems.of_field("file", all);
    let wrong = file_error.is_some();
    view! {
        <form method="post" action=to("/desk/plans") enctype="multipart/form-data">
            <TextField
                name="name"
                label=w.plan_name
                hint=w.plan_name_hint
                value=typed.name
                max=PlanName::MAX
                problems=problems
            />
            <div class="field">
                <label class="field-label" for="courtyard_id">{w.plan_place}</label>
                <select class="select" id="courtyard_id" name="courtyard_id">
                    <option value="">{w.plan_all}</option>
                    {options}
                </select>
                {error_line("courtyard_id", place_error)}
            </div>
            <div class="field">
                <label class="field-label" for="file">{w.plan_file}</label>
                <p class="field-hint" id="file-h">{w.plan_file_hint}</p>
                <input
                    type="file"
                    id="file"
                    name="file"
                    accept="image/jpeg,image/png,image/webp"
                    required=true
                    aria-invalid=wrong.then_some("true")
                    aria-describedby=if wrong { "file-e file-h" } else { "file-h" }
                />
                {error_line("file", file_error)}
            </div>
            <button class="btn btn-primary">{w.plan_go}</button>
        </form>
    }
}

fn list(plans: &[PlanView], places: &[CourtyardPlaces]) -> AnyView {
    let w = words().photo;
    if plans.is_empty() {
        return view! { <p class="field-hint">{w.plans_none}</p> }.into_any();
    }
    let rows: Vec<_> = plans
        .iter()
        .map(|plan| {
            let place = plan.courtyard_id.and_then(|id| {
                places
                    .iter()
                    .find(|place| i64::from(place.id) == id)
                    .map(|place| place.name.clone())
            });
            let place = match plan.courtyard_id {
                None => w.plan_all.to_owned(),
                Some(_) => place.unwrap_or_default(),
            };
            view! {
                <li class="row plan-row">
                    <a href=address(&plan.large_jpeg)>
                        <img src=address(&plan.small_jpeg) alt="" loading="lazy"/>
                        <span>{plan.name.clone()}</span>
                    </a>
                    <p class="row-meta">{place}</p>
                    <form method="post" action=to(format!("/desk/plans/{}/end", plan.id))>
                        <button class="btn btn-quiet btn-small">{w.plan_end}</button>
                        <p class="field-hint">{w.plan_end_hint}</p>
                    </form>
                </li>
            }
        })
        .collect();
    view! { <ul class="row-list">{rows}</ul> }.into_any()
}
