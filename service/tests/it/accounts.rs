//! Signing in, sessions and one's own account, on both databases.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails says so")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use domain::ids::PersonId;
use domain::place::Scope;
use domain::role::Role;
use domain::text::TextError;
use domain::time::{DAY_MS, HOUR_MS, MINUTE_MS};
use entities::{audit, mail, reset, session, sign_in_failure};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};
use service::account::{SignIn, demo_people, demo_sign_in, email_set, failures_sweep, sign_in};
use service::cosign::cosign_add;
use service::follow::{follow_start, follow_stop};
use service::mail::{About, AccountNews};
use service::proposal::{ProposalForm, proposal_submit};
use service::reset::reset_ask;
use service::session::{
    session_find, session_open, sessions_of, sessions_sweep, sign_out, sign_out_everywhere,
};
use service::setup::{NewPerson, person_admit, role_grant};
use service::testing::{PASSWORD, Plan, TestDb, World, databases, sqlite};
use service::views::me::me_view;
use service::{Error, FieldError, Hall, Problem, Refusal, Result};
use sha2::{Digest, Sha256};

async fn world(db: &TestDb) -> World {
    World::planned(&db.hall, Plan { households: 3, ..Plan::default() }).await
}

/// A try from an address of its own for each `client`.
fn attempt<'a>(name: &'a str, password: &'a str, client: &'a str) -> SignIn<'a> {
    SignIn { name, password, client_address: client, agent: "test", replaces: None }
}

async fn open(hall: &Hall, world: &World) -> String {
    session_open(hall, world.resident.actor.person, "phone", None, true).await.unwrap()
}

#[derive(Debug, PartialEq, Eq)]
enum Came {
    In,
    Wrong,
    /// Minutes until the lock ends.
    Locked(i64),
}

fn came(hall: &Hall, result: &Result<String>) -> Came {
    match result {
        Ok(_) => Came::In,
        Err(Error::Invalid(fields)) => {
            let wrong = FieldError { field: "password", problem: Problem::Credentials };
            assert_eq!(fields, &[wrong]);
            Came::Wrong
        }
        Err(Error::Refused(Refusal::Locked { until_ms })) => {
            Came::Locked((until_ms - hall.now().0) / MINUTE_MS)
        }
        Err(other) => panic!("{other}"),
    }
}

#[tokio::test]
async fn whoever_signs_in_is_known_by_the_token_alone() {
    for db in databases().await {
        let (hall, world) = (&db.hall, world(&db).await);
        let token = sign_in(hall, attempt(" ＲＥＳＩＤＥＮＴ ", PASSWORD, "a")).await.unwrap();
        assert_eq!(token.len(), 43, "{}: 32 bytes in base64url", db.name);
        let found = session_find(hall, &token).await.unwrap();
        // As after the password alone.
        let mut expected = world.resident.clone();
        expected.actor.stepped_up = false;
        assert_eq!(found.as_ref(), Some(&expected), "{}", db.name);

        let rows = session::Entity::find().all(hall.db.read()).await.unwrap();
        assert_eq!(rows.len(), 1);
        assert_eq!(
            rows[0].token_hash,
            hex::encode(Sha256::digest(token.as_bytes())),
            "{}",
            db.name
        );
        for other in ["", "resident", rows[0].token_hash.as_str(), &format!("{token}A")] {
            assert_eq!(session_find(hall, other).await.unwrap(), None, "{}: {other}", db.name);
        }
        let entry = audit::Entity::find()
            .filter(audit::Column::Action.eq("session_open"))
            .one(hall.db.read())
            .await
            .unwrap()
            .unwrap();
        let person = format!("person:{}", world.resident.actor.person);
        assert_eq!((entry.actor, entry.subject), (person.clone(), person));
        assert_eq!((entry.before, entry.after, entry.reason), (None, None, None));

        // A second server on the same database knows it as well.
        let second = db.second_hall().await;
        assert_eq!(session_find(&second, &token).await.unwrap(), Some(expected), "{}", db.name);
    }
}

