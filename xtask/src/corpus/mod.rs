//! A made-up community of any size, for measuring: matters, their talk, co-signs and follows, in varied Chinese
//! from word lists and sentence frames. The same seed on the same database makes the same rows.
//!
//! The rows are plain SQL, given to the database's own program (`sqlite3`, `psql`), so that this crate needs no
//! driver. They break no rule that pages rely on: counts agree with the rows that they count, times go forward.
//! Nothing of it went through the use cases: the audit chain knows nothing of it, and the index of the search
//! is made by `xiaoyuan search rebuild` afterwards.

mod chance;
mod database;
mod plan;
mod rows;
mod text;
mod words;

use clap::Args;

use crate::error::{Error, Result};
use database::Database;
use plan::{Plan, Size};

/// What is made, and where.
#[derive(Debug, Args)]
pub(crate) struct Corpus {
    /// sqlite://FILE or postgres://USER@HOST/NAME; it holds a community with places and people already
    /// (`xiaoyuan demo --database URL`)
    #[arg(long, value_name = "URL")]
    database: String,
    /// Matters
    #[arg(long, value_name = "N", default_value_t = 100_000)]
    matters: usize,
    /// Posts, all together
    #[arg(long, value_name = "N", default_value_t = 1_000_000)]
    posts: usize,
    /// The first matters have so many posts each
    #[arg(long, value_name = "N,N…", value_delimiter = ',', default_value = "5000,50")]
    threads: Vec<usize>,
    /// Another one makes other texts
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
}

/// Makes the corpus, and prints a line of JSON: how much was written, the threads that were asked for, and
/// where later pages begin.
pub(crate) fn make(args: &Corpus) -> Result<()> {
    let size = Size { matters: args.matters, posts: args.posts, threads: args.threads.clone() };
    if args.matters <= args.threads.len() || args.threads.iter().sum::<usize>() > args.posts {
        return Err(Error::Content(
            "the threads that were asked for don't fit into so few matters and posts".to_owned(),
        ));
    }
    let database = Database::of(&args.database)?;
    let ground = database::ground(&database)?;
    let plan = Plan::new(&ground, &size, args.seed);
    rows::write(&database, &ground, &plan, args.seed)?;
    let threads: Vec<_> = (0..size.threads.len()).map(|n| thread(&plan, n)).collect();
    let made = serde_json::json!({
        "matters": plan.matters.len(), "posts": plan.posts.len(), "threads": threads,
        "list_middle": list_middle(&plan),
    });
    println!("{made}");
    Ok(())
}

/// A thread: its matter's number, its posts, and the one in its middle, where a later page begins.
fn thread(plan: &Plan, n: usize) -> serde_json::Value {
    let posts: Vec<i64> =
        plan.posts.iter().filter(|post| post.matter == n).map(|post| post.id).collect();
    serde_json::json!({
        "number": plan.matters.get(n).map(|matter| matter.number),
        "posts": posts.len(),
        "middle": posts.get(posts.len() / 2),
    })
}

/// The place in the middle of the list of matters, as an address names it.
fn list_middle(plan: &Plan) -> String {
    let mut places: Vec<(i64, i64)> =
        plan.matters.iter().map(|matter| (matter.updated_at, matter.id)).collect();
    places.sort_unstable();
    places.get(places.len() / 2).map_or_else(String::new, |(at, id)| format!("{at}-{id}"))
}
