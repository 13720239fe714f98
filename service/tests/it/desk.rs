//! The committee's desk before the work: check, answer, session, merge, and what the desk shows.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use crate::desk_ground::*;
use domain::proposal::{State, StateName};
use domain::role::Actor;
use entities::{mail, notice};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, Set,
};
use service::desk::*;
use service::merge::merge_ask;
use service::testing::{TestDb, World, databases};
use service::views::desk::{Known, Pile, dead_mails, desk, desk_matter};
use service::{Error, Hall, Problem, Refusal, Result};

/// Every act of the desk on a matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Act {
    Publish,
    Return,
    NotAccept,
    Merge,
    Accept,
    Answer,
    Deliberate,
    Session,
    Refer,
    Note,
    Extend,
    Suspend,
    Resume,
    Complete,
    Archive,
}

const ACTS: [Act; 15] = [
    Act::Publish,
    Act::Return,
    Act::NotAccept,
    Act::Merge,
    Act::Accept,
    Act::Answer,
    Act::Deliberate,
    Act::Session,
    Act::Refer,
    Act::Note,
    Act::Extend,
    Act::Suspend,
    Act::Resume,
    Act::Complete,
    Act::Archive,
];

impl Act {
    /// Does it with `why` as its reason or note, and all other fields well filled.
    async fn play(
        self,
        hall: &Hall,
        actor: &Actor,
        number: i64,
        other: i64,
        why: &str,
    ) -> Result<()> {
        let reason = why.to_owned();
        let day = |days| {
            let date = hall.now().plus_days(days).local_date();
            format!("{}-{:02}-{:02}", date.year(), u8::from(date.month()), date.day())
        };
        match self {
            Self::Publish => matter_publish(hall, actor, number, why).await,
            Self::Return => matter_return(hall, actor, number, why).await,
            Self::NotAccept => matter_not_accept(hall, actor, number, why, "hotline_12345").await,
            Self::Merge => {
                merge_ask(hall, actor, number, &other.to_string(), why).await.map(|_| ())
            }
            Self::Accept => matter_accept(hall, actor, number, &AcceptForm { reason }).await,
            Self::Answer => {
                let form = AnswerForm { verdict: "adopted".into(), reason };
                matter_answer(hall, actor, number, &form).await
            }
            Self::Deliberate => {
                let form = AnswerForm { verdict: DELIBERATE.into(), reason };
                matter_answer(hall, actor, number, &form).await
            }
            Self::Session => {
                let form = SessionForm {
                    held_on: day(0),
                    attendees: "12".into(),
                    minutes: if why.is_empty() { String::new() } else { why.repeat(3) },
                    ..SessionForm::default()
                };
                session_record(hall, actor, number, &form).await
            }
            Self::Refer => work_refer(hall, actor, number, &ReferForm { reason, ..refer() }).await,
            Self::Note => work_note(hall, actor, number, why).await,
            Self::Extend => work_extend(hall, actor, number, why).await,
            Self::Suspend => {
                let form = SuspendForm { review_on: day(30), reason };
                work_suspend(hall, actor, number, &form).await
            }
            Self::Resume => work_resume(hall, actor, number, why).await,
            Self::Complete => work_complete(hall, actor, number, why).await,
            Self::Archive => matter_archive(hall, actor, number, why).await,
        }
    }

    /// The states of the ground in which it is allowed.
    fn states(self) -> &'static [StateName] {
        use StateName::*;
        match self {
            Self::Publish => &[Submitted],
            Self::Return | Self::NotAccept => &[Submitted, Cosigning, Accepted],
            Self::Merge => &[Submitted, Cosigning, Accepted, Deliberating],
            Self::Accept => &[Cosigning],
            Self::Answer | Self::Session => &[Accepted, Deliberating],
            Self::Deliberate => &[Accepted],
            Self::Refer => &[Decided, InProgress],
            Self::Note | Self::Extend | Self::Suspend | Self::Complete => &[InProgress],
            Self::Resume | Self::Archive => &[],
        }
    }
}

