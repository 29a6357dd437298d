//! Where the cells of a kind are: by key, spawned without one, or as members of a pool; and what those inherit that
//! have come from other nodes.

mod hashing;
mod heirs;
mod pool;
mod sought;
mod spawned;
mod table;

pub(crate) use heirs::Heirs;
pub(crate) use pool::Pool;
pub use pool::PoolStats;
pub(crate) use spawned::Spawned;
pub(in crate::node) use table::Table;
