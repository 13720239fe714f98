//! What the server does by itself: sends mail, and moves on what the clock moves.

use std::time::Duration;

use service::Hall;
use service::jobs::run_due;
use service::lease::{lease_give_back, lease_take};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval};

use crate::mail::{PostOffice, deliver};

/// How often the outbox is looked at.
const MAIL_EVERY: Duration = Duration::from_secs(2);
/// How often the clock's own work is looked for.
const DUE_EVERY: Duration = Duration::from_secs(20);
/// The lease under which one server at a time does it.
const DUE_LEASE: &str = "due";
/// It outlives a round, and a server that died by a minute.
const DUE_LEASE_MS: i64 = 60_000;

/// The running jobs.
#[derive(Debug)]
pub struct Jobs {
    stop: watch::Sender<bool>,
    tasks: JoinSet<()>,
}

/// Starts the jobs: both look at once, and what fell due while no server ran is caught up.
#[must_use]
pub fn spawn(hall: &Hall, post: PostOffice) -> Jobs {
    let (stop, stopped) = watch::channel(false);
    let mut tasks = JoinSet::new();
    tasks.spawn(send_mail(hall.clone(), post, stopped.clone()));
    tasks.spawn(do_due(hall.clone(), stopped));
    Jobs { stop, tasks }
}

impl Jobs {
    /// Lets each job end what it is at, and waits for it.
    pub async fn stop(mut self) {
        self.stop.send_replace(true);
        while self.tasks.join_next().await.is_some() {}
    }
}

async fn send_mail(hall: Hall, post: PostOffice, mut stop: watch::Receiver<bool>) {
    let mut tick = every(MAIL_EVERY);
    while next(&mut tick, &mut stop).await {
        if let Err(error) = deliver(&hall, &post, &stop).await {
            tracing::error!(%error, "the outbox could not be worked off; trying again");
        }
    }
}

async fn do_due(hall: Hall, mut stop: watch::Receiver<bool>) {
    let holder = hex::encode(hall.dice.bytes16());
    let mut tick = every(DUE_EVERY);
    while next(&mut tick, &mut stop).await {
        match do_due_once(&hall, &holder).await {
            Ok(0) => {}
            Ok(moved) => tracing::info!(moved, "the clock moved matters on"),
            Err(error) => tracing::error!(%error, "what is due could not be done; trying again"),
        }
    }
    if let Err(error) = lease_give_back(&hall, DUE_LEASE, &holder).await {
        tracing::warn!(%error, "a lease was not given back; it runs out by itself");
    }
}

/// One round, unless another server holds the lease.
async fn do_due_once(hall: &Hall, holder: &str) -> service::Result<usize> {
    if lease_take(hall, DUE_LEASE, holder, DUE_LEASE_MS).await? {
        run_due(hall).await
    } else {
        Ok(0)
    }
}

fn every(period: Duration) -> tokio::time::Interval {
    let mut tick = interval(period);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    tick
}

/// Waits for the next tick; `false` when the jobs are to stop.
async fn next(tick: &mut tokio::time::Interval, stop: &mut watch::Receiver<bool>) -> bool {
    tokio::select! {
        biased;
        _ = stop.wait_for(|stop| *stop) => false,
        _ = tick.tick() => true,
    }
}
