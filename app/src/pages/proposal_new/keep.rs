//! POST `/drafts`, and what keeps a form that comes back.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::ids::PhotoId;
use domain::role::Actor;
use serde_json::json;
use service::draft::{Kept, draft_keep, draft_open};
use service::proposal::ProposalForm;
use service::{Error, Hall, Refusal};

use super::fields::Typed;
use super::may_submit;
use crate::plans::take_pin;
use crate::state::App;
use crate::upload::{Fields, Upload, UploadFail};
use crate::viewer::Viewer;

/// The draft that a form goes on from, by its hidden fields.
pub(super) fn kept_of(fields: &Fields) -> Option<Kept> {
    let number = |name| fields.get(name).parse::<i64>().ok();
    Some(Kept { id: number("draft")?, version: number("draft_version")? })
}

/// The photos that a form shows.
fn photos_of(fields: &Fields) -> Vec<PhotoId> {
    fields.all("photo").filter_map(|id| id.parse().ok()).collect()
}

/// Keeps the form as it is typed, and answers in JSON: `{"id": 5, "version": 2}`; 409 with `{"stale": true,
/// "version": 3}` where the draft was changed elsewhere since, or with `{"full": true}`.
pub(super) async fn keep(
    State(app): State<App>,
    viewer: Viewer,
    mut upload: Upload,
) -> Result<Response, UploadFail> {
    let actor = may_submit(&viewer)?;
    // Files are sent by themselves.
    while upload.next_file().await?.is_some() {}
    let mut fields = upload.fields;
    take_pin(&mut fields);
    let before = kept_of(&fields);
    let form = ProposalForm::from(fields.parse::<Typed>()?);
    let answer = match draft_keep(&app.hall, actor, before, &form, &photos_of(&fields)).await {
        Ok(kept) => (StatusCode::OK, json!({ "id": kept.id, "version": kept.version })),
        Err(Error::Refused(Refusal::TooManyDrafts)) => {
            (StatusCode::CONFLICT, json!({ "full": true }))
        }
        Err(Error::Refused(Refusal::Stale)) => {
            let now = match before {
                Some(kept) => draft_open(&app.hall, actor, kept.id).await?.kept.version,
                None => return Err(Error::Refused(Refusal::Stale).into()),
            };
            (StatusCode::CONFLICT, json!({ "stale": true, "version": now }))
        }
        Err(error) => return Err(error.into()),
    };
    Ok((answer.0, Json(answer.1)).into_response())
}

/// Keeps a form as a draft. One that was changed or dropped elsewhere meanwhile is kept beside it, as another
/// one: nothing that was typed is lost.
///
/// # Errors
/// As [`draft_keep`].
pub(super) async fn keep_anyway(
    hall: &Hall,
    actor: &Actor,
    before: Option<Kept>,
    form: &ProposalForm,
    photos: &[PhotoId],
) -> Result<Kept, Error> {
    match draft_keep(hall, actor, before, form, photos).await {
        Err(Error::Refused(Refusal::Stale) | Error::NotFound) if before.is_some() => {
            draft_keep(hall, actor, None, form, photos).await
        }
        other => other,
    }
}

/// Keeps a form that comes back, where it has something that the page alone can't hold: photos, or a draft
/// that it goes on from. What can't be kept is on the page all the same.
pub(super) async fn keep_beside(
    hall: &Hall,
    actor: &Actor,
    before: Option<Kept>,
    form: &ProposalForm,
    photos: &[PhotoId],
) -> Option<Kept> {
    if before.is_none() && photos.is_empty() {
        return None;
    }
    keep_anyway(hall, actor, before, form, photos).await.ok()
}
