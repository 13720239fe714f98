//! Pages for those who are not signed in are kept; nobody ever sees a stale one, or another's.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::common::{ORIGIN, TestApp, answer};
use app::App;
use app::shell::{Meta, page};
use app::viewer::Viewer;
use axum::Router;
use axum::extract::{RawQuery, State};
use axum::http::{StatusCode, header};
use axum::routing::get;
use domain::category::Category;
use domain::place::ScopeKind;
use service::proposal::{ProposalForm, proposal_submit};
use service::testing::{self, TestDb, World};

/// A page that says how often it was made, and who looks.
fn counting(made: Arc<AtomicUsize>) -> Router<App> {
    let show = async move |State(app): State<App>, viewer: Viewer, _query: RawQuery| {
        let n = made.fetch_add(1, Ordering::SeqCst) + 1;
        let who = viewer.signed_in.as_ref().map_or("nobody".to_owned(), |it| it.nickname.clone());
        let meta = Meta { title: format!("made {n} for {who}"), ..Meta::default() };
        page(&app, &viewer, meta, || ())
    };
    let failing = async |State(_): State<App>| (StatusCode::IM_A_TEAPOT, "");
    Router::new().route("/", get(show)).route("/fails", get(failing))
}

async fn counting_app(db: TestDb) -> TestApp {
    let world = World::new(&db.hall).await;
    TestApp::built(db, world, false, ORIGIN, counting(Arc::default()))
}

/// A change that has nothing to do with the page: any entry of the chain counts.
async fn change(app: &TestApp) {
    let person = app.world.second_adult.actor.person;
    service::session::session_open(&app.db.hall, person, "test", None, true).await.unwrap();
}

#[tokio::test]
async fn kept_until_something_changes() {
    for db in testing::databases().await {
        let app = counting_app(db).await;
        let made = async || app.get("/").await.text();
        assert!(made().await.contains("made 1 for nobody"), "{}", app.name);
        assert!(made().await.contains("made 1 for nobody"), "{}", app.name);
        change(&app).await;
        assert!(made().await.contains("made 2 for nobody"), "{}: seen at once", app.name);
        assert!(made().await.contains("made 2 for nobody"), "{}", app.name);
        // What a page says about time is right to the minute.
        app.db.clock.advance_ms(60_000);
        assert!(made().await.contains("made 3 for nobody"), "{}", app.name);
    }
}

#[tokio::test]
async fn a_change_by_another_server_is_seen_at_once() {
    for db in testing::databases().await {
        let app = TestApp::start(db).await;
        let before = app.get("/proposals").await;
        assert_eq!(app.get("/proposals").await.body, before.body, "{}", app.name);
        let (resident, other) = (&app.world.resident, app.db.second_hall().await);
        let new = ProposalForm {
            title: "桶站挪远一点".into(),
            situation: "桶站离一楼窗户太近，夏天开不了窗。".into(),
            suggestion: "往东挪十二米，靠着围墙放。".into(),
            category: Category::Waste.as_str().into(),
            courtyard_id: app.world.courtyards[0].to_string(),
            scope: ScopeKind::Courtyard.as_str().into(),
            ..ProposalForm::default()
        };
        proposal_submit(&other, &resident.actor, &new).await.unwrap();
        let after = app.get("/proposals").await.text();
        assert!(after.contains("桶站挪远一点"), "{}: {after}", app.name);
    }
}

#[tokio::test]
async fn each_sees_their_own_page() {
    let app = counting_app(testing::sqlite().await).await;
    let (resident, head) = (&app.world.resident, &app.world.committee_head);
    // Sign in first: opening a session is a change too.
    app.get("/").as_(resident).await;
    app.get("/").as_(head).await;
    assert!(app.get("/").await.text().contains("for nobody"));
    let text = app.get("/").as_(resident).await.text();
    assert!(text.contains(&format!("for {}", resident.nickname)), "{text}");
    let text = app.get("/").as_(head).await.text();
    assert!(text.contains(&format!("for {}", head.nickname)), "{text}");
    let nobody = app.get("/").await;
    assert!(nobody.text().contains("for nobody"));
    assert_eq!(nobody.text(), app.get("/").await.text(), "kept all the while");
    // A cookie that is nobody's any more is no reason to be shown a kept page, nor to keep this one.
    let stale = app.get("/").cookie("xiaoyuan", "stale").await;
    assert_ne!(stale.text(), nobody.text());
    assert_eq!(app.get("/").await.text(), nobody.text());
}

