//! `/desk/places`: courtyards and entrances with how many live there, and what was changed. No page that is
//! merely opened shows a room: the roll of an entrance is the answer to a look, which is recorded.

mod acts;
mod courtyard;
mod entrance;
mod history;
mod roll;

use axum::Router;
use axum::extract::{Form, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use domain::permission::Action;
use leptos::prelude::*;
use serde::Deserialize;
use service::places::{CourtyardDesk, PlacesDesk, courtyard_add, places_desk};
use service::{Error, Refusal};

use self::acts::{Act, act, name_field, refused_note};
use super::desk::{gate, read_only};
use super::desk_matter::Typed;
use super::desk_matter::fields::Fields;
use crate::desk_nav::nav;
use crate::fail::Fail;
use crate::form::Problems;
use crate::link::to;
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
        .route("/desk/places", get(show).post(add))
        .merge(courtyard::routes())
        .merge(entrance::routes())
}

/// A form that came back: with what to mend in it, or with why it can't be done as things stand.
#[derive(Debug, Clone, Default)]
struct Back {
    typed: Typed,
    refused: Option<Refusal>,
}

impl Back {
    /// Takes what a page can say beside its form out of an error; any other error goes on.
    fn of(error: Error, act: &str, values: Vec<(&'static str, String)>) -> Result<Self, Fail> {
        let typed = Typed { act: act.to_owned(), values, problems: Problems::default() };
        match error {
            Error::Refused(refused @ (Refusal::RoomsClash(_) | Refusal::PlaceInUse(_))) => {
                Ok(Self { typed, refused: Some(refused) })
            }
            error => {
                Ok(Self { typed: Typed { problems: Problems::of(error)?, ..typed }, refused: None })
            }
        }
    }

    fn status(&self) -> Option<StatusCode> {
        match self.refused {
            Some(_) => Some(StatusCode::CONFLICT),
            None if self.typed.problems.is_empty() => None,
            None => Some(StatusCode::UNPROCESSABLE_ENTITY),
        }
    }

    /// The meta of the page that shows it.
    fn meta(&self, title: String) -> Meta {
        Meta { title, tab: Tab::Desk, status: self.status(), ..Meta::default() }
    }
}

/// Whether who looks may change places; oversight reads.
fn may_act(viewer: &Viewer) -> bool {
    gate(viewer, Action::RollLook).is_ok()
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    before: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct NameForm {
    name: String,
    reason: String,
}

async fn show(
    State(app): State<App>,
    viewer: Viewer,
    Query(asked): Query<Asked>,
) -> Result<Response, Fail> {
    let before = asked.before.and_then(|before| before.parse().ok());
    render(&app, &viewer, before, Back::default()).await
}

async fn add(
    State(app): State<App>,
    viewer: Viewer,
    Form(form): Form<NameForm>,
) -> Result<Response, Fail> {
    let actor = gate(&viewer, Action::PlacesChange)?;
    match courtyard_add(&app.hall, actor, &form.name).await {
        Ok(id) => Ok(see_other(&format!("/desk/places/courtyards/{id}"), Some("place_changed"))),
        Err(error) => {
            let back = Back::of(error, "add", vec![("name", form.name)])?;
            render(&app, &viewer, None, back).await
        }
    }
}

async fn render(
    app: &App,
    viewer: &Viewer,
    before: Option<i64>,
    back: Back,
) -> Result<Response, Fail> {
    let view = places_desk(&app.hall, viewer.actor(), before).await?;
    let may_act = may_act(viewer);
    let meta = back.meta(viewer.words().places.title.to_owned());
    Ok(page(app, viewer, meta, move || body(view, &back, may_act)))
}

fn body(view: PlacesDesk, back: &Back, may_act: bool) -> impl IntoView + use<> {
    let w = words().places;
    let fields = Fields::of("add", &back.typed);
    let empty = view.courtyards.is_empty().then(|| {
        view! {
            <div class="empty">
                <Icon name="home"/>
                <h2>{w.none}</h2>
                <p>{w.none_text}</p>
            </div>
        }
    });
    // One courtyard is read at once; of several, one is opened.
    let open = view.courtyards.len() == 1;
    let courtyards: Vec<_> =
        view.courtyards.into_iter().map(|courtyard| tree(courtyard, open)).collect();
    let add = may_act.then(|| {
        act(Act {
            fields: &fields,
            verb: w.yard_add,
            sees: w.yard_add_sees,
            action: to("/desk/places"),
            labels: &[("name", w.yard_name)],
            inner: name_field(&fields, w.yard_name, w.yard_name_hint, "").into_any(),
            go: w.yard_add_go,
        })
    });
    view! {
        {nav("places")}
        <div class="page-head">
            <h1>{w.title}</h1>
            <p class="page-lead">{w.lead}</p>
        </div>
        {refused_note(back)}
        {(!may_act).then(read_only)}
        {empty}
        <div class="act-list">{courtyards}{add}</div>
        {history::history(view.history)}
    }
}

/// A courtyard to open, with its entrances.
fn tree(courtyard: CourtyardDesk, open: bool) -> impl IntoView {
    let w = words().places;
    let place = courtyard.place;
    let doors = courtyard.entrances.len();
    let sums = fill(w.sums_yard, &[("e", &doors), ("h", &place.households)]);
    let href = to(format!("/desk/places/courtyards/{}", place.id));
    view! {
        <details class="more" open=open>
            <summary>{place.name}<small>{sums}</small></summary>
            <div class="more-body">
                {courtyard::doors(courtyard.entrances)}
                <div class="btn-row"><a class="btn btn-secondary" href=href>{w.yard_open}</a></div>
            </div>
        </details>
    }
}
