//! The second factor: authenticator apps, recovery codes, and what a session may before and after it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use domain::permission::Denied;
use domain::role::{Actor, Role};
use domain::time::{DAY_MS, MINUTE_MS, Timestamp};
use entities::{audit, recovery_code, session, totp};
use sea_orm::{ActiveModelTrait, EntityTrait, QueryOrder, Set};
use service::account::{SignIn, sign_in};
use service::factor::recovery::factor_recovery_renew;
use service::factor::show::{
    Showing, factor_show_code, factor_show_demo, factor_show_recovery, factor_show_totp,
};
use service::factor::totp::{factor_totp_begin, factor_totp_confirm, factor_totp_remove};
use service::factor::{Due, factor_due, factor_reset, factor_reset_by_operator, factor_state};
use service::people::SignedIn;
use service::seal::Column;
use service::session::{
    FACTOR_WAITS_MS, STEP_UP_MS, Seen, session_end, session_find, session_look, session_open,
    sessions_of,
};
use service::testing::{PASSWORD, TestDb, World, databases, totp_code};
use service::{Error, Hall, Problem, Refusal};

/// One step of an authenticator app.
const STEP_MS: i64 = 30_000;

fn who(token: &str) -> Showing<'_> {
    Showing { token, address: "192.0.2.7" }
}

async fn by_password(hall: &Hall, name: &str) -> String {
    let attempt = SignIn {
        name,
        password: PASSWORD,
        client_address: "192.0.2.7",
        agent: "test",
        replaces: None,
    };
    sign_in(hall, attempt).await.unwrap()
}

async fn actor(hall: &Hall, token: &str) -> Actor {
    session_find(hall, token).await.unwrap().expect("signed in").actor
}

/// Sets up an app on a session; gives its secret, the new token, and the recovery codes.
async fn set_up(db: &TestDb, token: &str) -> (String, String, Vec<String>) {
    let hall = &db.hall;
    let actor = actor(hall, token).await;
    let begun = factor_totp_begin(hall, &actor, "枣树湾社区", "someone").await.unwrap();
    let code = totp_code(&begun.secret, hall.now());
    let done = factor_totp_confirm(hall, &actor, token, &begun.sealed, &code).await.unwrap();
    (begun.secret, done.token, done.recovery)
}

fn is_wrong(result: &Result<String, Error>) -> bool {
    let Err(Error::Invalid(fields)) = result else { return false };
    fields.iter().any(|it| it.field == "code" && it.problem == Problem::FactorCode)
}

fn is_denied<T>(result: &Result<T, Error>, denied: Denied) -> bool {
    matches!(result, Err(Error::Denied(it)) if *it == denied)
}

fn is_refused<T>(result: &Result<T, Error>, refusal: &Refusal) -> bool {
    matches!(result, Err(Error::Refused(it)) if it == refusal)
}

