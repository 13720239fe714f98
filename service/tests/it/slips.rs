//! Slips on both databases: making, printing, joining, resetting, and those who try to get in without one.
#![allow(clippy::type_complexity, reason = "a table says its own shape")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use domain::ids::{HouseholdId, SlipId};
use domain::permission::Denied;
use domain::place::Scope;
use domain::role::Role;
use domain::settings::CommunitySettings;
use domain::slip::{Code, CodeError};
use domain::time::{HOUR_MS, MINUTE_MS};
use entities::{audit, consent, household, mail, person, reset, session, slip, totp};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, Set};
use service::account::{SignIn, sign_in};
use service::factor::{Due, factor_due};
use service::newcomer::NewcomerForm;
use service::people::SignedIn;
use service::reset::reset_ask;
use service::seal::Column;
use service::session::{session_find, session_open};
use service::setup::role_grant;
use service::slip::{
    Browser, ForWhom, Joined, Sheet, SlipOrder, slip_end, slip_join, slip_join_as, slip_make,
    slip_make_reset, slip_print, slip_read, slip_reset, slips_desk, slips_sweep,
};
use service::testing::{PASSWORD, Plan, TestDb, World, databases};
use service::{Error, Hall, Problem, Refusal, Result, rate};

const NEW: &str = "门口那棵老槐树又开花了";

async fn world(db: &TestDb) -> World {
    World::planned(&db.hall, Plan { households: 3, ..Plan::default() }).await
}

fn from(address: &str) -> Browser<'_> {
    Browser { address, agent: "test", token: None }
}

fn form(name: &str) -> NewcomerForm {
    NewcomerForm {
        name: name.to_owned(),
        password: NEW.to_owned(),
        nickname: "新邻居".to_owned(),
        adult: true,
        consent: true,
        language: "zh".to_owned(),
        ..NewcomerForm::default()
    }
}

fn order(for_whom: ForWhom) -> SlipOrder {
    SlipOrder { for_whom, only_empty: false, replace: false }
}

/// One more household of the first entrance, in which nobody lives yet.
async fn new_home(hall: &Hall, world: &World, room: &str) -> HouseholdId {
    let rooms = [room.to_owned()];
    service::setup::household_add_many(hall, world.entrances[0], &rooms).await.unwrap()[0]
}

async fn slip_for(hall: &Hall, world: &World, home: HouseholdId) -> String {
    let order = order(ForWhom::Households(vec![home]));
    let made = slip_make(hall, &world.committee_head.actor, &order).await.unwrap();
    print(hall, world, made.batch).await.slips[0].code.printed()
}

async fn print(hall: &Hall, world: &World, batch: i64) -> Sheet {
    slip_print(hall, &world.committee_head.actor, batch).await.unwrap()
}

/// The field's problem, or a panic that says what came instead.
fn problem<T: std::fmt::Debug>(result: Result<T>, field: &str) -> Problem {
    match result {
        Err(Error::Invalid(fields)) => {
            let found = fields.iter().find(|it| it.field == field);
            found.unwrap_or_else(|| panic!("{field} is not among {fields:?}")).problem
        }
        other => panic!("{other:?}"),
    }
}

async fn count<E: EntityTrait>(hall: &Hall) -> u64
where
    E::Model: Send + Sync,
{
    E::find().count(hall.db.read()).await.unwrap()
}

async fn actions(hall: &Hall) -> Vec<(String, String, String)> {
    let rows = audit::Entity::find()
        .filter(audit::Column::Action.starts_with("slip_"))
        .all(hall.db.read())
        .await
        .unwrap();
    let mut rows: Vec<_> =
        rows.into_iter().map(|row| (row.seq, row.action, row.actor, row.after)).collect();
    rows.sort_by_key(|row| row.0);
    rows.into_iter().map(|row| (row.1, row.2, row.3.unwrap_or_default())).collect()
}

