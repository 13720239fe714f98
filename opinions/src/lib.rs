//! Opinion groups: neighbours agree with, disagree with or pass short statements; those who answer
//! alike make a group, and what every group agrees on is said first.
//!
//! The way is that of Polis (Small, Bjorkegren, Erkkilä, Shaw, Megill: "Polis: Scaling Deliberation by
//! Mapping High Dimensional Opinion Spaces", Recerca 26(2), 2021): principal components of the answers,
//! scaled for those who answered few, then k-means with the number of groups chosen by silhouette.
//!
//! The same answers give the same groups on any machine and in any order of people: everything is
//! integers but the one step that finds the two components, whose result is rounded before it is used.
//! No vote is decided by any of this.
#![allow(clippy::float_arithmetic, reason = "principal components; no vote is decided by them")]

mod axes;
mod cluster;
pub mod file;
mod map;
mod matrix;
mod model;

pub use map::{Apart, Common, Counts, Found, Map, Tally, find};
pub use matrix::{Choice, Matrix};
pub use model::Model;

/// Groups of fewer people, and answers of fewer people in a group, are never shown.
pub const HIDDEN_UNDER: u32 = 5;
/// Groups that are looked for, at most.
pub const GROUPS_MAX: usize = 5;
/// Whoever answered so many statements has a place in any case; fewer are enough where there are fewer.
pub const ANSWERS_ENOUGH: usize = 7;
