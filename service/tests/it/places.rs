//! Places and the households in them, on both databases: renames, splits and mergers with what follows, and
//! a household that moved out.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeSet;

use domain::ballot::BallotKind;
use domain::ids::{CourtyardId, EntranceId, HouseholdId};
use domain::permission::Denied;
use domain::place::Scope;
use domain::proposal::Step;
use domain::role::{Actor, Role};
use entities::{
    audit, cosign, elector, entrance, household, join_request, person, proposal, role_grant, slip,
    unit,
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
    QueryOrder, Set,
};
use service::ballot::{BallotForm, ballot_cast, ballot_open, earliest_day};
use service::cosign::cosign_add;
use service::matter::{self, By, Said};
use service::people::SignedIn;
use service::places::{
    ChangeKind, MoveOut, Place, PlacesDesk, courtyard_add, courtyard_desk, courtyards,
    entrance_add, entrance_desk, entrance_look, entrance_merge, entrance_split, household_add,
    household_move_out, place_end, place_rename, places, places_desk,
};
use service::proposal::{ProposalForm, proposal_submit};
use service::setup::{household_add_many, role_grant as grant};
use service::testing::{World, databases};
use service::{Error, FieldError, Hall, PlaceUse, Problem, Refusal};

fn denied(error: &Error) -> Option<Denied> {
    match error {
        Error::Denied(denied) => Some(*denied),
        _ => None,
    }
}

