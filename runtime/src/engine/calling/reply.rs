//! Who waits for a frame: the hand-shake between the asker and the owner that finishes its handler.
//!
//! The asker may replace its waker, give up, or time out at any moment; the owner may finish at any moment. One
//! atomic decides every race; whoever comes last frees the frame.

use std::task::Waker;

use crate::engine::sync::{AtomicU32, Ordering, UnsafeCell, spin_loop};

/// The asker replaces its waker right now.
const REPLACING: u32 = 1;
/// The owner takes the waker; the outcome follows within a few instructions.
const TAKING: u32 = 2;
/// The outcome is in the frame.
const DONE: u32 = 4;
/// Nobody waits: a tell, or an asker that left.
const GONE: u32 = 8;
/// The asker's time was up: do not start.
const EXPIRED: u32 = 16;
/// The handler has started.
const STARTED: u32 = 32;
/// Nobody ever waited: a tell.
const TOLD: u32 = 64;

/// The waiting side of one frame.
pub(crate) struct Reply {
    state: AtomicU32,
    waker: UnsafeCell<Option<Waker>>,
}

/// What [`Reply::leave`] found.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Left {
    /// The outcome is there: the frame is the asker's to free.
    Done,
    /// The handler has started; the owner frees the frame.
    Running,
    /// The handler has not started; the owner frees the frame, and does not start it if the asker's time was up.
    Waiting,
}

impl Reply {
    /// A reply that `waker` waits for, or nobody.
    pub(crate) fn new(waker: Option<Waker>, started: bool) -> Self {
        let gone = if waker.is_none() { GONE | TOLD } else { 0 };
        let started = if started { STARTED } else { 0 };
        Reply { state: AtomicU32::new(gone | started), waker: UnsafeCell::new(waker) }
    }

    /// Whether nobody ever waited, as opposed to an asker that left.
    pub(crate) fn is_told(&self) -> bool {
        self.state.load(Ordering::Relaxed) & TOLD != 0
    }

    /// Owner: notes the start. False if the asker's time was up before: then the handler must not run.
    pub(crate) fn begin(&self) -> bool {
        self.state.fetch_or(STARTED, Ordering::AcqRel) & EXPIRED == 0
    }

    /// Owner: the outcome is in the frame. True if nobody waits: then the frame is the owner's to free. Otherwise it
    /// must not be touched any more.
    #[inline]
    pub(crate) fn finish(&self) -> bool {
        if self.state.load(Ordering::Acquire) & GONE != 0 {
            // whoever left does not come back
            return true;
        }
        let before = self.state.fetch_or(TAKING, Ordering::AcqRel);
        let waker = if before & REPLACING == 0 {
            // SAFETY: with TAKING set and REPLACING clear the asker does not touch the waker.
            self.waker.with_mut(|w| unsafe { (*w).take() })
        } else {
            None
        };
        let gone = self.state.fetch_or(DONE, Ordering::AcqRel) & GONE != 0;
        if !gone && let Some(waker) = waker {
            crate::engine::local::with(|local| local.answer(waker));
        }
        gone
    }

    /// Asker: true once the outcome is there, else `waker` will be woken.
    pub(crate) fn poll(&self, waker: &Waker) -> bool {
        let mut state = self.state.load(Ordering::Acquire);
        loop {
            if state & DONE != 0 {
                return true;
            }
            if state & TAKING != 0 {
                spin_loop();
                state = self.state.load(Ordering::Acquire);
                continue;
            }
            match self.state.compare_exchange(state, state | REPLACING, Ordering::AcqRel, Ordering::Acquire) {
                Ok(_) => break,
                Err(now) => state = now,
            }
        }
        self.waker.with_mut(|w| {
            // SAFETY: with REPLACING set the owner does not touch the waker.
            let stored = unsafe { &mut *w };
            if !stored.as_ref().is_some_and(|stored| stored.will_wake(waker)) {
                *stored = Some(waker.clone());
            }
        });
        let before = self.state.fetch_and(!REPLACING, Ordering::AcqRel);
        if before & TAKING == 0 {
            return false;
        }
        while self.state.load(Ordering::Acquire) & DONE == 0 {
            spin_loop();
        }
        true
    }

    /// Asker: waits no longer; `expired` also forbids the start.
    pub(crate) fn leave(&self, expired: bool) -> Left {
        let bits = if expired { GONE | EXPIRED } else { GONE };
        let before = self.state.fetch_or(bits, Ordering::AcqRel);
        match before {
            s if s & DONE != 0 => Left::Done,
            s if s & STARTED != 0 => Left::Running,
            _ => Left::Waiting,
        }
    }
}

#[cfg(all(test, consort_loom))]
mod loom_models {
    use super::*;
    use loom::sync::Arc;
    use loom::thread;
    use std::sync::atomic::{AtomicU32 as Count, Ordering::SeqCst};
    use std::task::Wake;

    struct Woken(Count);
    impl Wake for Woken {
        fn wake(self: std::sync::Arc<Self>) {
            self.0.fetch_add(1, SeqCst);
        }
    }

    #[test]
    fn an_asker_that_waits_is_woken_or_finds_the_outcome() {
        loom::model(|| {
            let first = std::sync::Arc::new(Woken(Count::new(0)));
            let second = std::sync::Arc::new(Woken(Count::new(0)));
            let reply = Arc::new(Reply::new(Some(first.clone().into()), false));
            let owner = reply.clone();
            let t = thread::spawn(move || {
                assert!(owner.begin());
                assert!(!owner.finish(), "the asker waits");
            });
            let ready = reply.poll(&second.clone().into());
            t.join().unwrap();
            let woken = first.0.load(SeqCst) + second.0.load(SeqCst);
            assert!(ready || second.0.load(SeqCst) == 1, "ready {ready}, woken {woken}");
            assert_eq!(reply.leave(false), Left::Done);
        });
    }

    #[test]
    fn exactly_one_side_frees_the_frame() {
        loom::model(|| {
            let reply = Arc::new(Reply::new(Some(Waker::noop().clone()), false));
            let owner = reply.clone();
            let t = thread::spawn(move || {
                let runs = owner.begin();
                (runs, owner.finish())
            });
            let left = reply.leave(true);
            let (runs, owner_frees) = t.join().unwrap();
            assert_eq!(owner_frees, left != Left::Done);
            assert!(runs || left == Left::Waiting, "a started handler is never called expired");
        });
    }
}
