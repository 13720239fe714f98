//! Ways back in by email, on both databases.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use domain::time::{DAY_MS, HOUR_MS, MINUTE_MS};
use entities::{audit, mail, reset};
use sea_orm::{EntityTrait, PaginatorTrait, QueryOrder};
use service::account::{SignIn, email_set, sign_in};
use service::mail::{About, AccountNews, Letter, mail_failed, mail_lease, mail_sent};
use service::own::password_change;
use service::people::SignedIn;
use service::reset::{
    LinkState, password_set_by_operator, reset_ask, reset_do, reset_look, resets_sweep,
};
use service::session::{session_find, session_open};
use service::testing::{PASSWORD, World, databases, sqlite};
use service::{Error, FieldError, Hall, PasswordProblem, Problem, Refusal, rate};

const NEW: &str = "门口 那棵 老槐树 今年 又开花了";
const LEASE_MS: i64 = 5 * MINUTE_MS;

async fn with_email(hall: &Hall, person: &SignedIn) {
    email_set(hall, &person.actor, "Guilan@Example.cn", "zh", service::testing::PASSWORD)
        .await
        .unwrap();
}

async fn leased(hall: &Hall) -> Vec<Letter> {
    mail_lease(hall, 10, LEASE_MS).await.unwrap()
}

/// The token of the only mail that waits.
async fn token(hall: &Hall) -> String {
    let letters = leased(hall).await;
    let [letter] = &letters[..] else { panic!("{} letters", letters.len()) };
    mail_sent(hall, letter).await.unwrap();
    match &letter.about {
        About::Account(AccountNews::Reset { token, .. }) => token.clone(),
        other => panic!("{other:?}"),
    }
}

fn attempt<'a>(password: &'a str) -> SignIn<'a> {
    SignIn { name: "resident", password, client_address: "a", agent: "", replaces: None }
}

fn refusal(error: &Error) -> Option<&Refusal> {
    match error {
        Error::Refused(refusal) => Some(refusal),
        _ => None,
    }
}

#[tokio::test]
async fn a_link_sets_a_password_once_and_ends_all_sessions() {
    for db in databases().await {
        let hall = &db.hall;
        let world = World::new(hall).await;
        with_email(hall, &world.resident).await;
        let person = world.resident.actor.person;
        let phone = session_open(hall, person, "phone", None, false).await.unwrap();
        for _ in 0..5 {
            sign_in(hall, attempt("wrong")).await.unwrap_err();
        }

        reset_ask(hall, " ＲＥＳＩＤＥＮＴ", "192.0.2.1").await.unwrap();
        let letters = leased(hall).await;
        let [letter] = &letters[..] else { panic!("{}: {letters:?}", db.name) };
        assert_eq!(letter.address, "Guilan@Example.cn", "{}", db.name);
        assert!(!letter.message_id.contains('@'), "{}: its sender adds the host", db.name);
        let About::Account(AccountNews::Reset { sign_in_name, token }) = &letter.about else {
            panic!("{}: {letter:?}", db.name)
        };
        assert_eq!((sign_in_name.as_str(), token.len()), ("resident", 64), "{}", db.name);
        let stored = mail::Entity::find().one(hall.db.read()).await.unwrap().unwrap();
        assert!(!format!("{stored:?}").contains(token.as_str()), "{}: sealed", db.name);
        let link = reset::Entity::find().one(hall.db.read()).await.unwrap().unwrap();
        assert!(!format!("{link:?}").contains(token.as_str()), "{}: a hash alone", db.name);
        mail_sent(hall, letter).await.unwrap();
        let stored = mail::Entity::find().one(hall.db.read()).await.unwrap().unwrap();
        assert_eq!(stored.data, None, "{}: told, so forgotten", db.name);

        // Opened as often as a scanner likes.
        for _ in 0..3 {
            assert_eq!(reset_look(hall, token).await.unwrap(), LinkState::Holds, "{}", db.name);
        }
        for (password, problem) in [
            ("12345678", Problem::Password(PasswordProblem::Common)),
            ("枣树湾社区", Problem::Password(PasswordProblem::TooShort)),
        ] {
            let bad = reset_do(hall, token, password, "192.0.2.1").await.unwrap_err();
            let Error::Invalid(fields) = bad else { panic!("{}: {bad}", db.name) };
            assert_eq!(fields, [FieldError { field: "password", problem }], "{}", db.name);
        }
        assert!(session_find(hall, &phone).await.unwrap().is_some(), "{}", db.name);
        reset_do(hall, token, NEW, "192.0.2.1").await.unwrap();
        assert_eq!(session_find(hall, &phone).await.unwrap(), None, "{}", db.name);
        assert!(sign_in(hall, attempt(PASSWORD)).await.is_err(), "{}", db.name);
        sign_in(hall, attempt(NEW)).await.unwrap();

        let twice = reset_do(hall, token, NEW, "192.0.2.1").await.unwrap_err();
        assert_eq!(refusal(&twice), Some(&Refusal::LinkUsed), "{}", db.name);
        assert_eq!(reset_look(hall, token).await.unwrap(), LinkState::Used, "{}", db.name);
        let told = leased(hall).await;
        let [told] = &told[..] else { panic!("{}: {told:?}", db.name) };
        let changed = AccountNews::PasswordChanged { at: hall.now() };
        assert_eq!(told.about, About::Account(changed), "{}", db.name);
        let chain = audit::Entity::find().all(hall.db.read()).await.unwrap();
        assert!(chain.iter().any(|entry| entry.action == "password_reset"), "{}", db.name);

        db.clock.advance_ms(DAY_MS + HOUR_MS);
        assert_eq!(resets_sweep(hall).await.unwrap(), 1, "{}", db.name);
        assert_eq!(reset_look(hall, token).await.unwrap(), LinkState::Over, "{}", db.name);
    }
}

