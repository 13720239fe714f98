//! Keeping it civil, by address: reporting, deciding, why something is gone, and the appeal, without scripts.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use crate::common::TestApp;
use crate::common::picture::{multipart, png};
use axum::http::StatusCode;
use domain::ids::PostId;
use domain::settings::{CommunitySettings, Moderation, TalkModeration};
use service::people::SignedIn;
use service::post::{EditForm, PostForm, post_edit, post_write};
use service::proposal::{ProposalForm, proposal_submit};
use service::testing::{self, Plan, TestDb, World};

const BODY: &str = "话说得太难听";

async fn start(db: TestDb, settings: CommunitySettings) -> (TestApp, i64) {
    let settings = CommunitySettings {
        moderation: Moderation::After,
        turn_posts: 1_000,
        watch_words: vec!["滚".to_owned()],
        ..settings
    };
    let world = World::planned(&db.hall, Plan { settings, ..Plan::default() }).await;
    let form = ProposalForm {
        title: "给孩子建个沙池".to_owned(),
        situation: "小区没有孩子玩的地方，放学后都在车道边跑。".to_owned(),
        suggestion: "把南侧的三个车位改成沙池，四周做矮栏杆。".to_owned(),
        category: "culture_children".to_owned(),
        courtyard_id: world.courtyards[0].to_string(),
        scope: "courtyard".to_owned(),
        ..ProposalForm::default()
    };
    let number = proposal_submit(&db.hall, &world.resident.actor, &form).await.unwrap();
    (TestApp::with_world(db, world), number)
}

async fn said(app: &TestApp, who: &SignedIn, number: i64, body: &str) -> i64 {
    let form = PostForm { stance: "against".into(), body: body.to_owned(), ..PostForm::default() };
    post_write(&app.db.hall, &who.actor, number, &form).await.unwrap().0
}

