//! Merging: asked, answered, stayed away from and undone, and every count compared with a naive model.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use crate::desk_ground::*;
use crate::merging_ground::{Drive, Op};
use domain::merging::MergeRefusal;
use domain::permission::Denied;
use domain::place::Scope;
use domain::proposal::{State, StateName};
use domain::role::Actor;
use domain::time::{DAY_MS, Timestamp};
use entities::migrations::Migrator;
use entities::{cosign, follow, merge_no, notice, proposal, proposal_merge};
use proptest::prelude::*;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};
use sea_orm_migration::MigratorTrait;
use service::cosign::{cosign_add, cosign_take_back};
use service::desk::{AnswerForm, matter_answer, matter_publish};
use service::merge::{
    Proposed, merge_agree, merge_ask, merge_check, merge_decline, merge_due, merge_object,
    merge_offer, merge_undo, merge_undo_look,
};
use service::people::SignedIn;
use service::proposal::{proposal_submit, proposal_withdraw};
use service::testing::{self, TestDb, World, databases};
use service::text::{text_change, text_own};
use service::views::matter::{MatterView, matter_view};
use service::{Error, Refusal, Result};

fn op() -> impl Strategy<Value = Op> {
    let (m, h) = (0..crate::merging_ground::MATTERS, 0..crate::merging_ground::HOMES);
    prop_oneof![
        6 => (m.clone(), h.clone()).prop_map(|(m, h)| Op::Cosign(m, h)),
        2 => (m.clone(), h.clone()).prop_map(|(m, h)| Op::TakeBack(m, h)),
        3 => (m.clone(), any::<bool>()).prop_map(|(m, asks)| Op::Edit(m, asks)),
        1 => (m.clone(), 0..3_usize).prop_map(|(m, circle)| Op::Circle(m, circle)),
        4 => (m.clone(), h.clone()).prop_map(|(m, h)| Op::Contest(m, h)),
        1 => (m.clone(), h.clone()).prop_map(|(m, h)| Op::ContestBack(m, h)),
        1 => m.clone().prop_map(Op::Raise),
        4 => (m.clone(), h.clone()).prop_map(|(m, h)| Op::Keep(m, h)),
        2 => (m.clone(), h.clone()).prop_map(|(m, h)| Op::Leave(m, h)),
        2 => (m.clone(), m.clone()).prop_map(|(a, b)| Op::Ask(a, b)),
        2 => (m.clone(), m.clone()).prop_map(|(a, b)| Op::Offer(a, b)),
        3 => m.clone().prop_map(Op::Agree),
        1 => m.clone().prop_map(Op::Object),
        3 => (m.clone(), h).prop_map(|(m, h)| Op::No(m, h)),
        1 => m.clone().prop_map(Op::Withdraw),
        3 => m.prop_map(Op::Undo),
        1 => (1i64..9).prop_map(Op::Days),
    ]
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 20,
        max_shrink_iters: 40,
        ..ProptestConfig::default()
    })]

    /// Whatever neighbours and the committee do, every matter counts the households that a history read
    /// from its start would count.
    #[test]
    fn counts_are_those_of_the_naive_model(ops in proptest::collection::vec(op(), 30..60)) {
        block_on(async {
            let mut drive = Drive::new(testing::sqlite().await).await;
            for op in ops {
                drive.act(op).await;
            }
        });
    }

    /// A merge that is undone leaves every count and every co-sign as it was.
    #[test]
    fn undoing_restores_the_counts_exactly(
        ops in proptest::collection::vec(op(), 15..35),
        from in 0..crate::merging_ground::MATTERS,
        into in 0..crate::merging_ground::MATTERS,
        nos in proptest::collection::vec(0..crate::merging_ground::HOMES, 0..4),
    ) {
        block_on(async {
            let mut drive = Drive::new(testing::sqlite().await).await;
            for op in ops {
                drive.act(op).await;
            }
            let before = drive.counts().await;
            let done = drive.done.get("offer").copied();
            drive.act(Op::Offer(from, into)).await;
            if drive.done.get("offer").copied() == done {
                return;
            }
            for home in nos {
                drive.act(Op::No(from, home)).await;
            }
            drive.act(Op::Undo(from)).await;
            assert_eq!(drive.counts().await, before);
        });
    }
}

