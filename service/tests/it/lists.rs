//! The list of matters and the first page, on both databases.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use domain::category::Category;
use domain::place::Scope;
use domain::proposal::StateName;
use service::cosign::cosign_add;
use service::desk::{
    AcceptForm, AnswerForm, ReferForm, matter_accept, matter_answer, matter_not_accept,
    work_complete, work_refer,
};
use service::people::SignedIn;
use service::proposal::{ProposalForm, proposal_submit, proposal_withdraw};
use service::review::{ReviewForm, review_give};
use service::testing::{TestDb, World, databases};
use service::views::home::home_view;
use service::views::matter_row::Figure;
use service::views::proposal_list::{Cursor, ListFilter, ProposalList, StateGroup, proposal_list};

fn form(world: &World, title: &str) -> ProposalForm {
    ProposalForm {
        title: title.to_owned(),
        situation: "西门的路灯连着坏了三盏，晚上接孩子看不清路。".to_owned(),
        suggestion: "请修好这三盏灯，再查一遍其他的。".to_owned(),
        category: "lighting_roads".to_owned(),
        courtyard_id: world.courtyards[0].to_string(),
        scope: "courtyard".to_owned(),
        ..ProposalForm::default()
    }
}

async fn raise(db: &TestDb, world: &World, person: &SignedIn, title: &str) -> i64 {
    db.clock.advance_ms(60_000);
    proposal_submit(&db.hall, &person.actor, &form(world, title)).await.unwrap()
}

async fn list(
    db: &TestDb,
    world: &World,
    viewer: Option<&SignedIn>,
    f: &ListFilter,
) -> ProposalList {
    let viewer = viewer.map(|viewer| viewer.actor.person);
    proposal_list(&db.hall, world.community, viewer, f).await.unwrap()
}

fn numbers(list: &ProposalList) -> Vec<i64> {
    list.rows.iter().map(|row| row.number).collect()
}

async fn decide(db: &TestDb, world: &World, number: i64, verdict: &str) {
    let committee = &world.committee_member.actor;
    let accept = AcceptForm { reason: "这件事要紧，先受理。".to_owned() };
    matter_accept(&db.hall, committee, number, &accept).await.unwrap();
    let answer = AnswerForm {
        verdict: verdict.to_owned(),
        reason: "大家的意思很清楚了。".to_owned(),
    };
    matter_answer(&db.hall, committee, number, &answer).await.unwrap();
}

async fn begin_work(db: &TestDb, world: &World, number: i64) {
    decide(db, world, number, "adopted").await;
    let refer = ReferForm {
        route: "committee".to_owned(),
        receiver: "居委会".to_owned(),
        reason: "这周就请人来修。".to_owned(),
        ..ReferForm::default()
    };
    work_refer(&db.hall, &world.committee_member.actor, number, &refer).await.unwrap();
}

async fn complete(db: &TestDb, world: &World, number: i64) {
    begin_work(db, world, number).await;
    let note = "三盏灯都修好了。";
    work_complete(&db.hall, &world.committee_member.actor, number, note).await.unwrap();
}

#[tokio::test]
async fn pages_stay_whole_while_matters_move() {
    for db in databases().await {
        let world = World::new(&db.hall).await;
        let people: Vec<_> =
            world.representatives(Scope::Courtyard(world.courtyards[0])).into_iter().collect();
        for n in 0..45 {
            // Three at the same moment each: their rows decide.
            if n % 3 == 0 {
                db.clock.advance_ms(1_000);
            }
            let typed = form(&world, &format!("第 {n} 件路灯的事"));
            let person = people[n % people.len()];
            proposal_submit(&db.hall, &person.actor, &typed).await.unwrap();
        }
        let first = list(&db, &world, None, &ListFilter::default()).await;
        assert_eq!(numbers(&first), (26..=45).rev().collect::<Vec<_>>(), "{}", db.name);
        assert_eq!(first.before, None);
        let after = |place| ListFilter { cursor: Cursor::After(place), ..ListFilter::default() };
        let before = |place| ListFilter { cursor: Cursor::Before(place), ..ListFilter::default() };
        let second = list(&db, &world, None, &after(first.after.unwrap())).await;
        assert_eq!(numbers(&second), (6..=25).rev().collect::<Vec<_>>());

        // One of the last page moves to the front; the second page reads as before.
        db.clock.advance_ms(1_000);
        let accept = AcceptForm { reason: "这件事要紧，先受理。".to_owned() };
        matter_accept(&db.hall, &world.committee_member.actor, 3, &accept).await.unwrap();
        let again = list(&db, &world, None, &after(first.after.unwrap())).await;
        assert_eq!(numbers(&again), numbers(&second));
        let third = list(&db, &world, None, &after(second.after.unwrap())).await;
        assert_eq!(numbers(&third), [5, 4, 2, 1]);
        assert_eq!(third.after, None);
        // And back.
        let back = list(&db, &world, None, &before(third.before.unwrap())).await;
        assert_eq!(numbers(&back), numbers(&second));
        let front = list(&db, &world, None, &before(back.before.unwrap())).await;
        assert_eq!(numbers(&front), numbers(&first));
        assert!(front.before.is_some(), "the one that moved is before it");
    }
}

