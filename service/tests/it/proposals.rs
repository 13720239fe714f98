//! Raising a matter, mending it, taking it back and contesting it; on both databases.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use domain::permission::Denied;
use domain::place::ScopeKind;
use domain::proposal::{State, StateName};
use domain::role::Actor;
use domain::text::TextError;
use entities::{cosign, follow, plan, proposal, proposal_version, step};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, Set};
use service::audit::{Verdict, verify};
use service::cosign::cosign_add;
use service::desk::{AcceptForm, AnswerForm, matter_accept, matter_answer, matter_return};
use service::matter::{by_number, state_of};
use service::proposal::{
    ProposalForm, proposal_contest, proposal_edit, proposal_resubmit, proposal_submit,
    proposal_withdraw,
};
use service::testing::{World, databases};
use service::{Error, FieldError, Hall, Problem, Refusal, Result};
use tokio::task::JoinSet;

const REASON: &str = "请写清楚是哪一盏灯。";

fn form(world: &World) -> ProposalForm {
    ProposalForm {
        title: "西门路灯连坏三盏".to_owned(),
        situation: "西门的路灯连着坏了三盏，晚上接孩子看不清路。".to_owned(),
        suggestion: "请修好这三盏灯，再查一遍其他的。".to_owned(),
        category: "lighting_roads".to_owned(),
        courtyard_id: world.courtyards[0].to_string(),
        entrance_id: world.entrances[0].to_string(),
        spot: "西门".to_owned(),
        scope: "courtyard".to_owned(),
        willing: true,
        on_behalf: "1号楼的张奶奶".to_owned(),
        behalf_yes: true,
        ..ProposalForm::default()
    }
}

async fn raise(hall: &Hall, world: &World) -> i64 {
    proposal_submit(hall, &world.resident.actor, &form(world)).await.unwrap()
}

async fn matter(hall: &Hall, world: &World, number: i64) -> proposal::Model {
    by_number(hall.db.read(), world.community, number).await.unwrap()
}

async fn kinds(hall: &Hall, id: i64) -> Vec<String> {
    let steps = step::Entity::find()
        .filter(step::Column::ProposalId.eq(id))
        .order_by_asc(step::Column::Id)
        .all(hall.db.read())
        .await
        .unwrap();
    steps.into_iter().map(|step| step.kind).collect()
}

/// Number, kind, and households behind the text before.
async fn versions(hall: &Hall, id: i64) -> Vec<(i64, String, i64)> {
    let rows = proposal_version::Entity::find()
        .filter(proposal_version::Column::ProposalId.eq(id))
        .order_by_asc(proposal_version::Column::Number)
        .all(hall.db.read())
        .await
        .unwrap();
    rows.into_iter().map(|row| (row.number, row.kind, row.cosigns)).collect()
}

fn problems<T: std::fmt::Debug>(result: Result<T>) -> Vec<(&'static str, Problem)> {
    match result {
        Err(Error::Invalid(fields)) => {
            fields.into_iter().map(|FieldError { field, problem }| (field, problem)).collect()
        }
        other => panic!("{other:?}"),
    }
}

fn denied<T: std::fmt::Debug>(result: Result<T>) -> Denied {
    match result {
        Err(Error::Denied(denied)) => denied,
        other => panic!("{other:?}"),
    }
}

fn is_transition<T>(result: &Result<T>) -> bool {
    matches!(result, Err(Error::Refused(Refusal::Transition(_))))
}

#[tokio::test]
async fn published_at_once_without_a_first_check() {
    for db in databases().await {
        let (hall, world) = (&db.hall, World::new(&db.hall).await);
        let number = raise(hall, &world).await;
        assert_eq!(number, 1);
        let row = matter(hall, &world, number).await;
        assert!(matches!(state_of(&row).unwrap().state, State::Cosigning { needed: 10, .. }));
        assert_eq!(row.published_at, Some(hall.now().0));
        assert_eq!(row.cosigns, 0, "the author co-signs like any neighbour");
        assert_eq!(
            (row.title.as_str(), row.spot.as_deref(), row.willing, row.on_behalf.as_deref()),
            ("西门路灯连坏三盏", Some("西门"), 1, Some("1号楼的张奶奶"))
        );
        assert_eq!(row.scope_place, world.courtyards[0].0);
        assert_eq!(kinds(hall, row.id).await, ["submit", "publish"]);
        let following = follow::Entity::find_by_id((row.id, world.resident.actor.person.0));
        assert!(following.one(hall.db.read()).await.unwrap().is_some(), "{}", db.name);
        assert!(matches!(verify(&hall.db).await.unwrap(), Verdict::Whole(_)));
    }
}

