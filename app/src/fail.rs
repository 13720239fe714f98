//! Errors on their way to a person.
//!
//! A handler returns [`Fail`]; a layer that knows the viewer turns it into a page (or JSON for an
//! island) in their language, with the request's id.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::permission::Denied;
use service::Error;

use std::sync::Arc;

/// What went wrong, with the status that says so.
#[derive(Debug, Clone)]
pub struct Fail(pub Arc<Error>);

impl Fail {
    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self.0.as_ref() {
            Error::Denied(Denied::SignIn) => StatusCode::UNAUTHORIZED,
            Error::Denied(Denied::NotHere) | Error::NotFound => StatusCode::NOT_FOUND,
            Error::Denied(_) => StatusCode::FORBIDDEN,
            Error::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Error::Refused(_) => StatusCode::CONFLICT,
            Error::TooOften { .. } => StatusCode::TOO_MANY_REQUESTS,
            Error::Calendar(_) => StatusCode::SERVICE_UNAVAILABLE,
            Error::Db(_) | Error::Broken(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

impl<E: Into<Error>> From<E> for Fail {
    fn from(error: E) -> Self {
        Self(Arc::new(error.into()))
    }
}

impl IntoResponse for Fail {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}
