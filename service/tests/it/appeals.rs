//! The one appeal: who may ask, who decides, what comes back and what stays, on both databases.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use domain::ids::{PostId, RemovalId};
use domain::role::Actor;
use domain::settings::{CommunitySettings, Moderation, TalkModeration};
use domain::time::{DAY_MS, Timestamp};
use entities::{post, proposal, proposal_version, question, removal};
use sea_orm::{EntityTrait, QueryOrder};
use service::civil::{
    AppealDecision, Kept, appeal_decide, appeal_file, appeal_view, case_view, desk_reports,
    own_removed, post_decline, removal_make, removals_purge, removed_look,
};
use service::post::{EditForm, PostForm, post_edit as change, post_write};
use service::proposal::{ProposalForm, proposal_submit};
use service::search::{Query, search};
use service::testing::{Plan, TestDb, World, audit_since, databases};
use service::views::matter::{PostSaid, matter_view};
use service::{Error, Hall, Refusal};

const BODY: &str = "沙池会招来野猫，我不同意";
const WHY: &str = "我说的是事实，没有骂人";

fn typed(stance: &str, body: &str) -> PostForm {
    PostForm { stance: stance.to_owned(), body: body.to_owned(), ..PostForm::default() }
}

async fn stage(db: &TestDb, settings: CommunitySettings) -> (World, i64) {
    let settings =
        CommunitySettings { moderation: Moderation::After, turn_posts: 1_000, ..settings };
    let world = World::planned(&db.hall, Plan { settings, ..Plan::default() }).await;
    let form = ProposalForm {
        title: "给孩子建个沙池".to_owned(),
        situation: "小区没有孩子玩的地方，放学后都在车道边跑。".to_owned(),
        suggestion: "把南侧的三个车位改成沙池，四周做矮栏杆。".to_owned(),
        category: "culture_children".to_owned(),
        courtyard_id: world.courtyards[0].to_string(),
        spot: "南侧空地".to_owned(),
        scope: "courtyard".to_owned(),
        on_behalf: "一位不上网的邻居".to_owned(),
        behalf_yes: true,
        ..ProposalForm::default()
    };
    let number = proposal_submit(&db.hall, &world.resident.actor, &form).await.unwrap();
    (world, number)
}

async fn row(hall: &Hall, id: PostId) -> post::Model {
    post::Entity::find_by_id(id.0).one(hall.db.read()).await.unwrap().unwrap()
}

async fn matter(hall: &Hall, world: &World, number: i64) -> proposal::Model {
    service::matter::by_number(hall.db.read(), world.community, number).await.unwrap()
}

async fn found(hall: &Hall, world: &World, words: &str) -> bool {
    let asked = Query { text: words.to_owned(), ..Query::default() };
    let found = search(hall, world.community, &asked, None).await.unwrap();
    !found.matters.is_empty()
}

async fn decline(
    hall: &Hall,
    actor: &Actor,
    number: i64,
    id: PostId,
    kind: &str,
    reason: &str,
) -> Result<RemovalId, Error> {
    let seen = case_view(hall, actor, number, Some(id)).await.unwrap().seen;
    post_decline(hall, actor, number, id, &seen, kind, reason).await
}

