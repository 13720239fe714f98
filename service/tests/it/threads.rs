//! The thread of a matter, on both databases: its two orders, replies, reactions, quotes, names, edits,
//! questions and turns, and how the databases walk through a long one.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use domain::ids::PostId;
use domain::role::Actor;
use domain::settings::{CommunitySettings, Moderation, TalkModeration};
use domain::stance::Stance;
use domain::talk::{Cursor, Order, Reaction};
use domain::time::{HOUR_MS, MINUTE_MS};
use entities::{mention, post, post_edit, proposal, question, report};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, QueryFilter,
    QueryOrder, Set, Statement,
};
use service::post::{
    EditForm, PostForm, post_edit as edit, post_hide, post_own, post_react, post_withdraw,
    post_write,
};
use service::proposal::{ProposalForm, proposal_submit};
use service::testing::{Plan, TestDb, World, databases};
use service::views::desk::{Pile, desk};
use service::views::matter::talk::{OF_STANCE, POSTS, REPLIES, thread_statements};
use service::views::matter::{PostSaid, PostView, TalkView, matter_view, post_page};
use service::views::to_me::{ToMeKind, to_me};
use service::{Error, Hall, Problem, Refusal};

fn typed(stance: &str, body: &str) -> PostForm {
    PostForm { stance: stance.to_owned(), body: body.to_owned(), ..PostForm::default() }
}

fn reply(parent: PostId, body: &str) -> PostForm {
    PostForm { parent: parent.to_string(), ..typed("addition", body) }
}

async fn raised(hall: &Hall, world: &World) -> i64 {
    let form = ProposalForm {
        title: "给孩子建个沙池".to_owned(),
        situation: "小区没有孩子玩的地方，放学后都在车道边跑。".to_owned(),
        suggestion: "把南侧的三个车位改成沙池，四周做矮栏杆。".to_owned(),
        category: "culture_children".to_owned(),
        courtyard_id: world.courtyards[0].to_string(),
        scope: "courtyard".to_owned(),
        ..ProposalForm::default()
    };
    proposal_submit(hall, &world.resident.actor, &form).await.unwrap()
}

async fn stage_with(db: &TestDb, change: impl FnOnce(&mut CommunitySettings)) -> (World, i64) {
    let mut settings =
        CommunitySettings { moderation: Moderation::After, ..CommunitySettings::default() };
    change(&mut settings);
    let world = World::planned(&db.hall, Plan { settings, ..Plan::default() }).await;
    let number = raised(&db.hall, &world).await;
    (world, number)
}

async fn stage(db: &TestDb) -> (World, i64) {
    stage_with(db, |settings| settings.turn_posts = 1_000).await
}

async fn say(hall: &Hall, actor: &Actor, number: i64, form: &PostForm) -> PostId {
    post_write(hall, actor, number, form).await.unwrap()
}

async fn thread(
    hall: &Hall,
    world: &World,
    actor: Option<&Actor>,
    number: i64,
    cursor: Option<Cursor>,
) -> TalkView {
    matter_view(hall, world.community, actor, number, cursor).await.unwrap().talk
}

fn ids(posts: &[PostView]) -> Vec<i64> {
    posts.iter().map(|post| post.id).collect()
}

/// Puts so many posts into a matter without its use case: `(stance, reasons)` of the n-th.
async fn many(hall: &Hall, number: i64, count: i64, of: impl Fn(i64) -> (Stance, i64)) -> Vec<i64> {
    let matter = proposal::Entity::find().filter(proposal::Column::Number.eq(number));
    let matter = matter.one(hall.db.read()).await.unwrap().unwrap();
    let txn = hall.db.begin().await.unwrap();
    for start in (0..count).step_by(500) {
        let rows = (start..count.min(start + 500)).map(|n| {
            let (stance, reasons) = of(n);
            post::ActiveModel {
                proposal_id: Set(matter.id),
                author_id: Set(matter.author_id),
                stance: Set(stance.as_str().to_owned()),
                body: Set(format!("第 {n} 句")),
                at: Set(hall.now().0),
                state: Set("shown".to_owned()),
                thanks: Set(0),
                reasons: Set(reasons),
                replies: Set(0),
                ..Default::default()
            }
        });
        post::Entity::insert_many(rows).exec_without_returning(&txn).await.unwrap();
    }
    txn.commit().await.unwrap();
    let all = post::Entity::find()
        .filter(post::Column::ProposalId.eq(matter.id))
        .order_by_asc(post::Column::Id)
        .all(hall.db.read());
    all.await.unwrap().into_iter().map(|post| post.id).collect()
}

