//! [`Pace`]: how long an actor takes for a message lately, and which calls it could not begin in time.
//!
//! Only an actor with many messages is measured: when it settles, which is once a batch or, where its handlers suspend,
//! once a message. Others pay a comparison then.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::engine::cell::Cell;
use crate::error::NotRun;
use crate::service::Service;

/// Messages that wait before anything is measured or any call is refused: fewer say little of those to come.
const WAITING_MIN: u32 = 16;

/// With fewer than this the actor has caught up, and its pace is forgotten.
const CAUGHT_UP: u32 = WAITING_MIN / 2;

/// A call is refused if its wait is estimated at over so many times what it has left: an estimate may be twice too long.
const MARGIN: u128 = 2;

/// Messages that the pace is an average of: one slow one among quick ones counts for a sixteenth.
const MEMORY: u64 = 16;

/// Nanoseconds a message; 0 while nothing is known. The owner writes it, senders read it.
#[derive(Default)]
pub(in crate::engine) struct Pace(AtomicU64);

impl Pace {
    /// So many messages took so long. Owner only.
    fn note(&self, took: Duration, messages: u32) {
        let before = self.0.load(Ordering::Relaxed);
        self.0.store(averaged(before, took, messages), Ordering::Relaxed);
    }

    /// Owner only.
    fn forget(&self) {
        if self.0.load(Ordering::Relaxed) != 0 {
            self.0.store(0, Ordering::Relaxed);
        }
    }

    /// How long so many messages take, as far as that is known.
    fn estimate(&self, messages: u32) -> Duration {
        Duration::from_nanos(self.0.load(Ordering::Relaxed).saturating_mul(u64::from(messages)))
    }
}

fn averaged(before: u64, took: Duration, messages: u32) -> u64 {
    let each = u64::try_from(took.as_nanos()).unwrap_or(u64::MAX) / u64::from(messages.max(1));
    let new = u64::from(messages).min(MEMORY);
    (before / MEMORY).saturating_mul(MEMORY - new).saturating_add((each / MEMORY).saturating_mul(new))
}

impl<S: Service> Cell<S> {
    /// So many messages were begun since this was called last, and so many wait. Owner only.
    #[inline]
    pub(in crate::engine) fn keep_pace(&self, begun: u32, waiting: u32) {
        if waiting >= WAITING_MIN {
            self.measure(begun);
        } else {
            // SAFETY: the caller owns the cell; the borrow ends here.
            unsafe { self.desk().measured = None };
            if waiting < CAUGHT_UP {
                self.make_side().owner.pace.forget();
            }
        }
    }

    #[cold]
    fn measure(&self, begun: u32) {
        let now = tokio::time::Instant::now().into_std();
        // SAFETY: the caller owns the cell; the borrow ends with this function, which calls nobody else's code.
        let measured = unsafe { &mut self.desk().measured };
        match measured {
            Some(_) if begun == 0 => {}
            Some(last) => {
                self.make_side().owner.pace.note(now.saturating_duration_since(*last), begun);
                *last = now;
            }
            None => *measured = Some(now),
        }
    }

    /// Whether a call with this deadline is worth queueing.
    ///
    /// # Errors
    /// [`NotRun::Overloaded`] where so much waits before it that it would not begin in time, by a wide margin.
    pub(in crate::engine) fn check_pace(&self, deadline: Option<Instant>) -> Result<(), NotRun> {
        let (Some(deadline), Some(side)) = (deadline.filter(|_| self.kind.rules.shed), self.existing_side()) else {
            return Ok(());
        };
        let pace = &side.owner.pace;
        if pace.estimate(1).is_zero() {
            return Ok(());
        }
        let left = deadline.saturating_duration_since(tokio::time::Instant::now().into_std());
        let is_too_long = |wait: Duration| wait.as_nanos() > left.as_nanos().saturating_mul(MARGIN);
        // the mailbox is not entered where even a full one would do
        if !is_too_long(pace.estimate(self.kind.limits.messages)) {
            return Ok(());
        }
        let waiting = self.waiting();
        let wait = pace.estimate(waiting);
        if waiting < WAITING_MIN || !is_too_long(wait) {
            return Ok(());
        }
        let reason = format!("{waiting} messages wait, about {wait:?} of work, and the call has {left:?} left");
        Err(NotRun::Overloaded { reason: reason.into() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_replaces_the_pace_and_one_message_counts_for_a_sixteenth() {
        let millis = Duration::from_millis;
        assert_eq!(averaged(0, millis(1_600), 16), 100_000_000);
        assert_eq!(averaged(100_000_000, millis(3_200), 64), 50_000_000);
        assert_eq!(averaged(16_000, millis(16), 1), 1_015_000, "one slow message among quick ones");
        assert_eq!(averaged(u64::MAX, Duration::MAX, 1), u64::MAX / MEMORY * MEMORY, "no overflow");
    }
}
