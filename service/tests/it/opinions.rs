//! Opinion groups of a matter, on both databases.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test says what it needs and ends"
)]

use domain::permission::Denied;
use domain::proposal::Step;
use domain::role::Actor;
use domain::settings::{CommunitySettings, Moderation, TalkModeration};
use domain::talk::PostState;
use domain::text::TextError;
use entities::{audit, opinion_map, statement, statement_vote};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};
use service::matter::{self, By, Said};
use service::opinion::{
    AnswerForm, Choice, NEIGHBOUR, OpinionsFile, OpinionsView, StatementDecision, StatementForm,
    opinions_export, opinions_read, opinions_view, removed_statements_look, statement_answer,
    statement_decide, statement_hide, statement_write, statements_sweep,
};
use service::people::SignedIn;
use service::proposal::{ProposalForm, proposal_submit};
use service::testing::{Plan, TestDb, World, databases};
use service::{Error, FieldError, Hall, Problem, Refusal};

/// Voices that the settings of these tests ask for: of 25 people in the world.
const NEEDED: u32 = 20;
const WHY: &str = "这句话说的是具体的人。";

fn settings() -> CommunitySettings {
    CommunitySettings {
        moderation: Moderation::After,
        opinion_voices: NEEDED,
        ..CommunitySettings::default()
    }
}

async fn world(hall: &Hall, settings: CommunitySettings) -> (World, i64) {
    let world = World::planned(hall, Plan { settings, ..Plan::default() }).await;
    let form = ProposalForm {
        title: "给孩子建个沙池".to_owned(),
        situation: "小区没有孩子玩的地方，放学后都在车道边跑。".to_owned(),
        suggestion: "把南侧的三个车位改成沙池，四周做矮栏杆。".to_owned(),
        category: "culture_children".to_owned(),
        courtyard_id: world.courtyards[0].to_string(),
        scope: "community".to_owned(),
        ..ProposalForm::default()
    };
    let number = proposal_submit(hall, &world.resident.actor, &form).await.unwrap();
    (world, number)
}

fn typed(body: &str) -> StatementForm {
    StatementForm { body: body.to_owned(), ..StatementForm::default() }
}

fn says(choice: &str) -> AnswerForm {
    AnswerForm { choice: choice.to_owned() }
}

async fn view(hall: &Hall, actor: Option<&Actor>, world: &World, number: i64) -> OpinionsView {
    opinions_view(hall, world.community, actor, number, None).await.unwrap()
}

async fn written(hall: &Hall, world: &World, number: i64) {
    for (at, who) in [(0, &world.resident), (5, &world.council_member)] {
        for statement in at..8.min(at + 5) {
            let body = format!("第{}句：沙池该怎么建", statement + 1);
            let state = statement_write(hall, &who.actor, number, &typed(&body)).await.unwrap();
            assert_eq!(state, PostState::Shown);
        }
    }
}

fn people(world: &World) -> Vec<&SignedIn> {
    let named = [
        &world.resident,
        &world.second_adult,
        &world.council_member,
        &world.entrance_lead,
        &world.committee_member,
        &world.oversight,
    ];
    named.into_iter().chain(&world.neighbours).collect()
}

/// Two camps: all agree with 1 and 5, all disagree with 8, and the others divide them.
async fn answered(hall: &Hall, world: &World, number: i64, count: usize) {
    for (at, person) in people(world).into_iter().take(count).enumerate() {
        for statement in 1..=8 {
            let choice = match statement {
                1 | 5 => "agree",
                8 => "disagree",
                _ if (at + statement) % 2 == 0 => "agree",
                _ => "disagree",
            };
            let answer = says(choice);
            statement_answer(hall, &person.actor, number, statement as i64, &answer).await.unwrap();
        }
    }
}

