//! `/proposals/new` and `/proposals/{n}/edit`: writing a matter, and mending one that was returned.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use axum::{Form, Router};
use domain::category::Category;
use domain::permission::{Action, Target, permit};
use domain::place::ScopeKind;
use domain::role::Actor;
use domain::settings::Moderation;
use domain::text::{OnBehalf, Situation, Spot, Suggestion, Title};
use leptos::prelude::*;
use serde::Deserialize;
use service::places::{CourtyardPlaces, places};
use service::proposal::{ProposalForm, proposal_edit, proposal_resubmit, proposal_submit};

use crate::fail::Fail;
use crate::form::{ErrorSummary, LinesField, Problems, TextField, error_line};
use crate::link::to;
use crate::parts::Icon;
use crate::redirect::see_other;
use crate::render::{cx, words};
use crate::shell::{Meta, Tab, page};
use crate::state::App;
use crate::viewer::Viewer;
use crate::words::fill;
use crate::words::terms::Term;

/// The addresses.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/proposals/new", get(new).post(submit))
        .route("/proposals/{number}/edit", get(edit).post(resubmit))
}

/// The form as a browser sends it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Typed {
    title: String,
    situation: String,
    suggestion: String,
    category: String,
    /// `COURTYARD` or `COURTYARD-ENTRANCE`.
    place: String,
    spot: String,
    scope: String,
    willing: Option<String>,
    on_behalf: String,
}

impl From<Typed> for ProposalForm {
    fn from(typed: Typed) -> Self {
        let (courtyard, entrance) = typed.place.split_once('-').unwrap_or((&typed.place, ""));
        Self {
            courtyard_id: courtyard.to_owned(),
            entrance_id: entrance.to_owned(),
            title: typed.title,
            situation: typed.situation,
            suggestion: typed.suggestion,
            category: typed.category,
            spot: typed.spot,
            scope: typed.scope,
            willing: typed.willing.is_some(),
            on_behalf: typed.on_behalf,
        }
    }
}

/// Which of the two pages.
#[derive(Debug, Clone)]
enum Kind {
    New,
    /// With the number, and why it was returned.
    Edit(i64, Option<String>),
}

/// Who writes: a member of this very community, not of another that shares the database.
fn may_submit(viewer: &Viewer) -> Result<&Actor, Fail> {
    let actor = &viewer.require()?.actor;
    permit(Some(actor), Action::ProposalSubmit, &Target::community(viewer.community.id))
        .map_err(service::Error::from)?;
    Ok(actor)
}

async fn new(State(app): State<App>, viewer: Viewer) -> Result<Response, Fail> {
    let actor = may_submit(&viewer)?;
    // Most matters are about one's own courtyard.
    let form = ProposalForm {
        courtyard_id: actor.home.map(|home| home.courtyard.to_string()).unwrap_or_default(),
        scope: ScopeKind::Courtyard.as_str().to_owned(),
        ..ProposalForm::default()
    };
    form_page(&app, &viewer, Kind::New, form, Problems::default()).await
}

async fn submit(
    State(app): State<App>,
    viewer: Viewer,
    Form(typed): Form<Typed>,
) -> Result<Response, Fail> {
    let actor = may_submit(&viewer)?;
    let form = ProposalForm::from(typed);
    match proposal_submit(&app.hall, actor, &form).await {
        Ok(number) => Ok(see_other(&format!("/proposals/{number}"), Some("submitted"))),
        Err(error) => form_page(&app, &viewer, Kind::New, form, Problems::of(error)?).await,
    }
}

async fn edit(
    State(app): State<App>,
    viewer: Viewer,
    Path(number): Path<i64>,
) -> Result<Response, Fail> {
    let edit = proposal_edit(&app.hall, &viewer.require()?.actor, number).await?;
    form_page(&app, &viewer, Kind::Edit(number, edit.reason), edit.form, Problems::default()).await
}

async fn resubmit(
    State(app): State<App>,
    viewer: Viewer,
    Path(number): Path<i64>,
    Form(typed): Form<Typed>,
) -> Result<Response, Fail> {
    let actor = &viewer.require()?.actor;
    let form = ProposalForm::from(typed);
    match proposal_resubmit(&app.hall, actor, number, &form).await {
        Ok(()) => Ok(see_other(&format!("/proposals/{number}"), Some("submitted"))),
        Err(error) => {
            let problems = Problems::of(error)?;
            let reason = proposal_edit(&app.hall, actor, number).await?.reason;
            form_page(&app, &viewer, Kind::Edit(number, reason), form, problems).await
        }
    }
}

