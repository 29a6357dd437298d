//! [`Tenure`]: one life's right to a slot; [`SlotState`]: whose a slot is.

use std::fmt;

use super::Epoch;
use crate::cluster::Life;

/// The right of one life to a slot, and since which epoch it has been promised to it. The epoch fences: whatever the
/// owner does in the slot carries it, and the tenures of one slot have ever higher ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tenure {
    /// Who.
    pub life: Life,
    /// The epoch of the table in which the slot was first given to it.
    pub since: Epoch,
}

impl fmt::Display for Tenure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} since epoch {}", self.life, self.since)
    }
}

/// Whose a slot is, as the slot table says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SlotState {
    /// Nobody's, and it never was anybody's: a slot that was owned once stays with its last owner until another one
    /// takes it, because that owner may not know yet.
    #[default]
    Unowned,
    /// It is this one's alone.
    Owned(Tenure),
    /// `from` has it until it lets go or its lease has ended; `to` must not open it before the table says
    /// [`Owned`](Self::Owned).
    Moving {
        /// Who had it.
        from: Tenure,
        /// Who gets it. Its epoch is higher.
        to: Tenure,
    },
}

impl SlotState {
    /// Where calls go: to the owner, or to the one who gets it, which holds them until it may open the slot.
    pub const fn owner(&self) -> Option<Tenure> {
        match self {
            SlotState::Unowned => None,
            SlotState::Owned(owner) | SlotState::Moving { to: owner, .. } => Some(*owner),
        }
    }

    /// Who may act in it: the owner, or the one that has not let go yet.
    pub const fn holder(&self) -> Option<Tenure> {
        match self {
            SlotState::Unowned => None,
            SlotState::Owned(holder) | SlotState::Moving { from: holder, .. } => Some(*holder),
        }
    }

    /// Whether it is on its way.
    pub const fn is_moving(&self) -> bool {
        matches!(self, SlotState::Moving { .. })
    }
}

impl fmt::Display for SlotState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SlotState::Unowned => f.write_str("nobody's"),
            SlotState::Owned(owner) => write!(f, "of {owner}"),
            SlotState::Moving { from, to } => write!(f, "on its way from {from} to {to}"),
        }
    }
}
