//! What is found, by whom, in which order; and that the index always says what the tables say.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeSet;

use domain::category::Category;
use domain::ids::PostId;
use domain::proposal::{StateName, Step};
use domain::route::Route;
use domain::snippet::Segment;
use domain::time::DAY_MS;
use entities::{instance, proposal};
use sea_orm::{
    ActiveModelTrait, ConnectionTrait, DbBackend, EntityTrait, IntoActiveModel, Set, Statement,
};
use service::matter::{self, By, Said};
use service::people::SignedIn;
use service::post::{PostForm, post_hide, post_withdraw, post_write};
use service::proposal::{ProposalForm, proposal_submit, proposal_withdraw};
use service::search::{
    Found, Period, Place, Query, SearchCursor, Sort, search, search_is_missing, search_rebuild,
};
use service::summary::{SummaryForm, summary_pin};
use service::testing::{TestDb, World, databases};
use service::views::proposal_list::StateGroup;

fn form(world: &World, title: &str, situation: &str) -> ProposalForm {
    ProposalForm {
        title: title.to_owned(),
        situation: situation.to_owned(),
        suggestion: "请大家一起商量个办法，写清楚谁来做。".to_owned(),
        category: "lighting_roads".to_owned(),
        courtyard_id: world.courtyards[0].to_string(),
        scope: "courtyard".to_owned(),
        ..ProposalForm::default()
    }
}

async fn raise(db: &TestDb, world: &World, title: &str, situation: &str) -> i64 {
    db.clock.advance_ms(DAY_MS);
    let form = form(world, title, situation);
    proposal_submit(&db.hall, &world.resident.actor, &form).await.unwrap()
}

async fn say(db: &TestDb, who: &SignedIn, number: i64, body: &str) -> PostId {
    db.clock.advance_ms(DAY_MS);
    let form = PostForm { stance: "addition".into(), body: body.into(), ..PostForm::default() };
    post_write(&db.hall, &who.actor, number, &form).await.unwrap()
}

fn asked(text: &str) -> Query {
    Query { text: text.to_owned(), ..Query::default() }
}

async fn ask(db: &TestDb, world: &World, query: &Query) -> Found {
    search(&db.hall, world.community, query, None).await.unwrap()
}

async fn found(db: &TestDb, world: &World, text: &str) -> Vec<i64> {
    numbers(&ask(db, world, &asked(text)).await)
}

fn numbers(found: &Found) -> Vec<i64> {
    found.matters.iter().map(|matter| matter.row.number).collect()
}

fn shown(segments: &[Segment]) -> String {
    segments.iter().map(|s| if s.hit { format!("[{}]", s.text) } else { s.text.clone() }).collect()
}

async fn row(db: &TestDb, world: &World, number: i64) -> proposal::Model {
    matter::by_number(db.hall.db.read(), world.community, number).await.unwrap()
}

async fn step(db: &TestDb, world: &World, number: i64, step: Step) {
    let row = row(db, world, number).await;
    let txn = db.hall.db.begin().await.unwrap();
    let by = By::Person(&world.committee_member.actor);
    matter::advance_in_txn(&db.hall, &txn, row, step, by, Said::reason("测试里走一步"))
        .await
        .unwrap();
    txn.commit().await.unwrap();
}

/// Every word that the index holds, with its document.
async fn dump(db: &TestDb) -> BTreeSet<String> {
    let hall = &db.hall;
    let backend = hall.db.backend();
    let mut all = BTreeSet::new();
    for table in ["search_matter", "search_post"] {
        let sql = if backend == DbBackend::Postgres {
            format!("SELECT id AS doc, w.lexeme AS term FROM {table}, LATERAL unnest(words) w")
        } else {
            let txn = hall.db.begin().await.unwrap();
            let view = format!(
                "CREATE VIRTUAL TABLE IF NOT EXISTS {table}_seen USING fts5vocab('{table}', 'instance')"
            );
            txn.execute_unprepared(&view).await.unwrap();
            txn.commit().await.unwrap();
            format!("SELECT doc, term FROM {table}_seen")
        };
        let rows =
            hall.db.read().query_all_raw(Statement::from_string(backend, sql)).await.unwrap();
        for row in rows {
            let doc: i64 = row.try_get("", "doc").unwrap();
            let term: String = row.try_get("", "term").unwrap();
            all.insert(format!("{table} {doc} {term}"));
        }
    }
    all
}

