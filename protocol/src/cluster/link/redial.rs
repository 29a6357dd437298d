//! [`Redial`]: when a link is tried again, and when what waits for it is given up.

use std::num::NonZeroU32;
use std::time::Duration;

use crate::time::{Backoff, Chance, Moment, Percent, Streak};

/// The decisions of a link that is down.
#[derive(Clone, Debug)]
pub struct Redial {
    backoff: Backoff,
    patience: Duration,
    streak: Streak,
    /// Since when it has not been up although it was wanted.
    down_since: Option<Moment>,
}

/// What follows a failed attempt, or a lost connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Next {
    /// How long to wait before the next attempt.
    pub delay: Duration,
    /// Whether what waits for the link has waited long enough.
    pub give_up: bool,
}

/// Up so long, a connection counts as a good one: the next loss starts the back-off anew.
const STABLE_AFTER: Duration = Duration::from_secs(5);

impl Redial {
    /// One attempt at once, then 50 ms doubled up to 1 s: a node that restarts is found again within a second, and
    /// one that is gone costs a packet a second.
    pub const BACKOFF: Backoff = Backoff {
        immediate: 1,
        first: Duration::from_millis(50),
        factor: NonZeroU32::new(2).unwrap(),
        max: Duration::from_secs(1),
        jitter: Percent::of(50),
    };

    /// A link that is tried with this back-off, and for which records wait as long as `patience`.
    pub fn new(backoff: Backoff, patience: Duration) -> Self {
        Redial { backoff, patience, streak: Streak::default(), down_since: None }
    }

    /// The first attempt begins.
    pub fn handle_wanted(&mut self, now: Moment) {
        self.down_since.get_or_insert(now);
    }

    /// It is up.
    pub fn handle_up(&mut self, now: Moment) {
        self.down_since = None;
        self.streak.came_up(now);
    }

    /// An attempt failed, or the connection was lost.
    pub fn handle_down(&mut self, now: Moment, chance: Chance) -> Next {
        let since = *self.down_since.get_or_insert(now);
        let delay = self.streak.next_delay(&self.backoff, STABLE_AFTER, now, chance);
        Next { delay, give_up: now.since(since) >= self.patience }
    }
}
