//! Messages and what became of them, as frames and back.

pub(super) mod incoming;
pub(super) mod outcome;
pub(super) mod outgoing;