/// The index is the one that a rebuilding makes of the tables.
async fn is_whole(db: &TestDb) {
    let before = dump(db).await;
    search_rebuild(&db.hall).await.unwrap();
    let after = dump(db).await;
    let missing: Vec<_> = after.difference(&before).take(10).collect();
    let too_much: Vec<_> = before.difference(&after).take(10).collect();
    assert!(missing.is_empty() && too_much.is_empty(), "{}: {missing:?} / {too_much:?}", db.name);
    assert!(!after.is_empty());
}

#[tokio::test]
async fn titles_texts_posts_and_summaries_are_found() {
    for db in databases().await {
        let world = World::new(&db.hall).await;
        let lamps = raise(&db, &world, "西门路灯连坏三盏", "晚上接孩子看不清路，停车也难。").await;
        let parking =
            raise(&db, &world, "夜间错峰停车", "白天有空位，晚上车停到消防通道上。ＧＰＳ找不到。")
                .await;
        say(&db, &world.neighbours[0], parking, "路灯底下也停满了车").await;
        let by = &world.council_member.actor;
        let summary = SummaryForm {
            agreed: "门卫室登记车牌，先试一个月。".to_owned(),
            ..SummaryForm::default()
        };
        summary_pin(&db.hall, by, parking, &summary).await.unwrap();

        let table: &[(&str, &[i64])] = &[
            ("路灯", &[lamps, parking]),
            ("停车", &[parking, lamps]),
            ("灯", &[lamps, parking]),
            ("消防通道", &[parking]),
            ("gps", &[parking]),
            ("ＧＰＳ", &[parking]),
            ("登记车牌", &[parking]),
            ("路灯 停车", &[lamps]),
            ("路灯停车", &[]),
            ("没有的词", &[]),
            ("", &[]),
            ("。？", &[]),
            ("'\" OR NEAR * 停车", &[]),
        ];
        for (text, expected) in table {
            assert_eq!(found(&db, &world, text).await, *expected, "{}: {text}", db.name);
        }

        let all = ask(&db, &world, &asked("路灯")).await;
        assert_eq!((all.count, all.more_than, all.asked), (2, false, true));
        assert_eq!(shown(&all.matters[0].title), "西门[路灯]连坏三盏");
        assert_eq!(all.matters[0].posts, []);
        assert_eq!(shown(&all.matters[1].title), "夜间错峰停车");
        assert_eq!(all.matters[1].text, []);
        assert_eq!(shown(&all.matters[1].posts[0].text), "[路灯]底下也停满了车");
        let one = ask(&db, &world, &asked("消防")).await;
        assert!(shown(&one.matters[0].text).contains("[消防]通道"), "{}", db.name);
        let one = ask(&db, &world, &asked("登记")).await;
        assert_eq!(shown(&one.matters[0].text), "门卫室[登记]车牌，先试一个月。");
        is_whole(&db).await;
    }
}

#[tokio::test]
async fn filters_narrow_what_is_found_and_posts_too() {
    for db in databases().await {
        let world = World::new(&db.hall).await;
        let first = raise(&db, &world, "夜间错峰停车", "白天有空位，晚上没有空位。").await;
        let second = raise(&db, &world, "停车棚装充电桩", "充电线从楼上甩下来，很危险。").await;
        say(&db, &world.resident, first, "雨棚也要修").await;
        say(&db, &world.resident, second, "雨棚也要修").await;
        let changed = row(&db, &world, second).await;
        let mut changed = changed.into_active_model();
        changed.category = Set("parking".to_owned());
        changed.courtyard_id = Set(world.courtyards[1].0);
        changed.entrance_id = Set(Some(world.entrances[2].0));
        let txn = db.hall.db.begin().await.unwrap();
        changed.update(&txn).await.unwrap();
        txn.commit().await.unwrap();
        step(&db, &world, second, Step::NotAccept { route: Some(Route::DistrictDept) }).await;

        let both = Query::default();
        let since = domain::time::Timestamp(row(&db, &world, second).await.published_at.unwrap());
        let table = [
            (both.clone(), vec![second, first]),
            (Query { category: Some(Category::Parking), ..both.clone() }, vec![second]),
            (Query { category: Some(Category::LightingRoads), ..both.clone() }, vec![first]),
            (Query { state: Some(StateGroup::Cosigning), ..both.clone() }, vec![first]),
            (Query { state: Some(StateGroup::Closed), ..both.clone() }, vec![second]),
            (Query { state: Some(StateGroup::Done), ..both.clone() }, vec![]),
            (Query { route: Some(Route::DistrictDept), ..both.clone() }, vec![second]),
            (Query { route: Some(Route::Committee), ..both.clone() }, vec![]),
            (
                Query { place: Some(Place::Courtyard(world.courtyards[0])), ..both.clone() },
                vec![first],
            ),
            (
                Query { place: Some(Place::Entrance(world.entrances[2])), ..both.clone() },
                vec![second],
            ),
            (
                Query { period: Period { since: Some(since), until: None }, ..both.clone() },
                vec![second],
            ),
            (
                Query { period: Period { since: None, until: Some(since) }, ..both.clone() },
                vec![first],
            ),
        ];
        for (query, expected) in table {
            for text in ["停车", "雨棚"] {
                let query = Query { text: text.to_owned(), sort: Sort::New, ..query.clone() };
                assert_eq!(
                    numbers(&ask(&db, &world, &query).await),
                    expected,
                    "{} {query:?}",
                    db.name
                );
            }
        }
        is_whole(&db).await;
    }
}

