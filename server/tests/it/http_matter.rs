//! A matter's page by address, on both databases: what it shows in each state and to whom, and forms
//! that come back.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what it needs and ends")]

use crate::common::TestApp;
use axum::http::StatusCode;
use domain::ids::ProposalNumber;
use domain::proposal::{DecidedBy, Step, Verdict};
use domain::route::Route;
use service::matter::{self, By, Said};
use service::people::SignedIn;
use service::post::{PostForm, post_hide, post_write};
use service::proposal::{ProposalForm, proposal_submit};
use service::testing::World;

const EVIL: &str = "</textarea><script>alert(1)</script>";
const WHY: &str = "请邻居们一起来看一看。";

async fn raised(app: &TestApp) -> i64 {
    let form = ProposalForm {
        title: "给孩子建个沙池".to_owned(),
        situation: "小区没有孩子玩的地方，<b>放学</b>后都在车道边跑。".to_owned(),
        suggestion: "把南侧的三个车位改成沙池，四周做矮栏杆。".to_owned(),
        category: "culture_children".to_owned(),
        courtyard_id: app.world.courtyards[0].to_string(),
        scope: "courtyard".to_owned(),
        ..ProposalForm::default()
    };
    proposal_submit(&app.db.hall, &app.world.resident.actor, &form).await.unwrap()
}

async fn step(app: &TestApp, number: i64, taken: Step) {
    let hall = &app.db.hall;
    let row = matter::by_number(hall.db.read(), app.world.community, number).await.unwrap();
    let txn = hall.db.begin().await.unwrap();
    let by = By::Person(&app.world.committee_head.actor);
    let mut said = Said::reason(WHY);
    if let Step::Decide { verdict, by } = &taken {
        said.detail = Some(serde_json::json!({ "verdict": verdict, "by": by }));
    }
    matter::advance_in_txn(hall, &txn, row, taken, by, said).await.unwrap();
    txn.commit().await.unwrap();
}

async fn completed(app: &TestApp) -> i64 {
    let number = raised(app).await;
    for taken in [
        Step::Accept { threshold_met: false },
        Step::Decide { verdict: Verdict::Adopted, by: DecidedBy::Committee },
        Step::Refer { route: Route::Committee },
        Step::Complete,
    ] {
        step(app, number, taken).await;
    }
    number
}

async fn said(app: &TestApp, person: &SignedIn, number: i64, body: &str, parent: &str) -> i64 {
    let form = PostForm {
        stance: "for".to_owned(),
        body: body.to_owned(),
        parent: parent.to_owned(),
        ..PostForm::default()
    };
    post_write(&app.db.hall, &person.actor, number, &form).await.unwrap().0
}

#[tokio::test]
async fn a_visitor_reads_everything_and_needs_no_script() {
    for app in TestApp::each().await {
        let number = raised(&app).await;
        said(&app, &app.world.resident, number, "孩子有地方玩", "").await;
        let page = app.get(format!("/proposals/{number}")).await;
        assert_eq!(page.status, StatusCode::OK, "{}", app.name);
        let text = page.text();
        for part in [
            "<h1>给孩子建个沙池</h1>",
            "&lt;b&gt;放学&lt;/b&gt;",
            "已有 0 户附议，要 10 户",
            "孩子有地方玩",
            "北柳小区居民",
            "aria-current=\"step\"",
            "/sign-in?back=",
            "附议截止",
        ] {
            assert!(text.contains(part), "{}: {part} is missing in {text}", app.name);
        }
        for absent in ["<script", "<leptos-island", "style=", "<form class=\"cosign\""] {
            assert!(!text.contains(absent), "{}: {absent}", app.name);
        }
        for absent in ["/proposals/9999", "/proposals/x", "/proposals/99999999999999999999"] {
            assert_eq!(app.get(absent).await.status, StatusCode::NOT_FOUND, "{}", app.name);
        }
    }
}

