//! [`Numbers`]: what tells a node's activations from all others.

use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};

use crate::service::ActivationId;

/// Numbers the nodes of this process.
static NODES: AtomicU64 = AtomicU64::new(1);

/// Numbers the activations of one node.
pub(super) struct Numbers {
    node: u64,
    generation: u64,
    sequence: AtomicU64,
}

impl Numbers {
    /// Of a new node.
    pub(super) fn new() -> Self {
        let node = NODES.fetch_add(1, Ordering::Relaxed);
        // the standard library's hasher is keyed at random
        Numbers { node, generation: RandomState::new().hash_one(node), sequence: AtomicU64::new(0) }
    }

    /// The number of the next activation of this node, whatever its service.
    pub(super) fn next_sequence(&self) -> u64 {
        self.sequence.fetch_add(1, Ordering::Relaxed) + 1
    }

    pub(super) fn activation_id(&self, sequence: u64) -> ActivationId {
        ActivationId { node: self.node, generation: self.generation, sequence }
    }
}
