//! Files of households and owners, checked, taken in and undone.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::io::{Cursor, Write as _};

use crate::roll_ground::{check, confirm, count, file, package, rolled, workbook};
use domain::owners::Voter;
use domain::permission::Denied;
use domain::place::Scope;
use domain::role::{Role, RoleGrant};
use domain::roll::{Field, Mend};
use service::error::{Error, Problem, Refusal};
use service::owners::{ShowHeads, owner_representative_set, owner_sums, owners_look};
use service::roll::{
    CHECKED_MS, ImportState, Line, Note, RUN_MS, SheetProblem, Show, UNDO_MS, Verdict, roll_check,
    roll_confirm, roll_drop, roll_import_view, roll_imports, roll_look, roll_report_csv,
    roll_sweep, roll_undo,
};
use service::testing::{self, World};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// Titles, an empty row, a column of serial numbers, full-width digits, a repeated row and a sum.
const HOMES: &str = "枣树湾社区住户登记表,,,,,\n\
    ,,,,,\n\
    序号,小院,楼栋,单元（门）,房号,户主\n\
    1,北柳小区,１号楼,１门,１０１,甲\n\
    2,北柳小区,1,2,９０１,乙\n\
    3,北柳小区,一号楼,二门,902室,丙\n\
    4,北柳小区,5号楼,1单元,101,丁\n\
    5,北柳小区,5,1,101,丁\n\
    6,平房院,,东门,1,戊\n\
    7,北柳小区,1号楼,2门,,己\n\
    合计,,,,,6户\n";

const OWNERS: &str = "房屋坐落\t产权人\t建筑面积（㎡）\t联系电话\t代表人\n\
    北柳小区1号楼1门101\t张三\t８９．５７\t13800000001\t\n\
    北柳小区1号楼1门102\t张三\t60.00\t13800000001\t\n\
    北柳小区1号楼1门103\t李四、王五\t70.5\t\t\n\
    北柳小区1号楼1门104\t赵六\t1,060.25\t\t赵六\n\
    北柳小区1号楼1门104\t钱七\t1060.25\t\t\n\
    北柳小区1号楼1门105\t=HYPERLINK(\"http://evil.example\")\t不详\t\t\n";

fn gb18030(text: &str) -> Vec<u8> {
    encoding_rs::GB18030.encode(text).0.into_owned()
}

fn verdicts(lines: &[Line]) -> Vec<(u32, Verdict)> {
    lines.iter().map(|line| (line.row, line.verdict)).collect()
}

#[tokio::test]
async fn a_dry_run_writes_nothing_but_the_sealed_upload() {
    for db in testing::databases().await {
        let (hall, world) = (&db.hall, World::new(&db.hall).await);
        let head = &world.committee_head.actor;
        let before = rolled(hall).await;
        let homes = check(hall, head, file("households", "名册.csv", gb18030(HOMES))).await;
        let owners = check(hall, head, file("owners", "业主.csv", gb18030(OWNERS))).await;
        assert_eq!(rolled(hall).await, before, "{}", db.name);

        let seen = roll_look(hall, head, homes, Show::All, 1).await.unwrap();
        let (add, out, mend) = (Verdict::Added, Verdict::LeftOut, Verdict::Problem);
        let expected = [(4, out), (5, add), (6, add), (7, add), (8, out), (9, add), (10, mend)];
        assert_eq!(verdicts(&seen.report.lines), expected, "{}", db.name);
        assert_eq!(seen.report.lines[0].notes, [Note::Same]);
        assert_eq!(seen.report.lines[2].place, "北柳小区 1号楼2门 902");
        // As the community writes its entrances, whatever the file says.
        assert_eq!(seen.report.lines[3].place, "北柳小区 5号楼1门 101");
        assert_eq!(seen.report.lines[4].notes, [Note::Repeats(7)]);
        assert_eq!(seen.report.courtyards, ["平房院"]);
        let new = [("北柳小区", "5号楼1门"), ("平房院", "东门")];
        assert_eq!(seen.report.entrances, new.map(|(a, b)| (a.to_owned(), b.to_owned())));
        let Note::Mend(problem) = &seen.report.lines[6].notes[0] else { panic!("a problem") };
        assert_eq!((problem.field, problem.mend), (Field::Room, Mend::NoRoom));
        assert_eq!((problem.row, problem.heading.as_str()), (10, "房号"));
        let sums = seen.import.sums;
        assert_eq!((sums.total, sums.added, sums.changed, sums.left_out), (7, 4, 0, 3));

        let seen = roll_look(hall, head, owners, Show::Problems, 1).await.unwrap();
        assert_eq!(seen.counts, [6, 1, 0, 4], "{}", db.name);
        let Note::Mend(problem) = &seen.report.lines[0].notes[0] else { panic!("a problem") };
        assert_eq!((problem.row, problem.mend), (7, Mend::AreaNotNumber));
        // Nothing of the files stands open in the database.
        for (table, column) in [("roll_import_part", "data"), ("roll_import", "report")] {
            let open = format!(
                "SELECT count(*) FROM {table} WHERE {column} LIKE '%张三%' OR {column} NOT LIKE 'x1.%'"
            );
            assert_eq!(count(hall, &open).await, 0, "{} {table}", db.name);
        }
        let looks = count(hall, "SELECT count(*) FROM audit WHERE action = 'roll_look'").await;
        assert_eq!(looks, 2, "{}", db.name);
    }
}

