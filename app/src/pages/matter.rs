//! `/proposals/{number}`: a matter, all that happened to it, and what one can do now.

mod act;
mod body;
mod fields;
mod head;
mod review;
mod side;
mod talk;

pub(super) use act::visitor_hint;
pub(super) use side::step_line;

use axum::Router;
use axum::extract::{Form, Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use domain::ids::PostId;
use leptos::prelude::*;
use serde::Deserialize;
use service::post::PostForm;
use service::review::ReviewForm;
use service::views::matter::{MatterView, matter_view};

use crate::fail::Fail;
use crate::form::Problems;
use crate::link::{parse, to};
use crate::redirect::see_other;
use crate::shell::{Meta, Tab, page};
use crate::state::App;
use crate::viewer::Viewer;

pub(super) fn routes() -> Router<App> {
    // A form that came back with errors leaves its own address in the browser: reading it leads to
    // the matter.
    let form = |handler| get(lead_back).merge(handler);
    Router::new()
        .route("/proposals/{number}", get(show))
        .route("/proposals/{number}/posts", form(post(say)))
        .route("/proposals/{number}/posts/{id}/hide", get(lead_back_from_post).post(hide))
        .route("/proposals/{number}/summary", form(post(pin)))
        .route("/proposals/{number}/reviews", form(post(review_give)))
        .route("/proposals/{number}/follow", form(post(follow)))
        .route("/proposals/{number}/unfollow", form(post(unfollow)))
}

/// What the address asks to see.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Asked {
    before: String,
    reply: String,
    hide: String,
}

/// What to show: the cursor, and the post with an open form under it.
#[derive(Debug, Clone, Copy, Default)]
struct Look {
    before: Option<i64>,
    reply: Option<i64>,
    hide: Option<i64>,
}

impl From<Asked> for Look {
    fn from(asked: Asked) -> Self {
        let id = |text: String| text.parse().ok();
        Self { before: id(asked.before), reply: id(asked.reply), hide: id(asked.hide) }
    }
}

/// A form that comes back: what was typed, and what is wrong with it.
#[derive(Debug, Clone, Default)]
enum Back {
    /// None does.
    #[default]
    None,
    /// A post or a reply.
    Post(PostForm, Problems),
    /// The reason for taking a post down.
    Hide(String, Problems),
    /// The chair's summary.
    Pin(String, Problems),
    /// A review.
    Review(ReviewForm, Problems),
}

/// Everything that the parts of the page need.
struct Sheet {
    view: MatterView,
    look: Look,
    back: Back,
    /// Working days until the work is due; negative when that is past.
    working_days_left: Option<i64>,
}

impl Sheet {
    /// An address under the matter's own.
    fn at(&self, path: &str) -> String {
        to(format!("/proposals/{}{path}", self.view.number))
    }

    /// The address of the same posts with a form open under one of them.
    fn with(&self, what: &str, post: i64) -> String {
        match self.look.before {
            Some(before) => self.at(&format!("?before={before}&{what}={post}#{what}")),
            None => self.at(&format!("?{what}={post}#{what}")),
        }
    }
}

async fn show(
    State(app): State<App>,
    viewer: Viewer,
    Path(number): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Fail> {
    render(&app, &viewer, parse(&number)?, asked.into(), Back::None).await
}

async fn say(
    State(app): State<App>,
    viewer: Viewer,
    Path(number): Path<String>,
    Query(asked): Query<Asked>,
    Form(form): Form<PostForm>,
) -> Result<Response, Fail> {
    let number = parse(&number)?;
    let actor = &viewer.require()?.actor;
    let look = Look::from(asked);
    match service::post::post_write(&app.hall, actor, number, &form).await {
        Ok(id) => {
            // A reply stands among the posts of the page that it was written on.
            let cursor = look.before.filter(|_| !form.parent.is_empty());
            let cursor = cursor.map(|before| format!("?before={before}")).unwrap_or_default();
            Ok(see_other(&format!("/proposals/{number}{cursor}#post-{id}"), Some("posted")))
        }
        Err(error) => {
            let problems = Problems::of(error)?;
            let look = Look { reply: form.parent.parse().ok(), hide: None, ..look };
            render(&app, &viewer, number, look, Back::Post(form, problems)).await
        }
    }
}

/// A form with a reason.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct ReasonForm {
    reason: String,
}

