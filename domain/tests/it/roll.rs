//! Tables as committees have them, read.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use domain::roll::{Field, Mend, NoHeading, Reading, RollKind, SheetRow, UnitWord, read};

/// Rows of a text: a line a row, cells between `|`.
fn sheet(text: &str) -> Vec<SheetRow> {
    let rows = (1..).zip(text.lines());
    rows.map(|(number, line)| SheetRow {
        number,
        cells: line.split('|').map(|cell| cell.trim().to_owned()).collect(),
    })
    .collect()
}

fn households(text: &str) -> Reading {
    read(RollKind::Households, &sheet(text)).unwrap()
}

fn owners(text: &str) -> Reading {
    read(RollKind::Owners, &sheet(text)).unwrap()
}

fn places(reading: &Reading) -> Vec<String> {
    let part = |part: &Option<String>| part.clone().unwrap_or_else(|| "_".to_owned());
    let line = |entry: &domain::roll::Entry| {
        let place = &entry.place;
        let key = &place.entrance;
        let parts = [&place.courtyard, &key.building, &key.unit, &place.room].map(part);
        format!("{} {}", entry.row, parts.join("|"))
    };
    reading.entries.iter().map(line).collect()
}

fn problems(reading: &Reading) -> Vec<(u32, Field, Mend)> {
    reading.problems.iter().map(|problem| (problem.row, problem.field, problem.mend)).collect()
}

#[test]
fn titles_and_empty_rows_before_the_heading() {
    let reading = households(
        "北柳小区住户登记表（2026年）||||\n\
         填表单位：枣树湾社区||||\n\
         ||||\n\
         序号|小 区|楼号*|单元（门）|房号|户主|联系电话\n\
         １|北柳小区|３号楼|２单元|１０１|张三|13800000000\n\
         2|北柳小区|三号楼|二门|102室||\n\
         3||||||\n\
         4|北柳小区|3|2|101|张三|\n\
         合计||||2户||",
    );
    assert_eq!(places(&reading), ["5 北柳小区|3|2|101", "6 北柳小区|3|2|102"]);
    assert_eq!(reading.repeated, [(8, 5)]);
    assert!(reading.problems.is_empty(), "{:?}", reading.problems);
    assert_eq!(reading.entries[1].place.word, Some(UnitWord::Door));
    assert_eq!(reading.columns.heading_of(Field::Building), "楼号*");
}

#[test]
fn one_column_or_three_or_a_heading_of_two_rows() {
    for text in [
        "房屋坐落\n北柳小区3号楼2单元101室",
        "楼-单元-室|小区\n3-2-101|北柳小区",
        "院|楼|门|室\n北柳小区|3|2|101",
        "院|楼门|房号\n北柳小区|3号楼2门|101",
        "小区|房屋坐落|||业主\n|楼号|单元|室|\n北柳小区|3栋|2|101|张三",
        "小区|楼号|门牌号\n北柳小区|3|2-101",
        "小区|地址|房号\n北柳小区|3号楼2单元|101",
    ] {
        let reading = households(text);
        let found = places(&reading);
        assert_eq!(found.len(), 1, "{text}: {:?}", reading.problems);
        assert!(found[0].ends_with("北柳小区|3|2|101"), "{text}: {found:?}");
    }
}

#[test]
fn a_sheet_without_a_heading_is_told() {
    let no = |kind, text| read(kind, &sheet(text)).unwrap_err();
    let (homes, owners) = (RollKind::Households, RollKind::Owners);
    assert_eq!(no(homes, ""), NoHeading::Missing);
    assert_eq!(no(homes, "张三|3-2-101\n李四|3-2-102"), NoHeading::Missing);
    assert_eq!(no(owners, "楼|单元|室|面积\n3|2|101|60"), NoHeading::Lacks(Field::Owners));
    assert_eq!(no(owners, "地址|业主\n3-2-101|张三"), NoHeading::Lacks(Field::Area));
    let far = format!("{}地址\n3-2-101", "一行字\n".repeat(20));
    assert_eq!(no(homes, &far), NoHeading::Missing);
    let near = format!("{}地址\n3-2-101", "一行字\n\n".repeat(19));
    assert!(read(homes, &sheet(&near)).is_ok());
}