/// The same long sequence on both databases, in which everything happens.
#[tokio::test]
async fn a_long_sequence_on_both_databases() {
    for db in databases().await {
        let mut drive = Drive::new(db).await;
        // A linear congruential generator (Knuth, MMIX): the same on every machine.
        let mut state = 20_260_302_u64;
        let mut next = |below: u64| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            usize::try_from((state >> 33) % below).unwrap()
        };
        // Before anybody co-signed.
        drive.act(Op::Edit(3, false)).await;
        for round in 0..720 {
            let (m, n, h) = (next(4), next(4), next(8));
            let op = match next(58) {
                _ if matches!(round, 600 | 660) => Op::Withdraw(m),
                0..=12 => Op::Cosign(m, h),
                13..=15 => Op::TakeBack(m, h),
                16 => Op::Edit(m, true),
                17 => Op::Edit(m, false),
                40 => Op::Circle(m, n),
                41..=48 => Op::Contest(m, h),
                49 => Op::ContestBack(m, h),
                50 => Op::Raise(m),
                51..=55 => Op::Keep(m, h),
                56 => Op::Leave(m, h),
                57 => Op::Edit(m, h % 3 == 0),
                18..=21 => Op::Ask(m, n),
                22..=23 => Op::Offer(m, n),
                24..=25 => Op::Agree(m),
                26..=27 => Op::Object(m),
                28..=31 => Op::No(m, h),
                32..=38 => Op::Undo(m),
                _ => Op::Days(i64::try_from(1 + h / 2).unwrap()),
            };
            drive.act(op).await;
            // Now and then many say of the same correction that it is none, and answer what they are asked then.
            if round % 60 == 30 {
                for home in 0..6 {
                    drive.act(Op::Cosign(m, home)).await;
                }
                drive.act(Op::Edit(m, false)).await;
                for op in [Op::Contest(m, h), Op::ContestBack(m, h)] {
                    drive.act(op).await;
                }
                for home in 0..6 {
                    drive.act(Op::Contest(m, home)).await;
                }
                for op in [Op::Keep(m, 0), Op::Keep(m, 1), Op::Leave(m, 2)] {
                    drive.act(op).await;
                }
            }
            // Now and then nobody answers, and what was merged is taken out again before it is too late.
            if round % 60 == 59 {
                for op in [Op::Ask(m, (m + 1 + n % 3) % 4), Op::Days(8)] {
                    drive.act(op).await;
                }
                for undo in (0..12).map(Op::Undo) {
                    drive.act(undo).await;
                }
            }
        }
        for kind in [
            "cosign",
            "take back",
            "edit",
            "ask",
            "offer",
            "agree",
            "object",
            "no",
            "undo",
            "clock",
            "free",
            "correction",
            "change",
            "circle",
            "contest",
            "contest back",
            "raise",
            "raised by households",
            "keep",
            "leave",
            "withdraw",
        ] {
            let times = drive.done.get(kind).copied().unwrap_or_default();
            assert!(times > 0, "{}: never {kind} in {:?}", drive.db.name, drive.done);
        }
        assert_chain(&drive.db).await;
    }
}

/// A chain A→B→C carries A's along, and a no to the first step reaches C.
#[tokio::test]
async fn a_chain_carries_along_and_a_no_reaches_its_end() {
    for db in databases().await {
        let mut drive = Drive::new(db).await;
        for op in
            [Op::Cosign(1, 0), Op::Cosign(1, 1), Op::Cosign(2, 2), Op::Offer(1, 2), Op::Offer(2, 0)]
        {
            drive.act(op).await;
        }
        let counts: Vec<_> = drive.counts().await.into_iter().map(|(n, _)| n).collect();
        assert_eq!(counts, [3, 2, 3, 0], "{}", drive.db.name);
        drive.act(Op::No(1, 0)).await;
        let counts: Vec<_> = drive.counts().await.into_iter().map(|(n, _)| n).collect();
        assert_eq!(counts, [2, 2, 2, 0], "{}", drive.db.name);
        // The first can't be taken out while the second is part of a third.
        drive.act(Op::Undo(1)).await;
        assert_eq!(drive.done.get("undo"), None, "{}", drive.db.name);
        drive.act(Op::Undo(2)).await;
        drive.act(Op::Undo(1)).await;
        let counts: Vec<_> = drive.counts().await.into_iter().map(|(n, _)| n).collect();
        assert_eq!(counts, [0, 2, 1, 0], "{}", drive.db.name);
    }
}

struct Two {
    from: i64,
    into: i64,
    people: Vec<SignedIn>,
}

/// Two matters of the first courtyard that neighbours co-sign, the first by another neighbour: four
/// households behind it, two of them behind the second too, with two more.
async fn two(db: &TestDb, world: &World) -> Two {
    let member = &world.committee_member.actor;
    let author = &world.council_member.actor;
    let from = proposal_submit(&db.hall, author, &form(world, "东口加一盏感应灯")).await.unwrap();
    matter_publish(&db.hall, member, from, WHY).await.unwrap();
    let into = cosigning(db, world).await;
    let scope = Scope::Courtyard(world.courtyards[0]);
    let people: Vec<_> = world.representatives(scope).into_iter().cloned().collect();
    for person in &people[..4] {
        cosign_add(&db.hall, &person.actor, from).await.unwrap();
    }
    for person in &people[2..6] {
        cosign_add(&db.hall, &person.actor, into).await.unwrap();
    }
    Two { from, into, people }
}

