//! One node of a cluster: how it starts, what it does for others, and how it leaves.
//!
//! ```text
//! starting ─► identity, transport, membership, control plane, lease, slots ─► Beyond, which the runtime calls
//! other nodes ─► Server ─► membership | control plane, catalogue, leader, hand-offs | calls
//! members ─► Neighbours ─► a link to each, with what it offers
//! ```

mod actors;
mod departure;
mod gossip;
mod identity;
mod leaving;
mod membership;
mod neighbours;
mod net;
mod offers;
mod presence;
mod server;
mod snapshots;
mod starting;
mod thread;
mod voice;
mod voting;

pub(crate) use membership::Membership;
pub(crate) use neighbours::Neighbours;
pub(crate) use net::Net;
#[cfg(feature = "testing")]
pub use starting::Simulated;
pub use starting::{Environment, WORLD};
pub(crate) use starting::{JoinError, Plan, bind};
pub(crate) use thread::Thread;