/// The field by which a case's page names the text that was read.
fn read_of(page: &str) -> String {
    let rest = page.split("name=\"seen\" value=\"").nth(1).unwrap_or_default();
    rest.split('"').next().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn from_the_report_to_the_appeal() {
    for db in testing::databases().await {
        let (app, number) = start(db, CommunitySettings::default()).await;
        let (name, world) = (app.name, &app.world);
        let id = said(&app, &world.resident, number, BODY).await;
        let matter = format!("/proposals/{number}");
        let report = format!("{matter}/posts/{id}/report");

        // The link stands under the post for neighbours, and not for its author.
        let neighbour = &world.neighbours[0];
        let link = format!("href=\"{report}\"");
        assert!(app.get(&*matter).as_(neighbour).await.text().contains(&link), "{name}");
        assert!(!app.get(&*matter).as_(&world.resident).await.text().contains(&link), "{name}");
        assert!(!app.get(&*matter).await.text().contains(&link), "{name}");

        // A form without a reason comes back with what was typed, beside the field.
        let empty = app.post_form(&*report, &[("words", "看着难受")]).as_(neighbour).await;
        assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}");
        let page = empty.text();
        assert!(page.contains("看着难受") && page.contains("href=\"#kind\""), "{name}: {page}");
        for n in 0..3 {
            let who = &world.neighbours[n];
            let page = app.get(&*report).as_(who).await;
            assert_eq!(page.status, StatusCode::OK, "{name}");
            for kind in ["attack", "private", "advert", "false", "off_topic"] {
                assert!(page.text().contains(&format!("value=\"{kind}\"")), "{name}: {kind}");
            }
            let fields = [("kind", "attack"), ("words", "看着难受")];
            let sent = app.post_form(&*report, &fields).as_(who).await;
            assert_eq!(sent.location(), matter, "{name}");
            let again = app.post_form(&*report, &fields).as_(who).await;
            assert_eq!(again.status, StatusCode::CONFLICT, "{name}");
            let page = again.text();
            assert!(page.contains("看着难受") && page.contains("已经反映过了"), "{name}: {page}");
        }
        let page = app.get(&*matter).await.text();
        assert!(page.contains("3 户邻居") && !page.contains(BODY), "{name}: {page}");

        // The desk has it, with its day; the committee decides, oversight reads.
        let (member, head) = (&world.committee_member, &world.committee_head);
        let case = format!("/desk/reports/{number}/{id}");
        let desk = app.get("/desk/reports").as_(member).await.text();
        assert!(
            desk.contains(&case) && desk.contains("已折起") && !desk.contains("逾期"),
            "{name}"
        );
        let seen = app.get("/desk/reports").as_(&world.oversight).await.text();
        assert!(!seen.contains(&case) && seen.contains("已折起"), "{name}");
        let page = app.get(&*case).as_(member).await.text();
        assert!(page.contains(BODY) && page.contains("看着难受"), "{name}");
        assert!(!page.contains("邻居1"), "nobody learns who reported: {name}");
        for fields in [
            &[("act", "remove"), ("reason", "理由足够长了")][..],
            &[("act", "remove"), ("kind", "attack"), ("reason", "短")],
            &[("act", "keep"), ("answer", "短")],
            &[],
        ] {
            let read = read_of(&page);
            let fields = [fields, &[("seen", &*read)]].concat();
            let back = app.post_form(&*case, &fields).as_(member).await;
            assert_eq!(back.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}: {fields:?}");
        }
        let fields = [("act", "remove"), ("kind", "attack"), ("reason", "骂人了，请好好说")];
        let done = app.post_form(&*case, &fields).as_(member).await;
        assert_eq!(done.location(), "/desk/reports", "{name}");

        // In its place: why, in what role, when; for those who reported, the answer.
        let page = app.get(&*matter).await.text();
        assert!(page.contains("骂人了，请好好说") && page.contains("居委会委员"), "{name}");
        assert!(!page.contains(BODY), "{name}");
        let answers = app.get("/me/reports").as_(neighbour).await.text();
        assert!(answers.contains("骂人了，请好好说"), "{name}");

        // Its author sees who, and appeals once.
        let page = app.get("/me/removed").as_(&world.resident).await.text();
        assert!(page.contains("小周") && page.contains("骂人了，请好好说"), "{name}");
        assert!(!page.contains(BODY), "{name}");
        let appeal = "/me/removed/1/appeal";
        let short = app.post_form(appeal, &[("words", "短")]).as_(&world.resident).await;
        assert_eq!(short.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}");
        assert!(short.text().contains("href=\"#appeal-1\""), "{name}");
        let words = [("words", "我说的是气话，可没有骂人")];
        let other = app.post_form(appeal, &words).as_(neighbour).await;
        assert_eq!(other.status, StatusCode::NOT_FOUND, "{name}");
        let sent = app.post_form(appeal, &words).as_(&world.resident).await;
        assert_eq!(sent.location(), "/me/removed", "{name}");
        assert_eq!(app.get(appeal).as_(&world.resident).await.location(), "/me/removed", "{name}");

        // Who removed it can neither look nor decide; another member does both.
        let (one, look) = ("/desk/appeals/1", "/desk/removed/1/look");
        let own = app.get(one).as_(member).await.text();
        assert!(
            own.contains("谁移除的，谁不能再定") && !own.contains("name=\"decision\""),
            "{name}"
        );
        assert_eq!(app.post(look).as_(member).await.status, StatusCode::CONFLICT, "{name}");
        let decision = [("decision", "restored"), ("reason", "是气话，没有骂人")];
        let not = app.post_form(one, &decision).as_(member).await;
        assert_eq!(not.status, StatusCode::CONFLICT, "{name}");
        assert!(!app.get(one).as_(head).await.text().contains(BODY), "only after a look: {name}");
        assert!(app.post(look).as_(head).await.text().contains(BODY), "{name}");
        assert_eq!(app.get(look).as_(head).await.location(), one, "{name}");
        assert!(app.post(look).as_(&world.oversight).await.text().contains(BODY), "{name}");
        let back = app.post_form(one, &[("reason", "短")]).as_(head).await;
        assert_eq!(back.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}");
        let done = app.post_form(one, &decision).as_(head).await;
        assert_eq!(done.location(), "/desk/reports", "{name}");
        assert!(app.get(&*matter).await.text().contains(BODY), "{name}");
        let page = app.get("/me/removed").as_(&world.resident).await.text();
        assert!(page.contains("是气话，没有骂人"), "{name}");
        let log = app.get("/desk/removed").as_(&world.oversight).await.text();
        assert!(log.contains("骂人了") && log.contains("是气话") && !log.contains(BODY), "{name}");
    }
}

