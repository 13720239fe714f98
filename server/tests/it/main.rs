//! The server as its callers meet it: addresses, the command line, the mail. One program holds all of them, so that
//! they are linked once.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod attacks_doc;
mod cli;
mod common;
mod demo_second;
mod http_account;
mod http_ballots;
mod http_cache;
mod http_civil;
mod http_communities;
mod http_desk;
mod http_errors;
mod http_factor;
mod http_finding;
mod http_frame;
mod http_join;
mod http_joining;
mod http_live;
mod http_matter;
mod http_merge;
mod http_opinions;
mod http_other_community;
mod http_own;
mod http_people;
mod http_photos;
mod http_places;
mod http_proposals;
mod http_raise;
mod http_roll;
mod http_settings;
mod http_summary;
mod http_talk;
mod http_text;
mod http_ways_out;
mod mail_smtp;
mod permissions;
mod settings;
mod statements;
