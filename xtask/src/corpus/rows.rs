//! The plan's rows, with their texts.

use super::chance::Chance;
use super::database::{Cell, Database, Writer};
use super::plan::{DAY_MS, Ground, Matter, Plan};
use super::text::Texts;
use super::words::TOPICS;
use crate::error::Result;
use Cell::{Null, Number, Text};

/// Matters whose texts are in memory at a time.
const MATTERS: usize = 2_000;
/// Posts the same.
const POSTS: usize = 10_000;

/// Writes all of it in one transaction.
pub(super) fn write(database: &Database, ground: &Ground, plan: &Plan, seed: u64) -> Result<()> {
    let texts = Texts::new();
    let mut to = database.writer()?;
    for (n, some) in plan.matters.chunks(MATTERS).enumerate() {
        matters(&mut to, ground, some, &texts, seed)?;
        progress("matters", (n * MATTERS) + some.len(), plan.matters.len());
    }
    small_tables(&mut to, ground, plan)?;
    let first = ground.next_post;
    for (n, some) in plan.posts.chunks(POSTS).enumerate() {
        let bodies: Vec<String> = some
            .iter()
            .map(|post| {
                let topic = plan.matters.get(post.matter).map_or(0, |matter| matter.topic);
                let mut chance = of_row(seed, 4, post.id - first);
                if post.removed { String::new() } else { texts.post(topic, &mut chance) }
            })
            .collect();
        to.table(
            "post",
            "id, proposal_id, parent_id, author_id, stance, body, at, hidden_at, hidden_reason, state, \
             reasons, replies",
            some.iter().zip(&bodies).map(|(post, body)| {
                let matter = plan.matters.get(post.matter).map_or(0, |matter| matter.id);
                let gone = post.removed;
                vec![
                    Number(post.id),
                    Number(matter),
                    post.parent.map_or(Null, Number),
                    Number(post.author),
                    Text(post.stance),
                    Text(body),
                    Number(post.at),
                    if gone { Number(post.at + DAY_MS) } else { Null },
                    if gone { Text("说了别人的私事。") } else { Null },
                    Text(if gone { "removed" } else { "shown" }),
                    Number(i64::try_from(post.reasons.len()).unwrap_or(i64::MAX)),
                    Number(post.replies),
                ]
            }),
        )?;
        progress("posts", (n * POSTS) + some.len(), plan.posts.len());
    }
    to.table(
        "reaction",
        "post_id, person_id, kind, at",
        plan.posts.iter().flat_map(|post| {
            post.reasons.iter().map(|person| {
                vec![Number(post.id), Number(*person), Text("reason"), Number(post.at + 60_000)]
            })
        }),
    )?;
    let community = ground.community;
    let next = ground.next_number + i64::try_from(plan.matters.len()).unwrap_or_default();
    to.say(&format!("UPDATE community SET next_proposal = {next} WHERE id = {community};\n"))?;
    if matches!(database, Database::Postgres(_)) {
        for table in ["proposal", "post", "step", "proposal_version", "work_item"] {
            to.say(&format!(
                "SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT MAX(id) FROM {table}));\n"
            ))?;
        }
    }
    to.end()
}

fn progress(what: &str, done: usize, all: usize) {
    if done == all || done.is_multiple_of(250_000) {
        eprintln!("  {done} of {all} {what}");
    }
}

/// The chance of one row's texts: the same however the rows before it were made.
fn of_row(seed: u64, kind: u64, row: i64) -> Chance {
    Chance::new(seed.wrapping_add(kind << 32), row.unsigned_abs())
}