async fn form_page(
    app: &App,
    viewer: &Viewer,
    kind: Kind,
    form: ProposalForm,
    problems: Problems,
) -> Result<Response, Fail> {
    let places = places(&app.hall, viewer.community.id).await?;
    let w = viewer.words().proposal;
    let title = match kind {
        Kind::New => w.new_title,
        Kind::Edit(..) => w.edit_title,
    };
    let meta = Meta {
        title: title.to_owned(),
        tab: if matches!(kind, Kind::New) { Tab::New } else { Tab::None },
        narrow: true,
        status: (!problems.is_empty()).then_some(StatusCode::UNPROCESSABLE_ENTITY),
        ..Meta::default()
    };
    Ok(page(app, viewer, meta, move || {
        let w = words().proposal;
        let labels = vec![
            ("title", w.f_title),
            ("situation", w.f_situation),
            ("suggestion", w.f_suggestion),
            ("place", w.f_place),
            ("spot", w.f_spot),
            ("category", w.f_category),
            ("scope", w.f_scope),
            ("on_behalf", w.f_on_behalf),
        ];
        view! {
            <Head kind=kind.clone() first=problems.is_empty()/>
            <ErrorSummary problems=problems.clone() labels=labels/>
            <Fields kind=kind form=form problems=problems places=places/>
        }
    }))
}

#[component]
fn Head(
    kind: Kind,
    /// Whether the form is shown for the first time: one that came back begins with its problems.
    first: bool,
) -> impl IntoView {
    let cx = cx();
    let w = cx.words().proposal;
    let settings = &cx.viewer.community.settings;
    match kind {
        Kind::New => {
            let check = match settings.moderation {
                Moderation::Before => Some(w.first_check),
                Moderation::NewMembers => Some(w.first_check_new),
                Moderation::After => None,
            };
            let check = check.map(|check| fill(check, &[("n", &settings.first_check_days)]));
            view! {
                <div class="page-head">
                    <h1>{w.new_title}</h1>
                    <p class="page-lead">{w.new_lead}{check}</p>
                </div>
                {first.then(|| view! {
                    <div class="notice notice-info">
                        <Icon name="info"/>
                        <div><strong>{w.elsewhere_title}</strong>{w.elsewhere}</div>
                    </div>
                })}
            }
            .into_any()
        }
        Kind::Edit(number, reason) => view! {
            <div class="page-head">
                <a class="crumb" href=to(format!("/proposals/{number}"))>
                    <Icon name="chevron"/>{fill(w.to_matter, &[("n", &number)])}
                </a>
                <h1>{w.edit_title}</h1>
                <p class="page-lead">{w.edit_lead}</p>
            </div>
            {reason.map(|reason| view! {
                <div class="notice notice-warn">
                    <Icon name="info"/>
                    <div><strong>{w.edit_reason}</strong>{reason}</div>
                </div>
            })}
        }
        .into_any(),
    }
}

#[component]
fn Fields(
    kind: Kind,
    form: ProposalForm,
    problems: Problems,
    places: Vec<CourtyardPlaces>,
) -> impl IntoView {
    let w = words().proposal;
    let (action, button) = match kind {
        Kind::New => (to("/proposals/new"), w.submit),
        Kind::Edit(number, _) => (to(format!("/proposals/{number}/edit")), w.resubmit),
    };
    view! {
        <form method="post" action=action novalidate>
            <TextField
                name="title"
                label=w.f_title
                hint=w.h_title
                value=form.title
                max=Title::MAX
                problems=problems.clone()
            />
            <LinesField
                name="situation"
                label=w.f_situation
                hint=w.h_situation
                value=form.situation
                max=Situation::MAX
                problems=problems.clone()
            />
            <LinesField
                name="suggestion"
                label=w.f_suggestion
                hint=w.h_suggestion
                value=form.suggestion
                max=Suggestion::MAX
                problems=problems.clone()
            />
            <div class="form-grid">
                <PlaceField
                    courtyard=form.courtyard_id
                    entrance=form.entrance_id
                    places=places
                    problems=problems.clone()
                />
                <CategoryField chosen=form.category problems=problems.clone()/>
            </div>
            <TextField
                name="spot"
                label=w.f_spot
                hint=w.h_spot
                value=form.spot
                max=Spot::MAX
                optional=true
                problems=problems.clone()
            />
            <ScopeField chosen=form.scope problems=problems.clone()/>
            <TextField
                name="on_behalf"
                label=w.f_on_behalf
                hint=w.h_on_behalf
                value=form.on_behalf
                max=OnBehalf::MAX
                optional=true
                problems=problems
            />
            <div class="field">
                <div class="check">
                    <input type="checkbox" id="willing" name="willing" value="1" checked=form.willing/>
                    <label for="willing">{w.willing}</label>
                </div>
            </div>
            <button class="btn btn-primary btn-block">{button}</button>
        </form>
    }
}

