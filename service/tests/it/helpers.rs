//! 代办人: whatever a helper does for somebody says so; on both databases.

#![allow(clippy::needless_pass_by_value, reason = "a result is judged where it arises")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use domain::ballot::BallotKind;
use domain::ids::PersonId;
use domain::permission::Denied;
use domain::proposal::Step;
use domain::role::{Actor, Role};
use entities::{audit, cosign, elector, person, post, proposal, step};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, Set};
use service::account::email_set;
use service::audit::{Verdict, verify};
use service::ballot::{BallotForm, ballot_cast, ballot_open, earliest_day};
use service::cosign::cosign_add;
use service::follow::follow_start;
use service::helper::{act_for, act_for_stop, helped_by, helper_set};
use service::join_request::{CounterForm, counter_admit};
use service::matter::{self, By, Said};
use service::newcomer::NewcomerForm;
use service::people::SignedIn;
use service::places::MoveOut;
use service::post::{PostForm, post_write};
use service::proposal::{ProposalForm, proposal_submit};
use service::session::{session_find, session_open};
use service::testing::{PASSWORD, World, databases};
use service::views::household::my_household;
use service::views::matter::{PostSaid, matter_view};
use service::{Error, Hall, Problem, Refusal, Result};

/// An elder without any phone in the household of the council member, helped by the entrance lead.
async fn elder(hall: &Hall, world: &World) -> PersonId {
    let form = CounterForm {
        account: NewcomerForm {
            nickname: "周奶奶".to_owned(),
            adult: true,
            consent: true,
            ..NewcomerForm::default()
        },
        no_phone: true,
        entrance: world.entrances[0].to_string(),
        room: "701".to_owned(),
        helper: "lead".to_owned(),
    };
    let rooms = ["701".to_owned()];
    service::setup::household_add_many(hall, world.entrances[0], &rooms).await.unwrap();
    counter_admit(hall, &world.committee_member.actor, &form).await.unwrap()
}

async fn token(hall: &Hall, who: &SignedIn) -> String {
    session_open(hall, who.actor.person, "test", None, true).await.unwrap()
}

async fn seen(hall: &Hall, token: &str) -> SignedIn {
    session_find(hall, token).await.unwrap().unwrap()
}

fn form(world: &World) -> ProposalForm {
    ProposalForm {
        title: "小院长椅换带靠背的".to_owned(),
        situation: "槐树下的四把长椅没有靠背，老人坐下以后起不来。".to_owned(),
        suggestion: "换成带靠背和扶手的木条椅，先换两把。".to_owned(),
        category: "ageing".to_owned(),
        courtyard_id: world.courtyards[0].to_string(),
        scope: "courtyard".to_owned(),
        ..ProposalForm::default()
    }
}

fn not_there<T: std::fmt::Debug>(result: Result<T>) {
    assert!(matches!(result, Err(Error::NotFound)), "{result:?}");
}

fn not_through<T: std::fmt::Debug>(result: Result<T>) {
    assert!(matches!(result, Err(Error::Denied(Denied::NotThrough))), "{result:?}");
}

