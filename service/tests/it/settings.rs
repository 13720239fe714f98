//! A community's settings: who changes them, what is recorded, and what they have effect on.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use domain::category::Category;
use domain::permission::Denied;
use domain::proposal::StateName;
use domain::role::Actor;
use domain::settings::{CommunitySettings, Moderation};
use domain::settings_form::SettingsForm;
use domain::slug::{derived, is_slug};
use domain::time::Timestamp;
use entities::audit;
use sea_orm::{EntityTrait, QueryOrder};
use service::community::{community_by_slug, community_first, community_load};
use service::proposal::{ProposalForm, proposal_resubmit, proposal_submit};
use service::settings::{settings_change, settings_in_force};
use service::setup::community_found;
use service::testing::{Plan, World, databases, sqlite};
use service::{Error, Hall, Problem, Refusal, matter};
use time::macros::date;

/// The form of what is in force with some fields typed anew, and what names that state.
async fn form(hall: &Hall, head: &Actor, typed: &[(&str, &str)]) -> (SettingsForm, String) {
    let found = settings_in_force(hall, head).await.unwrap();
    let shown = SettingsForm::of(&found.now);
    let mut fields: Vec<(String, String)> = Vec::new();
    for (name, value) in shown.fields() {
        if !typed.iter().any(|(other, _)| *other == name) {
            fields.push((name.to_owned(), value.to_owned()));
        }
    }
    fields.extend(typed.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    (fields.into_iter().collect(), found.seen)
}

async fn change(hall: &Hall, head: &Actor, typed: &[(&str, &str)]) -> service::Result<()> {
    let (form, seen) = form(hall, head, typed).await;
    settings_change(hall, head, &form, &seen).await
}

async fn last_entry(hall: &Hall) -> audit::Model {
    let last = audit::Entity::find().order_by_desc(audit::Column::Seq).one(hall.db.read()).await;
    last.unwrap().unwrap()
}

#[tokio::test]
async fn the_head_changes_them_and_what_changed_is_recorded() {
    for db in databases().await {
        let (hall, world) = (&db.hall, World::new(&db.hall).await);
        let head = &world.committee_head.actor;
        let typed = [("name", "枣树湾新社区"), ("cosign_days", "20"), ("days_off", "2026-12-31")];
        change(hall, head, &typed).await.unwrap();
        let now = community_load(hall, world.community).await.unwrap();
        assert_eq!(now.name, "枣树湾新社区", "{}", db.name);
        assert_eq!(now.settings.cosign_days, 20, "{}", db.name);
        assert_eq!(now.settings.days_off, ["2026-12-31"], "{}", db.name);
        assert_eq!(now.settings.moderation, Moderation::After, "{}: the rest stays", db.name);
        let entry = last_entry(hall).await;
        assert_eq!(entry.action, "settings_change", "{}", db.name);
        assert_eq!(entry.actor, head.audit_name(), "{}", db.name);
        assert_eq!(
            (entry.before.unwrap().as_str(), entry.after.unwrap().as_str()),
            (
                r#"{"cosign_days":30,"days_off":[],"name":"枣树湾社区"}"#,
                r#"{"cosign_days":20,"days_off":["2026-12-31"],"name":"枣树湾新社区"}"#
            ),
            "{}",
            db.name
        );
        // Saving what stands already changes nothing.
        let seq = entry.seq;
        change(hall, head, &[]).await.unwrap();
        assert_eq!(last_entry(hall).await.seq, seq, "{}", db.name);
    }
}

#[tokio::test]
async fn nobody_else_does_and_the_second_factor_comes_first() {
    for db in databases().await {
        let (hall, world) = (&db.hall, World::new(&db.hall).await);
        let (typed, seen) = form(hall, &world.committee_head.actor, &[("work_days", "20")]).await;
        let people = [&world.resident, &world.committee_member, &world.oversight, &world.stranger];
        for person in people {
            let refused = settings_change(hall, &person.actor, &typed, &seen).await;
            let why = &person.nickname;
            assert!(
                matches!(refused, Err(Error::Denied(Denied::NeedsRole))),
                "{}: {why}: {refused:?}",
                db.name
            );
            assert!(settings_in_force(hall, &person.actor).await.is_err(), "{}: {why}", db.name);
        }
        let alone = Actor { stepped_up: false, ..world.committee_head.actor.clone() };
        let refused = settings_change(hall, &alone, &typed, &seen).await;
        assert!(matches!(refused, Err(Error::Denied(Denied::StepUp))), "{}: {refused:?}", db.name);
        assert!(
            settings_in_force(hall, &alone).await.is_ok(),
            "{}: reading is free of it",
            db.name
        );
        assert_ne!(last_entry(hall).await.action, "settings_change", "{}", db.name);
    }
}

#[tokio::test]
async fn who_comes_second_is_told_so() {
    for db in databases().await {
        let (hall, world) = (&db.hall, World::new(&db.hall).await);
        let head = &world.committee_head.actor;
        let (second, seen) = form(hall, head, &[("work_days", "20")]).await;
        change(hall, head, &[("work_days", "18")]).await.unwrap();
        let refused = settings_change(hall, head, &second, &seen).await;
        assert!(matches!(refused, Err(Error::Refused(Refusal::Stale))), "{}: {refused:?}", db.name);
        let now = community_load(hall, world.community).await.unwrap();
        assert_eq!(now.settings.work_days, 18, "{}", db.name);
    }
}

#[tokio::test]
async fn every_wrong_field_is_named_at_once() {
    let db = sqlite().await;
    let (hall, world) = (&db.hall, World::new(&db.hall).await);
    let typed = [("notice_days", "14"), ("name", ""), ("days_on", "x"), ("accent", "pink")];
    match change(hall, &world.committee_head.actor, &typed).await {
        Err(Error::Invalid(fields)) => {
            let mut named: Vec<_> = fields.iter().map(|it| (it.field, it.problem)).collect();
            named.sort_by_key(|(field, _)| *field);
            assert_eq!(named[0], ("accent", Problem::Unknown));
            assert_eq!(named[1], ("days_on", Problem::DayLine { line: 1 }));
            assert_eq!(named[2].0, "name");
            assert_eq!(named[3], ("notice_days", Problem::Number { min: 15, max: 90 }));
            assert_eq!(named.len(), 4);
        }
        other => panic!("{other:?}"),
    }
}

fn proposal(world: &World, category: &str) -> ProposalForm {
    ProposalForm {
        title: "北门台阶加扶手".to_owned(),
        situation: "北门六级台阶没有扶手，雪天全靠扶墙。".to_owned(),
        suggestion: "台阶两边各装一道不锈钢扶手，高低两层。".to_owned(),
        category: category.to_owned(),
        courtyard_id: world.courtyards[0].to_string(),
        scope: "courtyard".to_owned(),
        ..ProposalForm::default()
    }
}

async fn state(hall: &Hall, world: &World, number: i64) -> StateName {
    let row = matter::by_number(hall.db.read(), world.community, number).await.unwrap();
    StateName::from_name(&row.state).unwrap()
}

#[tokio::test]
async fn new_neighbours_are_looked_at_first() {
    for db in databases().await {
        let settings = CommunitySettings {
            moderation: Moderation::NewMembers,
            ..CommunitySettings::default()
        };
        let plan = Plan { settings, ..Plan::default() };
        let (hall, world) = (&db.hall, World::planned(&db.hall, plan).await);
        let author = &world.resident.actor;
        for (days, expected) in
            [(0, StateName::Submitted), (29, StateName::Submitted), (1, StateName::Cosigning)]
        {
            db.advance_days(days);
            let number = proposal_submit(hall, author, &proposal(&world, "ageing")).await.unwrap();
            assert_eq!(state(hall, &world, number).await, expected, "{} +{days}", db.name);
        }
    }
}

#[tokio::test]
async fn a_hidden_category_is_taken_no_more() {
    for db in databases().await {
        let (hall, world) = (&db.hall, World::with_first_check(&db.hall).await);
        let author = &world.resident.actor;
        let number = proposal_submit(hall, author, &proposal(&world, "dogs")).await.unwrap();
        let row = matter::by_number(hall.db.read(), world.community, number).await.unwrap();
        let txn = hall.db.begin().await.unwrap();
        let by = matter::By::Person(&world.committee_head.actor);
        let said = matter::Said::reason("请写清楚是哪个门。");
        matter::advance_in_txn(hall, &txn, row, domain::proposal::Step::Return, by, said)
            .await
            .unwrap();
        txn.commit().await.unwrap();

        let head = &world.committee_head.actor;
        let offered = Category::ALL.iter().filter(|category| **category != Category::Dogs);
        let typed: Vec<_> = offered.map(|category| ("category", category.as_str())).collect();
        change(hall, head, &typed).await.unwrap();

        let refused = proposal_submit(hall, author, &proposal(&world, "dogs")).await;
        let about =
            |error: &Error| matches!(error, Error::Invalid(it) if it[0].field == "category");
        assert!(refused.as_ref().is_err_and(about), "{}: {refused:?}", db.name);
        proposal_submit(hall, author, &proposal(&world, "noise")).await.unwrap();
        // One that had it before keeps it.
        proposal_resubmit(hall, author, number, &proposal(&world, "dogs"), &[]).await.unwrap();
    }
}

#[tokio::test]
async fn own_days_off_move_what_is_due() {
    for db in databases().await {
        let (hall, world) = (&db.hall, World::with_first_check(&db.hall).await);
        // Wednesday: the first check has Thursday and Friday.
        db.clock.set(Timestamp::start_of(date!(2026 - 11 - 25)).plus_ms(9 * 3_600_000));
        let due = async || {
            let author = &world.resident.actor;
            let number = proposal_submit(hall, author, &proposal(&world, "ageing")).await.unwrap();
            let row = matter::by_number(hall.db.read(), world.community, number).await.unwrap();
            Timestamp(row.due_at.unwrap()).local_date()
        };
        assert_eq!(due().await, date!(2026 - 11 - 27), "{}", db.name);
        let head = &world.committee_head.actor;
        change(hall, head, &[("days_off", "2026-11-26")]).await.unwrap();
        assert_eq!(due().await, date!(2026 - 11 - 30), "{}", db.name);
        change(hall, head, &[("days_on", "2026-11-28")]).await.unwrap();
        assert_eq!(due().await, date!(2026 - 11 - 28), "{}", db.name);
    }
}

#[tokio::test]
async fn communities_are_found_by_their_short_names() {
    for db in databases().await {
        let hall = &db.hall;
        assert_eq!(community_first(hall).await.unwrap(), None, "{}", db.name);
        let settings = CommunitySettings::default();
        let found = async |slug: Option<&str>| {
            community_found(hall, "某社区", "柳荫街道", "槐安区", slug, &settings).await
        };
        let first = found(None).await.unwrap();
        let alone = community_first(hall).await.unwrap().unwrap();
        assert_eq!((alone.id, alone.prefix.as_str()), (first, ""), "{}", db.name);
        assert_eq!(alone.slug, derived(first), "{}", db.name);
        assert!(!alone.has_others, "{}", db.name);

        let second = found(Some("huaianli")).await.unwrap();
        let by_name = community_by_slug(hall, "huaianli").await.unwrap();
        assert_eq!(by_name.id, second, "{}", db.name);
        assert_eq!(by_name.prefix, "/c/huaianli", "{}", db.name);
        assert!(by_name.has_others, "{}", db.name);
        let first_by_name = community_by_slug(hall, &derived(first)).await.unwrap();
        assert_eq!((first_by_name.id, first_by_name.prefix.as_str()), (first, ""), "{}", db.name);
        let third = community_load(hall, found(None).await.unwrap()).await.unwrap();
        assert!(is_slug(&third.slug), "{}: {}", db.name, third.slug);
        assert_eq!(third.prefix, format!("/c/{}", third.slug), "{}", db.name);

        let missing = community_by_slug(hall, "nowhere").await;
        assert!(matches!(missing, Err(Error::NotFound)), "{}: {missing:?}", db.name);
        let taken = found(Some("huaianli")).await;
        assert!(matches!(taken, Err(Error::Refused(Refusal::NameTaken))), "{}: {taken:?}", db.name);
        for slug in ["A", "a b", "c7", "-a", ""] {
            let refused = found(Some(slug)).await;
            let about =
                |error: &Error| matches!(error, Error::Invalid(it) if it[0].field == "slug");
            assert!(refused.as_ref().is_err_and(about), "{}: {slug}: {refused:?}", db.name);
        }
    }
}