#[tokio::test]
async fn two_of_five_hundred_are_seen_on_the_first_page() {
    for db in databases().await {
        let (world, number) = stage(&db).await;
        let hall = &db.hall;
        let minority = [77, 402];
        let all = many(hall, number, 500, |n| {
            let stance = if minority.contains(&n) { Stance::Against } else { Stance::For };
            (stance, n % 7)
        })
        .await;
        let page = thread(hall, &world, None, number, Some(Cursor::BALANCE)).await;
        assert_eq!(page.order, Order::Balance, "{}", db.name);
        let of = |stance: Stance| -> Vec<i64> {
            page.posts.iter().filter(|post| post.stance == stance).map(|post| post.id).collect()
        };
        // The strongest first, the older first among equals: 402 has 3 reasons, 77 none.
        assert_eq!(of(Stance::Against), [all[402], all[77]], "{}", db.name);
        let strongest: Vec<i64> =
            (0..500).filter(|n| n % 7 == 6).take(OF_STANCE).map(|n| all[n]).collect();
        assert_eq!(of(Stance::For), strongest, "{}", db.name);
        assert!(page.posts.len() <= 4 * OF_STANCE, "{}", db.name);

        // Page by page each post comes once, in the order of its strength.
        let mut found = ids(&page.posts);
        let mut next = page.next;
        while let Some(cursor) = next {
            assert_eq!(Cursor::parse(&cursor.to_string()), Some(cursor), "{}", db.name);
            let page = thread(hall, &world, None, number, Some(cursor)).await;
            assert!(!page.posts.is_empty(), "{}: a page with nothing", db.name);
            found.extend(ids(&page.posts));
            next = page.next;
        }
        found.sort_unstable();
        assert_eq!(found, all, "{}", db.name);
    }
}

#[tokio::test]
async fn first_replies_stand_under_their_post_and_the_rest_on_its_page() {
    for db in databases().await {
        let (world, number) = stage(&db).await;
        let (hall, actor) = (&db.hall, &world.resident.actor);
        let first = say(hall, actor, number, &typed("question", "谁来换沙子？")).await;
        let second = say(hall, actor, number, &typed("for", "支持")).await;
        let mut replies = Vec::new();
        for n in 0..POSTS + 5 {
            if n % 25 == 0 {
                db.clock.advance_ms(HOUR_MS);
            }
            let who = &world.neighbours[n % 3].actor;
            replies.push(say(hall, who, number, &reply(first, &format!("回应 {n}"))).await.0);
        }
        let own = say(hall, actor, number, &reply(second, "再补一句")).await;
        let page = thread(hall, &world, None, number, None).await;
        assert_eq!(ids(&page.posts), [second.0, first.0], "{}", db.name);
        assert_eq!(ids(&page.posts[0].replies), [own.0], "{}", db.name);
        assert_eq!(ids(&page.posts[1].replies), replies[..REPLIES], "{}", db.name);
        let more = i64::try_from(replies.len() - REPLIES).unwrap();
        assert_eq!((page.posts[0].more_replies, page.posts[1].more_replies), (0, more));

        let all = |id, from| post_page(hall, world.community, None, number, id, from);
        let page = all(first.0, None).await.unwrap();
        assert_eq!(ids(&page.post.replies), replies[..POSTS], "{}", db.name);
        assert!(!page.earlier, "{}", db.name);
        let next = page.next.unwrap();
        let page = all(first.0, Some(next)).await.unwrap();
        assert_eq!(ids(&page.post.replies), replies[POSTS..], "{}", db.name);
        assert!(page.earlier && page.next.is_none(), "{}", db.name);
        // A reply's own address is its post's page, from some replies before it on.
        let page = all(replies[30], None).await.unwrap();
        assert_eq!(page.post.id, first.0, "{}", db.name);
        assert_eq!(page.post.replies[0].id, replies[19], "{}", db.name);
        let page = all(replies[2], None).await.unwrap();
        assert_eq!(page.post.replies[0].id, replies[0], "{}", db.name);
        for (number, id) in [(number, 9_999), (number + 1, first.0)] {
            let given = post_page(hall, world.community, None, number, id, None).await;
            assert!(matches!(given, Err(Error::NotFound)), "{}", db.name);
        }
    }
}

