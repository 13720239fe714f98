//! What the clock moves, and the lease under which one server does it, on both databases.
#![allow(clippy::unwrap_used, reason = "a test that can't go on says so and ends")]

use domain::ids::CommunityId;
use domain::time::{HOUR_MS, MINUTE_MS};
use entities::{proposal, rate_limit, step};
use sea_orm::{EntityTrait, PaginatorTrait, QueryOrder};
use service::Hall;
use service::jobs::run_due;
use service::lease::{lease_give_back, lease_take};
use service::matter;
use service::people::SignedIn;
use service::proposal::{ProposalForm, proposal_submit};
use service::rate;
use service::testing::{Plan, World, databases};

async fn world(hall: &Hall) -> World {
    World::planned(hall, Plan { households: 3, ..Plan::default() }).await
}

async fn raised(hall: &Hall, world: &World, author: &SignedIn, title: &str) -> i64 {
    let form = ProposalForm {
        title: title.to_owned(),
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
    proposal_submit(hall, &author.actor, &form).await.unwrap()
}

async fn state(hall: &Hall, community: CommunityId, number: i64) -> proposal::Model {
    matter::by_number(hall.db.read(), community, number).await.unwrap()
}

#[tokio::test]
async fn what_fell_due_while_no_server_ran_is_caught_up_in_order() {
    for db in databases().await {
        let hall = &db.hall;
        let world = world(hall).await;
        let first = raised(hall, &world, &world.resident, "7号院台阶加扶手").await;
        db.advance_days(3);
        let second = raised(hall, &world, &world.council_member, "西门路灯连坏三盏").await;
        assert_eq!(run_due(hall).await.unwrap(), 0, "{}: nothing is due yet", db.name);
        db.advance_days(40);
        // Two servers wake up together: each matter moves once.
        let other = db.second_hall().await;
        let (one, two) = tokio::join!(run_due(hall), run_due(&other));
        assert_eq!(one.unwrap() + two.unwrap(), 2, "{}", db.name);
        for number in [first, second] {
            let row = state(hall, world.community, number).await;
            assert_eq!(row.state, "accepted", "{}", db.name);
        }
        let steps = step::Entity::find().order_by_asc(step::Column::Id).all(hall.db.read()).await;
        let accepted: Vec<i64> = steps
            .unwrap()
            .into_iter()
            .filter(|step| step.kind == "accept")
            .map(|step| step.proposal_id)
            .collect();
        let ids = [first, second].map(|number| state(hall, world.community, number));
        let [first, second] = ids;
        assert_eq!(accepted, [first.await.id, second.await.id], "{}: earliest first", db.name);
        assert_eq!(run_due(hall).await.unwrap(), 0, "{}", db.name);
    }
}

#[tokio::test]
async fn rows_that_count_for_nothing_go() {
    for db in databases().await {
        let hall = &db.hall;
        let count = || rate_limit::Entity::find().count(hall.db.read());
        rate::take(hall, rate::SUBMIT, "someone").await.unwrap();
        run_due(hall).await.unwrap();
        assert_eq!(count().await.unwrap(), 1, "{}", db.name);
        db.clock.advance_ms(50 * HOUR_MS);
        run_due(hall).await.unwrap();
        assert_eq!(count().await.unwrap(), 0, "{}", db.name);
    }
}

#[tokio::test]
async fn one_holder_at_a_time() {
    for db in databases().await {
        let (one, two) = (&db.hall, &db.second_hall().await);
        assert!(lease_take(one, "due", "one", MINUTE_MS).await.unwrap(), "{}", db.name);
        assert!(!lease_take(two, "due", "two", MINUTE_MS).await.unwrap(), "{}", db.name);
        assert!(lease_take(two, "other", "two", MINUTE_MS).await.unwrap(), "{}", db.name);
        db.clock.advance_ms(MINUTE_MS / 2);
        assert!(lease_take(one, "due", "one", MINUTE_MS).await.unwrap(), "{}: kept", db.name);
        db.clock.advance_ms(MINUTE_MS / 2);
        assert!(!lease_take(two, "due", "two", MINUTE_MS).await.unwrap(), "{}", db.name);
        db.clock.advance_ms(MINUTE_MS / 2);
        assert!(lease_take(two, "due", "two", MINUTE_MS).await.unwrap(), "{}: over", db.name);
        lease_give_back(one, "due", "one").await.unwrap();
        assert!(!lease_take(one, "due", "one", MINUTE_MS).await.unwrap(), "{}: not his", db.name);
        lease_give_back(two, "due", "two").await.unwrap();
        assert!(lease_take(one, "due", "one", MINUTE_MS).await.unwrap(), "{}", db.name);
        let (a, b) = tokio::join!(
            lease_take(one, "race", "one", MINUTE_MS),
            lease_take(two, "race", "two", MINUTE_MS)
        );
        assert!(a.unwrap() != b.unwrap(), "{}: one of two", db.name);
    }
}