#[tokio::test]
async fn a_statement_fits_its_length_and_its_author_agrees_with_it() {
    for db in databases().await {
        let (world, number) = world(&db.hall, settings()).await;
        let (hall, actor) = (&db.hall, &world.resident.actor);
        for (body, problem) in [
            ("", TextError::Empty),
            ("  沙池 ", TextError::TooShort { len: 2, min: 4 }),
            (&"长".repeat(141), TextError::TooLong { len: 141, max: 140 }),
        ] {
            let refused = statement_write(hall, actor, number, &typed(body)).await.unwrap_err();
            let expected = FieldError { field: "body", problem: Problem::Text(problem) };
            assert!(matches!(refused, Error::Invalid(f) if f == [expected]), "{}", db.name);
        }
        statement_write(hall, actor, number, &typed("沙池要有\n盖子")).await.unwrap();
        let seen = view(hall, Some(actor), &world, number).await;
        assert_eq!(seen.own[0].body, "沙池要有 盖子", "{}", db.name);
        assert_eq!(seen.answered, [(1, "沙池要有 盖子".to_owned(), Choice::Agree)]);
        assert_eq!((seen.voices, seen.asked), (1, None));
        let twice = statement_write(hall, actor, number, &typed("沙池要有 盖子")).await;
        let expected = FieldError { field: "body", problem: Problem::StatementTwice };
        assert!(matches!(twice, Err(Error::Invalid(f)) if f == [expected]), "{}", db.name);
    }
}

#[tokio::test]
async fn who_may_write_and_answer() {
    for db in databases().await {
        let (world, number) = world(&db.hall, settings()).await;
        let hall = &db.hall;
        statement_write(hall, &world.resident.actor, number, &typed("沙池要有盖子")).await.unwrap();
        let head = &world.committee_head.actor;
        for refused in [
            statement_write(hall, head, number, &typed("我也来一句")).await.unwrap_err(),
            statement_answer(hall, head, number, 1, &says("agree")).await.unwrap_err(),
        ] {
            assert!(
                matches!(refused, Error::Denied(Denied::NotVerified)),
                "{}: {refused}",
                db.name
            );
        }
        let stranger = &world.stranger.actor;
        let refused = statement_answer(hall, stranger, number, 1, &says("agree")).await;
        assert!(matches!(refused, Err(Error::NotFound)), "{}", db.name);
        let actor = &world.second_adult.actor;
        let none = statement_answer(hall, actor, number, 2, &says("agree")).await;
        assert!(matches!(none, Err(Error::NotFound)), "{}", db.name);
        for choice in ["", "maybe"] {
            let refused = statement_answer(hall, actor, number, 1, &says(choice)).await;
            assert!(matches!(refused, Err(Error::Invalid(_))), "{}", db.name);
        }
        // A matter that is over takes none.
        step(hall, &world, number, Step::Withdraw).await;
        let refused = statement_answer(hall, actor, number, 1, &says("agree")).await;
        assert!(
            matches!(refused, Err(Error::Refused(Refusal::ForumClosed))),
            "{}: {refused:?}",
            db.name
        );
        assert!(!view(hall, Some(actor), &world, number).await.open);
    }
}

async fn step(hall: &Hall, world: &World, number: i64, step: Step) {
    let row = matter::by_number(hall.db.read(), world.community, number).await.unwrap();
    let txn = hall.db.begin().await.unwrap();
    let by = By::Person(&world.resident.actor);
    matter::advance_in_txn(hall, &txn, row, step, by, Said::reason("测试里走一步")).await.unwrap();
    txn.commit().await.unwrap();
}

#[tokio::test]
async fn nobody_writes_more_than_five() {
    for db in databases().await {
        let (world, number) = world(&db.hall, settings()).await;
        let (hall, actor) = (&db.hall, &world.resident.actor);
        for at in 1..=5 {
            statement_write(hall, actor, number, &typed(&format!("这是第{at}句"))).await.unwrap();
        }
        assert!(!view(hall, Some(actor), &world, number).await.may.write);
        let refused = statement_write(hall, actor, number, &typed("这是第六句")).await;
        assert!(matches!(refused, Err(Error::Refused(Refusal::OwnStatementsFull))), "{}", db.name);
        let other = &world.second_adult.actor;
        assert!(view(hall, Some(other), &world, number).await.may.write, "{}", db.name);
    }
}

