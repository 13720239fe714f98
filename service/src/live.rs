//! Who has a matter's page open hears that something was said, from whichever server it came.
//!
//! Each server asks the database every two seconds for the matters that somebody looks at on it, with one
//! statement for all of them: what is told is always what the database holds, and servers needn't know
//! each other. Nothing is asked while nobody looks.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use domain::ids::CommunityId;
use domain::role::Actor;
use entities::proposal;
use futures::Stream;
use futures::stream::unfold;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use tokio::sync::watch;

use crate::db::Db;
use crate::error::Result;
use crate::hall::Hall;
use crate::matter;
use crate::views::matter::readable;

/// How often a server asks.
const PAUSE: Duration = Duration::from_secs(2);

/// The matters that somebody looks at, on this server.
#[derive(Debug, Clone, Default)]
pub struct Live(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// By the matter's row: how many posts are shown under it.
    watched: HashMap<i64, watch::Sender<i64>>,
    /// Whether a task asks just now.
    asking: bool,
    /// Whether the server stops: nobody is let in any more.
    closed: bool,
}

impl Live {
    /// Ends every stream, so that a server that stops needn't wait for those who look.
    pub fn close(&self) {
        let mut state = self.lock();
        state.closed = true;
        state.watched.clear();
    }

    /// How many matters somebody looks at.
    #[must_use]
    pub fn watched(&self) -> usize {
        self.lock().watched.values().filter(|sender| sender.receiver_count() > 0).count()
    }

    fn watch(&self, db: &Db, id: i64, posts: i64) -> Option<watch::Receiver<i64>> {
        let mut state = self.lock();
        if state.closed {
            return None;
        }
        let sender = state.watched.entry(id).or_insert_with(|| watch::channel(posts).0);
        // Whoever comes brings what they have just read: nobody waits for the next look.
        tell(sender, posts);
        let receiver = sender.subscribe();
        if !std::mem::replace(&mut state.asking, true) {
            tokio::spawn(self.clone().ask(db.clone()));
        }
        Some(receiver)
    }

    async fn ask(self, db: Db) {
        loop {
            tokio::time::sleep(PAUSE).await;
            let ids: Vec<i64> = {
                let mut state = self.lock();
                state.watched.retain(|_, sender| sender.receiver_count() > 0);
                state.asking = !state.watched.is_empty();
                state.watched.keys().copied().collect()
            };
            if ids.is_empty() {
                return;
            }
            let found = proposal::Entity::find()
                .select_only()
                .column(proposal::Column::Id)
                .column(proposal::Column::Posts)
                .filter(proposal::Column::Id.is_in(ids))
                .into_tuple::<(i64, i64)>()
                .all(db.read())
                .await;
            match found {
                Ok(found) => {
                    let state = self.lock();
                    for (id, posts) in found {
                        if let Some(sender) = state.watched.get(&id) {
                            tell(sender, posts);
                        }
                    }
                }
                Err(error) => tracing::warn!(%error, "what is new in the talk can't be asked"),
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Wakes those who look, when the number is another one.
fn tell(sender: &watch::Sender<i64>, posts: i64) {
    sender.send_if_modified(|old| std::mem::replace(old, posts) != posts);
}

/// How many posts are shown under a matter: now, and then each time when that changes. It ends when the
/// server stops.
///
/// # Errors
/// [`crate::Error::NotFound`] when the matter isn't there for this person.
pub async fn talk_live(
    hall: &Hall,
    community: CommunityId,
    actor: Option<&Actor>,
    number: i64,
) -> Result<impl Stream<Item = i64> + Send + use<>> {
    let row = matter::by_number(hall.db.read(), community, number).await?;
    let target = matter::target(hall.db.read(), &row, actor).await?;
    readable(&row, actor, &target)?;
    let first = hall.live.watch(&hall.db, row.id, row.posts).map(|receiver| (receiver, true));
    Ok(unfold(first, |state| async move {
        let (mut receiver, first) = state?;
        if !first {
            receiver.changed().await.ok()?;
        }
        let posts = *receiver.borrow_and_update();
        Some((posts, Some((receiver, false))))
    }))
}
