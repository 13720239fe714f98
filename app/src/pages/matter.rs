//! `/proposals/{number}`: a matter, all that happened to it, and what one can do now.

mod act;
mod body;
mod fields;
mod head;
mod post;
mod post_edit;
mod review;
mod side;
mod summary;
mod talk;
mod talk_form;
mod talk_post;
mod thread;

pub(super) use side::{by_whom, step_line};

use axum::Router;
use axum::extract::{Form, Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post as on_post};
use domain::ids::PostId;
use domain::permission::Action;
use domain::role::Actor;
use domain::settings::TalkModeration;
use domain::talk::{Cursor, Order, turn_comes_at};
use leptos::prelude::*;
use serde::Deserialize;
use service::photo::{POST_MAX, PhotoView};
use service::post::PostForm;
use service::review::ReviewForm;
use service::summary::SummaryForm;
use service::views::matter::{MatterView, matter_view};
use service::{Error, Refusal};

use self::thread::{Acts, Thread, names_of, quote_of};
use crate::fail::Fail;
use crate::form::Problems;
use crate::link::{self, parse, to};
use crate::photos;
use crate::redirect::{arrived, see_other};
use crate::render::cx;
use crate::shell::{Meta, Tab, page};
use crate::state::App;
use crate::upload::{Upload, UploadFail};
use crate::viewer::Viewer;

pub(super) fn routes() -> Router<App> {
    // A form that came back with errors leaves its own address in the browser: reading it leads to
    // the matter.
    let form = |handler| get(lead_back).merge(handler);
    Router::new()
        .route("/proposals/{number}", get(show))
        .route("/proposals/{number}/posts", form(on_post(say)))
        .route("/proposals/{number}/posts/{id}/hide", get(lead_back_from_post).post(hide))
        .route("/proposals/{number}/summary", form(on_post(pin)))
        .route("/proposals/{number}/reviews", form(on_post(review_give)))
        .route("/proposals/{number}/follow", form(on_post(follow)))
        .route("/proposals/{number}/unfollow", form(on_post(unfollow)))
        .merge(post::routes())
        .merge(post_edit::routes())
        .merge(summary::routes())
}

/// What the address asks to see.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Asked {
    before: String,
    order: String,
    after: String,
    reply: String,
    hide: String,
    quote: String,
    on: String,
}

/// What to show: the cursor, and the post with an open form under it.
#[derive(Debug, Clone, Copy, Default)]
struct Look {
    cursor: Option<Cursor>,
    reply: Option<i64>,
    hide: Option<i64>,
    quote: Option<i64>,
}

impl From<Asked> for Look {
    fn from(asked: Asked) -> Self {
        let id = |text: &str| text.parse().ok();
        let cursor = match Order::from_name(&asked.order) {
            Some(Order::Balance) => Some(
                Cursor::parse(&asked.after)
                    .filter(|cursor| cursor.order() == Order::Balance)
                    .unwrap_or(Cursor::BALANCE),
            ),
            Some(Order::Time) | None => id(&asked.before).map(Cursor::Before),
        };
        Self { cursor, reply: id(&asked.reply), hide: id(&asked.hide), quote: id(&asked.quote) }
    }
}

/// The query of the page at a cursor, with its question mark.
fn query_of(cursor: Option<Cursor>) -> String {
    match cursor {
        None => String::new(),
        Some(cursor @ Cursor::Before(_)) => format!("?before={cursor}"),
        Some(Cursor::BALANCE) => "?order=balance".to_owned(),
        Some(cursor @ Cursor::Balance(_)) => format!("?order=balance&after={cursor}"),
    }
}

/// A form that comes back: what was typed, and what is wrong with it.
#[derive(Debug, Clone, Default)]
enum Back {
    /// None does.
    #[default]
    None,
    /// A post or a reply, with its photos.
    Post(PostForm, Vec<PhotoView>, Problems),
    /// The reason for taking a post down.
    Hide(String, Problems),
    /// The chair's summary.
    Pin(SummaryForm, Problems),
    /// A review.
    Review(ReviewForm, Problems),
}

impl Back {
    /// What is wrong with it; nothing where only its photos changed.
    fn problems(&self) -> Option<&Problems> {
        let problems = match self {
            Self::None => return None,
            Self::Post(_, _, problems)
            | Self::Hide(_, problems)
            | Self::Pin(_, problems)
            | Self::Review(_, problems) => problems,
        };
        (!problems.is_empty()).then_some(problems)
    }

    /// The status with which the form comes back, where its problems don't say one.
    fn status(&self) -> Option<StatusCode> {
        match self {
            Self::Pin(_, problems) if problems.is_empty() => Some(StatusCode::CONFLICT),
            _ => None,
        }
    }

    /// What was typed, in one text: where the page has no form for it any more.
    fn typed(&self) -> Option<String> {
        Some(match self {
            Self::None => return None,
            Self::Post(form, ..) => form.body.clone(),
            Self::Hide(reason, _) => reason.clone(),
            Self::Pin(form, _) => {
                let points =
                    [&*form.agreed, &form.for_points, &form.against_points, &form.open_points];
                points.join("\n")
            }
            Self::Review(form, _) => form.words.clone(),
        })
    }
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

