//! A control plane among the nodes themselves: [`RaftStore`].
//!
//! ```text
//! CoordStore ──► asking ──► here, if this node leads ──► openraft ──► disk ──► Replica ──► watches, reads
//!                  │                                        │
//!                  └──► ControlNet ──► the leader           └──► network ──► ControlNet ──► the other voters
//! handle(bytes) ──► serving ──► openraft, or what `asking` of another node wants
//! ```
//!
//! | file | what it does |
//! |---|---|
//! | `seat` | what one node has, and what only a leader does: writes, reads that are new, renewals |
//! | `asking`, `serving` | the two ends of what nodes ask of each other beside Raft itself; `wire` is what they say |
//! | `leases`, `expiry` | which leases are over, as the leader sees it |
//! | `watching` | where watches have their changes from |
//! | `group`, `yielding` | who votes; how a node gives up its part in it |
//! | `disk/` | the log and the state made of it, as openraft wants them |

mod alone;
mod asking;
mod contacts;
mod disk;
mod expiry;
#[cfg(test)]
mod full_disk;
mod group;
mod leases;
mod net;
mod network;
mod options;
#[cfg(feature = "testing")]
mod planted;
mod seat;
mod serving;
mod store;
mod types;
mod watching;
mod wire;
mod yielding;

pub use disk::OpenError;
pub use group::{Group, GroupError, VOTERS_MAX};
pub use net::{ControlNet, NetError};
pub use options::RaftOptions;
#[cfg(feature = "testing")]
pub use planted::Planted;
pub use store::RaftStore;
