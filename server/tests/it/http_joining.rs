//! Joining without a slip, the household, the counter and helpers, page by page, on both databases.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use crate::common::{Answer, TestApp};
use axum::http::StatusCode;
use domain::ids::PersonId;
use service::people::{self, SignedIn};
use service::setup::household_add_many;

const PASSWORD: &str = "院子里的石榴又红了";

fn asked<'a>(entrance: &'a str, name: &'a str, room: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("entrance", entrance),
        ("room", room),
        ("words", "刚搬来"),
        ("nickname", "新邻居"),
        ("name", name),
        ("password", PASSWORD),
        ("adult", "yes"),
        ("consent", "yes"),
    ]
}

/// What is the same of two answers whoever asks: everything but what is random in them.
fn shape(answer: &Answer) -> (StatusCode, String, usize) {
    (answer.status, answer.location().to_owned(), answer.body.len())
}

/// Asks as nobody, and gives the browser's cookie.
async fn ask(app: &TestApp, name: &str, room: &str) -> String {
    let entrance = app.world.entrances[0].to_string();
    let answer = app.post_form("/join/ask", &asked(&entrance, name, room)).await;
    assert_eq!(answer.status, 303, "{}: {}", app.name, answer.text());
    answer.cookie("xiaoyuan").unwrap().to_owned()
}

/// The number of the only request on a page.
fn request(page: &str) -> &str {
    let rest = page.split("id=\"request-").nth(1).unwrap_or_else(|| panic!("none: {page}"));
    rest.split('"').next().unwrap()
}

#[tokio::test]
async fn asking_and_waiting() {
    for app in TestApp::each().await {
        let page = app.get("/join/ask").await;
        assert_eq!(page.status, 200, "{}", app.name);
        let text = page.text();
        assert!(text.contains("1号楼1门") && text.contains("北柳小区"), "{text}");

        let empty = app.post_form("/join/ask", &[("room", "<b>1</b>")]).await;
        assert_eq!(empty.status, 422, "{}", app.name);
        let text = empty.text();
        assert!(text.contains("#entrance") && text.contains("#adult") && text.contains("#consent"));
        assert!(text.contains("&lt;b&gt;1") && !text.contains("<b>1</b>"), "{text}");
        let entrance = app.world.entrances[0].to_string();
        let mut young = asked(&entrance, "young", "101");
        young.retain(|(field, _)| *field != "adult");
        let young = app.post_form("/join/ask", &young).await;
        assert_eq!(young.status, 422);
        assert!(!young.text().contains(PASSWORD), "a password is never shown again");

        let token = ask(&app, "newcomer", "909").await;
        let own = app.get("/me/household").cookie("xiaoyuan", &token).await.text();
        assert!(own.contains("在等人确认") && own.contains("909"), "{}: {own}", app.name);
        let me = app.get("/me").cookie("xiaoyuan", &token).await.text();
        assert!(me.contains("在等人确认") && !me.contains("909"), "{}: {me}", app.name);
        let again = app.post_form("/join/ask", &asked(&entrance, "", "101"));
        assert_eq!(again.cookie("xiaoyuan", &token).await.status, 409);
        let back = app.post("/me/household/withdraw").cookie("xiaoyuan", &token).await;
        assert_eq!(back.location(), "/me/household");
        let own = app.get("/me/household").cookie("xiaoyuan", &token).await.text();
        assert!(own.contains("/join/ask"), "{own}");
        // Whoever has a household asks for none.
        assert_eq!(app.get("/join/ask").as_(&app.world.resident).await.status, 409);
    }
}

#[tokio::test]
async fn the_answers_give_no_names_away() {
    for app in TestApp::each().await {
        let entrance = app.world.entrances[0].to_string();
        let on_roll = app.post_form("/join/ask", &asked(&entrance, "first", "101")).await;
        let off_roll = app.post_form("/join/ask", &asked(&entrance, "other", "999")).await;
        assert_eq!(shape(&on_roll), shape(&off_roll), "{}", app.name);
        // A taken name is told to a complete form alone: with one tick missing both look the same.
        let mut answers = Vec::new();
        for name in ["resident", "nobodyy"] {
            let mut form = asked(&entrance, name, "101");
            form.retain(|(field, _)| *field != "consent");
            let answer = app.post_form("/join/ask", &form).await;
            answers.push((answer.status, answer.text().replace(name, "…")));
        }
        let ids = |text: &str| text.matches("<").count();
        assert_eq!(answers[0].0, answers[1].0);
        assert_eq!(ids(&answers[0].1), ids(&answers[1].1), "{}", app.name);
        assert!(!answers[0].1.contains("已经有人用了"));
        // And so many times a day from one address.
        for _ in 0..3 {
            let taken = app.post_form("/join/ask", &asked(&entrance, "resident", "101")).await;
            assert_eq!(taken.status, 422);
            assert!(taken.text().contains("已经有人用了"));
        }
        let sixth = app.post_form("/join/ask", &asked(&entrance, "resident", "101")).await;
        assert_eq!(sixth.status, 429, "{}", app.name);
    }
}

