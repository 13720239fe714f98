//! Changing the key that seals names and numbers, on both databases.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails says so")]

use std::collections::BTreeSet;
use std::sync::Arc;

use entities::{
    kept_record, mail, owner, person, removal, roll_import, roll_import_change, roll_import_part,
    slip, totp,
};
use sea_orm::{
    ActiveModelTrait, ConnectionTrait, DbBackend, EntityTrait, FromQueryResult, Set, Statement,
};
use service::Hall;
use service::dice::SystemDice;
use service::look::{DetailsForm, look_person, person_details_set};
use service::opinion::{StatementForm, statement_hide, statement_write};
use service::proposal::{ProposalForm, proposal_submit};
use service::seal::{Column, KEY_LEN, Seal};
use service::seal_change::{PLACES, key_change};
use service::testing::{World, databases};

fn details(real_name: &str, phone: &str) -> DetailsForm {
    DetailsForm {
        real_name: real_name.to_owned(),
        phone: phone.to_owned(),
        ..DetailsForm::default()
    }
}

fn new_seal() -> Seal {
    Seal::new(&[42; KEY_LEN], Arc::new(SystemDice)).unwrap()
}

/// A sealed text in every place that can hold one, and a slip whose code is gone.
async fn fill(hall: &Hall, world: &World) {
    let seal = |column, text: &str| hall.seal.close(column, text).unwrap();
    let head = &world.committee_head.actor;
    let id = world.resident.actor.person;
    person_details_set(hall, head, id, &details("刘桂兰", "13800000001")).await.unwrap();
    let home = world.resident.actor.home.unwrap().household.0;
    let community = world.community.0;
    let txn = hall.db.begin().await.unwrap();
    let kept = kept_record::ActiveModel {
        person_id: Set(world.no_household.actor.person.0),
        household_id: Set(Some(home)),
        real_name: Set(Some(seal(Column::RealName, "陈桂芳"))),
        until: Set(9),
    };
    kept_record::Entity::insert(kept).exec_without_returning(&txn).await.unwrap();
    owner::ActiveModel {
        community_id: Set(community),
        name: Set(seal(Column::OwnerName, "王建国")),
        name_index: Set(hall.seal.index(Column::OwnerName, "王建国").unwrap()),
        phone: Set(Some(seal(Column::OwnerPhone, "13900000002"))),
        phone_index: Set(Some(hall.seal.index(Column::OwnerPhone, "13900000002").unwrap())),
        created_at: Set(0),
        ..Default::default()
    }
    .insert(&txn)
    .await
    .unwrap();
    for (code, at) in [(Some("ACDEF-HJKMN-PQRTU"), 1), (None, 2)] {
        slip::ActiveModel {
            community_id: Set(community),
            household_id: Set(home),
            purpose: Set("join".to_owned()),
            code: Set(code.map(|code| seal(Column::SlipCode, code))),
            code_index: Set(hall.seal.index(Column::SlipCode, code.unwrap_or("used")).unwrap()),
            batch: Set(at),
            created_at: Set(at),
            created_by: Set(head.person.0),
            expires_at: Set(at),
            ..Default::default()
        }
        .insert(&txn)
        .await
        .unwrap();
    }
    let app = totp::ActiveModel {
        person_id: Set(head.person.0),
        secret: Set(seal(Column::TotpSecret, "JBSWY3DPEHPK3PXP")),
        created_at: Set(0),
        confirmed_at: Set(Some(0)),
        last_step: Set(0),
    };
    totp::Entity::insert(app).exec_without_returning(&txn).await.unwrap();
    mail::ActiveModel {
        person_id: Set(id.0),
        address: Set("guilan@example.org".to_owned()),
        message_id: Set("<1@hall>".to_owned()),
        state: Set("sent".to_owned()),
        attempts: Set(1),
        next_at: Set(0),
        leased_until: Set(0),
        created_at: Set(0),
        kind: Set("reset".to_owned()),
        data: Set(Some(seal(Column::MailData, "{}"))),
        ..Default::default()
    }
    .insert(&txn)
    .await
    .unwrap();
    let import = roll_import::ActiveModel {
        community_id: Set(community),
        kind: Set("owners".to_owned()),
        file_name: Set("业主.csv".to_owned()),
        state: Set("done".to_owned()),
        total: Set(1),
        added: Set(1),
        changed: Set(0),
        left_out: Set(0),
        report: Set(Some(seal(Column::RollImport, "[]"))),
        created_by: Set(head.person.0),
        created_at: Set(0),
        ..Default::default()
    }
    .insert(&txn)
    .await
    .unwrap();
    // More than are read at a time.
    let parts = (0..1_200).map(|part| roll_import_part::ActiveModel {
        import_id: Set(import.id),
        part: Set(part),
        data: Set(seal(Column::RollImport, &format!("part {part}"))),
    });
    for chunk in parts.collect::<Vec<_>>().chunks(300) {
        let rows = chunk.to_vec();
        roll_import_part::Entity::insert_many(rows).exec_without_returning(&txn).await.unwrap();
    }
    roll_import_change::ActiveModel {
        import_id: Set(import.id),
        what: Set("owner".to_owned()),
        row_id: Set(1),
        before: Set(Some(seal(Column::RollImport, "before"))),
        ..Default::default()
    }
    .insert(&txn)
    .await
    .unwrap();
    txn.commit().await.unwrap();
    statement_kept(hall, world).await;
}

