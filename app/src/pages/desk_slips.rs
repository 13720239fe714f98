//! `/desk/slips`: making slips, printing them, and how they stand.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Form, Router};
use domain::ids::{CourtyardId, EntranceId};
use domain::permission::Action;
use domain::place::Scope;
use domain::role::Actor;
use serde::Deserialize;
use service::slip::{
    ForWhom, Sheet, SlipOrder, slip_end, slip_make, slip_make_reset, slip_print, slips_desk,
};
use service::{Error, Problem};

use super::desk::gate;
use crate::fail::Fail;
use crate::form::Problems;
use crate::link::parse;
use crate::link::with;
use crate::redirect::see_other;
use crate::shell::{self, Meta, Tab, page};
use crate::state::App;
use crate::viewer::Viewer;

mod list;
mod sheet;

/// The addresses.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/desk/slips", get(show).post(make))
        .route("/desk/slips/{id}/print", post(print))
        .route("/desk/slips/{id}/end", post(end))
        .route("/desk/people/{id}/reset-slip", post(reset))
}

/// What was typed, and how the form stands when it comes back.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Typed {
    /// `community`, `courtyard:3` or `entrance:7`.
    place: String,
    rooms: String,
    only_empty: String,
    replace: String,
}

async fn show(State(app): State<App>, viewer: Viewer) -> Result<Response, Fail> {
    // Most often the first slips are made, for those who haven't joined.
    let typed = Typed { only_empty: "yes".to_owned(), ..Typed::default() };
    list_page(&app, &viewer, typed, Problems::default(), StatusCode::OK).await
}

async fn make(
    State(app): State<App>,
    viewer: Viewer,
    Form(typed): Form<Typed>,
) -> Result<Response, Fail> {
    let actor = gate(&viewer, Action::SlipPrint)?;
    let made = match order(actor, &typed) {
        Ok(order) => slip_make(&app.hall, actor, &order).await,
        Err(error) => Err(error),
    };
    match made {
        Ok(_) => Ok(see_other("/desk/slips", Some("slips_made"))),
        Err(error) => {
            let problems = Problems::of(error)?;
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            list_page(&app, &viewer, typed, problems, status).await
        }
    }
}

/// The order that a form means.
fn order(actor: &Actor, typed: &Typed) -> service::Result<SlipOrder> {
    let (kind, id) = typed.place.split_once(':').unwrap_or((&typed.place, ""));
    let scope = match (kind, id.parse()) {
        ("community", _) => Scope::Community(actor.community),
        ("courtyard", Ok(id)) => Scope::Courtyard(CourtyardId(id)),
        ("entrance", Ok(id)) => Scope::Entrance(EntranceId(id)),
        _ => return Err(Error::field("place", Problem::Choose)),
    };
    let apart = |c: char| c.is_whitespace() || "、，,；;".contains(c);
    let rooms = typed.rooms.split(apart).filter(|room| !room.is_empty());
    let rooms: Vec<String> = rooms.map(str::to_owned).collect();
    let for_whom = match (scope, rooms.is_empty()) {
        (scope, true) => ForWhom::Place(scope),
        (Scope::Entrance(entrance), false) => ForWhom::Rooms(entrance, rooms),
        _ => return Err(Error::field("place", Problem::NeedsEntrance)),
    };
    let (only_empty, replace) = (!typed.only_empty.is_empty(), !typed.replace.is_empty());
    Ok(SlipOrder { for_whom, only_empty, replace })
}

async fn print(
    State(app): State<App>,
    viewer: Viewer,
    Path(batch): Path<String>,
) -> Result<Response, Fail> {
    let actor = gate(&viewer, Action::SlipPrint)?;
    let batch = parse(&batch)?;
    let sheet = slip_print(&app.hall, actor, batch).await?;
    sheet_page(&app, &viewer, sheet)
}

async fn end(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<String>,
) -> Result<Response, Fail> {
    let actor = gate(&viewer, Action::SlipPrint)?;
    let id = parse(&id)?;
    slip_end(&app.hall, actor, id).await?;
    Ok(see_other("/desk/slips", Some("slip_ended")))
}

async fn reset(
    State(app): State<App>,
    viewer: Viewer,
    Path(person): Path<String>,
) -> Result<Response, Fail> {
    let actor = gate(&viewer, Action::SlipPrint)?;
    let person = parse(&person)?;
    let made = slip_make_reset(&app.hall, actor, person).await?;
    let sheet = slip_print(&app.hall, actor, made.batch).await?;
    sheet_page(&app, &viewer, sheet)
}

fn sheet_page(app: &App, viewer: &Viewer, printed: Sheet) -> Result<Response, Fail> {
    let join = format!("{}{}", app.site.base_url, with(&viewer.community.prefix, "/join"));
    let slips = printed.slips.into_iter().map(|slip| sheet::drawn(&join, slip));
    let slips = slips.collect::<service::Result<Vec<_>>>()?;
    let gone = printed.gone;
    let title = viewer.words().slip.sheet_title.to_owned();
    Ok(shell::sheet(app, viewer, title, move || sheet::body(&join, slips, gone)))
}

async fn list_page(
    app: &App,
    viewer: &Viewer,
    typed: Typed,
    problems: Problems,
    status: StatusCode,
) -> Result<Response, Fail> {
    let desk = slips_desk(&app.hall, viewer.actor()).await?;
    let acts = viewer.may(Action::SlipPrint);
    let title = viewer.words().slip.title.to_owned();
    let meta = Meta { title, tab: Tab::Desk, status: Some(status), ..Meta::default() };
    Ok(page(app, viewer, meta, move || list::body(desk, typed, problems, acts)))
}
