//! How far a running import is: in this process alone, for the page that shows it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use domain::ids::RollImportId;

/// Rows done, of how many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Done {
    /// Rows done.
    pub rows: u64,
    /// Rows in all.
    pub total: u64,
}

/// The imports that run in this process.
#[derive(Debug, Clone, Default)]
pub struct Progress(Arc<Mutex<HashMap<i64, Done>>>);

impl Progress {
    /// How far an import is; `None` when it doesn't run in this process.
    #[must_use]
    pub fn of(&self, id: RollImportId) -> Option<Done> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&id.0).copied()
    }

    /// Notes the beginning.
    pub(super) fn begin(&self, id: RollImportId, total: u64) -> Running {
        self.set(id, Done { rows: 0, total });
        Running { progress: self.clone(), id }
    }

    fn set(&self, id: RollImportId, done: Done) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(id.0, done);
    }
}

/// A running import; what it noted goes when this does.
#[derive(Debug)]
pub(super) struct Running {
    progress: Progress,
    id: RollImportId,
}

impl Running {
    /// Notes rows that are done.
    pub(super) fn add(&self, rows: usize) {
        let mut done = self.progress.of(self.id).unwrap_or_default();
        done.rows = (done.rows + rows as u64).min(done.total);
        self.progress.set(self.id, done);
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.progress.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.id.0);
    }
}