#[tokio::test]
async fn empty_fields_are_named_and_wrong_ones_are_not_told_apart() {
    for db in databases().await {
        let (hall, world) = (&db.hall, world(&db).await);
        let empty = |field| FieldError { field, problem: Problem::Text(TextError::Empty) };
        match sign_in(hall, attempt(" ", "", "a")).await {
            Err(Error::Invalid(fields)) => assert_eq!(fields, [empty("name"), empty("password")]),
            other => panic!("{}: {other:?}", db.name),
        }
        let without_password = NewPerson {
            community: world.community,
            household: None,
            sign_in_name: "nopassword".to_owned(),
            nickname: "没密码".to_owned(),
            email: None,
            password_hash: None,
            consented: true,
        };
        person_admit(hall, without_password).await.unwrap();
        let long = "长".repeat(2_000);
        for (name, password) in [
            ("resident", "枣树下的石凳"),
            ("resident", long.as_str()),
            ("nobody-has-this", PASSWORD),
            ("nopassword", PASSWORD),
        ] {
            let tried = sign_in(hall, attempt(name, password, "a")).await;
            assert_eq!(came(hall, &tried), Came::Wrong, "{}: {name}", db.name);
        }
        assert_eq!(session::Entity::find().count(hall.db.read()).await.unwrap(), 0, "{}", db.name);
    }
}

/// As many statements for nobody, for somebody without a password and for a wrong one, first and again.
#[tokio::test]
async fn whoever_signs_in_learns_no_name_by_the_work() {
    let db = sqlite().await;
    let world = world(&db).await;
    let without_password = NewPerson {
        community: world.community,
        household: None,
        sign_in_name: "nopassword".to_owned(),
        nickname: "没密码".to_owned(),
        email: None,
        password_hash: None,
        consented: true,
    };
    person_admit(&db.hall, without_password).await.unwrap();
    let count = Arc::new(AtomicUsize::new(0));
    let mut hall = db.hall.clone();
    let counted = Arc::clone(&count);
    hall.db = hall.db.watched(move || {
        counted.fetch_add(1, Ordering::Relaxed);
    });
    // The fifth failure locks the name, and the sixth finds it locked.
    for turn in 1..=6 {
        let mut works = Vec::new();
        for name in ["resident", "nobody-has-this", "nopassword"] {
            let before = count.load(Ordering::Relaxed);
            let tried = sign_in(&hall, attempt(name, "枣树下的石凳", name)).await;
            let locked = if turn == 6 { Came::Locked(1) } else { Came::Wrong };
            assert_eq!(came(&hall, &tried), locked, "{turn}: {name}");
            works.push(count.load(Ordering::Relaxed) - before);
        }
        assert!(works[0] > 0 && works.iter().all(|work| *work == works[0]), "{turn}: {works:?}");
    }
}

/// Names that are somebody's and names that are nobody's lock alike.
#[tokio::test]
async fn failures_in_a_row_lock_a_name_longer_and_longer() {
    // (minutes that pass before, password right?, what comes of it for a known name)
    let table = [
        (0, false, Came::Wrong),
        (0, false, Came::Wrong),
        (0, false, Came::Wrong),
        (0, false, Came::Wrong),
        (0, false, Came::Wrong), // the fifth locks for 1 minute
        (0, true, Came::Locked(1)),
        (0, false, Came::Locked(1)), // what is tried while it is locked counts for nothing
        (1, false, Came::Wrong),     // the sixth: 2 minutes
        (0, true, Came::Locked(2)),
        (2, false, Came::Wrong),
        (0, true, Came::Locked(4)),
        (4, false, Came::Wrong),
        (0, true, Came::Locked(8)),
        (8, false, Came::Wrong),
        (0, true, Came::Locked(16)),
        (16, false, Came::Wrong),
        (0, true, Came::Locked(32)),
        (32, false, Came::Wrong),
        (0, true, Came::Locked(60)), // never more than an hour
        (60, false, Came::Wrong),
        (0, true, Came::Locked(60)),
        (60, true, Came::In), // a success forgets all of them
        (0, false, Came::Wrong),
        (0, false, Came::Wrong),
        (0, false, Came::Wrong),
        (0, false, Came::Wrong),
        (0, true, Came::In),
    ];
    for db in databases().await {
        let hall = &db.hall;
        world(&db).await;
        for (n, (minutes, right, expected)) in table.iter().enumerate() {
            db.clock.advance_ms(minutes * MINUTE_MS);
            let client = format!("client {n}");
            let password = if *right { PASSWORD } else { "枣树下的石凳" };
            let known = sign_in(hall, attempt("resident", password, &client)).await;
            assert_eq!(came(hall, &known), *expected, "{}: try {n}", db.name);
            if *expected == Came::In {
                break;
            }
            let unknown = sign_in(hall, attempt("nobody", password, &client)).await;
            assert_eq!(came(hall, &unknown), *expected, "{}: try {n}, unknown name", db.name);
        }
        for (minutes, right, expected) in &table[22..] {
            db.clock.advance_ms(minutes * MINUTE_MS);
            let password = if *right { PASSWORD } else { "枣树下的石凳" };
            let known = sign_in(hall, attempt("resident", password, "after")).await;
            assert_eq!(came(hall, &known), *expected, "{}: after a success", db.name);
        }
    }
}