#[tokio::test]
async fn households_come_in_once_and_go_again() {
    for db in testing::databases().await {
        let (hall, world) = (&db.hall, World::new(&db.hall).await);
        let head = &world.committee_head.actor;
        let before = rolled(hall).await;
        let id = check(hall, head, file("households", "名册.csv", HOMES)).await;
        confirm(hall, head, id).await.unwrap();
        assert!(roll_confirm(hall, head, id).await.unwrap().is_none(), "once is enough");
        let after = rolled(hall).await;
        assert_eq!([after[0] - before[0], after[1] - before[1], after[2] - before[2]], [1, 2, 4]);
        let row = roll_import_view(hall, head, id).await.unwrap();
        assert_eq!(row.state, ImportState::Done, "{}", db.name);
        let adds = "SELECT count(*) FROM place_change WHERE kind = 'add'";
        assert_eq!(count(hall, adds).await, 3, "{}", db.name);

        // The same file once more adds nothing.
        let again = check(hall, head, file("households", "名册.csv", HOMES)).await;
        let sums = roll_import_view(hall, head, again).await.unwrap().sums;
        assert_eq!((sums.added, sums.left_out), (0, 7), "{}", db.name);
        roll_drop(hall, head, again).await.unwrap();
        let late = roll_confirm(hall, head, again).await.unwrap_err();
        assert!(matches!(late, Error::Refused(Refusal::Stale)), "{}: {late}", db.name);

        let undone = roll_undo(hall, head, id).await.unwrap();
        assert_eq!((undone.removed, undone.kept), (7, 0), "{}", db.name);
        assert_eq!(rolled(hall).await, before, "{}", db.name);
        let twice = roll_undo(hall, head, id).await.unwrap_err();
        assert!(matches!(twice, Error::Refused(Refusal::Stale)), "{}: {twice}", db.name);
        assert_eq!(count(hall, "SELECT count(*) FROM roll_import_part").await, 0, "{}", db.name);
        service::audit::verify(&hall.db).await.unwrap();
    }
}

#[tokio::test]
async fn what_somebody_rests_on_stays() {
    for db in testing::databases().await {
        let (hall, world) = (&db.hall, World::new(&db.hall).await);
        let head = &world.committee_head.actor;
        let id = check(hall, head, file("households", "名册.csv", HOMES)).await;
        confirm(hall, head, id).await.unwrap();
        // Somebody joins the household in the new courtyard, and a slip for another waits unused.
        let home = "SELECT h.id FROM household h JOIN entrance e ON e.id = h.entrance_id WHERE e.name = '东门'";
        let home = count(hall, home).await;
        let txn = hall.db.begin().await.unwrap();
        let join = format!("UPDATE person SET household_id = {home} WHERE sign_in_name = 'guest'");
        sea_orm::ConnectionTrait::execute_unprepared(&txn, &join).await.unwrap();
        let slip = format!(
            "INSERT INTO slip (community_id, household_id, purpose, code_index, batch, created_at, created_by, expires_at) \
             SELECT {}, min(id), 'join', 'x', 1, 0, 1, 1 FROM household WHERE import_id = {id}",
            world.community
        );
        sea_orm::ConnectionTrait::execute_unprepared(&txn, &slip).await.unwrap();
        txn.commit().await.unwrap();
        let undone = roll_undo(hall, head, id).await.unwrap();
        // The household, its entrance and its courtyard.
        assert_eq!((undone.removed, undone.kept), (4, 3), "{}", db.name);
        assert_eq!(count(hall, "SELECT count(*) FROM slip").await, 0, "{}", db.name);
        let row = roll_import_view(hall, head, id).await.unwrap();
        assert_eq!((row.state, row.kept), (ImportState::Undone, Some(3)), "{}", db.name);
    }
}

