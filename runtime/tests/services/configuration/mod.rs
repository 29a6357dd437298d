//! Configuration of services on a node.

mod changes;
mod refresh;
pub mod shop;
mod sources;