fn refused(error: Error) -> Refusal {
    match error {
        Error::Refused(refusal) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

fn invalid(error: Error) -> Vec<FieldError> {
    match error {
        Error::Invalid(fields) => fields,
        other => panic!("not about what was typed: {other:?}"),
    }
}

fn field(field: &'static str, problem: Problem) -> Vec<FieldError> {
    vec![FieldError { field, problem }]
}

async fn live(hall: &Hall, entrance: EntranceId) -> Vec<household::Model> {
    household::Entity::find()
        .filter(household::Column::EntranceId.eq(entrance.0))
        .filter(household::Column::EndedAt.is_null())
        .order_by_asc(household::Column::Id)
        .all(hall.db.read())
        .await
        .unwrap()
}

async fn home(hall: &Hall, id: HouseholdId) -> household::Model {
    household::Entity::find_by_id(id.0).one(hall.db.read()).await.unwrap().unwrap()
}

async fn desk(hall: &Hall, actor: &Actor) -> PlacesDesk {
    places_desk(hall, Some(actor), None).await.unwrap()
}

/// The last entry of the audit chain.
async fn last_entry(hall: &Hall) -> audit::Model {
    audit::Entity::find()
        .order_by_desc(audit::Column::Seq)
        .one(hall.db.read())
        .await
        .unwrap()
        .unwrap()
}

/// The second entrance with other rooms than the first: both have the same in a [`World`].
async fn other_rooms(hall: &Hall, entrance: EntranceId) {
    let txn = hall.db.begin().await.unwrap();
    for row in live(hall, entrance).await {
        let room = format!("B{}", row.room);
        let mut row = row.into_active_model();
        row.room = Set(room);
        row.update(&txn).await.unwrap();
    }
    txn.commit().await.unwrap();
}

/// A matter of the author's entrance.
async fn raise(hall: &Hall, author: &SignedIn, scope: &str) -> i64 {
    let home = author.actor.home.unwrap();
    let form = ProposalForm {
        title: "楼道里的灯换一换".to_owned(),
        situation: "二层到三层的灯坏了半个月，晚上看不见台阶。".to_owned(),
        suggestion: "换成感应灯，顺便把开关挪到门口。".to_owned(),
        category: "lighting_roads".to_owned(),
        courtyard_id: home.courtyard.to_string(),
        entrance_id: home.entrance.to_string(),
        scope: scope.to_owned(),
        ..ProposalForm::default()
    };
    proposal_submit(hall, &author.actor, &form).await.unwrap()
}

async fn matter_row(hall: &Hall, world: &World, number: i64) -> proposal::Model {
    matter::by_number(hall.db.read(), world.community, number).await.unwrap()
}

async fn step(hall: &Hall, world: &World, number: i64, steps: &[Step]) {
    let txn = hall.db.begin().await.unwrap();
    let mut row = matter::by_number(&txn, world.community, number).await.unwrap();
    for step in steps {
        row = matter::advance_in_txn(hall, &txn, row, step.clone(), By::Clock, Said::default())
            .await
            .unwrap();
    }
    txn.commit().await.unwrap();
}

/// An open ballot of that kind and scope, by its number.
async fn ballot(
    hall: &Hall,
    world: &World,
    author: &SignedIn,
    kind: BallotKind,
    scope: &str,
) -> i64 {
    let number = raise(hall, author, scope).await;
    step(hall, world, number, &[Step::Accept { threshold_met: true }, Step::Deliberate]).await;
    let form = BallotForm {
        kind: kind.as_str().to_owned(),
        question: "同意换成感应灯吗？".to_owned(),
        closes_on: earliest_day(kind, hall.now()).to_string(),
    };
    ballot_open(hall, &world.committee_head.actor, number, &form).await.unwrap().0
}

#[tokio::test]
async fn places_are_added_renamed_and_ended_with_their_history() {
    for db in databases().await {
        let (hall, world) = (&db.hall, World::new(&db.hall).await);
        let member = &world.committee_member.actor;
        let yard = courtyard_add(hall, member, " 家属院 ").await.unwrap();
        let door = entrance_add(hall, member, yard, "1门").await.unwrap();
        let taken = || field("name", Problem::PlaceTaken);
        let again = courtyard_add(hall, member, "家属院").await.unwrap_err();
        assert_eq!(invalid(again), taken(), "{}", db.name);
        let again = entrance_add(hall, member, yard, "1门").await.unwrap_err();
        assert_eq!(invalid(again), taken(), "{}", db.name);
        place_rename(hall, member, Place::Courtyard(yard), "家属大院", "门牌换了")
            .await
            .unwrap_err();
        place_rename(hall, member, Place::Courtyard(yard), "家属大院", "").await.unwrap();
        place_rename(hall, member, Place::Entrance(door), "东门", "邻居们都这么叫").await.unwrap();
        let entry = last_entry(hall).await;
        assert_eq!(
            (entry.action.as_str(), entry.before.as_deref(), entry.after.as_deref(), entry.reason),
            ("place_rename", Some("1门"), Some("东门"), None),
            "{}",
            db.name
        );
        let other = Place::Courtyard(world.courtyards[0]);
        let same = place_rename(hall, member, other, "家属大院", "").await.unwrap_err();
        assert_eq!(invalid(same), taken(), "{}", db.name);

        let households = household_add(hall, member, door, "101\n１０２室").await.unwrap();
        assert_eq!(households, 2, "{}", db.name);
        for place in [Place::Entrance(door), Place::Courtyard(yard)] {
            let used = place_end(hall, member, place, "").await.unwrap_err();
            let used = refused(used);
            assert_eq!(used, Refusal::PlaceInUse(PlaceUse::Households(2)), "{}", db.name);
        }
        for row in live(hall, door).await {
            let form = MoveOut { reason: "moved".into(), room_gone: "yes".into() };
            household_move_out(hall, member, HouseholdId(row.id), &form).await.unwrap();
        }
        grant(hall, world.resident.actor.person, Role::EntranceLead, Scope::Entrance(door), None)
            .await
            .unwrap();
        place_end(hall, member, Place::Courtyard(yard), "").await.unwrap();
        let lead = World::again(hall, &world.resident).await;
        assert!(!lead.actor.has(Role::EntranceLead), "{}: its roles end with it", db.name);
        let offered = places(hall, world.community).await.unwrap();
        assert!(offered.iter().all(|place| place.id != yard), "{}", db.name);
        let offered = courtyards(hall, world.community).await.unwrap();
        assert!(offered.iter().all(|place| place.id != yard), "{}", db.name);
        for error in [
            courtyard_desk(hall, Some(member), yard).await.map(|_| ()),
            entrance_desk(hall, Some(member), door).await.map(|_| ()),
            place_rename(hall, member, Place::Entrance(door), "西门", "").await,
            place_end(hall, member, Place::Courtyard(yard), "").await,
            household_add(hall, member, door, "1").await.map(|_| ()),
            entrance_add(hall, member, yard, "2门").await.map(|_| ()),
        ] {
            assert!(matches!(error, Err(Error::NotFound)), "{}: {error:?}", db.name);
        }
        let history = desk(hall, member).await.history;
        let told: Vec<_> = history
            .rows
            .iter()
            .map(|row| (row.kind, row.before.as_deref(), row.after.as_deref(), row.by.as_deref()))
            .collect();
        let by = Some("小周");
        assert_eq!(
            told,
            [
                (ChangeKind::End, Some("家属大院"), None, by),
                (ChangeKind::End, Some("东门"), None, by),
                (ChangeKind::Rename, Some("1门"), Some("东门"), by),
                (ChangeKind::Rename, Some("家属院"), Some("家属大院"), by),
                (ChangeKind::Add, None, Some("1门"), by),
                (ChangeKind::Add, None, Some("家属院"), by),
            ],
            "{}",
            db.name
        );
        assert_eq!(history.rows[2].reason.as_deref(), Some("邻居们都这么叫"), "{}", db.name);

        // A place of that name is the same place again.
        assert_eq!(courtyard_add(hall, member, "家属大院").await.unwrap(), yard, "{}", db.name);
        assert_eq!(entrance_add(hall, member, yard, "东门").await.unwrap(), door, "{}", db.name);
    }
}

#[tokio::test]
async fn what_hangs_on_a_merged_entrance_follows() {
    for db in databases().await {
        let (hall, world) = (&db.hall, World::new(&db.hall).await);
        let member = &world.committee_member.actor;
        let [from, into, ..] = world.entrances;
        other_rooms(hall, into).await;
        let going = live(hall, from).await;
        let staying = live(hall, into).await;

        let running = raise(hall, &world.resident, "entrance").await;
        cosign_add(hall, &world.entrance_lead.actor, running).await.unwrap();
        let over = raise(hall, &world.resident, "entrance").await;
        step(hall, &world, over, &[Step::Withdraw]).await;
        let wide = raise(hall, &world.resident, "courtyard").await;
        let ghost = HouseholdId(going[4].id);
        let form = MoveOut { reason: "sold".into(), room_gone: String::new() };
        household_move_out(hall, member, ghost, &form).await.unwrap();

        let txn = hall.db.begin().await.unwrap();
        for (entrance, room) in [(from, "101"), (into, "B101")] {
            let row = unit::ActiveModel {
                entrance_id: Set(entrance.0),
                room: Set(room.to_owned()),
                area: Set(6_000),
                ..Default::default()
            };
            row.insert(&txn).await.unwrap();
        }
        let request = |state: &str, person: &SignedIn| join_request::ActiveModel {
            community_id: Set(world.community.0),
            person_id: Set(person.actor.person.0),
            entrance_id: Set(from.0),
            room: Set("909".to_owned()),
            state: Set(state.to_owned()),
            created_at: Set(0),
            ..Default::default()
        };
        let waiting = request("waiting", &world.no_household).insert(&txn).await.unwrap();
        let decided = request("declined", &world.no_household).insert(&txn).await.unwrap();
        txn.commit().await.unwrap();
        // The lead of one leads the other already, and for longer; somebody else leads the first alone.
        let until = hall.now().plus_days(9);
        let lead = world.entrance_lead.actor.person;
        let scope = Scope::Entrance(into);
        grant(hall, lead, Role::EntranceLead, scope, None).await.unwrap();
        let old = Scope::Entrance(from);
        let neighbour = world.neighbours[0].actor.person;
        grant(hall, neighbour, Role::EntranceLead, old, Some(until)).await.unwrap();

        let target = entrance_merge(hall, member, from, &into.to_string(), "").await.unwrap();
        assert_eq!(target, into, "{}", db.name);
        let entry = last_entry(hall).await;
        assert_eq!(entry.action, "entrance_merge", "{}", db.name);
        let facts: serde_json::Value = serde_json::from_str(&entry.after.unwrap()).unwrap();
        assert_eq!(facts["households"], 6, "{}: {facts}", db.name);
        assert_eq!(
            (facts["units"].as_i64(), facts["requests"].as_i64(), facts["matters"].as_i64()),
            (Some(1), Some(1), Some(1)),
            "{}: {facts}",
            db.name
        );

        let now: BTreeSet<i64> = live(hall, into).await.into_iter().map(|row| row.id).collect();
        let before = going.iter().chain(&staying).map(|row| row.id).filter(|id| *id != ghost.0);
        let before: BTreeSet<i64> = before.collect();
        assert!(now.is_superset(&before), "{}", db.name);
        assert_eq!(now.len(), before.len() + 1, "{}: and the moved-out room's new one", db.name);
        assert!(live(hall, from).await.is_empty(), "{}", db.name);
        let units = unit::Entity::find().filter(unit::Column::EntranceId.eq(into.0));
        assert_eq!(units.count(hall.db.read()).await.unwrap(), 2, "{}", db.name);
        let request = |id: i64| async move {
            join_request::Entity::find_by_id(id).one(hall.db.read()).await.unwrap().unwrap()
        };
        assert_eq!(request(waiting.id).await.entrance_id, into.0, "{}", db.name);
        assert_eq!(request(decided.id).await.entrance_id, from.0, "{}", db.name);

        let row = matter_row(hall, &world, running).await;
        assert_eq!((row.scope_place, row.entrance_id, row.cosigns), (into.0, Some(into.0), 1));
        let row = matter_row(hall, &world, over).await;
        assert_eq!((row.scope_place, row.entrance_id), (from.0, Some(from.0)), "{}", db.name);
        let row = matter_row(hall, &world, wide).await;
        let courtyard = world.courtyards[0].0;
        assert_eq!((row.scope_place, row.entrance_id), (courtyard, Some(into.0)), "{}", db.name);

        let held = |person, place: EntranceId| async move {
            role_grant::Entity::find()
                .filter(role_grant::Column::PersonId.eq::<i64>(person))
                .filter(role_grant::Column::ScopeKind.eq("entrance"))
                .filter(role_grant::Column::ScopePlace.eq(place.0))
                .all(hall.db.read())
                .await
                .unwrap()
        };
        let once = held(lead.0, into).await;
        assert_eq!(once.len(), 1, "{}: {once:?}", db.name);
        assert_eq!((once[0].until, once[0].ended_by), (None, None), "{}", db.name);
        let moved = held(neighbour.0, into).await;
        assert_eq!(moved.len(), 1, "{}: {moved:?}", db.name);
        assert_eq!(moved[0].until, Some(until.0), "{}", db.name);
        let ended = held(neighbour.0, from).await;
        assert_eq!(ended[0].ended_by, Some(member.person.0), "{}: {ended:?}", db.name);
        let moved = World::again(hall, &world.neighbours[0]).await;
        let roles: Vec<_> = moved.actor.roles.iter().map(|grant| grant.scope).collect();
        assert_eq!(roles, [Scope::Entrance(into)], "{}", db.name);

        // What runs on counts with the households of both, and an old address isn't offered any more.
        let newly = World::again(hall, &world.neighbours[3]).await;
        cosign_add(hall, &newly.actor, running).await.unwrap();
        let offered = places(hall, world.community).await.unwrap();
        assert!(offered[0].entrances.iter().all(|place| place.id != from), "{}", db.name);
        let typed = ProposalForm {
            title: "楼道里的灯换一换".to_owned(),
            situation: "二层到三层的灯坏了半个月，晚上看不见台阶。".to_owned(),
            suggestion: "换成感应灯，顺便把开关挪到门口。".to_owned(),
            category: "lighting_roads".to_owned(),
            courtyard_id: world.courtyards[0].to_string(),
            entrance_id: from.to_string(),
            scope: "courtyard".to_owned(),
            ..ProposalForm::default()
        };
        let unknown = proposal_submit(hall, &newly.actor, &typed).await.unwrap_err();
        assert_eq!(invalid(unknown), field("place", Problem::Unknown), "{}", db.name);
        let ended = entrance::Entity::find_by_id(from.0).one(hall.db.read()).await.unwrap();
        assert_eq!(ended.unwrap().name, "1号楼1门", "{}: still named", db.name);
    }
}

#[tokio::test]
async fn a_merger_is_refused_with_the_rooms_that_both_have() {
    for db in databases().await {
        let (hall, world) = (&db.hall, World::new(&db.hall).await);
        let member = &world.committee_member.actor;
        let [from, into, elsewhere, _] = world.entrances;
        let clash = entrance_merge(hall, member, from, &into.to_string(), "").await.unwrap_err();
        assert!(!clash.to_string().contains("101"), "{}: logs get no room: {clash}", db.name);
        let rooms = ["101", "201", "301", "401", "501", "601"].map(str::to_owned).to_vec();
        assert_eq!(refused(clash), Refusal::RoomsClash(rooms), "{}", db.name);
        let look = last_entry(hall).await;
        let subject = format!("entrance:{from}");
        assert_eq!((look.action.as_str(), &look.subject), ("roll_look", &subject), "{}", db.name);
        assert_eq!(live(hall, from).await.len(), 6, "{}: nothing moved", db.name);

        for wrong in ["", "x", "0", &from.to_string(), &elsewhere.to_string()] {
            let error = entrance_merge(hall, member, from, wrong, "").await.unwrap_err();
            let problem = if wrong.is_empty() { Problem::Choose } else { Problem::Unknown };
            assert_eq!(invalid(error), field("into", problem), "{}: {wrong}", db.name);
        }
        let there = household_add(hall, member, from, "701\n301\n").await.unwrap_err();
        assert_eq!(refused(there), Refusal::RoomsClash(vec!["301".to_owned()]), "{}", db.name);
        assert_eq!(last_entry(hall).await.action, "roll_look", "{}", db.name);
        assert_eq!(live(hall, from).await.len(), 6, "{}", db.name);
        for (rooms, len) in [("", 0), ("1".repeat(21).as_str(), 21)] {
            let error = invalid(household_add(hall, member, from, rooms).await.unwrap_err());
            assert_eq!(error[0].field, "rooms", "{}: {len}", db.name);
        }
    }
}

#[tokio::test]
async fn chosen_households_become_an_entrance_of_their_own() {
    for db in databases().await {
        let (hall, world) = (&db.hall, World::new(&db.hall).await);
        let member = &world.committee_member.actor;
        let from = world.entrances[0];
        let before = live(hall, from).await;
        let chosen: Vec<String> = before[..2].iter().map(|row| row.id.to_string()).collect();
        let foreign = vec![live(hall, world.entrances[1]).await[0].id.to_string()];
        for (name, households, wrong) in [
            ("", &chosen, "name"),
            ("1号楼2门", &chosen, "name"),
            ("1号楼3门", &vec![], "households"),
            ("1号楼3门", &foreign, "households"),
            ("1号楼3门", &vec!["x".to_owned()], "households"),
        ] {
            let error = entrance_split(hall, member, from, name, households, "").await.unwrap_err();
            assert_eq!(invalid(error)[0].field, wrong, "{}: {name}", db.name);
        }
        let number = raise(hall, &world.resident, "entrance").await;
        cosign_add(hall, &world.resident.actor, number).await.unwrap();
        let new = entrance_split(hall, member, from, "1号楼3门", &chosen, "").await.unwrap();
        let moved: Vec<String> =
            live(hall, new).await.iter().map(|row| row.id.to_string()).collect();
        assert_eq!(moved, chosen, "{}", db.name);
        assert_eq!(live(hall, from).await.len(), 4, "{}", db.name);
        let row = matter_row(hall, &world, number).await;
        assert_eq!((row.scope_place, row.cosigns), (from.0, 1), "{}: matters stay", db.name);
        let resident = World::again(hall, &world.resident).await;
        assert_eq!(resident.home.unwrap().entrance, "1号楼3门", "{}", db.name);
        let lead = World::again(hall, &world.entrance_lead).await;
        assert_eq!(lead.actor.roles[0].scope, Scope::Entrance(from), "{}", db.name);
        let history = desk(hall, member).await.history;
        let told = &history.rows[0];
        assert_eq!((told.kind, told.households), (ChangeKind::Split, 2), "{}", db.name);
        assert_eq!(told.courtyard.as_deref(), Some("北柳小区"), "{}", db.name);
    }
}

#[tokio::test]
async fn an_open_ballot_keeps_its_entrance_as_it_is() {
    for db in databases().await {
        let (hall, world) = (&db.hall, World::new(&db.hall).await);
        let member = &world.committee_member.actor;
        let [from, into, ..] = world.entrances;
        other_rooms(hall, into).await;
        let kind = BallotKind::ResidentsByHousehold;
        ballot(hall, &world, &world.resident, kind, "courtyard").await;
        ballot(hall, &world, &world.resident, kind, "entrance").await;
        let one = vec![live(hall, from).await[0].id.to_string()];
        let open = Refusal::PlaceInUse(PlaceUse::Ballot);
        for (a, b) in [(from, into), (into, from)] {
            let error = entrance_merge(hall, member, a, &b.to_string(), "").await.unwrap_err();
            assert_eq!(refused(error), open, "{}", db.name);
        }
        let error = entrance_split(hall, member, from, "1号楼3门", &one, "").await.unwrap_err();
        assert_eq!(refused(error), open, "{}", db.name);
        // A ballot of the courtyard is none of the entrance.
        let other = vec![live(hall, into).await[0].id.to_string()];
        entrance_split(hall, member, into, "1号楼3门", &other, "").await.unwrap();
    }
}

#[tokio::test]
async fn a_household_that_moved_out_leaves_its_seat_empty() {
    for db in databases().await {
        let (hall, world) = (&db.hall, World::new(&db.hall).await);
        let member = &world.committee_member.actor;
        let home_id = world.resident.actor.home.unwrap().household;
        let seat = format!("household:{home_id}");
        let by_household = BallotKind::ResidentsByHousehold;
        let older = ballot(hall, &world, &world.resident, by_household, "courtyard").await;
        let number = raise(hall, &world.resident, "courtyard").await;
        cosign_add(hall, &world.resident.actor, number).await.unwrap();
        let txn = hall.db.begin().await.unwrap();
        let slip_of = |index: &str, used: Option<i64>| slip::ActiveModel {
            community_id: Set(world.community.0),
            household_id: Set(home_id.0),
            purpose: Set("join".to_owned()),
            code: Set(Some("sealed".to_owned())),
            code_index: Set(index.to_owned()),
            batch: Set(1),
            created_at: Set(1),
            created_by: Set(member.person.0),
            expires_at: Set(hall.now().plus_days(60).0),
            used_at: Set(used),
            ..Default::default()
        };
        let out = slip_of("out", None).insert(&txn).await.unwrap();
        let used = slip_of("used", Some(5)).insert(&txn).await.unwrap();
        let waiting = join_request::ActiveModel {
            community_id: Set(world.community.0),
            person_id: Set(world.no_household.actor.person.0),
            entrance_id: Set(world.entrances[0].0),
            household_id: Set(Some(home_id.0)),
            room: Set("101".to_owned()),
            state: Set("waiting".to_owned()),
            created_at: Set(0),
            ..Default::default()
        };
        let waiting = waiting.insert(&txn).await.unwrap();
        txn.commit().await.unwrap();

        for reason in ["", "because"] {
            let form = MoveOut { reason: reason.into(), room_gone: String::new() };
            let error = household_move_out(hall, member, home_id, &form).await.unwrap_err();
            assert_eq!(invalid(error)[0].field, "reason", "{}", db.name);
        }
        let form = MoveOut { reason: "sold".into(), room_gone: String::new() };
        household_move_out(hall, member, home_id, &form).await.unwrap();
        let again = household_move_out(hall, member, home_id, &form).await.unwrap_err();
        assert_eq!(refused(again), Refusal::Stale, "{}", db.name);

        let entry = last_entry(hall).await;
        assert_eq!(entry.action, "household_move_out", "{}", db.name);
        assert_eq!(entry.reason.as_deref(), Some("sold"), "{}", db.name);
        assert!(!entry.after.unwrap().contains("101"), "{}: no room in the chain", db.name);
        let row = home(hall, home_id).await;
        assert_eq!(row.room, format!("101#{home_id}"), "{}", db.name);
        assert_eq!(row.former_room.as_deref(), Some("101"), "{}", db.name);
        assert_eq!((row.ended_at, row.representative_id), (Some(hall.now().0), None));
        let row = slip::Entity::find_by_id(out.id).one(hall.db.read()).await.unwrap().unwrap();
        assert_eq!((row.ended_at, row.code), (Some(hall.now().0), None), "{}", db.name);
        let row = slip::Entity::find_by_id(used.id).one(hall.db.read()).await.unwrap().unwrap();
        assert_eq!(row.ended_at, None, "{}: what was used was used", db.name);
        let row = join_request::Entity::find_by_id(waiting.id).one(hall.db.read()).await.unwrap();
        assert_eq!(row.unwrap().state, "declined", "{}", db.name);
        for person in [&world.resident, &world.second_adult] {
            let now = World::again(hall, person).await;
            assert_eq!((now.actor.home, now.represents_household), (None, false), "{}", db.name);
            let row = person::Entity::find_by_id(person.actor.person.0).one(hall.db.read()).await;
            assert_eq!(row.unwrap().unwrap().former_household_id, Some(home_id.0), "{}", db.name);
        }
        let cosigned = cosign::Entity::find().filter(cosign::Column::HouseholdId.eq(home_id.0));
        assert_eq!(cosigned.count(hall.db.read()).await.unwrap(), 1, "{}: it counts on", db.name);

        // The room lives on for whoever moves in.
        let next = live(hall, world.entrances[0]).await;
        let next = next.iter().find(|row| row.room == "101").unwrap();
        assert_ne!(next.id, home_id.0, "{}", db.name);

        // In the older ballot the seat stays, and nobody can cast its vote.
        let voters = |ballot: i64| async move {
            let row = entities::ballot::Entity::find()
                .filter(entities::ballot::Column::CommunityId.eq(world.community.0))
                .filter(entities::ballot::Column::Number.eq(ballot))
                .one(hall.db.read())
                .await
                .unwrap()
                .unwrap();
            let lines = elector::Entity::find().filter(elector::Column::BallotId.eq(row.id));
            let lines = lines.all(hall.db.read()).await.unwrap();
            lines.into_iter().map(|line| line.voter).collect::<BTreeSet<_>>()
        };
        assert!(voters(older).await.contains(&seat), "{}", db.name);
        for person in [&world.resident, &world.second_adult] {
            let now = World::again(hall, person).await;
            for actor in [&now.actor, &person.actor] {
                let error = ballot_cast(hall, actor, older, "yes").await.unwrap_err();
                assert_eq!(denied(&error), Some(Denied::NotElector), "{}", db.name);
            }
        }
        // In a newer one it has none; whoever lives in the room now has.
        let newer = ballot(hall, &world, &world.council_member, by_household, "courtyard").await;
        let newer = voters(newer).await;
        assert!(!newer.contains(&seat), "{}", db.name);
        assert!(newer.contains(&format!("household:{}", next.id)), "{}", db.name);
        assert_eq!(newer.len(), 12, "{}", db.name);
        let straw = BallotKind::Straw;
        let people = ballot(hall, &world, &world.council_member, straw, "courtyard").await;
        let gone = format!("person:{}", world.resident.actor.person);
        assert!(!voters(people).await.contains(&gone), "{}", db.name);
    }
}

#[tokio::test]
async fn it_is_the_committees_after_its_second_factor_and_in_its_own_community() {
    for db in databases().await {
        let (hall, world) = (&db.hall, World::new(&db.hall).await);
        let [from, into, ..] = world.entrances;
        let yard = world.courtyards[0];
        let one = live(hall, from).await[0].id;
        let gone = MoveOut { reason: "moved".into(), room_gone: String::new() };
        let acts = |actor: Actor| {
            let (chosen, gone) = (vec![one.to_string()], gone.clone());
            async move {
                [
                    courtyard_add(hall, &actor, "新院").await.map(|_| ()),
                    entrance_add(hall, &actor, yard, "新门").await.map(|_| ()),
                    place_rename(hall, &actor, Place::Courtyard(yard), "新名", "").await,
                    place_rename(hall, &actor, Place::Entrance(from), "新名", "").await,
                    entrance_merge(hall, &actor, from, &into.to_string(), "").await.map(|_| ()),
                    entrance_split(hall, &actor, from, "新门", &chosen, "").await.map(|_| ()),
                    place_end(hall, &actor, Place::Entrance(from), "").await,
                    household_add(hall, &actor, from, "999").await.map(|_| ()),
                    household_move_out(hall, &actor, HouseholdId(one), &gone).await,
                ]
            }
        };
        let member = &world.committee_member.actor;
        let late = Actor { stepped_up: false, ..member.clone() };
        for (who, actor, expected) in [
            ("a resident", &world.resident.actor, Denied::NeedsRole),
            ("an entrance lead", &world.entrance_lead.actor, Denied::NeedsRole),
            ("oversight", &world.oversight.actor, Denied::NeedsRole),
            ("after ten minutes", &late, Denied::StepUp),
        ] {
            for (n, done) in acts(actor.clone()).await.into_iter().enumerate() {
                let error = done.expect_err(who);
                assert_eq!(denied(&error), Some(expected), "{}: {who}: act {n}", db.name);
            }
        }
        for actor in [&world.resident.actor, &world.oversight.actor] {
            let error = entrance_look(hall, actor, from).await.unwrap_err();
            assert_eq!(denied(&error), Some(Denied::NeedsRole), "{}", db.name);
        }
        assert!(matches!(
            places_desk(hall, Some(&world.resident.actor), None).await,
            Err(Error::NotFound)
        ));
        places_desk(hall, Some(&world.oversight.actor), None).await.unwrap();

        // The committee of another community finds nothing here.
        let stranger = world.stranger.actor.person;
        let there = Scope::Community(world.stranger.actor.community);
        grant(hall, stranger, Role::CommitteeHead, there, None).await.unwrap();
        let stranger = World::again(hall, &world.stranger).await.actor;
        for (n, done) in acts(stranger.clone()).await.into_iter().enumerate().skip(1) {
            assert!(matches!(done, Err(Error::NotFound)), "{}: act {n}: {done:?}", db.name);
        }
        assert!(matches!(entrance_look(hall, &stranger, from).await, Err(Error::NotFound)));
        assert!(matches!(courtyard_desk(hall, Some(&stranger), yard).await, Err(Error::NotFound)));
        assert_eq!(desk(hall, &stranger).await.courtyards.len(), 2, "{}: its own", db.name);
    }
}

#[tokio::test]
async fn a_look_shows_the_roll_and_is_recorded() {
    for db in databases().await {
        let (hall, world) = (&db.hall, World::new(&db.hall).await);
        let member = &world.committee_member.actor;
        let from = world.entrances[0];
        household_add_many(hall, from, &["1101".to_owned(), "801".to_owned()]).await.unwrap();
        let roll = entrance_look(hall, member, from).await.unwrap();
        let rooms: Vec<_> = roll.households.iter().map(|line| line.room.as_str()).collect();
        assert_eq!(rooms, ["101", "201", "301", "401", "501", "601", "801", "1101"], "{}", db.name);
        let first = &roll.households[0];
        assert_eq!((first.adults, first.representative.as_deref()), (2, Some("老槐树")));
        assert_eq!(roll.households[7].representative, None, "{}", db.name);
        assert_eq!((roll.entrance.place.households, roll.entrance.place.members), (8, 7));
        let look = last_entry(hall).await;
        assert_eq!(look.action, "roll_look", "{}", db.name);
        assert_eq!(look.actor, member.audit_name(), "{}", db.name);
        let desk = desk(hall, member).await;
        let yard = &desk.courtyards[0];
        assert_eq!((yard.place.households, yard.place.members), (14, 13), "{}", db.name);
        assert_eq!(yard.entrances.len(), 2, "{}", db.name);
    }
}

#[tokio::test]
async fn the_history_comes_in_pages() {
    for db in databases().await {
        let (hall, world) = (&db.hall, World::new(&db.hall).await);
        let member = &world.committee_member.actor;
        for n in 0..25 {
            let name = format!("名字{n}");
            place_rename(hall, member, Place::Entrance(world.entrances[0]), &name, "")
                .await
                .unwrap();
        }
        let first = desk(hall, member).await.history;
        assert_eq!(first.rows.len(), 20, "{}", db.name);
        let second = places_desk(hall, Some(member), first.next).await.unwrap().history;
        assert_eq!((second.rows.len(), second.next), (5, None), "{}", db.name);
        assert_eq!(second.rows[4].before.as_deref(), Some("1号楼1门"), "{}", db.name);
    }
}

/// Whatever is split and merged: the same households live there, each behind a door that stands, and each
/// room once.
#[tokio::test]
async fn no_household_is_lost_by_splits_and_mergers() {
    for db in databases().await {
        let (hall, world) = (&db.hall, World::new(&db.hall).await);
        let member = &world.committee_member.actor;
        let yard: CourtyardId = world.courtyards[0];
        other_rooms(hall, world.entrances[1]).await;
        let all = || async {
            let mut all = BTreeSet::new();
            for place in places(hall, world.community).await.unwrap() {
                for door in place.entrances.iter().filter(|_| place.id == yard) {
                    all.extend(live(hall, door.id).await.into_iter().map(|row| row.id));
                }
            }
            all
        };
        let before = all().await;
        assert_eq!(before.len(), 12, "{}", db.name);
        // Any sequence of numbers does; this one is always the same.
        let mut seed = 20_260_302_u64;
        let mut roll = move |n: usize| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            usize::try_from(seed >> 33).unwrap() % n
        };
        let (mut splits, mut merges) = (0, 0);
        for turn in 0..40 {
            let doors = places(hall, world.community).await.unwrap();
            let doors = &doors.iter().find(|place| place.id == yard).unwrap().entrances;
            let door = doors[roll(doors.len())].id;
            if doors.len() < 2 || roll(2) == 0 {
                let homes = live(hall, door).await;
                let chosen: Vec<_> =
                    homes.iter().filter(|_| roll(2) == 0).map(|row| row.id.to_string()).collect();
                let name = format!("{}门", roll(6));
                match entrance_split(hall, member, door, &name, &chosen, "").await {
                    Ok(_) => splits += 1,
                    Err(error) => drop(invalid(error)),
                }
            } else {
                let into = doors[roll(doors.len())].id;
                match entrance_merge(hall, member, door, &into.to_string(), "").await {
                    Ok(_) => merges += 1,
                    Err(error) => drop(invalid(error)),
                }
            }
            assert_eq!(all().await, before, "{}: turn {turn}", db.name);
        }
        assert!(splits > 5 && merges > 5, "{}: {splits} splits, {merges} mergers", db.name);
        assert!(
            matches!(
                service::audit::verify(&hall.db).await.unwrap(),
                service::audit::Verdict::Whole(_)
            ),
            "{}",
            db.name
        );
    }
}

/// Two mergers that cross, a split, a household that moves out and a matter that is raised, all at once:
/// nothing lies in an entrance that ended, and nobody waits for ever.
#[tokio::test]
async fn changes_at_the_same_instant_leave_nothing_behind() {
    for db in databases().await {
        let (hall, other) = (&db.hall, &db.second_hall().await);
        let world = World::new(hall).await;
        let member = &world.committee_member.actor;
        let head = &world.committee_head.actor;
        let [a, b, ..] = world.entrances;
        other_rooms(hall, b).await;
        let homes = live(hall, a).await;
        let chosen = vec![homes[3].id.to_string(), homes[4].id.to_string()];
        let leaving = HouseholdId(homes[5].id);
        let gone = MoveOut { reason: "moved".into(), room_gone: String::new() };
        let (to_a, to_b) = (a.to_string(), b.to_string());
        let form = ProposalForm {
            title: "楼道里的灯换一换".to_owned(),
            situation: "二层到三层的灯坏了半个月，晚上看不见台阶。".to_owned(),
            suggestion: "换成感应灯，顺便把开关挪到门口。".to_owned(),
            category: "lighting_roads".to_owned(),
            courtyard_id: world.courtyards[0].to_string(),
            entrance_id: a.to_string(),
            scope: "courtyard".to_owned(),
            ..ProposalForm::default()
        };
        let (one, two, three, four, five) = tokio::join!(
            entrance_merge(hall, member, a, &to_b, ""),
            entrance_merge(other, head, b, &to_a, ""),
            entrance_split(other, member, a, "1号楼3门", &chosen, ""),
            household_move_out(hall, head, leaving, &gone),
            proposal_submit(other, &world.resident.actor, &form),
        );
        assert!(one.is_ok() != two.is_ok(), "{}: {one:?} {two:?}", db.name);
        let done = [one.map(|_| ()), two.map(|_| ()), three.map(|_| ()), four, five.map(|_| ())];
        for (n, done) in done.into_iter().enumerate() {
            let in_words = matches!(
                done,
                Ok(()) | Err(Error::Refused(_) | Error::NotFound | Error::Invalid(_))
            );
            assert!(in_words, "{}: {n}: {done:?}", db.name);
        }
        for door in entrance::Entity::find().all(hall.db.read()).await.unwrap() {
            if door.ended_at.is_none() {
                continue;
            }
            assert!(live(hall, EntranceId(door.id)).await.is_empty(), "{}", db.name);
            let there = proposal::Entity::find().filter(proposal::Column::EntranceId.eq(door.id));
            assert_eq!(there.count(hall.db.read()).await.unwrap(), 0, "{}", db.name);
        }
    }
}
