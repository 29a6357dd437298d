//! Membership of one node without clock, network or threads: gossip, roster and search for the cluster, put together.
//!
//! ```text
//!  handle_packet ─────┐                    ┌──► Send(address, packet)
//!  handle_seeds ──────┤   Swim (gossip)    ├──► Discover
//!  handle_link_* ─────┼─► Roster (members) ┼──► Change(member)
//!  handle_meta ───────┤   Joining (search) ├──► Say(report)
//!  handle_timeout ────┘                    └──► snapshot()
//! ```
//!
//! Whoever drives it passes the time and a seed for its random numbers, so a simulation of a thousand of them with the
//! same seed takes the same course.

mod inputs;
mod node;
mod output;

pub use node::Machine;
pub use output::{Output, PacketRefused};