#[tokio::test]
async fn old_failures_are_forgotten() {
    for db in databases().await {
        let hall = &db.hall;
        world(&db).await;
        let wrong = async |client: &str| {
            let tried = sign_in(hall, attempt("resident", "枣树下的石凳", client)).await;
            came(hall, &tried)
        };
        for _ in 0..4 {
            assert_eq!(wrong("a").await, Came::Wrong);
        }
        db.clock.advance_ms(DAY_MS + 1);
        assert_eq!(wrong("a").await, Came::Wrong);
        let tried = sign_in(hall, attempt("resident", PASSWORD, "a")).await;
        assert_eq!(came(hall, &tried), Came::In, "{}", db.name);

        assert_eq!(wrong("a").await, Came::Wrong);
        assert_eq!(failures_sweep(hall).await.unwrap(), 0, "{}: it still counts", db.name);
        db.clock.advance_ms(DAY_MS + 1);
        assert_eq!(failures_sweep(hall).await.unwrap(), 1, "{}", db.name);
        assert_eq!(sign_in_failure::Entity::find().count(hall.db.read()).await.unwrap(), 0);
    }
}

#[tokio::test]
async fn an_address_that_tries_too_often_waits() {
    for db in databases().await {
        let hall = &db.hall;
        world(&db).await;
        for n in 0..20 {
            let tried = sign_in(hall, attempt(&format!("name{n}"), "x", "10.0.0.1")).await;
            assert_eq!(came(hall, &tried), Came::Wrong, "{}: try {n}", db.name);
        }
        match sign_in(hall, attempt("resident", PASSWORD, "10.0.0.1")).await {
            Err(Error::TooOften { operation: "sign_in", retry_after_s }) => {
                assert!((1..=601).contains(&retry_after_s), "{}: {retry_after_s}", db.name);
            }
            other => panic!("{}: {other:?}", db.name),
        }
        let elsewhere = sign_in(hall, attempt("resident", PASSWORD, "10.0.0.2")).await;
        assert_eq!(came(hall, &elsewhere), Came::In, "{}", db.name);
        db.clock.advance_ms(10 * MINUTE_MS);
        let later = sign_in(hall, attempt("resident", PASSWORD, "10.0.0.1")).await;
        assert_eq!(came(hall, &later), Came::In, "{}", db.name);
    }
}

#[tokio::test]
async fn tries_at_the_same_time_are_all_counted() {
    for db in databases().await {
        let (hall, world) = (&db.hall, world(&db).await);
        let second = db.second_hall().await;
        let tries = (0..12).map(|n| {
            let hall = if n % 2 == 0 { hall.clone() } else { second.clone() };
            tokio::spawn(async move {
                let client = format!("client {n}");
                let tried = sign_in(&hall, attempt("resident", "枣树下的石凳", &client)).await;
                came(&hall, &tried)
            })
        });
        let mut wrong = 0;
        for tried in tries.collect::<Vec<_>>() {
            wrong += i32::from(tried.await.unwrap() == Came::Wrong);
        }
        assert_eq!(wrong, 5, "{}: only five tries were judged", db.name);

        db.clock.advance_ms(HOUR_MS);
        let right = (0..6).map(|n| {
            let hall = if n % 2 == 0 { hall.clone() } else { second.clone() };
            tokio::spawn(async move {
                let client = format!("client {n}");
                sign_in(&hall, attempt("resident", PASSWORD, &client)).await
            })
        });
        let mut tokens = std::collections::BTreeSet::new();
        for tried in right.collect::<Vec<_>>() {
            tokens.insert(tried.await.unwrap().unwrap());
        }
        assert_eq!(tokens.len(), 6, "{}: each device has its own", db.name);
        let devices = sessions_of(hall, &world.resident.actor, "").await.unwrap();
        assert_eq!(devices.len(), 6, "{}", db.name);
    }
}

