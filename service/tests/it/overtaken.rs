//! What happens beside something else: whoever comes second loses nothing, and one thing that is broken or ended
//! leaves no other behind. On both databases.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use domain::ids::{DraftId, PostId};
use domain::settings::{CommunitySettings, Moderation};
use domain::time::MINUTE_MS;
use entities::{cosign, household, photo, place_follow, proposal, removal};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, IntoActiveModel,
    PaginatorTrait, QueryFilter, QueryOrder, Set, Statement,
};
use service::Hall;
use service::civil::{removal_make, removals_purge};
use service::cosign::cosign_add;
use service::draft::{draft_keep, draft_list};
use service::matter::by_number;
use service::merge::{merge_offer, merge_undo};
use service::own::password_change;
use service::photo::{PhotoHome, photo_add, photos_sweep, photos_to_post_in_txn};
use service::place_follow::{Followed, place_follow_start, place_follows};
use service::places::entrance_merge;
use service::post::{PostForm, post_write};
use service::proposal::{ProposalForm, proposal_send, proposal_submit};
use service::search::{Place, Query, search};
use service::session::{session_find, session_open};
use service::testing::{PASSWORD, Plan, TestDb, World, databases};

const WHY: &str = "理由写得足够清楚";

fn form(world: &World, title: &str) -> ProposalForm {
    ProposalForm {
        title: title.to_owned(),
        situation: "小区没有孩子玩的地方，放学后都在车道边跑。".to_owned(),
        suggestion: "把南侧的三个车位改成沙池，四周做矮栏杆。".to_owned(),
        category: "culture_children".to_owned(),
        courtyard_id: world.courtyards[0].to_string(),
        scope: "courtyard".to_owned(),
        ..ProposalForm::default()
    }
}

async fn stage(db: &TestDb) -> World {
    let settings = CommunitySettings {
        moderation: Moderation::After,
        turn_posts: 1_000,
        ..CommunitySettings::default()
    };
    World::planned(&db.hall, Plan { settings, ..Plan::default() }).await
}

fn png() -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    let picture = image::RgbImage::from_pixel(40, 30, image::Rgb([120, 90, 60]));
    picture.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

/// Waits until somebody of this PostgreSQL database waits for a lock.
async fn somebody_waits(hall: &Hall) {
    let sql = "SELECT count(*) FROM pg_stat_activity \
               WHERE datname = current_database() AND wait_event_type = 'Lock'";
    loop {
        let statement = Statement::from_string(DbBackend::Postgres, sql);
        let row = hall.db.read().query_one_raw(statement).await.unwrap().unwrap();
        if row.try_get_by_index::<i64>(0).unwrap() > 0 {
            return;
        }
        tokio::task::yield_now().await;
    }
}

/// SQLite has one writer, so there the two can't overlap.
#[tokio::test]
async fn a_photo_that_goes_along_is_not_swept_away() {
    for db in databases().await {
        let hall = &db.hall;
        if hall.db.backend() != DbBackend::Postgres {
            continue;
        }
        let world = stage(&db).await;
        let author = &world.resident.actor;
        let number = proposal_submit(hall, author, &form(&world, "给孩子建个沙池")).await.unwrap();
        let id = photo_add(hall, author, png(), "", PhotoHome::Loose).await.unwrap();
        let post =
            PostForm { stance: "for".into(), body: "看照片".into(), ..PostForm::default() };
        let post = post_write(hall, author, number, &post).await.unwrap();
        db.advance_days(2);
        let attaching = hall.db.begin().await.unwrap();
        photos_to_post_in_txn(&attaching, author, &[id], PostId(post.0)).await.unwrap();
        let second = db.second_hall().await;
        let sweep = tokio::spawn(async move { photos_sweep(&second).await });
        somebody_waits(hall).await;
        attaching.commit().await.unwrap();
        assert_eq!(sweep.await.unwrap().unwrap(), 0);
        let left = photo::Entity::find_by_id(id.0).one(hall.db.read()).await.unwrap().unwrap();
        assert_eq!(left.post_id, Some(post.0));
    }
}

#[tokio::test]
async fn loose_photos_go_after_a_day() {
    for db in databases().await {
        let (hall, world) = (&db.hall, stage(&db).await);
        let id = photo_add(hall, &world.resident.actor, png(), "", PhotoHome::Loose).await.unwrap();
        assert_eq!(photos_sweep(hall).await.unwrap(), 0, "{}", db.name);
        db.advance_days(2);
        assert_eq!(photos_sweep(hall).await.unwrap(), 1, "{}", db.name);
        assert_eq!(photo::Entity::find_by_id(id.0).one(hall.db.read()).await.unwrap(), None);
    }
}

