//! The committee's pages about people by address, on both databases.
#![allow(clippy::unwrap_used, reason = "a test that can't have its ground says so and ends")]

use crate::common::TestApp;
use axum::http::StatusCode;
use service::look::{DetailsForm, person_details_set};
use service::views::record::record;

fn details(real_name: &str, phone: &str) -> DetailsForm {
    DetailsForm {
        real_name: real_name.to_owned(),
        phone: phone.to_owned(),
        ..DetailsForm::default()
    }
}

async fn looks(app: &TestApp) -> usize {
    let reader = Some(&app.world.oversight.actor);
    record(&app.db.hall, reader, Some("roll_look"), None).await.unwrap().lines.len()
}

#[tokio::test]
async fn room_name_and_number_are_shown_for_a_reason_and_each_look_is_recorded() {
    for app in TestApp::each().await {
        let world = &app.world;
        let head = &world.committee_head;
        let id = world.resident.actor.person;
        person_details_set(&app.db.hall, &head.actor, id, &details("刘桂兰", "13800000001"))
            .await
            .unwrap();
        let secret = ["101", "刘桂兰", "13800000001"];
        let at = format!("/desk/people/{id}");
        for page in [
            "/desk/people".to_owned(),
            at.clone(),
            "/desk/roles".to_owned(),
            "/desk/audit".to_owned(),
        ] {
            let shown = app.get(page.clone()).as_(head).await;
            assert_eq!(shown.status, StatusCode::OK, "{page}");
            for text in secret {
                assert!(!shown.text().contains(&format!(">{text}<")), "{page} shows {text}");
            }
        }
        assert_eq!(looks(&app).await, 0);
        let unsaid = app.post_form(format!("{at}/look"), &[]).as_(head).await;
        assert_eq!(unsaid.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(!unsaid.text().contains("刘桂兰"));
        assert_eq!(looks(&app).await, 0);
        let looked = app.post_form(format!("{at}/look"), &[("reason", "contact")]).as_(head).await;
        assert_eq!(looked.status, StatusCode::OK);
        for text in secret {
            assert!(looked.text().contains(text), "{text}");
        }
        assert_eq!(looked.header("cache-control"), "no-store");
        assert_eq!(looks(&app).await, 1);
        let oversight = app.post_form(format!("{at}/look"), &[("reason", "contact")]);
        assert_eq!(oversight.as_(&world.oversight).await.status, StatusCode::FORBIDDEN);
        let record = app.get("/desk/audit?action=roll_look").as_(&world.oversight).await.text();
        assert!(record.contains(&head.nickname));
        assert!(record.contains("查看了门牌号或联系方式"));
    }
}

#[tokio::test]
async fn the_head_gives_and_ends_a_role_on_the_pages() {
    for app in TestApp::each().await {
        let world = &app.world;
        let head = &world.committee_head;
        let id = world.resident.actor.person.to_string();
        let place = format!("entrance:{}", world.entrances[0]);
        let page = app.get(format!("/desk/people/{id}")).as_(head).await.text();
        assert!(page.contains("给这个职务"));
        let by_member = app.get(format!("/desk/people/{id}")).as_(&world.committee_member).await;
        assert!(!by_member.text().contains("给这个职务"));
        let form = [
            ("person", id.as_str()),
            ("role", "entrance_lead"),
            ("place", place.as_str()),
            ("until", "gestern"),
        ];
        let wrong = app.post_form("/desk/roles/give", &form).as_(head).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.text().contains("gestern"), "what was typed is kept");
        let form = [("person", id.as_str()), ("role", "entrance_lead"), ("place", place.as_str())];
        let given = app.post_form("/desk/roles/give", &form).as_(head).await;
        assert_eq!((given.status, given.location()), (StatusCode::SEE_OTHER, "/desk/roles"));
        let offices = app.get("/offices").await.text();
        assert!(offices.contains(&world.resident.nickname));
        assert!(!offices.contains("101"), "nobody's room");
        let held = service::views::people::roles_held(&app.db.hall, world.community).await.unwrap();
        let grant = held.iter().find(|row| row.person == world.resident.actor.person).unwrap().id;
        let away = [("reason", "搬到别的楼门去住了"), ("back", "https://evil.example/")];
        let ended = app.post_form(format!("/desk/roles/{grant}/end"), &away).as_(head).await;
        assert_eq!((ended.status, ended.location()), (StatusCode::SEE_OTHER, "/"));
        assert!(!app.get("/offices").await.text().contains(&world.resident.nickname));
    }
}