const GROUND: [StateName; 7] = [
    StateName::Submitted,
    StateName::Cosigning,
    StateName::Accepted,
    StateName::Deliberating,
    StateName::Decided,
    StateName::InProgress,
    StateName::Completed,
];

#[tokio::test]
async fn each_act_is_taken_in_its_states_alone_and_shown_and_recorded() {
    for db in databases().await {
        let world = World::with_first_check(&db.hall).await;
        let member = &world.committee_member.actor;
        let other = cosigning(&db, &world).await;
        for from in GROUND {
            for act in ACTS {
                // A day between two keeps the limits on how much one person may do out of the way.
                db.advance_days(1);
                let number = at(&db, &world, from).await;
                let before = steps(&db, &world, number).await.len();
                let done = act.play(&db.hall, member, number, other, WHY).await;
                let after = steps(&db, &world, number).await;
                let what = format!("{}: {act:?} from {from:?}", db.name);
                if act.states().contains(&from) {
                    assert!(done.is_ok(), "{what}: {done:?}");
                    assert_eq!(after.len(), before + 1, "{what}");
                    let shown = after.last().expect("a step");
                    assert_eq!(shown.actor_id, Some(member.person.0), "{what}");
                    assert_eq!(shown.actor_role.as_deref(), Some("committee_member"), "{what}");
                    let told = notice::Entity::find()
                        .filter(notice::Column::StepId.eq(shown.id))
                        .count(db.hall.db.read());
                    assert_eq!(told.await.expect("notices"), 1, "{what}");
                    if act != Act::Session {
                        assert_eq!(shown.reason.as_deref(), Some(WHY), "{what}");
                    }
                } else {
                    assert!(is_transition(&done), "{what}: {done:?}");
                    assert_eq!(after.len(), before, "{what}");
                    assert_eq!(state(&db, &world, number).await.name(), from, "{what}");
                }
            }
        }
        assert_chain(&db).await;
    }
}

#[tokio::test]
async fn each_act_is_for_its_roles_alone() {
    for db in databases().await {
        let world = World::with_first_check(&db.hall).await;
        let other = cosigning(&db, &world).await;
        for act in ACTS {
            // A day between two keeps the limits on how much one person may do out of the way.
            db.advance_days(1);
            // The first of its states, or any public one.
            let from = act.states().first().copied().unwrap_or(StateName::InProgress);
            let number = at(&db, &world, from).await;
            let before = row(&db, &world.resident.actor, number).await;
            let people = [
                ("author", &world.resident),
                ("lead", &world.entrance_lead),
                ("neighbour", &world.neighbours[0]),
                ("council", &world.council_member),
                ("oversight", &world.oversight),
                ("guest", &world.no_household),
                ("stranger", &world.stranger),
            ];
            for (who, person) in people {
                if act == Act::Session && who == "council" {
                    continue;
                }
                let done = act.play(&db.hall, &person.actor, number, other, WHY).await;
                let what = format!("{}: {act:?} by {who}: {done:?}", db.name);
                let hidden = from == StateName::Submitted && !matches!(who, "author" | "oversight");
                if who == "stranger" || hidden {
                    assert!(matches!(done, Err(Error::NotFound)), "{what}");
                } else {
                    assert!(matches!(done, Err(Error::Denied(_))), "{what}");
                }
                // What was typed is judged after who typed it.
                let empty = act.play(&db.hall, &person.actor, number, other, "").await;
                assert!(!matches!(empty, Err(Error::Invalid(_))), "{what}");
            }
            assert_eq!(before, row(&db, &world.resident.actor, number).await, "{act:?}");
        }
        // A council member records sessions, and decides nothing by them.
        let number = deliberating(&db, &world).await;
        let council = &world.council_member.actor;
        Act::Session.play(&db.hall, council, number, other, WHY).await.expect("recorded");
        let form = SessionForm { verdict: "adopted".into(), ..session() };
        let done = session_record(&db.hall, council, number, &form).await;
        assert!(matches!(done, Err(Error::Denied(_))), "{}: {done:?}", db.name);
    }
}

