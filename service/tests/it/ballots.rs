//! Ballots from opening to a recounted result, on both databases.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use crate::roll_ground::{check, confirm, count, file};
#[allow(dead_code, reason = "files of households alone are uploaded here")]
use domain::ballot::{BallotKind, Choice, Electorate, Tracker};
use domain::permission::Denied;
use domain::place::Scope;
use domain::proposal::{DecidedBy, State, StateName, Step, Verdict};
use domain::result_file::ResultFile;
use domain::role::{Actor, Role};
use domain::time::{DAY_MS, Timestamp};
use entities::{audit, ballot, elector, paper, proposal, step};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, Statement,
};
use service::audit::{Record, Verdict as Chain, append_in_txn, verify};
use service::ballot::{
    BallotForm, Cast, MAX_DAYS, ballot_cancel, ballot_cast, ballot_close_due, ballot_open,
    closing_time, earliest_day, latest_day,
};
use service::matter::{self, By, Said};
use service::people::SignedIn;
use service::proposal::{ProposalForm, proposal_submit};
use service::roll::roll_undo;
use service::setup::{household_add_many, role_grant};
use service::testing::{TestDb, World, databases, postgresql};
use service::views::ballots::{self, Stage, Standing};
use service::{Error, FieldError, Hall, Problem, Refusal};

/// A matter that is being talked over.
async fn matter_in(hall: &Hall, world: &World, scope: Scope) -> i64 {
    let author = world.representatives(scope)[0];
    let home = author.actor.home.unwrap();
    let form = ProposalForm {
        title: "夜里把音量放低".to_owned(),
        situation: "晚上九点以后音乐声还很大，孩子睡不着。".to_owned(),
        suggestion: "晚上八点半以后请把音量放低一半。".to_owned(),
        category: "noise".to_owned(),
        courtyard_id: home.courtyard.to_string(),
        entrance_id: home.entrance.to_string(),
        scope: scope.kind().as_str().to_owned(),
        ..ProposalForm::default()
    };
    let number = proposal_submit(hall, &author.actor, &form).await.unwrap();
    let txn = hall.db.begin().await.unwrap();
    let mut row = matter::by_number(&txn, world.community, number).await.unwrap();
    for step in [Step::Accept { threshold_met: true }, Step::Deliberate] {
        row = matter::advance_in_txn(hall, &txn, row, step, By::Clock, Said::default())
            .await
            .unwrap();
    }
    txn.commit().await.unwrap();
    number
}

fn form(hall: &Hall, kind: BallotKind) -> BallotForm {
    BallotForm {
        kind: kind.as_str().to_owned(),
        question: "同意把晚上的音量放低一半吗？".to_owned(),
        closes_on: earliest_day(kind, hall.now()).to_string(),
    }
}

/// A ballot of that kind on a new matter of that scope: (matter, ballot).
async fn opened(hall: &Hall, world: &World, kind: BallotKind, scope: Scope) -> (i64, i64) {
    let matter = matter_in(hall, world, scope).await;
    let head = &world.committee_head.actor;
    let number = ballot_open(hall, head, matter, &form(hall, kind)).await.unwrap();
    (matter, number.0)
}

async fn row(hall: &Hall, world: &World, number: i64) -> ballot::Model {
    ballot::Entity::find()
        .filter(ballot::Column::CommunityId.eq(world.community.0))
        .filter(ballot::Column::Number.eq(number))
        .one(hall.db.read())
        .await
        .unwrap()
        .unwrap()
}

async fn matter_row(hall: &Hall, world: &World, number: i64) -> proposal::Model {
    matter::by_number(hall.db.read(), world.community, number).await.unwrap()
}

async fn state(hall: &Hall, world: &World, number: i64) -> State {
    matter::state_of(&matter_row(hall, world, number).await).unwrap().state
}

/// The first `yes` vote yes, the next `no` no, the next `abstain` abstain.
async fn vote(
    hall: &Hall,
    voters: &[&SignedIn],
    number: i64,
    (yes, no, abstain): (usize, usize, usize),
) -> Vec<Cast> {
    let choices = std::iter::repeat_n("yes", yes)
        .chain(std::iter::repeat_n("no", no))
        .chain(std::iter::repeat_n("abstain", abstain));
    let mut casts = Vec::new();
    for (voter, choice) in voters.iter().zip(choices) {
        casts.push(ballot_cast(hall, &voter.actor, number, choice).await.unwrap());
    }
    assert_eq!(casts.len(), yes + no + abstain, "enough voters for the test");
    casts
}

/// Moves the clock to the end of a ballot and counts.
async fn close(db: &TestDb, world: &World, number: i64) {
    db.clock.set(Timestamp(row(&db.hall, world, number).await.closes_at));
    assert_eq!(ballot_close_due(&db.hall).await.unwrap(), 1, "{}", db.name);
}

async fn result(hall: &Hall, world: &World, number: i64) -> ResultFile {
    let json = ballots::result_json(hall, world.community, number).await.unwrap();
    ResultFile::read(&json).unwrap()
}

fn denied(error: &Error) -> Option<Denied> {
    match error {
        Error::Denied(denied) => Some(*denied),
        _ => None,
    }
}

fn refused(error: &Error, refusal: &Refusal) -> bool {
    matches!(error, Error::Refused(found) if found == refusal)
}

