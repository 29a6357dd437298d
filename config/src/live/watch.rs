//! Being told of changes.

use std::marker::PhantomData;
use std::sync::Arc;

use tokio::sync::watch::Receiver;

use crate::service::{ServiceConfig, Typed};

/// What a service sees, on its way to those who watch.
#[derive(Clone)]
pub(crate) struct Published {
    pub(crate) revision: u64,
    pub(crate) typed: Typed,
}

/// A service's configuration, as it changes.
///
/// The first value is the current one. Later ones come in the order of revisions; those in between may be skipped, the
/// last one never is. It needs no particular async runtime.
pub struct Watch<T> {
    receiver: Receiver<Published>,
    seen: Option<Typed>,
    config: PhantomData<fn() -> T>,
}

/// What a service sees since some revision.
#[derive(Debug)]
#[non_exhaustive]
pub struct Changed<T> {
    /// The newest revision when it took effect. A refresh, and files read again, can bring two values with one
    /// number.
    pub revision: u64,
    /// All values.
    pub config: Arc<T>,
}

impl<T: ServiceConfig> Watch<T> {
    pub(crate) fn new(mut receiver: Receiver<Published>) -> Self {
        receiver.mark_changed();
        Self { receiver, seen: None, config: PhantomData }
    }

    /// The current value. [`Watch::next`] does not count it as seen.
    pub fn current(&self) -> Changed<T> {
        Changed::of(self.receiver.borrow().clone())
    }

    /// The next value that was not seen yet: at the first call the current one. `None` when the [`Config`] and its
    /// clones are gone and the last value was seen.
    ///
    /// Cancel safe: a value is seen only if it was returned.
    ///
    /// [`Config`]: crate::Config
    pub async fn next(&mut self) -> Option<Changed<T>> {
        self.receiver.changed().await.ok()?;
        Some(self.take())
    }

    /// The value that was not seen yet, if there is one. Does not wait.
    pub fn try_next(&mut self) -> Option<Changed<T>> {
        // Not `has_changed`, which forgets an unseen value when the sender is gone.
        let is_seen = self.seen.as_ref().is_some_and(|seen| Arc::ptr_eq(seen, &self.receiver.borrow().typed));
        (!is_seen).then(|| self.take())
    }

    fn take(&mut self) -> Changed<T> {
        let published = self.receiver.borrow_and_update().clone();
        self.seen = Some(Arc::clone(&published.typed));
        Changed::of(published)
    }
}

impl<T: ServiceConfig> Changed<T> {
    pub(crate) fn of(published: Published) -> Self {
        let config = Arc::downcast(published.typed).expect("the type was compared when the watch was made");
        Self { revision: published.revision, config }
    }
}

impl<T> Clone for Watch<T> {
    fn clone(&self) -> Self {
        Self { receiver: self.receiver.clone(), seen: self.seen.clone(), config: PhantomData }
    }
}

impl<T> Clone for Changed<T> {
    fn clone(&self) -> Self {
        Self { revision: self.revision, config: Arc::clone(&self.config) }
    }
}
