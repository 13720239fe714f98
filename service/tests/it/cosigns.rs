//! 附议: one a household, the threshold, the last day; on both databases.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use domain::ids::CommunityId;
use domain::permission::Denied;
use domain::place::Scope;
use domain::proposal::{State, StateName};
use domain::role::Actor;
use domain::time::Timestamp;
use entities::{cosign, follow, proposal, step};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use service::audit::{Verdict, verify};
use service::cosign::{Cosigned, cosign_add, cosign_expire_due, cosign_take_back};
use service::matter::{by_number, state_of};
use service::proposal::{ProposalForm, proposal_submit};
use service::testing::{World, databases};
use service::{Error, Hall, Refusal, Result};
use tokio::task::JoinSet;

/// Presses at once.
const PRESSES: usize = 64;

async fn raise(hall: &Hall, world: &World) -> i64 {
    let form = ProposalForm {
        title: "小院长椅换带靠背的".to_owned(),
        situation: "槐树下的四把长椅没有靠背，老人坐下以后起不来。".to_owned(),
        suggestion: "换成带靠背和扶手的木条椅，先换两把。".to_owned(),
        category: "ageing".to_owned(),
        courtyard_id: world.courtyards[0].to_string(),
        scope: "courtyard".to_owned(),
        ..ProposalForm::default()
    };
    proposal_submit(hall, &world.resident.actor, &form).await.unwrap()
}

async fn matter(hall: &Hall, community: CommunityId, number: i64) -> proposal::Model {
    by_number(hall.db.read(), community, number).await.unwrap()
}

async fn rows(hall: &Hall, id: i64) -> u64 {
    let of_matter = cosign::Entity::find().filter(cosign::Column::ProposalId.eq(id));
    of_matter.count(hall.db.read()).await.unwrap()
}

async fn accept_steps(hall: &Hall, id: i64) -> Vec<step::Model> {
    step::Entity::find()
        .filter(step::Column::ProposalId.eq(id))
        .filter(step::Column::Kind.eq("accept"))
        .all(hall.db.read())
        .await
        .unwrap()
}

/// Each actor presses at the same time, on alternating servers.
async fn at_once(halls: &[Hall; 2], actors: Vec<Actor>, number: i64) -> Vec<Result<Cosigned>> {
    let mut pressing = JoinSet::new();
    for (n, actor) in actors.into_iter().enumerate() {
        let hall = halls[n % 2].clone();
        pressing.spawn(async move { cosign_add(&hall, &actor, number).await });
    }
    pressing.join_all().await
}

#[tokio::test]
async fn only_households_in_the_scope_count() {
    for db in databases().await {
        let world = World::new(&db.hall).await;
        let number = raise(&db.hall, &world).await;
        let elsewhere = &world.representatives(Scope::Courtyard(world.courtyards[1]))[0].actor;
        let guest = &world.no_household.actor;
        let denied = |result: Result<Cosigned>| match result {
            Err(Error::Denied(denied)) => denied,
            other => panic!("{}: {other:?}", db.name),
        };
        let add = |actor: &Actor, number| {
            let (hall, actor) = (db.hall.clone(), actor.clone());
            async move { cosign_add(&hall, &actor, number).await }
        };
        assert_eq!(denied(add(elsewhere, number).await), Denied::OutOfScope);
        assert_eq!(denied(add(guest, number).await), Denied::NotVerified);
        let taken_back = cosign_take_back(&db.hall, elsewhere, number).await;
        assert_eq!(denied(taken_back), Denied::OutOfScope);
        assert!(matches!(add(&world.stranger.actor, number).await, Err(Error::NotFound)));
        assert!(matches!(add(&world.resident.actor, 99).await, Err(Error::NotFound)));

        // The author's own household is one like any other.
        let done = add(&world.resident.actor, number).await.unwrap();
        assert_eq!(done, Cosigned { cosigns: 1, needed: 10, accepted: false });
        let row = matter(&db.hall, world.community, number).await;
        assert_eq!((row.cosigns, rows(&db.hall, row.id).await), (1, 1));
    }
}