#[tokio::test]
async fn the_electorate_is_that_of_the_kind_and_the_scope() {
    for db in databases().await {
        let (hall, world) = (&db.hall, World::new(&db.hall).await);
        let entrance = Scope::Entrance(world.entrances[0]);
        let courtyard = Scope::Courtyard(world.courtyards[0]);
        let everyone = Scope::Community(world.community);
        // One more council member, who lives in the first courtyard and sits for the second; the grant of another
        // council member has run out.
        let sits = &world.neighbours[0];
        let was = &world.neighbours[1];
        assert!(courtyard.contains(&sits.actor.home.unwrap()), "lives in the first courtyard");
        let second = Scope::Courtyard(world.courtyards[1]);
        role_grant(hall, sits.actor.person, Role::CouncilMember, second, None).await.unwrap();
        let yesterday = Some(hall.now().plus_days(-1));
        role_grant(hall, was.actor.person, Role::CouncilMember, everyone, yesterday).await.unwrap();

        // 6 households an entrance, one adult each and one household with a second one.
        let table = [
            (BallotKind::ResidentsByHousehold, entrance, 6),
            (BallotKind::ResidentsByHousehold, courtyard, 12),
            (BallotKind::ResidentsByHousehold, everyone, 24),
            (BallotKind::Unanimous, entrance, 6),
            (BallotKind::ResidentsByPerson, entrance, 7),
            (BallotKind::ResidentsByPerson, courtyard, 13),
            (BallotKind::Straw, everyone, 25),
            (BallotKind::Council, entrance, 2),
            (BallotKind::Council, courtyard, 2),
            (BallotKind::Council, second, 1),
            (BallotKind::Council, everyone, 2),
        ];
        for (kind, scope, electors) in table {
            let (_, number) = opened(hall, &world, kind, scope).await;
            let row = row(hall, &world, number).await;
            assert_eq!(row.electors, electors, "{}: {kind} in {scope:?}", db.name);
            let roll = elector::Entity::find()
                .filter(elector::Column::BallotId.eq(row.id))
                .all(hall.db.read())
                .await
                .unwrap();
            let keys = roll.iter().map(|line| line.voter.clone());
            let digest = Electorate::freeze(keys).unwrap().digest();
            assert_eq!(row.electorate_digest, digest.to_string(), "{}: {kind}", db.name);
            assert!(roll.iter().all(|line| line.cast_by == "none"), "{}", db.name);
            let recorded = audit::Entity::find()
                .filter(audit::Column::Action.eq("ballot_open"))
                .filter(audit::Column::Subject.eq(format!("ballot:{number}")))
                .one(hall.db.read())
                .await
                .unwrap()
                .unwrap();
            assert!(recorded.after.unwrap().contains(&row.electorate_digest), "{}", db.name);
            db.advance_days(1);
        }
    }
}

#[tokio::test]
async fn the_roll_is_frozen_and_the_representative_votes() {
    for db in databases().await {
        let (hall, world) = (&db.hall, World::new(&db.hall).await);
        let scope = Scope::Entrance(world.entrances[0]);
        let (_, number) = opened(hall, &world, BallotKind::ResidentsByHousehold, scope).await;

        // A household that comes later isn't on it, and neither is whoever lives there.
        let rooms = ["909".to_owned()];
        let later = household_add_many(hall, world.entrances[0], &rooms).await.unwrap()[0];
        let mut newcomer = world.resident.actor.clone();
        if let Some(home) = newcomer.home.as_mut() {
            home.household = later;
        }
        let outside = world.neighbours.last().unwrap();
        for (actor, who) in [
            (&newcomer, "a household that came later"),
            (&world.second_adult.actor, "who doesn't represent the household"),
            (&world.no_household.actor, "who has no household"),
            (&world.committee_head.actor, "the committee"),
            (&outside.actor, "who lives elsewhere"),
        ] {
            let error = ballot_cast(hall, actor, number, "yes").await.unwrap_err();
            assert_eq!(denied(&error), Some(Denied::NotElector), "{}: {who}", db.name);
        }
        let stranger = ballot_cast(hall, &world.stranger.actor, number, "yes").await;
        assert!(matches!(stranger, Err(Error::NotFound)), "{}", db.name);
        for (choice, problem) in [("", Problem::Choose), ("perhaps", Problem::Unknown)] {
            let error = ballot_cast(hall, &world.resident.actor, number, choice).await.unwrap_err();
            let expected = FieldError { field: "choice", problem };
            assert!(matches!(&error, Error::Invalid(f) if f == &[expected]), "{}", db.name);
        }
        assert_eq!(paper::Entity::find().count(hall.db.read()).await.unwrap(), 0, "{}", db.name);

        ballot_cast(hall, &world.resident.actor, number, "yes").await.unwrap();
        let again = ballot_cast(hall, &world.resident.actor, number, "no").await.unwrap_err();
        assert!(refused(&again, &Refusal::AlreadyVoted), "{}", db.name);
        assert_eq!(paper::Entity::find().count(hall.db.read()).await.unwrap(), 1, "{}", db.name);
    }
}

