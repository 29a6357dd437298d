use crate::cluster::slots::{Slot, Tenure};

/// What the two nodes of a hand-off say to each other. The transport vouches for who says it. Messages may be lost, come
/// twice and in any order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Message {
    /// The taker asks: have you let go of this slot in favour of this tenure of mine?
    Claim {
        /// Which.
        slot: Slot,
        /// The tenure that the table promises to the asker.
        to: Tenure,
    },
    /// The giver says: nothing of mine runs in this slot, nothing will, and all I had in it is with you.
    Release {
        /// Which.
        slot: Slot,
        /// In whose favour. For no other tenure, not even a later one of the same life.
        to: Tenure,
    },
}
