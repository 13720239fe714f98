//! Edits at which somebody looks first, texts that were taken down, and what everybody can read of the versions.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use crate::desk_ground::*;
use crate::texts_ground::*;
use domain::category::Category;
use domain::difference::Fate;
use domain::ids::{PostId, RemovalId};
use domain::permission::Denied;
use domain::place::ScopeKind;
use domain::settings::{CommunitySettings, Moderation, TalkModeration};
use domain::version::{Part, TextRefusal, VersionKind};
use entities::{audit, notice};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};
use service::civil::{
    appeal_decide, appeal_file, case_view, desk_reports, post_release, removal_make,
};
use service::cosign::cosign_add;
use service::people::ShownName;
use service::post::{PostForm, post_write};
use service::proposal::proposal_submit;
use service::testing::{Plan, TestDb, World, databases};
use service::text::{
    Edited, TextForm, What, correction_contest, text_case, text_change, text_decline, text_drop,
    text_let_go, text_own, text_preview, text_version, text_versions,
};
use service::{Error, Refusal};

const FIRST: &str = "东口墙上加一盏感应灯，夜里十点以后调暗。";
const OTHER: &str = "东口墙上加两盏感应灯，夜里十点以后调暗。";
const THIRD: &str = "东口和西口都加感应灯，钱从公共收益里出。";

async fn moderated(db: &TestDb, talk_moderation: TalkModeration) -> (World, i64) {
    let settings = CommunitySettings {
        moderation: Moderation::After,
        talk_moderation,
        ..CommunitySettings::default()
    };
    let world = World::planned(&db.hall, Plan { settings, ..Plan::default() }).await;
    let form = form(&world, "小院门口加一盏灯");
    let number = proposal_submit(&db.hall, &world.resident.actor, &form).await.unwrap();
    (world, number)
}

async fn sent(db: &TestDb, world: &World, number: i64, text: &str, said: &str) {
    let resident = &world.resident.actor;
    let form = edit(db, resident, number, text, said).await;
    let done = text_change(&db.hall, resident, number, &form).await.unwrap();
    assert_eq!(done, Edited::Waiting, "{}", db.name);
}

/// The waiting edit's row, as the committee sees it on the matter's page.
async fn waiting(db: &TestDb, world: &World, number: i64) -> i64 {
    let member = &world.committee_member.actor;
    line(db, world, Some(member), number).await.waiting.unwrap().id
}

#[tokio::test]
async fn an_edit_waits_and_nobody_else_reads_it() {
    for db in databases().await {
        let (world, number) = moderated(&db, TalkModeration::Before).await;
        let (hall, resident) = (&db.hall, &world.resident.actor);
        let before = row(&db, resident, number).await;
        let form = edit(&db, resident, number, OTHER, "").await;
        assert!(text_preview(hall, resident, number, &form).await.unwrap().waits, "{}", db.name);
        sent(&db, &world, number, OTHER, "").await;
        assert_eq!(row(&db, resident, number).await, before, "{}: it stays as it is", db.name);
        let public = text_versions(hall, world.community, None, number).await.unwrap();
        assert_eq!(public.versions.len(), 1, "{}", db.name);
        for who in [None, Some(&world.neighbours[0].actor)] {
            let line = line(&db, &world, who, number).await;
            assert!(line.waiting.is_none() && line.declined.is_none(), "{}", db.name);
        }
        assert!(line(&db, &world, Some(resident), number).await.waiting.is_some(), "{}", db.name);
        let own = text_own(hall, resident, number).await.unwrap();
        assert!(own.form.suggestion == OTHER && own.waiting.is_some(), "{}", db.name);

        let (member, oversight) = (&world.committee_member.actor, &world.oversight.actor);
        let desk = desk_reports(hall, member).await.unwrap();
        assert_eq!(desk.texts.iter().map(|it| it.number).collect::<Vec<_>>(), [number]);
        assert!(desk.waiting.is_empty(), "{}", db.name);
        let case = text_case(hall, member, number).await.unwrap();
        assert_eq!((case.kind, case.changes.len()), (VersionKind::Free, 1), "{}", db.name);
        for other in [resident, oversight, &world.neighbours[0].actor] {
            let looks = text_case(hall, other, number).await;
            assert!(matches!(looks, Err(Error::Denied(Denied::NeedsRole))), "{looks:?}");
            let goes = text_let_go(hall, other, number, case.id).await;
            assert!(matches!(goes, Err(Error::Denied(Denied::NeedsRole))), "{goes:?}");
            let not = text_decline(hall, other, number, case.id, WHY).await;
            assert!(matches!(not, Err(Error::Denied(Denied::NeedsRole))), "{not:?}");
        }
        // Another one takes its place, and the one that was read is let through no more.
        sent(&db, &world, number, THIRD, "").await;
        let old = text_let_go(hall, member, number, case.id).await;
        assert_eq!(refused(old), Refusal::Stale, "{}", db.name);
        let edit = waiting(&db, &world, number).await;
        let done = text_let_go(hall, member, number, edit).await.unwrap();
        let expected = Edited::Shown { version: 2, kind: VersionKind::Free };
        assert_eq!(done, expected, "{}", db.name);
        assert_eq!(row(&db, resident, number).await.suggestion, THIRD, "{}", db.name);
        let all = versions(&db, &world, number).await;
        let numbers: Vec<_> = all.iter().map(|it| it.number).collect();
        assert_eq!(numbers, [1, 2], "{}: nothing of what waited is left", db.name);
        assert_eq!(all[1].by_id, resident.person.0, "{}: it is the author's", db.name);
        let step = steps(&db, &world, number).await.pop().unwrap();
        assert_eq!((&*step.kind, step.actor_id), ("text_edited", Some(resident.person.0)));
        let last = audit::Entity::find().order_by_desc(audit::Column::Seq);
        let last = last.one(hall.db.read()).await.unwrap().unwrap();
        assert_eq!((&*last.action, last.actor), ("text_let_go", member.audit_name()));
        let none = text_let_go(hall, member, number, edit).await;
        assert_eq!(text_refused(none), TextRefusal::NothingWaits, "{}", db.name);
        assert!(desk_reports(hall, member).await.unwrap().texts.is_empty(), "{}", db.name);
        assert_chain(&db).await;
    }
}

