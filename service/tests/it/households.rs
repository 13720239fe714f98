//! One's own household: its representative, leaving it, and one household, one vote; on both databases.

#![allow(clippy::needless_pass_by_value, reason = "a result is judged where it arises")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use domain::ballot::BallotKind;
use domain::ids::{HouseholdId, PersonId};
use domain::permission::Denied;
use domain::proposal::Step;
use domain::role::Actor;
use entities::{audit, ballot, cosign, elector, household, paper, person};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use service::audit::{Verdict, verify};
use service::ballot::{BallotForm, ballot_cast, ballot_open, earliest_day};
use service::cosign::cosign_add;
use service::household::{household_leave, representative_set};
use service::matter::{self, By, Said};
use service::merge::{merge_agree, merge_ask};
use service::people::SignedIn;
use service::proposal::{ProposalForm, proposal_submit};
use service::setup::household_add_many;
use service::slip::{Browser, ForWhom, SlipOrder, slip_join_as, slip_make, slip_print};
use service::testing::{World, databases};
use service::views::household::{HouseholdView, Mine, my_household};
use service::{Error, Hall, Problem, Refusal, Result};
use tokio::task::JoinSet;

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

/// An open ballot of the first courtyard, one vote a household.
async fn open_ballot(hall: &Hall, world: &World) -> i64 {
    let matter = raise(hall, world).await;
    let txn = hall.db.begin().await.unwrap();
    let mut row = matter::by_number(&txn, world.community, matter).await.unwrap();
    for step in [Step::Accept { threshold_met: true }, Step::Deliberate] {
        row = matter::advance_in_txn(hall, &txn, row, step, By::Clock, Said::default())
            .await
            .unwrap();
    }
    txn.commit().await.unwrap();
    let kind = BallotKind::ResidentsByHousehold;
    let form = BallotForm {
        kind: kind.as_str().to_owned(),
        question: "先换两把长椅吗？".to_owned(),
        closes_on: earliest_day(kind, hall.now()).to_string(),
    };
    ballot_open(hall, &world.committee_head.actor, matter, &form).await.unwrap().0
}

async fn representative(hall: &Hall, of: &SignedIn) -> Option<PersonId> {
    let home = of.actor.home.unwrap().household.0;
    let row = household::Entity::find_by_id(home).one(hall.db.read()).await.unwrap().unwrap();
    row.representative_id.map(PersonId)
}

async fn view(hall: &Hall, who: &Actor) -> HouseholdView {
    match my_household(hall, who).await.unwrap() {
        Mine::Household(view) => view,
        Mine::Nowhere(_) => panic!("no household"),
    }
}

fn refused<T: std::fmt::Debug>(result: Result<T>, refusal: Refusal) {
    match result {
        Err(Error::Refused(found)) => assert_eq!(found, refusal),
        other => panic!("{other:?}, not {refusal:?}"),
    }
}

#[tokio::test]
async fn the_representative_names_the_next_one() {
    for db in databases().await {
        let (hall, world) = (&db.hall, World::new(&db.hall).await);
        let (first, second) = (&world.resident, &world.second_adult);
        let home = first.actor.home.unwrap().household;
        let (a, b) = (first.actor.person, second.actor.person);
        refused(representative_set(hall, &second.actor, home, b).await, Refusal::NotRepresentative);
        for other in [&world.entrance_lead, &world.oversight] {
            let denied = representative_set(hall, &other.actor, home, b).await;
            assert!(matches!(denied, Err(Error::Denied(Denied::NeedsRole))), "{denied:?}");
        }
        let stranger = representative_set(hall, &world.stranger.actor, home, b).await;
        assert!(matches!(stranger, Err(Error::NotFound)), "{stranger:?}");
        let outside = world.entrance_lead.actor.person;
        match representative_set(hall, &first.actor, home, outside).await {
            Err(Error::Invalid(fields)) => assert_eq!(fields[0].problem, Problem::Unknown),
            other => panic!("{other:?}"),
        }
        assert!(view(hall, &first.actor).await.may_name);
        assert!(!view(hall, &second.actor).await.may_name);

        representative_set(hall, &first.actor, home, b).await.unwrap();
        assert_eq!(representative(hall, first).await, Some(b), "{}", db.name);
        refused(representative_set(hall, &first.actor, home, a).await, Refusal::NotRepresentative);
        // The committee can, where the household can't agree.
        representative_set(hall, &world.committee_member.actor, home, a).await.unwrap();
        assert_eq!(representative(hall, first).await, Some(a), "{}", db.name);
        let mut tired = world.committee_member.actor.clone();
        tired.stepped_up = false;
        let denied = representative_set(hall, &tired, home, b).await;
        assert!(matches!(denied, Err(Error::Denied(Denied::StepUp))), "{denied:?}");
    }
}

