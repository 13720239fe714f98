//! Matters brought to where a test of the desk needs them, by the use cases alone.
#![allow(dead_code, unreachable_pub, reason = "each test file uses its part")]
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a test that can't have its ground says so and ends"
)]

use domain::proposal::{State, StateName};
use domain::role::Actor;
use entities::{proposal, step};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use service::cosign::cosign_add;
use service::desk::{
    AcceptForm, AnswerForm, DELIBERATE, ReferForm, matter_accept, matter_answer, matter_publish,
    work_complete, work_refer,
};
use service::proposal::{ProposalForm, proposal_submit};
use service::testing::{TestDb, World};
use service::{Error, Refusal};

/// A reason that is long enough.
pub const WHY: &str = "请邻居们一起来看一看。";

/// A matter of the first courtyard, as the resident writes it.
pub fn form(world: &World, title: &str) -> ProposalForm {
    ProposalForm {
        title: title.to_owned(),
        situation: "东口晚上漆黑，拐角有个井盖，前天有人崴了脚。".to_owned(),
        suggestion: "东口墙上加一盏感应灯，夜里十点以后调暗。".to_owned(),
        category: "lighting_roads".to_owned(),
        courtyard_id: world.courtyards[0].to_string(),
        scope: "courtyard".to_owned(),
        ..ProposalForm::default()
    }
}

/// A matter that waits for its first check.
pub async fn submitted(db: &TestDb, world: &World) -> i64 {
    let form = form(world, "小院门口加一盏灯");
    proposal_submit(&db.hall, &world.resident.actor, &form).await.expect("sent")
}

/// A matter that neighbours co-sign.
pub async fn cosigning(db: &TestDb, world: &World) -> i64 {
    let number = submitted(db, world).await;
    let member = &world.committee_member.actor;
    matter_publish(&db.hall, member, number, WHY).await.expect("published");
    number
}

/// A matter that waits for its answer; the resident's household co-signed it.
pub async fn accepted(db: &TestDb, world: &World) -> i64 {
    let number = cosigning(db, world).await;
    cosign_add(&db.hall, &world.resident.actor, number).await.expect("co-signed");
    let form = AcceptForm { reason: WHY.to_owned() };
    let member = &world.committee_member.actor;
    matter_accept(&db.hall, member, number, &form).await.expect("accepted");
    number
}

/// A matter that is being talked over.
pub async fn deliberating(db: &TestDb, world: &World) -> i64 {
    let number = accepted(db, world).await;
    answer(db, world, number, DELIBERATE).await;
    number
}

/// A matter that the committee decided on.
pub async fn decided(db: &TestDb, world: &World, verdict: &str) -> i64 {
    let number = accepted(db, world).await;
    answer(db, world, number, verdict).await;
    number
}

/// A matter that is being done.
pub async fn in_progress(db: &TestDb, world: &World) -> i64 {
    let number = decided(db, world, "adopted").await;
    work_refer(&db.hall, &world.committee_member.actor, number, &refer()).await.expect("referred");
    number
}

/// A matter that was done and waits for reviews.
pub async fn completed(db: &TestDb, world: &World) -> i64 {
    let number = in_progress(db, world).await;
    work_complete(&db.hall, &world.committee_member.actor, number, WHY).await.expect("completed");
    number
}

/// A matter in one of the states that the functions above make.
pub async fn at(db: &TestDb, world: &World, state: StateName) -> i64 {
    match state {
        StateName::Submitted => submitted(db, world).await,
        StateName::Cosigning => cosigning(db, world).await,
        StateName::Accepted => accepted(db, world).await,
        StateName::Deliberating => deliberating(db, world).await,
        StateName::Decided => decided(db, world, "adopted").await,
        StateName::InProgress => in_progress(db, world).await,
        StateName::Completed => completed(db, world).await,
        other => panic!("no matter is made for {other:?}"),
    }
}

/// To the property manager.
pub fn refer() -> ReferForm {
    ReferForm {
        route: "property_party".to_owned(),
        receiver: "北柳小区物业".to_owned(),
        ticket: String::new(),
        reason: WHY.to_owned(),
    }
}

async fn answer(db: &TestDb, world: &World, number: i64, verdict: &str) {
    let form = AnswerForm { verdict: verdict.to_owned(), reason: WHY.to_owned() };
    let member = &world.committee_member.actor;
    matter_answer(&db.hall, member, number, &form).await.expect("answered");
}

/// The matter's row.
pub async fn row(db: &TestDb, actor: &Actor, number: i64) -> proposal::Model {
    service::matter::by_number(db.hall.db.read(), actor.community, number).await.expect("a matter")
}

/// Where it stands.
pub async fn state(db: &TestDb, world: &World, number: i64) -> State {
    let row = row(db, &world.resident.actor, number).await;
    service::matter::state_of(&row).expect("a state").state
}

/// Its timeline.
pub async fn steps(db: &TestDb, world: &World, number: i64) -> Vec<step::Model> {
    let row = row(db, &world.resident.actor, number).await;
    step::Entity::find()
        .filter(step::Column::ProposalId.eq(row.id))
        .order_by_asc(step::Column::Id)
        .all(db.hall.db.read())
        .await
        .expect("steps")
}

/// The fields that an act refused.
pub fn fields<T: std::fmt::Debug>(result: Result<T, Error>) -> Vec<&'static str> {
    match result {
        Err(Error::Invalid(fields)) => fields.into_iter().map(|field| field.field).collect(),
        other => panic!("not refused for what was typed: {other:?}"),
    }
}

/// Whether an act was refused as things stand.
pub fn is_transition<T>(result: &Result<T, Error>) -> bool {
    matches!(result, Err(Error::Refused(Refusal::Transition(_))))
}

/// The audit chain fits.
pub async fn assert_chain(db: &TestDb) {
    let verdict = service::audit::verify(&db.hall.db).await.expect("read the chain");
    assert!(matches!(verdict, service::audit::Verdict::Whole(_)), "{}: {verdict:?}", db.name);
}
