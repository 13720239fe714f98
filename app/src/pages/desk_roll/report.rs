//! The rows of an import: the answer to a look, and the same as a file.

use axum::Router;
use axum::extract::{Form, Path, State};
use axum::response::Response;
use axum::routing::post;
use domain::owners::square_metres;
use domain::permission::Action;
use leptos::prelude::*;
use serde::Deserialize;
use service::roll::{Line, LookPage, Note, Show, Verdict, roll_look, roll_report_csv};

use super::import::address;
use super::{csv_file, look_pager};
use crate::desk_nav::nav;
use crate::fail::Fail;
use crate::link::{parse, to};
use crate::pages::desk::gate;
use crate::parts::Icon;
use crate::render::words;
use crate::shell::{Meta, Tab, page};
use crate::state::App;
use crate::viewer::Viewer;
use crate::words::roll::{field, mend};
use crate::words::{Words, fill};

/// The addresses.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/desk/roll/imports/{id}/look", post(look))
        .route("/desk/roll/imports/{id}/report.csv", post(csv))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct LookForm {
    show: String,
    page: String,
}

async fn look(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<String>,
    Form(form): Form<LookForm>,
) -> Result<Response, Fail> {
    let actor = gate(&viewer, Action::RollLook)?;
    let show = Show::from_name(&form.show).unwrap_or_default();
    let at = form.page.parse().unwrap_or(1);
    let seen = roll_look(&app.hall, actor, parse(&id)?, show, at).await?;
    let meta =
        Meta { title: viewer.words().roll.title.to_owned(), tab: Tab::Desk, ..Meta::default() };
    Ok(page(&app, &viewer, meta, move || body(seen)))
}

async fn csv(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<String>,
) -> Result<Response, Fail> {
    let actor = gate(&viewer, Action::RollLook)?;
    let id = parse(&id)?;
    let all = viewer.words();
    let w = all.roll;
    let head = [w.col_row, w.col_verdict, w.col_place, w.col_owners, w.col_area, w.col_note];
    let head = head.map(str::to_owned).to_vec();
    let cells = |line: &Line| {
        vec![
            line.row.to_string(),
            verdict(line.verdict, all).1.to_owned(),
            line.place.clone(),
            line.owners.clone(),
            line.area.map(square_metres).unwrap_or_default(),
            notes(line, all).join(all.lang.pick("；", "; ")),
        ]
    };
    let bytes = roll_report_csv(&app.hall, actor, id, head, cells).await?;
    Ok(csv_file(&format!("roll-import-{id}.csv"), bytes))
}

fn verdict(verdict: Verdict, all: &Words) -> (&'static str, &'static str) {
    let w = all.roll;
    match verdict {
        Verdict::Added => ("tag tag-pine", w.v_added),
        Verdict::Changed => ("tag tag-sky", w.v_changed),
        Verdict::LeftOut => ("tag tag-soft", w.v_left_out),
        Verdict::Problem => ("tag tag-amber", w.v_problem),
    }
}

fn notes(line: &Line, all: &Words) -> Vec<String> {
    let w = all.roll;
    let note = |note: &Note| match note {
        Note::Same => w.n_same.to_owned(),
        Note::Repeats(row) => fill(w.n_repeats, &[("n", row)]),
        Note::Area(from, to) => {
            fill(w.n_area, &[("from", &square_metres(*from)), ("to", &square_metres(*to))])
        }
        Note::Owners => w.n_owners.to_owned(),
        Note::Representative => w.n_representative.to_owned(),
        Note::Phone => w.n_phone.to_owned(),
        Note::Namesake { row, same: true } => fill(w.n_namesake_same, &[("n", row)]),
        Note::Namesake { row, same: false } => fill(w.n_namesake, &[("n", row)]),
        Note::Mend(problem) => {
            let usual = field(problem.field, all.lang);
            let heading = if problem.heading.is_empty() { usual } else { &problem.heading };
            let text = mend(problem.mend, all.lang);
            let text = fill(text, &[("row", &problem.other_row.unwrap_or_default())]);
            fill(w.mend_at, &[("heading", &heading), ("mend", &text)])
        }
    };
    line.notes.iter().map(note).collect()
}