#[tokio::test]
async fn found_by_words_taken_as_they_are() {
    for db in databases().await {
        let world = World::new(&db.hall).await;
        let resident = &world.resident;
        let lamp = raise(&db, &world, resident, "西门路灯 100% LED").await;
        let lift = raise(&db, &world, resident, "5号楼加装电梯吧").await;
        let table: [(&str, Vec<i64>); 8] = [
            ("", vec![lift, lamp]),
            ("电梯", vec![lift]),
            ("路灯 led", vec![lamp]),
            ("100%", vec![lamp]),
            ("100_", vec![]),
            ("\\", vec![]),
            ("看不清路", vec![lift, lamp]),
            ("'; --", vec![]),
        ];
        for (q, expected) in table {
            let filter = ListFilter { q: q.to_owned(), ..ListFilter::default() };
            assert_eq!(
                numbers(&list(&db, &world, None, &filter).await),
                expected,
                "{q:?} {}",
                db.name
            );
        }
    }
}

#[tokio::test]
async fn filtered_by_step_place_category_and_author() {
    for db in databases().await {
        let world = World::new(&db.hall).await;
        let resident = &world.resident;
        let cosigning = raise(&db, &world, resident, "还在征集附议的事").await;
        let declined = raise(&db, &world, resident, "没有采纳的一件事").await;
        decide(&db, &world, declined, "not_adopted").await;
        let adopted = raise(&db, &world, &world.entrance_lead, "采纳了还没办的事").await;
        decide(&db, &world, adopted, "adopted").await;
        let done = raise(&db, &world, resident, "已经办好了的事情").await;
        complete(&db, &world, done).await;
        let refused = raise(&db, &world, resident, "不归这里管的事情").await;
        let reason = "这是供电公司的设备。";
        matter_not_accept(&db.hall, &world.committee_member.actor, refused, reason, "")
            .await
            .unwrap();
        let withdrawn = raise(&db, &world, resident, "自己撤回了的事情").await;
        proposal_withdraw(&db.hall, &resident.actor, withdrawn, "").await.unwrap();

        let group = |group| ListFilter { group: Some(group), ..ListFilter::default() };
        let table = [
            (ListFilter::default(), vec![refused, done, adopted, declined, cosigning]),
            (group(StateGroup::Cosigning), vec![cosigning]),
            (group(StateGroup::Talking), vec![]),
            (group(StateGroup::Balloting), vec![]),
            (group(StateGroup::Doing), vec![adopted]),
            (group(StateGroup::Done), vec![done]),
            (group(StateGroup::Closed), vec![refused, declined]),
            (ListFilter { category: Some(Category::Dogs), ..ListFilter::default() }, vec![]),
            (ListFilter { courtyard: Some(world.courtyards[1]), ..ListFilter::default() }, vec![]),
            (ListFilter { mine: true, ..ListFilter::default() }, vec![]),
            (
                ListFilter {
                    category: Some(Category::LightingRoads),
                    courtyard: Some(world.courtyards[0]),
                    ..group(StateGroup::Closed)
                },
                vec![refused, declined],
            ),
        ];
        for (filter, expected) in table {
            let found = list(&db, &world, None, &filter).await;
            assert_eq!(numbers(&found), expected, "{filter:?} {}", db.name);
        }
        // The first page counts what everyone finds: all numbers, without the one that was taken back.
        let year = home_view(&db.hall, world.community, None).await.unwrap().year;
        assert_eq!((year.all, year.raised), (5, 6), "{}", db.name);
        let mine = ListFilter { mine: true, ..ListFilter::default() };
        let own = list(&db, &world, Some(resident), &mine).await;
        assert_eq!(numbers(&own), [withdrawn, refused, done, declined, cosigning]);
        let lead = list(&db, &world, Some(&world.entrance_lead), &mine).await;
        assert_eq!(numbers(&lead), [adopted]);
    }
}

