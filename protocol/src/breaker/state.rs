use std::fmt;
use std::num::NonZeroU32;

use crate::time::Moment;

/// Where a breaker stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BreakerState {
    /// Calls pass, and failures are counted.
    Closed,
    /// No call passes before this moment.
    Open {
        /// When the next call is let through as a probe.
        until: Moment,
    },
    /// Some calls pass as probes.
    HalfOpen {
        /// How many were let through.
        sent: u32,
        /// How many of them succeeded.
        passed: u32,
        /// When it opens again if they have not all succeeded.
        until: Moment,
    },
}

impl fmt::Display for BreakerState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            BreakerState::Closed => "closed",
            BreakerState::Open { .. } => "open",
            BreakerState::HalfOpen { .. } => "half-open",
        })
    }
}

impl BreakerState {
    pub(super) fn all_sent(self, probes: NonZeroU32) -> bool {
        matches!(self, BreakerState::HalfOpen { sent, .. } if sent >= probes.get())
    }
}

/// A change of a breaker's state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Transition {
    /// Until now.
    pub from: BreakerState,
    /// From now on.
    pub to: BreakerState,
    /// When.
    pub at: Moment,
}
