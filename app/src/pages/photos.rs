//! `/photos/{token}`: a photo's or a plan's file, by the SHA-256 of its content, for whoever may see it; and `/photos`: sending photos one by
//! one, as the form's island does. Without scripts they go with their form.

use axum::extract::{Form, Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use domain::ids::PhotoId;
use serde::Deserialize;
use serde_json::json;
use service::Error;
use service::photo::{
    FIELD, PhotoProblem, photo_alt_change, photo_bytes, photo_file, photo_remove, photos_loose,
    photos_of_draft,
};

use crate::fail::Fail;
use crate::form::Problems;
use crate::link::{parse, with};
use crate::photos::add;
use crate::state::App;
use crate::upload::{Upload, UploadFail};
use crate::viewer::Viewer;

/// The addresses.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/photos", post(send))
        .route("/photos/{token}", get(show))
        .route("/photos/{id}/alt", post(say))
        .route("/photos/{id}/remove", post(remove))
}

/// A name never means other bytes, so what a browser has it need not fetch twice; but it asks each time, since a
/// photo can be taken down. Others on the way keep only what everybody may see, and ask too.
async fn show(
    State(app): State<App>,
    viewer: Viewer,
    Path(hash): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Fail> {
    let file = photo_file(&app.hall, viewer.community.id, viewer.actor(), &hash).await?;
    let etag = format!("\"{hash}\"");
    let kept = match (file.public, file.lasting) {
        (true, true) => "public, max-age=31536000, immutable",
        (true, false) => "public, no-cache",
        (false, _) => "private, no-cache",
    };
    let told = [
        (header::CONTENT_TYPE, HeaderValue::from_static(file.kind)),
        (header::CACHE_CONTROL, HeaderValue::from_static(kept)),
        (header::ETAG, text(&etag)),
        (header::CONTENT_DISPOSITION, HeaderValue::from_static("inline")),
    ];
    let known = headers.get_all(header::IF_NONE_MATCH).iter();
    let known = known.filter_map(|value| value.to_str().ok()).any(|line| line.contains(&etag));
    if known {
        return Ok((StatusCode::NOT_MODIFIED, told).into_response());
    }
    Ok((told, photo_bytes(&app.hall, &hash).await?).into_response())
}

/// Of letters, digits and marks that a header takes.
fn text(value: &str) -> HeaderValue {
    HeaderValue::from_str(value).unwrap_or(HeaderValue::from_static(""))
}

/// Takes one photo, for the draft that the field `draft` names or for the next post.
async fn send(
    State(app): State<App>,
    viewer: Viewer,
    mut upload: Upload,
) -> Result<Response, UploadFail> {
    let actor = &viewer.require()?.actor;
    let mut file = None;
    while let Some(next) = upload.next_file().await? {
        if next.field == FIELD {
            file = Some(next);
            break;
        }
    }
    let draft = upload.fields.get("draft").parse().ok();
    let bytes = file.map(|file| file.bytes).unwrap_or_default();
    let id = match add(&app.hall, actor, bytes, draft).await {
        Ok(id) => id,
        Err(error) => return Ok(refused(&viewer, error)?),
    };
    let mut photos = photos_loose(&app.hall, actor, &[id]).await?;
    if let Some(draft) = draft {
        photos.append(&mut photos_of_draft(&app.hall, actor, draft).await?);
    }
    let photo = photos.into_iter().find(|photo| photo.id == id.0).ok_or(Error::NotFound)?;
    let small = with(&viewer.community.prefix, &format!("/photos/{}", photo.small_jpeg));
    Ok(Json(json!({ "id": photo.id, "small": small })).into_response())
}

/// What is wrong, in words, for the island to show beside the photo.
fn refused(viewer: &Viewer, error: Error) -> Result<Response, Fail> {
    let problems = Problems::of(error)?;
    let words = viewer.words();
    let told = problems.of_field(FIELD, words).or_else(|| problems.of_field("alt", words));
    let told = told.unwrap_or_else(|| crate::photos::problem_words(PhotoProblem::Broken, words));
    Ok((StatusCode::UNPROCESSABLE_ENTITY, Json(json!({ "error": told }))).into_response())
}

/// What is seen on a photo.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct AltForm {
    alt: String,
}

async fn say(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<String>,
    Form(form): Form<AltForm>,
) -> Result<Response, Fail> {
    let actor = &viewer.require()?.actor;
    let id: PhotoId = parse(&id)?;
    match photo_alt_change(&app.hall, actor, id, &form.alt).await {
        Ok(()) => Ok(Json(json!({ "id": id.0 })).into_response()),
        Err(error) => refused(&viewer, error),
    }
}

async fn remove(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<String>,
) -> Result<Response, Fail> {
    let actor = &viewer.require()?.actor;
    let id: PhotoId = parse(&id)?;
    photo_remove(&app.hall, actor, id).await?;
    Ok(Json(json!({ "id": id.0 })).into_response())
}
