//! [`LeaseKeeper`]: renews the node's lease, and says until when it may act as an owner.

use std::sync::Arc;
use std::time::Duration;

use consort_protocol::cluster::lease::{Command, Holder, LeaseConfig, Renewal};
use consort_protocol::time::Moment;
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;

use crate::control::{CoordStore, LeaseError, LeaseId};
use crate::planted::Planted;

/// Whether a node may act as an owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// It may.
    Active,
    /// It may not, for now: its lease could not be renewed.
    Fenced,
    /// It never may again: its lease has ended, and others may have got what it had.
    Over,
}

/// Renews one lease for as long as it lasts.
pub(crate) struct LeaseKeeper {
    store: Arc<dyn CoordStore>,
    lease: LeaseId,
    holder: Holder,
    start: Instant,
    standing: watch::Sender<Standing>,
}

/// What became of a renewal.
type Renewed = (Renewal, Result<(), LeaseError>);

/// Answers that wait: a renewal is asked for twice a second and its answer is worth something for 1.5 seconds.
const ANSWERS: usize = 16;

impl LeaseKeeper {
    /// Keeps a lease that was granted for [`LeaseConfig::let_go_after`].
    pub(crate) fn new(store: Arc<dyn CoordStore>, lease: LeaseId, config: LeaseConfig) -> Self {
        let (start, standing) = (Instant::now(), watch::Sender::new(Standing::Fenced));
        LeaseKeeper { store, lease, holder: Holder::new(config, Moment::after_start(Duration::ZERO)), start, standing }
    }

    /// How the node stands, from now on.
    pub(crate) fn standing(&self) -> watch::Receiver<Standing> {
        self.standing.subscribe()
    }

    /// Renews until the lease has ended.
    pub(crate) async fn run(mut self) {
        let (answers, mut answered) = mpsc::channel(ANSWERS);
        self.holder.handle_timeout(self.now());
        while self.obey(&answers) {
            let due = self.holder.poll_timeout().map(|due| self.start + due.since_start());
            let Some(due) = due else { return };
            tokio::select! {
                () = tokio::time::sleep_until(due) => self.holder.handle_timeout(self.now()),
                Some(renewed) = answered.recv() => self.on_renewed(renewed),
            }
        }
    }

    fn on_renewed(&mut self, (renewal, result): Renewed) {
        match result {
            Ok(()) => self.holder.handle_granted(renewal, self.now()),
            Err(LeaseError::Gone) => self.holder.handle_refused(),
            // nobody said that it has ended: the next renewal may be granted
            Err(_) => {}
        }
    }

    /// Does what the holder says; false once the lease has ended.
    fn obey(&mut self, answers: &mpsc::Sender<Renewed>) -> bool {
        while let Some(command) = self.holder.poll_command() {
            match command {
                Command::Fence | Command::End if Planted::LeaseNeverFenced.is_planted() => {}
                Command::Renew(renewal) => self.renew(renewal, answers.clone()),
                Command::Activate => _ = self.standing.send_replace(Standing::Active),
                Command::Fence => {
                    tracing::warn!("the node's lease could not be renewed: what it owns waits");
                    self.standing.send_replace(Standing::Fenced);
                }
                Command::End => {
                    tracing::error!("the node's lease has ended: others have what it owned");
                    self.standing.send_replace(Standing::Over);
                    return false;
                }
            }
        }
        true
    }

    fn renew(&self, renewal: Renewal, answers: mpsc::Sender<Renewed>) {
        let (store, lease) = (self.store.clone(), self.lease);
        tokio::spawn(async move {
            let renewed = store.renew(lease).await;
            // nobody listens once the lease has ended
            let _ = answers.send((renewal, renewed)).await;
        });
    }

    fn now(&self) -> Moment {
        Moment::after_start(self.start.elapsed())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::control::MemoryStore;

    async fn kept() -> (MemoryStore, LeaseId, watch::Receiver<Standing>) {
        let (store, config) = (MemoryStore::new(), LeaseConfig::default());
        let lease = store.grant(config.let_go_after()).await.unwrap();
        let keeper = LeaseKeeper::new(Arc::new(store.clone()), lease, config);
        let standing = keeper.standing();
        tokio::spawn(keeper.run());
        (store, lease, standing)
    }

    #[tokio::test(start_paused = true)]
    async fn a_node_is_active_for_as_long_as_its_lease_is_renewed() {
        let (_store, _, mut standing) = kept().await;
        standing.wait_for(|standing| *standing == Standing::Active).await.unwrap();
        tokio::time::sleep(Duration::from_secs(60)).await;
        assert!(!standing.has_changed().unwrap());
    }

    #[tokio::test(start_paused = true)]
    async fn a_node_whose_lease_was_ended_is_over() {
        let (store, lease, mut standing) = kept().await;
        standing.wait_for(|standing| *standing == Standing::Active).await.unwrap();
        store.revoke(lease).await.unwrap();
        standing.wait_for(|standing| *standing == Standing::Over).await.unwrap();
    }
}
