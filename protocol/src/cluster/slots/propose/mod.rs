//! What the next slot table should be.
//!
//! ```text
//! members ─► who may own ─► quota of each ──────────────┐
//! members ─► ring: whom each slot would prefer ─────────┤
//! table ───► who has what, what is on its way ──────────┴─► draft ─► what may move now ─► plan
//! ```
//!
//! The *quota* of a node is its share by weight, rounded down or up: no table is more even. The *draft* leaves each
//! slot where it is as long as its node is within its quota, so nothing moves that need not. The *ring* only says
//! which of those with room gets a slot.

mod candidate;
mod draft;
mod nodes;
mod plan;
mod quota;
mod ring;

pub use candidate::{Candidate, Standing, WEIGHT};
pub use plan::{InMotion, Move, Plan, propose};