async fn households(db: &TestDb, world: &World, number: i64) -> i64 {
    let row = row(db, &world.resident.actor, number).await;
    let counted = cosign::Entity::find()
        .filter(cosign::Column::ProposalId.eq(row.id))
        .count(db.hall.db.read())
        .await
        .unwrap();
    assert_eq!(i64::try_from(counted).ok(), Some(row.cosigns), "{}: kept and counted", db.name);
    row.cosigns
}

async fn merges(db: &TestDb) -> Vec<proposal_merge::Model> {
    let all = proposal_merge::Entity::find().order_by_asc(proposal_merge::Column::Id);
    all.all(db.hall.db.read()).await.unwrap()
}

async fn last_step(db: &TestDb, world: &World, number: i64) -> String {
    steps(db, world, number).await.pop().unwrap().kind
}

async fn seen(db: &TestDb, world: &World, actor: &Actor, number: i64) -> MatterView {
    matter_view(&db.hall, world.community, Some(actor), number, None).await.unwrap()
}

fn refused<T: std::fmt::Debug>(result: Result<T>) -> MergeRefusal {
    match result {
        Err(Error::Refused(Refusal::Merge(refused))) => refused,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn asked_agreed_and_counted_once() {
    for db in databases().await {
        let world = World::with_first_check(&db.hall).await;
        let Two { from, into, people } = two(&db, &world).await;
        let (head, author) = (&world.committee_head.actor, &world.council_member.actor);
        for wrong in ["", "0", "999", "x", &from.to_string()] {
            let done = merge_ask(&db.hall, head, from, wrong, WHY).await;
            assert_eq!(fields(done), ["into"], "{}: {wrong:?}", db.name);
        }
        let hidden = submitted(&db, &world).await;
        let done = merge_ask(&db.hall, head, from, &hidden.to_string(), "").await;
        assert_eq!(fields(done), ["into", "reason"], "{}", db.name);

        let number = into.to_string();
        let action = domain::permission::Action::ProposalDecide;
        let check = merge_check(&db.hall, head, from, &number, action).await.unwrap();
        let target = check.into.unwrap();
        assert_eq!((target.cosigns, target.outlook.along), (4, 2), "{}", db.name);
        assert_eq!((target.outlook.there, target.outlook.outside), (2, 0), "{}", db.name);

        let before = row(&db, head, from).await;
        let asked = merge_ask(&db.hall, head, from, &number, WHY).await.unwrap();
        let last = Timestamp::end_of(db.hall.now().plus_days(7).local_date());
        assert_eq!(asked, Proposed::Asked { until: last }, "{}", db.name);
        let again = merge_ask(&db.hall, head, from, &number, WHY).await;
        assert_eq!(refused(again), MergeRefusal::Asked, "{}", db.name);
        assert_eq!(row(&db, head, from).await, before, "{}: it stays as it is", db.name);
        assert_eq!(last_step(&db, &world, from).await, "merge_asked", "{}", db.name);
        assert_eq!(last_step(&db, &world, into).await, "merge_asked_in", "{}", db.name);
        let step = steps(&db, &world, from).await.pop().unwrap();
        let told = notice::Entity::find().filter(notice::Column::StepId.eq(step.id));
        assert_eq!(told.count(db.hall.db.read()).await.unwrap(), 1, "{}", db.name);

        // Its proposer answers, its supporters can stay away, the committee can call it off.
        let view = seen(&db, &world, author, from).await.merging;
        assert!(view.may_answer && view.may_decline && !view.may_undo, "{}: {view:?}", db.name);
        assert_eq!(view.out.as_ref().unwrap().number, into, "{}", db.name);
        let view = seen(&db, &world, &people[0].actor, from).await.merging;
        assert!(!view.may_answer && view.may_decline, "{}: {view:?}", db.name);
        let view = seen(&db, &world, &people[5].actor, from).await.merging;
        assert!(!view.may_answer && !view.may_decline, "{}: {view:?}", db.name);
        let view = seen(&db, &world, head, from).await.merging;
        assert!(view.may_undo && !view.may_answer, "{}: {view:?}", db.name);
        assert_eq!(seen(&db, &world, head, into).await.merging.within.len(), 1, "{}", db.name);

        let others = [head, &people[0].actor, &world.resident.actor];
        for other in others.into_iter().filter(|one| one.person != author.person) {
            let done = merge_agree(&db.hall, other, from).await;
            assert!(matches!(done, Err(Error::Denied(_))), "{}: {done:?}", db.name);
        }
        assert!(merge_agree(&db.hall, author, from).await.unwrap(), "{}", db.name);
        assert_eq!(refused(merge_agree(&db.hall, author, from).await), MergeRefusal::NotAsked);
        assert_eq!(households(&db, &world, into).await, 6, "{}", db.name);
        assert_eq!(households(&db, &world, from).await, 4, "{}: its own stay", db.name);
        assert_eq!(last_step(&db, &world, from).await, "merge", "{}", db.name);
        assert_eq!(last_step(&db, &world, into).await, "merged_in", "{}", db.name);
        let there = row(&db, head, into).await;
        let follows = follow::Entity::find_by_id((there.id, people[0].actor.person.0));
        assert!(follows.one(db.hall.db.read()).await.unwrap().is_some(), "{}", db.name);
        let view = seen(&db, &world, &people[0].actor, into).await;
        assert_eq!(view.merging.came_from, Some(from), "{}", db.name);
        assert!(view.mine.cosigned && view.mine.may.take_back, "{}", db.name);
        assert_chain(&db).await;
    }
}

#[tokio::test]
async fn objected_to_it_stays_what_it_is() {
    for db in databases().await {
        let world = World::with_first_check(&db.hall).await;
        let Two { from, into, .. } = two(&db, &world).await;
        let (head, author) = (&world.committee_head.actor, &world.council_member.actor);
        let none = merge_object(&db.hall, author, from, WHY).await;
        assert_eq!(refused(none), MergeRefusal::NotAsked, "{}", db.name);
        merge_ask(&db.hall, head, from, &into.to_string(), WHY).await.unwrap();
        assert_eq!(fields(merge_object(&db.hall, author, from, "").await), ["reason"]);
        let denied = merge_object(&db.hall, head, from, WHY).await;
        assert!(matches!(denied, Err(Error::Denied(Denied::NotYours))), "{denied:?}");
        let before = row(&db, head, from).await;
        merge_object(&db.hall, author, from, WHY).await.unwrap();
        assert_eq!(row(&db, head, from).await, before, "{}", db.name);
        assert_eq!(merges(&db).await[0].state, "objected", "{}", db.name);
        assert_eq!(last_step(&db, &world, from).await, "merge_objected", "{}", db.name);
        assert_eq!(last_step(&db, &world, into).await, "merge_objected_in", "{}", db.name);
        assert_eq!(households(&db, &world, into).await, 4, "{}", db.name);
        // Nothing is left for the clock, and it can be asked again.
        db.advance_days(8);
        assert_eq!(merge_due(&db.hall).await.unwrap(), 0, "{}", db.name);
        merge_ask(&db.hall, head, from, &into.to_string(), WHY).await.unwrap();
        // The committee calls its own asking off.
        let not_theirs = merge_undo(&db.hall, author, from, WHY).await;
        assert_eq!(refused(not_theirs), MergeRefusal::None, "{}", db.name);
        merge_undo(&db.hall, head, from, WHY).await.unwrap();
        assert_eq!(merges(&db).await[1].state, "ended", "{}", db.name);
        assert_eq!(last_step(&db, &world, from).await, "merge_ended", "{}", db.name);
        assert_chain(&db).await;
    }
}

/// Silence is a yes, once, after days off, with two servers.
#[tokio::test]
async fn the_clock_merges_once_after_the_last_day() {
    for db in databases().await {
        let world = World::with_first_check(&db.hall).await;
        let Two { from, into, .. } = two(&db, &world).await;
        let (head, author) = (&world.committee_head.actor, &world.council_member.actor);
        merge_ask(&db.hall, head, from, &into.to_string(), WHY).await.unwrap();
        let until = merges(&db).await[0].object_until;
        db.clock.set(Timestamp(until));
        assert_eq!(merge_due(&db.hall).await.unwrap(), 0, "{}: the last moment", db.name);
        db.clock.set(Timestamp(until + 3 * DAY_MS));
        let late = merge_object(&db.hall, author, from, WHY).await;
        assert_eq!(refused(late), MergeRefusal::TooLate, "{}", db.name);
        let other = db.second_hall().await;
        let (one, two) = tokio::join!(merge_due(&db.hall), merge_due(&other));
        assert_eq!(one.unwrap() + two.unwrap(), 1, "{}", db.name);
        assert_eq!(households(&db, &world, into).await, 6, "{}", db.name);
        let shown = steps(&db, &world, from).await.pop().unwrap();
        assert_eq!((shown.kind.as_str(), shown.actor_id), ("merge", None), "{}", db.name);
        let merge = &merges(&db).await[0];
        assert_eq!((merge.state.as_str(), merge.answered_at), ("done", None), "{}", db.name);
        assert_chain(&db).await;
    }
}

/// One of the two has moved on before the answer: the asking ends, and says so.
#[tokio::test]
async fn what_cannot_be_done_any_more_ends() {
    for db in databases().await {
        let world = World::with_first_check(&db.hall).await;
        let (head, author) = (&world.committee_head.actor, &world.council_member.actor);
        for by_clock in [false, true] {
            let Two { from, into, .. } = two(&db, &world).await;
            merge_ask(&db.hall, head, from, &into.to_string(), WHY).await.unwrap();
            proposal_withdraw(&db.hall, &world.resident.actor, into, WHY).await.unwrap();
            if by_clock {
                db.advance_days(9);
                assert_eq!(merge_due(&db.hall).await.unwrap(), 1, "{}", db.name);
            } else {
                assert!(!merge_agree(&db.hall, author, from).await.unwrap(), "{}", db.name);
            }
            assert_eq!(merges(&db).await.pop().unwrap().state, "ended", "{}", db.name);
            assert_eq!(last_step(&db, &world, from).await, "merge_ended", "{}", db.name);
            assert_eq!(state(&db, &world, from).await.name(), StateName::Cosigning);
        }
    }
}

/// Merging makes a matter public. One that its author wrote anew after the committee had read it doesn't become so.
#[tokio::test]
async fn a_text_that_nobody_has_read_is_not_made_public_by_merging() {
    for db in databases().await {
        let world = World::with_first_check(&db.hall).await;
        let (head, author) = (&world.committee_head.actor, &world.council_member.actor);
        let into = cosigning(&db, &world).await;
        for (edited_before, merged) in [(true, true), (false, false)] {
            let from =
                proposal_submit(&db.hall, author, &form(&world, "东口加一盏感应灯")).await.unwrap();
            let edit = async || {
                db.clock.advance_ms(1_000);
                let mut text = text_own(&db.hall, author, from).await.unwrap().form;
                text.situation.push_str("后来又添的话。");
                text_change(&db.hall, author, from, &text).await.unwrap();
                db.clock.advance_ms(1_000);
            };
            if edited_before {
                edit().await;
            }
            merge_ask(&db.hall, head, from, &into.to_string(), WHY).await.unwrap();
            if !edited_before {
                edit().await;
            }
            let done = merge_agree(&db.hall, author, from).await.unwrap();
            assert_eq!(done, merged, "{}", db.name);
            let expected = if merged { StateName::Merged } else { StateName::Submitted };
            assert_eq!(state(&db, &world, from).await.name(), expected, "{}", db.name);
        }
    }
}

#[tokio::test]
async fn ones_own_wish_is_agreed_at_once() {
    for db in databases().await {
        let world = World::with_first_check(&db.hall).await;
        let Two { from, into, people } = two(&db, &world).await;
        let author = &world.council_member.actor;
        let done = merge_offer(&db.hall, &people[5].actor, from, &into.to_string(), WHY).await;
        assert!(matches!(done, Err(Error::Denied(_))), "{}: {done:?}", db.name);
        assert!(seen(&db, &world, author, from).await.merging.may_offer, "{}", db.name);
        merge_offer(&db.hall, author, from, &into.to_string(), WHY).await.unwrap();
        assert_eq!(households(&db, &world, into).await, 6, "{}", db.name);

        // A committee member who asks for their own matter.
        let member = &world.committee_member.actor;
        let mut wide = form(&world, "全社区都来装一盏灯");
        wide.scope = "community".into();
        let wide = proposal_submit(&db.hall, member, &wide).await.unwrap();
        let asked = merge_ask(&db.hall, member, wide, &into.to_string(), WHY).await.unwrap();
        assert_eq!(asked, Proposed::Done, "{}", db.name);
    }
}

/// Nobody can answer for a closed account: the days run all the same, and the timeline says so.
#[tokio::test]
async fn where_the_proposer_is_gone_the_days_run_all_the_same() {
    for db in databases().await {
        let world = World::with_first_check(&db.hall).await;
        let Two { from, into, people } = two(&db, &world).await;
        let (head, author) = (&world.committee_head.actor, &world.council_member.actor);
        service::close::account_close(&db.hall, author, testing::PASSWORD).await.unwrap();
        let asked = merge_ask(&db.hall, head, from, &into.to_string(), WHY).await.unwrap();
        assert!(matches!(asked, Proposed::Asked { .. }), "{}: {asked:?}", db.name);
        let shown = steps(&db, &world, from).await.pop().unwrap();
        assert!(shown.detail.unwrap().contains("\"nobody\":true"), "{}", db.name);
        merge_decline(&db.hall, &people[0].actor, from).await.unwrap();
        db.advance_days(8);
        assert_eq!(merge_due(&db.hall).await.unwrap(), 1, "{}", db.name);
        assert_eq!(households(&db, &world, into).await, 5, "{}", db.name);
    }
}

#[tokio::test]
async fn a_no_keeps_the_co_sign_where_it_is() {
    for db in databases().await {
        let world = World::with_first_check(&db.hall).await;
        let Two { from, into, people } = two(&db, &world).await;
        let (head, author) = (&world.committee_head.actor, &world.council_member.actor);
        let first = &people[0].actor;
        let none = merge_decline(&db.hall, first, from).await;
        assert_eq!(refused(none), MergeRefusal::None, "{}", db.name);
        merge_ask(&db.hall, head, from, &into.to_string(), WHY).await.unwrap();
        let outside = merge_decline(&db.hall, &people[5].actor, from).await;
        assert!(matches!(outside, Err(Error::Denied(Denied::NotYours))), "{outside:?}");
        merge_decline(&db.hall, first, from).await.unwrap();
        let again = merge_decline(&db.hall, first, from).await;
        assert_eq!(refused(again), MergeRefusal::Declined, "{}", db.name);
        assert!(seen(&db, &world, first, from).await.merging.declined, "{}", db.name);
        merge_agree(&db.hall, author, from).await.unwrap();
        assert_eq!(households(&db, &world, into).await, 5, "{}: without the first", db.name);

        // As long as it can be undone, also afterwards.
        let until = merges(&db).await[0].undo_until.unwrap();
        db.clock.set(Timestamp(until));
        let (second, third) = (&people[1].actor, &people[2].actor);
        merge_decline(&db.hall, second, from).await.unwrap();
        assert_eq!(households(&db, &world, into).await, 4, "{}", db.name);
        // Whoever stands behind the other by themselves stays there.
        merge_decline(&db.hall, third, from).await.unwrap();
        assert_eq!(households(&db, &world, into).await, 4, "{}", db.name);
        db.clock.set(Timestamp(until + 1));
        let late = merge_decline(&db.hall, &people[3].actor, from).await;
        assert_eq!(refused(late), MergeRefusal::TooLate, "{}", db.name);
        // Who changes their mind co-signs the other themselves.
        cosign_add(&db.hall, first, into).await.unwrap();
        assert_eq!(households(&db, &world, into).await, 5, "{}", db.name);
        assert_chain(&db).await;
    }
}

#[tokio::test]
async fn a_co_sign_that_came_can_be_made_ones_own_or_taken_back() {
    for db in databases().await {
        let world = World::with_first_check(&db.hall).await;
        let Two { from, into, people } = two(&db, &world).await;
        let author = &world.council_member.actor;
        merge_offer(&db.hall, author, from, &into.to_string(), WHY).await.unwrap();
        let (own, back) = (&people[0].actor, &people[1].actor);
        let done = cosign_add(&db.hall, own, into).await.unwrap();
        assert_eq!(done.cosigns, 6, "{}: counted once", db.name);
        let twice = cosign_add(&db.hall, own, into).await;
        assert!(matches!(twice, Err(Error::Refused(Refusal::AlreadyCosigned))), "{twice:?}");
        assert_eq!(cosign_take_back(&db.hall, back, into).await.unwrap().cosigns, 5);
        assert_eq!(households(&db, &world, into).await, 5, "{}", db.name);
        let nos = merge_no::Entity::find().count(db.hall.db.read()).await.unwrap();
        assert_eq!(nos, 1, "{}", db.name);
        // Nor does another change bring it back.
        cosign_take_back(&db.hall, &people[4].actor, into).await.unwrap();
        assert_eq!(households(&db, &world, into).await, 4, "{}", db.name);
        merge_undo(&db.hall, author, from, WHY).await.unwrap();
        // The one that became its own stays.
        assert_eq!(households(&db, &world, into).await, 4, "{}", db.name);
        let into = row(&db, own, into).await.id;
        let stays = cosign::Entity::find_by_id((into, own.home.unwrap().household.0));
        let stays = stays.one(db.hall.db.read()).await.unwrap().unwrap();
        assert_eq!(stays.merge_id, None, "{}", db.name);
    }
}

#[tokio::test]
async fn undone_it_is_where_it_was() {
    for db in databases().await {
        let world = World::with_first_check(&db.hall).await;
        let (head, author) = (&world.committee_head.actor, &world.council_member.actor);
        for from_state in [
            StateName::Submitted,
            StateName::Cosigning,
            StateName::Accepted,
            StateName::Deliberating,
        ] {
            let (from, into) = (at(&db, &world, from_state).await, cosigning(&db, &world).await);
            let before = row(&db, head, from).await;
            let there = row(&db, head, into).await;
            let proposer = &world.resident.actor;
            if from_state == StateName::Submitted {
                // What nobody has checked yet goes by the committee's act alone.
                merge_ask(&db.hall, head, from, &into.to_string(), WHY).await.unwrap();
                assert!(merge_agree(&db.hall, proposer, from).await.unwrap(), "{}", db.name);
            } else {
                merge_offer(&db.hall, proposer, from, &into.to_string(), WHY).await.unwrap();
            }
            db.advance_days(3);
            assert_eq!(fields(merge_undo(&db.hall, head, from, "").await), ["reason"]);
            let denied = merge_undo(&db.hall, author, from, WHY).await;
            assert!(matches!(denied, Err(Error::Denied(_))), "{}: {denied:?}", db.name);
            assert_eq!(merge_undo_look(&db.hall, head, from).await.unwrap().number, into);
            merge_undo(&db.hall, head, from, WHY).await.unwrap();
            let after = row(&db, head, from).await;
            let what = format!("{}: from {from_state:?}", db.name);
            let later = before.due_at.map(|at| at + 3 * DAY_MS);
            assert_eq!(after.due_at, later, "{what}");
            let same = proposal::Model {
                state_data: after.state_data.clone(),
                due_at: after.due_at,
                version: after.version,
                updated_at: after.updated_at,
                ..before.clone()
            };
            assert_eq!(after, same, "{what}");
            match (service::matter::state_of(&before), service::matter::state_of(&after)) {
                (Ok(old), Ok(new)) if from_state == StateName::Cosigning => {
                    let State::Cosigning { until, needed } = old.state else { panic!("{what}") };
                    let until = until.plus_days(3);
                    assert_eq!(new.state, State::Cosigning { needed, until }, "{what}");
                }
                (old, new) => assert_eq!(old.unwrap(), new.unwrap(), "{what}"),
            }
            assert_eq!(row(&db, head, into).await.cosigns, there.cosigns, "{what}");
            assert_eq!(last_step(&db, &world, from).await, "unmerge", "{what}");
            let shown = last_step(&db, &world, into).await;
            assert_eq!(shown, "unmerged", "{what}");
            let again = merge_undo(&db.hall, head, from, WHY).await;
            assert_eq!(refused(again), MergeRefusal::None, "{what}");
            db.advance_days(1);
        }
        assert_chain(&db).await;
    }
}

#[tokio::test]
async fn undoing_is_refused_when_the_other_went_on() {
    for db in databases().await {
        let world = World::with_first_check(&db.hall).await;
        let head = &world.committee_head.actor;
        let resident = &world.resident.actor;
        // Merged on: that is undone first.
        let (a, b) = (cosigning(&db, &world).await, cosigning(&db, &world).await);
        let c = cosigning(&db, &world).await;
        merge_offer(&db.hall, resident, a, &b.to_string(), WHY).await.unwrap();
        merge_offer(&db.hall, resident, b, &c.to_string(), WHY).await.unwrap();
        assert_eq!(refused(merge_undo(&db.hall, head, a, WHY).await), MergeRefusal::MergedOn);
        merge_undo(&db.hall, head, b, WHY).await.unwrap();
        merge_undo(&db.hall, head, a, WHY).await.unwrap();

        // Decided since.
        let into = accepted(&db, &world).await;
        merge_offer(&db.hall, resident, a, &into.to_string(), WHY).await.unwrap();
        let form = AnswerForm { verdict: "adopted".into(), reason: WHY.into() };
        matter_answer(&db.hall, head, into, &form).await.unwrap();
        assert_eq!(refused(merge_undo(&db.hall, head, a, WHY).await), MergeRefusal::Decided);

        // Decided before: nothing was decided with those who came along.
        merge_offer(&db.hall, resident, b, &into.to_string(), WHY).await.unwrap();
        merge_undo(&db.hall, head, b, WHY).await.unwrap();

        // Too late.
        merge_offer(&db.hall, resident, b, &c.to_string(), WHY).await.unwrap();
        let until = merges(&db).await.pop().unwrap().undo_until.unwrap();
        db.clock.set(Timestamp(until + 1));
        assert_eq!(refused(merge_undo(&db.hall, head, b, WHY).await), MergeRefusal::TooLate);
        let looked = merge_undo_look(&db.hall, head, b).await;
        assert_eq!(refused(looked), MergeRefusal::TooLate, "{}", db.name);
    }
}

#[tokio::test]
async fn merging_can_fill_the_threshold_and_leaves_other_circles_out() {
    for db in databases().await {
        let world = World::with_first_check(&db.hall).await;
        let member = &world.committee_member.actor;
        let mut wide = form(&world, "全社区都来装一盏灯");
        wide.scope = "community".into();
        let wide = proposal_submit(&db.hall, &world.resident.actor, &wide).await.unwrap();
        matter_publish(&db.hall, member, wide, WHY).await.unwrap();
        let all = world.representatives(Scope::Community(world.community));
        assert_eq!(all.len(), 24);
        for person in &all {
            cosign_add(&db.hall, &person.actor, wide).await.unwrap();
        }
        let narrow = cosigning(&db, &world).await;
        let action = domain::permission::Action::ProposalOwn;
        let resident = &world.resident.actor;
        let check = merge_check(&db.hall, resident, wide, &narrow.to_string(), action).await;
        let outlook = check.unwrap().into.unwrap().outlook;
        assert_eq!((outlook.along, outlook.outside), (12, 12), "{}", db.name);
        merge_offer(&db.hall, resident, wide, &narrow.to_string(), WHY).await.unwrap();
        assert_eq!(households(&db, &world, narrow).await, 12, "{}: its own circle", db.name);
        let expected = State::Accepted { threshold_met: true };
        assert_eq!(state(&db, &world, narrow).await, expected, "{}", db.name);
    }
}

/// Each holds one matter and wants the other: without an order they would wait for each other for ever.
#[tokio::test]
async fn merges_that_cross_do_not_hold_each_other_up() {
    for db in databases().await {
        let world = World::with_first_check(&db.hall).await;
        let other = db.second_hall().await;
        for round in 0..8 {
            let (one, two) = (cosigning(&db, &world).await, cosigning(&db, &world).await);
            let resident = &world.resident.actor;
            let (one_text, two_text) = (one.to_string(), two.to_string());
            let (there, back) = tokio::join!(
                merge_offer(&db.hall, resident, one, &two_text, WHY),
                merge_offer(&other, resident, two, &one_text, WHY),
            );
            let late = match (there, back) {
                (Ok(()), Err(late)) | (Err(late), Ok(())) => late,
                both => panic!("{}, round {round}: {both:?}", db.name),
            };
            assert!(matches!(late, Error::Invalid(_)), "{}: {late:?}", db.name);
            db.advance_days(1);
        }
    }
}

/// Households press, say no and take back while it is merged and undone: the count is kept.
#[tokio::test]
async fn whatever_comes_at_once_the_count_is_kept() {
    for db in databases().await {
        let world = World::with_first_check(&db.hall).await;
        let other = db.second_hall().await;
        for _ in 0..4 {
            let Two { from, into, people } = two(&db, &world).await;
            let (author, head) = (&world.council_member.actor, &world.committee_head.actor);
            let number = into.to_string();
            let (merged, _, _, _) = tokio::join!(
                merge_offer(&db.hall, author, from, &number, WHY),
                cosign_add(&other, &people[0].actor, into),
                cosign_take_back(&other, &people[3].actor, into),
                cosign_add(&db.hall, &people[6].actor, into),
            );
            merged.unwrap();
            households(&db, &world, into).await;
            let (no, undone, own) = tokio::join!(
                merge_decline(&other, &people[1].actor, from),
                merge_undo(&db.hall, head, from, WHY),
                cosign_add(&other, &people[1].actor, into),
            );
            undone.unwrap();
            for done in [no.err(), own.err()].into_iter().flatten() {
                assert!(matches!(done, Error::Refused(_)), "{}: {done:?}", db.name);
            }
            households(&db, &world, into).await;
            assert_eq!(households(&db, &world, from).await, 4, "{}", db.name);
            db.advance_days(1);
        }
        assert_chain(&db).await;
    }
}

/// Matters merged by an earlier release stay readable from both sides, can't be undone, and bring nobody: their
/// co-signs became the other matter's own then.
#[tokio::test]
async fn what_was_merged_before_is_listed_and_stays() {
    const BEFORE: &str = r#"
INSERT INTO community (id, name, subdistrict, district, settings, next_proposal, next_ballot, created_at)
  VALUES (1, '枣树湾社区', '柳荫街道', '槐安区', '{}', 5, 1, 0);
INSERT INTO courtyard (id, community_id, name) VALUES (1, 1, '北柳小区');
INSERT INTO person (id, community_id, sign_in_name, nickname, language, created_at)
  VALUES (1, 1, 'li', '李姐', 'zh', 0);
INSERT INTO proposal (id, community_id, number, author_id, title, situation, suggestion, category, courtyard_id,
    scope_kind, scope_place, willing, state, state_data, contested, reopened, version, since, due_provisional,
    cosigns, posts, created_at, updated_at)
  VALUES (7, 1, 3, 1, '积水', '积水', '补平', 'other', 1, 'courtyard', 1, 0, 'merged',
      '{"state":"merged","into":4}', 0, 0, 3, 0, 0, 0, 0, 0, 0),
    (8, 1, 4, 1, '路灯', '不亮', '修好', 'other', 1, 'courtyard', 1, 0, 'deliberating',
      '{"state":"deliberating"}', 0, 0, 3, 0, 0, 0, 0, 0, 0);
INSERT INTO step (proposal_id, at, kind, actor_id, reason, late) VALUES (7, 55, 'merge', 1, '一起修', 0)"#;
    for db in databases().await {
        let folder = tempfile::TempDir::new().unwrap();
        let url = match db.name {
            "sqlite" => format!("sqlite://{}?mode=rwc", folder.path().join("old.db").display()),
            _ => db.url.clone(),
        };
        let old = sea_orm::Database::connect(&url).await.unwrap();
        if db.name != "sqlite" {
            let empty = "DROP SCHEMA public CASCADE; CREATE SCHEMA public";
            old.execute_unprepared(empty).await.unwrap();
        }
        Migrator::up(&old, Some(2)).await.unwrap();
        for statement in BEFORE.split(";\n") {
            old.execute_unprepared(statement).await.unwrap();
        }
        Migrator::up(&old, None).await.unwrap();
        let all = proposal_merge::Entity::find().all(&old).await.unwrap();
        let [one] = &all[..] else { panic!("{}: {all:?}", db.name) };
        assert_eq!((one.from_id, one.into_id, one.state.as_str()), (7, 8, "done"), "{}", db.name);
        assert_eq!((one.asked_by, one.done_at), (1, Some(55)), "{}", db.name);
        assert_eq!((one.undo_until, one.into_version), (None, None), "{}", db.name);
        assert_eq!(one.reason, "一起修", "{}", db.name);
        old.close().await.unwrap();
    }
}
