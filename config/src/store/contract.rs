//! The trait.

use std::num::NonZeroUsize;

use crate::store::{AppendError, Revision, StoreError, Stored};

/// Keeps the values that were set at run time, and the revisions that set them.
///
/// A store knows nothing of types or services: what it is given has been checked. It has one duty beyond keeping:
/// of two revisions with the same number it accepts one. So several nodes may share a store that they all reach.
///
/// Both methods may block, on a disk or on a network; whoever calls them from async code does so on a thread made for
/// that. An implementation has to pass `testing::conformance`, and a durable one `testing::durability`.
pub trait Store: Send + Sync + 'static {
    /// All that is stored. A store nobody has written to has nothing: `Stored::default()`.
    ///
    /// # Errors
    ///
    /// If it cannot be read, or is damaged; never a part of what is there.
    fn load(&self) -> Result<Stored, StoreError>;

    /// Makes `revision` the newest one, and forgets all but the newest `keep` revisions; values stay. When it returns
    /// `Ok`, the revision outlives what the store says it outlives.
    ///
    /// # Errors
    ///
    /// [`AppendError::NotNext`] if its number is not the newest number plus 1. Whatever the error, the revision is
    /// stored either wholly or not at all.
    fn append(&self, revision: &Revision, keep: NonZeroUsize) -> Result<(), AppendError>;
}

impl<S: Store + ?Sized> Store for Box<S> {
    fn load(&self) -> Result<Stored, StoreError> {
        (**self).load()
    }

    fn append(&self, revision: &Revision, keep: NonZeroUsize) -> Result<(), AppendError> {
        (**self).append(revision, keep)
    }
}

impl<S: Store + ?Sized> Store for std::sync::Arc<S> {
    fn load(&self) -> Result<Stored, StoreError> {
        (**self).load()
    }

    fn append(&self, revision: &Revision, keep: NonZeroUsize) -> Result<(), AppendError> {
        (**self).append(revision, keep)
    }
}
