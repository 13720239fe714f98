//! The committee's desk by address, on both databases: who sees it, who acts, and forms that come back.
#![allow(clippy::unwrap_used, reason = "a test that can't have its ground says so and ends")]

use crate::common::TestApp;
use axum::http::StatusCode;
use service::desk::{AcceptForm, AnswerForm, ReferForm};
use service::people::SignedIn;
use service::proposal::{ProposalForm, proposal_submit};
use service::review::ReviewForm;

const WHY: &str = "请邻居们一起来看一看。";

/// A matter of the first courtyard that neighbours co-sign.
async fn cosigning(app: &TestApp) -> i64 {
    let form = ProposalForm {
        title: "小院门口加一盏灯".to_owned(),
        situation: "东口晚上漆黑，拐角有个井盖，前天有人崴了脚。".to_owned(),
        suggestion: "东口墙上加一盏感应灯，夜里十点以后调暗。".to_owned(),
        category: "lighting_roads".to_owned(),
        courtyard_id: app.world.courtyards[0].to_string(),
        scope: "courtyard".to_owned(),
        ..ProposalForm::default()
    };
    proposal_submit(&app.db.hall, &app.world.resident.actor, &form).await.unwrap()
}

/// A matter that is being done.
async fn in_progress(app: &TestApp) -> i64 {
    let (hall, member) = (&app.db.hall, &app.world.committee_member.actor);
    let number = cosigning(app).await;
    let form = AcceptForm { reason: WHY.to_owned() };
    service::desk::matter_accept(hall, member, number, &form).await.unwrap();
    let form = AnswerForm { verdict: "adopted".to_owned(), reason: WHY.to_owned() };
    service::desk::matter_answer(hall, member, number, &form).await.unwrap();
    let form = ReferForm {
        route: "property_party".to_owned(),
        receiver: "北柳小区物业".to_owned(),
        ticket: String::new(),
        reason: WHY.to_owned(),
    };
    service::desk::work_refer(hall, member, number, &form).await.unwrap();
    number
}

/// The follow-up that the author's dissatisfaction brings.
async fn follow_up(app: &TestApp) -> (i64, i64) {
    let number = in_progress(app).await;
    let (hall, member) = (&app.db.hall, &app.world.committee_member.actor);
    service::desk::work_complete(hall, member, number, WHY).await.unwrap();
    let form = ReviewForm {
        solved: "no".to_owned(),
        satisfaction: "dissatisfied".to_owned(),
        words: "灯还是不亮".to_owned(),
    };
    service::review::review_give(hall, &app.world.resident.actor, number, &form).await.unwrap();
    let open = service::desk::follow_ups_open(hall, member, number).await.unwrap();
    (number, open[0])
}