#[tokio::test]
async fn a_hidden_matter_is_not_there() {
    for db in databases().await {
        let world = World::with_first_check(&db.hall).await;
        let number = raise(&db.hall, &world).await;
        let neighbour = &world.entrance_lead.actor;
        assert!(matches!(cosign_add(&db.hall, neighbour, number).await, Err(Error::NotFound)));
        // Its author sees it, and that it isn't time yet.
        let own = cosign_add(&db.hall, &world.resident.actor, number).await;
        assert!(matches!(own, Err(Error::Refused(Refusal::CosigningOver))), "{own:?}");
    }
}

#[tokio::test]
async fn one_a_household_however_many_press_at_once() {
    for db in databases().await {
        let world = World::new(&db.hall).await;
        let number = raise(&db.hall, &world).await;
        let halls = [db.hall.clone(), db.second_hall().await];
        let adults = [&world.resident.actor, &world.second_adult.actor];
        let actors = (0..PRESSES).map(|n| adults[(n / 2) % 2].clone()).collect();
        let mut counted = 0;
        for result in at_once(&halls, actors, number).await {
            match result {
                Ok(done) => {
                    assert_eq!((done.cosigns, done.accepted), (1, false));
                    counted += 1;
                }
                Err(Error::Refused(Refusal::AlreadyCosigned)) => {}
                Err(other) => panic!("{}: {other:?}", db.name),
            }
        }
        assert_eq!(counted, 1, "{}", db.name);
        let row = matter(&db.hall, world.community, number).await;
        assert_eq!((row.cosigns, rows(&db.hall, row.id).await), (1, 1), "{}", db.name);
    }
}

#[tokio::test]
async fn the_threshold_moves_it_on_exactly_once() {
    for db in databases().await {
        let world = World::new(&db.hall).await;
        let number = raise(&db.hall, &world).await;
        let halls = [db.hall.clone(), db.second_hall().await];
        let courtyard = Scope::Courtyard(world.courtyards[0]);
        let actors: Vec<_> =
            world.representatives(courtyard).into_iter().map(|p| p.actor.clone()).collect();
        assert_eq!(actors.len(), 12);
        let (mut counted, mut accepted, mut over) = (0, 0, 0);
        for result in at_once(&halls, actors, number).await {
            match result {
                Ok(done) => {
                    counted += 1;
                    accepted += usize::from(done.accepted);
                }
                Err(Error::Refused(Refusal::CosigningOver)) => over += 1,
                Err(other) => panic!("{}: {other:?}", db.name),
            }
        }
        assert_eq!((counted, accepted, over), (10, 1, 2), "{}", db.name);
        let row = matter(&db.hall, world.community, number).await;
        assert_eq!(state_of(&row).unwrap().state, State::Accepted { threshold_met: true });
        assert_eq!((row.cosigns, rows(&db.hall, row.id).await), (10, 10), "{}", db.name);
        let steps = accept_steps(&db.hall, row.id).await;
        assert_eq!(steps.len(), 1, "{}", db.name);
        assert_eq!((steps[0].actor_id, steps[0].late), (None, 0), "the clock did it, in time");
        // An answer is owed now.
        assert!(row.due_at.is_some_and(|due| due > db.hall.now().0));
        assert!(matches!(verify(&db.hall.db).await.unwrap(), Verdict::Whole(_)), "{}", db.name);
        let following = follow::Entity::find().filter(follow::Column::ProposalId.eq(row.id));
        // The author, of whom one co-signer may be another adult, and each co-signer.
        assert!(following.count(db.hall.db.read()).await.unwrap() >= 10);
    }
}