#[tokio::test]
async fn everyone_sees_how_they_stand_and_no_count() {
    for db in databases().await {
        let (hall, world) = (&db.hall, World::new(&db.hall).await);
        let scope = Scope::Entrance(world.entrances[0]);
        let (_, number) = opened(hall, &world, BallotKind::ResidentsByHousehold, scope).await;
        ballot_cast(hall, &world.resident.actor, number, "yes").await.unwrap();
        let stands = [
            (None, Standing::Anonymous),
            (Some(&world.resident), Standing::Voted),
            (Some(&world.second_adult), Standing::Voted),
            (Some(&world.council_member), Standing::MayVote),
            (Some(&world.committee_head), Standing::NotOnRoll),
            (Some(&world.no_household), Standing::NotOnRoll),
        ];
        for (viewer, standing) in stands {
            let page = ballots::page(hall, world.community, viewer, number).await.unwrap();
            assert_eq!(page.standing, standing, "{}", db.name);
            assert_eq!(page.stage, Stage::Open, "{}", db.name);
            let list = ballots::list(hall, world.community, viewer, None).await.unwrap();
            assert_eq!(list.open[0].standing, standing, "{}", db.name);
            assert!(list.over.is_empty(), "{}", db.name);
        }
        let file = ballots::result_json(hall, world.community, number).await;
        assert!(matches!(file, Err(Error::NotFound)), "{}: nothing is published yet", db.name);

        // Over, and not counted yet.
        db.clock.set(Timestamp(row(hall, &world, number).await.closes_at));
        let page = ballots::page(hall, world.community, None, number).await.unwrap();
        assert_eq!(page.stage, Stage::Ended, "{}", db.name);
        ballot_close_due(hall).await.unwrap();
        let list = ballots::list(hall, world.community, None, None).await.unwrap();
        assert_eq!((list.open.len(), list.over.len(), list.next), (0, 1, None), "{}", db.name);
    }
}

#[tokio::test]
async fn one_household_has_one_vote_however_often_it_taps() {
    for db in databases().await {
        let (hall, world) = (&db.hall, World::new(&db.hall).await);
        let second = db.second_hall().await;
        let scope = Scope::Entrance(world.entrances[0]);
        let (_, number) = opened(hall, &world, BallotKind::ResidentsByHousehold, scope).await;
        let tries: Vec<_> = (0..64)
            .map(|n| {
                let hall = if n % 2 == 0 { hall.clone() } else { second.clone() };
                let actor: Actor = world.resident.actor.clone();
                let choice = if n % 3 == 0 { "no" } else { "yes" };
                tokio::spawn(async move { ballot_cast(&hall, &actor, number, choice).await })
            })
            .collect();
        let mut taken = 0;
        for tried in tries {
            match tried.await.unwrap() {
                Ok(_) => taken += 1,
                Err(error) => {
                    assert!(refused(&error, &Refusal::AlreadyVoted), "{}: {error}", db.name);
                }
            }
        }
        assert_eq!(taken, 1, "{}", db.name);
        assert_eq!(paper::Entity::find().count(hall.db.read()).await.unwrap(), 1, "{}", db.name);
        let recorded = audit::Entity::find().filter(audit::Column::Action.eq("ballot_cast"));
        assert_eq!(recorded.count(hall.db.read()).await.unwrap(), 1, "{}", db.name);
    }
}

#[tokio::test]
async fn a_vote_is_in_time_until_the_last_millisecond() {
    for db in databases().await {
        let (hall, world) = (&db.hall, World::new(&db.hall).await);
        let scope = Scope::Courtyard(world.courtyards[0]);
        let (_, number) = opened(hall, &world, BallotKind::ResidentsByHousehold, scope).await;
        let voters = world.representatives(scope);
        let closes_at = Timestamp(row(hall, &world, number).await.closes_at);
        db.clock.set(closes_at.plus_ms(-1));
        assert_eq!(ballot_close_due(hall).await.unwrap(), 0, "{}: not yet", db.name);
        ballot_cast(hall, &voters[0].actor, number, "yes").await.unwrap();
        db.clock.set(closes_at);
        let late = ballot_cast(hall, &voters[1].actor, number, "yes").await.unwrap_err();
        assert!(refused(&late, &Refusal::BallotOver), "{}: though nobody has counted", db.name);
        assert_eq!(ballot_close_due(hall).await.unwrap(), 1, "{}", db.name);
        assert_eq!(ballot_close_due(hall).await.unwrap(), 0, "{}: once", db.name);
        let later = ballot_cast(hall, &voters[1].actor, number, "yes").await.unwrap_err();
        assert!(refused(&later, &Refusal::BallotOver), "{}", db.name);
        assert_eq!(result(hall, &world, number).await.papers.len(), 1, "{}", db.name);
    }
}

