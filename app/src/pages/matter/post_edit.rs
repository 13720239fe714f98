//! `/proposals/{number}/posts/{id}/edit`: changing what one said, or taking it back.

use axum::Router;
use axum::extract::{Form, Path, State};
use axum::response::Response;
use axum::routing::get;
use domain::ids::PostId;
use domain::permission::Action;
use domain::settings::TalkModeration;
use domain::text::PostBody;
use leptos::prelude::*;
use service::post::{EditForm, post_edit, post_own};

use super::talk_form::{error, stances};
use crate::fail::Fail;
use crate::form::{Problems, error_line, summary};
use crate::link::{parse, to};
use crate::redirect::see_other;
use crate::render::words;
use crate::shell::{Meta, Tab, page};
use crate::state::App;
use crate::unsent::unsent_page;
use crate::viewer::Viewer;
use crate::words::fill;

pub(super) fn routes() -> Router<App> {
    Router::new().route("/proposals/{number}/posts/{id}/edit", get(show).post(save))
}

async fn show(
    State(app): State<App>,
    viewer: Viewer,
    Path((number, id)): Path<(String, String)>,
) -> Result<Response, Fail> {
    let (number, id) = (parse(&number)?, parse(&id)?);
    let actor = &viewer.require()?.actor;
    let form = post_own(&app.hall, actor, number, PostId(id)).await?;
    Ok(render(&app, &viewer, number, id, form, Problems::default()))
}

async fn save(
    State(app): State<App>,
    viewer: Viewer,
    Path((number, id)): Path<(String, String)>,
    Form(form): Form<EditForm>,
) -> Result<Response, Fail> {
    let (number, id) = (parse(&number)?, parse(&id)?);
    let actor = &viewer.require()?.actor;
    match post_edit(&app.hall, actor, number, PostId(id), &form).await {
        Ok(()) => {
            let looked_at = viewer.community.settings.talk_moderation != TalkModeration::After
                && !viewer.may(Action::ReportDecide);
            let flash = if looked_at { "post_sent" } else { "post_edited" };
            Ok(see_other(&format!("/proposals/{number}/posts/{id}#post-{id}"), Some(flash)))
        }
        // One that went meanwhile has no form any more.
        Err(error) => {
            let problems = Problems::kept(error)?;
            Ok(match post_own(&app.hall, actor, number, PostId(id)).await {
                Ok(_) => render(&app, &viewer, number, id, form, problems),
                Err(_) => {
                    let back = format!("/proposals/{number}");
                    let title = viewer.words().talk.edit_title;
                    unsent_page(&app, &viewer, title, back, form.body, problems)
                }
            })
        }
    }
}

fn render(
    app: &App,
    viewer: &Viewer,
    number: i64,
    id: i64,
    form: EditForm,
    problems: Problems,
) -> Response {
    let meta = Meta {
        title: viewer.words().talk.edit_title.to_owned(),
        tab: Tab::Home,
        narrow: true,
        alive: true,
        problems: problems.clone(),
        ..Meta::default()
    };
    page(app, viewer, meta, move || body(number, id, &form, &problems))
}

fn body(number: i64, id: i64, form: &EditForm, problems: &Problems) -> impl IntoView + use<> {
    let words = words();
    let (w, m) = (words.talk, words.matter);
    let own = format!("/proposals/{number}/posts/{id}");
    let wrong = error(&form.body, problems);
    let invalid = wrong.is_some();
    let stances = stances("body", &form.stance, problems);
    let anyway = problems.only_watched().then(|| {
        view! { <button class="btn btn-secondary" name="anyway" value="1">{w.anyway}</button> }
    });
    let places = vec![
        ("stance", "#body-0".to_owned(), m.say_stance),
        ("body", "#body".to_owned(), m.say_body),
    ];
    view! {
        {(!problems.is_empty()).then(|| summary(problems, places))}
        <div class="page-head"><h1>{w.edit_title}</h1><p class="page-lead">{w.edit_hint}</p></div>
        <form class="section" method="post" action=to(format!("{own}/edit")) novalidate>
            {stances}
            <div class="field">
                <label class="field-label" for="body">{m.say_body}</label>
                <islands::TextArea
                    id="body"
                    name="body"
                    value=form.body.clone()
                    required=true
                    invalid=invalid
                    described_by=if invalid { "body-e body-n" } else { "body-n" }
                />
                <p class="counter" id="body-n">{fill(m.say_hint, &[("max", &PostBody::MAX)])}</p>
                {error_line("body", wrong)}
            </div>
            {crate::hints::hints()}
            <div class="btn-row">
                <button class="btn btn-primary">{w.edit_go}</button>
                {anyway}
                <a class="btn btn-quiet" href=to(format!("{own}#post-{id}"))>{words.site.back}</a>
            </div>
        </form>
        <details class="more">
            <summary>{w.withdraw}</summary>
            <form class="more-body" method="post" action=to(format!("{own}/withdraw"))>
                <p>{w.withdraw_hint}</p>
                <button class="btn btn-danger">{w.withdraw_go}</button>
            </form>
        </details>
    }
}
