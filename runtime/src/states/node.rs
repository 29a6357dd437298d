//! The store of a node.

use std::sync::Arc;

use consort_state::StateStore;

use crate::node::NodeBuilder;

impl NodeBuilder {
    /// Keeps the states of the actors of `stateful` services here. The nodes of a cluster share one store, which all of
    /// them reach; a node alone may have a file, or memory. A node that serves such a service does not start without a
    /// store: states that nobody keeps would be noticed too late.
    ///
    /// ```
    /// # use consort_runtime::{Node, state::MemoryStateStore};
    /// let node = Node::builder().state_store(MemoryStateStore::new());
    /// ```
    pub fn state_store(mut self, store: impl StateStore) -> Self {
        self.states = Some(Arc::new(store));
        self
    }
}
