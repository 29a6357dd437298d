//! What activations remember, on its way with their slots.
//!
//! ```text
//!  drain ─► Left ─► Shipment ─► bulk lanes ─► … ─► Shipped ─► open
//!             └── the slot stays after all ──────────────────► open
//! ```
//!
//! A state goes in pieces, and each piece is answered. One that comes twice is taken in once, and one that was lost is
//! sent again with all of its state: pieces of one state under one tenure are always the same bytes. What is not whole
//! when the slot is opened counts for nothing.

mod left;
mod shipment;
mod shipped;

pub(crate) use left::Left;
pub(crate) use shipment::Shipment;
pub(crate) use shipped::Shipped;