#[tokio::test]
async fn owners_are_heads_and_change_and_come_back() {
    for db in testing::databases().await {
        let (hall, world) = (&db.hall, World::new(&db.hall).await);
        let head = &world.committee_head.actor;
        let id = check(hall, head, file("owners", "业主.tsv", OWNERS)).await;
        confirm(hall, head, id).await.unwrap();
        let sums = owner_sums(hall, head).await.unwrap();
        assert_eq!((sums.units, sums.heads, sums.silent), (4, 3, 1), "{}", db.name);
        assert_eq!((sums.area, sums.silent_area), (8_957 + 6_000 + 7_050 + 106_025, 7_050));
        let first = rolled(hall).await;

        let list = owners_look(hall, head, ShowHeads::Silent, 1).await.unwrap();
        let silent = &list.heads[0];
        assert_eq!(silent.voter, Voter::NotNamed, "{}", db.name);
        let king = silent.owners.iter().find(|owner| owner.name == "王五").unwrap();
        let (unit, king) = (silent.units[0].id, king.id.to_string());
        owner_representative_set(hall, head, unit, &king).await.unwrap();
        assert_eq!(owner_sums(hall, head).await.unwrap().silent, 0, "{}", db.name);
        let wrong = owner_representative_set(hall, head, unit, "999999").await.unwrap_err();
        assert!(matches!(wrong, Error::Invalid(_)), "{}: {wrong}", db.name);

        // A later file: another area, another owner, a telephone number; the rest as it was.
        let later = "地址,业主,面积,电话\n\
            北柳小区1-1-101,张三,89.57,13800000001\n\
            北柳小区1-1-102,孙八,61,\n\
            北柳小区1-1-103,王五、李四,70.50,\n\
            北柳小区1-1-104,赵六、钱七,1060.25,13900000002\n";
        let change = check(hall, head, file("owners", "业主.csv", later)).await;
        let seen = roll_look(hall, head, change, Show::All, 1).await.unwrap();
        let (changed, same) = (Verdict::Changed, Verdict::LeftOut);
        let expected = [(2, same), (3, changed), (4, same), (5, changed)];
        assert_eq!(verdicts(&seen.report.lines), expected, "{}", db.name);
        assert_eq!(seen.report.lines[1].notes, [Note::Area(6_000, 6_100), Note::Owners]);
        assert_eq!(seen.report.lines[3].notes, [Note::Phone], "{}", db.name);
        confirm(hall, head, change).await.unwrap();
        let now = owner_sums(hall, head).await.unwrap();
        assert_eq!((now.heads, now.area), (4, sums.area + 100), "{}", db.name);

        // The first file can't go while the later one rests on it.
        let undone = roll_undo(hall, head, change).await.unwrap();
        assert_eq!((undone.restored, undone.kept), (3, 0), "{}", db.name);
        assert_eq!(rolled(hall).await, first, "{}", db.name);
        assert_eq!(owner_sums(hall, head).await.unwrap().area, sums.area, "{}", db.name);
        let undone = roll_undo(hall, head, id).await.unwrap();
        assert_eq!((undone.removed, undone.kept), (4, 0), "{}", db.name);
        assert_eq!(rolled(hall).await[3..], [0, 0, 0], "{}", db.name);
    }
}

