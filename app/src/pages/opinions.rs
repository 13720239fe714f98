//! `/proposals/{number}/opinions`: short statements to agree or disagree with, one at a time, and the picture
//! that comes of the answers.

use axum::Router;
use axum::extract::multipart::{MultipartError, MultipartRejection};
use axum::extract::{Form, Multipart, Path, Query, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use domain::talk::PostState;
use serde::Deserialize;
use service::Error;
use service::opinion::{
    AnswerForm, OpinionsFile, OpinionsRead, OpinionsView, StatementDecision, StatementForm,
    opinions_export, opinions_read, opinions_view, removed_statements_look, statement_answer,
    statement_decide, statement_hide, statement_write,
};

use super::opinions_body::body;
use crate::fail::Fail;
use crate::form::Problems;
use crate::link::{parse, to};
use crate::redirect::see_other;
use crate::shell::{Meta, Tab, no_store, page};
use crate::state::App;
use crate::viewer::Viewer;
use crate::words::fill;

/// The addresses.
pub(super) fn routes() -> Router<App> {
    // A form that came back with errors leaves its own address in the browser: reading it leads back.
    let form = |handler| get(lead_back).merge(handler);
    let one_form = |handler| get(lead_back_from_one).merge(handler);
    Router::new()
        .route("/proposals/{number}/opinions", get(show))
        .route("/proposals/{number}/opinions/statements", form(post(write)))
        .route("/proposals/{number}/opinions/statements/{id}/answers", one_form(post(answer)))
        .route("/proposals/{number}/opinions/statements/{id}/show", one_form(post(let_show)))
        .route("/proposals/{number}/opinions/statements/{id}/decline", one_form(post(decline)))
        .route("/proposals/{number}/opinions/statements/{id}/hide", one_form(post(hide)))
        .route("/proposals/{number}/opinions/removed", form(post(removed)))
        .route("/proposals/{number}/opinions/file", form(post(file_out)))
        .route("/proposals/{number}/opinions/read", form(post(file_in)))
}

/// What the address asks to see.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Wanted {
    statement: String,
    decline: String,
    hide: String,
}

/// The statements that are wanted: to be answered again, and with an open form.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Look {
    pub(super) statement: Option<i64>,
    pub(super) decline: Option<i64>,
    pub(super) hide: Option<i64>,
}

impl From<Wanted> for Look {
    fn from(wanted: Wanted) -> Self {
        let number = |text: String| text.parse().ok();
        Self {
            statement: number(wanted.statement),
            decline: number(wanted.decline),
            hide: number(wanted.hide),
        }
    }
}

/// What comes back with the page: a form that was refused, or what was asked for by a POST.
#[derive(Debug, Clone, Default)]
pub(super) enum Back {
    /// Nothing.
    #[default]
    None,
    /// A statement.
    Write(StatementForm, Problems),
    /// The reason for not showing one, or for taking it down.
    Reason(String, Problems),
    /// A file that can't be read.
    File(Problems),
    /// What a file holds.
    Read(OpinionsRead),
    /// What was taken down.
    Removed(Vec<(i64, String)>),
}

impl Back {
    /// Why a form came back.
    pub(super) fn problems(&self) -> Problems {
        match self {
            Self::Write(_, problems) | Self::Reason(_, problems) | Self::File(problems) => {
                problems.clone()
            }
            Self::None | Self::Read(_) | Self::Removed(_) => Problems::default(),
        }
    }
}

/// Everything that the parts of the page need.
pub(super) struct Sheet {
    pub(super) view: OpinionsView,
    pub(super) look: Look,
    pub(super) back: Back,
}