#[tokio::test]
async fn waits_for_the_first_check_where_there_is_one() {
    for db in databases().await {
        let (hall, world) = (&db.hall, World::with_first_check(&db.hall).await);
        let number = raise(hall, &world).await;
        let row = matter(hall, &world, number).await;
        assert_eq!((row.state.as_str(), row.published_at), ("submitted", None));
        assert_eq!(kinds(hall, row.id).await, ["submit"]);
        let due = domain::time::Timestamp(row.due_at.unwrap());
        assert_eq!(due.to_string(), "2026-03-04 23:59", "2 working days after Monday");
    }
}

#[tokio::test]
async fn a_verified_household_is_needed() {
    for db in databases().await {
        let world = World::new(&db.hall).await;
        let typed = form(&world);
        for guest in [&world.no_household, &world.committee_head] {
            let result = proposal_submit(&db.hall, &guest.actor, &typed).await;
            assert_eq!(denied(result), Denied::NotVerified, "{}", guest.sign_in_name);
        }
        // A household of another community can't name places of this one.
        let result = proposal_submit(&db.hall, &world.stranger.actor, &typed).await;
        assert_eq!(problems(result), [("place", Problem::Unknown)]);
        for person in [&world.second_adult, &world.council_member, &world.entrance_lead] {
            proposal_submit(&db.hall, &person.actor, &typed).await.unwrap();
        }
        let all = proposal::Entity::find().count(db.hall.db.read()).await.unwrap();
        assert_eq!(all, 3, "{}", db.name);
    }
}

#[tokio::test]
async fn every_field_has_its_limits() {
    type Change = fn(&mut ProposalForm, &World);
    let short = |len, min| Problem::Text(TextError::TooShort { len, min });
    let long = |len, max| Problem::Text(TextError::TooLong { len, max });
    let empty = Problem::Text(TextError::Empty);
    let table: Vec<(Change, &str, Problem)> = vec![
        (|f, _| f.title = "路灯坏了".into(), "title", short(4, 5)),
        (|f, _| f.title = "灯".repeat(31), "title", long(31, 30)),
        (|f, _| f.title = " \n ".into(), "title", empty),
        (|f, _| f.situation = "字".repeat(9), "situation", short(9, 10)),
        (|f, _| f.situation = "字".repeat(301), "situation", long(301, 300)),
        (|f, _| f.suggestion = "字".repeat(9), "suggestion", short(9, 10)),
        (|f, _| f.suggestion = "字".repeat(301), "suggestion", long(301, 300)),
        (|f, _| f.category = String::new(), "category", Problem::Choose),
        (|f, _| f.category = "灯".into(), "category", Problem::Unknown),
        (|f, _| f.courtyard_id = String::new(), "place", Problem::Choose),
        (|f, _| f.courtyard_id = "x".into(), "place", Problem::Unknown),
        (|f, _| f.courtyard_id = "99999".into(), "place", Problem::Unknown),
        (|f, _| f.entrance_id = "x".into(), "place", Problem::Unknown),
        (|f, w| f.entrance_id = w.entrances[2].to_string(), "place", Problem::Unknown),
        (|f, _| f.spot = "字".repeat(41), "spot", long(41, 40)),
        (|f, _| f.on_behalf = "字".repeat(41), "on_behalf", long(41, 40)),
        (|f, _| f.scope = String::new(), "scope", Problem::Choose),
        (|f, _| f.scope = "district".into(), "scope", Problem::Unknown),
        (
            |f, _| {
                f.entrance_id = String::new();
                f.scope = "entrance".into();
            },
            "place",
            Problem::NeedsEntrance,
        ),
        (
            |f, w| {
                f.entrance_id = w.entrances[1].to_string();
                f.scope = "entrance".into();
            },
            "scope",
            Problem::OutsideScope,
        ),
        (
            |f, w| {
                f.courtyard_id = w.courtyards[1].to_string();
                f.entrance_id = String::new();
            },
            "scope",
            Problem::OutsideScope,
        ),
    ];
    let db = service::testing::sqlite().await;
    let world = World::new(&db.hall).await;
    let actor = &world.resident.actor;
    for (n, (change, field, problem)) in table.into_iter().enumerate() {
        let mut typed = form(&world);
        change(&mut typed, &world);
        let result = proposal_submit(&db.hall, actor, &typed).await;
        assert_eq!(problems(result), [(field, problem)], "line {n}");
    }
    // All at once, and typing doesn't use up the day's limit.
    let all = problems(proposal_submit(&db.hall, actor, &ProposalForm::default()).await);
    let fields: Vec<_> = all.into_iter().map(|(field, _)| field).collect();
    assert_eq!(fields, ["title", "situation", "suggestion", "category", "place", "scope"]);
    assert_eq!(proposal::Entity::find().count(db.hall.db.read()).await.unwrap(), 0);
    // The edges are taken, and what may stay empty does.
    let edge = ProposalForm {
        title: "灯".repeat(30),
        situation: "字".repeat(300),
        suggestion: "字".repeat(10),
        spot: " ".to_owned(),
        on_behalf: String::new(),
        willing: false,
        ..form(&world)
    };
    let number = proposal_submit(&db.hall, actor, &edge).await.unwrap();
    let row = matter(&db.hall, &world, number).await;
    assert_eq!((row.spot, row.on_behalf, row.willing), (None, None, 0));
}

