//! The one atomic word of a cell: lock, mailbox and scheduling state at once.
//!
//! ```text
//!            try_own (CAS)                     push / signal (lock, MAIL|SIGNAL, unlock)
//!   0 idle ────────────────► OWNED ──────────────────────────────► OWNED|MAIL
//!     ◄──────────────────────  │ try_release (CAS, only from OWNED)     │ owner takes the batch
//!            try_release       ◄────────────────────────────────────────┘
//! ```
//!
//! Zero means: nobody owns the actor's struct, the mailbox is empty, no handler is suspended and there is a live
//! instance. So a caller that swings 0 to `OWNED` can never overtake an earlier message.
//!
//! Every other change happens under the `LOCKED` bit. Both fast paths are compare-and-swaps of an exact value
//! without that bit, so while it is set nobody else changes the word and unlocking is a plain store.

use super::sync::{AtomicU32, Ordering, spin_loop, wait_out, yield_now};

/// Somebody owns the actor: an inline caller, its driver, or a suspended handler.
pub(crate) const OWNED: u32 = 1;
/// Somebody is in the mailbox: tens of nanoseconds, never user code.
const LOCKED: u32 = 2;
/// The mailbox holds messages the owner has not taken yet.
pub(crate) const MAIL: u32 = 4;
/// A signal waits; it goes ahead of mail.
pub(crate) const SIGNAL: u32 = 8;
/// No live instance, or calls must be looked at one by one: the fast path is closed.
pub(crate) const COLD: u32 = 16;
/// Senders wait for room.
pub(crate) const WAITERS: u32 = 32;

/// Microseconds that a sender waits for the lock before it looks again. Meanwhile the holder comes in many times, at the
/// price of none, since the lock and the mailbox stay in its cache; with short waits every message would fetch them
/// over. After the last one the waiter yields its thread, because a holder that was preempted needs the core.
const WAITS: [u64; 6] = [1, 2, 4, 4, 4, 4];

/// Rounds of 2 to 64 pauses in which the owner looks again before it yields its thread.
const ROUNDS: u32 = if cfg!(consort_loom) { 0 } else { 6 };

/// The word. See the module's page for its protocol.
pub(crate) struct Word(AtomicU32);

impl Word {
    /// A word with no instance behind it yet.
    pub(crate) fn cold() -> Self {
        Word(AtomicU32::new(COLD))
    }

    /// Takes the actor if it is idle and live.
    #[inline(always)]
    pub(crate) fn try_own(&self) -> bool {
        self.0.load(Ordering::Relaxed) == 0
            && self.0.compare_exchange(0, OWNED, Ordering::Acquire, Ordering::Relaxed).is_ok()
    }

    /// Gives the actor back if nothing happened meanwhile. Owner only.
    #[inline(always)]
    pub(crate) fn try_release(&self) -> bool {
        self.0.compare_exchange(OWNED, 0, Ordering::Release, Ordering::Relaxed).is_ok()
    }

    /// The bits as they stand; a hint for all but the owner's own bits.
    #[inline(always)]
    pub(crate) fn peek(&self) -> u32 {
        self.0.load(Ordering::Relaxed)
    }

    /// No instance is known to live here, or calls must be looked at one by one.
    #[inline]
    pub(crate) fn is_cold(&self) -> bool {
        self.peek() & COLD != 0
    }

    /// Cold, and nobody owns it and nothing waits: what was done by whoever owned it last is seen.
    #[inline]
    pub(crate) fn is_vacant(&self) -> bool {
        self.0.load(Ordering::Acquire) == COLD
    }

    /// Owned, and nothing else.
    #[inline(always)]
    pub(crate) fn is_passing(&self) -> bool {
        self.0.load(Ordering::Relaxed) & !OWNED == 0
    }

