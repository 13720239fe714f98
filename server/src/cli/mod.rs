//! The command line of `xiaoyuan`.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::env;
use crate::log;
use crate::settings::{Given, Settings, SettingsError, read_addr};

mod audit;
mod community;
mod examples;
mod factor;
mod judge;
mod key;
mod opinions;
mod out;
mod password;
mod person;
mod search;
mod serve;
mod setup;

use out::complain;

/// A courtyard's hall: from a resident's idea to a reviewed result.
#[derive(Debug, Parser)]
#[command(
    name = "xiaoyuan",
    version,
    about = "小院议事厅: serves a community's hall, and checks what it publishes",
    after_help = examples::ALL
)]
struct Cli {
    /// Settings file; xiaoyuan.toml in this folder when it is there
    #[arg(long, global = true, value_name = "FILE", env = "XIAOYUAN_CONFIG")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the hall
    #[command(after_help = examples::SERVE)]
    Serve(Serve),
    /// Bring the database's schema up to date
    #[command(after_help = examples::MIGRATE)]
    Migrate(Database),
    /// Fill an empty database with the demo community
    #[command(after_help = examples::DEMO)]
    Demo(Database),
    /// Admit somebody: a head of the committee unless told otherwise; founds the community if there is none yet
    #[command(after_help = examples::PERSON)]
    Person(person::Person),
    /// The communities of this server
    #[command(subcommand)]
    Community(community::Community),
    /// Passwords of people
    #[command(subcommand)]
    Password(password::Password),
    /// Second factors of people
    #[command(subcommand)]
    Factor(factor::Factor),
    /// The audit chain
    #[command(subcommand)]
    Audit(Audit),
    /// The key that seals real names and telephone numbers
    #[command(subcommand)]
    Key(Key),
    /// The index that matters and posts are found by
    #[command(subcommand)]
    Search(Search),
    /// Judge the counts in a file: one JSON line, exit status 2 when they can't be judged
    #[command(after_help = examples::TALLY)]
    Tally {
        /// The counts, as JSON
        file: PathBuf,
    },
    /// Find the opinion groups in a file of answers: one JSON line, exit status 2 when there are none to find
    #[command(after_help = examples::OPINIONS)]
    Opinions {
        /// participants-votes.csv or votes.csv, as Polis publishes them and the page of a matter gives out
        file: PathBuf,
        /// People without whom there are no groups
        #[arg(long, value_name = "N", default_value_t = 30)]
        voices: u32,
    },
    /// Recount a published result: exit status 1 when something in it isn't so, 2 when it can't be read
    #[command(after_help = examples::VERIFY)]
    Verify {
        /// The result, as published at /ballots/NUMBER/result.json
        file: PathBuf,
        /// The server's public key, 64 hexadecimal digits, got by another way than the file
        #[arg(long, value_name = "HEX")]
        key: Option<String>,
    },
}

#[derive(Debug, Subcommand)]
enum Audit {
    /// Check every entry: prints the head, or the first entry that is broken (exit status 1)
    #[command(after_help = examples::AUDIT_VERIFY)]
    Verify(Database),
}

#[derive(Debug, Subcommand)]
enum Search {
    /// Make it anew; the servers go on meanwhile
    #[command(after_help = examples::SEARCH_REBUILD)]
    Rebuild(Database),
}

#[derive(Debug, Subcommand)]
enum Key {
    /// Make a new key in a file of its own
    #[command(after_help = examples::KEY_NEW)]
    New {
        /// The file to make; one that is there is refused
        file: PathBuf,
    },
    /// Seal everything anew under another key; stop the servers first, and start them with the new key
    #[command(after_help = examples::KEY_CHANGE)]
    Change {
        #[command(flatten)]
        database: Database,
        /// The file that holds the new key
        #[arg(long, value_name = "FILE")]
        new_key_file: PathBuf,
    },
}

#[derive(Debug, Args)]
struct Database {
    /// sqlite://FILE?mode=rwc or postgres://USER:PASSWORD@HOST/NAME
    #[arg(long, value_name = "URL")]
    database: Option<String>,
}

/// Somebody, for what the operator does for one person.
#[derive(Debug, Args)]
struct Named {
    #[command(flatten)]
    database: Database,
    /// The name that they sign in with
    #[arg(long)]
    name: String,
}

/// Says of a name that it is nobody's; another error stays what it is.
fn not_named(error: service::Error, name: &str) -> CliError {
    match error {
        service::Error::NotFound => CliError::Say(format!("--name: nobody signs in as {name}")),
        other => other.into(),
    }
}