#[tokio::test]
async fn what_not_everyone_can_read_is_not_found() {
    for db in databases().await {
        let world = World::with_first_check(&db.hall).await;
        let number = raise(&db, &world, "加装电梯问一问", "六楼老人下不了楼，买菜要歇三回。").await;
        let words = ["电梯", "歇三回"];
        let gone = |why: &'static str| {
            let (db, world) = (&db, &world);
            async move {
                for word in words {
                    assert_eq!(found(db, world, word).await, [0_i64; 0], "{} {why}", db.name);
                }
                assert!(dump(db).await.is_empty(), "{} {why}", db.name);
            }
        };
        gone("submitted").await;
        let until = db.hall.now().plus_days(30);
        let publish = || Step::Publish { needed: 3, until };
        step(&db, &world, number, publish()).await;
        assert_eq!(found(&db, &world, "电梯").await, [number], "{}", db.name);
        let post = say(&db, &world.resident, number, "我家愿意出一份力").await;
        assert_eq!(found(&db, &world, "愿意").await, [number], "{}", db.name);

        step(&db, &world, number, Step::Return).await;
        gone("returned").await;
        assert_eq!(found(&db, &world, "愿意").await, [0_i64; 0], "{}", db.name);
        step(&db, &world, number, Step::Submit).await;
        step(&db, &world, number, publish()).await;
        assert_eq!(found(&db, &world, "愿意").await, [number], "{}: its talk is back", db.name);

        let committee = &world.committee_member.actor;
        post_hide(&db.hall, committee, number, post, "这一条说了别人的私事。").await.unwrap();
        assert_eq!(found(&db, &world, "愿意").await, [0_i64; 0], "{}", db.name);
        let own = say(&db, &world.resident, number, "那我再说一句话").await;
        assert_eq!(found(&db, &world, "一句话").await, [number], "{}", db.name);
        post_withdraw(&db.hall, &world.resident.actor, number, own).await.unwrap();
        assert_eq!(found(&db, &world, "一句话").await, [0_i64; 0], "{}", db.name);
        say(&db, &world.resident, number, "最后留下一句").await;

        is_whole(&db).await;
        proposal_withdraw(&db.hall, &world.resident.actor, number, "").await.unwrap();
        gone("withdrawn").await;
        assert_eq!(found(&db, &world, "留下").await, [0_i64; 0], "{}", db.name);

        let other =
            raise(&db, &world, "电梯的事再提一次", "六楼老人下不了楼，买菜要歇三回。").await;
        step(&db, &world, other, publish()).await;
        let into = domain::ids::ProposalNumber(number);
        assert_eq!(found(&db, &world, "电梯").await, [other], "{}", db.name);
        step(&db, &world, other, Step::Merge { into }).await;
        gone("merged").await;
    }
}

/// The tables count, should the index ever hold too much.
#[tokio::test]
async fn a_wrong_entry_shows_nothing() {
    for db in databases().await {
        let world = World::new(&db.hall).await;
        let number = raise(&db, &world, "公厕夜灯和扶手", "晚上进去黑，地又滑，老人怕摔。").await;
        say(&db, &world.resident, number, "扶手要两边都装").await;
        let txn = db.hall.db.begin().await.unwrap();
        let sql = "UPDATE proposal SET hidden_at = 1";
        txn.execute_unprepared(sql).await.unwrap();
        txn.execute_unprepared("UPDATE post SET state = 'removed'").await.unwrap();
        txn.commit().await.unwrap();
        assert!(!dump(&db).await.is_empty());
        for word in ["夜灯", "扶手", "两边"] {
            assert_eq!(found(&db, &world, word).await, [0_i64; 0], "{} {word}", db.name);
        }
    }
}