/// A page that is looked at while all sessions end: each holds what the other needs, unless both begin with the
/// person.
#[tokio::test]
async fn a_page_view_and_a_new_password_do_not_wait_for_each_other() {
    for db in databases().await {
        let hall = &db.hall;
        if hall.db.backend() != DbBackend::Postgres {
            continue;
        }
        let world = stage(&db).await;
        let me = world.resident.actor.clone();
        let phone = session_open(hall, me.person, "phone", None, true).await.unwrap();
        let own = session_open(hall, me.person, "desktop", None, true).await.unwrap();
        db.clock.advance_ms(10 * MINUTE_MS);
        // Both stand before the person's row; then one after the other goes on.
        let held = hall.db.begin().await.unwrap();
        let lock = format!("SELECT id FROM person WHERE id = {} FOR UPDATE", me.person);
        held.execute_raw(Statement::from_string(DbBackend::Postgres, lock)).await.unwrap();
        let (server, token) = (db.second_hall().await, phone.clone());
        let view = tokio::spawn(async move { session_find(&server, &token).await });
        somebody_waits(hall).await;
        let end = format!("DELETE FROM session WHERE person_id = {}", me.person);
        held.execute_raw(Statement::from_string(DbBackend::Postgres, end)).await.unwrap();
        held.rollback().await.unwrap();
        view.await.unwrap().unwrap();
        password_change(hall, &me, PASSWORD, "石榴花开的时候大家在院里坐坐", &own).await.unwrap();
        assert!(session_find(hall, &phone).await.unwrap().is_none());
    }
}

#[tokio::test]
async fn sent_by_two_presses_it_is_one_matter() {
    for db in databases().await {
        let (hall, world) = (&db.hall, stage(&db).await);
        let me = &world.resident.actor;
        let written = form(&world, "给孩子建个沙池");
        let kept = draft_keep(hall, me, None, &written, &[]).await.unwrap();
        let id = photo_add(hall, me, png(), "", PhotoHome::Draft(DraftId(kept.id))).await.unwrap();
        let second = db.second_hall().await;
        let (one, two) = tokio::join!(
            proposal_send(hall, me, &written, Some(kept), &[]),
            proposal_send(&second, me, &written, Some(kept), &[]),
        );
        assert_eq!(one.unwrap(), two.unwrap(), "{}", db.name);
        let all = proposal::Entity::find().all(hall.db.read()).await.unwrap();
        assert_eq!(all.len(), 1, "{}", db.name);
        let photo = photo::Entity::find_by_id(id.0).one(hall.db.read()).await.unwrap().unwrap();
        assert_eq!(photo.proposal_id, Some(all[0].id), "{}", db.name);
        assert!(draft_list(hall, me).await.unwrap().is_empty(), "{}", db.name);
        // Another day the same words are another matter.
        db.advance_days(1);
        let again = proposal_send(hall, me, &written, Some(kept), &[]).await.unwrap();
        assert_ne!(all[0].number, Some(again), "{}", db.name);
    }
}

#[tokio::test]
async fn a_drafts_title_is_cleaned_as_every_text() {
    for db in databases().await {
        let (hall, world) = (&db.hall, stage(&db).await);
        let me = &world.resident.actor;
        let kept = draft_keep(hall, me, None, &form(&world, "沙\u{0}池"), &[]).await.unwrap();
        let more = form(&world, "沙池\u{0}边");
        draft_keep(hall, me, Some(kept), &more, &[]).await.unwrap();
        assert_eq!(draft_list(hall, me).await.unwrap()[0].title, "沙池边", "{}", db.name);
    }
}

#[tokio::test]
async fn what_cannot_be_opened_keeps_nothing_else_from_going() {
    for db in databases().await {
        let (hall, world) = (&db.hall, stage(&db).await);
        let me = &world.resident.actor;
        let number = proposal_submit(hall, me, &form(&world, "给孩子建个沙池")).await.unwrap();
        let mut gone = Vec::new();
        for body in ["头一句", "第二句", "第三句"] {
            let post = PostForm { stance: "for".into(), body: body.into(), ..PostForm::default() };
            let id = post_write(hall, me, number, &post).await.unwrap();
            let member = &world.committee_member.actor;
            gone.push(removal_make(hall, member, number, Some(id), "attack", WHY).await.unwrap());
        }
        let txn = hall.db.begin().await.unwrap();
        removal::Entity::update_many()
            .col_expr(removal::Column::Kept, Expr::value("broken"))
            .filter(removal::Column::Id.eq(gone[0].0))
            .exec(&txn)
            .await
            .unwrap();
        txn.commit().await.unwrap();
        db.advance_days(4_000);
        removals_purge(hall).await.unwrap_err();
        let left: Vec<i64> = removal::Entity::find()
            .filter(removal::Column::Kept.is_not_null())
            .order_by_asc(removal::Column::Id)
            .all(hall.db.read())
            .await
            .unwrap()
            .into_iter()
            .map(|row| row.id)
            .collect();
        assert_eq!(left, [gone[0].0], "{}", db.name);
    }
}

