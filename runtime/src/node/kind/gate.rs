//! [`Gate`]: whether a service takes calls at all.

use std::sync::atomic::{AtomicBool, Ordering};

use parking_lot::Mutex;

use crate::error::NotRun;

/// Open, or shut with the reason that callers are told. Looked at by calls that do not take the fast path: who shuts it
/// also sees to it that no cell of the kind can take that.
#[derive(Default)]
pub(crate) struct Gate {
    shut: AtomicBool,
    why: Mutex<Option<NotRun>>,
}

impl Gate {
    pub(crate) fn shut(&self, why: NotRun) {
        *self.why.lock() = Some(why);
        self.shut.store(true, Ordering::Release);
    }

    pub(crate) fn open(&self) {
        self.shut.store(false, Ordering::Release);
        *self.why.lock() = None;
    }

    #[inline(always)]
    pub(crate) fn is_shut(&self) -> bool {
        self.shut.load(Ordering::Acquire)
    }

    /// Why no call may pass, if so.
    pub(crate) fn refusal(&self) -> Option<NotRun> {
        if self.is_shut() { self.why.lock().clone() } else { None }
    }
}
