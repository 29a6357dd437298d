//! [`UnderWay`]: counts what has not ended.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// Who waits for the end of all looks so often. It is done once, before a node goes.
const LOOK: Duration = Duration::from_millis(5);

/// Counts what has not ended.
#[derive(Default)]
pub(in crate::routing) struct UnderWay(Arc<AtomicUsize>);

/// One of it, until it is dropped.
pub(in crate::routing) struct One(Arc<AtomicUsize>);

impl UnderWay {
    /// One more.
    pub(in crate::routing) fn begin(&self) -> One {
        self.0.fetch_add(1, Ordering::Relaxed);
        One(self.0.clone())
    }

    /// Waits until there is none.
    pub(in crate::routing) async fn until_none(&self) {
        while self.0.load(Ordering::Acquire) > 0 {
            tokio::time::sleep(LOOK).await;
        }
    }
}

impl Drop for One {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Release);
    }
}
