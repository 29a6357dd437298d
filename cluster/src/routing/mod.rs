//! Sends calls to the node that owns the key, and answers those of others.
//!
//! ```text
//! runtime ─► Beyond ─► Router ─► where does it live? ─► order ─► PeerLink ─► transport
//!                         └─ Patience, while nobody knows
//! transport ─► Inbound ─► order ─► Entrances ─► runtime
//! ```

mod arrivals;
mod beyond;
mod entrances;
mod finding;
#[cfg(test)]
mod fixture;
mod frames;
mod order;
mod peers;
mod router;
mod waiting;

pub(crate) use arrivals::Inbound;
pub(crate) use beyond::{Beyond, Part};
pub(crate) use frames::outcome::{write as write_outcome, write_not_owner};
pub(crate) use order::Actor;
pub(crate) use peers::{Catalogue, Offered, PeerLink};
pub(crate) use router::{Router, is_keyless, judge, slot_of};