fn body(seen: LookPage) -> impl IntoView {
    let all = words();
    let w = all.roll;
    let id = seen.import.id;
    let shows: Vec<_> = Show::ALL.into_iter().zip(seen.counts).map(|it| chip(it, &seen)).collect();
    let columns: Vec<_> = seen
        .report
        .columns
        .iter()
        .map(|(known, heading)| format!("{heading} → {}", field(*known, all.lang)))
        .collect();
    let added = places(&seen);
    let pager =
        look_pager(format!("{}/look", address(id)), seen.show.as_str(), seen.page, seen.pages);
    let table = table(seen.report.lines);
    view! {
        {nav("roll")}
        <div class="page-head">
            <a class="crumb" href=to(address(id))><Icon name="chevron"/>{w.back}</a>
            <h1>{seen.import.file_name}</h1>
            <p class="page-lead">{w.columns}{all.lang.pick("：", ": ")}{columns.join(all.lang.pick("，", ", "))}</p>
        </div>
        {added}
        <form class="chips" method="post" action=to(format!("{}/look", address(id))) aria-label=w.show>
            {shows}
        </form>
        {table}
        {pager}
        <form method="post" action=to(format!("{}/report.csv", address(id)))>
            <button class="btn btn-secondary">{w.csv}</button>
        </form>
    }
}

fn chip((show, count): (Show, usize), seen: &LookPage) -> impl IntoView + use<> {
    let w = words().roll;
    let text = match show {
        Show::All => w.show_all,
        Show::Problems => w.show_problems,
        Show::Changed => w.show_changed,
        Show::Added => w.show_added,
    };
    let here = (show == seen.show).then_some("true");
    view! {
        <button class="chip" name="show" value=show.as_str() aria-current=here>
            {fill(text, &[("n", &count)])}
        </button>
    }
}

fn places(seen: &LookPage) -> Option<impl IntoView + use<>> {
    let w = words().roll;
    let report = &seen.report;
    let courtyards = report.courtyards.iter().cloned();
    let entrances = report.entrances.iter().map(|(courtyard, name)| format!("{courtyard} {name}"));
    let names: Vec<_> = courtyards.chain(entrances).map(|name| view! { <li>{name}</li> }).collect();
    (!names.is_empty()).then(|| {
        view! {
            <section class="section" aria-labelledby="new-places">
                <h2 class="section-head" id="new-places">{w.new_places}</h2>
                <p class="field-hint">{w.new_places_hint}</p>
                <ul>{names}</ul>
            </section>
        }
    })
}

fn table(lines: Vec<Line>) -> impl IntoView {
    let all = words();
    let w = all.roll;
    if lines.is_empty() {
        return view! { <p class="field-hint">{w.none}</p> }.into_any();
    }
    let rows: Vec<_> = lines
        .into_iter()
        .map(|line| {
            let (class, word) = verdict(line.verdict, all);
            let notes: Vec<_> =
                notes(&line, all).into_iter().map(|note| view! { <p>{note}</p> }).collect();
            view! {
                <tr>
                    <td data-label=w.col_row>{line.row}</td>
                    <td><span class=class>{word}</span></td>
                    <td>{line.place}</td>
                    <td>{line.owners}</td>
                    <td>{line.area.map(square_metres)}</td>
                    <td>{notes}</td>
                </tr>
            }
        })
        .collect();
    view! {
        <table class="table-desk">
            <thead>
                <tr>
                    <th scope="col">{w.col_row}</th>
                    <th scope="col">{w.col_verdict}</th>
                    <th scope="col">{w.col_place}</th>
                    <th scope="col">{w.col_owners}</th>
                    <th scope="col">{w.col_area}</th>
                    <th scope="col">{w.col_note}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}