#[tokio::test]
async fn a_slip_opens_an_account_once() {
    for db in databases().await {
        let (hall, world) = (&db.hall, world(&db).await);
        let home = new_home(hall, &world, "901").await;
        let code = slip_for(hall, &world, home).await;

        let typed = code.replace('-', " ").to_lowercase();
        let seen = slip_read(hall, &typed, "a").await.unwrap();
        assert_eq!((seen.courtyard.as_str(), seen.entrance.as_str()), ("北柳小区", "1号楼1门"));
        assert_eq!(
            (seen.community.id, seen.person.clone()),
            (world.community, None),
            "{}",
            db.name
        );
        assert!(!format!("{seen:?}").contains("901"), "{}: never the room", db.name);

        let joined =
            slip_join(hall, &code, &form("Liu.Guilan@Example.org"), from("a")).await.unwrap();
        assert_eq!(joined.prefix, "", "{}", db.name);
        let token = joined.token.unwrap();
        let me = session_find(hall, &token).await.unwrap().unwrap();
        assert_eq!(me.sign_in_name, "liu.guilan@example.org");
        assert_eq!(me.email.as_deref(), Some("liu.guilan@example.org"), "{}", db.name);
        assert_eq!(me.actor.home.unwrap().household, home, "{}", db.name);
        assert!(me.represents_household && me.actor.consented, "{}", db.name);
        let row = person::Entity::find_by_id(me.actor.person.0).one(hall.db.read()).await.unwrap();
        let row = row.unwrap();
        assert_eq!((row.came_by.as_str(), row.adult_at), ("slip", Some(hall.now().0)));
        let given = consent::Entity::find()
            .filter(consent::Column::PersonId.eq(row.id))
            .all(hall.db.read())
            .await
            .unwrap();
        assert_eq!(given.len(), 1, "{}", db.name);
        assert_eq!(given[0].version, domain::consent::VERSION);

        let used = slip::Entity::find().one(hall.db.read()).await.unwrap().unwrap();
        assert_eq!((used.used_by, used.used_at), (Some(row.id), Some(hall.now().0)));
        assert_eq!(used.code, None, "{}: a used slip's code is gone", db.name);
        let again = slip_join(hall, &code, &form("second-try"), from("a")).await;
        assert_eq!(problem(again, "code"), Problem::CodeUnknown, "{}", db.name);
        assert_eq!(problem(slip_read(hall, &code, "a").await, "code"), Problem::CodeUnknown);

        let by = format!("person:{}", me.actor.person);
        let head = world.committee_head.actor.audit_name();
        let expected = [
            ("slip_make", head.as_str(), "1 to join"),
            ("slip_print", head.as_str(), "1 looked at"),
            ("slip_join", by.as_str(), &format!("household:{home}")),
        ];
        let expected = expected.map(|(a, b, c)| (a.to_owned(), b.to_owned(), c.to_owned()));
        assert_eq!(actions(hall).await, expected, "{}", db.name);
        let attempt = SignIn {
            name: "liu.guilan@example.org",
            password: NEW,
            client_address: "a",
            agent: "test",
            replaces: None,
        };
        sign_in(hall, attempt).await.unwrap();
        let whole = service::audit::verify(&hall.db).await.unwrap();
        assert!(matches!(whole, service::audit::Verdict::Whole(_)), "{}: {whole:?}", db.name);
    }
}

#[tokio::test]
async fn the_first_adult_represents_and_the_second_does_not() {
    for db in databases().await {
        let (hall, world) = (&db.hall, world(&db).await);
        let home = world.resident.actor.home.unwrap().household;
        let code = slip_for(hall, &world, home).await;
        let joined = slip_join(hall, &code, &form("third"), from("a")).await.unwrap();
        let me = session_find(hall, &joined.token.unwrap()).await.unwrap().unwrap();
        assert!(!me.represents_household, "{}", db.name);
        assert_eq!(me.email, None);
        let row = household::Entity::find_by_id(home.0).one(hall.db.read()).await.unwrap().unwrap();
        assert_eq!(row.representative_id, Some(world.resident.actor.person.0), "{}", db.name);
    }
}