#[tokio::test]
async fn a_unit_that_a_later_file_changed_stays() {
    for db in testing::databases().await {
        let (hall, world) = (&db.hall, World::new(&db.hall).await);
        let head = &world.committee_head.actor;
        let id = check(hall, head, file("owners", "业主.tsv", OWNERS)).await;
        confirm(hall, head, id).await.unwrap();
        let later = "地址,业主,面积\n北柳小区1-1-104,赵六、钱七,1060.26\n";
        let change = check(hall, head, file("owners", "业主.csv", later)).await;
        confirm(hall, head, change).await.unwrap();
        let undone = roll_undo(hall, head, id).await.unwrap();
        assert_eq!((undone.removed, undone.kept), (3, 1), "{}", db.name);
        // Its owners stay with it, the others go.
        assert_eq!(rolled(hall).await[3..], [1, 2, 2], "{}", db.name);
    }
}

#[tokio::test]
async fn two_members_confirm_at_once() {
    for db in testing::databases().await {
        let (hall, world) = (&db.hall, World::new(&db.hall).await);
        let other = db.second_hall().await;
        let (head, member) = (&world.committee_head.actor, &world.committee_member.actor);
        let before = rolled(hall).await;
        let id = check(hall, head, file("households", "名册.csv", HOMES)).await;
        let (one, two) =
            tokio::join!(roll_confirm(hall, head, id), roll_confirm(&other, member, id));
        let runs: Vec<_> = [one.unwrap(), two.unwrap()].into_iter().flatten().collect();
        assert_eq!(runs.len(), 1, "{}", db.name);
        for run in runs {
            run.ended().await.unwrap();
        }
        assert_eq!(rolled(hall).await[2] - before[2], 4, "{}", db.name);
        let entries = "SELECT count(*) FROM audit WHERE action = 'roll_import'";
        assert_eq!(count(hall, entries).await, 1, "{}", db.name);
    }
}

#[tokio::test]
async fn two_files_with_the_same_rows_at_once() {
    for db in testing::databases().await {
        let (hall, world) = (&db.hall, World::new(&db.hall).await);
        let head = &world.committee_head.actor;
        let one = check(hall, head, file("households", "甲.csv", HOMES)).await;
        let two = check(hall, head, file("households", "乙.csv", HOMES)).await;
        let (first, second) =
            tokio::join!(roll_confirm(hall, head, one), roll_confirm(hall, head, two));
        let (first, second) = tokio::join!(
            first.unwrap().expect("a run").ended(),
            second.unwrap().expect("a run").ended()
        );
        first.unwrap();
        second.unwrap();
        // The later one found the roll changed: it waits with what is still to be done.
        let mut rows = roll_imports(hall, head).await.unwrap();
        rows.sort_by_key(|row| row.sums.added);
        assert_eq!((rows[0].state, rows[0].again), (ImportState::Checked, true), "{}", db.name);
        assert_eq!((rows[0].sums.added, rows[0].sums.left_out), (0, 7), "{}", db.name);
        assert_eq!(rows[1].state, ImportState::Done, "{}", db.name);
        let homes = "SELECT count(*) FROM household WHERE import_id IS NOT NULL";
        assert_eq!(count(hall, homes).await, 4, "{}", db.name);
    }
}

#[tokio::test]
async fn a_run_that_died_wrote_nothing_and_goes_again() {
    for db in testing::databases().await {
        let (hall, world) = (&db.hall, World::new(&db.hall).await);
        let head = &world.committee_head.actor;
        let before = rolled(hall).await;
        let id = check(hall, head, file("households", "名册.csv", HOMES)).await;
        let txn = hall.db.begin().await.unwrap();
        let died = format!("UPDATE roll_import SET state = 'running', run_at = {}", hall.now().0);
        sea_orm::ConnectionTrait::execute_unprepared(&txn, &died).await.unwrap();
        txn.commit().await.unwrap();
        assert!(roll_confirm(hall, head, id).await.unwrap().is_none(), "{}: it runs", db.name);
        db.clock.advance_ms(RUN_MS + 1);
        let row = roll_import_view(hall, head, id).await.unwrap();
        assert_eq!(row.state, ImportState::Failed, "{}", db.name);
        assert_eq!(rolled(hall).await, before, "{}", db.name);
        confirm(hall, head, id).await.unwrap();
        assert_eq!(rolled(hall).await[2] - before[2], 4, "{}", db.name);
    }
}

