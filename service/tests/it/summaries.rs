//! The chair's summary, on both databases: its four parts and earlier versions, and what each side says to it.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use domain::ids::{PostId, SummaryId};
use domain::permission::Denied;
use domain::role::Actor;
use domain::settings::{CommunitySettings, Moderation};
use domain::stance::Stance;
use domain::text::TextError;
use entities::{audit, summary_fair};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use service::people::SignedIn;
use service::post::{PostForm, post_hide, post_withdraw, post_write};
use service::proposal::{ProposalForm, proposal_submit, proposal_withdraw};
use service::search::{Query, search};
use service::summary::{SummaryForm, summary_judge, summary_pin};
use service::testing::{Plan, TestDb, World, audit_since, databases};
use service::views::home::home_view;
use service::views::matter::summary::{SideView, summaries};
use service::views::matter::{SummaryView, matter_view};
use service::{Error, FieldError, Hall, Problem, Refusal};

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

async fn raised(hall: &Hall, world: &World) -> i64 {
    let form = ProposalForm {
        title: "给孩子建个沙池".to_owned(),
        situation: "小区没有孩子玩的地方，放学后都在车道边跑。".to_owned(),
        suggestion: "把南侧的三个车位改掉，四周做矮栏杆。".to_owned(),
        category: "culture_children".to_owned(),
        courtyard_id: world.courtyards[0].to_string(),
        scope: "courtyard".to_owned(),
        ..ProposalForm::default()
    };
    proposal_submit(hall, &world.resident.actor, &form).await.unwrap()
}

async fn say(hall: &Hall, who: &SignedIn, number: i64, stance: &str) -> PostId {
    let form = PostForm {
        stance: stance.to_owned(),
        body: "我这样看，理由说过了".to_owned(),
        ..PostForm::default()
    };
    post_write(hall, &who.actor, number, &form).await.unwrap()
}

/// A summary with all four parts, in the place of `seen`.
fn whole(word: &str, seen: Option<SummaryId>) -> SummaryForm {
    SummaryForm {
        for_points: format!("孩子有地方玩{word}\n大人看得见"),
        against_points: "车位不够".to_owned(),
        agreed: "先量地".to_owned(),
        open_points: "量完再议".to_owned(),
        seen: seen.map(|id| id.to_string()).unwrap_or_default(),
    }
}

async fn shown(hall: &Hall, world: &World, who: Option<&SignedIn>, number: i64) -> SummaryView {
    let actor = who.map(|who| &who.actor);
    matter_view(hall, world.community, actor, number, None).await.unwrap().summary.unwrap()
}

/// Numbers of the matters whose summary waits for somebody's word.
async fn waiting(hall: &Hall, world: &World, who: &SignedIn) -> Vec<i64> {
    let home = home_view(hall, world.community, Some(who)).await.unwrap();
    home.waiting.unwrap().asked.summaries.iter().map(|it| it.number).collect()
}

async fn judge(
    hall: &Hall,
    actor: &Actor,
    number: i64,
    id: SummaryId,
    fair: bool,
) -> Result<(), Error> {
    summary_judge(hall, actor, number, id, Some(fair)).await
}

