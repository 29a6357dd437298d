//! [`Spawned`]: the actors of a kind that no key names.

use std::collections::HashMap;
use std::sync::{Arc, Weak};

use parking_lot::Mutex;

use super::hashing::Drawn;
use crate::engine::Cell;
use crate::service::Service;

/// Spawned actors by address, held weakly: each ends with its last reference and is forgotten by its drop. The weak
/// count keeps the address from being used again before.
pub(crate) struct Spawned<S: Service> {
    cells: Mutex<HashMap<usize, Weak<Cell<S>>, Drawn>>,
}

impl<S: Service> Default for Spawned<S> {
    fn default() -> Self {
        Spawned { cells: Mutex::default() }
    }
}

impl<S: Service> Spawned<S> {
    /// Notes the actor if `may` still says so: who looks at [`all`](Self::all) after `may` has turned false misses none.
    pub(in crate::node) fn insert_if(&self, cell: &Arc<Cell<S>>, may: impl FnOnce() -> bool) -> bool {
        let mut cells = self.cells.lock();
        let may = may();
        if may {
            cells.insert(Arc::as_ptr(cell).addr(), Arc::downgrade(cell));
        }
        may
    }

    pub(in crate::node) fn forget(&self, cell: *const Cell<S>) {
        self.cells.lock().remove(&cell.addr());
    }

    /// Every one that lives. They are dropped by the caller, after the lock: the drop of the last one comes back here.
    pub(in crate::node) fn all(&self) -> Vec<Arc<Cell<S>>> {
        self.cells.lock().values().filter_map(Weak::upgrade).collect()
    }

    pub(in crate::node) fn len(&self) -> usize {
        self.cells.lock().len()
    }
}
