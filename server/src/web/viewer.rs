//! Who looks: the innermost layer before the pages. It also counts how often somebody changes things.

use std::sync::Arc;

use app::Fail;
use app::redirect::FLASH_COOKIE;
use app::viewer::{CommunityNames, Viewer, ViewerData};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use domain::settings::CommunitySettings;
use service::people::SignedIn;

use super::Web;
use super::arrival::Arrival;

pub(super) async fn layer(
    State(web): State<Arc<Web>>,
    arrival: axum::Extension<Arrival>,
    mut request: Request,
    next: Next,
) -> Response {
    let viewer = match look(&web, &arrival).await {
        Ok(viewer) => viewer,
        Err(error) => return Fail::from(error).into_response(),
    };
    // Reading is free, and so are the preferences, which live in cookies.
    let free = request.method().is_safe() || request.uri().path().starts_with("/prefs/");
    let taken = if free { Ok(()) } else { web.limits.take(&web, &viewer).await };
    let mut response = match taken {
        Ok(()) => {
            request.extensions_mut().insert(viewer.clone());
            next.run(request).await
        }
        Err(error) => Fail::from(error).into_response(),
    };
    if viewer.flash.is_some() && arrival.reads && is_page(&response) {
        forget_flash(response.headers_mut());
    }
    response.extensions_mut().insert(viewer);
    response
}

/// Somebody of whom nothing is known, for a request that was refused before the database was asked.
pub(super) async fn nobody(web: &Web, arrival: &Arrival) -> Viewer {
    let names = names(web).await.unwrap_or_else(|_| CommunityNames {
        name: String::new(),
        subdistrict: String::new(),
        settings: CommunitySettings::default(),
    });
    of(arrival, names, None)
}

async fn look(web: &Web, arrival: &Arrival) -> service::Result<Viewer> {
    let hall = &web.app.hall;
    let signed_in = match &arrival.token {
        Some(token) => service::session::session_find(hall, &token.0).await?,
        None => None,
    };
    Ok(of(arrival, names(web).await?, signed_in))
}

async fn names(web: &Web) -> service::Result<CommunityNames> {
    let site = &web.app.site;
    let found = service::community::community_load(&web.app.hall, site.community).await?;
    Ok(CommunityNames {
        name: found.name,
        subdistrict: found.subdistrict,
        settings: found.settings,
    })
}

fn of(arrival: &Arrival, community: CommunityNames, signed_in: Option<SignedIn>) -> Viewer {
    Viewer(Arc::new(ViewerData {
        signed_in,
        prefs: arrival.prefs,
        community,
        now: arrival.now,
        here: arrival.here.clone(),
        request_id: arrival.request_id.clone(),
        flash: arrival.flash.clone(),
        token: arrival.token.clone(),
        address: arrival.address.clone(),
        agent: arrival.agent.clone(),
    }))
}

/// A word of thanks waits for a page that shows it: not for a redirect, nor for an island's JSON.
fn is_page(response: &Response) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE);
    kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"))
}

fn forget_flash(headers: &mut HeaderMap) {
    let cookie = format!("{FLASH_COOKIE}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax");
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        headers.append(header::SET_COOKIE, cookie);
    }
}
