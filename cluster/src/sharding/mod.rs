//! Keeps the slot table and the lease, moves slots.
//!
//! ```text
//! control plane: nodes/… ──► Leader ──► Balancer ──► control plane: slots
//!        ▲        ▲             ▲                          │
//!     Listing  LeaseKeeper      └── arrived ─── Holding ◄──┘ ◄──► Holding of other nodes
//!                 └────── may this node act? ─────►│
//!                                                  ▼
//!                                             Ownership: what every call looks at
//! ```
//!
//! `Stay` runs all of it under one lease after the other.

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
#[cfg(test)]
pub(crate) use layout::node_key;
pub(crate) use layout::{LEADER, NODES, NodeRecord, unpack_life};
pub(crate) use leader::Arrived;
pub use lease::Clock;
pub(crate) use lease::{Listed, Listing, Quorum, Stay, Term};
pub(crate) use ownership::Ownership;
