//! Finding by address, on both databases and without a script: the search with its filters in the address,
//! following places and categories, and what is marked as new.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use crate::common::{Answer, TestApp};
use axum::http::StatusCode;
use domain::time::{DAY_MS, HOUR_MS};
use service::people::SignedIn;
use service::place_follow::{Followed, place_follow_start, place_follows};
use service::post::{PostForm, post_write};
use service::proposal::{ProposalForm, proposal_submit};

/// 停车, as an address carries it.
const PARKING: &str = "%E5%81%9C%E8%BD%A6";

async fn raise(app: &TestApp, by: &SignedIn, title: &str, category: &str, courtyard: usize) -> i64 {
    app.db.clock.advance_ms(HOUR_MS);
    let form = ProposalForm {
        title: title.to_owned(),
        situation: "晚上九点以后院里停车没有空位，<b>车</b>停到了路口。".to_owned(),
        suggestion: "请大家一起商量个办法，写清楚谁来做。".to_owned(),
        category: category.to_owned(),
        courtyard_id: app.world.courtyards[courtyard].to_string(),
        scope: "courtyard".to_owned(),
        ..ProposalForm::default()
    };
    proposal_submit(&app.db.hall, &by.actor, &form).await.unwrap()
}

async fn say(app: &TestApp, who: &SignedIn, number: i64, body: &str) -> i64 {
    app.db.clock.advance_ms(HOUR_MS);
    let form =
        PostForm { stance: "addition".to_owned(), body: body.to_owned(), ..PostForm::default() };
    post_write(&app.db.hall, &who.actor, number, &form).await.unwrap().0
}

async fn page(app: &TestApp, path: &str) -> String {
    let answer = app.get(path).await;
    assert_eq!(answer.status, StatusCode::OK, "{}: {path}", app.name);
    answer.text()
}

/// The numbers of the matters that a page's rows lead to, in their order.
fn numbers(page: &str) -> Vec<i64> {
    let rows = page.split("<h2 class=\"row-title\"><a href=\"/proposals/").skip(1);
    rows.map(|row| row.split('"').next().unwrap().parse().unwrap()).collect()
}

#[tokio::test]
async fn the_address_says_all_of_a_search() {
    for app in TestApp::each().await {
        let (name, by, world) = (app.name, &app.world.resident, &app.world);
        let beyond = |one: &&SignedIn| {
            one.actor.home.is_some_and(|home| home.courtyard == world.courtyards[1])
        };
        let far = world.neighbours.iter().find(beyond).unwrap();
        let parking = raise(&app, by, "夜里错峰停车", "parking", 0).await;
        let lights = raise(&app, far, "西门路灯不亮", "lighting_roads", 1).await;
        let post = say(&app, far, lights, "路灯底下停车的人多。\n<script>alert(1)</script>").await;

        let found = page(&app, &format!("/search?q={PARKING}")).await;
        assert_eq!(numbers(&found), [parking, lights], "{name}");
        assert!(found.contains("夜里错峰<mark>停车</mark>"), "{name}: {found}");
        // What was typed stays text.
        assert!(found.contains("院里<mark>停车</mark>没有空位，&lt;b&gt;车&lt;/b&gt;"), "{name}");
        assert!(found.contains(&format!("/proposals/{lights}/posts/{post}#post-{post}")), "{name}");
        assert!(found.contains("&lt;script&gt;alert(1)"), "{name}");
        assert!(!found.contains("<script"), "{name}: reading needs none");
        assert!(found.contains("找到 2 件"), "{name}");

        let first = app.world.courtyards[0];
        let narrowed = [
            ("category=parking", vec![parking]),
            ("category=dogs", vec![]),
            ("state=cosigning", vec![parking, lights]),
            ("state=done", vec![]),
            (&*format!("place=courtyard-{first}"), vec![parking]),
            (&*format!("place={first}"), vec![parking]),
            ("route=whistle", vec![]),
            ("time=week", vec![parking, lights]),
            ("time=older", vec![]),
            ("sort=new", vec![lights, parking]),
            ("category=lighting_roads&state=cosigning&time=month", vec![lights]),
            // What is named wrongly is left out.
            ("category=x&state=y&place=z&route=w&time=v&sort=u&after=t", vec![parking, lights]),
        ];
        for (filters, expected) in narrowed {
            let found = page(&app, &format!("/search?q={PARKING}&{filters}")).await;
            assert_eq!(numbers(&found), expected, "{name}: {filters}");
        }
        // The form shows what the address asks for, and the links go on with it.
        let asked = format!("/search?q={PARKING}&category=parking&time=week");
        let found = page(&app, &asked).await;
        assert!(found.contains("value=\"停车\""), "{name}");
        for picked in ["<option value=\"parking\" selected", "<option value=\"week\" selected"] {
            assert!(found.contains(picked), "{name}: {picked} is missing in {found}");
        }
        let newest = format!("/search?q={PARKING}&amp;category=parking&amp;time=week&amp;sort=new");
        assert!(found.contains(&format!("href=\"{newest}\"")), "{name}: {found}");
        assert!(found.contains(&format!("href=\"/search?q={PARKING}\"")), "{name}: to all of it");

        // Nothing found says what to do; nothing asked shows the field alone.
        let none = page(&app, "/search?q=%E6%B2%A1%E6%9C%89%E8%BF%99%E4%B8%AA&state=done").await;
        for part in ["没有找到“没有这个”", "或者不挑地方", "href=\"/proposals/new\""]
        {
            assert!(none.contains(part), "{name}: {part} is missing in {none}");
        }
        let empty = page(&app, "/search").await;
        assert!(empty.contains("role=\"search\"") && !empty.contains("list-count"), "{name}");
        let list = app.get("/search?q=+&state=done&category=parking").await;
        assert_eq!(list.location(), "/proposals?state=done&category=parking", "{name}");
        // What the list can't be narrowed by is kept, and words are asked for.
        for wordless in ["time=week", "state=done&time=week", "q=%EF%BC%9F%EF%BC%9F"] {
            let asked = page(&app, &format!("/search?{wordless}")).await;
            assert!(asked.contains("写一两个字再找"), "{name}: {wordless}: {asked}");
            let keeps = !wordless.contains("time") || asked.contains("value=\"week\" selected");
            assert!(keeps, "{name}: {wordless}: {asked}");
        }
        for odd in ["q=%00", "q=%27%22+OR+NEAR", "q=%F0%9F%98%80", "q=-停%20*", "q=%25_%5C"] {
            let odd = odd.replace('停', "%E5%81%9C");
            assert_eq!(app.get(format!("/search?{odd}")).await.status, StatusCode::OK, "{odd}");
        }
        let english = app.get(asked).cookie("lang", "en").await.text();
        assert!(english.contains("Newest first") || english.contains("最近提的在前"), "{name}");
    }
}

