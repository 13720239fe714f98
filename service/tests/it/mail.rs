//! Notices, mails and leases, on both databases.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that can't go on says so and ends")]

use std::collections::BTreeSet;
use std::sync::Arc;

use domain::ids::PersonId;
use domain::proposal::Verdict;
use domain::route::Route;
use domain::time::{HOUR_MS, MINUTE_MS};
use entities::{follow, mail, notice, proposal};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};
use serde_json::json;
use service::account::email_set;
use service::follow::{follow_start, follow_stop};
use service::mail::{
    About, Because, Letter, StepNews, TRIES, mail_failed, mail_give_back, mail_lease, mail_sent,
};
use service::matter::{self, By, Said, Shown};
use service::notice::{follow_link, notices_expand, notices_skip};
use service::people::SignedIn;
use service::proposal::{ProposalForm, proposal_submit};
use service::setup::{NewPerson, person_admit_many};
use service::testing::{Plan, TestDb, World, databases};
use service::{Error, Hall};

const HOST: &str = "hall.example";
const LEASE_MS: i64 = 5 * MINUTE_MS;

/// A matter raised by the world's resident, with nothing left to tell about it.
async fn ground(db: &TestDb) -> (World, proposal::Model) {
    let hall = &db.hall;
    let world = World::planned(hall, Plan { households: 3, ..Plan::default() }).await;
    let form = ProposalForm {
        title: "7号院台阶加扶手".to_owned(),
        situation: "北门的台阶没有扶手，下雨天老人上下不敢走。".to_owned(),
        suggestion: "请在台阶两侧加上扶手，先装北门的一侧。".to_owned(),
        category: "ageing".to_owned(),
        courtyard_id: world.courtyards[0].to_string(),
        entrance_id: String::new(),
        spot: String::new(),
        scope: "courtyard".to_owned(),
        willing: false,
        on_behalf: String::new(),
        ..ProposalForm::default()
    };
    let number = proposal_submit(hall, &world.resident.actor, &form).await.unwrap();
    notices_skip(hall).await.unwrap();
    let row = matter::by_number(hall.db.read(), world.community, number).await.unwrap();
    (world, row)
}

async fn with_email(hall: &Hall, person: &SignedIn) {
    email_set(hall, &person.actor, &address(person), "zh", service::testing::PASSWORD)
        .await
        .unwrap();
}

/// Another address, less the word of it to the one before.
async fn move_to(hall: &Hall, person: &SignedIn, email: &str) {
    email_set(hall, &person.actor, email, "zh", service::testing::PASSWORD).await.unwrap();
    let txn = hall.db.begin().await.unwrap();
    let word = entities::mail::Column::Kind.eq("email");
    entities::mail::Entity::delete_many().filter(word).exec(&txn).await.unwrap();
    txn.commit().await.unwrap();
}

fn address(person: &SignedIn) -> String {
    format!("{}@example.cn", person.sign_in_name)
}

/// Lets `n` more people follow, each with an address.
async fn crowd(hall: &Hall, world: &World, row: &proposal::Model, n: usize) {
    let people = (0..n).map(|n| NewPerson {
        community: world.community,
        household: None,
        sign_in_name: format!("reader{n}"),
        nickname: format!("读者{n}"),
        email: Some(format!("reader{n}@example.cn")),
        password_hash: None,
        consented: true,
    });
    let ids = person_admit_many(hall, people.collect()).await.unwrap();
    let txn = hall.db.begin().await.unwrap();
    for id in ids {
        matter::follow_in_txn(hall, &txn, row.id, id).await.unwrap();
    }
    txn.commit().await.unwrap();
}

/// Shows a step on the timeline; gives the notice's row.
async fn announce(
    hall: &Hall,
    row: &proposal::Model,
    kind: &'static str,
    by: By<'_>,
    said: Said,
) -> i64 {
    let txn = hall.db.begin().await.unwrap();
    let step = matter::show_in_txn(hall, &txn, row, Shown::note(kind), by, &said).await.unwrap();
    txn.commit().await.unwrap();
    let told = notice::Entity::find().filter(notice::Column::StepId.eq(step.id));
    told.one(hall.db.read()).await.unwrap().unwrap().id
}

