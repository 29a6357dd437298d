//! [`Subject`]: whose health it is.

use std::cmp::Ordering;
use std::fmt;
use std::sync::{Arc, Weak};

use super::Watched;

/// One cell, by its address. The weak reference keeps the address from being used again.
#[derive(Clone)]
pub(super) struct Subject {
    cell: Weak<dyn Watched>,
    pub(super) path: Arc<str>,
}

impl Subject {
    pub(super) fn of(cell: &Arc<dyn Watched>) -> Self {
        Subject { cell: Arc::downgrade(cell), path: cell.path() }
    }

    pub(super) fn cell(&self) -> Option<Arc<dyn Watched>> {
        self.cell.upgrade()
    }

    /// Whether the cell is still there, without keeping it.
    pub(super) fn lives(&self) -> bool {
        self.cell.strong_count() > 0
    }

    pub(super) fn address(&self) -> usize {
        self.cell.as_ptr().cast::<()>().addr()
    }
}

/// The address that [`Subject::address`] tells of this cell.
pub(super) fn address_of(cell: &dyn Watched) -> usize {
    std::ptr::from_ref(cell).cast::<()>().addr()
}

impl fmt::Debug for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.path)
    }
}

impl PartialEq for Subject {
    fn eq(&self, other: &Self) -> bool {
        self.address() == other.address()
    }
}

impl Eq for Subject {}

impl PartialOrd for Subject {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Subject {
    fn cmp(&self, other: &Self) -> Ordering {
        self.address().cmp(&other.address())
    }
}
