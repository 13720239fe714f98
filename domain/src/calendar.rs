//! Working days of the Chinese calendar: weekends, holidays and 调休 (weekend days worked instead).
//!
//! Dates are days in Asia/Shanghai (UTC+8 all year). What is due on a date is due at the end of that day. A year that
//! the calendar doesn't cover is an error, never guessed.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use time::{Date, Month, Weekday};

const CHINA: &str = include_str!("../data/calendar-cn.csv");

static CHINA_CALENDAR: LazyLock<Calendar> = LazyLock::new(|| {
    // The file is part of the program and a test parses it; were it broken, an empty calendar refuses every date.
    Calendar::parse(CHINA).unwrap_or_default()
});

/// The days off and the weekend days worked of the years that it covers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Calendar {
    years: BTreeMap<i32, Year>,
    days: BTreeMap<Date, Exception>,
}

/// What is known of a year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Year {
    /// Whether only the statute's days are known, so that the year's notice may still move some.
    pub provisional: bool,
    /// The notice or statute that the days come from.
    pub source: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Exception {
    working: bool,
    name: String,
}

/// A year that the calendar doesn't cover.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "the working-day calendar doesn't cover the year {0}: add its notice of holidays to the calendar file"
)]
pub struct MissingYear(pub i32);

/// The day on which something is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    /// The last day, in Asia/Shanghai; it ends at midnight.
    pub date: Date,
    /// Whether a year on the way is provisional, so that the date may still move.
    pub provisional: bool,
}

/// A line of a calendar file that can't be taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {problem}")]
pub struct CalendarError {
    /// The line's number, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub problem: Problem,
}

/// What is wrong with a line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// Not four parts.
    #[error(
        "it must be four parts with commas between them, such as off,2026-05-01,2026-05-05,劳动节"
    )]
    NotFourParts,
    /// Begins with something else than `year`, `off` or `work`.
    #[error("it must begin with year, off or work, not {0:?}")]
    UnknownWord(String),
    /// Not a year.
    #[error("{0:?} isn't a year such as 2026")]
    NotAYear(String),
    /// Neither `final` nor `provisional`.
    #[error("a year is final or provisional, not {0:?}")]
    NotAStatus(String),
    /// The same year twice.
    #[error("the year {0} is there already")]
    YearTwice(i32),
    /// A year without its source, or a day without its name.
    #[error("the last part is empty: say the source of a year and the name of a day")]
    NoName,
    /// Not a date.
    #[error("{0:?} isn't a date such as 2026-05-01")]
    NotADate(String),
    /// The range ends before it begins.
    #[error("{to} is before {from}")]
    Backwards {
        /// The first day.
        from: Date,
        /// The last day.
        to: Date,
    },
    /// A day of a year that no line before this one covers.
    #[error("{0} lies in a year that no line above covers: begin with year,{year},…", year = .0.year())]
    YearNotCovered(Date),
    /// The same day twice.
    #[error("{0} is there already")]
    DayTwice(Date),
    /// A day from Monday to Friday needs no line to be worked.
    #[error("{0} is no weekend day, so it is worked anyway: is the date right?")]
    NotAWeekend(Date),
}

