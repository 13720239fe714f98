//! The forum of a matter, its summary and its followers, and the page that shows them, on both
//! databases.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what it needs and ends")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use domain::ids::{PostId, SummaryId};
use domain::permission::Denied;
use domain::proposal::Step;
use domain::role::{Actor, Role};
use domain::settings::{CommunitySettings, Moderation};
use domain::stance::Stance;
use domain::text::TextError;
use entities::{audit, follow, post, proposal};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};
use service::follow::{follow_start, follow_stop};
use service::matter::{self, By, Said};
use service::post::{PostForm, post_hide, post_write};
use service::proposal::{ProposalForm, proposal_submit};
use service::summary::{SummaryForm, summary_pin};
use service::testing::{Plan, TestDb, World, databases};
use service::views::matter::{PostSaid, matter_view};
use service::{Error, FieldError, Hall, Problem, Refusal};

fn typed(stance: &str, body: &str) -> PostForm {
    PostForm { stance: stance.to_owned(), body: body.to_owned(), ..PostForm::default() }
}

fn reply(parent: PostId, body: &str) -> PostForm {
    PostForm { parent: parent.to_string(), ..typed("addition", body) }
}

/// A summary of what is agreed, in the place of `seen`.
fn summed(agreed: &str, seen: Option<SummaryId>) -> SummaryForm {
    let seen = seen.map(|id| id.to_string()).unwrap_or_default();
    SummaryForm { agreed: agreed.to_owned(), seen, ..SummaryForm::default() }
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

async fn row(hall: &Hall, world: &World, number: i64) -> proposal::Model {
    matter::by_number(hall.db.read(), world.community, number).await.unwrap()
}

async fn step(hall: &Hall, world: &World, number: i64, actor: &Actor, step: Step) {
    let row = row(hall, world, number).await;
    let txn = hall.db.begin().await.unwrap();
    matter::advance_in_txn(hall, &txn, row, step, By::Person(actor), Said::reason("测试里走一步"))
        .await
        .unwrap();
    txn.commit().await.unwrap();
}

/// A matter in whose talk one person may go on for long.
async fn stage(db: &TestDb) -> (World, i64) {
    let settings = CommunitySettings {
        moderation: Moderation::After,
        turn_posts: 1_000,
        ..CommunitySettings::default()
    };
    let world = World::planned(&db.hall, Plan { settings, ..Plan::default() }).await;
    let number = raised(&db.hall, &world).await;
    (world, number)
}

#[tokio::test]
async fn a_post_says_its_stance_and_fits_its_length() {
    for db in databases().await {
        let (world, number) = stage(&db).await;
        let (hall, actor) = (&db.hall, &world.resident.actor);
        let long = "长".repeat(500);
        let too_long = "长".repeat(501);
        let text = |error| vec![("body", Problem::Text(error))];
        let table = [
            ("for", "孩子有地方玩", vec![]),
            ("against", "车位本来就不够", vec![]),
            ("question", "沙子谁来换？", vec![]),
            ("addition", &long, vec![]),
            ("", "没有说立场", vec![("stance", Problem::Choose)]),
            ("maybe", "立场不认得", vec![("stance", Problem::Unknown)]),
            ("for", " \n ", text(TextError::Empty)),
            ("for", &too_long, text(TextError::TooLong { len: 501, max: 500 })),
        ];
        for (stance, body, problems) in table {
            let given = post_write(hall, actor, number, &typed(stance, body)).await;
            let expected: Vec<_> = problems
                .into_iter()
                .map(|(field, problem)| FieldError { field, problem })
                .collect();
            match given {
                Ok(_) => assert!(expected.is_empty(), "{}: {stance} {body}", db.name),
                Err(Error::Invalid(found)) => assert_eq!(found, expected, "{}", db.name),
                Err(other) => panic!("{}: {other}", db.name),
            }
        }
        let both = post_write(hall, actor, number, &typed("", "")).await.unwrap_err();
        assert!(matches!(both, Error::Invalid(found) if found.len() == 2), "{}", db.name);
        assert_eq!(row(hall, &world, number).await.posts, 4, "{}", db.name);
    }
}

#[tokio::test]
async fn who_may_write_and_in_what_role() {
    for db in databases().await {
        let (world, number) = stage(&db).await;
        let hall = &db.hall;
        let elsewhere = world
            .neighbours
            .iter()
            .find(|person| person.actor.home.unwrap().courtyard == world.courtyards[1])
            .unwrap();
        let table = [
            (&world.resident, Ok(None)),
            (&world.council_member, Ok(Some(Role::CouncilMember))),
            (&world.entrance_lead, Ok(Some(Role::EntranceLead))),
            (&world.committee_head, Ok(Some(Role::CommitteeHead))),
            (&world.no_household, Err(Denied::NotVerified)),
            (elsewhere, Err(Denied::OutOfScope)),
        ];
        for (person, expected) in table {
            let given = post_write(hall, &person.actor, number, &typed("for", "我支持")).await;
            match (given, expected) {
                (Ok(id), Ok(role)) => {
                    let post = post::Entity::find_by_id(id.0).one(hall.db.read()).await.unwrap();
                    let role = role.map(|role: Role| role.as_str().to_owned());
                    assert_eq!(post.unwrap().author_role, role, "{}", db.name);
                }
                (Err(Error::Denied(found)), Err(expected)) => {
                    assert_eq!(found, expected, "{}", db.name);
                }
                (given, _) => panic!("{}: {} got {given:?}", db.name, person.nickname),
            }
        }
        // Of another community: there is no such number.
        let given = post_write(hall, &world.stranger.actor, number, &typed("for", "路过")).await;
        assert!(matches!(given, Err(Error::NotFound)), "{}", db.name);
    }
}

#[tokio::test]
async fn replies_have_one_level_and_stay_in_their_matter() {
    for db in databases().await {
        let (world, number) = stage(&db).await;
        let (hall, actor) = (&db.hall, &world.resident.actor);
        let other = raised(hall, &world).await;
        let first =
            post_write(hall, actor, number, &typed("question", "谁来换沙子？")).await.unwrap();
        let answer =
            post_write(hall, actor, number, &reply(first, "我们几家轮着来")).await.unwrap();
        let given = post_write(hall, actor, number, &reply(answer, "再回应")).await;
        assert!(matches!(given, Err(Error::Refused(Refusal::TooDeep))), "{}", db.name);
        let given = post_write(hall, actor, other, &reply(first, "走错了门")).await;
        assert!(matches!(given, Err(Error::NotFound)), "{}", db.name);
        let given = post_write(
            hall,
            actor,
            number,
            &PostForm { parent: "abc".into(), ..typed("for", "不是数") },
        )
        .await;
        assert!(matches!(given, Err(Error::Invalid(_))), "{}", db.name);

        let view = matter_view(hall, world.community, None, number, None).await.unwrap();
        assert_eq!(view.talk.count, 2, "{}", db.name);
        assert_eq!(view.talk.posts.len(), 1, "{}", db.name);
        assert_eq!(view.talk.posts[0].replies[0].id, answer.0, "{}", db.name);
    }
}

#[tokio::test]
async fn a_closed_forum_takes_nothing() {
    for db in databases().await {
        let (world, number) = stage(&db).await;
        let (hall, actor) = (&db.hall, &world.resident.actor);
        step(hall, &world, number, actor, Step::Withdraw).await;
        let given = post_write(hall, actor, number, &typed("for", "还想说")).await;
        assert!(matches!(given, Err(Error::Refused(Refusal::ForumClosed))), "{}", db.name);
        let chair = &world.council_member.actor;
        let given =
            summary_pin(hall, chair, number, &summed("大家都同意孩子缺个玩的地方。", None)).await;
        assert!(matches!(given, Err(Error::Refused(Refusal::ForumClosed))), "{}", db.name);
        assert_eq!(row(hall, &world, number).await.posts, 0, "{}", db.name);
    }
}

#[tokio::test]
async fn what_was_taken_down_says_why_and_nothing_else() {
    for db in databases().await {
        let (world, number) = stage(&db).await;
        let (hall, actor) = (&db.hall, &world.resident.actor);
        let member = &world.committee_member.actor;
        let rude = "骂人的话不该留在这里";
        let id = post_write(hall, actor, number, &typed("against", rude)).await.unwrap();
        let answer = post_write(hall, actor, number, &reply(id, "别吵了")).await.unwrap();

        let given = post_hide(hall, actor, number, id, "我不想让人看").await;
        assert!(matches!(given, Err(Error::Denied(Denied::NeedsRole))), "{}", db.name);
        let given = post_hide(hall, member, number, id, "短").await;
        assert!(matches!(given, Err(Error::Invalid(_))), "{}", db.name);
        post_hide(hall, member, number, id, "说了伤人的话").await.unwrap();
        let given = post_hide(hall, member, number, id, "说了伤人的话").await;
        assert!(matches!(given, Err(Error::Refused(Refusal::Stale))), "{}", db.name);

        // Kept for the record, shown to nobody, not even to the committee.
        let kept = post::Entity::find_by_id(id.0).one(hall.db.read()).await.unwrap().unwrap();
        assert_eq!(kept.body, "", "{}: sealed, in the removal's own row", db.name);
        for viewer in [None, Some(actor), Some(member)] {
            let view = matter_view(hall, world.community, viewer, number, None).await.unwrap();
            let shown = format!("{:?}", view.talk);
            assert!(!shown.contains(rude), "{}: {shown}", db.name);
            assert_eq!(view.talk.count, 1, "{}", db.name);
            let post = &view.talk.posts[0];
            assert!(
                matches!(&post.said, PostSaid::Removed { reason, .. } if reason == "说了伤人的话"),
                "{}",
                db.name
            );
            assert_eq!(post.replies[0].id, answer.0, "{}: replies stay", db.name);
        }
        // Nobody can answer it any more, and the chain never held its words.
        let given = post_write(hall, actor, number, &reply(id, "接着说")).await;
        assert!(matches!(given, Err(Error::NotFound)), "{}", db.name);
        let entries = audit::Entity::find().all(hall.db.read()).await.unwrap();
        let chain = format!("{entries:?}");
        assert!(!chain.contains(rude) && chain.contains("body_sha256"), "{}", db.name);
        assert!(entries.iter().any(|entry| entry.action == "removal_make"), "{}", db.name);
    }
}

#[tokio::test]
async fn the_chair_pins_a_summary_and_the_timeline_shows_it() {
    for db in databases().await {
        let (world, number) = stage(&db).await;
        let hall = &db.hall;
        let text = "都同意孩子缺个玩的地方，分歧在车位。";
        let given = summary_pin(hall, &world.resident.actor, number, &summed(text, None)).await;
        assert!(matches!(given, Err(Error::Denied(Denied::NeedsRole))), "{}", db.name);
        let chair = &world.council_member.actor;
        let given = summary_pin(hall, chair, number, &summed(" ", None)).await;
        assert!(matches!(given, Err(Error::Invalid(_))), "{}", db.name);
        let first = summary_pin(hall, chair, number, &summed(text, None)).await.unwrap();
        db.advance_days(1);
        let newer = "下次议事会先量东墙边的空地，再说车位。";
        let form = summed(newer, Some(first));
        summary_pin(hall, &world.committee_member.actor, number, &form).await.unwrap();

        let view = matter_view(hall, world.community, None, number, None).await.unwrap();
        assert_eq!(view.summary.unwrap().agreed, newer, "{}", db.name);
        let pinned: Vec<_> = view.steps.iter().filter(|step| step.kind == "summary").collect();
        assert_eq!(pinned.len(), 2, "{}", db.name);
        let who = pinned[0].who.as_ref().unwrap();
        assert_eq!((who.name.name(), who.role), (Some("陈老师"), Some(Role::CouncilMember)));
        assert_eq!(pinned[0].detail["summary_id"], first.0, "{}: the earlier one is kept", db.name);
    }
}

#[tokio::test]
async fn following_starts_stops_and_starts_again() {
    for db in databases().await {
        let (world, number) = stage(&db).await;
        let hall = &db.hall;
        let guest = &world.no_household.actor;
        let wish = || async {
            follow::Entity::find()
                .filter(follow::Column::PersonId.eq(guest.person.0))
                .one(hall.db.read())
                .await
                .unwrap()
        };
        let follows = || async {
            let view = matter_view(hall, world.community, Some(guest), number, None).await;
            view.unwrap().mine.follows
        };
        assert!(!follows().await, "{}", db.name);
        follow_start(hall, guest, number).await.unwrap();
        let first = wish().await.unwrap();
        assert!(follows().await, "{}", db.name);
        follow_stop(hall, guest, number).await.unwrap();
        assert!(!follows().await, "{}", db.name);
        follow_stop(hall, guest, number).await.unwrap();
        follow_start(hall, guest, number).await.unwrap();
        assert!(follows().await, "{}", db.name);
        assert_ne!(wish().await.unwrap().token, first.token, "{}: an old link is dead", db.name);
        let given = follow_start(hall, &world.stranger.actor, number).await;
        assert!(matches!(given, Err(Error::NotFound)), "{}", db.name);
    }
}

#[tokio::test]
async fn the_talk_goes_on_by_a_cursor() {
    for db in databases().await {
        let (world, number) = stage(&db).await;
        let (hall, actor) = (&db.hall, &world.resident.actor);
        let mut ids = Vec::new();
        for n in 0..53 {
            if n % 25 == 0 {
                db.clock.advance_ms(domain::time::HOUR_MS);
            }
            let body = format!("第 {n} 句");
            ids.push(post_write(hall, actor, number, &typed("for", &body)).await.unwrap().0);
        }
        let latest = matter_view(hall, world.community, None, number, None).await.unwrap().talk;
        assert_eq!((latest.posts.len(), latest.count), (50, 53), "{}", db.name);
        assert_eq!(latest.posts[0].id, ids[52], "{}: newest first", db.name);
        let earlier = latest.next.unwrap();
        let rest =
            matter_view(hall, world.community, None, number, Some(earlier)).await.unwrap().talk;
        let found: Vec<i64> = rest.posts.iter().map(|post| post.id).collect();
        assert_eq!(found, [ids[2], ids[1], ids[0]], "{}", db.name);
        assert_eq!(rest.next, None, "{}", db.name);
    }
}

#[tokio::test]
async fn the_rate_of_posts_is_limited() {
    for db in databases().await {
        let (world, number) = stage(&db).await;
        let (hall, actor) = (&db.hall, &world.resident.actor);
        for _ in 0..30 {
            post_write(hall, actor, number, &typed("for", "一句")).await.unwrap();
        }
        let given = post_write(hall, actor, number, &typed("for", "又一句")).await;
        assert!(matches!(given, Err(Error::TooOften { operation: "post", .. })), "{}", db.name);
        let shown = post::Entity::find().count(hall.db.read()).await.unwrap();
        assert_eq!(shown, 30, "{}", db.name);
    }
}

#[tokio::test]
async fn what_is_not_public_is_there_for_few() {
    for db in databases().await {
        let world = World::with_first_check(&db.hall).await;
        let hall = &db.hall;
        let number = raised(hall, &world).await;
        let sees = |actor: Option<&Actor>| {
            let actor = actor.cloned();
            let community = world.community;
            async move { matter_view(hall, community, actor.as_ref(), number, None).await.is_ok() }
        };
        let table = [
            (None, false),
            (Some(&world.entrance_lead.actor), false),
            (Some(&world.second_adult.actor), false),
            (Some(&world.resident.actor), true),
            (Some(&world.committee_member.actor), true),
            (Some(&world.oversight.actor), true),
        ];
        for (actor, expected) in table {
            assert_eq!(sees(actor).await, expected, "{}: {actor:?}", db.name);
        }
        let given = follow_start(hall, &world.entrance_lead.actor, number).await;
        assert!(matches!(given, Err(Error::NotFound)), "{}", db.name);
        // Taken back before it was published, it never becomes public.
        step(hall, &world, number, &world.resident.actor, Step::Withdraw).await;
        assert!(!sees(None).await, "{}", db.name);
        assert!(sees(Some(&world.resident.actor)).await, "{}", db.name);
    }
}

#[tokio::test]
async fn a_page_takes_few_statements_however_long_it_is() {
    for db in databases().await {
        let (world, number) = stage(&db).await;
        let (hall, actor) = (&db.hall, &world.resident.actor);
        for n in 0..20 {
            let id = post_write(hall, actor, number, &typed("for", "支持")).await.unwrap();
            if n % 4 == 0 {
                post_write(hall, actor, number, &reply(id, "为什么")).await.unwrap();
            }
        }
        let count = Arc::new(AtomicUsize::new(0));
        let counter = count.clone();
        let mut watched = hall.clone();
        watched.db = watched.db.watched(move || {
            counter.fetch_add(1, Ordering::Relaxed);
        });
        let view = matter_view(&watched, world.community, None, number, None).await.unwrap();
        assert_eq!(view.talk.posts.len(), 20, "{}", db.name);
        let anonymous = count.swap(0, Ordering::Relaxed);
        assert!((1..=12).contains(&anonymous), "{}: {anonymous} statements", db.name);
        matter_view(&watched, world.community, Some(actor), number, None).await.unwrap();
        let signed_in = count.load(Ordering::Relaxed);
        assert!((1..=16).contains(&signed_in), "{}: {signed_in} statements", db.name);
    }
}

#[tokio::test]
async fn posts_from_two_servers_are_all_counted() {
    for db in databases().await {
        let (world, number) = stage(&db).await;
        let other = db.second_hall().await;
        let mut tasks = tokio::task::JoinSet::new();
        for n in 0..10 {
            let hall = if n % 2 == 0 { db.hall.clone() } else { other.clone() };
            let actor = world.resident.actor.clone();
            tasks.spawn(async move {
                post_write(&hall, &actor, number, &typed("for", "一起说")).await
            });
        }
        while let Some(done) = tasks.join_next().await {
            done.unwrap().unwrap();
        }
        let row = row(&db.hall, &world, number).await;
        assert_eq!(row.posts, 10, "{}", db.name);
        let posts = post::Entity::find()
            .order_by_asc(post::Column::Id)
            .all(db.hall.db.read())
            .await
            .unwrap();
        assert!(posts.iter().all(|post| post.stance == Stance::For.as_str()), "{}", db.name);
        assert_eq!(posts.len(), 10, "{}", db.name);
        let verdict = service::audit::verify(&db.hall.db).await.unwrap();
        assert!(matches!(verdict, service::audit::Verdict::Whole(_)), "{}", db.name);
    }
}
