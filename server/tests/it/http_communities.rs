//! Many communities on one server: their addresses, and what a person of one is in another.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::collections::{BTreeSet, VecDeque};

use crate::common::{Answer, TestApp};
use axum::http::{Method, StatusCode};
use domain::proposal::{DecidedBy, Step, Verdict};
use domain::route::Route;
use domain::settings::CommunitySettings;
use service::matter::{self, By, Said};
use service::people::SignedIn;
use service::post::{PostForm, post_write};
use service::proposal::{ProposalForm, proposal_submit};
use service::setup::community_found;
use service::testing::{self, PASSWORD, TestDb};

/// What the addresses of [`second`]'s community begin with.
const PREFIX: &str = "/c/zaoshuwan";

/// The world as the second community of its server.
async fn second(db: TestDb) -> TestApp {
    let settings = CommunitySettings::default();
    community_found(&db.hall, "头一个社区", "柳荫街道", "槐安区", Some("first-one"), &settings)
        .await
        .unwrap();
    TestApp::start(db).await
}

async fn raised(app: &TestApp) -> i64 {
    let form = ProposalForm {
        title: "给孩子建个沙池".to_owned(),
        situation: "小区没有孩子玩的地方，放学后都在车道边跑。".to_owned(),
        suggestion: "把南侧的三个车位改成沙池，四周做矮栏杆。".to_owned(),
        category: "culture_children".to_owned(),
        courtyard_id: app.world.courtyards[0].to_string(),
        scope: "courtyard".to_owned(),
        ..ProposalForm::default()
    };
    proposal_submit(&app.db.hall, &app.world.resident.actor, &form).await.unwrap()
}

async fn steps(app: &TestApp, number: i64, steps: impl IntoIterator<Item = Step>) {
    let hall = &app.db.hall;
    for taken in steps {
        let txn = hall.db.begin().await.unwrap();
        let row = matter::by_number(&txn, app.world.community, number).await.unwrap();
        let by = By::Person(&app.world.committee_head.actor);
        matter::advance_in_txn(hall, &txn, row, taken, by, Said::reason("测试里走一步"))
            .await
            .unwrap();
        txn.commit().await.unwrap();
    }
}

/// One matter in each state that has a page of its own, and an open ballot.
async fn filled(app: &TestApp) {
    let talked = raised(app).await;
    let form = PostForm { stance: "for".to_owned(), body: "好".to_owned(), ..PostForm::default() };
    post_write(&app.db.hall, &app.world.resident.actor, talked, &form).await.unwrap();
    steps(app, talked, [Step::Accept { threshold_met: true }, Step::Deliberate]).await;
    let closes = service::ballot::earliest_day(
        domain::ballot::BallotKind::ResidentsByHousehold,
        app.db.hall.now(),
    );
    let closes = closes.to_string();
    let form = [("kind", "households"), ("question", "建沙池吗？"), ("closes_on", &*closes)];
    let opened = app
        .post_form(format!("{PREFIX}/desk/{talked}/ballot"), &form)
        .as_(&app.world.committee_head)
        .await;
    assert_eq!(opened.location(), format!("{PREFIX}/ballots/1"), "{}", app.name);
    let done = raised(app).await;
    let decide = Step::Decide { verdict: Verdict::Adopted, by: DecidedBy::Committee };
    let refer = Step::Refer { route: Route::Committee };
    let accept = Step::Accept { threshold_met: true };
    steps(app, done, [accept, decide, refer, Step::Complete]).await;
    raised(app).await;
}

/// The values of an attribute in a page.
fn values(html: &str, attribute: &str) -> Vec<String> {
    let open = format!(" {attribute}=\"");
    let rest = html.split(open.as_str()).skip(1);
    rest.map(|rest| rest.split('"').next().unwrap().replace("&amp;", "&")).collect()
}

fn inside(address: &str) -> bool {
    let rest = address.strip_prefix(PREFIX);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?', '#']))
}

/// Addresses in a page that leave the community, but for the built files.
fn leaving(html: &str) -> Vec<String> {
    ["href", "action", "formaction", "src"]
        .iter()
        .flat_map(|attribute| values(html, attribute))
        .filter(|address| address.starts_with('/') && !address.starts_with("/assets/"))
        .filter(|address| !inside(address))
        .collect()
}

