//! `/desk/roll`: files of households and owners, sent, looked at, confirmed and undone. No page that is
//! merely opened shows a row: the report is the answer to a look, which is recorded.

mod import;
mod report;

use axum::Router;
use axum::extract::multipart::MultipartError;
use axum::extract::{DefaultBodyLimit, Multipart, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use domain::permission::Action;
use domain::roll::RollKind;
use leptos::prelude::*;
use service::places::{CourtyardPlaces, courtyards};
use service::roll::{FILE_MAX, ImportRow, RollUpload, roll_check, roll_imports};

use self::import::state_tag;
use super::desk::gate;
use crate::dates::Moment;
use crate::desk_nav::nav;
use crate::fail::Fail;
use crate::form::{ErrorSummary, Problems, error_line};
use crate::link::to;
use crate::redirect::see_other;
use crate::render::words;
use crate::shell::{Meta, Tab, page};
use crate::state::App;
use crate::viewer::Viewer;
use crate::words::fill;

/// The address that takes a file: its body may be larger than any other.
pub const UPLOAD: &str = "/desk/roll";
/// The largest body that it takes: a file, and the form around it.
pub const UPLOAD_MAX: usize = FILE_MAX + (64 << 10);
/// Characters of a field beside the file.
const FIELD_MAX: usize = 200;

/// The addresses.
pub(super) fn routes() -> Router<App> {
    Router::new()
        // The server's layer holds the body to `UPLOAD_MAX`.
        .route("/desk/roll", get(show).post(upload).layer(DefaultBodyLimit::disable()))
        .route("/desk/roll/template.csv", get(template))
        .merge(import::routes())
        .merge(report::routes())
}

async fn show(State(app): State<App>, viewer: Viewer) -> Result<Response, Fail> {
    render(&app, &viewer, RollUpload::default(), Problems::default()).await
}

async fn upload(
    State(app): State<App>,
    viewer: Viewer,
    form: Result<Multipart, axum::extract::multipart::MultipartRejection>,
) -> Result<Response, Fail> {
    // Before a byte of the file is read.
    let actor = gate(&viewer, Action::RollImport)?;
    let sent = match form {
        Ok(form) => match read(form).await {
            Ok(sent) => sent,
            Err(error) if error.status() == StatusCode::PAYLOAD_TOO_LARGE => {
                return Ok(StatusCode::PAYLOAD_TOO_LARGE.into_response());
            }
            Err(_) => return Ok(StatusCode::BAD_REQUEST.into_response()),
        },
        Err(_) => RollUpload::default(),
    };
    let typed = RollUpload { bytes: Vec::new(), ..sent.clone() };
    match roll_check(&app.hall, actor, sent).await {
        Ok(id) => Ok(see_other(&import::address(id), Some("roll_checked"))),
        Err(error) => render(&app, &viewer, typed, Problems::of(error)?).await,
    }
}

async fn read(mut form: Multipart) -> Result<RollUpload, MultipartError> {
    let mut sent = RollUpload::default();
    while let Some(mut field) = form.next_field().await? {
        let name = field.name().unwrap_or_default().to_owned();
        if name == "file" {
            sent.file_name = field.file_name().unwrap_or_default().to_owned();
        }
        let max = if name == "file" { FILE_MAX + 1 } else { FIELD_MAX };
        let mut bytes = Vec::new();
        // One byte more than is taken says that it is too large.
        while let Some(chunk) = field.chunk().await? {
            let room = max.saturating_sub(bytes.len());
            bytes.extend_from_slice(&chunk[..chunk.len().min(room)]);
        }
        match name.as_str() {
            "file" => sent.bytes = bytes,
            "kind" => sent.kind = String::from_utf8_lossy(&bytes).into_owned(),
            "courtyard_id" => sent.courtyard_id = String::from_utf8_lossy(&bytes).into_owned(),
            _ => {}
        }
    }
    Ok(sent)
}

async fn render(
    app: &App,
    viewer: &Viewer,
    typed: RollUpload,
    problems: Problems,
) -> Result<Response, Fail> {
    let actor = gate(viewer, Action::RollImport)?;
    let imports = roll_imports(&app.hall, actor).await?;
    let places = courtyards(&app.hall, actor.community).await?;
    let meta = Meta {
        title: viewer.words().roll.title.to_owned(),
        tab: Tab::Desk,
        status: (!problems.is_empty()).then_some(StatusCode::UNPROCESSABLE_ENTITY),
        ..Meta::default()
    };
    Ok(page(app, viewer, meta, move || body(imports, places, typed, problems)))
}

fn body(
    imports: Vec<ImportRow>,
    places: Vec<CourtyardPlaces>,
    typed: RollUpload,
    problems: Problems,
) -> impl IntoView {
    let w = words().roll;
    let labels = vec![("kind", w.kind), ("courtyard_id", w.courtyard), ("file", w.file)];
    view! {
        {nav("roll")}
        <div class="page-head">
            <h1>{w.title}</h1>
            <p class="page-lead">{w.lead}</p>
        </div>
        <ErrorSummary problems=problems.clone() labels=labels/>
        <section class="section" aria-labelledby="send">
            <h2 class="section-head" id="send">{w.form_title}</h2>
            {form(places, typed, problems)}
        </section>
        {example()}
        <section class="section" aria-labelledby="sent">
            <h2 class="section-head" id="sent">{w.list}</h2>
            {list(imports)}
        </section>
    }
}

fn form(places: Vec<CourtyardPlaces>, typed: RollUpload, problems: Problems) -> impl IntoView {
    let all = words();
    let w = all.roll;
    let kind_word = |kind| match kind {
        RollKind::Households => w.kind_households,
        RollKind::Owners => w.kind_owners,
    };
    let chosen = RollKind::from_name(&typed.kind);
    let kinds: Vec<_> = RollKind::ALL
        .iter()
        .enumerate()
        .map(|(at, kind)| {
            // The summary's link leads to the first of them.
            let id = if at == 0 { "kind".to_owned() } else { format!("kind-{}", kind.as_str()) };
            view! {
                <div class="choice">
                    <input
                        type="radio"
                        name="kind"
                        id=id.clone()
                        value=kind.as_str()
                        checked=chosen == Some(*kind)
                        required=true
                    />
                    <label for=id>{kind_word(*kind)}</label>
                </div>
            }
        })
        .collect();
    let places: Vec<_> = places
        .into_iter()
        .map(|place| {
            let selected = typed.courtyard_id == place.id.to_string();
            view! { <option value=place.id.to_string() selected=selected>{place.name}</option> }
        })
        .collect();
    let error = |field| problems.of_field(field, all);
    let (kind_error, place_error, file_error) =
        (error("kind"), error("courtyard_id"), error("file"));
    let wrong = file_error.is_some();
    view! {
        <form method="post" action=to(UPLOAD) enctype="multipart/form-data">
            <fieldset class="field">
                <legend class="field-label">{w.kind}</legend>
                {kinds}
                {error_line("kind", kind_error)}
            </fieldset>
            <div class="field">
                <label class="field-label" for="courtyard_id">{w.courtyard}</label>
                <select class="select" id="courtyard_id" name="courtyard_id">
                    <option value="">{w.courtyard_none}</option>
                    {places}
                </select>
                {error_line("courtyard_id", place_error)}
            </div>
            <div class="field">
                <label class="field-label" for="file">{w.file}</label>
                <p class="field-hint" id="file-h">{w.file_hint}</p>
                <input
                    type="file"
                    id="file"
                    name="file"
                    accept=".xlsx,.csv,.tsv,.txt"
                    required=true
                    aria-invalid=wrong.then_some("true")
                    aria-describedby=if wrong { "file-e file-h" } else { "file-h" }
                />
                {error_line("file", file_error)}
            </div>
            <p class="field-hint">{w.never}</p>
            <button class="btn btn-primary">{w.go}</button>
        </form>
    }
}

/// The template's rows: a heading, and two that show how it is filled.
const EXAMPLE: [[&str; 7]; 3] = [
    ["小院", "楼号", "单元", "房号", "业主", "建筑面积", "电话"],
    ["北柳小区", "3号楼", "2单元", "101", "张三", "89.57", ""],
    ["北柳小区", "3号楼", "2单元", "102", "李四、王五", "60.00", ""],
];

fn example() -> impl IntoView {
    let w = words().roll;
    let [head, rows @ ..] = EXAMPLE;
    let head: Vec<_> = head.iter().map(|cell| view! { <th scope="col">{*cell}</th> }).collect();
    let rows: Vec<_> = rows
        .iter()
        .map(|row| {
            let cells: Vec<_> = row
                .iter()
                .zip(EXAMPLE[0])
                .map(|(cell, label)| view! { <td data-label=label>{*cell}</td> })
                .collect();
            view! { <tr>{cells}</tr> }
        })
        .collect();
    view! {
        <section class="section" aria-labelledby="example">
            <h2 class="section-head" id="example">{w.example}</h2>
            <p class="field-hint">{w.example_text}</p>
            <table class="table-desk">
                <thead><tr>{head}</tr></thead>
                <tbody>{rows}</tbody>
            </table>
            <p><a class="btn btn-secondary" href=to("/desk/roll/template.csv") download="">{w.template}</a></p>
        </section>
    }
}

async fn template(viewer: Viewer) -> Result<Response, Fail> {
    gate(&viewer, Action::RollLook)?;
    let mut head = EXAMPLE[0].to_vec();
    head.push("代表人");
    Ok(csv_file("roll-template.csv", service::csv_out::csv([head])?))
}

/// A CSV file to be saved; never shown within a page, and never kept by anything on the way.
fn csv_file(name: &str, bytes: Vec<u8>) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    (headers, bytes).into_response()
}