#[tokio::test]
async fn kind_words_are_said_once_taken_back_and_never_to_oneself() {
    for db in databases().await {
        let (world, number) = stage(&db).await;
        let hall = &db.hall;
        let author = &world.resident.actor;
        let other = &world.council_member.actor;
        let id = say(hall, author, number, &typed("for", "孩子有地方玩")).await;
        let own = post_react(hall, author, number, id, Reaction::Thanks).await;
        assert!(matches!(own, Err(Error::Refused(Refusal::OwnPost))), "{}", db.name);
        assert!(post_react(hall, other, number, id, Reaction::Thanks).await.unwrap());
        assert!(post_react(hall, other, number, id, Reaction::Reason).await.unwrap());
        let lead = &world.entrance_lead.actor;
        assert!(post_react(hall, lead, number, id, Reaction::Reason).await.unwrap());
        let seen = thread(hall, &world, Some(other), number, None).await;
        let post = &seen.posts[0];
        assert_eq!((post.thanks, post.reasons), (1, 2), "{}", db.name);
        assert!(post.i_thanked && post.i_agreed, "{}", db.name);
        let seen = thread(hall, &world, Some(lead), number, None).await;
        assert!(!seen.posts[0].i_thanked && seen.posts[0].i_agreed, "{}", db.name);
        assert!(!post_react(hall, other, number, id, Reaction::Reason).await.unwrap());
        let seen = thread(hall, &world, None, number, None).await;
        assert_eq!((seen.posts[0].thanks, seen.posts[0].reasons), (1, 1), "{}", db.name);
        let gone = post_react(hall, other, number, PostId(9_999), Reaction::Thanks).await;
        assert!(matches!(gone, Err(Error::NotFound)), "{}", db.name);

        // Pressed twice at once it is said, or taken back, and the count is right.
        let (a, b) = tokio::join!(
            post_react(hall, lead, number, id, Reaction::Thanks),
            post_react(hall, lead, number, id, Reaction::Thanks)
        );
        assert_ne!(a.unwrap(), b.unwrap(), "{}", db.name);
        let seen = thread(hall, &world, None, number, None).await;
        assert_eq!(seen.posts[0].thanks, 1, "{}", db.name);
    }
}

#[tokio::test]
async fn a_quote_shows_what_is_shown_now() {
    for db in databases().await {
        let (world, number) = stage(&db).await;
        let hall = &db.hall;
        let (author, other) = (&world.resident.actor, &world.council_member.actor);
        let id = say(hall, author, number, &typed("for", "原来的话")).await;
        let quoting = PostForm { quote: id.to_string(), ..typed("against", "我不这么看") };
        say(hall, other, number, &quoting).await;
        let quoted = async || {
            let seen = thread(hall, &world, None, number, None).await;
            seen.posts[0].quote.clone().unwrap().text
        };
        let (who, text) = quoted().await.unwrap();
        assert_eq!((who.name(), &*text), (Some("老槐树"), "原来的话"), "{}", db.name);
        let changed =
            EditForm { stance: "for".into(), body: "改过的话".into(), ..EditForm::default() };
        edit(hall, author, number, id, &changed).await.unwrap();
        assert_eq!(quoted().await.unwrap().1, "改过的话", "{}", db.name);
        post_hide(hall, &world.committee_member.actor, number, id, "说了伤人的话").await.unwrap();
        assert_eq!(quoted().await, None, "{}", db.name);
        // Nor can it be quoted, or a post of another matter.
        let elsewhere = raised(hall, &world).await;
        let there = say(hall, author, elsewhere, &typed("for", "别处的话")).await;
        for wrong in [id.to_string(), there.to_string()] {
            let form = PostForm { quote: wrong, ..typed("for", "再引用") };
            let given = post_write(hall, other, number, &form).await;
            assert!(matches!(given, Err(Error::NotFound)), "{}", db.name);
        }
    }
}