#[tokio::test]
async fn another_community_sees_nothing_of_ours() {
    for app in TestApp::each().await {
        let world = &app.world;
        let abroad = world.stranger.actor.person;
        let head = &world.committee_head;
        let at = format!("/desk/people/{abroad}");
        assert_eq!(app.get(at.clone()).as_(head).await.status, StatusCode::NOT_FOUND);
        for act in ["look", "details", "helper", "factor-reset"] {
            let form = [("reason", "contact"), ("helper", "lead")];
            let answer = app.post_form(format!("{at}/{act}"), &form).as_(head).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{act}");
        }
        assert_eq!(looks(&app).await, 0);
        let record = app.get("/desk/audit").as_(head).await.text();
        assert!(!record.contains(&format!("person:{abroad}<")));
    }
}

#[tokio::test]
async fn an_empty_field_leaves_what_is_recorded_and_a_tick_deletes_it() {
    for app in TestApp::each().await {
        let world = &app.world;
        let head = &world.committee_head;
        let id = world.resident.actor.person;
        let at = format!("/desk/people/{id}");
        person_details_set(&app.db.hall, &head.actor, id, &details("刘桂兰", "")).await.unwrap();
        for (form, name, phone) in [
            ([("real_name", ""), ("phone", "138 0000 0001")], true, true),
            ([("phone_gone", "1"), ("real_name", "")], true, false),
            ([("phone", "13800000001"), ("real_name_gone", "1")], false, true),
        ] {
            let saved = app.post_form(format!("{at}/details"), &form).as_(head).await;
            assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}: {form:?}", app.name);
            let look = app.post_form(format!("{at}/look"), &[("reason", "check")]);
            let shown = look.as_(head).await.text();
            assert_eq!(shown.contains("刘桂兰"), name, "{}: {form:?}", app.name);
            assert_eq!(shown.contains("13800000001"), phone, "{}: {form:?}", app.name);
        }
        let bad = [("real_name", "刘桂兰"), ("phone", "abc")];
        let bad = app.post_form(format!("{at}/details"), &bad).as_(head).await;
        assert_eq!(bad.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(bad.text().contains(r#"value="abc""#), "{}: what was typed is kept", app.name);
    }
}

#[tokio::test]
async fn a_mail_address_as_sign_in_name_is_shown_by_a_look_alone() {
    for app in TestApp::each().await {
        let world = &app.world;
        let head = &world.committee_head;
        let new = service::setup::NewPerson {
            community: world.community,
            household: None,
            sign_in_name: "linshen@example.org".to_owned(),
            nickname: "林婶".to_owned(),
            email: None,
            password_hash: None,
            consented: true,
        };
        let id = service::setup::person_admit(&app.db.hall, new).await.unwrap();
        let at = format!("/desk/people/{id}");
        let page = app.get(at.clone()).as_(head).await.text();
        assert!(page.contains("用邮箱登录") && !page.contains("linshen@"), "{}", app.name);
        let found = app.get("/desk/people?q=linshen").as_(head).await.text();
        assert!(!found.contains("林婶"), "{}: nobody tries addresses there", app.name);
        let found = app.get("/desk/people?q=resid").as_(head).await.text();
        assert!(found.contains(&world.resident.nickname), "{}", app.name);
        let look = app.post_form(format!("{at}/look"), &[("reason", "contact")]);
        assert!(look.as_(head).await.text().contains("linshen@example.org"), "{}", app.name);
    }
}

#[tokio::test]
async fn who_signs_in_alone_is_given_no_helper() {
    for app in TestApp::each().await {
        let world = &app.world;
        let at = format!("/desk/people/{}", world.resident.actor.person);
        let refused = app.post_form(format!("{at}/helper"), &[("helper", "lead")]);
        let refused = refused.as_(&world.committee_head).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", app.name);
        assert!(refused.text().contains("自己能登录"), "{}", app.name);
        assert!(refused.text().contains(r#"value="lead""#), "{}: what was typed", app.name);
    }
}

#[tokio::test]
async fn a_name_that_is_kept_is_ones_own_to_correct_where_none_is_asked() {
    for app in TestApp::each().await {
        let (hall, me) = (&app.db.hall, &app.world.resident);
        let shown = app.get("/me/name").as_(me).await.text();
        assert!(!shown.contains(r#"name="real_name""#), "{}: none is asked", app.name);
        let head = &app.world.committee_head.actor;
        person_details_set(hall, head, me.actor.person, &details("刘桂兰", "")).await.unwrap();
        let shown = app.get("/me/name").as_(me).await.text();
        assert!(shown.contains(r#"value="刘桂兰""#), "{}", app.name);
        assert!(!shown.contains(r#"name="phone""#), "{}", app.name);
        let name = ("nickname", "刘大妈");
        let seen = ("shown_as", "nickname");
        for (form, kept) in
            [(vec![name, seen], "刘桂兰"), (vec![name, seen, ("real_name", "")], "")]
        {
            let saved = app.post_form("/me/name", &form).as_(me).await;
            assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}: {form:?}", app.name);
            let now = service::own::own_names(hall, &me.actor).await.unwrap();
            assert_eq!(now.real_name, kept, "{}: {form:?}", app.name);
        }
    }
}
