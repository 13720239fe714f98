//! `/follow/{token}`: the page behind a mail's last link. Opening it changes nothing, because mail
//! scanners open links; its button, or a mail program's one click (RFC 8058), stops the mails.

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use axum::routing::get;
use leptos::prelude::*;
use service::Error;
use service::notice::{FollowLink, follow_link, follow_stop};
use service::place_follow::{PlaceLink, place_link, place_link_stop};

use super::follow_places::name_of;
use crate::fail::Fail;
use crate::link::to;
use crate::render::words;
use crate::shell::{Meta, no_store, page};
use crate::state::App;
use crate::viewer::Viewer;
use crate::words::fill;

/// The addresses.
pub(super) fn routes() -> Router<App> {
    Router::new().route("/follow/{token}", get(show).post(stop))
}

async fn show(
    State(app): State<App>,
    viewer: Viewer,
    Path(token): Path<String>,
) -> Result<Response, Fail> {
    let link = follow_link(&app.hall, &token).await;
    let Some(link) = ours(&viewer, link)? else { return show_place(&app, &viewer, &token).await };
    if link.stopped_at.is_some() {
        return Ok(stopped(&app, &viewer, link));
    }
    let meta = meta(viewer.words().mail.stop_title, None);
    Ok(closed(page(&app, &viewer, meta, move || {
        let w = words().mail;
        view! {
            <div class="page-head">
                <h1>{link.title}</h1>
                <p class="page-lead">{w.stop_lead}</p>
            </div>
            <form method="post" action=to(format!("/follow/{token}"))>
                <div class="btn-row">
                    <button class="btn btn-primary">{w.stop_button}</button>
                </div>
            </form>
        }
    })))
}

/// Answers 200 itself, without a redirect: mail programs that post for their reader follow none.
async fn stop(
    State(app): State<App>,
    viewer: Viewer,
    Path(token): Path<String>,
) -> Result<Response, Fail> {
    let found = follow_link(&app.hall, &token).await;
    if ours(&viewer, found)?.is_none() {
        return stop_place(&app, &viewer, &token).await;
    }
    let link = follow_stop(&app.hall, &token).await?;
    Ok(stopped(&app, &viewer, link))
}

/// The link, unless there is none or it belongs to another community's hall.
fn ours(viewer: &Viewer, link: Result<FollowLink, Error>) -> Result<Option<FollowLink>, Error> {
    match link {
        Ok(link) if link.community == viewer.community.id => Ok(Some(link)),
        Ok(_) | Err(Error::NotFound) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The same for a mail about a place or a category that somebody follows.
async fn show_place(app: &App, viewer: &Viewer, token: &str) -> Result<Response, Fail> {
    let Some(link) = ours_of(viewer, place_link(&app.hall, token).await)? else {
        return Ok(unknown(app, viewer));
    };
    let name = name_of(&link, viewer.words());
    let title = fill(viewer.words().finding.follow_stop_title, &[("what", &name)]);
    let meta = meta(&title, None);
    let token = token.to_owned();
    Ok(closed(page(app, viewer, meta, move || {
        let w = words().finding;
        view! {
            <div class="page-head">
                <h1>{title}</h1>
                <p class="page-lead">{w.follow_stop_lead}</p>
            </div>
            <form method="post" action=to(format!("/follow/{token}"))>
                <div class="btn-row">
                    <button class="btn btn-primary">{w.follow_stop_button}</button>
                </div>
            </form>
        }
    })))
}

async fn stop_place(app: &App, viewer: &Viewer, token: &str) -> Result<Response, Fail> {
    if ours_of(viewer, place_link(&app.hall, token).await)?.is_none() {
        return Ok(unknown(app, viewer));
    }
    let link = place_link_stop(&app.hall, token).await?;
    let name = name_of(&link, viewer.words());
    let meta = meta(viewer.words().finding.follow_stopped_title, None);
    let own = viewer.actor().is_some_and(|actor| actor.person == link.person);
    Ok(closed(page(app, viewer, meta, move || {
        let w = words().finding;
        let manage = own.then(|| {
            view! {
                <div class="btn-row">
                    <a class="btn btn-primary" href=to("/follow")>{w.follow_manage}</a>
                </div>
            }
        });
        view! {
            <div class="page-head">
                <h1>{w.follow_stopped_title}</h1>
                <p class="page-lead">{fill(w.follow_stopped_lead, &[("what", &name)])}</p>
            </div>
            {manage}
        }
    })))
}

fn ours_of(viewer: &Viewer, link: Result<PlaceLink, Error>) -> Result<Option<PlaceLink>, Error> {
    match link {
        Ok(link) if link.community == viewer.community.id => Ok(Some(link)),
        Ok(_) | Err(Error::NotFound) => Ok(None),
        Err(error) => Err(error),
    }
}

fn stopped(app: &App, viewer: &Viewer, link: FollowLink) -> Response {
    let may_follow = viewer.actor().is_some_and(|actor| actor.person == link.person);
    let meta = meta(viewer.words().mail.stopped_title, None);
    closed(page(app, viewer, meta, move || {
        let w = words().mail;
        let matter = to(format!("/proposals/{}", link.number));
        let again = may_follow.then(|| {
            view! {
                <form method="post" action=format!("{matter}/follow")>
                    <button class="btn btn-secondary">{w.stopped_again}</button>
                </form>
            }
        });
        view! {
            <div class="page-head">
                <h1>{w.stopped_title}</h1>
                <p class="page-lead"><b>{link.title}</b></p>
                <p class="page-lead">{w.stopped_lead}</p>
            </div>
            <div class="btn-row">
                <a class="btn btn-primary" href=matter>{w.see}</a>
                {again}
            </div>
        }
    }))
}

fn unknown(app: &App, viewer: &Viewer) -> Response {
    let meta = meta(viewer.words().mail.unknown_title, Some(StatusCode::NOT_FOUND));
    closed(page(app, viewer, meta, || {
        let all = words();
        view! {
            <div class="error-page">
                <h1>{all.mail.unknown_title}</h1>
                <p>{all.mail.unknown_lead}</p>
                <div class="btn-row">
                    <a class="btn btn-primary" href=to("/me")>{all.site.tab_me}</a>
                    <a class="btn btn-secondary" href=to("/")>{all.site.go_home}</a>
                </div>
            </div>
        }
    }))
}

fn meta(title: &str, status: Option<StatusCode>) -> Meta {
    Meta { title: title.to_owned(), narrow: true, status, ..Meta::default() }
}

/// The address is a secret: it is kept nowhere and listed nowhere (and the frame's policy tells it to
/// no other site).
fn closed(response: Response) -> Response {
    let mut response = no_store(response);
    response.headers_mut().insert("x-robots-tag", HeaderValue::from_static("noindex"));
    response
}
