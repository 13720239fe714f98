//! The use cases, on both databases. One program holds all of them, so that they are linked once.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod accounts;
mod appeals;
mod audit;
mod ballots;
mod civil;
mod communities;
mod consents;
mod cosigns;
mod desk;
mod desk_ground;
mod drafts;
mod everything;
mod factors;
mod finding;
mod helpers;
mod households;
mod jobs;
mod joining;
mod key_change;
mod lists;
mod mail;
mod merging;
mod merging_ground;
mod opinions;
mod overtaken;
mod own_data;
mod passkeys;
mod photos;
mod places;
mod plans;
mod posts;
mod proposals;
mod resets;
mod reviews;
mod roles;
mod roll;
mod roll_ground;
mod search;
mod settings;
mod setup;
mod similar;
mod slips;
mod store_s3;
mod summaries;
mod texts;
mod texts_ground;
mod texts_waiting;
mod threads;
mod unseen;
mod work;