#[tokio::test]
async fn half_is_not_more_than_half() {
    let households = BallotKind::ResidentsByHousehold;
    let adopted = Some(Verdict::Adopted);
    let not_adopted = Some(Verdict::NotAdopted);
    // 12 households in the courtyard, so 7 must take part; 6 in the entrance, all of whom must agree.
    let table = [
        (households, (6, 0, 0), None),
        (households, (7, 0, 0), adopted),
        (households, (4, 3, 0), adopted),
        (households, (4, 4, 0), not_adopted),
        (households, (5, 4, 0), adopted),
        (households, (4, 0, 4), not_adopted),
        (households, (5, 0, 5), not_adopted),
        (households, (6, 0, 5), adopted),
        (households, (0, 0, 0), None),
        (BallotKind::Unanimous, (6, 0, 0), adopted),
        (BallotKind::Unanimous, (5, 0, 0), None),
        (BallotKind::Unanimous, (5, 0, 1), not_adopted),
        // Shows what people think, decides nothing.
        (BallotKind::Straw, (7, 0, 0), None),
        (BallotKind::Straw, (0, 0, 0), None),
    ];
    for db in databases().await {
        let (hall, world) = (&db.hall, World::new(&db.hall).await);
        for (kind, votes, decided) in table {
            let scope = match kind {
                BallotKind::Unanimous => Scope::Entrance(world.entrances[0]),
                _ => Scope::Courtyard(world.courtyards[0]),
            };
            let (matter, number) = opened(hall, &world, kind, scope).await;
            vote(hall, &world.representatives(scope), number, votes).await;
            close(&db, &world, number).await;
            let case = format!("{}: {kind} {votes:?}", db.name);
            let expected = decided.map_or(State::Deliberating, |verdict| State::Decided {
                verdict,
                by: DecidedBy::Ballot,
            });
            assert_eq!(state(hall, &world, matter).await, expected, "{case}");

            let page = ballots::page(hall, world.community, None, number).await.unwrap();
            let Stage::Closed(tally) = page.stage else { panic!("{case}: {:?}", page.stage) };
            let file = result(hall, &world, number).await;
            file.verify(Some(&hall.key.verifying_key())).unwrap();
            assert_eq!(file.counts, tally.counts, "{case}");
            assert_eq!(file.outcome, tally.outcome, "{case}");
            assert_eq!((file.root, file.audit_head), (tally.root, tally.audit_head), "{case}");
            if kind != BallotKind::Straw {
                assert_eq!(tally.outcome.valid, decided.is_some(), "{case}");
                assert_eq!(tally.outcome.passed, decided == adopted, "{case}");
            }
            let (yes, no, abstain) = votes;
            let shown = last_step(hall, &world, matter).await;
            let detail: serde_json::Value = serde_json::from_str(&shown.detail.unwrap()).unwrap();
            for (name, expected) in [
                ("ballot", number),
                ("members", page.electors as i64),
                ("participated", (yes + no + abstain) as i64),
                ("yes", yes as i64),
                ("no", no as i64),
                ("abstain", abstain as i64),
            ] {
                assert_eq!(detail[name], expected, "{case}: {name}");
            }
            assert_eq!(shown.actor_id, None, "{case}: the clock counts");
        }
        assert!(matches!(verify(&hall.db).await.unwrap(), Chain::Whole(_)), "{}", db.name);
    }
}

async fn last_step(hall: &Hall, world: &World, matter: i64) -> step::Model {
    let row = matter_row(hall, world, matter).await;
    step::Entity::find()
        .filter(step::Column::ProposalId.eq(row.id))
        .order_by_desc(step::Column::Id)
        .one(hall.db.read())
        .await
        .unwrap()
        .unwrap()
}

#[tokio::test]
async fn what_is_typed_to_open_a_ballot_is_checked() {
    for db in databases().await {
        let (hall, world) = (&db.hall, World::new(&db.hall).await);
        let scope = Scope::Courtyard(world.courtyards[0]);
        let matter = matter_in(hall, &world, scope).await;
        let head = &world.committee_head.actor;
        let now = hall.now();
        let good = form(hall, BallotKind::ResidentsByHousehold);
        let too_late = latest_day(now).next_day().unwrap();
        let table = [
            (BallotForm { kind: String::new(), ..good.clone() }, "kind", Problem::Choose),
            (BallotForm { kind: "raffle".into(), ..good.clone() }, "kind", Problem::Unknown),
            (
                BallotForm { kind: "owners_special".into(), ..good.clone() },
                "kind",
                Problem::Unknown,
            ),
            (
                BallotForm { kind: "representatives".into(), ..good.clone() },
                "kind",
                Problem::Unknown,
            ),
            (
                BallotForm { kind: "project_selection".into(), ..good.clone() },
                "kind",
                Problem::Unknown,
            ),
            (BallotForm { closes_on: String::new(), ..good.clone() }, "closes_on", Problem::Date),
            (
                BallotForm { closes_on: "2026-02-30".into(), ..good.clone() },
                "closes_on",
                Problem::Date,
            ),
            (
                BallotForm {
                    closes_on: earliest_day(BallotKind::Council, now).to_string(),
                    ..good.clone()
                },
                "closes_on",
                Problem::TooEarly,
            ),
            (
                BallotForm { closes_on: too_late.to_string(), ..good.clone() },
                "closes_on",
                Problem::TooLate,
            ),
        ];
        for (typed, field, problem) in table {
            let error = ballot_open(hall, head, matter, &typed).await.unwrap_err();
            let expected = FieldError { field, problem };
            assert!(
                matches!(&error, Error::Invalid(f) if f == std::slice::from_ref(&expected)),
                "{typed:?}"
            );
        }
        let all = ballot_open(hall, head, matter, &BallotForm::default()).await.unwrap_err();
        assert!(matches!(&all, Error::Invalid(fields) if fields.len() == 3), "{all:?}");

        for (actor, who) in [
            (&world.resident.actor, "the author"),
            (&world.council_member.actor, "a council member"),
            (&world.oversight.actor, "oversight"),
        ] {
            let error = ballot_open(hall, actor, matter, &good).await.unwrap_err();
            assert_eq!(denied(&error), Some(Denied::NeedsRole), "{}: {who}", db.name);
        }
        let stranger = ballot_open(hall, &world.stranger.actor, matter, &good).await;
        assert!(matches!(stranger, Err(Error::NotFound)), "{}", db.name);
        let empty = Scope::Courtyard(world.courtyards[1]);
        let council = form(hall, BallotKind::Council);
        let other = matter_in(hall, &world, empty).await;
        let nobody = ballot_open(hall, head, other, &council).await.unwrap_err();
        assert!(refused(&nobody, &Refusal::NoElectors), "{}: {nobody}", db.name);

        let first = ballot_open(hall, head, matter, &good).await.unwrap();
        assert_eq!(first.0, 1, "{}: refused ballots use up no number", db.name);
        let closes_at = closing_time(earliest_day(BallotKind::ResidentsByHousehold, now));
        assert!(closes_at.0 - now.0 >= 10 * DAY_MS, "ten days of notice");
        assert!(closing_time(latest_day(now)).0 - now.0 <= (MAX_DAYS + 1) * DAY_MS);
        assert_eq!(matter_row(hall, &world, matter).await.due_at, Some(closes_at.0), "{}", db.name);
        let second = ballot_open(hall, head, matter, &good).await.unwrap_err();
        assert!(
            matches!(&second, Error::Refused(Refusal::Transition(t)) if t.from == StateName::Balloting),
            "{}: {second}",
            db.name
        );
    }
}