async fn hide(
    State(app): State<App>,
    viewer: Viewer,
    Path((number, id)): Path<(String, String)>,
    Query(asked): Query<Asked>,
    Form(form): Form<ReasonForm>,
) -> Result<Response, Fail> {
    let (number, id) = (parse(&number)?, parse(&id)?);
    let actor = &viewer.require()?.actor;
    let look = Look { hide: Some(id), reply: None, ..Look::from(asked) };
    match service::post::post_hide(&app.hall, actor, number, PostId(id), &form.reason).await {
        Ok(()) => {
            let cursor = look.before.map(|before| format!("?before={before}")).unwrap_or_default();
            Ok(see_other(&format!("/proposals/{number}{cursor}#post-{id}"), Some("done")))
        }
        Err(error) => {
            let back = Back::Hide(form.reason, Problems::of(error)?);
            render(&app, &viewer, number, look, back).await
        }
    }
}

/// The chair's summary.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct PinForm {
    text: String,
}

async fn pin(
    State(app): State<App>,
    viewer: Viewer,
    Path(number): Path<String>,
    Form(form): Form<PinForm>,
) -> Result<Response, Fail> {
    let number = parse(&number)?;
    let actor = &viewer.require()?.actor;
    match service::summary::summary_pin(&app.hall, actor, number, &form.text).await {
        Ok(()) => Ok(see_other(&format!("/proposals/{number}#talk"), Some("saved"))),
        Err(error) => {
            let back = Back::Pin(form.text, Problems::of(error)?);
            render(&app, &viewer, number, Look::default(), back).await
        }
    }
}

async fn review_give(
    State(app): State<App>,
    viewer: Viewer,
    Path(number): Path<String>,
    Form(form): Form<ReviewForm>,
) -> Result<Response, Fail> {
    let number = parse(&number)?;
    let actor = &viewer.require()?.actor;
    match service::review::review_give(&app.hall, actor, number, &form).await {
        Ok(()) => Ok(see_other(&format!("/proposals/{number}#reviews"), Some("reviewed"))),
        Err(error) => {
            let back = Back::Review(form, Problems::of(error)?);
            render(&app, &viewer, number, Look::default(), back).await
        }
    }
}

async fn follow(
    State(app): State<App>,
    viewer: Viewer,
    Path(number): Path<String>,
) -> Result<Response, Fail> {
    let number = parse(&number)?;
    let actor = &viewer.require()?.actor;
    service::follow::follow_start(&app.hall, actor, number).await?;
    Ok(see_other(&format!("/proposals/{number}"), Some("followed")))
}

async fn unfollow(
    State(app): State<App>,
    viewer: Viewer,
    Path(number): Path<String>,
) -> Result<Response, Fail> {
    let number = parse(&number)?;
    let actor = &viewer.require()?.actor;
    service::follow::follow_stop(&app.hall, actor, number).await?;
    Ok(see_other(&format!("/proposals/{number}"), Some("unfollowed")))
}

async fn lead_back(Path(number): Path<String>) -> Result<Response, Fail> {
    Ok(see_other(&format!("/proposals/{}", parse::<i64>(&number)?), None))
}

async fn lead_back_from_post(Path((number, id)): Path<(String, String)>) -> Result<Response, Fail> {
    Ok(see_other(
        &format!("/proposals/{}#post-{}", parse::<i64>(&number)?, parse::<i64>(&id)?),
        None,
    ))
}

async fn render(
    app: &App,
    viewer: &Viewer,
    number: i64,
    look: Look,
    back: Back,
) -> Result<Response, Fail> {
    let view =
        matter_view(&app.hall, viewer.community.id, viewer.actor(), number, look.before).await?;
    let today = viewer.now.local_date();
    let working_days_left =
        view.work.as_ref().filter(|work| work.done.is_none()).and_then(|work| {
            let calendar = viewer.community.settings.calendar(&app.hall.calendar);
            calendar.working_days_between(today, work.due.local_date()).ok()
        });
    let meta = Meta {
        title: view.title.clone(),
        tab: Tab::Home,
        // Reading carries no script: only the forms are alive.
        alive: view.mine.may.cosign || view.mine.may.post,
        status: (!matches!(back, Back::None)).then_some(StatusCode::UNPROCESSABLE_ENTITY),
        ..Meta::default()
    };
    let sheet = Sheet { view, look, back, working_days_left };
    Ok(page(app, viewer, meta, move || sheet_view(&sheet)))
}

fn sheet_view(sheet: &Sheet) -> impl IntoView + use<> {
    view! {
        {fields::summary(&sheet.back)}
        <article class="matter">
            {head::head(sheet)}
            {act::act(sheet)}
            <div class="matter-body">
                {body::body(sheet)}
                {talk::talk(sheet)}
            </div>
            <div class="matter-side">
                {side::work(sheet)}
                {side::timeline(sheet)}
                {side::own(sheet)}
            </div>
        </article>
    }
}