#[tokio::test]
async fn declined_its_author_reads_why_and_mends_it() {
    for db in databases().await {
        let (world, number) = moderated(&db, TalkModeration::Before).await;
        let (hall, resident) = (&db.hall, &world.resident.actor);
        let member = &world.committee_member.actor;
        sent(&db, &world, number, OTHER, "").await;
        let edit = waiting(&db, &world, number).await;
        assert_eq!(fields(text_decline(hall, member, number, edit, "").await), ["reason"]);
        text_decline(hall, member, number, edit, WHY).await.unwrap();
        assert_eq!(row(&db, resident, number).await.suggestion, FIRST, "{}", db.name);
        let again = text_decline(hall, member, number, edit, WHY).await;
        assert_eq!(text_refused(again), TextRefusal::NothingWaits, "{}", db.name);
        let goes = text_let_go(hall, member, number, edit).await;
        assert_eq!(text_refused(goes), TextRefusal::NothingWaits, "{}", db.name);
        let step = steps(&db, &world, number).await.pop().unwrap();
        assert_eq!((&*step.kind, step.reason.as_deref()), ("text_declined", Some(WHY)));
        let told = notice::Entity::find().filter(notice::Column::Kind.eq("text_declined"));
        assert_eq!(told.count(hall.db.read()).await.unwrap(), 1, "{}", db.name);
        for who in [None, Some(member), Some(&world.neighbours[0].actor)] {
            assert_eq!(line(&db, &world, who, number).await.declined, None, "{}", db.name);
        }
        let declined = line(&db, &world, Some(resident), number).await.declined.unwrap();
        assert_eq!(declined.reason, WHY, "{}", db.name);
        let own = text_own(hall, resident, number).await.unwrap();
        assert!(own.form.suggestion == OTHER && own.declined.is_some(), "{}", db.name);
        // Sent again it waits again; taken away, nothing is left.
        sent(&db, &world, number, THIRD, "").await;
        let own = text_own(hall, resident, number).await.unwrap();
        assert!(own.waiting.is_some() && own.declined.is_none(), "{}", db.name);
        let denied = text_drop(hall, member, number).await;
        assert!(matches!(denied, Err(Error::Denied(Denied::NotYours))), "{denied:?}");
        text_drop(hall, resident, number).await.unwrap();
        let none = text_drop(hall, resident, number).await;
        assert_eq!(text_refused(none), TextRefusal::NothingWaits, "{}", db.name);
        let own = text_own(hall, resident, number).await.unwrap();
        assert_eq!(own.form.suggestion, FIRST, "{}", db.name);
        assert_chain(&db).await;
    }
}

