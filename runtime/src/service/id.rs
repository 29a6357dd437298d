//! The identity of one activation.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Names one live instance of a key, and no other: not the instance before a restart, not the one after.
///
/// A call made with `.only(id)` runs in this activation or not at all. Printed as
/// `node-generation-sequence`, each in lower-case hexadecimal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ActivationId {
    /// The node that holds the activation.
    pub node: u64,
    /// The generation of that node: it changes when the process restarts.
    pub generation: u64,
    /// Counts the activations of that generation, from 1.
    pub sequence: u64,
}

impl fmt::Display for ActivationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:x}-{:x}-{:x}", self.node, self.generation, self.sequence)
    }
}

#[cfg(test)]
mod tests {
    use super::ActivationId;

    #[test]
    fn prints_as_three_hexadecimal_numbers() {
        let id = ActivationId { node: 0xab, generation: 16, sequence: 255 };
        assert_eq!(id.to_string(), "ab-10-ff");
    }

    #[test]
    fn differs_when_any_part_differs() {
        let id = ActivationId { node: 1, generation: 2, sequence: 3 };
        assert_ne!(id, ActivationId { node: 9, ..id });
        assert_ne!(id, ActivationId { generation: 9, ..id });
        assert_ne!(id, ActivationId { sequence: 9, ..id });
    }
}