#[tokio::test]
async fn a_duty_is_in_force_once_a_factor_is_set_up() {
    for db in databases().await {
        let (hall, _world) = (&db.hall, World::new(&db.hall).await);
        let token = by_password(hall, "member").await;
        assert_eq!(factor_due(hall, &token).await.unwrap(), Due::SetUp, "{}", db.name);
        let before = actor(hall, &token).await;
        assert!(before.duty_waits && !before.sees_desk() && !before.stepped_up, "{}", db.name);

        let begun = factor_totp_begin(hall, &before, "枣树湾社区", "member").await.unwrap();
        assert!(begun.qr.starts_with("<svg") && !begun.qr.contains("style="));
        let sealed = &begun.sealed;
        let wrong = factor_totp_confirm(hall, &before, &token, sealed, "000000").await;
        assert!(is_wrong(&wrong.map(|it| it.token)), "{}", db.name);
        assert!(!factor_state(hall, before.person).await.unwrap().any(), "nothing is stored yet");
        let code = totp_code(&begun.secret, hall.now());
        let done = factor_totp_confirm(hall, &before, &token, sealed, &code).await.unwrap();
        assert_eq!(done.recovery.len(), 10);

        // Setting up counts as showing, and the token from before is dead.
        assert_ne!(done.token, token);
        assert_eq!(session_look(hall, &token).await.unwrap(), Seen::Nobody, "{}", db.name);
        let after = actor(hall, &done.token).await;
        assert!(after.sees_desk() && after.stepped_up && !after.duty_waits, "{}", db.name);

        // The secret is stored sealed, and the codes as hashes.
        let row = totp::Entity::find().one(hall.db.read()).await.unwrap().unwrap();
        let plain = begun.secret.replace(' ', "");
        assert!(!row.secret.contains(&plain));
        assert_eq!(hall.seal.open(Column::TotpSecret, &row.secret).unwrap(), plain);
        let stored = recovery_code::Entity::find().all(hall.db.read()).await.unwrap();
        assert!(stored.iter().all(|row| !done.recovery.contains(&row.code_hash)));

        // A secret that was begun is for this person, and for an hour.
        let other = by_password(hall, "resident").await;
        let stranger = actor(hall, &other).await;
        let stolen = factor_totp_confirm(hall, &stranger, &other, sealed, &code).await;
        assert!(is_refused(&stolen, &Refusal::FactorBegunOver), "{}", db.name);
        let stored = factor_totp_confirm(hall, &after, &done.token, &row.secret, &code).await;
        assert!(is_refused(&stored, &Refusal::FactorBegunOver), "{}", db.name);
        db.clock.advance_ms(61 * MINUTE_MS);
        let late = factor_totp_confirm(hall, &after, &done.token, sealed, &code).await;
        assert!(is_refused(&late, &Refusal::FactorBegunOver), "{}", db.name);
    }
}

#[tokio::test]
async fn with_a_factor_the_password_alone_opens_nothing() {
    for db in databases().await {
        let (hall, _world) = (&db.hall, World::new(&db.hall).await);
        // Also for somebody without a duty.
        let first = by_password(hall, "resident").await;
        let before = by_password(hall, "resident").await;
        let (secret, first, _) = set_up(&db, &first).await;
        assert_eq!(
            session_look(hall, &before).await.unwrap(),
            Seen::FactorWaits,
            "{}: other devices wait from now on",
            db.name
        );
        db.clock.advance_ms(STEP_MS);
        let token = by_password(hall, "resident").await;
        assert_eq!(session_find(hall, &token).await.unwrap(), None, "{}", db.name);
        assert_eq!(factor_due(hall, &token).await.unwrap(), Due::Show, "{}", db.name);
        let me = actor(hall, &first).await;
        let listed = sessions_of(hall, &me, &first).await.unwrap();
        assert_eq!(listed.len(), 1, "{}: a waiting session is nobody's device", db.name);

        let shown = factor_show_totp(hall, who(&token), &totp_code(&secret, hall.now())).await;
        let shown = shown.unwrap();
        assert_eq!(
            session_look(hall, &token).await.unwrap(),
            Seen::Nobody,
            "{}: fixation",
            db.name
        );
        assert!(actor(hall, &shown).await.stepped_up, "{}", db.name);
        assert_eq!(factor_due(hall, &shown).await.unwrap(), Due::Nothing, "{}", db.name);

        // Step-up lasts ten minutes; the session goes on.
        db.clock.advance_ms(STEP_UP_MS);
        assert!(!actor(hall, &shown).await.stepped_up, "{}", db.name);
        // A session that waits is over after some minutes.
        let waiting = by_password(hall, "resident").await;
        db.clock.advance_ms(FACTOR_WAITS_MS + 1);
        let code = totp_code(&secret, hall.now());
        let late = factor_show_totp(hall, who(&waiting), &code).await;
        assert!(is_denied(&late, Denied::SignIn), "{}: {late:?}", db.name);
        assert_eq!(session_look(hall, &waiting).await.unwrap(), Seen::Nobody, "{}", db.name);
    }
}

