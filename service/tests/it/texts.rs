//! The text that people signed: edits, what each household is asked, and corrections that are none.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use crate::desk_ground::*;
use crate::texts_ground::*;
use domain::permission::Denied;
use domain::place::Scope;
use domain::proposal::{State, StateName};
use domain::settings::{CommunitySettings, Moderation};
use domain::version::{TextRefusal, VersionKind};
use entities::{cosign, notice};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use service::cosign::{cosign_add, cosign_take_back};
use service::desk::{AnswerForm, matter_answer, matter_publish};
use service::merge::{merge_offer, merge_undo};
use service::proposal::proposal_submit;
use service::search::{Query, search};
use service::testing::{Plan, TestDb, World, databases};
use service::text::{
    Edited, TextForm, correction_contest, correction_contest_back, correction_raise, cosign_keep,
    cosign_leave, text_change, text_own, text_preview,
};
use service::{Error, Refusal};

const FIRST: &str = "东口墙上加一盏感应灯，夜里十点以后调暗。";
const OTHER: &str = "东口墙上加两盏感应灯，夜里十一点以后调暗。";
const THIRD: &str = "东口和西口都加感应灯，钱从公共收益里出。";

async fn found(db: &TestDb, world: &World, text: &str) -> Vec<i64> {
    let query = Query { text: text.to_owned(), ..Query::default() };
    let found = search(&db.hall, world.community, &query, None).await.unwrap();
    found.matters.iter().map(|matter| matter.row.number).collect()
}

async fn told(db: &TestDb, kind: &str) -> u64 {
    let all = notice::Entity::find().filter(notice::Column::Kind.eq(kind));
    all.count(db.hall.db.read()).await.unwrap()
}

