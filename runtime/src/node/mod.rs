//! A node: the services it serves, their tables of actors, its start and its end.
//!
//! ```text
//! building ─► handle ─► registry ─► any_kind, moving ─► kind ─► cells
//!     └────────────┴────────────┴───────────────────────┴─► shared ─► options
//! ```

mod any_kind;
mod building;
mod cells;
mod handle;
mod kind;
mod moving;
mod options;
mod registry;
mod shared;

pub(crate) use any_kind::{AnyKind, Swept};
pub use building::NodeBuilder;
pub(crate) use cells::Pool;
pub use cells::PoolStats;
pub use handle::Node;
pub use kind::KindStats;
pub(crate) use kind::{Factory, Kind};
pub(crate) use moving::Moving;
pub use options::Rules;
pub(crate) use options::{Options, RulesByType};
pub(crate) use registry::Registry;
pub(crate) use shared::Common;
