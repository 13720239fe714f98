//! The second factor through the whole server: where people are led, what a form that needs it again keeps,
//! and what a cookie from before is worth.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use crate::common::{Answer, TestApp};
use app::Fail;
use app::viewer::Viewer;
use axum::Form;
use axum::http::{StatusCode, header};
use axum::routing::get;
use domain::permission::{Action, Target, permit};
use domain::time::MINUTE_MS;
use percent_encoding::percent_decode_str;
use service::people::SignedIn;
use service::session::{STEP_UP_MS, session_open};
use service::testing::{self, PASSWORD, World, totp_code};

/// A step of an authenticator app.
const STEP_MS: i64 = 30_000;

/// The pages of the app, and one whose act needs the second factor: it says what it was sent.
async fn start(db: testing::TestDb, demo: bool) -> TestApp {
    let world = World::new(&db.hall).await;
    let pages = app::pages::routes().route("/test/roll", get(look).post(change));
    TestApp::built(db, world, demo, crate::common::ORIGIN, pages)
}

async fn look(viewer: Viewer) -> Result<&'static str, Fail> {
    may(&viewer)?;
    Ok("the roll")
}

async fn change(viewer: Viewer, Form(pairs): Form<Vec<(String, String)>>) -> Result<String, Fail> {
    may(&viewer)?;
    Ok(format!("{pairs:?}"))
}

fn may(viewer: &Viewer) -> Result<(), Fail> {
    let actor = &viewer.require()?.actor;
    let target = Target::community(actor.community);
    Ok(permit(Some(actor), Action::RollChange, &target).map_err(service::Error::from)?)
}

/// A session as after the password alone.
async fn password_session(app: &TestApp, person: &SignedIn) -> String {
    session_open(&app.db.hall, person.actor.person, "test", None, false).await.unwrap()
}

async fn get_with(app: &TestApp, token: &str, path: &str) -> Answer {
    app.get(path).cookie("xiaoyuan", token).await
}

async fn post_with(app: &TestApp, token: &str, path: &str, form: &[(&str, &str)]) -> Answer {
    app.post_form(path, form).cookie("xiaoyuan", token).await
}

/// The hidden fields of a page's form that is sent to `action`.
fn hidden(page: &str, action: &str) -> Vec<(String, String)> {
    let start =
        page.find(&format!("action=\"{action}\"")).unwrap_or_else(|| panic!("{action}: {page}"));
    let form = page[start..].split("</form>").next().unwrap();
    let plain = |text: &str| {
        let quoted = text.replace("&quot;", "\"").replace("&#x27;", "'");
        quoted.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    };
    let inputs = form.split("<input type=\"hidden\" ").skip(1).filter_map(|rest| {
        let tag = rest.split('>').next()?;
        let part = |name: &str| {
            let (_, rest) = tag.split_once(&format!("{name}=\""))?;
            Some(plain(rest.split('"').next()?))
        };
        Some((part("name")?, part("value").unwrap_or_default()))
    });
    inputs.filter(|(name, _)| !["ceremony", "passkey"].contains(&name.as_str())).collect()
}

/// Sets up an app as a person does; gives its secret, the session's new token, and the recovery codes.
async fn set_up(app: &TestApp, token: &str) -> (String, String, Vec<String>) {
    let page = post_with(app, token, "/me/security/totp", &[]).await;
    assert_eq!(page.status, 200, "{}", page.text());
    let text = page.text();
    assert!(text.contains("<svg") && text.contains("role=\"img\""), "{text}");
    let secret = text.split("class=\"receipt-code\">").nth(1).unwrap().split('<').next().unwrap();
    let fields = hidden(&text, "/me/security/totp/confirm");
    let (_, sealed) = fields.iter().find(|(name, _)| name == "sealed").unwrap();

    let wrong = [("sealed", sealed.as_str()), ("code", "000000")];
    let wrong = post_with(app, token, "/me/security/totp/confirm", &wrong).await;
    assert_eq!(wrong.status, 422);
    assert!(wrong.text().contains(secret), "the same secret stays");

    let code = totp_code(secret, app.db.hall.now());
    let right = [("sealed", sealed.as_str()), ("code", code.as_str())];
    let done = post_with(app, token, "/me/security/totp/confirm", &right).await;
    assert_eq!(done.status, 200, "{}", done.text());
    let codes = done.text();
    let codes: Vec<String> = codes
        .split("class=\"receipt-code\">")
        .skip(1)
        .map(|rest| rest.split('<').next().unwrap().to_owned())
        .collect();
    assert_eq!(codes.len(), 10);
    (secret.to_owned(), done.cookie("xiaoyuan").unwrap().to_owned(), codes)
}