#[tokio::test]
async fn a_matters_text_says_why_it_is_gone() {
    for db in testing::databases().await {
        let (app, number) = start(db, CommunitySettings::default()).await;
        let (name, world) = (app.name, &app.world);
        let matter = format!("/proposals/{number}");
        let sent = app
            .post_form(format!("{matter}/report"), &[("kind", "private")])
            .as_(&world.neighbours[0])
            .await;
        assert_eq!(sent.location(), matter, "{name}");
        let fields = [("act", "remove"), ("kind", "private"), ("reason", "写了邻居的私事")];
        let case = format!("/desk/reports/{number}");
        assert!(app.get(&*case).as_(&world.committee_member).await.text().contains("沙池"));
        let done = app.post_form(&*case, &fields).as_(&world.committee_member).await;
        assert_eq!(done.location(), "/desk/reports", "{name}");
        for who in [None, Some(&world.resident), Some(&world.committee_head)] {
            let page = app.get(&*matter).as_maybe(who).await.text();
            assert!(page.contains("这件事的文字移除了"), "{name}");
            assert!(page.contains("写了邻居的私事") && page.contains("小周"), "{name}");
            assert!(!page.contains("沙池") && !page.contains("矮栏杆"), "{name}");
            let own = who.is_some_and(|who| who.actor.person == world.resident.actor.person);
            assert_eq!(page.contains("href=\"/me/removed\""), own, "{name}");
        }
        // It is told to its author alone.
        service::account::email_set(
            &app.db.hall,
            &world.resident.actor,
            "resident@example.org",
            "zh",
            testing::PASSWORD,
        )
        .await
        .unwrap();
        service::notice::notices_expand(&app.db.hall, "example.org", 500).await.unwrap();
        let letters = service::mail::mail_lease(&app.db.hall, 500, 1_000).await.unwrap();
        let told: Vec<_> = letters
            .iter()
            .filter(|letter| format!("{:?}", letter.about).contains("text_removed"))
            .collect();
        assert_eq!(told.len(), 1, "{name}");
        assert!(!format!("{told:?}").contains("沙池"), "{name}");
    }
}

#[tokio::test]
async fn what_waits_is_looked_at_by_address() {
    for db in testing::databases().await {
        let settings = CommunitySettings {
            talk_moderation: TalkModeration::Before,
            ..CommunitySettings::default()
        };
        let (app, number) = start(db, settings).await;
        let (name, world) = (app.name, &app.world);
        let good = said(&app, &world.resident, number, "好好说的话").await;
        let bad = said(&app, &world.resident, number, BODY).await;
        let member = &world.committee_member;
        let desk = app.get("/desk/reports").as_(member).await.text();
        assert!(desk.contains("先看后发"), "{name}");
        let act = async |id: i64, fields: &[(&str, &str)]| {
            let case = format!("/desk/reports/{number}/{id}");
            let seen = read_of(&app.get(&*case).as_(member).await.text());
            app.post_form(case, &[fields, &[("seen", &*seen)]].concat()).as_(member).await
        };
        assert_eq!(act(good, &[("act", "release")]).await.location(), "/desk/reports", "{name}");
        let fields = [("act", "decline"), ("kind", "attack"), ("reason", "请换个说法再来")];
        let back = act(bad, &fields[..1]).await;
        assert_eq!(back.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}");
        assert_eq!(act(bad, &fields).await.location(), "/desk/reports", "{name}");
        let matter = format!("/proposals/{number}");
        let everybody = app.get(&*matter).await.text();
        assert!(everybody.contains("好好说的话"), "{name}");
        assert!(!everybody.contains(BODY) && !everybody.contains("请换个说法再来"), "{name}");
        let author = app.get("/me/removed").as_(&world.resident).await.text();
        assert!(author.contains("请换个说法再来") && author.contains("/me/removed/1/appeal"));
    }
}

