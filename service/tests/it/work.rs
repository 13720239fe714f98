//! The work: referral, due days, the one extension, 挂账, completion, follow-up, archive.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use crate::desk_ground::*;
use domain::proposal::{State, StateName};
use domain::time::Timestamp;
use entities::{follow_up, work_item};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use service::desk::*;
use service::review::{ReviewForm, review_close_due, review_give};
use service::testing::{TestDb, World, databases};
use service::views::desk::{Pile, desk, desk_matter};
use service::{Error, Problem, Refusal};
use time::Date;
use time::macros::date;

/// From the clock's start, Monday 2026-03-02, to Monday 2026-09-28, three days before Golden Week.
const TO_GOLDEN_WEEK: i64 = 210;

async fn items(db: &TestDb, world: &World, number: i64) -> Vec<work_item::Model> {
    let row = row(db, &world.resident.actor, number).await;
    work_item::Entity::find()
        .filter(work_item::Column::ProposalId.eq(row.id))
        .order_by_asc(work_item::Column::Id)
        .all(db.hall.db.read())
        .await
        .expect("work items")
}

async fn due(db: &TestDb, world: &World, number: i64) -> Option<Date> {
    let row = row(db, &world.resident.actor, number).await;
    row.due_at.map(|at| Timestamp(at).local_date())
}

#[tokio::test]
async fn work_is_due_in_working_days_across_golden_week_and_extended_once() {
    for db in databases().await {
        let world = World::with_first_check(&db.hall).await;
        let member = &world.committee_member.actor;
        db.advance_days(TO_GOLDEN_WEEK);
        let number = in_progress(&db, &world).await;
        // 15 working days: the 29th and 30th, then from the 8th on, with Saturday the 10th worked.
        assert_eq!(due(&db, &world, number).await, Some(date!(2026 - 10 - 23)), "{}", db.name);

        work_extend(&db.hall, member, number, WHY).await.expect("extended");
        assert_eq!(due(&db, &world, number).await, Some(date!(2026 - 11 - 13)), "{}", db.name);
        let item = items(&db, &world, number).await.pop().expect("an item");
        assert_eq!(Timestamp(item.due_at).local_date(), date!(2026 - 11 - 13), "{}", db.name);
        let step = steps(&db, &world, number).await.pop().expect("a step");
        assert_eq!((step.kind.as_str(), step.due_at), ("extended", Some(item.due_at)));
        let again = work_extend(&db.hall, member, number, WHY).await;
        assert!(is_transition(&again), "{}: once: {again:?}", db.name);
        let view = desk_matter(&db.hall, Some(member), number).await.expect("a matter");
        assert!(view.work.is_some_and(|work| work.extended), "{}", db.name);

        // Passed on, it is another item with a time and an extension of its own.
        work_refer(&db.hall, member, number, &refer()).await.expect("passed on");
        assert_eq!(due(&db, &world, number).await, Some(date!(2026 - 10 - 23)), "{}", db.name);
        let states: Vec<_> =
            items(&db, &world, number).await.into_iter().map(|item| item.state).collect();
        assert_eq!(states, ["passed_on", "open"], "{}", db.name);
        work_extend(&db.hall, member, number, WHY).await.expect("extended");
        assert_chain(&db).await;
    }
}

#[tokio::test]
async fn an_extension_of_what_is_overdue_counts_from_today_and_says_so() {
    for db in databases().await {
        let world = World::with_first_check(&db.hall).await;
        let member = &world.committee_member.actor;
        let number = in_progress(&db, &world).await;
        assert_eq!(due(&db, &world, number).await, Some(date!(2026 - 03 - 23)), "{}", db.name);
        db.advance_days(28);
        work_extend(&db.hall, member, number, WHY).await.expect("extended");
        assert!(due(&db, &world, number).await > Some(date!(2026 - 04 - 17)), "{}", db.name);
        let step = steps(&db, &world, number).await.pop().expect("a step");
        assert_eq!(step.late, 1, "{}", db.name);
    }
}