#[tokio::test]
async fn the_codes_of_the_rfc_and_each_once() {
    for db in databases().await {
        let (hall, world) = (&db.hall, World::new(&db.hall).await);
        let person = world.resident.actor.person;
        // RFC 6238, appendix B: this secret's code at 59 s, 1111111109 s and 20000000000 s.
        let secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
        let row = totp::ActiveModel {
            person_id: Set(person.0),
            secret: Set(hall.seal.close(Column::TotpSecret, secret).unwrap()),
            created_at: Set(0),
            confirmed_at: Set(Some(0)),
            last_step: Set(-1),
        };
        let txn = hall.db.begin().await.unwrap();
        row.insert(&txn).await.unwrap();
        txn.commit().await.unwrap();
        for (seconds, code) in
            [(59, "287082"), (1_111_111_109, "081804"), (20_000_000_000, "353130")]
        {
            db.clock.set(Timestamp(seconds * 1_000));
            let token = session_open(hall, person, "test", None, false).await.unwrap();
            for off in [-3, 3] {
                db.clock.set(Timestamp((seconds + 30 * off) * 1_000));
                // As if it had been opened then.
                let early = session_open(hall, person, "test", None, false).await.unwrap();
                let far = factor_show_totp(hall, who(&early), code).await;
                assert!(is_wrong(&far), "{}: {seconds} {off}: {far:?}", db.name);
            }
            db.clock.set(Timestamp(seconds * 1_000));
            let wide = code.replace('0', "０");
            let token = factor_show_totp(hall, who(&token), &wide).await.unwrap();
            let again = factor_show_totp(hall, who(&token), code).await;
            assert!(is_wrong(&again), "{}: a code counts once: {again:?}", db.name);
            // Nor does an earlier one that nobody used.
            let earlier = totp_code(secret, Timestamp((seconds - 30) * 1_000));
            let before = factor_show_totp(hall, who(&token), &earlier).await;
            assert!(is_wrong(&before), "{}: {before:?}", db.name);
        }
    }
}

#[tokio::test]
async fn of_two_who_type_the_same_code_at_once_one_comes_in() {
    for db in databases().await {
        let (hall, _world) = (&db.hall, World::new(&db.hall).await);
        let first = by_password(hall, "member").await;
        let (secret, _, recovery) = set_up(&db, &first).await;
        db.clock.advance_ms(STEP_MS);
        let second_hall = db.second_hall().await;
        let (a, b) = (by_password(hall, "member").await, by_password(hall, "member").await);
        let code = totp_code(&secret, hall.now());
        let (one, other) = tokio::join!(
            factor_show_totp(hall, who(&a), &code),
            factor_show_totp(&second_hall, who(&b), &code)
        );
        assert_eq!(usize::from(one.is_ok()) + usize::from(other.is_ok()), 1, "{}", db.name);
        let (a, b) = (by_password(hall, "member").await, by_password(hall, "member").await);
        let (one, other) = tokio::join!(
            factor_show_recovery(hall, who(&a), &recovery[0]),
            factor_show_recovery(&second_hall, who(&b), &recovery[0])
        );
        assert_eq!(usize::from(one.is_ok()) + usize::from(other.is_ok()), 1, "{}", db.name);

        // The same session twice: it is given one new token.
        db.clock.advance_ms(STEP_MS);
        let a = by_password(hall, "member").await;
        let (one, other) = tokio::join!(
            factor_show_recovery(hall, who(&a), &recovery[1]),
            factor_show_recovery(&second_hall, who(&a), &recovery[2])
        );
        assert_eq!(usize::from(one.is_ok()) + usize::from(other.is_ok()), 1, "{}", db.name);
    }
}