#[tokio::test]
async fn each_act_has_a_public_reason() {
    for db in databases().await {
        let world = World::with_first_check(&db.hall).await;
        let member = &world.committee_member.actor;
        let other = cosigning(&db, &world).await;
        for act in ACTS {
            db.advance_days(1);
            let from = act.states().first().copied().unwrap_or(StateName::InProgress);
            let number = at(&db, &world, from).await;
            let field = match act {
                Act::Session => "minutes",
                Act::Note | Act::Complete => "note",
                _ => "reason",
            };
            for why in ["", "短"] {
                let done = act.play(&db.hall, member, number, other, why).await;
                assert_eq!(fields(done), [field], "{}: {act:?} {why:?}", db.name);
            }
            assert_eq!(state(&db, &world, number).await.name(), from, "{}: {act:?}", db.name);
        }
    }
}

fn session() -> SessionForm {
    SessionForm {
        held_on: "2026-03-02".into(),
        attendees: "12".into(),
        minutes: "大家同意在东口装一盏感应灯，物业出电。".into(),
        verdict: String::new(),
        reason: "一致同意，装感应灯。".into(),
    }
}

#[tokio::test]
async fn what_is_published_has_its_threshold_and_its_last_day() {
    for db in databases().await {
        let world = World::with_first_check(&db.hall).await;
        let number = cosigning(&db, &world).await;
        let State::Cosigning { needed, until } = state(&db, &world, number).await else {
            panic!("not co-signing");
        };
        assert_eq!(needed, 10, "{}", db.name);
        assert_eq!(until.local_date(), db.hall.now().plus_days(30).local_date(), "{}", db.name);
    }
}

#[tokio::test]
async fn a_declined_matter_shows_the_right_way() {
    for db in databases().await {
        let world = World::with_first_check(&db.hall).await;
        let member = &world.committee_member.actor;
        for (route, expected) in [
            ("", None),
            ("hotline_12345", Some("hotline_12345")),
            ("emergency", Some("emergency")),
            ("out_of_scope", Some("out_of_scope")),
            ("statutory_channel", Some("statutory_channel")),
        ] {
            let number = submitted(&db, &world).await;
            let form = CheckForm {
                act: "not_accept".into(),
                reason: WHY.into(),
                route: route.into(),
                ..CheckForm::default()
            };
            matter_check(&db.hall, member, number, &form).await.expect("declined");
            let State::NotAccepted { route } = state(&db, &world, number).await else {
                panic!("not declined");
            };
            assert_eq!(route.map(|route| route.as_str()), expected, "{}", db.name);
        }
        let number = submitted(&db, &world).await;
        let done = matter_not_accept(&db.hall, member, number, WHY, "somewhere").await;
        assert_eq!(fields(done), ["route"], "{}", db.name);
        let done = matter_check(&db.hall, member, number, &CheckForm::default()).await;
        assert_eq!(fields(done), ["act"], "{}", db.name);
    }
}

#[tokio::test]
async fn an_answer_that_decides_stands_as_the_official_one() {
    for db in databases().await {
        let world = World::with_first_check(&db.hall).await;
        for verdict in ["adopted", "partly_adopted", "not_adopted", "referred"] {
            let number = decided(&db, &world, verdict).await;
            let row = row(&db, &world.resident.actor, number).await;
            assert_eq!(row.answer.as_deref(), Some(WHY), "{}", db.name);
            assert_eq!(row.answer_verdict.as_deref(), Some(verdict), "{}", db.name);
            assert_eq!(row.answer_role.as_deref(), Some("committee_member"), "{}", db.name);
            assert_eq!(row.answer_at, Some(db.hall.now().0), "{}", db.name);
            assert!(row.state_data.contains("\"by\":\"committee\""), "{}", row.state_data);
        }
        let number = deliberating(&db, &world).await;
        assert_eq!(row(&db, &world.resident.actor, number).await.answer, None, "{}", db.name);
    }
}

