//! Everything of a person: exported to them whole, and gone when they close their account. Every table is
//! looked through by the database's own catalogue, so that a new one can't be forgotten.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeSet;
use std::io::Read as _;

use crate::everything::{EMAIL, NAME, NICKNAME, PHONE, REAL_NAME, TRACES, did_everything};
use domain::permission::Denied;
use domain::role::{Actor, Role};
use domain::role_rule::RoleRefusal;
use domain::time::DAY_MS;
use entities::{audit, household, kept_record, person};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, Set,
    Statement,
};
use serde_json::Value;
use service::account::sign_in;
use service::close::{account_close, kept_sweep};
use service::look::{DetailsForm, person_details_set};
use service::own::{OwnNames, names_set, own_names};
use service::own_data::{LEFT_OUT, OwnData, PARTS, own_data_export};
use service::people::{ShownName, shown_name};
use service::seal::Column;
use service::testing::{PASSWORD, TestDb, World, databases};
use service::views::matter::{PostSaid, matter_view};
use service::{Error, FieldError, Problem, Refusal, rate};

/// Names of columns that hold a person's row without a foreign key.
const NAMES: &[&str] = &[
    "person_id",
    "author_id",
    "actor_id",
    "helper_id",
    "through_id",
    "caster_id",
    "acting_for",
    "by_id",
];

async fn texts(db: &TestDb, sql: &str) -> Vec<Vec<String>> {
    let read = db.hall.db.read();
    let statement = Statement::from_string(db.hall.db.backend(), sql.to_owned());
    let rows = read.query_all_raw(statement).await.unwrap();
    let row = |row: &sea_orm::QueryResult| {
        row.column_names().iter().map(|name| row.try_get::<String>("", name).unwrap()).collect()
    };
    rows.iter().map(row).collect()
}

/// Every column of every table: (table, column, whether it holds numbers).
async fn columns(db: &TestDb) -> Vec<(String, String, bool)> {
    let sql = match db.hall.db.backend() {
        DbBackend::Sqlite => {
            "SELECT m.name AS a, c.name AS b, c.type AS c FROM sqlite_master m, \
             pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' \
             AND c.type IN ('BIGINT', 'INTEGER', 'TEXT')"
        }
        _ => {
            "SELECT table_name::text AS a, column_name::text AS b, data_type::text AS c \
             FROM information_schema.columns WHERE table_schema = 'public' \
             AND data_type IN ('bigint', 'text')"
        }
    };
    let rows = texts(db, sql).await;
    let read = |row: Vec<String>| {
        let number = row[2].to_lowercase().contains("int");
        (row[0].clone(), row[1].clone(), number)
    };
    rows.into_iter().map(read).collect()
}

/// Columns with a foreign key to a person.
async fn keys(db: &TestDb) -> BTreeSet<String> {
    let sql = match db.hall.db.backend() {
        DbBackend::Sqlite => {
            "SELECT m.name || '.' || k.\"from\" AS a FROM sqlite_master m, \
             pragma_foreign_key_list(m.name) k WHERE m.type = 'table' AND k.\"table\" = 'person'"
        }
        _ => {
            "SELECT k.table_name::text || '.' || k.column_name::text AS a \
             FROM information_schema.table_constraints t \
             JOIN information_schema.key_column_usage k ON k.constraint_name = t.constraint_name \
             JOIN information_schema.constraint_column_usage u ON u.constraint_name = t.constraint_name \
             WHERE t.constraint_type = 'FOREIGN KEY' AND u.table_name = 'person'"
        }
    };
    texts(db, sql).await.into_iter().map(|row| row[0].clone()).collect()
}

#[tokio::test]
async fn no_column_that_refers_to_a_person_is_forgotten() {
    for db in databases().await {
        let mut refers = keys(&db).await;
        for (table, column, number) in columns(&db).await {
            let by = number && (NAMES.contains(&column.as_str()) || column.ends_with("_by"));
            let represents = column == "representative_id";
            if by || represents {
                refers.insert(format!("{table}.{column}"));
            }
        }
        assert!(refers.len() > 30, "{}: the catalogue was read", db.name);
        refers.insert("person.id".to_owned());
        let exported = PARTS.iter().flat_map(|part| part.by.iter().copied());
        let known: Vec<&str> = exported.chain(LEFT_OUT.iter().map(|(column, _)| *column)).collect();
        let named: BTreeSet<String> = known.iter().map(|column| (*column).to_owned()).collect();
        assert_eq!(named.len(), known.len(), "{}: each is named once", db.name);
        assert_eq!(named, refers, "{}", db.name);
    }
}

