//! A node: the services it serves, their tables of actors, its start and its end.

mod any_kind;
mod beyond;
mod builder;
mod building;
mod common;
mod counters;
mod environment;
mod gate;
mod heirs;
mod kind;
mod moving;
mod node_handle;
mod numbers;
mod operating;
mod options;
mod pool;
mod registry;
mod rules;
mod signals;
mod sought;
mod spawned;
mod stage;
mod table;

pub(crate) use any_kind::{AnyKind, Swept};
pub use builder::NodeBuilder;
pub(crate) use common::Common;
pub use counters::KindStats;
pub(crate) use kind::{Factory, Kind};
pub(crate) use moving::Moving;
pub use node_handle::Node;
pub(crate) use options::Options;
pub(crate) use pool::Pool;
pub use pool::PoolStats;
pub(crate) use registry::Registry;
pub use rules::Rules;
pub(crate) use rules::RulesByType;