#[tokio::test]
async fn a_link_is_over_after_half_an_hour_and_when_a_newer_one_is_sent() {
    for db in databases().await {
        let hall = &db.hall;
        let world = World::new(hall).await;
        with_email(hall, &world.resident).await;
        reset_ask(hall, "guilan@example.CN", "192.0.2.1").await.unwrap();
        let first = token(hall).await;
        reset_ask(hall, "resident", "192.0.2.1").await.unwrap();
        let second = token(hall).await;
        assert_eq!(reset_look(hall, &first).await.unwrap(), LinkState::Over, "{}", db.name);
        assert_eq!(reset_look(hall, &second).await.unwrap(), LinkState::Holds, "{}", db.name);
        db.clock.advance_ms(30 * MINUTE_MS);
        assert_eq!(reset_look(hall, &second).await.unwrap(), LinkState::Over, "{}", db.name);
        for link in [&first, &second, &"0".repeat(64), &"a\u{0}".to_owned()] {
            let over = reset_do(hall, link, NEW, "192.0.2.1").await.unwrap_err();
            assert_eq!(refusal(&over), Some(&Refusal::LinkOver), "{}", db.name);
        }

        // A mail that nobody took in time isn't sent; and a dead one keeps no secret.
        reset_ask(hall, "resident", "192.0.2.1").await.unwrap();
        let letters = leased(hall).await;
        mail_failed(hall, &letters[0], true, "550").await.unwrap();
        let dead = mail::Entity::find().order_by_desc(mail::Column::Id).one(hall.db.read()).await;
        assert_eq!(dead.unwrap().unwrap().data, None, "{}", db.name);
        db.clock.advance_ms(HOUR_MS);
        reset_ask(hall, "resident", "192.0.2.1").await.unwrap();
        db.clock.advance_ms(31 * MINUTE_MS);
        assert!(leased(hall).await.is_empty(), "{}", db.name);
        password_change(hall, &world.resident.actor, PASSWORD, NEW, "").await.unwrap();
    }
}

#[tokio::test]
async fn of_many_who_press_at_once_one_sets_the_password() {
    for db in databases().await {
        let world = World::new(&db.hall).await;
        with_email(&db.hall, &world.resident).await;
        reset_ask(&db.hall, "resident", "192.0.2.1").await.unwrap();
        let token = token(&db.hall).await;
        let presses = (0..4).map(|n| {
            let (hall, token) = (db.hall.clone(), token.clone());
            tokio::spawn(async move { reset_do(&hall, &token, &format!("{NEW} {n}"), "a").await })
        });
        let mut set = 0;
        for press in presses.collect::<Vec<_>>() {
            match press.await.unwrap() {
                Ok(()) => set += 1,
                Err(error) => {
                    assert_eq!(refusal(&error), Some(&Refusal::LinkUsed), "{}: {error}", db.name);
                }
            }
        }
        assert_eq!(set, 1, "{}", db.name);
    }
}

#[tokio::test]
async fn whoever_asks_learns_nothing_by_the_answer_or_by_the_work() {
    let db = sqlite().await;
    let world = World::new(&db.hall).await;
    with_email(&db.hall, &world.resident).await;
    let count = Arc::new(AtomicUsize::new(0));
    let mut hall = db.hall.clone();
    let counted = Arc::clone(&count);
    hall.db = hall.db.watched(move || {
        counted.fetch_add(1, Ordering::Relaxed);
    });
    let mut works = Vec::new();
    // Somebody with an address, somebody without, and nobody.
    for name in ["resident", "second", "nobody", "nobody@example.cn", "guilan@example.cn"] {
        let before = count.load(Ordering::Relaxed);
        let entries = audit::Entity::find().count(hall.db.read()).await.unwrap();
        reset_ask(&hall, name, "192.0.2.1").await.unwrap();
        let chain = audit::Entity::find().count(hall.db.read()).await.unwrap();
        works.push((count.load(Ordering::Relaxed) - before, chain - entries));
    }
    assert!(works.iter().all(|work| *work == works[0]), "{works:?}");
    let mails = mail::Entity::find().all(hall.db.read()).await.unwrap();
    assert!(mails.iter().all(|mail| mail.person_id == world.resident.actor.person.0), "{mails:?}");
    assert_eq!(mails.len(), 1, "the newer took the place of the older, which had not left");
    let chain = audit::Entity::find().all(hall.db.read()).await.unwrap();
    let asked = chain.iter().filter(|entry| entry.action == "reset_ask");
    assert!(
        asked
            .into_iter()
            .all(|entry| (entry.actor.as_str(), entry.subject.as_str()) == ("nobody", "account"))
    );
}

