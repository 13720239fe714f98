//! How far the audit chain has come, asked of the database once for all requests that wait.
//!
//! A request is answered with a number that was read after it arrived, so a change that was committed
//! before, on this server or another, is never missed.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use service::db::Db;
use tokio::sync::oneshot;

/// The number of the chain's last entry, or `None` when the database didn't answer.
type Seq = Option<i64>;

/// Asks for the head of the audit chain.
#[derive(Debug)]
pub(super) struct Pulse {
    db: Db,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Whether a task is asking just now.
    asking: bool,
    /// Those who came after it began to ask: the next question is theirs.
    waiting: Vec<oneshot::Sender<Seq>>,
}

impl Pulse {
    pub(super) fn new(db: Db) -> Arc<Self> {
        Arc::new(Self { db, state: Mutex::default() })
    }

    /// How far the chain has come, not earlier than now.
    pub(super) async fn seq(self: &Arc<Self>) -> Seq {
        let (sender, receiver) = oneshot::channel();
        let first = {
            let mut state = self.lock();
            state.waiting.push(sender);
            !std::mem::replace(&mut state.asking, true)
        };
        // In a task of its own: whoever came first may leave before the answer, the others stay.
        if first {
            tokio::spawn(Arc::clone(self).ask());
        }
        receiver.await.ok().flatten()
    }

    async fn ask(self: Arc<Self>) {
        loop {
            let waiting = {
                let mut state = self.lock();
                let waiting = std::mem::take(&mut state.waiting);
                state.asking = !waiting.is_empty();
                waiting
            };
            if waiting.is_empty() {
                return;
            }
            let seq = match service::audit::head(self.db.read()).await {
                Ok(head) => Some(head.seq),
                Err(error) => {
                    tracing::error!(%error, "the audit chain's head can't be read");
                    None
                }
            };
            for sender in waiting {
                // Whoever left needs no answer.
                let _ = sender.send(seq);
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