#[tokio::test]
async fn every_link_stays_in_the_community_and_leads_to_a_page() {
    let app = second(testing::sqlite().await).await;
    filled(&app).await;
    let world = &app.world;
    let everybody =
        [None, Some(&world.resident), Some(&world.entrance_lead), Some(&world.committee_head)];
    let mut wrong = Vec::new();
    for person in everybody {
        let who = person.map_or("nobody", |person| person.nickname.as_str());
        let mut seen = BTreeSet::new();
        let mut waiting = VecDeque::from([PREFIX.to_owned()]);
        while let Some(address) = waiting.pop_front() {
            let path = address.split('#').next().unwrap().to_owned();
            if seen.len() >= 120 || !seen.insert(path.clone()) {
                continue;
            }
            let page = app.get(&path).as_maybe(person).await;
            if page.status == StatusCode::SEE_OTHER {
                assert!(inside(page.location()), "{who}: {path} leads to {}", page.location());
                waiting.push_back(page.location().to_owned());
                continue;
            }
            // The committee's head lives elsewhere, and so raises nothing here.
            let homeless = page.status == StatusCode::FORBIDDEN && path.ends_with("/proposals/new");
            if page.status != StatusCode::OK && !homeless {
                wrong.push(format!("{who}: {path} is {}", page.status));
            }
            if !page.header("content-type").starts_with("text/html") {
                continue;
            }
            let html = page.text();
            // The list of communities alone leads to others.
            if path != format!("{PREFIX}/communities") {
                let leaves = leaving(&html).into_iter();
                wrong.extend(leaves.map(|address| format!("{who}: {path} leaves to {address}")));
            }
            waiting.extend(values(&html, "href").into_iter().filter(|address| inside(address)));
        }
        let least = if person.is_some() { 20 } else { 12 };
        assert!(seen.len() >= least, "{who} saw {seen:?}");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn errors_and_forms_that_come_back_stay_in_the_community() {
    let app = second(testing::sqlite().await).await;
    filled(&app).await;
    let (resident, head) = (&app.world.resident, &app.world.committee_head);
    for (path, fields, person, status) in [
        ("/proposals/new", &[("title", "短")][..], Some(resident), 422),
        ("/proposals/3/posts", &[("body", "")], Some(resident), 422),
        ("/proposals/1/edit", &[], Some(resident), 409),
        ("/desk/1/answer", &[("reason", "")], Some(head), 422),
        ("/desk/9999/answer", &[], Some(head), 404),
        ("/me/email", &[("email", "x")], Some(resident), 422),
        ("/sign-in", &[("name", "x")], None, 422),
        ("/proposals/1/cosign", &[], None, 401),
        ("/nowhere", &[], None, 404),
    ] {
        let answer = app.post_form(format!("{PREFIX}{path}"), fields).as_maybe(person).await;
        assert_eq!(answer.status.as_u16(), status, "{path}: {}", answer.text());
        assert_eq!(leaving(&answer.text()), Vec::<String>::new(), "{path}");
    }
    let asked = app.get(format!("{PREFIX}/me")).await;
    assert_eq!(asked.location(), format!("{PREFIX}/sign-in?back=%2Fc%2Fzaoshuwan%2Fme"));
}

async fn sign_in(app: &TestApp, prefix: &str, name: &str, back: &str) -> Answer {
    let form = [("name", name), ("password", PASSWORD), ("back", back)];
    app.post_form(format!("{prefix}/sign-in"), &form).await
}

#[tokio::test]
async fn whoever_signs_in_is_led_to_their_own_community() {
    for app in TestApp::each().await {
        for (prefix, name, back, led) in [
            ("", "resident", "/ballots", "/ballots"),
            ("", "resident", "/sign-in", "/"),
            ("/c/zaoshuwan", "resident", "/ballots", "/c/zaoshuwan/ballots"),
            ("/c/huaianli", "resident", "/c/huaianli/ballots", "/"),
            ("/c/huaianli", "stranger", "/c/huaianli/ballots", "/c/huaianli/ballots"),
            ("/c/huaianli", "stranger", "/c/huaianli/sign-in", "/c/huaianli"),
            ("", "stranger", "/proposals/1", "/c/huaianli"),
            ("/c/huaianli", "stranger", "//evil.example", "/c/huaianli"),
        ] {
            let answer = sign_in(&app, prefix, name, back).await;
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}: {prefix} {name}", app.name);
            assert_eq!(answer.location(), led, "{}: {name} at {prefix}/ from {back}", app.name);
        }
    }
}

#[tokio::test]
async fn each_community_has_its_own_pages_also_from_the_cache() {
    for app in TestApp::each().await {
        raised(&app).await;
        for _ in 0..2 {
            let first = app.get("/").await.text();
            assert!(first.contains("枣树湾社区") && !first.contains("槐安里社区"), "{}", app.name);
            let other = app.get("/c/huaianli").await.text();
            assert!(other.contains("槐安里社区") && !other.contains("枣树湾社区"), "{}", app.name);
        }
        assert_eq!(app.get("/proposals/1").await.status, StatusCode::OK, "{}", app.name);
        // Numbers run in each community by themselves.
        let other = app.get("/c/huaianli/proposals/1").await;
        assert_eq!(other.status, StatusCode::NOT_FOUND, "{}", app.name);
    }
}

#[tokio::test]
async fn the_first_community_lives_at_the_root() {
    let app = TestApp::sqlite().await;
    raised(&app).await;
    for (asked, led) in [
        ("/c/zaoshuwan", "/"),
        ("/c/zaoshuwan/proposals?q=x", "/proposals?q=x"),
        ("/c/zaoshuwan//evil.example", "/"),
    ] {
        let answer = app.get(asked).await;
        assert_eq!(answer.status, StatusCode::PERMANENT_REDIRECT, "{asked}");
        assert_eq!(answer.location(), led, "{asked}");
    }
    let answer = app.post("/c/zaoshuwan/proposals/1/cosign").as_(&app.world.council_member).await;
    assert_eq!(answer.location(), "/c/zaoshuwan/proposals/1");
}

#[tokio::test]
async fn an_unknown_community_is_a_page_that_is_not_there() {
    let app = TestApp::sqlite().await;
    for path in ["/c/nowhere", "/c/nowhere/desk", "/c/", "/c", "/c/X/", "/c/huaianli/c/huaianli"] {
        for person in [None, Some(&app.world.committee_head), Some(&app.world.stranger)] {
            let answer = app.get(path).as_maybe(person).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
            assert!(answer.text().contains("没有找到这一页"), "{path}");
        }
    }
    for path in ["/assets/app.css", "/healthz", "/version", "/favicon.ico"] {
        let answer = app.get(format!("/c/huaianli{path}")).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn a_person_of_another_community_is_a_visitor() {
    for app in TestApp::each().await {
        let number = raised(&app).await;
        let stranger = &app.world.stranger;
        for path in ["/".to_owned(), "/proposals".to_owned(), format!("/proposals/{number}")] {
            let page = app.get(&path).as_(stranger).await;
            assert_eq!(page.status, StatusCode::OK, "{}: {path}", app.name);
            let text = page.text();
            assert!(
                text.contains("您是槐安里社区的居民，正在看枣树湾社区的公开页面"),
                "{}: {path}: {text}",
                app.name
            );
            assert!(text.contains("href=\"/c/huaianli\""), "{}: {path}", app.name);
            assert!(!text.contains("/sign-in"), "{}: {path}: {text}", app.name);
        }
        let own = app.get("/c/huaianli").as_(stranger).await.text();
        assert!(!own.contains("正在看") && own.contains("外乡人"), "{}: {own}", app.name);
        // What would ask a visitor to sign in isn't there for those who have.
        for (method, path) in [
            ("GET", "/me"),
            ("GET", "/desk"),
            ("GET", "/desk/1"),
            ("GET", "/desk/mail"),
            ("GET", "/proposals/new"),
            ("POST", "/proposals/new"),
            ("POST", "/proposals/1/cosign"),
            ("POST", "/proposals/1/posts"),
            ("POST", "/sign-out/everywhere"),
        ] {
            let call = if method == "GET" { app.get(path) } else { app.post_form(path, &[]) };
            let answer = call.as_(stranger).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{}: {method} {path}", app.name);
        }
        assert_desk_is_closed(&app, &app.world.committee_head, "/c/huaianli").await;
    }
}

/// Another community's desk isn't there, whoever one is at home.
async fn assert_desk_is_closed(app: &TestApp, person: &SignedIn, prefix: &str) {
    for path in ["/desk", "/desk/mail", "/desk/1"] {
        let answer = app.get(format!("{prefix}{path}")).as_(person).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{}: {path}", app.name);
    }
}

#[tokio::test]
async fn a_wish_for_the_page_leads_back_to_it() {
    let app = TestApp::sqlite().await;
    let form = [("size", "large"), ("back", "/c/huaianli/ballots")];
    let answer = app.post_form("/c/huaianli/prefs/size", &form).await;
    assert_eq!(answer.location(), "/c/huaianli/ballots");
    let form = [("size", "large"), ("back", "//evil.example")];
    let answer = app.post_form("/c/huaianli/prefs/size", &form).await;
    assert_eq!(answer.location(), "/c/huaianli");
}

#[tokio::test]
async fn a_mail_program_stops_mails_of_any_community_by_one_click() {
    let app = TestApp::sqlite().await;
    for (path, status) in [
        // It says nothing of where it comes from (RFC 8058); there is no such token here.
        ("/c/huaianli/follow/0f6c", StatusCode::NOT_FOUND),
        ("/c/huaianli/proposals/new", StatusCode::FORBIDDEN),
    ] {
        let answer = app.call(Method::POST, path).await;
        assert_eq!(answer.status, status, "{path}");
    }
}
