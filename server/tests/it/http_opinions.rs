//! The opinions of a matter by address, on both databases.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what it needs and ends")]

use crate::common::TestApp;
use axum::http::{StatusCode, header};
use domain::settings::{CommunitySettings, Moderation};
use service::opinion::OWN_STATEMENTS_MAX;
use service::people::SignedIn;
use service::proposal::{ProposalForm, proposal_submit, proposal_withdraw};
use service::testing::{Plan, World, databases};

const NEEDED: u32 = 20;
const EVIL: &str = "</textarea><script>alert(1)</script>";

async fn apps() -> Vec<(TestApp, String)> {
    let mut all = Vec::new();
    for db in databases().await {
        let settings = CommunitySettings {
            moderation: Moderation::After,
            opinion_voices: NEEDED,
            ..CommunitySettings::default()
        };
        let world = World::planned(&db.hall, Plan { settings, ..Plan::default() }).await;
        let form = ProposalForm {
            title: "给孩子建个沙池".to_owned(),
            situation: "小区没有孩子玩的地方，放学后都在车道边跑。".to_owned(),
            suggestion: "把南侧的三个车位改成沙池，四周做矮栏杆。".to_owned(),
            category: "culture_children".to_owned(),
            courtyard_id: world.courtyards[0].to_string(),
            scope: "community".to_owned(),
            ..ProposalForm::default()
        };
        let number = proposal_submit(&db.hall, &world.resident.actor, &form).await.unwrap();
        let app = TestApp::with_world(db, world);
        all.push((app, format!("/proposals/{number}/opinions")));
    }
    all
}

fn everyone(app: &TestApp) -> Vec<&SignedIn> {
    let world = &app.world;
    [&world.resident, &world.second_adult, &world.council_member, &world.entrance_lead]
        .into_iter()
        .chain([&world.committee_member, &world.oversight])
        .chain(&world.neighbours)
        .collect()
}

async fn written(app: &TestApp, at: &str, count: usize) {
    for n in 1..=count {
        let who = if n <= 5 { &app.world.resident } else { &app.world.council_member };
        let body = format!("第{n}种说法：沙池该怎么建");
        let answer = app.post_form(format!("{at}/statements"), &[("body", &body)]).as_(who).await;
        assert_eq!(answer.location(), at, "{}: {}", app.name, answer.text());
    }
}

async fn answered(app: &TestApp, at: &str, statements: usize) {
    for (n, who) in everyone(app).into_iter().enumerate() {
        for statement in 1..=statements {
            let agree = statement == 1 || (n + statement) % 2 == 0;
            let choice = if agree { "agree" } else { "disagree" };
            let address = format!("{at}/statements/{statement}/answers");
            let answer = app.post_form(address, &[("choice", choice)]).as_(who).await;
            assert_eq!(answer.location(), format!("{at}#ask"), "{}", app.name);
        }
    }
}

#[tokio::test]
async fn one_statement_at_a_time_with_three_buttons_and_no_script() {
    for (app, at) in apps().await {
        written(&app, &at, 2).await;
        let neighbour = &app.world.neighbours[0];
        let page = app.get(&at).as_(neighbour).await.text();
        for part in [
            "第1种说法",
            "value=\"agree\"",
            "value=\"disagree\"",
            "value=\"pass\"",
            "您答了 0 句，一共 2 句",
            "还差 19 人",
            "满 20 人才分组",
            "这是怎么算出来的",
        ] {
            assert!(page.contains(part), "{}: {part} is missing in {page}", app.name);
        }
        assert!(!page.contains("style="), "{}", app.name);
        // A visitor is led to sign in, and comes back here.
        let page = app.get(&at).await.text();
        assert!(page.contains("/sign-in?back=%2Fproposals%2F"), "{}: {page}", app.name);
        assert!(!page.contains("<script"), "{}", app.name);
        assert!(!page.contains("value=\"agree\""), "{}", app.name);
        // It is answered, and the next one comes.
        let address = format!("{at}/statements/1/answers");
        let answer = app.post_form(&address, &[("choice", "agree")]).as_(neighbour).await;
        assert_eq!(answer.location(), format!("{at}#ask"), "{}", app.name);
        let page = app.get(&at).as_(neighbour).await.text();
        assert!(page.contains("您答了 1 句，一共 2 句"), "{}", app.name);
        // And can be changed.
        let page = app.get(format!("{at}?statement=1")).as_(neighbour).await.text();
        assert!(page.contains("您上次答的是：同意"), "{}: {page}", app.name);
        let answer = app.post_form(&address, &[]).as_(neighbour).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", app.name);
        assert_eq!(app.get(&address).await.location(), at, "{}", app.name);
    }
}