fn outsiders(app: &TestApp) -> [(&'static str, Option<&SignedIn>); 6] {
    let world = &app.world;
    [
        ("nobody", None),
        ("resident", Some(&world.resident)),
        ("council", Some(&world.council_member)),
        ("lead", Some(&world.entrance_lead)),
        ("guest", Some(&world.no_household)),
        ("stranger", Some(&world.stranger)),
    ]
}

const POSTS: [&str; 10] = [
    "check", "accept", "answer", "session", "refer", "progress", "suspend", "resume", "complete",
    "archive",
];

#[tokio::test]
async fn it_is_there_for_the_committee_and_oversight_alone() {
    for app in TestApp::each().await {
        let (number, follow_up) = follow_up(&app).await;
        let pages = ["/desk".to_owned(), format!("/desk/{number}"), "/desk/mail".to_owned()];
        let mut posts: Vec<_> = POSTS.iter().map(|post| format!("/desk/{number}/{post}")).collect();
        posts.push(format!("/desk/follow-ups/{follow_up}"));
        posts.push("/desk/mail/1/resend".to_owned());
        for (who, person) in outsiders(&app) {
            for path in &pages {
                let page = app.get(path).as_maybe(person).await;
                assert_eq!(page.status, StatusCode::NOT_FOUND, "{}: {path} {who}", app.name);
            }
            for path in &posts {
                let page = app.post_form(path, &[]).as_maybe(person).await;
                assert_eq!(page.status, StatusCode::NOT_FOUND, "{}: {path} {who}", app.name);
            }
        }
        let oversight = &app.world.oversight;
        for path in &pages {
            let page = app.get(path).as_(oversight).await;
            assert_eq!(page.status, StatusCode::OK, "{}: {path}", app.name);
            let text = page.text();
            assert!(text.contains("您在看，不能改"), "{}: {path}", app.name);
            assert!(!text.contains("action=\"/desk"), "{}: {path} has a form", app.name);
        }
        for path in &posts {
            let page = app.post_form(path, &[("reason", WHY)]).as_(oversight).await;
            assert_eq!(page.status, StatusCode::FORBIDDEN, "{}: {path}", app.name);
        }
        for path in ["/desk/9999", "/desk/x", "/desk/9999/check"] {
            let page = app.get(path).as_(&app.world.committee_head).await;
            let lead_back = path.ends_with("check") && page.status == StatusCode::SEE_OTHER;
            assert!(lead_back || page.status == StatusCode::NOT_FOUND, "{}: {path}", app.name);
        }
        for path in ["/desk/9999/accept", "/desk/x/accept", "/desk/follow-ups/9999"] {
            let form = [("reason", WHY), ("note", WHY)];
            let page = app.post_form(path, &form).as_(&app.world.committee_head).await;
            assert_eq!(page.status, StatusCode::NOT_FOUND, "{}: {path}", app.name);
        }
    }
}

#[tokio::test]
async fn the_committee_goes_from_accepting_to_the_follow_up() {
    for app in TestApp::each().await {
        let member = &app.world.committee_member;
        let number = cosigning(&app).await;
        let acts: [(&str, &[(&str, &str)]); 8] = [
            ("accept", &[("reason", WHY)]),
            ("answer", &[("verdict", "deliberate"), ("reason", WHY)]),
            (
                "session",
                &[
                    ("held_on", "2026-03-02"),
                    ("attendees", "12"),
                    ("minutes", "大家同意在东口装一盏感应灯。"),
                    ("verdict", "adopted"),
                    ("reason", WHY),
                ],
            ),
            ("refer", &[("route", "committee"), ("receiver", "居委会"), ("reason", WHY)]),
            ("progress", &[("act", "note"), ("note", "灯买好了，周五来装。")]),
            ("progress", &[("act", "extend"), ("reason", WHY)]),
            ("suspend", &[("review_on", "2026-04-01"), ("reason", WHY)]),
            ("resume", &[("reason", WHY)]),
        ];
        for (act, form) in acts {
            let page = app.get(format!("/desk/{number}")).as_(member).await;
            assert_eq!(page.status, StatusCode::OK, "{}: before {act}", app.name);
            let address = format!("action=\"/desk/{number}/{act}\"");
            assert!(page.text().contains(&address), "{}: {act} is offered", app.name);
            let done = app.post_form(format!("/desk/{number}/{act}"), form).as_(member).await;
            assert_eq!(done.status, StatusCode::SEE_OTHER, "{}: {act}: {}", app.name, done.text());
            assert_eq!(done.location(), format!("/desk/{number}"), "{}: {act}", app.name);
            // Once more, it isn't there to be done.
            if !matches!(act, "session" | "progress" | "suspend" | "refer") {
                let again = app.post_form(format!("/desk/{number}/{act}"), form).as_(member).await;
                assert_eq!(again.status, StatusCode::CONFLICT, "{}: {act}", app.name);
            }
        }
        let page = app.get("/proposals/1").await.text();
        assert!(page.contains("灯买好了，周五来装。"), "{}: everyone reads it", app.name);
    }
}

#[tokio::test]
async fn a_form_that_can_not_be_taken_comes_back_as_it_was() {
    for app in TestApp::each().await {
        let member = &app.world.committee_member;
        let number = cosigning(&app).await;
        let form = [
            ("act", "not_accept"),
            ("reason", "</textarea><script>alert(1)</script>".get(..11).unwrap_or_default()),
            ("route", "moon"),
        ];
        let page = app.post_form(format!("/desk/{number}/check"), &form).as_(member).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", app.name);
        let text = page.text();
        assert!(text.contains("href=\"#not_accept-route\""), "{}: {text}", app.name);
        assert!(text.contains("&lt;/textarea&gt;</textarea>"), "{}: {text}", app.name);
        // The form is open, and it alone.
        assert_eq!(text.matches(" open").count(), 1, "{}: {text}", app.name);
        // Reloaded, its address leads to the matter.
        let page = app.get(format!("/desk/{number}/check")).as_(member).await;
        assert_eq!(page.location(), format!("/desk/{number}"), "{}", app.name);

        let (number, id) = follow_up(&app).await;
        let form = [("note", "短"), ("reopen", "yes")];
        let page = app.post_form(format!("/desk/follow-ups/{id}"), &form).as_(member).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", app.name);
        let text = page.text();
        assert!(text.contains(&format!("href=\"#follow-up-{id}-note\"")), "{}: {text}", app.name);
        assert!(text.contains("checked"), "{}: {text}", app.name);
        let form = [("note", "灯泡换好了，一起看过，亮了。"), ("reopen", "")];
        let done = app.post_form(format!("/desk/follow-ups/{id}"), &form).as_(member).await;
        assert_eq!(done.location(), format!("/desk/{number}"), "{}", app.name);
    }
}

#[tokio::test]
async fn it_shows_what_is_overdue_with_a_word_and_warns_of_the_calendar() {
    for app in TestApp::each().await {
        let member = &app.world.committee_member;
        let number = in_progress(&app).await;
        let page = app.get("/desk").as_(member).await.text();
        assert!(page.contains(&format!("href=\"/desk/{number}\"")), "{}", app.name);
        assert!(page.contains("2027 年的放假安排还没有公布"), "{}", app.name);
        assert!(!page.contains("逾期 "), "{}: {page}", app.name);
        app.db.advance_days(30);
        let page = app.get("/desk?pile=overdue").as_(member).await.text();
        assert!(page.contains("逾期 8 天"), "{}: {page}", app.name);
        let page = app.get("/desk?pile=others").as_(member).await.text();
        assert!(!page.contains(&format!("href=\"/desk/{number}\"")), "{}", app.name);
        let page = app.get("/desk?pile=nonsense&after=nonsense").as_(member).await;
        assert_eq!(page.status, StatusCode::OK, "{}", app.name);
    }
}