/// All take the matter before the chain: in another order a neighbour's post and the end of the ballot
/// would wait for each other. SQLite has one writer at a time.
#[tokio::test]
async fn the_matter_is_held_before_the_chain() {
    let db = postgresql().await;
    let world = World::new(&db.hall).await;
    let scope = Scope::Courtyard(world.courtyards[0]);
    for end in ["cancelled", "counted"] {
        let (matter, _) = opened(&db.hall, &world, BallotKind::Straw, scope).await;
        if end == "counted" {
            db.advance_days(30);
        }
        let server = db.second_hall().await;
        let txn = server.db.begin().await.unwrap();
        let row = matter::by_number(&txn, world.community, matter).await.unwrap();
        proposal::Entity::find_by_id(row.id).lock_exclusive().one(&txn).await.unwrap();

        let (hall, head) = (db.hall.clone(), world.committee_head.actor.clone());
        let ending = tokio::spawn(async move {
            if end == "counted" {
                return ballot_close_due(&hall).await.map(|_| ());
            }
            ballot_cancel(&hall, &head, matter, "问题问得不清楚，重新来。").await
        });
        waiting(&db.hall, 1).await;
        let record = Record { action: "meanwhile".to_owned(), ..Record::default() };
        append_in_txn(&txn, db.hall.now(), record).await.expect(end);
        txn.commit().await.unwrap();
        ending.await.unwrap().expect(end);
    }
}

/// The electorate is copied after the undo or before it, never from rows that are going. SQLite has one
/// writer at a time.
#[tokio::test]
async fn an_import_that_is_undone_meanwhile_leaves_no_elector_behind() {
    let db = postgresql().await;
    let (hall, world) = (&db.hall, World::new(&db.hall).await);
    let scope = Scope::Community(world.community);
    let matter = matter_in(hall, &world, scope).await;
    let head = &world.committee_head.actor;
    let homes = "小院,楼栋,单元,房号\n平房院,,东门,1\n平房院,,东门,2\n";
    let import = check(hall, head, file("households", "名册.csv", homes)).await;
    confirm(hall, head, import).await.unwrap();

    // The undo stands still before its end: its audit entry needs what this transaction holds.
    let held = hall.db.begin().await.unwrap();
    let lock = "SELECT seq FROM audit_head FOR UPDATE";
    held.execute_raw(Statement::from_string(DbBackend::Postgres, lock)).await.unwrap();
    let (server, actor) = (hall.clone(), head.clone());
    let undo = tokio::spawn(async move { roll_undo(&server, &actor, import).await });
    waiting(hall, 1).await;
    let good = form(hall, BallotKind::ResidentsByHousehold);
    let (server, actor) = (hall.clone(), head.clone());
    let open = tokio::spawn(async move { ballot_open(&server, &actor, matter, &good).await });
    waiting(hall, 2).await;
    held.rollback().await.unwrap();

    assert_eq!(undo.await.unwrap().unwrap().removed, 4, "two households and where they were");
    open.await.unwrap().unwrap();
    let homes = format!(
        "SELECT count(*) FROM household h JOIN entrance e ON e.id = h.entrance_id \
         JOIN courtyard c ON c.id = e.courtyard_id WHERE c.community_id = {}",
        world.community
    );
    let electors = count(hall, "SELECT count(*) FROM elector").await;
    assert_eq!(electors, count(hall, &homes).await);
    let lost = "SELECT count(*) FROM elector WHERE household_id NOT IN (SELECT id FROM household)";
    assert_eq!(count(hall, lost).await, 0);
}

#[tokio::test]
async fn the_second_factor_comes_before_opening_and_cancelling() {
    for db in databases().await {
        let (hall, world) = (&db.hall, World::new(&db.hall).await);
        let scope = Scope::Courtyard(world.courtyards[0]);
        let matter = matter_in(hall, &world, scope).await;
        let head = &world.committee_head.actor;
        let late = Actor { stepped_up: false, ..head.clone() };
        let good = form(hall, BallotKind::ResidentsByHousehold);
        let open = ballot_open(hall, &late, matter, &good).await.unwrap_err();
        assert_eq!(denied(&open), Some(Denied::StepUp), "{}", db.name);
        assert_eq!(ballot::Entity::find().count(hall.db.read()).await.unwrap(), 0, "{}", db.name);
        ballot_open(hall, head, matter, &good).await.unwrap();
        let reason = "问题写错了，要重新商量怎么问。";
        let cancel = ballot_cancel(hall, &late, matter, reason).await.unwrap_err();
        assert_eq!(denied(&cancel), Some(Denied::StepUp), "{}", db.name);
        assert_eq!(state(hall, &world, matter).await.name(), StateName::Balloting, "{}", db.name);
        ballot_cancel(hall, head, matter, reason).await.unwrap();
    }
}