#[tokio::test]
async fn the_household_admits_and_names_its_representative() {
    for app in TestApp::each().await {
        let world = &app.world;
        let token = ask(&app, "grandson", "101").await;
        let page = app.get("/me/household").as_(&world.second_adult).await.text();
        assert!(
            page.contains("新邻居") && page.contains("刚搬来") && page.contains("101"),
            "{page}"
        );
        let id = request(&page).to_owned();
        let admit = format!("/me/household/requests/{id}/admit");
        assert_eq!(app.post(&admit).as_(&world.entrance_lead).await.status, 404, "{}", app.name);
        let decline = format!("/me/household/requests/{id}/decline");
        let short = app.post_form(&decline, &[("reason", "不")]).as_(&world.resident).await;
        assert_eq!(short.status, 422);
        assert!(short.text().contains(&format!("decline-reason-{id}-e")), "{}", short.text());
        let admitted = app.post(&admit).as_(&world.resident).await;
        assert_eq!(admitted.location(), "/me/household");
        assert_eq!(app.post(&admit).as_(&world.resident).await.status, 409);
        let own = app.get("/me/household").cookie("xiaoyuan", &token).await.text();
        assert!(own.contains("老槐树") && own.contains("小槐树"), "{}: {own}", app.name);

        let next = world.second_adult.actor.person.to_string();
        let path = "/me/household/representative";
        let chosen = [("person", next.as_str())];
        assert_eq!(app.post_form(path, &chosen).as_(&world.second_adult).await.status, 409);
        assert_eq!(app.post_form(path, &[]).as_(&world.resident).await.status, 422);
        assert_eq!(app.post_form(path, &chosen).as_(&world.resident).await.status, 303);
        let left = app.post("/me/household/leave").cookie("xiaoyuan", &token).await;
        assert_eq!(left.status, 303);
        let own = app.get("/me/household").cookie("xiaoyuan", &token).await.text();
        assert!(own.contains("/join") && !own.contains("老槐树"), "{}: {own}", app.name);
    }
}

#[tokio::test]
async fn a_lead_sees_rooms_only_by_looking() {
    for app in TestApp::each().await {
        let (hall, world) = (&app.db.hall, &app.world);
        let homes = household_add_many(hall, world.entrances[0], &["7017".to_owned()]).await;
        homes.unwrap();
        ask(&app, "newcomer", "7017").await;
        let lead = &world.entrance_lead;
        for person in [&world.resident, &world.council_member, &world.committee_head] {
            assert_eq!(app.get("/me/vouches").as_(person).await.status, 404, "{}", app.name);
        }
        let page = app.get("/me/vouches").as_(lead).await.text();
        assert!(page.contains("刚搬来") && !page.contains("7017"), "{}: {page}", app.name);
        let id = request(&page).to_owned();
        let look = app.post(format!("/me/vouches/{id}/look")).as_(lead).await;
        assert_eq!(look.status, 200);
        assert!(look.text().contains("7017"), "{}", app.name);
        let admit = format!("/me/vouches/{id}/admit");
        assert_eq!(app.post(&admit).as_(&world.council_member).await.status, 404);
        assert_eq!(app.post(&admit).as_(lead).await.location(), "/me/vouches");

        // The committee lists it, and takes it back; the lead reads why.
        let desk = app.get("/desk/members").as_(&world.committee_head).await.text();
        assert!(desk.contains("赵大姐") && !desk.contains("7017"), "{}: {desk}", app.name);
        let oversight = app.get("/desk/members").as_(&world.oversight).await.text();
        assert!(oversight.contains("赵大姐") && !oversight.contains("/contest"), "{oversight}");
        let contest = format!("/desk/members/{id}/contest");
        let reason = [("reason", "核实过了，这位不住在这里")];
        assert_eq!(app.post_form(&contest, &reason).as_(&world.oversight).await.status, 403);
        assert_eq!(app.post_form(&contest, &reason).as_(lead).await.status, 404);
        let silent = app.post_form(&contest, &[("reason", "")]).as_(&world.committee_head).await;
        assert_eq!(silent.status, 422);
        assert!(silent.text().contains(&format!("contest-reason-{id}-e")), "{}", silent.text());
        let done = app.post_form(&contest, &reason).as_(&world.committee_head).await;
        assert_eq!(done.location(), "/desk/members");
        let page = app.get("/me/vouches").as_(lead).await.text();
        assert!(page.contains("这位不住在这里"), "{}: {page}", app.name);
    }
}

