//! Waiting out an inline call of another thread.
//!
//! A call that is queued costs a task switch, which is worth the time of a hundred short handlers. Under contention
//! long looks apart pay off: meanwhile the other thread makes many calls, at the price of none, since the actor stays
//! in its cache; with short ones every call would fetch it over.

use std::sync::atomic::Ordering;

use super::cell::Cell;
use super::sync::wait_out;
use crate::service::Service;

/// Microseconds between looks: 30 in all, the most that a caller keeps its thread.
const WAITS: [u64; 5] = [2, 4, 8, 8, 8];

/// So many calls in a row that waited in vain say that this actor's handlers take too long to be waited out.
const VAIN: u8 = 8;

/// So many calls are queued at once after that, before another one tries.
const PAUSE: u8 = 64;

/// Takes a cell that an inline call has just now, if it gets the chance soon.
#[cold]
pub(super) fn own_after_a_wait<S: Service>(cell: &Cell<S>) -> bool {
    if !cell.is_passing() {
        return false;
    }
    let vain = &cell.make_side().owner.news.vain;
    let so_far = vain.load(Ordering::Relaxed);
    if so_far > VAIN {
        vain.store(so_far - 1, Ordering::Relaxed);
        return false;
    }
    for wait in WAITS {
        wait_out(wait);
        if cell.word.try_own() {
            if so_far > 0 {
                vain.store(0, Ordering::Relaxed);
            }
            return true;
        }
        if !cell.is_passing() {
            return false;
        }
    }
    // it is a hint: that two callers may count one too few or too many does no harm
    vain.store(if so_far < VAIN { so_far + 1 } else { VAIN + PAUSE }, Ordering::Relaxed);
    false
}
