//! Joining without a slip: asking, and the three ways of deciding; on both databases.

#![allow(clippy::needless_pass_by_value, reason = "a result is judged where it arises")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use domain::ids::{JoinRequestId, PersonId};
use domain::permission::Denied;
use domain::place::Scope;
use domain::role::{Actor, Role};
use domain::settings::{CommunitySettings, Moderation};
use domain::time::{DAY_MS, Timestamp};
use entities::{audit, consent, household, join_request, person};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};
use service::audit::{Verdict, verify};
use service::join_request::{
    CounterDecision, CounterForm, JoinForm, NO_PHONE, Way, counter_admit, join_ask, join_ask_again,
    join_contest, join_counter, join_decide_household, join_decline, join_look, join_vouch,
    join_withdraw,
};
use service::newcomer::NewcomerForm;
use service::people::{self, SignedIn};
use service::places::{MoveOut, household_move_out};
use service::session::session_find;
use service::setup::{NewPerson, household_add_many, person_admit, role_grant};
use service::testing::{Plan, World, databases};
use service::views::household::{Mine, my_household};
use service::views::joining::{members, own_request, vouches};
use service::{Error, Hall, Problem, Refusal, Result};
use tokio::task::JoinSet;

const ADDRESS: &str = "192.0.2.7";

fn account(name: &str) -> NewcomerForm {
    NewcomerForm {
        name: name.to_owned(),
        password: "院子里的石榴又红了".to_owned(),
        nickname: "新邻居".to_owned(),
        adult: true,
        consent: true,
        ..NewcomerForm::default()
    }
}

fn form(world: &World, name: &str, room: &str) -> JoinForm {
    JoinForm {
        account: account(name),
        entrance: world.entrances[0].to_string(),
        room: room.to_owned(),
        words: "刚搬来，住在您楼上。".to_owned(),
    }
}

async fn signed_in(hall: &Hall, person: PersonId) -> SignedIn {
    people::load(hall.db.read(), person, hall.now()).await.unwrap()
}

/// Somebody with an account and no household, without the cost of a password.
async fn newcomer(hall: &Hall, world: &World, name: &str) -> SignedIn {
    let new = NewPerson {
        community: world.community,
        household: None,
        sign_in_name: name.to_owned(),
        nickname: name.to_owned(),
        email: None,
        password_hash: None,
        consented: true,
    };
    let id = person_admit(hall, new).await.unwrap();
    signed_in(hall, id).await
}

/// A request of somebody new for a room of an entrance.
async fn request(
    hall: &Hall,
    world: &World,
    name: &str,
    (entrance, room): (usize, &str),
) -> (SignedIn, JoinRequestId) {
    let who = newcomer(hall, world, name).await;
    let form =
        JoinForm { entrance: world.entrances[entrance].to_string(), ..form(world, name, room) };
    let id = join_ask_again(hall, &who.actor, &form).await.unwrap();
    (who, id)
}

async fn row(hall: &Hall, id: JoinRequestId) -> join_request::Model {
    join_request::Entity::find_by_id(id.0).one(hall.db.read()).await.unwrap().unwrap()
}

async fn person_row(hall: &Hall, id: PersonId) -> person::Model {
    person::Entity::find_by_id(id.0).one(hall.db.read()).await.unwrap().unwrap()
}

async fn home_row(hall: &Hall, id: i64) -> household::Model {
    household::Entity::find_by_id(id).one(hall.db.read()).await.unwrap().unwrap()
}

fn refused<T: std::fmt::Debug>(result: Result<T>, refusal: Refusal) {
    match result {
        Err(Error::Refused(found)) => assert_eq!(found, refusal),
        other => panic!("{other:?}, not {refusal:?}"),
    }
}

fn not_there<T: std::fmt::Debug>(result: Result<T>) {
    assert!(matches!(result, Err(Error::NotFound)), "{result:?}");
}

