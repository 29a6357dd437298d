//! [`Fence`]: who may save.

use std::fmt;

/// Which claim of a state it is: later ones are greater. Of all that were given for a key, the store takes what comes
/// with the greatest, and nothing else.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fence {
    /// The epoch under which the node owned the actor; it grows whenever another node gets it. 0 on a node that has joined
    /// no others.
    pub epoch: u64,
    /// How often the state had been claimed by then, by activations on any node. 0 is before the first.
    pub turn: u64,
}

impl fmt::Display for Fence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "claim {} of epoch {}", self.turn, self.epoch)
    }
}