#[tokio::test]
async fn recovery_codes_work_once_and_a_new_set_replaces_the_old() {
    for db in databases().await {
        let (hall, world) = (&db.hall, World::new(&db.hall).await);
        let first = by_password(hall, "resident").await;
        let (_, first, codes) = set_up(&db, &first).await;
        let person = world.resident.actor.person;
        let token = by_password(hall, "resident").await;
        let typed = codes[3].to_lowercase().replace('-', " ");
        let token = factor_show_code(hall, who(&token), &typed).await.unwrap();
        assert_eq!(factor_state(hall, person).await.unwrap().recovery_left, 9, "{}", db.name);
        let again = factor_show_code(hall, who(&token), &codes[3]).await;
        assert!(is_wrong(&again), "{}: {again:?}", db.name);

        let me = actor(hall, &token).await;
        let renewed = factor_recovery_renew(hall, &me).await.unwrap();
        assert_eq!(factor_state(hall, person).await.unwrap().recovery_left, 10, "{}", db.name);
        assert!(is_wrong(&factor_show_code(hall, who(&token), &codes[4]).await), "{}", db.name);
        let token = factor_show_code(hall, who(&token), &renewed[0]).await.unwrap();

        // Another person's code is nobody's else.
        let other = by_password(hall, "second").await;
        let (_, other, _) = set_up(&db, &other).await;
        let foreign = factor_show_code(hall, who(&other), &renewed[1]).await;
        assert!(is_wrong(&foreign), "{}: {foreign:?}", db.name);

        // A new set asks for the factor again; with none there is nothing to recover.
        db.clock.advance_ms(STEP_UP_MS);
        let late = factor_recovery_renew(hall, &actor(hall, &token).await).await;
        assert!(is_denied(&late, Denied::StepUp), "{}: {late:?}", db.name);
        let none = factor_recovery_renew(hall, &world.entrance_lead.actor).await;
        assert!(matches!(none, Err(Error::NotFound)), "{}: {none:?}", db.name);
        assert!(session_find(hall, &first).await.unwrap().is_some());
    }
}

#[tokio::test]
async fn guessing_is_counted_for_the_person_and_for_the_address() {
    for db in databases().await {
        let (hall, _world) = (&db.hall, World::new(&db.hall).await);
        let first = by_password(hall, "member").await;
        let (secret, _, _) = set_up(&db, &first).await;
        // Windows begin at whole tens of minutes: the test's time is one.
        db.clock.advance_ms(STEP_MS);
        let wrong = "000000";
        let token = by_password(hall, "member").await;
        for n in 0..4 {
            let guess = factor_show_totp(hall, who(&token), wrong).await;
            assert!(is_wrong(&guess), "{}: {n}: {guess:?}", db.name);
        }
        // A success forgets the failures before it.
        let token = factor_show_totp(hall, who(&token), &totp_code(&secret, hall.now())).await;
        let token = token.unwrap();
        for n in 0..5 {
            let guess = factor_show_code(hall, who(&token), wrong).await;
            assert!(is_wrong(&guess), "{}: {n}: {guess:?}", db.name);
        }
        db.clock.advance_ms(STEP_MS);
        let right = totp_code(&secret, hall.now());
        // From another address and another session too.
        let other = by_password(hall, "member").await;
        let elsewhere = Showing { token: &other, address: "198.51.100.1" };
        let shut = factor_show_totp(hall, elsewhere, &right).await;
        assert!(matches!(shut, Err(Error::TooOften { .. })), "{}: {shut:?}", db.name);
        db.clock.advance_ms(10 * MINUTE_MS);
        let right = totp_code(&secret, hall.now());
        let other = by_password(hall, "member").await;
        factor_show_totp(hall, who(&other), &right).await.unwrap();

        // One address goes through people: it is stopped in sum.
        let mut stopped = 0;
        for name in ["resident", "second", "council", "lead", "head", "oversight", "guest", "n1"] {
            let mine = by_password(hall, name).await;
            let (_, mine, _) = set_up(&db, &mine).await;
            for _ in 0..5 {
                let from = Showing { token: &mine, address: "203.0.113.9" };
                let guess = factor_show_totp(hall, from, wrong).await;
                stopped += usize::from(matches!(guess, Err(Error::TooOften { .. })));
            }
        }
        assert_eq!(stopped, 8 * 5 - 30, "{}", db.name);
    }
}