#[tokio::test]
async fn what_was_free_asks_everyone_once_somebody_has_co_signed() {
    for db in databases().await {
        let (world, number) = moderated(&db, TalkModeration::Before).await;
        let (hall, member) = (&db.hall, &world.committee_member.actor);
        sent(&db, &world, number, OTHER, "").await;
        cosign_add(hall, &world.neighbours[0].actor, number).await.unwrap();
        let case = text_case(hall, member, number).await.unwrap();
        assert_eq!((case.kind, case.households), (VersionKind::Change, 1), "{}", db.name);
        let done = text_let_go(hall, member, number, case.id).await.unwrap();
        let expected = Edited::Shown { version: 2, kind: VersionKind::Change };
        assert_eq!(done, expected, "{}", db.name);
        assert_eq!(count(&db, &world, number).await, 0, "{}", db.name);
        // What was said to be a correction stays one.
        sent(&db, &world, number, THIRD, "correction").await;
        let edit = waiting(&db, &world, number).await;
        let done = text_let_go(hall, member, number, edit).await.unwrap();
        let expected = Edited::Shown { version: 3, kind: VersionKind::Correction };
        assert_eq!(done, expected, "{}", db.name);
    }
}

#[tokio::test]
async fn a_new_members_edits_wait_and_those_who_moderate_wait_for_nobody() {
    for db in databases().await {
        let (world, number) = moderated(&db, TalkModeration::FirstPosts).await;
        let (hall, resident) = (&db.hall, &world.resident.actor);
        let member = &world.committee_member.actor;
        sent(&db, &world, number, OTHER, "").await;
        for _ in 0..3 {
            let form = PostForm {
                stance: "addition".into(),
                body: "晚上路过的人不少。".into(),
                ..PostForm::default()
            };
            let post: PostId = post_write(hall, resident, number, &form).await.unwrap();
            let seen = case_view(hall, member, number, Some(post)).await.unwrap().seen;
            post_release(hall, member, number, post, &seen).await.unwrap();
        }
        // It is trusted by now: the edit is shown, and what waited is gone.
        assert_eq!(edited(&db, &world, number, THIRD, "").await, 2, "{}", db.name);
        assert_eq!(versions(&db, &world, number).await.len(), 2, "{}", db.name);

        let form = form(&world, "七号院也加一盏灯");
        let form = service::proposal::ProposalForm {
            courtyard_id: world.courtyards[1].to_string(),
            ..form
        };
        let theirs = proposal_submit(hall, member, &form).await.unwrap();
        let typed = edit(&db, member, theirs, OTHER, "").await;
        let done = text_change(hall, member, theirs, &typed).await.unwrap();
        assert!(matches!(done, Edited::Shown { version: 2, .. }), "{}: {done:?}", db.name);
    }
}

#[tokio::test]
async fn a_text_that_was_taken_down_is_gone_with_what_waits_and_comes_back_whole() {
    for db in databases().await {
        let (world, number) = moderated(&db, TalkModeration::Before).await;
        let (hall, resident) = (&db.hall, &world.resident.actor);
        let (head, member) = (&world.committee_head.actor, &world.committee_member.actor);
        sent(&db, &world, number, OTHER, "").await;
        let first = waiting(&db, &world, number).await;
        text_let_go(hall, member, number, first).await.unwrap();
        let typed = edit(&db, resident, number, THIRD, "").await;
        let typed = TextForm { note: NOTE.into(), ..typed };
        text_change(hall, resident, number, &typed).await.unwrap();
        let edit = waiting(&db, &world, number).await;
        let removal: RemovalId =
            removal_make(hall, head, number, None, "private", "写了邻居家里的私事").await.unwrap();
        let all = versions(&db, &world, number).await;
        assert_eq!(all.len(), 3, "{}", db.name);
        assert!(all.iter().all(|it| it.suggestion.is_empty() && it.note.is_none()), "{}", db.name);
        let public = text_versions(hall, world.community, Some(head), number).await;
        assert!(matches!(public, Err(Error::NotFound)), "{}", db.name);
        let one = text_version(hall, world.community, None, number, 1, None).await;
        assert!(matches!(one, Err(Error::NotFound)), "{}", db.name);
        assert!(desk_reports(hall, member).await.unwrap().texts.is_empty(), "{}", db.name);
        for done in [
            refused(text_change(hall, resident, number, &typed).await),
            refused(text_own(hall, resident, number).await),
            refused(text_case(hall, member, number).await),
            refused(text_let_go(hall, member, number, edit).await),
            refused(text_decline(hall, member, number, edit, WHY).await),
        ] {
            assert_eq!(done, Refusal::TextRemoved, "{}", db.name);
        }
        appeal_file(hall, resident, removal, "没有写谁家的事，请再看一看。").await.unwrap();
        appeal_decide(hall, member, removal, "restored", WHY).await.unwrap();
        let texts: Vec<_> = versions(&db, &world, number).await;
        let texts: Vec<_> = texts.iter().map(|it| (it.number, it.suggestion.as_str())).collect();
        assert_eq!(texts, [(0, THIRD), (1, FIRST), (2, OTHER)], "{}", db.name);
        text_let_go(hall, member, number, edit).await.unwrap();
        assert_eq!(row(&db, resident, number).await.suggestion, THIRD, "{}", db.name);

        // What its author takes away meanwhile is not missed.
        sent(&db, &world, number, FIRST, "").await;
        let removal = removal_make(hall, head, number, None, "private", WHY).await.unwrap();
        text_drop(hall, resident, number).await.unwrap();
        appeal_file(hall, resident, removal, "没有写谁家的事，请再看一看。").await.unwrap();
        appeal_decide(hall, member, removal, "restored", WHY).await.unwrap();
        assert_eq!(row(&db, resident, number).await.suggestion, THIRD, "{}", db.name);
        let kept: Vec<_> = versions(&db, &world, number).await;
        assert_eq!(kept.iter().map(|it| it.number).collect::<Vec<_>>(), [1, 2, 3]);
        assert_chain(&db).await;
    }
}

