//! Use cases: permit → load → `domain` decides → write, with audit entry and notice, in one transaction.
//!
//! A use case reads no clock and rolls no dice by itself: the [`Hall`](hall::Hall) carries both.

pub mod account;
pub mod audit;
pub mod ballot;
pub mod clock;
pub mod community;
pub mod cosign;
pub mod db;
pub mod demo;
pub mod desk;
pub mod dice;
pub mod error;
pub mod follow;
pub mod hall;
pub mod jobs;
mod joins;
pub mod lease;
pub mod mail;
pub mod matter;
pub mod notice;
pub mod password;
pub mod people;
pub mod places;
pub mod post;
pub mod proposal;
pub mod rate;
pub mod review;
pub mod seal;
pub mod session;
pub mod setup;
pub mod summary;
#[cfg(feature = "testing")]
pub mod testing;
pub mod views;

pub use error::{Error, FieldError, Problem, Refusal, Result};
pub use hall::Hall;