#[tokio::test]
async fn a_hotline_matter_keeps_its_ticket() {
    for db in databases().await {
        let world = World::with_first_check(&db.hall).await;
        let member = &world.committee_member.actor;
        let number = decided(&db, &world, "referred").await;
        let hotline = ReferForm { route: "hotline_12345".into(), ..refer() };
        for ticket in ["", "号码 12", &"1".repeat(41)] {
            let form = ReferForm { ticket: ticket.into(), ..hotline.clone() };
            let done = work_refer(&db.hall, member, number, &form).await;
            assert_eq!(fields(done), ["ticket"], "{}: {ticket}", db.name);
        }
        for route in ["", "emergency", "out_of_scope", "statutory_channel", "mars"] {
            let form = ReferForm { route: route.into(), ..refer() };
            let done = work_refer(&db.hall, member, number, &form).await;
            assert_eq!(fields(done), ["route"], "{}: {route} is no work", db.name);
        }
        let form = ReferForm { receiver: "我".into(), ..refer() };
        assert_eq!(fields(work_refer(&db.hall, member, number, &form).await), ["receiver"]);
        let form = ReferForm { ticket: "XC-20260302".into(), ..hotline };
        work_refer(&db.hall, member, number, &form).await.expect("referred");
        let item = items(&db, &world, number).await.pop().expect("an item");
        assert_eq!(item.ticket.as_deref(), Some("XC-20260302"), "{}", db.name);
        assert_eq!(item.route, "hotline_12345", "{}", db.name);
        // What was not adopted is not referred.
        let declined = decided(&db, &world, "not_adopted").await;
        let done = work_refer(&db.hall, member, declined, &refer()).await;
        assert!(is_transition(&done), "{}: {done:?}", db.name);
        assert!(items(&db, &world, declined).await.is_empty(), "{}: rolled back", db.name);
    }
}

#[tokio::test]
async fn on_hold_has_a_day_within_a_year() {
    for db in databases().await {
        let world = World::with_first_check(&db.hall).await;
        let member = &world.committee_member.actor;
        let number = in_progress(&db, &world).await;
        let form = |day: &str| SuspendForm { review_on: day.into(), reason: WHY.into() };
        for (day, problem) in [
            ("", Problem::Date),
            ("2026-13-01", Problem::Date),
            ("2026-03-02", Problem::TooEarly),
            ("2025-12-01", Problem::TooEarly),
            ("2027-03-03", Problem::TooLate),
        ] {
            match work_suspend(&db.hall, member, number, &form(day)).await {
                Err(Error::Invalid(found)) => {
                    assert_eq!((found[0].field, found[0].problem), ("review_on", problem), "{day}");
                }
                other => panic!("{}: {day}: {other:?}", db.name),
            }
        }
        work_suspend(&db.hall, member, number, &form("2026-03-03")).await.expect("tomorrow");
        work_suspend(&db.hall, member, number, &form("2027-03-02")).await.expect("a year");
        assert_eq!(due(&db, &world, number).await, Some(date!(2027 - 03 - 02)), "{}", db.name);
        assert_eq!(items(&db, &world, number).await[0].state, "suspended", "{}", db.name);
        let done = work_extend(&db.hall, member, number, WHY).await;
        assert!(is_transition(&done), "{}: {done:?}", db.name);
        work_note(&db.hall, member, number, WHY).await.expect("noted");
        let view = desk(&db.hall, Some(member), Pile::OnHold, None).await.expect("the desk");
        assert_eq!((view.rows.len(), view.count(Pile::Todo)), (1, 0), "{}", db.name);

        // Its next look comes near.
        db.advance_days(360);
        let view = desk(&db.hall, Some(member), Pile::Todo, None).await.expect("the desk");
        assert_eq!(view.rows.len(), 1, "{}", db.name);
        work_resume(&db.hall, member, number, WHY).await.expect("resumed");
        let item = items(&db, &world, number).await.pop().expect("an item");
        assert_eq!(item.state, "open", "{}", db.name);
        let due_at = row(&db, member, number).await.due_at;
        assert_eq!(due_at, Some(item.due_at), "{}: one due day", db.name);
        assert_chain(&db).await;
    }
}

async fn dissatisfied(db: &TestDb, world: &World, number: i64) -> i64 {
    let form = ReviewForm {
        solved: "no".into(),
        satisfaction: "dissatisfied".into(),
        words: "灯还是不亮".into(),
    };
    review_give(&db.hall, &world.resident.actor, number, &form).await.expect("reviewed");
    let row = row(db, &world.resident.actor, number).await;
    follow_up::Entity::find()
        .filter(follow_up::Column::ProposalId.eq(row.id))
        .filter(follow_up::Column::DoneAt.is_null())
        .one(db.hall.db.read())
        .await
        .expect("read")
        .expect("a follow-up")
        .id
}

