//! [`NotClaimed`]: why an activation did not get the state of its actor.

use std::fmt;

use consort_state::{Fence, StateError};

use crate::error::Code;

/// What the store says, and under which epoch the state was to be claimed. Whoever reads it has to see from it which of two
/// things has happened: the actor has another owner, which is well, or the epochs have begun anew, which nothing but an
/// operator ends.
pub(crate) struct NotClaimed {
    pub(super) epoch: u64,
    pub(super) error: StateError,
}

impl NotClaimed {
    pub(crate) fn code(&self) -> Code {
        match self.error {
            StateError::Fenced { .. } => Code::STATE_FENCED,
            _ => Code::STATE_NOT_SAVED,
        }
    }
}

impl fmt::Display for NotClaimed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.error {
            StateError::Fenced { newest } if newest.epoch > self.epoch => refused(*newest, self.epoch, f),
            error => write!(f, "{error}"),
        }
    }
}

fn refused(newest: Fence, epoch: u64, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match epoch {
        0 => write!(
            f,
            "the newest is {newest}, made by a node of a cluster, and this node has joined none; let it join that cluster, \
             or, if that will never run again, have the store forget its epochs"
        ),
        _ => write!(
            f,
            "the newest is {newest}, and this node owns the actor under epoch {epoch}; either another node owns it by now, \
             or it was another cluster: one that still runs and has the same store, or this one before all of its nodes \
             were stopped with their control plane in memory, in which case have the store forget its epochs"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(epoch: u64, newest: Fence) -> String {
        NotClaimed { epoch, error: StateError::Fenced { newest } }.to_string()
    }

    #[test]
    fn a_claim_under_an_epoch_that_is_over_names_both_epochs_and_the_cure() {
        let newest = Fence { epoch: 41, turn: 7 };
        for (epoch, texts) in [
            (3, ["claim 7 of epoch 41", "under epoch 3", "forget its epochs"]),
            (40, ["claim 7 of epoch 41", "under epoch 40", "forget its epochs"]),
            (0, ["claim 7 of epoch 41", "has joined none", "let it join"]),
        ] {
            assert!(texts.iter().all(|text| said(epoch, newest).contains(text)), "{}", said(epoch, newest));
        }
    }

    #[test]
    fn whoever_has_the_newest_epoch_is_told_what_the_store_says() {
        let newest = Fence { epoch: 41, turn: 7 };
        let store_says = StateError::Fenced { newest }.to_string();
        assert_eq!((said(41, newest), said(42, newest)), (store_says.clone(), store_says));
        let down = NotClaimed { epoch: 3, error: StateError::Corrupt { reason: "torn".into() } };
        assert_eq!((down.to_string().as_str(), down.code()), ("the store is damaged: torn", Code::STATE_NOT_SAVED));
    }
}