impl Sheet {
    /// An address under the page's own.
    pub(super) fn at(&self, path: &str) -> String {
        to(format!("/proposals/{}/opinions{path}", self.view.number))
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ReasonForm {
    reason: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct FileForm {
    file: String,
}

async fn show(
    State(app): State<App>,
    viewer: Viewer,
    Path(number): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Fail> {
    render(&app, &viewer, parse(&number)?, wanted.into(), Back::None).await
}

async fn lead_back(Path(number): Path<String>) -> Result<Response, Fail> {
    Ok(see_other(&here(parse(&number)?), None))
}

async fn lead_back_from_one(Path((number, _)): Path<(String, String)>) -> Result<Response, Fail> {
    Ok(see_other(&here(parse(&number)?), None))
}

fn here(number: i64) -> String {
    format!("/proposals/{number}/opinions")
}

async fn write(
    State(app): State<App>,
    viewer: Viewer,
    Path(number): Path<String>,
    Form(form): Form<StatementForm>,
) -> Result<Response, Fail> {
    let number = parse(&number)?;
    match statement_write(&app.hall, &viewer.require()?.actor, number, &form).await {
        Ok(PostState::Shown) => Ok(see_other(&here(number), Some("statement_shown"))),
        Ok(_) => Ok(see_other(&here(number), Some("statement_sent"))),
        Err(error) => {
            let back = Back::Write(form, Problems::kept(error)?);
            render(&app, &viewer, number, Look::default(), back).await
        }
    }
}

async fn answer(
    State(app): State<App>,
    viewer: Viewer,
    Path((number, id)): Path<(String, String)>,
    Form(form): Form<AnswerForm>,
) -> Result<Response, Fail> {
    let (number, id) = (parse(&number)?, parse(&id)?);
    statement_answer(&app.hall, &viewer.require()?.actor, number, id, &form).await?;
    Ok(see_other(&format!("{}#ask", here(number)), Some("answered")))
}

async fn let_show(
    State(app): State<App>,
    viewer: Viewer,
    Path((number, id)): Path<(String, String)>,
) -> Result<Response, Fail> {
    let (number, id) = (parse(&number)?, parse(&id)?);
    let actor = &viewer.require()?.actor;
    statement_decide(&app.hall, actor, number, id, StatementDecision::Show).await?;
    Ok(see_other(&here(number), Some("statement_shown")))
}

async fn decline(
    State(app): State<App>,
    viewer: Viewer,
    Path((number, id)): Path<(String, String)>,
    Form(form): Form<ReasonForm>,
) -> Result<Response, Fail> {
    let (number, id) = (parse(&number)?, parse(&id)?);
    let actor = &viewer.require()?.actor;
    let decision = StatementDecision::Decline { reason: &form.reason };
    let done = statement_decide(&app.hall, actor, number, id, decision).await;
    let look = Look { decline: Some(id), ..Look::default() };
    gone(&app, &viewer, number, look, done, form.reason).await
}

async fn hide(
    State(app): State<App>,
    viewer: Viewer,
    Path((number, id)): Path<(String, String)>,
    Form(form): Form<ReasonForm>,
) -> Result<Response, Fail> {
    let (number, id) = (parse(&number)?, parse(&id)?);
    let actor = &viewer.require()?.actor;
    let done = statement_hide(&app.hall, actor, number, id, &form.reason).await;
    let look = Look { hide: Some(id), ..Look::default() };
    gone(&app, &viewer, number, look, done, form.reason).await
}

async fn gone(
    app: &App,
    viewer: &Viewer,
    number: i64,
    look: Look,
    done: Result<(), Error>,
    typed: String,
) -> Result<Response, Fail> {
    match done {
        Ok(()) => Ok(see_other(&here(number), Some("statement_gone"))),
        Err(error) => {
            let back = Back::Reason(typed, Problems::kept(error)?);
            render(app, viewer, number, look, back).await
        }
    }
}

async fn removed(
    State(app): State<App>,
    viewer: Viewer,
    Path(number): Path<String>,
) -> Result<Response, Fail> {
    let number = parse(&number)?;
    let texts = removed_statements_look(&app.hall, &viewer.require()?.actor, number).await?;
    render(&app, &viewer, number, Look::default(), Back::Removed(texts)).await.map(no_store)
}

async fn file_out(
    State(app): State<App>,
    viewer: Viewer,
    Path(number): Path<String>,
    Form(form): Form<FileForm>,
) -> Result<Response, Fail> {
    let number = parse(&number)?;
    let actor = &viewer.require()?.actor;
    let file = OpinionsFile::from_name(&form.file).unwrap_or(OpinionsFile::Participants);
    let bytes = opinions_export(&app.hall, actor, number, file).await?;
    let name = format!("attachment; filename=\"{number}-{}\"", file.name());
    let name = HeaderValue::from_str(&name)
        .map_err(|error| Error::Broken(format!("a file's name: {error}")))?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8")),
        (header::CONTENT_DISPOSITION, name),
    ];
    Ok(no_store((headers, bytes).into_response()))
}

async fn file_in(
    State(app): State<App>,
    viewer: Viewer,
    Path(number): Path<String>,
    form: Result<Multipart, MultipartRejection>,
) -> Result<Response, Fail> {
    let number = parse(&number)?;
    let actor = &viewer.require()?.actor;
    let bytes = match form {
        Ok(form) => match file_of(form).await {
            Ok(bytes) => bytes,
            Err(error) => return Ok(error.status().into_response()),
        },
        Err(_) => Vec::new(),
    };
    let back = match opinions_read(&app.hall, actor, number, bytes).await {
        Ok(read) => Back::Read(read),
        Err(error) => Back::File(Problems::of(error)?),
    };
    render(&app, &viewer, number, Look::default(), back).await.map(no_store)
}

/// The bytes of the field `file`; the server's layer limits the whole body.
async fn file_of(mut form: Multipart) -> Result<Vec<u8>, MultipartError> {
    let mut bytes = Vec::new();
    while let Some(field) = form.next_field().await? {
        if field.name() == Some("file") {
            bytes = field.bytes().await?.to_vec();
        }
    }
    Ok(bytes)
}

async fn render(
    app: &App,
    viewer: &Viewer,
    number: i64,
    look: Look,
    back: Back,
) -> Result<Response, Fail> {
    let community = viewer.community.id;
    let view = opinions_view(&app.hall, community, viewer.actor(), number, look.statement).await?;
    let meta = Meta {
        title: fill(viewer.words().opinions.title, &[("title", &view.title)]),
        tab: Tab::Home,
        narrow: true,
        problems: back.problems(),
        ..Meta::default()
    };
    let sheet = Sheet { view, look, back };
    Ok(page(app, viewer, meta, move || body(&sheet)))
}