#[tokio::test]
async fn the_token_of_before_is_worth_nothing_after_signing_in() {
    for db in databases().await {
        let (hall, world) = (&db.hall, world(&db).await);
        let mine = open(hall, &world).await;
        let planted =
            session_open(hall, world.stranger.actor.person, "x", None, true).await.unwrap();
        for old in [mine.as_str(), planted.as_str(), "a value that somebody made up"] {
            let replaces = SignIn { replaces: Some(old), ..attempt("resident", PASSWORD, "a") };
            let token = sign_in(hall, replaces).await.unwrap();
            assert_ne!(token, old);
            assert_eq!(session_find(hall, old).await.unwrap(), None, "{}: {old}", db.name);
            assert!(session_find(hall, &token).await.unwrap().is_some(), "{}", db.name);
        }
        // A try that fails ends nothing.
        let kept = open(hall, &world).await;
        let failed = SignIn { replaces: Some(&kept), ..attempt("resident", "x", "a") };
        assert!(sign_in(hall, failed).await.is_err());
        assert!(session_find(hall, &kept).await.unwrap().is_some(), "{}", db.name);
    }
}

#[tokio::test]
async fn sessions_end_by_time() {
    for db in databases().await {
        let (hall, world) = (&db.hall, world(&db).await);
        let open = async |person| session_open(hall, person, "phone", None, true).await.unwrap();
        let alive = async |token: &str| session_find(hall, token).await.unwrap().is_some();

        let resident = open(world.resident.actor.person).await;
        let oversight = open(world.oversight.actor.person).await;
        let head = open(world.committee_head.actor.person).await;
        db.clock.advance_ms(30 * MINUTE_MS);
        assert!(alive(&head).await, "{}: 30 minutes", db.name);
        db.clock.advance_ms(1);
        assert!(!alive(&oversight).await, "{}: idle for more than 30 minutes", db.name);
        assert!(alive(&resident).await, "{}", db.name);
        for _ in 0..5 {
            db.clock.advance_ms(29 * MINUTE_MS);
            assert!(alive(&head).await, "{}: at work", db.name);
        }
        let ended = session::Entity::find().count(hall.db.read()).await.unwrap();
        assert_eq!(ended, 2, "{}: what ended is gone", db.name);

        // Whoever takes up the duty is held to it at once.
        role_grant(
            hall,
            world.resident.actor.person,
            Role::CommitteeMember,
            Scope::Community(world.community),
            Some(hall.now().plus_days(1)),
        )
        .await
        .unwrap();
        let found = session_find(hall, &resident).await.unwrap();
        assert_eq!(found, None, "{}: idle for more than 30 minutes, and now on duty", db.name);

        db.advance_days(1);
        let resident = open(world.resident.actor.person).await;
        let found = session_find(hall, &resident).await.unwrap().unwrap();
        assert_eq!(found.actor.roles, [], "{}: the role has ended", db.name);
        db.clock.advance_ms(60 * DAY_MS - 1);
        assert!(alive(&resident).await, "{}: the last millisecond of 60 days", db.name);
        db.clock.advance_ms(1);
        assert!(!alive(&resident).await, "{}: 60 days", db.name);

        let swept = open(world.second_adult.actor.person).await;
        db.advance_days(60);
        assert!(sessions_sweep(hall).await.unwrap() >= 1, "{}", db.name);
        assert!(!alive(&swept).await);
        assert_eq!(session::Entity::find().count(hall.db.read()).await.unwrap(), 0, "{}", db.name);
    }
}

