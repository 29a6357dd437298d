//! A node's place in its cluster, under one lease after the other.
//!
//! ```text
//! Stay ─► Listing: the node's record, under a lease ─► LeaseKeeper: renews it, by a Clock ─► Standing: may it act?
//!   ▲                                                       │                Term: until when?
//!   └───────────── the lease has ended: enlists anew ◄──────┘  Quorum: does anybody answer?
//! ```

mod clock;
mod keeper;
mod listing;
mod quorum;
mod stay;
mod term;

pub use clock::Clock;
pub(crate) use keeper::{LeaseKeeper, Standing};
pub(crate) use listing::{Listed, Listing};
pub(crate) use quorum::Quorum;
pub(crate) use stay::Stay;
pub(crate) use term::Term;
