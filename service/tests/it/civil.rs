//! Keeping it civil: what is covered, words that warn, reports, removals and what waits, on both databases.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use domain::civil::Wrong;
use domain::ids::{PostId, RemovalId};
use domain::role::Actor;
use domain::settings::{CommunitySettings, Moderation, TalkModeration};
use domain::time::{DAY_MS, HOUR_MS};
use entities::{photo, post, post_edit, proposal, proposal_version, removal, report};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, Set,
};
use service::civil::{
    ReportDecision, case_view, desk_removed, desk_reports, own_removed, own_reports, post_decline,
    post_release, removal_make, removals_catch_up, removals_purge, report_decide, report_file,
};
use service::post::{EditForm, PostForm, post_edit as change, post_hide, post_write};
use service::proposal::{ProposalForm, proposal_submit};
use service::testing::{Plan, TestDb, World, databases};
use service::views::matter::{MatterView, PostSaid, matter_view};
use service::{Error, Hall, Problem, Refusal, rate};

const BODY: &str = "说得太难听的原话";

fn typed(body: &str) -> PostForm {
    PostForm { stance: "against".to_owned(), body: body.to_owned(), ..PostForm::default() }
}

async fn raised(hall: &Hall, world: &World) -> i64 {
    let form = ProposalForm {
        title: "给孩子建个沙池".to_owned(),
        situation: "小区没有孩子玩的地方，放学后都在车道边跑。".to_owned(),
        suggestion: "把南侧的三个车位改成沙池，四周做矮栏杆。".to_owned(),
        category: "culture_children".to_owned(),
        courtyard_id: world.courtyards[0].to_string(),
        spot: "南侧空地".to_owned(),
        scope: "courtyard".to_owned(),
        ..ProposalForm::default()
    };
    proposal_submit(hall, &world.resident.actor, &form).await.unwrap()
}

async fn stage_with(db: &TestDb, settings: CommunitySettings) -> (World, i64) {
    let settings =
        CommunitySettings { moderation: Moderation::After, turn_posts: 1_000, ..settings };
    let world = World::planned(&db.hall, Plan { settings, ..Plan::default() }).await;
    let number = raised(&db.hall, &world).await;
    (world, number)
}

async fn stage(db: &TestDb) -> (World, i64) {
    stage_with(db, CommunitySettings::default()).await
}

async fn row(hall: &Hall, id: PostId) -> post::Model {
    post::Entity::find_by_id(id.0).one(hall.db.read()).await.unwrap().unwrap()
}

async fn matter(hall: &Hall, world: &World, number: i64) -> proposal::Model {
    service::matter::by_number(hall.db.read(), world.community, number).await.unwrap()
}

async fn seen(hall: &Hall, world: &World, actor: Option<&Actor>, number: i64) -> MatterView {
    matter_view(hall, world.community, actor, number, None).await.unwrap()
}

/// Names the text of a post as those who moderate read it now.
async fn read(hall: &Hall, actor: &Actor, number: i64, id: PostId) -> String {
    case_view(hall, actor, number, Some(id)).await.unwrap().seen
}

async fn release(hall: &Hall, actor: &Actor, number: i64, id: PostId) -> Result<(), Error> {
    post_release(hall, actor, number, id, &read(hall, actor, number, id).await).await
}

async fn decline(
    hall: &Hall,
    actor: &Actor,
    number: i64,
    id: PostId,
    kind: &str,
    reason: &str,
) -> Result<RemovalId, Error> {
    let seen = read(hall, actor, number, id).await;
    post_decline(hall, actor, number, id, &seen, kind, reason).await
}

async fn decide_on(
    hall: &Hall,
    actor: &Actor,
    number: i64,
    post: Option<PostId>,
    decision: ReportDecision<'_>,
) -> Result<(), Error> {
    let seen = match case_view(hall, actor, number, post).await {
        Ok(case) => case.seen,
        Err(Error::Denied(_) | Error::NotFound) => String::new(),
        Err(other) => panic!("{other}"),
    };
    report_decide(hall, actor, number, post, &seen, decision).await
}

