//! 民评: who reviews, once a round, what follows when they are dissatisfied, and how it closes.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what it needs and ends")]

use domain::permission::Denied;
use domain::proposal::{DecidedBy, Step, Verdict};
use domain::role::Actor;
use domain::route::Route;
use domain::time::Timestamp;
use entities::{follow_up, notice, proposal, review};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use service::cosign::cosign_add;
use service::desk::{FollowUpForm, follow_up_record};
use service::matter::{self, By, Said};
use service::proposal::{ProposalForm, proposal_submit};
use service::review::{ReviewForm, review_close_due, review_give};
use service::testing::{TestDb, World, databases};
use service::views::matter::matter_view;
use service::{Error, Hall, Problem, Refusal};
use time::macros::date;

fn form(solved: &str, satisfaction: &str, words: &str) -> ReviewForm {
    ReviewForm {
        solved: solved.to_owned(),
        satisfaction: satisfaction.to_owned(),
        words: words.to_owned(),
    }
}

async fn row(hall: &Hall, world: &World, number: i64) -> proposal::Model {
    matter::by_number(hall.db.read(), world.community, number).await.unwrap()
}

async fn step(hall: &Hall, world: &World, number: i64, taken: Step) {
    let row = row(hall, world, number).await;
    let txn = hall.db.begin().await.unwrap();
    let by = By::Person(&world.committee_head.actor);
    matter::advance_in_txn(hall, &txn, row, taken, by, Said::reason("测试里走一步")).await.unwrap();
    txn.commit().await.unwrap();
}

/// A matter that the resident raised and the entrance lead co-signed, done.
async fn completed(db: &TestDb, world: &World) -> i64 {
    let hall = &db.hall;
    let form = ProposalForm {
        title: "北门台阶加扶手".to_owned(),
        situation: "北门六级台阶没有扶手，雪天全靠扶墙。".to_owned(),
        suggestion: "台阶两边各装一道不锈钢扶手，高低两层。".to_owned(),
        category: "ageing".to_owned(),
        courtyard_id: world.courtyards[0].to_string(),
        scope: "courtyard".to_owned(),
        ..ProposalForm::default()
    };
    let number = proposal_submit(hall, &world.resident.actor, &form).await.unwrap();
    cosign_add(hall, &world.entrance_lead.actor, number).await.unwrap();
    for taken in [
        Step::Accept { threshold_met: false },
        Step::Decide { verdict: Verdict::Adopted, by: DecidedBy::Committee },
        Step::Refer { route: Route::PropertyParty },
        Step::Complete,
    ] {
        step(hall, world, number, taken).await;
    }
    number
}

async fn stage(db: &TestDb) -> (World, i64) {
    let world = World::new(&db.hall).await;
    let number = completed(db, &world).await;
    (world, number)
}

async fn state(hall: &Hall, world: &World, number: i64) -> String {
    row(hall, world, number).await.state
}

#[tokio::test]
async fn those_who_asked_review_once() {
    for db in databases().await {
        let (world, number) = stage(&db).await;
        let hall = &db.hall;
        let good = form("yes", "satisfied", "摸着不冰手");
        let second = review_give(hall, &world.second_adult.actor, number, &good).await;
        assert!(
            matches!(second, Err(Error::Denied(Denied::NotYours))),
            "{}: the author's household did not co-sign: {second:?}",
            db.name
        );
        for outsider in [&world.council_member, &world.committee_head, &world.no_household] {
            let given = review_give(hall, &outsider.actor, number, &good).await;
            assert!(matches!(given, Err(Error::Denied(Denied::NotYours))), "{}", db.name);
        }
        for asked in [&world.resident, &world.entrance_lead] {
            let may = |actor: &Actor| {
                let actor = actor.clone();
                let community = world.community;
                async move {
                    let view = matter_view(hall, community, Some(&actor), number, None).await;
                    view.unwrap().mine.may.review
                }
            };
            assert!(may(&asked.actor).await, "{}", db.name);
            review_give(hall, &asked.actor, number, &good).await.unwrap();
            assert!(!may(&asked.actor).await, "{}", db.name);
            let again = review_give(hall, &asked.actor, number, &good).await;
            assert!(matches!(again, Err(Error::Refused(Refusal::AlreadyReviewed))), "{}", db.name);
        }
        let view = matter_view(hall, world.community, None, number, None).await.unwrap();
        assert_eq!((view.reviews.sum.given, view.reviews.sum.solved), (2, 2), "{}", db.name);
        assert_eq!(view.reviews.words.len(), 2, "{}", db.name);
        let shown = format!("{:?}", view.reviews);
        assert!(!shown.contains("老槐树") && !shown.contains("赵大姐"), "{}", db.name);
    }
}