/// Nothing is written for a form that can't be taken, and the slip stays good.
#[tokio::test]
async fn what_a_form_lacks_is_said_and_the_slip_stays() {
    for db in databases().await {
        let settings = CommunitySettings { ask_phone: true, ..CommunitySettings::default() };
        let world = World::planned(&db.hall, Plan { settings, households: 3 }).await;
        let hall = &db.hall;
        let code = slip_for(hall, &world, new_home(hall, &world, "901").await).await;
        let people = count::<person::Entity>(hall).await;
        let table: [(&str, Problem, fn(&mut NewcomerForm)); 7] = [
            ("adult", Problem::Tick, |form| form.adult = false),
            ("consent", Problem::Tick, |form| form.consent = false),
            ("name", Problem::Taken, |form| form.name = "ＲＥＳＩＤＥＮＴ".to_owned()),
            ("name", Problem::Taken, |form| form.name = "demo-1".to_owned()),
            ("name", Problem::Email, |form| form.name = "a@b".to_owned()),
            ("phone", Problem::Phone, |form| form.phone = "12".to_owned()),
            ("password", Problem::Password(service::PasswordProblem::Common), |form| {
                form.password = "5201314520".to_owned()
            }),
        ];
        for (field, expected, spoil) in table {
            let mut spoilt = form("newcomer");
            spoil(&mut spoilt);
            let tried = slip_join(hall, &code, &spoilt, from("a")).await;
            assert_eq!(problem(tried, field), expected, "{}: {field}", db.name);
        }
        assert_eq!(count::<person::Entity>(hall).await, people, "{}", db.name);
        let right = NewcomerForm { phone: "138 0000 0000".to_owned(), ..form("newcomer") };
        let joined = slip_join(hall, &code, &right, from("a")).await.unwrap();
        let me = session_find(hall, &joined.token.unwrap()).await.unwrap().unwrap();
        let row = person::Entity::find_by_id(me.actor.person.0).one(hall.db.read()).await.unwrap();
        let phone = row.unwrap().phone.unwrap();
        assert!(!phone.contains("138"), "{}: sealed", db.name);
        assert_eq!(hall.seal.open(Column::Phone, &phone).unwrap(), "13800000000", "{}", db.name);
    }
}

/// Every code that opens nothing gets the same answer.
#[tokio::test]
async fn a_code_that_opens_nothing_never_says_why() {
    for db in databases().await {
        let (hall, world) = (&db.hall, world(&db).await);
        let homes = [new_home(hall, &world, "901").await, new_home(hall, &world, "902").await];
        let (ended, moved) =
            (slip_for(hall, &world, homes[0]).await, slip_for(hall, &world, homes[1]).await);
        let old = slip_for(hall, &world, homes[0]).await;
        let id = slip::Entity::find().one(hall.db.read()).await.unwrap().unwrap().id;
        slip_end(hall, &world.committee_head.actor, SlipId(id)).await.unwrap();
        let again = slip_end(hall, &world.committee_head.actor, SlipId(id)).await;
        assert!(matches!(again, Err(Error::Refused(Refusal::SlipOver))), "{}", db.name);
        let txn = hall.db.begin().await.unwrap();
        household::ActiveModel {
            id: Set(homes[1].0),
            ended_at: Set(Some(hall.now().0)),
            ..Default::default()
        }
        .update(&txn)
        .await
        .unwrap();
        txn.commit().await.unwrap();
        let unknown = Code::from_random(&[3; 14]).unwrap().printed();
        for (code, why) in [(&ended, "ended"), (&moved, "moved out"), (&unknown, "unknown")] {
            for tried in [
                slip_read(hall, code, why).await.map(|_| ()),
                slip_join(hall, code, &form("x1"), from(why)).await.map(|_| ()),
                slip_reset(hall, code, NEW, from(why)).await.map(|_| ()),
            ] {
                assert_eq!(problem(tried, "code"), Problem::CodeUnknown, "{}: {why}", db.name);
            }
        }
        slip_read(hall, &old, "a").await.unwrap();
        assert_eq!(slips_sweep(hall).await.unwrap(), 0, "{}", db.name);
        db.advance_days(60);
        assert_eq!(problem(slip_read(hall, &old, "b").await, "code"), Problem::CodeUnknown);
        assert_eq!(slips_sweep(hall).await.unwrap(), 2, "{}: the moved one runs out too", db.name);
        let kept = slip::Entity::find().filter(slip::Column::Code.is_not_null());
        assert_eq!(kept.count(hall.db.read()).await.unwrap(), 0, "{}", db.name);
    }
}

/// What can't be a code is told at once, and counts for nothing.
#[tokio::test]
async fn a_mistyped_code_is_told_and_not_counted() {
    for db in databases().await {
        let (hall, world) = (&db.hall, world(&db).await);
        let code = slip_for(hall, &world, new_home(hall, &world, "901").await).await;
        let first = code.chars().next().unwrap();
        let mut mistyped = code.clone();
        mistyped.replace_range(0..1, if first == 'A' { "C" } else { "A" });
        for _ in 0..30 {
            let tried = slip_read(hall, &mistyped, "a").await;
            assert_eq!(problem(tried, "code"), Problem::Code(CodeError::Check), "{}", db.name);
        }
        assert_eq!(
            problem(slip_read(hall, "", "a").await, "code"),
            Problem::Code(CodeError::Empty)
        );
        // Nor does the right code count.
        for _ in 0..30 {
            slip_read(hall, &code, "a").await.unwrap();
        }
    }
}

