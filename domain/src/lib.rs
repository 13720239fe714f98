//! The rules of the courtyard hall, pure: states, votes, permissions, working days and text types.
//!
//! Nothing here reads a clock, rolls dice or touches a disk: the same code judges a vote on the
//! server, on the command line and in a neighbour's browser.

pub mod audit;
pub mod ballot;
pub mod bigram;
pub mod calendar;
pub mod category;
pub mod civil;
pub mod clock;
pub mod consent;
pub mod difference;
pub mod ids;
pub mod mask;
pub mod merging;
pub mod merkle;
mod named;
pub mod owners;
pub mod permission;
pub mod place;
pub mod proposal;
pub mod result_file;
pub mod review;
pub mod rich;
pub mod role;
pub mod role_rule;
pub mod roll;
pub mod route;
pub mod settings;
pub mod settings_form;
pub mod similarity;
pub mod slip;
pub mod slug;
pub mod snippet;
pub mod stance;
pub mod talk;
pub mod tally_file;
pub mod text;
pub mod time;
pub mod version;