#[tokio::test]
async fn later_pages_of_a_search_go_on_where_the_first_ended() {
    for app in TestApp::each().await {
        let (name, by) = (app.name, &app.world.resident);
        let mut all = Vec::new();
        for n in 0..23 {
            app.db.clock.advance_ms(DAY_MS);
            all.push(raise(&app, by, &format!("第 {n} 个停车位"), "parking", 0).await);
        }
        all.reverse();
        let first = page(&app, &format!("/search?q={PARKING}&sort=new")).await;
        assert_eq!(numbers(&first), all[..20], "{name}");
        let next = first.split("rel=\"next\"").next().unwrap();
        let next = next.rsplit("href=\"").next().unwrap().split('"').next().unwrap();
        let next = next.replace("&amp;", "&");
        assert!(next.contains("sort=new&after="), "{name}: {next}");
        let second = page(&app, &next).await;
        assert_eq!(numbers(&second), all[20..], "{name}");
        assert!(second.contains("回到最前面") && !second.contains("rel=\"next\""), "{name}");
    }
}

async fn tap(app: &TestApp, who: Option<&SignedIn>, fields: &[(&str, &str)]) -> Answer {
    app.post_form("/follow/places", fields).as_maybe(who).await
}

#[tokio::test]
async fn places_and_categories_are_followed_by_a_button() {
    for app in TestApp::each().await {
        let (name, me) = (app.name, &app.world.resident);
        let first = app.world.courtyards[0];
        let list = format!("/proposals?place={first}&category=parking");
        // Visitors are not asked to; whoever is signed in has a button for each.
        assert!(!page(&app, &list).await.contains("/follow/places"), "{name}");
        let shown = app.get(&*list).as_(me).await.text();
        for part in ["关注北柳小区", "关注停车", "name=\"what\" value=\"category-parking\""]
        {
            assert!(shown.contains(part), "{name}: {part} is missing in {shown}");
        }
        let fields = [("what", "category-parking"), ("on", "1"), ("back", &*list)];
        let done = tap(&app, Some(me), &fields).await;
        assert_eq!((done.status, done.location()), (StatusCode::SEE_OTHER, &*list), "{name}");
        let shown = app.get(&*list).as_(me).await.text();
        assert!(shown.contains("不再关注停车") && shown.contains("关注北柳小区"), "{name}");

        let own = app.get("/follow").as_(me).await.text();
        for part in [
            "不再关注停车",
            "关注全社区",
            "北柳小区的楼门",
            "关注北柳小区 1号楼1门",
            "您还没有留邮箱",
        ] {
            assert!(own.contains(part), "{name}: {part} is missing in {own}");
        }
        let entrance = format!("entrance-{}", app.world.entrances[0]);
        for what in ["community", &*entrance, &format!("courtyard-{first}")] {
            let done = tap(&app, Some(me), &[("what", what), ("on", "1")]).await;
            assert_eq!(done.location(), "/follow", "{name}");
        }
        let person = me.actor.person;
        assert_eq!(place_follows(&app.db.hall, person).await.unwrap().len(), 4, "{name}");
        tap(&app, Some(me), &[("what", "community"), ("on", "")]).await;
        assert_eq!(place_follows(&app.db.hall, person).await.unwrap().len(), 3, "{name}");

        // Others' places, and what is none.
        for what in ["courtyard-9999", "entrance-x", "", "person-1"] {
            let refused = tap(&app, Some(me), &[("what", what), ("on", "1")]).await;
            assert_eq!(refused.status, StatusCode::NOT_FOUND, "{name}: {what}");
        }
        let theirs =
            tap(&app, Some(&app.world.stranger), &[("what", &entrance), ("on", "1")]).await;
        assert_ne!(theirs.status, StatusCode::SEE_OTHER, "{name}");
        // Nobody is led to sign in, and nothing happens.
        let visitor = tap(&app, None, &[("what", "community"), ("on", "1")]).await;
        assert!(visitor.status != StatusCode::OK, "{name}");
        assert_eq!(place_follows(&app.db.hall, person).await.unwrap().len(), 3, "{name}");
        // A way back leads nowhere else.
        let fields = [("what", "community"), ("on", "1"), ("back", "https://elsewhere.example/")];
        let done = tap(&app, Some(me), &fields).await;
        assert!(!done.location().contains("elsewhere"), "{name}: {}", done.location());
    }
}