#[tokio::test]
async fn a_sentence_too_many_is_not_lost_and_the_picture_outlives_the_talk() {
    for (app, at) in apps().await {
        written(&app, &at, OWN_STATEMENTS_MAX).await;
        let (who, body) = (&app.world.resident, "还有一种说法：沙池放到北边");
        let full = app.post_form(format!("{at}/statements"), &[("body", body)]).as_(who).await;
        assert_eq!(full.status, StatusCode::CONFLICT, "{}", app.name);
        let page = full.text();
        for part in [body, "您刚才写的，没有发出去", "已经写满了"] {
            assert!(page.contains(part), "{}: {part} is missing in {page}", app.name);
        }
        assert!(!page.contains("<script"), "{}: nothing on it is alive", app.name);

        let matter = at.trim_end_matches("/opinions");
        let number = matter.rsplit('/').next().unwrap().parse().unwrap();
        let link = format!("href=\"{at}\" class=\"btn btn-secondary\">");
        let open = app.get(matter).await.text();
        assert!(open.contains(&format!("{link}去表态")), "{}: {open}", app.name);
        proposal_withdraw(&app.db.hall, &who.actor, number, "").await.unwrap();
        let over = app.get(matter).await.text();
        assert!(over.contains(&format!("{link}看结果")), "{}: {over}", app.name);
    }
}

#[tokio::test]
async fn a_refused_statement_comes_back_with_what_was_typed() {
    for (app, at) in apps().await {
        let who = &app.world.resident;
        let long = format!("{EVIL}{}", "长".repeat(140));
        let answer = app.post_form(format!("{at}/statements"), &[("body", &long)]).as_(who).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", app.name);
        let page = answer.text();
        assert!(page.contains("id=\"body-e\"") && page.contains("href=\"#body\""), "{page}");
        assert!(!page.contains(EVIL) && page.contains("&lt;/textarea"), "{}", app.name);
        // As a statement it is text.
        let body = "<b>沙池</b>要有盖子";
        app.post_form(format!("{at}/statements"), &[("body", body)]).as_(who).await;
        let page = app.get(&at).as_(&app.world.second_adult).await.text();
        assert!(page.contains("&lt;b&gt;沙池&lt;/b&gt;要有盖子"), "{}: {page}", app.name);
        // Nobody is told who wrote it.
        assert!(!page.contains("老槐树"), "{}", app.name);
    }
}

#[tokio::test]
async fn with_voices_enough_common_ground_comes_first() {
    for (app, at) in apps().await {
        written(&app, &at, 6).await;
        answered(&app, &at, 6).await;
        let page = app.get(&at).await.text();
        let common = page.find("先看大家都同意的").unwrap();
        let apart = page.find("分歧在这里").unwrap();
        assert!(common < apart, "{}", app.name);
        let first = page[common..apart].matches("种说法").count();
        assert_eq!(first, 1, "{}: {page}", app.name);
        for part in ["甲组 13 人、乙组 12 人", "甲组 13 / 13 人同意", "25 人表了态"]
        {
            assert!(page.contains(part), "{}: {part} is missing in {page}", app.name);
        }
        // Only who looks reads of their own group, and no name stands anywhere.
        assert!(!page.contains("您的回答和"), "{}", app.name);
        let mine = app.get(&at).as_(&app.world.neighbours[3]).await.text();
        assert!(mine.contains("您的回答和"), "{}", app.name);
        for who in everyone(&app) {
            assert!(!page.contains(&who.nickname), "{}: {}", app.name, who.nickname);
        }
        let matter = at.trim_end_matches("/opinions");
        assert!(app.get(matter).await.text().contains(&format!("href=\"{at}\"")), "{}", app.name);
    }
}

