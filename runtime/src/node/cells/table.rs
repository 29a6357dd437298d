//! The table of a service's actors: key → cell.

use std::borrow::Borrow;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use dashmap::DashMap;

use super::hashing::Drawn;
use super::sought::{Given, Sought};
use crate::engine::Cell;
use crate::key::{IntoKey, Made};
use crate::service::Service;

/// Entries are the cells alone: each holds its key.
pub(in crate::node) struct Table<S: Service> {
    cells: DashMap<ByKey<S>, (), Drawn>,
}

struct ByKey<S: Service>(Arc<Cell<S>>);

impl<S: Service> Hash for ByKey<S> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.key.hash(state);
    }
}

impl<S: Service> PartialEq for ByKey<S> {
    fn eq(&self, other: &Self) -> bool {
        self.0.key == other.0.key
    }
}

impl<S: Service> Eq for ByKey<S> {}

impl<S: Service> Sought<S::Key> for ByKey<S> {
    fn hash_key(&self, mut state: &mut dyn Hasher) {
        self.0.key.hash(&mut state);
    }

    fn is_key(&self, key: &S::Key) -> bool {
        self.0.key == *key
    }

    fn key(&self) -> Option<&S::Key> {
        Some(&self.0.key)
    }
}

impl<'a, S: Service> Borrow<dyn Sought<S::Key> + 'a> for ByKey<S> {
    fn borrow(&self) -> &(dyn Sought<S::Key> + 'a) {
        self
    }
}

impl<S: Service> Default for Table<S> {
    fn default() -> Self {
        Table { cells: DashMap::default() }
    }
}

impl<S: Service> Table<S> {
    /// The cell of the key that `given` would become, if it is listed.
    #[inline]
    pub(in crate::node) fn find(&self, given: &impl IntoKey<S::Key>) -> Option<Arc<Cell<S>>> {
        let given: &dyn Sought<S::Key> = &Given(given);
        self.cells.get(given).map(|entry| entry.key().0.clone())
    }

    /// The listed cell of this cell's key, or this one, listed. One cell a key, whoever asks at the same time.
    pub(in crate::node) fn find_or_insert(&self, cell: Arc<Cell<S>>) -> Arc<Cell<S>> {
        let cell = ByKey(cell);
        if let Some(listed) = self.cells.get(&cell) {
            return listed.key().0.clone();
        }
        self.cells.entry(cell).or_insert(()).key().0.clone()
    }

    /// Every cell now.
    pub(in crate::node) fn cells(&self) -> Vec<Arc<Cell<S>>> {
        self.cells.iter().map(|entry| entry.key().0.clone()).collect()
    }

    /// Forgets the cell if the table alone knows it and nothing lives in it.
    pub(in crate::node) fn forget_vacant(&self, cell: Arc<Cell<S>>) {
        let key = Made(cell.key.clone());
        drop(cell);
        let given: &dyn Sought<S::Key> = &Given(&key);
        self.cells.remove_if(given, |entry, ()| Arc::strong_count(&entry.0) == 1 && entry.0.is_vacant());
    }

    pub(in crate::node) fn len(&self) -> usize {
        self.cells.len()
    }

    /// Forgets all cells; references keep theirs.
    pub(in crate::node) fn clear(&self) {
        // the last drop of a cell runs user code, which must not run under the table's locks
        let cells = self.cells();
        self.cells.clear();
        drop(cells);
    }
}
