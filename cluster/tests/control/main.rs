//! The rules of the control plane, on every backend.

mod group;
mod memory;
mod net;
mod raft;
