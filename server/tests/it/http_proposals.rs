//! Raising, listing and co-signing matters, address by address, on both databases.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use crate::common::{Answer, TestApp};
use domain::place::Scope;
use service::testing::{World, sqlite};

const NASTY: &str = "</textarea><script>alert(1)</script>路灯";

/// A whole form of the first courtyard, with changes.
fn form<'a>(place: &'a str, changes: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut fields = vec![
        ("title", "西门路灯连坏三盏"),
        ("situation", "西门的路灯连着坏了三盏，晚上接孩子看不清路。"),
        ("suggestion", "请修好这三盏灯，再查一遍其他的。"),
        ("place", place),
        ("spot", "西门"),
        ("category", "lighting_roads"),
        ("scope", "courtyard"),
        ("willing", "1"),
        ("on_behalf", ""),
    ];
    for change in changes {
        fields.retain(|(name, _)| *name != change.0);
        fields.push(*change);
    }
    fields
}

async fn raise(app: &TestApp, changes: &[(&str, &str)]) -> Answer {
    let place = app.world.courtyards[0].to_string();
    app.post_form("/proposals/new", &form(&place, changes)).as_(&app.world.resident).await
}

#[tokio::test]
async fn a_resident_writes_a_matter_and_is_led_to_it() {
    for app in TestApp::each().await {
        let world = &app.world;
        let page = app.get("/proposals/new").as_(&world.resident).await;
        assert_eq!(page.status, 200, "{}", app.name);
        let html = page.text();
        for part in [
            "提一件事",
            "119",
            "12345",
            "<optgroup label=\"北柳小区\">",
            "整个北柳小区",
            "10 户附议",
            "name=\"willing\"",
        ] {
            assert!(html.contains(part), "{part} is not in {html}");
        }
        // One's own courtyard is chosen already.
        let own = format!("<option value=\"{}\" selected", world.courtyards[0]);
        assert!(html.contains(&own), "{own} is not in {html}");

        let sent = raise(&app, &[]).await;
        assert_eq!((sent.status.as_u16(), sent.location()), (303, "/proposals/1"));
        let list = app.get("/proposals").await;
        assert!(list.text().contains("<a href=\"/proposals/1\">西门路灯连坏三盏</a>"));
        assert!(list.text().contains("还差 <b>10</b> 户"), "{}", list.text());
        let home = app.get("/").await;
        assert!(home.text().contains("西门路灯连坏三盏"), "{}", app.name);
    }
}

#[tokio::test]
async fn a_visitor_is_led_to_sign_in_and_back() {
    let app = TestApp::sqlite().await;
    let page = app.get("/proposals/new").await;
    assert_eq!(page.status, 303);
    assert_eq!(page.location(), "/sign-in?back=%2Fproposals%2Fnew");
    for path in ["/proposals/new", "/proposals/1/cosign", "/proposals/1/withdraw"] {
        let sent = app.post_form(path, &[("reason", "不要了，谢谢")]).await;
        assert_eq!(sent.status, 401, "{path}");
    }
    let guest = app.get("/proposals/new").as_(&app.world.no_household).await;
    assert_eq!(guest.status, 403);
    assert!(guest.text().contains("确认您住在哪一户"), "{}", guest.text());
}

#[tokio::test]
async fn a_form_that_comes_back_keeps_what_was_typed() {
    for app in TestApp::each().await {
        let place = format!("{}-{}", app.world.courtyards[0], app.world.entrances[1]);
        let changes = [
            ("title", "路灯"),
            ("situation", NASTY),
            ("category", ""),
            ("place", &place),
            ("scope", "entrance"),
        ];
        let back = raise(&app, &changes).await;
        assert_eq!(back.status, 422, "{}", app.name);
        let html = back.text();
        assert!(html.contains("有 3 处要改一下"), "{html}");
        for part in [
            "href=\"#title\"",
            "href=\"#category\"",
            "href=\"#scope\"",
            "value=\"路灯\"",
            "id=\"title-e\"",
            "再多写几个字，5 个字以上，现在 2 个",
            "您家不在这个范围里",
            "请修好这三盏灯",
            "&lt;/textarea&gt;&lt;script&gt;alert(1)&lt;/script&gt;路灯",
        ] {
            assert!(html.contains(part), "{part} is not in {html}");
        }
        assert!(!html.contains("<script>alert"), "{html}");
        let kept = format!("<option value=\"{place}\" selected");
        assert!(html.contains(&kept), "{kept} is not in {html}");
        assert!(app.get("/proposals").await.text().contains("还没有人提过事"));
    }
}

