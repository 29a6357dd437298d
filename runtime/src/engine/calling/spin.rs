//! Waiting out an inline call of another thread.
//!
//! A call that is queued costs a task switch, which is worth the time of a hundred short handlers. Under contention
//! long looks apart pay off: meanwhile the other thread makes many calls, at the price of none, since the actor stays
//! in its cache; with short ones every call would fetch it over.

use std::sync::atomic::{AtomicU8, Ordering};

use crate::engine::cell::Cell;
use crate::engine::sync::wait_out;
use crate::service::Service;

/// Microseconds between looks: 30 in all, the most that a caller keeps its thread.
const WAITS: [u64; 5] = [2, 4, 8, 8, 8];

/// So many calls in a row that waited in vain say that this actor's handlers take too long to be waited out.
const VAIN: u8 = 8;

/// So many calls are queued at once after that, before another one tries.
const PAUSE: u8 = 64;

/// Whether it is worth waiting for this actor, as its callers have seen it. It is a hint: that two of them may count one
/// too few or too many does no harm.
#[derive(Default)]
pub(in crate::engine) struct Patience(AtomicU8);

impl Patience {
    /// Whether a caller is to wait; if not, one of the pause is over.
    fn may_wait(&self) -> bool {
        let vain = self.0.load(Ordering::Relaxed);
        if vain > VAIN {
            self.0.store(vain - 1, Ordering::Relaxed);
        }
        vain <= VAIN
    }

    fn waited_well(&self) {
        // most of the time there is nothing to forget, and the line stays everybody's
        if self.0.load(Ordering::Relaxed) != 0 {
            self.0.store(0, Ordering::Relaxed);
        }
    }

    fn waited_in_vain(&self) {
        let vain = self.0.load(Ordering::Relaxed);
        self.0.store(if vain < VAIN - 1 { vain + 1 } else { VAIN + PAUSE }, Ordering::Relaxed);
    }
}

/// Takes a cell that an inline call has just now, if it gets the chance soon.
#[cold]
pub(in crate::engine) fn own_after_a_wait<S: Service>(cell: &Cell<S>) -> bool {
    if !cell.is_passing() {
        return false;
    }
    let patience = &cell.make_side().owner.news.patience;
    if !patience.may_wait() {
        return false;
    }
    for wait in WAITS {
        wait_out(wait);
        if cell.word.try_own() {
            patience.waited_well();
            return true;
        }
        if !cell.is_passing() {
            return false;
        }
    }
    patience.waited_in_vain();
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eight_waits_in_vain_end_the_patience_for_64_calls_and_then_for_another_64() {
        let patience = Patience::default();
        for _ in 0..VAIN {
            assert!(patience.may_wait());
            patience.waited_in_vain();
        }
        for _ in 0..2 {
            assert!((0..PAUSE).all(|_| !patience.may_wait()));
            assert!(patience.may_wait());
            patience.waited_in_vain();
        }
    }

    #[test]
    fn a_wait_that_was_worth_it_starts_the_count_anew() {
        let patience = Patience::default();
        for _ in 1..VAIN {
            patience.waited_in_vain();
        }
        patience.waited_well();
        for _ in 1..VAIN {
            patience.waited_in_vain();
            assert!(patience.may_wait());
        }
    }
}