#[tokio::test]
async fn only_between_ballots() {
    for db in databases().await {
        let (hall, world) = (&db.hall, World::new(&db.hall).await);
        let (first, second) = (&world.resident, &world.second_adult);
        let home = first.actor.home.unwrap().household;
        let number = open_ballot(hall, &world).await;
        let next = second.actor.person;
        refused(representative_set(hall, &first.actor, home, next).await, Refusal::HouseholdVotes);
        let head = &world.committee_head.actor;
        refused(representative_set(hall, head, home, next).await, Refusal::HouseholdVotes);
        assert!(view(hall, &first.actor).await.votes, "{}", db.name);

        // The vote stays the household's when its representative goes, and is not cast twice.
        ballot_cast(hall, &first.actor, number, "yes").await.unwrap();
        household_leave(hall, &first.actor).await.unwrap();
        assert_eq!(representative(hall, second).await, None);
        representative_set(hall, &second.actor, home, next).await.unwrap();
        let again = ballot_cast(hall, &second.actor, number, "yes").await;
        refused(again, Refusal::AlreadyVoted);

        // Another household is not held up by a ballot that isn't its own, nor any by one that is over.
        let elsewhere = &world.committee_member;
        assert!(!view(hall, &elsewhere.actor).await.votes);
        let row = ballot::Entity::find().one(hall.db.read()).await.unwrap().unwrap();
        db.clock.set(domain::time::Timestamp(row.closes_at));
        assert!(!view(hall, &second.actor).await.votes, "{}", db.name);
    }
}

#[tokio::test]
async fn whoever_leaves_takes_no_part() {
    for db in databases().await {
        let (hall, world) = (&db.hall, World::new(&db.hall).await);
        let second = &world.second_adult;
        let mut through = second.actor.clone();
        through.through = Some(world.entrance_lead.actor.person);
        let denied = household_leave(hall, &through).await;
        assert!(matches!(denied, Err(Error::Denied(Denied::NotThrough))), "{denied:?}");
        let mut unasked = second.actor.clone();
        unasked.consented = false;
        household_leave(hall, &unasked).await.unwrap();
        let again = household_leave(hall, &second.actor).await;
        assert!(matches!(again, Err(Error::NotFound)), "{again:?}");
        let left = World::again(hall, second).await;
        assert!(left.actor.home.is_none());
        let nowhere = household_leave(hall, &left.actor).await;
        assert!(matches!(nowhere, Err(Error::Denied(Denied::NotVerified))), "{nowhere:?}");
        // Their representative stays; an old page of theirs names nobody.
        assert_eq!(representative(hall, &world.resident).await, Some(world.resident.actor.person));
        let home = world.resident.actor.home.unwrap().household;
        let stale = representative_set(hall, &second.actor, home, second.actor.person).await;
        assert!(matches!(stale, Err(Error::NotFound)), "{}: {stale:?}", db.name);
        // The last one leaves an empty household without a representative.
        household_leave(hall, &world.resident.actor).await.unwrap();
        assert_eq!(representative(hall, &world.resident).await, None, "{}", db.name);
        let adults = person::Entity::find()
            .filter(person::Column::HouseholdId.eq(home.0))
            .count(hall.db.read())
            .await;
        assert_eq!(adults.unwrap(), 0);
    }
}

