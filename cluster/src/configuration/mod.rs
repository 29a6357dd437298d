//! Configuration that all nodes share: what is set at run time stands in the control plane.
//!
//! ```text
//! Node::set_config ──► ConfigStore ──► control plane: config/… ──► follow, on each node ──► Config::catch_up
//! ```
//!
//! `consort-config` decides what a value may be; here it is kept, and told.

mod following;
mod image;
mod store;

pub(crate) use following::follow;
pub use store::ConfigStore;