#[tokio::test]
async fn what_is_hidden_stays_out_of_lists() {
    for db in databases().await {
        let world = World::with_first_check(&db.hall).await;
        let number = raise(&db, &world, &world.resident, "等居委会先看一下的").await;
        let all = ListFilter::default();
        for viewer in [None, Some(&world.second_adult), Some(&world.committee_member)] {
            assert!(list(&db, &world, viewer, &all).await.rows.is_empty(), "{}", db.name);
        }
        let own = list(&db, &world, Some(&world.resident), &all).await;
        assert_eq!(numbers(&own), [number]);
        assert_eq!(own.rows[0].state.name(), StateName::Submitted);
        // The desk owes a look, and is late after two working days.
        let home =
            home_view(&db.hall, world.community, Some(&world.committee_member)).await.unwrap();
        let desk = home.waiting.unwrap().desk.unwrap();
        assert_eq!((desk.open, desk.overdue), (1, 0));
        db.advance_days(5);
        let home =
            home_view(&db.hall, world.community, Some(&world.committee_member)).await.unwrap();
        assert_eq!(home.waiting.unwrap().desk.unwrap().overdue, 1);
        assert_eq!((home.talking.len(), home.year.all), (0, 0));
        let own = list(&db, &world, Some(&world.resident), &all).await;
        assert_eq!(own.rows[0].overdue_days, Some(3));
    }
}

#[tokio::test]
async fn the_first_page_says_what_waits_for_whom() {
    for db in databases().await {
        let world = World::new(&db.hall).await;
        let (resident, lead) = (&world.resident, &world.entrance_lead);
        let number = raise(&db, &world, resident, "西门路灯连坏三盏").await;
        let home = |viewer: Option<&SignedIn>| {
            let (hall, viewer) = (db.hall.clone(), viewer.cloned());
            let community = world.community;
            async move { home_view(&hall, community, viewer.as_ref()).await.unwrap() }
        };
        let visitor = home(None).await;
        assert_eq!(visitor.waiting, None);
        assert_eq!(visitor.talking.len(), 1);
        assert_eq!(visitor.talking[0].place.courtyard, "北柳小区");

        // Waits for the households of the scope until theirs has co-signed.
        let cosigns = |viewer: Option<&SignedIn>| {
            let shown = home(viewer);
            async move { shown.await.waiting.unwrap().cosigns.len() }
        };
        assert_eq!(cosigns(Some(lead)).await, 1);
        assert_eq!(cosigns(Some(&world.committee_member)).await, 0, "another courtyard");
        assert_eq!(cosigns(Some(&world.no_household)).await, 0);
        cosign_add(&db.hall, &lead.actor, number).await.unwrap();
        assert_eq!(cosigns(Some(lead)).await, 0);
        assert_eq!(cosigns(Some(&world.second_adult)).await, 1);
        let row = &home(None).await.talking[0];
        assert!(matches!(row.figure, Figure::Cosigns { have: 1, needed: 10, .. }), "{row:?}");

        begin_work(&db, &world, number).await;
        assert_eq!(home(None).await.talking[0].figure, Figure::WorkingDay(0));
        db.advance_days(30);
        let late = &home(None).await.talking[0];
        assert!(late.overdue_days.is_some_and(|days| days > 0), "{late:?}");
        let note = "三盏灯都修好了。";
        work_complete(&db.hall, &world.committee_member.actor, number, note).await.unwrap();
        let reviews = |viewer: &SignedIn| {
            let shown = home(Some(viewer));
            async move { shown.await.waiting.unwrap().asked.reviews.len() }
        };
        assert_eq!(reviews(resident).await, 1, "raised it");
        assert_eq!(reviews(lead).await, 1, "co-signed it");
        assert_eq!(reviews(&world.council_member).await, 0);
        let review = ReviewForm {
            solved: "yes".to_owned(),
            satisfaction: "satisfied".to_owned(),
            ..ReviewForm::default()
        };
        review_give(&db.hall, &lead.actor, number, &review).await.unwrap();
        assert_eq!(reviews(lead).await, 0);
        let view = home(Some(lead)).await;
        assert!(view.waiting.as_ref().unwrap().is_empty());
        assert_eq!(view.done[0].figure, Figure::Satisfied(100));
        assert!(view.talking.is_empty());
        let year = view.year;
        assert_eq!((year.raised, year.solved, year.satisfied), (1, Some(100), Some(100)));
        assert_eq!(year.in_time, Some(100), "{}", db.name);
    }
}
