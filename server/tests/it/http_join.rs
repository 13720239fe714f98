//! Joining by a slip, address by address, on both databases, and those who try it without one.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::io::Write;
use std::sync::{Arc, Mutex};

use crate::common::{Answer, ORIGIN, TestApp};
use axum::http::StatusCode;
use domain::ids::HouseholdId;
use domain::place::Scope;
use domain::role::Role;
use domain::slip::Code;
use domain::time::MINUTE_MS;
use service::people::SignedIn;
use service::places::{MoveOut, household_move_out};
use service::setup::{household_add_many, role_grant};
use service::slip::{ForWhom, SlipOrder, slip_make, slip_print, slips_desk};
use service::testing::World;

const NEW: &str = "门口那棵老槐树又开花了";
const FORM: [(&str, &str); 5] = [
    ("nickname", "新邻居"),
    ("name", "newcomer"),
    ("password", NEW),
    ("adult", "yes"),
    ("consent", "yes"),
];

/// A household of the first entrance in which nobody lives yet.
async fn new_home(app: &TestApp, room: &str) -> HouseholdId {
    household_add_many(&app.db.hall, app.world.entrances[0], &[room.to_owned()]).await.unwrap()[0]
}

async fn code_for(app: &TestApp, head: &SignedIn, home: HouseholdId) -> String {
    slip_for(app, head, home).await.0
}

/// A code and its batch.
async fn slip_for(app: &TestApp, head: &SignedIn, home: HouseholdId) -> (String, i64) {
    let for_whom = ForWhom::Households(vec![home]);
    let order = SlipOrder { for_whom, only_empty: false, replace: false };
    let made = slip_make(&app.db.hall, &head.actor, &order).await.unwrap();
    let sheet = slip_print(&app.db.hall, &head.actor, made.batch).await.unwrap();
    (sheet.slips[0].code.printed(), made.batch)
}

async fn new_code(app: &TestApp) -> String {
    let home = new_home(app, "901").await;
    code_for(app, &app.world.committee_head, home).await
}

fn form<'a>(changed: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let new = |key: &str| changed.iter().find(|it| it.0 == key).map(|it| it.1);
    FORM.iter().map(|(key, value)| (*key, new(key).unwrap_or(value))).collect()
}

/// A code that fits its check sign and is nobody's.
fn guess(n: u8) -> String {
    let mut bytes = [1; 14];
    (bytes[0], bytes[1]) = (n / 20, n % 20);
    Code::from_random(&bytes).unwrap().printed()
}

fn between(text: &str, start: &str, end: &str) -> String {
    let (_, rest) = text.split_once(start).unwrap_or_else(|| panic!("no {start} in {text}"));
    rest.split_once(end).expect("its end").0.to_owned()
}

/// Slips by which somebody has joined, as the desk counts them.
async fn joined(app: &TestApp) -> i64 {
    let desk = slips_desk(&app.db.hall, Some(&app.world.committee_head.actor)).await.unwrap();
    desk.places.iter().map(|place| place.used).sum()
}

