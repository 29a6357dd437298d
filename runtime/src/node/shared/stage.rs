//! [`Stage`]: how far a node is on its way to its end.

use std::sync::atomic::{AtomicBool, Ordering};

/// Running, draining, or over.
#[derive(Default)]
pub(super) struct Stage {
    closing: AtomicBool,
    stopped: AtomicBool,
}

impl Stage {
    pub(super) fn is_closing(&self) -> bool {
        self.closing.load(Ordering::Acquire)
    }

    pub(super) fn set_closing(&self) {
        self.closing.store(true, Ordering::Release);
    }

    pub(super) fn has_stopped(&self) -> bool {
        self.stopped.load(Ordering::Acquire)
    }

    pub(super) fn set_stopped(&self) {
        self.stopped.store(true, Ordering::Release);
    }
}