#[test]
fn owners_with_areas_telephones_and_representatives() {
    let reading = owners(
        "地址|产权人|建筑面积（㎡）|手机|表决代表\n\
         3-2-101|张 三|８９．５７|138 0000-0000|\n\
         3-2-102|李四、王五|60.00平方米|13900000001，13900000002|王五\n\
         3-2-103|赵六|1,060.5|010-6500 0000|\n\
         3-2-103|钱七|1060.50||钱七\n\
         合计|5人|1270.07||",
    );
    assert!(reading.problems.is_empty(), "{:?}", reading.problems);
    let said: Vec<_> = reading.entries.iter().map(|entry| entry.owned.clone().unwrap()).collect();
    let owner = |unit: usize, at: usize| {
        let owner = &said[unit].owners[at];
        (owner.name.as_str(), owner.phone.as_deref())
    };
    assert_eq!(said[0].area.hundredths(), 8_957);
    assert_eq!(owner(0, 0), ("张三", Some("13800000000")));
    assert_eq!(said[1].representative.as_deref(), Some("王五"));
    assert_eq!(owner(1, 1), ("王五", Some("13900000002")));
    assert_eq!(said[2].area.hundredths(), 106_050);
    assert_eq!(said[2].names(), "赵六、钱七");
    assert_eq!(said[2].representative.as_deref(), Some("钱七"));
    assert_eq!(owner(2, 0), ("赵六", Some("01065000000")));
    assert_eq!(reading.repeated, [(5, 4)]);
}

#[test]
fn every_problem_has_its_row_and_column() {
    let reading = owners(
        "小区|楼|单元|室|业主|面积|电话|代表人\n\
         北柳小区|3|2||张三|60||\n\
         北柳小区|3|2|102||60||\n\
         北柳小区|3|2|103|张三|很大||\n\
         北柳小区|3|2|104|张三|60.125||\n\
         北柳小区|3|2|105|张三|0||\n\
         北柳小区|3|2|106|张三|60|没有|\n\
         北柳小区|3|2|107|张三|60|13800000001、13800000002|\n\
         北柳小区|3|2|108|张三|60||李四\n\
         北柳小区|3|2|109|张三 李四|60||\n\
         北柳小区|3|2|110||||\n\
         北柳小区|3|2|111|张三|60||\n\
         北柳小区|3|2|111|李四|61||\n\
         北柳小区|3|2|1号楼甲单元乙|张三|60||",
    );
    assert_eq!(
        problems(&reading),
        [
            (2, Field::Room, Mend::NoRoom),
            (3, Field::Owners, Mend::NoOwner),
            (4, Field::Area, Mend::AreaNotNumber),
            (5, Field::Area, Mend::AreaTooFine),
            (6, Field::Area, Mend::AreaRange),
            (7, Field::Phone, Mend::PhoneUnclear),
            (8, Field::Phone, Mend::PhoneCount),
            (9, Field::Representative, Mend::RepresentativeNotOwner),
            (10, Field::Owners, Mend::NamesRunTogether),
            (11, Field::Area, Mend::NoArea),
            (11, Field::Owners, Mend::NoOwner),
            (13, Field::Area, Mend::OtherArea),
            (14, Field::Room, Mend::AddressUnclear),
        ]
    );
    let other = reading.problems.iter().find(|problem| problem.mend == Mend::OtherArea).unwrap();
    assert_eq!((other.other_row, other.heading.as_str()), (Some(12), "面积"));
    assert_eq!(reading.entries.len(), 1);
}

#[test]
fn the_more_telling_column_counts() {
    let reading = owners("地址|户主|面积|业主姓名|建筑面积\n3-2-101|租客|50|房东|60");
    let owned = reading.entries[0].owned.clone().unwrap();
    assert_eq!((owned.names().as_str(), owned.area.hundredths()), ("房东", 6_000));
}