/// A code that fits its check sign and is nobody's.
fn guess(n: u8) -> String {
    let mut bytes = [1; 14];
    (bytes[0], bytes[1]) = (n / 20, n % 20);
    Code::from_random(&bytes).unwrap().printed()
}

#[tokio::test]
async fn guessing_is_stopped_by_address_and_in_sum() {
    for db in databases().await {
        let (hall, world) = (&db.hall, world(&db).await);
        let code = slip_for(hall, &world, new_home(hall, &world, "901").await).await;
        for n in 0..10 {
            assert_eq!(
                problem(slip_read(hall, &guess(n), "a").await, "code"),
                Problem::CodeUnknown
            );
        }
        for tried in [&guess(11), &code] {
            let stopped = slip_read(hall, tried, "a").await;
            assert!(
                matches!(stopped, Err(Error::TooOften { operation: "slip_wrong", .. })),
                "{}: even the right one: {stopped:?}",
                db.name
            );
        }
        slip_read(hall, &code, "b").await.unwrap();
        db.clock.advance_ms(10 * MINUTE_MS);
        slip_read(hall, &code, "a").await.unwrap();

        // From many addresses: all but two of the sum are used up, by what was counted before and at once.
        for _ in 10..rate::SLIP_WRONG_IN_SUM.times - 2 {
            rate::take(hall, rate::SLIP_WRONG_IN_SUM, "all").await.unwrap();
        }
        for n in 0..2 {
            let tried = slip_read(hall, &guess(n), "c").await;
            assert_eq!(problem(tried, "code"), Problem::CodeUnknown, "{}: {n}", db.name);
        }
        // Then a wrong one waits, and a right one doesn't: four addresses can't keep a town out.
        for address in ["d", "e"] {
            match slip_read(hall, &guess(3), address).await {
                Err(Error::TooOften { operation: "slip_wrong_in_sum", retry_after_s }) => {
                    assert!(retry_after_s <= 3_600, "{}", db.name);
                }
                other => panic!("{}: {other:?}", db.name),
            }
            slip_read(hall, &code, address).await.unwrap();
        }
        // What waits is counted for its address too.
        for n in 1..10 {
            slip_read(hall, &guess(n), "d").await.unwrap_err();
        }
        let stopped = slip_read(hall, &code, "d").await;
        assert!(
            matches!(stopped, Err(Error::TooOften { operation: "slip_wrong", .. })),
            "{}: {stopped:?}",
            db.name
        );
        db.clock.advance_ms(HOUR_MS);
        assert_eq!(problem(slip_read(hall, &guess(4), "c").await, "code"), Problem::CodeUnknown);
    }
}