#[tokio::test]
async fn the_form_says_each_thing_that_is_missing() {
    for db in databases().await {
        let (world, number) = stage(&db).await;
        let (hall, actor) = (&db.hall, &world.resident.actor);
        let long = "长".repeat(301);
        for (typed, fields) in [
            (form("", "", ""), vec!["solved", "satisfaction"]),
            (form("perhaps", "satisfied", ""), vec!["solved"]),
            (form("yes", "delighted", ""), vec!["satisfaction"]),
            (form("yes", "satisfied", &long), vec!["words"]),
        ] {
            let Err(Error::Invalid(found)) = review_give(hall, actor, number, &typed).await else {
                panic!("{}: {typed:?} was taken", db.name);
            };
            let found: Vec<_> = found.iter().map(|error| error.field).collect();
            assert_eq!(found, fields, "{}", db.name);
        }
        let Err(Error::Invalid(found)) = review_give(hall, actor, number, &form("", "", "")).await
        else {
            panic!("{}: nothing was taken", db.name);
        };
        assert!(found.iter().all(|error| error.problem == Problem::Choose), "{}", db.name);
        assert_eq!(review::Entity::find().count(hall.db.read()).await.unwrap(), 0, "{}", db.name);
    }
}

#[tokio::test]
async fn a_follow_up_is_due_in_working_days_across_a_holiday() {
    for db in databases().await {
        let (world, number) = stage(&db).await;
        let hall = &db.hall;
        // Wednesday 2026-09-30; October's first week is off, and Saturday the 10th is worked.
        db.clock
            .set(Timestamp::start_of(date!(2026 - 09 - 30)).plus_ms(15 * domain::time::HOUR_MS));
        let bad = form("no", "dissatisfied", "最后一级还差一截，够不着");
        review_give(hall, &world.entrance_lead.actor, number, &bad).await.unwrap();

        let due = follow_up::Entity::find().one(hall.db.read()).await.unwrap().unwrap();
        assert_eq!(Timestamp(due.due_at), Timestamp::end_of(date!(2026 - 10 - 10)), "{}", db.name);
        let view = matter_view(hall, world.community, None, number, None).await.unwrap();
        let shown = view.steps.last().unwrap();
        assert_eq!(shown.kind, "dissatisfied", "{}", db.name);
        assert_eq!(shown.who, None, "{}: it names nobody", db.name);
        assert_eq!(shown.reason, None, "{}", db.name);
        assert_eq!(shown.due, Some(Timestamp(due.due_at)), "{}", db.name);
        let told = notice::Entity::find()
            .filter(notice::Column::Kind.eq("dissatisfied"))
            .count(hall.db.read())
            .await;
        assert_eq!(told.unwrap(), 1, "{}", db.name);
        // Content ones bring none.
        let good = form("yes", "fairly_satisfied", "");
        review_give(hall, &world.resident.actor, number, &good).await.unwrap();
        let all = follow_up::Entity::find().count(hall.db.read()).await.unwrap();
        assert_eq!(all, 1, "{}", db.name);
    }
}

#[tokio::test]
async fn work_opened_again_is_a_new_round() {
    for db in databases().await {
        let (world, number) = stage(&db).await;
        let hall = &db.hall;
        let actor = &world.resident.actor;
        review_give(hall, actor, number, &form("no", "dissatisfied", "没有装牢")).await.unwrap();
        let due = follow_up::Entity::find().one(hall.db.read()).await.unwrap().unwrap();
        let found = FollowUpForm {
            note: "看过现场，确实松了，重新装".into(), reopen: "1".into()
        };
        follow_up_record(hall, &world.committee_member.actor, due.id, &found).await.unwrap();
        assert_eq!(state(hall, &world, number).await, "in_progress", "{}", db.name);
        let early = review_give(hall, actor, number, &form("yes", "satisfied", "")).await;
        assert!(matches!(early, Err(Error::Refused(Refusal::Transition(_)))), "{}", db.name);

        step(hall, &world, number, Step::Complete).await;
        let view = matter_view(hall, world.community, Some(actor), number, None).await.unwrap();
        assert!(view.mine.may.review && view.reopened, "{}", db.name);
        assert_eq!(view.reviews.sum.given, 0, "{}: the new round starts at none", db.name);
        review_give(hall, actor, number, &form("yes", "satisfied", "这回牢了")).await.unwrap();
        let again = review_give(hall, actor, number, &form("yes", "satisfied", "")).await;
        assert!(matches!(again, Err(Error::Refused(Refusal::AlreadyReviewed))), "{}", db.name);
        let rounds: Vec<i64> = review::Entity::find()
            .all(hall.db.read())
            .await
            .unwrap()
            .into_iter()
            .map(|review| review.round)
            .collect();
        assert_eq!(rounds, [0, 1], "{}", db.name);
    }
}

