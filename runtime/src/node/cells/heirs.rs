//! [`Heirs`]: what activations of a kind handed over on other nodes, until their successors here are started.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use parking_lot::Mutex;

use super::hashing::Drawn;
use crate::service::Service;

/// States by key. As many as activations that came here with a slot and were not called since.
pub(crate) struct Heirs<S: Service> {
    /// Whether there is any: a start needs no look otherwise.
    any: AtomicBool,
    states: Mutex<HashMap<S::Key, Bytes, Drawn>>,
}

impl<S: Service> Default for Heirs<S> {
    fn default() -> Self {
        Heirs { any: AtomicBool::new(false), states: Mutex::default() }
    }
}

impl<S: Service> Heirs<S> {
    #[inline]
    pub(crate) fn any(&self) -> bool {
        self.any.load(Ordering::Acquire)
    }

    pub(crate) fn insert(&self, key: S::Key, state: Bytes) {
        let mut states = self.states.lock();
        states.insert(key, state);
        self.any.store(true, Ordering::Release);
    }

    /// What the activation of this key is to be restored from. It stays, should the start fail.
    pub(crate) fn find(&self, key: &S::Key) -> Option<Bytes> {
        if self.any() { self.states.lock().get(key).cloned() } else { None }
    }

    /// The activation lives.
    pub(crate) fn forget(&self, key: &S::Key) {
        if self.any() {
            let mut states = self.states.lock();
            states.remove(key);
            self.any.store(!states.is_empty(), Ordering::Release);
        }
    }

    /// Takes out those of the keys that `leaves` says.
    pub(in crate::node) fn take(&self, leaves: impl Fn(&S::Key) -> bool) -> Vec<(S::Key, Bytes)> {
        if !self.any() {
            return Vec::new();
        }
        let mut states = self.states.lock();
        let taken = states.extract_if(|key, _| leaves(key)).collect();
        self.any.store(!states.is_empty(), Ordering::Release);
        taken
    }
}
