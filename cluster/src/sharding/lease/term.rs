//! [`Term`]: until when a node may act, as every call sees it.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Weak};

use consort_protocol::time::Moment;

use super::{Clock, Quorum};
use crate::control::CoordStore;
use crate::planted::Planted;

/// Until when a node may act as an owner. A process that was frozen and wakes sees at its first look that its time is
/// over, before the task that keeps the lease has had its turn.
pub(crate) struct Term {
    clock: Clock,
    /// Who can say that nobody else decides.
    store: Option<Weak<dyn CoordStore>>,
    /// It has a lease that has not ended, whatever the time.
    has_lease: AtomicBool,
    /// Nanoseconds on the clock: as many as 584 years.
    until: AtomicU64,
    quorum: Arc<Quorum>,
}

impl Term {
    /// It may not act yet.
    pub(crate) fn new(clock: Clock) -> Self {
        let (until, quorum) = (AtomicU64::new(0), Arc::new(Quorum::new()));
        Term { clock, store: None, has_lease: AtomicBool::new(false), until, quorum }
    }

    /// The same. Where the node decides alone by this store, time does not end what it may.
    pub(crate) fn granted_by(store: &Arc<dyn CoordStore>, clock: Clock) -> Self {
        Term { store: Some(Arc::downgrade(store)), ..Term::new(clock) }
    }

    /// Whether there is a lease that nobody but the node itself could end.
    pub(crate) fn is_spared(&self) -> bool {
        self.has_lease.load(Ordering::Acquire) && self.decides_alone()
    }

    fn decides_alone(&self) -> bool {
        let store = self.store.as_ref().and_then(Weak::upgrade);
        store.is_some_and(|store| store.decides_alone())
    }

    /// It has a lease, or may have none any more.
    pub(crate) fn set_lease(&self, has_lease: bool) {
        self.has_lease.store(has_lease, Ordering::Release);
    }

    /// It may act until then; not at all, if there is no such moment.
    pub(crate) fn set(&self, until: Option<Moment>) {
        let nanos = until.map_or(0, |until| u64::try_from(until.since_start().as_nanos()).unwrap_or(u64::MAX));
        self.until.store(nanos, Ordering::Release);
    }

    /// Whether it may not act any more.
    #[inline]
    pub(crate) fn is_over(&self) -> bool {
        let is_blind = Planted::LeaseLookedAtSeldom.is_planted();
        let now = if is_blind { 0 } else { self.clock.now().since_start().as_nanos() };
        let is_late = now >= u128::from(self.until.load(Ordering::Acquire));
        is_late && !self.is_spared() && !Planted::LeaseNeverFenced.is_planted()
    }

    /// What it is counted by.
    pub(crate) fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Whether those answer who could prolong it.
    pub(crate) fn quorum(&self) -> &Arc<Quorum> {
        &self.quorum
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    use crate::control::MemoryStore;
    use crate::sharding::tests::way::Way;

    #[tokio::test(start_paused = true)]
    async fn a_term_is_over_at_its_end_whoever_looks() {
        let term = Term::new(Clock::of_the_runtime());
        assert!(term.is_over(), "it has not begun");
        term.set(Some(Moment::after_start(Duration::from_millis(1_500))));
        tokio::time::advance(Duration::from_millis(1_499)).await;
        assert!(!term.is_over());
        tokio::time::advance(Duration::from_millis(1)).await;
        assert!(term.is_over());
    }

    #[tokio::test(start_paused = true)]
    async fn a_lease_that_nobody_else_could_end_is_not_over_however_late_it_is() {
        let way = Way::to(&MemoryStore::new());
        let store: Arc<dyn CoordStore> = Arc::new(way.clone());
        let term = Term::granted_by(&store, Clock::of_the_runtime());
        way.set_alone(true);
        assert!(term.is_over(), "it has no lease");
        term.set_lease(true);
        tokio::time::advance(Duration::from_secs(60)).await;
        assert!(!term.is_over());
        way.set_alone(false);
        assert!(term.is_over());
    }
}
