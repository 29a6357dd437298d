//! Gossip: SWIM with suspicion and refutation, as `foca` has it, driven without a clock or a network of its own.
//!
//! ```text
//!  handle_payload, handle_timeout, join, vouch, … ──► Swim ──► poll_event: up, down, suspected, company, …
//!                                                      └─────► poll_payload: to whom, and what
//! ```

mod bearer;
mod codec;
mod machine;
mod notes;
mod outputs;
mod tuning;

pub use machine::GossipError;
pub(super) use machine::{Event, Swim};
pub use tuning::ProbeConfig;