#[tokio::test]
async fn everybody_reads_the_versions_and_what_changed() {
    for db in databases().await {
        let world = World::with_first_check(&db.hall).await;
        let (number, people) = (cosigning(&db, &world).await, neighbours(&world));
        let (hall, resident) = (&db.hall, &world.resident.actor);
        let typed = edit(&db, resident, number, OTHER, "").await;
        let typed = TextForm { entrance_id: world.entrances[1].to_string(), ..typed };
        text_change(hall, resident, number, &typed).await.unwrap();
        cosigned(&db, &people[..4], number).await;
        edited(&db, &world, number, THIRD, "correction").await;
        for person in &people[..2] {
            correction_contest(hall, &person.actor, number, 3).await.unwrap();
        }
        let all = text_versions(hall, world.community, None, number).await.unwrap();
        assert_eq!((all.version, all.asks), (3, 1), "{}", db.name);
        let [third, second, first] = &all.versions[..] else { panic!("{}: {all:?}", db.name) };
        assert_eq!((first.number, first.kind), (1, VersionKind::First), "{}", db.name);
        assert!(first.changed.is_empty() && first.note.is_none(), "{}", db.name);
        assert_eq!(second.changed, [Part::Suggestion, Part::Place], "{}", db.name);
        assert_eq!((third.cosigns, third.contests), (4, 2), "{}: {third:?}", db.name);
        assert_eq!(third.note.as_deref(), Some(NOTE), "{}", db.name);
        assert_eq!(third.who.name, ShownName::Name("老槐树".into()), "{}", db.name);

        let view = async |version, against| {
            text_version(hall, world.community, None, number, version, against).await
        };
        let second = view(2, None).await.unwrap();
        assert_eq!((second.against, second.next, second.last), (Some(1), Some(3), 3));
        assert_eq!(second.text.suggestion, OTHER, "{}", db.name);
        assert_eq!(second.text.place.entrance.as_deref(), Some("1号楼2门"), "{}", db.name);
        assert_eq!(
            (second.text.category, second.text.scope.kind),
            (Category::from_name("lighting_roads").unwrap(), ScopeKind::Courtyard,)
        );
        let What::Words(segments) = &second.changes[0].what else { panic!("{second:?}") };
        let text = |fates: [Fate; 2]| -> String {
            segments.iter().filter(|it| fates.contains(&it.fate)).map(|it| &*it.text).collect()
        };
        assert_eq!(text([Fate::Kept, Fate::Gone]), FIRST, "{}", db.name);
        assert_eq!(text([Fate::Kept, Fate::New]), OTHER, "{}", db.name);
        let expected =
            What::Place { from: "北柳小区".into(), to: "北柳小区1号楼2门".into() };
        assert_eq!(second.changes[1].what, expected, "{}", db.name);
        let since_first = view(3, Some(1)).await.unwrap();
        assert_eq!(since_first.changes.len(), 2, "{}", db.name);
        let first = view(1, None).await.unwrap();
        assert!(first.against.is_none() && first.changes.is_empty(), "{}", db.name);
        for (version, against) in [(4, None), (0, None), (1, Some(1)), (2, Some(3)), (2, Some(0))] {
            let none = view(version, against).await;
            assert!(matches!(none, Err(Error::NotFound)), "{}: {version} {against:?}", db.name);
        }

        correction_contest(hall, &people[2].actor, number, 3).await.unwrap();
        let all = text_versions(hall, world.community, None, number).await.unwrap();
        let raised = all.versions[0].raised.as_ref().unwrap();
        assert!(!raised.by_committee && raised.reason.is_none(), "{}", db.name);
        assert_eq!((all.asks, all.versions[0].contests), (3, 3), "{}", db.name);
        // What isn't public yet is for its author and the committee.
        let hidden = submitted(&db, &world).await;
        let none = text_versions(hall, world.community, None, hidden).await;
        assert!(matches!(none, Err(Error::NotFound)), "{}", db.name);
        assert!(text_versions(hall, world.community, Some(resident), hidden).await.is_ok());
    }
}
