//! How often somebody may change things, whatever it is.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use app::viewer::Viewer;
use domain::time::Timestamp;
use service::{Error, rate};

use super::Web;

/// Keys that are remembered as refused.
const REFUSED_MAX: usize = 4_096;

/// Keys that the database refused, until their window ends. The count itself lives in the database,
/// where every server sees it; a refusal stands until its window ends on all of them, so a flood
/// needs no write for each of its requests.
#[derive(Debug, Default)]
pub(super) struct Limits(Mutex<HashMap<String, Timestamp>>);

impl Limits {
    /// Counts a change, by person and household or else by address on the network.
    pub(super) async fn take(&self, web: &Web, viewer: &Viewer) -> service::Result<()> {
        let key = match viewer.actor() {
            Some(actor) => format!("person:{}", actor.person),
            None => format!("address:{}", viewer.address),
        };
        if let Some(until) = self.refused_until(&key, viewer.now) {
            return Err(too_often(until.0 - viewer.now.0));
        }
        let taken = match viewer.actor() {
            Some(actor) => {
                let (person, household) = (rate::CHANGE, rate::CHANGE_HOUSEHOLD);
                rate::take_writing(&web.app.hall, actor, person, household).await
            }
            None => rate::take(&web.app.hall, rate::CHANGE, &key).await,
        };
        if let Err(Error::TooOften { retry_after_s, .. }) = &taken {
            // Whichever of the two was used up: until then this one gets no further.
            let ms = i64::try_from(*retry_after_s).unwrap_or(0).saturating_mul(1_000);
            self.refuse(key, viewer.now, viewer.now.plus_ms(ms));
        }
        taken
    }

    fn refused_until(&self, key: &str, now: Timestamp) -> Option<Timestamp> {
        let refused = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        refused.get(key).copied().filter(|until| *until > now)
    }

    fn refuse(&self, key: String, now: Timestamp, until: Timestamp) {
        let mut refused = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if refused.len() >= REFUSED_MAX {
            refused.retain(|_, until| *until > now);
        }
        // Still full: the database answers for those that don't fit.
        if refused.len() < REFUSED_MAX {
            refused.insert(key, until);
        }
    }
}

fn too_often(left_ms: i64) -> Error {
    let retry_after_s = u64::try_from(left_ms / 1_000 + 1).unwrap_or(1);
    Error::TooOften { operation: rate::CHANGE.operation, retry_after_s }
}
