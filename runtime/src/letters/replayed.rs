//! [`Replayed`]: what became of several letters that were sent again.

use crate::error::LetterError;

/// What [`DeadLetters::replay_all`](super::DeadLetters::replay_all) did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Replayed {
    /// How many were sent and are no letters any more.
    pub sent: u64,
    /// Why each of the others was not, with its number in it.
    pub kept: Vec<LetterError>,
}