#[tokio::test]
async fn the_last_use_is_noted_once_a_minute() {
    for db in databases().await {
        let (hall, world) = (&db.hall, world(&db).await);
        let token = open(hall, &world).await;
        let start = hall.now();
        for (after_ms, seen_ms) in [
            (0, 0),
            (59_999, 0),
            (60_000, 60_000),
            (119_999, 60_000),
            (120_000, 120_000),
            (10 * DAY_MS, 10 * DAY_MS),
        ] {
            db.clock.set(start.plus_ms(after_ms));
            session_find(hall, &token).await.unwrap().unwrap();
            let devices = sessions_of(hall, &world.resident.actor, &token).await.unwrap();
            assert_eq!(devices[0].seen_at, start.plus_ms(seen_ms), "{}: {after_ms}", db.name);
        }
    }
}

#[tokio::test]
async fn signing_out_here_and_everywhere() {
    for db in databases().await {
        let (hall, world) = (&db.hall, world(&db).await);
        let resident = &world.resident.actor;
        let phone = open(hall, &world).await;
        db.clock.advance_ms(MINUTE_MS);
        let long_name = format!("Fire\u{202E}fox{}", "x".repeat(500));
        let home = session_open(hall, resident.person, &long_name, None, true).await.unwrap();
        let other =
            session_open(hall, world.second_adult.actor.person, "x", None, true).await.unwrap();

        let devices = sessions_of(hall, resident, &phone).await.unwrap();
        let told: Vec<_> = devices.iter().map(|d| (d.agent.chars().count(), d.this)).collect();
        assert_eq!(told, [(200, false), (5, true)], "{}: the last used first", db.name);
        assert!(devices[0].agent.starts_with("Firefox"), "{}", db.name);

        sign_out(hall, &home).await.unwrap();
        sign_out(hall, &home).await.unwrap();
        sign_out(hall, "nobody's").await.unwrap();
        assert_eq!(session_find(hall, &home).await.unwrap(), None, "{}", db.name);
        assert!(session_find(hall, &phone).await.unwrap().is_some(), "{}", db.name);

        open(hall, &world).await;
        sign_out_everywhere(hall, resident).await.unwrap();
        assert_eq!(sessions_of(hall, resident, &phone).await.unwrap(), [], "{}", db.name);
        assert_eq!(session_find(hall, &phone).await.unwrap(), None, "{}", db.name);
        assert!(session_find(hall, &other).await.unwrap().is_some(), "{}: not another's", db.name);
        let count = |action: &'static str| {
            audit::Entity::find().filter(audit::Column::Action.eq(action)).count(hall.db.read())
        };
        assert_eq!(count("session_close").await.unwrap(), 1, "{}: once for one session", db.name);
        assert_eq!(count("session_close_all").await.unwrap(), 1, "{}", db.name);
    }
}

#[tokio::test]
async fn a_demo_offers_its_own_people_alone() {
    for db in databases().await {
        let (hall, world) = (&db.hall, world(&db).await);
        let home = world.resident.actor.home.unwrap();
        let mut made = Vec::new();
        for (name, nickname) in [("demo-resident", "刘桂兰"), ("demo-head", "孙敏")] {
            let new = NewPerson {
                community: world.community,
                household: Some(home.household),
                sign_in_name: name.to_owned(),
                nickname: nickname.to_owned(),
                email: None,
                password_hash: None,
                consented: true,
            };
            made.push(person_admit(hall, new).await.unwrap());
        }
        let scope = Scope::Community(world.community);
        role_grant(hall, made[1], Role::CommitteeHead, scope, None).await.unwrap();

        let offered = demo_people(hall, world.community).await.unwrap();
        let told: Vec<_> =
            offered.iter().map(|p| (p.person, p.nickname.as_str(), p.role)).collect();
        let expected = [(made[0], "刘桂兰", None), (made[1], "孙敏", Some(Role::CommitteeHead))];
        assert_eq!(told, expected, "{}", db.name);
        assert_eq!(offered[0].courtyard.as_deref(), Some("北柳小区"));
        let other = world.stranger.actor.community;
        assert_eq!(demo_people(hall, other).await.unwrap(), [], "{}", db.name);

        let old = open(hall, &world).await;
        let token = demo_sign_in(hall, world.community, made[0], "x", Some(&old)).await.unwrap();
        let found = session_find(hall, &token).await.unwrap().unwrap();
        assert_eq!(found.actor.person, made[0], "{}", db.name);
        assert_eq!(session_find(hall, &old).await.unwrap(), None, "{}", db.name);
        for (community, person) in
            [(world.community, world.resident.actor.person), (other, made[0])]
        {
            let refused = demo_sign_in(hall, community, person, "x", None).await;
            assert!(matches!(refused, Err(Error::NotFound)), "{}: {refused:?}", db.name);
        }
    }
}