/// One list of courtyards, each with its entrances: it can't name an entrance of another courtyard.
#[component]
fn PlaceField(
    courtyard: String,
    entrance: String,
    places: Vec<CourtyardPlaces>,
    problems: Problems,
) -> impl IntoView {
    let words = words();
    let w = words.proposal;
    let error = problems.of_field("place", words);
    let described = if error.is_some() { "place-e place-h" } else { "place-h" };
    let chosen = if entrance.is_empty() { courtyard } else { format!("{courtyard}-{entrance}") };
    let option = |value: String, name: String| {
        let selected = value == chosen;
        view! { <option value=value selected=selected>{name}</option> }
    };
    let groups: Vec<_> = places
        .into_iter()
        .map(|place| {
            let id = place.id;
            let whole = option(id.to_string(), fill(w.place_whole, &[("name", &place.name)]));
            let entrances: Vec<_> = place
                .entrances
                .into_iter()
                .map(|entrance| option(format!("{id}-{}", entrance.id), entrance.name))
                .collect();
            view! { <optgroup label=place.name>{whole}{entrances}</optgroup> }
        })
        .collect();
    view! {
        <div class="field">
            <label class="field-label" for="place">{w.f_place}</label>
            <p class="field-hint" id="place-h">{w.h_place}</p>
            <select
                class="select"
                id="place"
                name="place"
                required
                aria-invalid=error.is_some().then_some("true")
                aria-describedby=described
            >
                <option value="">{w.place_choose}</option>
                {groups}
            </select>
            {error_line("place", error)}
        </div>
    }
}

#[component]
fn CategoryField(chosen: String, problems: Problems) -> impl IntoView {
    let cx = cx();
    let words = cx.words();
    let w = words.proposal;
    let error = problems.of_field("category", words);
    // One that was chosen before it was hidden stays.
    let settings = cx.viewer.community.settings.clone();
    let options: Vec<_> = Category::ALL
        .iter()
        .filter(|category| settings.offers(**category) || category.as_str() == chosen)
        .map(|category| {
            let selected = category.as_str() == chosen;
            view! {
                <option value=category.as_str() selected=selected>{category.word(words.lang)}</option>
            }
        })
        .collect();
    view! {
        <div class="field">
            <label class="field-label" for="category">{w.f_category}</label>
            <select
                class="select"
                id="category"
                name="category"
                required
                aria-invalid=error.is_some().then_some("true")
                aria-describedby=error.is_some().then_some("category-e")
            >
                <option value="">{w.place_choose}</option>
                {options}
            </select>
            {error_line("category", error)}
        </div>
    }
}

#[component]
fn ScopeField(chosen: String, problems: Problems) -> impl IntoView {
    let cx = cx();
    let words = cx.words();
    let w = words.proposal;
    let error = problems.of_field("scope", words);
    let described = if error.is_some() { "scope-e scope-h" } else { "scope-h" };
    let choices: Vec<_> = ScopeKind::ALL
        .into_iter()
        .map(|kind| {
            // The first has the field's own id: the summary of errors leads to it.
            let id = match kind {
                ScopeKind::Entrance => "scope".to_owned(),
                kind => format!("scope-{}", kind.as_str()),
            };
            let needed = cx.viewer.community.settings.threshold(kind);
            view! {
                <div class="choice">
                    <input
                        type="radio"
                        id=id.clone()
                        name="scope"
                        value=kind.as_str()
                        checked=kind.as_str() == chosen
                    />
                    <label for=id>
                        <span class="choice-name">{kind.word(words.lang)}</span>
                        <span class="choice-hint">{fill(w.scope_needed, &[("n", &needed)])}</span>
                    </label>
                </div>
            }
        })
        .collect();
    view! {
        <fieldset class="field" aria-describedby=described>
            <legend class="field-label">{w.f_scope}</legend>
            <p class="field-hint" id="scope-h">{w.h_scope}</p>
            <div class="choice-list choice-list-row">{choices}</div>
            {error_line("scope", error)}
        </fieldset>
    }
}
