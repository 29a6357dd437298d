//! [`LeaseKeeper`]: renews the node's lease, and says until when it may act as an owner.

use std::sync::Arc;
use std::time::Duration;

use consort_protocol::cluster::lease::{Command, Holder, LeaseConfig, Renewal};
use consort_protocol::time::Moment;
use tokio::sync::{mpsc, watch};

use super::Term;
use crate::control::{CoordStore, LeaseError, LeaseId};
use crate::planted::Planted;

/// Whether a node may act as an owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// It may.
    Active,
    /// It may not, for now: its lease could not be renewed.
    Fenced,
    /// It may not any more: its lease has ended, and others may have got what it had. It needs another lease.
    Over,
}

/// Renews one lease for as long as it lasts.
pub(crate) struct LeaseKeeper {
    store: Arc<dyn CoordStore>,
    lease: LeaseId,
    holder: Holder,
    term: Arc<Term>,
    standing: watch::Sender<Standing>,
}

/// What became of a renewal.
type Renewed = (Renewal, Result<(), LeaseError>);

/// Answers that wait: a renewal is asked for twice a second and its answer is worth something for 1.5 seconds.
const ANSWERS: usize = 16;

/// The clock is looked at so often. Timers stand while the machine is suspended, and the clock does not: by so much at
/// most a node that wakes acts before it knows that it slept.
const LOOK: Duration = Duration::from_millis(50);

impl LeaseKeeper {
    /// Keeps a lease that was granted for [`LeaseConfig::let_go_after`].
    pub(crate) fn new(store: Arc<dyn CoordStore>, lease: LeaseId, config: LeaseConfig, term: Arc<Term>) -> Self {
        let (holder, standing) = (Holder::new(config, term.clock().now()), watch::Sender::new(Standing::Fenced));
        store.keep(lease);
        LeaseKeeper { store, lease, holder, term, standing }
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
            let Some(due) = self.holder.poll_timeout() else { return };
            let wait = due.since(self.now()).min(LOOK);
            tokio::select! {
                () = tokio::time::sleep(wait) => self.holder.handle_timeout(self.now()),
                Some(renewed) = answered.recv() => self.on_renewed(renewed),
            }
        }
    }

    fn on_renewed(&mut self, (renewal, result): Renewed) {
        let quorum = self.term.quorum();
        match result {
            Ok(()) => {
                quorum.hear();
                self.holder.handle_granted(renewal, self.now());
            }
            Err(LeaseError::Gone) => {
                quorum.hear();
                self.holder.handle_refused();
            }
            // nobody said that it has ended: the next renewal may be granted
            Err(LeaseError::NoQuorum) => quorum.miss(),
            Err(_) => {}
        }
    }

    /// Does what the holder says; false once the lease has ended.
    fn obey(&mut self, answers: &mpsc::Sender<Renewed>) -> bool {
        self.term.set(self.holder.active_until());
        while let Some(command) = self.holder.poll_command() {
            match command {
                Command::End if Planted::LeaseNeverFenced.is_planted() => {}
                Command::Renew(renewal) => self.renew(renewal, answers.clone()),
                Command::Activate => self.stand(Standing::Active),
                // whether it has to is seen below, however long ago this was said
                Command::Fence => {}
                Command::End => {
                    self.stand(Standing::Over);
                    return false;
                }
            }
        }
        if self.has_to_stop() {
            tracing::warn!("the node's lease could not be renewed: what it owns waits");
            self.term.quorum().miss();
            self.stand(Standing::Fenced);
        }
        true
    }

    /// Not as long as nobody else can have got what it owns.
    fn has_to_stop(&self) -> bool {
        let is_active = *self.standing.borrow() == Standing::Active;
        let is_late = self.holder.active_until().is_none();
        is_active && is_late && !self.term.is_spared() && !Planted::LeaseNeverFenced.is_planted()
    }

    fn stand(&self, standing: Standing) {
        self.term.set_lease(standing == Standing::Active);
        self.standing.send_replace(standing);
    }

    fn now(&self) -> Moment {
        self.term.clock().now()
    }

    fn renew(&self, renewal: Renewal, answers: mpsc::Sender<Renewed>) {
        let (store, lease) = (self.store.clone(), self.lease);
        tokio::spawn(async move {
            let renewed = store.renew(lease).await;
            // nobody listens once the lease has ended
            let _ = answers.send((renewal, renewed)).await;
        });
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::super::Clock;
    use super::*;
    use crate::control::MemoryStore;
    use crate::sharding::tests::way::Way;

    async fn kept_by(clock: Clock) -> (Way, LeaseId, watch::Receiver<Standing>) {
        let (store, config) = (Way::to(&MemoryStore::new()), LeaseConfig::default());
        let lease = store.grant(config.let_go_after()).await.unwrap();
        let way: Arc<dyn CoordStore> = Arc::new(store.clone());
        let term = Term::granted_by(&way, clock);
        let keeper = LeaseKeeper::new(way, lease, config, Arc::new(term));
        let mut standing = keeper.standing();
        tokio::spawn(keeper.run());
        standing.wait_for(|standing| *standing == Standing::Active).await.unwrap();
        (store, lease, standing)
    }

    async fn until(standing: &mut watch::Receiver<Standing>, wanted: Standing) {
        standing.wait_for(|standing| *standing == wanted).await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn a_node_is_active_for_as_long_as_its_lease_is_renewed() {
        let (_store, _, standing) = kept_by(Clock::of_the_runtime()).await;
        tokio::time::sleep(Duration::from_secs(60)).await;
        assert!(!standing.has_changed().unwrap());
    }

    #[tokio::test(start_paused = true)]
    async fn a_node_whose_lease_was_ended_is_over() {
        let (store, lease, mut standing) = kept_by(Clock::of_the_runtime()).await;
        store.revoke(lease).await.unwrap();
        until(&mut standing, Standing::Over).await;
    }

    #[tokio::test(start_paused = true)]
    async fn a_node_that_decides_alone_acts_on_until_it_does_not_any_more() {
        let (way, _, mut standing) = kept_by(Clock::of_the_runtime()).await;
        way.set_alone(true);
        way.cut();
        tokio::time::sleep(Duration::from_secs(4)).await;
        assert_eq!(*standing.borrow(), Standing::Active);
        let start = tokio::time::Instant::now();
        way.set_alone(false);
        until(&mut standing, Standing::Fenced).await;
        assert!(start.elapsed() <= LOOK, "{:?}", start.elapsed());
        way.set_alone(true);
        tokio::time::sleep(LOOK * 2).await;
        assert_eq!(*standing.borrow(), Standing::Fenced, "others have decided since");
    }

    #[tokio::test(start_paused = true)]
    async fn a_lease_counts_the_time_that_the_machine_slept_though_no_timer_does() {
        let slept = Arc::new(AtomicU64::new(0));
        let start = tokio::time::Instant::now();
        let read = {
            let slept = slept.clone();
            move || start.elapsed() + Duration::from_millis(slept.load(Ordering::Relaxed))
        };
        let (way, _, mut standing) = kept_by(Clock::reading(read)).await;
        way.cut(); // it would be active again before anybody saw that it was not
        let wakes = tokio::time::Instant::now();
        slept.store(1_500, Ordering::Relaxed);
        until(&mut standing, Standing::Fenced).await;
        assert!(wakes.elapsed() <= LOOK, "{:?}", wakes.elapsed());
        way.mend();
        until(&mut standing, Standing::Active).await;
    }
}