#[tokio::test]
async fn the_statement_with_the_fewest_answers_is_asked_first_and_an_answer_can_be_changed() {
    for db in databases().await {
        let (world, number) = world(&db.hall, settings()).await;
        let hall = &db.hall;
        written(hall, &world, number).await;
        let (one, other) = (&world.neighbours[0].actor, &world.neighbours[1].actor);
        let next = async |actor| view(hall, Some(actor), &world, number).await.asked;
        assert_eq!(next(one).await.unwrap().number, 1, "{}", db.name);
        statement_answer(hall, one, number, 1, &says("pass")).await.unwrap();
        assert_eq!(next(one).await.unwrap().number, 2);
        assert_eq!(next(other).await.unwrap().number, 2);
        let again = opinions_view(hall, world.community, Some(one), number, Some(1)).await.unwrap();
        assert_eq!(again.asked.unwrap().before, Some(Choice::Pass));
        statement_answer(hall, one, number, 1, &says("disagree")).await.unwrap();
        let given = view(hall, Some(one), &world, number).await.answered;
        assert_eq!(given.len(), 1, "{}", db.name);
        assert_eq!(given[0].2, Choice::Disagree);
        let rows = statement_vote::Entity::find()
            .filter(statement_vote::Column::PersonId.eq(one.person.0))
            .count(hall.db.read());
        assert_eq!(rows.await.unwrap(), 1, "{}", db.name);
    }
}

#[tokio::test]
async fn under_the_threshold_there_is_no_picture_and_no_file() {
    for db in databases().await {
        let (world, number) = world(&db.hall, settings()).await;
        let hall = &db.hall;
        written(hall, &world, number).await;
        answered(hall, &world, number, NEEDED as usize - 1).await;
        let seen = view(hall, None, &world, number).await;
        assert_eq!((seen.voices, seen.needed), (NEEDED - 1, NEEDED), "{}", db.name);
        assert_eq!(seen.picture, None);
        let head = &world.committee_head.actor;
        let refused = opinions_export(hall, head, number, OpinionsFile::Participants).await;
        assert!(matches!(refused, Err(Error::Refused(Refusal::TooFewVoices))), "{}", db.name);
        // One more is enough.
        let last = people(&world)[NEEDED as usize - 1];
        statement_answer(hall, &last.actor, number, 1, &says("agree")).await.unwrap();
        let seen = view(hall, None, &world, number).await;
        assert!(seen.picture.is_some_and(|picture| picture.others == 1), "{}", db.name);
    }
}

#[tokio::test]
async fn common_ground_comes_first_and_ones_group_is_ones_own() {
    for db in databases().await {
        let (world, number) = world(&db.hall, settings()).await;
        let hall = &db.hall;
        written(hall, &world, number).await;
        answered(hall, &world, number, 25).await;
        let seen = view(hall, None, &world, number).await;
        let picture = seen.picture.unwrap();
        assert_eq!(picture.groups, [13, 12], "{}", db.name);
        assert_eq!((picture.others, picture.mine), (0, None));
        let numbers = |lines: &[service::opinion::PictureLine]| -> Vec<(i64, bool)> {
            lines.iter().map(|line| (line.number, line.against)).collect()
        };
        assert_eq!(numbers(&picture.common), [(1, false), (5, false), (8, true)], "{}", db.name);
        assert_eq!(picture.apart.len(), 5, "{}", db.name);
        assert_eq!(picture.common[0].body, "第1句：沙池该怎么建");
        let counts = picture.common[0].groups[0].unwrap();
        assert_eq!((counts.agree, counts.answered()), (13, 13), "{}", db.name);
        let group = async |at: usize| {
            let who = &people(&world)[at].actor;
            view(hall, Some(who), &world, number).await.picture.unwrap().mine
        };
        let (first, second, third) = (group(0).await, group(1).await, group(2).await);
        assert!(first.is_some() && first == third && first != second, "{}", db.name);
    }
}

