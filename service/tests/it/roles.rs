//! Giving and ending roles, on both databases.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails says so")]

use domain::ids::RoleGrantId;
use domain::permission::Denied;
use domain::role::{Actor, Role};
use domain::role_rule::RoleRefusal;
use entities::{audit, role_grant};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};
use service::role::{RoleForm, role_end, role_give};
use service::testing::{World, databases};
use service::views::people::{PeopleFilter, people, roles_ended, roles_held};
use service::{Error, Hall, Refusal};

const REASON: &str = "届满换届，大家选了别人";

fn form(role: Role, place: String, until: &str) -> RoleForm {
    RoleForm { role: role.as_str().to_owned(), place, until: until.to_owned() }
}

fn whole(world: &World) -> String {
    format!("community:{}", world.community)
}

fn refused<T: std::fmt::Debug>(result: service::Result<T>) -> RoleRefusal {
    match result {
        Err(Error::Refused(Refusal::Role(refused))) => refused,
        other => panic!("not refused by the rules: {other:?}"),
    }
}

async fn grant_of(hall: &Hall, world: &World, role: Role) -> RoleGrantId {
    let held = roles_held(hall, world.community).await.unwrap();
    held.iter().find(|row| row.role == role).unwrap().id
}

#[tokio::test]
async fn a_head_gives_a_role_until_a_day_and_it_ends_by_itself() {
    for db in databases().await {
        let hall = &db.hall;
        let world = World::new(hall).await;
        let head = &world.committee_head.actor;
        let place = format!("courtyard:{}", world.courtyards[0]);
        let last = hall.now().plus_days(10).local_date().to_string();
        let given = form(Role::CouncilMember, place, &last);
        role_give(hall, head, world.resident.actor.person, &given).await.unwrap();
        let again = role_give(hall, head, world.resident.actor.person, &given).await;
        assert_eq!(refused(again), RoleRefusal::Held);
        let now = World::again(hall, &world.resident).await;
        assert!(now.actor.has(Role::CouncilMember));
        db.advance_days(11);
        let later = World::again(hall, &world.resident).await;
        assert!(!later.actor.has(Role::CouncilMember));
        let ended = roles_ended(hall, Some(head)).await.unwrap();
        assert_eq!(ended.len(), 1);
        assert_eq!(ended[0].person, world.resident.actor.person);
    }
}

#[tokio::test]
async fn who_may_not_give_or_end() {
    for db in databases().await {
        let hall = &db.hall;
        let world = World::new(hall).await;
        let head = &world.committee_head.actor;
        let member_role = || form(Role::CommitteeMember, whole(&world), "");
        let resident = world.resident.actor.person;
        for (who, denied) in [
            (&world.committee_member.actor, Denied::NeedsRole),
            (&world.oversight.actor, Denied::NeedsRole),
            (&world.resident.actor, Denied::NeedsRole),
            (&Actor { stepped_up: false, ..head.clone() }, Denied::StepUp),
        ] {
            match role_give(hall, who, resident, &member_role()).await {
                Err(Error::Denied(found)) => assert_eq!(found, denied),
                other => panic!("{other:?}"),
            }
        }
        let oneself = role_give(hall, head, head.person, &member_role()).await;
        assert_eq!(refused(oneself), RoleRefusal::Oneself);
        let oversight = world.oversight.actor.person;
        let both = role_give(hall, head, oversight, &member_role()).await;
        assert_eq!(refused(both), RoleRefusal::Excludes);
        // Neither a person nor a place of another community.
        let abroad = world.stranger.actor.person;
        let there = role_give(hall, head, abroad, &member_role()).await;
        assert!(matches!(there, Err(Error::NotFound)));
        let their = format!("community:{}", world.stranger.actor.community);
        let there = role_give(hall, head, resident, &form(Role::ResidentRep, their, "")).await;
        assert!(matches!(there, Err(Error::NotFound)));
        let entries = service::audit::head(hall.db.read()).await.unwrap().seq;
        let grant = grant_of(hall, &world, Role::EntranceLead).await;
        for who in [&world.resident.actor, &world.committee_member.actor] {
            assert!(matches!(role_end(hall, who, grant, REASON).await, Err(Error::Denied(_))));
        }
        let stranger = role_end(hall, &world.stranger.actor, grant, REASON).await;
        assert!(matches!(stranger, Err(Error::NotFound)));
        assert_eq!(service::audit::head(hall.db.read()).await.unwrap().seq, entries);
    }
}

