//! Configuration of services on a node.

mod changes;
mod refresh;
mod shop;
mod sources;
