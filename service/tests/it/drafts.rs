//! Drafts: kept, gone on with, dropped and sent; on both databases.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use domain::ids::{DraftId, PhotoId};
use domain::permission::Denied;
use domain::time::HOUR_MS;
use entities::{audit, draft, photo, proposal_version};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use service::draft::{
    DRAFT_TEXT_MAX, DRAFTS_MAX, Kept, draft_drop, draft_keep, draft_list, draft_open,
};
use service::photo::{PhotoHome, photo_add, photos_of, photos_of_draft};
use service::proposal::{ProposalForm, proposal_send};
use service::testing::{PASSWORD, World, databases};
use service::{Error, Hall, Problem, Refusal, Result};
use tokio::task::JoinSet;

fn typed(title: &str) -> ProposalForm {
    ProposalForm { title: title.to_owned(), ..ProposalForm::default() }
}

fn whole(world: &World) -> ProposalForm {
    ProposalForm {
        title: "西门路灯连坏三盏".to_owned(),
        situation: "西门的路灯连着坏了三盏，晚上接孩子看不清路。".to_owned(),
        suggestion: "请修好这三盏灯，再查一遍其他的。".to_owned(),
        category: "lighting_roads".to_owned(),
        courtyard_id: world.courtyards[0].to_string(),
        scope: "courtyard".to_owned(),
        ..ProposalForm::default()
    }
}

/// A small picture.
fn picture() -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    let picture = image::RgbImage::from_pixel(40, 30, image::Rgb([120, 90, 60]));
    picture.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