#[tokio::test]
async fn writing_for_a_neighbour_needs_their_yes_on_paper() {
    for db in databases().await {
        let (hall, world) = (&db.hall, World::new(&db.hall).await);
        let actor = &world.resident.actor;
        let without = ProposalForm { behalf_yes: false, ..form(&world) };
        let refused = problems(proposal_submit(hall, actor, &without).await);
        assert_eq!(refused, [("behalf_yes", Problem::BehalfYes)]);
        let number = proposal_submit(hall, actor, &form(&world)).await.unwrap();
        assert_eq!(matter(hall, &world, number).await.behalf_yes, 1, "{}", db.name);
        // Nobody was written for: a tick alone says nothing.
        let own = ProposalForm { on_behalf: "  ".to_owned(), ..form(&world) };
        let number = proposal_submit(hall, actor, &own).await.unwrap();
        let row = matter(hall, &world, number).await;
        assert_eq!((row.behalf_yes, row.on_behalf), (0, None));
    }
}

#[tokio::test]
async fn numbers_that_give_somebody_away_are_covered() {
    for db in databases().await {
        let (hall, world) = (&db.hall, World::new(&db.hall).await);
        let typed = ProposalForm {
            situation: "西门的路灯坏了，问过电工，他的电话是13800138000。".to_owned(),
            ..form(&world)
        };
        let number = proposal_submit(hall, &world.resident.actor, &typed).await.unwrap();
        let row = matter(hall, &world, number).await;
        assert!(!row.situation.contains("13800138000"), "{}: {}", db.name, row.situation);
        let version = proposal_version::Entity::find().one(hall.db.read()).await.unwrap().unwrap();
        assert_eq!(version.situation, row.situation);
    }
}