    /// What the posts need to know of the page.
    fn thread(&self) -> Thread<'_> {
        let viewer = cx().viewer;
        let (view, may) = (&self.view, self.view.mine.may);
        let query = query_of(self.look.cursor);
        let most = viewer.community.settings.turn_posts;
        Thread {
            number: view.number,
            may: Acts { post: may.post, react: may.react, hide: may.hide },
            committee: viewer.actor().is_some_and(Actor::is_committee),
            here: format!("/proposals/{}{query}", view.number),
            query,
            look: self.look,
            back: &self.back,
            turn: turn_comes_at(&view.talk.run, viewer.now, most),
            names: names_of(&view.talk.posts),
            quote: self.look.quote.and_then(|id| quote_of(&view.talk.posts, id)),
            alone: false,
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
    upload: Upload,
) -> Result<Response, UploadFail> {
    let number = parse(&number)?;
    let actor = &viewer.require()?.actor;
    let taken = photos::take(&app.hall, actor, upload, None, POST_MAX).await?;
    let mut form: PostForm = taken.fields.parse()?;
    let ids: Vec<_> = taken.ids().iter().map(ToString::to_string).collect();
    form.photos = ids.join(",");
    let on = asked.on.parse().ok();
    let look = Look::from(asked);
    let written = if taken.stay {
        Err(Error::Invalid(taken.problems.0))
    } else {
        service::post::post_write(&app.hall, actor, number, &form).await
    };
    match written {
        Ok(id) => {
            let looked_at = viewer.community.settings.talk_moderation != TalkModeration::After
                && !viewer.may(Action::ReportDecide);
            let flash = if looked_at { "post_sent" } else { "posted" };
            // A reply may be one of many: its post's own page shows it.
            let page = if form.parent.is_empty() { String::new() } else { format!("/posts/{id}") };
            let on = format!("/proposals/{number}{page}#post-{id}");
            Ok(arrived(see_other(&on, Some(flash)), &device_key(&viewer, number, &form)))
        }
        Err(error) => {
            let gone = matches!(error, Error::NotFound);
            let problems = Problems::kept(error)?;
            if gone {
                // What it answered or quoted can't be read any more: it can still be said by itself.
                form.parent.clear();
                form.quote.clear();
            }
            let quote = form.quote.parse().ok();
            let look = Look { reply: form.parent.parse().ok(), hide: None, quote, ..look };
            let back = Back::Post(form, taken.photos, problems);
            Ok(match on.filter(|_| !gone) {
                Some(id) => post::render(&app, &viewer, number, id, None, look, back).await?,
                None => render(&app, &viewer, number, look, back).await?,
            })
        }
    }
}

/// Under what a device keeps a post until it has arrived: the form's address, and what it answers.
fn device_key(viewer: &Viewer, number: i64, form: &PostForm) -> String {
    let address = link::with(&viewer.community.prefix, &format!("/proposals/{number}/posts"));
    let place = if form.parent.is_empty() { "new" } else { form.parent.as_str() };
    format!("draft:{address}#{place}")
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
            let query = query_of(look.cursor);
            Ok(see_other(&format!("/proposals/{number}{query}#post-{id}"), Some("done")))
        }
        Err(error) => {
            let back = Back::Hide(form.reason, Problems::kept(error)?);
            render(&app, &viewer, number, look, back).await
        }
    }
}

async fn pin(
    State(app): State<App>,
    viewer: Viewer,
    Path(number): Path<String>,
    Form(form): Form<SummaryForm>,
) -> Result<Response, Fail> {
    let number = parse(&number)?;
    let actor = &viewer.require()?.actor;
    match service::summary::summary_pin(&app.hall, actor, number, &form).await {
        Ok(_) => Ok(see_other(&format!("/proposals/{number}#talk"), Some("saved"))),
        // Somebody was quicker: theirs is shown, and what was typed stays in the form.
        Err(Error::Refused(Refusal::Stale)) => {
            let back = Back::Pin(form, Problems::default());
            render(&app, &viewer, number, Look::default(), back).await
        }
        Err(error) => {
            let back = Back::Pin(form, Problems::kept(error)?);
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
            let back = Back::Review(form, Problems::kept(error)?);
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
        matter_view(&app.hall, viewer.community.id, viewer.actor(), number, look.cursor).await?;
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
        status: back.status(),
        problems: back.problems().cloned().unwrap_or_default(),
        ..Meta::default()
    };
    let sheet = Sheet { view, look, back, working_days_left };
    Ok(page(app, viewer, meta, move || sheet_view(&sheet)))
}

fn sheet_view(sheet: &Sheet) -> impl IntoView + use<> {
    view! {
        {fields::summary(&sheet.back)}
        {fields::unsent(sheet)}
        <article class="matter">
            {head::head(sheet)}
            {act::act(sheet)}
            <div class="matter-body">
                {body::body(sheet)}
                {talk::talk(sheet)}
                {super::opinions_body::link(&sheet.view)}
            </div>
            <div class="matter-side">
                {side::work(sheet)}
                {super::merge::within(&sheet.view)}
                {side::timeline(sheet)}
                {side::own(sheet)}
            </div>
        </article>
    }
}
