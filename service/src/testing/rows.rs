//! A row of each table that an address or a form could name, and what the audit chain says.

use domain::time::DAY_MS;
use entities::{
    audit, join_request, owner, passkey, photo, place_change, place_follow, plan, roll_import,
    slip, unit, unit_owner,
};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    Set,
};

use super::World;
use crate::hall::Hall;

/// Puts one slip, request to join, import, unit with its owner, change of a place, passkey, photo and plan into the
/// world's community, and gives the number that all of them have.
///
/// # Panics
/// When they don't all have the same: others were there before.
pub async fn first_rows(hall: &Hall, world: &World) -> i64 {
    let (now, community) = (hall.now().0, world.community.0);
    let head = world.committee_head.actor.person.0;
    let entrance = world.entrances[0].0;
    let household = world.resident.actor.home.expect("a home").household.0;
    let txn = hall.db.begin().await.expect("a transaction");
    let slip = slip::ActiveModel {
        community_id: Set(community),
        household_id: Set(household),
        purpose: Set("join".to_owned()),
        code_index: Set("of no code".to_owned()),
        batch: Set(1),
        created_at: Set(now),
        created_by: Set(head),
        expires_at: Set(now + 60 * DAY_MS),
        ..Default::default()
    };
    let slip = slip.insert(&txn).await.expect("a slip");
    let request = join_request::ActiveModel {
        community_id: Set(community),
        person_id: Set(world.no_household.actor.person.0),
        entrance_id: Set(entrance),
        room: Set("101".to_owned()),
        state: Set("waiting".to_owned()),
        created_at: Set(now),
        ..Default::default()
    };
    let request = request.insert(&txn).await.expect("a request");
    let import = roll_import::ActiveModel {
        community_id: Set(community),
        kind: Set("households".to_owned()),
        file_name: Set("名册.csv".to_owned()),
        state: Set("checked".to_owned()),
        total: Set(0),
        added: Set(0),
        changed: Set(0),
        left_out: Set(0),
        created_by: Set(head),
        created_at: Set(now),
        ..Default::default()
    };
    let import = import.insert(&txn).await.expect("an import");
    let unit = unit::ActiveModel {
        entrance_id: Set(entrance),
        room: Set("101".to_owned()),
        area: Set(6_000),
        ..Default::default()
    };
    let unit = unit.insert(&txn).await.expect("a unit");
    let owner = owner::ActiveModel {
        community_id: Set(community),
        name: Set("of no name".to_owned()),
        name_index: Set("of no name".to_owned()),
        created_at: Set(now),
        ..Default::default()
    };
    let owner = owner.insert(&txn).await.expect("an owner");
    let owns = unit_owner::ActiveModel { unit_id: Set(unit.id), owner_id: Set(owner.id) };
    unit_owner::Entity::insert(owns).exec_without_returning(&txn).await.expect("an owner's unit");
    let change = place_change::ActiveModel {
        community_id: Set(community),
        kind: Set("rename".to_owned()),
        place_kind: Set("entrance".to_owned()),
        place_id: Set(entrance),
        before: Set(Some("1号楼".to_owned())),
        after: Set(Some("1号楼1门".to_owned())),
        households: Set(6),
        by_id: Set(head),
        at: Set(now),
        ..Default::default()
    };
    let change = change.insert(&txn).await.expect("a change");
    let passkey = passkey::ActiveModel {
        person_id: Set(world.resident.actor.person.0),
        credential: Set("credential".to_owned()),
        data: Set("{}".to_owned()),
        label: Set("手机".to_owned()),
        created_at: Set(now),
        ..Default::default()
    };
    let passkey = passkey.insert(&txn).await.expect("a passkey");
    let file = |n: u8| Set(crate::store::hash_of(&[n]));
    let photo = photo::ActiveModel {
        community_id: Set(community),
        by_id: Set(world.resident.actor.person.0),
        place: Set(0),
        alt: Set(String::new()),
        width: Set(1),
        height: Set(1),
        bytes: Set(1),
        large_modern: file(1),
        large_jpeg: file(2),
        small_modern: file(3),
        small_jpeg: file(4),
        at: Set(now),
        ..Default::default()
    };
    let photo = photo.insert(&txn).await.expect("a photo");
    let plan = plan::ActiveModel {
        community_id: Set(community),
        name: Set("枣树湾全图".to_owned()),
        width: Set(1),
        height: Set(1),
        bytes: Set(1),
        large_modern: file(5),
        large_jpeg: file(6),
        small_modern: file(7),
        small_jpeg: file(8),
        by_id: Set(head),
        at: Set(now),
        ..Default::default()
    };
    let plan = plan.insert(&txn).await.expect("a plan");
    txn.commit().await.expect("a commit");
    let others =
        [request.id, import.id, unit.id, owner.id, change.id, passkey.id, photo.id, plan.id];
    assert!(others.iter().all(|id| *id == slip.id), "{} and {others:?}", slip.id);
    slip.id
}

/// What the audit chain says after an entry: of each entry its action, subject, and what was before and
/// after.
///
/// # Panics
/// When the database fails.
pub async fn audit_since(hall: &Hall, seq: i64) -> Vec<Vec<String>> {
    let entries = audit::Entity::find()
        .filter(audit::Column::Seq.gt(seq))
        .order_by_asc(audit::Column::Seq)
        .all(hall.db.read())
        .await
        .expect("the chain");
    let told = |entry: audit::Model| {
        let always = [entry.action, entry.subject];
        always.into_iter().chain(entry.before).chain(entry.after).collect()
    };
    entries.into_iter().map(told).collect()
}

/// The secret of the link in the mails about the one place that somebody follows.
///
/// # Panics
/// When nobody follows any.
pub async fn place_token(hall: &Hall) -> String {
    let row = place_follow::Entity::find().one(hall.db.read()).await.expect("the place followed");
    row.expect("somebody follows a place").token
}
