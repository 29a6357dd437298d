//! [`Report`]: everything that is printed.

use std::time::Duration;

use crate::feed::Fed;
use crate::feeder::Times;

/// Everything the report is made from.
pub struct Report {
    /// What the twins have.
    pub fed: Fed,
    /// The process that was killed on the way, if one was.
    pub killed: Option<u32>,
    /// Bytes by which the resident set grew while the twins were fed, where that can be known.
    pub grown: Option<u64>,
    /// How long the plain loop took.
    pub plain: Duration,
    /// Where the twins and the plain loop differ, if they do.
    pub difference: Option<String>,
}

impl Report {
    /// Calls made of twins.
    pub(super) fn calls(&self) -> u64 {
        self.fed.lanes.iter().map(|lane| lane.calls).sum()
    }

    /// What the run would take with the rows in memory: the workers' busy time shared among them, but no less than
    /// the slowest feeder was at work. The twins work while feeders wait for the decoder, so the feeders' own time
    /// alone would flatter.
    pub(super) fn past_decoder(&self) -> Duration {
        self.slowest(|lane| lane.sending + lane.asking).max(self.fed.busy / self.fed.workers)
    }

    pub(super) fn slowest(&self, part: impl Fn(&Times) -> Duration) -> Duration {
        self.fed.lanes.iter().map(part).max().unwrap_or_default()
    }

    /// Bytes to an actor: everything the run made the process grow by, mailboxes and buffers included.
    pub(super) fn bytes_per_actor(&self) -> Option<u64> {
        self.grown?.checked_div(self.fed.ledger.actors() as u64)
    }
}

/// How many in a second; 0 for no time at all.
pub(super) fn rate(count: u64, time: Duration) -> u64 {
    if time.is_zero() { 0 } else { (count as f64 / time.as_secs_f64()) as u64 }
}