#[tokio::test]
async fn nothing_is_computed_anew_while_the_answers_stay() {
    for db in databases().await {
        let (world, number) = world(&db.hall, settings()).await;
        let hall = &db.hall;
        written(hall, &world, number).await;
        answered(hall, &world, number, 25).await;
        view(hall, None, &world, number).await;
        let kept = async || opinion_map::Entity::find().one(hall.db.read()).await.unwrap().unwrap();
        let first = kept().await;
        db.clock.advance_ms(60_000);
        view(hall, None, &world, number).await;
        assert_eq!(kept().await, first, "{}", db.name);
        // Nobody's number is in what is kept.
        assert!(!first.result.contains("person"), "{}", db.name);
        statement_answer(hall, &world.resident.actor, number, 2, &says("pass")).await.unwrap();
        let seen = view(hall, None, &world, number).await;
        let second = kept().await;
        assert!(second.basis != first.basis && second.at > first.at, "{}", db.name);
        let pass = |line: &service::opinion::PictureLine| {
            line.groups.iter().flatten().map(|it| it.pass).sum::<u32>()
        };
        let passed: u32 = seen.picture.unwrap().apart.iter().map(pass).sum();
        assert_eq!(passed, 1, "{}", db.name);
    }
}

#[tokio::test]
async fn a_statement_that_is_taken_down_counts_no_more_and_can_be_read_by_oversight_alone() {
    for db in databases().await {
        let (world, number) = world(&db.hall, settings()).await;
        let hall = &db.hall;
        written(hall, &world, number).await;
        answered(hall, &world, number, 25).await;
        let member = &world.committee_member.actor;
        let resident = &world.resident.actor;
        let refused = statement_hide(hall, resident, number, 2, WHY).await;
        assert!(matches!(refused, Err(Error::Denied(Denied::NeedsRole))), "{}", db.name);
        let refused = statement_hide(hall, member, number, 2, "短").await;
        assert!(matches!(refused, Err(Error::Invalid(_))), "{}", db.name);
        statement_hide(hall, member, number, 2, WHY).await.unwrap();
        let again = statement_hide(hall, member, number, 2, WHY).await;
        assert!(matches!(again, Err(Error::Refused(Refusal::Stale))), "{}", db.name);
        let seen = view(hall, Some(resident), &world, number).await;
        assert_eq!(seen.shown, 7, "{}", db.name);
        let picture = seen.picture.unwrap();
        let listed = picture.common.iter().chain(&picture.apart).chain(&picture.open);
        assert!(listed.clone().all(|line| line.number != 2), "{}", db.name);
        assert_eq!(listed.count(), 7, "{}", db.name);
        let own = seen.own.iter().find(|own| own.number == 2).unwrap();
        assert_eq!((own.body.as_str(), own.state), ("", PostState::Removed), "{}", db.name);
        assert_eq!(own.reason.as_deref(), Some(WHY));
        let answer = statement_answer(hall, resident, number, 2, &says("agree")).await;
        assert!(matches!(answer, Err(Error::NotFound)), "{}", db.name);
        let row = statement::Entity::find().filter(statement::Column::Number.eq(2));
        let row = row.one(hall.db.read()).await.unwrap().unwrap();
        assert!(row.body.is_empty() && !row.kept.unwrap().contains("沙池"), "{}", db.name);
        // The board reads it, and that is noted; others don't.
        let refused = removed_statements_look(hall, resident, number).await;
        assert!(matches!(refused, Err(Error::Denied(_))), "{}", db.name);
        let board = &world.oversight.actor;
        let texts = removed_statements_look(hall, board, number).await.unwrap();
        assert_eq!(texts, [(2, "第2句：沙池该怎么建".to_owned())], "{}", db.name);
        let last = last_entry(hall).await;
        assert_eq!(last.action, "statements_look", "{}", db.name);
        // After the time that the settings give the text is gone.
        assert_eq!(statements_sweep(hall).await.unwrap(), 0, "{}", db.name);
        db.clock.advance_ms(366 * domain::time::DAY_MS);
        assert_eq!(statements_sweep(hall).await.unwrap(), 1, "{}", db.name);
        let texts = removed_statements_look(hall, board, number).await.unwrap();
        assert!(texts.is_empty(), "{}", db.name);
    }
}