#[tokio::test]
async fn mail_addresses_are_checked_and_stay_out_of_the_chain() {
    // (typed, kept; none when it is refused)
    let table = [
        (" guilan@example.org ", Some(Some("guilan@example.org"))),
        ("", Some(None)),
        ("gui.lan+hall@mail.example.org", Some(Some("gui.lan+hall@mail.example.org"))),
        ("guilan", None),
        ("guilan@", None),
        ("@example.org", None),
        ("guilan@example", None),
        ("gui lan@example.org", None),
        ("guilan@example.org, other@example.org", None),
        ("guilan@example.org\r\nBcc: other@example.org", None),
        ("<guilan@example.org>", None),
        ("guilan..x@example.org", None),
        ("guilan@-example.org", None),
        ("guilan@example..org", None),
        ("guilan@exa@mple.org", None),
        ("桂兰@example.org", None),
    ];
    for db in databases().await {
        let (hall, world) = (&db.hall, world(&db).await);
        let resident = &world.resident;
        for (typed, expected) in table {
            let before = World::again(hall, resident).await.email;
            match (
                email_set(hall, &resident.actor, typed, "zh", service::testing::PASSWORD).await,
                expected,
            ) {
                (Ok(()), Some(kept)) => {
                    let email = World::again(hall, resident).await.email;
                    assert_eq!(email.as_deref(), kept, "{}: {typed}", db.name);
                }
                (Err(Error::Invalid(fields)), None) => {
                    assert_eq!(fields, [FieldError { field: "email", problem: Problem::Email }]);
                    assert_eq!(World::again(hall, resident).await.email, before, "{typed}");
                }
                (other, _) => panic!("{}: {typed}: {other:?}", db.name),
            }
        }
        let long = format!("a@{}.org", "x.".repeat(130));
        assert!(
            email_set(hall, &resident.actor, &long, "zh", service::testing::PASSWORD)
                .await
                .is_err(),
            "{}",
            db.name
        );
        let recorded = audit::Entity::find()
            .filter(audit::Column::Action.eq("email_set"))
            .all(hall.db.read())
            .await
            .unwrap();
        assert_eq!(recorded.len(), 3, "{}: one for each that was taken", db.name);
        assert!(!format!("{recorded:?}").contains('@'), "{}: no address in the chain", db.name);
    }
}

#[tokio::test]
async fn nobody_has_no_sessions() {
    for db in databases().await {
        let hall = &db.hall;
        let nobody = session_open(hall, PersonId(9_999), "x", None, true).await;
        assert!(matches!(nobody, Err(Error::NotFound)), "{}: {nobody:?}", db.name);
    }
}

#[tokio::test]
async fn ones_own_page_lists_what_one_raised_and_what_concerns_one() {
    for db in databases().await {
        let (hall, world) = (&db.hall, world(&db).await);
        let form = |title: &str| ProposalForm {
            title: title.to_owned(),
            situation: "长椅没有靠背，坐久了腰疼，起身没处扶。".to_owned(),
            suggestion: "换两把带靠背和扶手的长椅，放在树荫下。".to_owned(),
            category: "ageing".to_owned(),
            courtyard_id: world.courtyards[0].to_string(),
            scope: "courtyard".to_owned(),
            ..ProposalForm::default()
        };
        let resident = &world.resident.actor;
        let council = &world.council_member.actor;
        let mine = proposal_submit(hall, resident, &form("小院长椅换带靠背的")).await.unwrap();
        db.clock.advance_ms(1);
        let cosigned = proposal_submit(hall, council, &form("西门路灯连坏三盏")).await.unwrap();
        cosign_add(hall, &world.second_adult.actor, cosigned).await.unwrap();
        db.clock.advance_ms(1);
        let followed = proposal_submit(hall, council, &form("公共晾衣区要遮雨")).await.unwrap();
        follow_start(hall, resident, followed).await.unwrap();
        db.clock.advance_ms(1);
        proposal_submit(hall, council, &form("楼道里的旧家具清一清")).await.unwrap();

        let numbers = |rows: &[service::views::matter_row::MatterRow]| {
            rows.iter().map(|row| row.number).collect::<Vec<_>>()
        };
        let me = me_view(hall, resident).await.unwrap();
        assert_eq!(numbers(&me.raised), [mine], "{}", db.name);
        let of_the_household = numbers(&me.followed);
        assert_eq!(of_the_household, [followed, cosigned], "{}: what moved last first", db.name);

        follow_stop(hall, resident, followed).await.unwrap();
        let me = me_view(hall, resident).await.unwrap();
        assert_eq!(numbers(&me.followed), [cosigned], "{}", db.name);
        let nothing = me_view(hall, &world.no_household.actor).await.unwrap();
        assert_eq!((nothing.raised, nothing.followed), (vec![], vec![]), "{}", db.name);
    }
}

