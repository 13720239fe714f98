//! The roll of an entrance: shown as the answer to a look, which is recorded. A form on it that came back is
//! another look.

use axum::extract::{Form, Path, State};
use axum::response::Response;
use domain::ids::EntranceId;
use domain::permission::Action;
use leptos::prelude::*;
use serde::Deserialize;
use service::places::{
    EntranceRoll, MoveOut, MoveOutReason, RollLine, entrance_look, entrance_split,
    household_move_out,
};

use super::Back;
use super::acts::{name_field, reason_field, refused_note};
use super::entrance::{address, full_name};
use crate::desk_nav::nav;
use crate::fail::Fail;
use crate::form::error_line;
use crate::link::{parse, to};
use crate::pages::desk::gate;
use crate::pages::desk_matter::fields::Fields;
use crate::parts::Icon;
use crate::redirect::see_other;
use crate::render::words;
use crate::shell::page;
use crate::state::App;
use crate::step_up_note::StepUpNote;
use crate::viewer::Viewer;
use crate::words::fill;
use crate::words::places::PlacesWords;

/// The form that splits the entrance: the ticks stand in the table, outside of it.
const SPLIT: &str = "split";

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct MoveOutForm {
    household: String,
    reason: String,
    room_gone: String,
}

pub(super) async fn look(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<String>,
) -> Result<Response, Fail> {
    render(&app, &viewer, parse(&id)?, Back::default(), Vec::new()).await
}

/// The name, the reason, and a `households` for each that goes.
pub(super) async fn split(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<String>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, Fail> {
    let actor = gate(&viewer, Action::PlacesChange)?;
    let id = parse(&id)?;
    let all = |field: &str| -> Vec<String> {
        let values = fields.iter().filter(|(name, _)| name == field);
        values.map(|(_, value)| value.clone()).collect()
    };
    let one = |field: &str| all(field).pop().unwrap_or_default();
    let (name, reason, chosen) = (one("name"), one("reason"), all("households"));
    match entrance_split(&app.hall, actor, id, &name, &chosen, &reason).await {
        Ok(new) => Ok(see_other(&address(new), Some("place_changed"))),
        Err(error) => {
            let back = Back::of(error, SPLIT, vec![("name", name), ("reason", reason)])?;
            render(&app, &viewer, id, back, chosen).await
        }
    }
}

pub(super) async fn move_out(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<String>,
    Form(form): Form<MoveOutForm>,
) -> Result<Response, Fail> {
    let actor = gate(&viewer, Action::RollChange)?;
    let id = parse(&id)?;
    let household = parse(&form.household)?;
    let said = MoveOut { reason: form.reason, room_gone: form.room_gone };
    match household_move_out(&app.hall, actor, household, &said).await {
        Ok(()) => Ok(see_other(&address(id), Some("moved_out"))),
        Err(error) => {
            let typed = vec![("reason", said.reason), ("room_gone", said.room_gone)];
            let back = Back::of(error, &format!("out-{household}"), typed)?;
            render(&app, &viewer, id, back, Vec::new()).await
        }
    }
}

/// `chosen` are the households that were ticked.
async fn render(
    app: &App,
    viewer: &Viewer,
    id: EntranceId,
    back: Back,
    chosen: Vec<String>,
) -> Result<Response, Fail> {
    let actor = gate(viewer, Action::RollLook)?;
    let roll = entrance_look(&app.hall, actor, id).await?;
    let meta = back.meta(full_name(&roll.entrance));
    Ok(page(app, viewer, meta, move || body(&roll, &back, &chosen)))
}

fn body(roll: &EntranceRoll, back: &Back, chosen: &[String]) -> impl IntoView + use<> {
    let w = words().places;
    let entrance = &roll.entrance;
    let here = address(entrance.place.id);
    let table = if roll.households.is_empty() {
        view! { <p class="field-hint">{w.roll_none}</p> }.into_any()
    } else {
        let rows: Vec<_> =
            roll.households.iter().map(|line| row(line, &here, back, chosen)).collect();
        view! {
            <table class="table-desk" id="split-households" tabindex="-1">
                <caption class="visually-hidden">{w.roll_caption}</caption>
                <thead>
                    <tr>
                        <th scope="col">{w.col_room}</th>
                        <th scope="col">{w.col_adults}</th>
                        <th scope="col">{w.col_rep}</th>
                        <th scope="col">{w.col_slip}</th>
                        <th scope="col">{w.col_out}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
            {split_form(&here, back)}
        }
        .into_any()
    };
    let fields = Fields::of(SPLIT, &back.typed);
    let labels = [("households", w.split_homes), ("name", w.door_name), ("reason", w.reason)];
    view! {
        {nav("places")}
        <div class="page-head">
            <a class="crumb" href=to(&here)><Icon name="chevron"/>{w.back_to_door}</a>
            <h1>{full_name(entrance)}</h1>
        </div>
        {refused_note(back)}
        {fields.summary(&labels)}
        <p class="notice notice-info"><Icon name="info"/><span>{w.looked}</span></p>
        {table}
    }
}

fn row(line: &RollLine, here: &str, back: &Back, chosen: &[String]) -> impl IntoView + use<> {
    let w = words().places;
    let id = line.id.to_string();
    let tick = format!("home-{id}");
    let checked = chosen.contains(&id);
    let adults = match line.adults {
        0 => w.adults_none.to_owned(),
        n => fill(w.adults, &[("n", &n)]),
    };
    let representative = line.representative.clone().unwrap_or_else(|| w.rep_none.to_owned());
    let slip = if line.slip_out { w.slip_out } else { w.slip_none };
    let fields = Fields::of(&format!("out-{id}"), &back.typed);
    view! {
        <tr>
            <th scope="row">
                <div class="check">
                    <input
                        type="checkbox"
                        id=tick.clone()
                        name="households"
                        value=id
                        form=SPLIT
                        checked=checked
                    />
                    <label for=tick>{line.room.clone()}</label>
                </div>
            </th>
            <td data-label=w.col_adults>{adults}</td>
            <td data-label=w.col_rep>{representative}</td>
            <td data-label=w.col_slip>{slip}</td>
            <td>{out_form(line, here, &fields)}</td>
        </tr>
    }
}

const fn reason_word(reason: MoveOutReason, w: &PlacesWords) -> &'static str {
    match reason {
        MoveOutReason::Moved => w.out_moved,
        MoveOutReason::Sold => w.out_sold,
        MoveOutReason::LeaseOver => w.out_lease,
        MoveOutReason::Mistake => w.out_mistake,
        MoveOutReason::Other => w.out_other,
    }
}