async fn mails(hall: &Hall) -> Vec<mail::Model> {
    mail::Entity::find().order_by_asc(mail::Column::Id).all(hall.db.read()).await.unwrap()
}

async fn told_of(hall: &Hall, notice: i64) -> BTreeSet<PersonId> {
    let rows = mails(hall).await;
    rows.iter().filter(|m| m.notice_id == Some(notice)).map(|m| PersonId(m.person_id)).collect()
}

#[tokio::test]
async fn each_step_is_told_to_those_whom_it_concerns() {
    for db in databases().await {
        let (world, row) = ground(&db).await;
        let hall = &db.hall;
        // The author follows by herself. Of the others one has no address, one has stopped, one
        // never followed, and one begins too late.
        let (author, council, member) =
            (&world.resident, &world.council_member, &world.committee_member);
        for person in [author, council, member, &world.committee_head, &world.neighbours[0]] {
            with_email(hall, person).await;
        }
        with_email(hall, &world.second_adult).await;
        for person in [council, member, &world.entrance_lead, &world.committee_head] {
            follow_start(hall, &person.actor, row.number.unwrap()).await.unwrap();
        }
        follow_stop(hall, &world.committee_head.actor, row.number.unwrap()).await.unwrap();

        let table: Vec<(&'static str, By<'_>, Vec<&SignedIn>)> = vec![
            ("refer", By::Person(&member.actor), vec![author, council]),
            ("open_ballot", By::Person(&world.committee_head.actor), vec![author, council, member]),
            ("accept", By::Clock, vec![author, council, member]),
            ("withdraw", By::Person(&author.actor), vec![council, member]),
            ("return", By::Person(&member.actor), vec![author]),
            ("submit", By::Person(&author.actor), vec![]),
            ("dissatisfied", By::Clock, vec![]),
            ("archive", By::Person(&member.actor), vec![]),
        ];
        let mut announced = Vec::new();
        for (kind, by, expected) in table {
            announced.push((kind, announce(hall, &row, kind, by, Said::default()).await, expected));
        }
        db.clock.advance_ms(1);
        follow_start(hall, &world.neighbours[0].actor, row.number.unwrap()).await.unwrap();

        notices_expand(hall, HOST, 2).await.unwrap();
        for (kind, notice, expected) in announced {
            let expected = expected.into_iter().map(|person| person.actor.person).collect();
            assert_eq!(told_of(hall, notice).await, expected, "{}: {kind}", db.name);
        }
        let waiting = notice::Entity::find().filter(notice::Column::ExpandedAt.is_null());
        assert_eq!(waiting.count(hall.db.read()).await.unwrap(), 0, "{}", db.name);
    }
}

#[tokio::test]
async fn one_mail_a_person_however_often_a_notice_is_expanded() {
    for db in databases().await {
        let (world, row) = ground(&db).await;
        let hall = &db.hall;
        crowd(hall, &world, &row, 23).await;
        announce(hall, &row, "progress", By::Clock, Said::reason("扶手到货了。")).await;
        let other = db.second_hall().await;
        let (one, two) =
            tokio::join!(notices_expand(hall, HOST, 5), notices_expand(&other, HOST, 5));
        one.unwrap();
        two.unwrap();
        let first = mails(hall).await;
        assert_eq!(first.len(), 23, "{}", db.name);
        for mail in &first {
            let start = format!("<{}.{}.", mail.notice_id.unwrap(), mail.person_id);
            assert!(mail.message_id.starts_with(&start), "{}", mail.message_id);
            assert!(mail.message_id.ends_with("@hall.example>"), "{}", mail.message_id);
        }
        // As if the server had died after some of the batches.
        let txn = hall.db.begin().await.unwrap();
        mail::Entity::delete_many()
            .filter(mail::Column::Id.gt(first[9].id))
            .exec(&txn)
            .await
            .unwrap();
        notice::Entity::update_many()
            .col_expr(notice::Column::ExpandedAt, Expr::value(None::<i64>))
            .exec(&txn)
            .await
            .unwrap();
        txn.commit().await.unwrap();
        notices_skip_but_last(hall).await;
        assert_eq!(notices_expand(hall, HOST, 5).await.unwrap(), 13, "{}", db.name);
        let again = mails(hall).await;
        assert_eq!(again[..10], first[..10], "{}: what was written stays", db.name);
        assert_eq!(again.len(), 23, "{}", db.name);
        assert_eq!(notices_expand(hall, HOST, 5).await.unwrap(), 0, "{}", db.name);
    }
}