#[tokio::test]
async fn one_gives_up_ones_own_role_but_not_as_the_last_head() {
    for db in databases().await {
        let hall = &db.hall;
        let world = World::new(hall).await;
        let head = &world.committee_head.actor;
        let own = grant_of(hall, &world, Role::CommitteeHead).await;
        assert_eq!(refused(role_end(hall, head, own, REASON).await), RoleRefusal::LastHead);
        let lead = grant_of(hall, &world, Role::EntranceLead).await;
        role_end(hall, &world.entrance_lead.actor, lead, REASON).await.unwrap();
        let ended = async || {
            let ended = audit::Entity::find().filter(audit::Column::Action.eq("role_end"));
            let ended = ended.order_by_desc(audit::Column::Seq).one(hall.db.read()).await;
            ended.unwrap().unwrap().reason
        };
        assert_eq!(ended().await, None, "{}: what one says of oneself is not kept", db.name);
        let council = grant_of(hall, &world, Role::CouncilMember).await;
        role_end(hall, head, council, REASON).await.unwrap();
        assert_eq!(ended().await.as_deref(), Some(REASON), "{}", db.name);
        let over = role_end(hall, &world.entrance_lead.actor, lead, REASON).await;
        assert_eq!(refused(over), RoleRefusal::Over);
        let second = form(Role::CommitteeHead, whole(&world), "");
        role_give(hall, head, world.committee_member.actor.person, &second).await.unwrap();
        role_end(hall, head, own, REASON).await.unwrap();
        let gone = World::again(hall, &world.committee_head).await;
        assert!(!gone.actor.has(Role::CommitteeHead));
    }
}

#[tokio::test]
async fn two_heads_who_end_each_other_at_once_leave_one() {
    for db in databases().await {
        let hall = &db.hall;
        let world = World::new(hall).await;
        let first = world.committee_head.actor.clone();
        let second = form(Role::CommitteeHead, whole(&world), "");
        let theirs = world.committee_member.actor.person;
        let other = role_give(hall, &first, theirs, &second).await.unwrap();
        let own = grant_of(hall, &world, Role::CommitteeHead).await;
        let second = World::again(hall, &world.committee_member).await.actor;
        let tasks: Vec<_> = (0..64)
            .map(|n| {
                let hall = hall.clone();
                let (who, grant) =
                    if n % 2 == 0 { (first.clone(), other) } else { (second.clone(), own) };
                tokio::spawn(async move { role_end(&hall, &who, grant, REASON).await.is_ok() })
            })
            .collect();
        let mut done = 0;
        for task in tasks {
            done += usize::from(task.await.unwrap());
        }
        assert_eq!(done, 1);
        let heads = role_grant::Entity::find()
            .filter(role_grant::Column::Role.eq(Role::CommitteeHead.as_str()))
            .filter(role_grant::Column::Until.is_null())
            .count(hall.db.read())
            .await
            .unwrap();
        assert_eq!(heads, 1);
    }
}

#[tokio::test]
async fn the_list_finds_people_by_name_and_place() {
    for db in databases().await {
        let hall = &db.hall;
        let world = World::new(hall).await;
        let head = Some(&world.committee_head.actor);
        let find = async |text: &str, courtyard| {
            let filter = PeopleFilter { text: text.to_owned(), courtyard, before: None };
            people(hall, head, &filter).await.unwrap().rows
        };
        let found = find("槐树", None).await;
        let names: Vec<_> = found.iter().map(|row| row.nickname.as_str()).collect();
        assert_eq!(names, ["小槐树", "老槐树"]);
        assert_eq!(find("COUNC", None).await[0].roles[0].role, Role::CouncilMember);
        assert!(find("%", None).await.is_empty());
        let here = find("", Some(world.courtyards[1].0)).await;
        assert!(here.iter().all(|row| row.home.as_ref().unwrap().0 == "7号院"));
        assert!(find("外乡人", None).await.is_empty());
        let resident = people(hall, Some(&world.resident.actor), &PeopleFilter::default()).await;
        assert!(matches!(resident, Err(Error::NotFound)));
    }
}
