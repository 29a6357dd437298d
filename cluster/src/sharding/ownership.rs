//! [`Ownership`]: which slots this node owns, as every call sees it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use consort_protocol::cluster::slots::{Epoch, SLOTS, Slot};
use tokio::sync::watch;

use super::lease::{Quorum, Term};

/// The slots whose actors may run here, each with the epoch since when.
///
/// A look is one read of an array, and of the clock if the slot is owned. Whoever opens and closes slots does so from one
/// task; the look needs no more than that a slot is closed before anybody else can have been given it.
pub(crate) struct Ownership {
    /// 0 is closed.
    since: Box<[AtomicU64]>,
    /// The last epoch of each, for what has not ended yet.
    last: Box<[AtomicU64]>,
    /// None is after its end.
    term: Arc<Term>,
    /// Counts what was opened and closed, for who waits.
    changes: watch::Sender<u64>,
}

impl Ownership {
    /// Nothing is owned.
    pub(crate) fn none(term: Arc<Term>) -> Self {
        let zeroes = || (0..SLOTS).map(|_| AtomicU64::new(0)).collect();
        Ownership { since: zeroes(), last: zeroes(), term, changes: watch::Sender::new(0) }
    }

    /// Since when the slot's actors run here; `None` if they do not, or the node's lease is over.
    #[inline]
    pub(crate) fn since(&self, slot: Slot) -> Option<Epoch> {
        match self.since[usize::from(slot.number())].load(Ordering::Acquire) {
            0 => None,
            _ if self.term.is_over() => None,
            epoch => Some(Epoch(epoch)),
        }
    }

    /// The epoch under which the slot's actors run here, or last did; 0 if they never have.
    pub(crate) fn last(&self, slot: Slot) -> Epoch {
        Epoch(self.last[usize::from(slot.number())].load(Ordering::Acquire))
    }

    /// The slots may run here from now on. An epoch of a table that was decided is never 0.
    pub(crate) fn open(&self, slots: impl IntoIterator<Item = (Slot, Epoch)>) {
        let count = slots.into_iter().map(|(slot, epoch)| self.set(slot, epoch.0)).count();
        self.tell(count);
    }

    /// The slots are this node's under these epochs, and leave: some of them were never opened.
    pub(crate) fn pass(&self, slots: &BTreeMap<Slot, Epoch>) {
        slots.iter().for_each(|(slot, epoch)| self.last[usize::from(slot.number())].store(epoch.0, Ordering::Release));
    }

    /// The slots run here no more.
    pub(crate) fn close(&self, slots: impl IntoIterator<Item = Slot>) {
        let count = slots.into_iter().map(|slot| self.set(slot, 0)).count();
        self.tell(count);
    }

    /// Whether those answer who decide about it.
    pub(crate) fn quorum(&self) -> &Quorum {
        self.term.quorum()
    }

    /// Those that run here.
    pub(crate) fn owned(&self) -> Vec<Slot> {
        Slot::all().filter(|slot| self.since(*slot).is_some()).collect()
    }

    /// Sees each opening and closing from now on.
    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    fn set(&self, slot: Slot, epoch: u64) {
        let index = usize::from(slot.number());
        if epoch > 0 {
            self.last[index].store(epoch, Ordering::Release);
        }
        self.since[index].store(epoch, Ordering::Release);
    }

    fn tell(&self, changed: usize) {
        self.changes.send_if_modified(|count| {
            *count += changed as u64;
            changed > 0
        });
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use consort_protocol::time::Moment;

    use super::super::lease::Clock;
    use super::*;

    fn until(end: Duration) -> (Arc<Term>, Ownership) {
        let term = Arc::new(Term::new(Clock::of_the_runtime()));
        term.set(Some(Moment::after_start(end)));
        (term.clone(), Ownership::none(term))
    }

    #[tokio::test(start_paused = true)]
    async fn a_slot_is_owned_from_its_opening_to_its_closing() {
        let ((_, ownership), slot) = (until(Duration::MAX), Slot::new(7).unwrap());
        let changes = ownership.changes();
        assert_eq!(ownership.since(slot), None);
        ownership.open([(slot, Epoch(3))]);
        assert_eq!((ownership.since(slot), ownership.owned()), (Some(Epoch(3)), vec![slot]));
        ownership.close([slot]);
        assert_eq!((ownership.since(slot), ownership.owned()), (None, vec![]));
        assert!(changes.has_changed().unwrap());
    }

    #[tokio::test(start_paused = true)]
    async fn nothing_is_owned_once_the_lease_is_over_though_nobody_has_closed_it_yet() {
        let ((term, ownership), slot) = (until(Duration::from_millis(1_500)), Slot::new(7).unwrap());
        ownership.open([(slot, Epoch(3))]);
        tokio::time::advance(Duration::from_secs(10)).await; // the process was frozen
        assert_eq!(ownership.since(slot), None);
        term.set(Some(Moment::after_start(Duration::from_secs(11))));
        assert_eq!(ownership.since(slot), Some(Epoch(3)), "a grant that comes late brings it back");
    }
}
