//! What can go wrong with a dead letter.

use super::{Code, NotRun};
use thiserror::Error;

/// Nothing was done with the dead letter. If there is one, it stays.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum LetterError {
    /// There is no letter of this number: it was replayed or discarded, or had to make room for others.
    #[error("there is no dead letter {number} (any more); {left} are kept [C0044]")]
    Unknown {
        /// The number.
        number: u64,
        /// How many letters there are.
        left: usize,
    },
    /// It can be looked at and discarded only.
    #[error("dead letter {number} cannot be replayed: {why} [C0045]")]
    NotReplayable {
        /// Its number.
        number: u64,
        /// What is in the way.
        why: &'static str,
    },
    /// Its actor took it not.
    #[error("dead letter {number} was not sent: {why}")]
    NotSent {
        /// Its number.
        number: u64,
        /// Why the call did not run.
        why: NotRun,
    },
}

impl LetterError {
    /// The number of this error; that of the call, if it was not sent.
    pub const fn code(&self) -> Code {
        match self {
            Self::Unknown { .. } => Code::NO_SUCH_LETTER,
            Self::NotReplayable { .. } => Code::NOT_REPLAYABLE,
            Self::NotSent { why, .. } => why.code(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{LetterError, NotRun};

    #[test]
    fn every_reason_says_what_happened_and_ends_with_its_code() {
        for (error, text) in [
            (LetterError::Unknown { number: 7, left: 2 }, "there is no dead letter 7 (any more); 2 are kept [C0044]"),
            (
                LetterError::NotReplayable { number: 7, why: "it is being replayed" },
                "dead letter 7 cannot be replayed: it is being replayed [C0045]",
            ),
            (
                LetterError::NotSent { number: 7, why: NotRun::ShuttingDown },
                "dead letter 7 was not sent: the node is shutting down [C0005]",
            ),
        ] {
            assert_eq!(error.to_string(), text);
            assert!(text.ends_with(&format!("[{}]", error.code())));
        }
    }
}