#[tokio::test]
async fn what_nobody_has_to_act_on_closes_by_itself() {
    for db in databases().await {
        let (world, number) = stage(&db).await;
        let hall = &db.hall;
        assert_eq!(review_close_due(hall).await.unwrap(), 0, "{}: not due yet", db.name);
        db.advance_days(15);
        assert_eq!(review_close_due(hall).await.unwrap(), 0, "{}: the last day counts", db.name);
        db.advance_days(1);
        let other = db.second_hall().await;
        let (one, two) = tokio::join!(review_close_due(hall), review_close_due(&other));
        assert_eq!(one.unwrap() + two.unwrap(), 1, "{}", db.name);
        assert_eq!(state(hall, &world, number).await, "reviewed", "{}", db.name);
        let good = form("yes", "satisfied", "");
        let late = review_give(hall, &world.resident.actor, number, &good).await;
        assert!(matches!(late, Err(Error::Refused(_))), "{}", db.name);

        db.advance_days(16);
        assert_eq!(review_close_due(hall).await.unwrap(), 1, "{}", db.name);
        assert_eq!(review_close_due(hall).await.unwrap(), 0, "{}", db.name);
        let view = matter_view(hall, world.community, None, number, None).await.unwrap();
        let last: Vec<&str> = view.steps.iter().rev().take(2).map(|s| s.kind.as_str()).collect();
        assert_eq!(last, ["archive", "close_review"], "{}", db.name);
        assert!(view.steps.iter().all(|step| !step.late), "{}: the clock isn't late", db.name);
    }
}

#[tokio::test]
async fn an_open_follow_up_holds_the_archive() {
    for db in databases().await {
        let (world, number) = stage(&db).await;
        let hall = &db.hall;
        let bad = form("no", "dissatisfied", "");
        review_give(hall, &world.resident.actor, number, &bad).await.unwrap();
        db.advance_days(16);
        assert_eq!(review_close_due(hall).await.unwrap(), 1, "{}", db.name);
        db.advance_days(16);
        assert_eq!(review_close_due(hall).await.unwrap(), 0, "{}", db.name);
        let due = follow_up::Entity::find().one(hall.db.read()).await.unwrap().unwrap();
        let found = FollowUpForm {
            note: "当面说清楚了，满意了".into(), ..FollowUpForm::default()
        };
        follow_up_record(hall, &world.committee_member.actor, due.id, &found).await.unwrap();
        assert_eq!(review_close_due(hall).await.unwrap(), 1, "{}", db.name);
        assert_eq!(state(hall, &world, number).await, "archived", "{}", db.name);
    }
}

#[tokio::test]
async fn a_declined_matter_is_archived_after_its_notice() {
    for db in databases().await {
        let world = World::new(&db.hall).await;
        let hall = &db.hall;
        let number = completed(&db, &world).await;
        let form = ProposalForm {
            title: "单元门口装快递柜".to_owned(),
            situation: "快递都堆在单元门口，丢过好几回了。".to_owned(),
            suggestion: "在单元门口装一组快递柜，大家自己取。".to_owned(),
            category: "services".to_owned(),
            courtyard_id: world.courtyards[0].to_string(),
            scope: "courtyard".to_owned(),
            ..ProposalForm::default()
        };
        let declined = proposal_submit(hall, &world.resident.actor, &form).await.unwrap();
        step(hall, &world, declined, Step::Accept { threshold_met: false }).await;
        let no = Step::Decide { verdict: Verdict::NotAdopted, by: DecidedBy::Committee };
        step(hall, &world, declined, no).await;
        db.advance_days(16);
        assert_eq!(review_close_due(hall).await.unwrap(), 2, "{}", db.name);
        assert_eq!(state(hall, &world, declined).await, "archived", "{}", db.name);
        assert_eq!(state(hall, &world, number).await, "reviewed", "{}", db.name);
    }
}