fn out_form(line: &RollLine, here: &str, fields: &Fields) -> impl IntoView + use<> {
    let w = words().places;
    let reasons = MoveOutReason::ALL.map(|reason| (reason.as_str(), reason_word(reason, w)));
    let gone = fields.id("room_gone");
    let gone_checked = !fields.value("room_gone", "").is_empty();
    view! {
        <details class="more" open=fields.came_back()>
            <summary>
                {w.out}
                <span class="visually-hidden">{format!(" {}", line.room)}</span>
            </summary>
            <div class="more-body">
                {fields.summary(&[("reason", w.out_why)])}
                <p class="field-hint">{w.out_text}</p>
                <form method="post" action=to(format!("{here}/move-out"))>
                    <input type="hidden" name="household" value=line.id.to_string()/>
                    {fields.select("reason", w.out_why, None, &reasons, "")}
                    <div class="check">
                        <input
                            type="checkbox"
                            id=gone.clone()
                            name="room_gone"
                            value="yes"
                            checked=gone_checked
                        />
                        <label for=gone>{w.out_gone}</label>
                    </div>
                    <StepUpNote/>
                    <button class="btn btn-secondary btn-small">{w.out_go}</button>
                </form>
            </div>
        </details>
    }
}

fn split_form(here: &str, back: &Back) -> impl IntoView + use<> {
    let w = words().places;
    let fields = Fields::of(SPLIT, &back.typed);
    view! {
        <section class="section" aria-labelledby="split-title">
            <h2 class="section-head" id="split-title">{w.split}</h2>
            <p class="field-hint">{w.split_lead}</p>
            {error_line("split-households", fields.error("households"))}
            <form method="post" id=SPLIT action=to(format!("{here}/split"))>
                {name_field(&fields, w.door_name, w.door_name_hint, "")}
                {reason_field(&fields)}
                <StepUpNote/>
                <button class="btn btn-secondary">{w.split_go}</button>
            </form>
        </section>
    }
}
