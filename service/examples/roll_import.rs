//! A roll of 50,000 owners checked and taken in, on a fresh SQLite file and, when
//! `XIAOYUAN_TEST_POSTGRES` is set, on a fresh PostgreSQL database:
//! `cargo run --release -p service --example roll_import`. Prints a line of JSON for each.
//!
//! The file is CSV in GB18030 with the columns of a committee's table; every tenth unit is owned jointly.
//! Checking reads the file, compares it with the roll and keeps it sealed; taking in is one transaction.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a measurement at the terminal: it tells the time, prints, and ends where it can't measure"
)]

use std::fmt::Write as _;
use std::time::Instant;

use service::roll::{RollUpload, roll_check, roll_confirm, roll_import_view};
use service::testing::{TestDb, World, postgresql, sqlite};

/// Rows of the file; another number can be given as the first argument.
const ROWS: usize = 50_000;

/// Buildings of four entrances of eighteen floors with four rooms each.
fn table(rows: usize) -> Vec<u8> {
    let mut text = String::from("小区,楼号,单元,房号,业主,建筑面积,联系电话,代表人\n");
    for n in 0..rows {
        let (building, unit) = (n / 288 + 1, n / 72 % 4 + 1);
        let room = (n / 4 % 18 + 1) * 100 + n % 4 + 1;
        let owner = format!("业主{n}");
        let owners =
            if n.is_multiple_of(10) { format!("{owner}、共有人{n}") } else { owner.clone() };
        let decimals = n % 100;
        let _ = writeln!(
            text,
            "枣园小区,{building}号楼,{unit}单元,{room},{owners},{}.{decimals:02},139{n:08},{owner}",
            60 + n % 60
        );
    }
    encoding_rs::GB18030.encode(&text).0.into_owned()
}

async fn measure(db: TestDb, rows: usize) {
    let hall = &db.hall;
    let world = World::new(hall).await;
    let head = &world.committee_head.actor;
    let bytes = table(rows);
    let upload = RollUpload {
        kind: "owners".to_owned(),
        file_name: "owners.csv".to_owned(),
        bytes,
        ..RollUpload::default()
    };
    let started = Instant::now();
    let id = roll_check(hall, head, upload).await.unwrap();
    let check = started.elapsed();
    let started = Instant::now();
    roll_confirm(hall, head, id).await.unwrap().unwrap().ended().await.unwrap();
    let apply = started.elapsed();
    let row = roll_import_view(hall, head, id).await.unwrap();
    assert_eq!(row.sums.added, i64::try_from(rows).unwrap());
    let total = check + apply;
    let a_second = rows as u128 * 1_000 / total.as_millis().max(1);
    println!(
        "{{\"database\":\"{}\",\"rows\":{rows},\"check_ms\":{},\"apply_ms\":{},\"total_ms\":{},\"rows_per_second\":{a_second}}}",
        db.name,
        check.as_millis(),
        apply.as_millis(),
        total.as_millis(),
    );
}

#[tokio::main]
async fn main() {
    let rows = std::env::args().nth(1).map_or(ROWS, |rows| rows.parse().unwrap());
    measure(sqlite().await, rows).await;
    if std::env::var_os("XIAOYUAN_TEST_POSTGRES").is_some() {
        measure(postgresql().await, rows).await;
    }
}
