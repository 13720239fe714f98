//! Photos and plans over HTTP: sent, shown to whoever may see them, and refused with words.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use crate::common::picture::{kind, multipart, png};
use crate::common::{Answer, TestApp};
use domain::ids::{DraftId, ProposalId};
use service::draft::draft_keep;
use service::matter::by_number;
use service::photo::photos_to_matter_in_txn;
use service::plans::plans;
use service::proposal::{ProposalForm, proposal_submit};
use service::views::matter::matter_view;

async fn send(app: &TestApp, draft: &str, file: &[u8]) -> Answer {
    multipart(app, "/photos", &[("draft", draft)], &[("photos", file)])
        .header("accept", "application/json")
        .as_(&app.world.resident)
        .await
}

fn matter(app: &TestApp) -> ProposalForm {
    ProposalForm {
        title: "西门路灯连坏三盏".to_owned(),
        situation: "西门的路灯连着坏了三盏，晚上接孩子看不清路。".to_owned(),
        suggestion: "请修好这三盏灯，再查一遍其他的。".to_owned(),
        category: "lighting_roads".to_owned(),
        courtyard_id: app.world.courtyards[0].to_string(),
        scope: "courtyard".to_owned(),
        ..ProposalForm::default()
    }
}

#[tokio::test]
async fn a_photo_is_sent_and_seen_by_its_owner_and_then_by_all() {
    for app in TestApp::each().await {
        let (name, hall) = (app.name, &app.db.hall);
        let actor = &app.world.resident.actor;
        let draft = draft_keep(hall, actor, None, &matter(&app), &[]).await.unwrap().id;
        let sent = send(&app, &draft.to_string(), &png(40)).await;
        assert_eq!(sent.status, 200, "{name}: {}", sent.text());
        let told = sent.json();
        let (id, small) = (told["id"].as_i64().unwrap(), told["small"].as_str().unwrap());
        assert!(small.starts_with("/photos/"), "{name}: {small}");

        let own = app.get(small).as_(&app.world.resident).await;
        assert_eq!(own.status, 200, "{name}");
        assert_eq!(own.header("content-type"), "image/jpeg", "{name}");
        assert_eq!(own.header("cache-control"), "private, no-cache", "{name}");
        assert_eq!(own.header("x-content-type-options"), "nosniff", "{name}");
        assert!(own.body.starts_with(b"\xFF\xD8\xFF"), "{name}");
        for other in [&app.world.second_adult, &app.world.committee_head, &app.world.stranger] {
            assert_eq!(app.get(small).as_(other).await.status, 404, "{name}");
        }
        assert_eq!(app.get(small).await.status, 404, "{name}");

        let typed = [("alt", "灯杆上的灯不亮")];
        let said =
            app.post_form(format!("/photos/{id}/alt"), &typed).as_(&app.world.resident).await;
        assert_eq!(said.status, 200, "{name}: {}", said.text());
        let theirs =
            app.post_form(format!("/photos/{id}/alt"), &typed).as_(&app.world.second_adult);
        assert_eq!(theirs.await.status, 404, "{name}");

        let number = proposal_submit(hall, actor, &matter(&app)).await.unwrap();
        let row = by_number(hall.db.read(), app.world.community, number).await.unwrap().id;
        let txn = hall.db.begin().await.unwrap();
        photos_to_matter_in_txn(&txn, DraftId(draft), ProposalId(row)).await.unwrap();
        txn.commit().await.unwrap();
        let shown = app.get(small).await;
        assert_eq!(shown.status, 200, "{name}");
        // Whoever keeps it asks each time: it can be taken down.
        assert_eq!(shown.header("cache-control"), "public, no-cache", "{name}");
        let etag = shown.header("etag").to_owned();
        let again = app.get(small).header("if-none-match", &etag).await;
        assert_eq!((again.status.as_u16(), again.body.len()), (304, 0), "{name}");
        assert_eq!(again.header("etag"), etag, "{name}");
        let other = app.get(small).header("if-none-match", "\"other\"").await;
        assert_eq!(other.status, 200, "{name}");

        // WebP first, JPEG for browsers that know none, and a link to the large one.
        let page =
            app.get(format!("/proposals/{number}")).as_(&app.world.second_adult).await.text();
        assert!(page.contains(r#"<source type="image/webp" srcset="/photos/"#), "{name}: {page}");
        assert!(page.contains(&format!(r#"src="{small}""#)), "{name}");
        assert!(page.contains(r#"alt="灯杆上的灯不亮""#), "{name}");
        let view = matter_view(hall, app.world.community, None, number, None).await.unwrap();
        for file in [&view.photos[0].large_modern, &view.photos[0].small_modern] {
            let webp = app.get(format!("/photos/{file}")).await;
            assert_eq!(webp.header("content-type"), "image/webp", "{name}");
            assert_eq!(&webp.body[8..12], b"WEBP", "{name}");
        }

        let gone =
            app.post_form(format!("/photos/{id}/remove"), &[]).as_(&app.world.resident).await;
        assert_eq!(gone.status, 200, "{name}: {}", gone.text());
        assert_eq!(app.get(small).await.status, 404, "{name}");
        let kept = app.get(small).header("if-none-match", &etag).await;
        assert_eq!(kept.status, 404, "{name}: nor for who has it");
    }
}

#[tokio::test]
async fn what_is_refused_says_why() {
    let app = TestApp::sqlite().await;
    let heic = [b"\0\0\0\x18ftyp".as_slice(), b"heic\0\0\0\0mif1heic"].concat();
    let large = vec![b'x'; (20 << 20) + 1];
    for (file, said) in [
        (heic.as_slice(), "兼容性最佳"),
        (b"not a photo", "不是照片"),
        (&png(1)[..40], "没传完整"),
        (&large, "20 MB"),
    ] {
        let refused = send(&app, "", file).await;
        assert_eq!(refused.status, 422, "{said}");
        let told = refused.json()["error"].as_str().unwrap().to_owned();
        assert!(told.contains(said), "{told}");
    }
    let english = multipart(&app, "/photos", &[], &[("photos", &heic)])
        .header("accept", "application/json")
        .cookie("lang", "en")
        .as_(&app.world.resident)
        .await;
    assert!(english.json()["error"].as_str().unwrap().contains("Most Compatible"));
    let none = multipart(&app, "/photos", &[], &[]).as_(&app.world.resident).await;
    assert_eq!(none.status, 422);
    let nobody = multipart(&app, "/photos", &[], &[("photos", &png(1))])
        .header("accept", "application/json")
        .await;
    assert_eq!(nobody.status, 401);
    let guest = multipart(&app, "/photos", &[], &[("photos", &png(1))]);
    assert_eq!(guest.as_(&app.world.no_household).await.status, 403);
    let no_form = app.post("/photos").as_(&app.world.resident).await;
    assert_eq!(no_form.status, 422, "an empty form has an empty photo");
    // A draft of somebody else, or one that is gone: the photo is the sender's own all the same.
    let sent = send(&app, "12345", &png(9)).await;
    assert_eq!(sent.status, 200, "{}", sent.text());
}

#[tokio::test]
async fn a_body_may_hold_one_photo_and_no_more_than_that() {
    let app = TestApp::sqlite().await;
    let said = |bytes: usize| {
        app.post("/photos")
            .header("content-type", &kind())
            .header("content-length", &bytes.to_string())
            .as_(&app.world.resident)
    };
    assert_eq!(said(22 << 20).await.status, 413);
    assert_ne!(said(20 << 20).await.status, 413);
    let small = app.post("/photos/1/alt").header("content-length", &(1 << 20).to_string());
    assert_eq!(small.as_(&app.world.resident).await.status, 413);
}

#[tokio::test]
async fn a_plan_is_put_up_and_ended_at_the_desk() {
    for app in TestApp::each().await {
        let (name, head) = (app.name, &app.world.committee_head);
        let page = app.get("/desk/plans").as_(head).await;
        assert_eq!(page.status, 200, "{name}");
        assert!(page.text().contains("multipart/form-data"), "{name}");
        assert_eq!(app.get("/desk/plans").as_(&app.world.resident).await.status, 404, "{name}");

        // It comes back with all that was typed, and what to do beside the field.
        let courtyard = app.world.courtyards[1].to_string();
        let fields = [("name", "7号院草图"), ("courtyard_id", &*courtyard)];
        let back =
            multipart(&app, "/desk/plans", &fields, &[("file", b"no picture")]).as_(head).await;
        assert_eq!(back.status, 422, "{name}");
        let text = back.text();
        assert!(text.contains(r#"value="7号院草图""#), "{name}: {text}");
        assert!(text.contains(&format!(r#"<option value="{courtyard}" selected"#)), "{name}");
        assert!(text.contains("不是照片") && text.contains(r##"href="#file""##), "{name}");

        let put = multipart(&app, "/desk/plans", &fields, &[("file", &png(7))]).as_(head).await;
        assert_eq!((put.status.as_u16(), put.location()), (303, "/desk/plans"), "{name}");
        let plan = plans(&app.db.hall, app.world.community).await.unwrap().remove(0);
        let page = app.get("/desk/plans").as_(head).await.text();
        assert!(page.contains("7号院草图"), "{name}");
        let file = app.get(format!("/photos/{}", plan.large_jpeg)).await;
        assert_eq!(file.status, 200, "{name}: a plan is for everybody");
        let end = format!("/desk/plans/{}/end", plan.id);
        assert_eq!(app.post(end.as_str()).as_(&app.world.resident).await.status, 404, "{name}");
        assert_eq!(app.post(end.as_str()).as_(head).await.status, 303, "{name}");
        assert_eq!(app.post(end.as_str()).as_(head).await.status, 409, "{name}");
        let page = app.get("/desk/plans").as_(head).await.text();
        assert!(!page.contains("7号院草图"), "{name}");
    }
}

#[tokio::test]
async fn without_scripts_photos_go_with_the_form_and_come_back_with_it() {
    for app in TestApp::each().await {
        let (name, resident) = (app.name, &app.world.resident);
        let page = app.get("/proposals/new").as_(resident).await.text();
        assert!(page.contains(r#"enctype="multipart/form-data""#), "{name}");
        assert!(page.contains(r#"type="file" id="photos" name="photos""#), "{name}");

        // Two photos, and a button that sends them first: the form comes back with all that was typed.
        let typed =
            [("title", "西门路灯"), ("situation", "三盏灯 < 都 & 不亮"), ("photo_add", "1")];
        let files = [("photos", &*png(10)), ("photos", &*png(90))];
        let back = multipart(&app, "/proposals/new", &typed, &files).as_(resident).await;
        assert!(matches!(back.status.as_u16(), 200 | 422), "{name}: {}", back.status);
        let text = back.text();
        assert_eq!(text.matches(r#"name="photo_remove""#).count(), 2, "{name}: {text}");
        assert!(text.contains(r#"value="西门路灯""#), "{name}");
        assert!(text.contains("三盏灯 &lt; 都 &amp; 不亮"), "{name}");

        // A HEIC beside a good one: what to do about it, and nothing is lost.
        let heic = [b"\0\0\0\x18ftyp".as_slice(), b"heic\0\0\0\0mif1heic"].concat();
        let typed = [("title", "西门路灯连坏三盏")];
        let files = [("photos", &*png(11)), ("photos", &*heic)];
        let back = multipart(&app, "/proposals/new", &typed, &files).as_(resident).await;
        assert_eq!(back.status, 422, "{name}");
        let text = back.text();
        assert!(text.contains("兼容性最佳"), "{name}: {text}");
        assert!(text.contains(r#"value="西门路灯连坏三盏""#), "{name}");
        assert_eq!(text.matches(r#"name="photo_remove""#).count(), 1, "{name}");
    }
}
