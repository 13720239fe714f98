//! Setting up a community, on both databases.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails says so")]

use domain::ids::{CourtyardId, EntranceId, HouseholdId, PersonId};
use domain::place::Scope;
use domain::role::Role;
use domain::settings::CommunitySettings;
use domain::text::TextError;
use entities::{audit, household};
use sea_orm::{EntityTrait, PaginatorTrait, QueryOrder};
use service::audit::{Verdict, verify};
use service::setup::{
    NewPerson, community_found, courtyard_add, entrance_add, household_add_many, person_admit,
    person_admit_many, role_grant,
};
use service::testing::{Plan, World, databases};
use service::{Error, FieldError, Problem, Refusal, people};

fn fields(error: Error) -> Vec<(&'static str, Problem)> {
    match error {
        Error::Invalid(fields) => {
            fields.into_iter().map(|FieldError { field, problem }| (field, problem)).collect()
        }
        other => panic!("not about fields: {other}"),
    }
}

#[tokio::test]
async fn a_community_is_set_up_and_every_act_is_recorded() {
    for db in databases().await {
        let hall = &db.hall;
        let settings = CommunitySettings::default();
        let community =
            community_found(hall, " 枣树湾社区 ", "柳荫街道", "槐安区", None, &settings)
                .await
                .unwrap();
        let courtyard = courtyard_add(hall, community, "北柳小区").await.unwrap();
        let entrance = entrance_add(hall, courtyard, "3号楼2单元").await.unwrap();
        let rooms: Vec<_> = (1..=1_286).map(|n| format!("{n}号")).collect();
        let homes = household_add_many(hall, entrance, &rooms).await.unwrap();
        assert_eq!(homes.len(), 1_286, "{}", db.name);
        let row = household::Entity::find_by_id(homes[700].0).one(hall.db.read()).await.unwrap();
        assert_eq!(row.unwrap().room, "701号", "{}: rows in the order of the rooms", db.name);

        let person = |name: &str| NewPerson {
            community,
            household: Some(homes[0]),
            sign_in_name: name.to_owned(),
            nickname: "老槐树".to_owned(),
            email: Some("guilan@example.org".to_owned()),
            password_hash: None,
            consented: true,
        };
        let first = person_admit(hall, person("GuiLan")).await.unwrap();
        let second = person_admit(hall, person("jianguo")).await.unwrap();
        let until = hall.now().plus_days(30);
        role_grant(hall, first, Role::CouncilMember, Scope::Courtyard(courtyard), Some(until))
            .await
            .unwrap();

        let load = async |id| people::load(hall.db.read(), id, hall.now()).await.unwrap();
        let (first, second) = (load(first).await, load(second).await);
        assert_eq!(first.sign_in_name, "guilan", "{}", db.name);
        assert!(first.represents_household, "{}: the first adult represents", db.name);
        assert!(!second.represents_household, "{}: the second doesn't", db.name);
        assert_eq!(first.home.unwrap().entrance, "3号楼2单元");
        assert!(first.actor.has(Role::CouncilMember));
        db.advance_days(30);
        let later = load(first.actor.person).await;
        assert_eq!(later.actor.roles, [], "{}: a role that ended isn't loaded", db.name);

        let recorded = audit::Entity::find()
            .order_by_asc(audit::Column::Seq)
            .all(hall.db.read())
            .await
            .unwrap();
        let actions: Vec<_> = recorded.iter().map(|entry| entry.action.as_str()).collect();
        assert_eq!(
            actions,
            [
                "community_found",
                "courtyard_add",
                "entrance_add",
                "household_add",
                "person_admit",
                "person_admit",
                "role_grant"
            ],
            "{}",
            db.name
        );
        assert!(recorded.iter().all(|entry| entry.actor == "operator"));
        let whole = format!("{recorded:?}");
        for personal in ["guilan", "老槐树", "example.org"] {
            assert!(!whole.contains(personal), "{}: {personal} is in the chain", db.name);
        }
        assert!(matches!(verify(&hall.db).await.unwrap(), Verdict::Whole(_)), "{}", db.name);
    }
}