/// A statement that was taken down.
async fn statement_kept(hall: &Hall, world: &World) {
    let form = ProposalForm {
        title: "北门台阶加扶手".to_owned(),
        situation: "北门六级台阶没有扶手，雪天全靠扶墙。".to_owned(),
        suggestion: "台阶两边各装一道不锈钢扶手。".to_owned(),
        category: "ageing".to_owned(),
        courtyard_id: world.courtyards[0].to_string(),
        scope: "courtyard".to_owned(),
        ..ProposalForm::default()
    };
    let author = &world.resident.actor;
    let number = proposal_submit(hall, author, &form).await.unwrap();
    let said =
        StatementForm { body: "扶手要高低两层。".to_owned(), ..StatementForm::default() };
    statement_write(hall, author, number, &said).await.unwrap();
    let head = &world.committee_head.actor;
    statement_hide(hall, head, number, 1, "跟这件事没有关系。").await.unwrap();
    let gone = removal::ActiveModel {
        community_id: Set(world.community.0),
        proposal_id: Set(1),
        author_id: Set(author.person.0),
        kind: Set(Some("advert".to_owned())),
        reason: Set("看上去像广告".to_owned()),
        kept: Set(Some(hall.seal.close(Column::RemovalKept, "{}").unwrap())),
        keep_until: Set(9),
        by_id: Set(head.person.0),
        at: Set(0),
        ..Default::default()
    };
    let txn = hall.db.begin().await.unwrap();
    gone.insert(&txn).await.unwrap();
    txn.commit().await.unwrap();
}

#[derive(Debug, FromQueryResult)]
struct TextColumn {
    table_name: String,
    column_name: String,
}

/// Every (table, column) that holds a sealed text, by looking at all of them.
async fn sealed_columns(hall: &Hall) -> BTreeSet<(String, String)> {
    let sql = match hall.db.backend() {
        DbBackend::Postgres => {
            "SELECT table_name::text AS table_name, column_name::text AS column_name \
             FROM information_schema.columns WHERE table_schema = 'public' AND data_type = 'text'"
        }
        _ => {
            "SELECT m.name AS table_name, c.name AS column_name FROM sqlite_master m \
             JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND c.type = 'TEXT'"
        }
    };
    let db = hall.db.read();
    let statement = Statement::from_string(hall.db.backend(), sql);
    let mut found = BTreeSet::new();
    for TextColumn { table_name, column_name } in
        TextColumn::find_by_statement(statement).all(db).await.unwrap()
    {
        let sql = format!("SELECT 1 FROM {table_name} WHERE {column_name} LIKE 'x1.%' LIMIT 1");
        let statement = Statement::from_string(hall.db.backend(), sql);
        if db.query_one_raw(statement).await.unwrap().is_some() {
            found.insert((table_name, column_name));
        }
    }
    found
}

