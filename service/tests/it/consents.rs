//! Consent in versions, on both databases.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use domain::ids::PersonId;
use domain::permission::Denied;
use domain::role::Actor;
use domain::time::HOUR_MS;
use entities::{audit, consent, person};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use service::account::email_set;
use service::consent::{consent_give, consent_withdraw};
use service::mail::mail_lease;
use service::matter::{self, By, Said, Shown};
use service::notice::{notices_expand, notices_skip};
use service::proposal::{ProposalForm, proposal_submit};
use service::testing::{World, databases};
use service::{Error, Hall, Refusal};

const NOW: i64 = domain::consent::VERSION;

fn matter(actor: &Actor) -> ProposalForm {
    let home = actor.home.unwrap();
    ProposalForm {
        title: "给7号院的台阶加扶手".to_owned(),
        situation: "台阶没有扶手，老人上下不方便，下雨天更滑。".to_owned(),
        suggestion: "请在台阶东侧装一根不锈钢扶手，高度合适就行。".to_owned(),
        category: "ageing".to_owned(),
        courtyard_id: home.courtyard.to_string(),
        entrance_id: home.entrance.to_string(),
        scope: "courtyard".to_owned(),
        ..ProposalForm::default()
    }
}

async fn again(hall: &Hall, actor: &Actor) -> Actor {
    service::people::load(hall.db.read(), actor.person, hall.now()).await.unwrap().actor
}

async fn rows(hall: &Hall, actor: &Actor) -> Vec<(i64, bool, Option<i64>)> {
    let rows = consent::Entity::find()
        .filter(consent::Column::PersonId.eq(actor.person.0))
        .order_by_asc(consent::Column::Id)
        .all(hall.db.read())
        .await
        .unwrap();
    rows.into_iter().map(|row| (row.version, row.withdrawn_at.is_some(), row.through_id)).collect()
}

#[tokio::test]
async fn taken_back_it_closes_writing_and_given_again_it_opens_it() {
    for db in databases().await {
        let hall = &db.hall;
        let world = World::new(hall).await;
        let me = world.resident.actor.clone();
        assert!(me.consented, "{}", db.name);

        consent_withdraw(hall, &me).await.unwrap();
        assert_eq!(rows(hall, &me).await, [(NOW, true, None)], "{}: given on paper", db.name);
        let silent = again(hall, &me).await;
        assert!(!silent.consented, "{}", db.name);
        let refused = proposal_submit(hall, &silent, &matter(&me)).await.unwrap_err();
        assert!(matches!(refused, Error::Denied(Denied::Consent)), "{}: {refused}", db.name);
        // Again changes nothing.
        consent_withdraw(hall, &silent).await.unwrap();
        assert_eq!(rows(hall, &me).await.len(), 1, "{}", db.name);

        for version in [NOW - 1, NOW + 1, 0] {
            let stale = consent_give(hall, &silent, version).await.unwrap_err();
            assert!(matches!(stale, Error::Refused(Refusal::Stale)), "{}: {stale}", db.name);
        }
        db.clock.advance_ms(HOUR_MS);
        consent_give(hall, &silent, NOW).await.unwrap();
        consent_give(hall, &silent, NOW).await.unwrap();
        let expected = [(NOW, true, None), (NOW, false, None)];
        assert_eq!(rows(hall, &me).await, expected, "{}", db.name);
        let back = again(hall, &me).await;
        proposal_submit(hall, &back, &matter(&me)).await.unwrap();

        consent_withdraw(hall, &back).await.unwrap();
        let expected = [(NOW, true, None), (NOW, true, None)];
        assert_eq!(rows(hall, &me).await, expected, "{}", db.name);
        let chain = audit::Entity::find()
            .filter(audit::Column::Action.starts_with("consent_"))
            .order_by_asc(audit::Column::Seq)
            .all(hall.db.read())
            .await
            .unwrap();
        let said: Vec<_> = chain.iter().map(|entry| entry.action.as_str()).collect();
        let expected = ["consent_withdraw", "consent_give", "consent_withdraw"];
        assert_eq!(said, expected, "{}", db.name);
        assert!(chain.iter().all(|entry| entry.subject == format!("person:{}", me.person)));
    }
}

#[tokio::test]
async fn a_new_version_asks_again() {
    for db in databases().await {
        let hall = &db.hall;
        let world = World::new(hall).await;
        let me = &world.resident.actor;
        let txn = hall.db.begin().await.unwrap();
        person::Entity::update_many()
            .col_expr(person::Column::ConsentVersion, Expr::value(NOW - 1))
            .filter(person::Column::Id.eq(me.person.0))
            .exec(&txn)
            .await
            .unwrap();
        txn.commit().await.unwrap();
        let before = again(hall, me).await;
        assert!(!before.consented, "{}", db.name);
        consent_give(hall, &before, NOW).await.unwrap();
        assert!(again(hall, me).await.consented, "{}", db.name);
    }
}

#[tokio::test]
async fn a_helper_who_brings_it_is_named() {
    for db in databases().await {
        let hall = &db.hall;
        let world = World::new(hall).await;
        let me = &world.resident.actor;
        consent_withdraw(hall, me).await.unwrap();
        let helper = world.entrance_lead.actor.person;
        let through = Actor { through: Some(helper), consented: false, ..me.clone() };
        consent_give(hall, &through, NOW).await.unwrap();
        let PersonId(helper) = helper;
        let expected = [(NOW, true, None), (NOW, false, Some(helper))];
        assert_eq!(rows(hall, me).await, expected, "{}", db.name);
    }
}

#[tokio::test]
async fn whoever_took_it_back_gets_no_mail() {
    for db in databases().await {
        let hall = &db.hall;
        let world = World::new(hall).await;
        let me = &world.resident.actor;
        email_set(hall, me, "resident@example.cn", "zh", service::testing::PASSWORD).await.unwrap();
        let number = proposal_submit(hall, me, &matter(me)).await.unwrap();
        let announce = async || {
            let row = matter::by_number(hall.db.read(), world.community, number).await.unwrap();
            let txn = hall.db.begin().await.unwrap();
            let by = By::Person(&world.committee_member.actor);
            let (shown, said) = (Shown::note("progress"), Said::reason("扶手到货了。"));
            matter::show_in_txn(hall, &txn, &row, shown, by, &said).await.unwrap();
            txn.commit().await.unwrap();
            notices_expand(hall, "hall.example", 100).await.unwrap()
        };
        notices_skip(hall).await.unwrap();
        assert_eq!(announce().await, 1, "{}", db.name);
        consent_withdraw(hall, me).await.unwrap();
        assert_eq!(mail_lease(hall, 10, HOUR_MS).await.unwrap(), [], "{}: it waited", db.name);
        assert_eq!(announce().await, 0, "{}", db.name);
        consent_give(hall, &Actor { consented: false, ..me.clone() }, NOW).await.unwrap();
        assert_eq!(announce().await, 1, "{}", db.name);
    }
}

#[tokio::test]
async fn pressed_many_times_at_once_it_is_given_once() {
    for db in databases().await {
        let world = World::new(&db.hall).await;
        let me = &world.resident.actor;
        consent_withdraw(&db.hall, me).await.unwrap();
        let presses = (0..16).map(|_| {
            let (hall, me) = (db.hall.clone(), me.clone());
            tokio::spawn(async move { consent_give(&hall, &me, NOW).await })
        });
        for press in presses.collect::<Vec<_>>() {
            press.await.unwrap().unwrap();
        }
        assert_eq!(rows(&db.hall, me).await.len(), 2, "{}", db.name);
    }
}
