//! [`Ownership`]: which slots this node owns, as every call sees it.

use std::sync::atomic::{AtomicU64, Ordering};

use consort_protocol::cluster::slots::{Epoch, SLOTS, Slot};
use tokio::sync::watch;

/// The slots whose actors may run here, each with the epoch since when.
///
/// A look is one read of an array. Whoever opens and closes slots does so from one task; the look needs no more than
/// that a slot is closed before anybody else can have been given it.
pub(crate) struct Ownership {
    /// 0 is closed.
    since: Box<[AtomicU64]>,
    /// Counts what was opened and closed, for who waits.
    changes: watch::Sender<u64>,
}

impl Ownership {
    /// Nothing is owned.
    pub(crate) fn none() -> Self {
        Ownership { since: (0..SLOTS).map(|_| AtomicU64::new(0)).collect(), changes: watch::Sender::new(0) }
    }

    /// Since when the slot's actors run here; `None` if they do not.
    #[inline]
    pub(crate) fn since(&self, slot: Slot) -> Option<Epoch> {
        match self.since[usize::from(slot.number())].load(Ordering::Acquire) {
            0 => None,
            epoch => Some(Epoch(epoch)),
        }
    }

    /// The slots may run here from now on. An epoch of a table that was decided is never 0.
    pub(crate) fn open(&self, slots: impl IntoIterator<Item = (Slot, Epoch)>) {
        let count = slots.into_iter().map(|(slot, epoch)| self.set(slot, epoch.0)).count();
        self.tell(count);
    }

    /// The slots run here no more.
    pub(crate) fn close(&self, slots: impl IntoIterator<Item = Slot>) {
        let count = slots.into_iter().map(|slot| self.set(slot, 0)).count();
        self.tell(count);
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
        self.since[usize::from(slot.number())].store(epoch, Ordering::Release);
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
    use super::{Epoch, Ownership, Slot};

    #[test]
    fn a_slot_is_owned_from_its_opening_to_its_closing() {
        let (ownership, slot) = (Ownership::none(), Slot::new(7).unwrap());
        let changes = ownership.changes();
        assert_eq!(ownership.since(slot), None);
        ownership.open([(slot, Epoch(3))]);
        assert_eq!((ownership.since(slot), ownership.owned()), (Some(Epoch(3)), vec![slot]));
        ownership.close([slot]);
        assert_eq!((ownership.since(slot), ownership.owned()), (None, vec![]));
        assert!(changes.has_changed().unwrap());
    }
}
