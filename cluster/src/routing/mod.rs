//! Sends calls to the node that owns the key, and answers those of others.
//!
//! ```text
//! runtime ─► Beyond ─► Router ─► where does it live? ─► order ─► PeerLink ─► transport
//!                         └─ Patience, while nobody knows
//! transport ─► Inbound ─► order ─► Entrances ─► runtime
//! ```

mod asked;
mod catalogue;
mod entrances;
mod finding;
mod held;
mod inbound;
mod incoming;
mod names;
mod order;
mod outcome;
mod outgoing;
mod part;
mod patience;
mod peer;
mod peers;
mod remote;
mod router;
mod spoke;
mod turns;
mod under_way;

pub(crate) use catalogue::{Catalogue, Offered};
pub(crate) use inbound::Inbound;
pub(crate) use order::Actor;
pub(crate) use outcome::{write as write_outcome, write_not_owner};
pub(crate) use part::Part;
pub(crate) use peer::PeerLink;
pub(crate) use remote::Beyond;
pub(crate) use router::{Router, judge, slot_of};
