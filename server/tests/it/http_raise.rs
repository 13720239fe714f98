//! Writing a matter without scripts, address by address, on both databases: drafts, photos, similar matters, and
//! writing for a neighbour.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use crate::common::picture::{multipart, png};
use crate::common::{Answer, TestApp};
use axum::http::StatusCode;
use service::draft::{draft_list, draft_open};
use service::photo::photos_of;
use service::proposal::{ProposalForm, proposal_submit};
use service::rate;

const SITUATION: &str = "西门的路灯连着坏了三盏，晚上接孩子看不清路。";
const SUGGESTION: &str = "请修好这三盏灯，再查一遍其他的。";

fn form<'a>(place: &'a str, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut fields = vec![
        ("title", "西门路灯连坏三盏"),
        ("situation", SITUATION),
        ("suggestion", SUGGESTION),
        ("place", place),
        ("category", "lighting_roads"),
        ("scope", "courtyard"),
    ];
    for change in more {
        fields.retain(|(name, _)| *name != change.0);
        fields.push(*change);
    }
    fields
}

async fn send(app: &TestApp, more: &[(&str, &str)], files: &[(&str, &[u8])]) -> Answer {
    let place = app.world.courtyards[0].to_string();
    let fields = form(&place, more);
    multipart(app, "/proposals/new", &fields, files).as_(&app.world.resident).await
}

