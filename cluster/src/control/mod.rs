//! The control plane: what all nodes agree on.