#[tokio::test]
async fn everything_about_a_merged_entrance_follows() {
    for db in databases().await {
        let (hall, world) = (&db.hall, stage(&db).await);
        let member = &world.committee_member.actor;
        let author = &world.resident;
        let home = author.actor.home.unwrap();
        let [from, into, ..] = world.entrances;
        assert_eq!(home.entrance, from);
        let own = |title: &str| ProposalForm {
            entrance_id: from.to_string(),
            scope: "entrance".to_owned(),
            ..form(&world, title)
        };
        let stays = proposal_submit(hall, &author.actor, &own("楼道的灯换一换")).await.unwrap();
        let goes = proposal_submit(hall, &author.actor, &own("三层的灯不亮")).await.unwrap();
        // Somebody who lives in the other entrance stands behind what is asked for the whole courtyard.
        let neighbour = world
            .neighbours
            .iter()
            .find(|who| who.actor.home.is_some_and(|home| home.entrance == into))
            .unwrap();
        let wide =
            proposal_submit(hall, &neighbour.actor, &form(&world, "院里的灯都看看")).await.unwrap();
        cosign_add(hall, &neighbour.actor, wide).await.unwrap();
        merge_offer(hall, &neighbour.actor, wide, &stays.to_string(), WHY).await.unwrap();
        merge_offer(hall, &author.actor, goes, &stays.to_string(), WHY).await.unwrap();
        let row = by_number(hall.db.read(), world.community, stays).await.unwrap();
        assert_eq!(row.cosigns, 0, "{}: the other entrance is not concerned", db.name);
        for who in [author, neighbour] {
            place_follow_start(hall, &who.actor, Followed::Entrance(from)).await.unwrap();
        }
        place_follow_start(hall, &author.actor, Followed::Entrance(into)).await.unwrap();

        let txn = hall.db.begin().await.unwrap();
        for row in household::Entity::find()
            .filter(household::Column::EntranceId.eq(from.0))
            .all(&txn)
            .await
            .unwrap()
        {
            let room = format!("9{}", row.room);
            let mut other = row.into_active_model();
            other.room = Set(room);
            other.update(&txn).await.unwrap();
        }
        txn.commit().await.unwrap();
        entrance_merge(hall, member, from, &into.to_string(), "").await.unwrap();
        let query =
            Query {
                text: "灯".to_owned(), place: Some(Place::Entrance(into)), ..Query::default()
            };
        let found = search(hall, world.community, &query, None).await.unwrap();
        let numbers: Vec<_> = found.matters.iter().map(|matter| matter.row.number).collect();
        assert_eq!(numbers, [stays], "{}", db.name);
        // Whom it concerns now comes along by the merge.
        let row = by_number(hall.db.read(), world.community, stays).await.unwrap();
        assert_eq!((row.scope_place, row.cosigns), (into.0, 1), "{}", db.name);
        let came = cosign::Entity::find()
            .filter(cosign::Column::ProposalId.eq(row.id))
            .filter(cosign::Column::MergeId.is_not_null())
            .count(hall.db.read())
            .await
            .unwrap();
        assert_eq!(came, 1, "{}", db.name);
        for who in [author, neighbour] {
            let follows = place_follows(hall, who.actor.person).await.unwrap();
            assert_eq!(follows, [Followed::Entrance(into)], "{}", db.name);
        }
        let rows = place_follow::Entity::find().count(hall.db.read()).await.unwrap();
        assert_eq!(rows, 2, "{}", db.name);
        // Undone, the merged matter is one of the entrance that is there.
        merge_undo(hall, &world.committee_head.actor, goes, WHY).await.unwrap();
        let row = by_number(hall.db.read(), world.community, goes).await.unwrap();
        assert_eq!((row.scope_place, row.entrance_id), (into.0, Some(into.0)), "{}", db.name);
        let again = World::again(hall, author).await;
        cosign_add(hall, &again.actor, goes).await.unwrap();
    }
}