fn keeps_its_secret(answer: &Answer) {
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.header("referrer-policy"), "strict-origin");
    assert!(answer.text().contains(r#"<meta name="referrer" content="strict-origin">"#));
}

#[tokio::test]
async fn from_the_desk_to_the_neighbours_phone() {
    for app in TestApp::each().await {
        let head = &app.world.committee_head;
        new_home(&app, "901").await;
        let entrance = format!("entrance:{}", app.world.entrances[0]);
        let fields = [("place", entrance.as_str()), ("rooms", "901"), ("only_empty", "yes")];
        let made = app.post_form("/desk/slips", &fields).as_(head).await;
        assert_eq!((made.status, made.location()), (StatusCode::SEE_OTHER, "/desk/slips"));
        let list = app.get("/desk/slips").as_(head).await.text();
        let print = between(&list, r#"action="/desk/slips/"#, "\"");
        let print = format!("/desk/slips/{print}");
        assert!(print.ends_with("/print"), "{}: {list}", app.name);
        assert!(!list.contains("901"), "{}: no room on a page that is merely opened", app.name);

        let sheet = app.post(&print).as_(head).await;
        assert_eq!(sheet.status, StatusCode::OK, "{}", app.name);
        assert_eq!(sheet.header("cache-control"), "no-store");
        let sheet = sheet.text();
        let code = between(&sheet, r#"class="slip-code">"#, "<");
        assert!(sheet.contains("北柳小区 1号楼1门 901"), "{}: {sheet}", app.name);
        let drawn = service::qr::qr(&format!("{ORIGIN}/join/{code}")).unwrap();
        assert!(
            sheet.contains(&format!(r#"d="{}""#, drawn.path)),
            "{}: the very address",
            app.name
        );
        assert!(sheet.contains("127.0.0.1:3000/join") && sheet.contains("5月1日"), "{}", app.name);
        assert!(!sheet.contains("<script") && !sheet.contains("style="), "{}", app.name);

        let page = app.get(format!("/join/{code}")).await;
        assert_eq!(page.status, StatusCode::OK, "{}", app.name);
        keeps_its_secret(&page);
        let text = page.text();
        assert!(text.contains("北柳小区1号楼1门") && !text.contains("901"), "{}: {text}", app.name);
        assert!(text.contains(r#"href="/privacy""#) && !text.contains(r#"name="phone""#));

        let joined = app.post_form(format!("/join/{code}"), &FORM).await;
        assert_eq!(
            (joined.status, joined.location()),
            (StatusCode::SEE_OTHER, "/"),
            "{}",
            app.name
        );
        assert_eq!(joined.cookie("flash"), Some("joined"));
        let token = joined.cookie("xiaoyuan").unwrap().to_owned();
        let me = app.get("/me").cookie("xiaoyuan", &token).await.text();
        assert!(me.contains("新邻居") && me.contains("北柳小区1号楼1门"), "{}: {me}", app.name);

        // Not even a page that somebody looked at before is kept.
        let again = app.get(format!("/join/{code}")).await;
        assert_eq!(again.status, StatusCode::NOT_FOUND, "{}", app.name);
        keeps_its_secret(&again);
        let twice = app.post_form(format!("/join/{code}"), &form(&[("name", "other")])).await;
        assert_eq!(twice.status, StatusCode::UNPROCESSABLE_ENTITY, "{}: used twice", app.name);
        let sheet = app.post(&print).as_(head).await.text();
        assert!(!sheet.contains(&code) && !sheet.contains("901"), "{}", app.name);
    }
}

#[tokio::test]
async fn a_typed_code_leads_on_and_a_mistyped_one_stays() {
    for app in TestApp::each().await {
        let code = new_code(&app).await;
        let typed = code.to_lowercase().replace('-', " ");
        let led = app.post_form("/join", &[("code", &typed)]).await;
        assert_eq!(led.status, StatusCode::SEE_OTHER, "{}", app.name);
        assert_eq!(led.location(), format!("/join/{code}"));
        let first = if code.starts_with('A') { "C" } else { "A" };
        let mistyped = format!("{first}{}", &code[1..]);
        for (typed, status, said) in [
            (mistyped.as_str(), StatusCode::UNPROCESSABLE_ENTITY, "有一个字不对"),
            ("ACDEF", StatusCode::UNPROCESSABLE_ENTITY, "现在有 5 个"),
            ("", StatusCode::UNPROCESSABLE_ENTITY, "条子上的码："),
            (&guess(1), StatusCode::UNPROCESSABLE_ENTITY, "现在打不开"),
        ] {
            let page = app.post_form("/join", &[("code", typed)]).await;
            assert_eq!(page.status, status, "{}: {typed}", app.name);
            let text = page.text();
            assert!(text.contains(said), "{}: {typed}: {text}", app.name);
            assert!(text.contains(&format!(r#"value="{typed}""#)), "{}: {typed}", app.name);
            keeps_its_secret(&page);
        }
        assert_eq!(app.get("/join").await.status, StatusCode::OK);
        let nonsense = app.get("/join/%3Cscript%3E").await;
        assert_eq!(nonsense.status, StatusCode::NOT_FOUND, "{}", app.name);
        assert!(!nonsense.text().contains("<script>"), "{}", app.name);
    }
}

#[tokio::test]
async fn what_was_typed_stays_except_the_password() {
    for app in TestApp::each().await {
        let code = new_code(&app).await;
        let typed = form(&[("name", "resident"), ("adult", "")]);
        let page = app.post_form(format!("/join/{code}"), &typed).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", app.name);
        keeps_its_secret(&page);
        let text = page.text();
        for kept in ["新邻居", r#"value="resident""#, "请先打勾"] {
            assert!(text.contains(kept), "{}: {kept}: {text}", app.name);
        }
        assert!(!text.contains(NEW), "{}: never the password", app.name);
        assert_eq!(
            text.matches(r#"value="yes" checked"#).count(),
            1,
            "{}: one tick stays",
            app.name
        );
        let taken = app.post_form(format!("/join/{code}"), &form(&[("name", "resident")])).await;
        assert_eq!(taken.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", app.name);
        assert!(taken.text().contains("已经有人用了"), "{}", app.name);
        let joined = app.post_form(format!("/join/{code}"), &FORM).await;
        assert_eq!(joined.status, StatusCode::SEE_OTHER, "{}: the slip is still good", app.name);
    }
}

#[tokio::test]
async fn guessing_is_stopped() {
    for app in TestApp::each().await {
        let code = new_code(&app).await;
        for n in 0..10 {
            let answer = app.get(format!("/join/{}", guess(n))).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{}: {n}", app.name);
        }
        let stopped = app.get(format!("/join/{}", guess(11))).await;
        assert_eq!(stopped.status, StatusCode::TOO_MANY_REQUESTS, "{}", app.name);
        assert!(stopped.header("retry-after").parse::<u32>().unwrap() <= 601, "{}", app.name);
        let right = app.post_form(format!("/join/{code}"), &FORM).await;
        assert_eq!(right.status, StatusCode::TOO_MANY_REQUESTS, "{}: even the right one", app.name);
        app.db.clock.advance_ms(10 * MINUTE_MS);
        let right = app.post_form(format!("/join/{code}"), &FORM).await;
        assert_eq!(right.status, StatusCode::SEE_OTHER, "{}", app.name);
    }
}

/// Unknown, used, ended, expired and moved out: one page for all.
#[tokio::test]
async fn a_code_that_opens_nothing_is_one_page() {
    for app in TestApp::each().await {
        let head = &app.world.committee_head;
        let homes =
            [new_home(&app, "901").await, new_home(&app, "902").await, new_home(&app, "903").await];
        let expired = code_for(&app, head, homes[2]).await;
        app.db.advance_days(60);
        let (ended, batch) = slip_for(&app, head, homes[0]).await;
        let moved = code_for(&app, head, homes[1]).await;
        let used = code_for(&app, head, homes[2]).await;
        let joined = app.post_form(format!("/join/{used}"), &FORM).await;
        assert_eq!(joined.status, StatusCode::SEE_OTHER);
        let sheet = app.post(format!("/desk/slips/{batch}/print")).as_(head).await.text();
        let end = format!("/desk/slips/{}", between(&sheet, r#"action="/desk/slips/"#, "\""));
        assert_eq!(app.post(&end).as_(head).await.location(), "/desk/slips", "{}", app.name);
        let form = MoveOut { reason: "moved".to_owned(), ..MoveOut::default() };
        household_move_out(&app.db.hall, &head.actor, homes[1], &form).await.unwrap();

        let mut pages = Vec::new();
        for code in [&guess(1), &used, &ended, &expired, &moved] {
            let answer = app.get(format!("/join/{code}")).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{}", app.name);
            // What was asked for stands in it: the field, and the way back.
            pages.push(answer.text().replace(code.as_str(), "CODE"));
        }
        let first = pages[0].clone();
        assert!(pages.iter().all(|page| *page == first), "{}: {pages:#?}", app.name);
    }
}

/// A token that somebody else knows is worth nothing after joining.
#[tokio::test]
async fn no_session_is_fixed() {
    for app in TestApp::each().await {
        let code = new_code(&app).await;
        let planted = "A".repeat(43);
        let joined =
            app.post_form(format!("/join/{code}"), &FORM).cookie("xiaoyuan", &planted).await;
        let token = joined.cookie("xiaoyuan").unwrap();
        assert_ne!(token, planted, "{}", app.name);
        let me = app.get("/me").cookie("xiaoyuan", &planted).await;
        assert_eq!(me.status, StatusCode::SEE_OTHER, "{}: to signing in", app.name);
    }
}

#[tokio::test]
async fn whoever_is_signed_in_joins_with_the_account_or_not_at_all() {
    for app in TestApp::each().await {
        let world = &app.world;
        let code = new_code(&app).await;
        let address = format!("/join/{code}");
        let page = app.get(&address).as_(&world.resident).await.text();
        assert!(
            page.contains("一个人只算一户") && !page.contains(r#"name="name""#),
            "{}",
            app.name
        );
        let second = app.post_form(&address, &FORM).as_(&world.resident).await;
        assert_eq!(second.status, StatusCode::CONFLICT, "{}: two households", app.name);
        let page = app.get(&address).as_(&world.stranger).await.text();
        assert!(page.contains("请先退出") && page.contains("外乡人"), "{}", app.name);
        let other = app.post_form(&address, &FORM).as_(&world.stranger).await;
        assert_eq!(other.status, StatusCode::CONFLICT, "{}: another community", app.name);

        let page = app.get(&address).as_(&world.no_household).await.text();
        assert!(page.contains("新来的") && !page.contains(r#"name="password""#), "{}", app.name);
        let unticked = app.post_form(&address, &[]).as_(&world.no_household).await;
        assert_eq!(unticked.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", app.name);
        let ticks = [("adult", "yes"), ("consent", "yes")];
        let joined = app.post_form(&address, &ticks).as_(&world.no_household).await;
        assert_eq!(
            (joined.status, joined.location()),
            (StatusCode::SEE_OTHER, "/"),
            "{}",
            app.name
        );
        let me = World::again(&app.db.hall, &world.no_household).await;
        assert!(me.actor.home.is_some() && me.represents_household, "{}", app.name);
    }
}

/// The code decides the community, on whichever community's page it is typed.
#[tokio::test]
async fn a_slip_leads_to_its_own_community() {
    for app in TestApp::each().await {
        let (hall, stranger) = (&app.db.hall, &app.world.stranger);
        let theirs = stranger.actor.community;
        let scope = Scope::Community(theirs);
        role_grant(hall, stranger.actor.person, Role::CommitteeHead, scope, None).await.unwrap();
        let head = World::again(hall, stranger).await;
        let code = code_for(&app, &head, stranger.actor.home.unwrap().household).await;
        let prefix = service::community::community_load(hall, theirs).await.unwrap().prefix;
        assert!(prefix.starts_with("/c/"), "{prefix}");
        let own = format!("{prefix}/join/{code}");
        assert_eq!(app.post_form("/join", &[("code", &code)]).await.location(), own);
        let led = app.get(format!("/join/{code}")).await;
        assert_eq!((led.status, led.location()), (StatusCode::SEE_OTHER, own.as_str()));
        let led = app.post_form(format!("/join/{code}"), &FORM).await;
        assert_eq!((led.status, led.location()), (StatusCode::SEE_OTHER, own.as_str()));
        let page = app.get(&own).await.text();
        assert!(page.contains("加入槐安里社区"), "{}: {page}", app.name);
        assert!(page.contains(&format!(r#"action="{own}""#)), "{}: {page}", app.name);
        let joined = app.post_form(&own, &FORM).await;
        assert_eq!(joined.location(), prefix, "{}", app.name);
        let token = joined.cookie("xiaoyuan").unwrap();
        let me = app.get(format!("{prefix}/me")).cookie("xiaoyuan", token).await;
        assert_eq!(me.status, StatusCode::OK, "{}", app.name);
        assert!(me.text().contains("南院"), "{}", app.name);
    }
}

#[tokio::test]
async fn of_many_who_join_at_once_one_comes_in() {
    for app in TestApp::each().await {
        let home = new_home(&app, "901").await;
        let code = code_for(&app, &app.world.committee_head, home).await;
        let address = format!("/join/{code}");
        let names: Vec<_> = (0..8).map(|n| format!("racer{n}")).collect();
        let calls = names.iter().map(|name| {
            std::future::IntoFuture::into_future(app.post_form(&address, &form(&[("name", name)])))
        });
        let answers = futures::future::join_all(calls).await;
        let won = answers.iter().filter(|answer| answer.status == StatusCode::SEE_OTHER).count();
        assert_eq!(won, 1, "{}", app.name);
        assert_eq!(joined(&app).await, 1, "{}", app.name);
    }
}

#[tokio::test]
async fn a_reset_slip_gives_a_new_password() {
    for app in TestApp::each().await {
        let (head, resident) = (&app.world.committee_head, &app.world.resident);
        let make = format!("/desk/people/{}/reset-slip", resident.actor.person);
        let sheet = app.post(&make).as_(head).await;
        assert_eq!(sheet.status, StatusCode::OK, "{}", app.name);
        let sheet = sheet.text();
        assert!(sheet.contains("给老槐树改密码"), "{}: {sheet}", app.name);
        let address = format!("/join/{}", between(&sheet, r#"class="slip-code">"#, "<"));
        let page = app.get(&address).await;
        keeps_its_secret(&page);
        assert!(page.text().contains("登录名是 resident"), "{}", app.name);
        let weak = app.post_form(&address, &[("password", "12345678")]).await;
        assert_eq!(weak.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", app.name);
        let old = app.token(resident.actor.person).await;
        let done = app.post_form(&address, &[("password", NEW)]).await;
        assert_eq!((done.status, done.location()), (StatusCode::SEE_OTHER, "/"), "{}", app.name);
        let token = done.cookie("xiaoyuan").unwrap();
        assert_eq!(app.get("/me").cookie("xiaoyuan", token).await.status, StatusCode::OK);
        let other_device = app.get("/me").cookie("xiaoyuan", &old).await;
        assert_eq!(other_device.status, StatusCode::SEE_OTHER, "{}: signed out", app.name);
        let fields = [("name", "resident"), ("password", NEW)];
        assert_eq!(app.post_form("/sign-in", &fields).await.status, StatusCode::SEE_OTHER);
        let other = format!("/desk/people/{}/reset-slip", app.world.stranger.actor.person);
        assert_eq!(app.post(other).as_(head).await.status, StatusCode::NOT_FOUND, "{}", app.name);
    }
}

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Neither the code nor what was typed with it stands in the log, at its most talkative.
#[tokio::test]
async fn no_code_is_logged() {
    let app = TestApp::sqlite().await;
    let code = new_code(&app).await;
    let lines = Lines::default();
    let writer = lines.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(move || writer.clone())
        .finish();
    let guard = tracing::subscriber::set_default(subscriber);
    for answer in [
        app.get(format!("/join/{code}")).await,
        app.post_form("/join", &[("code", &code)]).await,
        app.post_form(format!("/join/{code}"), &form(&[("name", "resident")])).await,
        app.post_form(format!("/join/{code}"), &FORM).await,
        app.get(format!("/join/{code}")).await,
    ] {
        assert!(!answer.status.is_server_error());
    }
    drop(guard);
    let log = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    assert!(log.contains("/join/{token}"), "the log is there: {log}");
    for secret in [code.as_str(), &code.replace('-', ""), NEW, "192.0.2.7"] {
        assert!(!log.contains(secret), "{secret} is in the log: {log}");
    }
}

/// What is shown at the desk to whom, and in which words it comes back.
#[tokio::test]
async fn the_desks_form_comes_back_with_what_was_typed() {
    for app in TestApp::each().await {
        let head = &app.world.committee_head;
        let courtyard = format!("courtyard:{}", app.world.courtyards[0]);
        for (fields, said) in [
            (vec![("place", "")], "请选一个"),
            (vec![("place", courtyard.as_str()), ("rooms", "101、102")], "请选到楼门"),
        ] {
            let page = app.post_form("/desk/slips", &fields).as_(head).await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", app.name);
            assert!(page.text().contains(said), "{}: {said}", app.name);
        }
        let reads = app.get("/desk/slips").as_(&app.world.oversight).await;
        assert_eq!(reads.status, StatusCode::OK, "{}", app.name);
        assert!(!reads.text().contains(r#"name="rooms""#), "{}: it makes none", app.name);
    }
}
