//! [`Touched`]: which keyed actors were called since the last beat, of kinds that have a probe.

use std::mem::take;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Weak};

use parking_lot::Mutex;

use super::Watched;

/// Keyed actors probed at one beat at most: each probe takes its actor for a moment, and costs a switch to its task.
const TOUCHED_MAX: usize = 1_024;

/// Those to be probed at the next beat. Further ones are probed when they are called after it.
#[derive(Default)]
pub(super) struct Touched {
    len: AtomicUsize,
    cells: Mutex<Vec<Weak<dyn Watched>>>,
}

impl Touched {
    /// Lists an actor; false if there is no room.
    pub(super) fn list(&self, cell: &Arc<dyn Watched>) -> bool {
        // without the lock where there are too many: this is asked with each of their calls
        if self.len.load(Ordering::Relaxed) >= TOUCHED_MAX {
            return false;
        }
        let mut cells = self.cells.lock();
        if cells.len() >= TOUCHED_MAX {
            return false;
        }
        cells.push(Arc::downgrade(cell));
        self.len.store(cells.len(), Ordering::Relaxed);
        true
    }

    /// Those that were listed, and still are there.
    pub(super) fn take(&self) -> Vec<Arc<dyn Watched>> {
        let cells = {
            let mut cells = self.cells.lock();
            self.len.store(0, Ordering::Relaxed);
            take(&mut *cells)
        };
        cells.iter().filter_map(Weak::upgrade).collect()
    }
}
