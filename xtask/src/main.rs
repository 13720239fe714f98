//! Build and developer tasks: `cargo xtask --help`.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a tool for the terminal")]

mod arrows;
mod assets;
mod client;
mod corpus;
mod error;
mod sizes;
mod workspace;

use clap::{Parser, Subcommand};
use error::Result;
use std::process::ExitCode;

/// Build and developer tasks.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Builds the browser's half and its bindings into target/client.
    Client,
    /// Builds everything that the server sends as files into dist, named by content and compressed.
    Assets,
    /// Checks which package may use which, and that the browser's half reaches no server part.
    Arrows,
    /// Prints the sizes of dist after brotli, and fails above the limits.
    Sizes,
    /// Fills a database with a made-up community's matters and posts, for measuring.
    Corpus(corpus::Corpus),
}

fn run(task: &Task) -> Result<()> {
    match task {
        Task::Client => client::build(),
        Task::Assets => assets::build(),
        Task::Arrows => arrows::check(),
        Task::Sizes => sizes::check(),
        Task::Corpus(args) => corpus::make(args),
    }
}

fn main() -> ExitCode {
    match run(&Cli::parse().task) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