#[tokio::test]
async fn a_pin_lies_on_a_plan_of_the_community() {
    for db in databases().await {
        let (hall, world) = (&db.hall, World::new(&db.hall).await);
        let plan = async |community: i64, courtyard: Option<i64>| {
            let row = plan::ActiveModel {
                community_id: Set(community),
                courtyard_id: Set(courtyard),
                name: Set("北柳小区".to_owned()),
                width: Set(800),
                height: Set(600),
                bytes: Set(1),
                large_modern: Set("a".to_owned()),
                large_jpeg: Set("b".to_owned()),
                small_modern: Set("c".to_owned()),
                small_jpeg: Set("d".to_owned()),
                by_id: Set(world.committee_head.actor.person.0),
                at: Set(hall.now().0),
                ..Default::default()
            };
            let txn = hall.db.begin().await.unwrap();
            let id = plan::Entity::insert(row).exec(&txn).await.unwrap().last_insert_id;
            txn.commit().await.unwrap();
            id
        };
        let (own, [here, there]) = (world.community.0, world.courtyards.map(|yard| yard.0));
        let (all, mine, other) =
            (plan(own, None).await, plan(own, Some(here)).await, plan(own, Some(there)).await);
        let foreign = plan(world.stranger.actor.community.0, None).await;
        let bad = vec![("pin", Problem::Unknown)];
        let table = [
            (all.to_string(), "0", "10000", Ok(Some((all, 0, 10_000)))),
            (mine.to_string(), "5000", "1", Ok(Some((mine, 5_000, 1)))),
            // The plan of a courtyard where the matter isn't: the pin goes with the courtyard.
            (other.to_string(), "1", "1", Ok(None)),
            (all.to_string(), "", "", Ok(None)),
            (String::new(), "", "", Ok(None)),
            (all.to_string(), "10001", "0", Err(bad.clone())),
            (all.to_string(), "-1", "0", Err(bad.clone())),
            (all.to_string(), "1", "", Err(bad.clone())),
            (foreign.to_string(), "1", "1", Err(bad.clone())),
            ("x".to_owned(), "1", "1", Err(bad)),
        ];
        for (plan, x, y, expected) in table {
            let typed = ProposalForm {
                plan_id: plan.clone(),
                pin_x: x.to_owned(),
                pin_y: y.to_owned(),
                ..form(&world)
            };
            let sent = proposal_submit(hall, &world.council_member.actor, &typed).await;
            let found = match sent {
                Ok(number) => {
                    let row = matter(hall, &world, number).await;
                    Ok(row.plan_id.map(|id| (id, row.pin_x.unwrap(), row.pin_y.unwrap())))
                }
                refused => Err(problems(refused)),
            };
            assert_eq!(found, expected, "{}: {plan} {x} {y}", db.name);
        }
    }
}

#[tokio::test]
async fn the_scope_sets_the_threshold() {
    for db in databases().await {
        let world = World::new(&db.hall).await;
        let elsewhere = world.courtyards[1].to_string();
        for (scope, place, needed_then) in [
            (ScopeKind::Entrance, world.entrances[0].0, 3),
            (ScopeKind::Courtyard, world.courtyards[0].0, 10),
            (ScopeKind::Community, world.community.0, 30),
        ] {
            let mut typed = ProposalForm { scope: scope.as_str().to_owned(), ..form(&world) };
            if scope == ScopeKind::Community {
                // A matter of all may lie in another courtyard.
                typed.courtyard_id = elsewhere.clone();
                typed.entrance_id = String::new();
            }
            let actor = &world.resident.actor;
            let number = proposal_submit(&db.hall, actor, &typed).await.unwrap();
            let row = matter(&db.hall, &world, number).await;
            assert_eq!((row.scope_kind.as_str(), row.scope_place), (scope.as_str(), place));
            let State::Cosigning { needed, .. } = state_of(&row).unwrap().state else {
                panic!("{row:?}");
            };
            assert_eq!(needed, needed_then, "{} {scope:?}", db.name);
        }
    }
}

#[tokio::test]
async fn numbers_run_without_gaps_however_many_send_at_once() {
    for db in databases().await {
        let world = World::new(&db.hall).await;
        let halls = [db.hall.clone(), db.second_hall().await];
        let mut sending = JoinSet::new();
        for n in 0..16 {
            let (hall, typed) = (halls[n % 2].clone(), form(&world));
            let people = [&world.resident, &world.council_member, &world.entrance_lead];
            let actor = people[n % 3].actor.clone();
            sending.spawn(async move { proposal_submit(&hall, &actor, &typed).await.unwrap() });
        }
        let mut numbers = sending.join_all().await;
        numbers.sort_unstable();
        assert_eq!(numbers, (1..=16).collect::<Vec<_>>(), "{}", db.name);
        assert!(matches!(verify(&db.hall.db).await.unwrap(), Verdict::Whole(_)));
    }
}

#[tokio::test]
async fn ten_a_day() {
    for db in databases().await {
        let world = World::new(&db.hall).await;
        for _ in 0..10 {
            raise(&db.hall, &world).await;
        }
        let actor = &world.resident.actor;
        let more = proposal_submit(&db.hall, actor, &form(&world)).await;
        assert!(matches!(more, Err(Error::TooOften { operation: "submit", .. })), "{more:?}");
        db.advance_days(1);
        assert_eq!(raise(&db.hall, &world).await, 11, "a refused one takes no number");
    }
}