#[tokio::test]
async fn taken_back_while_it_goes_on() {
    for db in databases().await {
        let world = World::new(&db.hall).await;
        let number = raise(&db.hall, &world).await;
        let hall = &db.hall;
        let nothing = cosign_take_back(hall, &world.resident.actor, number).await;
        assert!(matches!(nothing, Err(Error::Refused(Refusal::NotCosigned))), "{nothing:?}");
        cosign_add(hall, &world.resident.actor, number).await.unwrap();
        cosign_add(hall, &world.entrance_lead.actor, number).await.unwrap();
        // The household took it back, whoever of it pressed.
        let done = cosign_take_back(hall, &world.second_adult.actor, number).await.unwrap();
        assert_eq!(done, Cosigned { cosigns: 1, needed: 10, accepted: false });
        let again = cosign_add(hall, &world.second_adult.actor, number).await.unwrap();
        assert_eq!(again.cosigns, 2);

        let courtyard = Scope::Courtyard(world.courtyards[0]);
        for person in world.representatives(courtyard) {
            // Two have, and two come too late.
            let _ = cosign_add(hall, &person.actor, number).await;
        }
        let late = cosign_take_back(hall, &world.resident.actor, number).await;
        assert!(matches!(late, Err(Error::Refused(Refusal::CosigningOver))), "{late:?}");
        let row = matter(hall, world.community, number).await;
        assert_eq!(row.cosigns, 10, "{}", db.name);
    }
}

#[tokio::test]
async fn whoever_stopped_the_mails_stays_without() {
    for db in databases().await {
        let world = World::new(&db.hall).await;
        let number = raise(&db.hall, &world).await;
        let row = matter(&db.hall, world.community, number).await;
        let lead = &world.entrance_lead.actor;
        cosign_add(&db.hall, lead, number).await.unwrap();
        let following = || follow::Entity::find_by_id((row.id, lead.person.0));
        let token = following().one(db.hall.db.read()).await.unwrap().unwrap().token;
        service::notice::follow_stop(&db.hall, &token).await.unwrap();
        cosign_take_back(&db.hall, lead, number).await.unwrap();
        cosign_add(&db.hall, lead, number).await.unwrap();
        let stopped = following().one(db.hall.db.read()).await.unwrap().unwrap().stopped_at;
        assert!(stopped.is_some(), "{}", db.name);
    }
}

#[tokio::test]
async fn the_last_moment_counts_and_the_next_does_not() {
    for db in databases().await {
        let world = World::new(&db.hall).await;
        let number = raise(&db.hall, &world).await;
        let row = matter(&db.hall, world.community, number).await;
        let State::Cosigning { until, needed: 10 } = state_of(&row).unwrap().state else {
            panic!("{row:?}");
        };
        assert_eq!(until.to_string(), "2026-04-01 23:59", "30 days after 2 March");
        db.clock.set(until);
        assert_eq!(cosign_expire_due(&db.hall).await.unwrap(), 0);
        cosign_add(&db.hall, &world.resident.actor, number).await.unwrap();
        db.clock.set(until.plus_ms(1));
        let over = cosign_add(&db.hall, &world.entrance_lead.actor, number).await;
        assert!(matches!(over, Err(Error::Refused(Refusal::CosigningOver))), "{over:?}");
    }
}

#[tokio::test]
async fn below_the_threshold_it_still_gets_an_answer() {
    for db in databases().await {
        let world = World::new(&db.hall).await;
        let hall = &db.hall;
        let (first, second) = (raise(hall, &world).await, raise(hall, &world).await);
        db.advance_days(3);
        let third = raise(hall, &world).await;
        cosign_add(hall, &world.resident.actor, first).await.unwrap();
        db.clock.set(Timestamp(matter(hall, world.community, first).await.due_at.unwrap() + 1));

        // Two servers at once move each of them once.
        let other = db.second_hall().await;
        let (here, there) = tokio::join!(cosign_expire_due(hall), cosign_expire_due(&other));
        assert_eq!(here.unwrap() + there.unwrap(), 2, "{}", db.name);
        assert_eq!(cosign_expire_due(hall).await.unwrap(), 0);
        for number in [first, second] {
            let row = matter(hall, world.community, number).await;
            assert_eq!(state_of(&row).unwrap().state, State::Accepted { threshold_met: false });
            let steps = accept_steps(hall, row.id).await;
            assert_eq!(steps.len(), 1, "{}", db.name);
            assert_eq!((steps[0].actor_id, steps[0].late), (None, 0));
        }
        let third = matter(hall, world.community, third).await;
        assert_eq!(third.state, StateName::Cosigning.as_str());
        assert!(matches!(verify(&hall.db).await.unwrap(), Verdict::Whole(_)), "{}", db.name);
    }
}
