//! What every answer carries, and what is refused before a page is asked.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use crate::common::{ORIGIN, TestApp};
use axum::http::{Method, StatusCode, header};
use service::testing;

#[tokio::test]
async fn every_answer_is_protected() {
    let app = TestApp::sqlite().await;
    let nobody = app.get("/").await;
    let again = app.get("/").await;
    let signed_in = app.get("/").as_(&app.world.resident).await;
    let missing = app.get("/nothing-here").await;
    let refused = app.call(Method::POST, "/sign-out").await;
    let health = app.get("/healthz").await;
    for answer in [&nobody, &again, &signed_in, &missing, &refused, &health] {
        let policy = answer.header("content-security-policy");
        for part in ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"] {
            assert!(policy.contains(part), "{policy}");
        }
        assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"));
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("referrer-policy"), "same-origin");
        assert_eq!(answer.header("cross-origin-opener-policy"), "same-origin");
        assert!(answer.header("permissions-policy").contains("camera=()"));
        assert_eq!(answer.header("x-request-id").len(), "7d1f-20c8-91aa".len());
        assert_eq!(answer.header("strict-transport-security"), "", "plain http promises nothing");
    }
    assert_ne!(nobody.header("x-request-id"), again.header("x-request-id"));
    assert_eq!(signed_in.header("cache-control"), "private, no-cache");
    assert_eq!(signed_in.header("etag"), "");
}

#[tokio::test]
async fn https_is_promised_where_it_is_spoken() {
    let db = testing::sqlite().await;
    let world = testing::World::new(&db.hall).await;
    let app = TestApp::built(db, world, false, "https://hall.example", app::pages::routes());
    let page = app.get("/").await;
    assert!(page.header("strict-transport-security").starts_with("max-age=31536000"));
}

#[tokio::test]
async fn changes_come_from_our_own_pages() {
    let app = TestApp::sqlite().await;
    let cross = StatusCode::FORBIDDEN;
    let table: &[(&[(&str, &str)], bool)] = &[
        (&[("sec-fetch-site", "same-origin")], true),
        (&[("sec-fetch-site", "none")], true),
        (&[("sec-fetch-site", "same-site")], false),
        (&[("sec-fetch-site", "cross-site"), ("origin", ORIGIN)], false),
        (&[("origin", ORIGIN)], true),
        (&[("origin", "https://evil.example")], false),
        (&[("origin", "null")], false),
        (&[], false),
    ];
    for (headers, taken) in table {
        let call = headers.iter().fold(
            app.call(Method::POST, "/prefs/size")
                .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
                .body("size=large&back=%2F"),
            |call, (name, value)| call.header(*name, value),
        );
        let answer = call.await;
        assert_eq!(answer.status == StatusCode::SEE_OTHER, *taken, "{headers:?}");
        if !taken {
            assert_eq!(answer.status, cross, "{headers:?}");
            assert!(answer.text().contains("别的网站"), "{}", answer.text());
        }
    }
    // Other methods that change are no way around it, and reading needs no proof.
    for method in [Method::PUT, Method::PATCH, Method::DELETE] {
        assert_eq!(app.call(method, "/prefs/size").await.status, cross);
    }
    assert_eq!(app.get("/").header("sec-fetch-site", "cross-site").await.status, 200);
}

#[tokio::test]
async fn one_click_comes_from_mail_providers() {
    let app = TestApp::sqlite().await;
    // Without any header that says where from (RFC 8058): it reaches its handler.
    let answer = app
        .call(Method::POST, "/follow/no-such-token")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body("List-Unsubscribe=One-Click")
        .await;
    assert_ne!(answer.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_body_has_its_limit() {
    let app = TestApp::sqlite().await;
    let fits = "x".repeat(60 << 10);
    let large = "x".repeat(64 << 10);
    let answer = app.post_form("/prefs/size", &[("size", "large"), ("back", &fits)]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    let answer = app.post_form("/prefs/size", &[("size", "large"), ("back", &large)]).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(answer.text().contains("太大了"));
}

#[tokio::test]
async fn the_server_says_how_it_is() {
    for app in TestApp::each().await {
        let health = app.get("/healthz").await;
        assert_eq!((health.status.as_u16(), health.text().as_str()), (200, "ok"), "{}", app.name);
        let version = app.get("/version").await.json();
        assert_eq!(version["name"], "xiaoyuan");
        assert_eq!(version["version"], env!("CARGO_PKG_VERSION"));

        let hall = app.db.hall.clone();
        hall.db.close().await.unwrap();
        let health = app.get("/healthz").await;
        assert_eq!(health.status, StatusCode::SERVICE_UNAVAILABLE, "{}", app.name);
    }
}

#[tokio::test]
async fn preferences_are_kept_in_cookies() {
    let app = TestApp::sqlite().await;
    let chinese = app.get("/").await.text();
    assert!(chinese.contains("<html lang=\"zh-CN\""), "{chinese}");
    let english = app.get("/").header(header::ACCEPT_LANGUAGE, "en-GB,en;q=0.8").await.text();
    assert!(english.contains("<html lang=\"en\""));
    let chosen = app
        .get("/")
        .header(header::ACCEPT_LANGUAGE, "en")
        .cookie("lang", "zh")
        .cookie("size", "large")
        .cookie("theme", "dark")
        .await
        .text();
    for part in ["lang=\"zh-CN\"", "data-size=\"large\"", "data-theme=\"dark\""] {
        assert!(chosen.contains(part), "{part}");
    }
}

#[tokio::test]
async fn a_word_of_thanks_is_shown_once() {
    let app = TestApp::sqlite().await;
    let thanks = "存好了。";
    let page = app.get("/").cookie("flash", "saved").await;
    assert!(page.text().contains(thanks));
    assert_eq!(page.cookie("flash"), Some(""), "cleared");
    let page = app.get("/").await;
    assert!(!page.text().contains(thanks), "nobody else sees it");
    assert_eq!(page.cookie("flash"), None);
    // An island's question doesn't take it away.
    let json = app.get("/nothing-here").cookie("flash", "saved").json().await;
    assert_eq!(json.cookie("flash"), None);
}

#[tokio::test]
async fn built_files_are_kept_for_ever() {
    let app = TestApp::sqlite().await;
    let css = server::web::addresses().css;
    if css == "/assets/app.css" {
        // Nothing was built: pages name the file plainly, and it isn't there.
        assert_eq!(app.get(css).await.status, StatusCode::NOT_FOUND);
        return;
    }
    let plain = app.get(&css).await;
    assert_eq!(plain.status, StatusCode::OK);
    assert_eq!(plain.header("content-type"), "text/css; charset=utf-8");
    assert_eq!(plain.header("cache-control"), "public, max-age=31536000, immutable");
    let packed = app.get(&css).header(header::ACCEPT_ENCODING, "gzip, br").await;
    assert_eq!(packed.header("content-encoding"), "br");
    assert!(packed.body.len() < plain.body.len());
    for hidden in [format!("{css}.br"), "/assets/manifest.json".into(), "/assets/x".into()] {
        assert_eq!(app.get(hidden).await.status, StatusCode::NOT_FOUND);
    }
}
