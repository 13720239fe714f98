//! Edits of a matter's text, and what tests ask of them.
#![allow(dead_code, unreachable_pub, reason = "each test file uses its part")]
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a test that can't have its ground says so and ends"
)]

use domain::place::Scope;
use domain::role::Actor;
use domain::version::{TextRefusal, VersionKind};
use entities::{proposal, proposal_version};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use service::cosign::cosign_add;
use service::people::SignedIn;
use service::testing::{TestDb, World};
use service::text::{Edited, TextForm, TextLine, text_change, text_own};
use service::views::home::home_view;
use service::views::matter::matter_view;
use service::{Error, Refusal};

use crate::desk_ground::row;

/// What the note of an edit says.
pub const NOTE: &str = "按邻居的意见把话写清楚一点。";

/// The author's form with another 建议, said to be a correction or a change where that is asked.
pub async fn edit(db: &TestDb, actor: &Actor, number: i64, text: &str, said: &str) -> TextForm {
    let form = text_own(&db.hall, actor, number).await.expect("one's own").form;
    TextForm {
        suggestion: text.to_owned(),
        said: said.to_owned(),
        note: if said.is_empty() { String::new() } else { NOTE.to_owned() },
        ..form
    }
}

/// An edit by the resident that is shown at once; gives its number.
pub async fn edited(db: &TestDb, world: &World, number: i64, text: &str, said: &str) -> i64 {
    let actor = &world.resident.actor;
    let form = edit(db, actor, number, text, said).await;
    match text_change(&db.hall, actor, number, &form).await.expect("edited") {
        Edited::Shown { version, .. } => version,
        Edited::Waiting => panic!("{}: it waits", db.name),
    }
}

/// Representatives of the first courtyard's households.
pub fn neighbours(world: &World) -> Vec<SignedIn> {
    let scope = Scope::Courtyard(world.courtyards[0]);
    world.representatives(scope).into_iter().cloned().collect()
}

/// The first so many of them co-sign.
pub async fn cosigned(db: &TestDb, people: &[SignedIn], number: i64) {
    for person in people {
        cosign_add(&db.hall, &person.actor, number).await.expect("co-signed");
    }
}

/// Households that count.
pub async fn count(db: &TestDb, world: &World, number: i64) -> i64 {
    row(db, &world.resident.actor, number).await.cosigns
}

/// Its versions, and the edit that is none, by number.
pub async fn versions(db: &TestDb, world: &World, number: i64) -> Vec<proposal_version::Model> {
    let matter: proposal::Model = row(db, &world.resident.actor, number).await;
    proposal_version::Entity::find()
        .filter(proposal_version::Column::ProposalId.eq(matter.id))
        .order_by_asc(proposal_version::Column::Number)
        .all(db.hall.db.read())
        .await
        .expect("versions")
}

/// What the matter's page says of its text.
pub async fn line(db: &TestDb, world: &World, actor: Option<&Actor>, number: i64) -> TextLine {
    let view = matter_view(&db.hall, world.community, actor, number, None).await;
    view.expect("a matter").text
}

/// Numbers of the matters about whose text the first page asks somebody's household.
pub async fn asked_at_home(db: &TestDb, world: &World, person: &SignedIn) -> Vec<i64> {
    let home = home_view(&db.hall, world.community, Some(person)).await.expect("the first page");
    let asked = home.waiting.expect("signed in").asked;
    asked.keeps.into_iter().map(|asked| asked.number).collect()
}

/// Why it can't be done as things stand.
pub fn refused<T: std::fmt::Debug>(result: Result<T, Error>) -> Refusal {
    match result {
        Err(Error::Refused(refused)) => refused,
        other => panic!("not refused: {other:?}"),
    }
}

/// The same, of the text.
pub fn text_refused<T: std::fmt::Debug>(result: Result<T, Error>) -> TextRefusal {
    match refused(result) {
        Refusal::Text(refused) => refused,
        other => panic!("{other:?}"),
    }
}

/// The kind of each version, first to last.
pub async fn kinds(db: &TestDb, world: &World, number: i64) -> Vec<VersionKind> {
    let all = versions(db, world, number).await;
    all.iter().map(|row| VersionKind::from_name(&row.kind).expect("a kind")).collect()
}