#[tokio::test]
async fn neighbours_get_the_button_and_can_take_it_back() {
    for app in TestApp::each().await {
        let number = raised(&app).await;
        let address = format!("/proposals/{number}");
        let page = app.get(&address).as_(&app.world.council_member).await.text();
        assert!(page.contains(&format!("action=\"{address}/cosign\"")), "{}: {page}", app.name);
        assert!(
            page.contains("role=\"timer\"") && page.contains("type=\"module\""),
            "{}",
            app.name
        );
        let answer =
            app.post_form(format!("{address}/cosign"), &[]).as_(&app.world.council_member).await;
        assert_eq!(answer.location(), address, "{}", app.name);
        let page = app.get(&address).as_(&app.world.council_member).await.text();
        assert!(page.contains("您家已经附议"), "{}", app.name);
        assert!(page.contains(&format!("{address}/cosign/take-back")), "{}", app.name);
        // Outside the scope it says why not.
        let page = app.get(&address).as_(&app.world.oversight).await.text();
        assert!(page.contains("由那里的邻居来附议和商量"), "{}", app.name);
        let page = app.get(&address).as_(&app.world.no_household).await.text();
        assert!(page.contains("到居委会登记一下就好"), "{}", app.name);
    }
}

#[tokio::test]
async fn a_post_is_written_and_one_that_is_wrong_comes_back() {
    for app in TestApp::each().await {
        let number = raised(&app).await;
        let (address, resident) = (format!("/proposals/{number}"), &app.world.resident);
        let posts = format!("{address}/posts");
        let answer =
            app.post_form(&posts, &[("stance", "question"), ("body", EVIL)]).as_(resident).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", app.name);
        let place = answer.location().to_owned();
        let id: i64 = place.strip_prefix(&format!("{address}#post-")).unwrap().parse().unwrap();
        let page = app.get(&address).as_(resident).await.text();
        assert!(page.contains(&format!("id=\"post-{id}\"")), "{}", app.name);
        assert!(page.contains("&lt;/textarea&gt;&lt;script&gt;alert(1)"), "{}", app.name);
        assert!(!page.contains("<script>alert"), "{}", app.name);

        // Without a stance it comes back whole, with the error by its field.
        let answer = app.post_form(&posts, &[("stance", ""), ("body", EVIL)]).as_(resident).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", app.name);
        let page = answer.text();
        assert!(page.contains("<h1>给孩子建个沙池</h1>"), "{}", app.name);
        assert!(page.contains("class=\"error-summary\""), "{}", app.name);
        assert!(page.contains("href=\"#say-new-0\"") && page.contains("id=\"say-new-0\""));
        assert!(
            page.contains("&lt;/textarea&gt;&lt;script&gt;alert(1)&lt;/script&gt;</textarea>"),
            "{}: {page}",
            app.name
        );
        assert!(!page.contains("<script>alert"), "{}", app.name);
        let long = "长".repeat(501);
        let answer =
            app.post_form(&posts, &[("stance", "against"), ("body", &long)]).as_(resident).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", app.name);
        let page = answer.text();
        assert!(page.contains(&long) && page.contains("aria-invalid=\"true\""), "{}", app.name);
        assert!(page.contains("value=\"against\" required checked"), "{}", app.name);
        assert_eq!(page.matches("id=\"post-").count(), 1, "{}: nothing was written", app.name);
    }
}

#[tokio::test]
async fn a_reply_has_a_form_without_a_script() {
    for app in TestApp::each().await {
        let number = raised(&app).await;
        let (address, resident) = (format!("/proposals/{number}"), &app.world.resident);
        let first = said(&app, resident, number, "沙子谁来换？", "").await;
        let page = app.get(&address).as_(resident).await.text();
        assert!(page.contains(&format!("href=\"{address}?reply={first}#reply\"")), "{page}");
        let page = app.get(format!("{address}?reply={first}")).as_(resident).await.text();
        assert!(page.contains("id=\"reply\""), "{}", app.name);
        assert!(page.contains(&format!("name=\"parent\" value=\"{first}\"")), "{}", app.name);
        let parent = first.to_string();
        let form = [("stance", "addition"), ("body", "我们几家轮着来"), ("parent", &parent)];
        let answer = app.post_form(format!("{address}/posts"), &form).as_(resident).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", app.name);
        let page = app.get(&address).await.text();
        assert!(page.contains("post post-reply"), "{}", app.name);
        // Wrong: the form under the post comes back, not the one for new posts.
        let form = [("stance", "addition"), ("body", ""), ("parent", &*parent)];
        let answer = app.post_form(format!("{address}/posts"), &form).as_(resident).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", app.name);
        assert!(answer.text().contains(&format!("href=\"#say-{first}\"")), "{}", app.name);
        // A reply to a reply: things are otherwise.
        let reply = (first + 1).to_string();
        let form = [("stance", "addition"), ("body", "再回应"), ("parent", &*reply)];
        let answer = app.post_form(format!("{address}/posts"), &form).as_(resident).await;
        assert_eq!(answer.status, StatusCode::CONFLICT, "{}", app.name);
    }
}