#[tokio::test]
async fn of_64_co_signs_by_two_adults_at_the_same_instant_one_counts() {
    for db in databases().await {
        let (hall, world) = (&db.hall, World::new(&db.hall).await);
        let number = raise(hall, &world).await;
        let halls = [db.hall.clone(), db.second_hall().await];
        let adults = [&world.resident.actor, &world.second_adult.actor];
        let mut pressing = JoinSet::new();
        for n in 0..64 {
            let (hall, actor) = (halls[n % 2].clone(), adults[(n / 2) % 2].clone());
            pressing.spawn(async move { cosign_add(&hall, &actor, number).await });
        }
        let mut counted = 0;
        for result in pressing.join_all().await {
            match result {
                Ok(_) => counted += 1,
                Err(Error::Refused(Refusal::AlreadyCosigned)) => {}
                Err(other) => panic!("{}: {other:?}", db.name),
            }
        }
        let row = matter::by_number(hall.db.read(), world.community, number).await.unwrap();
        let rows = cosign::Entity::find().count(hall.db.read()).await.unwrap();
        assert_eq!((counted, row.cosigns, rows), (1, 1, 1), "{}", db.name);
    }
}

#[tokio::test]
async fn of_64_household_votes_at_once_one_paper_is_in_the_box() {
    for db in databases().await {
        let (hall, world) = (&db.hall, World::new(&db.hall).await);
        let number = open_ballot(hall, &world).await;
        let halls = [db.hall.clone(), db.second_hall().await];
        let (first, second) = (&world.resident.actor, &world.second_adult.actor);
        // In the middle of it the representative leaves and the other adult takes the vote over.
        let home = first.home.unwrap().household;
        let mut pressing = JoinSet::new();
        for n in 0..64 {
            let (hall, first, second) = (halls[n % 2].clone(), first.clone(), second.clone());
            pressing.spawn(async move {
                if n == 20 {
                    household_leave(&hall, &first).await.map(|()| false)
                } else if n > 20 && n % 8 == 0 {
                    representative_set(&hall, &second, home, second.person).await.map(|()| false)
                } else {
                    let actor = if n % 4 < 2 { &first } else { &second };
                    ballot_cast(&hall, actor, number, "yes").await.map(|_| true)
                }
            });
        }
        let mut cast = 0;
        for result in pressing.join_all().await {
            match result {
                Ok(voted) => cast += usize::from(voted),
                Err(
                    Error::Refused(
                        Refusal::AlreadyVoted
                        | Refusal::HouseholdVotes
                        | Refusal::NotRepresentative,
                    )
                    | Error::Denied(Denied::NotElector)
                    | Error::NotFound,
                ) => {}
                Err(other) => panic!("{}: {other:?}", db.name),
            }
        }
        assert!(cast <= 1, "{}: {cast}", db.name);
        // Whoever has the vote in the end may still use it, if nobody has.
        let cast = cast + usize::from(ballot_cast(hall, second, number, "yes").await.is_ok());
        let papers = paper::Entity::find().count(hall.db.read()).await.unwrap();
        let marked = elector::Entity::find()
            .filter(elector::Column::CastBy.ne("none"))
            .count(hall.db.read())
            .await
            .unwrap();
        assert_eq!((papers, marked), (cast as u64, cast as u64), "{}", db.name);
        let entries = audit::Entity::find()
            .filter(audit::Column::Action.eq("ballot_cast"))
            .count(hall.db.read())
            .await
            .unwrap();
        assert_eq!(entries, cast as u64, "{}", db.name);
        assert!(matches!(verify(&hall.db).await.unwrap(), Verdict::Whole(_)), "{}", db.name);
    }
}

#[tokio::test]
async fn of_64_votes_of_one_representative_one_paper_is_in_the_box() {
    for db in databases().await {
        let (hall, world) = (&db.hall, World::new(&db.hall).await);
        let number = open_ballot(hall, &world).await;
        let halls = [db.hall.clone(), db.second_hall().await];
        let mut pressing = JoinSet::new();
        for n in 0..64 {
            let (hall, actor) = (halls[n % 2].clone(), world.resident.actor.clone());
            pressing.spawn(async move { ballot_cast(&hall, &actor, number, "no").await });
        }
        let cast = pressing.join_all().await.into_iter().filter(Result::is_ok).count();
        let papers = paper::Entity::find().count(hall.db.read()).await.unwrap();
        assert_eq!((cast, papers), (1, 1), "{}", db.name);
    }
}