#[tokio::test]
async fn a_cancelled_ballot_is_never_counted() {
    for db in databases().await {
        let (hall, world) = (&db.hall, World::new(&db.hall).await);
        let scope = Scope::Courtyard(world.courtyards[0]);
        let (matter, number) = opened(hall, &world, BallotKind::ResidentsByHousehold, scope).await;
        vote(hall, &world.representatives(scope), number, (8, 0, 0)).await;
        let reason = "问题写错了，要重新商量怎么问。";
        let author = ballot_cancel(hall, &world.resident.actor, matter, reason).await.unwrap_err();
        assert_eq!(denied(&author), Some(Denied::NeedsRole), "{}", db.name);
        let head = &world.committee_head.actor;
        let unsaid = ballot_cancel(hall, head, matter, " ").await.unwrap_err();
        assert!(matches!(&unsaid, Error::Invalid(f) if f[0].field == "reason"), "{}", db.name);
        ballot_cancel(hall, head, matter, reason).await.unwrap();

        assert_eq!(state(hall, &world, matter).await, State::Deliberating, "{}", db.name);
        let shown = last_step(hall, &world, matter).await;
        assert_eq!((shown.kind.as_str(), shown.reason.as_deref()), ("ballot_failed", Some(reason)));
        let page = ballots::page(hall, world.community, None, number).await.unwrap();
        assert_eq!(page.stage, Stage::Cancelled { reason: reason.to_owned() }, "{}", db.name);
        let resident = &world.resident.actor;
        let vote = ballot_cast(hall, resident, number, "yes").await.unwrap_err();
        assert!(refused(&vote, &Refusal::BallotOver), "{}", db.name);
        let again = ballot_cancel(hall, head, matter, reason).await.unwrap_err();
        assert!(refused(&again, &Refusal::BallotOver), "{}", db.name);

        // Another one takes its place; past its end, only the count is left.
        let next = ballot_open(hall, head, matter, &form(hall, BallotKind::Council)).await.unwrap();
        assert_eq!(next.0, number + 1, "{}", db.name);
        db.clock.set(Timestamp(row(hall, &world, next.0).await.closes_at));
        let late = ballot_cancel(hall, head, matter, reason).await.unwrap_err();
        assert!(refused(&late, &Refusal::BallotOver), "{}", db.name);
        db.advance_days(30);
        assert_eq!(ballot_close_due(hall).await.unwrap(), 1, "{}: only the second", db.name);
        let file = ballots::result_json(hall, world.community, number).await;
        assert!(matches!(file, Err(Error::NotFound)), "{}", db.name);
    }
}

#[tokio::test]
async fn receipts_prove_and_results_recount() {
    for db in databases().await {
        let (hall, world) = (&db.hall, World::new(&db.hall).await);
        let scope = Scope::Courtyard(world.courtyards[0]);
        let (_, number) = opened(hall, &world, BallotKind::ResidentsByHousehold, scope).await;
        let casts = vote(hall, &world.representatives(scope), number, (5, 2, 1)).await;
        close(&db, &world, number).await;
        let key = hall.key.verifying_key();
        let json = ballots::result_json(hall, world.community, number).await.unwrap();
        let file = ResultFile::read(&json).unwrap();
        assert_eq!(file.to_json().unwrap(), json, "{}: served as it was signed", db.name);
        assert!(file.verify(Some(&key)).unwrap().key_trusted);
        assert_eq!((file.electorate.count, file.cast.web), (12, 8), "{}", db.name);
        for (index, cast) in casts.iter().enumerate() {
            cast.receipt.verify(&key).unwrap();
            let paper = file.check_receipt(&cast.receipt).unwrap();
            let expected = [Choice::Yes, Choice::No, Choice::Abstain]
                [usize::from(index >= 5) + usize::from(index >= 7)]
            .clone();
            assert_eq!(paper.choice, expected, "{}", db.name);
            let found =
                ballots::find_paper(hall, world.community, number, cast.tracker).await.unwrap();
            assert_eq!(found, Some(expected), "{}", db.name);
            let elsewhere =
                ballots::find_paper(hall, world.community, number + 1, cast.tracker).await.unwrap();
            assert_eq!(elsewhere, None, "{}", db.name);
        }
        let other = Tracker::from_random([7; 16]);
        let none = ballots::find_paper(hall, world.community, number, other).await.unwrap();
        assert_eq!(none, None, "{}", db.name);

        // The chain's entry for the closing holds the root, and the result names that entry as the head.
        let head = audit::Entity::find()
            .filter(audit::Column::Hash.eq(file.audit_head.to_string()))
            .one(hall.db.read())
            .await
            .unwrap()
            .unwrap();
        assert_eq!(head.action, "ballot_close", "{}", db.name);
        assert!(head.after.unwrap().contains(&file.root.to_string()), "{}", db.name);

        let whole: serde_json::Value = serde_json::from_str(&json).unwrap();
        let mut places = Vec::new();
        leaves(&whole, String::new(), &mut places);
        assert!(places.len() > 40, "{}: {} values", db.name, places.len());
        for place in places {
            let mut changed = whole.clone();
            let value = changed.pointer_mut(&place).unwrap();
            *value = tampered(value);
            let read = ResultFile::read(&changed.to_string());
            let good = read.is_ok_and(|file| file.verify(Some(&key)).is_ok());
            assert!(!good, "{}: {place} was changed and nobody noticed", db.name);
        }
    }
}

