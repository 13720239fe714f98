//! Signing in and one's own page, address by address, on both databases.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails says so")]

use std::sync::Arc;

use app::state::{App, Assets, Site};
use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use domain::time::MINUTE_MS;
use http_body_util::BodyExt;
use service::session::session_open;
use service::setup::{NewPerson, person_admit};
use service::testing::{PASSWORD, Plan, TestDb, World, databases};
use tower::ServiceExt;

const WRONG: &str = "枣树下的石凳";

/// A browser: it keeps cookies, and follows nothing by itself.
struct Browser {
    router: Router,
    cookies: Vec<(String, String)>,
}

struct Answer {
    status: StatusCode,
    location: String,
    set_cookies: Vec<String>,
    body: String,
}

impl Browser {
    fn new(db: &TestDb, base_url: &str, demo: bool) -> Self {
        let assets = Assets::default();
        let site = Site { base_url: base_url.to_owned(), demo, assets };
        let app = App { hall: db.hall.clone(), site: Arc::new(site) };
        Self { router: server::web::router(app, None), cookies: Vec::new() }
    }

    /// Another browser at the same server.
    fn another(&self) -> Self {
        Self { router: self.router.clone(), cookies: Vec::new() }
    }

    fn cookie(&self, name: &str) -> Option<String> {
        self.cookies.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone())
    }

    fn keep(&mut self, name: &str, value: &str) {
        self.cookies.retain(|(key, _)| key != name);
        if !value.is_empty() {
            self.cookies.push((name.to_owned(), value.to_owned()));
        }
    }

    async fn get(&mut self, path: &str) -> Answer {
        self.send(Request::get(path), String::new()).await
    }

    async fn post(&mut self, path: &str, form: &[(&str, &str)]) -> Answer {
        let encode = |text: &str| {
            percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC)
                .to_string()
        };
        let fields: Vec<_> =
            form.iter().map(|(key, value)| format!("{key}={}", encode(value))).collect();
        let request = Request::post(path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin");
        self.send(request, fields.join("&")).await
    }

    async fn send(&mut self, request: axum::http::request::Builder, body: String) -> Answer {
        let pairs: Vec<_> =
            self.cookies.iter().map(|(key, value)| format!("{key}={value}")).collect();
        let mut request = request.header(header::USER_AGENT, "Mozilla/5.0 (Windows) Firefox/127.0");
        if !pairs.is_empty() {
            request = request.header(header::COOKIE, pairs.join("; "));
        }
        let request = request.body(Body::from(body)).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let status = response.status();
        let text = |name| {
            let values = response.headers().get_all(name).iter();
            values.map(|value| value.to_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        let (locations, set_cookies) = (text(header::LOCATION), text(header::SET_COOKIE));
        let body = response.into_body().collect().await.unwrap().to_bytes();
        for cookie in &set_cookies {
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            self.keep(name, value);
        }
        let location = locations.into_iter().next().unwrap_or_default();
        Answer { status, location, set_cookies, body: String::from_utf8(body.to_vec()).unwrap() }
    }

    async fn sign_in(&mut self, name: &str, password: &str) -> Answer {
        self.post("/sign-in", &[("name", name), ("password", password), ("back", "/me")]).await
    }
}

async fn ground(db: &TestDb) -> (World, Browser) {
    let world = World::planned(&db.hall, Plan { households: 3, ..Plan::default() }).await;
    let browser = Browser::new(db, "http://127.0.0.1:3000", false);
    (world, browser)
}

#[tokio::test]
async fn signing_in_and_out() {
    for db in databases().await {
        let (_, mut browser) = ground(&db).await;
        let asked = browser.get("/me").await;
        assert_eq!(asked.status, StatusCode::SEE_OTHER, "{}", db.name);
        assert!(asked.location.starts_with("/sign-in?back="), "{}", asked.location);
        let form = browser.get(&asked.location).await;
        assert_eq!(form.status, StatusCode::OK);
        assert!(
            form.body.contains("登录名") && form.body.contains(r#"value="/me""#),
            "{}",
            form.body
        );
        assert!(!form.body.contains("/sign-in/demo"), "{}: not a demo", db.name);
        assert_eq!(browser.cookies, [], "{}: looking leaves nothing", db.name);

        let came = browser.sign_in("Resident", PASSWORD).await;
        assert_eq!((came.status, came.location.as_str()), (StatusCode::SEE_OTHER, "/me"));
        let cookie = came.set_cookies.iter().find(|c| c.starts_with("xiaoyuan=")).unwrap();
        let attributes = "; Path=/; Max-Age=5184000; HttpOnly; SameSite=Lax";
        assert!(cookie.ends_with(attributes), "{}: {cookie}", db.name);

        let me = browser.get("/me").await;
        assert_eq!(me.status, StatusCode::OK, "{}", db.name);
        for said in ["老槐树", "北柳小区1号楼1门", "户代表", "登录和设备", "欢迎回来"]
        {
            assert!(me.body.contains(said), "{}: {said} is missing", db.name);
        }
        assert!(!me.body.contains("101"), "{}: never the room", db.name);
        assert!(!me.body.contains("/desk"), "{}: a resident has no desk", db.name);

        let token = browser.cookie("xiaoyuan").unwrap();
        let left = browser.post("/sign-out", &[]).await;
        assert_eq!((left.status, left.location.as_str()), (StatusCode::SEE_OTHER, "/"));
        assert_eq!(browser.cookie("xiaoyuan"), None, "{}", db.name);
        browser.keep("xiaoyuan", &token);
        assert_eq!(browser.get("/me").await.status, StatusCode::SEE_OTHER, "{}: it ended", db.name);
        assert_eq!(browser.another().post("/sign-out", &[]).await.status, StatusCode::SEE_OTHER);
    }
}

#[tokio::test]
async fn over_https_the_cookie_is_bound_to_the_host() {
    for db in databases().await {
        ground(&db).await;
        let mut browser = Browser::new(&db, "https://hall.example", false);
        let came = browser.sign_in("resident", PASSWORD).await;
        let cookie = came.set_cookies.iter().find(|c| c.starts_with("__Host-xiaoyuan=")).unwrap();
        assert!(cookie.ends_with("; HttpOnly; SameSite=Lax; Secure"), "{cookie}");
        assert!(!cookie.contains("Domain"), "{cookie}");
        assert_eq!(browser.get("/me").await.status, StatusCode::OK, "{}", db.name);
        // The plain name is not taken for it.
        let token = browser.cookie("__Host-xiaoyuan").unwrap();
        let mut other = browser.another();
        other.keep("xiaoyuan", &token);
        assert_eq!(other.get("/me").await.status, StatusCode::SEE_OTHER, "{}", db.name);
    }
}

#[tokio::test]
async fn what_does_not_fit_comes_back_without_the_password() {
    for db in databases().await {
        let (_, mut browser) = ground(&db).await;
        for (name, password, said) in [
            ("resident", WRONG, "名字或密码不对"),
            ("nobody<b>", WRONG, "名字或密码不对"),
            ("", WRONG, "这里还没写"),
            ("resident", "", "这里还没写"),
        ] {
            let came = browser.sign_in(name, password).await;
            assert_eq!(came.status, StatusCode::UNPROCESSABLE_ENTITY, "{}: {name}", db.name);
            assert!(came.body.contains(said), "{}: {name}: {said} is missing", db.name);
            assert!(came.body.contains(r#"aria-invalid="true""#), "{}", db.name);
            assert!(!came.body.contains(WRONG), "{}: the password came back", db.name);
            assert!(!came.body.contains("nobody<b>"), "{}: escaped", db.name);
            let kept = name.split('<').next().unwrap();
            assert!(came.body.contains(&format!(r#"value="{kept}"#)), "{}: {name}", db.name);
            assert_eq!(browser.cookie("xiaoyuan"), None);
        }
    }
}

#[tokio::test]
async fn a_locked_name_is_told_when_to_try_again() {
    for db in databases().await {
        let (_, mut browser) = ground(&db).await;
        for _ in 0..5 {
            browser.sign_in("resident", WRONG).await;
        }
        let locked = browser.sign_in("resident", PASSWORD).await;
        assert_eq!(locked.status, StatusCode::CONFLICT, "{}", db.name);
        assert!(locked.body.contains("今天 9:01"), "{}: {}", db.name, locked.body);
        assert!(locked.body.contains(r#"value="resident""#), "{}: the name is kept", db.name);
        db.clock.advance_ms(MINUTE_MS);
        let came = browser.sign_in("resident", PASSWORD).await;
        assert_eq!(came.status, StatusCode::SEE_OTHER, "{}", db.name);
    }
}

#[tokio::test]
async fn too_many_tries_from_one_address() {
    for db in databases().await {
        let (_, mut browser) = ground(&db).await;
        for n in 0..20 {
            let came = browser.sign_in(&format!("name{n}"), WRONG).await;
            assert_eq!(came.status, StatusCode::UNPROCESSABLE_ENTITY, "{}: {n}", db.name);
        }
        let refused = browser.sign_in("resident", PASSWORD).await;
        assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS, "{}", db.name);
    }
}

#[tokio::test]
async fn never_led_away_and_never_kept_in_a_circle() {
    for db in databases().await {
        let (_, mut browser) = ground(&db).await;
        for (back, to) in [
            ("/proposals/3#say", "/proposals/3#say"),
            ("https://evil.example/", "/"),
            ("//evil.example", "/"),
            ("/sign-in?back=/me", "/"),
            ("", "/"),
        ] {
            let form = [("name", "resident"), ("password", PASSWORD), ("back", back)];
            let came = browser.post("/sign-in", &form).await;
            assert_eq!(came.location, to, "{}: {back}", db.name);
        }
    }
}

#[tokio::test]
async fn a_planted_cookie_is_not_kept() {
    for db in databases().await {
        let (world, mut browser) = ground(&db).await;
        let person = world.stranger.actor.person;
        let planted =
            service::session::session_open(&db.hall, person, "x", None, true).await.unwrap();
        browser.keep("xiaoyuan", &planted);
        browser.sign_in("resident", PASSWORD).await;
        assert_ne!(browser.cookie("xiaoyuan").unwrap(), planted, "{}", db.name);
        browser.keep("xiaoyuan", &planted);
        assert_eq!(browser.get("/me").await.status, StatusCode::SEE_OTHER, "{}", db.name);
    }
}

#[tokio::test]
async fn signing_out_everywhere() {
    for db in databases().await {
        let (_, mut phone) = ground(&db).await;
        let mut home = phone.another();
        let mut neighbour = phone.another();
        phone.sign_in("resident", PASSWORD).await;
        home.sign_in("resident", PASSWORD).await;
        neighbour.sign_in("second", PASSWORD).await;
        let devices = phone.get("/me/security").await.body;
        assert_eq!(devices.matches(r#"class="device""#).count(), 2, "{}", db.name);
        let left = phone.post("/sign-out/everywhere", &[]).await;
        assert_eq!(left.status, StatusCode::SEE_OTHER, "{}", db.name);
        assert_eq!(home.get("/me").await.status, StatusCode::SEE_OTHER, "{}", db.name);
        assert_eq!(neighbour.get("/me").await.status, StatusCode::OK, "{}", db.name);
        let nobody = phone.post("/sign-out/everywhere", &[]).await;
        assert_eq!(nobody.status, StatusCode::UNAUTHORIZED, "{}", db.name);
    }
}

#[tokio::test]
async fn a_demo_offers_its_people_with_one_tap() {
    for db in databases().await {
        let (world, mut real) = ground(&db).await;
        let new = NewPerson {
            community: world.community,
            household: world.resident.actor.home.map(|home| home.household),
            sign_in_name: "demo-resident".to_owned(),
            nickname: "刘桂兰".to_owned(),
            email: None,
            password_hash: None,
            consented: true,
        };
        let offered = person_admit(&db.hall, new).await.unwrap().to_string();
        let mut demo = Browser::new(&db, "http://127.0.0.1:3000", true);
        let page = demo.get("/sign-in?back=/proposals").await;
        assert!(page.body.contains("刘桂兰 · 北柳小区居民"), "{}: {}", db.name, page.body);
        let form = [("person", offered.as_str()), ("back", "/proposals")];
        let came = demo.post("/sign-in/demo", &form).await;
        assert_eq!((came.status, came.location.as_str()), (StatusCode::SEE_OTHER, "/proposals"));
        assert!(demo.get("/me").await.body.contains("刘桂兰"), "{}", db.name);

        let head = world.committee_head.actor.person.to_string();
        let mut other = demo.another();
        let refused = other.post("/sign-in/demo", &[("person", head.as_str())]).await;
        assert_eq!(refused.status, StatusCode::NOT_FOUND, "{}: not offered", db.name);
        assert_eq!(real.post("/sign-in/demo", &form).await.status, StatusCode::NOT_FOUND);
        assert_eq!(real.cookie("xiaoyuan"), None, "{}: a real site has no such door", db.name);
    }
}

#[tokio::test]
async fn ones_own_page() {
    for db in databases().await {
        let (world, mut browser) = ground(&db).await;
        let nobody = browser.post("/me/email", &[("email", "a@example.org")]).await;
        assert_eq!(nobody.status, StatusCode::UNAUTHORIZED, "{}", db.name);

        browser.sign_in("member", PASSWORD).await;
        let me = browser.get("/me").await;
        let duty = me.body.contains("居委会委员") || me.body.contains(r#"href="/desk""#);
        assert!(!duty, "{}: a duty waits for the second factor", db.name);
        let member = world.committee_member.actor.person;
        let token = session_open(&db.hall, member, "test", None, true).await.unwrap();
        browser.keep("xiaoyuan", &token);
        let me = browser.get("/me").await;
        assert!(
            me.body.contains("居委会委员") && me.body.contains(r#"href="/desk""#),
            "{}",
            db.name
        );
        let bad = browser.post("/me/email", &[("email", "a@b")]).await;
        assert_eq!(bad.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", db.name);
        assert!(bad.body.contains("请再看一下邮箱地址") && bad.body.contains(r#"value="a@b""#));
        let form = [("email", "member@example.org"), ("password", "")];
        let unasked = browser.post("/me/email", &form).await;
        assert_eq!(unasked.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", db.name);
        assert!(unasked.body.contains(r##"href="#email-password""##), "{}", unasked.body);
        assert!(unasked.body.contains(r#"value="member@example.org""#), "{}: kept", db.name);
        let form = [("email", "member@example.org"), ("password", PASSWORD)];
        let good = browser.post("/me/email", &form).await;
        assert_eq!((good.status, good.location.as_str()), (StatusCode::SEE_OTHER, "/me"));
        let me = browser.get("/me").await;
        assert!(me.body.contains(r#"value="member@example.org""#), "{}: kept", db.name);
        assert!(me.body.contains("存好了"), "{}", db.name);

        let mut guest = browser.another();
        guest.sign_in("guest", PASSWORD).await;
        let me = guest.get("/me").await;
        assert!(me.body.contains("还没有核实您住在哪一户"), "{}", db.name);
    }
}

#[tokio::test]
async fn preferences_live_in_cookies_for_a_year() {
    for db in databases().await {
        let (_, mut browser) = ground(&db).await;
        for (path, field, value, seen) in [
            ("/prefs/size", "size", "large", r#"data-size="large""#),
            ("/prefs/theme", "theme", "dark", r#"data-theme="dark""#),
            ("/prefs/lang", "lang", "en", r#"lang="en""#),
        ] {
            let kept = browser.post(path, &[(field, value), ("back", "/sign-in?back=%2Fme")]).await;
            assert_eq!(kept.status, StatusCode::SEE_OTHER, "{}: {path}", db.name);
            assert_eq!(kept.location, "/sign-in?back=%2Fme", "{}: {path}", db.name);
            let cookie =
                format!("{field}={value}; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax");
            assert_eq!(kept.set_cookies, [cookie], "{}", db.name);
            assert!(browser.get("/sign-in").await.body.contains(seen), "{}: {path}", db.name);
            let odd = browser.post(path, &[(field, "x; Domain=evil.example")]).await;
            assert_eq!(odd.status, StatusCode::NOT_FOUND, "{}: {path}", db.name);
        }
        assert!(browser.get("/sign-in").await.body.contains("Sign in"), "{}", db.name);
        let away =
            browser.post("/prefs/size", &[("size", "usual"), ("back", "//evil.example")]).await;
        assert_eq!(away.location, "/", "{}", db.name);
        assert!(!browser.get("/sign-in").await.body.contains("data-size"), "{}", db.name);
    }
}
