//! Ballots cast a second, durable, and the database's own limit for the same writes, in one run:
//! `cargo run --release -p service --example ballots`. Prints one line of JSON.
//!
//! Both sides work on a fresh SQLite file with the settings of the server (WAL, `synchronous=FULL`),
//! one transaction a vote. The limit's side only writes: a line of the roll, a paper, an audit entry
//! and the chain's head, each row as large as the real one. They take turns, so that a busy moment of
//! the machine falls on both.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a measurement at the terminal: it tells the time, prints, and ends where it can't measure"
)]

use std::time::{Duration, Instant};

use domain::place::Scope;
use domain::settings::CommunitySettings;
use entities::elector;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QueryOrder, Statement,
};
use service::ballot::{BallotForm, ballot_cast, ballot_open, earliest_day};
use service::cosign::cosign_add;
use service::desk::{AnswerForm, matter_answer};
use service::proposal::{ProposalForm, proposal_submit};
use service::testing::{Plan, TestDb, World, sqlite};

/// Households in each of the community's four entrances.
const HOUSEHOLDS: usize = 500;
/// Votes before the sides change.
const TURN: usize = 100;

/// A fresh database with a ballot of all households open.
struct Side {
    db: TestDb,
    world: World,
    ballot: i64,
}

impl Side {
    async fn new() -> Self {
        let db = sqlite().await;
        let hall = &db.hall;
        let settings = CommunitySettings {
            moderation: domain::settings::Moderation::After,
            threshold_community: 1,
            ..CommunitySettings::default()
        };
        let world = World::planned(hall, Plan { settings, households: HOUSEHOLDS }).await;
        let form = ProposalForm {
            title: "夜里把院门的灯调暗一点".to_owned(),
            situation: "院门的灯整夜很亮，照进一楼的窗户，老人睡不好。".to_owned(),
            suggestion: "夜里十一点以后调暗一半，有人经过再亮起来。".to_owned(),
            category: "lighting_roads".to_owned(),
            courtyard_id: world.courtyards[0].to_string(),
            scope: "community".to_owned(),
            ..ProposalForm::default()
        };
        let number = proposal_submit(hall, &world.resident.actor, &form).await.unwrap();
        cosign_add(hall, &world.resident.actor, number).await.unwrap();
        let head = &world.committee_head.actor;
        let answer = AnswerForm {
            verdict: "deliberate".to_owned(),
            reason: "请大家商量。".to_owned(),
        };
        matter_answer(hall, head, number, &answer).await.unwrap();
        let kind = domain::ballot::BallotKind::ResidentsByHousehold;
        let form = BallotForm {
            kind: kind.as_str().to_owned(),
            question: "同意夜里十一点以后把院门的灯调暗吗？".to_owned(),
            closes_on: earliest_day(kind, hall.now()).to_string(),
        };
        let ballot = ballot_open(hall, head, number, &form).await.unwrap().0;
        Self { db, world, ballot }
    }

    /// Casts as people do.
    async fn cast(&self, turn: usize) -> Duration {
        let community = Scope::Community(self.world.community);
        let voters = self.world.representatives(community);
        let voters = &voters[turn * TURN..(turn + 1) * TURN];
        let started = Instant::now();
        for voter in voters {
            ballot_cast(&self.db.hall, &voter.actor, self.ballot, "yes").await.unwrap();
        }
        started.elapsed()
    }

    /// Writes the same rows and nothing else.
    async fn write(&self, turn: usize) -> Duration {
        let hall = &self.db.hall;
        let roll = elector::Entity::find()
            .filter(elector::Column::BallotId.eq(1))
            .order_by_asc(elector::Column::Voter)
            .all(hall.db.read())
            .await
            .unwrap();
        let first = service::audit::head(hall.db.read()).await.unwrap().seq + 1;
        let hash = "0123456789abcdef".repeat(4);
        let started = Instant::now();
        for (seq, line) in (first..).zip(&roll[turn * TURN..(turn + 1) * TURN]) {
            let tracker = format!("{seq:032x}");
            let txn = hall.db.begin().await.unwrap();
            let writes = [
                (
                    "UPDATE elector SET cast_by = 'web' WHERE ballot_id = ? AND voter = ? AND cast_by = 'none'",
                    vec![line.ballot_id.into(), line.voter.clone().into()],
                ),
                (
                    "INSERT INTO paper (tracker, ballot_id, choice) VALUES (?, ?, '\"yes\"')",
                    vec![tracker.into(), line.ballot_id.into()],
                ),
                (
                    "INSERT INTO audit (seq, at, actor, action, subject, after, prev, hash) \
                     VALUES (?, ?, 'person:1234', 'ballot_cast', 'ballot:1', ?, ?, ?)",
                    vec![
                        seq.into(),
                        hall.now().0.into(),
                        format!("{} web", line.voter).into(),
                        hash.clone().into(),
                        hash.clone().into(),
                    ],
                ),
                (
                    "UPDATE audit_head SET seq = ?, hash = ? WHERE id = 1",
                    vec![seq.into(), hash.clone().into()],
                ),
            ];
            for (sql, values) in writes {
                let statement = Statement::from_sql_and_values(DbBackend::Sqlite, sql, values);
                assert_eq!(txn.execute_raw(statement).await.unwrap().rows_affected(), 1, "{sql}");
            }
            txn.commit().await.unwrap();
        }
        started.elapsed()
    }
}

fn a_second(votes: usize, took: Duration) -> u128 {
    votes as u128 * 1_000_000 / took.as_micros().max(1)
}

#[tokio::main]
async fn main() {
    let (people, limit) = (Side::new().await, Side::new().await);
    // One turn to warm up both.
    people.cast(0).await;
    limit.write(0).await;
    let turns = HOUSEHOLDS * 4 / TURN;
    let (mut cast, mut written) = (Duration::ZERO, Duration::ZERO);
    // The committee's head lives elsewhere; the last turn may lack a household.
    for turn in 1..turns - 1 {
        cast += people.cast(turn).await;
        written += limit.write(turn).await;
    }
    let votes = (turns - 2) * TURN;
    let (cast, limit) = (a_second(votes, cast), a_second(votes, written));
    println!("{{\"votes\":{votes},\"cast_per_second\":{cast},\"limit_per_second\":{limit}}}");
}
