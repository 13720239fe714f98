//! The time, as use cases are given it.

use std::sync::atomic::{AtomicI64, Ordering};

use domain::time::{DAY_MS, Timestamp};

/// Tells the time.
pub trait Clock: Send + Sync + std::fmt::Debug {
    /// Now.
    fn now(&self) -> Timestamp;
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[allow(clippy::disallowed_methods, reason = "the one place where the machine's clock is read")]
    fn now(&self) -> Timestamp {
        let since =
            std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }
}

/// The machine's clock, whole days ahead: a demo can look at what comes when the time for something
/// is over. Going back is not for this clock: what is due would come undone.
#[derive(Debug, Clone, Copy)]
pub struct ShiftedClock(i64);

impl ShiftedClock {
    /// So many days ahead of the machine's clock.
    #[must_use]
    pub const fn ahead(days: u16) -> Self {
        Self(days as i64 * DAY_MS)
    }
}

impl Clock for ShiftedClock {
    fn now(&self) -> Timestamp {
        SystemClock.now().plus_ms(self.0)
    }
}

/// A clock that is moved by hand: for tests, and for the months behind the demo community.
#[derive(Debug)]
pub struct ManualClock(AtomicI64);

impl ManualClock {
    /// Starts at `at`.
    #[must_use]
    pub const fn at(at: Timestamp) -> Self {
        Self(AtomicI64::new(at.0))
    }

    /// Sets the time.
    pub fn set(&self, at: Timestamp) {
        self.0.store(at.0, Ordering::SeqCst);
    }

    /// Moves on by `ms` milliseconds.
    pub fn advance_ms(&self, ms: i64) {
        self.0.fetch_add(ms, Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::SeqCst))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ahead_by_whole_days() {
        let (before, ahead) = (SystemClock.now(), ShiftedClock::ahead(12).now());
        let after = SystemClock.now();
        assert!((before.plus_days(12)..=after.plus_days(12)).contains(&ahead));
    }
}