/// Leaves the household, and takes a slip of another.
async fn move_to(hall: &Hall, world: &World, who: &SignedIn, next: HouseholdId) -> SignedIn {
    household_leave(hall, &who.actor).await.unwrap();
    let for_whom = ForWhom::Households(vec![next]);
    let order = SlipOrder { for_whom, only_empty: false, replace: false };
    let head = &world.committee_head.actor;
    let made = slip_make(hall, head, &order).await.unwrap();
    let code = slip_print(hall, head, made.batch).await.unwrap().slips[0].code.printed();
    let from = Browser { address: "a", agent: "test", token: None };
    slip_join_as(hall, &who.actor, &code, true, true, from).await.unwrap();
    World::again(hall, who).await
}

/// Whoever leaves one household for another has one voice on each matter all the same.
#[tokio::test]
async fn whoever_moves_on_votes_and_co_signs_for_one_household() {
    for db in databases().await {
        let (hall, world) = (&db.hall, World::new(&db.hall).await);
        let rooms = ["901".to_owned()];
        let next = household_add_many(hall, world.entrances[0], &rooms).await.unwrap()[0];
        let number = open_ballot(hall, &world).await;
        let matter = raise(hall, &world).await;
        let me = &world.resident;
        cosign_add(hall, &me.actor, matter).await.unwrap();
        ballot_cast(hall, &me.actor, number, "yes").await.unwrap();

        let moved = move_to(hall, &world, me, next).await;
        assert!(moved.represents_household, "{}", db.name);
        assert_eq!(moved.actor.home.unwrap().household, next, "{}", db.name);

        refused(cosign_add(hall, &moved.actor, matter).await, Refusal::AlreadyCosigned);
        refused(ballot_cast(hall, &moved.actor, number, "yes").await, Refusal::AlreadyVoted);
        let mut helped = moved.actor.clone();
        helped.through = Some(world.entrance_lead.actor.person);
        refused(ballot_cast(hall, &helped, number, "yes").await, Refusal::AlreadyVoted);
        let papers = paper::Entity::find().count(hall.db.read()).await.unwrap();
        let cosigns = cosign::Entity::find().count(hall.db.read()).await.unwrap();
        assert_eq!((papers, cosigns), (1, 1), "{}", db.name);
        // Who stayed has the household's other matters; its vote was cast.
        let stayed = &world.second_adult.actor;
        let home = stayed.home.unwrap().household;
        representative_set(hall, stayed, home, stayed.person).await.unwrap();
        refused(ballot_cast(hall, stayed, number, "no").await, Refusal::AlreadyVoted);
    }
}

/// Nor do two matters that become one count somebody twice who co-signed each for another household.
#[tokio::test]
async fn a_merger_counts_whoever_moved_on_once() {
    for db in databases().await {
        let (hall, world) = (&db.hall, World::new(&db.hall).await);
        let rooms = ["901".to_owned()];
        let next = household_add_many(hall, world.entrances[0], &rooms).await.unwrap()[0];
        let (into, from) = (raise(hall, &world).await, raise(hall, &world).await);
        cosign_add(hall, &world.resident.actor, into).await.unwrap();
        let moved = move_to(hall, &world, &world.resident, next).await;
        cosign_add(hall, &moved.actor, from).await.unwrap();
        cosign_add(hall, &world.council_member.actor, from).await.unwrap();
        let head = &world.committee_head.actor;
        merge_ask(hall, head, from, &into.to_string(), "两件说的是同一处长椅。").await.unwrap();
        merge_agree(hall, &moved.actor, from).await.unwrap();
        let row = matter::by_number(hall.db.read(), world.community, into).await.unwrap();
        let of_matter = cosign::Entity::find().filter(cosign::Column::ProposalId.eq(row.id));
        let rows = of_matter.count(hall.db.read()).await.unwrap();
        assert_eq!((row.cosigns, rows), (2, 2), "{}", db.name);
    }
}