#[tokio::test]
async fn the_desk_is_closed_before_the_factor() {
    for db in testing::databases().await {
        let app = start(db, false).await;
        let form = [("name", "member"), ("password", PASSWORD), ("back", "/desk")];
        let came = app.post_form("/sign-in", &form).await;
        assert_eq!((came.status, came.location()), (StatusCode::SEE_OTHER, "/me/security"));
        let token = came.cookie("xiaoyuan").unwrap().to_owned();
        let page = get_with(&app, &token, "/me/security").await;
        assert!(page.text().contains("工作台才打开"), "{}", page.text());
        assert_eq!(page.header("cache-control"), "no-store");

        let desk = get_with(&app, &token, "/desk").await;
        assert_eq!(desk.location(), "/second-factor?back=%2Fdesk", "{}", app.name);
        let led = get_with(&app, &token, desk.location()).await;
        assert_eq!(led.location(), "/me/security", "{}: there is none to show", app.name);
        let act = post_with(&app, &token, "/test/roll", &[("a", "1")]).await;
        assert_eq!(act.status, 403, "{}", app.name);
        assert!(act.text().contains("/second-factor?back="), "{}", act.text());
        let json = app.get("/desk").json().cookie("xiaoyuan", &token).await;
        assert_eq!(json.status, 403, "{}", app.name);

        let (secret, token, _) = set_up(&app, &token).await;
        assert_eq!(get_with(&app, &token, "/desk").await.status, 200, "{}", app.name);

        // The next time it is asked for, and then leads on to where one was going.
        app.db.clock.advance_ms(STEP_MS);
        let came = app.post_form("/sign-in", &form).await;
        assert_eq!(came.location(), "/second-factor?back=%2Fdesk", "{}", app.name);
        let half = came.cookie("xiaoyuan").unwrap().to_owned();
        for path in ["/me", "/me/security", "/proposals/new"] {
            let led = get_with(&app, &half, path).await;
            let back = percent_decode_str(led.location()).decode_utf8().unwrap();
            assert_eq!(back, format!("/second-factor?back={path}"), "{}", app.name);
        }
        let act = post_with(&app, &half, "/test/roll", &[("a", "1")]).await;
        assert_eq!(act.status, 401, "{}: nobody until then", app.name);
        let asked = get_with(&app, &half, came.location()).await.text();
        assert!(asked.contains("one-time-code") && !asked.contains("/second-factor/demo"));
        let empty = post_with(&app, &half, "/second-factor", &[("back", "/desk")]).await;
        assert_eq!(empty.status, 422, "{}", app.name);
        let code = totp_code(&secret, app.db.hall.now());
        let form = [("code", code.as_str()), ("back", "/desk")];
        let shown = post_with(&app, &half, "/second-factor", &form).await;
        assert_eq!((shown.status, shown.location()), (StatusCode::SEE_OTHER, "/desk"));
        let whole = shown.cookie("xiaoyuan").unwrap();
        assert_ne!(whole, half, "{}: fixation", app.name);
        assert_eq!(get_with(&app, whole, "/desk").await.status, 200, "{}", app.name);
        assert_eq!(get_with(&app, &half, "/desk").await.status, 404, "{}: dead", app.name);
        let replay = post_with(&app, whole, "/second-factor", &form).await;
        assert_eq!(replay.status, 422, "{}: a code counts once", app.name);
        // It never leads away from here.
        for away in ["//evil.example", "https://evil.example", "/\\evil.example"] {
            let path = format!("/second-factor?back={away}");
            assert_eq!(get_with(&app, whole, &path).await.location(), "/", "{}", app.name);
        }
    }
}