#[tokio::test]
async fn what_cannot_be_is_refused_and_leaves_nothing() {
    for db in databases().await {
        let hall = &db.hall;
        let world = World::planned(hall, Plan { households: 3, ..Plan::default() }).await;
        let entries = audit::Entity::find().count(hall.db.read()).await.unwrap();
        let home = world.resident.actor.home.unwrap();
        let person = |name: &str| NewPerson {
            community: world.community,
            household: Some(home.household),
            sign_in_name: name.to_owned(),
            nickname: "新邻居".to_owned(),
            email: None,
            password_hash: None,
            consented: true,
        };

        let taken = person_admit(hall, person("Resident")).await;
        assert!(matches!(taken, Err(Error::Refused(Refusal::NameTaken))), "{}: {taken:?}", db.name);
        let both = person_admit_many(hall, vec![person("brand-new"), person("resident")]).await;
        assert!(matches!(both, Err(Error::Refused(Refusal::NameTaken))), "{}: {both:?}", db.name);
        let none = person_admit(hall, person("brand-new")).await;
        assert!(none.is_ok(), "{}: all or none: {none:?}", db.name);

        let stranger = world.stranger.actor.home.unwrap();
        let astray = NewPerson { household: Some(stranger.household), ..person("astray") };
        let refused = person_admit(hall, astray).await;
        assert!(matches!(refused, Err(Error::NotFound)), "{}: another's household", db.name);
        let nowhere = NewPerson { household: Some(HouseholdId(9_999)), ..person("nowhere") };
        assert!(matches!(person_admit(hall, nowhere).await, Err(Error::NotFound)), "{}", db.name);

        let bad = NewPerson {
            nickname: " ".to_owned(),
            email: Some("guilan@".to_owned()),
            ..person("a b")
        };
        assert_eq!(
            fields(person_admit(hall, bad).await.unwrap_err()),
            [
                ("sign_in_name", Problem::Unknown),
                ("nickname", Problem::Text(TextError::Empty)),
                ("email", Problem::Email),
            ],
            "{}",
            db.name
        );

        let resident = world.resident.actor.person;
        for (what, person, scope) in [
            ("nobody", PersonId(9_999), Scope::Community(world.community)),
            ("another community", resident, Scope::Community(world.stranger.actor.community)),
            ("another's entrance", resident, Scope::Entrance(stranger.entrance)),
            ("no such courtyard", resident, Scope::Courtyard(CourtyardId(9_999))),
            ("no such entrance", resident, Scope::Entrance(EntranceId(9_999))),
        ] {
            let refused = role_grant(hall, person, Role::EntranceLead, scope, None).await;
            assert!(matches!(refused, Err(Error::NotFound)), "{}: {what}: {refused:?}", db.name);
        }
        let twice = courtyard_add(hall, world.community, "北柳小区").await;
        assert!(matches!(twice, Err(Error::Refused(Refusal::NameTaken))), "{}", db.name);
        let rooms = ["901".to_owned(), "101".to_owned()];
        let twice = household_add_many(hall, world.entrances[0], &rooms).await;
        assert!(matches!(twice, Err(Error::Refused(Refusal::NameTaken))), "{}", db.name);
        let long = "长".repeat(31);
        let empty =
            community_found(hall, "", "柳荫街道", &long, None, &CommunitySettings::default()).await;
        assert_eq!(
            fields(empty.unwrap_err()),
            [
                ("name", Problem::Text(TextError::Empty)),
                ("district", Problem::Text(TextError::TooLong { len: 31, max: 30 })),
            ]
        );

        let after = audit::Entity::find().count(hall.db.read()).await.unwrap();
        assert_eq!(after, entries + 1, "{}: only brand-new was admitted", db.name);
    }
}

#[tokio::test]
async fn the_small_world_is_as_it_says() {
    for db in databases().await {
        let world = World::new(&db.hall).await;
        assert_eq!(world.representatives(Scope::Community(world.community)).len(), 24);
        assert_eq!(world.representatives(Scope::Courtyard(world.courtyards[0])).len(), 12);
        assert_eq!(world.representatives(Scope::Entrance(world.entrances[0])).len(), 6);
        let all = world.representatives(Scope::Community(world.community));
        assert!(all.iter().all(|person| person.represents_household), "{}", db.name);
        assert_eq!(world.resident.actor.home, world.second_adult.actor.home);
        assert!(!world.second_adult.represents_household);
        assert!(
            world.committee_head.actor.home.is_none() && world.no_household.actor.home.is_none()
        );
        assert_ne!(world.stranger.actor.community, world.community);
        assert!(world.oversight.actor.sees_desk() && !world.oversight.actor.is_committee());
    }
}