#[tokio::test]
async fn numbers_are_covered_and_watched_words_ask_once() {
    for db in testing::databases().await {
        let (app, number) = start(db, CommunitySettings::default()).await;
        let (name, world) = (app.name, &app.world);
        let matter = format!("/proposals/{number}");
        let posts = format!("{matter}/posts");
        let fields = [("stance", "for"), ("body", "打我电话13812345678，住2单元501")];
        let sent = app.post_form(&*posts, &fields).as_(&world.resident).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{name}");
        let page = app.get(&*matter).await.text();
        assert!(page.contains("打我电话●●●，住2单元●●●"), "{name}");
        let fields = [("stance", "for"), ("body", "你滚"), ("anyway", "1")];
        let asked = app.post_form(&*posts, &fields[..2]).as_(&world.resident).await;
        assert_eq!(asked.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}");
        let page = asked.text();
        assert!(page.contains("你滚") && page.contains("name=\"anyway\""), "{name}");
        let sent = app.post_form(&*posts, &fields).as_(&world.resident).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{name}");
        assert!(app.get(&*matter).await.text().contains("你滚"), "{name}");
    }
}

#[tokio::test]
async fn nobody_lets_through_what_they_have_not_read() {
    for db in testing::databases().await {
        let settings = CommunitySettings {
            talk_moderation: TalkModeration::Before,
            ..CommunitySettings::default()
        };
        let (app, number) = start(db, settings).await;
        let (name, world) = (app.name, &app.world);
        let id = said(&app, &world.resident, number, "好好说的话").await;
        let member = &world.committee_member;
        let case = format!("/desk/reports/{number}/{id}");
        let read = read_of(&app.get(&*case).as_(member).await.text());
        let form = EditForm { stance: "for".into(), body: BODY.into(), ..EditForm::default() };
        post_edit(&app.db.hall, &world.resident.actor, number, PostId(id), &form).await.unwrap();
        for fields in [
            &[("act", "release"), ("seen", &*read)][..],
            &[("act", "release")],
            &[
                ("act", "decline"),
                ("seen", &*read),
                ("kind", "attack"),
                ("reason", "请换个说法再来"),
            ],
        ] {
            let late = app.post_form(&*case, fields).as_(member).await;
            assert_eq!(late.status, StatusCode::CONFLICT, "{name}: {fields:?}");
        }
        assert!(!app.get(format!("/proposals/{number}")).await.text().contains(BODY), "{name}");
        let page = app.get(&*case).as_(member).await.text();
        let read = read_of(&page);
        let fields = [("act", "release"), ("seen", &*read)];
        let done = app.post_form(&*case, &fields).as_(member).await;
        assert_eq!(done.location(), "/desk/reports", "{name}");
    }
}

#[tokio::test]
async fn whoever_lets_a_post_be_shown_sees_its_photos_and_keeps_a_reason() {
    for db in testing::databases().await {
        let settings = CommunitySettings {
            talk_moderation: TalkModeration::Before,
            ..CommunitySettings::default()
        };
        let (app, number) = start(db, settings).await;
        let (name, world) = (app.name, &app.world);
        let fields = [("stance", "for"), ("body", "拍到了一辆车")];
        let posts = format!("/proposals/{number}/posts");
        let sent = multipart(&app, &posts, &fields, &[("photos", &png(1)[..])]);
        let sent = sent.as_(&world.resident).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{name}: {}", sent.text());
        let id = sent.location().rsplit('-').next().unwrap().to_owned();
        let case = format!("/desk/reports/{number}/{id}");
        let member = &world.committee_member;
        let page = app.get(&*case).as_(member).await.text();
        assert!(
            page.contains("拍到了一辆车") && page.contains("class=\"photo-list"),
            "{name}: {page}"
        );
        let photo = page.split("<img src=\"").nth(1).unwrap().split('"').next().unwrap();
        assert_eq!(app.get(photo).as_(member).await.status, StatusCode::OK, "{name}");

        // Somebody was quicker: the reason that was typed is there all the same.
        let reason = "车牌号看得清清楚楚";
        let read = read_of(&page);
        let shown = [("act", "release"), ("seen", &*read)];
        let done = app.post_form(&*case, &shown).as_(&world.committee_head).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{name}: {}", done.text());
        let fields =
            [("act", "decline"), ("kind", "private"), ("reason", reason), ("seen", &*read)];
        let late = app.post_form(&*case, &fields).as_(member).await;
        assert_eq!(late.status, StatusCode::CONFLICT, "{name}: {}", late.text());
        assert!(late.text().contains(reason), "{name}: {}", late.text());
    }
}
