//! The page of numbers: what to make, what was made, how each entrance stands.

use domain::time::Timestamp;
use leptos::prelude::*;
use service::slip::{Batch, PlaceSlips, SlipsDesk};

use super::super::desk::read_only;
use super::Typed;
use crate::dates::Moment;
use crate::desk_nav::nav;
use crate::form::{ErrorSummary, Problems, TextField, error_line};
use crate::link::to;
use crate::render::words;
use crate::step_up_note::StepUpNote;
use crate::words::fill;

pub(super) fn body(desk: SlipsDesk, typed: Typed, problems: Problems, acts: bool) -> impl IntoView {
    let w = words().slip;
    let labels = vec![("place", w.place), ("rooms", w.rooms)];
    let make =
        (acts && !desk.places.is_empty()).then(|| make_form(&desk.places, typed, problems.clone()));
    let batches: Vec<_> = desk.batches.into_iter().map(|batch| batch_row(batch, acts)).collect();
    let none = batches.is_empty().then(|| view! { <p>{w.batches_none}</p> });
    view! {
        <ErrorSummary problems=problems labels=labels/>
        {nav("slips")}
        <div class="page-head"><h1>{w.title}</h1><p class="page-lead">{w.lead}</p></div>
        {(!acts).then(read_only)}
        {make}
        <section class="section" aria-labelledby="batches">
            <h2 class="section-head" id="batches">{w.batches_title}</h2>
            {none}
            {batches}
        </section>
        <section class="section" aria-labelledby="places">
            <h2 class="section-head" id="places">{w.places_title}</h2>
            {table(desk.places)}
        </section>
    }
}

fn make_form(places: &[PlaceSlips], typed: Typed, problems: Problems) -> impl IntoView + use<> {
    let words = words();
    let w = words.slip;
    let error = problems.of_field("place", words);
    let mut options = vec![("community".to_owned(), w.everybody.to_owned())];
    for courtyard in places.chunk_by(|a, b| a.courtyard_id == b.courtyard_id) {
        let Some(first) = courtyard.first() else { continue };
        let whole = fill(w.whole_courtyard, &[("courtyard", &first.courtyard)]);
        options.push((format!("courtyard:{}", first.courtyard_id), whole));
        for place in courtyard {
            let name = format!("{} {}", place.courtyard, place.entrance);
            options.push((format!("entrance:{}", place.entrance_id), name));
        }
    }
    let options: Vec<_> = options
        .into_iter()
        .map(|(value, name)| {
            let selected = value == typed.place;
            view! { <option value=value selected=selected>{name}</option> }
        })
        .collect();
    let tick = |name: &'static str, label: &'static str, ticked: bool| {
        view! {
            <div class="check">
                <input type="checkbox" id=name name=name value="yes" checked=ticked/>
                <label for=name>{label}</label>
            </div>
        }
    };
    view! {
        <section class="section set" aria-labelledby="make">
            <h2 id="make">{w.make_title}</h2>
            <form method="post" action=to("/desk/slips") novalidate>
                <div class="field">
                    <label class="field-label" for="place">{w.place}</label>
                    <select
                        class="select"
                        id="place"
                        name="place"
                        aria-invalid=error.is_some().then_some("true")
                        aria-describedby=error.is_some().then_some("place-e")
                    >
                        {options}
                    </select>
                    {error_line("place", error)}
                </div>
                <TextField
                    name="rooms"
                    label=w.rooms
                    hint=w.rooms_hint
                    value=typed.rooms
                    optional=true
                    problems=problems
                />
                <div class="field">
                    {tick("only_empty", w.only_empty, !typed.only_empty.is_empty())}
                    {tick("replace", w.replace, !typed.replace.is_empty())}
                </div>
                <StepUpNote/>
                <button class="btn btn-primary">{w.make}</button>
            </form>
        </section>
    }
}

fn batch_row(batch: Batch, acts: bool) -> impl IntoView {
    let w = words().slip;
    let what = if batch.resets > 0 { w.batch_reset } else { w.batch_join };
    let by = batch.made_by.map(|name| fill(w.batch_by, &[("name", &name)]));
    let stands = fill(w.batch_stands, &[("live", &batch.live), ("used", &batch.used)]);
    let print = (acts && batch.live > 0).then(|| {
        view! {
            <form method="post" action=to(format!("/desk/slips/{}/print", batch.batch))>
                <button class="btn btn-secondary btn-small">{w.print}</button>
            </form>
        }
    });
    view! {
        <div class="device">
            <div>
                <p><b>{fill(what, &[("n", &batch.slips)])}</b></p>
                <p>
                    <Moment at=Timestamp(batch.made_at)/>
                    {by.map(|by| format!(" · {by}"))}
                    " · "
                    {stands}
                </p>
            </div>
            {print}
        </div>
    }
}

fn table(places: Vec<PlaceSlips>) -> impl IntoView {
    let w = words().slip;
    if places.is_empty() {
        return view! { <p>{w.places_none}</p> }.into_any();
    }
    let rows: Vec<_> = places
        .into_iter()
        .map(|place| {
            view! {
                <tr>
                    <th scope="row">{place.courtyard}" "{place.entrance}</th>
                    <td data-label=w.col_households>{place.households}</td>
                    <td data-label=w.col_joined>{place.joined}</td>
                    <td data-label=w.col_live>{place.live}</td>
                    <td data-label=w.col_used>{place.used}</td>
                    <td data-label=w.col_expired>{place.expired}</td>
                </tr>
            }
        })
        .collect();
    view! {
        <table class="table-desk">
            <caption class="visually-hidden">{w.places_title}</caption>
            <thead>
                <tr>
                    <th scope="col">{w.col_place}</th>
                    <th scope="col">{w.col_households}</th>
                    <th scope="col">{w.col_joined}</th>
                    <th scope="col">{w.col_live}</th>
                    <th scope="col">{w.col_used}</th>
                    <th scope="col">{w.col_expired}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}
