//! Pages: one file each, with its addresses, its form's state and its view.

use axum::Router;

use crate::state::App;

mod ballot;
pub mod ballot_open;
mod ballots;
mod cosign;
mod desk;
mod desk_mail;
mod desk_matter;
pub mod error;
mod follow;
mod home;
mod matter;
mod me;
mod prefs;
mod proposal_new;
mod proposal_own;
mod proposals;
mod sign_in;

/// Every address of the app.
pub fn routes() -> Router<App> {
    Router::new()
        .merge(sign_in::routes())
        .merge(me::routes())
        .merge(prefs::routes())
        .merge(proposals::routes())
        .merge(proposal_own::routes())
        .merge(proposal_new::routes())
        .merge(home::routes())
        .merge(cosign::routes())
        .merge(ballots::routes())
        .merge(ballot::routes())
        .merge(ballot_open::routes())
        .merge(desk::routes())
        .merge(follow::routes())
        .merge(matter::routes())
}