#[tokio::test]
async fn what_was_taken_down_leaves_no_word_behind() {
    for app in TestApp::each().await {
        let number = raised(&app).await;
        let (address, member) = (format!("/proposals/{number}"), &app.world.committee_member);
        let id = said(&app, &app.world.resident, number, "伤人的话一句", "").await;
        let page = app.get(format!("{address}?hide={id}")).as_(member).await.text();
        let hide = format!("{address}/posts/{id}/hide");
        assert!(page.contains(&format!("action=\"{hide}\"")), "{}: {page}", app.name);
        let other = app.get(format!("{address}?hide={id}")).as_(&app.world.resident).await.text();
        assert!(!other.contains(&hide), "{}", app.name);
        let answer = app.post_form(&hide, &[("reason", "短")]).as_(member).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", app.name);
        let answer = app.post_form(&hide, &[("reason", "说了伤人的话")]).as_(member).await;
        assert_eq!(answer.location(), format!("{address}#post-{id}"), "{}", app.name);
        for person in [None, Some(&app.world.resident), Some(member)] {
            let page = app.get(&address).as_maybe(person).await.text();
            assert!(!page.contains("伤人的话一句"), "{}", app.name);
            assert!(page.contains("说了伤人的话"), "{}", app.name);
        }
        let id = domain::ids::PostId(id);
        let again = post_hide(&app.db.hall, &member.actor, number, id, "再收一次看看").await;
        assert!(again.is_err(), "{}", app.name);
    }
}

#[tokio::test]
async fn every_state_has_its_page() {
    for app in TestApp::each().await {
        let first = raised(&app).await;
        let adopted = Step::Decide { verdict: Verdict::Adopted, by: DecidedBy::Committee };
        let declined = Step::Decide { verdict: Verdict::NotAdopted, by: DecidedBy::Committee };
        let accept = Step::Accept { threshold_met: true };
        let refer = Step::Refer { route: Route::Whistle };
        let suspend = Step::Suspend { review_on: time::macros::date!(2026 - 06 - 01) };
        let into = ProposalNumber(first);
        let merged = format!("href=\"/proposals/{first}\"");
        let not_accept = |route| vec![Step::NotAccept { route: Some(route) }];
        let done = vec![accept.clone(), adopted.clone(), refer.clone(), Step::Complete];
        let reviewed = [done.clone(), vec![Step::CloseReview]].concat();
        let archived = [reviewed.clone(), vec![Step::Archive]].concat();
        let table: Vec<(Vec<Step>, &str)> = vec![
            (vec![Step::Withdraw], "提的人撤回了"),
            (vec![Step::Merge { into }], &merged),
            (not_accept(Route::Hotline12345), "tel:12345"),
            (not_accept(Route::Emergency), "tel:119"),
            (not_accept(Route::StatutoryChannel), "人民调解"),
            (not_accept(Route::OutOfScope), "不能推给社区"),
            (vec![Step::NotAccept { route: None }], WHY),
            (vec![accept.clone()], "等居委会答复"),
            (vec![accept.clone(), Step::Deliberate], "大家正在商量"),
            (vec![accept.clone(), adopted.clone()], "决定：采纳"),
            (vec![accept.clone(), declined], "公示到"),
            (vec![accept.clone(), adopted.clone(), refer.clone()], "正在办"),
            (vec![accept, adopted, refer, suspend], "挂账，先放一放"),
            (done, "办好了"),
            (reviewed, "评价结束"),
            (archived, "归档"),
        ];
        let World { resident, council_member, committee_head, oversight, no_household, .. } =
            &app.world;
        for (steps, expected) in table {
            // So many matters a day are nobody's.
            app.db.advance_days(1);
            let number = raised(&app).await;
            for taken in steps.clone() {
                step(&app, number, taken).await;
            }
            let viewers = [
                None,
                Some(resident),
                Some(council_member),
                Some(committee_head),
                Some(oversight),
                Some(no_household),
            ];
            for viewer in viewers {
                let page = app.get(format!("/proposals/{number}")).as_maybe(viewer).await;
                assert_eq!(page.status, StatusCode::OK, "{}: {steps:?}", app.name);
                let text = page.text();
                assert!(text.contains(expected), "{}: {expected} {steps:?} {text}", app.name);
                assert_eq!(text.matches("<h1").count(), 1, "{}: {steps:?}", app.name);
                let english =
                    app.get(format!("/proposals/{number}")).as_maybe(viewer).cookie("lang", "en");
                assert!(english.await.text().contains("Step by step"), "{}", app.name);
            }
        }
    }
}

