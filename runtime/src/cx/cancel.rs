//! [`CancelFlag`]: how a blocking task learns that its activation ends.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Set when a blocking task should end; the task looks at it now and then.
#[derive(Clone, Debug, Default)]
pub struct CancelFlag(Arc<AtomicBool>);

impl CancelFlag {
    /// Whether the task should end.
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }

    pub(crate) fn cancel(&self) {
        self.0.store(true, Ordering::Release);
    }
}
