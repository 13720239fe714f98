//! A form that was sent and needs the second factor again is kept: nothing that was typed is lost.
//!
//! The form's bytes are remembered while its handler runs. When that says that the factor must be shown
//! once more, the answer is the page which asks for it and carries the fields along; see
//! [`app::pages::second_factor`].

use std::sync::Arc;

use app::Fail;
use app::link;
use app::pages::second_factor::{Kept, keep};
use app::viewer::Viewer;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use domain::permission::Denied;
use service::Error;

use super::arrival::Arrival;
use super::{BODY_MAX, Web};

pub(super) async fn layer(
    State(web): State<Arc<Web>>,
    arrival: axum::Extension<Arrival>,
    viewer: Option<Viewer>,
    request: Request,
    next: Next,
) -> Response {
    let asked = viewer.filter(|viewer| may_be_asked(viewer) && !arrival.json);
    let Some(viewer) = asked.filter(|_| is_form(&request)) else {
        return next.run(request).await;
    };
    let address = request.uri().path_and_query().map_or("/", |it| it.as_str());
    let address = link::with(&viewer.community.prefix, address);
    let (head, body) = request.into_parts();
    let Ok(body) = to_bytes(body, BODY_MAX).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let response = next.run(Request::from_parts(head, Body::from(body.clone()))).await;
    if !needs_step_up(&response) {
        return response;
    }
    match keep(&web.app, &viewer, Kept::of(address, &body)).await {
        Ok(page) => page,
        Err(fail) => fail.into_response(),
    }
}

/// Whether somebody can be asked for the second factor again: they are signed in, and it is over ten
/// minutes ago that it was shown.
fn may_be_asked(viewer: &Viewer) -> bool {
    viewer.actor().is_some_and(|actor| !actor.stepped_up && actor.through.is_none())
}

/// A form without files: those can't be carried along.
fn is_form(request: &Request) -> bool {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let kind = kind.and_then(|kind| kind.split(';').next()).unwrap_or_default();
    request.method() == Method::POST && kind.trim() == "application/x-www-form-urlencoded"
}

fn needs_step_up(response: &Response) -> bool {
    let fail = response.extensions().get::<Fail>();
    fail.is_some_and(|fail| matches!(fail.0.as_ref(), Error::Denied(Denied::StepUp)))
}