#[tokio::test]
async fn a_new_address_asks_for_the_password_and_tells_the_one_before() {
    for db in databases().await {
        let (hall, world) = (&db.hall, world(&db).await);
        let me = &world.resident;
        let told = async || {
            let mails = mail::Entity::find().filter(mail::Column::Kind.eq("email"));
            let mails = mails.order_by_asc(mail::Column::Id).all(hall.db.read()).await.unwrap();
            mails.into_iter().map(|mail| mail.address).collect::<Vec<_>>()
        };
        let refused = async |email: &str, password: &str, problem: Problem| {
            let before = World::again(hall, me).await.email;
            match email_set(hall, &me.actor, email, "zh", password).await {
                Err(Error::Invalid(fields)) => {
                    assert_eq!(fields, [FieldError { field: "password", problem }], "{email}");
                }
                other => panic!("{}: {email}: {other:?}", db.name),
            }
            assert_eq!(World::again(hall, me).await.email, before, "{}: {email}", db.name);
        };
        let empty = Problem::Text(TextError::Empty);
        refused("thief@example.org", "", empty).await;
        refused("thief@example.org", "枣树下的石凳", Problem::OldPassword).await;
        email_set(hall, &me.actor, "first@example.org", "zh", PASSWORD).await.unwrap();
        assert!(told().await.is_empty(), "{}: there was none before", db.name);

        // The language alone, with the address as it is.
        email_set(hall, &me.actor, "first@example.org", "en", "").await.unwrap();
        for other in ["thief@example.org", ""] {
            refused(other, "", empty).await;
        }
        assert!(told().await.is_empty(), "{}", db.name);
        reset_ask(hall, "resident", "a").await.unwrap();
        email_set(hall, &me.actor, "second@example.org", "zh", PASSWORD).await.unwrap();
        assert_eq!(told().await, ["first@example.org"], "{}", db.name);
        let link = reset::Entity::find().one(hall.db.read()).await.unwrap().unwrap();
        assert_eq!(link.expires_at, hall.now().0, "{}: the old mailbox resets nothing", db.name);
        email_set(hall, &me.actor, "", "zh", PASSWORD).await.unwrap();
        assert_eq!(told().await, ["first@example.org", "second@example.org"], "{}", db.name);
        let letters = service::mail::mail_lease(hall, 10, MINUTE_MS).await.unwrap();
        let moved = letters.iter().filter(|letter| {
            matches!(letter.about, About::Account(AccountNews::EmailChanged { .. }))
        });
        assert_eq!(moved.count(), 2, "{}: they go out though there is no address now", db.name);

        // Whoever never had a password has nothing to type.
        let new = NewPerson {
            community: world.community,
            household: None,
            sign_in_name: "demo-nobody".to_owned(),
            nickname: "没密码".to_owned(),
            email: None,
            password_hash: None,
            consented: true,
        };
        let id = person_admit(hall, new).await.unwrap();
        let one = service::people::load(hall.db.read(), id, hall.now()).await.unwrap();
        for email in ["third@example.org", "fourth@example.org"] {
            email_set(hall, &one.actor, email, "zh", "").await.unwrap();
        }
        assert_eq!(told().await[2..], ["third@example.org"], "{}", db.name);
    }
}