#[tokio::test]
async fn names_reach_those_in_the_talk_and_nobody_else() {
    for db in databases().await {
        let (world, number) = stage(&db).await;
        let hall = &db.hall;
        let (author, council) = (&world.resident.actor, &world.council_member.actor);
        // 老槐树 raised it, 陈老师 and 孙主任 have a role, 小槐树 has not spoken yet.
        let text = "@老槐树 @陈老师，请@孙主任 看看，@小槐树 也是";
        let id = say(hall, &world.entrance_lead.actor, number, &typed("question", text)).await;
        let named = async |id: PostId| {
            let rows = mention::Entity::find().filter(mention::Column::PostId.eq(id.0));
            let rows = rows.order_by_asc(mention::Column::PersonId).all(hall.db.read());
            rows.await.unwrap().into_iter().map(|row| row.person_id).collect::<Vec<_>>()
        };
        let mut expected =
            vec![author.person.0, council.person.0, world.committee_head.actor.person.0];
        expected.sort_unstable();
        assert_eq!(named(id).await, expected, "{}", db.name);
        let seen = thread(hall, &world, None, number, None).await;
        let mut names = seen.posts[0].mentions.clone();
        names.sort_unstable();
        assert_eq!(names, ["孙主任", "老槐树", "陈老师"], "{}", db.name);

        say(hall, &world.second_adult.actor, number, &typed("for", "我也来了")).await;
        let id = say(hall, author, number, &typed("for", "＠小槐树说得对，@老槐树 也就是我")).await;
        assert_eq!(named(id).await, [world.second_adult.actor.person.0], "{}", db.name);

        let said = to_me(hall, &world.second_adult.actor).await.unwrap();
        assert_eq!(said.len(), 1, "{}", db.name);
        assert_eq!((said[0].post, said[0].kind), (id.0, ToMeKind::Mention), "{}", db.name);
        // A reply that names its reader is told once.
        let back = reply(id, "谢谢@老槐树");
        let back = say(hall, &world.second_adult.actor, number, &back).await;
        let said = to_me(hall, author).await.unwrap();
        let kinds: Vec<_> = said.iter().map(|said| (said.post, said.kind)).collect();
        assert_eq!(kinds[0], (back.0, ToMeKind::Reply), "{}: {kinds:?}", db.name);
        assert_eq!(kinds.len(), 2, "{}: {kinds:?}", db.name);
    }
}

#[tokio::test]
async fn a_changed_post_keeps_what_it_said() {
    for db in databases().await {
        let (world, number) = stage(&db).await;
        let hall = &db.hall;
        let (author, other) = (&world.resident.actor, &world.council_member.actor);
        let id = say(hall, author, number, &typed("for", "第一次说")).await;
        let form = |stance: &str, body: &str| EditForm {
            stance: stance.to_owned(),
            body: body.to_owned(),
            ..EditForm::default()
        };
        let given = edit(hall, other, number, id, &form("for", "不是我的")).await;
        assert!(matches!(given, Err(Error::NotFound)), "{}", db.name);
        let given = edit(hall, author, number, id, &form("", "")).await;
        assert!(matches!(given, Err(Error::Invalid(wrong)) if wrong.len() == 2), "{}", db.name);
        // Nothing changed: nothing is kept.
        edit(hall, author, number, id, &form("for", "第一次说")).await.unwrap();
        let seen = thread(hall, &world, None, number, None).await;
        assert_eq!(seen.posts[0].edited, None, "{}", db.name);

        db.clock.advance_ms(30 * MINUTE_MS);
        edit(hall, author, number, id, &form("against", "想了想，我改主意")).await.unwrap();
        edit(hall, author, number, id, &form("against", "又改一次")).await.unwrap();
        let page = post_page(hall, world.community, None, number, id.0, None).await.unwrap();
        let PostSaid::Shown { body, .. } = &page.post.said else { panic!("{}", db.name) };
        assert_eq!((body.as_str(), page.post.stance), ("又改一次", Stance::Against), "{}", db.name);
        let former: Vec<_> =
            page.former.iter().map(|text| (text.stance, text.body.as_str())).collect();
        let expected = [(Stance::Against, "想了想，我改主意"), (Stance::For, "第一次说")];
        assert_eq!(former, expected, "{}", db.name);
        assert_eq!(
            post_own(hall, author, number, id).await.unwrap().body,
            "又改一次",
            "{}",
            db.name
        );

        // Taken down: nothing can be changed, and what it said before is not shown either.
        post_hide(hall, &world.committee_member.actor, number, id, "说了伤人的话").await.unwrap();
        let given = edit(hall, author, number, id, &form("for", "接着改")).await;
        assert!(matches!(given, Err(Error::NotFound)), "{}", db.name);
        let page = post_page(hall, world.community, None, number, id.0, None).await.unwrap();
        assert!(page.former.is_empty(), "{}", db.name);
    }
}

