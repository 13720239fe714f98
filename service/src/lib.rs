//! Use cases: permit → load → `domain` decides → write, with audit entry and notice, in one transaction.
//!
//! A use case reads no clock and rolls no dice by itself: the [`Hall`](hall::Hall) carries both.

pub mod account;
pub mod audit;
pub mod ballot;
pub mod clock;
pub mod close;
pub mod community;
pub mod consent;
pub mod cosign;
pub mod csv_out;
pub mod db;
pub mod demo;
pub mod desk;
pub mod dice;
pub mod error;
pub mod factor;
pub mod follow;
pub mod hall;
pub mod helper;
pub mod household;
pub mod jobs;
pub mod join_request;
mod joins;
pub mod lease;
pub mod live;
pub mod look;
pub mod mail;
pub mod matter;
pub mod newcomer;
pub mod notice;
pub mod own;
pub mod own_data;
pub mod owners;
pub mod password;
pub mod people;
pub mod places;
pub mod post;
pub mod proposal;
pub mod qr;
pub mod rate;
pub mod reset;
pub mod review;
pub mod role;
pub mod roll;
pub mod seal;
pub mod seal_change;
pub mod session;
pub mod settings;
pub mod setup;
pub mod slip;
pub mod summary;
#[cfg(feature = "testing")]
pub mod testing;
pub mod views;

pub use error::{Error, FieldError, PasswordProblem, PlaceUse, Problem, Refusal, Result};
pub use hall::Hall;
