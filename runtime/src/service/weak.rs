//! [`WeakRef`]: a reference that keeps nothing alive.

use std::fmt;
use std::sync::{Arc, Weak};

use crate::engine::Cell;
use crate::service::{ActorRef, Reference};

/// A reference that does not keep a spawned actor alive; see [`Reference::downgrade`].
pub struct WeakRef<R: Reference> {
    cell: Weak<Cell<R::Service>>,
}

impl<R: Reference> WeakRef<R> {
    pub(crate) fn new(actor: &ActorRef<R::Service>) -> Self {
        WeakRef { cell: Arc::downgrade(actor.cell()) }
    }

    /// The strong reference again; `None` once the actor is gone.
    pub fn upgrade(&self) -> Option<R> {
        let cell = self.cell.upgrade()?;
        // its key may have been forgotten just before, and have another cell by now
        let cell = cell.kind.clone().canonical(cell);
        Some(R::from_actor(ActorRef::new(cell)))
    }
}

impl<R: Reference> Clone for WeakRef<R> {
    fn clone(&self) -> Self {
        WeakRef { cell: self.cell.clone() }
    }
}

impl<R: Reference> fmt::Debug for WeakRef<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WeakRef")
    }
}
