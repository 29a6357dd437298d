//! [`SlotTable`]: whose each slot is.

use std::collections::BTreeMap;

use super::{Epoch, SLOTS, Slot, SlotState, Tenure};
use crate::cluster::{Life, NodeId};

/// Stands for a slot that is nobody's: no table has so many holdings.
const NOBODY: u16 = u16::MAX;

/// Whose each slot is, under one epoch.
///
/// Slots that are in one state share one entry, and each slot has the number of its entry: so a look-up is two reads
/// from memory that is always hot, and a table takes 8 KiB and 48 bytes per entry. A table never changes; a change is a
/// table with a higher epoch.
///
/// ```
/// use consort_protocol::cluster::slots::{Epoch, Slot, SlotState, SlotTable, Tenure};
/// use consort_protocol::cluster::{Generation, Life, NodeId};
///
/// let life = Life { id: NodeId::new(7).unwrap(), generation: Generation(1) };
/// let slot = Slot::of_hash(consort_protocol::cluster::slots::hash_key(b"acme"));
/// let empty = SlotTable::default();
/// assert_eq!(empty.owner(slot), None);
///
/// let table = empty.with([(slot, SlotState::Owned(Tenure { life, since: Epoch(1) }))]);
/// assert_eq!((table.owner(slot), table.epoch()), (Some(life), Epoch(1)));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlotTable {
    epoch: Epoch,
    /// The entry of each slot.
    of_slot: Box<[u16; SLOTS as usize]>,
    /// Ascending, each in use. None is [`SlotState::Unowned`].
    entries: Vec<Entry>,
}

/// A state that slots are in, with what look-ups want first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    owner: Tenure,
    from: Option<Tenure>,
}

/// Nobody owns anything, and the epoch is 0.
impl Default for SlotTable {
    fn default() -> Self {
        SlotTable { epoch: Epoch(0), of_slot: Box::new([NOBODY; SLOTS as usize]), entries: Vec::new() }
    }
}

impl SlotTable {
    /// The table of these states, in the order of the slots; those that are missing are nobody's, and further ones are
    /// left out.
    pub fn new(epoch: Epoch, states: impl IntoIterator<Item = SlotState>) -> Self {
        let mut of_slot = Box::new([NOBODY; SLOTS as usize]);
        let entries: Vec<Option<Entry>> = states.into_iter().take(of_slot.len()).map(Entry::of).collect();
        let mut numbers: BTreeMap<Entry, u16> = entries.iter().flatten().map(|entry| (*entry, 0)).collect();
        (0..).zip(numbers.values_mut()).for_each(|(number, place)| *place = number);
        for (place, entry) in of_slot.iter_mut().zip(entries) {
            *place = entry.map_or(NOBODY, |entry| numbers[&entry]);
        }
        SlotTable { epoch, of_slot, entries: numbers.into_keys().collect() }
    }

    /// Its version.
    pub const fn epoch(&self) -> Epoch {
        self.epoch
    }

    /// Where calls to the slot's keys go; `None` if it is nobody's. A slot that is on its way has its new owner, which
    /// holds calls until it may open the slot.
    #[inline]
    pub fn owner(&self, slot: Slot) -> Option<Life> {
        self.entry(slot).map(|entry| entry.owner.life)
    }

    /// Whose the slot is.
    pub fn state(&self, slot: Slot) -> SlotState {
        match self.entry(slot) {
            None => SlotState::Unowned,
            Some(Entry { owner, from: None }) => SlotState::Owned(*owner),
            Some(Entry { owner, from: Some(from) }) => SlotState::Moving { from: *from, to: *owner },
        }
    }

    /// The states of all slots, in their order.
    pub fn states(&self) -> impl ExactSizeIterator<Item = SlotState> {
        Slot::all().map(|slot| self.state(slot))
    }

    /// Whether who acts in the slot under `fence` has lost it: then its effects are refused. While a slot is on its way
    /// both its old and its new owner may act; which of them does when is for the hand-off.
    pub fn is_fenced(&self, slot: Slot, fence: Epoch) -> bool {
        self.state(slot).holder().is_some_and(|holder| fence < holder.since)
    }