#[tokio::test]
async fn changing_asks_for_what_is_there_and_a_duty_keeps_one() {
    for db in databases().await {
        let (hall, world) = (&db.hall, World::new(&db.hall).await);
        let token = by_password(hall, "member").await;
        let (_, token, recovery) = set_up(&db, &token).await;
        let last = factor_totp_remove(hall, &actor(hall, &token).await).await;
        assert!(is_refused(&last, &Refusal::LastFactor), "{}: {last:?}", db.name);
        assert!(factor_state(hall, world.committee_member.actor.person).await.unwrap().any());

        // Changing to another phone: the old secret stays until the new one is confirmed.
        db.clock.advance_ms(STEP_UP_MS);
        let stale = actor(hall, &token).await;
        let begun = factor_totp_begin(hall, &stale, "x", "y").await;
        assert!(is_denied(&begun, Denied::StepUp), "{}: {begun:?}", db.name);
        assert!(is_denied(&factor_totp_remove(hall, &stale).await, Denied::StepUp), "{}", db.name);
        let token = factor_show_recovery(hall, who(&token), &recovery[0]).await.unwrap();
        let (_, token, more) = set_up(&db, &token).await;
        assert_eq!(more, Vec::<String>::new(), "{}: unused codes stay good", db.name);
        assert!(actor(hall, &token).await.sees_desk());

        // A resident may do without; a duty that is given later waits for a new factor.
        let resident = by_password(hall, "resident").await;
        let (_, resident, _) = set_up(&db, &resident).await;
        let me = actor(hall, &resident).await;
        factor_totp_remove(hall, &me).await.unwrap();
        let state = factor_state(hall, me.person).await.unwrap();
        assert_eq!((state.any(), state.recovery_left), (false, 0), "{}", db.name);
        let scope = domain::place::Scope::Community(world.community);
        service::setup::role_grant(hall, me.person, Role::CommitteeMember, scope, None)
            .await
            .unwrap();
        let me = actor(hall, &resident).await;
        assert!(me.duty_waits && !me.is_committee() && !me.stepped_up, "{}", db.name);
    }
}

#[tokio::test]
async fn what_was_lost_is_reset_by_somebody_else() {
    for db in databases().await {
        let (hall, world) = (&db.hall, World::new(&db.hall).await);
        let token = by_password(hall, "member").await;
        let (_, token, _) = set_up(&db, &token).await;
        let head = &world.committee_head.actor;
        let member = world.committee_member.actor.person;
        for (by, denied) in [
            (&world.committee_member.actor, Denied::NeedsRole),
            (&world.resident.actor, Denied::NeedsRole),
        ] {
            let refused = factor_reset(hall, by, world.oversight.actor.person).await;
            assert!(is_denied(&refused, denied), "{}: {refused:?}", db.name);
        }
        let late = Actor { stepped_up: false, ..head.clone() };
        assert!(is_denied(&factor_reset(hall, &late, member).await, Denied::StepUp), "{}", db.name);
        let own = factor_reset(hall, head, head.person).await;
        assert!(is_refused(&own, &Refusal::OwnFactor), "{}: {own:?}", db.name);
        let far = factor_reset(hall, head, world.stranger.actor.person).await;
        assert!(matches!(far, Err(Error::NotFound)), "{}: {far:?}", db.name);

        factor_reset(hall, head, member).await.unwrap();
        assert_eq!(session_look(hall, &token).await.unwrap(), Seen::Nobody, "{}", db.name);
        assert!(!factor_state(hall, member).await.unwrap().any(), "{}", db.name);
        let again = by_password(hall, "member").await;
        assert_eq!(factor_due(hall, &again).await.unwrap(), Due::SetUp, "{}", db.name);

        let (_, again, _) = set_up(&db, &again).await;
        assert_eq!(factor_reset_by_operator(hall, " Member ").await.unwrap(), member);
        assert_eq!(session_look(hall, &again).await.unwrap(), Seen::Nobody, "{}", db.name);
        let nobody = factor_reset_by_operator(hall, "nobody").await;
        assert!(matches!(nobody, Err(Error::NotFound)), "{}", db.name);

        let entries = audit::Entity::find()
            .order_by_asc(audit::Column::Seq)
            .all(hall.db.read())
            .await
            .unwrap();
        let resets: Vec<_> = entries
            .iter()
            .filter(|it| it.action == "factor_reset")
            .map(|it| (it.actor.clone(), it.subject.clone()))
            .collect();
        let of = format!("person:{member}");
        let by_head = format!("person:{}", head.person);
        assert_eq!(resets, [(by_head, of.clone()), ("operator".to_owned(), of)], "{}", db.name);
        assert!(entries.iter().any(|it| it.action == "factor_add"));
    }
}