#[tokio::test]
async fn what_is_overdue_says_so_in_a_word() {
    for app in TestApp::each().await {
        let number = raised(&app).await;
        step(&app, number, Step::Accept { threshold_met: true }).await;
        let address = format!("/proposals/{number}");
        assert!(!app.get(&address).await.text().contains("逾期"), "{}", app.name);
        app.db.advance_days(10);
        let page = app.get(&address).await.text();
        assert!(page.contains("#flag\"") && page.contains("逾期"), "{}", app.name);
        // Once done it stays on the timeline that it came late.
        step(&app, number, Step::Deliberate).await;
        let page = app.get(&address).await.text();
        assert!(page.contains("timeline-item timeline-late"), "{}", app.name);
        assert!(page.contains("居委会主任 · 孙主任"), "{}", app.name);
    }
}

#[tokio::test]
async fn those_who_asked_review_it_on_its_page() {
    for app in TestApp::each().await {
        let number = completed(&app).await;
        let (address, resident) = (format!("/proposals/{number}"), &app.world.resident);
        let reviews = format!("{address}/reviews");
        let page = app.get(&address).as_(resident).await.text();
        assert!(page.contains(&format!("action=\"{reviews}\"")), "{}", app.name);
        let page = app.get(&address).as_(&app.world.council_member).await.text();
        assert!(!page.contains(&format!("action=\"{reviews}\"")), "{}", app.name);
        let form = [("solved", ""), ("satisfaction", "dissatisfied"), ("words", EVIL)];
        let answer = app.post_form(&reviews, &form).as_(resident).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", app.name);
        let page = answer.text();
        assert!(page.contains("href=\"#solved-yes\"") && page.contains("id=\"solved-yes\""));
        assert!(page.contains("&lt;/textarea&gt;&lt;script&gt;"), "{}", app.name);
        assert!(!page.contains("<script>alert"), "{}", app.name);
        let form = [("solved", "no"), ("satisfaction", "dissatisfied"), ("words", "还差一截")];
        let answer = app.post_form(&reviews, &form).as_(resident).await;
        assert_eq!(answer.location(), format!("{address}#reviews"), "{}", app.name);
        let page = app.get(&address).await.text();
        assert!(page.contains("还差一截") && page.contains("有邻居不满意"), "{}", app.name);
        let answer = app.post_form(&reviews, &form).as_(resident).await;
        assert_eq!(answer.status, StatusCode::CONFLICT, "{}", app.name);
    }
}

