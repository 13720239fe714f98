//! Use cases: permit → load → `domain` decides → write, with audit entry and notice, in one transaction.
//!
//! A use case reads no clock and rolls no dice by itself: the [`Hall`](hall::Hall) carries both.

pub mod audit;
pub mod clock;
pub mod db;
pub mod dice;
pub mod error;
pub mod hall;
pub mod matter;
pub mod password;
pub mod people;
pub mod rate;

pub use error::{Error, FieldError, Problem, Refusal, Result};
pub use hall::Hall;