fn fields<T: std::fmt::Debug>(result: Result<T>) -> Vec<(&'static str, Problem)> {
    match result {
        Err(Error::Invalid(fields)) => fields.into_iter().map(|e| (e.field, e.problem)).collect(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn whoever_asks_has_an_account_and_waits() {
    for db in databases().await {
        let (hall, world) = (&db.hall, World::new(&db.hall).await);
        let ask = async |form: &JoinForm| {
            join_ask(hall, world.community, form, ADDRESS, "test", None).await
        };
        let empty = JoinForm::default();
        let mut wrong: Vec<_> = fields(ask(&empty).await).into_iter().map(|(f, _)| f).collect();
        wrong.sort_unstable();
        assert_eq!(
            wrong,
            ["adult", "consent", "entrance", "name", "nickname", "password", "room"],
            "{}: everything at once",
            db.name
        );
        let elsewhere =
            JoinForm { entrance: "9999".to_owned(), ..form(&world, "elsewhere", "101") };
        assert_eq!(fields(ask(&elsewhere).await), [("entrance", Problem::Unknown)]);
        let young = JoinForm {
            account: NewcomerForm { adult: false, ..account("young") },
            ..form(&world, "young", "101")
        };
        assert_eq!(fields(ask(&young).await), [("adult", Problem::Tick)]);

        // On the roll or not: the answer is a session either way.
        let known = ask(&form(&world, "known", "１０１ 室")).await.unwrap();
        let unknown = ask(&form(&world, "unknown", "909")).await.unwrap();
        for (token, on_roll) in [(&known, true), (&unknown, false)] {
            let who = session_find(hall, token).await.unwrap().unwrap();
            assert!(who.actor.home.is_none() && who.actor.consented, "{}", db.name);
            let asked = own_request(hall, &who.actor).await.unwrap().unwrap();
            assert_eq!(asked.place.entrance, "1号楼1门");
            let kept = join_request::Entity::find()
                .filter(join_request::Column::PersonId.eq(who.actor.person.0))
                .one(hall.db.read())
                .await
                .unwrap()
                .unwrap();
            assert_eq!(kept.household_id.is_some(), on_roll);
            let person = person_row(hall, who.actor.person).await;
            assert!(person.adult_at.is_some() && person.password_hash.is_some());
            let consents = consent::Entity::find()
                .filter(consent::Column::PersonId.eq(person.id))
                .count(hall.db.read())
                .await;
            assert_eq!(consents.unwrap(), 1);
        }
        // Whether a name is taken is told to a complete form alone, and five times a day.
        let mut taken = form(&world, "resident", "101");
        taken.account.consent = false;
        assert_eq!(fields(ask(&taken).await), [("consent", Problem::Tick)]);
        taken.account.consent = true;
        for _ in 0..3 {
            assert_eq!(fields(ask(&taken).await), [("name", Problem::Taken)]);
        }
        let sixth = ask(&form(&world, "sixth", "101")).await;
        assert!(matches!(sixth, Err(Error::TooOften { .. })), "{}: {sixth:?}", db.name);
        db.advance_days(1);
        ask(&form(&world, "sixth", "101")).await.unwrap();

        // Neither room, nor name, nor words are on the chain.
        let entries = audit::Entity::find().all(hall.db.read()).await.unwrap();
        let chain = format!("{entries:?}");
        for secret in ["909", "新邻居", "刚搬来", "unknown"] {
            assert!(!chain.contains(secret), "{}: {secret}", db.name);
        }
        assert!(matches!(verify(&hall.db).await.unwrap(), Verdict::Whole(_)));
    }
}

#[tokio::test]
async fn a_community_may_do_without_requests() {
    for db in databases().await {
        let settings = CommunitySettings {
            moderation: Moderation::After,
            join_requests: false,
            ..CommunitySettings::default()
        };
        let plan = Plan { settings, ..Plan::default() };
        let world = World::planned(&db.hall, plan).await;
        let asked = form(&world, "new", "101");
        not_there(join_ask(&db.hall, world.community, &asked, ADDRESS, "test", None).await);
        not_there(join_ask_again(&db.hall, &world.no_household.actor, &asked).await);
    }
}

#[tokio::test]
async fn one_request_at_a_time() {
    for db in databases().await {
        let (hall, world) = (&db.hall, World::new(&db.hall).await);
        let guest = &world.no_household.actor;
        let mut asked = form(&world, "", "909");
        asked.account = NewcomerForm::default();
        // They consented before; that they are of age was never declared.
        assert_eq!(fields(join_ask_again(hall, guest, &asked).await), [("adult", Problem::Tick)]);
        asked.account.adult = true;
        let first = join_ask_again(hall, guest, &asked).await.unwrap();
        asked.account.adult = false;
        refused(join_ask_again(hall, guest, &asked).await, Refusal::AlreadyAsked);
        join_withdraw(hall, guest).await.unwrap();
        refused(join_withdraw(hall, guest).await, Refusal::NotWaiting);
        let decided = join_counter(hall, &world.committee_head.actor, first, &found(&world)).await;
        refused(decided, Refusal::NotWaiting);
        join_ask_again(hall, guest, &asked).await.unwrap();
        refused(
            join_ask_again(hall, &world.resident.actor, &form(&world, "", "101")).await,
            Refusal::HasHousehold,
        );
    }
}

fn found(world: &World) -> CounterDecision {
    CounterDecision {
        entrance: world.entrances[0].to_string(),
        room: "601".to_owned(),
        reason: "看过租房合同了".to_owned(),
    }
}

#[tokio::test]
async fn the_household_decides_for_itself() {
    for db in databases().await {
        let (hall, world) = (&db.hall, World::new(&db.hall).await);
        let (who, id) = request(hall, &world, "大孙子", (0, "101")).await;
        for other in [&world.entrance_lead, &world.stranger, &who, &world.committee_head] {
            not_there(join_decide_household(hall, &other.actor, id).await);
        }
        let Mine::Household(view) = my_household(hall, &world.second_adult.actor).await.unwrap()
        else {
            panic!("a household")
        };
        assert_eq!((view.waiting.len(), view.adults.len(), view.room.as_str()), (1, 2, "101"));
        join_decide_household(hall, &world.second_adult.actor, id).await.unwrap();
        refused(join_decide_household(hall, &world.resident.actor, id).await, Refusal::NotWaiting);
        let joined = person_row(hall, who.actor.person).await;
        let home = world.resident.actor.home.unwrap().household.0;
        assert_eq!((joined.household_id, joined.came_by.as_str()), (Some(home), "household"));
        let representative = home_row(hall, home).await.representative_id;
        assert_eq!(representative, Some(world.resident.actor.person.0), "{}", db.name);

        // Without consent, or by another's hand, nobody admits anybody.
        let (_, id) = request(hall, &world, "二孙子", (0, "101")).await;
        let mut unasked = world.resident.actor.clone();
        unasked.consented = false;
        let denied = join_decide_household(hall, &unasked, id).await;
        assert!(matches!(denied, Err(Error::Denied(Denied::Consent))), "{denied:?}");
        let mut through = world.resident.actor.clone();
        through.through = Some(world.entrance_lead.actor.person);
        let denied = join_decide_household(hall, &through, id).await;
        assert!(matches!(denied, Err(Error::Denied(Denied::NotThrough))), "{denied:?}");
        let decline = join_decline(hall, &world.resident.actor, id, Way::Household, "不认").await;
        assert_eq!(fields(decline)[0].0, "reason");
        let why = "我们家没有这个人";
        join_decline(hall, &world.resident.actor, id, Way::Household, why).await.unwrap();
        let declined = row(hall, id).await;
        assert_eq!((declined.state.as_str(), declined.reason.as_deref()), ("declined", Some(why)));
    }
}

#[tokio::test]
async fn a_room_that_the_roll_learns_of_later_waits_for_its_household() {
    for db in databases().await {
        let (hall, world) = (&db.hall, World::new(&db.hall).await);
        let (_, id) = request(hall, &world, "早来的", (0, "701")).await;
        refused(join_vouch(hall, &world.entrance_lead.actor, id).await, Refusal::NotOnRoll);
        let homes =
            household_add_many(hall, world.entrances[0], &["701".to_owned()]).await.unwrap();
        join_vouch(hall, &world.entrance_lead.actor, id).await.unwrap();
        assert_eq!(row(hall, id).await.household_id, Some(homes[0].0));
        // The first adult of a household casts its vote.
        let representative = home_row(hall, homes[0].0).await.representative_id;
        assert_eq!(representative, Some(row(hall, id).await.person_id), "{}", db.name);
    }
}

#[tokio::test]
async fn a_lead_vouches_in_their_entrance_and_so_many_a_day() {
    for db in databases().await {
        let (hall, world) = (&db.hall, World::new(&db.hall).await);
        let lead = &world.entrance_lead.actor;
        // Another entrance of the same courtyard, and of another: as if it weren't there.
        for (entrance, name) in [(1, "隔壁门的"), (2, "别院的")] {
            let (_, id) = request(hall, &world, name, (entrance, "101")).await;
            not_there(join_vouch(hall, lead, id).await);
            not_there(join_look(hall, lead, id, Way::Vouch).await);
            not_there(join_decline(hall, lead, id, Way::Vouch, "不是我们门的").await);
        }
        let (_, own) = request(hall, &world, "自家的", (0, "301")).await;
        refused(join_vouch(hall, lead, own).await, Refusal::OwnHousehold);
        join_decide_household(hall, lead, own).await.unwrap();
        // A grant that has run out, or another part, vouches for nobody.
        let was = &world.neighbours[0];
        let ended = Some(hall.now().plus_days(-1));
        let entrance = Scope::Entrance(world.entrances[0]);
        role_grant(hall, was.actor.person, Role::EntranceLead, entrance, ended).await.unwrap();
        let was = signed_in(hall, was.actor.person).await;
        let (_, id) = request(hall, &world, "某人", (0, "501")).await;
        for other in [&was, &world.council_member, &world.committee_head, &world.stranger] {
            not_there(join_vouch(hall, &other.actor, id).await);
        }
        // Declining is not vouching.
        join_decline(hall, lead, id, Way::Vouch, "没见过这个人").await.unwrap();
        assert!(vouches(hall, lead).await.unwrap().vouched.is_empty());

        db.clock.set(Timestamp(Timestamp::start_of(hall.now().local_date()).0 + DAY_MS - 1));
        let mut ids = Vec::new();
        for n in 0..6 {
            ids.push(request(hall, &world, &format!("第{n}位"), (0, "401")).await.1);
        }
        for id in &ids[..5] {
            join_vouch(hall, lead, *id).await.unwrap();
        }
        refused(join_vouch(hall, lead, ids[5]).await, Refusal::VouchesUsed);
        // One that was contested stays counted: else each day would be as long as one likes.
        join_contest(hall, &world.committee_head.actor, ids[0], "这位不住这里").await.unwrap();
        refused(join_vouch(hall, lead, ids[5]).await, Refusal::VouchesUsed);
        assert_eq!(vouches(hall, lead).await.unwrap().left, 0);
        db.clock.advance_ms(1);
        assert_eq!(vouches(hall, lead).await.unwrap().left, 5, "{}: a new day in China", db.name);
        join_vouch(hall, lead, ids[5]).await.unwrap();
    }
}

#[tokio::test]
async fn of_many_vouches_at_once_no_more_than_a_days_hold() {
    for db in databases().await {
        let (hall, world) = (&db.hall, World::new(&db.hall).await);
        let halls = [db.hall.clone(), db.second_hall().await];
        let lead = &world.entrance_lead.actor;
        let mut pressing = JoinSet::new();
        for n in 0..16 {
            let (_, id) = request(hall, &world, &format!("第{n}位"), (0, "401")).await;
            let (hall, lead) = (halls[n % 2].clone(), lead.clone());
            pressing.spawn(async move { join_vouch(&hall, &lead, id).await });
        }
        let (mut vouched, mut over) = (0, 0);
        for result in pressing.join_all().await {
            match result {
                Ok(()) => vouched += 1,
                Err(Error::Refused(Refusal::VouchesUsed)) => over += 1,
                Err(other) => panic!("{}: {other:?}", db.name),
            }
        }
        assert_eq!((vouched, over), (5, 11), "{}", db.name);
    }
}

#[tokio::test]
async fn the_committee_decides_corrects_and_contests() {
    for db in databases().await {
        let (hall, world) = (&db.hall, World::new(&db.hall).await);
        let head = &world.committee_head.actor;
        let (who, id) = request(hall, &world, "写错门的", (0, "909")).await;
        let blank =
            CounterDecision { reason: "看过房本了".to_owned(), ..CounterDecision::default() };
        assert_eq!(fields(join_counter(hall, head, id, &blank).await), [("room", Problem::NoRoom)]);
        let wrong = CounterDecision { room: "910".to_owned(), ..found(&world) };
        assert_eq!(fields(join_counter(hall, head, id, &wrong).await), [("room", Problem::NoRoom)]);
        let silent = CounterDecision { reason: String::new(), ..found(&world) };
        assert_eq!(fields(join_counter(hall, head, id, &silent).await)[0].0, "reason");
        let mut tired = head.clone();
        tired.stepped_up = false;
        let denied = join_counter(hall, &tired, id, &found(&world)).await;
        assert!(matches!(denied, Err(Error::Denied(Denied::StepUp))), "{denied:?}");
        for other in [&world.resident, &world.entrance_lead, &world.oversight] {
            let denied = join_counter(hall, &other.actor, id, &found(&world)).await;
            assert!(matches!(denied, Err(Error::Denied(Denied::NeedsRole))), "{denied:?}");
        }
        not_there(join_counter(hall, &world.stranger.actor, id, &found(&world)).await);
        let mut oneself = who.actor.clone();
        (oneself.roles, oneself.stepped_up) = (head.roles.clone(), true);
        refused(join_counter(hall, &oneself, id, &found(&world)).await, Refusal::OnOneself);

        join_counter(hall, head, id, &found(&world)).await.unwrap();
        let joined = person_row(hall, who.actor.person).await;
        assert_eq!(joined.came_by, "counter");
        let home = joined.household_id.unwrap();
        assert_eq!(home_row(hall, home).await.room, "601");

        // What the joiner reads is not the committee's note.
        let joiner = signed_in(hall, who.actor.person).await;
        let own = own_request(hall, &joiner.actor).await.unwrap().unwrap();
        assert_eq!(own.reason, None);

        // Ninety days, and not a moment longer.
        let at = row(hall, id).await.decided_at.unwrap();
        db.clock.set(Timestamp(at + 90 * DAY_MS));
        refused(join_contest(hall, head, id, "认错人了，不住这里").await, Refusal::ContestOver);
        db.clock.set(Timestamp(at + 90 * DAY_MS - 1));
        assert!(members(hall, Some(head), None).await.unwrap().admissions[0].contestable);
        refused(join_contest(hall, &oneself, id, "认错人了，不住这里").await, Refusal::OnOneself);
        join_contest(hall, head, id, "认错人了，不住这里").await.unwrap();
        assert_eq!(person_row(hall, who.actor.person).await.household_id, None);
        refused(join_contest(hall, head, id, "认错人了，不住这里").await, Refusal::ContestOver);
        let own = own_request(hall, &who.actor).await.unwrap().unwrap();
        assert_eq!(own.contest_reason.as_deref(), Some("认错人了，不住这里"), "{}", db.name);
        let listed =
            &members(hall, Some(&world.oversight.actor), None).await.unwrap().admissions[0];
        assert!(listed.contest.is_some() && !listed.contestable);
        not_there(members(hall, Some(&world.resident.actor), None).await);
    }
}

#[tokio::test]
async fn a_contested_admission_takes_the_vote_with_it_and_the_lead_reads_why() {
    for db in databases().await {
        let (hall, world) = (&db.hall, World::new(&db.hall).await);
        let homes =
            household_add_many(hall, world.entrances[0], &["701".to_owned()]).await.unwrap();
        let (who, id) = request(hall, &world, "顶替的", (0, "701")).await;
        join_vouch(hall, &world.entrance_lead.actor, id).await.unwrap();
        assert_eq!(home_row(hall, homes[0].0).await.representative_id, Some(who.actor.person.0));
        let lead = Scope::Entrance(world.entrances[0]);
        role_grant(hall, who.actor.person, Role::EntranceLead, lead, None).await.unwrap();
        let elder = newcomer(hall, &world, "没手机的").await.actor.person;
        let member = &world.committee_member.actor;
        service::helper::helper_set(hall, member, elder, Some("顶替的")).await.unwrap();
        let why = "本人在国外，这位是冒名的";
        join_contest(hall, &world.committee_head.actor, id, why).await.unwrap();
        assert_eq!(home_row(hall, homes[0].0).await.representative_id, None);
        assert_eq!(person_row(hall, elder).await.helper_id, None, "{}: helps nobody", db.name);
        let out = signed_in(hall, who.actor.person).await;
        assert!(!out.actor.has(Role::EntranceLead), "{}: nor admits anybody", db.name);
        let seen = vouches(hall, &world.entrance_lead.actor).await.unwrap();
        assert_eq!(seen.vouched[0].contest.as_ref().unwrap().reason, why, "{}", db.name);
        // Whoever was sent out and kept an old page admits nobody.
        let mut stale = who.actor.clone();
        stale.home = world
            .resident
            .actor
            .home
            .map(|home| domain::place::Address { household: homes[0], ..home });
        let (_, friend) = request(hall, &world, "同伙", (0, "701")).await;
        not_there(join_decide_household(hall, &stale, friend).await);
    }
}

#[tokio::test]
async fn at_the_counter_with_and_without_a_phone() {
    for db in databases().await {
        let (hall, world) = (&db.hall, World::new(&db.hall).await);
        let member = &world.committee_member.actor;
        let counter = CounterForm {
            account: NewcomerForm {
                nickname: "周奶奶".to_owned(),
                adult: true,
                consent: true,
                ..NewcomerForm::default()
            },
            no_phone: true,
            entrance: world.entrances[0].to_string(),
            room: "201".to_owned(),
            helper: "赵大姐".to_owned(),
        };
        let wrong = CounterForm {
            account: NewcomerForm::default(),
            room: "999".to_owned(),
            helper: "没有这个人".to_owned(),
            ..counter.clone()
        };
        let mut names: Vec<_> =
            fields(counter_admit(hall, member, &wrong).await).into_iter().map(|it| it.0).collect();
        names.sort_unstable();
        assert_eq!(names, ["adult", "consent", "helper", "nickname", "room"], "{}", db.name);
        let denied = counter_admit(hall, &world.oversight.actor, &counter).await;
        assert!(matches!(denied, Err(Error::Denied(Denied::NeedsRole))), "{denied:?}");

        let person = counter_admit(hall, member, &counter).await.unwrap();
        let elder = person_row(hall, person).await;
        assert!(elder.sign_in_name.starts_with(NO_PHONE) && elder.password_hash.is_none());
        assert_eq!(elder.helper_id, Some(world.entrance_lead.actor.person.0));
        assert_eq!(elder.came_by, "counter");
        assert!(elder.household_id.is_some() && elder.adult_at.is_some());
        let full = CounterForm {
            account: account("zhou"),
            no_phone: false,
            helper: String::new(),
            ..counter.clone()
        };
        counter_admit(hall, member, &full).await.unwrap();
        assert_eq!(fields(counter_admit(hall, member, &full).await), [("name", Problem::Taken)]);
        // Nobody at the desk names themselves the one who votes for somebody.
        let selfish = CounterForm { helper: "小周".to_owned(), ..counter };
        refused(counter_admit(hall, member, &selfish).await, Refusal::OnOneself);
        let listed = members(hall, Some(member), None).await.unwrap().admissions;
        assert_eq!(listed.len(), 2);
        assert!(listed.iter().all(|line| line.way == Way::Counter && line.by == "小周"));
    }
}

#[tokio::test]
async fn looks_are_on_the_record() {
    for db in databases().await {
        let (hall, world) = (&db.hall, World::new(&db.hall).await);
        let (_, id) = request(hall, &world, "某人", (0, "909")).await;
        let looked = join_look(hall, &world.entrance_lead.actor, id, Way::Vouch).await.unwrap();
        assert_eq!((looked.room.as_str(), looked.on_roll), ("909", false));
        let mut member = world.committee_member.actor.clone();
        member.stepped_up = false;
        join_look(hall, &member, id, Way::Counter).await.unwrap();
        let denied = join_look(hall, &world.oversight.actor, id, Way::Counter).await;
        assert!(matches!(denied, Err(Error::Denied(Denied::NeedsRole))), "{denied:?}");
        let entries = audit::Entity::find()
            .filter(audit::Column::Action.eq("join_look"))
            .order_by_asc(audit::Column::Seq)
            .all(hall.db.read())
            .await
            .unwrap();
        let actors: Vec<_> = entries.iter().map(|entry| entry.actor.clone()).collect();
        let expected =
            [&world.entrance_lead, &world.committee_member].map(|it| it.actor.audit_name());
        assert_eq!(actors, expected, "{}", db.name);
    }
}

/// Somebody who decides, in their way.
#[derive(Clone)]
struct Decider(Actor, Way);

async fn decide(hall: &Hall, by: &Decider, id: JoinRequestId, world: &World) -> Result<()> {
    match by.1 {
        Way::Household => join_decide_household(hall, &by.0, id).await,
        Way::Vouch => join_vouch(hall, &by.0, id).await,
        Way::Counter => join_counter(hall, &by.0, id, &found(world)).await,
    }
}

#[tokio::test]
async fn however_many_decide_at_once_there_is_one_admission() {
    for db in databases().await {
        let (hall, world) = (&db.hall, World::new(&db.hall).await);
        let halls = [db.hall.clone(), db.second_hall().await];
        let (who, id) = request(hall, &world, "大孙子", (0, "101")).await;
        let deciders = [
            Decider(world.resident.actor.clone(), Way::Household),
            Decider(world.second_adult.actor.clone(), Way::Household),
            Decider(world.entrance_lead.actor.clone(), Way::Vouch),
            Decider(world.committee_head.actor.clone(), Way::Counter),
        ];
        let mut pressing = JoinSet::new();
        for n in 0..64 {
            let (hall, world) = (halls[n % 2].clone(), world.clone());
            let by = deciders[(n / 2) % 4].clone();
            pressing.spawn(async move { decide(&hall, &by, id, &world).await });
        }
        let mut admitted = 0;
        for result in pressing.join_all().await {
            match result {
                Ok(()) => admitted += 1,
                // The committee admits to another household: then it is none of this one's any more.
                Err(Error::Refused(Refusal::NotWaiting) | Error::NotFound) => {}
                Err(other) => panic!("{}: {other:?}", db.name),
            }
        }
        assert_eq!(admitted, 1, "{}", db.name);
        let entries = audit::Entity::find()
            .filter(audit::Column::Action.eq("join_admit"))
            .count(hall.db.read())
            .await;
        assert_eq!(entries.unwrap(), 1);
        assert!(person_row(hall, who.actor.person).await.household_id.is_some());
        assert!(matches!(verify(&hall.db).await.unwrap(), Verdict::Whole(_)), "{}", db.name);
    }
}

#[tokio::test]
async fn asked_64_times_at_once_one_waits() {
    for db in databases().await {
        let (hall, world) = (&db.hall, World::new(&db.hall).await);
        let who = newcomer(hall, &world, "急性子").await;
        let mut pressing = JoinSet::new();
        for _ in 0..64 {
            let (hall, actor, form) = (hall.clone(), who.actor.clone(), form(&world, "", "101"));
            pressing.spawn(async move { join_ask_again(&hall, &actor, &form).await });
        }
        let made = pressing.join_all().await.into_iter().filter(Result::is_ok).count();
        assert_eq!(made, 1, "{}", db.name);
    }
}

/// Household, person, request: whoever decides and whoever records a move-out hold them in one order.
#[tokio::test]
async fn a_household_admits_while_it_moves_out_and_nobody_waits_for_ever() {
    for db in databases().await {
        let (hall, world) = (&db.hall, World::new(&db.hall).await);
        let other = &db.second_hall().await;
        let head = &world.committee_head.actor;
        let rooms: Vec<String> = (0..20).map(|n| format!("9{n:02}")).collect();
        let homes = household_add_many(hall, world.entrances[0], &rooms).await.unwrap();
        for (home, room) in homes.into_iter().zip(&rooms) {
            let (who, id) = request(hall, &world, &format!("in-{room}"), (0, room)).await;
            let adult = NewPerson {
                community: world.community,
                household: Some(home),
                sign_in_name: format!("of-{room}"),
                nickname: format!("of-{room}"),
                email: None,
                password_hash: None,
                consented: true,
            };
            let adult = signed_in(hall, person_admit(hall, adult).await.unwrap()).await.actor;
            let gone = MoveOut { reason: "moved".to_owned(), room_gone: String::new() };
            let (decided, moved) = tokio::join!(
                join_decide_household(hall, &adult, id),
                household_move_out(other, head, home, &gone),
            );
            moved.unwrap();
            let told = matches!(decided, Ok(()) | Err(Error::Refused(_) | Error::NotFound));
            assert!(told, "{}: {room}: {decided:?}", db.name);
            let now = person_row(hall, who.actor.person).await;
            assert_eq!(now.household_id, None, "{}: whoever came in went with it", db.name);
            let came = now.former_household_id == Some(home.0);
            let state = if came { "admitted" } else { "declined" };
            assert_eq!((row(hall, id).await.state.as_str(), came), (state, decided.is_ok()));
        }
        assert!(matches!(verify(&hall.db).await.unwrap(), Verdict::Whole(_)), "{}", db.name);
    }
}