#[track_caller]
fn refused<T: std::fmt::Debug>(result: Result<T, Error>) -> Refusal {
    match result.unwrap_err() {
        Error::Refused(refusal) => refusal,
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn it_has_four_parts_and_any_of_them_can_be_empty() {
    for db in databases().await {
        let (world, number) = stage(&db).await;
        let (hall, chair) = (&db.hall, &world.council_member.actor);
        let empty = SummaryForm { agreed: " \n ".to_owned(), ..SummaryForm::default() };
        let given = summary_pin(hall, chair, number, &empty).await;
        let wrong = FieldError { field: "agreed", problem: Problem::Text(TextError::Empty) };
        assert!(matches!(given, Err(Error::Invalid(found)) if found == [wrong]), "{}", db.name);
        let long = SummaryForm {
            for_points: "长".repeat(501),
            open_points: "长".repeat(501),
            ..whole("", None)
        };
        let given = summary_pin(hall, chair, number, &long).await;
        let fields = |found: &[FieldError]| found.iter().map(|it| it.field).collect::<Vec<_>>();
        assert!(
            matches!(given, Err(Error::Invalid(found)) if fields(&found) == ["for_points", "open_points"]),
            "{}",
            db.name
        );
        for part in 0..4 {
            let number = raised(hall, &world).await;
            let said = |at: usize| if at == part { "  就这一点  " } else { "" }.to_owned();
            let form = SummaryForm {
                for_points: said(0),
                against_points: said(1),
                agreed: said(2),
                open_points: said(3),
                seen: String::new(),
            };
            summary_pin(hall, chair, number, &form).await.unwrap();
            let view = shown(hall, &world, None, number).await;
            let parts = [view.for_points, view.against_points, view.agreed, view.open_points];
            for (at, shown) in parts.iter().enumerate() {
                assert_eq!(shown, said(at).trim(), "{}", db.name);
            }
        }
        // Telephone and room numbers are covered, whoever wrote them.
        let form =
            SummaryForm { agreed: "打13812345678问物业".to_owned(), ..SummaryForm::default() };
        summary_pin(hall, chair, number, &form).await.unwrap();
        let view = shown(hall, &world, None, number).await;
        assert_eq!(view.agreed, "打●●●问物业", "{}", db.name);
    }
}

#[tokio::test]
async fn a_new_one_takes_the_place_of_the_one_that_its_writer_saw() {
    for db in databases().await {
        let (world, number) = stage(&db).await;
        let (hall, chair) = (&db.hall, &world.council_member.actor);
        let member = &world.committee_member.actor;
        for nobody in [&world.resident.actor, &world.no_household.actor, &world.oversight.actor] {
            let given = summary_pin(hall, nobody, number, &whole("", None)).await;
            assert!(matches!(given, Err(Error::Denied(Denied::NeedsRole))), "{}", db.name);
        }
        let far = summary_pin(hall, &world.stranger.actor, number, &whole("", None)).await;
        assert!(matches!(far, Err(Error::NotFound)), "{}", db.name);
        let first = summary_pin(hall, chair, number, &whole("头一份", None)).await.unwrap();
        // Who saw none, or an older one, is told.
        for seen in [None, Some(SummaryId(first.0 + 7))] {
            let given = summary_pin(hall, member, number, &whole("抢着写", seen)).await;
            assert_eq!(refused(given), Refusal::Stale, "{}", db.name);
        }
        db.advance_days(1);
        let second =
            summary_pin(hall, member, number, &whole("第二份", Some(first))).await.unwrap();
        assert_eq!(
            refused(summary_pin(hall, chair, number, &whole("慢了", Some(first))).await),
            Refusal::Stale
        );
        // Two at once: one of them is told.
        let other = db.second_hall().await;
        let form = whole("第三份", Some(second));
        let (one, two) = tokio::join!(
            summary_pin(hall, chair, number, &form),
            summary_pin(&other, member, number, &form)
        );
        assert_ne!(one.is_ok(), two.is_ok(), "{}", db.name);

        let (title, all) = summaries(hall, world.community, None, number).await.unwrap();
        assert_eq!(title, "给孩子建个沙池", "{}", db.name);
        let words: Vec<_> =
            all.iter().map(|one| one.for_points.lines().next().unwrap().to_owned()).collect();
        assert_eq!(
            words,
            ["孩子有地方玩第三份", "孩子有地方玩第二份", "孩子有地方玩头一份"],
            "{}",
            db.name
        );
        let view = matter_view(hall, world.community, None, number, None).await.unwrap();
        let pinned = view.steps.iter().filter(|step| step.kind == "summary");
        assert_eq!(pinned.count(), 3, "{}", db.name);
        // The chain says that it was written, and never what.
        let entries = audit::Entity::find()
            .filter(audit::Column::Action.eq("summary_pin"))
            .order_by_asc(audit::Column::Seq);
        let entries = entries.all(hall.db.read()).await.unwrap();
        assert_eq!(entries.len(), 3, "{}", db.name);
        assert_eq!(entries[1].before, entries[0].after, "{}", db.name);
        assert!(!format!("{entries:?}").contains("孩子"), "{}", db.name);
        // It is found by its words, the earlier ones by none of theirs.
        let found = async |words: &str| {
            let asked = Query { text: words.to_owned(), ..Query::default() };
            !search(hall, world.community, &asked, None).await.unwrap().matters.is_empty()
        };
        assert!(found("第三份").await && !found("头一份").await, "{}", db.name);
    }
}

#[tokio::test]
async fn both_sides_are_asked_and_counted() {
    for db in databases().await {
        let (world, number) = stage(&db).await;
        let (hall, chair) = (&db.hall, &world.council_member.actor);
        let (favour, against) = (&world.resident, &world.entrance_lead);
        let [other, changes, silent] = [0, 1, 2].map(|n| &world.neighbours[n]);
        say(hall, favour, number, "for").await;
        say(hall, favour, number, "for").await;
        say(hall, against, number, "against").await;
        say(hall, other, number, "against").await;
        say(hall, silent, number, "question").await;
        say(hall, silent, number, "addition").await;
        // Everybody stands where they spoke last.
        say(hall, changes, number, "for").await;
        say(hall, changes, number, "against").await;
        assert!(waiting(hall, &world, favour).await.is_empty(), "{}: nothing yet", db.name);
        let id = summary_pin(hall, chair, number, &whole("", None)).await.unwrap();

        for (who, side) in [
            (favour, Some(Stance::For)),
            (against, Some(Stance::Against)),
            (changes, Some(Stance::Against)),
            (silent, None),
            (&world.council_member, None),
        ] {
            let view = shown(hall, &world, Some(who), number).await;
            assert_eq!((view.my_side, view.mine), (side, None), "{}", db.name);
            let asked = waiting(hall, &world, who).await;
            assert_eq!(asked, side.map(|_| number).into_iter().collect::<Vec<_>>(), "{}", db.name);
        }
        for silent in [&silent.actor, &world.second_adult.actor] {
            let given = judge(hall, silent, number, id, true).await;
            assert_eq!(refused(given), Refusal::NotSpeaker, "{}", db.name);
        }
        for outside in [&world.committee_member.actor, &world.no_household.actor] {
            let given = judge(hall, outside, number, id, true).await;
            assert!(matches!(given, Err(Error::Denied(_))), "{}: elsewhere", db.name);
        }
        let far = judge(hall, &world.stranger.actor, number, id, true).await;
        assert!(matches!(far, Err(Error::NotFound)), "{}", db.name);

        let seq = service::audit::head(hall.db.read()).await.unwrap().seq;
        judge(hall, &favour.actor, number, id, true).await.unwrap();
        judge(hall, &against.actor, number, id, false).await.unwrap();
        judge(hall, &changes.actor, number, id, true).await.unwrap();
        let counts = |fair, unfair, speakers| SideView { fair, unfair, speakers };
        let view = shown(hall, &world, Some(against), number).await;
        assert_eq!(view.sides, [counts(1, 0, 1), counts(1, 1, 3)], "{}", db.name);
        assert_eq!(view.mine, Some(false), "{}", db.name);
        assert!(waiting(hall, &world, against).await.is_empty(), "{}", db.name);
        assert_eq!(waiting(hall, &world, other).await, [number], "{}", db.name);

        // Said another way, and taken back.
        judge(hall, &against.actor, number, id, true).await.unwrap();
        let view = shown(hall, &world, Some(against), number).await;
        assert_eq!(view.sides[1], counts(2, 0, 3), "{}", db.name);
        for _ in 0..2 {
            summary_judge(hall, &against.actor, number, id, None).await.unwrap();
            let view = shown(hall, &world, Some(against), number).await;
            assert_eq!((view.sides[1], view.mine), (counts(1, 0, 3), None), "{}", db.name);
        }
        assert_eq!(waiting(hall, &world, against).await, [number], "{}", db.name);
        let entries = audit_since(hall, seq).await;
        let told: Vec<_> = entries.iter().map(|entry| (&*entry[0], &*entry[1])).collect();
        let one = ("summary_judge", "proposal:1");
        assert_eq!(told, [one; 5], "{}: taking nothing back leaves no entry", db.name);
        assert!(entries[3][2].contains("false") && entries[3][3].contains("true"), "{}", db.name);

        // A new summary asks anew, and the earlier one keeps what was said to it.
        judge(hall, &against.actor, number, id, false).await.unwrap();
        let next = summary_pin(hall, chair, number, &whole("改过", Some(id))).await.unwrap();
        let view = shown(hall, &world, Some(favour), number).await;
        assert_eq!(view.sides, [counts(0, 0, 1), counts(0, 0, 3)], "{}", db.name);
        assert_eq!(view.mine, None, "{}", db.name);
        assert_eq!(waiting(hall, &world, favour).await, [number], "{}", db.name);
        assert_eq!(
            refused(judge(hall, &favour.actor, number, id, true).await),
            Refusal::Stale,
            "{}",
            db.name
        );
        judge(hall, &favour.actor, number, next, true).await.unwrap();
        let (_, all) = summaries(hall, world.community, None, number).await.unwrap();
        assert_eq!(all[0].sides, [counts(1, 0, 1), counts(0, 0, 0)], "{}", db.name);
        assert_eq!(all[1].sides, [counts(1, 0, 1), counts(1, 1, 2)], "{}", db.name);
        // Nobody's name is with it.
        assert!(all.iter().all(|one| one.my_side.is_none() && one.mine.is_none()), "{}", db.name);
    }
}

#[tokio::test]
async fn who_is_not_heard_any_more_is_not_asked() {
    for db in databases().await {
        let (world, number) = stage(&db).await;
        let (hall, chair) = (&db.hall, &world.council_member.actor);
        let (one, two) = (&world.entrance_lead, &world.neighbours[0]);
        let gone = say(hall, one, number, "against").await;
        let back = say(hall, two, number, "for").await;
        say(hall, &world.council_member, number, "for").await;
        let id = summary_pin(hall, chair, number, &whole("", None)).await.unwrap();
        assert!(waiting(hall, &world, &world.council_member).await.is_empty(), "{}: own", db.name);
        judge(hall, &one.actor, number, id, false).await.unwrap();
        post_hide(hall, &world.committee_member.actor, number, gone, "说了伤人的话").await.unwrap();
        post_withdraw(hall, &two.actor, number, back).await.unwrap();
        let view = shown(hall, &world, Some(one), number).await;
        assert_eq!((view.my_side, view.mine), (None, None), "{}", db.name);
        let of_chair = SideView { speakers: 1, ..SideView::default() };
        assert_eq!(view.sides, [of_chair, SideView::default()], "{}", db.name);
        for who in [one, two] {
            assert!(waiting(hall, &world, who).await.is_empty(), "{}", db.name);
            let given = judge(hall, &who.actor, number, id, true).await;
            assert_eq!(refused(given), Refusal::NotSpeaker, "{}", db.name);
        }
        // What was said can still be taken back.
        summary_judge(hall, &one.actor, number, id, None).await.unwrap();
        let left = summary_fair::Entity::find().all(hall.db.read()).await.unwrap();
        assert!(left.is_empty(), "{}", db.name);
    }
}

#[tokio::test]
async fn a_closed_talk_asks_nobody() {
    for db in databases().await {
        let (world, number) = stage(&db).await;
        let (hall, chair) = (&db.hall, &world.council_member.actor);
        let speaker = &world.entrance_lead;
        say(hall, speaker, number, "against").await;
        let id = summary_pin(hall, chair, number, &whole("", None)).await.unwrap();
        let view = matter_view(hall, world.community, Some(&speaker.actor), number, None);
        assert!(view.await.unwrap().mine.may.judge, "{}", db.name);
        proposal_withdraw(hall, &world.resident.actor, number, "").await.unwrap();
        let view = matter_view(hall, world.community, Some(&speaker.actor), number, None);
        assert!(!view.await.unwrap().mine.may.judge, "{}", db.name);
        assert!(waiting(hall, &world, speaker).await.is_empty(), "{}", db.name);
        let given = judge(hall, &speaker.actor, number, id, true).await;
        assert_eq!(refused(given), Refusal::ForumClosed, "{}", db.name);
        let given = summary_pin(hall, chair, number, &whole("", Some(id))).await;
        assert_eq!(refused(given), Refusal::ForumClosed, "{}", db.name);
    }
}