#[tokio::test]
async fn before_the_first_co_sign_it_is_edited_freely() {
    for db in databases().await {
        let world = World::with_first_check(&db.hall).await;
        let number = cosigning(&db, &world).await;
        let resident = &world.resident.actor;
        let own = text_own(&db.hall, resident, number).await.unwrap();
        assert!(!own.cosigned && own.waiting.is_none() && own.declined.is_none(), "{}", db.name);
        assert_eq!((own.form.base.as_str(), own.households), ("1", 0), "{}", db.name);
        let unchanged = text_change(&db.hall, resident, number, &own.form).await;
        assert_eq!(fields(unchanged), ["text"], "{}", db.name);

        let form = TextForm { spot: "东口墙边".into(), ..own.form.clone() };
        let form = TextForm { suggestion: OTHER.into(), title: "灯".into(), ..form };
        assert_eq!(fields(text_change(&db.hall, resident, number, &form).await), ["title"]);
        let form = TextForm { title: "小院东口加两盏灯".into(), ..form };
        let before = row(&db, resident, number).await;
        let done = text_change(&db.hall, resident, number, &form).await.unwrap();
        let expected = Edited::Shown { version: 2, kind: VersionKind::Free };
        assert_eq!(done, expected, "{}", db.name);
        let after = row(&db, resident, number).await;
        assert_eq!((after.text_version, after.asks_version), (2, 1), "{}", db.name);
        assert_eq!((&*after.suggestion, after.spot.as_deref()), (OTHER, Some("东口墙边")));
        assert_eq!((after.since, after.state_data), (before.since, before.state_data));
        let stale = text_change(&db.hall, resident, number, &form).await;
        assert_eq!(refused(stale), Refusal::Stale, "{}", db.name);

        let all = versions(&db, &world, number).await;
        let texts: Vec<_> = all.iter().map(|it| (it.number, it.suggestion.as_str())).collect();
        assert_eq!(texts, [(1, FIRST), (2, OTHER)], "{}: what it said stays", db.name);
        assert!(all.iter().all(|it| it.state == "shown"), "{}", db.name);
        let step = steps(&db, &world, number).await.pop().unwrap();
        assert_eq!(
            (&*step.kind, step.detail.as_deref()),
            ("text_edited", Some(r#"{"version":2}"#))
        );
        assert_eq!(found(&db, &world, "两盏感应灯").await, [number], "{}", db.name);
        assert!(found(&db, &world, "一盏感应灯").await.is_empty(), "{}", db.name);
        let watched = line(&db, &world, None, number).await;
        assert_eq!((watched.version, watched.may_edit), (2, false), "{}", db.name);
        assert!(line(&db, &world, Some(resident), number).await.may_edit, "{}", db.name);
        assert_chain(&db).await;
    }
}

#[tokio::test]
async fn others_edit_nothing_and_learn_nothing() {
    for db in databases().await {
        let world = World::with_first_check(&db.hall).await;
        let number = cosigning(&db, &world).await;
        let form = edit(&db, &world.resident.actor, number, OTHER, "").await;
        for other in [&world.second_adult, &world.committee_head, &world.council_member] {
            let done = text_change(&db.hall, &other.actor, number, &form).await;
            assert!(matches!(done, Err(Error::Denied(Denied::NotYours))), "{done:?}");
            let done = text_preview(&db.hall, &other.actor, number, &TextForm::default()).await;
            assert!(matches!(done, Err(Error::Denied(Denied::NotYours))), "{done:?}");
        }
        let done = text_change(&db.hall, &world.stranger.actor, number, &form).await;
        assert!(matches!(done, Err(Error::NotFound)), "{done:?}");
        let done = cosign_keep(&db.hall, &world.stranger.actor, number, 1).await;
        assert!(matches!(done, Err(Error::NotFound)), "{done:?}");
        let done = correction_raise(&db.hall, &world.resident.actor, number, 2, WHY).await;
        assert!(matches!(done, Err(Error::Denied(Denied::NeedsRole))), "{done:?}");
        assert_eq!(versions(&db, &world, number).await.len(), 1, "{}", db.name);
    }
}

#[tokio::test]
async fn a_change_asks_each_household_and_a_correction_none() {
    for db in databases().await {
        let world = World::with_first_check(&db.hall).await;
        let (number, people) = (cosigning(&db, &world).await, neighbours(&world));
        cosigned(&db, &people[..4], number).await;
        let resident = &world.resident.actor;
        let silent = edit(&db, resident, number, OTHER, "").await;
        let done = text_change(&db.hall, resident, number, &silent).await;
        assert_eq!(fields(done), ["note", "said"], "{}", db.name);
        let wrong = TextForm { situation: "短".into(), said: "free".into(), ..silent };
        let done = text_change(&db.hall, resident, number, &wrong).await;
        assert_eq!(fields(done), ["situation", "note", "said"], "{}", db.name);

        assert_eq!(edited(&db, &world, number, OTHER, "correction").await, 2);
        assert_eq!(count(&db, &world, number).await, 4, "{}: the same is asked", db.name);
        let home = asked_at_home(&db, &world, &people[1]).await;
        assert!(home.is_empty(), "{}: {home:?}", db.name);
        assert_eq!(told(&db, "text_changed").await, 0, "{}", db.name);

        assert_eq!(edited(&db, &world, number, THIRD, "change").await, 3, "{}", db.name);
        let kinds = kinds(&db, &world, number).await;
        use VersionKind::{Change, Correction, First};
        assert_eq!(kinds, [First, Correction, Change], "{}", db.name);
        assert_eq!(versions(&db, &world, number).await[2].cosigns, 4, "{}: who stood", db.name);
        assert_eq!(count(&db, &world, number).await, 0, "{}", db.name);
        assert_eq!(told(&db, "text_changed").await, 1, "{}", db.name);
        for person in &people[..4] {
            let asked = line(&db, &world, Some(&person.actor), number).await.asked.unwrap();
            assert!(asked.signed == 1 && asked.may_keep, "{}: {asked:?}", db.name);
            assert_eq!(asked_at_home(&db, &world, person).await, [number], "{}", db.name);
        }
        assert_eq!(line(&db, &world, Some(&people[4].actor), number).await.asked, None);

        // Whoever looks at another text than that which stands looks again.
        let (keeps, leaves) = (&people[1].actor, &people[2].actor);
        let stale = cosign_keep(&db.hall, keeps, number, 2).await;
        assert_eq!(refused(stale), Refusal::Stale, "{}", db.name);
        let kept = cosign_keep(&db.hall, keeps, number, 3).await.unwrap();
        assert_eq!((kept.cosigns, kept.accepted), (1, false), "{}", db.name);
        let again = cosign_keep(&db.hall, keeps, number, 3).await;
        assert_eq!(text_refused(again), TextRefusal::NotAsked, "{}", db.name);
        assert!(asked_at_home(&db, &world, &people[1]).await.is_empty(), "{}", db.name);
        cosign_leave(&db.hall, leaves, number).await.unwrap();
        let gone = cosign_leave(&db.hall, leaves, number).await;
        assert!(matches!(gone, Err(Error::Denied(Denied::NotYours))), "{gone:?}");
        // Any adult answers for the household.
        let second = &world.second_adult.actor;
        let kept = cosign_keep(&db.hall, second, number, 3).await.unwrap();
        assert_eq!(kept.cosigns, 2, "{}", db.name);
        let key = (row(&db, resident, number).await.id, resident.home.unwrap().household.0);
        let own = cosign::Entity::find_by_id(key).one(db.hall.db.read()).await.unwrap().unwrap();
        assert_eq!((own.person_id, own.version), (second.person.0, 3), "{}", db.name);
        // The one that says nothing isn't counted, and can still take it back as before.
        cosign_take_back(&db.hall, &people[3].actor, number).await.unwrap();
        assert_eq!(count(&db, &world, number).await, 2, "{}", db.name);
        assert_chain(&db).await;
    }
}

#[tokio::test]
async fn a_preview_says_what_an_edit_would_do_and_does_nothing() {
    for db in databases().await {
        let world = World::with_first_check(&db.hall).await;
        let (number, people) = (cosigning(&db, &world).await, neighbours(&world));
        let resident = &world.resident.actor;
        let form = edit(&db, resident, number, OTHER, "").await;
        let form = TextForm { scope: "community".into(), ..form };
        let look = text_preview(&db.hall, resident, number, &form).await.unwrap();
        let parts: Vec<_> = look.changes.iter().map(|change| change.part.as_str()).collect();
        assert_eq!(parts, ["suggestion", "scope"], "{}", db.name);
        assert!(!look.cosigned && !look.asks_anyway && !look.waits, "{}", db.name);
        assert_eq!(look.needed, Some((10, 30)), "{}", db.name);
        cosigned(&db, &people[..2], number).await;
        let look = text_preview(&db.hall, resident, number, &form).await.unwrap();
        assert!(look.cosigned && look.asks_anyway && look.households == 2, "{}", db.name);
        let same = text_own(&db.hall, resident, number).await.unwrap().form;
        assert_eq!(fields(text_preview(&db.hall, resident, number, &same).await), ["text"]);
        assert_eq!(versions(&db, &world, number).await.len(), 1, "{}", db.name);
    }
}

#[tokio::test]
async fn numbers_of_rooms_and_telephones_are_covered_and_watched_words_asked_once() {
    for db in databases().await {
        let settings = CommunitySettings {
            moderation: Moderation::After,
            watch_words: vec!["滚出去".into()],
            ..CommunitySettings::default()
        };
        let world = World::planned(&db.hall, Plan { settings, ..Plan::default() }).await;
        let resident = &world.resident.actor;
        let raised = form(&world, "小院门口加一盏灯");
        let number = proposal_submit(&db.hall, resident, &raised).await.unwrap();
        let text = "东口墙上加一盏灯，有事打 13812345678 找我。";
        let typed = edit(&db, resident, number, text, "").await;
        let typed = TextForm { note: "让不讲理的人滚出去，写清楚。".into(), ..typed };
        let done = text_change(&db.hall, resident, number, &typed).await;
        assert_eq!(fields(done), ["note"], "{}", db.name);
        let typed = TextForm { anyway: "1".into(), ..typed };
        text_change(&db.hall, resident, number, &typed).await.unwrap();
        let after = row(&db, resident, number).await;
        assert!(!after.suggestion.contains("12345"), "{}: {}", db.name, after.suggestion);
    }
}

#[tokio::test]
async fn where_the_text_can_still_be_edited_and_kept() {
    for db in databases().await {
        let world = World::with_first_check(&db.hall).await;
        let resident = &world.resident.actor;
        for name in [StateName::Submitted, StateName::Accepted, StateName::Deliberating] {
            let number = at(&db, &world, name).await;
            let before = state(&db, &world, number).await;
            let signed = name != StateName::Submitted;
            let said = if signed { "change" } else { "" };
            assert_eq!(edited(&db, &world, number, OTHER, said).await, 2, "{}", db.name);
            if signed {
                assert_eq!(count(&db, &world, number).await, 0, "{}", db.name);
                let kept = cosign_keep(&db.hall, resident, number, 2).await.unwrap();
                assert_eq!((kept.cosigns, kept.accepted), (1, false), "{}: {name:?}", db.name);
                assert_eq!(edited(&db, &world, number, THIRD, "change").await, 3);
                cosign_leave(&db.hall, resident, number).await.unwrap();
            }
            assert_eq!(state(&db, &world, number).await, before, "{}: it stays", db.name);
        }
        let number = at(&db, &world, StateName::Accepted).await;
        let typed = edit(&db, resident, number, OTHER, "correction").await;
        edited(&db, &world, number, THIRD, "change").await;
        let form = AnswerForm { verdict: "adopted".into(), reason: WHY.into() };
        let member = &world.committee_member.actor;
        matter_answer(&db.hall, member, number, &form).await.unwrap();
        let closed = [
            text_refused(text_change(&db.hall, resident, number, &typed).await),
            text_refused(text_own(&db.hall, resident, number).await),
            text_refused(cosign_keep(&db.hall, resident, number, 2).await),
            text_refused(cosign_leave(&db.hall, resident, number).await),
            text_refused(correction_raise(&db.hall, member, number, 2, WHY).await),
        ];
        assert_eq!(closed, [TextRefusal::Closed; 5], "{}", db.name);
        let shown = line(&db, &world, Some(resident), number).await;
        assert!(!shown.may_edit && shown.asked.is_none(), "{}: {shown:?}", db.name);
        assert!(asked_at_home(&db, &world, &world.resident).await.is_empty(), "{}", db.name);
    }
}

async fn of_three(db: &TestDb) -> World {
    let settings = CommunitySettings {
        moderation: Moderation::After,
        threshold_courtyard: 3,
        threshold_community: 20,
        ..CommunitySettings::default()
    };
    World::planned(&db.hall, Plan { settings, ..Plan::default() }).await
}

#[tokio::test]
async fn a_kept_co_sign_can_be_the_last_that_is_needed() {
    for db in databases().await {
        let world = of_three(&db).await;
        let people = neighbours(&world);
        let number = submitted(&db, &world).await;
        cosigned(&db, &people[..2], number).await;
        edited(&db, &world, number, OTHER, "change").await;
        cosigned(&db, &people[2..4], number).await;
        assert_eq!(state(&db, &world, number).await.name(), StateName::Cosigning);
        // Whoever comes to it by co-signing again stands behind the present text too.
        let kept = cosign_keep(&db.hall, &people[0].actor, number, 2).await.unwrap();
        assert_eq!((kept.cosigns, kept.accepted), (3, true), "{}", db.name);
        let expected = State::Accepted { threshold_met: true };
        assert_eq!(state(&db, &world, number).await, expected, "{}", db.name);
        let kept = cosign_keep(&db.hall, &people[1].actor, number, 2).await.unwrap();
        assert_eq!((kept.cosigns, kept.accepted), (4, false), "{}", db.name);
        assert_chain(&db).await;
    }
}

#[tokio::test]
async fn three_households_make_a_correction_a_change() {
    for db in databases().await {
        let world = World::with_first_check(&db.hall).await;
        let (number, people) = (cosigning(&db, &world).await, neighbours(&world));
        cosigned(&db, &people[..5], number).await;
        edited(&db, &world, number, OTHER, "correction").await;
        cosigned(&db, &people[5..6], number).await;
        let hall = &db.hall;
        let says = async |n: usize, version| {
            correction_contest(hall, &people[n].actor, number, version).await
        };
        for version in [-1, 0, 1, 3] {
            assert_eq!(text_refused(says(0, version).await), TextRefusal::NotOpen, "{version}");
        }
        assert_eq!(text_refused(says(5, 2).await), TextRefusal::NotBehind, "co-signed after it");
        let nobody = says(6, 2).await;
        assert!(matches!(nobody, Err(Error::Denied(Denied::NotYours))), "{nobody:?}");
        let said = says(0, 2).await.unwrap();
        assert_eq!((said.households, said.needed, said.raised), (1, 3, false), "{}", db.name);
        assert_eq!(text_refused(says(0, 2).await), TextRefusal::Contested, "{}", db.name);
        // The household has one voice, whoever of it speaks.
        let second = correction_contest(hall, &world.second_adult.actor, number, 2).await;
        assert_eq!(text_refused(second), TextRefusal::Contested, "{}", db.name);
        let shown = line(&db, &world, Some(&people[1].actor), number).await.corrections;
        let [one] = &shown[..] else { panic!("{}: {shown:?}", db.name) };
        assert_eq!((one.version, one.households, one.needed), (2, 1, 3), "{}", db.name);
        assert!(one.may_contest && !one.mine && !one.may_raise, "{}: {one:?}", db.name);
        let mine = line(&db, &world, Some(&people[0].actor), number).await.corrections;
        assert!(mine[0].mine && !mine[0].may_contest, "{}: {mine:?}", db.name);
        let after = line(&db, &world, Some(&people[5].actor), number).await.corrections;
        assert!(after.is_empty(), "{}: {after:?}", db.name);

        let back = correction_contest_back(hall, &people[0].actor, number, 2).await.unwrap();
        assert_eq!(back.households, 0, "{}", db.name);
        let none = correction_contest_back(hall, &people[0].actor, number, 2).await;
        assert_eq!(text_refused(none), TextRefusal::NotContested, "{}", db.name);
        // Whoever takes the co-sign back has nothing more to say to it.
        assert_eq!(says(4, 2).await.unwrap().households, 1, "{}", db.name);
        cosign_take_back(hall, &people[4].actor, number).await.unwrap();
        assert_eq!(says(1, 2).await.unwrap().households, 1, "{}", db.name);
        assert_eq!(says(2, 2).await.unwrap().households, 2, "{}", db.name);
        assert_eq!(count(&db, &world, number).await, 5, "{}", db.name);
        let last = says(3, 2).await.unwrap();
        assert!(last.households == 3 && last.raised, "{}: {last:?}", db.name);

        let matter = row(&db, &world.resident.actor, number).await;
        assert_eq!((matter.text_version, matter.asks_version), (2, 2), "{}", db.name);
        assert_eq!(matter.cosigns, 1, "{}: who signed the correction stands", db.name);
        let raised = versions(&db, &world, number).await.pop().unwrap();
        assert!(raised.raised_at.is_some() && raised.raised_by.is_none(), "{}", db.name);
        assert_eq!(raised.kind, "correction", "{}: what its author said stays", db.name);
        let step = steps(&db, &world, number).await.pop().unwrap();
        assert_eq!((&*step.kind, step.actor_id), ("text_raised", None), "{}", db.name);
        assert_eq!(told(&db, "text_raised").await, 1, "{}", db.name);
        for person in &people[..4] {
            assert_eq!(asked_at_home(&db, &world, person).await, [number], "{}", db.name);
        }
        assert_eq!(text_refused(says(0, 2).await), TextRefusal::NotOpen, "{}", db.name);
        let late = correction_contest_back(hall, &people[1].actor, number, 2).await;
        assert_eq!(text_refused(late), TextRefusal::NotOpen, "{}: decided", db.name);
        // An asked household answers before it says something to a later correction.
        edited(&db, &world, number, THIRD, "correction").await;
        assert_eq!(text_refused(says(0, 3).await), TextRefusal::NotBehind, "{}", db.name);
        assert_eq!(says(5, 3).await.unwrap().households, 1, "{}", db.name);
        cosign_keep(hall, &people[0].actor, number, 3).await.unwrap();
        assert_eq!(text_refused(says(0, 3).await), TextRefusal::NotBehind, "kept with it");
        assert_chain(&db).await;
    }
}

#[tokio::test]
async fn the_committee_raises_a_correction_with_a_reason() {
    for db in databases().await {
        let world = World::with_first_check(&db.hall).await;
        let (number, people) = (cosigning(&db, &world).await, neighbours(&world));
        cosigned(&db, &people[..2], number).await;
        edited(&db, &world, number, OTHER, "correction").await;
        edited(&db, &world, number, THIRD, "correction").await;
        let (hall, head) = (&db.hall, &world.committee_head.actor);
        assert_eq!(fields(correction_raise(hall, head, number, 2, "短").await), ["reason"]);
        let oversight = &world.oversight.actor;
        for other in [&people[0].actor, &world.resident.actor, oversight] {
            let done = correction_raise(hall, other, number, 2, WHY).await;
            assert!(matches!(done, Err(Error::Denied(Denied::NeedsRole))), "{done:?}");
        }
        let shown = line(&db, &world, Some(head), number).await.corrections;
        assert_eq!(shown.iter().map(|it| it.version).collect::<Vec<_>>(), [2, 3], "{}", db.name);
        assert!(shown.iter().all(|it| it.may_raise && !it.may_contest), "{}", db.name);
        correction_raise(hall, head, number, 3, WHY).await.unwrap();
        assert_eq!(count(&db, &world, number).await, 0, "{}", db.name);
        let step = steps(&db, &world, number).await.pop().unwrap();
        assert_eq!((&*step.kind, step.reason.as_deref()), ("text_raised", Some(WHY)));
        let raised = versions(&db, &world, number).await.pop().unwrap();
        assert_eq!(raised.raised_by, Some(head.person.0), "{}", db.name);
        // Everyone was asked since the earlier one.
        for version in [1, 2, 3] {
            let done = correction_raise(hall, head, number, version, WHY).await;
            assert_eq!(text_refused(done), TextRefusal::NotOpen, "{}: {version}", db.name);
        }
        assert!(line(&db, &world, Some(head), number).await.corrections.is_empty());
        assert_chain(&db).await;
    }
}

#[tokio::test]
async fn another_circle_needs_another_number_and_who_lives_outside_leaves() {
    for db in databases().await {
        let world = of_three(&db).await;
        let resident = &world.resident.actor;
        let wide = service::proposal::ProposalForm {
            scope: "community".into(),
            ..form(&world, "全社区都来装一盏灯")
        };
        let number = proposal_submit(&db.hall, resident, &wide).await.unwrap();
        let State::Cosigning { needed, until } = state(&db, &world, number).await else { panic!() };
        assert_eq!(needed, 20, "{}", db.name);
        let since = row(&db, resident, number).await.since;
        let far = Scope::Courtyard(world.courtyards[1]);
        let far = world.representatives(far)[0].clone();
        let near = neighbours(&world);
        cosigned(&db, &near[..3], number).await;
        cosign_add(&db.hall, &far.actor, number).await.unwrap();

        // Said to be a correction, it is a change all the same.
        db.advance_days(1);
        let typed = edit(&db, resident, number, FIRST, "correction").await;
        let typed = TextForm { scope: "courtyard".into(), ..typed };
        let done = text_change(&db.hall, resident, number, &typed).await.unwrap();
        let expected = Edited::Shown { version: 2, kind: VersionKind::Change };
        assert_eq!(done, expected, "{}", db.name);
        assert_eq!(state(&db, &world, number).await, State::Cosigning { needed: 3, until });
        assert_eq!(row(&db, resident, number).await.since, since, "{}", db.name);
        let kinds: Vec<_> =
            steps(&db, &world, number).await.into_iter().map(|step| step.kind).collect();
        assert_eq!(kinds, ["submit", "publish", "text_changed", "text_scope"], "{}", db.name);

        let asked = line(&db, &world, Some(&far.actor), number).await.asked.unwrap();
        assert!(!asked.may_keep, "{}", db.name);
        assert!(asked_at_home(&db, &world, &far).await.is_empty(), "{}", db.name);
        let done = cosign_keep(&db.hall, &far.actor, number, 2).await;
        assert!(matches!(done, Err(Error::Denied(Denied::OutOfScope))), "{done:?}");
        cosign_leave(&db.hall, &far.actor, number).await.unwrap();
        for person in &near[..3] {
            cosign_keep(&db.hall, &person.actor, number, 2).await.unwrap();
        }
        let expected = State::Accepted { threshold_met: true };
        assert_eq!(state(&db, &world, number).await, expected, "{}", db.name);
        assert_chain(&db).await;
    }
}

#[tokio::test]
async fn whoever_came_by_a_merge_is_asked_and_keeps_for_good() {
    for db in databases().await {
        let world = World::with_first_check(&db.hall).await;
        let (resident, people) = (&world.resident.actor, neighbours(&world));
        let into = cosigning(&db, &world).await;
        let from = cosigning(&db, &world).await;
        cosigned(&db, &people[..3], from).await;
        cosigned(&db, &people[3..5], into).await;
        merge_offer(&db.hall, resident, from, &into.to_string(), WHY).await.unwrap();
        assert_eq!(count(&db, &world, into).await, 5, "{}", db.name);
        // Part of another one, its text is no more to be edited.
        let gone = text_own(&db.hall, resident, from).await;
        assert_eq!(text_refused(gone), TextRefusal::Closed, "{}", db.name);
        edited(&db, &world, into, OTHER, "change").await;
        assert_eq!(count(&db, &world, into).await, 0, "{}", db.name);
        assert_eq!(asked_at_home(&db, &world, &people[1]).await, [into], "{}", db.name);
        cosign_keep(&db.hall, &people[1].actor, into, 2).await.unwrap();
        cosign_leave(&db.hall, &people[2].actor, into).await.unwrap();
        assert_eq!(count(&db, &world, into).await, 1, "{}", db.name);
        // A household that took it back doesn't come again when the merge is derived anew.
        cosign_keep(&db.hall, &people[3].actor, into, 2).await.unwrap();
        let left = line(&db, &world, Some(&people[2].actor), into).await;
        assert_eq!(left.asked, None, "{}", db.name);
        let head = &world.committee_head.actor;
        merge_undo(&db.hall, head, from, WHY).await.unwrap();
        assert_eq!(count(&db, &world, into).await, 2, "{}: what it kept is its own", db.name);
        assert_eq!(count(&db, &world, from).await, 3, "{}", db.name);
        assert_chain(&db).await;
    }
}

/// Two edits from the same text, households that say so at once, and one that keeps while it is edited again:
/// one of two wins, each is counted once, and nobody keeps a text that they haven't seen.
#[tokio::test]
async fn at_once_nobody_overwrites_and_everybody_counts_once() {
    for db in databases().await {
        let world = World::with_first_check(&db.hall).await;
        let other = db.second_hall().await;
        let (resident, people) = (&world.resident.actor, neighbours(&world));
        for _ in 0..4 {
            let number = cosigning(&db, &world).await;
            cosigned(&db, &people[..6], number).await;
            let one = edit(&db, resident, number, OTHER, "correction").await;
            let two = edit(&db, resident, number, THIRD, "correction").await;
            let (one, two) = tokio::join!(
                text_change(&db.hall, resident, number, &one),
                text_change(&other, resident, number, &two),
            );
            let late = match (one, two) {
                (Ok(_), Err(late)) | (Err(late), Ok(_)) => late,
                both => panic!("{}: {both:?}", db.name),
            };
            assert!(matches!(late, Error::Refused(Refusal::Stale)), "{}: {late:?}", db.name);
            let says = |n: usize| {
                let hall = if n.is_multiple_of(2) { &db.hall } else { &other };
                correction_contest(hall, &people[n].actor, number, 2)
            };
            let all = tokio::join!(says(0), says(1), says(2), says(3));
            let all = [all.0, all.1, all.2, all.3];
            let raised = all.iter().filter(|it| it.as_ref().is_ok_and(|it| it.raised)).count();
            assert_eq!(raised, 1, "{}: {all:?}", db.name);
            let next = edit(&db, resident, number, FIRST, "change").await;
            let (kept, done) = tokio::join!(
                cosign_keep(&other, &people[4].actor, number, 2),
                text_change(&db.hall, resident, number, &next),
            );
            done.unwrap();
            if let Err(late) = kept {
                assert!(matches!(late, Error::Refused(Refusal::Stale)), "{}: {late:?}", db.name);
            }
            assert_eq!(count(&db, &world, number).await, 0, "{}: asked again", db.name);
            db.advance_days(1);
        }
        assert_eq!(told(&db, "text_raised").await, 4, "{}", db.name);
        assert_chain(&db).await;
    }
}

#[tokio::test]
async fn a_first_check_reads_what_is_published() {
    for db in databases().await {
        let world = World::with_first_check(&db.hall).await;
        let number = submitted(&db, &world).await;
        edited(&db, &world, number, OTHER, "").await;
        let steps = steps(&db, &world, number).await;
        assert_eq!(steps.last().unwrap().kind, "text_edited", "{}", db.name);
        matter_publish(&db.hall, &world.committee_member.actor, number, WHY).await.unwrap();
        assert_eq!(row(&db, &world.resident.actor, number).await.suggestion, OTHER);
    }
}