#[tokio::test]
async fn devices_are_named_and_signed_out_one_by_one() {
    for db in databases().await {
        let (hall, world) = (&db.hall, World::new(&db.hall).await);
        let person = |it: &SignedIn| it.actor.person;
        let phone =
            session_open(hall, person(&world.resident), "phone", None, false).await.unwrap();
        db.clock.advance_ms(1);
        let desk = session_open(hall, person(&world.resident), "desk", None, false).await.unwrap();
        let other =
            session_open(hall, person(&world.second_adult), "x", None, false).await.unwrap();
        let me = actor(hall, &phone).await;
        let devices = sessions_of(hall, &me, &phone).await.unwrap();
        let seen: Vec<_> = devices.iter().map(|it| (it.agent.as_str(), it.this)).collect();
        assert_eq!(seen, [("desk", false), ("phone", true)], "{}", db.name);
        for device in &devices {
            assert_eq!(device.handle.len(), 16, "{}", db.name);
            assert_ne!(device.handle, desk);
            let row = session::Entity::find_by_id(&device.handle).one(hall.db.read()).await;
            assert_eq!(row.unwrap(), None, "{}: a handle is no key", db.name);
        }
        // Neither a stranger's handle nor one's own for a stranger.
        let second = actor(hall, &other).await;
        let foreign = session_end(hall, &second, &devices[0].handle).await;
        assert!(matches!(foreign, Err(Error::NotFound)), "{}", db.name);
        let helped = Actor { through: Some(second.person), ..me.clone() };
        let through = session_end(hall, &helped, &devices[0].handle).await;
        assert!(is_denied(&through, Denied::NotThrough), "{}", db.name);
        session_end(hall, &me, &devices[0].handle).await.unwrap();
        assert_eq!(session_look(hall, &desk).await.unwrap(), Seen::Nobody, "{}", db.name);
        assert!(session_find(hall, &phone).await.unwrap().is_some(), "{}", db.name);
        let twice = session_end(hall, &me, &devices[0].handle).await;
        assert!(matches!(twice, Err(Error::NotFound)), "{}", db.name);
        db.clock.advance_ms(DAY_MS);
        assert!(session_find(hall, &phone).await.unwrap().is_some(), "{}", db.name);
    }
}

#[tokio::test]
async fn the_demo_takes_it_as_shown_for_its_own_people_alone() {
    for db in databases().await {
        let (hall, world) = (&db.hall, World::new(&db.hall).await);
        let real = by_password(hall, "member").await;
        let refused = factor_show_demo(hall, who(&real)).await;
        assert!(matches!(refused, Err(Error::NotFound)), "{}: {refused:?}", db.name);
        let new = service::setup::NewPerson {
            community: world.community,
            household: None,
            sign_in_name: "demo-zhou".to_owned(),
            nickname: "小周".to_owned(),
            email: None,
            password_hash: None,
            consented: true,
        };
        let id = service::setup::person_admit(hall, new).await.unwrap();
        let token = session_open(hall, id, "test", None, false).await.unwrap();
        let shown = factor_show_demo(hall, who(&token)).await.unwrap();
        assert!(actor(hall, &shown).await.stepped_up, "{}", db.name);
    }
}
