//! A control plane in the memory of one process: [`MemoryStore`], for a cluster of one, and for tests.

mod expiry;
mod store;

pub use store::MemoryStore;
