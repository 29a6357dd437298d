//! The control plane as a state machine: what a transaction changes, what is known of the changes before, and when a
//! lease ends. No clock, no disk, no network: every node that is told the same commands in the same order is the same.
//!
//! ```text
//! Command ──► State::apply ──► Outcome, to whoever asked
//!                   └────────► Changes ──► History ──► watches
//! Moment ───► Deadlines ─────► which leases are over: a Command again
//! ```
//!
//! [`Replica`] is the three of them shared in one process; the memory store and the Raft store are made of it.

mod command;
mod deadlines;
mod history;
mod replica;
mod state;

pub(crate) use command::{Command, Outcome};
pub(crate) use deadlines::Deadlines;
pub(crate) use history::History;
pub(crate) use replica::Replica;
pub(crate) use state::{Image, State};
