use std::time::Duration;

use super::{Backoff, Chance, Moment};

/// Attempts in a row: what a back-off has to remember of one thing that is started again and again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Streak {
    attempts: u32,
    up_since: Option<Moment>,
}

impl Streak {
    /// It is up. If it stays up for the stable time, the row ends.
    pub(crate) fn came_up(&mut self, now: Moment) {
        self.up_since = Some(now);
    }

    /// It is down: the delay before its next attempt.
    pub(crate) fn next_delay(
        &mut self,
        backoff: &Backoff,
        stable_after: Duration,
        now: Moment,
        chance: Chance,
    ) -> Duration {
        if self.up_since.take().is_some_and(|up| now.since(up) >= stable_after) {
            self.attempts = 0;
        }
        self.attempts = self.attempts.saturating_add(1);
        backoff.delay(self.attempts, chance)
    }
}