#[tokio::test]
async fn the_desk_decides_and_corrects() {
    for app in TestApp::each().await {
        let world = &app.world;
        ask(&app, "newcomer", "9191").await;
        let head = &world.committee_head;
        let page = app.get("/desk/members").as_(head).await.text();
        assert!(!page.contains("9191"), "{}", app.name);
        let id = request(&page).to_owned();
        assert_eq!(app.get("/desk/members").as_(&world.resident).await.status, 404);
        let look = format!("/desk/members/{id}/look");
        assert_eq!(app.post(&look).as_(&world.oversight).await.status, 403);
        let seen = app.post(&look).as_(head).await.text();
        assert!(seen.contains("9191") && seen.contains("名册里没有"), "{}: {seen}", app.name);
        let admit = format!("/desk/members/{id}/admit");
        let wrong = app.post_form(&admit, &[("reason", "看了租房合同")]).as_(head).await;
        assert_eq!(wrong.status, 422);
        assert!(wrong.text().contains(&format!("admit-room-{id}-e")), "{}", wrong.text());
        let entrance = world.entrances[1].to_string();
        let right = [("reason", "看了租房合同"), ("entrance", &entrance), ("room", "601")];
        assert_eq!(app.post_form(&admit, &right).as_(head).await.location(), "/desk/members");
    }
}

async fn acting(app: &TestApp, elder: PersonId) -> String {
    let lead = &app.world.entrance_lead;
    let token = app.token(lead.actor.person).await;
    let begun = app.post(format!("/act-for/{elder}")).as_(lead).await;
    assert_eq!(begun.location(), "/me/helping", "{}", app.name);
    token
}

#[tokio::test]
async fn an_elder_without_a_phone_and_their_helper() {
    for app in TestApp::each().await {
        let world = &app.world;
        let entrance = world.entrances[0].to_string();
        let member = &world.committee_member;
        let mut form = vec![
            ("entrance", entrance.as_str()),
            ("room", "201"),
            ("nickname", "周奶奶"),
            ("no_phone", "yes"),
            ("helper", "赵大妈"),
            ("adult", "yes"),
            ("consent", "yes"),
        ];
        let wrong = app.post_form("/desk/counter", &form).as_(member).await;
        assert_eq!(wrong.status, 422);
        assert!(wrong.text().contains("#helper") && wrong.text().contains("周奶奶"));
        form[4] = ("helper", "赵大姐");
        assert_eq!(app.post_form("/desk/counter", &form).as_(&world.oversight).await.status, 403);
        assert_eq!(app.post_form("/desk/counter", &form).as_(&world.resident).await.status, 404);
        let done = app.post_form("/desk/counter", &form).as_(member).await;
        assert_eq!(done.location(), "/desk/members", "{}: {}", app.name, done.text());

        let helping = app.get("/me/helping").as_(&world.entrance_lead).await.text();
        let elder = helping.split("/act-for/").nth(1).unwrap().split('"').next().unwrap();
        let elder = PersonId(elder.parse().unwrap());
        let act = format!("/act-for/{elder}");
        assert_eq!(app.post(&act).as_(&world.resident).await.status, 404);
        let token = acting(&app, elder).await;
        let here = |path: &'static str| app.get(path).cookie("xiaoyuan", &token);
        for path in ["/", "/proposals", "/ballots", "/me", "/me/helping"] {
            let page = here(path).await;
            assert_eq!(page.status, 200, "{}: {path}", app.name);
            assert!(page.text().contains("您正在替“周奶奶”办事"), "{}: {path}", app.name);
        }
        assert_eq!(here("/me/household").await.status, 403);
        assert_eq!(here("/me/vouches").await.status, 404);
        assert!(!here("/me").await.text().contains("/me/email"), "{}", app.name);
        let email = app.post_form("/me/email", &[("email", "a@example.org")]);
        assert_eq!(email.cookie("xiaoyuan", &token).await.status, 403);
        let everywhere = app.post("/me/household/leave").cookie("xiaoyuan", &token).await;
        assert_eq!(everywhere.status, 403, "{}", app.name);

        let courtyard = format!("{}", world.courtyards[0]);
        let matter = [
            ("title", "小院长椅换带靠背的"),
            ("situation", "槐树下的四把长椅没有靠背，老人坐下以后起不来。"),
            ("suggestion", "换成带靠背和扶手的木条椅，先换两把。"),
            ("category", "ageing"),
            ("place", courtyard.as_str()),
            ("scope", "courtyard"),
        ];
        let raised = app.post_form("/proposals/new", &matter).cookie("xiaoyuan", &token).await;
        assert_eq!(raised.status, 303, "{}: {}", app.name, raised.text());
        let at = raised.location().to_owned();
        let post = [("stance", "for"), ("body", "坐下就起不来。")];
        app.post_form(format!("{at}/posts"), &post).cookie("xiaoyuan", &token).await;
        let page = app.get(&at).await.text();
        assert!(page.contains("代办人赵大姐代提"), "{}: {page}", app.name);
        assert!(page.contains("代办人赵大姐代写"), "{}", app.name);
        assert!(page.contains("赵大姐代办"), "{}: the timeline", app.name);

        let stopped = app.post("/act-for/stop").cookie("xiaoyuan", &token).await;
        assert_eq!(stopped.location(), "/me/helping");
        assert!(!here("/").await.text().contains("您正在替"), "{}", app.name);
        let again: SignedIn =
            people::load(app.db.hall.db.read(), elder, app.db.hall.now()).await.unwrap();
        assert!(again.actor.home.is_some());
    }
}
