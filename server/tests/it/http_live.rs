//! `/proposals/{number}/live`: what is said on one server is told to those who look on another.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use crate::common::TestApp;
use axum::body::Body;
use axum::http::{StatusCode, header};
use domain::proposal::Step;
use http_body_util::BodyExt as _;
use service::matter::{self, By, Said};
use service::post::{PostForm, post_write};
use service::proposal::{ProposalForm, proposal_submit};

/// A matter whose forum is open, and its number.
async fn talked(app: &TestApp) -> i64 {
    let form = ProposalForm {
        title: "路灯连坏三盏".to_owned(),
        situation: "西门进来三盏灯都不亮，晚上看不见路。".to_owned(),
        suggestion: "请先换上灯泡，再查一查线路。".to_owned(),
        category: "lighting_roads".to_owned(),
        courtyard_id: app.world.courtyards[0].to_string(),
        scope: "courtyard".to_owned(),
        ..ProposalForm::default()
    };
    proposal_submit(&app.db.hall, &app.world.resident.actor, &form).await.unwrap()
}

async fn say(app: &TestApp, number: i64, body: &str) {
    let form =
        PostForm { stance: "addition".to_owned(), body: body.to_owned(), ..PostForm::default() };
    post_write(&app.db.hall, &app.world.resident.actor, number, &form).await.unwrap();
}

async fn event(body: &mut Body) -> String {
    let frame = body.frame().await.expect("the stream goes on").unwrap();
    String::from_utf8(frame.into_data().unwrap().to_vec()).unwrap()
}

#[tokio::test]
async fn who_looks_hears_that_something_was_said() {
    for app in TestApp::each().await {
        let number = talked(&app).await;
        say(&app, number, "第一句").await;
        let address = format!("/proposals/{number}/live");
        let page = format!("/proposals/{number}");
        let read = app.get(&page).await.text();
        assert!(!read.contains(&address) && read.contains("class=\"live\""), "{}", app.name);
        let joined = app.get(&page).as_(&app.world.resident).await.text();
        assert!(joined.contains(&address), "{}: {joined}", app.name);

        let answer = app.stream(&address).await;
        assert_eq!(answer.status(), StatusCode::OK, "{}", app.name);
        let head = answer.headers();
        assert_eq!(head[header::CONTENT_TYPE], "text/event-stream", "{}", app.name);
        assert_eq!(head[header::CACHE_CONTROL], "no-store", "{}", app.name);
        let mut body = answer.into_body();
        assert_eq!(event(&mut body).await, "data: 1\n\n", "{}", app.name);
        // Written past this server: the stream asks the database.
        say(&app, number, "第二句").await;
        assert_eq!(event(&mut body).await, "data: 2\n\n", "{}", app.name);
        assert_eq!(app.db.hall.live.watched(), 1, "{}", app.name);

        // A server that stops ends its streams, and lets nobody in any more.
        app.db.hall.live.close();
        assert!(body.frame().await.is_none(), "{}", app.name);
        let mut late = app.stream(&address).await.into_body();
        assert!(late.frame().await.is_none(), "{}", app.name);
        assert_eq!(app.db.hall.live.watched(), 0, "{}", app.name);
    }
}

#[tokio::test]
async fn what_is_not_public_is_not_listened_to() {
    let app = TestApp::sqlite().await;
    let number = talked(&app).await;
    let hall = &app.db.hall;
    let row = matter::by_number(hall.db.read(), app.world.community, number).await.unwrap();
    let txn = hall.db.begin().await.unwrap();
    let by = By::Person(&app.world.committee_head.actor);
    let said = Said::reason("请写清楚是哪三盏。");
    matter::advance_in_txn(hall, &txn, row, Step::Return, by, said).await.unwrap();
    txn.commit().await.unwrap();
    let answer = app.stream(&format!("/proposals/{number}/live")).await;
    assert_eq!(answer.status(), StatusCode::NOT_FOUND);
    assert_eq!(app.stream("/proposals/9999/live").await.status(), StatusCode::NOT_FOUND);
}