fn refused<T: std::fmt::Debug>(result: Result<T>) -> Refusal {
    match result {
        Err(Error::Refused(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}

async fn count(hall: &Hall) -> u64 {
    draft::Entity::find().count(hall.db.read()).await.unwrap()
}

#[tokio::test]
async fn what_was_typed_is_there_again() {
    for db in databases().await {
        let (hall, world) = (&db.hall, World::new(&db.hall).await);
        let me = &world.resident.actor;
        let entries = audit::Entity::find().count(hall.db.read()).await.unwrap();
        let first = draft_keep(hall, me, None, &typed("西门"), &[]).await.unwrap();
        assert_eq!(first.version, 1);
        // Half a matter is kept as it is, and so is one that can't be sent.
        let mut form = typed("西门路灯");
        form.situation = "短".to_owned();
        form.category = "no such thing".to_owned();
        let second = draft_keep(hall, me, Some(first), &form, &[]).await.unwrap();
        assert_eq!(second, Kept { id: first.id, version: 2 });
        let opened = draft_open(hall, me, first.id).await.unwrap();
        assert_eq!((opened.form, opened.kept), (form.clone(), second), "{}", db.name);
        // Nothing changed: nothing is written, whichever version asks.
        let same = draft_keep(hall, me, Some(first), &form, &[]).await.unwrap();
        assert_eq!(same, second);
        db.clock.advance_ms(HOUR_MS);
        draft_keep(hall, me, None, &typed("  另一件  "), &[]).await.unwrap();
        let titles: Vec<_> =
            draft_list(hall, me).await.unwrap().into_iter().map(|line| line.title).collect();
        assert_eq!(titles, ["另一件", "西门路灯"], "the latest first");
        // No page shows a draft: the chain has nothing to say of it.
        draft_drop(hall, me, first.id).await.unwrap();
        assert_eq!(audit::Entity::find().count(hall.db.read()).await.unwrap(), entries);
        assert_eq!(count(hall).await, 1);
    }
}

#[tokio::test]
async fn nobody_else_has_it() {
    for db in databases().await {
        let (hall, world) = (&db.hall, World::new(&db.hall).await);
        let mine =
            draft_keep(hall, &world.resident.actor, None, &typed("我的"), &[]).await.unwrap();
        // Not even the other adult of the household, the committee or oversight.
        for other in
            [&world.second_adult, &world.committee_member, &world.oversight, &world.stranger]
        {
            let (who, actor) = (&other.sign_in_name, &other.actor);
            assert!(
                matches!(draft_open(hall, actor, mine.id).await, Err(Error::NotFound)),
                "{who}"
            );
            assert!(
                matches!(draft_drop(hall, actor, mine.id).await, Err(Error::NotFound)),
                "{who}"
            );
            let change = draft_keep(hall, actor, Some(mine), &typed("改成别的"), &[]).await;
            assert!(matches!(change, Err(Error::NotFound)), "{who}: {change:?}");
            assert!(draft_list(hall, actor).await.unwrap().is_empty(), "{who}");
        }
        let guest = draft_keep(hall, &world.no_household.actor, None, &typed("客人"), &[]).await;
        assert!(matches!(guest, Err(Error::Denied(Denied::NotVerified))), "{guest:?}");
        let kept = draft_open(hall, &world.resident.actor, mine.id).await.unwrap();
        assert_eq!(kept.form.title, "我的", "{}", db.name);
    }
}

#[tokio::test]
async fn who_comes_second_is_told_and_overwrites_nothing() {
    for db in databases().await {
        let (hall, world) = (&db.hall, World::new(&db.hall).await);
        let me = &world.resident.actor;
        let first = draft_keep(hall, me, None, &typed("第一版"), &[]).await.unwrap();
        draft_keep(hall, me, Some(first), &typed("手机上改的"), &[]).await.unwrap();
        let late = draft_keep(hall, me, Some(first), &typed("电脑上改的"), &[]).await;
        assert_eq!(refused(late), Refusal::Stale);
        assert_eq!(draft_open(hall, me, first.id).await.unwrap().form.title, "手机上改的");
    }
}

#[tokio::test]
async fn five_at_most_however_many_come_at_once() {
    for db in databases().await {
        let world = World::new(&db.hall).await;
        let halls = [db.hall.clone(), db.second_hall().await];
        let mut keeping = JoinSet::new();
        for n in 0..12 {
            let (hall, actor) = (halls[n % 2].clone(), world.resident.actor.clone());
            let form = typed(&format!("第 {n} 份"));
            keeping.spawn(async move { draft_keep(&hall, &actor, None, &form, &[]).await.is_ok() });
        }
        let kept = keeping.join_all().await.into_iter().filter(|kept| *kept).count();
        assert_eq!(kept as u64, DRAFTS_MAX, "{}", db.name);
        let (hall, me) = (&db.hall, &world.resident.actor);
        let more = draft_keep(hall, me, None, &typed("再来一份"), &[]).await;
        assert_eq!(refused(more), Refusal::TooManyDrafts);
        // Another person has their own five.
        draft_keep(hall, &world.second_adult.actor, None, &typed("我的"), &[]).await.unwrap();
        let one = draft_list(hall, me).await.unwrap()[0].id;
        draft_drop(hall, me, one).await.unwrap();
        draft_keep(hall, me, None, &typed("再来一份"), &[]).await.unwrap();
    }
}

#[tokio::test]
async fn a_draft_is_no_place_to_store_things_in() {
    for db in databases().await {
        let (hall, world) = (&db.hall, World::new(&db.hall).await);
        let me = &world.resident.actor;
        let fits = ProposalForm { situation: "字".repeat(DRAFT_TEXT_MAX), ..typed("长") };
        draft_keep(hall, me, None, &fits, &[]).await.unwrap();
        // One grapheme of many bytes is as large as many.
        let zalgo = format!("a{}", "\u{301}".repeat(DRAFT_TEXT_MAX * 10));
        for long in ["字".repeat(DRAFT_TEXT_MAX + 1), zalgo] {
            let form = ProposalForm { situation: long, ..typed("长") };
            match draft_keep(hall, me, None, &form, &[]).await {
                Err(Error::Invalid(fields)) => {
                    assert_eq!(fields[0].field, "situation");
                    assert!(matches!(fields[0].problem, Problem::Text(_)));
                }
                other => panic!("{}: {other:?}", db.name),
            }
        }
    }
}

#[tokio::test]
async fn sending_ends_the_draft_and_takes_its_photos_along() {
    for db in databases().await {
        let (hall, world) = (&db.hall, World::new(&db.hall).await);
        let me = &world.resident.actor;
        // One photo was sent before there was a draft, one after.
        let loose = photo_add(hall, me, picture(), "坏了的灯", PhotoHome::Loose).await.unwrap();
        let others = photo_add(hall, &world.second_adult.actor, picture(), "", PhotoHome::Loose)
            .await
            .unwrap();
        let kept = draft_keep(hall, me, None, &typed("西门路灯"), &[loose, others]).await.unwrap();
        let draft = PhotoHome::Draft(DraftId(kept.id));
        photo_add(hall, me, picture(), "另一盏", draft).await.unwrap();
        let there = photos_of_draft(hall, me, DraftId(kept.id)).await.unwrap();
        assert_eq!(there.len(), 2, "{}: somebody else's photo stays theirs", db.name);
        assert_eq!(draft_list(hall, me).await.unwrap()[0].photos, 2);
        let last = photo_add(hall, me, picture(), "还有一盏", PhotoHome::Loose).await.unwrap();

        // A matter that can't be taken leaves everything as it was.
        let bad = proposal_send(hall, me, &typed("短"), Some(kept), &[last]).await;
        assert!(matches!(bad, Err(Error::Invalid(_))), "{bad:?}");
        assert_eq!(photos_of_draft(hall, me, DraftId(kept.id)).await.unwrap().len(), 2);

        let number = proposal_send(hall, me, &whole(&world), Some(kept), &[last]).await.unwrap();
        let row =
            service::matter::by_number(hall.db.read(), world.community, number).await.unwrap();
        let photos = photos_of(hall.db.read(), row.id).await.unwrap();
        assert_eq!(photos.len(), 3, "{}", db.name);
        assert!(draft_list(hall, me).await.unwrap().is_empty());
        assert_eq!(refused_or_none(hall, me, kept.id).await, "gone");
        let versions = proposal_version::Entity::find()
            .filter(proposal_version::Column::ProposalId.eq(row.id))
            .all(hall.db.read())
            .await
            .unwrap();
        assert_eq!(versions.len(), 1);
        assert_eq!((versions[0].number, versions[0].kind.as_str()), (1, "first"));
        assert_eq!(versions[0].title, row.title);
    }
}

async fn refused_or_none(hall: &Hall, me: &domain::role::Actor, id: i64) -> &'static str {
    match draft_open(hall, me, id).await {
        Err(Error::NotFound) => "gone",
        _ => "there",
    }
}

#[tokio::test]
async fn what_another_device_wrote_into_a_draft_outlives_its_sending() {
    for db in databases().await {
        let (hall, world) = (&db.hall, World::new(&db.hall).await);
        let me = &world.resident.actor;
        let here = draft_keep(hall, me, None, &typed("这里写的"), &[]).await.unwrap();
        photo_add(hall, me, picture(), "", PhotoHome::Draft(DraftId(here.id))).await.unwrap();
        let there = draft_keep(hall, me, Some(here), &typed("那边改的"), &[]).await.unwrap();
        assert!(there.version > here.version);
        let number = proposal_send(hall, me, &whole(&world), Some(here), &[]).await.unwrap();
        assert_eq!(
            draft_open(hall, me, here.id).await.unwrap().form.title,
            "那边改的",
            "{}",
            db.name
        );
        let row =
            service::matter::by_number(hall.db.read(), world.community, number).await.unwrap();
        assert_eq!(photos_of(hall.db.read(), row.id).await.unwrap().len(), 1, "{}", db.name);
        // Sent from there, it is over.
        proposal_send(hall, me, &whole(&world), Some(there), &[]).await.unwrap();
        assert!(draft_list(hall, me).await.unwrap().is_empty(), "{}", db.name);
    }
}

#[tokio::test]
async fn somebody_elses_draft_is_never_sent() {
    for db in databases().await {
        let (hall, world) = (&db.hall, World::new(&db.hall).await);
        let theirs = &world.second_adult.actor;
        let kept = draft_keep(hall, theirs, None, &typed("她的"), &[]).await.unwrap();
        photo_add(hall, theirs, picture(), "", PhotoHome::Draft(DraftId(kept.id))).await.unwrap();
        let me = &world.resident.actor;
        proposal_send(hall, me, &whole(&world), Some(kept), &[]).await.unwrap();
        assert_eq!(draft_open(hall, theirs, kept.id).await.unwrap().form.title, "她的");
        let photos = photos_of_draft(hall, theirs, DraftId(kept.id)).await.unwrap();
        assert_eq!(photos.len(), 1, "{}", db.name);
    }
}

#[tokio::test]
async fn a_dropped_draft_takes_its_photos_along_and_so_does_a_closed_account() {
    for db in databases().await {
        let (hall, world) = (&db.hall, World::new(&db.hall).await);
        let me = &world.second_adult.actor;
        let with_photo = async || {
            let kept = draft_keep(hall, me, None, &typed("有照片"), &[]).await.unwrap();
            let home = PhotoHome::Draft(DraftId(kept.id));
            let id: PhotoId = photo_add(hall, me, picture(), "", home).await.unwrap();
            (kept.id, id)
        };
        let there = async |id: PhotoId| {
            photo::Entity::find_by_id(id.0).one(hall.db.read()).await.unwrap().is_some()
        };
        let (draft, dropped) = with_photo().await;
        draft_drop(hall, me, draft).await.unwrap();
        assert!(!there(dropped).await, "{}", db.name);
        let (_, closed) = with_photo().await;
        service::close::account_close(hall, me, PASSWORD).await.unwrap();
        assert!(!there(closed).await, "{}", db.name);
        assert_eq!(count(hall).await, 0);
    }
}

#[tokio::test]
async fn a_helper_writes_on_and_is_named() {
    for db in databases().await {
        let (hall, world) = (&db.hall, World::new(&db.hall).await);
        let mut acting = world.resident.actor.clone();
        acting.through = Some(world.entrance_lead.actor.person);
        let kept = draft_keep(hall, &acting, None, &typed("代写的"), &[]).await.unwrap();
        let row = draft::Entity::find_by_id(kept.id).one(hall.db.read()).await.unwrap().unwrap();
        assert_eq!(row.person_id, world.resident.actor.person.0);
        assert_eq!(row.through_id, Some(world.entrance_lead.actor.person.0), "{}", db.name);
        // The neighbour goes on by themselves.
        draft_keep(hall, &world.resident.actor, Some(kept), &typed("自己改的"), &[]).await.unwrap();
        let row = draft::Entity::find_by_id(kept.id).one(hall.db.read()).await.unwrap().unwrap();
        assert_eq!(row.through_id, None);
    }
}