#[tokio::test]
async fn each_way_of_seeing_has_its_own() {
    let app = counting_app(testing::sqlite().await).await;
    let first = app.get("/").await.text();
    for (name, value) in [("lang", "en"), ("size", "large"), ("theme", "dark"), ("flash", "saved")]
    {
        assert_ne!(app.get("/").cookie(name, value).await.text(), first, "{name}");
    }
    assert_ne!(app.get("/?page=2").await.text(), first);
    assert_ne!(app.get("/").json().await.text(), first);
    assert_eq!(app.get("/").await.text(), first);
}

#[tokio::test]
async fn a_browser_that_has_it_is_told_so() {
    let app = counting_app(testing::sqlite().await).await;
    let page = app.get("/").await;
    let etag = page.header(header::ETAG).to_owned();
    assert!(etag.starts_with('"') && etag.ends_with('"'), "strong: {etag}");
    for sent in [etag.clone(), format!("\"other\", {etag}"), format!("W/{etag}"), "*".into()] {
        let same = app.get("/").header(header::IF_NONE_MATCH, &sent).await;
        assert_eq!(same.status, StatusCode::NOT_MODIFIED, "{sent}");
        assert!(same.body.is_empty());
        assert_eq!(same.header(header::ETAG), etag);
        assert!(same.header(header::VARY).contains("cookie"));
    }
    let other = app.get("/").header(header::IF_NONE_MATCH, "\"other\"").await;
    assert_eq!(other.status, StatusCode::OK);
    change(&app).await;
    let changed = app.get("/").header(header::IF_NONE_MATCH, &etag).await;
    assert_eq!(changed.status, StatusCode::OK);
    assert_ne!(changed.header(header::ETAG), etag);
}

#[tokio::test]
async fn each_form_has_its_own_tag_and_the_same_page() {
    use std::io::Read as _;
    let app = counting_app(testing::sqlite().await).await;
    let plain = app.get("/").await;
    let packed = app.get("/").header(header::ACCEPT_ENCODING, "br").await;
    let zipped = app.get("/").header(header::ACCEPT_ENCODING, "gzip").await;
    assert_eq!(packed.header(header::CONTENT_ENCODING), "br");
    assert_eq!(zipped.header(header::CONTENT_ENCODING), "gzip");
    let tags = [&plain, &packed, &zipped].map(|it| it.header(header::ETAG).to_owned());
    assert!(tags[0] != tags[1] && tags[1] != tags[2] && tags[0] != tags[2], "{tags:?}");
    let mut back = Vec::new();
    brotli::Decompressor::new(&packed.body[..], 4_096).read_to_end(&mut back).unwrap();
    assert_eq!(back, plain.body);
    back.clear();
    flate2::read::GzDecoder::new(&zipped.body[..]).read_to_end(&mut back).unwrap();
    assert_eq!(back, plain.body);
}

#[tokio::test]
async fn errors_are_not_kept() {
    let app = counting_app(testing::sqlite().await).await;
    for path in ["/fails", "/no-such-page"] {
        let (first, second) = (app.get(path).await, app.get(path).await);
        assert_eq!(first.header(header::ETAG), "");
        assert_ne!(first.body, second.body, "each has its own number");
    }
}

#[tokio::test]
async fn many_readers_at_once_see_the_change() {
    for db in testing::databases().await {
        let app = Arc::new(counting_app(db).await);
        for _ in 0..5 {
            change(&app).await;
            let before = app.get("/").await.text();
            change(&app).await;
            // All of them came after the change, so none may see what was there before it.
            let readers = (0..40).map(|_| {
                let app = Arc::clone(&app);
                tokio::spawn(async move { app.get("/").await.text() })
            });
            for reader in readers.collect::<Vec<_>>() {
                assert_ne!(reader.await.unwrap(), before, "{}", app.name);
            }
        }
    }
}

#[tokio::test]
async fn a_second_server_keeps_its_own_pages() {
    for db in testing::databases().await {
        let app = TestApp::start(db).await;
        let second = app.second().await;
        let ask = async || {
            let request = axum::http::Request::get("/").body(axum::body::Body::empty()).unwrap();
            answer(second.clone(), request).await
        };
        let first = ask().await;
        assert_eq!(first.status, StatusCode::OK, "{}", app.name);
        assert_eq!(ask().await.header(header::ETAG), first.header(header::ETAG), "{}", app.name);
    }
}