async fn last_entry(hall: &Hall) -> audit::Model {
    let entries = audit::Entity::find().order_by_desc(audit::Column::Seq);
    entries.one(hall.db.read()).await.unwrap().unwrap()
}

#[tokio::test]
async fn where_somebody_looks_first_a_statement_waits() {
    for db in databases().await {
        let settings = CommunitySettings {
            talk_moderation: TalkModeration::Before,
            watch_words: vec!["滚".to_owned()],
            ..settings()
        };
        let (world, number) = world(&db.hall, settings).await;
        let (hall, actor) = (&db.hall, &world.resident.actor);
        let watched = typed("不同意的都滚远点");
        let refused = statement_write(hall, actor, number, &watched).await.unwrap_err();
        let expected = FieldError { field: "body", problem: Problem::WatchedWords };
        assert!(matches!(refused, Error::Invalid(f) if f == [expected]), "{}", db.name);
        let anyway = StatementForm { anyway: "1".to_owned(), ..watched };
        let state = statement_write(hall, actor, number, &anyway).await.unwrap();
        assert_eq!(state, PostState::Waiting, "{}", db.name);
        statement_write(hall, actor, number, &typed("沙池要有盖子")).await.unwrap();
        // Nobody else sees it, and it counts nothing.
        let other = view(hall, Some(&world.second_adult.actor), &world, number).await;
        assert_eq!((other.shown, other.voices, other.asked), (0, 0, None), "{}", db.name);
        assert!(other.waiting.is_empty() && other.own.is_empty(), "{}", db.name);
        let member = &world.committee_member.actor;
        let desk = view(hall, Some(member), &world, number).await;
        assert_eq!(desk.waiting.len(), 2, "{}", db.name);
        let decline = StatementDecision::Decline { reason: WHY };
        let refused = statement_decide(hall, actor, number, 1, decline).await;
        assert!(matches!(refused, Err(Error::Denied(_))), "{}", db.name);
        statement_decide(hall, member, number, 1, decline).await.unwrap();
        statement_decide(hall, member, number, 2, StatementDecision::Show).await.unwrap();
        let again = statement_decide(hall, member, number, 2, StatementDecision::Show).await;
        assert!(matches!(again, Err(Error::Refused(Refusal::Stale))), "{}", db.name);
        let mine = view(hall, Some(actor), &world, number).await;
        assert_eq!(mine.own[0].state, PostState::Declined, "{}", db.name);
        assert_eq!(mine.own[0].reason.as_deref(), Some(WHY));
        assert_eq!((mine.own[1].state, mine.shown), (PostState::Shown, 1), "{}", db.name);
    }
}

#[tokio::test]
async fn an_answers_entry_names_neither_who_nor_what() {
    for db in databases().await {
        let (world, number) = world(&db.hall, settings()).await;
        let hall = &db.hall;
        written(hall, &world, number).await;
        statement_answer(hall, &world.second_adult.actor, number, 3, &says("pass")).await.unwrap();
        let last = last_entry(hall).await;
        assert_eq!((last.actor.as_str(), last.action.as_str()), (NEIGHBOUR, "statement_answer"));
        assert!(last.subject.starts_with("proposal:"), "{}: {}", db.name, last.subject);
        assert_eq!((last.before, last.after, last.reason), (None, None, None), "{}", db.name);
        // Nor does a text stand in the chain.
        let entries = audit::Entity::find().all(hall.db.read()).await.unwrap();
        let texts = entries.iter().filter_map(|entry| entry.after.as_deref());
        assert!(texts.into_iter().all(|after| !after.contains("该怎么建")), "{}", db.name);
    }
}

