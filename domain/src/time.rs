//! One type for points in time, and the hall's civil day.
//!
//! The law and the noticeboard speak of days in China: one zone, UTC+8, no summer time.

use std::fmt;

use serde::{Deserialize, Serialize};
use time::{Date, OffsetDateTime, Time, UtcOffset};

/// Milliseconds in a day.
pub const DAY_MS: i64 = 86_400_000;
/// Milliseconds in an hour.
pub const HOUR_MS: i64 = 3_600_000;
/// Milliseconds in a minute.
pub const MINUTE_MS: i64 = 60_000;

const CHINA_HOURS: i8 = 8;

/// A point in time: whole milliseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// The point `ms` milliseconds later (earlier when negative).
    #[must_use]
    pub fn plus_ms(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms))
    }

    /// The point `days` times 24 hours later (earlier when negative).
    #[must_use]
    pub fn plus_days(self, days: i64) -> Self {
        self.plus_ms(days.saturating_mul(DAY_MS))
    }

    /// Date and time of day in China. Points beyond the calendar's range are clamped to 1970.
    #[must_use]
    pub fn in_china(self) -> OffsetDateTime {
        let utc = OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.0) * 1_000_000)
            .unwrap_or(OffsetDateTime::UNIX_EPOCH);
        utc.to_offset(china())
    }

    /// The civil day in China.
    #[must_use]
    pub fn local_date(self) -> Date {
        self.in_china().date()
    }

    /// The first millisecond of a civil day in China.
    #[must_use]
    pub fn start_of(date: Date) -> Self {
        let at = date.with_time(Time::MIDNIGHT).assume_offset(china());
        Self(at.unix_timestamp() * 1_000)
    }

    /// The last millisecond of a civil day in China: what is due on a day is in time until then.
    #[must_use]
    pub fn end_of(date: Date) -> Self {
        Self::start_of(date).plus_ms(DAY_MS - 1)
    }
}

impl fmt::Display for Timestamp {
    /// `2026-11-24 21:30` in China's time, for logs and plain texts.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let t = self.in_china();
        write!(
            f,
            "{:04}-{:02}-{:02} {:02}:{:02}",
            t.year(),
            u8::from(t.month()),
            t.day(),
            t.hour(),
            t.minute()
        )
    }
}

fn china() -> UtcOffset {
    UtcOffset::from_hms(CHINA_HOURS, 0, 0).unwrap_or(UtcOffset::UTC)
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;

    #[test]
    fn a_day_in_china_starts_at_16_utc() {
        assert_eq!(Timestamp::start_of(date!(1970 - 01 - 02)).0, 16 * HOUR_MS);
        assert_eq!(Timestamp(16 * HOUR_MS - 1).local_date(), date!(1970 - 01 - 01));
        assert_eq!(Timestamp(16 * HOUR_MS).local_date(), date!(1970 - 01 - 02));
        assert_eq!(Timestamp::end_of(date!(1970 - 01 - 01)).0, 16 * HOUR_MS - 1);
    }

    #[test]
    fn shown_in_chinas_time() {
        assert_eq!(Timestamp(0).to_string(), "1970-01-01 08:00");
    }
}