async fn exported(db: &TestDb, actor: &Actor) -> (Value, String) {
    let page = |data: &OwnData| format!("<p>{}</p>", data.parts.len());
    let zip = own_data_export(&db.hall, actor, page).await.unwrap();
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(zip)).unwrap();
    let mut read = |name: &str| {
        let mut text = String::new();
        zip.by_name(name).unwrap().read_to_string(&mut text).unwrap();
        text
    };
    (serde_json::from_str(&read("data.json")).unwrap(), read("index.html"))
}

#[tokio::test]
async fn the_export_has_all_of_ones_own_and_nothing_of_others() {
    for db in databases().await {
        let world = World::new(&db.hall).await;
        let me = did_everything(&db, &world).await;
        let (json, page) = exported(&db, &me).await;
        assert_eq!(page, format!("<p>{}</p>", PARTS.len()), "{}", db.name);
        let data = json["data"].as_object().unwrap();
        for part in PARTS {
            let rows = data[part.name].as_array().unwrap();
            assert!(!rows.is_empty(), "{}: nothing in {}", db.name, part.name);
        }
        let person = &data["person"][0];
        for (column, expected) in [
            ("sign_in_name", NAME),
            ("nickname", NICKNAME),
            ("real_name", REAL_NAME),
            ("phone", PHONE),
            ("email", EMAIL),
            ("has_password", "yes"),
            ("community", "枣树湾社区"),
        ] {
            assert_eq!(person[column], expected, "{}: {column}", db.name);
        }
        assert_eq!(data["household"][0]["room"], "101", "{}", db.name);
        assert_eq!(data["owner"][0]["name"], "测试业主", "{}", db.name);
        assert_eq!(data["elector"][0]["cast_by"], "web", "{}", db.name);
        assert_eq!(data["consent"][0]["given_at"], "2026-03-02T09:00:00+08:00", "{}", db.name);
        let text = json.to_string();
        for never in ["argon2", "token", "secret", "code_hash", "choice", "小槐树", "陈老师"]
        {
            assert!(!text.contains(never), "{}: {never}", db.name);
        }

        for _ in 1..rate::EXPORT.times {
            exported(&db, &me).await;
        }
        let often = own_data_export(&db.hall, &me, |_| String::new()).await.unwrap_err();
        assert!(matches!(often, Error::TooOften { operation: "export", .. }), "{}", db.name);
        let through = Actor { through: Some(world.entrance_lead.actor.person), ..me };
        let helper = own_data_export(&db.hall, &through, |_| String::new()).await.unwrap_err();
        assert!(matches!(helper, Error::Denied(Denied::NotThrough)), "{}", db.name);
    }
}

/// Where a text stands, in the clear or under any of the seals.
async fn found(db: &TestDb, needle: &str) -> BTreeSet<String> {
    let mut places = BTreeSet::new();
    for (table, column, number) in columns(db).await {
        if number {
            continue;
        }
        let sql =
            format!("SELECT \"{column}\" AS a FROM \"{table}\" WHERE \"{column}\" IS NOT NULL");
        for row in texts(db, &sql).await {
            let opens = |seal: &Column| {
                db.hall.seal.open(*seal, &row[0]).is_ok_and(|it| it.contains(needle))
            };
            if row[0].to_lowercase().contains(needle) || Column::ALL.iter().any(opens) {
                places.insert(format!("{table}.{column}"));
            }
        }
    }
    places
}

