//! Why a state was not saved.

use consort_state::Fence;
use thiserror::Error;

use super::Code;

/// The state of an actor was not saved, or nobody can say whether it was.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SaveError {
    /// Another activation has claimed the state since, on this node or another: nothing was saved, and this activation
    /// ends after its handler. What it has in memory is not what the actor is.
    #[error("another activation has claimed the state: the newest is {newest} [C0054]")]
    Fenced {
        /// The newest claim.
        newest: Fence,
    },
    /// The store failed. Whether the state was saved is not known: it is there wholly or not at all. Saving again is safe.
    #[error("the state may not have been saved: {reason} [C0055]")]
    Store {
        /// What the store says.
        reason: Box<str>,
    },
    /// The state cannot be saved as it is; nothing was.
    #[error("the state cannot be saved: {reason} [C0056]")]
    Unfit {
        /// What is wrong with it.
        reason: Box<str>,
    },
    /// This actor's state is not kept: it was spawned from a value, or `actor` is not what the context is of, or its
    /// service is not `stateful`. Nothing was saved.
    #[error(
        "there is no store for the state of this actor; `stateful` in `#[service(…)]` has the states of actors with keys \
         kept [C0057]"
    )]
    NotKept,
}

impl SaveError {
    /// The number of this error.
    pub const fn code(&self) -> Code {
        match self {
            Self::Fenced { .. } => Code::STATE_FENCED,
            Self::Store { .. } => Code::STATE_NOT_SAVED,
            Self::Unfit { .. } => Code::STATE_UNFIT,
            Self::NotKept => Code::STATE_NOT_KEPT,
        }
    }

    /// Whether the same can succeed later by itself.
    pub const fn is_retryable(&self) -> bool {
        match self {
            Self::Store { .. } => true,
            Self::Fenced { .. } | Self::Unfit { .. } | Self::NotKept => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Fence, SaveError};

    #[test]
    fn every_reason_says_what_is_wrong_and_ends_with_its_code() {
        for (error, text) in [
            (
                SaveError::Fenced { newest: Fence { epoch: 7, turn: 2 } },
                "another activation has claimed the state: the newest is claim 2 of epoch 7 [C0054]",
            ),
            (
                SaveError::Store { reason: "the disk is full".into() },
                "the state may not have been saved: the disk is full [C0055]",
            ),
            (SaveError::Unfit { reason: "it is too long".into() }, "the state cannot be saved: it is too long [C0056]"),
            (
                SaveError::NotKept,
                "there is no store for the state of this actor; `stateful` in `#[service(…)]` has the states of actors \
                 with keys kept [C0057]",
            ),
        ] {
            assert_eq!(error.to_string(), text);
            assert!(text.ends_with(&format!("[{}]", error.code())));
        }
    }
}
