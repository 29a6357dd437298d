//! Which node owns which keys, and how they move.
//!
//! A key's bytes are hashed ([`hash_key`]); the hash names a [`Slot`]; the [`SlotTable`] says whose that is. With the
//! feature `placement`, `propose` says what the next table should be. [`handoff`] is how a slot gets to its next owner.

pub mod bytes;
pub mod handoff;
mod hash;
#[cfg(feature = "placement")]
mod propose;
mod slot;
mod table;
mod tenure;

pub use bytes::TableError;
pub use hash::{HASH_VERSION, hash_group, hash_key};
#[cfg(feature = "placement")]
pub use propose::{Candidate, InMotion, Move, Plan, Standing, WEIGHT, propose};
pub use slot::{Epoch, SLOTS, Slot};
pub use table::SlotTable;
pub use tenure::{SlotState, Tenure};