    /// Enters the mailbox, soon. The guard is its only key.
    #[inline(always)]
    pub(crate) fn lock(&self) -> WordGuard<'_> {
        self.try_lock().unwrap_or_else(|| self.lock_soon())
    }

    /// Enters the mailbox to send, which may come later: see [`WAITS`].
    #[inline(always)]
    pub(crate) fn lock_to_send(&self) -> WordGuard<'_> {
        self.try_lock().unwrap_or_else(|| self.lock_later())
    }

    #[inline(always)]
    fn try_lock(&self) -> Option<WordGuard<'_>> {
        let bits = self.0.load(Ordering::Relaxed);
        let free = bits & LOCKED == 0
            && self.0.compare_exchange(bits, bits | LOCKED, Ordering::Acquire, Ordering::Relaxed).is_ok();
        free.then(|| WordGuard { word: self, bits })
    }

    #[cold]
    #[inline(never)]
    fn lock_soon(&self) -> WordGuard<'_> {
        let mut round = 0;
        self.lock_between(|| {
            round += 1;
            if round > ROUNDS { yield_now() } else { (0..1 << round).for_each(|_| spin_loop()) }
        })
    }

    #[cold]
    #[inline(never)]
    fn lock_later(&self) -> WordGuard<'_> {
        let mut waits = WAITS.into_iter();
        self.lock_between(|| waits.next().map_or_else(yield_now, wait_out))
    }

    fn lock_between(&self, mut wait: impl FnMut()) -> WordGuard<'_> {
        loop {
            wait();
            if let Some(guard) = self.try_lock() {
                return guard;
            }
        }
    }
}

/// The locked word; dropping it stores `bits` and unlocks.
pub(crate) struct WordGuard<'a> {
    word: &'a Word,
    /// The bits to be stored at unlock, without the lock bit.
    pub(crate) bits: u32,
}

impl WordGuard<'_> {
    /// Sets or clears bits.
    pub(crate) fn set(&mut self, bits: u32, on: bool) {
        self.bits = if on { self.bits | bits } else { self.bits & !bits };
    }

    /// Takes ownership if nobody has it; true if this call took it.
    pub(crate) fn own(&mut self) -> bool {
        let taken = self.bits & OWNED == 0;
        self.bits |= OWNED;
        taken
    }
}

impl Drop for WordGuard<'_> {
    #[inline]
    fn drop(&mut self) {
        self.word.0.store(self.bits, Ordering::Release);
    }
}

#[cfg(all(test, consort_loom))]
mod loom_models {
    use super::*;
    use crate::engine::sync::UnsafeCell;
    use loom::{sync::Arc, thread};

    /// What one message does: read, then write, unguarded but for the word.
    fn bump(data: &UnsafeCell<u32>) {
        data.with_mut(|p| {
            // SAFETY: the protocol under test makes this exclusive; loom reports it where it does not.
            unsafe { *p += 1 }
        });
    }

    struct Model {
        word: Word,
        queue: UnsafeCell<u32>,
        actor: UnsafeCell<u32>,
    }

    fn drain(m: &Model) {
        loop {
            let mut guard = m.word.lock();
            let n = m.queue.with_mut(|p| {
                // SAFETY: guarded by the lock bit.
                unsafe { std::mem::take(&mut *p) }
            });
            guard.bits &= !MAIL;
            if n == 0 {
                guard.bits &= !OWNED;
                return;
            }
            drop(guard);
            (0..n).for_each(|_| bump(&m.actor));
        }
    }

    fn send(m: &Model) {
        if m.word.try_own() {
            bump(&m.actor);
            if !m.word.try_release() {
                drain(m);
            }
            return;
        }
        let mut guard = m.word.lock();
        if guard.own() {
            // the message goes past the queue
            drop(guard);
            bump(&m.actor);
            return drain(m);
        }
        m.queue.with_mut(|p| {
            // SAFETY: guarded by the lock bit.
            unsafe { *p += 1 }
        });
        guard.bits |= MAIL;
    }

    #[test]
    fn no_message_is_lost_and_the_actor_is_exclusive() {
        let mut builder = loom::model::Builder::new();
        builder.preemption_bound = Some(3);
        builder.check(|| {
            let m =
                Arc::new(Model { word: Word(AtomicU32::new(0)), queue: UnsafeCell::new(0), actor: UnsafeCell::new(0) });
            let other = m.clone();
            let t = thread::spawn(move || send(&other));
            send(&m);
            t.join().unwrap();
            assert!(m.word.try_own(), "the word must be idle at the end");
            m.actor.with(|p| {
                // SAFETY: both threads are done.
                assert_eq!(unsafe { *p }, 2)
            });
        });
    }
}