#[tokio::test]
async fn a_session_is_recorded_and_may_come_to_a_consensus() {
    for db in databases().await {
        let world = World::with_first_check(&db.hall).await;
        let member = &world.committee_member.actor;
        let number = deliberating(&db, &world).await;
        let ok = session();
        for (form, field, problem) in [
            (
                SessionForm { held_on: "2026-03-03".into(), ..ok.clone() },
                "held_on",
                Problem::TooLate,
            ),
            (
                SessionForm { held_on: "2026-03-01".into(), ..ok.clone() },
                "held_on",
                Problem::TooEarly,
            ),
            (SessionForm { held_on: "2026-02-30".into(), ..ok.clone() }, "held_on", Problem::Date),
            (
                SessionForm { attendees: "0".into(), ..ok.clone() },
                "attendees",
                Problem::Number { min: 1, max: ATTENDEES_MAX },
            ),
            (SessionForm { verdict: "maybe".into(), ..ok.clone() }, "verdict", Problem::Unknown),
        ] {
            match session_record(&db.hall, member, number, &form).await {
                Err(Error::Invalid(found)) => {
                    assert_eq!((found[0].field, found[0].problem), (field, problem), "{}", db.name);
                }
                other => panic!("{}: {field}: {other:?}", db.name),
            }
        }
        session_record(&db.hall, member, number, &ok).await.expect("recorded");
        assert_eq!(state(&db, &world, number).await, State::Deliberating, "{}", db.name);
        let form = SessionForm { verdict: "adopted".into(), ..ok };
        session_record(&db.hall, member, number, &form).await.expect("decided");
        let row = row(&db, member, number).await;
        assert!(row.state_data.contains("\"by\":\"consensus\""), "{}", row.state_data);
        assert_eq!(row.answer.as_deref(), Some("一致同意，装感应灯。"), "{}", db.name);
        let view = desk_matter(&db.hall, Some(member), number).await.expect("a matter");
        assert_eq!(view.sessions.len(), 2, "{}", db.name);
        assert_eq!(view.sessions[0].attendees, 12, "{}", db.name);
        let kinds: Vec<_> = view.steps.iter().map(|step| step.kind.as_str()).collect();
        assert_eq!(kinds[kinds.len() - 3..], ["session", "session", "decide"], "{}", db.name);
        assert_chain(&db).await;
    }
}

#[tokio::test]
async fn of_two_committee_members_one_is_quicker() {
    for db in databases().await {
        let world = World::with_first_check(&db.hall).await;
        let second = db.second_hall().await;
        let number = submitted(&db, &world).await;
        let (member, head) = (&world.committee_member.actor, &world.committee_head.actor);
        let (one, two) = tokio::join!(
            matter_return(&db.hall, member, number, WHY),
            matter_publish(&second, head, number, WHY),
        );
        // Published may still be returned; returned can't be published.
        let refused = [&one, &two].into_iter().filter(|done| done.is_err()).count();
        assert!(one.is_ok() || two.is_ok(), "{}: {one:?} {two:?}", db.name);
        assert!(refused <= 1, "{}", db.name);

        let number = accepted(&db, &world).await;
        let form = |verdict: &str| AnswerForm { verdict: verdict.into(), reason: WHY.into() };
        let (yes, no) = (form("adopted"), form("not_adopted"));
        let (one, two) = tokio::join!(
            matter_answer(&db.hall, member, number, &yes),
            matter_answer(&second, head, number, &no),
        );
        let results = [one, two];
        assert_eq!(results.iter().filter(|done| done.is_ok()).count(), 1, "{}", db.name);
        let lost = results.into_iter().find(Result::is_err).expect("one was slower");
        let refusal = matches!(lost, Err(Error::Refused(Refusal::Stale | Refusal::Transition(_))));
        assert!(refusal, "{}: {lost:?}", db.name);
        let decisions = steps(&db, &world, number).await;
        assert_eq!(decisions.iter().filter(|step| step.kind == "decide").count(), 1, "{}", db.name);
        assert_chain(&db).await;
    }
}