#[tokio::test]
async fn where_somebody_looks_first_only_the_author_and_they_read_it() {
    for db in databases().await {
        let (world, number) =
            stage_with(&db, |settings| settings.talk_moderation = TalkModeration::Before).await;
        let hall = &db.hall;
        let (author, other) = (&world.resident.actor, &world.council_member.actor);
        let id = say(hall, author, number, &typed("for", "等人看过的话")).await;
        let member = &world.committee_member.actor;
        for (reader, reads) in
            [(None, false), (Some(other), false), (Some(author), true), (Some(member), true)]
        {
            let seen = thread(hall, &world, reader, number, None).await;
            assert_eq!(seen.count, 0, "{}", db.name);
            assert_eq!(!seen.posts.is_empty(), reads, "{}: {reader:?}", db.name);
            if reads {
                assert!(matches!(seen.posts[0].said, PostSaid::Waiting { .. }), "{}", db.name);
            }
            let page = post_page(hall, world.community, reader, number, id.0, None).await;
            assert_eq!(page.is_ok(), reads, "{}", db.name);
        }
        // Nobody answers or quotes what isn't shown, and its author changes it without a trace.
        let given = post_write(hall, other, number, &reply(id, "回应")).await;
        assert!(matches!(given, Err(Error::NotFound)), "{}", db.name);
        let form =
            EditForm { stance: "for".into(), body: "改过再等".into(), ..EditForm::default() };
        edit(hall, author, number, id, &form).await.unwrap();
        assert_eq!(post_edit::Entity::find().all(hall.db.read()).await.unwrap(), [], "{}", db.name);

        // The committee's own is shown at once. A change of a shown post waits, and the old text stays.
        let own = say(hall, member, number, &typed("addition", "下周量地")).await;
        post::Entity::update_many()
            .col_expr(post::Column::State, Expr::value("shown"))
            .filter(post::Column::Id.eq(id.0))
            .exec(&hall.db.begin().await.unwrap())
            .await
            .ok();
        let txn = hall.db.begin().await.unwrap();
        post::Entity::update_many()
            .col_expr(post::Column::State, Expr::value("shown"))
            .filter(post::Column::Id.eq(id.0))
            .exec(&txn)
            .await
            .unwrap();
        txn.commit().await.unwrap();
        let form =
            EditForm {
                stance: "for".into(), body: "公开后又改".into(), ..EditForm::default()
            };
        edit(hall, author, number, id, &form).await.unwrap();
        for (reader, change) in
            [(None, None), (Some(other), None), (Some(author), Some("公开后又改"))]
        {
            let seen = thread(hall, &world, reader, number, None).await;
            assert_eq!(ids(&seen.posts), [own.0, id.0], "{}", db.name);
            assert!(
                matches!(&seen.posts[1].said, PostSaid::Shown { body, .. } if body == "改过再等"),
                "{}",
                db.name
            );
            assert_eq!(seen.posts[1].change.as_deref(), change, "{}", db.name);
        }
    }
}

#[tokio::test]
async fn watched_words_warn_once() {
    for db in databases().await {
        let (world, number) =
            stage_with(&db, |settings| settings.watch_words = vec!["滚".to_owned()]).await;
        let (hall, actor) = (&db.hall, &world.resident.actor);
        let form = typed("against", "都给我滚远点");
        let given = post_write(hall, actor, number, &form).await.unwrap_err();
        let Error::Invalid(wrong) = given else { panic!("{}: {given}", db.name) };
        assert_eq!(
            (wrong[0].field, wrong[0].problem),
            ("body", Problem::WatchedWords),
            "{}",
            db.name
        );
        let seen = thread(hall, &world, None, number, None).await;
        assert!(seen.posts.is_empty(), "{}", db.name);
        say(hall, actor, number, &PostForm { anyway: "1".into(), ..form }).await;
    }
}