#[tokio::test]
async fn typed_text_is_never_markup() {
    let app = TestApp::sqlite().await;
    let sent = raise(&app, &[("title", "<b>灯</b><script>x</script>"), ("spot", "\"><i>")]).await;
    assert_eq!(sent.status, 303);
    for path in ["/", "/proposals", "/proposals?q=%22%3E%3Cscript%3Ex"] {
        let html = app.get(path).await.text();
        assert!(!html.contains("<script>x"), "{path}: {html}");
    }
    assert!(app.get("/proposals").await.text().contains("&lt;b&gt;灯&lt;/b&gt;"));
}

#[tokio::test]
async fn a_neighbour_co_signs_with_and_without_scripts() {
    for app in TestApp::each().await {
        raise(&app, &[]).await;
        let world = &app.world;
        let sent = app.post("/proposals/1/cosign").as_(&world.entrance_lead).await;
        assert_eq!((sent.status.as_u16(), sent.location()), (303, "/proposals/1"));
        let sent = app.post("/proposals/1/cosign").as_(&world.resident).json().await;
        assert_eq!(sent.status, 200);
        let json = sent.json();
        assert_eq!((&json["cosigns"], &json["needed"]), (&2.into(), &10.into()));
        assert_eq!(json["message"], "您家的附议记上了，谢谢！");

        let again = app.post("/proposals/1/cosign").as_(&world.second_adult).json().await;
        assert_eq!(again.status, 409, "{}", app.name);
        let json = again.json();
        assert_eq!(json["error"], "您家已经附议过了，一户一次。");

        let elsewhere = world.representatives(Scope::Courtyard(world.courtyards[1]))[0];
        let refused = app.post("/proposals/1/cosign").as_(elsewhere).json().await;
        assert_eq!(refused.status, 403);
        let missing = app.post("/proposals/9/cosign").as_(elsewhere).await;
        assert_eq!(missing.status, 404);

        let back = app.post("/proposals/1/cosign/take-back").as_(&world.second_adult).json().await;
        let json = back.json();
        assert_eq!(json["cosigns"], 1);
        let none = app.post("/proposals/1/cosign/take-back").as_(&world.resident).await;
        assert_eq!(none.status, 409);
    }
}

#[tokio::test]
async fn the_last_household_is_told_that_it_is_enough() {
    let app = TestApp::sqlite().await;
    let place = format!("{}-{}", app.world.courtyards[0], app.world.entrances[0]);
    raise(&app, &[("place", &place), ("scope", "entrance")]).await;
    let people = app.world.representatives(Scope::Entrance(app.world.entrances[0]));
    let mut said = Vec::new();
    for person in &people[..4] {
        let sent = app.post("/proposals/1/cosign").as_(person).json().await;
        said.push((sent.status.as_u16(), sent.text()));
    }
    assert!(said[2].1.contains("够数了"), "{said:?}");
    assert_eq!((said[1].0, said[2].0, said[3].0), (200, 200, 409));
}

#[tokio::test]
async fn returned_and_mended() {
    for app in TestApp::each().await {
        raise(&app, &[]).await;
        let world = &app.world;
        let reason = "请写清楚是哪一盏灯。";
        service::desk::matter_return(&app.db.hall, &world.committee_member.actor, 1, reason)
            .await
            .unwrap();
        let page = app.get("/proposals/1/edit").as_(&world.resident).await;
        assert_eq!(page.status, 200, "{}", app.name);
        for part in [reason, "value=\"西门路灯连坏三盏\"", "晚上接孩子看不清路", "checked"]
        {
            assert!(page.text().contains(part), "{part} is not in {}", page.text());
        }
        assert_eq!(app.get("/proposals/1/edit").as_(&world.entrance_lead).await.status, 404);
        assert_eq!(app.get("/proposals/1/edit").as_(&world.committee_member).await.status, 403);

        let place = world.courtyards[0].to_string();
        let edit = |changes: &[(&str, &str)]| {
            let fields = form(&place, changes);
            app.post_form("/proposals/1/edit", &fields).as_(&world.resident)
        };
        let back = edit(&[("title", "灯")]).await;
        assert_eq!(back.status, 422);
        assert!(back.text().contains(reason) && back.text().contains("value=\"灯\""));
        let sent = edit(&[("title", "西门内第二盏路灯")]).await;
        assert_eq!((sent.status.as_u16(), sent.location()), (303, "/proposals/1"));
        assert!(app.get("/proposals").await.text().contains("西门内第二盏路灯"));
        assert_eq!(edit(&[]).await.status, 409, "it isn't returned any more");
    }
}

