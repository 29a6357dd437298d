//! Ends the leases of a memory store when their time is over: [`Expiry`].

use std::sync::{Arc, Weak};
use std::time::Duration;

use consort_protocol::cluster::lease::{Grantor, Verdict};
use consort_protocol::time::Moment;
use parking_lot::Mutex;
use tokio::sync::Notify;
use tokio::time::Instant;

use crate::control::machine::{Command, Replica};
use crate::control::store::LeaseId;

/// When each lease is over. Its task runs from the first lease on, until the store is dropped.
pub(super) struct Expiry {
    running: Mutex<Option<Running>>,
    replica: Weak<Replica>,
    sooner: Arc<Notify>,
}

struct Running {
    grantor: Grantor<LeaseId>,
    start: Instant,
    task: tokio::task::AbortHandle,
}

impl Running {
    fn now(&self) -> Moment {
        Moment::after_start(self.start.elapsed())
    }
}

impl Expiry {
    pub(super) fn new(replica: &Arc<Replica>) -> Self {
        Self { running: Mutex::default(), replica: Arc::downgrade(replica), sooner: Arc::default() }
    }

    pub(super) fn begin(self: &Arc<Self>, lease: LeaseId, ttl: Duration) {
        let mut running = self.running.lock();
        let running = running.get_or_insert_with(|| Running {
            grantor: Grantor::default(),
            start: Instant::now(),
            task: tokio::spawn(run(Arc::downgrade(self), Arc::clone(&self.sooner))).abort_handle(),
        });
        let now = running.now();
        running.grantor.handle_begun(lease, ttl, now);
        self.sooner.notify_one();
    }

    /// `false` if it has ended.
    pub(super) fn renew(&self, lease: LeaseId) -> bool {
        let mut running = self.running.lock();
        let Some(running) = &mut *running else { return false };
        let now = running.now();
        running.grantor.handle_renewal(&lease, now) == Verdict::Granted
    }

    pub(super) fn end(&self, lease: LeaseId) {
        if let Some(running) = &mut *self.running.lock() {
            running.grantor.handle_ended(&lease);
        }
    }

    /// Ends what is over. Returns when to look again.
    fn sweep(&self) -> Option<Instant> {
        let mut running = self.running.lock();
        let running = running.as_mut()?;
        let now = running.now();
        running.grantor.handle_timeout(now);
        let over: Vec<LeaseId> = running.grantor.over().copied().collect();
        for lease in over {
            if let Some(replica) = self.replica.upgrade() {
                replica.apply(Command::End(lease));
            }
            running.grantor.handle_ended(&lease);
        }
        running.grantor.poll_timeout().map(|end| running.start + end.since_start())
    }
}

impl Drop for Expiry {
    fn drop(&mut self) {
        if let Some(running) = self.running.get_mut() {
            running.task.abort();
        }
    }
}

async fn run(expiry: Weak<Expiry>, sooner: Arc<Notify>) {
    loop {
        let Some(next) = expiry.upgrade().map(|expiry| expiry.sweep()) else { return };
        tokio::select! {
            () = sooner.notified() => {}
            () = sleep_until(next) => {}
        }
    }
}

async fn sleep_until(end: Option<Instant>) {
    match end {
        Some(end) => tokio::time::sleep_until(end).await,
        None => std::future::pending().await,
    }
}
