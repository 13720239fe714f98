//! Every error is a page that says what to do, in the reader's language, or JSON for an island.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use crate::common::{ORIGIN, TestApp};
use app::words::site::SiteWords;
use app::{App, Fail};
use axum::Router;
use axum::extract::Form;
use axum::http::{StatusCode, header};
use axum::routing::{get, post};
use domain::calendar::MissingYear;
use domain::permission::Denied;
use service::{Error, Problem, Refusal, testing};

/// Pages that fail in each way.
fn failing() -> Router<App> {
    #[derive(Debug, serde::Deserialize)]
    struct Typed {
        #[allow(dead_code, reason = "only its type matters")]
        n: u32,
    }
    async fn form(_typed: Form<Typed>) {}
    let fails = |make: fn() -> Error| {
        get(async move || Fail::from(make())).post(async move || Fail::from(make()))
    };
    Router::new()
        .route("/401", fails(|| Denied::SignIn.into()))
        .route("/403/verified", fails(|| Denied::NotVerified.into()))
        .route("/403/scope", fails(|| Denied::OutOfScope.into()))
        .route("/403/yours", fails(|| Denied::NotYours.into()))
        .route("/403/elector", fails(|| Denied::NotElector.into()))
        .route("/403/role", fails(|| Denied::NeedsRole.into()))
        .route("/404", fails(|| Error::NotFound))
        .route("/404/elsewhere", fails(|| Denied::NotHere.into()))
        .route("/409/stale", fails(|| Refusal::Stale.into()))
        .route("/409/voted", fails(|| Refusal::AlreadyVoted.into()))
        .route("/422", fails(|| Error::field("title", Problem::Choose)))
        .route("/429", fails(|| Error::TooOften { operation: "test", retry_after_s: 61 }))
        .route("/500", fails(|| Error::Broken("geheim".into())))
        .route("/503", fails(|| MissingYear(2031).into()))
        .route("/panic", get(panics))
        .route("/form", post(form))
        .route("/own", get(async || (StatusCode::CONFLICT, axum::response::Html("our own"))))
}

#[allow(clippy::unused_async, reason = "a handler is async")]
async fn panics() -> &'static str {
    panic!("geheim")
}

async fn failing_app() -> TestApp {
    let db = testing::sqlite().await;
    let world = testing::World::new(&db.hall).await;
    TestApp::built(db, world, false, ORIGIN, failing())
}

#[tokio::test]
async fn each_page_says_what_to_do() {
    let app = failing_app().await;
    let (zh, en) = (SiteWords::ZH, SiteWords::EN);
    type Word = fn(&SiteWords) -> &'static str;
    let table: &[(&str, u16, Word, Word)] = &[
        ("/403/verified", 403, |w| w.e403_title, |w| w.e403_verified),
        ("/403/scope", 403, |w| w.e403_title, |w| w.e403_scope),
        ("/403/yours", 403, |w| w.e403_title, |w| w.e403_yours),
        ("/403/elector", 403, |w| w.e403_title, |w| w.e403_elector),
        ("/403/role", 403, |w| w.e403_title, |w| w.e403_role),
        ("/404", 404, |w| w.e404_title, |w| w.e404_sign_in),
        ("/404/elsewhere", 404, |w| w.e404_title, |w| w.e404_sign_in),
        ("/no/such/page", 404, |w| w.e404_title, |w| w.e404_sign_in),
        ("/409/stale", 409, |w| w.e409_title, |w| w.r_stale),
        ("/409/voted", 409, |w| w.e409_title, |w| w.r_voted),
        ("/422", 422, |w| w.e422_title, |w| w.choose),
        ("/500", 500, |w| w.e500_title, |w| w.e500_text),
        ("/panic", 500, |w| w.e500_title, |w| w.e500_text),
        ("/503", 503, |w| w.e503_title, |w| w.e503_calendar),
        ("/form", 405, |w| w.e405_title, |w| w.e405_text),
    ];
    for (path, status, title, text) in table {
        for (lang, words) in [("zh", &zh), ("en", &en)] {
            let page = app.get(*path).cookie("lang", lang).await;
            assert_eq!(page.status.as_u16(), *status, "{path}");
            assert_eq!(page.header("content-type"), "text/html; charset=utf-8", "{path}");
            let html = page.text();
            for part in
                [title(words), text(words), page.header("x-request-id"), "class=\"error-page\""]
            {
                // Leptos writes an apostrophe as it is in text.
                assert!(html.contains(part), "{path}: {part} is missing in {html}");
            }
            assert!(!html.contains("geheim"), "{path}");
            assert!(html.contains("枣树湾社区"), "{path}: the frame is whole");

            let json = app.get(*path).cookie("lang", lang).json().await;
            assert_eq!(json.status.as_u16(), *status, "{path}");
            assert_eq!(json.json()["error"], text(words), "{path}");
            assert_eq!(json.json()["request_id"], json.header("x-request-id"));
        }
    }
}

