//! Places on the committee's desk by address, on both databases: forms that come back, and rooms that are
//! shown to a look alone.
#![allow(clippy::type_complexity, reason = "a table says its own shape")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use crate::common::TestApp;
use axum::http::StatusCode;
use service::places::household_of_room;
use service::views::record::record;

/// Rooms that stand nowhere else in a page.
const ROOMS: [&str; 2] = ["甲戌906", "甲戌907"];

async fn looks(app: &TestApp) -> usize {
    let member = &app.world.committee_member.actor;
    record(&app.db.hall, Some(member), Some("roll_look"), None).await.unwrap().lines.len()
}

async fn household_of(app: &TestApp, room: &str) -> Option<i64> {
    let door = app.world.entrances[0];
    household_of_room(&app.db.hall, door, room).await.unwrap().map(|id| id.0)
}

/// The first entrance with two more households, and its address.
async fn ground(app: &TestApp) -> String {
    let door = format!("/desk/places/entrances/{}", app.world.entrances[0]);
    let form = [("rooms", "甲戌906\r\n甲戌９０７\r\n")];
    let added = app.post_form(format!("{door}/households"), &form);
    let added = added.as_(&app.world.committee_member).await;
    assert_eq!(added.location(), door, "{}: {}", app.name, added.text());
    door
}

#[tokio::test]
async fn rooms_are_shown_to_a_look_alone_and_each_look_is_recorded() {
    for app in TestApp::each().await {
        let member = &app.world.committee_member;
        let door = ground(&app).await;
        let yard = format!("/desk/places/courtyards/{}", app.world.courtyards[0]);
        for path in ["/desk", "/desk/places", "/desk/people", &yard, &door, &format!("{door}/look")]
        {
            let page = app.get(path).as_(member).await;
            assert!(
                [StatusCode::OK, StatusCode::SEE_OTHER].contains(&page.status),
                "{}: {path}: {}",
                app.name,
                page.status
            );
            for room in ROOMS {
                assert!(!page.text().contains(room), "{}: {path} shows {room}", app.name);
            }
        }
        assert_eq!(looks(&app).await, 0, "{}: nobody has looked", app.name);
        let page = app.post_form(format!("{door}/look"), &[]).as_(member).await;
        assert_eq!(page.status, StatusCode::OK, "{}", app.name);
        let text = page.text();
        assert!(ROOMS.iter().all(|room| text.contains(room)), "{}: {text}", app.name);
        assert!(text.contains("老槐树"), "{}: its representatives", app.name);
        assert_eq!(looks(&app).await, 1, "{}", app.name);
        let page = app.post_form(format!("{door}/look"), &[]).as_(&app.world.oversight).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{}", app.name);
        assert_eq!(looks(&app).await, 1, "{}: what was refused was no look", app.name);
        let page = app.get(&door).as_(&app.world.oversight).await.text();
        assert!(!page.contains(&format!("{door}/rename")), "{}: oversight reads", app.name);
    }
}

