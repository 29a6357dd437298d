//! [`Term`]: until when a node may act, as every call sees it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use consort_protocol::time::Moment;

use super::{Clock, Quorum};
use crate::planted::Planted;

/// Until when a node may act as an owner. A process that was frozen and wakes sees at its first look that its time is
/// over, before the task that keeps the lease has had its turn.
pub(crate) struct Term {
    clock: Clock,
    /// Nanoseconds on the clock: as many as 584 years.
    until: AtomicU64,
    quorum: Arc<Quorum>,
}

impl Term {
    /// It may not act yet.
    pub(crate) fn new(clock: Clock) -> Self {
        Term { clock, until: AtomicU64::new(0), quorum: Arc::new(Quorum::new()) }
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
        now >= u128::from(self.until.load(Ordering::Acquire)) && !Planted::LeaseNeverFenced.is_planted()
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
}
