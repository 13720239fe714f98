//! Pages: one file each, with its addresses, its form's state and its view.

use axum::Router;

use crate::state::App;

mod about;
mod ballot;
pub mod ballot_open;
mod ballots;
mod communities;
mod cosign;
mod denied;
mod desk;
mod desk_counter;
mod desk_mail;
mod desk_matter;
mod desk_members;
mod desk_owners;
mod desk_people;
mod desk_places;
mod desk_plans;
mod desk_record;
mod desk_removed;
mod desk_reports;
mod desk_reports_case;
mod desk_roles;
pub mod desk_roll;
mod desk_settings;
mod desk_slips;
pub mod error;
mod follow;
mod follow_places;
mod helping;
mod home;
mod household;
mod join;
mod join_ask;
mod live;
mod matter;
mod me;
mod me_data;
mod me_drafts;
mod me_name;
mod me_removed;
mod merge;
mod opinions;
mod opinions_body;
mod opinions_desk;
mod opinions_picture;
mod photos;
mod prefs;
mod privacy;
mod proposal_new;
mod proposal_own;
mod proposals;
mod report;
mod requests;
mod reset;
mod search;
mod search_found;
mod search_similar;
pub mod second_factor;
mod security;
mod sign_in;
mod text;
mod vouches;

/// Every address of the app.
pub fn routes() -> Router<App> {
    Router::new()
        .merge(sign_in::routes())
        .merge(second_factor::routes())
        .merge(security::routes())
        .merge(me::routes())
        .merge(me_name::routes())
        .merge(me_data::routes())
        .merge(me_drafts::routes())
        .merge(me_removed::routes())
        .merge(report::routes())
        .merge(privacy::routes())
        .merge(reset::routes())
        .merge(prefs::routes())
        .merge(proposals::routes())
        .merge(proposal_own::routes())
        .merge(proposal_new::routes())
        .merge(home::routes())
        .merge(cosign::routes())
        .merge(ballots::routes())
        .merge(communities::routes())
        .merge(ballot::routes())
        .merge(ballot_open::routes())
        .merge(desk::routes())
        .merge(desk_slips::routes())
        .merge(join::routes())
        .merge(join_ask::routes())
        .merge(household::routes())
        .merge(vouches::routes())
        .merge(helping::routes())
        .merge(desk_members::routes())
        .merge(desk_counter::routes())
        .merge(desk_people::routes())
        .merge(desk_places::routes())
        .merge(desk_plans::routes())
        .merge(photos::routes())
        .merge(desk_record::routes())
        .merge(desk_reports::routes())
        .merge(desk_roles::routes())
        .merge(desk_roll::routes())
        .merge(desk_owners::routes())
        .merge(desk_settings::routes())
        .merge(follow::routes())
        .merge(follow_places::routes())
        .merge(search::routes())
        .merge(search_similar::routes())
        .merge(live::routes())
        .merge(merge::routes())
        .merge(text::routes())
        .merge(matter::routes())
        .merge(opinions::routes())
}