fn list(imports: Vec<ImportRow>) -> impl IntoView {
    let w = words().roll;
    if imports.is_empty() {
        return view! { <p class="field-hint">{w.list_none}</p> }.into_any();
    }
    let rows: Vec<_> = imports
        .into_iter()
        .map(|row| {
            let kind = match row.kind {
                RollKind::Households => w.kind_households,
                RollKind::Owners => w.kind_owners,
            };
            view! {
                <li class="row">
                    <h3 class="row-title"><a href=to(import::address(row.id))>{row.file_name.clone()}</a></h3>
                    <p class="row-meta">{state_tag(row.state)}" "{kind}" · "<Moment at=row.created_at/></p>
                    <p class="row-number">{fill(w.rows, &[("n", &row.sums.total)])}</p>
                </li>
            }
        })
        .collect();
    view! { <ul class="row-list">{rows}</ul> }.into_any()
}

/// Between the pages of a look: buttons, not links, for what they show is an answer that is recorded.
/// Nothing where there is one page alone.
pub(super) fn look_pager(
    action: String,
    show: &'static str,
    page: usize,
    pages: usize,
) -> impl IntoView {
    (pages > 1).then(|| {
        let w = words().roll;
        let button = |at: usize, word: &'static str| {
            view! { <button class="btn btn-secondary" name="page" value=at.to_string()>{word}</button> }
        };
        let before = (page > 1).then(|| button(page - 1, w.prev));
        let after = (page < pages).then(|| button(page + 1, w.next));
        view! {
            <form class="pager" method="post" action=to(action)>
                <input type="hidden" name="show" value=show/>
                {before}
                <span>{fill(w.page_of, &[("n", &page), ("total", &pages)])}</span>
                {after}
            </form>
        }
    })
}
