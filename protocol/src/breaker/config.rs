use std::num::NonZeroU32;
use std::time::Duration;

use crate::time::Percent;

/// The rules of a circuit breaker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BreakerConfig {
    /// What opens it.
    pub trip: Trip,
    /// How long it stays open. Raise it to spare the target; lower it to notice sooner that it is back.
    pub open_for: Duration,
    /// How many calls are let through to try the target, and have to succeed. Raise it to be surer that it is back.
    pub probes: NonZeroU32,
    /// How long the probes may take together; then it opens again. No shorter than the calls' own time-outs, or a slow
    /// target never comes back.
    pub probe_time: Duration,
}

/// What opens a closed breaker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trip {
    /// So many failures with no success in between, each at most `within` after the one before.
    Consecutive {
        /// How many.
        failures: NonZeroU32,
        /// A longer pause begins anew.
        within: Duration,
    },
    /// Such a share of failures among the calls of the last `within`.
    Rate {
        /// From this share on.
        failures: Percent,
        /// With fewer calls nothing is decided: one failure of two is no rate.
        calls_min: NonZeroU32,
        /// How far back calls count. Measured in tenths of it.
        within: Duration,
    },
}

/// 5 failures in a row with at most 10 s between them, open for 5 s, one probe within 30 s.
impl Default for BreakerConfig {
    fn default() -> Self {
        BreakerConfig {
            trip: const { Trip::Consecutive { failures: NonZeroU32::new(5).unwrap(), within: Duration::from_secs(10) } },
            open_for: Duration::from_secs(5),
            probes: NonZeroU32::MIN,
            probe_time: Duration::from_secs(30),
        }
    }
}
