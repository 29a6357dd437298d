//! Bugs to be found by tests: [`Planted`].

use std::sync::atomic::{AtomicU8, Ordering};

use super::super::machine::{Command, Outcome, State};
use super::seat::Seat;

/// What a store is to do wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Planted {
    /// Nothing.
    Nothing,
    /// A leader acknowledges a write before a majority has it.
    AckBeforeQuorum,
    /// Whoever thinks that it leads answers [`Read::Latest`](super::super::Read::Latest) without asking the others.
    StaleRead,
}

/// Which bug there is.
#[derive(Debug, Default)]
pub(super) struct Switch(AtomicU8);

impl Switch {
    pub(super) fn set(&self, bug: Planted) {
        self.0.store(bug as u8, Ordering::Relaxed);
    }

    fn is(&self, bug: Planted) -> bool {
        self.0.load(Ordering::Relaxed) == bug as u8
    }

    pub(super) fn reads_are_stale(&self) -> bool {
        self.is(Planted::StaleRead)
    }

    /// Answers as if the command were committed, if that is the bug.
    pub(super) async fn write(&self, seat: &Seat, command: &Command) -> Option<Outcome> {
        if !self.is(Planted::AckBeforeQuorum) {
            return None;
        }
        let image = seat.replica.state().image();
        let outcome = State::of(image).apply(command.clone()).0;
        seat.raft.client_write_ff(command.clone()).await.ok()?;
        Some(outcome)
    }
}