#[tokio::test]
async fn a_form_that_needs_the_factor_again_is_kept() {
    for db in testing::databases().await {
        let app = start(db, false).await;
        let token = password_session(&app, &app.world.committee_head).await;
        let (_, token, codes) = set_up(&app, &token).await;
        let typed = [
            ("title", "改一改 <b>&\"'"),
            ("lines", "一行\r\n二行"),
            ("x", "1"),
            ("x", "2"),
            ("none", ""),
        ];
        let done = post_with(&app, &token, "/test/roll", &typed).await;
        assert_eq!(
            done.text(),
            format!("{:?}", typed.map(|(a, b)| (a.to_owned(), b.to_owned())).to_vec())
        );

        app.db.clock.advance_ms(STEP_UP_MS);
        let read = get_with(&app, &token, "/test/roll").await;
        assert_eq!(read.location(), "/second-factor?back=%2Ftest%2Froll", "{}", app.name);
        let asked = post_with(&app, &token, "/test/roll?from=desk", &typed).await;
        assert_eq!(asked.status, 403, "{}", app.name);
        assert_eq!(asked.header("cache-control"), "no-store");
        let page = asked.text();
        let kept = hidden(&page, "/second-factor/go-on");
        assert_eq!(kept[0], ("to".to_owned(), "/test/roll?from=desk".to_owned()), "{page}");
        assert_eq!(kept.len(), 1 + typed.len(), "{page}");

        // A wrong code loses nothing, nor does trying too often.
        let send = async |token: &str, code: &str| {
            let mut fields: Vec<(&str, &str)> =
                kept.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            fields.push(("code", code));
            post_with(&app, token, "/second-factor/go-on", &fields).await
        };
        for n in 0..6 {
            let wrong = send(&token, "000000").await;
            assert_eq!(wrong.status, if n < 5 { 422 } else { 429 }, "{}: {n}", app.name);
            assert_eq!(hidden(&wrong.text(), "/second-factor/go-on"), kept, "{}", app.name);
        }
        app.db.clock.advance_ms(10 * MINUTE_MS);
        let shown = send(&token, &codes[0]).await;
        assert_eq!(shown.status, 200, "{}", shown.text());
        let new = shown.cookie("xiaoyuan").unwrap().to_owned();
        let fields = hidden(&shown.text(), "/test/roll?from=desk");
        assert_eq!(fields, typed.map(|(a, b)| (a.to_owned(), b.to_owned())), "{}", app.name);
        let fields: Vec<_> = fields.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        let done = post_with(&app, &new, "/test/roll?from=desk", &fields).await;
        assert_eq!(done.status, 200, "{}", app.name);
        assert!(done.text().contains("改一改 <b>&"), "{}", done.text());

        // It goes to this site alone, whatever the form says.
        let elsewhere =
            [("to", "https://evil.example/x"), ("kept.a", "1"), ("code", codes[1].as_str())];
        let page = post_with(&app, &new, "/second-factor/go-on", &elsewhere).await.text();
        assert!(!page.contains("action=\"https://evil"), "{page}");
        // An island gets it as JSON, a resident is never asked.
        app.db.clock.advance_ms(STEP_UP_MS);
        let token =
            session_open(&app.db.hall, app.world.committee_head.actor.person, "t", None, true)
                .await
                .unwrap();
        app.db.clock.advance_ms(STEP_UP_MS);
        let json = app.post_form("/test/roll", &typed).json().cookie("xiaoyuan", &token).await;
        assert!(json.status == 403 && json.header("content-type").starts_with("application/json"));
        let resident = app.post_form("/test/roll", &typed).as_(&app.world.resident).await;
        assert!(resident.status == 403 && !resident.text().contains("/second-factor"));
    }
}

#[tokio::test]
async fn devices_are_listed_and_signed_out_one_by_one() {
    for db in testing::databases().await {
        let app = start(db, false).await;
        let person = app.world.resident.actor.person;
        let phone = "Mozilla/5.0 (Linux; Android 14) Chrome/126.0 Mobile Safari/537.36";
        let stolen = session_open(&app.db.hall, person, phone, None, false).await.unwrap();
        app.db.clock.advance_ms(MINUTE_MS);
        let mine = password_session(&app, &app.world.resident).await;
        let page = get_with(&app, &mine, "/me/security").await.text();
        assert!(page.contains("手机上的 Chrome") && page.contains("这一台"), "{page}");
        assert!(!page.contains(&stolen) && !page.contains(&mine), "no token is on the page");
        let (_, rest) = page.split_once("/me/devices/").expect("a device to sign out");
        let handle = rest.split('/').next().unwrap();
        assert_eq!(page.matches("/me/devices/").count(), 1, "{}: not this one", app.name);

        let path = format!("/me/devices/{handle}/sign-out");
        let foreign = app.post(path.as_str()).as_(&app.world.second_adult).await;
        assert_eq!(foreign.status, 404, "{}", app.name);
        assert_eq!(get_with(&app, &stolen, "/me").await.status, 200, "{}", app.name);
        let out = post_with(&app, &mine, &path, &[]).await;
        assert_eq!(out.location(), "/me/security", "{}", app.name);
        let dead = get_with(&app, &stolen, "/me").await;
        assert!(dead.location().starts_with("/sign-in"), "{}: a stolen cookie is dead", app.name);
        assert_eq!(get_with(&app, &mine, "/me").await.status, 200, "{}", app.name);
        let twice = post_with(&app, &mine, &path, &[]).await;
        assert_eq!(twice.status, 404, "{}", app.name);

        // A cookie that was copied before signing out is dead after it.
        post_with(&app, &mine, "/sign-out", &[]).await;
        assert!(get_with(&app, &mine, "/me").await.location().starts_with("/sign-in"));
    }
}

