//! Forms that carry files: one file at a time is in memory, whatever comes.

use axum::body::{Bytes, to_bytes};
use axum::extract::multipart::MultipartError;
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Request};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::de::DeserializeOwned;
use service::photo::{BYTES_MAX, MATTER_MAX, POST_MAX};

use crate::fail::Fail;

/// The most bytes of a form's fields together, without its files.
pub const FIELDS_MAX: usize = 64 << 10;
/// The most fields of a form.
const COUNT_MAX: usize = 200;

/// The largest body that an address takes, where it takes photos: so many, and the form around them. `path`
/// is without the community's prefix.
#[must_use]
pub fn most(path: &str) -> Option<usize> {
    let parts: Vec<_> = path.split('/').skip(1).collect();
    let photos = match parts.as_slice() {
        ["photos"] | ["desk", "plans"] => 1,
        ["proposals", "new"] | ["proposals", _, "edit"] => MATTER_MAX,
        ["proposals", _, "posts"] => POST_MAX,
        _ => return None,
    };
    let photos = usize::try_from(photos).unwrap_or(1);
    Some(photos * (BYTES_MAX + 1_024) + 2 * FIELDS_MAX)
}

/// A form's fields, as they were sent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fields(Vec<(String, String)>);

impl Fields {
    /// The first field of a name; empty where there is none.
    #[must_use]
    pub fn get(&self, name: &str) -> &str {
        self.all(name).next().unwrap_or_default()
    }

    /// All fields of a name.
    pub fn all<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(of, _)| of == name).map(|(_, value)| value.as_str())
    }

    /// Whether a field of that name was sent: a button's is when it was pressed.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.all(name).next().is_some()
    }

    /// Fields whose name begins with `prefix`: the rest of the name, and the value.
    pub fn beginning<'a>(&'a self, prefix: &str) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.0
            .iter()
            .filter_map(move |(name, value)| Some((name.strip_prefix(prefix)?, value.as_str())))
    }

    /// Puts one field of that name in the place of all there are.
    pub fn set(&mut self, name: &str, value: String) {
        self.0.retain(|(of, _)| of != name);
        self.0.push((name.to_owned(), value));
    }

    /// Reads them into a form's struct, as `Form` would.
    ///
    /// # Errors
    /// [`UploadFail`] with 400 when a field can't be one of that struct.
    pub fn parse<T: DeserializeOwned>(&self) -> Result<T, UploadFail> {
        let bad = |_| UploadFail::Status(StatusCode::BAD_REQUEST);
        // The same rules as for a form without files, whichever way it came.
        let text = serde_urlencoded::to_string(&self.0)
            .map_err(|_| UploadFail::Status(StatusCode::BAD_REQUEST))?;
        serde_urlencoded::from_str(&text).map_err(bad)
    }
}

/// A file of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UploadedFile {
    /// The field's name.
    pub field: String,
    /// Its bytes; one more than [`BYTES_MAX`] when there were more.
    pub bytes: Vec<u8>,
}

/// A form with files, or one without them: fields are gathered while files are taken out one by one.
#[derive(Debug)]
pub struct Upload {
    form: Option<Multipart>,
    bytes: usize,
    /// The fields that have come so far; all of them when no file is left.
    pub fields: Fields,
}

impl Upload {
    /// The next file; what comes between goes to the fields. A file input that was left empty sends an empty
    /// file.
    ///
    /// # Errors
    /// [`UploadFail`] with 413 when the form is larger than the address takes, with 400 when it is cut off.
    pub async fn next_file(&mut self) -> Result<Option<UploadedFile>, UploadFail> {
        let Some(form) = &mut self.form else { return Ok(None) };
        while let Some(mut field) = form.next_field().await? {
            let name = field.name().unwrap_or_default().to_owned();
            let file = field.file_name().is_some();
            let max = if file { BYTES_MAX + 1 } else { FIELDS_MAX.saturating_sub(self.bytes) };
            let mut bytes = Vec::new();
            while let Some(chunk) = field.chunk().await? {
                let room = max.saturating_sub(bytes.len());
                // One byte more than is taken says that a file is too large; a text is never cut off.
                if !file && chunk.len() > room {
                    return Err(UploadFail::Status(StatusCode::PAYLOAD_TOO_LARGE));
                }
                bytes.extend_from_slice(&chunk[..chunk.len().min(room)]);
            }
            if file {
                return Ok(Some(UploadedFile { field: name, bytes }));
            }
            self.bytes += name.len() + bytes.len();
            if self.fields.0.len() >= COUNT_MAX {
                return Err(UploadFail::Status(StatusCode::PAYLOAD_TOO_LARGE));
            }
            self.fields.0.push((name, String::from_utf8_lossy(&bytes).into_owned()));
        }
        self.form = None;
        Ok(None)
    }
}

