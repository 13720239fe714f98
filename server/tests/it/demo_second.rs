//! The demo's second community, the small one next door.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use crate::common::{ORIGIN, answer};

use std::sync::Arc;

use app::App;
use app::state::Site;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use service::community::community_by_slug;

#[tokio::test]
async fn a_tap_signs_in_next_door_and_the_large_one_is_visited() {
    let db = service::testing::sqlite().await;
    server::demo::fill(&db.hall).await.unwrap();
    let site = Site { base_url: ORIGIN.to_owned(), demo: true, assets: server::web::addresses() };
    let router = server::web::router(App { hall: db.hall.clone(), site: Arc::new(site) }, None);
    let get = async |path: &str, cookie: &str| {
        let request = Request::get(path).header("host", "127.0.0.1:3000").header("cookie", cookie);
        answer(router.clone(), request.body(Body::empty()).unwrap()).await
    };

    let home = get("/c/huaianli", "").await.text();
    assert!(home.contains("data-accent=\"pine\""), "{home}");
    for title in ["槐树底下添两把带靠背的椅子", "楼道里的旧纸箱，约个日子一起清"]
    {
        assert!(home.contains(title), "{title} is missing");
    }
    let bench = get("/c/huaianli/proposals/2", "").await.text();
    assert!(bench.contains("征集附议"), "{bench}");

    let community = community_by_slug(&db.hall, "huaianli").await.unwrap().id;
    let offered = service::account::demo_people(&db.hall, community).await.unwrap();
    let page = get("/c/huaianli/sign-in", "").await.text();
    let names = ["许阿姨", "石师傅", "钱玉芬"];
    assert_eq!(offered.iter().map(|it| it.nickname.as_str()).collect::<Vec<_>>(), names);
    assert!(names.iter().all(|name| page.contains(name)), "{page}");
    assert!(!page.contains("桂兰阿姨"), "the large community's people are offered there");

    let tap = Request::post("/c/huaianli/sign-in/demo")
        .header("host", "127.0.0.1:3000")
        .header("origin", ORIGIN)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from(format!("person={}", offered[0].person)));
    let tapped = answer(router.clone(), tap.unwrap()).await;
    assert_eq!(tapped.status, StatusCode::SEE_OTHER);
    assert_eq!(tapped.location(), "/c/huaianli");
    let cookie = format!("xiaoyuan={}", tapped.cookie("xiaoyuan").unwrap());
    assert!(get("/c/huaianli", &cookie).await.text().contains("许阿姨"));
    let visited = get("/", &cookie).await.text();
    assert!(visited.contains("您是槐安里社区的居民，正在看枣树湾社区的公开页面"), "{visited}");

    // One street, two communities, the large one first: it began first.
    let list = get("/communities", "").await.text();
    let at = |name: &str| list.find(&format!(">{name}</a>")).expect(name);
    assert!(at("枣树湾社区") < at("槐安里社区"), "{list}");
    assert_eq!(list.matches("<h2").count(), 1, "{list}");
    assert!(list.contains("href=\"/c/huaianli\""), "{list}");
}
