//! Configuration of services: where a node takes it from, how it reaches actors, how it changes.
//!
//! ```text
//! NodeBuilder ──► Sources ──► Config ──┬─► Cx::config, factories         (whoever reads)
//!                                      └─► delivery ──► Cell::configure  (whoever has a hook)
//! ```
//!
//! Layers, types, revisions and stores are `consort-config`'s.

mod configured;
mod cx;
mod delivery;
mod entry;
mod node;
mod refresh;
mod sources;

pub use configured::Configured;
pub(crate) use delivery::AnyChange;
pub use entry::ConfigEntry;
pub(crate) use entry::connect;
pub use refresh::Refreshed;
pub(crate) use sources::Sources;