impl<S: Send + Sync> FromRequest<S> for Upload {
    type Rejection = UploadFail;

    async fn from_request(mut request: Request, state: &S) -> Result<Self, UploadFail> {
        let kind = request.headers().get(header::CONTENT_TYPE);
        let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        if kind.trim_start().starts_with("multipart/form-data") {
            // The server's layer holds the body to what the address takes.
            DefaultBodyLimit::disable().apply(&mut request);
            let form = Multipart::from_request(request, state).await;
            let form = form.map_err(|_| UploadFail::Status(StatusCode::BAD_REQUEST))?;
            return Ok(Self { form: Some(form), bytes: 0, fields: Fields::default() });
        }
        let body: Bytes = to_bytes(request.into_body(), FIELDS_MAX)
            .await
            .map_err(|_| UploadFail::Status(StatusCode::PAYLOAD_TOO_LARGE))?;
        let fields = serde_urlencoded::from_bytes(&body)
            .map_err(|_| UploadFail::Status(StatusCode::BAD_REQUEST))?;
        Ok(Self { form: None, bytes: body.len(), fields: Fields(fields) })
    }
}

/// Why a form with files wasn't taken.
#[derive(Debug, Clone)]
pub enum UploadFail {
    /// As any other page.
    Fail(Fail),
    /// A form that is too large, or no form.
    Status(StatusCode),
}

impl From<Fail> for UploadFail {
    fn from(fail: Fail) -> Self {
        Self::Fail(fail)
    }
}

impl From<service::Error> for UploadFail {
    fn from(error: service::Error) -> Self {
        Self::Fail(error.into())
    }
}

impl From<MultipartError> for UploadFail {
    fn from(error: MultipartError) -> Self {
        Self::Status(match error.status() {
            StatusCode::PAYLOAD_TOO_LARGE => StatusCode::PAYLOAD_TOO_LARGE,
            _ => StatusCode::BAD_REQUEST,
        })
    }
}

impl IntoResponse for UploadFail {
    fn into_response(self) -> Response {
        match self {
            Self::Fail(fail) => fail.into_response(),
            Self::Status(status) => status.into_response(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[test]
    fn only_addresses_with_photos_take_more() {
        let one = BYTES_MAX + 1_024 + 2 * FIELDS_MAX;
        for (path, expected) in [
            ("/photos", Some(one)),
            ("/desk/plans", Some(one)),
            ("/proposals/new", Some(one + 5 * (BYTES_MAX + 1_024))),
            ("/proposals/7/posts", Some(one + BYTES_MAX + 1_024)),
            ("/photos/7/alt", None),
            ("/proposals", None),
            ("/sign-in", None),
            ("/", None),
            ("", None),
        ] {
            assert_eq!(most(path), expected, "{path}");
        }
    }

    #[test]
    fn fields_are_read_as_a_form() {
        #[derive(Debug, PartialEq, Deserialize)]
        #[serde(default)]
        struct Typed {
            title: String,
            willing: Option<String>,
        }
        impl Default for Typed {
            fn default() -> Self {
                Self { title: "无".to_owned(), willing: None }
            }
        }
        let mut fields =
            Fields(vec![("title".into(), "灯 & 路".into()), ("photo".into(), "3".into())]);
        let typed: Typed = fields.parse().unwrap();
        assert_eq!(typed, Typed { title: "灯 & 路".into(), willing: None });
        fields.set("title", "=&%".into());
        assert_eq!(fields.parse::<Typed>().unwrap().title, "=&%");
        assert_eq!(fields.get("photo"), "3");
        assert!(!fields.has("gone"));
    }
}
