//! The audit chain in the database: whatever is changed behind its back is found.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails says so")]

use domain::audit::Why;
use sea_orm::{ConnectionTrait, DbBackend};
use service::audit::{Verdict, verify};
use service::testing::{TestDb, World, databases, sqlite};

/// Changes the database behind everybody's back.
async fn meddle(db: &TestDb, sql: &str) {
    let txn = db.hall.db.begin().await.unwrap();
    txn.execute_unprepared(sql).await.unwrap();
    txn.commit().await.unwrap();
}

#[derive(Debug, PartialEq, Eq)]
enum Found {
    Whole,
    Broken(i64),
    HeadDiffers,
}

async fn found(db: &TestDb) -> Found {
    match verify(&db.hall.db).await.unwrap() {
        Verdict::Whole(_) => Found::Whole,
        Verdict::Broken(broken) => Found::Broken(broken.seq),
        Verdict::HeadDiffers { .. } => Found::HeadDiffers,
    }
}

#[tokio::test]
async fn every_change_behind_its_back_is_found() {
    for db in databases().await {
        World::new(&db.hall).await;
        assert_eq!(found(&db).await, Found::Whole, "{}", db.name);
        let last = service::audit::head(db.hall.db.read()).await.unwrap().seq;
        let restore: Vec<String> = ["audit", "audit_head"]
            .into_iter()
            .flat_map(|table| {
                let kept = format!("{table}_kept");
                [
                    format!("DELETE FROM {table}"),
                    format!("INSERT INTO {table} SELECT * FROM {kept}"),
                ]
            })
            .collect();
        meddle(&db, "CREATE TABLE audit_kept AS SELECT * FROM audit").await;
        meddle(&db, "CREATE TABLE audit_head_kept AS SELECT * FROM audit_head").await;

        let before = "(SELECT hash FROM audit_kept ORDER BY seq DESC LIMIT 1 OFFSET 1)";
        let back = format!("UPDATE audit_head SET seq = seq - 1, hash = {before}");
        let added = "INSERT INTO audit SELECT seq + 1, at, actor, action, subject, before, after, \
                     reason, prev, hash FROM audit_kept ORDER BY seq DESC LIMIT 1";
        let cut = format!("DELETE FROM audit WHERE seq = {last}");
        let table = [
            ("UPDATE audit SET at = at + 1 WHERE seq = 3", Found::Broken(3)),
            ("UPDATE audit SET actor = 'clock ' WHERE seq = 3", Found::Broken(3)),
            ("UPDATE audit SET action = 'x' WHERE seq = 3", Found::Broken(3)),
            ("UPDATE audit SET subject = 'x' WHERE seq = 3", Found::Broken(3)),
            ("UPDATE audit SET before = 'x' WHERE seq = 3", Found::Broken(3)),
            ("UPDATE audit SET after = 'x' WHERE seq = 3", Found::Broken(3)),
            ("UPDATE audit SET reason = 'x' WHERE seq = 3", Found::Broken(3)),
            ("UPDATE audit SET prev = UPPER(prev) WHERE seq = 3", Found::Broken(3)),
            ("UPDATE audit SET hash = UPPER(hash) WHERE seq = 3", Found::Broken(3)),
            ("UPDATE audit SET prev = 'no hash' WHERE seq = 1", Found::Broken(1)),
            ("UPDATE audit_head SET hash = UPPER(hash)", Found::HeadDiffers),
            ("DELETE FROM audit WHERE seq = 3", Found::Broken(4)),
            (cut.as_str(), Found::HeadDiffers),
            (back.as_str(), Found::HeadDiffers),
            (added, Found::Broken(last + 1)),
        ];
        for (sql, expected) in table {
            meddle(&db, sql).await;
            assert_eq!(found(&db).await, expected, "{}: {sql}", db.name);
            for sql in &restore {
                meddle(&db, sql).await;
            }
            assert_eq!(found(&db).await, Found::Whole, "{}: restored", db.name);
        }
    }
}

/// PostgreSQL keeps no such bytes.
#[tokio::test]
async fn bytes_that_are_no_text_are_named() {
    let db = sqlite().await;
    assert_eq!(db.hall.db.backend(), DbBackend::Sqlite);
    World::new(&db.hall).await;
    for value in ["CAST(x'FF41' AS TEXT)", "x'FF41'"] {
        meddle(&db, &format!("UPDATE audit SET actor = {value} WHERE seq = 4")).await;
        match verify(&db.hall.db).await.unwrap() {
            Verdict::Broken(broken) => assert_eq!((broken.seq, broken.why), (4, Why::Unreadable)),
            other => panic!("{value}: {other:?}"),
        }
    }
}
