//! One's own account over HTTP: consent, the way back in, a copy of everything, and closing.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::io::Read as _;

use crate::common::{Answer, TestApp};
use axum::http::{StatusCode, header};
use domain::time::MINUTE_MS;
use service::Hall;
use service::account::email_set;
use service::mail::{About, AccountNews, mail_lease};
use service::testing::PASSWORD;

const NEW: &str = "门口 那棵 老槐树 今年 又开花了";

/// The latest token that was sent.
async fn token(hall: &Hall) -> String {
    let letters = mail_lease(hall, 50, 1_000).await.unwrap();
    let mut tokens = letters.iter().filter_map(|letter| match &letter.about {
        About::Account(AccountNews::Reset { token, .. }) => Some(token.clone()),
        _ => None,
    });
    tokens.next_back().expect("a link was sent")
}

/// What a reader of the answer can tell: all but the request's own number.
fn told(answer: &Answer) -> (StatusCode, Vec<String>) {
    let id = answer.header("x-request-id").to_owned();
    let lines = answer.text().replace(&id, "");
    (answer.status, lines.lines().map(ToOwned::to_owned).collect())
}

#[tokio::test]
async fn a_link_in_a_mail_sets_a_password_once() {
    for app in TestApp::each().await {
        let (hall, world) = (&app.db.hall, &app.world);
        email_set(
            hall,
            &world.resident.actor,
            "guilan@example.cn",
            "zh",
            service::testing::PASSWORD,
        )
        .await
        .unwrap();
        let form = app.get("/reset").await;
        assert!(form.text().contains("登录名或邮箱"), "{}", app.name);
        let known = app.post_form("/reset", &[("name", "resident")]).await;
        let unknown = app.post_form("/reset", &[("name", "nobody")]).await;
        assert_eq!(known.status, 200, "{}", app.name);
        assert_eq!(told(&known), told(&unknown), "{}: the same answer", app.name);
        assert!(known.text().contains("信已经在路上了"), "{}", app.name);
        let empty = app.post_form("/reset", &[("name", "")]).await;
        assert_eq!(empty.status, 422, "{}", app.name);

        let path = format!("/reset/{}", token(hall).await);
        // Opened by a scanner, as often as it likes: nothing changes.
        for _ in 0..3 {
            let page = app.get(&path).await;
            assert_eq!(page.status, 200, "{}", app.name);
            assert_eq!(page.header(header::CACHE_CONTROL), "no-store", "{}", app.name);
            // Wherever the page leads learns the origin alone, and no address.
            assert_eq!(page.header(header::REFERRER_POLICY), "strict-origin", "{}", app.name);
            assert!(
                page.text().contains(r#"name="referrer" content="strict-origin""#),
                "{}",
                app.name
            );
        }
        let weak = app.post_form(&path, &[("password", "12345678")]).await;
        assert_eq!(weak.status, 422, "{}", app.name);
        assert!(weak.text().contains("太多人用"), "{}", app.name);
        let here = app.token(world.resident.actor.person).await;
        let set = app.post_form(&path, &[("password", NEW)]).await;
        assert_eq!((set.status.as_u16(), set.location()), (303, "/sign-in"), "{}", app.name);
        assert!(set.cookie("xiaoyuan").is_none(), "{}: nobody is signed in by a link", app.name);
        let me = app.get("/me").cookie("xiaoyuan", &here).await;
        assert_eq!(me.status, 303, "{}: all sessions ended", app.name);

        let twice = app.post_form(&path, &[("password", "枣树下的石桌边上")]).await;
        assert_eq!(twice.status, 409, "{}", app.name);
        assert!(twice.text().contains("已经用过了"), "{}", app.name);
        assert!(app.get(&path).await.text().contains("已经用过了"), "{}", app.name);
        let old = [("name", "resident"), ("password", PASSWORD)];
        assert_eq!(app.post_form("/sign-in", &old).await.status, 422, "{}", app.name);
        let new = [("name", "resident"), ("password", NEW)];
        assert_eq!(app.post_form("/sign-in", &new).await.status, 303, "{}", app.name);

        let never = app.get(format!("/reset/{}", "0".repeat(64))).await;
        assert_eq!(never.status, 404, "{}", app.name);
        app.post_form("/reset", &[("name", "guilan@example.cn")]).await;
        let late = format!("/reset/{}", token(hall).await);
        app.db.clock.advance_ms(30 * MINUTE_MS);
        let late = app.post_form(&late, &[("password", NEW)]).await;
        assert_eq!(late.status, 404, "{}", app.name);
        assert!(late.text().contains("重新要一个"), "{}", app.name);
    }
}

#[tokio::test]
async fn taken_back_consent_closes_posting_and_given_again_opens_it() {
    for app in TestApp::each().await {
        let me = &app.world.resident;
        let text = app.get("/privacy").await.text();
        assert!(text.contains("1095 天") && !text.contains("/me/consent/give"), "{}", app.name);
        let page = app.get("/privacy").as_(me).await.text();
        assert!(page.contains("/me/consent/give") && page.contains("撤回同意"), "{}", app.name);
        let bar = "请先看一看我们记录您的哪些信息，同意了再办";
        assert!(!app.get("/").as_(me).await.text().contains(bar), "{}", app.name);

        let taken = app.post("/me/consent/withdraw").as_(me).await;
        assert_eq!((taken.status.as_u16(), taken.location()), (303, "/privacy"), "{}", app.name);
        for path in ["/", "/me", "/proposals", "/ballots"] {
            let page = app.get(path).as_(me).await;
            assert_eq!(page.status, 200, "{}: reading never needs it", app.name);
            assert!(page.text().contains(bar), "{}: {path}", app.name);
        }
        assert!(!app.get("/privacy").as_(me).await.text().contains(bar), "{}", app.name);
        let asked = app.get("/proposals/new").as_(me).await;
        assert_eq!((asked.status.as_u16(), asked.location()), (303, "/privacy"), "{}", app.name);
        let form = [("title", "北门的台阶加扶手")];
        let refused = app.post_form("/proposals/new", &form).as_(me).await;
        assert_eq!(refused.status, 403, "{}", app.name);
        let text = refused.text();
        assert!(
            text.contains(r#"href="/privacy""#) && text.contains("同意"),
            "{}: {text}",
            app.name
        );

        let stale = app.post_form("/me/consent/give", &[("version", "0")]).as_(me).await;
        assert_eq!(stale.status, 409, "{}", app.name);
        let version = domain::consent::VERSION.to_string();
        let given = app.post_form("/me/consent/give", &[("version", &version)]).as_(me).await;
        assert_eq!(given.location(), "/privacy", "{}", app.name);
        assert!(!app.get("/").as_(me).await.text().contains(bar), "{}", app.name);
        let open = app.post_form("/proposals/new", &form).as_(me).await;
        assert_eq!(open.status, 422, "{}: only what is missing", app.name);
    }
}

#[tokio::test]
async fn a_copy_of_everything_comes_as_a_page_and_as_data() {
    for app in TestApp::each().await {
        let me = &app.world.resident;
        let answer = app.post("/me/export").as_(me).await;
        assert_eq!(answer.status, 200, "{}", app.name);
        assert_eq!(answer.header(header::CONTENT_TYPE), "application/zip", "{}", app.name);
        assert!(
            answer.header(header::CONTENT_DISPOSITION).starts_with("attachment"),
            "{}",
            app.name
        );
        assert_eq!(answer.header(header::CACHE_CONTROL), "no-store", "{}", app.name);
        let mut zip = zip::ZipArchive::new(std::io::Cursor::new(&answer.body)).unwrap();
        let mut page = String::new();
        zip.by_name("index.html").unwrap().read_to_string(&mut page).unwrap();
        for part in
            ["<!doctype html>", "我的数据 · 枣树湾社区", "老槐树", "我提的事", "房号", "101"]
        {
            assert!(page.contains(part), "{}: {part} in {page}", app.name);
        }
        assert!(!page.contains("<script") && !page.contains("<link"), "{}", app.name);
        let mut data = String::new();
        zip.by_name("data.json").unwrap().read_to_string(&mut data).unwrap();
        let data: serde_json::Value = serde_json::from_str(&data).unwrap();
        assert_eq!(data["data"]["person"][0]["nickname"], "老槐树", "{}", app.name);
        for _ in 1..service::rate::EXPORT.times {
            app.post("/me/export").as_(me).await;
        }
        assert_eq!(app.post("/me/export").as_(me).await.status, 429, "{}", app.name);
    }
}

#[tokio::test]
async fn names_and_password_are_corrected() {
    for app in TestApp::each().await {
        let me = &app.world.resident;
        let bad =
            app.post_form("/me/name", &[("nickname", ""), ("shown_as", "entrance")]).as_(me).await;
        assert_eq!(bad.status, 422, "{}", app.name);
        let names = [("nickname", "<刘大妈>"), ("shown_as", "entrance")];
        let saved = app.post_form("/me/name", &names).as_(me).await;
        assert_eq!(saved.location(), "/me/name", "{}", app.name);
        let page = app.get("/me/name").as_(me).await.text();
        assert!(page.contains("1号楼1门 &lt;刘大妈&gt;"), "{}: {page}", app.name);
        assert!(!page.contains(r#"name="phone""#), "{}: nobody asked for it", app.name);
        assert!(!page.contains("101"), "{}: never the room", app.name);

        let form = |old, new| [("old", old), ("password", new)];
        let wrong = app.post_form("/me/password", &form("wrong", NEW)).as_(me).await;
        assert_eq!(wrong.status, 422, "{}", app.name);
        assert!(wrong.text().contains("现在的密码不对"), "{}", app.name);
        let name = app.post_form("/me/password", &form(PASSWORD, "12345678")).as_(me).await;
        assert_eq!(name.status, 422, "{}", app.name);
        let changed = app.post_form("/me/password", &form(PASSWORD, NEW)).as_(me).await;
        assert_eq!(changed.location(), "/me/name", "{}", app.name);
        assert_eq!(app.get("/me").as_(me).await.status, 200, "{}: this device stays", app.name);
    }
}

#[tokio::test]
async fn a_closed_account_is_gone_and_its_words_stay() {
    for app in TestApp::each().await {
        let me = &app.world.resident;
        let form = [
            ("title", "北门的台阶加扶手"),
            ("situation", "北门六级台阶没有扶手，雪天全靠扶墙。"),
            ("suggestion", "台阶两边各装一道不锈钢扶手，高低两层。"),
            ("category", "ageing"),
            ("place", &app.world.courtyards[0].to_string()),
            ("courtyard_id", &app.world.courtyards[0].to_string()),
            ("scope", "courtyard"),
        ];
        let raised = app.post_form("/proposals/new", &form).as_(me).await;
        assert_eq!(raised.status, 303, "{}: {}", app.name, raised.text());
        let public = app.get("/proposals/1").await.text();
        assert!(public.contains("老槐树"), "{}", app.name);

        let page = app.get("/me/close").as_(me).await.text();
        assert!(page.contains("1095 天") && page.contains("已注销居民"), "{}", app.name);
        let wrong = app.post_form("/me/close", &[("password", "wrong")]).as_(me).await;
        assert_eq!(wrong.status, 422, "{}", app.name);
        let head = [("password", PASSWORD)];
        let last = app.post_form("/me/close", &head).as_(&app.world.committee_head).await;
        assert_eq!(last.status, 409, "{}", app.name);
        assert!(last.text().contains("主任"), "{}: said in words", app.name);
        let closed = app.post_form("/me/close", &head).as_(me).await;
        assert_eq!((closed.status.as_u16(), closed.location()), (303, "/"), "{}", app.name);
        assert_eq!(closed.cookie("xiaoyuan"), Some(""), "{}", app.name);
        assert_eq!(app.get("/me").as_(me).await.status, 303, "{}", app.name);
        let signed =
            app.post_form("/sign-in", &[("name", "resident"), ("password", PASSWORD)]).await;
        assert_eq!(signed.status, 422, "{}", app.name);

        let public = app.get("/proposals/1").await.text();
        assert!(!public.contains("老槐树"), "{}", app.name);
        assert!(public.contains("已注销居民"), "{}", app.name);
        assert!(public.contains("北门的台阶加扶手"), "{}", app.name);
        let desk = app.get("/desk/1").as_(&app.world.committee_member).await.text();
        assert!(desk.contains("已注销居民") && !desk.contains("老槐树"), "{}", app.name);
    }
}