#[tokio::test]
async fn asked_too_often_by_name_or_from_an_address_it_waits() {
    for db in databases().await {
        let hall = &db.hall;
        World::new(hall).await;
        for n in 0..rate::RESET_NAME.times {
            reset_ask(hall, "nobody", &format!("192.0.2.{n}")).await.unwrap();
        }
        let by_name = reset_ask(hall, "Nobody", "192.0.2.99").await.unwrap_err();
        assert!(matches!(by_name, Error::TooOften { operation: "reset_name", .. }), "{by_name}");
        for n in 0..rate::RESET.times {
            reset_ask(hall, &format!("n{n}"), "198.51.100.1").await.unwrap();
        }
        let by_address = reset_ask(hall, "n99", "198.51.100.1").await.unwrap_err();
        assert!(matches!(by_address, Error::TooOften { operation: "reset", .. }), "{by_address}");
        let keys = entities::rate_limit::Entity::find().all(hall.db.read()).await.unwrap();
        assert!(keys.iter().all(|row| !row.key.contains("nobody")), "{}: hashes alone", db.name);
        let empty = reset_ask(hall, " ", "203.0.113.1").await.unwrap_err();
        assert!(matches!(empty, Error::Invalid(_)), "{empty}");
    }
}

#[tokio::test]
async fn a_password_is_changed_by_whoever_knows_it_and_other_devices_go() {
    for db in databases().await {
        let hall = &db.hall;
        let world = World::new(hall).await;
        with_email(hall, &world.resident).await;
        let me = &world.resident.actor;
        let here = session_open(hall, me.person, "here", None, false).await.unwrap();
        let there = session_open(hall, me.person, "there", None, false).await.unwrap();
        let wrong = password_change(hall, me, "wrong", NEW, &here).await.unwrap_err();
        let Error::Invalid(fields) = wrong else { panic!("{}: {wrong}", db.name) };
        let expected = FieldError { field: "old", problem: Problem::OldPassword };
        assert_eq!(fields, [expected], "{}", db.name);
        password_change(hall, me, PASSWORD, NEW, &here).await.unwrap();
        assert!(session_find(hall, &here).await.unwrap().is_some(), "{}", db.name);
        assert_eq!(session_find(hall, &there).await.unwrap(), None, "{}", db.name);
        sign_in(hall, attempt(NEW)).await.unwrap();
        assert_eq!(leased(hall).await.len(), 1, "{}: word of it", db.name);
        for _ in 1..rate::PASSWORD_AGAIN.times {
            password_change(hall, me, "wrong", NEW, &here).await.unwrap_err();
        }
        let often = password_change(hall, me, NEW, PASSWORD, &here).await.unwrap_err();
        assert!(matches!(often, Error::TooOften { .. }), "{}: {often}", db.name);
    }
}

#[tokio::test]
async fn the_operator_gives_a_password_and_what_was_tried_before_locks_nobody_out() {
    for db in databases().await {
        let hall = &db.hall;
        let world = World::new(hall).await;
        let person = world.resident.actor.person;
        let device = session_open(hall, person, "phone", None, true).await.unwrap();
        for _ in 0..6 {
            sign_in(hall, attempt("vergessen")).await.unwrap_err();
        }
        let locked = sign_in(hall, attempt(PASSWORD)).await;
        assert!(matches!(locked, Err(Error::Refused(Refusal::Locked { .. }))), "{}", db.name);
        let hash = hall.hasher.hash(NEW.to_owned(), hall.dice.as_ref()).await.unwrap();
        let found = password_set_by_operator(hall, " Resident ", hash.clone()).await.unwrap();
        assert_eq!(found, person, "{}", db.name);
        assert!(session_find(hall, &device).await.unwrap().is_none(), "{}", db.name);
        sign_in(hall, attempt(NEW)).await.unwrap();
        let nobody = password_set_by_operator(hall, "nobody", hash).await;
        assert!(matches!(nobody, Err(Error::NotFound)), "{}", db.name);
    }
}