#[tokio::test]
async fn a_returned_matter_is_mended_by_its_author_alone() {
    for db in databases().await {
        let (hall, world) = (&db.hall, World::new(&db.hall).await);
        let number = raise(hall, &world).await;
        let author = &world.resident.actor;
        let lead = &world.entrance_lead.actor;
        cosign_add(hall, lead, number).await.unwrap();
        // Not returned yet.
        assert!(is_transition(&proposal_edit(hall, author, number).await));
        assert!(is_transition(&proposal_resubmit(hall, author, number, &form(&world), &[]).await));

        matter_return(hall, &world.committee_member.actor, number, REASON).await.unwrap();
        let edit = proposal_edit(hall, author, number).await.unwrap();
        assert_eq!((edit.form, edit.reason.as_deref()), (form(&world), Some(REASON)));
        // Hidden again from neighbours, even from the author's own household.
        for neighbour in [lead, &world.second_adult.actor, &world.stranger.actor] {
            assert!(matches!(
                proposal_resubmit(hall, neighbour, number, &form(&world), &[]).await,
                Err(Error::NotFound)
            ));
        }
        for other in [&world.committee_member.actor, &world.oversight.actor] {
            let result = proposal_resubmit(hall, other, number, &form(&world), &[]).await;
            assert_eq!(denied(result), Denied::NotYours);
        }
        let bad = ProposalForm { title: "短".to_owned(), ..form(&world) };
        assert_eq!(
            problems(proposal_resubmit(hall, author, number, &bad, &[]).await)[0].0,
            "title"
        );

        let mended =
            ProposalForm { title: "西门内第二盏路灯坏了".to_owned(), ..form(&world) };
        proposal_resubmit(hall, author, number, &mended, &[]).await.unwrap();
        let row = matter(hall, &world, number).await;
        assert_eq!((row.title.as_str(), row.state.as_str()), ("西门内第二盏路灯坏了", "cosigning"));
        // Another text asks again: the household's co-sign is there, and counts when it keeps it.
        assert_eq!((row.text_version, row.asks_version, row.cosigns), (2, 2, 0), "{}", db.name);
        let kept = cosign::Entity::find_by_id((row.id, lead.home.unwrap().household.0));
        assert_eq!(kept.one(hall.db.read()).await.unwrap().unwrap().version, 1);
        assert_eq!(versions(hall, row.id).await, [(1, "first".into(), 0), (2, "change".into(), 1)]);
        assert_eq!(kinds(hall, row.id).await, ["submit", "publish", "return", "submit", "publish"]);
    }
}

#[tokio::test]
async fn another_circle_begins_again() {
    for db in databases().await {
        let (hall, world) = (&db.hall, World::new(&db.hall).await);
        let number = raise(hall, &world).await;
        let author = &world.resident.actor;
        cosign_add(hall, &world.entrance_lead.actor, number).await.unwrap();
        matter_return(hall, &world.committee_member.actor, number, REASON).await.unwrap();
        let narrower = ProposalForm { scope: "entrance".to_owned(), ..form(&world) };
        proposal_resubmit(hall, author, number, &narrower, &[]).await.unwrap();
        let row = matter(hall, &world, number).await;
        assert!(matches!(state_of(&row).unwrap().state, State::Cosigning { needed: 3, .. }));
        assert_eq!(row.cosigns, 0, "{}", db.name);
        assert_eq!(versions(hall, row.id).await, [(1, "first".into(), 0), (2, "free".into(), 1)]);
        let again = cosign_add(hall, &world.entrance_lead.actor, number).await.unwrap();
        assert_eq!(again.cosigns, 1);
    }
}

#[tokio::test]
async fn enough_co_signs_from_before_count_when_it_is_published_again() {
    for db in databases().await {
        let (hall, world) = (&db.hall, World::new(&db.hall).await);
        let typed = ProposalForm { scope: "entrance".to_owned(), ..form(&world) };
        let author = &world.resident.actor;
        let number = proposal_submit(hall, author, &typed).await.unwrap();
        for person in [&world.resident, &world.council_member, &world.entrance_lead] {
            cosign_add(hall, &person.actor, number).await.unwrap();
        }
        matter_return(hall, &world.committee_member.actor, number, REASON).await.unwrap();
        proposal_resubmit(hall, author, number, &typed, &[]).await.unwrap();
        let row = matter(hall, &world, number).await;
        let state = state_of(&row).unwrap().state;
        assert_eq!(state, State::Accepted { threshold_met: true }, "{}", db.name);
        assert_eq!(versions(hall, row.id).await, [(1, "first".into(), 0)], "the same text");
    }
}