#[tokio::test]
async fn closed_the_name_is_nowhere_and_what_was_said_and_voted_stays() {
    for db in databases().await {
        let hall = &db.hall;
        let world = World::new(hall).await;
        let me = did_everything(&db, &world).await;
        for (needle, least) in TRACES {
            assert!(found(&db, needle).await.len() >= *least, "{}: {needle} is there", db.name);
        }
        let wrong = account_close(hall, &me, "wrong").await.unwrap_err();
        let Error::Invalid(fields) = wrong else { panic!("{}: {wrong}", db.name) };
        let expected = FieldError { field: "password", problem: Problem::OldPassword };
        assert_eq!(fields, [expected], "{}", db.name);

        account_close(hall, &me, PASSWORD).await.unwrap();
        for (needle, _) in TRACES {
            let expected: BTreeSet<String> = (*needle == REAL_NAME)
                .then(|| "kept_record.real_name".to_owned())
                .into_iter()
                .collect();
            assert_eq!(found(&db, needle).await, expected, "{}: {needle}", db.name);
        }
        let attempt = service::account::SignIn {
            name: NAME,
            password: PASSWORD,
            client_address: "a",
            agent: "",
            replaces: None,
        };
        sign_in(hall, attempt).await.unwrap_err();
        let row =
            person::Entity::find_by_id(me.person.0).one(hall.db.read()).await.unwrap().unwrap();
        assert_eq!((row.household_id, row.helper_id), (None, None), "{}", db.name);
        assert_eq!(row.closed_at, Some(hall.now().0), "{}", db.name);
        let home = household::Entity::find_by_id(me.home.unwrap().household.0);
        let home = home.one(hall.db.read()).await.unwrap().unwrap();
        assert_eq!(home.representative_id, None, "{}", db.name);
        let helped = person::Entity::find().filter(person::Column::HelperId.is_not_null());
        assert_eq!(helped.all(hall.db.read()).await.unwrap(), [], "{}", db.name);
        let roles = service::people::load(hall.db.read(), me.person, hall.now()).await.unwrap();
        assert_eq!(roles.actor.roles, [], "{}", db.name);

        // What was said stays without a name, and the household's co-sign counts.
        let view = matter_view(hall, world.community, None, 1, None).await.unwrap();
        let PostSaid::Shown { body, who, .. } = &view.talk.posts[0].said else {
            panic!("{}: {view:?}", db.name)
        };
        assert_eq!((body.as_str(), &who.name), ("我家也支持。", &ShownName::Closed), "{}", db.name);
        assert!(
            view.steps
                .iter()
                .any(|step| step.who.as_ref().is_some_and(|who| who.name == ShownName::Closed))
        );
        let (cosigns, electors) = crate::everything::counted(hall, &me).await;
        assert_eq!((cosigns, electors), (1, 1), "{}", db.name);
        assert!(matches!(
            service::audit::verify(&hall.db).await.unwrap(),
            service::audit::Verdict::Whole(_)
        ));

        // Kept for as long as it must be, and not a day longer.
        let kept = kept_record::Entity::find().one(hall.db.read()).await.unwrap().unwrap();
        let days = i64::from(domain::settings::CommunitySettings::default().kept_days);
        assert_eq!(kept.until, hall.now().0 + days * DAY_MS, "{}", db.name);
        db.clock.advance_ms(days * DAY_MS - 1);
        assert_eq!(kept_sweep(hall).await.unwrap(), 0, "{}", db.name);
        db.clock.advance_ms(1);
        service::jobs::run_due(hall).await.unwrap();
        assert_eq!(kept_record::Entity::find().one(hall.db.read()).await.unwrap(), None);
        assert_eq!(found(&db, REAL_NAME).await, BTreeSet::new(), "{}", db.name);
    }
}

#[tokio::test]
async fn the_last_head_stays_and_two_presses_close_once() {
    for db in databases().await {
        let hall = &db.hall;
        let world = World::new(hall).await;
        let head = &world.committee_head.actor;
        let refused = account_close(hall, head, PASSWORD).await.unwrap_err();
        let last = Refusal::Role(RoleRefusal::LastHead);
        assert!(matches!(&refused, Error::Refused(it) if *it == last), "{}: {refused}", db.name);
        let still = service::people::load(hall.db.read(), head.person, hall.now()).await.unwrap();
        assert!(still.actor.has(Role::CommitteeHead), "{}", db.name);
        assert_eq!(still.nickname, "孙主任", "{}: nothing was changed", db.name);

        let (first, second) = tokio::join!(
            account_close(hall, &world.second_adult.actor, PASSWORD),
            account_close(hall, &world.second_adult.actor, PASSWORD)
        );
        assert_eq!(u8::from(first.is_ok()) + u8::from(second.is_ok()), 1, "{}", db.name);
        let closings = audit::Entity::find().filter(audit::Column::Action.eq("account_close"));
        assert_eq!(closings.all(hall.db.read()).await.unwrap().len(), 1, "{}", db.name);
    }
}