#[tokio::test]
async fn after_a_day_it_stays_and_the_file_is_forgotten() {
    for db in testing::databases().await {
        let (hall, world) = (&db.hall, World::new(&db.hall).await);
        let head = &world.committee_head.actor;
        let id = check(hall, head, file("owners", "业主.tsv", OWNERS)).await;
        confirm(hall, head, id).await.unwrap();
        let waits = check(hall, head, file("households", "名册.csv", HOMES)).await;
        db.clock.advance_ms(UNDO_MS - 1);
        roll_sweep(hall).await.unwrap();
        assert!(roll_import_view(hall, head, id).await.unwrap().has_report, "{}", db.name);
        db.clock.advance_ms(2);
        let late = roll_undo(hall, head, id).await.unwrap_err();
        assert!(matches!(late, Error::Refused(Refusal::Stale)), "{}: {late}", db.name);
        assert_eq!(roll_sweep(hall).await.unwrap(), 1, "{}", db.name);
        assert!(!roll_import_view(hall, head, id).await.unwrap().has_report, "{}", db.name);
        db.clock.advance_ms(CHECKED_MS);
        assert_eq!(roll_sweep(hall).await.unwrap(), 1, "{}", db.name);
        let row = roll_import_view(hall, head, waits).await.unwrap();
        assert_eq!(row.state, ImportState::Dropped, "{}", db.name);
        for table in ["roll_import_part", "roll_import_change"] {
            assert_eq!(count(hall, &format!("SELECT count(*) FROM {table}")).await, 0, "{table}");
        }
        assert_eq!(roll_sweep(hall).await.unwrap(), 0, "{}", db.name);
    }
}

#[tokio::test]
async fn another_communitys_import_is_not_there() {
    for db in testing::databases().await {
        let (hall, world) = (&db.hall, World::new(&db.hall).await);
        let head = &world.committee_head.actor;
        let id = check(hall, head, file("owners", "业主.tsv", OWNERS)).await;
        confirm(hall, head, id).await.unwrap();
        let unit = owners_look(hall, head, ShowHeads::All, 1).await.unwrap().heads[0].units[0].id;
        // The other community's own head, with everything that a head may.
        let mut other = world.committee_head.actor.clone();
        other.community = world.stranger.actor.community;
        other.person = world.stranger.actor.person;
        let scope = Scope::Community(other.community);
        other.roles = vec![RoleGrant { role: Role::CommitteeHead, scope }];
        assert!(roll_imports(hall, &other).await.unwrap().is_empty(), "{}", db.name);
        assert_eq!(owner_sums(hall, &other).await.unwrap().units, 0, "{}", db.name);
        let refused = [
            roll_import_view(hall, &other, id).await.map(|_| ()),
            roll_look(hall, &other, id, Show::All, 1).await.map(|_| ()),
            roll_confirm(hall, &other, id).await.map(|_| ()),
            roll_undo(hall, &other, id).await.map(|_| ()),
            roll_drop(hall, &other, id).await,
            roll_report_csv(hall, &other, id, Vec::new(), |_| Vec::new()).await.map(|_| ()),
            owner_representative_set(hall, &other, unit, "").await,
        ];
        for (at, answer) in refused.into_iter().enumerate() {
            assert!(matches!(answer, Err(Error::NotFound)), "{} {at}: {answer:?}", db.name);
        }
    }
}

#[tokio::test]
async fn only_the_committee_with_its_second_factor() {
    let db = testing::sqlite().await;
    let (hall, world) = (&db.hall, World::new(&db.hall).await);
    let upload = || file("households", "名册.csv", HOMES);
    for person in [&world.resident, &world.oversight, &world.entrance_lead] {
        let denied = roll_check(hall, &person.actor, upload()).await.unwrap_err();
        assert!(matches!(denied, Error::Denied(Denied::NeedsRole)), "{denied}");
    }
    let mut member = world.committee_member.actor.clone();
    member.stepped_up = false;
    let denied = roll_check(hall, &member, upload()).await.unwrap_err();
    assert!(matches!(denied, Error::Denied(Denied::StepUp)), "{denied}");
}

