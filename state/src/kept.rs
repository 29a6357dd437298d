//! [`Kept`]: what a store keeps for a key, and the rule by which it is claimed and saved.

use bytes::Bytes;

use crate::{Claimed, Fence, StateError};

/// What there is of one key. Of one that nobody has claimed it is the default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Kept {
    pub(crate) newest: Fence,
    pub(crate) state: Option<Bytes>,
}

impl Kept {
    pub(crate) fn claim(&mut self, epoch: u64) -> Result<Claimed, StateError> {
        if epoch < self.newest.epoch {
            return Err(StateError::Fenced { newest: self.newest });
        }
        self.newest = Fence { epoch, turn: self.newest.turn.saturating_add(1) };
        Ok(Claimed { fence: self.newest, state: self.state.clone() })
    }

    pub(crate) fn save(&mut self, fence: Fence, state: Bytes) -> Result<(), StateError> {
        // a fence that nobody was given is no better than an old one
        if fence != self.newest || fence.turn == 0 {
            return Err(StateError::Fenced { newest: self.newest });
        }
        self.state = Some(state);
        Ok(())
    }
}
