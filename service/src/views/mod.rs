//! What pages read: a DTO and its few statements each. Nothing is written here.

pub mod asked;
pub mod ballots;
pub mod communities;
pub mod desk;
pub mod home;
pub mod household;
pub mod joining;
pub mod matter;
pub mod matter_row;
pub mod me;
pub mod news;
pub mod people;
pub mod proposal_list;
pub mod record;
pub mod to_me;
