use std::time::Duration;

use crate::time::{Backoff, Intensity};

/// The rules of the keep-alive loop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReconcileConfig {
    /// How often wanted and actual are compared. Lower it to notice sooner; raise it where looking is dear.
    pub interval: Duration,
    /// How many starts of one service are allowed before the loop gives it up.
    pub intensity: Intensity,
    /// How long to wait before each start of a row. Delays end at the next comparison after them.
    pub backoff: Backoff,
    /// A service that was seen running for so long starts a new row.
    pub stable_after: Duration,
}

/// Every second; 5 starts in 60 s, the [default back-off](Backoff), stable after 60 s.
impl Default for ReconcileConfig {
    fn default() -> Self {
        ReconcileConfig {
            interval: Duration::from_secs(1),
            intensity: Intensity { restarts: 5, within: Duration::from_secs(60) },
            backoff: Backoff::default(),
            stable_after: Duration::from_secs(60),
        }
    }
}

/// An entry of the keep-alive list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted<S> {
    /// The service.
    pub service: S,
    /// A disabled one is skipped, and nothing is remembered of it.
    pub enabled: bool,
}