#[tokio::test]
async fn telephone_numbers_are_covered_before_they_are_kept() {
    for db in databases().await {
        let (world, number) = stage(&db).await;
        let (hall, actor) = (&db.hall, &world.resident.actor);
        let id = say(hall, actor, number, &typed("addition", "找我打 13812345678 就行")).await;
        let form = EditForm {
            stance: "addition".into(),
            body: "换个号 13987654321".into(),
            ..EditForm::default()
        };
        edit(hall, actor, number, id, &form).await.unwrap();
        let posts = format!("{:?}", post::Entity::find().all(hall.db.read()).await.unwrap());
        let edits = format!("{:?}", post_edit::Entity::find().all(hall.db.read()).await.unwrap());
        for typed in ["13812345678", "13987654321"] {
            assert!(!posts.contains(typed) && !edits.contains(typed), "{}", db.name);
        }
    }
}

#[tokio::test]
async fn one_takes_back_ones_own_unless_it_was_reported() {
    for db in databases().await {
        let (world, number) = stage(&db).await;
        let hall = &db.hall;
        let (author, other) = (&world.resident.actor, &world.council_member.actor);
        let id = say(hall, author, number, &typed("for", "说错的话")).await;
        let answer = say(hall, other, number, &reply(id, "哪里错了")).await;
        let given = post_withdraw(hall, other, number, id).await;
        assert!(matches!(given, Err(Error::NotFound)), "{}", db.name);
        post_withdraw(hall, author, number, id).await.unwrap();
        let seen = thread(hall, &world, Some(author), number, None).await;
        assert!(matches!(seen.posts[0].said, PostSaid::Withdrawn { .. }), "{}", db.name);
        assert_eq!(ids(&seen.posts[0].replies), [answer.0], "{}", db.name);
        assert_eq!(seen.count, 1, "{}", db.name);
        let kept = format!("{:?}", post::Entity::find().all(hall.db.read()).await.unwrap());
        assert!(!kept.contains("说错的话"), "{}", db.name);
        let given = post_withdraw(hall, author, number, id).await;
        assert!(matches!(given, Err(Error::NotFound)), "{}", db.name);

        let bad = say(hall, author, number, &typed("for", "有人报告的话")).await;
        let matter = post::Entity::find_by_id(bad.0).one(hall.db.read()).await.unwrap().unwrap();
        let txn = hall.db.begin().await.unwrap();
        let reported = report::ActiveModel {
            community_id: Set(world.community.0),
            proposal_id: Set(matter.proposal_id),
            post_id: Set(Some(bad.0)),
            by_id: Set(other.person.0),
            household_id: Set(other.home.unwrap().household.0),
            kind: Set("attack".to_owned()),
            at: Set(hall.now().0),
            due_at: Set(hall.now().0),
            state: Set("open".to_owned()),
            ..Default::default()
        };
        reported.insert(&txn).await.unwrap();
        txn.commit().await.unwrap();
        let given = post_withdraw(hall, author, number, bad).await;
        assert!(matches!(given, Err(Error::Refused(Refusal::Reported))), "{}", db.name);
    }
}

