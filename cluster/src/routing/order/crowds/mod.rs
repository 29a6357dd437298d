//! Crowds: who sends faster than an actor works waits at its own gate, and holds up nobody else.
//!
//! ```text
//!  sender                                    receiver
//!  ──────                                    ────────
//!  a tell ─────────────────────────────────► finds the mailbox full, and waits: Waits
//!  Crowd: what follows queues   ◄─────────── Crowded
//!  "is there room?", behind all that it sent ► answered when none of it waits
//!  what queued, in its order ──────────────►
//! ```
//!
//! Without that all that waits would take room on its lane, until nothing else gets through: not even the call for which
//! the actor waits.

mod actor;
mod crowd;
mod seeing;
mod waits;

pub(crate) use actor::Actor;
pub(super) use crowd::Crowds;
pub(crate) use waits::{Wait, Waits};