#[tokio::test]
async fn taking_down_says_why_and_the_board_reads_it() {
    for (app, at) in apps().await {
        written(&app, &at, 1).await;
        let member = &app.world.committee_member;
        let page = app.get(format!("{at}?hide=1")).as_(member).await.text();
        assert!(page.contains(&format!("action=\"{at}/statements/1/hide\"")), "{}", app.name);
        let address = format!("{at}/statements/1/hide");
        let answer = app.post_form(&address, &[("reason", "短")]).as_(member).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", app.name);
        assert!(answer.text().contains("id=\"reason-e\""), "{}", app.name);
        let why = "这句话说的是具体的人。";
        let answer = app.post_form(&address, &[("reason", why)]).as_(member).await;
        assert_eq!(answer.location(), at, "{}", app.name);
        let page = app.get(&at).as_(&app.world.resident).await.text();
        assert!(page.contains(why) && !page.contains("第1种说法"), "{}: {page}", app.name);
        let page = app.get(&at).as_(&app.world.second_adult).await.text();
        assert!(!page.contains(why), "{}", app.name);
        let answer = app.post(format!("{at}/removed")).as_(&app.world.oversight).await;
        assert!(answer.text().contains("第1种说法"), "{}", app.name);
        assert_eq!(answer.headers[header::CACHE_CONTROL], "no-store", "{}", app.name);
    }
}

#[tokio::test]
async fn files_go_out_and_in() {
    for (app, at) in apps().await {
        written(&app, &at, 6).await;
        let head = &app.world.committee_head;
        let file = [("file", "participants-votes.csv")];
        let early = app.post_form(format!("{at}/file"), &file).as_(head).await;
        assert_eq!(early.status, StatusCode::CONFLICT, "{}", app.name);
        answered(&app, &at, 6).await;
        let answer = app.post_form(format!("{at}/file"), &file).as_(head).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", app.name);
        let name = answer.headers[header::CONTENT_DISPOSITION].to_str().unwrap();
        assert!(name.contains("participants-votes.csv"), "{}: {name}", app.name);
        assert_eq!(answer.headers[header::CACHE_CONTROL], "no-store", "{}", app.name);
        let text = answer.text();
        assert_eq!(text.lines().count(), 26, "{}", app.name);
        let page = sent(&app, &at, head, &text).await;
        assert_eq!(page.0, StatusCode::OK, "{}: {}", app.name, page.1);
        for part in ["25 人，6 句话", "甲组 13 人、乙组 12 人", "第 1 句"] {
            assert!(page.1.contains(part), "{}: {part} is missing in {}", app.name, page.1);
        }
        let wrong = sent(&app, &at, head, "participant,1\n4,1\n5,9\n").await;
        assert_eq!(wrong.0, StatusCode::UNPROCESSABLE_ENTITY, "{}", app.name);
        assert!(wrong.1.contains("第 3 行读不了"), "{}: {}", app.name, wrong.1);
    }
}

async fn sent(app: &TestApp, at: &str, who: &SignedIn, text: &str) -> (StatusCode, String) {
    let body = format!(
        "--xx\r\nContent-Disposition: form-data; name=\"file\"; filename=\"votes.csv\"\r\n\
         Content-Type: text/csv\r\n\r\n{text}\r\n--xx--\r\n"
    );
    let call = app.post(format!("{at}/read"));
    let call = call.header(header::CONTENT_TYPE, "multipart/form-data; boundary=xx");
    let answer = call.body(body).as_(who).await;
    (answer.status, answer.text())
}
