//! Clocks: when the next act on a matter is due.

use crate::calendar::{Calendar, MissingYear};
use crate::proposal::{State, Verdict};
use crate::settings::CommunitySettings;
use crate::time::Timestamp;

/// The last moment at which an act is in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadline {
    /// The end of the due day in China, or the exact moment where one was named.
    pub at: Timestamp,
    /// Whether it leans on a year whose holidays are known from the statute alone, so that it can
    /// still move when the State Council's notice comes.
    pub provisional: bool,
}

impl Deadline {
    /// A deadline that no calendar can move.
    #[must_use]
    pub const fn exact(at: Timestamp) -> Self {
        Self { at, provisional: false }
    }

    /// The end of the `days`-th working day after the day of `from`.
    ///
    /// # Errors
    /// [`MissingYear`] when the calendar doesn't know a year on the way.
    pub fn working_days(
        calendar: &Calendar,
        from: Timestamp,
        days: u32,
    ) -> Result<Self, MissingYear> {
        let due = calendar.add_working_days(from.local_date(), days)?;
        Ok(Self { at: Timestamp::end_of(due.date), provisional: due.provisional })
    }

    /// The end of the `days`-th calendar day after the day of `from`.
    #[must_use]
    pub fn calendar_days(from: Timestamp, days: u32) -> Self {
        Self::exact(Timestamp::end_of(from.plus_days(i64::from(days)).local_date()))
    }
}

/// When a matter that came into `state` at `since` must move on; `None` where nobody owes anything.
///
/// A ballot's own closing time is known to the ballot, not here. `calendar` is the nation's; the
/// community's own days come from its settings.
///
/// # Errors
/// [`MissingYear`] when the calendar doesn't know a year on the way.
pub fn due(
    state: &State,
    since: Timestamp,
    settings: &CommunitySettings,
    calendar: &Calendar,
) -> Result<Option<Deadline>, MissingYear> {
    let calendar = settings.calendar(calendar);
    let working = |days| Deadline::working_days(&calendar, since, days).map(Some);
    match state {
        State::Submitted => working(settings.first_check_days),
        State::Cosigning { until, .. } => Ok(Some(Deadline::exact(*until))),
        State::Accepted { .. } => working(settings.answer_days),
        State::Deliberating => Ok(Some(Deadline::calendar_days(since, settings.session_days))),
        State::Decided { verdict: Verdict::NotAdopted, .. } => {
            Ok(Some(Deadline::calendar_days(since, settings.notice_days)))
        }
        State::Decided { .. } => working(settings.referral_days),
        State::InProgress { .. } => working(settings.work_days),
        State::Suspended { review_on, .. } => {
            Ok(Some(Deadline::exact(Timestamp::end_of(*review_on))))
        }
        State::Completed { .. } => Ok(Some(Deadline::calendar_days(since, settings.review_days))),
        State::Reviewed { .. } => Ok(Some(Deadline::calendar_days(since, settings.notice_days))),
        State::Draft
        | State::Returned
        | State::NotAccepted { .. }
        | State::Merged { .. }
        | State::Withdrawn
        | State::Balloting { .. }
        | State::Archived => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use time::macros::{date, datetime};

    use super::*;
    use crate::proposal::DecidedBy;
    use crate::route::Route;

    /// Friday 2026-09-18 16:00 in China; the Sunday after it is a make-up working day, the 25th
    /// to the 27th are Mid-Autumn, and October's first week is off.
    fn friday() -> Timestamp {
        Timestamp(datetime!(2026-09-18 08:00 UTC).unix_timestamp() * 1000)
    }

    #[test]
    fn each_state_has_its_clock() {
        let settings = CommunitySettings::default();
        let calendar = Calendar::china();
        let route = Route::Committee;
        let table = [
            (State::Draft, None),
            (State::Submitted, Some(date!(2026 - 09 - 21))),
            (
                State::Cosigning { needed: 3, until: Timestamp::end_of(date!(2026 - 10 - 18)) },
                Some(date!(2026 - 10 - 18)),
            ),
            (State::Accepted { threshold_met: true }, Some(date!(2026 - 09 - 24))),
            (State::Deliberating, Some(date!(2026 - 10 - 18))),
            (
                State::Decided { verdict: Verdict::Adopted, by: DecidedBy::Ballot },
                Some(date!(2026 - 09 - 24)),
            ),
            (
                State::Decided { verdict: Verdict::NotAdopted, by: DecidedBy::Committee },
                Some(date!(2026 - 10 - 03)),
            ),
            (State::InProgress { route }, Some(date!(2026 - 10 - 15))),
            (
                State::Suspended { route, review_on: date!(2026 - 12 - 17) },
                Some(date!(2026 - 12 - 17)),
            ),
            (State::Completed { route }, Some(date!(2026 - 10 - 03))),
            (State::Archived, None),
        ];
        for (state, expected) in table {
            let deadline = due(&state, friday(), &settings, calendar).unwrap();
            assert_eq!(deadline.map(|d| d.at.local_date()), expected, "{state:?}");
            assert!(deadline.is_none_or(|d| !d.provisional), "{state:?}");
        }
    }

    #[test]
    fn a_communitys_own_days_move_what_is_due() {
        let own = |off: &[&str], on: &[&str]| {
            let text = |days: &[&str]| days.iter().map(|day| (*day).to_owned()).collect();
            let settings = CommunitySettings {
                days_off: text(off),
                days_on: text(on),
                ..CommunitySettings::default()
            };
            let due = due(&State::Submitted, friday(), &settings, Calendar::china()).unwrap();
            due.unwrap().at.local_date()
        };
        // The first check has two working days: Sunday the 20th, which is worked, and Monday.
        assert_eq!(own(&[], &[]), date!(2026 - 09 - 21));
        assert_eq!(own(&["2026-09-21"], &[]), date!(2026 - 09 - 22));
        assert_eq!(own(&["2026-09-20", "2026-09-21"], &[]), date!(2026 - 09 - 23));
        assert_eq!(own(&[], &["2026-09-19"]), date!(2026 - 09 - 20));
        assert_eq!(own(&["2026-09-20"], &["2026-09-19"]), date!(2026 - 09 - 21));
    }

    #[test]
    fn a_year_known_from_the_statute_alone_is_said() {
        let late = Timestamp(datetime!(2026-12-29 02:00 UTC).unix_timestamp() * 1000);
        let deadline =
            due(&State::Submitted, late, &CommunitySettings::default(), Calendar::china()).unwrap();
        assert!(!deadline.unwrap().provisional);
        let working = Deadline::working_days(Calendar::china(), late, 5).unwrap();
        assert!(working.provisional);
    }
}