#[tokio::test]
async fn the_desk_sorts_what_waits_by_its_due_day() {
    for db in databases().await {
        let world = World::with_first_check(&db.hall).await;
        let member = &world.committee_member.actor;
        let waiting = submitted(&db, &world).await;
        let others = cosigning(&db, &world).await;
        let work = in_progress(&db, &world).await;
        let view = desk(&db.hall, Some(member), Pile::Todo, None).await.expect("the desk");
        let numbers: Vec<_> = view.rows.iter().map(|row| row.number).collect();
        assert_eq!(numbers, [waiting, work], "{}", db.name);
        assert_eq!(view.count(Pile::New), 3, "{}", db.name);
        assert_eq!(view.count(Pile::Others), 1, "{}", db.name);
        assert_eq!((view.count(Pile::Today), view.count(Pile::Overdue)), (0, 0), "{}", db.name);
        assert_eq!(view.rows[1].receiver.as_deref(), Some("北柳小区物业"), "{}", db.name);
        assert_eq!(view.year.answers_due, 1, "{}", db.name);
        assert_eq!(view.year.answers_in_time, 1, "{}", db.name);

        // Due on Wednesday: two working days after Monday.
        db.advance_days(2);
        let view = desk(&db.hall, Some(member), Pile::Today, None).await.expect("the desk");
        assert_eq!(view.rows.iter().map(|row| row.number).collect::<Vec<_>>(), [waiting]);
        assert_eq!(view.count(Pile::New), 0, "{}", db.name);
        db.advance_days(1);
        let view = desk(&db.hall, Some(member), Pile::Overdue, None).await.expect("the desk");
        assert_eq!(view.rows.iter().map(|row| row.number).collect::<Vec<_>>(), [waiting]);
        assert!(view.rows[0].late, "{}", db.name);
        let view = desk(&db.hall, Some(member), Pile::Others, None).await.expect("the desk");
        assert_eq!(view.rows.iter().map(|row| row.number).collect::<Vec<_>>(), [others]);

        // An answer that comes late counts as due and not as in time.
        let late = accepted(&db, &world).await;
        db.advance_days(20);
        let form = AnswerForm { verdict: "adopted".into(), reason: WHY.into() };
        matter_answer(&db.hall, member, late, &form).await.expect("answered");
        let view = desk(&db.hall, Some(member), Pile::Todo, None).await.expect("the desk");
        assert_eq!((view.year.answers_due, view.year.answers_in_time), (2, 1), "{}", db.name);
        assert!(steps(&db, &world, late).await.pop().is_some_and(|step| step.late == 1));
    }
}

#[tokio::test]
async fn the_desk_pages_and_is_there_for_those_who_see_it_alone() {
    for db in databases().await {
        let world = World::with_first_check(&db.hall).await;
        let mut sent = Vec::new();
        for n in 0..35 {
            if n % 10 == 0 {
                db.advance_days(1);
            }
            sent.push(submitted(&db, &world).await);
        }
        for person in [&world.committee_member, &world.committee_head, &world.oversight] {
            let actor = Some(&person.actor);
            let first = desk(&db.hall, actor, Pile::Todo, None).await.expect("the desk");
            let next = first.next.clone().expect("a second page");
            let second = desk(&db.hall, actor, Pile::Todo, Some(&next)).await.expect("the desk");
            assert_eq!(second.next, None, "{}", db.name);
            let seen: Vec<_> = first.rows.iter().chain(&second.rows).map(|r| r.number).collect();
            assert_eq!(seen, sent, "{}: each once, by its due day", db.name);
        }
        for actor in [
            None,
            Some(&world.resident.actor),
            Some(&world.council_member.actor),
            Some(&world.no_household.actor),
        ] {
            let shown = desk(&db.hall, actor, Pile::Todo, None).await;
            assert!(matches!(shown, Err(Error::NotFound)), "{}: {actor:?}", db.name);
            let shown = desk_matter(&db.hall, actor, sent[0]).await;
            assert!(matches!(shown, Err(Error::NotFound)), "{}: {actor:?}", db.name);
            let shown = dead_mails(&db.hall, actor, None).await;
            assert!(matches!(shown, Err(Error::NotFound)), "{}: {actor:?}", db.name);
        }
        let stranger = desk_matter(&db.hall, Some(&world.stranger.actor), sent[0]).await;
        assert!(matches!(stranger, Err(Error::NotFound)), "{}", db.name);
    }
}