#[track_caller]
fn refused<T: std::fmt::Debug>(result: Result<T, Error>) -> Refusal {
    match result.unwrap_err() {
        Error::Refused(refusal) => refusal,
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn another_of_the_committee_puts_a_post_back() {
    for db in databases().await {
        let (world, number) = stage(&db, CommunitySettings::default()).await;
        let (hall, resident) = (&db.hall, &world.resident.actor);
        let (member, head) = (&world.committee_member.actor, &world.committee_head.actor);
        let ask =
            PostForm { ask: "1".into(), ..typed("question", "沙子谁来换，多久一次？") };
        let asked = post_write(hall, resident, number, &ask).await.unwrap();
        let id = post_write(hall, resident, number, &typed("against", "头一句")).await.unwrap();
        let form = EditForm { stance: "against".into(), body: BODY.into(), ..EditForm::default() };
        change(hall, resident, number, id, &form).await.unwrap();
        let before = (row(hall, id).await, matter(hall, &world, number).await.posts);
        assert!(found(hall, &world, "野猫").await, "{}", db.name);
        let gone =
            removal_make(hall, member, number, Some(id), "attack", "话说得不好").await.unwrap();
        let asked_gone =
            removal_make(hall, member, number, Some(asked), "off_topic", "有一点跑题了")
                .await
                .unwrap();
        assert!(!found(hall, &world, "野猫").await, "{}", db.name);
        assert!(question::Entity::find().all(hall.db.read()).await.unwrap().is_empty());
        assert_eq!(matter(hall, &world, number).await.posts, before.1 - 2, "{}", db.name);

        // Only the author asks, and once.
        let other = appeal_file(hall, &world.neighbours[0].actor, gone, WHY).await;
        assert!(matches!(other, Err(Error::NotFound)), "{}", db.name);
        let far = appeal_file(hall, &world.stranger.actor, gone, WHY).await;
        assert!(matches!(far, Err(Error::NotFound)), "{}", db.name);
        let empty = appeal_file(hall, resident, gone, " ").await;
        assert!(matches!(empty, Err(Error::Invalid(_))), "{}", db.name);
        assert_eq!(refused(appeal_decide(hall, head, gone, "restored", WHY).await), Refusal::Stale);
        appeal_file(hall, resident, gone, WHY).await.unwrap();
        assert_eq!(refused(appeal_file(hall, resident, gone, WHY).await), Refusal::AlreadyAppealed);

        // Monday 2026-03-02: three working days end on Thursday.
        let line = appeal_view(hall, head, gone).await.unwrap();
        let due = line.appeal.unwrap().due;
        let thursday = Timestamp::start_of(time::macros::date!(2026 - 03 - 06)).plus_ms(-1);
        assert_eq!(due, thursday, "{}", db.name);
        assert_eq!(desk_reports(hall, head).await.unwrap().appeals.len(), 1, "{}", db.name);

        // Never by who removed, nor by the author, nor by oversight.
        for (actor, why) in [(member, Refusal::OwnRemoval)] {
            assert_eq!(refused(appeal_decide(hall, actor, gone, "restored", WHY).await), why);
            assert_eq!(refused(removed_look(hall, actor, gone).await), why);
        }
        for actor in [resident, &world.oversight.actor, &world.council_member.actor] {
            let not = appeal_decide(hall, actor, gone, "restored", WHY).await;
            assert!(matches!(not, Err(Error::Denied(_))), "{}", db.name);
        }
        // A look is recorded before anything is shown.
        let seq = service::audit::head(hall.db.read()).await.unwrap().seq;
        let looked = removed_look(hall, head, gone).await.unwrap();
        let Kept::Post(kept) = looked.kept else { panic!() };
        assert_eq!(kept.body, BODY, "{}", db.name);
        let entries = audit_since(hall, seq).await;
        assert_eq!(entries[0][..2], ["removed_look".to_owned(), format!("removal:{gone}")]);
        assert!(!format!("{entries:?}").contains("野猫"), "{}", db.name);

        let bad = appeal_decide(hall, head, gone, "maybe", "短").await.unwrap_err();
        assert!(matches!(bad, Error::Invalid(found) if found.len() == 2), "{}", db.name);
        let decided = appeal_decide(hall, head, gone, "restored", "讲的是道理，放回去").await;
        assert_eq!(decided.unwrap(), AppealDecision::Restored, "{}", db.name);
        let back = row(hall, id).await;
        assert_eq!(back, before.0, "just as it was: {}", db.name);
        let edits = entities::post_edit::Entity::find().all(hall.db.read()).await.unwrap();
        assert_eq!(edits[0].body, "头一句", "{}", db.name);
        assert!(found(hall, &world, "野猫").await, "{}", db.name);
        assert_eq!(matter(hall, &world, number).await.posts, before.1 - 1, "{}", db.name);
        assert_eq!(refused(removed_look(hall, head, gone).await), Refusal::Stale, "{}", db.name);
        let again = appeal_decide(hall, head, gone, "upheld", "再看一次也行").await;
        assert_eq!(refused(again), Refusal::Stale, "{}", db.name);

        // The question comes back with the day that it had.
        appeal_file(hall, resident, asked_gone, WHY).await.unwrap();
        appeal_decide(hall, head, asked_gone, "restored", "问得有道理").await.unwrap();
        let open = question::Entity::find_by_id(asked.0).one(hall.db.read()).await.unwrap();
        assert!(open.is_some_and(|it| it.answered_at.is_none()), "{}", db.name);
        assert_eq!(matter(hall, &world, number).await.posts, before.1, "{}", db.name);
    }
}

#[tokio::test]
async fn what_stays_down_says_why_and_is_kept_for_oversight() {
    for db in databases().await {
        let (world, number) = stage(&db, CommunitySettings::default()).await;
        let (hall, resident) = (&db.hall, &world.resident.actor);
        let (member, head) = (&world.committee_member.actor, &world.committee_head.actor);
        let id = post_write(hall, resident, number, &typed("against", BODY)).await.unwrap();
        let gone = removal_make(hall, head, number, Some(id), "false", "没有这回事").await.unwrap();
        // Without an open appeal only oversight looks.
        assert_eq!(refused(removed_look(hall, member, gone).await), Refusal::Stale, "{}", db.name);
        for actor in [resident, &world.neighbours[0].actor] {
            assert!(matches!(removed_look(hall, actor, gone).await, Err(Error::Denied(_))));
        }
        let far = removed_look(hall, &world.stranger.actor, gone).await;
        assert!(matches!(far, Err(Error::NotFound)), "{}", db.name);
        removed_look(hall, &world.oversight.actor, gone).await.unwrap();
        appeal_file(hall, resident, gone, "请打13812345678跟我说").await.unwrap();
        let words = own_removed(hall, resident).await.unwrap()[0].appeal.clone().unwrap().words;
        assert_eq!(words, "请打●●●跟我说", "{}", db.name);

        // Kept beyond its day while the appeal is open.
        db.advance_days(400);
        assert_eq!(removals_purge(hall).await.unwrap(), 0, "{}", db.name);
        assert!(appeal_view(hall, member, gone).await.unwrap().appeal.unwrap().overdue);
        appeal_decide(hall, member, gone, "upheld", "查过了，确实不实").await.unwrap();
        let row = row(hall, id).await;
        assert_eq!((&*row.body, &*row.state), ("", "removed"), "{}", db.name);
        let line = own_removed(hall, resident).await.unwrap().remove(0);
        let (decision, reason, ..) = line.appeal.unwrap().decided.unwrap();
        assert_eq!((decision, &*reason), (AppealDecision::Upheld, "查过了，确实不实"));
        assert_eq!(removals_purge(hall).await.unwrap(), 1, "{}", db.name);
        assert_eq!(
            refused(removed_look(hall, &world.oversight.actor, gone).await),
            Refusal::NotKept,
            "{}",
            db.name
        );
        assert_eq!(refused(appeal_file(hall, resident, gone, WHY).await), Refusal::AlreadyAppealed);
    }
}

#[tokio::test]
async fn a_matters_text_comes_back_to_the_letter() {
    for db in databases().await {
        let (world, number) = stage(&db, CommunitySettings::default()).await;
        let (hall, resident) = (&db.hall, &world.resident.actor);
        let before = matter(hall, &world, number).await;
        let versions = async || {
            let all = proposal_version::Entity::find().order_by_asc(proposal_version::Column::Id);
            all.all(hall.db.read()).await.unwrap()
        };
        let all = versions().await;
        let member = &world.committee_member.actor;
        let gone =
            removal_make(hall, member, number, None, "advert", "看上去像是广告").await.unwrap();
        assert!(!found(hall, &world, "沙池").await, "{}", db.name);
        let shown = async |actor: Option<&Actor>| {
            let view = matter_view(hall, world.community, actor, number, None).await.unwrap();
            format!("{view:?}")
        };
        assert!(!shown(Some(resident)).await.contains("不上网"), "{}", db.name);
        appeal_file(hall, resident, gone, WHY).await.unwrap();
        let head = &world.committee_head.actor;
        appeal_decide(hall, head, gone, "restored", "不是广告，放回去").await.unwrap();
        let back = matter(hall, &world, number).await;
        let same = proposal::Model { version: back.version, ..before };
        assert_eq!(back, same, "{}", db.name);
        assert_eq!(versions().await, all, "{}", db.name);
        assert!(found(hall, &world, "沙池").await, "{}", db.name);
        assert!(shown(None).await.contains("不上网"), "{}", db.name);
        let kept = removal::Entity::find_by_id(gone.0).one(hall.db.read()).await.unwrap().unwrap();
        assert!(kept.kept.is_none(), "what is shown again is kept nowhere else: {}", db.name);
    }
}

#[tokio::test]
async fn what_was_not_let_through_can_be_shown_after_all() {
    for db in databases().await {
        let settings = CommunitySettings {
            talk_moderation: TalkModeration::Before,
            ..CommunitySettings::default()
        };
        let (world, number) = stage(&db, settings).await;
        let (hall, resident) = (&db.hall, &world.resident.actor);
        let (member, head) = (&world.committee_member.actor, &world.committee_head.actor);
        let first = post_write(hall, member, number, &typed("for", "委员先说")).await.unwrap();
        let reply = PostForm { parent: first.to_string(), ..typed("against", BODY) };
        let id = post_write(hall, resident, number, &reply).await.unwrap();
        let gone = decline(hall, member, number, id, "false", "还没有查清").await.unwrap();
        appeal_file(hall, resident, gone, WHY).await.unwrap();
        appeal_decide(hall, head, gone, "restored", "可以说出来").await.unwrap();
        assert_eq!(row(hall, id).await.state, "shown", "{}", db.name);
        assert_eq!(row(hall, first).await.replies, 1, "{}", db.name);
        assert_eq!(matter(hall, &world, number).await.posts, 2, "{}", db.name);
        let view = matter_view(hall, world.community, None, number, None).await.unwrap();
        let shown = &view.talk.posts[0].replies[0].said;
        assert!(matches!(shown, PostSaid::Shown { body, .. } if body == BODY), "{}", db.name);

        let form =
            EditForm {
                stance: "against".into(), body: "换一种说法".into(), ..EditForm::default()
            };
        change(hall, resident, number, id, &form).await.unwrap();
        let gone = decline(hall, member, number, id, "false", "改得不对吧").await.unwrap();
        appeal_file(hall, resident, gone, WHY).await.unwrap();
        appeal_decide(hall, head, gone, "restored", "改得没有错").await.unwrap();
        assert_eq!(row(hall, id).await.body, "换一种说法", "{}", db.name);
    }
}

#[tokio::test]
async fn two_decide_at_once_and_one_wins() {
    for db in databases().await {
        let (world, number) = stage(&db, CommunitySettings::default()).await;
        let (hall, resident) = (&db.hall, &world.resident.actor);
        let id = post_write(hall, resident, number, &typed("against", BODY)).await.unwrap();
        let before = matter(hall, &world, number).await.posts;
        let member = &world.committee_member.actor;
        let gone =
            removal_make(hall, member, number, Some(id), "false", "没有这回事").await.unwrap();
        appeal_file(hall, resident, gone, WHY).await.unwrap();
        let second = db.second_hall().await;
        let head = &world.committee_head.actor;
        let decide = async |hall: &Hall, what: &str| {
            appeal_decide(hall, head, RemovalId(gone.0), what, "看过以后的理由").await
        };
        let (one, two) = tokio::join!(decide(hall, "restored"), decide(&second, "restored"));
        assert_eq!(usize::from(one.is_ok()) + usize::from(two.is_ok()), 1, "{}", db.name);
        assert_eq!(matter(hall, &world, number).await.posts, before, "{}", db.name);
        db.clock.advance_ms(DAY_MS);
    }
}
