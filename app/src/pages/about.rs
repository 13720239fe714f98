//! A matter's own text, or a post of its talk, as an address names it.

use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use domain::ids::PostId;
use serde::Deserialize;
use service::Error;

use crate::fail::Fail;
use crate::link::parse;

/// What a page is about, by the parts `{number}` and, for a post, `{id}` of its address.
#[derive(Debug, Clone, Copy)]
pub(super) struct About {
    /// The matter's public number.
    pub(super) number: i64,
    /// The post; none for the matter's own text.
    pub(super) post: Option<PostId>,
}

#[derive(Deserialize)]
struct Named {
    number: String,
    #[serde(default)]
    id: Option<String>,
}

impl<S: Send + Sync> FromRequestParts<S> for About {
    type Rejection = Fail;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Fail> {
        let named = Path::<Named>::from_request_parts(parts, state).await;
        let Named { number, id } = named.map_err(|_| Error::NotFound)?.0;
        Ok(Self { number: parse(&number)?, post: id.as_deref().map(parse).transpose()? })
    }
}
