//! [`Slot`]: a group of keys that moves together; [`Epoch`]: which table says where.

use std::fmt;

/// How many slots a cluster has: a power of two, fixed for ever. A hundred nodes have forty each, so that one more or
/// less evens out to a few per cent; a table of them is 32 KiB.
pub const SLOTS: u16 = 4096;

/// A group of keys that lives on one node and moves together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slot(u16);

impl Slot {
    /// The slot of a key's hash: its highest bits.
    pub const fn of_hash(hash: u64) -> Self {
        Slot((hash >> (64 - SLOTS.trailing_zeros())) as u16)
    }

    /// The slot of this number; `None` from [`SLOTS`] on.
    pub const fn new(number: u16) -> Option<Self> {
        if number < SLOTS { Some(Slot(number)) } else { None }
    }

    /// Its number, below [`SLOTS`].
    pub const fn number(self) -> u16 {
        self.0
    }

    /// Every slot, in order.
    pub fn all() -> impl ExactSizeIterator<Item = Slot> {
        (0..SLOTS).map(Slot)
    }
}

impl fmt::Display for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// The version of the slot table: each change has a higher one. It fences owners: who has seen a later one refuses
/// what was decided under an earlier one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Epoch(pub u64);

impl fmt::Display for Epoch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::{SLOTS, Slot};

    #[test]
    fn hashes_are_split_evenly_and_all_slots_are_used() {
        assert_eq!((Slot::of_hash(0).number(), Slot::of_hash(u64::MAX).number()), (0, SLOTS - 1));
        assert_eq!(Slot::of_hash(1 << 52).number(), 1);
        assert_eq!(Slot::all().len(), usize::from(SLOTS));
    }

    #[test]
    fn the_last_slot_is_the_one_before_their_number() {
        assert_eq!(Slot::new(SLOTS - 1).map(Slot::number), Some(SLOTS - 1));
        assert_eq!(Slot::new(SLOTS), None);
    }
}
