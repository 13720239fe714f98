//! Pages: one file each, with its addresses, its form's state and its view.

use axum::Router;

use crate::state::App;

pub mod error;
mod follow;

/// Every address of the app.
pub fn routes() -> Router<App> {
    Router::new().merge(follow::routes())
}
