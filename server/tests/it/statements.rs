//! Statements that each page makes, through the whole server over the demo community: a number that must not grow
//! with the rows on the page. `--nocapture` prints the table.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::common::{ORIGIN, answer};
use app::App;
use app::state::Site;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use service::account::demo_people;
use service::session::session_open;
use service::testing;

/// The page, who asks for it, and the most statements that it may make. A signed-in person costs three: the session
/// with its person, their roles, their home.
const PAGES: &[(&str, Who, usize)] = &[
    ("/", Who::Nobody, 5),
    ("/", Who::Resident, 10),
    ("/proposals", Who::Nobody, 4),
    ("/proposals", Who::Resident, 6),
    // The matter with its places, its pin and how who looks stands to it is one; its summary with both sides
    // another, the talk three with all photos, merges one, and the timeline says what else there is to ask for.
    // Who may write reads the turns; the committee looks for edits that wait.
    ("/proposals/11", Who::Nobody, 11),
    ("/proposals/11", Who::Resident, 14),
    ("/proposals/11", Who::Committee, 15),
    // The plans for the pin, and whether there are drafts.
    ("/proposals/new", Who::Resident, 8),
    ("/ballots", Who::Nobody, 4),
    ("/ballots/1", Who::Nobody, 4),
    ("/ballots/4", Who::Resident, 6),
    ("/communities", Who::Nobody, 3),
    // Whether there are drafts.
    ("/me", Who::Resident, 8),
    // Reports and questions that wait.
    ("/desk", Who::Committee, 9),
    ("/desk/11", Who::Committee, 9),
    ("/sign-in", Who::Nobody, 12),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Who {
    Nobody,
    Resident,
    Committee,
}

#[tokio::test]
async fn pages_make_few_statements() {
    for mut db in testing::databases().await {
        assert!(!service::demo::demo_filled(&db.hall).await.unwrap(), "{}", db.name);
        let community = server::demo::fill(&db.hall).await.unwrap();
        assert!(service::demo::demo_filled(&db.hall).await.unwrap(), "{}", db.name);
        let people = demo_people(&db.hall, community).await.unwrap();
        let token = async |role: &str| {
            let is = |it: &&service::account::DemoPerson| {
                it.role.map_or("", |role| role.as_str()) == role
            };
            let person = people.iter().find(is).unwrap().person;
            session_open(&db.hall, person, "test", None, true).await.unwrap()
        };
        let (resident, committee) = (token("").await, token("committee_head").await);

        let count = Arc::new(AtomicUsize::new(0));
        let counter = count.clone();
        db.hall.db = db.hall.db.watched(move || {
            counter.fetch_add(1, Ordering::Relaxed);
        });
        let site =
            Site { base_url: ORIGIN.to_owned(), demo: true, assets: server::web::addresses() };
        let router = server::web::router(App { hall: db.hall.clone(), site: Arc::new(site) }, None);

        // A visit is noted once a minute: by the first page that one opens.
        for cookie in [&resident, &committee].map(|token| format!("xiaoyuan={token}")) {
            let request = Request::get("/privacy").header("host", "127.0.0.1:3000");
            answer(router.clone(), request.header("cookie", cookie).body(Body::empty()).unwrap())
                .await;
        }

        let mut above = Vec::new();
        for (path, who, most) in PAGES {
            let cookie = match who {
                Who::Nobody => String::new(),
                Who::Resident => format!("xiaoyuan={resident}"),
                Who::Committee => format!("xiaoyuan={committee}"),
            };
            let request = || {
                let request = Request::get(*path).header("host", "127.0.0.1:3000");
                request.header("cookie", &cookie).body(Body::empty()).unwrap()
            };
            count.store(0, Ordering::Relaxed);
            let page = answer(router.clone(), request()).await;
            assert_eq!(page.status, StatusCode::OK, "{}: {path} for {who:?}", db.name);
            let made = count.swap(0, Ordering::Relaxed);
            answer(router.clone(), request()).await;
            let again = count.load(Ordering::Relaxed);
            println!("{:>10}  {made:>3} statements, {again:>3} again  {path} for {who:?}", db.name);
            if made > *most {
                above.push(format!("{path} for {who:?}: {made}, at most {most}"));
            }
            // What nobody in particular reads is kept: one look at the audit chain's head.
            if *who == Who::Nobody && *path != "/sign-in" && again > 1 {
                above.push(format!("{path} again: {again}, at most 1"));
            }
        }
        assert!(above.is_empty(), "{}: {}", db.name, above.join("; "));
    }
}