/// Only the last notice is still to be told.
async fn notices_skip_but_last(hall: &Hall) {
    let last = notice::Entity::find().order_by_desc(notice::Column::Id).one(hall.db.read());
    let last = last.await.unwrap().unwrap();
    let txn = hall.db.begin().await.unwrap();
    notice::Entity::update_many()
        .col_expr(notice::Column::ExpandedAt, Expr::value(Some(1_i64)))
        .filter(notice::Column::Id.ne(last.id))
        .exec(&txn)
        .await
        .unwrap();
    txn.commit().await.unwrap();
}

/// A matter with one reader, its author, and one mail to her.
async fn one_mail(db: &TestDb) -> (World, proposal::Model) {
    let (world, row) = ground(db).await;
    with_email(&db.hall, &world.resident).await;
    let by = By::Person(&world.committee_member.actor);
    announce(&db.hall, &row, "progress", by, Said::reason("扶手到货了。")).await;
    assert_eq!(notices_expand(&db.hall, HOST, 100).await.unwrap(), 1, "{}", db.name);
    (world, row)
}

async fn leased(hall: &Hall) -> Option<Letter> {
    let mut letters = mail_lease(hall, 10, LEASE_MS).await.unwrap();
    assert!(letters.len() <= 1);
    letters.pop()
}

