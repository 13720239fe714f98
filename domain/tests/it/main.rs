//! The rules, by table and by property. One program holds all of them, so that they are linked once.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod audit_chain;
mod ballot_rules;
mod fuzz_texts;
mod mask;
mod merging;
mod merkle_tree;
mod owners;
mod permissions;
mod result_file;
mod roles;
mod roll;
mod secret_paper;
mod states;
mod tally_file;
mod working_days;