impl Calendar {
    /// China's calendar as the program carries it.
    #[must_use]
    pub fn china() -> &'static Self {
        &CHINA_CALENDAR
    }

    /// Reads a calendar file: lines of four parts, `year,2026,final|provisional,SOURCE`, `off,FROM,TO,NAME` and
    /// `work,FROM,TO,NAME`; dates as 2026-05-01, both ends included; `#` begins a comment line.
    ///
    /// # Errors
    /// At the first line that can't be taken.
    pub fn parse(text: &str) -> Result<Self, CalendarError> {
        let mut calendar = Self::default();
        // Spreadsheets put a byte order mark before a CSV file's text.
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        for (index, line) in text.lines().enumerate() {
            let line = line.trim();
            if !line.is_empty() && !line.starts_with('#') {
                calendar
                    .take_line(line)
                    .map_err(|problem| CalendarError { line: index + 1, problem })?;
            }
        }
        Ok(calendar)
    }

    fn take_line(&mut self, line: &str) -> Result<(), Problem> {
        let mut parts = line.splitn(4, ',').map(str::trim);
        let (Some(word), Some(second), Some(third), Some(name)) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(Problem::NotFourParts);
        };
        if name.is_empty() {
            return Err(Problem::NoName);
        }
        match word {
            "year" => self.take_year(second, third, name),
            "off" | "work" => {
                self.take_days(word == "work", parse_date(second)?, parse_date(third)?, name)
            }
            other => Err(Problem::UnknownWord(other.to_owned())),
        }
    }

    fn take_year(&mut self, year: &str, status: &str, source: &str) -> Result<(), Problem> {
        let number: i32 = digits(year, 4).ok_or_else(|| Problem::NotAYear(year.to_owned()))?;
        let provisional = match status {
            "final" => false,
            "provisional" => true,
            other => return Err(Problem::NotAStatus(other.to_owned())),
        };
        if self.years.contains_key(&number) {
            return Err(Problem::YearTwice(number));
        }
        self.years.insert(number, Year { provisional, source: source.to_owned() });
        Ok(())
    }

    fn take_days(
        &mut self,
        working: bool,
        from: Date,
        to: Date,
        name: &str,
    ) -> Result<(), Problem> {
        if to < from {
            return Err(Problem::Backwards { from, to });
        }
        let mut next = Some(from);
        while let Some(date) = next.filter(|date| *date <= to) {
            if !self.years.contains_key(&date.year()) {
                return Err(Problem::YearNotCovered(date));
            }
            if working && !is_weekend(date) {
                return Err(Problem::NotAWeekend(date));
            }
            if self.days.insert(date, Exception { working, name: name.to_owned() }).is_some() {
                return Err(Problem::DayTwice(date));
            }
            next = date.next_day();
        }
        Ok(())
    }

    /// The same with a community's own days: those on which it rests, and those on which it works
    /// although the nation rests. Which years are covered stays as it was.
    #[must_use]
    pub fn with_own(&self, off: &[Date], on: &[Date]) -> Self {
        let mut own = self.clone();
        for (days, working) in [(off, false), (on, true)] {
            for date in days {
                own.days.insert(*date, Exception { working, name: String::new() });
            }
        }
        own
    }

    /// What is known of `year`, if the calendar covers it.
    #[must_use]
    pub fn year(&self, year: i32) -> Option<&Year> {
        self.years.get(&year)
    }

    /// The years that the calendar covers, earliest first.
    pub fn years(&self) -> impl Iterator<Item = (i32, &Year)> {
        self.years.iter().map(|(number, year)| (*number, year))
    }

    /// The name of the holiday or 调休 on `date`, if it is one; a community's own days have none.
    #[must_use]
    pub fn name(&self, date: Date) -> Option<&str> {
        self.days.get(&date).map(|day| day.name.as_str()).filter(|name| !name.is_empty())
    }

    /// Whether `date` is worked.
    ///
    /// # Errors
    /// When its year isn't covered.
    pub fn is_working_day(&self, date: Date) -> Result<bool, MissingYear> {
        self.covered(date)?;
        Ok(self.days.get(&date).map_or(!is_weekend(date), |day| day.working))
    }

    /// The `n`th working day after `date`, which itself doesn't count; with `n` 0 it is `date`.
    ///
    /// # Errors
    /// When a day that would have to be looked at lies in a year that isn't covered.
    pub fn add_working_days(&self, date: Date, n: u32) -> Result<Due, MissingYear> {
        let mut due = Due { date, provisional: false };
        let mut left = n;
        while left > 0 {
            // The calendar type's last day is that of the year 9999.
            due.date = due.date.next_day().ok_or(MissingYear(due.date.year() + 1))?;
            due.provisional |= self.covered(due.date)?.provisional;
            if self.is_working_day(due.date)? {
                left -= 1;
            }
        }
        Ok(due)
    }

    /// How many working days lie after `from` up to and with `to`; negative when `to` is the earlier one. What is
    /// added by [`Self::add_working_days`] is found here again.
    ///
    /// # Errors
    /// When a day in between lies in a year that isn't covered.
    pub fn working_days_between(&self, from: Date, to: Date) -> Result<i64, MissingYear> {
        let (first, last, sign) = if from <= to { (from, to, 1) } else { (to, from, -1) };
        let mut days = 0;
        let mut next = first.next_day();
        while let Some(date) = next.filter(|date| *date <= last) {
            days += i64::from(self.is_working_day(date)?);
            next = date.next_day();
        }
        Ok(sign * days)
    }

    fn covered(&self, date: Date) -> Result<&Year, MissingYear> {
        self.years.get(&date.year()).ok_or(MissingYear(date.year()))
    }
}

fn is_weekend(date: Date) -> bool {
    matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday)
}

/// Reads a day as `2026-05-01`.
pub(crate) fn parse_date(text: &str) -> Result<Date, Problem> {
    let parsed = || {
        let (year, rest) = text.split_once('-')?;
        let (month, day) = rest.split_once('-')?;
        let month: u8 = digits(month, 2)?;
        Date::from_calendar_date(digits(year, 4)?, Month::try_from(month).ok()?, digits(day, 2)?)
            .ok()
    };
    parsed().ok_or_else(|| Problem::NotADate(text.to_owned()))
}

/// A number of exactly `width` ASCII digits.
fn digits<N: std::str::FromStr>(text: &str, width: usize) -> Option<N> {
    (text.len() == width && text.bytes().all(|byte| byte.is_ascii_digit()))
        .then(|| text.parse().ok())
        .flatten()
}
