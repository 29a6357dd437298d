//! [`Left`]: what activations of this node left, until the next owner has it.

use std::collections::BTreeMap;

use consort_protocol::cluster::slots::{Epoch, Slot, Tenure};
use consort_runtime::remote::{Placement, Snapshot};
use parking_lot::Mutex;

use crate::routing::slot_of;

/// What activations of this node left, by the slot they lived in. It is as much as they had in memory.
#[derive(Default)]
pub(crate) struct Left(Mutex<BTreeMap<Slot, Estate>>);

/// What was left in one slot.
struct Estate {
    /// The tenure of this node in which it was left.
    since: Epoch,
    /// By service and path.
    states: BTreeMap<(Box<str>, Box<str>), Snapshot>,
    /// Who is to get it.
    heir: Option<Tenure>,
}

impl Left {
    /// Keeps what was left in tenures since `since`. Of one actor the last state counts.
    pub(crate) fn keep(&self, snapshots: Vec<(Placement, Snapshot)>, since: impl Fn(Slot) -> Epoch) {
        let mut all = self.0.lock();
        for (placement, snapshot) in snapshots {
            let Some(slot) = slot_of(placement) else { continue };
            let since = since(slot);
            let anew = || Estate { since, states: BTreeMap::new(), heir: None };
            let estate = all.entry(slot).or_insert_with(anew);
            if estate.since != since {
                *estate = anew();
            }
            estate.states.insert((snapshot.service.clone(), snapshot.path.clone()), snapshot);
        }
    }

    /// This tenure is to get what was left in the slot.
    pub(crate) fn bequeath(&self, slot: Slot, to: Tenure) -> Vec<Snapshot> {
        let mut all = self.0.lock();
        let Some(estate) = all.get_mut(&slot) else { return Vec::new() };
        estate.heir = Some(to);
        estate.states.values().cloned().collect()
    }

    /// Whether what was left in the slot is still for this tenure.
    pub(crate) fn is_for(&self, slot: Slot, to: Tenure) -> bool {
        self.0.lock().get(&slot).is_some_and(|estate| estate.heir == Some(to))
    }

    /// The slots stay in these tenures: what was left in them is for whoever comes next here.
    pub(crate) fn take_back(&self, slots: &BTreeMap<Slot, Epoch>) -> Vec<Snapshot> {
        let mut all = self.0.lock();
        let estates = all.extract_if(.., |slot, _| slots.contains_key(slot));
        let ours = estates.filter(|(slot, estate)| slots.get(slot) == Some(&estate.since));
        ours.flat_map(|(_, estate)| estate.states.into_values()).collect()
    }

    /// The slot is another node's.
    pub(crate) fn forget(&self, slot: Slot) {
        self.0.lock().remove(&slot);
    }
}

#[cfg(test)]
mod tests {
    use consort_protocol::cluster::{Generation, Life, NodeId};

    use super::*;

    fn state(text: &'static str) -> (Placement, Snapshot) {
        let state = text.as_bytes().into();
        let snapshot = Snapshot { service: "freight".into(), version: "1.0.0".into(), path: "/a".into(), state };
        (Placement::Key(0), snapshot)
    }

    fn slot() -> Slot {
        slot_of(Placement::Key(0)).unwrap()
    }

    fn to(since: u64) -> Tenure {
        Tenure { life: Life { id: NodeId::new(2).unwrap(), generation: Generation(1) }, since: Epoch(since) }
    }

    #[test]
    fn of_one_actor_the_last_state_counts() {
        let left = Left::default();
        left.keep(vec![state("early"), state("late")], |_| Epoch(1));
        assert_eq!(left.bequeath(slot(), to(2)), [state("late").1]);
    }

    #[test]
    fn what_was_left_is_for_the_tenure_that_was_named_last() {
        let left = Left::default();
        left.keep(vec![state("it")], |_| Epoch(1));
        for since in [2, 3] {
            assert_eq!(left.bequeath(slot(), to(since)).len(), 1);
        }
        assert_eq!((left.is_for(slot(), to(2)), left.is_for(slot(), to(3))), (false, true));
        left.forget(slot());
        assert!(!left.is_for(slot(), to(3)));
    }

    #[test]
    fn what_stays_is_taken_back_and_what_is_of_an_earlier_tenure_is_nobodys() {
        let left = Left::default();
        for (since, found) in [(1, 1), (7, 0)] {
            left.keep(vec![state("it")], |_| Epoch(1));
            assert_eq!(left.take_back(&BTreeMap::from([(slot(), Epoch(since))])).len(), found);
            assert_eq!(left.bequeath(slot(), to(9)), []);
        }
        left.keep(vec![state("early")], |_| Epoch(1));
        left.keep(vec![state("late")], |_| Epoch(7));
        assert_eq!(left.take_back(&BTreeMap::from([(slot(), Epoch(7))])), [state("late").1]);
    }
}
