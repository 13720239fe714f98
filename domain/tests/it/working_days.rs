//! China's calendar across its holidays and 调休, the arithmetic on it, and files that can't be taken.
#![allow(clippy::unwrap_used, reason = "tests")]

use domain::calendar::{Calendar, Due, MissingYear};
use proptest::prelude::*;
use time::{Date, Duration, Month, Weekday};

/// A date from 20260501.
fn day(number: u32) -> Date {
    let month = Month::try_from(u8::try_from(number / 100 % 100).unwrap()).unwrap();
    let year = i32::try_from(number / 10_000).unwrap();
    Date::from_calendar_date(year, month, u8::try_from(number % 100).unwrap()).unwrap()
}

#[test]
fn three_years_are_covered_and_the_last_is_provisional() {
    let years: Vec<_> =
        Calendar::china().years().map(|(year, what)| (year, what.provisional)).collect();
    assert_eq!(years, [(2025, false), (2026, false), (2027, true)]);
    assert!(Calendar::china().year(2025).unwrap().source.contains("国办发明电〔2024〕12号"));
}

#[test]
fn days_off_and_days_worked_instead() {
    let ranges_off = [
        (20250101, 20250101),
        (20250128, 20250204),
        (20250404, 20250406),
        (20250501, 20250505),
        (20250531, 20250602),
        (20251001, 20251008),
        (20260101, 20260103),
        (20260215, 20260223),
        (20260404, 20260406),
        (20260501, 20260505),
        (20260619, 20260621),
        (20260925, 20260927),
        (20261001, 20261007),
        (20270101, 20270101),
        (20270205, 20270210),
        (20270405, 20270405),
        (20270501, 20270504),
        (20270609, 20270609),
        (20270915, 20270915),
        (20271001, 20271005),
    ];
    let worked = [
        20250126, 20250208, 20250427, 20250928, 20251011, 20260104, 20260214, 20260228, 20260509,
        20260920, 20261010,
    ];
    let is_off = |date| ranges_off.iter().any(|(from, to)| (day(*from)..=day(*to)).contains(&date));
    let is_worked = |date| worked.iter().any(|worked| day(*worked) == date);
    let mut date = day(20250101);
    while date <= day(20271231) {
        let weekend = matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday);
        let expected = is_worked(date) || !(weekend || is_off(date));
        assert_eq!(Calendar::china().is_working_day(date), Ok(expected), "{date}");
        assert_eq!(
            Calendar::china().name(date).is_some(),
            is_off(date) || is_worked(date),
            "{date}"
        );
        date = date.next_day().unwrap();
    }
}

#[test]
fn the_known_numbers_of_working_days() {
    // 365 days less the weekends, the holidays on other days, and with 调休: as payroll tables count them.
    for (year, days) in [(2025, 248), (2026, 248)] {
        let last_before = day(year * 10_000 + 101).previous_day().unwrap();
        let counted = (1..=365)
            .map(|n| last_before + Duration::days(n))
            .filter(|date| Calendar::china().is_working_day(*date).unwrap())
            .count();
        assert_eq!(counted, days, "{year}");
    }
}

#[test]
fn due_dates() {
    // from, working days → due
    let table = [
        (20250123, 2, 20250126), // the Sunday before 春节 is worked
        (20250127, 1, 20250205),
        (20250127, 3, 20250207),
        (20250127, 4, 20250208), // and the Saturday after it
        (20250425, 1, 20250427),
        (20250430, 2, 20250507),
        (20250930, 1, 20251009),
        (20250930, 3, 20251011),
        (20250930, 5, 20251014),
        (20251231, 1, 20260104), // into the new year, whose first Sunday is worked
        (20260213, 1, 20260214),
        (20260213, 5, 20260227),
        (20260213, 6, 20260228),
        (20260430, 3, 20260508),
        (20260430, 4, 20260509),
        (20260430, 15, 20260525),
        (20260918, 2, 20260921),
        (20260924, 4, 20261008),
        (20260501, 0, 20260501),
        (20260502, 1, 20260506),
        (20261231, 0, 20261231),
    ];
    for (from, n, due) in table {
        let found = Calendar::china().add_working_days(day(from), n).unwrap();
        assert_eq!(found, Due { date: day(due), provisional: false }, "{from} + {n}");
    }
    let next_year = Calendar::china().add_working_days(day(20261231), 1).unwrap();
    assert_eq!(next_year, Due { date: day(20270104), provisional: true });
    let spring = Calendar::china().add_working_days(day(20270204), 1).unwrap();
    assert_eq!(spring, Due { date: day(20270211), provisional: true });
}