#[tokio::test]
async fn files_go_out_without_names_and_are_read_again() {
    for db in databases().await {
        let (world, number) = world(&db.hall, settings()).await;
        let hall = &db.hall;
        written(hall, &world, number).await;
        answered(hall, &world, number, 25).await;
        let refused =
            opinions_export(hall, &world.resident.actor, number, OpinionsFile::Participants).await;
        assert!(matches!(refused, Err(Error::Denied(Denied::NeedsRole))), "{}", db.name);
        let head = &world.committee_head.actor;
        let file = opinions_export(hall, head, number, OpinionsFile::Participants).await.unwrap();
        let text = String::from_utf8(file.clone()).unwrap();
        let rows: Vec<&str> = text.lines().collect();
        assert_eq!(
            rows[0],
            "participant,group-id,n-comments,n-votes,n-agree,n-disagree,1,2,3,4,5,6,7,8"
        );
        assert_eq!(rows.len(), 26, "{}", db.name);
        // By what they answered: all of one camp come before the other.
        let mut camps: Vec<&str> =
            rows[1..].iter().map(|row| row.splitn(7, ',').nth(6).unwrap()).collect();
        camps.dedup();
        assert_eq!(camps.len(), 2, "{}: {camps:?}", db.name);
        assert!(rows[1].starts_with("1,") && rows[25].starts_with("25,"), "{}", db.name);
        let last = last_entry(hall).await;
        assert_eq!(last.action, "opinions_export", "{}", db.name);
        let texts = opinions_export(hall, head, number, OpinionsFile::Comments).await.unwrap();
        let texts = String::from_utf8(texts).unwrap();
        let first = texts.lines().nth(1).unwrap();
        assert!(first.contains("CST 2026,1,0,25,0,1,第1句"), "{}: {first}", db.name);
        // Reading it again finds the same groups and keeps nothing.
        let before = statement_vote::Entity::find().count(hall.db.read()).await.unwrap();
        let read = opinions_read(hall, &world.oversight.actor, number, file).await.unwrap();
        assert_eq!((read.voices, read.statements), (25, 8), "{}", db.name);
        assert_eq!(read.picture.unwrap().groups, [13, 12], "{}", db.name);
        let after = statement_vote::Entity::find().count(hall.db.read()).await.unwrap();
        assert_eq!(before, after, "{}", db.name);
        for (bytes, line) in [("participant,1\n4,1\n5,2\n", 3), ("name\n", 0), ("", 0)] {
            let refused = opinions_read(hall, head, number, bytes.into()).await.unwrap_err();
            let problem = Problem::OpinionsFile { line };
            let expected = FieldError { field: "file", problem };
            assert!(matches!(refused, Error::Invalid(f) if f == [expected]), "{}", db.name);
        }
    }
}

/// Two who answer at the same time, and one who answers twice, leave one row each.
#[tokio::test]
async fn answers_at_the_same_time_are_one_each() {
    for db in databases().await {
        let (world, number) = world(&db.hall, settings()).await;
        let hall = &db.hall;
        written(hall, &world, number).await;
        same_time(&db, &world, number).await;
        let rows = statement_vote::Entity::find().count(hall.db.read()).await.unwrap();
        assert_eq!(rows, 8 + 2, "{}", db.name);
    }
}

async fn same_time(db: &TestDb, world: &World, number: i64) {
    let (one, other) = (&world.neighbours[0].actor, &world.neighbours[1].actor);
    let (agree, pass) = (says("agree"), says("pass"));
    let answer = |actor, form| statement_answer(&db.hall, actor, number, 1, form);
    let (a, b, c) = tokio::join!(answer(one, &agree), answer(one, &pass), answer(other, &agree));
    a.and(b).and(c).unwrap();
}