/// Where every value of a JSON text is.
fn leaves(value: &serde_json::Value, at: String, found: &mut Vec<String>) {
    match value {
        serde_json::Value::Object(fields) => {
            for (name, value) in fields {
                leaves(value, format!("{at}/{name}"), found);
            }
        }
        serde_json::Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                leaves(value, format!("{at}/{index}"), found);
            }
        }
        _ => found.push(at),
    }
}

/// Another value of the same kind.
fn tampered(value: &serde_json::Value) -> serde_json::Value {
    match value {
        serde_json::Value::Bool(yes) => (!yes).into(),
        serde_json::Value::Number(n) => (n.as_i64().unwrap() + 1).into(),
        serde_json::Value::String(text) => match text.as_str() {
            "yes" => "no".into(),
            "no" | "abstain" => "yes".into(),
            // Another digit of the same length, where it is digits.
            other if other.ends_with('0') => format!("{}1", &other[..other.len() - 1]).into(),
            other => {
                let mut chars: Vec<char> = other.chars().collect();
                if let Some(last) = chars.last_mut() {
                    *last = '0';
                }
                chars.into_iter().collect::<String>().into()
            }
        },
        other => other.clone(),
    }
}

/// Every row of every table as text: (table, row).
async fn dump(hall: &Hall) -> Vec<(String, String)> {
    let db = hall.db.read();
    let backend = hall.db.backend();
    let ask = |sql: String| db.query_all_raw(Statement::from_string(backend, sql));
    let postgres = backend == DbBackend::Postgres;
    let tables = if postgres {
        "SELECT table_name::text FROM information_schema.tables WHERE table_schema = 'public'"
    } else {
        "SELECT name FROM sqlite_master WHERE type = 'table'"
    };
    let mut rows = Vec::new();
    for table in ask(tables.to_owned()).await.unwrap() {
        let table: String = table.try_get_by_index(0).unwrap();
        let sql = if postgres {
            format!("SELECT t::text FROM \"{table}\" t")
        } else {
            let columns =
                ask(format!("SELECT name FROM pragma_table_info('{table}')")).await.unwrap();
            let columns: Vec<String> = columns
                .iter()
                .map(|column| {
                    format!("quote(\"{}\")", column.try_get_by_index::<String>(0).unwrap())
                })
                .collect();
            format!("SELECT {} FROM \"{table}\"", columns.join(" || ',' || "))
        };
        for row in ask(sql).await.unwrap() {
            rows.push((table.clone(), row.try_get_by_index(0).unwrap()));
        }
    }
    rows
}

#[tokio::test]
async fn nothing_leads_from_a_voter_to_a_paper() {
    for db in databases().await {
        let (hall, world) = (&db.hall, World::new(&db.hall).await);
        let scope = Scope::Courtyard(world.courtyards[0]);
        let (_, number) = opened(hall, &world, BallotKind::ResidentsByHousehold, scope).await;
        let voters = world.representatives(scope);
        let casts = vote(hall, &voters, number, (5, 4, 0)).await;
        let before = dump(hall).await;
        assert!(before.len() > 100, "{}: {} rows", db.name, before.len());
        for cast in &casts {
            let tracker = cast.tracker.to_string();
            let bare = tracker.replace('-', "");
            let tables: Vec<&str> = before
                .iter()
                .filter(|(_, row)| row.contains(&tracker) || row.contains(&bare))
                .map(|(table, _)| table.as_str())
                .collect();
            assert_eq!(tables, ["paper"], "{}", db.name);
            let receipt = cast.receipt.to_string();
            assert!(before.iter().all(|(_, row)| !row.contains(&receipt)), "{}", db.name);
        }
        // A paper is a tracker, its ballot, and a choice; a line of the roll is who, and that they voted. What the
        // audit chain says of one who voted yes is what it says of one who voted no.
        let id = row(hall, &world, number).await.id;
        for line in elector::Entity::find().all(hall.db.read()).await.unwrap() {
            let household = line.household_id.unwrap();
            let voter = voters[..9].iter().find(|v| v.actor.home.unwrap().household.0 == household);
            let expected = elector::Model {
                ballot_id: id,
                voter: format!("household:{household}"),
                household_id: Some(household),
                person_id: None,
                cast_by: if voter.is_some() { "web" } else { "none" }.to_owned(),
                caster_id: voter.map(|voter| voter.actor.person.0),
            };
            assert_eq!(line, expected, "{}", db.name);
        }
        let entries = audit::Entity::find()
            .filter(audit::Column::Action.eq("ballot_cast"))
            .order_by_asc(audit::Column::Seq)
            .all(hall.db.read())
            .await
            .unwrap();
        assert_eq!(entries.len(), casts.len(), "{}", db.name);
        for (entry, voter) in entries.iter().zip(&voters) {
            let household = voter.actor.home.unwrap().household;
            assert_eq!(entry.actor, format!("person:{}", voter.actor.person), "{}", db.name);
            assert_eq!(entry.subject, format!("ballot:{number}"), "{}", db.name);
            assert_eq!(entry.after.as_deref(), Some(&*format!("household:{household} web")));
            assert_eq!((entry.before.as_ref(), entry.reason.as_ref()), (None, None), "{}", db.name);
        }

        close(&db, &world, number).await;
        for cast in &casts {
            let tracker = cast.tracker.to_string();
            let mut tables: Vec<String> = dump(hall)
                .await
                .into_iter()
                .filter(|(_, row)| row.contains(&tracker))
                .map(|(table, _)| table)
                .collect();
            tables.sort_unstable();
            assert_eq!(tables, ["ballot", "paper"], "{}", db.name);
        }
        if hall.db.backend() == DbBackend::Postgres {
            // Neither the order of the rows nor the transactions that wrote them tell who cast which.
            let ask = |sql: &str| {
                let statement = Statement::from_string(DbBackend::Postgres, sql.to_owned());
                hall.db.read().query_all_raw(statement)
            };
            let written = ask("SELECT DISTINCT xmin::text FROM paper").await.unwrap();
            assert_eq!(written.len(), 1, "one transaction wrote all papers anew");
            let stored = ask("SELECT tracker FROM paper ORDER BY ctid").await.unwrap();
            let stored: Vec<String> =
                stored.iter().map(|row| row.try_get_by_index(0).unwrap()).collect();
            assert_eq!(stored.len(), casts.len());
            assert!(stored.is_sorted(), "{stored:?}");
        }
    }
}