#[tokio::test]
async fn a_question_to_the_committee_has_its_day_and_its_answer() {
    for db in databases().await {
        let (world, number) = stage(&db).await;
        let hall = &db.hall;
        let (author, member) = (&world.resident.actor, &world.committee_member.actor);
        let ask = |stance: &str| PostForm {
            ask: "1".into(), ..typed(stance, "这笔钱从哪里出？")
        };
        let given = post_write(hall, author, number, &ask("for")).await.unwrap_err();
        let Error::Invalid(wrong) = given else { panic!("{}", db.name) };
        assert_eq!(wrong[0].problem, Problem::AskIsQuestion, "{}", db.name);
        let id = say(hall, author, number, &ask("question")).await;
        // A question among neighbours has no clock.
        say(hall, author, number, &typed("question", "邻居们怎么看？")).await;
        let rows = question::Entity::find().all(hall.db.read()).await.unwrap();
        assert_eq!(rows.len(), 1, "{}", db.name);

        let listed = async || desk(hall, Some(member), Pile::Todo, None).await.unwrap().questions;
        assert_eq!((listed().await[0].post, listed().await[0].late), (id.0, false), "{}", db.name);
        let seen = thread(hall, &world, None, number, None).await;
        assert_eq!((seen.questions_open, seen.questions_late), (1, 0), "{}", db.name);
        let asked = seen.posts[1].question.unwrap();
        assert_eq!((asked.answer, asked.late), (None, false), "{}", db.name);

        // A neighbour's reply is no answer; after its day it is overdue everywhere.
        say(hall, &world.council_member.actor, number, &reply(id, "我猜是维修资金")).await;
        db.advance_days(20);
        assert!(listed().await[0].late, "{}", db.name);
        let seen = thread(hall, &world, None, number, None).await;
        assert_eq!((seen.questions_open, seen.questions_late), (1, 1), "{}", db.name);
        assert!(seen.posts[1].question.unwrap().late, "{}", db.name);

        let answer = say(hall, member, number, &reply(id, "从公共收益里出")).await;
        let seen = thread(hall, &world, None, number, None).await;
        let asked = seen.posts[1].question.unwrap();
        assert_eq!((asked.answer.unwrap().0, asked.late), (answer.0, true), "{}", db.name);
        let replies: Vec<_> = seen.posts[1].replies.iter().map(|reply| reply.answers).collect();
        assert_eq!(replies, [false, true], "{}", db.name);
        assert_eq!(seen.questions_open, 0, "{}", db.name);
        assert!(listed().await.is_empty(), "{}", db.name);
        let said = to_me(hall, author).await.unwrap();
        assert_eq!((said[0].post, said[0].kind), (answer.0, ToMeKind::Answer), "{}", db.name);

        // Taken back, the question is open again, with the day that it had.
        post_withdraw(hall, member, number, answer).await.unwrap();
        let seen = thread(hall, &world, None, number, None).await;
        let asked = seen.posts[1].question.unwrap();
        assert_eq!((asked.answer, asked.late), (None, true), "{}", db.name);
    }
}

#[tokio::test]
async fn after_three_in_a_row_others_have_the_word() {
    for db in databases().await {
        let (world, number) = stage_with(&db, |_| {}).await;
        let hall = &db.hall;
        let (actor, other) = (&world.resident.actor, &world.council_member.actor);
        let start = hall.now().0;
        for n in 0..3 {
            say(hall, actor, number, &typed("for", &format!("第 {n} 句"))).await;
            db.clock.advance_ms(MINUTE_MS);
        }
        let refused = async |form: &PostForm| match post_write(hall, actor, number, form).await {
            Ok(_) => None,
            Err(Error::Invalid(wrong)) => match wrong[0].problem {
                Problem::TurnWaits { until_ms } => Some(until_ms),
                other => panic!("{}: {other:?}", db.name),
            },
            Err(other) => panic!("{}: {other}", db.name),
        };
        let fourth = typed("for", "还想说");
        assert_eq!(refused(&fourth).await, Some(start + HOUR_MS), "{}", db.name);
        let seen = thread(hall, &world, Some(actor), number, None).await;
        assert_eq!(seen.run.len(), 3, "{}", db.name);
        // In another matter it is their turn.
        let elsewhere = raised(hall, &world).await;
        say(hall, actor, elsewhere, &fourth).await;
        // Once somebody else has spoken, they may go on.
        say(hall, other, number, &typed("against", "我不同意")).await;
        for _ in 0..3 {
            assert_eq!(refused(&fourth).await, None, "{}", db.name);
        }
        // A question that names them is answered without waiting.
        let asked = refused(&fourth).await;
        assert!(asked.is_some(), "{}", db.name);
        let question = say(hall, other, number, &typed("question", "@老槐树 您家几口人？")).await;
        for _ in 0..3 {
            assert_eq!(refused(&fourth).await, None, "{}", db.name);
        }
        assert!(refused(&fourth).await.is_some(), "{}", db.name);
        assert_eq!(refused(&reply(question, "三口")).await, None, "{}", db.name);
        // An hour later it is their turn by itself.
        assert!(refused(&fourth).await.is_some(), "{}", db.name);
        db.clock.advance_ms(HOUR_MS);
        assert_eq!(refused(&fourth).await, None, "{}", db.name);
    }
}