/// The value of the hidden field of that name.
fn hidden(html: &str, name: &str) -> String {
    let tag = html.split('<').find(|tag| tag.contains(&format!("name=\"{name}\""))).unwrap();
    tag.split("value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn one_page_asks_everything_and_says_first_where_else_to_go() {
    for app in TestApp::each().await {
        let html = app.get("/proposals/new").as_(&app.world.resident).await.text();
        for part in [
            "href=\"tel:119\"",
            "href=\"tel:120\"",
            "href=\"tel:110\"",
            "href=\"tel:12345\"",
            "人民调解",
            "还是想在这里提",
            "enctype=\"multipart/form-data\"",
            "name=\"do\" value=\"send\"",
            "name=\"do\" value=\"draft\"",
            "name=\"do\" value=\"similar\"",
            "最多 30 字",
        ] {
            assert!(html.contains(part), "{}: {part} is not in {html}", app.name);
        }
        assert_eq!(html.matches("data-step=\"\"").count(), 8, "{}: {html}", app.name);
        // Nothing is hidden from those without scripts.
        assert!(!html.contains("data-alive") && !html.contains("data-now"), "{html}");
    }
}

#[tokio::test]
async fn a_draft_is_kept_by_a_button_and_gone_on_with() {
    for app in TestApp::each().await {
        let me = &app.world.resident;
        let kept = send(&app, &[("do", "draft"), ("title", "灯"), ("category", "")], &[]).await;
        let id = draft_list(&app.db.hall, &me.actor).await.unwrap()[0].id;
        let address = format!("/proposals/new?draft={id}");
        assert_eq!((kept.status, kept.location()), (StatusCode::SEE_OTHER, address.as_str()));
        let page = app.get(&address).as_(me).await;
        assert_eq!(page.status, 200, "{}", app.name);
        let html = page.text();
        assert!(html.contains("value=\"灯\"") && html.contains(SITUATION), "{html}");
        assert_eq!(
            (hidden(&html, "draft"), hidden(&html, "draft_version")),
            (id.to_string(), "1".into())
        );
        let list = app.get("/me/drafts").as_(me).await.text();
        // Dropping it asks first.
        let drop = list.split("<details").nth(1).unwrap().split("</details>").next().unwrap();
        assert!(drop.contains("找不回来") && drop.contains("/drop\""), "{}: {list}", app.name);
        assert!(list.contains(&format!("href=\"{address}\"")), "{list}");
        assert!(
            app.get("/me").as_(me).await.text().contains("href=\"/me/drafts\""),
            "{}",
            app.name
        );
        let new = app.get("/proposals/new").as_(me).await.text();
        assert!(new.contains("您还有没写完的草稿"), "{new}");

        // It is sent from there, and is a draft no more.
        let from = [("do", "send"), ("draft", &*id.to_string()), ("draft_version", "1")];
        let sent = send(&app, &from, &[]).await;
        assert_eq!(sent.location(), "/proposals/1", "{}: {}", app.name, sent.text());
        assert_eq!(app.get(&address).as_(me).await.status, 404);
        assert!(app.get("/me/drafts").as_(me).await.text().contains("没有草稿"), "{}", app.name);
    }
}

#[tokio::test]
async fn somebody_elses_draft_is_not_there() {
    for app in TestApp::each().await {
        let (me, other) = (&app.world.resident, &app.world.second_adult);
        send(&app, &[("do", "draft"), ("title", "只有我知道的事")], &[]).await;
        let id = draft_list(&app.db.hall, &me.actor).await.unwrap()[0].id.to_string();
        let page = app.get(format!("/proposals/new?draft={id}")).as_(other).await;
        assert_eq!(page.status, 404, "{}", app.name);
        assert!(!page.text().contains("只有我知道的事"));
        let drop = app.post(format!("/me/drafts/{id}/drop")).as_(other).await;
        assert_eq!(drop.status, 404, "{}", app.name);
        let fields = [("title", "抢来的"), ("draft", &*id), ("draft_version", "1")];
        let keep = app.post_form("/drafts", &fields).json().as_(other).await;
        assert_eq!(keep.status, 404, "{}", app.name);
        // Kept by the button it is another draft, of their own.
        let fields =
            [("do", "draft"), ("title", "我自己的"), ("draft", &*id), ("draft_version", "1")];
        app.post_form("/proposals/new", &fields).as_(other).await;
        let mine = draft_open(&app.db.hall, &me.actor, id.parse().unwrap()).await.unwrap();
        assert_eq!(mine.form.title, "只有我知道的事", "{}", app.name);
        assert_eq!(draft_list(&app.db.hall, &other.actor).await.unwrap().len(), 1);
        for wrong in ["x", "", "0"] {
            let page = app.get(format!("/proposals/new?draft={wrong}")).as_(me).await;
            assert_eq!(page.status, 404, "{}: {wrong:?}", app.name);
        }
        let gone = app.post(format!("/me/drafts/{id}/drop")).as_(me).await;
        assert_eq!(gone.location(), "/me/drafts", "{}", app.name);
    }
}

#[tokio::test]
async fn a_script_keeps_a_draft_and_is_told_who_was_quicker() {
    for app in TestApp::each().await {
        let me = &app.world.resident;
        let keep =
            async |fields: &[(&str, &str)]| app.post_form("/drafts", fields).json().as_(me).await;
        let first = keep(&[("title", "第一笔")]).await;
        assert_eq!(first.status, 200, "{}: {}", app.name, first.text());
        let (id, version) = (first.json()["id"].clone(), first.json()["version"].clone());
        assert_eq!(version, 1);
        let id = id.to_string();
        let second = keep(&[("title", "第二笔"), ("draft", &id), ("draft_version", "1")]).await;
        assert_eq!(second.json()["version"], 2, "{}", app.name);
        let late =
            keep(&[("title", "另一台电脑上写的"), ("draft", &id), ("draft_version", "1")]).await;
        assert_eq!(late.status, 409, "{}", app.name);
        assert_eq!(late.json(), serde_json::json!({ "stale": true, "version": 2 }));
        for n in 1..5 {
            let title = format!("第 {n} 件");
            assert_eq!(keep(&[("title", &title)]).await.status, 200, "{}", app.name);
        }
        let full = keep(&[("title", "第六件")]).await;
        assert_eq!(full.json(), serde_json::json!({ "full": true }), "{}", app.name);
        // Without scripts the page says what to do.
        let page = send(&app, &[("do", "draft"), ("title", "第六件")], &[]).await;
        assert_eq!(page.status, 409, "{}", app.name);
        let html = page.text();
        for part in ["草稿最多存 5 份", "您写的都还在", "value=\"第六件\"", SITUATION, SUGGESTION]
        {
            assert!(html.contains(part), "{}: {part} is not in {html}", app.name);
        }
        assert_eq!(page.cookie("arrived"), None, "{}: it is kept nowhere else", app.name);
    }
}

#[tokio::test]
async fn what_is_refused_is_the_form_again_and_a_draft() {
    for app in TestApp::each().await {
        let me = &app.world.resident;
        for _ in 0..rate::SUBMIT.times {
            rate::take_writing(&app.db.hall, &me.actor, rate::SUBMIT, rate::SUBMIT_HOUSEHOLD)
                .await
                .unwrap();
        }
        let back = send(&app, &[("do", "send")], &[]).await;
        assert_eq!(back.status, 429, "{}", app.name);
        assert!(!back.header("retry-after").is_empty(), "{}", app.name);
        let html = back.text();
        for part in ["做得太快了", "您写的都还在", "value=\"西门路灯连坏三盏\"", SITUATION]
        {
            assert!(html.contains(part), "{}: {part} is not in {html}", app.name);
        }
        let drafts = draft_list(&app.db.hall, &me.actor).await.unwrap();
        assert_eq!(hidden(&html, "draft"), drafts[0].id.to_string(), "{}", app.name);
    }
}

#[tokio::test]
async fn a_device_learns_what_has_arrived_and_forgets_nothing_else() {
    for app in TestApp::each().await {
        let me = &app.world.resident;
        let key = format!("raise:{}:", me.actor.person);
        let refused = send(&app, &[("title", "灯")], &[]).await;
        assert_eq!(
            (refused.status.as_u16(), refused.cookie("arrived")),
            (422, None),
            "{}",
            app.name
        );
        // With a photo it comes back as a draft: the text without a number is there no more.
        let with_photo = send(&app, &[("title", "灯")], &[("photos", &png(1)[..])]).await;
        assert_eq!(with_photo.cookie("arrived"), Some(&*key), "{}", app.name);
        let kept = send(&app, &[("do", "draft"), ("title", "灯")], &[]).await;
        assert_eq!(kept.cookie("arrived"), Some(&*key), "{}", app.name);
        let id = kept.location().rsplit('=').next().unwrap().to_owned();
        let from = [("draft", &*id), ("draft_version", "1")];
        let sent = send(&app, &from, &[]).await;
        assert_eq!(sent.location(), "/proposals/1", "{}", app.name);
        assert_eq!(sent.cookie("arrived"), Some(&*format!("{key}{id}")), "{}", app.name);
        let line = sent
            .headers
            .get_all("set-cookie")
            .iter()
            .find_map(|line| line.to_str().ok().filter(|line| line.starts_with("arrived=")));
        assert!(!line.unwrap().contains("HttpOnly"), "{}: a script reads it", app.name);
    }
}

#[tokio::test]
async fn enter_in_a_field_sends_and_deletes_nothing() {
    for app in TestApp::each().await {
        let files = [("photos", &png(1)[..]), ("photos", &png(2)[..])];
        let html = send(&app, &[("title", "灯")], &files).await.text();
        // A browser presses the form's first button.
        let form = html.split("id=\"raise\"").nth(1).unwrap();
        let first = form.split("<button").nth(1).unwrap().split('>').next().unwrap();
        assert!(first.contains("name=\"photo_add\""), "{}: {first}", app.name);
        assert!(first.contains("tabindex=\"-1\"") && first.contains("aria-hidden"), "{first}");
        let ids: Vec<&str> = form
            .split("name=\"photo\" value=\"")
            .skip(1)
            .map(|rest| rest.split('"').next().unwrap())
            .collect();
        assert_eq!(ids.len(), 2, "{}", app.name);
        let (draft, version) = (hidden(&html, "draft"), hidden(&html, "draft_version"));
        let pressed = [("photo_add", "1"), ("draft", &*draft), ("draft_version", &*version)];
        let again = send(&app, &pressed, &[]).await;
        assert_eq!(again.status, 200, "{}", app.name);
        assert_eq!(again.text().matches("name=\"photo\"").count(), 2, "{}", app.name);
        assert!(draft_list(&app.db.hall, &app.world.resident.actor).await.unwrap().len() == 1);
    }
}

#[tokio::test]
async fn side_buttons_lead_to_what_they_did() {
    for app in TestApp::each().await {
        let html = send(&app, &[("title", "灯")], &[("photos", &png(1)[..])]).await.text();
        for part in [
            "formaction=\"/proposals/new#step-what\"",
            "formaction=\"/proposals/new#photos\"",
            "id=\"photos\"",
            "id=\"step-what\"",
        ] {
            assert!(html.contains(part), "{}: {part} is not in {html}", app.name);
        }
    }
}

#[tokio::test]
async fn keeping_a_draft_is_not_counted_among_changes() {
    let app = TestApp::sqlite().await;
    let me = &app.world.resident;
    for n in 0..=rate::CHANGE.times {
        let fields =
            [("title", &*format!("第 {n} 笔")), ("draft", "1"), ("draft_version", &*n.to_string())];
        let fields = if n == 0 { &fields[..1] } else { &fields[..] };
        let kept = app.post_form("/drafts", fields).json().as_(me).await;
        assert_eq!(kept.status, 200, "{n}: {}", kept.text());
    }
    assert_eq!(send(&app, &[], &[]).await.status, 303);
}

#[tokio::test]
async fn a_refused_form_keeps_everything_with_its_photos() {
    for app in TestApp::each().await {
        let me = &app.world.resident;
        let files = [("photos", &png(1)[..]), ("photos", &png(2)[..])];
        let back = send(&app, &[("title", "灯")], &files).await;
        assert_eq!(back.status, 422, "{}", app.name);
        let html = back.text();
        assert!(html.contains("value=\"灯\"") && html.contains(SITUATION), "{html}");
        assert_eq!(html.matches("name=\"photo\"").count(), 2, "{html}");
        // They hang on a draft now, which the list shows.
        let drafts = draft_list(&app.db.hall, &me.actor).await.unwrap();
        assert_eq!((drafts.len(), drafts[0].photos), (1, 2), "{}", app.name);
        let (draft, version) = (hidden(&html, "draft"), hidden(&html, "draft_version"));
        assert_eq!(draft, drafts[0].id.to_string());

        let sent = send(&app, &[("draft", &draft), ("draft_version", &version)], &[]).await;
        assert_eq!(sent.location(), "/proposals/1", "{}: {}", app.name, sent.text());
        let row = service::matter::by_number(app.db.hall.db.read(), app.world.community, 1)
            .await
            .unwrap();
        assert_eq!(
            photos_of(app.db.hall.db.read(), row.id).await.unwrap().len(),
            2,
            "{}",
            app.name
        );
        assert!(draft_list(&app.db.hall, &me.actor).await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn a_photo_that_cannot_be_taken_sends_nothing() {
    for app in TestApp::each().await {
        let back = send(&app, &[], &[("photos", b"no picture at all")]).await;
        assert_eq!(back.status, 422, "{}", app.name);
        assert!(back.text().contains("id=\"photos-e\"") && back.text().contains(SITUATION));
        assert!(app.get("/proposals").await.text().contains("还没有人提过事"), "{}", app.name);
    }
}

#[tokio::test]
async fn similar_matters_are_shown_by_a_button_and_once_before_sending() {
    for app in TestApp::each().await {
        let (hall, world) = (&app.db.hall, &app.world);
        let there = ProposalForm {
            title: "西门路灯连坏三盏".to_owned(),
            situation: SITUATION.to_owned(),
            suggestion: SUGGESTION.to_owned(),
            category: "lighting_roads".to_owned(),
            courtyard_id: world.courtyards[0].to_string(),
            scope: "courtyard".to_owned(),
            ..ProposalForm::default()
        };
        proposal_submit(hall, &world.entrance_lead.actor, &there).await.unwrap();

        let asked =
            send(&app, &[("do", "similar"), ("title", "西门的路灯坏了"), ("seen", "")], &[]).await;
        assert_eq!(asked.status, 200, "{}", app.name);
        let html = asked.text();
        for part in ["value=\"西门的路灯坏了\"", SITUATION, "href=\"/proposals/1\"", "附议这一件"]
        {
            assert!(html.contains(part), "{}: {part} is not in {html}", app.name);
        }
        assert_eq!(hidden(&html, "seen"), "1", "{}", app.name);
        let none = send(
            &app,
            &[
                ("do", "similar"),
                ("title", "文明养犬写进公约"),
                ("situation", ""),
                ("suggestion", ""),
                ("category", "dogs"),
                ("seen", ""),
            ],
            &[],
        )
        .await;
        assert!(none.text().contains("没有找到类似的"), "{}: {}", app.name, none.text());

        // Whoever hasn't seen it sees it once; nothing is in the way the second time.
        let once = send(&app, &[("seen", "")], &[]).await;
        assert_eq!(once.status, 200, "{}", app.name);
        let html = once.text();
        assert!(html.contains("交之前再看一眼") && html.contains(SITUATION), "{html}");
        let seen = hidden(&html, "seen");
        let sent = send(&app, &[("seen", &seen)], &[]).await;
        assert_eq!(sent.location(), "/proposals/2", "{}: {}", app.name, sent.text());
    }
}

#[tokio::test]
async fn writing_for_a_neighbour() {
    for app in TestApp::each().await {
        let me = &app.world.resident;
        let whom = ("on_behalf", "3号楼的张奶奶");
        let back = send(&app, &[whom], &[]).await;
        assert_eq!(back.status, 422, "{}", app.name);
        let html = back.text();
        assert!(
            html.contains("id=\"behalf_yes-e\"") && html.contains("href=\"#behalf_yes\""),
            "{html}"
        );
        assert!(html.contains("在纸上签"), "{html}");
        let sent = send(&app, &[whom, ("behalf_yes", "1")], &[]).await;
        assert_eq!(sent.location(), "/proposals/1", "{}", app.name);
        let matter = app.get("/proposals/1").await.text();
        assert!(matter.contains("替邻居写的，本人已签字同意"), "{matter}");
        for (path, part) in [
            ("/proposals/behalf-paper", "本人签字或按手印"),
            ("/proposals/1/behalf", "第 1 号：西门路灯连坏三盏"),
        ] {
            let paper = app.get(path).as_(me).await;
            assert_eq!(paper.status, 200, "{}: {path}", app.name);
            assert!(paper.text().contains(part), "{}: {path}: {}", app.name, paper.text());
        }
        assert_eq!(app.get("/proposals/2/behalf").as_(me).await.status, 404, "{}", app.name);
    }
}