#[tokio::test]
async fn two_servers_count_once_and_lose_no_vote() {
    for db in databases().await {
        let (hall, world) = (&db.hall, World::new(&db.hall).await);
        let second = db.second_hall().await;
        let scope = Scope::Community(world.community);
        let (matter, number) = opened(hall, &world, BallotKind::ResidentsByHousehold, scope).await;
        let closes_at = Timestamp(row(hall, &world, number).await.closes_at);
        db.clock.set(closes_at.plus_ms(-1));
        let votes: Vec<_> = world
            .representatives(scope)
            .into_iter()
            .enumerate()
            .map(|(n, voter)| {
                let hall = if n % 2 == 0 { hall.clone() } else { second.clone() };
                let actor = voter.actor.clone();
                tokio::spawn(async move { ballot_cast(&hall, &actor, number, "yes").await })
            })
            .collect();
        // Time runs out while they vote.
        tokio::task::yield_now().await;
        db.clock.set(closes_at);
        let (one, other) = tokio::join!(ballot_close_due(hall), ballot_close_due(&second));
        assert_eq!(one.unwrap() + other.unwrap(), 1, "{}", db.name);
        let file = result(hall, &world, number).await;
        let mut taken = 0;
        for vote in votes {
            match vote.await.unwrap() {
                Ok(cast) => {
                    file.check_receipt(&cast.receipt).unwrap();
                    taken += 1;
                }
                Err(error) => {
                    assert!(refused(&error, &Refusal::BallotOver), "{}: {error}", db.name)
                }
            }
        }
        assert_eq!(file.papers.len(), taken, "{}", db.name);
        let row = matter_row(hall, &world, matter).await;
        let ends = step::Entity::find()
            .filter(step::Column::ProposalId.eq(row.id))
            .filter(step::Column::Kind.is_in(["decide", "ballot_failed"]))
            .count(hall.db.read())
            .await
            .unwrap();
        assert_eq!(ends, 1, "{}", db.name);
        assert!(matches!(verify(&hall.db).await.unwrap(), Chain::Whole(_)), "{}", db.name);
    }
}

/// Waits until so many sessions of this PostgreSQL database wait for a lock.
async fn waiting(hall: &Hall, sessions: i64) {
    let sql = "SELECT count(*) FROM pg_stat_activity \
               WHERE datname = current_database() AND wait_event_type = 'Lock'";
    loop {
        let statement = Statement::from_string(DbBackend::Postgres, sql);
        let row = hall.db.read().query_one_raw(statement).await.unwrap().unwrap();
        if row.try_get_by_index::<i64>(0).unwrap() >= sessions {
            return;
        }
        tokio::task::yield_now().await;
    }
}

/// SQLite has one writer, so there a vote and the count can't overlap.
#[tokio::test]
async fn the_count_waits_for_a_vote_that_is_being_written() {
    for db in databases().await {
        let (hall, world) = (&db.hall, World::new(&db.hall).await);
        if hall.db.backend() != DbBackend::Postgres {
            continue;
        }
        let scope = Scope::Entrance(world.entrances[0]);
        let (_, number) = opened(hall, &world, BallotKind::ResidentsByHousehold, scope).await;
        let closes_at = Timestamp(row(hall, &world, number).await.closes_at);
        db.clock.set(closes_at.plus_ms(-1));

        // The vote stands still before its end: its audit entry needs what this transaction holds.
        let held = hall.db.begin().await.unwrap();
        let lock = "SELECT seq FROM audit_head FOR UPDATE";
        held.execute_raw(Statement::from_string(DbBackend::Postgres, lock)).await.unwrap();
        let (server, actor) = (hall.clone(), world.resident.actor.clone());
        let vote = tokio::spawn(async move { ballot_cast(&server, &actor, number, "yes").await });
        waiting(hall, 1).await;
        db.clock.set(closes_at);
        let server = hall.clone();
        let count = tokio::spawn(async move { ballot_close_due(&server).await });
        waiting(hall, 2).await;
        held.rollback().await.unwrap();

        let cast = vote.await.unwrap().unwrap();
        assert_eq!(count.await.unwrap().unwrap(), 1);
        let file = result(hall, &world, number).await;
        assert_eq!(file.check_receipt(&cast.receipt).unwrap().choice, Choice::Yes);
    }
}