#[tokio::test]
async fn whoever_must_sign_in_is_led_there_and_back() {
    let app = failing_app().await;
    let led = app.get("/401?page=2").await;
    assert_eq!(led.status, StatusCode::SEE_OTHER);
    assert_eq!(led.location(), "/sign-in?back=%2F401%3Fpage%3D2");
    // A form that was posted can't be sent again by itself.
    let told = app.post("/401").await;
    assert_eq!(told.status, StatusCode::UNAUTHORIZED);
    assert!(
        told.text().contains(SiteWords::ZH.e401_title) && told.text().contains("/sign-in?back=")
    );
    let json = app.post("/401").json().await;
    assert_eq!(json.status, StatusCode::UNAUTHORIZED);
    assert_eq!(json.json()["error"], SiteWords::ZH.e401_text);
}

#[tokio::test]
async fn too_often_says_when_to_try_again() {
    let app = failing_app().await;
    let page = app.get("/429").await;
    assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(page.header(header::RETRY_AFTER), "61");
    assert!(page.text().contains("请过 61 秒 再试"), "{}", page.text());
}

#[tokio::test]
async fn what_the_framework_refuses_is_told_as_well() {
    let app = failing_app().await;
    let refused = app.post_form("/form", &[("n", "x")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text().contains(SiteWords::ZH.e422_title));
    let wrong_method = app.get("/form").await;
    assert_eq!(wrong_method.header("allow"), "POST");
    let no_form = app.post("/form").header(header::CONTENT_TYPE, "text/plain").body("x").await;
    assert!(no_form.text().contains("class=\"error-page\""));
    // A page that a handler wrote itself stays as it is.
    let own = app.get("/own").await;
    assert_eq!((own.status, own.text().as_str()), (StatusCode::CONFLICT, "our own"));
}

#[tokio::test]
async fn a_panic_ends_one_request_alone() {
    let app = failing_app().await;
    assert_eq!(app.get("/panic").await.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(app.get("/404").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn an_error_is_told_without_the_database_too() {
    let app = failing_app().await;
    app.db.hall.db.clone().close().await.unwrap();
    let page = app.get("/404").await;
    assert_eq!(page.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(page.text().contains(SiteWords::ZH.e500_title));
}

#[tokio::test]
async fn changes_are_counted_by_person_and_by_address() {
    for app in TestApp::each().await {
        let times = service::rate::CHANGE.times;
        let resident = &app.world.resident;
        // The count's truth is the database's: another server, or the use case itself, counts on it.
        for _ in 0..times {
            let key = format!("person:{}", resident.actor.person);
            service::rate::take(&app.db.hall, service::rate::CHANGE, &key).await.unwrap();
        }
        let refused = app.post("/me/email").as_(resident).await;
        assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
        let wait: i64 = refused.header(header::RETRY_AFTER).parse().unwrap();
        assert!((1..=3_601).contains(&wait), "{wait}");
        assert!(refused.text().contains(SiteWords::ZH.e429_title));

        let neighbour = app.post("/me/email").as_(&app.world.second_adult).await;
        assert_ne!(neighbour.status, StatusCode::TOO_MANY_REQUESTS, "each has their own");
        let reading = app.get("/").as_(resident).await;
        assert_eq!(reading.status, StatusCode::OK, "reading goes on");
        let larger = app.post_form("/prefs/size", &[("size", "large")]).as_(resident).await;
        assert_eq!(larger.status, StatusCode::SEE_OTHER, "preferences are free");

        // Whoever is nobody counts by their address on the network.
        for _ in 0..times {
            let key = "address:192.0.2.7";
            service::rate::take(&app.db.hall, service::rate::CHANGE, key).await.unwrap();
        }
        let stranger = app.post("/sign-out").await;
        assert_eq!(stranger.status, StatusCode::TOO_MANY_REQUESTS);

        app.db.clock.advance_ms(wait * 1_000);
        let later = app.post("/me/email").as_(resident).await;
        assert_ne!(later.status, StatusCode::TOO_MANY_REQUESTS, "the window is over");
    }
}

#[tokio::test]
async fn a_household_has_a_number_of_changes_together() {
    for app in TestApp::each().await {
        let home = app.world.resident.actor.home.unwrap().household;
        for _ in 0..service::rate::CHANGE_HOUSEHOLD.times {
            let limit = service::rate::CHANGE_HOUSEHOLD;
            let key = format!("household:{home}");
            service::rate::take(&app.db.hall, limit, &key).await.unwrap();
        }
        for person in [&app.world.resident, &app.world.second_adult] {
            let refused = app.post("/me/email").as_(person).await;
            assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS, "{}", app.name);
            assert_eq!(app.get("/").as_(person).await.status, StatusCode::OK, "{}", app.name);
        }
        for other in [&app.world.council_member, &app.world.committee_head] {
            let taken = app.post("/me/email").as_(other).await;
            assert_ne!(taken.status, StatusCode::TOO_MANY_REQUESTS, "{}", app.name);
        }
    }
}

/// Reading has a softer limit, in the server's memory: searching here, which has the lowest.
#[tokio::test]
async fn a_machine_that_searches_on_and_on_waits() {
    let app = TestApp::sqlite().await;
    let (resident, adult) = (&app.world.resident, &app.world.second_adult);
    let search = async |who| app.get("/search").as_maybe(who).await;
    let times = service::rate::SEARCH.times;
    for n in 0..times {
        let found = search(Some(resident)).await;
        assert_eq!(found.status, StatusCode::OK, "{n}");
    }
    let refused = search(Some(resident)).await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    let wait: i64 = refused.header(header::RETRY_AFTER).parse().unwrap();
    assert!((1..=601).contains(&wait), "{wait}");
    assert!(refused.text().contains(SiteWords::ZH.e429_title));
    // Pages are still read, and whoever else is at home or next door searches.
    assert_eq!(app.get("/proposals").as_(resident).await.status, StatusCode::OK);
    for who in [Some(adult), Some(&app.world.council_member), None] {
        assert_eq!(search(who).await.status, StatusCode::OK);
    }
    // Together the household has less than each of it for themselves.
    let mut taken = 1;
    while search(Some(adult)).await.status == StatusCode::OK {
        taken += 1;
    }
    assert_eq!(taken, service::rate::SEARCH_HOUSEHOLD.times - times);
    app.db.clock.advance_ms(wait * 1_000);
    for who in [resident, adult] {
        assert_eq!(search(Some(who)).await.status, StatusCode::OK, "the window is over");
    }
}

/// PostgreSQL keeps no NUL in a text: what holds one is a text that nobody has.
#[tokio::test]
async fn a_nul_is_no_failure() {
    for app in TestApp::each().await {
        for (path, status) in [
            ("/proposals?q=%00", 200),
            ("/proposals?q=a%00b&category=%00&state=%00&after=%00", 200),
            ("/ballots?after=%00", 200),
            ("/sign-in?back=%00", 200),
            ("/follow/%00", 404),
            ("/follow/a%00b", 404),
            ("/proposals/%00", 404),
            ("/ballots/%00", 404),
        ] {
            assert_eq!(app.get(path).await.status, status, "{}: {path}", app.name);
        }
        for name in ["\0", "a\0b"] {
            let form = [("name", name), ("password", "\0")];
            let answer = app.post_form("/sign-in", &form).await;
            assert_eq!(answer.status, 422, "{}: {name:?}", app.name);
        }
        let stopped = app.post_form("/follow/a%00b", &[]).await;
        assert_eq!(stopped.status, 404, "{}", app.name);
    }
}
