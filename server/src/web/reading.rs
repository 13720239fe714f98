//! How often somebody reads: far beyond what people do, for machines that walk through everything.
//!
//! Softer than the limits of what is written: a count in this server's memory, so that reading never writes a
//! row, and forgotten with it. Pages that are kept for everybody cost nothing and aren't counted.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use app::viewer::Viewer;
use domain::time::Timestamp;
use service::Error;
use service::rate::{self, Limit};

/// Keys that are counted at a time; beyond them nobody new is counted until windows end.
const KEYS_MAX: usize = 65_536;

/// Reads by operation and key.
#[derive(Debug, Default)]
pub(super) struct Reading(Mutex<HashMap<(&'static str, String), Window>>);

#[derive(Debug)]
struct Window {
    /// In Unix milliseconds.
    since: i64,
    count: i64,
}

impl Reading {
    /// Counts a read of `path`, by person and household or else by address on the network.
    ///
    /// The machine itself is not counted: a proxy that doesn't say for whom it asks would stand for everybody.
    pub(super) fn take(&self, viewer: &Viewer, path: &str) -> service::Result<()> {
        if viewer.address.parse().is_ok_and(|address: IpAddr| address.is_loopback()) {
            return Ok(());
        }
        let searches = matches!(path, "/search" | "/proposals/similar");
        let home = viewer.actor().and_then(|actor| actor.home);
        let home = home.map(|home| format!("household:{}", home.household));
        let (one, all) = match viewer.actor() {
            Some(actor) => (format!("person:{}", actor.person), home),
            None => (format!("address:{}", viewer.address), None),
        };
        let nobody = viewer.actor().is_none();
        let reads = if nobody { rate::READ_ADDRESS } else { rate::READ };
        self.count(reads, one.clone(), viewer.now)?;
        if let Some(home) = &all {
            self.count(rate::READ_HOUSEHOLD, home.clone(), viewer.now)?;
        }
        if !searches {
            return Ok(());
        }
        self.count(if nobody { rate::SEARCH_ADDRESS } else { rate::SEARCH }, one, viewer.now)?;
        all.map_or(Ok(()), |home| self.count(rate::SEARCH_HOUSEHOLD, home, viewer.now))
    }

    fn count(&self, limit: Limit, key: String, now: Timestamp) -> service::Result<()> {
        let start = now.0 - now.0.rem_euclid(limit.window_ms);
        let key = (limit.operation, key);
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if counts.len() >= KEYS_MAX && !counts.contains_key(&key) {
            // All windows are of one length.
            counts.retain(|_, window| window.since == start);
            if counts.len() >= KEYS_MAX {
                return Ok(());
            }
        }
        let window = counts.entry(key).or_insert(Window { since: start, count: 0 });
        if window.since != start {
            *window = Window { since: start, count: 0 };
        }
        if window.count >= limit.times {
            let left_ms = start + limit.window_ms - now.0;
            let retry_after_s = u64::try_from(left_ms / 1_000 + 1).unwrap_or(1);
            return Err(Error::TooOften { operation: limit.operation, retry_after_s });
        }
        window.count += 1;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: Limit = Limit { operation: "read", times: 2, window_ms: 1_000 };

    fn count(reading: &Reading, key: &str, at: i64) -> bool {
        reading.count(LIMIT, key.to_owned(), Timestamp(at)).is_ok()
    }

    #[test]
    fn each_key_has_its_number_in_each_window() {
        let reading = Reading::default();
        for (key, at, taken) in [
            ("a", 10, true),
            ("a", 20, true),
            ("a", 999, false),
            ("b", 999, true),
            ("a", 1_000, true),
            ("a", 1_001, true),
            ("a", 1_002, false),
            ("a", 5_000, true),
        ] {
            assert_eq!(count(&reading, key, at), taken, "{key} at {at}");
        }
    }

    #[test]
    fn it_never_grows_beyond_its_room_and_lets_by_whom_it_cannot_count() {
        let reading = Reading::default();
        for n in 0..KEYS_MAX + 10 {
            assert!(count(&reading, &n.to_string(), 10), "{n}");
        }
        for _ in 0..5 {
            assert!(count(&reading, "one too many", 20));
        }
        assert_eq!(reading.0.lock().unwrap().len(), KEYS_MAX);
        assert!(count(&reading, "in the next window", 1_000));
        assert_eq!(reading.0.lock().unwrap().len(), 1);
    }
}