#[tokio::test]
async fn the_committee_answers_without_waiting_for_a_turn() {
    for db in databases().await {
        let (world, number) = stage_with(&db, |_| {}).await;
        let hall = &db.hall;
        let member = &world.committee_member.actor;
        let mut asked = Vec::new();
        for person in world.neighbours.iter().take(5) {
            let form = PostForm { ask: "1".into(), ..typed("question", "什么时候动工？") };
            asked.push(say(hall, &person.actor, number, &form).await);
        }
        for question in asked {
            say(hall, member, number, &reply(question, "下个月")).await;
        }
        let given = post_write(hall, member, number, &typed("addition", "再补充")).await;
        assert!(
            matches!(&given, Err(Error::Invalid(wrong)) if matches!(wrong[0].problem, Problem::TurnWaits { .. })),
            "{}: {given:?}",
            db.name
        );
    }
}

#[tokio::test]
async fn a_thread_of_five_thousand_opens_with_as_few_statements_as_one_of_fifty() {
    for db in databases().await {
        let (world, number) = stage(&db).await;
        let hall = &db.hall;
        let long = raised(hall, &world).await;
        let of = |n: i64| (Stance::ALL[usize::try_from(n % 4).unwrap()], n % 11);
        many(hall, number, 50, of).await;
        many(hall, long, 5_000, of).await;
        let count = Arc::new(AtomicUsize::new(0));
        let counter = count.clone();
        let mut watched = hall.clone();
        watched.db = watched.db.watched(move || {
            counter.fetch_add(1, Ordering::Relaxed);
        });
        for cursor in [None, Some(Cursor::BALANCE)] {
            let made = async |number| {
                count.store(0, Ordering::Relaxed);
                thread(&watched, &world, Some(&world.resident.actor), number, cursor).await;
                count.load(Ordering::Relaxed)
            };
            assert_eq!(made(long).await, made(number).await, "{}: {cursor:?}", db.name);
        }
    }
}

/// How a database says that it reads more than it must.
fn detours(backend: DbBackend, line: &str) -> bool {
    match backend {
        // The few posts that were found, and what was listed, are read as they are; the reports of one post
        // are counted by their households.
        DbBackend::Sqlite => {
            (line.contains("TEMP B-TREE") && !line.contains("count(DISTINCT)"))
                || (line.starts_with("SCAN")
                    && !["post", "part", "asked", "json_each"].iter().any(|small| {
                        line.split_whitespace()
                            .nth(1)
                            .is_some_and(|it| it.trim_matches('(') == *small)
                    }))
        }
        // What belongs to the few that were found may be read as a whole while it is little.
        _ => ["p", "r"].iter().any(|alias| line.contains(&format!("Seq Scan on post {alias} "))),
    }
}

#[tokio::test]
async fn databases_walk_through_a_thread_by_its_indexes() {
    for db in databases().await {
        let (world, number) = stage(&db).await;
        let hall = &db.hall;
        let others = raised(hall, &world).await;
        let of = |n: i64| (Stance::ALL[usize::try_from(n % 4).unwrap()], n % 11);
        many(hall, number, 5_000, of).await;
        many(hall, others, 5_000, of).await;
        let backend = hall.db.backend();
        let read = hall.db.read();
        read.execute_unprepared("ANALYZE").await.unwrap();
        let person = world.resident.actor.person.0;
        let explain = match backend {
            DbBackend::Sqlite => "EXPLAIN QUERY PLAN",
            _ => "EXPLAIN",
        };
        for statement in thread_statements(backend, 1, person) {
            let sql = format!("{explain} {}", statement.sql);
            let values = statement.values.clone().unwrap().0;
            let asked = Statement::from_sql_and_values(backend, sql, values);
            let rows = read.query_all_raw(asked).await.unwrap();
            let column = if backend == DbBackend::Sqlite { "detail" } else { "QUERY PLAN" };
            let plan: Vec<String> =
                rows.iter().map(|row| row.try_get("", column).unwrap()).collect();
            let wrong: Vec<_> = plan.iter().filter(|line| detours(backend, line)).collect();
            assert!(wrong.is_empty(), "{}: {}\n{wrong:#?}\n{plan:#?}", db.name, statement.sql);
        }
    }
}
