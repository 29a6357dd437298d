//! The rules of the control plane, on every backend.

mod memory;