#[tokio::test]
async fn a_workbook_with_merged_cells_and_floating_numbers() {
    let db = testing::sqlite().await;
    let (hall, world) = (&db.hall, World::new(&db.hall).await);
    let head = &world.committee_head.actor;
    let rows: &[(u32, &[&str])] = &[
        (1, &["北柳小区业主名册"]),
        (3, &["坐落", "", "", "业主", "建筑面积"]),
        (4, &["楼号", "单元", "房号"]),
        (5, &["1号楼", "1门", "#101", "张三", "#89.570000000000007"]),
        (6, &["", "", "#102", "李四", "#60"]),
        (8, &["", "2门", "#101", "王五", "#60.125"]),
        (9, &["合计", "", "", "", "#209.69499999999999"]),
    ];
    let merged = ["A1:E1", "A3:C3", "D3:D4", "E3:E4", "A5:A8", "B5:B6"];
    let mut upload = file("owners", "业主.xlsx", workbook(rows, &merged));
    upload.courtyard_id = world.courtyards[0].to_string();
    let id = check(hall, head, upload).await;
    let seen = roll_look(hall, head, id, Show::All, 1).await.unwrap();
    let lines = &seen.report.lines;
    let (add, mend) = (Verdict::Added, Verdict::Problem);
    assert_eq!(verdicts(lines), [(5, add), (6, add), (8, mend)], "{lines:?}");
    assert_eq!((lines[0].place.as_str(), lines[0].area), ("北柳小区 1号楼1门 101", Some(8_957)));
    assert_eq!(lines[1].place, "北柳小区 1号楼1门 102");
    let Note::Mend(problem) = &lines[2].notes[0] else { panic!("a problem") };
    assert_eq!(problem.mend, Mend::AreaTooFine);
}

#[tokio::test]
async fn files_that_are_no_roll_are_refused() {
    let db = testing::sqlite().await;
    let (hall, world) = (&db.hall, World::new(&db.hall).await);
    let head = &world.committee_head.actor;
    let refused = async |upload| match roll_check(hall, head, upload).await.unwrap_err() {
        Error::Invalid(fields) => fields[0].problem,
        other => panic!("{other}"),
    };
    // 300 MiB of nothing in a package of some hundred kilobytes.
    let bomb = package(&" ".repeat(300 << 20));
    assert!(bomb.len() < 1 << 20);
    let sheet = |bytes: Vec<u8>| file("households", "名册.xlsx", bytes);
    assert_eq!(refused(sheet(bomb)).await, Problem::Sheet(SheetProblem::Bomb));
    assert_eq!(
        refused(sheet(b"PK\x03\x04".to_vec())).await,
        Problem::Sheet(SheetProblem::NotASheet)
    );
    assert_eq!(refused(sheet(Vec::new())).await, Problem::Sheet(SheetProblem::Empty));
    let no_heading = sheet("张三,李四\n".into());
    assert_eq!(refused(no_heading).await, Problem::Sheet(SheetProblem::NoHeading));
    let lacks = file("owners", "业主.csv", "地址,业主\n1-1-101,张三\n");
    assert_eq!(refused(lacks).await, Problem::Sheet(SheetProblem::Lacks(Field::Area)));
    assert_eq!(refused(file("people", "名册.csv", HOMES)).await, Problem::Unknown);
    let mut elsewhere = file("households", "名册.csv", HOMES);
    elsewhere.courtyard_id = "999999".to_owned();
    assert_eq!(refused(elsewhere).await, Problem::Unknown);
    assert_eq!(count(hall, "SELECT count(*) FROM roll_import").await, 0);
}