#[tokio::test]
async fn forms_come_back_with_what_was_typed() {
    for app in TestApp::each().await {
        let member = &app.world.committee_member;
        let door = ground(&app).await;
        let yard = format!("/desk/places/courtyards/{}", app.world.courtyards[0]);
        let other = app.world.entrances[1].to_string();
        let table: [(String, &[(&str, &str)], &str); 9] = [
            ("/desk/places".into(), &[("name", "")], "#add-name"),
            ("/desk/places".into(), &[("name", "7号院")], "#add-name"),
            (format!("{yard}/entrances"), &[("name", "1号楼2门")], "#add-name"),
            (format!("{yard}/rename"), &[("name", "新名"), ("reason", "短")], "#rename-reason"),
            (format!("{door}/rename"), &[("name", ""), ("reason", "")], "#rename-name"),
            (format!("{door}/merge"), &[("into", ""), ("reason", "")], "#merge-into"),
            (format!("{door}/households"), &[("rooms", " ")], "#homes-rooms"),
            (format!("{door}/end"), &[("reason", "短")], "#end-reason"),
            (format!("{door}/split"), &[("name", "3门"), ("reason", "")], "#split-households"),
        ];
        for (path, form, link) in table {
            let page = app.post_form(path.as_str(), form).as_(member).await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{}: {path}", app.name);
            let text = page.text();
            assert!(text.contains(&format!("href=\"{link}\"")), "{}: {path}: {text}", app.name);
            for (_, typed) in form.iter().filter(|(_, typed)| !typed.trim().is_empty()) {
                assert!(text.contains(typed), "{}: {path}: {typed} is lost", app.name);
            }
        }
        // Two entrances with the same rooms: which they are is told, and that is a look.
        let before = looks(&app).await;
        let form = [("into", other.as_str()), ("reason", "")];
        let page = app.post_form(format!("{door}/merge"), &form).as_(member).await;
        assert_eq!(page.status, StatusCode::CONFLICT, "{}", app.name);
        let text = page.text();
        assert!(text.contains("101、201、301"), "{}: {text}", app.name);
        assert_eq!(looks(&app).await, before + 1, "{}", app.name);
        let page = app.post_form(format!("{door}/end"), &[("reason", "")]).as_(member).await;
        assert_eq!(page.status, StatusCode::CONFLICT, "{}", app.name);
        assert!(page.text().contains("这里还有 8 户"), "{}", app.name);

        // Reloaded, the address of a form leads to its page.
        let page = app.get(format!("{door}/merge")).as_(member).await;
        assert_eq!(page.location(), door, "{}", app.name);
        for wrong in ["/desk/places/entrances/x", "/desk/places/entrances/999999"] {
            let page = app.get(wrong).as_(member).await;
            assert_eq!(page.status, StatusCode::NOT_FOUND, "{}: {wrong}", app.name);
        }
    }
}

#[tokio::test]
async fn an_entrance_is_split_and_a_household_moves_out() {
    for app in TestApp::each().await {
        let member = &app.world.committee_member;
        let door = ground(&app).await;
        let [first, second] = ROOMS;
        let id = household_of(&app, first).await.unwrap().to_string();
        // A reason that is missing: the roll comes back, with that row's form open.
        let form = [("household", id.as_str()), ("reason", ""), ("room_gone", "yes")];
        let page = app.post_form(format!("{door}/move-out"), &form).as_(member).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", app.name);
        assert!(page.text().contains(&format!("href=\"#out-{id}-reason\"")), "{}", app.name);
        let form = [("household", id.as_str()), ("reason", "sold"), ("room_gone", "yes")];
        let done = app.post_form(format!("{door}/move-out"), &form).as_(member).await;
        assert_eq!(done.location(), door, "{}", app.name);
        assert_eq!(household_of(&app, first).await, None, "{}: the room is gone", app.name);

        let ids = [
            household_of(&app, second).await.unwrap().to_string(),
            app.world.resident.actor.home.unwrap().household.to_string(),
        ];
        let form = [
            ("households", ids[0].as_str()),
            ("households", ids[1].as_str()),
            ("name", "1号楼9门"),
            ("reason", "新开了一道门"),
        ];
        let done = app.post_form(format!("{door}/split"), &form).as_(member).await;
        let new = done.location().to_owned();
        assert!(new.starts_with("/desk/places/entrances/"), "{}: {}", app.name, done.text());
        let page = app.get(&new).as_(member).await.text();
        assert!(page.contains("1号楼9门") && page.contains("2 户"), "{}: {page}", app.name);
        let page = app.get("/desk/places").as_(member).await.text();
        assert!(page.contains("从“1号楼1门”分出“1号楼9门”，过去 2 户"), "{}: {page}", app.name);
        assert!(page.contains("新开了一道门"), "{}", app.name);

        // And back, into the entrance that it came from.
        let back = app.world.entrances[0].to_string();
        let form = [("into", back.as_str()), ("reason", "")];
        let done = app.post_form(format!("{new}/merge"), &form).as_(member).await;
        assert_eq!(done.location(), door, "{}", app.name);
        let page = app.get(&new).as_(member).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{}: it ended", app.name);

        // Whoever lived there is told.
        let home = ids[1].as_str();
        let form = [("household", home), ("reason", "moved"), ("room_gone", "")];
        app.post_form(format!("{door}/move-out"), &form).as_(member).await;
        let page = app.get("/me").as_(&app.world.resident).await.text();
        assert!(page.contains("登记为搬走了"), "{}: {page}", app.name);
        let page = app.get("/me").as_(&app.world.no_household).await.text();
        assert!(!page.contains("登记为搬走了"), "{}", app.name);
    }
}