#[tokio::test]
async fn names_are_corrected_and_sealed_where_the_community_asks() {
    for db in databases().await {
        let hall = &db.hall;
        let world = World::new(hall).await;
        let me = &world.resident.actor;
        let typed = OwnNames {
            nickname: " 刘大妈 ".to_owned(),
            shown_as: "entrance".to_owned(),
            real_name: "刘 测试".to_owned(),
            phone: "138 0000 0000".to_owned(),
        };
        names_set(hall, me, &typed).await.unwrap();
        let kept = own_names(hall, me).await.unwrap();
        let expected = OwnNames {
            nickname: "刘大妈".to_owned(),
            shown_as: "entrance".to_owned(),
            ..OwnNames::default()
        };
        assert_eq!(kept, expected, "{}: nobody asked for a telephone", db.name);
        // What the committee took down is corrected and deleted all the same.
        let taken = DetailsForm { real_name: "刘 误写".to_owned(), ..DetailsForm::default() };
        let head = &world.committee_head.actor;
        person_details_set(hall, head, me.person, &taken).await.unwrap();
        names_set(hall, me, &typed).await.unwrap();
        let kept = own_names(hall, me).await.unwrap();
        assert_eq!((kept.real_name.as_str(), kept.phone.as_str()), ("刘 测试", ""), "{}", db.name);
        let none = OwnNames { real_name: String::new(), ..typed.clone() };
        names_set(hall, me, &none).await.unwrap();
        assert_eq!(own_names(hall, me).await.unwrap().real_name, "", "{}", db.name);
        crate::everything::ask_phone(hall, world.community).await;
        names_set(hall, me, &typed).await.unwrap();
        let kept = own_names(hall, me).await.unwrap();
        assert_eq!((kept.real_name.as_str(), kept.phone.as_str()), ("刘 测试", "13800000000"));
        assert_eq!(found(&db, "13800000000").await, BTreeSet::from(["person.phone".to_owned()]));
        let bad = OwnNames { phone: "abc".to_owned(), ..OwnNames::default() };
        let Error::Invalid(fields) = names_set(hall, me, &bad).await.unwrap_err() else {
            panic!("{}", db.name)
        };
        let fields: Vec<_> = fields.iter().map(|error| error.field).collect();
        assert_eq!(fields, ["nickname", "shown_as", "phone"], "{}", db.name);
    }
}

#[test]
fn a_name_is_shown_as_its_owner_wants_and_never_with_the_room() {
    for (nickname, shown_as, entrance, expected) in [
        ("老槐树", "nickname", Some("1号楼1门"), Some("老槐树")),
        ("老槐树", "entrance", Some("1号楼1门"), Some("1号楼1门 老槐树")),
        ("老槐树", "entrance", None, Some("老槐树")),
        ("", "entrance", Some("1号楼1门"), None),
    ] {
        assert_eq!(shown_name(nickname.to_owned(), shown_as, entrance).name(), expected);
    }
}

/// Another household between the password and the closing: nobody is left its representative.
#[tokio::test]
async fn a_household_changed_while_closing_closes_nothing() {
    for db in databases().await {
        // SQLite has one writer, who reads what the one before wrote.
        if db.hall.db.backend() != DbBackend::Postgres {
            continue;
        }
        let hall = &db.hall;
        let world = World::new(hall).await;
        let me = world.second_adult.actor.clone();
        let moves = hall.db.begin().await.unwrap();
        let moved = person::ActiveModel {
            id: Set(me.person.0),
            household_id: Set(world.entrance_lead.actor.home.map(|home| home.household.0)),
            ..Default::default()
        };
        moved.update(&moves).await.unwrap();
        let closing = tokio::spawn({
            let (hall, me) = (hall.clone(), me.clone());
            async move { account_close(&hall, &me, PASSWORD).await }
        });
        let sql = "SELECT count(*)::text AS n FROM pg_stat_activity \
                   WHERE datname = current_database() AND wait_event_type = 'Lock'";
        while texts(&db, sql).await[0][0] == "0" {
            assert!(!closing.is_finished(), "it waits for the person");
            tokio::task::yield_now().await;
        }
        moves.commit().await.unwrap();
        let refused = closing.await.unwrap().unwrap_err();
        assert!(matches!(refused, Error::Refused(Refusal::Stale)), "{refused}");
        let row = person::Entity::find_by_id(me.person.0).one(hall.db.read()).await.unwrap();
        assert_eq!(row.unwrap().closed_at, None);
        account_close(hall, &me, PASSWORD).await.unwrap();
    }
}