/// A slip in the wrong hands doesn't tell whose names there are.
#[tokio::test]
async fn one_slip_tries_only_some_names() {
    for db in databases().await {
        let (hall, world) = (&db.hall, world(&db).await);
        let code = slip_for(hall, &world, new_home(hall, &world, "901").await).await;
        for n in 0..10 {
            let address = format!("address-{n}");
            let tried = slip_join(hall, &code, &form("resident"), from(&address)).await;
            assert_eq!(problem(tried, "name"), Problem::Taken, "{}", db.name);
        }
        let stopped = slip_join(hall, &code, &form("resident"), from("other")).await;
        assert!(
            matches!(stopped, Err(Error::TooOften { operation: "slip_try", .. })),
            "{}",
            db.name
        );
        db.clock.advance_ms(HOUR_MS);
        slip_join(hall, &code, &form("newcomer"), from("other")).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_64_who_join_at_once_by_one_slip_one_comes_in() {
    for db in databases().await {
        let (hall, world) = (&db.hall, world(&db).await);
        let home = new_home(hall, &world, "901").await;
        let code = slip_for(hall, &world, home).await;
        let mut tasks = tokio::task::JoinSet::new();
        for n in 0..64 {
            let (hall, code) = (hall.clone(), code.clone());
            tasks.spawn(async move {
                let address = format!("address-{n}");
                slip_join(&hall, &code, &form(&format!("racer{n}")), from(&address)).await
            });
        }
        let results = tasks.join_all().await;
        let won = results.iter().filter(|result| result.is_ok()).count();
        assert_eq!(won, 1, "{}: {results:?}", db.name);
        for lost in results.into_iter().filter(Result::is_err) {
            let told = match &lost {
                Err(Error::TooOften { .. }) => true,
                Err(Error::Invalid(fields)) => fields[0].problem == Problem::CodeUnknown,
                _ => false,
            };
            assert!(told, "{}: {lost:?}", db.name);
        }
        let lives = person::Entity::find().filter(person::Column::HouseholdId.eq(home.0));
        assert_eq!(lives.count(hall.db.read()).await.unwrap(), 1, "{}", db.name);

        // And of 64 accounts that are there already.
        let code = slip_for(hall, &world, home).await;
        let accounts: Vec<_> = (0..64)
            .map(|n| service::setup::NewPerson {
                community: world.community,
                household: None,
                sign_in_name: format!("waiting{n}"),
                nickname: "等门的".to_owned(),
                email: None,
                password_hash: None,
                consented: false,
            })
            .collect();
        let ids = service::setup::person_admit_many(hall, accounts).await.unwrap();
        let mut tasks = tokio::task::JoinSet::new();
        for id in ids {
            let (hall, code) = (hall.clone(), code.clone());
            tasks.spawn(async move {
                let me = service::people::load(hall.db.read(), id, hall.now()).await.unwrap();
                let address = format!("address-{id}");
                slip_join_as(&hall, &me.actor, &code, true, true, from(&address)).await
            });
        }
        let results = tasks.join_all().await;
        let won = results.iter().filter(|result| result.is_ok()).count();
        assert_eq!(won, 1, "{}: {results:?}", db.name);
        let lives = person::Entity::find().filter(person::Column::HouseholdId.eq(home.0));
        assert_eq!(lives.count(hall.db.read()).await.unwrap(), 2, "{}", db.name);
    }
}

#[tokio::test]
async fn an_account_without_a_household_takes_a_slip_and_one_with_one_does_not() {
    for db in databases().await {
        let (hall, world) = (&db.hall, world(&db).await);
        let home = new_home(hall, &world, "901").await;
        let code = slip_for(hall, &world, home).await;
        let join = async |person: &SignedIn, adult| {
            slip_join_as(hall, &person.actor, &code, adult, true, from("a")).await
        };
        let twice = join(&world.resident, true).await;
        assert!(matches!(twice, Err(Error::Refused(Refusal::HasHousehold))), "{twice:?}");
        let elsewhere = join(&world.stranger, true).await;
        assert!(matches!(elsewhere, Err(Error::Refused(Refusal::OtherCommunity))), "{elsewhere:?}");
        assert_eq!(problem(join(&world.no_household, false).await, "adult"), Problem::Tick);
        let mut helped = world.no_household.clone();
        helped.actor.through = Some(world.resident.actor.person);
        let through = join(&helped, true).await;
        assert!(matches!(through, Err(Error::Denied(Denied::NotThrough))), "{through:?}");

        let joined = join(&world.no_household, true).await.unwrap();
        assert_eq!(joined, Joined { token: None, prefix: String::new() }, "{}", db.name);
        let me = World::again(hall, &world.no_household).await;
        assert_eq!(me.actor.home.unwrap().household, home, "{}", db.name);
        assert!(me.represents_household, "{}", db.name);
        // A stale idea of oneself doesn't open a second household.
        let second = slip_for(hall, &world, new_home(hall, &world, "902").await).await;
        let again =
            slip_join_as(hall, &world.no_household.actor, &second, true, true, from("a")).await;
        assert!(matches!(again, Err(Error::Refused(Refusal::HasHousehold))), "{}", db.name);
        slip_read(hall, &second, "a").await.unwrap();
    }
}

#[tokio::test]
async fn one_account_takes_slips_of_two_households_at_once_and_lives_in_one() {
    for db in databases().await {
        let (hall, world) = (&db.hall, world(&db).await);
        let other = &db.second_hall().await;
        let me = &world.no_household.actor;
        let homes = [new_home(hall, &world, "901").await, new_home(hall, &world, "902").await];
        let codes =
            [slip_for(hall, &world, homes[0]).await, slip_for(hall, &world, homes[1]).await];
        let (one, two) = tokio::join!(
            slip_join_as(hall, me, &codes[0], true, true, from("a")),
            slip_join_as(other, me, &codes[1], true, true, from("b")),
        );
        let results = [one, two];
        let won = results.iter().position(Result::is_ok).unwrap();
        let lost = &results[1 - won];
        let refused = matches!(lost, Err(Error::Refused(Refusal::HasHousehold)));
        assert!(refused, "{}: {results:?}", db.name);
        let now = World::again(hall, &world.no_household).await;
        assert_eq!(now.actor.home.unwrap().household, homes[won], "{}", db.name);
        for (n, home) in homes.iter().enumerate() {
            let row = household::Entity::find_by_id(home.0).one(hall.db.read()).await.unwrap();
            let represents = row.unwrap().representative_id == Some(me.person.0);
            assert_eq!(represents, n == won, "{}", db.name);
            // The slip that wasn't taken is still good.
            assert_eq!(slip_read(hall, &codes[n], "c").await.is_ok(), n != won, "{}", db.name);
        }
    }
}

#[tokio::test]
async fn the_browsers_old_token_is_worth_nothing_after_joining() {
    for db in databases().await {
        let (hall, world) = (&db.hall, world(&db).await);
        let planted =
            session_open(hall, world.stranger.actor.person, "thief", None, false).await.unwrap();
        let code = slip_for(hall, &world, new_home(hall, &world, "901").await).await;
        let browser = Browser { token: Some(&planted), ..from("a") };
        let joined = slip_join(hall, &code, &form("newcomer"), browser).await.unwrap();
        assert_ne!(joined.token.as_deref(), Some(planted.as_str()));
        assert_eq!(session_find(hall, &planted).await.unwrap(), None, "{}", db.name);
    }
}

#[tokio::test]
async fn slips_are_made_for_places_and_printed_in_their_order() {
    for db in databases().await {
        let (hall, world) = (&db.hall, world(&db).await);
        let head = &world.committee_head.actor;
        let homes = service::setup::household_add_many(
            hall,
            world.entrances[1],
            &["1001".to_owned(), "901".to_owned()],
        )
        .await
        .unwrap();
        // (for whom, only where nobody has joined, slips)
        let table = [
            (ForWhom::Place(Scope::Entrance(world.entrances[1])), false, 5),
            (ForWhom::Place(Scope::Entrance(world.entrances[1])), true, 2),
            (ForWhom::Place(Scope::Courtyard(world.courtyards[0])), false, 8),
            (ForWhom::Place(Scope::Community(world.community)), false, 14),
            (ForWhom::Place(Scope::Community(world.community)), true, 2),
            (ForWhom::Rooms(world.entrances[1], vec!["901".into(), "101".into()]), false, 2),
            (ForWhom::Households(homes.clone()), false, 2),
        ];
        let mut batches = Vec::new();
        for (for_whom, only_empty, expected) in table {
            let order = SlipOrder { for_whom, only_empty, replace: false };
            let made = slip_make(hall, head, &order).await.unwrap();
            assert_eq!(made.count, expected, "{}: {order:?}", db.name);
            batches.push(made.batch);
        }
        batches.dedup();
        assert_eq!(batches.len(), 7, "{}: each batch is by itself", db.name);
        let sheet = print(hall, &world, batches[0]).await;
        let rooms: Vec<_> = sheet.slips.iter().map(|slip| slip.room.as_str()).collect();
        assert_eq!(rooms, ["101", "201", "301", "901", "1001"], "{}", db.name);
        assert_eq!(sheet.gone, 0);

        // 换发 ends the older ones of the same households, and only those.
        let order = SlipOrder { replace: true, ..order(ForWhom::Households(homes)) };
        let made = slip_make(hall, head, &order).await.unwrap();
        let sheet = print(hall, &world, batches[0]).await;
        let rooms: Vec<_> = sheet.slips.iter().map(|slip| slip.room.as_str()).collect();
        assert_eq!((rooms, sheet.gone), (vec!["101", "201", "301"], 2), "{}", db.name);
        assert_eq!(print(hall, &world, made.batch).await.slips.len(), 2);
        assert!(actions(hall).await.iter().any(|(action, ..)| action == "slip_make"));

        let desk = slips_desk(hall, Some(head)).await.unwrap();
        assert_eq!(desk.batches.len(), 8, "{}", db.name);
        let second =
            desk.places.iter().find(|place| place.entrance() == world.entrances[1]).unwrap();
        assert_eq!((second.households, second.joined, second.used), (5, 3, 0), "{}", db.name);
        assert_eq!(second.live, 3 + 3 + 3 + 1 + 2, "{}", db.name);
    }
}

#[tokio::test]
async fn orders_that_fit_nobody_are_refused() {
    for db in databases().await {
        let (hall, world) = (&db.hall, world(&db).await);
        let head = &world.committee_head.actor;
        let strangers_home = world.stranger.actor.home.unwrap();
        let make = async |for_whom| slip_make(hall, head, &order(for_whom)).await;
        let nobody = make(ForWhom::Place(Scope::Entrance(strangers_home.entrance))).await;
        assert!(matches!(nobody, Err(Error::Refused(Refusal::NoHouseholds))), "{nobody:?}");
        let other = make(ForWhom::Place(Scope::Community(world.stranger.actor.community))).await;
        assert!(matches!(other, Err(Error::NotFound)), "{other:?}");
        let other = make(ForWhom::Households(vec![strangers_home.household])).await;
        assert!(matches!(other, Err(Error::NotFound)), "{other:?}");
        let room = make(ForWhom::Rooms(world.entrances[0], vec!["9999".into()])).await;
        assert_eq!(problem(room, "rooms"), Problem::NoRoom);

        let mut stale = world.committee_head.actor.clone();
        stale.stepped_up = false;
        let all = || order(ForWhom::Place(Scope::Community(world.community)));
        for (actor, denied) in [
            (&stale, Denied::StepUp),
            (&world.resident.actor, Denied::NeedsRole),
            (&world.oversight.actor, Denied::NeedsRole),
            (&world.entrance_lead.actor, Denied::NeedsRole),
        ] {
            for tried in [
                slip_make(hall, actor, &all()).await.map(|_| ()),
                slip_make_reset(hall, actor, world.resident.actor.person).await.map(|_| ()),
                slip_print(hall, actor, 1).await.map(|_| ()),
                slip_end(hall, actor, SlipId(1)).await,
            ] {
                assert!(matches!(&tried, Err(Error::Denied(it)) if *it == denied), "{tried:?}");
            }
        }
        assert_eq!(count::<slip::Entity>(hall).await, 0, "{}", db.name);
        assert!(matches!(slip_print(hall, head, 1).await, Err(Error::NotFound)));
        assert!(matches!(slip_end(hall, head, SlipId(1)).await, Err(Error::NotFound)));
        let hidden = slips_desk(hall, Some(&world.resident.actor)).await;
        assert!(matches!(hidden, Err(Error::NotFound)), "{}", db.name);
    }
}

#[tokio::test]
async fn a_reset_slip_sets_a_new_password_and_leaves_the_second_factor() {
    for db in databases().await {
        let (hall, world) = (&db.hall, world(&db).await);
        let (head, me) = (&world.committee_head.actor, &world.council_member);
        let old = session_open(hall, me.actor.person, "old phone", None, true).await.unwrap();
        let txn = hall.db.begin().await.unwrap();
        let factor = totp::ActiveModel {
            person_id: Set(me.actor.person.0),
            secret: Set(hall.seal.close(Column::TotpSecret, "secret").unwrap()),
            created_at: Set(0),
            confirmed_at: Set(Some(0)),
            last_step: Set(0),
        };
        totp::Entity::insert(factor).exec_without_returning(&txn).await.unwrap();
        txn.commit().await.unwrap();
        let first = slip_make_reset(hall, head, me.actor.person).await.unwrap();
        let first = print(hall, &world, first.batch).await.slips[0].code.printed();
        let made = slip_make_reset(hall, head, me.actor.person).await.unwrap();
        let code = print(hall, &world, made.batch).await.slips[0].code.printed();
        assert_eq!(
            problem(slip_read(hall, &first, "a").await, "code"),
            Problem::CodeUnknown,
            "{}: the newer one counts",
            db.name
        );
        let seen = slip_read(hall, &code, "a").await.unwrap();
        assert_eq!(seen.person, Some((me.nickname.clone(), me.sign_in_name.clone())));

        // It lets nobody join.
        let join = slip_join(hall, &code, &form("x1"), from("a")).await;
        assert_eq!(problem(join, "code"), Problem::CodeUnknown, "{}", db.name);
        let weak = slip_reset(hall, &code, "12345678", from("a")).await;
        let common = Problem::Password(service::PasswordProblem::Common);
        assert_eq!(problem(weak, "password"), common, "{}", db.name);

        let joined = slip_reset(hall, &code, NEW, from("a")).await.unwrap();
        // By the password alone nobody with a second factor is signed in.
        let token = joined.token.unwrap();
        assert_eq!(session_find(hall, &token).await.unwrap(), None, "{}", db.name);
        assert_eq!(factor_due(hall, &token).await.unwrap(), Due::Show, "{}", db.name);
        assert_eq!(session_find(hall, &old).await.unwrap(), None, "{}", db.name);
        assert_eq!(count::<session::Entity>(hall).await, 1, "{}", db.name);
        assert_eq!(count::<totp::Entity>(hall).await, 1, "{}", db.name);
        let attempt = |password| SignIn {
            name: "council",
            password,
            client_address: "a",
            agent: "test",
            replaces: None,
        };
        assert!(sign_in(hall, attempt(PASSWORD)).await.is_err(), "{}", db.name);
        sign_in(hall, attempt(NEW)).await.unwrap();
        let twice = slip_reset(hall, &code, NEW, from("a")).await;
        assert_eq!(problem(twice, "code"), Problem::CodeUnknown, "{}", db.name);

        let none = slip_make_reset(hall, head, world.no_household.actor.person).await;
        assert!(matches!(none, Err(Error::Refused(Refusal::NoHouseholds))), "{none:?}");
        let other = slip_make_reset(hall, head, world.stranger.actor.person).await;
        assert!(matches!(other, Err(Error::NotFound)), "{other:?}");
    }
}

/// Whoever prints a slip knows its code: it opens no account with a duty, be the duty older or newer.
#[tokio::test]
async fn nobody_in_office_gets_a_password_by_a_slip() {
    for db in databases().await {
        let (hall, world) = (&db.hall, world(&db).await);
        let head = &world.committee_head.actor;
        for held in [&world.committee_member, &world.oversight, &world.committee_head] {
            let made = slip_make_reset(hall, head, held.actor.person).await;
            let refused = matches!(made, Err(Error::Refused(Refusal::DutyPassword)));
            assert!(refused, "{}: {made:?}", db.name);
        }
        assert_eq!(count::<slip::Entity>(hall).await, 0, "{}", db.name);

        let (council, scope) =
            (world.council_member.actor.person, Scope::Community(world.community));
        let made = slip_make_reset(hall, head, council).await.unwrap();
        let code = print(hall, &world, made.batch).await.slips[0].code.printed();
        role_grant(hall, council, Role::CommitteeMember, scope, None).await.unwrap();
        let tried = slip_reset(hall, &code, NEW, from("a")).await;
        let refused = matches!(tried, Err(Error::Refused(Refusal::DutyPassword)));
        assert!(refused, "{}: {tried:?}", db.name);
        let old = SignIn {
            name: "council",
            password: PASSWORD,
            client_address: "a",
            agent: "test",
            replaces: None,
        };
        sign_in(hall, old).await.unwrap();
    }
}

/// As by every other way: the mail address hears of it, and a link that lies in the post is over.
#[tokio::test]
async fn a_password_by_a_slip_is_told_by_mail_and_ends_links() {
    for db in databases().await {
        let (hall, world) = (&db.hall, world(&db).await);
        let me = world.resident.actor.person;
        let txn = hall.db.begin().await.unwrap();
        let email = Set(Some("laohuai@example.org".to_owned()));
        let row = person::ActiveModel { id: Set(me.0), email, ..Default::default() };
        row.update(&txn).await.unwrap();
        txn.commit().await.unwrap();
        reset_ask(hall, "resident", "a").await.unwrap();
        let made = slip_make_reset(hall, &world.committee_head.actor, me).await.unwrap();
        let code = print(hall, &world, made.batch).await.slips[0].code.printed();
        slip_reset(hall, &code, NEW, from("a")).await.unwrap();
        let link = reset::Entity::find().one(hall.db.read()).await.unwrap().unwrap();
        assert!(link.expires_at <= hall.now().0, "{}: {link:?}", db.name);
        let mails = mail::Entity::find().all(hall.db.read()).await.unwrap();
        let kinds: Vec<&str> = mails.iter().map(|mail| mail.kind.as_str()).collect();
        assert_eq!(kinds, ["password"], "{}", db.name);
    }
}

/// What lies in the database doesn't open a door.
#[tokio::test]
async fn codes_are_sealed_at_rest() {
    for db in databases().await {
        let (hall, world) = (&db.hall, world(&db).await);
        let code = slip_for(hall, &world, new_home(hall, &world, "901").await).await;
        let row = slip::Entity::find().one(hall.db.read()).await.unwrap().unwrap();
        let bare = code.replace('-', "");
        for kept in [row.code.as_deref().unwrap(), row.code_index.as_str()] {
            assert!(!kept.contains(&code) && !kept.contains(&bare), "{}", db.name);
        }
        let entries = audit::Entity::find().all(hall.db.read()).await.unwrap();
        assert!(!format!("{entries:?}").contains(&code), "{}", db.name);
    }
}