#[tokio::test]
async fn taken_back_by_its_author_alone() {
    for db in databases().await {
        let (hall, world) = (&db.hall, World::new(&db.hall).await);
        let number = raise(hall, &world).await;
        for other in [&world.second_adult, &world.entrance_lead, &world.committee_member] {
            let result = proposal_withdraw(hall, &other.actor, number, "").await;
            assert_eq!(denied(result), Denied::NotYours, "{}", other.sign_in_name);
        }
        let stranger = proposal_withdraw(hall, &world.stranger.actor, number, "").await;
        assert!(matches!(stranger, Err(Error::NotFound)));
        let author = &world.resident.actor;
        let bad = proposal_withdraw(hall, author, number, "不办").await;
        assert_eq!(
            problems(bad),
            [("reason", Problem::Text(TextError::TooShort { len: 2, min: 5 }))]
        );
        proposal_withdraw(hall, author, number, "  ").await.unwrap();
        let row = matter(hall, &world, number).await;
        assert_eq!(row.state, StateName::Withdrawn.as_str());
        assert!(is_transition(&proposal_withdraw(hall, author, number, "").await));
    }
}

#[tokio::test]
async fn taken_back_before_anyone_saw_it_stays_unseen() {
    for db in databases().await {
        let (hall, world) = (&db.hall, World::with_first_check(&db.hall).await);
        let number = raise(hall, &world).await;
        let author = &world.resident.actor;
        proposal_withdraw(hall, author, number, "").await.unwrap();
        let neighbour = &world.entrance_lead.actor;
        for person in [neighbour, &world.stranger.actor] {
            let given = service::follow::follow_start(hall, person, number).await;
            assert!(matches!(given, Err(Error::NotFound)), "{}: {given:?}", db.name);
            let given = proposal_withdraw(hall, person, number, "").await;
            assert!(matches!(given, Err(Error::NotFound)), "{}: {given:?}", db.name);
        }
        assert!(is_transition(&proposal_withdraw(hall, author, number, "").await));
    }
}

/// A matter that the committee did not adopt.
async fn not_adopted(hall: &Hall, world: &World) -> i64 {
    let number = raise(hall, world).await;
    let committee: &Actor = &world.committee_member.actor;
    let early = AcceptForm { reason: "这件事要紧，先受理。".to_owned() };
    matter_accept(hall, committee, number, &early).await.unwrap();
    decline(hall, world, number).await;
    number
}

async fn decline(hall: &Hall, world: &World, number: i64) {
    let answer = AnswerForm {
        verdict: "not_adopted".to_owned(),
        reason: "门口要留消防通道，不能装。".to_owned(),
    };
    matter_answer(hall, &world.committee_member.actor, number, &answer).await.unwrap();
}

#[tokio::test]
async fn contested_once() {
    for db in databases().await {
        let (hall, world) = (&db.hall, World::new(&db.hall).await);
        let author = &world.resident.actor;
        let number = not_adopted(hall, &world).await;
        let why = "门口往东两米就不挡通道了。";
        for other in [&world.second_adult, &world.committee_member] {
            let result = proposal_contest(hall, &other.actor, number, why).await;
            assert_eq!(denied(result), Denied::NotYours);
        }
        let empty = proposal_contest(hall, author, number, "").await;
        assert_eq!(problems(empty), [("reason", Problem::Text(TextError::Empty))]);
        proposal_contest(hall, author, number, why).await.unwrap();
        let row = matter(hall, &world, number).await;
        assert_eq!((row.state.as_str(), row.contested), ("deliberating", 1));
        let steps = step::Entity::find()
            .filter(step::Column::ProposalId.eq(row.id))
            .filter(step::Column::Kind.eq("contest"))
            .all(hall.db.read())
            .await
            .unwrap();
        assert_eq!(steps.len(), 1);
        assert_eq!(steps[0].reason.as_deref(), Some(why));

        decline(hall, &world, number).await;
        assert!(is_transition(&proposal_contest(hall, author, number, why).await));
        // Nothing to contest in one that is only being co-signed.
        let other = raise(hall, &world).await;
        assert!(is_transition(&proposal_contest(hall, author, other, why).await));
    }
}