#[derive(Debug, Args)]
struct Serve {
    #[command(flatten)]
    database: Database,
    /// Where to listen; 127.0.0.1:3000 when nothing else is set
    #[arg(long, value_name = "HOST:PORT", value_parser = read_addr)]
    addr: Option<SocketAddr>,
    /// Scheme and host as people type them, for links in mails
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
    /// A made-up community, with one-tap sign-in for everyone
    #[arg(long)]
    demo: bool,
    /// Let others than this machine reach a demo
    #[arg(long)]
    yes_expose_demo: bool,
    /// In a demo alone: the clock runs so many days ahead, to see what comes when a time is over
    #[arg(long, value_name = "DAYS", requires = "demo", default_value_t = 0)]
    days_ahead: u16,
}

/// Why a command could not be done: its words for people.
#[derive(Debug, thiserror::Error)]
enum CliError {
    /// The settings.
    #[error("{0}")]
    Settings(#[from] SettingsError),
    /// A use case.
    #[error("{0}")]
    Service(#[from] service::Error),
    /// The machine.
    #[error("{what}: {error}")]
    Io {
        /// What was tried.
        what: String,
        /// Why it failed.
        error: std::io::Error,
    },
    /// Something to be mended first, in words.
    #[error("{0}")]
    Say(String),
}

impl CliError {
    fn io(what: impl Into<String>) -> impl FnOnce(std::io::Error) -> Self {
        let what = what.into();
        move |error| Self::Io { what, error }
    }
}

/// Does what the command line asks.
#[must_use]
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let runs = match cli.command {
        // These read or make a file and nothing else: no settings, no database.
        Command::Tally { file } => return judge::tally(&file),
        Command::Opinions { file, voices } => return opinions::print(&file, voices),
        Command::Verify { file, key } => return judge::verify(&file, key.as_deref()),
        Command::Key(Key::New { file }) => key::new(&file).map(|()| ExitCode::SUCCESS),
        other => tokio::runtime::Runtime::new()
            .map_err(CliError::io("the async runtime"))
            .and_then(|runtime| runtime.block_on(run(cli.config, other))),
    };
    runs.unwrap_or_else(|error| {
        complain(&error);
        ExitCode::FAILURE
    })
}

async fn run(config: Option<PathBuf>, command: Command) -> Result<ExitCode, CliError> {
    let given = flags(&command);
    let variables = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    let settings =
        given.or(env::given(variables)?).or(Given::of_file(config.as_deref())?).complete()?;
    log::begin(&settings).map_err(CliError::Say)?;
    match command {
        Command::Serve(serve) => serve::run(settings, serve.days_ahead).await,
        Command::Migrate(_) => setup::migrate(&settings).await,
        Command::Demo(_) => setup::demo(&settings).await,
        Command::Person(person) => person::run(&settings, person).await,
        Command::Community(command) => community::run(&settings, command).await,
        Command::Password(command) => password::run(&settings, command).await,
        Command::Factor(command) => factor::run(&settings, command).await,
        Command::Audit(Audit::Verify(_)) => audit::verify(&settings).await,
        Command::Search(Search::Rebuild(_)) => search::rebuild(&settings).await,
        Command::Key(Key::Change { new_key_file, .. }) => {
            key::change(&settings, &new_key_file).await
        }
        // Done before any settings were read.
        Command::Tally { .. }
        | Command::Opinions { .. }
        | Command::Verify { .. }
        | Command::Key(Key::New { .. }) => Ok(ExitCode::SUCCESS),
    }
}

/// What the flags set.
fn flags(command: &Command) -> Given {
    let mut given = Given::default();
    let database = match command {
        Command::Serve(serve) => {
            given.addr = serve.addr;
            given.base_url.clone_from(&serve.base_url);
            given.demo = serve.demo.then_some(true);
            given.expose_demo = serve.yes_expose_demo.then_some(true);
            &serve.database
        }
        Command::Migrate(database)
        | Command::Demo(database)
        | Command::Key(Key::Change { database, .. })
        | Command::Search(Search::Rebuild(database))
        | Command::Audit(Audit::Verify(database)) => database,
        Command::Person(person) => &person.database,
        Command::Community(command) => command.database(),
        Command::Password(command) => command.database(),
        Command::Factor(command) => command.database(),
        Command::Tally { .. }
        | Command::Opinions { .. }
        | Command::Verify { .. }
        | Command::Key(Key::New { .. }) => {
            return given;
        }
    };
    given.database.clone_from(&database.database);
    given
}

/// The database's address for people, without a password.
fn shown(settings: &Settings) -> String {
    crate::secret::without_password(&settings.database)
}