#[tokio::test]
async fn the_desk_says_what_the_calendar_does_not_know() {
    for db in databases().await {
        let world = World::with_first_check(&db.hall).await;
        let member = &world.committee_member.actor;
        let view = desk(&db.hall, Some(member), Pile::Todo, None).await.expect("the desk");
        assert_eq!(view.calendar.map(|year| year.year), [2026, 2027]);
        assert_eq!(view.calendar.map(|year| year.known), [Known::Yes, Known::Provisional]);
        db.advance_days(366);
        let view = desk(&db.hall, Some(member), Pile::Todo, None).await.expect("the desk");
        assert_eq!(view.calendar.map(|year| year.known), [Known::Provisional, Known::Missing]);
    }
}

#[tokio::test]
async fn a_dead_mail_is_sent_again_by_the_committee_alone() {
    for db in databases().await {
        let world = World::with_first_check(&db.hall).await;
        let number = cosigning(&db, &world).await;
        let id = dead_mail(&db, &world, number).await;
        let member = &world.committee_member.actor;
        let shown = dead_mails(&db.hall, Some(member), None).await.expect("mails");
        assert_eq!(shown.rows.len(), 1, "{}", db.name);
        assert_eq!(shown.rows[0].address, "li…@example.org", "{}", db.name);
        let view = desk(&db.hall, Some(member), Pile::Todo, None).await.expect("the desk");
        assert_eq!(view.dead_mails, 1, "{}", db.name);

        for person in [&world.resident, &world.oversight] {
            let done = mail_resend(&db.hall, &person.actor, id).await;
            assert!(matches!(done, Err(Error::Denied(_))), "{}: {done:?}", db.name);
        }
        let done = mail_resend(&db.hall, member, id + 1_000).await;
        assert!(matches!(done, Err(Error::NotFound)), "{}: {done:?}", db.name);
        mail_resend(&db.hall, member, id).await.expect("revived");
        let row = mail::Entity::find_by_id(id).one(db.hall.db.read()).await;
        let row = row.expect("read").expect("a mail");
        assert_eq!((row.state.as_str(), row.attempts), ("waiting", 0), "{}", db.name);
        assert_eq!(row.next_at, db.hall.now().0, "{}", db.name);
        let again = mail_resend(&db.hall, member, id).await;
        assert!(matches!(again, Err(Error::Refused(Refusal::Stale))), "{}: {again:?}", db.name);
        assert_chain(&db).await;
    }
}

/// A mail about the matter's first notice that was given up: the worker's part, in short.
async fn dead_mail(db: &TestDb, world: &World, number: i64) -> i64 {
    let row = row(db, &world.resident.actor, number).await;
    let told = notice::Entity::find()
        .filter(notice::Column::ProposalId.eq(row.id))
        .one(db.hall.db.read())
        .await
        .expect("read")
        .expect("a notice");
    let txn = db.hall.db.begin().await.expect("begin");
    let made = mail::ActiveModel {
        notice_id: Set(Some(told.id)),
        person_id: Set(world.resident.actor.person.0),
        address: Set("liming@example.org".into()),
        message_id: Set("1@example.org".into()),
        state: Set("waiting".into()),
        attempts: Set(8),
        next_at: Set(0),
        leased_until: Set(0),
        last_error: Set(Some("550 no such user".into())),
        created_at: Set(db.hall.now().0),
        ..Default::default()
    }
    .insert(&txn)
    .await
    .expect("a mail");
    let id = made.id;
    let mut dead = made.into_active_model();
    dead.state = Set("dead".into());
    dead.update(&txn).await.expect("dead");
    txn.commit().await.expect("commit");
    id
}