#[test]
fn a_missing_year_is_an_error() {
    let china = Calendar::china();
    assert_eq!(china.is_working_day(day(20241231)), Err(MissingYear(2024)));
    assert_eq!(china.is_working_day(day(20280101)), Err(MissingYear(2028)));
    assert_eq!(china.add_working_days(day(20271231), 1), Err(MissingYear(2028)));
    assert_eq!(china.add_working_days(day(20271230), 2), Err(MissingYear(2028)));
    assert!(china.add_working_days(day(20271230), 1).is_ok());
    assert_eq!(china.working_days_between(day(20271201), day(20280103)), Err(MissingYear(2028)));
    assert_eq!(china.working_days_between(day(20280103), day(20271201)), Err(MissingYear(2028)));
    assert_eq!(Calendar::default().is_working_day(day(20260501)), Err(MissingYear(2026)));
    assert_eq!(Calendar::default().add_working_days(Date::MAX, 1), Err(MissingYear(10_000)));
    assert!(MissingYear(2028).to_string().contains("2028"));
}

#[test]
fn days_between() {
    let between = |from, to| Calendar::china().working_days_between(day(from), day(to)).unwrap();
    assert_eq!(between(20260430, 20260430), 0);
    assert_eq!(between(20260430, 20260505), 0);
    assert_eq!(between(20260430, 20260509), 4);
    assert_eq!(between(20260509, 20260430), -4);
}

#[test]
fn files_that_cannot_be_taken() {
    let table = [
        ("year,2026,final,a\noff,2026-05-01,劳动节", "line 2: it must be four parts"),
        ("year,2026,final", "line 1: it must be four parts"),
        ("year,2026,final,", "line 1: the last part is empty"),
        ("year,26,final,a", "line 1: \"26\" isn't a year"),
        ("year,2026,maybe,a", "line 1: a year is final or provisional, not \"maybe\""),
        ("year,2026,final,a\n\n# b\nyear,2026,final,a", "line 4: the year 2026 is there already"),
        (
            "holiday,2026-05-01,2026-05-05,a",
            "line 1: it must begin with year, off or work, not \"holiday\"",
        ),
        ("year,2026,final,a\noff,2026-5-1,2026-05-05,a", "line 2: \"2026-5-1\" isn't a date"),
        ("year,2026,final,a\noff,2026-02-29,2026-03-01,a", "line 2: \"2026-02-29\" isn't a date"),
        (
            "year,2026,final,a\noff,2026-05-05,2026-05-01,a",
            "line 2: 2026-05-01 is before 2026-05-05",
        ),
        (
            "off,2026-05-01,2026-05-05,a",
            "line 1: 2026-05-01 lies in a year that no line above covers",
        ),
        ("year,2026,final,a\noff,2026-12-31,2027-01-01,a", "line 2: 2027-01-01 lies in a year"),
        (
            "year,2026,final,a\noff,2026-05-01,2026-05-05,a\nwork,2026-05-03,2026-05-03,b",
            "line 3: 2026-05-03 is there",
        ),
        ("year,2026,final,a\nwork,2026-05-08,2026-05-08,a", "line 2: 2026-05-08 is no weekend day"),
    ];
    for (file, message) in table {
        let found = Calendar::parse(file).unwrap_err().to_string();
        assert!(found.starts_with(message), "{found}\nnot: {message}");
    }
}

#[test]
fn a_spreadsheets_file_is_taken() {
    let file = "\u{feff}year, 2026, final, 通知,第一号\r\n\r\noff,2026-05-01,2026-05-05,劳动节\r\n";
    let calendar = Calendar::parse(file).unwrap();
    assert_eq!(calendar.year(2026).unwrap().source, "通知,第一号");
    assert_eq!(calendar.is_working_day(day(20260504)), Ok(false));
    assert_eq!(calendar.is_working_day(day(20260506)), Ok(true));
}

fn covered() -> impl Strategy<Value = Date> {
    (0_i64..1095).prop_map(|n| day(20250101) + Duration::days(n))
}

proptest! {
    #[test]
    fn what_is_added_is_found_between(date in covered(), n in 0_u32..300) {
        if let Ok(due) = Calendar::china().add_working_days(date, n) {
            prop_assert_eq!(Calendar::china().working_days_between(date, due.date), Ok(i64::from(n)));
            prop_assert!(n == 0 || Calendar::china().is_working_day(due.date).unwrap());
        }
    }

    #[test]
    fn later_starts_and_more_days_are_never_due_earlier(a in covered(), b in covered(), n in 0_u32..60, more in 0_u32..9) {
        let add = |date, n| Calendar::china().add_working_days(date, n).map(|due| due.date);
        if let (Ok(first), Ok(second), Ok(longer)) = (add(a.min(b), n), add(a.max(b), n), add(a.min(b), n + more)) {
            prop_assert!(first <= second);
            prop_assert!(first <= longer);
        }
    }

    #[test]
    fn between_adds_up(a in covered(), b in covered(), c in covered()) {
        let between = |from, to| Calendar::china().working_days_between(from, to).unwrap();
        prop_assert_eq!(between(a, b) + between(b, c), between(a, c));
    }
}