#[track_caller]
fn refused<T: std::fmt::Debug>(result: Result<T, Error>) -> Refusal {
    match result.unwrap_err() {
        Error::Refused(refusal) => refusal,
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn numbers_are_covered_on_the_way_in() {
    for db in databases().await {
        let settings =
            CommunitySettings { phone: "010-62345678".to_owned(), ..CommunitySettings::default() };
        let (world, number) = stage_with(&db, settings).await;
        let (hall, actor) = (&db.hall, &world.resident.actor);
        let text = "打我电话138 1234 5678，住3号楼2单元501；居委会是010-62345678";
        let id = post_write(hall, actor, number, &typed(text)).await.unwrap();
        let covered = "打我电话●●●，住3号楼2单元●●●；居委会是010-62345678";
        assert_eq!(row(hall, id).await.body, covered, "{}", db.name);
        // What is dropped by cleaning hides no number.
        let form = EditForm {
            stance: "for".to_owned(),
            body: "138\u{0}1234\u{202A}5678".to_owned(),
            ..EditForm::default()
        };
        change(hall, actor, number, id, &form).await.unwrap();
        assert_eq!(row(hall, id).await.body, "●●●", "{}", db.name);
        let form = ProposalForm {
            title: "请打13812345678说话".to_owned(),
            situation: "门牌号501的住户家里漏水已经好几天了".to_owned(),
            suggestion: "请物业上门，联系 010-87654321 就可以了".to_owned(),
            category: "culture_children".to_owned(),
            courtyard_id: world.courtyards[0].to_string(),
            spot: "2单元501门口".to_owned(),
            scope: "courtyard".to_owned(),
            ..ProposalForm::default()
        };
        let number = proposal_submit(hall, actor, &form).await.unwrap();
        let kept = matter(hall, &world, number).await;
        assert_eq!(kept.title, "请打●●●说话", "{}", db.name);
        assert_eq!(kept.situation, "门牌号●●●的住户家里漏水已经好几天了");
        assert_eq!(kept.suggestion, "请物业上门，联系 ●●● 就可以了");
        assert_eq!(kept.spot.as_deref(), Some("2单元●●●门口"));
    }
}

#[tokio::test]
async fn a_watched_word_warns_once() {
    for db in databases().await {
        let settings = CommunitySettings {
            watch_words: vec!["滚".to_owned()],
            ..CommunitySettings::default()
        };
        let (world, number) = stage_with(&db, settings).await;
        let (hall, actor) = (&db.hall, &world.resident.actor);
        match post_write(hall, actor, number, &typed("你滚")).await.unwrap_err() {
            Error::Invalid(found) => assert_eq!(found[0].problem, Problem::WatchedWords),
            other => panic!("{other}"),
        }
        let anyway = PostForm { anyway: "1".to_owned(), ..typed("你滚") };
        let id = post_write(hall, actor, number, &anyway).await.unwrap();
        assert_eq!(row(hall, id).await.body, "你滚", "it is never taken out: {}", db.name);
    }
}

#[tokio::test]
async fn three_households_fold_a_post_and_an_answer_shows_it_again() {
    for db in databases().await {
        let (world, number) = stage(&db).await;
        let (hall, resident) = (&db.hall, &world.resident.actor);
        let id = post_write(hall, resident, number, &typed(BODY)).await.unwrap();
        let file = async |actor: &Actor, kind: &str| {
            report_file(hall, actor, number, Some(id), kind, "看着难受").await
        };
        assert_eq!(refused(file(resident, "attack").await), Refusal::OwnPost);
        let [a, b, c, d, e, f, g, h] =
            [0, 1, 2, 3, 4, 5, 6, 7].map(|n| world.neighbours[n].actor.clone());
        file(&a, "attack").await.unwrap();
        assert_eq!(refused(file(&a, "advert").await), Refusal::AlreadyReported, "{}", db.name);
        // The second adult of the author's household, and a third household.
        file(&world.second_adult.actor, "attack").await.unwrap();
        assert_eq!(row(hall, id).await.state, "shown", "{}", db.name);
        assert_eq!(matter(hall, &world, number).await.posts, 1);
        file(&b, "off_topic").await.unwrap();
        assert_eq!(row(hall, id).await.state, "folded", "{}", db.name);
        assert_eq!(matter(hall, &world, number).await.posts, 0, "{}", db.name);
        let first = report::Entity::find().one(hall.db.read()).await.unwrap().unwrap();
        assert_eq!(first.due_at, hall.now().0 + 24 * HOUR_MS, "{}", db.name);
        // Its text is for its author and those who moderate.
        for (actor, reads) in [
            (None, false),
            (Some(&a), false),
            (Some(resident), true),
            (Some(&world.committee_member.actor), true),
            (Some(&world.oversight.actor), false),
        ] {
            let view = seen(hall, &world, actor, number).await;
            let PostSaid::Folded { text, .. } = &view.talk.posts[0].said else { panic!() };
            assert_eq!(text.is_some(), reads, "{} {actor:?}", db.name);
        }
        let desk = desk_reports(hall, &world.committee_member.actor).await.unwrap();
        assert_eq!(desk.reported.len(), 1);
        let line = &desk.reported[0];
        assert_eq!((line.households, line.folded, line.overdue), (3, true, false), "{}", db.name);
        assert_eq!(line.kinds, [Wrong::Attack, Wrong::OffTopic], "{}", db.name);
        db.clock.advance_ms(24 * HOUR_MS + 1);
        let desk = desk_reports(hall, &world.oversight.actor).await.unwrap();
        assert!(desk.reported[0].overdue, "{}", db.name);

        let member = &world.committee_member.actor;
        let let_stand = ReportDecision::Dismissed { answer: "话重了些，还在讲道理" };
        decide_on(hall, member, number, Some(id), let_stand).await.unwrap();
        assert_eq!(row(hall, id).await.state, "shown", "{}", db.name);
        assert_eq!(matter(hall, &world, number).await.posts, 1, "{}", db.name);
        let again = decide_on(hall, member, number, Some(id), let_stand).await;
        assert_eq!(refused(again), Refusal::Stale, "{}", db.name);
        let own = own_reports(hall, &a).await.unwrap();
        let (upheld, answer, _) = own[0].answer.clone().unwrap();
        assert_eq!((upheld, answer.as_str()), (false, "话重了些，还在讲道理"), "{}", db.name);

        // The same reasons fold it no more; another one does, with twice as many households.
        for actor in [&c, &d, &e] {
            file(actor, "attack").await.unwrap();
        }
        assert_eq!(row(hall, id).await.state, "shown", "{}", db.name);
        for actor in [&f, &g, &h, &world.committee_member.actor, &world.oversight.actor] {
            file(actor, "advert").await.unwrap();
        }
        assert_eq!(row(hall, id).await.state, "shown", "{}", db.name);
        file(&world.entrance_lead.actor, "advert").await.unwrap();
        assert_eq!(row(hall, id).await.state, "folded", "{}", db.name);
    }
}

#[tokio::test]
async fn who_may_report_and_decide() {
    for db in databases().await {
        let (world, number) = stage(&db).await;
        let (hall, resident) = (&db.hall, &world.resident.actor);
        let id = post_write(hall, resident, number, &typed(BODY)).await.unwrap();
        let file =
            async |actor: &Actor, post| report_file(hall, actor, number, post, "false", "").await;
        let denied = file(&world.no_household.actor, Some(id)).await.unwrap_err();
        assert!(matches!(denied, Error::Denied(_)), "{}", db.name);
        let far = file(&world.stranger.actor, Some(id)).await.unwrap_err();
        assert!(matches!(far, Error::NotFound), "{}", db.name);
        let none = file(&world.neighbours[0].actor, Some(PostId(9_999))).await.unwrap_err();
        assert!(matches!(none, Error::NotFound), "{}", db.name);
        let neighbour = &world.neighbours[0].actor;
        match report_file(hall, neighbour, number, Some(id), "rude", &"长".repeat(301)).await {
            Err(Error::Invalid(found)) => {
                let fields: Vec<_> = found.iter().map(|wrong| wrong.field).collect();
                assert_eq!(fields, ["kind", "words"], "{}", db.name);
            }
            other => panic!("{other:?}"),
        }
        file(neighbour, Some(id)).await.unwrap();
        file(neighbour, None).await.unwrap();
        let decide = ReportDecision::Upheld { kind: "false", reason: "说的不是事实" };
        for actor in [resident, neighbour, &world.oversight.actor, &world.council_member.actor] {
            let refused = decide_on(hall, actor, number, Some(id), decide).await;
            assert!(matches!(refused, Err(Error::Denied(_))), "{}", db.name);
            let case = case_view(hall, actor, number, Some(id)).await;
            assert!(matches!(case, Err(Error::Denied(_))), "{}", db.name);
        }
        let own = post_write(hall, &world.committee_member.actor, number, &typed("委员的话"))
            .await
            .unwrap();
        file(neighbour, Some(own)).await.unwrap();
        let member = &world.committee_member.actor;
        let on_own = decide_on(hall, member, number, Some(own), decide).await;
        assert_eq!(refused(on_own), Refusal::OnOneself, "{}", db.name);
        let head = &world.committee_head.actor;
        decide_on(hall, head, number, Some(own), decide).await.unwrap();
        assert_eq!(row(hall, own).await.state, "removed", "{}", db.name);
    }
}

#[tokio::test]
async fn a_removed_post_leaves_its_row() {
    for db in databases().await {
        let (world, number) = stage(&db).await;
        let (hall, resident) = (&db.hall, &world.resident.actor);
        let id = post_write(hall, resident, number, &typed("第一版难听的话")).await.unwrap();
        let form = EditForm { stance: "against".into(), body: BODY.into(), ..EditForm::default() };
        change(hall, resident, number, id, &form).await.unwrap();
        let quote = PostForm { quote: id.to_string(), ..typed("引用上面的话") };
        post_write(hall, &world.neighbours[0].actor, number, &quote).await.unwrap();
        let photo = photo_of(hall, &world, None, Some(id)).await;
        let member = &world.committee_member.actor;
        let made =
            removal_make(hall, member, number, Some(id), "attack", "骂人，不讲理").await.unwrap();

        let gone = row(hall, id).await;
        assert_eq!((gone.body.as_str(), gone.state.as_str()), ("", "removed"), "{}", db.name);
        assert_eq!(gone.hidden_reason.as_deref(), Some("骂人，不讲理"));
        let edits = post_edit::Entity::find().all(hall.db.read()).await.unwrap();
        assert!(edits.iter().all(|edit| edit.body.is_empty()), "{}", db.name);
        let hidden = photo::Entity::find_by_id(photo).one(hall.db.read()).await.unwrap().unwrap();
        assert!(hidden.hidden_at.is_some() && hidden.alt.is_empty(), "{}", db.name);
        assert_eq!(matter(hall, &world, number).await.posts, 1, "{}", db.name);
        let kept = removal::Entity::find_by_id(made.0).one(hall.db.read()).await.unwrap().unwrap();
        assert_eq!(kept.keep_until, hall.now().0 + 365 * DAY_MS, "{}", db.name);
        let sealed = kept.kept.unwrap();
        assert!(sealed.starts_with("x1.") && !sealed.contains("难听"), "{}", db.name);

        // Everybody reads why in its place; who wrote it too, with the text nowhere.
        for actor in [None, Some(resident), Some(member)] {
            let view = seen(hall, &world, actor, number).await;
            let post = view.talk.posts.iter().find(|post| post.id == id.0).unwrap();
            let PostSaid::Removed { kind, reason, by, .. } = &post.said else {
                panic!("{}: {post:?}", db.name)
            };
            assert_eq!(*kind, Some(Wrong::Attack));
            assert_eq!(reason, "骂人，不讲理");
            assert!(by.is_some());
            assert!(!format!("{view:?}").contains("难听"), "{}: quotes show nothing", db.name);
        }
        let own = own_removed(hall, resident).await.unwrap();
        assert_eq!(own.len(), 1);
        assert_eq!(own[0].reason, "骂人，不讲理");
        assert_eq!(own[0].by.name(), Some("小周"), "{}", db.name);
        assert!(own[0].can_appeal(), "{}", db.name);
        let (all, next) = desk_removed(hall, &world.oversight.actor, None).await.unwrap();
        assert_eq!((all.len(), next), (1, None), "{}", db.name);
        for actor in [resident, &world.council_member.actor] {
            assert!(matches!(desk_removed(hall, actor, None).await, Err(Error::Denied(_))));
        }
        let twice = removal_make(hall, member, number, Some(id), "attack", "再来一次吧").await;
        assert_eq!(refused(twice), Refusal::Stale, "{}", db.name);
        let short = removal_make(hall, member, number, Some(id), "rude", "短").await.unwrap_err();
        assert!(matches!(short, Error::Invalid(found) if found.len() == 2), "{}", db.name);
    }
}

async fn photo_of(hall: &Hall, world: &World, proposal: Option<i64>, post: Option<PostId>) -> i64 {
    let name = |n: u8| hex::encode([n; 32]);
    let row = photo::ActiveModel {
        community_id: Set(world.community.0),
        by_id: Set(world.resident.actor.person.0),
        proposal_id: Set(proposal),
        post_id: Set(post.map(i64::from)),
        place: Set(0),
        alt: Set("难听的话写在墙上".to_owned()),
        width: Set(1),
        height: Set(1),
        bytes: Set(1),
        large_modern: Set(name(1)),
        large_jpeg: Set(name(2)),
        small_modern: Set(name(3)),
        small_jpeg: Set(name(4)),
        at: Set(hall.now().0),
        ..Default::default()
    };
    let txn = hall.db.begin().await.unwrap();
    let id = row.insert(&txn).await.unwrap().id;
    txn.commit().await.unwrap();
    id
}

#[tokio::test]
async fn a_matters_text_goes_with_its_versions_and_photos() {
    for db in databases().await {
        let (world, number) = stage(&db).await;
        let hall = &db.hall;
        let before = matter(hall, &world, number).await;
        photo_of(hall, &world, Some(before.id), None).await;
        let neighbour = &world.neighbours[0].actor;
        report_file(hall, neighbour, number, None, "private", "写了别人家的事").await.unwrap();
        let decide =
            ReportDecision::Upheld { kind: "private", reason: "写了邻居家里的私事" };
        let member = &world.committee_member.actor;
        decide_on(hall, member, number, None, decide).await.unwrap();
        let gone = matter(hall, &world, number).await;
        assert_eq!(gone.title, service::civil::REMOVED_TITLE, "{}", db.name);
        assert_eq!((&*gone.situation, &*gone.suggestion, &gone.spot), ("", "", &None));
        assert!(gone.hidden_at.is_some(), "{}", db.name);
        assert_eq!((gone.cosigns, gone.state), (before.cosigns, before.state), "it goes on");
        let versions = proposal_version::Entity::find().all(hall.db.read()).await.unwrap();
        assert!(versions.iter().all(|it| it.situation.is_empty() && it.spot.is_none()));
        let view = seen(hall, &world, Some(neighbour), number).await;
        let shown = format!("{view:?}");
        for text in ["沙池", "车道边", "栏杆", "空地"] {
            assert!(!shown.contains(text), "{}: {text}", db.name);
        }
        let own = own_reports(hall, neighbour).await.unwrap();
        assert!(own[0].answer.as_ref().is_some_and(|(upheld, ..)| *upheld), "{}", db.name);
        let again = report_file(hall, &world.neighbours[1].actor, number, None, "false", "").await;
        assert_eq!(refused(again), Refusal::TextRemoved, "{}", db.name);
    }
}

#[tokio::test]
async fn what_waits_is_let_through_or_not() {
    for db in databases().await {
        let settings = CommunitySettings {
            talk_moderation: TalkModeration::Before,
            ..CommunitySettings::default()
        };
        let (world, number) = stage_with(&db, settings).await;
        let (hall, resident) = (&db.hall, &world.resident.actor);
        let member = &world.committee_member.actor;
        let good = post_write(hall, resident, number, &typed("好好说的话")).await.unwrap();
        let bad = post_write(hall, resident, number, &typed(BODY)).await.unwrap();
        let desk = desk_reports(hall, member).await.unwrap();
        assert_eq!(desk.waiting.len(), 2, "{}", db.name);
        assert_eq!(matter(hall, &world, number).await.posts, 0);
        let not =
            post_release(hall, resident, number, good, &read(hall, member, number, good).await)
                .await;
        assert!(matches!(not, Err(Error::Denied(_))), "{}", db.name);
        release(hall, member, number, good).await.unwrap();
        assert_eq!(refused(release(hall, member, number, good).await), Refusal::Stale);
        assert_eq!(matter(hall, &world, number).await.posts, 1, "{}", db.name);
        let no_kind = decline(hall, member, number, bad, "", "理由写得很清楚").await;
        assert!(matches!(no_kind, Err(Error::Invalid(_))), "{}", db.name);
        decline(hall, member, number, bad, "attack", "请不要骂人").await.unwrap();
        let row_of_bad = row(hall, bad).await;
        assert_eq!((&*row_of_bad.body, &*row_of_bad.state), ("", "declined"), "{}", db.name);

        // A change of what is shown waits too; the old text stays.
        let form = EditForm { stance: "against".into(), body: BODY.into(), ..EditForm::default() };
        change(hall, resident, number, good, &form).await.unwrap();
        assert_eq!(row(hall, good).await.body, "好好说的话", "{}", db.name);
        let desk = desk_reports(hall, member).await.unwrap();
        assert!(desk.waiting.len() == 1 && desk.waiting[0].change, "{}", db.name);
        decline(hall, member, number, good, "attack", "改成了骂人的话").await.unwrap();
        assert_eq!(row(hall, good).await.body, "好好说的话", "{}", db.name);
        change(hall, resident, number, good, &form).await.unwrap();
        release(hall, member, number, good).await.unwrap();
        assert_eq!(row(hall, good).await.body, BODY, "{}", db.name);
        let own = own_removed(hall, resident).await.unwrap();
        let reasons: Vec<_> = own.iter().map(|line| line.reason.as_str()).collect();
        assert_eq!(reasons, ["改成了骂人的话", "请不要骂人"], "{}", db.name);
        let texts = post_edit::Entity::find().all(hall.db.read()).await.unwrap();
        assert!(texts.iter().filter(|it| it.state == "declined").all(|it| it.body.is_empty()));
    }
}

#[tokio::test]
async fn texts_from_before_are_moved_and_all_are_forgotten_in_time() {
    for db in databases().await {
        let (world, number) = stage(&db).await;
        let (hall, resident) = (&db.hall, &world.resident.actor);
        let id = post_write(hall, resident, number, &typed(BODY)).await.unwrap();
        // As an earlier version of the program left it.
        let mut old = row(hall, id).await.into_active_model();
        old.state = Set("removed".to_owned());
        old.hidden_at = Set(Some(hall.now().0));
        old.hidden_reason = Set(Some("以前的理由".to_owned()));
        let txn = hall.db.begin().await.unwrap();
        old.update(&txn).await.unwrap();
        let entry = service::audit::Record {
            actor: world.committee_head.actor.audit_name(),
            action: "post_hide".to_owned(),
            subject: format!("post:{id}"),
            ..service::audit::Record::default()
        };
        service::audit::append_in_txn(&txn, hall.now(), entry).await.unwrap();
        txn.commit().await.unwrap();
        assert_eq!(removals_catch_up(hall).await.unwrap(), 1, "{}", db.name);
        assert_eq!(removals_catch_up(hall).await.unwrap(), 0, "{}", db.name);
        assert_eq!(row(hall, id).await.body, "", "{}", db.name);
        let own = own_removed(hall, resident).await.unwrap();
        assert_eq!(own[0].by.name(), Some("孙主任"), "{}", db.name);
        assert_eq!((own[0].kind, own[0].reason.as_str()), (None, "以前的理由"));

        let second = post_write(hall, resident, number, &typed(BODY)).await.unwrap();
        let photo = photo_of(hall, &world, None, Some(second)).await;
        post_hide(hall, &world.committee_head.actor, number, second, "不合适的话").await.unwrap();
        db.advance_days(365);
        assert_eq!(removals_purge(hall).await.unwrap(), 0, "{}", db.name);
        db.clock.advance_ms(1);
        assert_eq!(removals_purge(hall).await.unwrap(), 2, "{}", db.name);
        assert_eq!(removals_purge(hall).await.unwrap(), 0, "{}", db.name);
        let rows = removal::Entity::find()
            .filter(removal::Column::Kept.is_not_null())
            .order_by_asc(removal::Column::Id)
            .all(hall.db.read())
            .await
            .unwrap();
        assert!(rows.is_empty(), "{}", db.name);
        let photo = photo::Entity::find_by_id(photo).one(hall.db.read()).await.unwrap();
        assert!(photo.is_none(), "{}", db.name);
        assert!(!own_removed(hall, resident).await.unwrap()[0].can_appeal(), "{}", db.name);
    }
}

#[tokio::test]
async fn writing_has_limits_for_the_person_and_the_household() {
    // Operation, of whom, how often, in how many hours.
    for (limit, times, hours) in [
        (rate::SUBMIT, 10, 24),
        (rate::SUBMIT_HOUSEHOLD, 15, 24),
        (rate::POST, 30, 1),
        (rate::POST_HOUSEHOLD, 60, 1),
        (rate::REPORT, 20, 24),
        (rate::REPORT_HOUSEHOLD, 30, 24),
        (rate::PHOTO, 60, 1),
        (rate::PHOTO_HOUSEHOLD, 120, 1),
        (rate::STATEMENT, 10, 24),
        (rate::STATEMENT_HOUSEHOLD, 15, 24),
        (rate::CHANGE, 240, 1),
        (rate::CHANGE_HOUSEHOLD, 480, 1),
    ] {
        assert_eq!((limit.times, limit.window_ms), (times, hours * HOUR_MS), "{limit:?}");
        assert!(limit.window_ms <= 24 * HOUR_MS, "the sweep forgets no window that counts");
    }
    // A household has more than one person, and less than each for themselves would have; reading is softer.
    for (person, household) in [
        (rate::SUBMIT, rate::SUBMIT_HOUSEHOLD),
        (rate::POST, rate::POST_HOUSEHOLD),
        (rate::REPORT, rate::REPORT_HOUSEHOLD),
        (rate::PHOTO, rate::PHOTO_HOUSEHOLD),
        (rate::STATEMENT, rate::STATEMENT_HOUSEHOLD),
        (rate::CHANGE, rate::CHANGE_HOUSEHOLD),
        (rate::SEARCH, rate::SEARCH_HOUSEHOLD),
        (rate::READ, rate::READ_HOUSEHOLD),
    ] {
        assert_eq!(person.window_ms, household.window_ms, "{person:?}");
        assert!(household.times > person.times, "{person:?}");
        assert!(household.times <= 2 * person.times, "{person:?}");
    }
    let an_hour = |limit: rate::Limit| limit.times * HOUR_MS / limit.window_ms;
    assert!(an_hour(rate::READ) >= 100 * an_hour(rate::CHANGE));
    assert!(an_hour(rate::SEARCH) >= 5 * an_hour(rate::CHANGE));
    const {
        assert!(
            rate::READ_ADDRESS.times > rate::READ_HOUSEHOLD.times,
            "many homes share an address"
        )
    };
    for db in databases().await {
        let (world, number) = stage(&db).await;
        let hall = &db.hall;
        let actors = [&world.resident.actor, &world.second_adult.actor];
        let write = async |actor: &Actor| post_write(hall, actor, number, &typed("说一句")).await;
        let too_often = |result: Result<PostId, Error>, expected: &str| match result {
            Err(Error::TooOften { operation, .. }) => assert_eq!(operation, expected),
            other => panic!("{other:?}"),
        };
        for actor in actors {
            for _ in 0..rate::POST.times {
                write(actor).await.unwrap();
            }
            too_often(write(actor).await, "post");
        }
        // Both of the household have used all of theirs: a third one would find nothing left.
        db.clock.advance_ms(HOUR_MS);
        let limit = rate::Limit { times: 1, ..rate::POST_HOUSEHOLD };
        let household = rate::Limit { times: 60, ..rate::POST };
        rate::take_writing(hall, actors[0], household, limit).await.unwrap();
        let other = rate::take_writing(hall, actors[1], household, limit).await;
        too_often(other.map(|()| PostId(0)), "post_household");
        // Who goes on knocking takes nothing of what the others at home have left.
        db.clock.advance_ms(HOUR_MS);
        let household = rate::Limit { times: 4, ..rate::POST_HOUSEHOLD };
        let person = rate::Limit { times: 3, ..rate::POST };
        for n in 0..9 {
            let taken = rate::take_writing(hall, actors[0], person, household).await;
            assert_eq!(taken.is_ok(), n < 3, "{}: {n}", db.name);
        }
        rate::take_writing(hall, actors[1], person, household).await.unwrap();
        let other = rate::take_writing(hall, actors[1], person, household).await;
        too_often(other.map(|()| PostId(0)), "post_household");
        // Both at once, and from two servers: no more than the household has.
        db.clock.advance_ms(HOUR_MS);
        let second = db.second_hall().await;
        let mut tries = Vec::new();
        for n in 0..20 {
            let hall = if n % 2 == 0 { hall.clone() } else { second.clone() };
            let actor = actors[n / 2 % 2].clone();
            let person = rate::Limit { times: 20, ..rate::POST };
            tries.push(tokio::spawn(async move {
                rate::take_writing(&hall, &actor, person, household).await.is_ok()
            }));
        }
        let mut taken = 0;
        for one in tries {
            taken += usize::from(one.await.unwrap());
        }
        assert_eq!(taken, 4, "{}", db.name);
        // Another household is not concerned, and reading never is.
        write(&world.neighbours[0].actor).await.unwrap();
        seen(hall, &world, Some(actors[1]), number).await;
    }
}
