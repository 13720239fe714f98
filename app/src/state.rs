//! What every handler is given.

use std::sync::Arc;

use axum::extract::FromRef;
use service::Hall;

/// The state of the router.
#[derive(Debug, Clone, FromRef)]
pub struct App {
    /// Use cases.
    pub hall: Hall,
    /// Facts of this site.
    pub site: Arc<Site>,
}

/// Facts of this site that don't change while it runs.
#[derive(Debug, Clone)]
pub struct Site {
    /// Scheme and host as people type them, without a slash at the end: for mails and printed codes.
    pub base_url: String,
    /// Whether this is a demo: one-tap sign-in, and a bar on every page that says so.
    pub demo: bool,
    /// Where the style sheet and the scripts are.
    pub assets: Assets,
}

/// Addresses of the built files, each with a hash of its content.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Assets {
    /// The style sheet.
    pub css: String,
    /// The sprite of icons.
    pub icons: String,
    /// The small script that wakes islands.
    pub boot: String,
    /// The client's module.
    pub client: String,
    /// The client's wasm.
    pub wasm: String,
    /// The module of the larger client, with the islands of long forms.
    pub forms: String,
    /// Its wasm.
    pub forms_wasm: String,
}