#[tokio::test]
async fn a_list_that_promises_more_texts_than_it_holds_is_refused() {
    let db = testing::sqlite().await;
    let (hall, world) = (&db.hall, World::new(&db.hall).await);
    let head = &world.committee_head.actor;
    let rows: &[(u32, &[&str])] =
        &[(1, &["小院", "楼栋", "单元", "房号"]), (2, &["北柳小区", "1", "1", "901"])];
    let shared = |sst: &str| {
        let mut zip = ZipWriter::new_append(Cursor::new(workbook(rows, &[]))).unwrap();
        zip.start_file("xl/SharedStrings.xml", SimpleFileOptions::default()).unwrap();
        let utf16 = sst.starts_with('\u{FEFF}');
        let bytes = sst.encode_utf16().flat_map(u16::to_le_bytes).collect();
        zip.write_all(&if utf16 { bytes } else { sst.as_bytes().to_vec() }).unwrap();
        file("households", "名册.xlsx", zip.finish().unwrap().into_inner())
    };
    for sst in [
        r#"<sst uniqueCount="100000000000"></sst>"#,
        "<!-- <sst uniqueCount='1'> --><x:sst\ta=\"uniqueCount\"uniqueCount\n=\r' +0099999999999999999999'/>",
        "\u{FEFF}<sst count='1' uniqueCount='100000000000'></sst>",
        "<sst unique\u{1B}(BCount='100000000000'></sst>",
        // 37 bytes: one more than fits.
        "<sst uniqueCount='8'><si/><si/></sst>",
    ] {
        let refused = roll_check(hall, head, shared(sst)).await;
        let Err(Error::Invalid(fields)) = refused else { panic!("{sst}: {refused:?}") };
        assert_eq!(fields[0].problem, Problem::Sheet(SheetProblem::Bomb), "{sst}");
    }
    // What is named again and again makes no room: only the texts that differ do.
    for sst in ["<sst uniqueCount='2'><si/><si/></sst>", "<sst count='9999999'><si/></sst>"] {
        check(hall, head, shared(sst)).await;
    }
}

#[tokio::test]
async fn a_small_text_named_a_million_times_is_refused() {
    let db = testing::sqlite().await;
    let (hall, world) = (&db.hall, World::new(&db.hall).await);
    // Below the package's limits, and yet more text than a roll has.
    let cell = format!(r#"<c t="inlineStr"><is><t>{}</t></is></c>"#, "长".repeat(490));
    let row = format!("<row>{}</row>", cell.repeat(60));
    let xml = format!(
        r#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>"#,
        row.repeat(900)
    );
    let upload = file("households", "名册.xlsx", package(&xml));
    let refused = roll_check(hall, &world.committee_head.actor, upload).await.unwrap_err();
    let Error::Invalid(fields) = refused else { panic!("{refused}") };
    assert_eq!(fields[0].problem, Problem::Sheet(SheetProblem::Bomb));
}

#[tokio::test]
async fn a_report_for_a_spreadsheet_holds_no_formula() {
    let db = testing::sqlite().await;
    let (hall, world) = (&db.hall, World::new(&db.hall).await);
    let head = &world.committee_head.actor;
    let text = OWNERS.replace("不详", "60");
    let id = check(hall, head, file("owners", "业主.tsv", text)).await;
    let words = |line: &Line| vec![line.row.to_string(), line.owners.clone()];
    let head_row = vec!["行".to_owned(), "业主".to_owned()];
    let bytes = roll_report_csv(hall, head, id, head_row, words).await.unwrap();
    let text = String::from_utf8(bytes).unwrap();
    assert!(text.starts_with("\u{FEFF}行,业主\r\n"), "{text}");
    assert!(text.contains("'=HYPERLINK"), "{text}");
    assert!(!text.contains(",=") && !text.contains(",\"="), "{text}");
}

#[tokio::test]
async fn namesakes_are_told_apart_and_shown() {
    let db = testing::sqlite().await;
    let (hall, world) = (&db.hall, World::new(&db.hall).await);
    let head = &world.committee_head.actor;
    let text = "地址,业主,面积,电话\n\
        北柳小区1-1-101,张伟,60,13800000001\n\
        北柳小区1-1-102,张伟,60,13800000002\n\
        北柳小区1-1-103,张伟,60,13800000001\n\
        北柳小区1-1-104,刘洋,60,\n\
        北柳小区1-1-105,刘洋,60,\n";
    let id = check(hall, head, file("owners", "业主.csv", text)).await;
    let seen = roll_look(hall, head, id, Show::All, 1).await.unwrap();
    let notes: Vec<_> = seen.report.lines.iter().map(|line| line.notes.clone()).collect();
    assert_eq!(notes[1], [Note::Namesake { row: 2, same: false }]);
    assert!(notes[2].is_empty());
    assert_eq!(notes[4], [Note::Namesake { row: 5, same: true }]);
    confirm(hall, head, id).await.unwrap();
    assert_eq!(owner_sums(hall, head).await.unwrap().heads, 3);
}