#[tokio::test]
async fn the_link_of_a_mail_stops_what_it_is_about() {
    for app in TestApp::each().await {
        let (name, me) = (app.name, &app.world.resident);
        let what = Followed::Courtyard(app.world.courtyards[0]);
        place_follow_start(&app.db.hall, &me.actor, what).await.unwrap();
        let link = format!("/follow/{}", service::testing::place_token(&app.db.hall).await);
        for _ in 0..2 {
            let page = page(&app, &link).await;
            assert!(page.contains("不再收北柳小区的信？"), "{name}: {page}");
        }
        let person = me.actor.person;
        assert_eq!(place_follows(&app.db.hall, person).await.unwrap(), [what], "{name}");
        // As a mail program posts it: RFC 8058.
        let one_click = [("List-Unsubscribe", "One-Click")];
        let stopped = app.post_form(&*link, &one_click).await;
        assert_eq!(stopped.status, StatusCode::OK, "{name}");
        assert!(stopped.text().contains("不再写信给您"), "{name}");
        assert_eq!(place_follows(&app.db.hall, person).await.unwrap(), [], "{name}");
    }
}

#[tokio::test]
async fn what_came_since_the_last_visit_is_marked() {
    for app in TestApp::each().await {
        let (name, world) = (app.name, &app.world);
        let (me, other) = (&world.resident, &world.council_member);
        let old = raise(&app, other, "院门口加个扶手", "ageing", 0).await;
        say(&app, other, old, "说在上次来以前").await;
        let token = app.token(me.actor.person).await;
        let look = async |path: &str| {
            let answer = app.get(path).cookie("xiaoyuan", &token).await;
            assert_eq!(answer.status, StatusCode::OK, "{name}: {path}");
            answer.text()
        };
        let mark = "<span class=\"new-mark\">新</span>";
        app.db.clock.advance_ms(2 * 60_000);
        assert!(!look("/").await.contains("上次来以后"), "{name}: nothing is new at a first visit");

        say(&app, other, old, "说在上次来以后").await;
        say(&app, me, old, "自己说的").await;
        let fresh = raise(&app, other, "夜里错峰停车", "parking", 0).await;
        let home = look("/").await;
        let news = home.split("id=\"h-news\"").nth(1).expect("what is new");
        let news = news.split("</section>").next().unwrap();
        assert!(news.contains("夜里错峰停车") && news.contains("新提的"), "{name}: {news}");
        assert!(
            news.contains("院门口加个扶手") && news.contains("新增 1 条讨论"),
            "{name}: {news}"
        );
        assert!(news.contains(&format!("href=\"/proposals/{old}#talk\"")), "{name}");
        assert!(news.contains(&format!("href=\"/proposals/{fresh}\"")), "{name}");

        assert_eq!(look("/proposals").await.matches(mark).count(), 2, "{name}");
        let thread = look(&format!("/proposals/{old}")).await;
        let post = |text: &str| {
            let before = thread.split(text).next().unwrap();
            before.rsplit("<article").next().unwrap().to_owned()
        };
        assert!(post("说在上次来以后").contains(mark), "{name}: {thread}");
        assert!(!post("说在上次来以前").contains(mark), "{name}");
        assert!(!post("自己说的").contains(mark), "{name}");

        // A visitor came for the first time each time.
        for path in ["/", "/proposals", &format!("/proposals/{old}")] {
            let page = page(&app, path).await;
            assert!(!page.contains("new-mark") && !page.contains("h-news"), "{name}: {path}");
        }
    }
}