/// Matters with their first versions.
fn matters(
    to: &mut Writer,
    ground: &Ground,
    some: &[Matter],
    texts: &Texts,
    seed: u64,
) -> Result<()> {
    let written: Vec<(String, String, String)> = some
        .iter()
        .map(|matter| {
            let mut chance = of_row(seed, 3, matter.id - ground.next_matter);
            let title = texts.title(matter.topic, &mut chance);
            let (situation, suggestion) = texts.matter(matter.topic, &mut chance);
            (title, situation, suggestion)
        })
        .collect();
    let all = || some.iter().zip(&written);
    to.table(
        "proposal",
        "id, community_id, number, author_id, title, situation, suggestion, category, courtyard_id, \
         entrance_id, scope_kind, scope_place, willing, state, state_data, contested, reopened, version, \
         since, due_provisional, cosigns, posts, created_at, published_at, updated_at",
        all().map(|(matter, (title, situation, suggestion))| {
            let (scope, place) = scope(matter);
            vec![
                Number(matter.id),
                Number(ground.community),
                Number(matter.number),
                Number(matter.author.person),
                Text(title),
                Text(situation),
                Text(suggestion),
                Text(category(matter)),
                Number(matter.author.courtyard),
                if matter.entrance { Number(matter.author.entrance) } else { Null },
                Text(scope),
                Number(place),
                Number(0),
                Text(matter.standing.name),
                Text(&matter.standing.data),
                Number(0),
                Number(0),
                Number(1),
                Number(matter.published_at),
                Number(0),
                Number(i64::try_from(matter.cosigners.len()).unwrap_or(i64::MAX)),
                Number(matter.posts),
                Number(matter.published_at),
                Number(matter.published_at),
                Number(matter.updated_at),
            ]
        }),
    )?;
    to.table(
        "proposal_version",
        "id, proposal_id, number, kind, title, situation, suggestion, category, courtyard_id, entrance_id, \
         scope_kind, scope_place, cosigns, by_id, at",
        all().map(|(matter, (title, situation, suggestion))| {
            let (scope, place) = scope(matter);
            vec![
                Number(ground.next_version + matter.id - ground.next_matter),
                Number(matter.id),
                Number(1),
                Text("first"),
                Text(title),
                Text(situation),
                Text(suggestion),
                Text(category(matter)),
                Number(matter.author.courtyard),
                if matter.entrance { Number(matter.author.entrance) } else { Null },
                Text(scope),
                Number(place),
                Number(0),
                Number(matter.author.person),
                Number(matter.published_at),
            ]
        }),
    )
}

fn category(matter: &Matter) -> &'static str {
    TOPICS.get(matter.topic).map_or("other", |(name, _)| name)
}

fn scope(matter: &Matter) -> (&'static str, i64) {
    if matter.entrance {
        ("entrance", matter.author.entrance)
    } else {
        ("courtyard", matter.author.courtyard)
    }
}

/// Steps, co-signs, follows and works.
fn small_tables(to: &mut Writer, ground: &Ground, plan: &Plan) -> Result<()> {
    const STEPS: [&str; 2] = ["submit", "publish"];
    let steps =
        plan.matters.iter().flat_map(|matter| STEPS.iter().map(move |kind| (matter, *kind)));
    to.table(
        "step",
        "id, proposal_id, at, kind, actor_id, late",
        (ground.next_step..).zip(steps).map(|(id, (matter, kind))| {
            let (at, who) = (Number(matter.published_at), Number(matter.author.person));
            vec![Number(id), Number(matter.id), at, Text(kind), who, Number(0)]
        }),
    )?;
    to.table(
        "cosign",
        "proposal_id, household_id, person_id, at",
        plan.matters.iter().flat_map(|matter| {
            matter.cosigners.iter().map(|one| {
                let at = Number(matter.published_at + 60_000);
                vec![Number(matter.id), Number(one.household), Number(one.person), at]
            })
        }),
    )?;
    let tokens: Vec<String> =
        plan.matters.iter().map(|matter| format!("corpus-{}", matter.id)).collect();
    to.table(
        "follow",
        "proposal_id, person_id, token, created_at",
        plan.matters.iter().zip(&tokens).map(|(matter, token)| {
            let (who, at) = (Number(matter.author.person), Number(matter.published_at));
            vec![Number(matter.id), who, Text(token), at]
        }),
    )?;
    let works = plan.matters.iter().filter_map(|matter| Some((matter, matter.standing.work?)));
    to.table(
        "work_item",
        "id, proposal_id, route, receiver, state, opened_at, due_at, done_at",
        (ground.next_work..).zip(works).map(|(id, (matter, (route, done)))| {
            let begun = matter.published_at;
            vec![
                Number(id),
                Number(matter.id),
                Text(route),
                Text("小区服务中心"),
                Text(if done { "done" } else { "open" }),
                Number(begun),
                Number(begun + 2_000 * DAY_MS),
                if done { Number(begun + 9 * DAY_MS) } else { Null },
            ]
        }),
    )
}