#[tokio::test]
async fn dissatisfied_brings_a_follow_up_that_opens_the_work_again_once() {
    for db in databases().await {
        let world = World::with_first_check(&db.hall).await;
        let member = &world.committee_member.actor;
        let number = completed(&db, &world).await;
        let id = dissatisfied(&db, &world, number).await;
        let view = desk(&db.hall, Some(member), Pile::Todo, None).await.expect("the desk");
        let row = view.rows.first().expect("it waits");
        // Three working days, before the reviews' own end.
        assert_eq!(row.due.map(Timestamp::local_date), Some(date!(2026 - 03 - 05)), "{}", db.name);
        assert_eq!((row.number, row.follow_ups), (number, 1), "{}", db.name);
        let shown = desk_matter(&db.hall, Some(member), number).await.expect("a matter");
        assert_eq!(shown.follow_ups[0].words.as_deref(), Some("灯还是不亮"), "{}", db.name);

        let form = |reopen: &str| FollowUpForm { note: WHY.into(), reopen: reopen.into() };
        for person in [&world.resident, &world.oversight, &world.council_member] {
            let done = follow_up_record(&db.hall, &person.actor, id, &form("yes")).await;
            assert!(matches!(done, Err(Error::Denied(_))), "{}: {done:?}", db.name);
        }
        let done = follow_up_record(&db.hall, &world.stranger.actor, id, &form("yes")).await;
        assert!(matches!(done, Err(Error::NotFound)), "{}: {done:?}", db.name);
        let done = follow_up_record(&db.hall, member, id, &FollowUpForm::default()).await;
        assert_eq!(fields(done), ["note"], "{}", db.name);

        let told = follow_up_record(&db.hall, member, id, &form("yes")).await.expect("recorded");
        assert_eq!(told, number, "{}", db.name);
        assert_eq!(state(&db, &world, number).await.name(), StateName::InProgress, "{}", db.name);
        let found = items(&db, &world, number).await;
        assert_eq!(found.iter().map(|i| i.state.as_str()).collect::<Vec<_>>(), ["done", "open"]);
        assert_eq!(found[1].receiver, "北柳小区物业", "{}", db.name);
        let again = follow_up_record(&db.hall, member, id, &form("")).await;
        let again_refused = matches!(again, Err(Error::Refused(Refusal::AlreadyFollowedUp)));
        assert!(again_refused, "{}: {again:?}", db.name);

        // The second round can be followed up, and not opened again.
        work_complete(&db.hall, member, number, WHY).await.expect("completed again");
        let id = dissatisfied(&db, &world, number).await;
        let done = follow_up_record(&db.hall, member, id, &form("yes")).await;
        assert!(is_transition(&done), "{}: {done:?}", db.name);
        assert_eq!(items(&db, &world, number).await.len(), 2, "{}: rolled back", db.name);
        follow_up_record(&db.hall, member, id, &form("")).await.expect("recorded");
        assert_eq!(state(&db, &world, number).await.name(), StateName::Completed, "{}", db.name);
        assert_chain(&db).await;
    }
}

#[tokio::test]
async fn the_archive_waits_for_follow_ups_and_for_the_contest() {
    for db in databases().await {
        let world = World::with_first_check(&db.hall).await;
        let member = &world.committee_member.actor;
        let declined = decided(&db, &world, "not_adopted").await;
        let number = completed(&db, &world).await;
        let id = dissatisfied(&db, &world, number).await;
        let early = matter_archive(&db.hall, member, declined, WHY).await;
        assert!(is_transition(&early), "{}: it can be contested: {early:?}", db.name);
        // A day after the review's 15: it is closed, the declined one is archived by the clock.
        db.advance_days(16);
        review_close_due(&db.hall).await.expect("closed");
        assert_eq!(state(&db, &world, declined).await, State::Archived, "{}", db.name);
        assert_eq!(state(&db, &world, number).await.name(), StateName::Reviewed, "{}", db.name);
        let early = matter_archive(&db.hall, member, number, WHY).await;
        assert!(is_transition(&early), "{}: a follow-up waits: {early:?}", db.name);
        let form = FollowUpForm { note: WHY.into(), reopen: String::new() };
        follow_up_record(&db.hall, member, id, &form).await.expect("recorded");
        let step = steps(&db, &world, number).await.pop().expect("a step");
        assert_eq!((step.kind.as_str(), step.late), ("follow_up", 1), "{}: late", db.name);
        matter_archive(&db.hall, member, number, WHY).await.expect("archived");
        assert_eq!(state(&db, &world, number).await, State::Archived, "{}", db.name);
    }
}