    /// Every life that the table names, ascending.
    pub fn lives(&self) -> Vec<Life> {
        let lives = self.entries.iter().flat_map(|entry| [Some(entry.owner), entry.from]);
        let mut lives: Vec<Life> = lives.flatten().map(|tenure| tenure.life).collect();
        lives.sort_unstable();
        lives.dedup();
        lives
    }

    /// The next table: with these changes, and an epoch higher by one. Of two changes of a slot the later one counts.
    pub fn with(&self, changes: impl IntoIterator<Item = (Slot, SlotState)>) -> Self {
        let mut states: Vec<SlotState> = self.states().collect();
        for (slot, state) in changes {
            states[usize::from(slot.number())] = state;
        }
        SlotTable::new(self.next_epoch(), states)
    }

    /// The next table: these slots have come to those who got them. `None` if no slot is on its way to the tenure it is
    /// listed with: then what is reported is done already, or was decided otherwise since.
    pub fn settle(&self, arrived: impl IntoIterator<Item = (Slot, Tenure)>) -> Option<Self> {
        let is_due = |(slot, tenure): &(Slot, Tenure)| matches!(self.state(*slot), SlotState::Moving { to, .. } if to == *tenure);
        let due = arrived.into_iter().filter(is_due).map(|(slot, tenure)| (slot, SlotState::Owned(tenure)));
        let due: Vec<_> = due.collect();
        if due.is_empty() { None } else { Some(self.with(due)) }
    }

    /// The next table: this node, in whichever of its lives, has nothing any more. What it had is nobody's, what was on
    /// its way from it has arrived, and what was on its way to it stays where it was. `None` if it had nothing.
    ///
    /// For a node that is listed anew: what this table says of it is from before, and has ended.
    pub fn without(&self, node: NodeId) -> Option<Self> {
        let is_its = |tenure: &Tenure| tenure.life.id == node;
        let without = |state| match state {
            SlotState::Owned(owner) if is_its(&owner) => Some(SlotState::Unowned),
            SlotState::Moving { from, to } => match (is_its(&from), is_its(&to)) {
                (true, true) => Some(SlotState::Unowned),
                (true, false) => Some(SlotState::Owned(to)),
                (false, true) => Some(SlotState::Owned(from)),
                (false, false) => None,
            },
            SlotState::Unowned | SlotState::Owned(_) => None,
        };
        let changes = Slot::all().filter_map(|slot| Some((slot, without(self.state(slot))?)));
        let changes: Vec<_> = changes.collect();
        if changes.is_empty() { None } else { Some(self.with(changes)) }
    }

    /// The slots whose state is another one in `later`, with their states there.
    pub fn diff(&self, later: &SlotTable) -> impl Iterator<Item = (Slot, SlotState)> {
        let states = Slot::all().map(move |slot| (slot, later.state(slot)));
        states.filter(move |(slot, state)| self.state(*slot) != *state)
    }

    /// The epoch of the table that follows.
    pub const fn next_epoch(&self) -> Epoch {
        Epoch(self.epoch.0.saturating_add(1))
    }

    /// The different states that slots are in, ascending: the owner, and from whom the slot comes to it.
    pub(super) fn entries(&self) -> impl Iterator<Item = (Tenure, Option<Tenure>)> {
        self.entries.iter().map(|entry| (entry.owner, entry.from))
    }

    /// Of each slot, which of the entries is its; `None` if it is nobody's.
    pub(super) fn entry_numbers(&self) -> impl Iterator<Item = Option<usize>> {
        self.of_slot.iter().map(|number| Some(usize::from(*number)).filter(|number| *number < self.entries.len()))
    }

    #[inline]
    fn entry(&self, slot: Slot) -> Option<&Entry> {
        self.entries.get(usize::from(self.of_slot[usize::from(slot.number())]))
    }
}

impl Entry {
    fn of(state: SlotState) -> Option<Entry> {
        match state {
            SlotState::Unowned => None,
            SlotState::Owned(owner) => Some(Entry { owner, from: None }),
            SlotState::Moving { from, to } => Some(Entry { owner: to, from: Some(from) }),
        }
    }
}
