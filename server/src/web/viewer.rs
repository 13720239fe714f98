//! Who looks: the innermost layer before the pages. It also counts how often somebody changes things, and
//! how often they read.

use std::sync::Arc;

use app::Fail;
use app::redirect::FLASH_COOKIE;
use app::viewer::{CommunityNames, Elsewhere, Viewer, ViewerData};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use domain::ids::CommunityId;
use domain::settings::CommunitySettings;
use service::community::Community;
use service::people::SignedIn;
use service::session::{Seen, session_look};

use super::Web;
use super::arrival::Arrival;

pub(super) async fn layer(
    State(web): State<Arc<Web>>,
    arrival: axum::Extension<Arrival>,
    mut request: Request,
    next: Next,
) -> Response {
    let community = match community(&web, &arrival).await {
        Ok(community) => community,
        Err(error) => return Fail::from(error).into_response(),
    };
    if community.prefix.is_empty() && arrival.slug.is_some() && arrival.reads {
        return super::community::to_root(request.uri());
    }
    let viewer = match look(&web, &arrival, community).await {
        Ok(viewer) => viewer,
        Err(error) => return Fail::from(error).into_response(),
    };
    // Preferences are free: they live in cookies. Drafts have a limit of their own.
    let path = request.uri().path();
    let taken = if request.method().is_safe() {
        web.reading.take(&viewer, path)
    } else if path.starts_with("/prefs/") || path == "/drafts" {
        Ok(())
    } else {
        web.limits.take(&web, &viewer).await
    };
    let mut response = match taken {
        Ok(()) => {
            request.extensions_mut().insert(viewer.clone());
            next.run(request).await
        }
        Err(error) => Fail::from(error).into_response(),
    };
    // To sign in again would lead nowhere: what lies behind isn't for people of another community.
    if viewer.elsewhere.is_some() && response.status() == StatusCode::UNAUTHORIZED {
        response = Fail::from(service::Error::NotFound).into_response();
    }
    if viewer.flash.is_some() && arrival.reads && is_page(&response) {
        forget_flash(response.headers_mut());
    }
    response.extensions_mut().insert(viewer);
    response
}

/// Somebody of whom nothing is known, for a request that was refused before the database was asked, or
/// whose community there isn't.
pub(super) async fn nobody(web: &Web, arrival: &Arrival) -> Viewer {
    let found = match community(web, arrival).await {
        Ok(community) => Some(community),
        Err(_) => service::community::community_first(&web.app.hall).await.ok().flatten(),
    };
    let names = found.map_or_else(no_names, names);
    of(arrival, names, Who::Nobody)
}

/// The community that the address names.
async fn community(web: &Web, arrival: &Arrival) -> service::Result<Community> {
    let hall = &web.app.hall;
    match &arrival.slug {
        Some(slug) => service::community::community_by_slug(hall, slug).await,
        None => service::community::community_first(hall).await?.ok_or(service::Error::NotFound),
    }
}

async fn look(web: &Web, arrival: &Arrival, community: Community) -> service::Result<Viewer> {
    let hall = &web.app.hall;
    let seen = match &arrival.token {
        Some(token) => session_look(hall, &token.0).await?,
        None => Seen::Nobody,
    };
    let person = match seen {
        Seen::SignedIn(person) => person,
        Seen::FactorWaits => return Ok(of(arrival, names(community), Who::FactorWaits)),
        Seen::Nobody => return Ok(of(arrival, names(community), Who::Nobody)),
    };
    if person.actor.community == community.id {
        return Ok(of(arrival, names(community), Who::SignedIn(person)));
    }
    let own = service::community::community_load(hall, person.actor.community).await?;
    let elsewhere =
        Elsewhere { nickname: person.nickname, community: own.name, prefix: own.prefix };
    Ok(of(arrival, names(community), Who::Elsewhere(elsewhere)))
}

fn names(community: Community) -> CommunityNames {
    CommunityNames {
        id: community.id,
        slug: community.slug,
        prefix: community.prefix,
        name: community.name,
        subdistrict: community.subdistrict,
        district: community.district,
        has_others: community.has_others,
        settings: community.settings,
    }
}

/// For a database that doesn't answer.
fn no_names() -> CommunityNames {
    CommunityNames {
        id: CommunityId(0),
        slug: String::new(),
        prefix: String::new(),
        name: String::new(),
        subdistrict: String::new(),
        district: String::new(),
        has_others: false,
        settings: CommunitySettings::default(),
    }
}

/// Who looks at a page of a community.
enum Who {
    Nobody,
    FactorWaits,
    SignedIn(Box<SignedIn>),
    Elsewhere(Elsewhere),
}

fn of(arrival: &Arrival, community: CommunityNames, who: Who) -> Viewer {
    let factor_waits = matches!(who, Who::FactorWaits);
    let (signed_in, elsewhere) = match who {
        Who::Nobody | Who::FactorWaits => (None, None),
        Who::SignedIn(person) => (Some(*person), None),
        Who::Elsewhere(elsewhere) => (None, Some(elsewhere)),
    };
    Viewer(Arc::new(ViewerData {
        signed_in,
        elsewhere,
        factor_waits,
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