fn step(letter: &Letter) -> &StepNews {
    match &letter.about {
        About::Step(news) => news,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_letter_says_all_that_its_words_need() {
    for db in databases().await {
        let (world, row) = one_mail(&db).await;
        let hall = &db.hall;
        let letter = leased(hall).await.unwrap();
        let told = (
            letter.address.as_str(),
            letter.community.as_str(),
            step(&letter).title.as_str(),
            step(&letter).kind.as_str(),
            step(&letter).reason.as_deref(),
            step(&letter).role.map(domain::role::Role::as_str),
            letter.language.as_str(),
        );
        let expected = (
            "resident@example.cn",
            "枣树湾社区",
            "7号院台阶加扶手",
            "progress",
            Some("扶手到货了。"),
            Some("committee_member"),
            "zh",
        );
        assert_eq!(told, expected, "{}", db.name);
        assert_eq!(Some(step(&letter).number), row.number, "{}", db.name);
        assert_eq!(step(&letter).because, Because::Raised, "{}", db.name);
        assert_eq!(step(&letter).token.len(), 32, "{}", db.name);

        let by = By::Person(&world.committee_member.actor);
        let facts = |detail| Said { detail: Some(detail), ..Said::default() };
        let told = [
            (
                "refer",
                facts(json!({ "route": "property_party", "receiver": "产权单位", "ticket": null })),
            ),
            ("decide", facts(json!({ "verdict": "partly_adopted", "by": "committee" }))),
            ("decide", facts(json!({ "ballot": 4, "passed": false, "valid": true }))),
            ("open_ballot", facts(json!({ "ballot": 5, "kind": "residents_by_household" }))),
            ("merge", facts(json!({ "into": 8, "title": "别的事" }))),
            ("summary", facts(json!({ "summary": "都说该装。" }))),
        ];
        for (kind, said) in told {
            announce(hall, &row, kind, by, said).await;
        }
        notices_expand(hall, HOST, 100).await.unwrap();
        let letters = mail_lease(hall, 10, LEASE_MS).await.unwrap();
        let [refer, decide, count, ballot, merge, summary] = &letters[..] else {
            panic!("{}: {} letters", db.name, letters.len())
        };
        assert_eq!(step(refer).route, Some(Route::PropertyParty), "{}", db.name);
        assert_eq!(step(refer).receiver.as_deref(), Some("产权单位"), "{}", db.name);
        assert_eq!(step(decide).verdict, Some(Verdict::PartlyAdopted), "{}", db.name);
        assert_eq!((step(count).verdict, step(count).ballot), (Some(Verdict::NotAdopted), Some(4)));
        assert_eq!(step(ballot).ballot, Some(5), "{}", db.name);
        assert_eq!(step(merge).merged_into, Some(8), "{}", db.name);
        assert_eq!(step(summary).reason.as_deref(), Some("都说该装。"), "{}", db.name);
    }
}

#[tokio::test]
async fn a_worker_that_dies_loses_nothing() {
    for db in databases().await {
        one_mail(&db).await;
        let hall = &db.hall;
        let died_with = leased(hall).await.unwrap();
        assert_eq!(leased(hall).await, None, "{}: one worker has it", db.name);
        db.clock.advance_ms(LEASE_MS - 1);
        assert_eq!(leased(hall).await, None, "{}: until its lease is over", db.name);
        db.clock.advance_ms(1);
        let again = leased(hall).await.unwrap();
        assert_eq!(again.message_id, died_with.message_id, "{}", db.name);
        // The first worker was only slow; what it says now no longer counts.
        mail_failed(hall, &died_with, true, "550 no").await.unwrap();
        assert_eq!(mails(hall).await[0].state, "waiting", "{}", db.name);
        mail_sent(hall, &again).await.unwrap();
        let row = mails(hall).await.remove(0);
        assert_eq!((row.state.as_str(), row.sent_at), ("sent", Some(hall.now().0)), "{}", db.name);
        db.clock.advance_ms(LEASE_MS);
        assert_eq!(leased(hall).await, None, "{}: it is sent once", db.name);
    }
}

#[tokio::test]
async fn a_server_that_stops_gives_back_what_it_did_not_try() {
    for db in databases().await {
        one_mail(&db).await;
        let letter = leased(&db.hall).await.unwrap();
        mail_give_back(&db.hall, std::slice::from_ref(&letter)).await.unwrap();
        let again = leased(&db.hall).await.unwrap();
        assert_eq!(again.message_id, letter.message_id, "{}", db.name);
        assert_eq!(again.attempts, 0, "{}", db.name);
    }
}

#[tokio::test]
async fn what_is_not_taken_waits_longer_each_time_and_dies_at_last() {
    for db in databases().await {
        one_mail(&db).await;
        let hall = &db.hall;
        let waits = [1, 5, 25, 120, 360, 1_440, 1_440].map(|minutes| minutes * MINUTE_MS);
        for (n, wait) in (1..).zip(waits) {
            let letter = leased(hall).await.unwrap();
            mail_failed(hall, &letter, false, "451 later").await.unwrap();
            let row = mails(hall).await.remove(0);
            assert_eq!((row.state.as_str(), row.attempts), ("waiting", n), "{}", db.name);
            assert_eq!(row.last_error.as_deref(), Some("451 later"), "{}", db.name);
            db.clock.advance_ms(wait - 1);
            assert_eq!(leased(hall).await, None, "{}: try {n}", db.name);
            db.clock.advance_ms(wait / 5 + 1);
        }
        let last = leased(hall).await.unwrap();
        assert_eq!(last.attempts + 1, TRIES, "{}", db.name);
        mail_failed(hall, &last, false, "451 later").await.unwrap();
        assert_eq!(mails(hall).await[0].state, "dead", "{}", db.name);
        db.clock.advance_ms(48 * HOUR_MS);
        assert_eq!(leased(hall).await, None, "{}", db.name);
    }
}

#[tokio::test]
async fn what_never_will_be_taken_is_dead_at_once() {
    for db in databases().await {
        one_mail(&db).await;
        let letter = leased(&db.hall).await.unwrap();
        mail_failed(&db.hall, &letter, true, &"无".repeat(1_000)).await.unwrap();
        let row = mails(&db.hall).await.remove(0);
        assert_eq!((row.state.as_str(), row.attempts), ("dead", 1), "{}", db.name);
        assert_eq!(row.last_error.unwrap().chars().count(), 300, "{}", db.name);
    }
}

#[tokio::test]
async fn opening_the_link_changes_nothing_and_stopping_stops_what_waits() {
    for db in databases().await {
        let (world, row) = one_mail(&db).await;
        let hall = &db.hall;
        let rows = follow::Entity::find().all(hall.db.read()).await.unwrap();
        let token = &rows[0].token;
        for _ in 0..2 {
            let link = follow_link(hall, token).await.unwrap();
            assert_eq!((Some(link.number), link.stopped_at), (row.number, None), "{}", db.name);
            assert_eq!(link.person, world.resident.actor.person, "{}", db.name);
        }
        let stopped = service::notice::follow_stop(hall, token).await.unwrap();
        assert_eq!(stopped.stopped_at, Some(hall.now()), "{}", db.name);
        db.clock.advance_ms(MINUTE_MS);
        let again = service::notice::follow_stop(hall, token).await.unwrap();
        assert_eq!(again, stopped, "{}: the second time changes nothing", db.name);
        assert_eq!(leased(hall).await, None, "{}", db.name);
        assert_eq!(mails(hall).await, [], "{}: dropped", db.name);
        for token in ["", "0f6c", "' OR 1=1 --"] {
            assert!(matches!(follow_link(hall, token).await, Err(Error::NotFound)), "{}", db.name);
            let stop = service::notice::follow_stop(hall, token).await;
            assert!(matches!(stop, Err(Error::NotFound)), "{}", db.name);
        }
    }
}

#[tokio::test]
async fn it_goes_to_the_address_that_the_reader_has_when_it_leaves() {
    for db in databases().await {
        let (world, _) = one_mail(&db).await;
        move_to(&db.hall, &world.resident, "new@example.cn").await;
        assert_eq!(leased(&db.hall).await.unwrap().address, "new@example.cn", "{}", db.name);
        assert_eq!(mails(&db.hall).await[0].address, "new@example.cn", "{}", db.name);
        db.clock.advance_ms(LEASE_MS);
        move_to(&db.hall, &world.resident, "").await;
        assert_eq!(leased(&db.hall).await, None, "{}: none any more", db.name);
        assert_eq!(mails(&db.hall).await, [], "{}", db.name);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_workers_never_have_the_same_mail() {
    for db in databases().await {
        let (world, row) = ground(&db).await;
        crowd(&db.hall, &world, &row, 200).await;
        announce(&db.hall, &row, "progress", By::Clock, Said::default()).await;
        assert_eq!(notices_expand(&db.hall, HOST, 500).await.unwrap(), 200, "{}", db.name);
        let other = db.second_hall().await;
        let start = Arc::new(tokio::sync::Barrier::new(2));
        let worker = |hall: Hall| {
            let start = start.clone();
            tokio::spawn(async move {
                start.wait().await;
                let mut had = Vec::new();
                loop {
                    let letters = mail_lease(&hall, 7, LEASE_MS).await.unwrap();
                    if letters.is_empty() {
                        return had;
                    }
                    for letter in letters {
                        mail_sent(&hall, &letter).await.unwrap();
                        had.push(letter.id.0);
                    }
                }
            })
        };
        let (one, two) = (worker(db.hall.clone()), worker(other));
        let (one, two) = (one.await.unwrap(), two.await.unwrap());
        let both: BTreeSet<i64> = one.iter().chain(&two).copied().collect();
        assert_eq!((one.len() + two.len(), both.len()), (200, 200), "{}", db.name);
    }
}