async fn many(db: &TestDb, world: &World, count: usize) {
    let number = raise(db, world, "晾衣杆第 0 号要修", "晾衣杆锈了，衣服上全是锈。").await;
    let like = row(db, world, number).await;
    let txn = db.hall.db.begin().await.unwrap();
    for n in 1..count {
        let mut made = like.clone().into_active_model();
        made.id = sea_orm::NotSet;
        made.number = Set(Some(1_000 + i64::try_from(n).unwrap()));
        made.title = Set(format!("晾衣杆第 {n} 号要修"));
        made.insert(&txn).await.unwrap();
    }
    txn.commit().await.unwrap();
}

#[tokio::test]
async fn pages_show_each_once() {
    for db in databases().await {
        let world = World::new(&db.hall).await;
        many(&db, &world, 45).await;
        search_rebuild(&db.hall).await.unwrap();
        for sort in [Sort::Best, Sort::New] {
            let query = Query { text: "晾衣杆".to_owned(), sort, ..Query::default() };
            let mut seen = BTreeSet::new();
            let mut cursor = None;
            let mut pages = 0;
            loop {
                let page = search(&db.hall, world.community, &query, cursor).await.unwrap();
                assert_eq!(page.count, 45, "{}", db.name);
                pages += 1;
                for number in numbers(&page) {
                    assert!(seen.insert(number), "{}: {number} twice", db.name);
                }
                let Some(next) = page.next else { break };
                // As an address carries it.
                cursor = Some(SearchCursor::from_text(&next.to_string()).unwrap());
            }
            assert_eq!((seen.len(), pages), (45, 3), "{}", db.name);
        }
        let one = found(&db, &world, "晾衣杆 7").await;
        assert_eq!(one, [1_007], "{}", db.name);
    }
}

#[tokio::test]
async fn more_than_are_ranked_are_counted_as_a_least_number() {
    for db in databases().await {
        let world = World::new(&db.hall).await;
        many(&db, &world, 300).await;
        search_rebuild(&db.hall).await.unwrap();
        let all = ask(&db, &world, &asked("晾衣杆")).await;
        assert!(all.more_than && all.count >= 250, "{}: {}", db.name, all.count);
        let none = Query { category: Some(Category::Parking), ..asked("晾衣杆") };
        assert_eq!(ask(&db, &world, &none).await.count, 0, "{}", db.name);
    }
}

#[tokio::test]
async fn a_database_of_before_there_was_an_index_gets_one() {
    for db in databases().await {
        let hall = &db.hall;
        assert!(!search_is_missing(hall).await.unwrap(), "{}: nothing is there", db.name);
        let world = World::new(hall).await;
        let number = raise(&db, &world, "西门路灯连坏三盏", "晚上接孩子看不清路。").await;
        say(&db, &world.resident, number, "修灯的来过一次").await;
        let whole = dump(&db).await;
        let txn = hall.db.begin().await.unwrap();
        instance::Entity::delete_by_id("search_index").exec(&txn).await.unwrap();
        for table in ["search_matter", "search_post"] {
            txn.execute_unprepared(&format!("DELETE FROM {table}")).await.unwrap();
        }
        txn.commit().await.unwrap();
        assert_eq!(found(&db, &world, "路灯").await, [0_i64; 0]);
        assert!(search_is_missing(hall).await.unwrap(), "{}", db.name);
        assert_eq!(search_rebuild(hall).await.unwrap(), (1, 1), "{}", db.name);
        assert!(!search_is_missing(hall).await.unwrap(), "{}", db.name);
        assert_eq!(dump(&db).await, whole, "{}", db.name);
        assert_eq!(found(&db, &world, "修灯").await, [number], "{}", db.name);
    }
}

#[tokio::test]
async fn other_communities_are_not_found() {
    for db in databases().await {
        let world = World::new(&db.hall).await;
        let number = raise(&db, &world, "西门路灯连坏三盏", "晚上接孩子看不清路。").await;
        let other = world.stranger.actor.community;
        let there = search(&db.hall, other, &asked("路灯"), None).await.unwrap();
        assert_eq!(there.matters, [], "{}", db.name);
        assert_eq!(found(&db, &world, "路灯").await, [number]);
        assert_eq!(row(&db, &world, number).await.state, StateName::Cosigning.as_str());
    }
}