#[tokio::test]
async fn the_chair_pins_and_anyone_signed_in_follows() {
    for app in TestApp::each().await {
        let number = raised(&app).await;
        let (address, chair) = (format!("/proposals/{number}"), &app.world.council_member);
        let pin = format!("{address}/summary");
        let answer = app.post_form(&pin, &[("agreed", &"长".repeat(501))]).as_(chair).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", app.name);
        assert!(answer.text().contains("长长</textarea>"), "{}", app.name);
        let text = "都同意孩子缺个玩的地方，分歧在车位。";
        let answer = app.post_form(&pin, &[("agreed", text)]).as_(chair).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", app.name);
        let page = app.get(&address).await.text();
        assert!(page.contains(text) && page.contains("quote-pin"), "{}", app.name);

        let guest = &app.world.no_household;
        let follow = format!("action=\"{address}/follow\"");
        assert!(app.get(&address).as_(guest).await.text().contains(&follow), "{}", app.name);
        let answer = app.post_form(format!("{address}/follow"), &[]).as_(guest).await;
        assert_eq!(answer.location(), address, "{}", app.name);
        let page = app.get(&address).as_(guest).await.text();
        assert!(page.contains(&format!("action=\"{address}/unfollow\"")), "{}", app.name);
        let answer = app.post_form(format!("{address}/unfollow"), &[]).as_(guest).await;
        assert_eq!(answer.location(), address, "{}", app.name);
        assert!(app.get(&address).as_(guest).await.text().contains(&follow), "{}", app.name);
    }
}

#[tokio::test]
async fn each_act_asks_who_it_is() {
    for app in TestApp::each().await {
        let number = completed(&app).await;
        let id = said(&app, &app.world.resident, number, "办好了就好", "").await;
        let address = format!("/proposals/{number}");
        let acts = ["posts", "summary", "reviews", "follow", "unfollow"]
            .map(|act| format!("{address}/{act}"))
            .into_iter()
            .chain([format!("{address}/posts/{id}/hide")]);
        for act in acts {
            let nobody = app.post_form(&act, &[]).await;
            assert_eq!(nobody.status, StatusCode::UNAUTHORIZED, "{}: {act}", app.name);
            let stranger = app.post_form(&act, &[]).as_(&app.world.stranger).await;
            assert_eq!(stranger.status, StatusCode::NOT_FOUND, "{}: {act}", app.name);
            // Reading an act's address changes nothing and leads to the matter.
            let read = app.get(&act).as_(&app.world.resident).await;
            assert_eq!(read.status, StatusCode::SEE_OTHER, "{}: {act}", app.name);
            assert!(read.location().starts_with(&address), "{}: {act}", app.name);
            let elsewhere = act.replace(&address, "/proposals/9999");
            let nothing = app.post_form(&elsewhere, &[]).as_(&app.world.resident).await;
            assert_eq!(nothing.status, StatusCode::NOT_FOUND, "{}: {elsewhere}", app.name);
        }
        for (act, status) in [
            ("summary", StatusCode::FORBIDDEN),
            ("posts", StatusCode::FORBIDDEN),
            ("reviews", StatusCode::FORBIDDEN),
            ("follow", StatusCode::SEE_OTHER),
        ] {
            let path = format!("{address}/{act}");
            let given = app.post_form(&path, &[]).as_(&app.world.no_household).await;
            assert_eq!(given.status, status, "{}: {act}", app.name);
        }
    }
}

#[tokio::test]
async fn what_is_not_public_is_not_there() {
    for db in service::testing::databases().await {
        let world = World::with_first_check(&db.hall).await;
        let app = TestApp::with_world(db, world);
        let number = raised(&app).await;
        let address = format!("/proposals/{number}");
        for outsider in [None, Some(&app.world.council_member), Some(&app.world.stranger)] {
            let page = app.get(&address).as_maybe(outsider).await;
            assert_eq!(page.status, StatusCode::NOT_FOUND, "{}", app.name);
        }
        let own = app.get(&address).as_(&app.world.resident).await;
        assert!(own.text().contains("现在只有您和居委会能看到"), "{}", app.name);
        let desk = app.get(&address).as_(&app.world.committee_member).await.text();
        assert!(desk.contains(&format!("href=\"/desk/{number}\"")), "{}", app.name);
        step(&app, number, Step::Return).await;
        let own = app.get(&address).as_(&app.world.resident).await.text();
        assert!(own.contains(&format!("href=\"{address}/edit\"")), "{}", app.name);
    }
}
