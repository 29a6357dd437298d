//! Finds the other nodes, and sees who is gone.
//!
//! ```text
//!  Discovery ──► seeds ──┐                              ┌──► members(), changes()
//!  MembershipNet ◄───────┤ Membership, on its own thread┤
//!  handle_packet ────────┤  drives a `machine::Machine` ├──► log
//!  link_up, quarantine ──┘                              └
//! ```
//!
//! What it says is a hint: who is gone by it may only be slow. Owners are decided by leases and the control plane.
//! `docs/membership.md` is the user's page.

pub mod discovery;
pub mod machine;

mod config;
mod driver;
mod net;
mod swim;

pub use config::MembershipConfig;
pub use driver::{Membership, MembershipHandle, MembershipStopped, SetMetaError};
pub use net::MembershipNet;
pub use swim::{GossipError, ProbeConfig};