#[tokio::test]
async fn a_planted_cookie_is_worth_nothing() {
    let app = start(testing::sqlite().await, false).await;
    let planted = password_session(&app, &app.world.stranger).await;
    let form = [("name", "resident"), ("password", PASSWORD), ("back", "/me")];
    let came = post_with(&app, &planted, "/sign-in", &form).await;
    let token = came.cookie("xiaoyuan").unwrap().to_owned();
    assert_ne!(token, planted);
    assert!(get_with(&app, &planted, "/me").await.location().starts_with("/sign-in"));
    // Setting up a factor changes it once more, and recovery codes are shown with it alone.
    let (_, whole, codes) = set_up(&app, &token).await;
    assert!(get_with(&app, &token, "/me").await.location().starts_with("/sign-in"));
    let page = get_with(&app, &whole, "/me/security").await.text();
    assert!(page.contains("还剩 10 个") && !page.contains(&codes[0]), "{page}");
    let renewed = post_with(&app, &whole, "/me/security/recovery", &[]).await.text();
    assert!(renewed.contains("只在这里显示这一次") && !renewed.contains(&codes[0]), "{renewed}");
    let removed = post_with(&app, &whole, "/me/security/totp/remove", &[]).await;
    assert_eq!(removed.location(), "/me/security");
}

#[tokio::test]
async fn passkeys_are_offered_where_the_site_has_a_name() {
    let db = testing::sqlite().await;
    let world = World::new(&db.hall).await;
    let named = "https://hall.example.org";
    let app = TestApp::built(db, world, false, named, app::pages::routes());
    let token = password_session(&app, &app.world.committee_member).await;
    let cookie = "__Host-xiaoyuan";
    let page = app.get("/me/security").cookie(cookie, &token).await.text();
    assert!(
        page.contains("PasskeyButton") && page.contains("/me/security/passkeys/begin"),
        "{page}"
    );
    let begun = app.post("/me/security/passkeys/begin").json().cookie(cookie, &token).await;
    let json = begun.json();
    assert_eq!(json["options"]["rp"]["id"], "hall.example.org", "{json}");
    assert!(json["ceremony"].as_str().is_some_and(|it| it.len() == 64), "{json}");
    assert_eq!(begun.header("cache-control"), "no-store");
    let form = [("label", "我的手机"), ("ceremony", "x"), ("passkey", "{}")];
    let call = app.post_form("/me/security/passkeys/finish", &form).cookie(cookie, &token);
    let refused = call.await;
    assert_eq!(refused.status, 409);
    assert!(refused.text().contains("我的手机") && refused.text().contains("重新开始"));
    let none = app.post("/second-factor/passkey").json().cookie(cookie, &token).await;
    assert_eq!(none.status, 404);

    let bare = TestApp::sqlite().await;
    let page = bare.get("/me/security").as_(&bare.world.resident).await.text();
    assert!(page.contains("没有域名") && !page.contains("PasskeyButton"), "{page}");
}

#[tokio::test]
async fn a_demo_takes_it_as_shown() {
    let app = start(testing::sqlite().await, true).await;
    let (hall, world) = (&app.db.hall, &app.world);
    let new = service::setup::NewPerson {
        community: world.community,
        household: None,
        sign_in_name: "demo-zhou".to_owned(),
        nickname: "小周".to_owned(),
        email: None,
        password_hash: None,
        consented: true,
    };
    let id = service::setup::person_admit(hall, new).await.unwrap();
    let scope = domain::place::Scope::Community(world.community);
    let role = domain::role::Role::CommitteeMember;
    service::setup::role_grant(hall, id, role, scope, None).await.unwrap();
    let token = session_open(hall, id, "test", None, true).await.unwrap();
    app.db.clock.advance_ms(STEP_UP_MS);
    let asked = post_with(&app, &token, "/test/roll", &[("a", "1")]).await.text();
    assert!(asked.contains("演示：当作已验证"), "{asked}");
    let fields = hidden(&asked, "/second-factor/demo");
    let fields: Vec<_> = fields.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    let shown = post_with(&app, &token, "/second-factor/demo", &fields).await;
    let new = shown.cookie("xiaoyuan").unwrap().to_owned();
    assert_eq!(hidden(&shown.text(), "/test/roll"), [("a".to_owned(), "1".to_owned())]);
    assert_eq!(post_with(&app, &new, "/test/roll", &[("a", "1")]).await.status, 200);
    // Real people's factors are never taken as shown, nor is anybody's on a real site.
    let real = password_session(&app, &world.committee_head).await;
    assert_eq!(post_with(&app, &real, "/second-factor/demo", &[]).await.status, 404);
    let kind = shown.headers.get(header::CONTENT_TYPE).unwrap();
    assert!(kind.to_str().unwrap().starts_with("text/html"));
}
