//! Keeps the slot table and the lease, moves slots.
//!
//! ```text
//! control plane: nodes/… ──► Leader ──► Balancer ──► control plane: slots
//!                 ▲             ▲                          │
//!           LeaseKeeper         └── arrived ─── Holding ◄──┘ ◄──► Holding of other nodes
//!                 └────── may this node act? ─────►│
//!                                                  ▼
//!                                             Ownership: what every call looks at
//! ```

mod balancer;
mod following;
mod holding;
mod layout;
mod leader;
mod lease;
mod ownership;
#[cfg(test)]
mod tests;

pub(crate) use following::follow_table;
pub(crate) use holding::{Actors, Holding, Say, Told};
pub(crate) use layout::{LEADER, NODES, NodeRecord, node_key, unpack_life};
pub(crate) use leader::{Arrived, Leader};
pub(crate) use lease::LeaseKeeper;
pub(crate) use ownership::Ownership;