#[tokio::test]
async fn no_sealed_text_is_forgotten() {
    for db in databases().await {
        let hall = &db.hall;
        let world = World::new(hall).await;
        fill(hall, &world).await;
        let listed: BTreeSet<_> =
            PLACES.iter().map(|place| (place.table.to_owned(), place.column.to_owned())).collect();
        assert_eq!(sealed_columns(hall).await, listed, "{}", db.name);
        let kinds: Vec<_> = PLACES.iter().map(|place| place.sealed_for).collect();
        assert!(Column::ALL.iter().all(|column| kinds.contains(column)));
    }
}

#[tokio::test]
async fn everything_opens_under_the_new_key_and_nothing_under_the_old() {
    for db in databases().await {
        let hall = &db.hall;
        let world = World::new(hall).await;
        fill(hall, &world).await;
        let new = new_seal();
        let sealed = key_change(hall, &new).await.unwrap();
        // Two of the person, one each of the other places, and the parts.
        assert_eq!(sealed, 2 + 1 + 2 + 1 + 1 + 1 + 1 + 1_200 + 1 + 1 + 1, "{}", db.name);

        let head = &world.committee_head.actor;
        let id = world.resident.actor.person;
        let old_looks = look_person(hall, head, id, "check").await;
        assert!(old_looks.is_err());
        let now = Hall { seal: new.clone(), ..hall.clone() };
        let looked = look_person(&now, head, id, "check").await.unwrap();
        assert_eq!(looked.real_name.as_deref(), Some("刘桂兰"));
        assert_eq!(looked.phone.as_deref(), Some("13800000001"));
        let owner = owner::Entity::find().one(hall.db.read()).await.unwrap().unwrap();
        assert_eq!(owner.name_index, new.index(Column::OwnerName, "王建国").unwrap());
        let parts = roll_import_part::Entity::find().all(hall.db.read()).await.unwrap();
        for row in parts {
            let text = new.open(Column::RollImport, &row.data).unwrap();
            assert_eq!(text, format!("part {}", row.part));
        }
        let dead = hall.seal.index(Column::SlipCode, "used").unwrap();
        let slips = slip::Entity::find().all(hall.db.read()).await.unwrap();
        assert!(slips.iter().all(|slip| slip.code_index != dead));

        // A server that still has the old key is refused, and says what to do.
        let clock = Arc::clone(&hall.clock);
        let old = Hall::open_with(hall.db.clone(), hall.seal.clone(), clock, Arc::new(SystemDice));
        let told = old.await.unwrap_err().to_string();
        assert!(told.contains("xiaoyuan key change"), "{told}");
        let again = key_change(hall, &new).await;
        assert!(again.is_err(), "the old hall can't change it once more");
    }
}

#[tokio::test]
async fn a_text_that_does_not_open_leaves_the_old_key_in_force() {
    for db in databases().await {
        let hall = &db.hall;
        let world = World::new(hall).await;
        fill(hall, &world).await;
        let txn = hall.db.begin().await.unwrap();
        let row = person::Entity::find_by_id(world.second_adult.actor.person.0);
        let mut row: person::ActiveModel = row.one(&txn).await.unwrap().unwrap().into();
        row.phone = Set(Some("x1.broken".to_owned()));
        row.update(&txn).await.unwrap();
        txn.commit().await.unwrap();
        assert!(key_change(hall, &new_seal()).await.is_err());
        let head = &world.committee_head.actor;
        let looked = look_person(hall, head, world.resident.actor.person, "check").await.unwrap();
        assert_eq!(looked.phone.as_deref(), Some("13800000001"));
        Hall::open_with(
            hall.db.clone(),
            hall.seal.clone(),
            Arc::clone(&hall.clock),
            Arc::new(SystemDice),
        )
        .await
        .unwrap();
    }
}