#[tokio::test]
async fn the_committee_names_helpers_and_never_itself() {
    for db in databases().await {
        let (hall, world) = (&db.hall, World::new(&db.hall).await);
        let elder = elder(hall, &world).await;
        let member = &world.committee_member.actor;
        for typed in ["resident", "老槐树", " ＲＥＳＩＤＥＮＴ "] {
            helper_set(hall, member, elder, Some(typed)).await.unwrap();
            let helped = helped_by(hall, &world.resident.actor).await.unwrap();
            assert_eq!(helped.len(), 1, "{}: {typed}", db.name);
            assert_eq!(helped[0].nickname, "周奶奶");
        }
        assert!(helped_by(hall, &world.entrance_lead.actor).await.unwrap().is_empty());
        // No household, another community, nobody, or one who can't sign in themselves.
        for typed in ["guest", "stranger", "外乡人", "谁也不是", "周奶奶"] {
            match helper_set(hall, member, elder, Some(typed)).await {
                Err(Error::Invalid(fields)) => assert_eq!(fields[0].problem, Problem::NoPerson),
                other => panic!("{}: {typed}: {other:?}", db.name),
            }
        }
        let own = helper_set(hall, member, elder, Some("member")).await;
        assert!(matches!(own, Err(Error::Refused(Refusal::OnOneself))), "{own:?}");
        // Whoever signs in by themselves needs no helper; ending one is always possible.
        let able = world.second_adult.actor.person;
        match helper_set(hall, member, able, Some("resident")).await {
            Err(Error::Invalid(fields)) => assert_eq!(fields[0].problem, Problem::SignsIn),
            other => panic!("{}: {other:?}", db.name),
        }
        assert_eq!(helped_by(hall, &world.resident.actor).await.unwrap().len(), 1, "{}", db.name);
        helper_set(hall, member, able, None).await.unwrap();
        let oneself = world.resident.actor.person;
        let own = helper_set(hall, member, oneself, Some("resident")).await;
        assert!(matches!(own, Err(Error::Refused(Refusal::OnOneself))), "{own:?}");
        for other in [&world.resident, &world.entrance_lead, &world.oversight] {
            let denied = helper_set(hall, &other.actor, elder, None).await;
            assert!(matches!(denied, Err(Error::Denied(Denied::NeedsRole))), "{denied:?}");
        }
        not_there(helper_set(hall, member, world.stranger.actor.person, Some("resident")).await);
        helper_set(hall, member, elder, None).await.unwrap();
        assert!(helped_by(hall, &world.resident.actor).await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn acting_for_somebody_begins_and_ends() {
    for db in databases().await {
        let (hall, world) = (&db.hall, World::new(&db.hall).await);
        let elder = elder(hall, &world).await;
        let lead = &world.entrance_lead;
        let (own, other) = (token(hall, lead).await, token(hall, &world.resident).await);
        // Not whom one doesn't help, and not by another's device.
        not_there(act_for(hall, &world.resident.actor, &other, elder).await);
        not_there(act_for(hall, &lead.actor, &own, world.resident.actor.person).await);
        let stolen = act_for(hall, &lead.actor, &other, elder).await;
        assert!(matches!(stolen, Err(Error::Denied(Denied::SignIn))), "{stolen:?}");

        act_for(hall, &lead.actor, &own, elder).await.unwrap();
        let acting = seen(hall, &own).await;
        assert_eq!((acting.actor.person, acting.actor.through), (elder, Some(lead.actor.person)));
        assert!(acting.actor.roles.is_empty() && acting.helper.as_deref() == Some("赵大姐"));
        assert_eq!(helped_by(hall, &acting.actor).await.unwrap()[0].person, elder);
        act_for_stop(hall, &acting.actor, &own).await.unwrap();
        act_for_stop(hall, &lead.actor, &own).await.unwrap();
        assert_eq!(seen(hall, &own).await.actor.person, lead.actor.person);

        // The committee ends it while it goes on.
        act_for(hall, &lead.actor, &own, elder).await.unwrap();
        helper_set(hall, &world.committee_member.actor, elder, None).await.unwrap();
        assert_eq!(seen(hall, &own).await.actor.person, lead.actor.person, "{}", db.name);
        not_there(act_for(hall, &lead.actor, &own, elder).await);
        let acts: Vec<_> = audit::Entity::find()
            .filter(audit::Column::Action.starts_with("act_for"))
            .order_by_asc(audit::Column::Seq)
            .all(hall.db.read())
            .await
            .unwrap()
            .into_iter()
            .map(|entry| (entry.action, entry.actor))
            .collect();
        let by = lead.actor.audit_name();
        let names = ["act_for", "act_for_stop", "act_for"];
        assert_eq!(acts, names.map(|name| (name.to_owned(), by.clone())), "{}", db.name);
    }
}

/// The elder as the helper's device makes them.
async fn acting(hall: &Hall, world: &World, elder: PersonId) -> Actor {
    let own = token(hall, &world.entrance_lead).await;
    act_for(hall, &world.entrance_lead.actor, &own, elder).await.unwrap();
    seen(hall, &own).await.actor
}

#[tokio::test]
async fn whatever_a_helper_does_says_so() {
    for db in databases().await {
        let (hall, world) = (&db.hall, World::new(&db.hall).await);
        let elder = elder(hall, &world).await;
        let acting = acting(hall, &world, elder).await;
        let helper = Some(world.entrance_lead.actor.person.0);
        let number = proposal_submit(hall, &acting, &form(&world)).await.unwrap();
        cosign_add(hall, &acting, number).await.unwrap();
        let said = PostForm {
            stance: "for".to_owned(),
            body: "坐下就起不来。".to_owned(),
            ..PostForm::default()
        };
        post_write(hall, &acting, number, &said).await.unwrap();
        let own = PostForm { body: "我也觉得。".to_owned(), ..said };
        post_write(hall, &world.resident.actor, number, &own).await.unwrap();

        let db_read = hall.db.read();
        let row = proposal::Entity::find().one(db_read).await.unwrap().unwrap();
        assert_eq!((row.author_id, row.through_id), (elder.0, helper), "{}", db.name);
        let signed = cosign::Entity::find().one(db_read).await.unwrap().unwrap();
        assert_eq!((signed.person_id, signed.through_id), (elder.0, helper));
        let posts = post::Entity::find().order_by_asc(post::Column::Id).all(db_read).await.unwrap();
        assert_eq!(posts.iter().map(|it| it.through_id).collect::<Vec<_>>(), [helper, None]);
        let sent = step::Entity::find()
            .filter(step::Column::Kind.eq("submit"))
            .one(db_read)
            .await
            .unwrap()
            .unwrap();
        assert_eq!((sent.actor_id, sent.through_id), (Some(elder.0), helper));

        // The page says it too, at the head of the timeline and at the post.
        let page = matter_view(hall, world.community, None, number, None).await.unwrap();
        let by = page.steps[0].who.as_ref().unwrap();
        assert_eq!(by.through.as_ref().and_then(|it| it.name()), Some("赵大姐"), "{}", db.name);
        let through: Vec<_> = page
            .talk
            .posts
            .iter()
            .map(|post| match &post.said {
                PostSaid::Shown { who, .. } => {
                    who.through.as_ref().and_then(|it| it.name()).map(str::to_owned)
                }
                _ => panic!("shown"),
            })
            .collect();
        assert_eq!(through, [None, Some("赵大姐".to_owned())], "{}", db.name);
        let entries = audit::Entity::find()
            .filter(audit::Column::Actor.contains(" through "))
            .all(db_read)
            .await
            .unwrap();
        let expected =
            format!("person:{elder} through person:{}", world.entrance_lead.actor.person);
        assert!(entries.len() >= 3 && entries.iter().all(|entry| entry.actor == expected));
        assert!(matches!(verify(&hall.db).await.unwrap(), Verdict::Whole(_)), "{}", db.name);
    }
}

#[tokio::test]
async fn a_helper_votes_for_them_once_and_keeps_their_own_vote() {
    for db in databases().await {
        let (hall, world) = (&db.hall, World::new(&db.hall).await);
        let elder = elder(hall, &world).await;
        let acting = acting(hall, &world, elder).await;
        let matter = proposal_submit(hall, &world.resident.actor, &form(&world)).await.unwrap();
        let txn = hall.db.begin().await.unwrap();
        let mut row = matter::by_number(&txn, world.community, matter).await.unwrap();
        for step in [Step::Accept { threshold_met: true }, Step::Deliberate] {
            row = matter::advance_in_txn(hall, &txn, row, step, By::Clock, Said::default())
                .await
                .unwrap();
        }
        txn.commit().await.unwrap();
        let kind = BallotKind::ResidentsByHousehold;
        let ballot = BallotForm {
            kind: kind.as_str().to_owned(),
            question: "先换两把长椅吗？".to_owned(),
            closes_on: earliest_day(kind, hall.now()).to_string(),
        };
        let head = &world.committee_head.actor;
        let number = ballot_open(hall, head, matter, &ballot).await.unwrap().0;
        ballot_cast(hall, &acting, number, "yes").await.unwrap();
        let twice = ballot_cast(hall, &acting, number, "no").await;
        assert!(matches!(twice, Err(Error::Refused(Refusal::AlreadyVoted))), "{twice:?}");
        ballot_cast(hall, &world.entrance_lead.actor, number, "no").await.unwrap();
        let home = acting.home.unwrap().household;
        let line = elector::Entity::find()
            .filter(elector::Column::HouseholdId.eq(home.0))
            .one(hall.db.read())
            .await
            .unwrap()
            .unwrap();
        assert_eq!(line.cast_by, "assisted", "{}", db.name);
    }
}

#[tokio::test]
async fn account_and_household_stay_the_helped_ones_own() {
    for db in databases().await {
        let (hall, world) = (&db.hall, World::new(&db.hall).await);
        let elder = elder(hall, &world).await;
        let acting = acting(hall, &world, elder).await;
        let number = proposal_submit(hall, &acting, &form(&world)).await.unwrap();
        not_through(
            email_set(hall, &acting, "helper@example.org", "zh", service::testing::PASSWORD).await,
        );
        not_through(follow_start(hall, &acting, number).await);
        not_through(service::household::household_leave(hall, &acting).await);
        not_through(my_household(hall, &acting).await);
        let home = acting.home.unwrap().household;
        not_through(service::household::representative_set(hall, &acting, home, elder).await);
        not_through(service::join_request::join_withdraw(hall, &acting).await);
        // Without the elder's own consent the helper does nothing either.
        let mut unasked = acting.clone();
        unasked.consented = false;
        let denied = cosign_add(hall, &unasked, number).await;
        assert!(matches!(denied, Err(Error::Denied(Denied::Consent))), "{}: {denied:?}", db.name);
    }
}

/// How somebody loses their household.
#[derive(Debug, Clone, Copy)]
enum Gone {
    Leaves,
    MovesOut,
    Closes,
    /// By a way that forgot the helper.
    Unnoticed,
}

#[tokio::test]
async fn whoever_has_no_household_helps_nobody() {
    for gone in [Gone::Leaves, Gone::MovesOut, Gone::Closes, Gone::Unnoticed] {
        for db in databases().await {
            let (hall, world) = (&db.hall, World::new(&db.hall).await);
            let elder = elder(hall, &world).await;
            let lead = &world.entrance_lead;
            let own = token(hall, lead).await;
            act_for(hall, &lead.actor, &own, elder).await.unwrap();
            let home = lead.actor.home.unwrap().household;
            match gone {
                Gone::Leaves => service::household::household_leave(hall, &lead.actor).await,
                Gone::MovesOut => {
                    let form = MoveOut { reason: "moved".to_owned(), ..MoveOut::default() };
                    let member = &world.committee_member.actor;
                    service::places::household_move_out(hall, member, home, &form).await
                }
                Gone::Closes => service::close::account_close(hall, &lead.actor, PASSWORD).await,
                Gone::Unnoticed => {
                    let txn = hall.db.begin().await.unwrap();
                    let out = person::ActiveModel {
                        id: Set(lead.actor.person.0),
                        household_id: Set(None),
                        ..Default::default()
                    };
                    out.update(&txn).await.unwrap();
                    txn.commit().await.map_err(Error::from)
                }
            }
            .unwrap();
            let row = person::Entity::find_by_id(elder.0).one(hall.db.read()).await.unwrap();
            let unnoticed = matches!(gone, Gone::Unnoticed);
            assert_eq!(row.unwrap().helper_id.is_some(), unnoticed, "{}: {gone:?}", db.name);
            if let Some(seen) = session_find(hall, &own).await.unwrap() {
                assert_eq!(seen.actor.person, lead.actor.person, "{}: {gone:?}", db.name);
                assert_eq!(seen.helper, None, "{}: {gone:?}", db.name);
            }
            let leads = World::again(hall, lead).await.actor.has(Role::EntranceLead);
            let keeps = matches!(gone, Gone::Leaves | Gone::Unnoticed);
            assert_eq!(leads, keeps, "{}: {gone:?}", db.name);
        }
    }
}