#[tokio::test]
async fn taken_back_and_contested() {
    for app in TestApp::each().await {
        raise(&app, &[]).await;
        let resident = &app.world.resident;
        let back =
            app.post_form("/proposals/1/withdraw", &[("reason", "不办")]).as_(resident).await;
        assert_eq!(back.status, 422, "{}", app.name);
        let html = back.text();
        assert!(
            html.contains("action=\"/proposals/1/withdraw\"") && html.contains("不办"),
            "{html}"
        );
        let lead = app.post_form("/proposals/1/withdraw", &[]).as_(&app.world.entrance_lead).await;
        assert_eq!(lead.status, 403);
        let early = [("reason", "我觉得还可以再议一议。")];
        let contest = app.post_form("/proposals/1/contest", &early).as_(resident).await;
        assert_eq!(contest.status, 409);
        let empty = app.post_form("/proposals/1/contest", &[("reason", "")]).as_(resident).await;
        assert_eq!(empty.status, 422);
        let sent = app.post_form("/proposals/1/withdraw", &[("reason", "")]).as_(resident).await;
        assert_eq!((sent.status.as_u16(), sent.location()), (303, "/proposals/1"));
        assert!(app.get("/proposals").await.text().contains("还没有人提过事"));
        let mine = app.get("/proposals?mine=1").as_(resident).await;
        assert!(mine.text().contains("西门路灯连坏三盏"));
    }
}

#[tokio::test]
async fn the_list_pages_and_filters_by_its_address() {
    let app = TestApp::sqlite().await;
    let people = app.world.representatives(Scope::Courtyard(app.world.courtyards[0]));
    let place = app.world.courtyards[0].to_string();
    for n in 1..=21 {
        let title = format!("第 {n:02} 件路灯的事");
        let fields = form(&place, &[("title", &title)]);
        let sent = app.post_form("/proposals/new", &fields).as_(people[n % people.len()]).await;
        assert_eq!(sent.status, 303);
    }
    let first = app.get("/proposals?category=lighting_roads").await.text();
    assert!(first.contains("第 21 件") && !first.contains("第 01 件"), "{first}");
    let next = first.split("href=\"").find(|part| part.contains("after=")).unwrap();
    let next = next.split('"').next().unwrap().replace("&amp;", "&");
    assert!(next.contains("category=lighting_roads"), "{next}");
    let second = app.get(next).await.text();
    assert!(second.contains("第 01 件") && second.contains("rel=\"prev\""), "{second}");
    assert!(!second.contains("rel=\"next\""));

    let found = app.get("/proposals?q=07").await.text();
    assert!(found.contains("共 1 件") && found.contains("value=\"07\""), "{found}");
    let none = app.get("/proposals?q=%E7%A7%8B%E5%8D%83").await.text();
    assert!(none.contains("没有找到“秋千”"), "{none}");
    // A wrong address is read as far as it makes sense.
    assert_eq!(app.get("/proposals?state=x&place=y&after=z").await.status, 200);
}

#[tokio::test]
async fn the_first_page_greets_and_says_what_waits() {
    let app = TestApp::sqlite().await;
    let visitor = app.get("/").await.text();
    assert!(visitor.contains("hero-art") && visitor.contains("href=\"/sign-in\""), "{visitor}");
    assert!(!visitor.contains("正在等您的"));
    raise(&app, &[]).await;
    let lead = app.get("/").as_(&app.world.entrance_lead).await.text();
    for part in ["赵大姐，您好", "正在等您的", "还差 10 户，您也支持吗？"] {
        assert!(lead.contains(part), "{part} is not in {lead}");
    }
    app.post("/proposals/1/cosign").as_(&app.world.entrance_lead).await;
    let lead = app.get("/").as_(&app.world.entrance_lead).await.text();
    assert!(lead.contains("现在没有等您的事"), "{lead}");
    let english = app.get("/").cookie("lang", "en").await.text();
    assert!(english.contains("Being talked about"), "{english}");
}

#[tokio::test]
async fn the_first_check_is_said_and_keeps_it_hidden() {
    let db = sqlite().await;
    let world = World::with_first_check(&db.hall).await;
    let app = TestApp::with_world(db, world);
    let page = app.get("/proposals/new").as_(&app.world.resident).await.text();
    assert!(page.contains("居委会先看一下，2 个工作日以内"), "{page}");
    raise(&app, &[]).await;
    assert!(app.get("/proposals").await.text().contains("还没有人提过事"));
    let desk = app.get("/").as_(&app.world.committee_member).await.text();
    assert!(desk.contains("有 1 件等着办"), "{desk}");
}
